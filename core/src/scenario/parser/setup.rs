//! `ensemble`: the configuration of a run.

use std::collections::BTreeMap;

use super::super::error::ScriptError;
use super::args::{Args, Piece};
use super::value;
use crate::base::{Duration, ServerId};
use crate::model::{Ensemble, Quorum};
use crate::protocol::{Profile, Switch, Switches};
use crate::world::config::{Config, OBSERVERS_MAX, Range, VOTERS_MAX};

/// The options of the line, with the defaults for those that are not there.
pub fn ensemble(args: &mut Args) -> Result<Config, ScriptError> {
    let base = Config::default();
    let servers = count(args, "servers", (1, VOTERS_MAX), 3)?;
    let observers = count(args, "observers", (0, OBSERVERS_MAX), 0)?;
    let mut ensemble = Ensemble::majority(servers, observers);
    ensemble.quorum = quorum(args, servers)?;
    let (profile, switches) = profile(args)?;
    Ok(Config {
        ensemble,
        seed: bounded(args, "seed", (0, u64::MAX), base.seed)?,
        profile,
        switches,
        tick: tick(args, base.tick)?,
        init_limit: bounded(args, "init-limit", (1, 10_000), u64::from(base.init_limit))? as u32,
        sync_limit: bounded(args, "sync-limit", (1, 10_000), u64::from(base.sync_limit))? as u32,
        snap_count: bounded(
            args,
            "snap-count",
            (2, 10_000_000),
            u64::from(base.snap_count),
        )? as u32,
        commit_log: bounded(args, "commit-log", (1, 100_000), u64::from(base.commit_log))? as u32,
        pre_alloc: pre_alloc(args, base.pre_alloc)?,
        force_sync: yes_no(args, "force-sync", base.force_sync)?,
        db_autocreate: yes_no(args, "db-autocreate", base.db_autocreate)?,
        latency: range(args, "latency", base.latency)?,
        fsync: range(args, "fsync", base.fsync)?,
        counter_max: bounded(
            args,
            "counter-max",
            (1, u64::from(u32::MAX)),
            u64::from(base.counter_max),
        )? as u32,
        session_timeout: [
            session_timeout(args, "min-session-timeout")?,
            session_timeout(args, "max-session-timeout")?,
        ],
        super_password: args.option("super").map(|p| p.text),
        enforce_quota: yes_no(args, "enforce-quota", base.enforce_quota)?,
        standalone: standalone(args, servers, observers)?,
        extended_types: yes_no(args, "extended-types", base.extended_types)?,
        clock_ms: clock(args, base.clock_ms)?,
    })
}

/// `standalone=yes`: one server without an ensemble.
fn standalone(args: &mut Args, servers: u8, observers: u8) -> Result<bool, ScriptError> {
    let Some(piece) = args.option("standalone") else {
        return Ok(false);
    };
    let alone = value::yes_no(&piece)?;
    match (alone, servers, observers) {
        (true, 1, 0) | (false, ..) => Ok(alone),
        _ => Err(piece.expected("standalone=yes with servers=1")),
    }
}

fn session_timeout(args: &mut Args, key: &'static str) -> Result<Option<i32>, ScriptError> {
    let found = args.option(key).map(|p| value::timeout(&p)).transpose()?;
    Ok(found.map(|timeout| i32::try_from(timeout.as_ms()).unwrap_or(i32::MAX)))
}

fn count(
    args: &mut Args,
    key: &'static str,
    (lo, hi): (u8, u8),
    default: u8,
) -> Result<u8, ScriptError> {
    let what = format!("the number of {key}");
    let found = args.option(key);
    let n = found.map(|p| value::number(&p, &what, u64::from(lo), u64::from(hi)));
    Ok(n.transpose()?.map_or(default, |n| n as u8))
}

fn bounded(
    args: &mut Args,
    key: &'static str,
    (lo, hi): (u64, u64),
    default: u64,
) -> Result<u64, ScriptError> {
    let found = args.option(key);
    let n = found.map(|p| value::number(&p, key, lo, hi));
    Ok(n.transpose()?.unwrap_or(default))
}

