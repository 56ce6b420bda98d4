//! The choices in which releases of ZooKeeper differ, as far as they belong to the tree.
//!
//! Every field is `true` when the tree does the right thing. Each `false` is a bug that real
//! releases had. A rule is asked where the code chooses, in one place.

/// How the tree behaves where releases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeRules {
    /// A create finds the node "already there" when it is a child of its parent, as in 3.8.0. When
    /// false the whole tree is asked (the change for ZOOKEEPER-4846 in 3.8.5 and 3.9.4): a node
    /// left over from a fuzzy snapshot is never attached to its parent again.
    pub reattach_child: bool,
    /// A create that finds the node already there gives it the transaction's access control list,
    /// in case the snapshot's table had none for it (ZOOKEEPER-4846).
    pub renew_acl: bool,
    /// Ids of access control lists that nodes of a snapshot use, but which its table lacks, are
    /// never given to other lists (ZOOKEEPER-3306, 4689).
    pub reserve_acl_ids: bool,
    /// The delete of a missing node still raises its parent's pzxid (ZOOKEEPER-3125).
    pub raise_parent_pzxid: bool,
    /// The close of a session names the ephemerals that go with it (ZOOKEEPER-3145).
    pub close_lists_paths: bool,
    /// The last zxid moves when all of a multi is applied, not with its first operation
    /// (ZOOKEEPER-3127).
    pub multi_moves_zxid_last: bool,
    /// A check outside of a multi is refused (ZOOKEEPER-2623).
    pub refuse_bare_check: bool,
    /// A version that would become -1, the wildcard, becomes 0 (ZOOKEEPER-4743).
    pub skip_version_minus_one: bool,
    /// A prepared access control list counts for the requests after it, before it is applied.
    pub pending_acl_counts: bool,
    /// Exists needs the permission to read (ZOOKEEPER-4799).
    pub exists_needs_read: bool,
    /// A connection may have watches of several modes on one path, and only its own count
    /// (ZOOKEEPER-4466).
    pub watch_modes_are_independent: bool,
    /// Notifications carry the zxid of the change, and watches can be removed by their mode (3.9).
    pub events_carry_zxid: bool,
    /// A connection hears of a change only if it may read the node (ZOOKEEPER-4799). Debian's 3.8.0 has
    /// this correction.
    pub events_need_read: bool,
    /// A write is decoded before it takes a zxid (3.9).
    pub decodes_before_zxid: bool,
    /// What no server can apply is refused before it is logged: a node that lives less than no time,
    /// limits for the whole tree. A real server of any release logs them and ends, again and again.
    pub refuse_poison: bool,
    /// Addresses of version 6 are known in access control lists (3.9).
    pub knows_ip_v6: bool,
    /// A `create2` in a multi is logged and answered as such, and is read (3.9).
    pub multi_keeps_create2: bool,
    /// A multi with a part that cannot be read is not applied at all. Releases apply the parts before it
    /// and say nothing.
    pub multi_is_whole: bool,
    /// A node may change although the table lacks its access control list. Releases end over it.
    pub survives_missing_list: bool,
}

impl TreeRules {
    /// Everything right.
    pub const fn zablab() -> Self {
        Self {
            reattach_child: true,
            renew_acl: true,
            reserve_acl_ids: true,
            raise_parent_pzxid: true,
            close_lists_paths: true,
            multi_moves_zxid_last: true,
            refuse_bare_check: true,
            skip_version_minus_one: true,
            pending_acl_counts: true,
            exists_needs_read: true,
            watch_modes_are_independent: true,
            events_carry_zxid: true,
            events_need_read: true,
            refuse_poison: true,
            knows_ip_v6: true,
            decodes_before_zxid: true,
            multi_keeps_create2: true,
            multi_is_whole: true,
            survives_missing_list: true,
        }
    }

    /// Release 3.8.0.
    pub const fn v3_8_0() -> Self {
        Self {
            renew_acl: false,
            reserve_acl_ids: false,
            refuse_bare_check: false,
            skip_version_minus_one: false,
            pending_acl_counts: false,
            exists_needs_read: false,
            watch_modes_are_independent: false,
            events_carry_zxid: false,
            decodes_before_zxid: false,
            refuse_poison: false,
            knows_ip_v6: false,
            multi_keeps_create2: false,
            multi_is_whole: false,
            survives_missing_list: false,
            ..Self::zablab()
        }
    }

    /// Release 3.9.4.
    pub const fn v3_9_4() -> Self {
        Self {
            reattach_child: false,
            reserve_acl_ids: false,
            skip_version_minus_one: false,
            pending_acl_counts: false,
            refuse_poison: false,
            multi_is_whole: false,
            survives_missing_list: false,
            ..Self::zablab()
        }
    }
}

impl Default for TreeRules {
    fn default() -> Self {
        Self::zablab()
    }
}
