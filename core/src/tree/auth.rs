//! Who may do what: identities, the check of a permission, the completion of a list.
//!
//! Schemes: `world`, `digest`, `ip` (version 4), `auth` in requests only, and `super`, which may do
//! everything. An identity is what a connection has proved; a list names identities.
//!
//! In ZooKeeper: `ZooKeeperServer.checkACL`, `PrepRequestProcessor.fixupACL`, the providers in
//! `server.auth`.

use std::net::Ipv6Addr;

use data_encoding::BASE64;
use sha1_smol::Sha1;

use super::rules::TreeRules;
use crate::base::Order;
use crate::model::acl::perms;
use crate::model::{Acl, ErrorCode};

/// An identity that a connection has proved. ZooKeeper: `Id`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AuthId {
    /// `ip`, `digest`, `super`.
    pub scheme: String,
    /// Who, in the words of the scheme.
    pub id: String,
}

impl AuthId {
    /// The identity of that scheme.
    pub fn new(scheme: &str, id: &str) -> Self {
        Self {
            scheme: scheme.to_owned(),
            id: id.to_owned(),
        }
    }

    /// The identity that may do everything.
    pub fn superuser() -> Self {
        Self::new("super", "")
    }

    /// The address that every client of the simulation comes from.
    pub fn address() -> Self {
        Self::new("ip", "127.0.0.1")
    }

    /// Scheme and name, without the proof.
    pub fn public(&self) -> (String, String) {
        let name = match self.scheme.as_str() {
            "digest" => self.id.split(':').next().unwrap_or_default(),
            _ => &self.id,
        };
        (self.scheme.clone(), name.to_owned())
    }
}

/// What an id that is null on the wire is decoded to; no scheme has such an id.
pub const NULL_ID: &str = "\0";

/// The identity that `user:password` proves: the name, and a hash of both. ZooKeeper:
/// `DigestAuthenticationProvider.generateDigest`.
pub fn digest_id(secret: &str) -> String {
    let user = secret.split(':').next().unwrap_or_default();
    let hash = Sha1::from(secret.as_bytes()).digest().bytes();
    format!("{user}:{}", BASE64.encode(&hash))
}

/// What a connection has proved by an `auth` request, or `None` when the scheme is not known. The
/// super user is whoever knows the password that the server was started with.
pub fn prove(scheme: &str, auth: &[u8], super_password: Option<&str>) -> Option<Vec<AuthId>> {
    match scheme {
        "digest" => {
            let secret = String::from_utf8_lossy(auth);
            let id = digest_id(&secret);
            let mut ids = Vec::new();
            let password = secret.strip_prefix("super:");
            if password.is_some() && password == super_password {
                ids.push(AuthId::superuser());
            }
            ids.push(AuthId::new("digest", &id));
            Some(ids)
        }
        // It proves nothing that is not known already.
        "ip" => Some(Vec::new()),
        _ => None,
    }
}

/// True when `list` lets one of `ids` read.
pub fn may_read(list: &[Acl], ids: &[AuthId]) -> bool {
    check(list, perms::READ, ids).is_ok()
}

/// The order in which a server lists what a connection has proved: that of the buckets of a
/// `ConcurrentHashMap`, whose keys are the identities. The hash is that of ZooKeeper's `Id`.
pub fn in_order(mut ids: Vec<AuthId>) -> Vec<AuthId> {
    let buckets = if ids.len() > 12 { 32 } else { 16 };
    ids.order_by_key(|id| {
        let hash = (37 * 17_i32).wrapping_add(java_hash(&id.scheme));
        let hash = hash.wrapping_mul(37).wrapping_add(java_hash(&id.id));
        let spread = (hash ^ ((hash as u32) >> 16) as i32) & 0x7FFF_FFFF;
        spread & (buckets - 1)
    });
    ids
}