fn tick(args: &mut Args, default: Duration) -> Result<Duration, ScriptError> {
    let found = args.option("tick");
    let d = found.map(|p| value::timeout(&p)).transpose()?;
    Ok(d.unwrap_or(default))
}

fn pre_alloc(args: &mut Args, default: u64) -> Result<u64, ScriptError> {
    let found = args.option("pre-alloc");
    let n = found.map(|p| value::size(&p, "pre-alloc", 1, 64 << 20));
    Ok(n.transpose()?.unwrap_or(default))
}

fn yes_no(args: &mut Args, key: &'static str, default: bool) -> Result<bool, ScriptError> {
    let found = args.option(key).map(|p| value::yes_no(&p)).transpose()?;
    Ok(found.unwrap_or(default))
}

fn range(args: &mut Args, key: &'static str, default: Range) -> Result<Range, ScriptError> {
    let found = args.option(key).map(|p| value::range(&p)).transpose()?;
    Ok(found.unwrap_or(default))
}

fn clock(args: &mut Args, default: i64) -> Result<i64, ScriptError> {
    let found = args.option("clock").map(|p| value::date(&p)).transpose()?;
    Ok(found.unwrap_or(default))
}

/// `profile=3.8.0 off=switch,switch on=switch`.
fn profile(args: &mut Args) -> Result<(Profile, Switches), ScriptError> {
    let words = Profile::ALL.map(|p| (p.name(), p));
    let found = args.option("profile");
    let profile = found.map(|p| value::choice(&p, "a profile", &words));
    let profile = profile.transpose()?.unwrap_or(Profile::Zablab);
    let mut switches = profile.switches();
    for (key, on) in [("off", false), ("on", true)] {
        for part in args.option(key).iter().flat_map(|p| p.split(',')) {
            switches = switches.with(switch(&part)?, on);
        }
    }
    Ok((profile, switches))
}

fn switch(piece: &Piece) -> Result<Switch, ScriptError> {
    Switch::from_name(&piece.text).ok_or_else(|| {
        let names = Switch::ALL.iter().map(|s| s.card().name);
        piece.expected_word("the name of a switch", names)
    })
}

/// `groups=1,2,3/4,5,6/7,8,9 weights=9:0`: a hierarchical quorum.
fn quorum(args: &mut Args, voters: u8) -> Result<Quorum, ScriptError> {
    let (groups, weights) = (args.option("groups"), args.option("weights"));
    let Some(groups) = groups else {
        return match weights {
            Some(piece) => Err(piece.expected("groups=1,2,3/4,5,6 beside weights=")),
            None => Ok(Quorum::Majority),
        };
    };
    let mut group = BTreeMap::new();
    for (number, list) in groups.split('/').iter().enumerate() {
        for part in list.split(',') {
            let id = voter(&part, voters)?;
            if group.insert(id, number as u8).is_some() {
                return Err(part.expected("each voter in one group"));
            }
        }
    }
    if group.len() < usize::from(voters) {
        return Err(groups.expected("every voter in a group"));
    }
    let mut weight = BTreeMap::new();
    for part in weights.iter().flat_map(|p| p.split(',')) {
        let (id, heavy) = weight_of(&part, voters)?;
        weight.insert(id, heavy);
    }
    if !weight.is_empty() && group.keys().all(|id| weight.get(id) == Some(&0)) {
        return Err(groups.expected("at least one voter with a weight"));
    }
    Ok(Quorum::Hierarchical { group, weight })
}

fn voter(piece: &Piece, voters: u8) -> Result<ServerId, ScriptError> {
    let n = value::number(piece, "a voter", 1, u64::from(voters))?;
    Ok(ServerId(n as u8))
}

fn weight_of(piece: &Piece, voters: u8) -> Result<(ServerId, u32), ScriptError> {
    let Some((id, weight)) = piece.text.split_once(':') else {
        return Err(piece.expected("a weight like 9:0"));
    };
    let weight = piece.part(id.chars().count() + 1, weight);
    let id = voter(&piece.part(0, id), voters)?;
    let weight = value::number(&weight, "a weight", 0, 1_000)?;
    Ok((id, weight as u32))
}
