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

    /// Their letters, in the order in which ZooKeeper prints them.
    pub const LETTERS: [(char, i32); 5] = [
        ('c', CREATE),
        ('d', DELETE),
        ('r', READ),
        ('w', WRITE),
        ('a', ADMIN),
    ];
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

impl std::fmt::Display for Acl {
    /// `world:anyone:cdrwa`, the letters in the order in which ZooKeeper prints them.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:", self.scheme, self.id)?;
        let mine = perms::LETTERS
            .iter()
            .filter(|(_, bit)| self.perms & bit != 0);
        mine.into_iter()
            .try_for_each(|(letter, _)| write!(f, "{letter}"))
    }
}