/// Java's `String.hashCode`.
fn java_hash(text: &str) -> i32 {
    let units = text.encode_utf16();
    units.fold(0, |hash: i32, unit| {
        hash.wrapping_mul(31).wrapping_add(i32::from(unit))
    })
}

/// An entry for the eyes of somebody without the ADMIN permission.
pub(super) fn masked(entry: &Acl) -> Acl {
    let mut entry = entry.clone();
    if entry.scheme == "digest"
        && let Some((user, _)) = entry.id.split_once(':')
    {
        entry.id = format!("{user}:x");
    }
    entry
}

/// Passes when `list` gives one of `ids` the permission. An empty list lets everybody pass.
pub(super) fn check(list: &[Acl], perm: i32, ids: &[AuthId]) -> Result<(), ErrorCode> {
    let allowed = list.is_empty()
        || ids.iter().any(|id| id.scheme == "super")
        || list
            .iter()
            .any(|entry| entry.perms & perm != 0 && names_one_of(entry, ids));
    if allowed {
        Ok(())
    } else {
        Err(ErrorCode::NoAuth)
    }
}

fn names_one_of(entry: &Acl, ids: &[AuthId]) -> bool {
    is_anyone(entry)
        || ids
            .iter()
            .filter(|id| id.scheme == entry.scheme)
            .any(|id| match entry.scheme.as_str() {
                "digest" => id.id == entry.id,
                "ip" => is_in_net(&id.id, &entry.id),
                _ => false,
            })
}

fn is_anyone(entry: &Acl) -> bool {
    entry.scheme == "world" && entry.id == "anyone"
}

/// Removes duplicates, puts the caller's identities in the place of `auth`, and refuses what no
/// scheme understands.
pub(super) fn complete(
    list: &[Acl],
    ids: &[AuthId],
    rules: TreeRules,
) -> Result<Vec<Acl>, ErrorCode> {
    let mut complete = Vec::with_capacity(list.len());
    for (i, entry) in list.iter().enumerate() {
        if list[..i].contains(entry) {
            continue;
        }
        match entry.scheme.as_str() {
            "world" | "digest" | "ip" if entry.id == NULL_ID => {
                return Err(ErrorCode::MarshallingError);
            }
            "auth" => complete.extend(expand(entry.perms, ids)?),
            "digest" if is_digest(&entry.id) => complete.push(entry.clone()),
            "ip" if net(&entry.id).is_some() => complete.push(entry.clone()),
            "ip" if rules.knows_ip_v6 && is_net_v6(&entry.id) => complete.push(entry.clone()),
            _ if is_anyone(entry) => complete.push(entry.clone()),
            _ => return Err(ErrorCode::InvalidAcl),
        }
    }
    if complete.is_empty() {
        return Err(ErrorCode::InvalidAcl);
    }
    Ok(complete)
}

/// Only a digest counts as proved; an address does not, and the super user has no scheme of its own.
fn expand(perms: i32, ids: &[AuthId]) -> Result<Vec<Acl>, ErrorCode> {
    let proved: Vec<Acl> = ids
        .iter()
        .filter(|id| id.scheme == "digest")
        .map(|id| Acl {
            perms,
            scheme: id.scheme.clone(),
            id: id.id.clone(),
        })
        .collect();
    if proved.is_empty() {
        return Err(ErrorCode::InvalidAcl);
    }
    Ok(proved)
}

/// Two parts with a colon between; empty parts at the end do not count.
fn is_digest(id: &str) -> bool {
    let id = id.trim_end_matches(':');
    id.matches(':').count() == 1
}

fn is_in_net(address: &str, expression: &str) -> bool {
    let (Some((net, bits)), Some(address)) = (net(expression), address_v4(address)) else {
        return false;
    };
    let mask = u32::MAX.checked_shl(32 - bits).unwrap_or(0);
    (net ^ address) & mask == 0
}

