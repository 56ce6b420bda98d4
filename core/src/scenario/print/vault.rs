//! Orders to the vault as lines of script.

use super::{Options, servers, size, word};
use crate::scenario::parser::print_date;
use crate::world::vault::{
    CopyOrder, Point, PolicyOrder, RATE, RestoreOrder, ShipOrder, TakeOrder, VaultFault, VaultOrder,
};

pub(super) fn order(order: &VaultOrder) -> String {
    match order {
        VaultOrder::Take(order) => take(order),
        VaultOrder::Ship(order) => ship(order),
        VaultOrder::Resume(name) => format!("backup resume {name}"),
        VaultOrder::Stop(name) => format!("backup stop {name}"),
        VaultOrder::Verify(name) => format!("backup verify {name}"),
        VaultOrder::Policy(None) => "backup policy off".to_owned(),
        VaultOrder::Policy(Some(order)) => policy(order),
        VaultOrder::Restore(order) => restore(order),
        VaultOrder::Fault(fault) => self::fault(fault),
    }
}

fn take(order: &TakeOrder) -> String {
    let (from, name) = (order.from.0, &order.name);
    let mut line = Options(match &order.parent {
        Some(parent) => format!("backup incremental from={from} parent={parent} as={name}"),
        None => format!("backup full from={from} as={name}"),
    });
    let wrong = order.order == CopyOrder::LogsFirst && order.parent.is_none();
    line.add_if(wrong, "order", "log-first");
    rate(&mut line, order.rate);
    line.0
}

fn ship(order: &ShipOrder) -> String {
    let mut line = Options(format!("backup ship from={}", order.from.0));
    line.add("parent", &order.parent);
    line.add("as", &order.name);
    line.add("every", order.every);
    rate(&mut line, order.rate);
    line.0
}

fn policy(order: &PolicyOrder) -> String {
    let mut line = Options(format!("backup policy from={}", order.from.0));
    line.add("full", order.full);
    line.add_some("incremental", order.incremental);
    line.add_some("keep", order.keep);
    line.add_some("age", order.age);
    line.add_if(*order.name != *"policy", "as", &order.name);
    rate(&mut line, order.rate);
    line.0
}

fn restore(order: &RestoreOrder) -> String {
    let mut line = Options(format!("restore {} to={}", order.name, servers(&order.to)));
    match order.until {
        None | Some(Point::End) => {}
        Some(Point::Zxid(zxid)) => line.add("until", zxid),
        Some(Point::BeforeTime(ms)) => line.add("before", print_date(ms)),
    }
    line.add_if(order.drop_sessions, "sessions", "drop");
    line.add_some("epoch", order.epoch);
    line.0
}

fn rate(line: &mut Options, rate: u64) {
    line.add_if(rate != RATE, "rate", size(rate));
}

fn fault(fault: &VaultFault) -> String {
    match fault {
        VaultFault::Capacity(None) => "vault capacity=ok".to_owned(),
        VaultFault::Capacity(Some(room)) => format!("vault capacity={}", size(*room)),
        VaultFault::Cut(true) => "vault cut".to_owned(),
        VaultFault::Cut(false) => "vault heal".to_owned(),
        VaultFault::Flip {
            backup,
            file,
            offset,
            bit,
        } => format!(
            "vault flip {backup} file={} offset={offset} bit={bit}",
            word(file)
        ),
        VaultFault::Delete(name) => format!("vault delete {name}"),
    }
}
