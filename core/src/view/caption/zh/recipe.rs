//! What clients do together, in Simplified Chinese.

use super::z;
use crate::model::Zxid;
use crate::view::caption::quoted;
use crate::world::{Recipe, RecipeState, Standing};

/// A client begins a recipe.
pub(super) fn begun(client: &str, recipe: Recipe, path: &str) -> String {
    match recipe {
        Recipe::Lock { .. } => format!("客户端 {client} 要获取锁 {path}。"),
        Recipe::Produce { items } => {
            format!("客户端 {client} 要向队列 {path} 放入 {items} 个元素。")
        }
        Recipe::Consume { .. } => format!("客户端 {client} 从队列 {path} 取元素。"),
        Recipe::Config => format!("客户端 {client} 跟踪 {path} 的值。"),
        Recipe::Election => format!("客户端 {client} 在 {path} 参加选主。"),
        Recipe::Barrier { size, .. } => {
            format!("客户端 {client} 来到屏障 {path}，凑齐 {size} 个才能进入。")
        }
        Recipe::Group => format!("客户端 {client} 加入组 {path}。"),
    }
}

/// A client's recipe came to stand elsewhere.
pub(super) fn sentence(client: &str, recipe: Recipe, path: &str, now: &Standing) -> String {
    match now.state {
        RecipeState::Done => return format!("客户端 {client} 已结束在 {path} 的工作。"),
        RecipeState::Failed => return format!("客户端 {client} 放弃 {path}：请求被拒绝。"),
        _ => {}
    }
    match recipe {
        Recipe::Lock { .. } => lock(client, path, now),
        Recipe::Produce { .. } => produce(client, path, now),
        Recipe::Consume { .. } => consume(client, path, now),
        Recipe::Config => config(client, path, now),
        Recipe::Election => election(client, path, now),
        Recipe::Barrier { .. } => barrier(client, path, now),
        Recipe::Group => group(client, path, now),
    }
}

fn lock(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, now.token) {
        (RecipeState::Holding, Some(token)) => {
            format!("客户端 {client} 持有锁 {path}，令牌为 {}。", z(token))
        }
        (RecipeState::Leaving, _) => format!("客户端 {client} 释放锁 {path}。"),
        (RecipeState::Lost, _) => format!("客户端 {client} 得知自己已失去对锁 {path} 的权利。"),
        (RecipeState::Doubting, _) => format!("客户端 {client} 无法确定自己是否仍持有锁 {path}。"),
        _ => format!("客户端 {client} 等待锁 {path}。"),
    }
}

fn election(client: &str, path: &str, now: &Standing) -> String {
    match now.state {
        RecipeState::Leading => format!("客户端 {client} 成为 {path} 的主节点：它排在最前。"),
        RecipeState::Doubting => {
            format!("客户端 {client} 暂时让位：它无法确定自己是否仍是 {path} 的主节点。")
        }
        RecipeState::Following => format!("客户端 {client} 作为备用：{path} 已有主节点。"),
        RecipeState::Leaving => format!("客户端 {client} 退出 {path} 的选主。"),
        RecipeState::Lost => format!("客户端 {client} 得知自己已不在 {path} 中。"),
        _ => format!("客户端 {client} 在 {path} 中寻找自己的位置。"),
    }
}

fn produce(client: &str, path: &str, now: &Standing) -> String {
    match now.state {
        RecipeState::Lost => format!("客户端 {client} 无法继续：会话已结束。"),
        _ => format!("客户端 {client} 已向 {path} 放入 {} 个元素。", now.count),
    }
}

fn consume(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, &now.data) {
        (RecipeState::Waiting, _) => format!("客户端 {client} 等待：{path} 是空的。"),
        (RecipeState::Lost, _) => format!("客户端 {client} 无法继续：会话已结束。"),
        (RecipeState::Taking, Some(item)) => format!(
            "客户端 {client} 从 {path} 取到 {}，共 {} 个。",
            quoted(item),
            now.count
        ),
        _ => format!("客户端 {client} 查看 {path} 中的元素。"),
    }
}

fn config(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, &now.data) {
        (RecipeState::Watching, Some(value)) => {
            format!("客户端 {client} 得知 {path} 的值：{}。", quoted(value))
        }
        (RecipeState::Watching, None) => format!("客户端 {client} 发现 {path} 没有值。"),
        (RecipeState::Waiting, _) => format!("客户端 {client} 等待：{path} 还不存在。"),
        (RecipeState::Lost, _) => format!("客户端 {client} 再也收不到变更通知。"),
        _ => format!("客户端 {client} 读取 {path}。"),
    }
}

fn barrier(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, now.count) {
        (RecipeState::Inside, _) => format!("屏障 {path} 已打开：客户端 {client} 进入。"),
        (RecipeState::Leaving, 0) => format!("客户端 {client} 与其他客户端一起离开 {path}。"),
        (RecipeState::Leaving, n) => {
            format!("客户端 {client} 离开 {path}；那里还有 {n} 个客户端。")
        }
        (RecipeState::Lost, _) => format!("客户端 {client} 中途退出 {path}。"),
        (_, 0) => format!("客户端 {client} 到达屏障 {path}。"),
        (_, n) => format!("客户端 {client} 在屏障 {path} 前等待；已到 {n} 个客户端。"),
    }
}

fn group(client: &str, path: &str, now: &Standing) -> String {
    match (now.state, now.count) {
        (RecipeState::Leaving, _) => format!("客户端 {client} 离开组 {path}。"),
        (RecipeState::Lost, _) => format!("客户端 {client} 已不是组 {path} 的成员。"),
        (_, 1) => format!("组 {path} 中只有客户端 {client} 自己。"),
        (_, n) => format!("客户端 {client} 得知组 {path} 有 {n} 个成员。"),
    }
}

/// A state in a word.
pub(in crate::view::caption) const fn state(state: RecipeState) -> &'static str {
    match state {
        RecipeState::Starting => "开始",
        RecipeState::Waiting => "等待",
        RecipeState::Holding => "持有",
        RecipeState::Leading => "主节点",
        RecipeState::Following => "备用",
        RecipeState::Doubting => "存疑",
        RecipeState::Producing => "放入",
        RecipeState::Taking => "取出",
        RecipeState::Watching => "监听",
        RecipeState::Inside => "在内",
        RecipeState::Member => "成员",
        RecipeState::Leaving => "离开",
        RecipeState::Done => "完成",
        RecipeState::Lost => "失去",
        RecipeState::Failed => "失败",
    }
}

/// A client wrote to the store outside; `newer` is a higher token that the store has seen.
pub(super) fn stored(client: &str, token: Zxid, newer: Option<Zxid>, accepted: bool) -> String {
    let token = z(token);
    match (accepted, newer) {
        (true, None) => format!("外部存储接受客户端 {client} 的写入，令牌 {token}。"),
        (true, Some(newer)) => format!(
            "外部存储在令牌 {} 之后又接受了客户端 {client} 的写入，令牌 {token}：两个客户端同时持锁。",
            z(newer)
        ),
        (false, Some(newer)) => {
            format!(
                "外部存储拒绝客户端 {client}：令牌 {token} 比 {} 旧。",
                z(newer)
            )
        }
        (false, None) => format!("外部存储拒绝客户端 {client} 的写入，令牌 {token}。"),
    }
}
