//! What a step did as a whole, looked at when it is over: disks to be read again, databases to be
//! compared, digests.

use std::sync::Arc;

use super::monitor::Monitor;
use super::scene::Scene;
use super::servers::ServerSet;
use super::{durability, order, tree};
use crate::base::{ServerId, SessionId};
use crate::model::{Record, Zxid};
use crate::world::step::{Actor, Step};

/// What a step did, to be looked at when it is over.
#[derive(Default)]
pub(super) struct Aftermath {
    /// Disks whose content must be read again.
    pub disks: ServerSet,
    /// Disks that may hold less than before.
    pub losses: bool,
    /// A process started.
    pub booted: bool,
    /// A database was loaded from disk.
    pub loaded: ServerSet,
    /// It was cut to this zxid.
    pub cut_to: Option<Zxid>,
    /// It began to serve.
    pub served: ServerSet,
    /// The last record that was applied, and the sessions that it may concern.
    pub applied: Option<Arc<Record>>,
    pub sessions: Vec<SessionId>,
}

impl Monitor {
    pub(super) fn aftermath<S: Scene>(&mut self, step: &Step, scene: &S, aftermath: &Aftermath) {
        for server in aftermath.disks.iter() {
            self.survey(server, scene, false);
        }
        if aftermath.losses {
            durability::still_on_enough_disks(&mut self.ghost, &mut self.findings);
        }
        for server in aftermath.loaded.iter() {
            self.loaded(server, scene, aftermath.cut_to);
        }
        for server in aftermath.served.iter() {
            self.served(server, scene);
        }
        if let (Some(record), Actor::Server(server)) = (&aftermath.applied, step.actor)
            && let Some(database) = scene.database(server)
        {
            tree::applied(&mut self.findings, server, record, database);
            for session in &aftermath.sessions {
                if !database.sessions.contains_key(session) {
                    tree::session_closed(&mut self.findings, server, *session, database);
                }
            }
        }
    }

    pub(super) fn survey<S: Scene>(&mut self, server: ServerId, scene: &S, compare: bool) {
        let survey = scene.survey(server);
        let step = self.findings.step;
        if let Err(clash) = self.ghost.take_survey(server, &survey, step) {
            let zxid = self.ghost.seat(server).logged;
            order::conflict(&mut self.findings, server, zxid, clash);
        }
        self.ghost.seat_mut(server).started = true;
        durability::surveyed(&mut self.ghost, &mut self.findings, server, &survey);
        if let Some(database) = survey.database.filter(|_| compare) {
            self.compare_recovered(server, &database);
        }
    }

    /// A database was loaded from disk. It is compared at once, unless packets that came after a cut
    /// have moved it on already.
    fn loaded<S: Scene>(&mut self, server: ServerId, scene: &S, cut_to: Option<Zxid>) {
        let Some(database) = scene.database(server) else {
            return;
        };
        let moved_on = cut_to.is_some_and(|to| database.last_zxid != to);
        let seat = self.ghost.seat_mut(server);
        seat.applied = database.last_zxid;
        seat.unproven = moved_on;
        if let Some(to) = cut_to {
            seat.fuzzy_to = seat.fuzzy_to.min(to);
        }
        tree::owners_are_open(&mut self.findings, server, database);
        if cut_to.is_none() {
            self.ghost.forget_undoing_without_trace(server);
            let (ghost, findings) = (&self.ghost, &mut self.findings);
            self.restores.reloaded(ghost, findings, server, database);
        }
        if !moved_on {
            self.compare_recovered(server, database);
        }
    }

    fn served<S: Scene>(&mut self, server: ServerId, scene: &S) {
        self.restores.served(server);
        let Some(database) = scene.database(server) else {
            return;
        };
        let seat = self.ghost.seat_mut(server);
        if std::mem::take(&mut seat.unproven) {
            self.compare_serving(server, database);
        }
        tree::digest_when_serving(&self.ghost, &mut self.findings, server, database);
    }

    pub(super) fn read_epochs<S: Scene>(&mut self, server: ServerId, scene: &S, start: bool) {
        let files = scene.epochs(server);
        let findings = &mut self.findings;
        self.leadership.files(findings, server, files, start);
    }
}
