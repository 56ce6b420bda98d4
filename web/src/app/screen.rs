//! What stands where: the cockpit with everything at once, and narrower pages with one panel at a time.
//!
//! Only composition: which panel shows is the state of [`App`], what a panel shows comes from the lab.

use std::sync::Arc;

use yew::prelude::*;
use zablab_core::lab::{Action, Lab, NoticeKind, Transport};
use zablab_core::view::Target;
use zablab_core::view::frame::Frame;

use super::{App, TALL};
use crate::bench::Bench;
use crate::desk::{Desk, Layout};
use crate::inspect::InspectPanel;
use crate::panels::{
    Actions, BreachCard, CaptionPanel, ConsolePanel, DiskPanel, DiskPull, Events, FilesPanel,
    LedgerPanel, Panel, Pull, ScriptBox, Talk, TreePanel, VaultPanel, sentences, tabs,
};
use crate::place::{self, Ui};
use crate::progress::progress;
use crate::space_time::{Run, SpaceTimeView};
use crate::toast::toast;
use crate::transport::{Ask, TransportBar};
use crate::words::{self, Word};

/// From this width the side has room for the names of all panels.
const SIDE_ROOMY: u32 = 1424;

impl App {
    /// The part of the page between its two bars.
    pub(super) fn body(&self, desk: &Desk, lab: &Lab, frame: &Arc<Frame>) -> Html {
        match self.layout {
            Layout::Cockpit => self.cockpit(desk, lab, frame),
            Layout::Embed | Layout::Phone => self.narrow(desk, lab, frame),
        }
    }

    /// One thing beside the run: how far work is, what came of an action, what the address got wrong.
    pub(super) fn told(&self, lab: &Lab) -> Html {
        let lang = self.place.lang;
        if let Some(work) = lab.working() {
            let on_stop = self.wishes.act.reform(|_| Action::Stop);
            return progress(lang, work, on_stop);
        }
        let script_is_shown = match self.layout {
            Layout::Cockpit => self.side_panel() == Panel::Script,
            Layout::Embed | Layout::Phone => self.panel == Panel::Script,
        };
        let notice = lab
            .notice()
            .filter(|n| n.kind != NoticeKind::Script || !script_is_shown);
        if let Some(notice) = notice {
            let place = notice
                .place
                .map(|(line, column)| words::position(lang, line, column));
            let text = match place {
                Some(place) => format!("{place} {}", notice.text.get(lang)),
                None => notice.text.get(lang).to_owned(),
            };
            let wrong = self.complaints.iter().map(|c| words::complaint(lang, c));
            let text = wrong.chain([text]).collect::<Vec<_>>().join(" ");
            let bad = !matches!(notice.kind, NoticeKind::Done | NoticeKind::Branched);
            let act = &self.wishes.act;
            let undo = (notice.kind == NoticeKind::Branched).then(|| act.reform(|_| Action::Undo));
            return toast(lang, text, bad, undo, act.reform(|_| Action::Dismiss));
        }
        if self.poor_link {
            let text = Word::LinkWithoutDisks.get(lang).to_owned();
            return toast(lang, text, true, None, self.wishes.understood.clone());
        }
        if self.complaints.is_empty() {
            return Html::default();
        }
        let said = self.complaints.iter().map(|c| words::complaint(lang, c));
        let text = said.collect::<Vec<_>>().join(" ");
        toast(lang, text, true, None, self.wishes.understood.clone())
    }

    /// The panel at the side of the cockpit.
    fn side_panel(&self) -> Panel {
        match self.panel {
            Panel::Caption | Panel::Events | Panel::Time => Panel::Disk,
            panel => panel,
        }
    }

    /// Everything at once.
    fn cockpit(&self, desk: &Desk, lab: &Lab, frame: &Arc<Frame>) -> Html {
        let lang = self.place.lang;
        let ensemble = &frame.ensemble;
        let shown = self.side_panel();
        let mut panels = vec![
            Panel::Disk,
            Panel::Script,
            Panel::Tree,
            Panel::Ledger,
            Panel::Vault,
            Panel::Console,
            Panel::Files,
            Panel::Inspect,
        ];
        if desk.width < SIDE_ROOMY {
            // One name fewer: the bar at the top leads to the files as well.
            let away = match shown {
                Panel::Files => Panel::Inspect,
                _ => Panel::Files,
            };
            panels.retain(|panel| *panel != away);
        }
        html! {
            <main class="main">
                <div class="leftcol">
                    <div class="lab">
                        <h2>{ Word::Ensemble.get(lang) }</h2>
                        <span class="sub" title={words::about(lang, ensemble)}>{ words::about(lang, ensemble) }</span>
                        { self.leisure.pane("actions", || html! {
                            <Actions pull={Pull::new(&self.lab, &self.tree)} rows={frame.servers.clone()} cut={!frame.cuts.is_empty()} />
                        }) }
                    </div>
                    <Bench frame={Arc::clone(frame)} spotlight={spotlight(lab)} />
                    { self.panel(Panel::Time, lab, frame) }
                    { self.panel(Panel::Events, lab, frame) }
                </div>
                <aside class="side">
                    { caption(lab, frame) }
                    { breaches(lab, frame) }
                    <div class="pane">
                        { tabs(desk, &panels, shown, &self.wishes.show) }
                        { self.panel(shown, lab, frame) }
                    </div>
                </aside>
            </main>
        }
    }

