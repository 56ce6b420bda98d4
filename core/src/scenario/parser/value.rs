//! Values as scripts write them: durations, sizes, zxids, dates, ids, data, access control lists.

use super::super::error::ScriptError;
use super::args::Piece;
use crate::base::{Duration, Moment};
use crate::model::acl::perms;
use crate::model::{Acl, Epoch, Zxid};
use crate::world::config::Range;

/// Longest duration a script may name; it is far more than any run needs.
const DURATION_MAX: Duration = Duration::from_s(1_000 * 3_600);

const DURATION: &str = "a duration like 500ms, 2s or 1.5m";
const ZXID: &str = "a zxid like 1.7 or 0x100000007";
const DATE: &str = "a date like 2026-01-01T00:00:00Z";

/// A whole number within bounds, decimal or `0x`.
pub fn number(piece: &Piece, what: &str, lo: u64, hi: u64) -> Result<u64, ScriptError> {
    let value = match piece.text.strip_prefix("0x") {
        Some(digits) => hex(digits),
        None => decimal(&piece.text),
    };
    match value {
        Some(n) if (lo..=hi).contains(&n) => Ok(n),
        Some(_) => Err(piece.out_of_bounds(what, lo, hi)),
        None if is_digits(&piece.text) => Err(piece.out_of_bounds(what, lo, hi)),
        None => Err(piece.expected(&format!("{what}, a whole number"))),
    }
}

/// A whole number of type `i32`, as versions are.
pub fn version(piece: &Piece) -> Result<i32, ScriptError> {
    let error = || piece.expected("a version, a whole number");
    let negative = piece.text.starts_with('-');
    let digits = piece.text.strip_prefix('-').unwrap_or(&piece.text);
    let n = decimal(digits).ok_or_else(error)?;
    let n = i64::try_from(n).map_err(|_| error())?;
    i32::try_from(if negative { -n } else { n }).map_err(|_| error())
}

/// A duration with its unit.
pub fn duration(piece: &Piece) -> Result<Duration, ScriptError> {
    let text = &piece.text;
    let split = text
        .find(|c: char| c.is_ascii_alphabetic())
        .ok_or_else(|| piece.expected(DURATION))?;
    let (digits, unit) = text.split_at(split);
    let unit_us = match unit {
        "us" => 1,
        "ms" => 1_000,
        "s" => 1_000_000,
        "m" => 60_000_000,
        "h" => 3_600_000_000,
        _ => return Err(piece.expected(DURATION)),
    };
    let us = scaled(digits, unit_us).ok_or_else(|| piece.expected(DURATION))?;
    if us > DURATION_MAX.as_us() {
        return Err(piece.out_of_bounds("a duration", Duration::ZERO, DURATION_MAX));
    }
    Ok(Duration::from_us(us))
}

/// A duration that is not zero.
pub fn positive_duration(piece: &Piece) -> Result<Duration, ScriptError> {
    match duration(piece)? {
        Duration::ZERO => Err(piece.out_of_bounds("this duration", "1us", DURATION_MAX)),
        d => Ok(d),
    }
}

/// A duration of whole milliseconds that fits in an `i32`, as session timeouts do.
pub fn timeout(piece: &Piece) -> Result<Duration, ScriptError> {
    let d = positive_duration(piece)?;
    if d.as_us() % 1_000 != 0 || i32::try_from(d.as_ms()).is_err() {
        return Err(piece.out_of_bounds("a time of whole milliseconds", "1ms", "596h"));
    }
    Ok(d)
}

/// `1ms..5ms`, or one duration for both ends.
pub fn range(piece: &Piece) -> Result<Range, ScriptError> {
    let Some((lo, hi)) = piece.text.split_once("..") else {
        let d = duration(piece)?;
        return Ok(Range { lo: d, hi: d });
    };
    let hi_at = lo.chars().count() + 2;
    let lo = duration(&piece.part(0, lo))?;
    let hi = duration(&piece.part(hi_at, hi))?;
    if lo > hi {
        return Err(piece.expected("a range from the shorter to the longer duration"));
    }
    Ok(Range { lo, hi })
}

/// A number of bytes, with `K` or `M`.
pub fn size(piece: &Piece, what: &str, lo: u64, hi: u64) -> Result<u64, ScriptError> {
    let text = &piece.text;
    let (digits, unit) = match text.strip_suffix('K') {
        Some(digits) => (digits, 1 << 10),
        None => match text.strip_suffix('M') {
            Some(digits) => (digits, 1 << 20),
            None => (text.as_str(), 1),
        },
    };
    let bytes = decimal(digits).and_then(|n| n.checked_mul(unit));
    match bytes {
        Some(n) if (lo..=hi).contains(&n) => Ok(n),
        Some(_) => Err(piece.out_of_bounds(what, lo, hi)),
        None => Err(piece.expected("a size like 640, 64K or 1M")),
    }
}

