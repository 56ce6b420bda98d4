//! Orders to the vault as lines of script.

use super::{Options, servers};
use crate::scenario::parser::print_date;
use crate::world::vault::{Point, RestoreOrder, VaultOrder};

pub(super) fn order(order: &VaultOrder) -> String {
    match order {
        VaultOrder::Restore(order) => restore(order),
    }
}

fn restore(order: &RestoreOrder) -> String {
    let mut line = Options(format!("restore {} to={}", order.name, servers(&order.to)));
    match order.until {
        None => {}
        Some(Point::Zxid(zxid)) => line.add("until", zxid),
        Some(Point::Before(ms)) => line.add("before", print_date(ms)),
    }
    line.add_if(order.drop_sessions, "sessions", "drop");
    line.add_some("epoch", order.epoch);
    line.0
}
