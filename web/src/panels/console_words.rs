//! The words of the console panel, both languages side by side. What zkCli.sh says stays in its English.

use zablab_core::view::Lang;

crate::words::words! {
    Client: "Client", "客户端";
    NoClient: "No client yet. A console belongs to a client: make one and type to it as to zkCli.sh.",
        "还没有客户端。控制台属于某个客户端：先新建一个，再像使用 zkCli.sh 那样输入命令。";
    Printed: "What the console printed", "控制台输出";
    Line: "Command line", "命令行";
    Enter: "Enter", "执行";
    Waiting: "Waiting for the answer", "等待答复";
    GiveUp: "Stop waiting", "不再等待";
    Empty: "Type as to zkCli.sh, such as: ls / or create /a hello. help lists all commands. The run plays until the answer is there.",
        "像使用 zkCli.sh 那样输入，例如 ls / 或 create /a hello；help 列出全部命令。执行后会播放到得到答复为止。";
    Hint: "Tab completes, Escape then Tab leaves, Up and Down recall.",
        "Tab 补全，先按 Esc 再按 Tab 离开，上下键调出历史。";
}

/// `New client of S2`.
pub(super) fn new_client(lang: Lang, server: &str) -> String {
    match lang {
        Lang::En => format!("New client of {server}"),
        Lang::Zh => format!("新建连接 {server} 的客户端"),
    }
}