/// `epoch.counter` in decimal, or the whole in hexadecimal.
pub fn zxid(piece: &Piece) -> Result<Zxid, ScriptError> {
    parse_zxid(&piece.text).ok_or_else(|| piece.expected(ZXID))
}

/// The zxid a text names, if it names one.
pub fn parse_zxid(text: &str) -> Option<Zxid> {
    if let Some(digits) = text.strip_prefix("0x") {
        return i64::try_from(hex(digits)?).ok().map(Zxid);
    }
    let (epoch, counter) = text.split_once('.')?;
    let epoch = i32::try_from(decimal(epoch)?).ok()?;
    let counter = u32::try_from(decimal(counter)?).ok()?;
    Some(Zxid::new(Epoch(i64::from(epoch)), counter))
}

/// An epoch.
pub fn epoch(piece: &Piece) -> Result<Epoch, ScriptError> {
    let n = number(piece, "an epoch", 0, i32::MAX as u64)?;
    Ok(Epoch(n as i64))
}

/// Bytes: the quoted text, or `hex:00ff`.
pub fn data(piece: &Piece) -> Result<Vec<u8>, ScriptError> {
    if piece.quoted {
        return Ok(piece.text.clone().into_bytes());
    }
    let error = || piece.expected("data in double quotes, or hex:00ff");
    let digits = piece.text.strip_prefix("hex:").ok_or_else(error)?;
    let bytes = digits.as_bytes();
    if bytes.len() % 2 != 0 {
        return Err(error());
    }
    let byte = |pair: &[u8]| Some(nibble(pair[0])? << 4 | nibble(pair[1])?);
    let decoded: Option<Vec<u8>> = bytes.chunks(2).map(byte).collect();
    decoded.ok_or_else(error)
}

/// A path. Whether ZooKeeper accepts it is for ZooKeeper to say: a script may ask for a bad one.
pub fn path(piece: Piece) -> Result<String, ScriptError> {
    if piece.quoted || piece.text.starts_with('/') {
        return Ok(piece.text);
    }
    Err(piece.expected("a path like /p"))
}

/// `yes` or `no`.
pub fn yes_no(piece: &Piece) -> Result<bool, ScriptError> {
    choice(piece, "yes or no", &[("yes", true), ("no", false)])
}

/// One of some words.
pub fn choice<T: Copy>(piece: &Piece, what: &str, words: &[(&str, T)]) -> Result<T, ScriptError> {
    let found = words.iter().find(|(word, _)| *word == piece.text);
    match found {
        Some((_, value)) if !piece.quoted => Ok(*value),
        _ => Err(piece.expected_word(what, words.iter().map(|(w, _)| *w))),
    }
}

/// Access control entries `scheme:id:perms`, separated by commas.
pub fn acl(piece: &Piece) -> Result<Vec<Acl>, ScriptError> {
    let what = "an access control list like world:anyone:cdrwa";
    let entry = |part: Piece| -> Result<Acl, ScriptError> {
        let (scheme, rest) = part
            .text
            .split_once(':')
            .ok_or_else(|| part.expected(what))?;
        let (id, letters) = rest.rsplit_once(':').ok_or_else(|| part.expected(what))?;
        let perms = permissions(letters).ok_or_else(|| part.expected(what))?;
        Ok(Acl {
            perms,
            scheme: scheme.to_owned(),
            id: id.to_owned(),
        })
    };
    if piece.text == "none" && !piece.quoted {
        return Ok(Vec::new());
    }
    piece.split(',').into_iter().map(entry).collect()
}

fn permissions(letters: &str) -> Option<i32> {
    letters.chars().try_fold(0, |bits, letter| {
        let (_, bit) = perms::LETTERS.into_iter().find(|(l, _)| *l == letter)?;
        Some(bits | bit)
    })
}

/// Milliseconds since 1970 of `2026-01-01T00:00:00Z`, with a fraction if need be.
pub fn date(piece: &Piece) -> Result<i64, ScriptError> {
    parse_date(&piece.text).ok_or_else(|| piece.expected(DATE))
}

/// Milliseconds since 1970 of such a date, if it is one.
pub fn parse_date(text: &str) -> Option<i64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, date] = fields(day, '-', [4, 2, 2])?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [hour, minute, second] = fields(time, ':', [2, 2, 2])?;
    let ms = scaled(&format!("0.{fraction}"), 1_000)? as i64;
    let fits = (1..=12).contains(&month) && hour < 24 && minute < 60 && second < 60;
    if !fits || !(1970..=9999).contains(&year) || !(1..=days_in(year, month)).contains(&date) {
        return None;
    }
    let days = days_before(year, month) + date - 1;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1_000 + ms)
}

