//! Access control entries as they stand in transactions.

/// Permission bits. ZooKeeper: `ZooDefs.Perms`.
pub mod perms {
    /// Read data and list children.
    pub const READ: i32 = 1;
    /// Set data.
    pub const WRITE: i32 = 2;
    /// Create children.
    pub const CREATE: i32 = 4;
    /// Delete children.
    pub const DELETE: i32 = 8;
    /// Set the access control list.
    pub const ADMIN: i32 = 16;
    /// All of them.
    pub const ALL: i32 = 31;
}

/// One entry: who may do what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Acl {
    /// Permission bits, see [`perms`].
    pub perms: i32,
    /// Scheme: `world`, `digest`, `ip`, ...
    pub scheme: String,
    /// Who, in the words of the scheme.
    pub id: String,
}

impl Acl {
    /// An entry of the `world` scheme.
    pub fn world(perms: i32) -> Self {
        Self {
            perms,
            scheme: "world".to_owned(),
            id: "anyone".to_owned(),
        }
    }

    /// The list that lets everybody do everything. ZooKeeper: `OPEN_ACL_UNSAFE`.
    pub fn open() -> Vec<Self> {
        vec![Self::world(perms::ALL)]
    }
}
