//! What the chips of clients and the line of the store say.

use zablab_core::view::Lang;
use zablab_core::view::frame::{
    BellView, ClientState, ClientView, ClockView, OutcomeView, RequestView, SessionView, StoreView,
};

use crate::words::{self, Word, seconds};

/// One of two, by language.
const fn pick<T: Copy>(lang: Lang, en: T, zh: T) -> T {
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// What a client knows of its newest request.
pub(super) fn outcome(lang: Lang, request: &RequestView) -> String {
    let plain = match &request.outcome {
        OutcomeView::Pending => pick(lang, "waiting", "等待答复"),
        OutcomeView::Confirmed(None) => pick(lang, "answered", "已答复"),
        OutcomeView::Confirmed(Some(zxid)) => {
            return format!("{}{zxid}", pick(lang, "confirmed at ", "已答复："));
        }
        OutcomeView::Failed(code) => {
            return format!("{}{code}", pick(lang, "refused: ", "被拒绝："));
        }
        OutcomeView::Unknown => Word::OutcomeUnknown.get(lang),
        OutcomeView::NeverSent => pick(lang, "never sent", "从未发出"),
    };
    plain.to_owned()
}

/// How long a request has gone without an answer.
pub(super) fn waited(lang: Lang, request: &RequestView, now_us: u64) -> String {
    let waited = seconds(now_us.saturating_sub(request.since_us));
    match lang {
        Lang::En => format!("no reply, {waited}"),
        Lang::Zh => format!("{waited} 未获答复"),
    }
}

/// What stands in a client's way, if anything does.
pub(super) fn trouble(lang: Lang, client: &ClientView) -> Option<String> {
    let over = matches!(&client.session, Some(s) if s.clock == ClockView::Over);
    let said = match (client.paused, client.state) {
        (true, _) if over => pick(lang, "frozen, session over", "已冻结，会话已结束"),
        (true, _) => pick(lang, "frozen", "已冻结"),
        (_, ClientState::Closed) => Word::SessionClosed.get(lang),
        (_, ClientState::Expired) => Word::SessionExpired.get(lang),
        _ if over => pick(lang, "session is over", "会话已结束"),
        (_, ClientState::Connecting) => Word::Connecting.get(lang),
        _ if client.pending > 1 => return Some(pending(lang, client.pending)),
        _ => return None,
    };
    Some(said.to_owned())
}

fn pending(lang: Lang, n: u32) -> String {
    match lang {
        Lang::En => format!("{n} requests wait"),
        Lang::Zh => format!("{n} 个请求等待答复"),
    }
}

/// `token e1·8, 3.2 s`: what a holder shows, and for how long it has stood there.
pub(super) fn held(lang: Lang, client: &ClientView, now_us: u64) -> Option<String> {
    let recipe = client.recipe.as_ref()?;
    let since = seconds(now_us.saturating_sub(recipe.since_us));
    let token = recipe.token?;
    Some(format!("{} {token}, {since}", pick(lang, "token", "令牌")))
}

/// The clock of a session.
pub(super) fn clock(lang: Lang, client: &ClientView, session: &SessionView, now_us: u64) -> String {
    let timeout = words::session(lang, client.timeout_ms);
    let said = match session.clock {
        ClockView::Runs { expires_us } => {
            let left = seconds(expires_us.saturating_sub(now_us));
            return match lang {
                Lang::En => format!("{timeout}: ends in {left} unless heard of"),
                Lang::Zh => format!("{timeout}：若无消息，{left} 后过期"),
            };
        }
        ClockView::Still => pick(
            lang,
            "nobody leads, the clock stands still",
            "没有领导者，计时停止",
        ),
        ClockView::Closing => pick(lang, "the leader closes it", "领导者正在关闭它"),
        ClockView::Over => pick(
            lang,
            "over; the client was not told",
            "已结束，客户端尚不知情",
        ),
    };
    format!("{timeout}{}{said}", pick(lang, ": ", "："))
}

/// `3 watches: /a /b; heard NodeDeleted /a at 3.246 s`.
pub(super) fn bell(lang: Lang, client: &ClientView) -> String {
    let n = client.watches;
    let mut said = match lang {
        Lang::En if n == 1 => "1 watch".to_owned(),
        Lang::En => format!("{n} watches"),
        Lang::Zh => format!("{n} 个监听"),
    };
    if n > 0 {
        let more = if n as usize > client.watched.len() {
            " …"
        } else {
            ""
        };
        said += &format!(
            "{}{}{more}",
            pick(lang, ": ", "："),
            client.watched.join(" ")
        );
    }
    if let Some(heard) = &client.bell {
        said += &event(lang, heard);
    }
    said
}

fn event(lang: Lang, heard: &BellView) -> String {
    let (event, at) = (&heard.event, words::instant(heard.at_us));
    match (heard.rings, lang) {
        (true, Lang::En) => format!("; an event came now: {event}"),
        (true, Lang::Zh) => format!("；此刻收到通知：{event}"),
        (false, Lang::En) => format!("; last event at {at} s: {event}"),
        (false, Lang::Zh) => format!("；上次通知 {at} s：{event}"),
    }
}

/// Everything about a client, for its title.
pub(super) fn about(lang: Lang, client: &ClientView, now_us: u64) -> String {
    let mut said = vec![match lang {
        Lang::En => format!("Client {}", client.name),
        Lang::Zh => format!("客户端 {}", client.name),
    }];
    if let Some(recipe) = &client.recipe {
        said.push(recipe.standing.get(lang).to_owned());
        said.extend(held(lang, client, now_us));
    }
    if let Some(request) = &client.request {
        said.push(format!("{}: {}", request.text, outcome(lang, request)));
    }
    said.extend(trouble(lang, client));
    if let Some(session) = &client.session {
        said.push(format!("{} {}", pick(lang, "session", "会话"), session.id));
        said.push(clock(lang, client, session, now_us));
    }
    if client.watches > 0 || client.bell.is_some() {
        said.push(bell(lang, client));
    }
    said.join("\n")
}

/// `Store: 4 taken, 1 refused`.
pub(super) fn store(lang: Lang, store: &StoreView) -> String {
    let StoreView {
        accepted, refused, ..
    } = store;
    match lang {
        Lang::En if store.out_of_order => "Store: old token taken".to_owned(),
        Lang::Zh if store.out_of_order => "存储：接受了旧令牌".to_owned(),
        Lang::En if *refused == 0 => format!("Store: {accepted} taken"),
        Lang::Zh if *refused == 0 => format!("存储：接受 {accepted}"),
        Lang::En => format!("Store: {accepted} taken, {refused} refused"),
        Lang::Zh => format!("存储：接受 {accepted}，拒绝 {refused}"),
    }
}

/// Everything about the store, for its title.
pub(super) fn about_store(lang: Lang, store: &StoreView) -> String {
    let StoreView {
        accepted, refused, ..
    } = store;
    let mut said = match lang {
        Lang::En => format!("The store outside: {accepted} taken, {refused} refused"),
        Lang::Zh => format!("外部存储：接受 {accepted}，拒绝 {refused}"),
    };
    said += match (store.fencing, lang) {
        (true, Lang::En) => "; it refuses old tokens",
        (true, Lang::Zh) => "；拒绝旧令牌",
        (false, Lang::En) => "; it takes any token",
        (false, Lang::Zh) => "；不检查令牌",
    };
    if let Some(highest) = store.highest {
        said += &format!("\n{} {highest}", pick(lang, "highest token", "最高令牌"));
    }
    if let Some(last) = &store.last {
        let (name, token, at) = (&last.client, last.token, words::instant(last.at_us));
        let did = if last.accepted {
            pick(lang, "taken", "已接受")
        } else {
            pick(lang, "refused", "被拒绝")
        };
        said += &match lang {
            Lang::En => format!("\nlast: {name}, {token}, {did} at {at} s"),
            Lang::Zh => format!("\n最近：{name}，{token}，{at} s {did}"),
        };
    }
    said
}
