//! Stand-in for the lab while the page is being drawn.
use std::sync::Arc;

use zablab_core::lab::*;
use zablab_core::view::Text;
use zablab_core::view::frame::*;

pub(crate) struct Lab {
    frame: Arc<Frame>,
    t: Transport,
    v: u64,
}

fn zx(epoch: i64, counter: u32) -> Zx {
    Zx { epoch, counter }
}

impl Lab {
    pub(crate) fn scenarios() -> Vec<(String, Text)> {
        vec![("leader-power-loss".into(), Text::new("Leader loses power before COMMIT", "领导者在 COMMIT 之前断电"))]
    }
    pub(crate) fn open(id: Option<&str>) -> Self {
        let many = id == Some("many");
        let t = Transport {
            step: 44,
            total: 68,
            now_us: 3_246_000,
            playing: false,
            speed: Speed::Normal,
            marks: vec![
                Mark { step: 1, kind: MarkKind::Beat, name: Text::new("sessions", "会话") },
                Mark { step: 12, kind: MarkKind::Beat, name: Text::new("first writes", "首批写入") },
                Mark { step: 26, kind: MarkKind::Beat, name: Text::same("e1·6") },
                Mark { step: 40, kind: MarkKind::Crash, name: Text::new("power loss", "断电") },
            ],
            branches: vec![Branch { name: "main".into(), title: Text::default(), from: 0, total: 68 }],
            branch: 0,
        };
        Self { frame: Arc::new(frame(many)), t, v: 0 }
    }
    pub(crate) fn scenario(&self) -> Option<String> { Some("leader-power-loss".into()) }
    pub(crate) fn version(&self) -> u64 { self.v }
    pub(crate) fn frame(&self) -> Arc<Frame> { self.frame.clone() }
    pub(crate) fn transport(&self) -> Transport { self.t.clone() }
    pub(crate) fn events(&self, _: usize) -> Vec<EventLine> {
        (36..44).map(|n| EventLine { step: n, at_us: 1_200_000 + n * 2000, who: format!("S{}", n % 4 + 1),
            text: Text::new("S2's disk confirms e1·7; S2 sends ACK to S1.", "S2 的磁盘确认 e1·7 已落盘；S2 向 S1 发送 ACK。"), more: u32::from(n == 43), change: Text::new("following → looking", "跟随 → 选举中") }).collect()
    }
    pub(crate) fn notice(&self) -> Option<Notice> { None }
    pub(crate) fn script(&self) -> String { "zablab 1\nensemble servers=3 observers=1 seed=7\nuntil leader within=5s\nclient a server=3\na create /orders \"\"\nrun 200ms\ncrash 1 power\nrun 2s\n".into() }
    pub(crate) fn progress(&self, id: u64) -> Option<u32> { self.frame.messages.iter().find(|m| m.id == id).map(|m| m.progress(self.frame.now_us)) }
    pub(crate) fn advance(&mut self, _: u64) -> bool { self.t.playing }
    pub(crate) fn seek_beat(&mut self, _: &str) {}
    pub(crate) fn dispatch(&mut self, a: Action) {
        match a { Action::Play => self.t.playing = true, Action::Pause => self.t.playing = false, Action::Seek(n) => self.t.step = n, Action::Step(n) => self.t.step = self.t.step.saturating_add_signed(n), Action::SetSpeed(s) => self.t.speed = s, _ => {} }
        self.v += 1;
    }
}

