//! The ensemble of a random scenario: small limits, so that everything happens soon.

use super::Class;
use crate::base::{Dice, Duration};
use crate::model::Ensemble;
use crate::protocol::{Profile, Switch};
use crate::world::config::{Config, Range};

/// A configuration for a seed.
pub fn config(seed: u64, class: Class, dice: &mut Dice) -> Config {
    let servers = *dice.pick(&[3, 3, 3, 4, 5, 5]);
    let observers = u8::from(dice.chance(1, 3));
    let mut config = Config {
        ensemble: Ensemble::majority(servers, observers),
        seed,
        profile: Profile::Zablab,
        switches: Profile::Zablab.switches(),
        tick: Duration::from_ms(*dice.pick(&[200, 500, 500])),
        init_limit: dice.between(5, 10) as u32,
        sync_limit: dice.between(2, 5) as u32,
        snap_count: *dice.pick(&[4, 6, 10, 20, 100_000]),
        commit_log: *dice.pick(&[2, 5, 10, 500]),
        pre_alloc: *dice.pick(&[1, 512, 4_096, 65_536]),
        latency: *dice.pick(&[Range::ms(1, 5), Range::ms(0, 1), Range::ms(1, 40)]),
        fsync: *dice.pick(&[Range::ms(2, 8), Range::ms(0, 1), Range::ms(1, 60)]),
        ..Config::default()
    };
    if class == Class::B {
        break_something(&mut config, dice);
    }
    config
}

/// Class B: sometimes a release with its defects, sometimes a correction is off, sometimes nothing
/// waits for the disk.
fn break_something(config: &mut Config, dice: &mut Dice) {
    if dice.chance(1, 3) {
        config.profile = *dice.pick(&[Profile::V3_8_0, Profile::V3_9_4]);
        config.switches = config.profile.switches();
    }
    if dice.chance(1, 2) {
        let switch = *dice.pick(Switch::ALL);
        config.switches = config.switches.with(switch, false);
    }
    config.force_sync = !dice.chance(1, 10);
}
