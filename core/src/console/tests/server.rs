//! A server of one, behind a console: enough of it to answer what was asked of the real one.

use crate::base::{ConnId, SessionId};
use crate::console::{Entered, Next, Run, Shell, Task};
use crate::model::{Epoch, ErrorCode, Reply, ReplyBody, Request, Zxid};
use crate::tree::read::Reader;
use crate::tree::{AuthId, Database, Prep, PrepContext, TreeRules, Watches, auth};

const RULES: TreeRules = TreeRules::v3_8_0();
/// 2026-11-21T11:00:00Z.
const TIME_MS: i64 = 1_795_258_800_000;

/// The server.
pub struct Server {
    db: Database,
    prep: Prep,
    watches: Watches,
    zxid: u32,
    sessions: i64,
    /// It does not answer otherwise.
    pub up: bool,
    /// It refuses what is beyond a hard limit.
    pub enforce_quota: bool,
    /// What it says to a reconfiguration.
    pub reconfig: ErrorCode,
}

/// A client and its console.
pub struct Client {
    shell: Shell,
    session: SessionId,
    ids: Vec<AuthId>,
    alive: bool,
    /// The server has ended the session; the client does not know yet.
    expired: bool,
}

impl Server {
    pub fn new() -> Self {
        Self {
            db: Database::new(),
            prep: Prep::new(),
            watches: Watches::default(),
            zxid: 0,
            sessions: 0,
            up: true,
            enforce_quota: false,
            reconfig: ErrorCode::ReconfigDisabled,
        }
    }

    pub fn client(&mut self) -> Client {
        let mut client = Client {
            shell: Shell::new(),
            session: SessionId(0),
            ids: Vec::new(),
            alive: false,
            expired: false,
        };
        self.connect(&mut client);
        client
    }

    fn connect(&mut self, client: &mut Client) {
        if client.alive {
            self.write(client, &Request::CloseSession);
        }
        self.sessions += 1;
        client.session = SessionId(self.sessions);
        client.ids = vec![AuthId::address()];
        (client.alive, client.expired) = (true, false);
        self.write(client, &Request::CreateSession { timeout_ms: 30_000 });
    }

    /// Ends the session behind the client's back.
    pub fn expire(&mut self, client: &mut Client) {
        self.write(client, &Request::CloseSession);
        client.expired = true;
    }

    /// Enters a line and carries out what it asks for.
    pub fn enter(&mut self, client: &mut Client, line: &str) -> Vec<String> {
        let Entered { mut print, run, .. } = client.shell.enter(line, client.alive);
        match run {
            None | Some(Run::FourLetter { .. }) => {}
            Some(Run::Task(task)) => print.extend(self.carry_out(client, *task)),
            Some(Run::Close | Run::Quit) => {
                self.write(client, &Request::CloseSession);
                client.alive = false;
            }
            Some(Run::Connect { .. }) => self.connect(client),
        }
        print
    }

    fn carry_out(&mut self, client: &mut Client, mut task: Task) -> Vec<String> {
        let mut printed = Vec::new();
        let mut reply = None;
        loop {
            match task.next(reply.take().as_ref()) {
                Next::Ask(request) => reply = Some(self.ask(client, &request)),
                Next::Print(lines) => printed.extend(lines),
                Next::Done => return printed,
            }
        }
    }

    pub fn ask(&mut self, client: &mut Client, request: &Request) -> Reply {
        let (error, body) = self.answer(client, request);
        client.alive &= !matches!(error, ErrorCode::AuthFailed | ErrorCode::SessionExpired);
        Reply {
            zxid: self.db.last_zxid,
            error,
            body,
        }
    }

    fn answer(&mut self, client: &mut Client, request: &Request) -> (ErrorCode, ReplyBody) {
        let empty = |error| (error, ReplyBody::Empty);
        let conn = ConnId(client.session.0 as u64);
        if !self.up {
            return empty(ErrorCode::ConnectionLoss);
        }
        if client.expired {
            return empty(ErrorCode::SessionExpired);
        }
        match request {
            // The provider of the real server trips over a proof that is missing.
            Request::Auth { auth, .. } if auth.is_empty() => empty(ErrorCode::AuthFailed),
            Request::Auth { scheme, auth } => match auth::prove(scheme, auth, Some("oracle")) {
                Some(ids) => {
                    client.ids.extend(ids);
                    empty(ErrorCode::Ok)
                }
                None => empty(ErrorCode::AuthFailed),
            },
            Request::Reconfig => empty(self.reconfig),
            Request::Sync { .. } => empty(ErrorCode::Ok),
            Request::AddWatch { path, mode } => {
                self.watches.add(path, conn, *mode, RULES);
                empty(ErrorCode::Ok)
            }
            Request::RemoveWatches { path, kind } => {
                match self.watches.remove(path, conn, *kind, RULES) {
                    true => empty(ErrorCode::Ok),
                    false => empty(ErrorCode::NoWatcher),
                }
            }
            request if request.is_write() => self.write(client, request),
            request => self.read(client, request),
        }
    }

    fn read(&mut self, client: &Client, request: &Request) -> (ErrorCode, ReplyBody) {
        let reader = Reader {
            conn: ConnId(client.session.0 as u64),
            session: client.session,
            ids: &client.ids,
            rules: RULES,
        };
        self.db.read_as(request, reader, &mut self.watches)
    }

    fn write(&mut self, client: &Client, request: &Request) -> (ErrorCode, ReplyBody) {
        self.zxid += 1;
        let ctx = PrepContext {
            session: client.session,
            cxid: 1,
            zxid: Zxid::new(Epoch(0), self.zxid),
            time_ms: TIME_MS,
            ids: &client.ids,
            ttl_allowed: true,
            enforce_quota: self.enforce_quota,
            refused: None,
            rules: RULES,
        };
        let txn = self.prep.prepare(&self.db, ctx, request);
        let applied = self.db.apply(&txn, RULES);
        self.prep.prune(self.db.last_zxid);
        for change in applied.changes {
            let Some(kind) = change.change.event() else {
                continue;
            };
            self.watches.fire(&change.path, kind, RULES);
        }
        (applied.error, applied.body)
    }
}
