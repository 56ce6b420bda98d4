//! The lines from top to bottom: clients of the upper half, servers in id order, the other clients.
//!
//! A line never changes its place while nobody joins. Where there are many clients, the last lines of
//! each side are one: it is named after the first client on it and says how many share it.

use super::super::frame::EndView;
use super::Lane;
use crate::base::ServerId;
use crate::world::World;

/// Lines of clients above the servers, and as many below.
const CLIENT_LINES: usize = 3;
/// Height of a client's line.
const CLIENT: u32 = 20;
/// Height of a server's two tracks.
const SERVER: u32 = 36;
/// From the top of a server's place to its line, and to its disk.
const LINE: u32 = 12;
const DISK: u32 = 27;
/// Room above and below.
const MARGIN: u32 = 6;

/// A client: its end, its name.
type Who = (EndView, String);

/// Every line of a run as it is at `world`.
pub fn lay_out(world: &World) -> Vec<Lane> {
    let servers: Vec<ServerId> = world.hosts().iter().map(|host| host.id).collect();
    let upper = servers.len().div_ceil(2);
    let (mut top, mut bottom) = (Vec::new(), Vec::new());
    for client in world.clients() {
        let at = client
            .first_server()
            .and_then(|server| servers.iter().position(|id| *id == server));
        let who = (EndView::Client(client.id), client.name.clone());
        match at {
            Some(at) if at < upper => top.push(who),
            _ => bottom.push(who),
        }
    }
    let lines = top.len().min(CLIENT_LINES) + bottom.len().min(CLIENT_LINES);
    let units = 2 * MARGIN + lines as u32 * CLIENT + servers.len() as u32 * SERVER;
    let mut pen = Pen {
        lanes: Vec::new(),
        down: MARGIN,
        units,
    };
    pen.clients(&top);
    for id in servers {
        pen.server(id);
    }
    pen.clients(&bottom);
    pen.lanes
}

/// Writes lines one below the other.
struct Pen {
    lanes: Vec<Lane>,
    down: u32,
    units: u32,
}

impl Pen {
    fn height(&self, inside: u32) -> u32 {
        (self.down + inside) * 100_000 / self.units.max(1)
    }

    fn clients(&mut self, clients: &[Who]) {
        let alone = if clients.len() > CLIENT_LINES {
            CLIENT_LINES - 1
        } else {
            clients.len()
        };
        for at in 0..clients.len().min(CLIENT_LINES) {
            let (who, name) = &clients[at];
            let others = match clients.get(at + 1..) {
                Some(others) if at == alone => others.iter().map(|(who, _)| *who).collect(),
                _ => Vec::new(),
            };
            let line = Lane {
                who: *who,
                name: name.clone(),
                others,
                at: self.height(CLIENT / 2),
                disk: None,
            };
            self.lanes.push(line);
            self.down += CLIENT;
        }
    }

    fn server(&mut self, id: ServerId) {
        let line = Lane {
            who: EndView::Server(id),
            name: id.to_string(),
            others: Vec::new(),
            at: self.height(LINE),
            disk: Some(self.height(DISK)),
        };
        self.lanes.push(line);
        self.down += SERVER;
    }
}

/// The line of one end: its own, or the one it shares.
pub fn lane_of(lanes: &[Lane], end: EndView) -> Option<&Lane> {
    let mut lanes = lanes.iter();
    lanes.find(|lane| lane.who == end || lane.others.contains(&end))
}

/// The same lines where there is little room: as far apart as there is room for, disks left out.
pub fn compact(lanes: &[Lane]) -> Vec<Lane> {
    let all = lanes.len().max(1) as u32;
    let closer = |(at, lane): (usize, &Lane)| Lane {
        at: (at as u32 * 2 + 1) * 50_000 / all,
        disk: None,
        ..lane.clone()
    };
    lanes.iter().enumerate().map(closer).collect()
}