/// The date and time that the reader of `wall-clock=` takes, from milliseconds.
pub fn print_date(ms: i64) -> String {
    let Moment {
        year,
        month,
        day,
        time: [hour, minute, second],
        ms,
        ..
    } = Moment::of_ms(ms);
    let fraction = if ms == 0 {
        String::new()
    } else {
        format!(".{ms:03}")
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// Days from 1970 to the first of that month.
fn days_before(year: i64, month: i64) -> i64 {
    let leap_days = |y: i64| y / 4 - y / 100 + y / 400;
    let years = (year - 1970) * 365 + leap_days(year - 1) - leap_days(1969);
    years + (1..month).map(|m| days_in(year, m)).sum::<i64>()
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn fields(text: &str, separator: char, widths: [usize; 3]) -> Option<[i64; 3]> {
    let mut found = [0; 3];
    let mut parts = text.split(separator);
    for (field, width) in found.iter_mut().zip(widths) {
        let part = parts.next().filter(|p| p.len() == width)?;
        *field = i64::try_from(decimal(part)?).ok()?;
    }
    parts.next().is_none().then_some(found)
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn decimal(text: &str) -> Option<u64> {
    if is_digits(text) {
        text.parse().ok()
    } else {
        None
    }
}

fn hex(text: &str) -> Option<u64> {
    let all = !text.is_empty() && text.bytes().all(|b| b.is_ascii_hexdigit());
    if all {
        u64::from_str_radix(text, 16).ok()
    } else {
        None
    }
}

fn nibble(digit: u8) -> Option<u8> {
    (digit as char).to_digit(16).map(|d| d as u8)
}

/// A decimal number times `unit`, if that is a whole number.
fn scaled(text: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = decimal(whole)?.checked_mul(unit)?;
    if fraction.is_empty() {
        return (!text.ends_with('.')).then_some(whole);
    }
    if fraction.len() > 12 {
        return None;
    }
    let parts = decimal(fraction)?.checked_mul(unit)?;
    let ten = 10_u64.pow(fraction.len() as u32);
    (parts % ten == 0).then(|| whole.checked_add(parts / ten))?
}

#[cfg(test)]
mod tests {
    use super::super::super::error::Position;
    use super::*;

    fn piece(text: &str) -> Piece {
        Piece {
            at: Position { line: 1, column: 1 },
            text: text.to_owned(),
            quoted: false,
        }
    }

    #[test]
    fn durations() {
        for (text, us) in [
            ("7us", 7),
            ("500ms", 500_000),
            ("1.256s", 1_256_000),
            ("1.5m", 90_000_000),
            ("1h", 3_600_000_000),
        ] {
            assert_eq!(duration(&piece(text)), Ok(Duration::from_us(us)), "{text}");
        }
        for bad in [
            "",
            "5",
            "s",
            "1.0000001s",
            "-1s",
            "1.s",
            ".5s",
            "1d",
            "9999999999999999999h",
            "1001h",
        ] {
            assert!(duration(&piece(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn zxids_in_both_spellings() {
        let z = Zxid::new(Epoch(1), 7);
        assert_eq!(zxid(&piece("1.7")), Ok(z));
        assert_eq!(zxid(&piece("0x100000007")), Ok(z));
        for bad in [
            "",
            "1",
            "1.",
            ".7",
            "1.4294967296",
            "2147483648.0",
            "0x8000000000000000",
            "-1.7",
            "0x",
        ] {
            assert!(zxid(&piece(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn dates_go_both_ways() {
        for (text, ms) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2026-01-01T00:00:00Z", 1_767_225_600_000),
            ("2024-02-29T23:59:59.007Z", 1_709_251_199_007),
            ("2000-03-01T12:30:00Z", 951_913_800_000),
        ] {
            assert_eq!(date(&piece(text)), Ok(ms));
            assert_eq!(print_date(ms), text);
        }
        for bad in [
            "2026-01-01",
            "2026-13-01T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "1969-01-01T00:00:00Z",
        ] {
            assert!(date(&piece(bad)).is_err(), "{bad}");
        }
    }

    #[test]
    fn access_control_lists() {
        let list = acl(&piece("world:anyone:r,digest:u:aGk=:cdrwa")).expect("good");
        assert_eq!(list[0], Acl::world(perms::READ));
        assert_eq!((list[1].id.as_str(), list[1].perms), ("u:aGk=", perms::ALL));
        assert!(acl(&piece("world:anyone")).is_err());
        assert!(acl(&piece("world:anyone:x")).is_err());
    }

    #[test]
    fn sizes_and_data() {
        assert_eq!(size(&piece("64K"), "a size", 0, 1 << 20), Ok(65_536));
        assert!(size(&piece("64G"), "a size", 0, 1 << 20).is_err());
        assert_eq!(data(&piece("hex:00fF")), Ok(vec![0, 255]));
        assert!(data(&piece("hex:0")).is_err());
        assert!(data(&piece("x")).is_err());
    }
}
