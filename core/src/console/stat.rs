//! The block of a node's statistics.
//!
//! In ZooKeeper: `StatPrinter`; the dates are those of Java's `Date.toString`.

use crate::base::Moment;
use crate::model::Stat;

/// The eleven lines.
pub fn lines(stat: &Stat) -> Vec<String> {
    vec![
        format!("cZxid = 0x{:x}", stat.czxid),
        format!("ctime = {}", Moment::of_ms(stat.ctime)),
        format!("mZxid = 0x{:x}", stat.mzxid),
        format!("mtime = {}", Moment::of_ms(stat.mtime)),
        format!("pZxid = 0x{:x}", stat.pzxid),
        format!("cversion = {}", stat.cversion),
        format!("dataVersion = {}", stat.version),
        format!("aclVersion = {}", stat.aversion),
        format!("ephemeralOwner = 0x{:x}", stat.ephemeral_owner),
        format!("dataLength = {}", stat.data_length),
        format!("numChildren = {}", stat.num_children),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Zxid;

    #[test]
    fn numbers_below_zero_are_shown_by_their_bits() {
        let stat = Stat {
            czxid: Zxid(-1),
            ephemeral_owner: i64::MIN,
            cversion: -1,
            ..Stat::default()
        };
        let lines = lines(&stat);
        assert_eq!(lines[0], "cZxid = 0xffffffffffffffff");
        assert_eq!(lines[5], "cversion = -1");
        assert_eq!(lines[8], "ephemeralOwner = 0x8000000000000000");
    }
}
