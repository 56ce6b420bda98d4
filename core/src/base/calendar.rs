//! Milliseconds since 1970 as a date, in UTC and in the calendar of today for all times, also before 1582.

use std::fmt;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// A moment of the calendar. It is written as Java's `Date` is: `Fri Nov 20 09:48:26 UTC 2026`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Year.
    pub year: i64,
    /// Month, 1 to 12.
    pub month: i64,
    /// Day of the month, from 1.
    pub day: i64,
    /// Hour, minute and second.
    pub time: [i64; 3],
    /// Milliseconds.
    pub ms: i64,
    /// Days since a Thursday, 0 to 6.
    weekday: usize,
}

impl Moment {
    /// The moment so many milliseconds after the beginning of 1970.
    pub fn of_ms(ms: i64) -> Self {
        let seconds = ms.div_euclid(1_000);
        let (days, time) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
        let (year, month, day) = civil(days);
        Self {
            year,
            month,
            day,
            time: [time / 3_600, time / 60 % 60, time % 60],
            ms: ms.rem_euclid(1_000),
            weekday: days.rem_euclid(7) as usize,
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (weekday, month) = (DAYS[self.weekday], MONTHS[(self.month - 1) as usize]);
        let ([hour, minute, second], day, year) = (self.time, self.day, self.year);
        write!(
            f,
            "{weekday} {month} {day:02} {hour:02}:{minute:02}:{second:02} UTC {year:04}"
        )
    }
}

/// Year, month and day of the month of a number of days since 1970.
///
/// Years are counted from March, so that the day that is sometimes missing is the last one; 400 of
/// them have 146,097 days.
fn civil(days: i64) -> (i64, i64, i64) {
    let since_march_0000 = days + 719_468;
    let era = since_march_0000.div_euclid(146_097);
    let day_of_era = since_march_0000.rem_euclid(146_097);
    let leap_days = day_of_era / 1_460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = (month_from_march + 2) % 12 + 1;
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_every_kind_of_year() {
        for (ms, text) in [
            (0, "Thu Jan 01 00:00:00 UTC 1970"),
            (-1, "Wed Dec 31 23:59:59 UTC 1969"),
            (951_782_400_000, "Tue Feb 29 00:00:00 UTC 2000"),
            (951_868_799_999, "Tue Feb 29 23:59:59 UTC 2000"),
            (951_868_800_000, "Wed Mar 01 00:00:00 UTC 2000"),
            (1_709_251_199_007, "Thu Feb 29 23:59:59 UTC 2024"),
            (1_795_168_106_000, "Fri Nov 20 09:48:26 UTC 2026"),
            (4_107_542_399_000, "Sun Feb 28 23:59:59 UTC 2100"),
            (4_107_542_400_000, "Mon Mar 01 00:00:00 UTC 2100"),
            (253_402_300_799_000, "Fri Dec 31 23:59:59 UTC 9999"),
        ] {
            assert_eq!(Moment::of_ms(ms).to_string(), text, "{ms}");
        }
        assert_eq!(Moment::of_ms(-1).ms, 999);
    }

    /// Day by day through a whole era: a second, plain way to count.
    #[test]
    fn dates_follow_each_other() {
        let (mut year, mut month, mut day) = (1970, 1, 1);
        for days in 0..146_097 {
            assert_eq!(civil(days), (year, month, day), "{days}");
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = match month {
                2 => 28 + i64::from(leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            day += 1;
            if day > length {
                (month, day) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn no_time_is_too_far_away() {
        for ms in [i64::MIN, i64::MAX] {
            assert!(Moment::of_ms(ms).to_string().contains(" UTC "));
        }
    }
}
