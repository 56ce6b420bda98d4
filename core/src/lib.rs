//! ZabLab's engine: a ZooKeeper ensemble that is one plain value.
//!
//! Servers, network, clients and disks with real bytes, in simulated time. A run is a *recording*
//! (configuration, seed, commands): the same recording gives the same bytes on every machine, so a
//! run can be checked at every step, looked at anywhere, and branched in its past.
//!
//! What is *not* here: a clock, threads, sockets, files, a page. The front ends bring those: the
//! command line (`src/bin/zablab`) and the page (package `zablab-web`).
//!
//! # The floors
//!
//! A file uses its own floor and those below it, never one above; a test reads every `use`.
//!
//! ```text
//!            the page, the command line
//!                │ actions   ▲ frames
//!  lab        what a front end holds: branches, playback
//!  console    zkCli.sh for a client of the run: lines in, requests and lines out
//!  scenario   the script language: parse, run, print, generate, shrink
//!  view       read-only pictures of a run: frames, captions, text
//!  history    Recording ─► Timeline: checkpoints, seek, fork, causes
//!  check      what must hold, with a ghost of the run; shares no code with the machines
//!  world      the loop: the only clock, the only dice; network, disks, clients
//!  protocol   a server as a pure machine: input in, effects out
//!  storage    disk, log, snapshot, recovery: bytes in ZooKeeper's layout
//!  tree       nodes, sessions, and how requests become transactions
//!  model      zxid, transaction, request, quorum
//!  base       time, dice, names
//! ```
//!
//! # The road of one write
//!
//! ```text
//!  client a      world         server 2 (follows)     server 3 (leads)        disks
//!     │ create /x  │                   │                     │                  │
//!     ├────────────► message ─────────►│ on_request          │                  │
//!     │            │                   ├── Request ─────────►│ tree::Prep: txn  │
//!     │            │                   │                     │ zxid 1.7         │
//!     │            │                   │◄──── Proposal ──────┤                  │
//!     │            │                   ├─ Append, Sync ──────┼─ Append, Sync ──►│ pending
//!     │            │                   │                     │                  │ fsync: durable
//!     │            │                   ├── Ack ─────────────►│ a quorum of acks │
//!     │            │                   │◄──── Commit ────────┤ apply            │
//!     │            │◄── ToClient ──────┤ apply, answer       │                  │
//!     │◄── reply ──┤                   │                     │                  │
//! ```
//! Each arrow that arrives, each timer that fires and each fsync that ends is one event. The world
//! takes the next one off its agenda ([`world::agenda`]), hands it to its machine as an
//! [`Input`](protocol::Input), carries out the [`Effect`](protocol::Effect)s, and closes the books
//! as a [`Step`](world::Step). [`check::Monitor`] sees every step with the world after it;
//! [`history::Timeline`] keeps what is needed to come back to it; [`view`] puts it into words and
//! pictures. Steps are observations: nothing is ever rebuilt from them.
//!
//! # Where to start reading
//!
//! - the protocol in prose: [`protocol::zab`]; its four phases lie in four files of their names;
//! - the fault model: [`world`] and [`storage::disk`];
//! - what must hold, and what it is called: [`check::verdict`];
//! - a run from text: [`scenario`], and the scripts under `static/scenarios` and `tests/scripts`.
//!
//! ```
//! use std::sync::Arc;
//! use zablab_core::scenario::{Options, Runner, parse};
//!
//! let script = "zablab 1
//! ensemble servers=3
//! until leader within=10s
//! client a server=1
//! a create /x \"1\"
//! until reply a within=5s
//! expect data /x \"1\" on=1
//! expect lost none
//! ";
//! let program = parse(script).expect("the script is correct");
//! let mut runner = Runner::new(Arc::new(program), Options::default());
//! runner.finish_with(&mut ());
//! assert!(runner.all_held());
//! assert!(runner.timeline().monitor().verdicts().violations().next().is_none());
//! ```

pub mod base;
pub mod check;
pub mod console;
pub mod history;
pub mod lab;
pub mod model;
pub mod protocol;
#[cfg(feature = "cli")]
pub mod replay;
pub mod scenario;
pub mod storage;
pub mod tree;
pub mod view;
pub mod world;