    /// The bench, and one panel at a time.
    fn narrow(&self, desk: &Desk, lab: &Lab, frame: &Arc<Frame>) -> Html {
        let panels = vec![
            Panel::Caption,
            Panel::Events,
            Panel::Disk,
            Panel::Tree,
            Panel::Ledger,
            Panel::Vault,
            Panel::Console,
            Panel::Script,
            Panel::Files,
            Panel::Time,
            Panel::Inspect,
        ];
        let shown = if panels.contains(&self.panel) {
            self.panel
        } else {
            Panel::Caption
        };
        let inside = match shown {
            Panel::Caption => html! {<>
                <div class="said">
                    <div>{ breaches(lab, frame) }{ caption(lab, frame) }</div>
                    <Actions pull={Pull::new(&self.lab, &self.tree)} rows={frame.servers.clone()} cut={!frame.cuts.is_empty()} transport={lab.transport()} />
                </div>
                if self.layout == Layout::Embed && self.height >= TALL && lab.breaches().is_empty() {
                    { events(lab, frame) }
                }
            </>},
            shown => self.panel(shown, lab, frame),
        };
        if self.place.ui == Ui::Min {
            return html! { <main class="estage"><Bench frame={Arc::clone(frame)} spotlight={spotlight(lab)} /></main> };
        }
        html! {
            <main class="estage">
                <Bench frame={Arc::clone(frame)} spotlight={spotlight(lab)} />
                <section class="epanel">
                    { tabs(desk, &panels, shown, &self.wishes.show) }
                    { inside }
                </section>
            </main>
        }
    }

    /// What stands in a panel, which takes its time while the run plays.
    fn panel(&self, panel: Panel, lab: &Lab, frame: &Frame) -> Html {
        self.leisure
            .pane(panel.id(), || self.inside(panel, lab, frame))
    }

    /// Trees and the ledger are pulled by their panels, while they are shown.
    fn inside(&self, panel: Panel, lab: &Lab, frame: &Frame) -> Html {
        let pull = || Pull::new(&self.lab, &self.tree);
        match panel {
            Panel::Caption => Html::default(),
            Panel::Events => events(lab, frame),
            Panel::Script => {
                html! {
                   <ScriptBox script={lab.script().to_string()} line={lab.script_line()} notice={lab.notice()}
                       pull={pull()} on_link={self.wishes.link.clone()} />
                }
            }
            Panel::Time => self.space_time(frame),
            Panel::Disk => {
                let lens = frame
                    .columns
                    .lens
                    .and_then(|at| frame.columns.shown.get(at).copied());
                html! { <DiskPanel pull={DiskPull::new(&self.lab, &self.disk)} rows={frame.servers.clone()} {lens} /> }
            }
            Panel::Tree => html! { <TreePanel pull={pull()} rows={frame.servers.clone()} /> },
            Panel::Ledger => html! { <LedgerPanel pull={pull()} /> },
            Panel::Vault => {
                html! { <VaultPanel pull={pull()} rows={frame.servers.clone()} drill={lab.drill()} /> }
            }
            Panel::Console => {
                html! { <ConsolePanel talk={Talk::new(&self.lab)} clients={frame.clients.clone()} /> }
            }
            Panel::Inspect => html! { <InspectPanel pull={pull()} step={frame.step} /> },
            Panel::Files => {
                html! {
                    <FilesPanel pull={pull()} view={lab.imported()} step={frame.step} on_pick={self.wishes.take.clone()} />
                }
            }
        }
    }

    /// The controls of time, and the address that is printed.
    pub(super) fn transport(&self, transport: Transport, ask: Ask, frame: &Frame) -> Html {
        let (lab, lang) = (self.lab.borrow(), self.place.lang);
        let servers = u8::try_from(frame.servers.len()).unwrap_or(u8::MAX);
        let sentence = sentences(&frame.caption, lang, 1);
        let address = place::link(lab.scenario().as_deref(), lang, &lab.anchor().to_string());
        html! {<>
            <TransportBar {transport} {ask} {sentence} {servers} summons={self.summons} on_link={self.wishes.link.clone()} />
            <p class="printed" aria-hidden="true">{ address }</p>
        </>}
    }

    fn space_time(&self, frame: &Frame) -> Html {
        let columns = &frame.columns;
        let lens = columns.lens.and_then(|lens| columns.shown.get(lens));
        let offers = lens.or(columns.shown.last()).copied();
        html! { <SpaceTimeView run={Run::new(&self.lab)} {offers} /> }
    }
}

/// What just happened.
fn caption(lab: &Lab, frame: &Frame) -> Html {
    html! {
        <CaptionPanel caption={frame.caption.clone()} step={frame.step} now_us={frame.now_us}
            story={lab.story()} />
    }
}

/// What the author of the beat points at.
fn spotlight(lab: &Lab) -> Vec<Target> {
    let told = lab.story().map(|story| story.spotlight);
    told.into_iter()
        .flatten()
        .map(|(_, target)| target)
        .collect()
}

/// The list of events.
fn events(lab: &Lab, frame: &Frame) -> Html {
    html! {
        <Events page={lab.event_page()} filter={lab.event_filter()} step={frame.step} differs={lab.differs_from()} />
    }
}

/// What is broken, if anything is.
fn breaches(lab: &Lab, frame: &Frame) -> Html {
    let breaches = lab.breaches();
    if breaches.is_empty() {
        return Html::default();
    }
    html! { <BreachCard breaches={breaches.to_vec()} step={frame.step} /> }
}