fn frame(many: bool) -> Frame {
    let n: u8 = if many { 9 } else { 4 };
    let cell = |state, told| Cell { state, told };
    let servers = (1..=n).map(|i| {
        let dead = i == 1;
        let mut cells: Vec<Cell> = (0..6).map(|c| cell(if dead { CellState::Committed } else { CellState::Applied }, !dead && (i + c) % 3 == 0)).collect();
        cells.push(cell(if i <= 2 { CellState::Durable } else if i == 5 { CellState::Proposed } else { CellState::Missing }, false));
        ServerRow {
            id: ServerId(i), observer: i == 4 , power: if dead { Power::PowerLost } else { Power::Up },
            role: (!dead).then_some(if i == 6 { Role::Leading } else if i == 7 { Role::Following } else { Role::Looking }), phase: Some(Phase::Broadcast), leader: Some(ServerId(6)), claims: false, accepted: 1, current: 1,
            vote: (!dead && i != 4).then_some(VoteView { leader: ServerId(i), zxid: zx(1, if i == 2 { 7 } else { 6 }), round: 2 }),
            quorum: Some(3), snapshot: None, cells, fold: Cell::default(),
            disk: DiskRow { file: Some("log.100000001".into()), durable: if i <= 2 { 640 } else { 530 }, pending: if i == 5 { 110 } else { 0 }, lost: 0, ends: vec![16, 77, 138, 241, 345, 420, 530, 640], syncing: false, full: false, lying: false, files: 4 },
        }
    }).collect();
    let m = |id, a, b, label: &str, z| MessageView { id, from: EndView::Server(ServerId(a)), to: EndView::Server(ServerId(b)), glyph: Glyph::Vote, label: Text::new(format!("for {label}"), format!("投 {label}")), title: Text::new("vote", "选票"), zxid: Some(z), sent_us: 3_244_000, due_us: 3_248_000 };
    Frame {
        step: 44, now_us: 3_246_000, digest: "0x1".into(),
        ensemble: EnsembleView { voters: n - 1, observers: 1, majority: n / 2 + 1, tick_ms: 500, init_limit: 10, sync_limit: 4, profile: "zablab".into(), force_sync: true, off: vec![] },
        servers,
        columns: Columns { fold: None, shown: (1..=7).map(|c| zx(1, c)).collect(), lens: Some(6), leaders: vec![(1, ServerId(1))], next_epoch: Some(2) },
        scale: ByteScale { file: Some("log.100000001".into()), from: 0, to: 640 },
        messages: vec![m(1, 2, 3, "S2", zx(1, 7)), m(2, 3, 2, "S3", zx(1, 6)),
            MessageView { id: 3, from: EndView::Client(ClientId(0)), to: EndView::Server(ServerId(2)), glyph: Glyph::Request, label: Text::default(), title: Text::same("create"), zxid: None, sent_us: 3_240_000, due_us: 3_250_000 }],
        cuts: vec![],
        clients: vec![
            ClientView { id: ClientId(0), name: "b".into(), server: Some(ServerId(2)), state: ClientState::Connected, timeout_ms: 10_000, request: Some(RequestView { text: "create /orders/1".into(), since_us: 1_200_000, outcome: OutcomeView::Confirmed(Some(zx(1, 6))) }), requests: 3, unknown: 0 },
            ClientView { id: ClientId(1), name: "a".into(), server: Some(ServerId(3)), state: ClientState::Connecting, timeout_ms: 10_000, request: Some(RequestView { text: "create /orders/2".into(), since_us: 1_236_000, outcome: OutcomeView::Unknown }), requests: 3, unknown: 1 },
        ],
        lamps: (1..=6).map(|i| Lamp { id: format!("I{i}"), property: "S9".into(), holds: if i == 5 { None } else { Some(i != 9) }, meaning: Text::new("confirmed writes kept", "已答复的写入不丢失"), broken: None }).collect(),
        verdict: Some(Verdict { zxid: zx(1, 7), slots: (1..n).map(|i| Slot { server: ServerId(i), state: if i <= 2 { CellState::Durable } else { CellState::Missing }, down: i == 1 }).collect(), majority: n / 2, fact: Text::new("2 of 3 disks: a quorum holds it", "3 块磁盘中的 2 块上：达到法定人数"), reason: Text::new("S1 counted 1 ack of 2, so nobody was told", "S1 只计得 1 个 ACK（需 2 个），未通知任何一方") }),
        caption: Caption { heading: Text::new("Election, round 2", "选举，第 2 轮"), sentences: vec![Text::new("S2 and S3 have not heard from S1 for two seconds, so each looks for a leader. S2 votes S2 (e1·7); S3 votes S3 (e1·6). The votes cross on the wire.", "S2、S3 已有 2 秒收不到 S1 的消息，各自进入选举：S2 投 S2（e1·7），S3 投 S3（e1·6），两张选票正在途中。")], servers: vec![] },
    }
}