/// `a.b.c.d` or `a.b.c.d/bits`.
fn net(expression: &str) -> Option<(u32, u32)> {
    let (address, bits) = match expression.split_once('/') {
        Some((address, bits)) => (address, bits.parse::<u32>().ok().filter(|b| *b <= 32)?),
        None => (expression, 32),
    };
    Some((address_v4(address)?, bits))
}

/// No client of the simulation has such an address, so that it only has to be well-formed.
fn is_net_v6(expression: &str) -> bool {
    let (address, bits) = match expression.split_once('/') {
        Some((address, bits)) => (address, bits.parse::<u32>().ok()),
        None => (expression, Some(128)),
    };
    address.parse::<Ipv6Addr>().is_ok() && bits.is_some_and(|bits| bits <= 128)
}

fn address_v4(text: &str) -> Option<u32> {
    let mut parts = text.split('.').map(|part| part.parse::<u8>().ok());
    let mut address = 0;
    for _ in 0..4 {
        address = address << 8 | u32::from(parts.next()??);
    }
    parts.next().is_none().then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(scheme: &str, id: &str) -> Acl {
        Acl {
            perms: 1,
            scheme: scheme.to_owned(),
            id: id.to_owned(),
        }
    }

    #[test]
    fn a_net_contains_its_addresses() {
        let cases = [
            ("127.0.0.1", "127.0.0.1", true),
            ("127.0.0.1", "127.0.0.0/8", true),
            ("128.0.0.1", "127.0.0.0/8", false),
            ("9.9.9.9", "0.0.0.0/0", true),
            ("10.1.2.3", "10.1.2.2/31", true),
            ("10.1.2.4", "10.1.2.2/31", false),
            ("10.1.2.4", "nonsense", false),
            ("nonsense", "0.0.0.0/0", false),
        ];
        for (address, net, inside) in cases {
            assert_eq!(is_in_net(address, net), inside, "{address} in {net}");
        }
    }

    #[test]
    fn a_secret_proves_a_digest() {
        let id = digest_id("super:oracle");
        assert_eq!(id, "super:w41Z49KzAbWweq3fTkicrahb3kI=");
        let proved = prove("digest", b"super:oracle", Some("oracle")).unwrap_or_default();
        assert_eq!(proved, [AuthId::superuser(), AuthId::new("digest", &id)]);
        assert_eq!(prove("nope", b"", None), None);
    }

    #[test]
    fn lists_that_no_scheme_understands_are_refused() {
        let odd = [
            entry("nope", "x"),
            entry("world", "someone"),
            entry("digest", "nocolon"),
            entry("digest", "a:b:c"),
            entry("ip", "300.1.1.1"),
            entry("ip", "1.2.3"),
            entry("ip", "1.2.3.4/33"),
            entry("auth", ""),
        ];
        let address = [AuthId::new("ip", "127.0.0.1")];
        for entry in odd {
            let list = [Acl::world(31), entry];
            assert_eq!(
                complete(&list, &address, TreeRules::zablab()),
                Err(ErrorCode::InvalidAcl),
                "{list:?}"
            );
        }
        assert_eq!(
            complete(&[], &[], TreeRules::zablab()),
            Err(ErrorCode::InvalidAcl)
        );
    }

    #[test]
    fn duplicates_go_and_the_order_stays() {
        let (net, world) = (entry("ip", "127.0.0.1/8"), Acl::world(1));
        let list = [net.clone(), net.clone(), world.clone(), net.clone()];
        assert_eq!(
            complete(&list, &[], TreeRules::zablab()),
            Ok(vec![net, world])
        );
    }

    #[test]
    fn auth_becomes_every_proved_digest() {
        let ids = [
            AuthId::new("ip", "127.0.0.1"),
            AuthId::new("digest", "u:h"),
            AuthId::new("digest", "v:h"),
            AuthId::superuser(),
        ];
        let expanded = vec![entry("digest", "u:h"), entry("digest", "v:h")];
        assert_eq!(
            complete(&[entry("auth", "")], &ids, TreeRules::zablab()),
            Ok(expanded)
        );
    }
}
