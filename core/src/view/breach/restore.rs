//! What became of a restore, in a sentence.

use super::Spelling;
use crate::base::ServerId;
use crate::model::{Epoch, Zxid};
use crate::view::lang::Text;

/// A restored tree did not outlive the process.
pub(super) fn undone(server: ServerId, restored: Zxid, now: Zxid, z: Spelling) -> Text {
    let (restored, now) = (z(restored), z(now));
    Text::new(
        format!(
            "{server} was restored to the tree of {restored}, and its disk does not give that tree: it starts at {now}."
        ),
        format!(
            "{server} 曾恢复到 {restored} 的数据树，但它的磁盘上没有这棵树：启动后停在 {now}。"
        ),
    )
}

/// A joint restore gave a server an epoch that is not new.
pub(super) fn epoch(server: ServerId, epoch: Epoch, used: Epoch) -> Text {
    Text::new(
        format!(
            "{server} was restored into epoch e{epoch}; it must be new and the same for all, and e{used} was used before."
        ),
        format!(
            "{server} 被还原到纪元 e{epoch}；纪元必须全新且所有服务器一致，而此前已用到 e{used}。"
        ),
    )
}
