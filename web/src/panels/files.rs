//! The files panel: disks of real servers come in, disks of simulated ones go out.
//!
//! ```text
//!   pickers, a drop anywhere ──► the report of recovery, disk by disk ──► disks of a new ensemble
//!   the selected server      ──► its disk as an archive                   the run with its disks
//! ```

use std::rc::Rc;
use std::sync::Arc;

use web_sys::HtmlInputElement;
use yew::prelude::*;
use zablab_core::lab::{Action, ImportView, Profile, ServerId};
use zablab_core::view::import::{DiskView, ReportLine};

use super::files_words::{self as words, Word};
use super::piece::{line, piece};
use super::pull::Pull;
use crate::desk::{Desk, use_desk};
use crate::intake::Picked;
use crate::outlet;
use crate::picker::Picker;

/// Properties of [`FilesPanel`].
#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) pull: Pull,
    pub(crate) view: Option<Arc<ImportView>>,
    pub(crate) step: u64,
    pub(crate) on_pick: Callback<Rc<Picked>>,
}

/// The panel.
#[component]
pub(crate) fn FilesPanel(props: &Props) -> Html {
    let desk = use_desk();
    let fields = [use_node_ref(), use_node_ref()];
    let durable = use_state(|| false);
    let plan = use_state(|| (Vec::new(), Vec::new()));
    let [files, directory] = &fields;
    let picks = html! {<>
        { pick(&desk, props, files, Word::PickFiles, false) }
        { pick(&desk, props, directory, Word::PickDirectory, true) }
    </>};
    html! {
        <section class="files svscroll" aria-label={desk.word(crate::words::Word::Files)} data-kind="panel" data-id="files">
            { piece("h2", "", Word::Bring.get(desk.lang).into()) }
            { line("shint", Word::How.get(desk.lang)) }
            { piece("div", "frow", picks) }
            { props.view.as_ref().map(|view| brought(&desk, view, &plan)).unwrap_or_default() }
            { taken(&desk, props, &durable) }
        </section>
    }
}

/// A button that asks for files, or for a directory.
fn pick(desk: &Desk, props: &Props, field: &NodeRef, word: Word, directory: bool) -> Html {
    let id = if directory { "directory" } else { "files" };
    let onclick = {
        let field = field.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(field) = field.cast::<HtmlInputElement>() {
                field.click();
            }
        })
    };
    let onchange = props.on_pick.reform(|event: Event| {
        let field: HtmlInputElement = event.target_unchecked_into();
        let picked = Picked::listed(field.files().as_ref());
        // The same files can be picked again.
        field.set_value("");
        Rc::new(picked)
    });
    html! {<>
        <input ref={field} class="hide" type="file" multiple=true webkitdirectory={directory} {onchange}
            aria-label={word.get(desk.lang)} tabindex="-1" data-kind="field" data-id={id} />
        { button(word.get(desk.lang), onclick, false, ["pick", id]) }
    </>}
}

fn button(
    text: &'static str,
    onclick: Callback<MouseEvent>,
    disabled: bool,
    [kind, id]: [&'static str; 2],
) -> Html {
    let class = classes!("btn", (id == "use").then_some("primary"));
    html! { <button type="button" {class} {onclick} {disabled} data-kind={kind} data-id={id}>{ text }</button> }
}

/// What is chosen for each server, and the disks for which it was chosen.
type Plan = UseStateHandle<(Vec<Option<usize>>, Vec<String>)>;

/// The disks that were brought in, and what can become of them.
fn brought(desk: &Desk, view: &Arc<ImportView>, plan: &Plan) -> Html {
    let names: Vec<String> = view.disks.iter().map(|disk| disk.name.clone()).collect();
    let chosen = match plan.1 == names {
        true => plan.0.clone(),
        false => view.plan.clone(),
    };
    let releases = Profile::ALL.map(|p| (p.name().to_owned(), p.name().to_owned()));
    let judge = desk.pick(|name| {
        let profile = Profile::ALL.into_iter().find(|p| p.name() == name);
        profile.map(Action::Judge)
    });
    let choose = |server: usize| {
        let (plan, chosen, names) = (plan.clone(), chosen.clone(), names.clone());
        Callback::from(move |choice: String| {
            let mut chosen = chosen.clone();
            chosen[server] = choice.parse().ok();
            plan.set((chosen, names.clone()));
        })
    };
    let choices = words::choices(desk.lang, view);
    let said = words::meaning(&chosen);
    let nobody = said == [Word::NoDisk];
    let server = |(at, disk): (usize, &Option<usize>)| {
        let value = disk.map_or_else(String::new, |disk| disk.to_string());
        let picker = html! {
            <Picker label={words::disk_for(desk.lang, at + 1)} class="cmp" kind={format!("disk-{}", at + 1)}
                options={choices.clone()} {value} on_pick={choose(at)} />
        };
        let name = ServerId(at as u8 + 1).to_string();
        piece("span", "fuse", html! {<>{ name }{ picker }</>})
    };
    let judged = Word::JudgedAs.get(desk.lang);
    let judged = html! {<>
        { judged }
        <Picker label={judged} class="cmp" kind="profile" options={releases.to_vec()}
            value={view.profile.name()} on_pick={judge} />
    </>};
    let away = desk.ask(Action::CloseImport);
    let away = button(Word::Away.get(desk.lang), away, false, ["import", "close"]);
    let head = html! {<>{ piece("span", "svcmp", judged) }{ away }</>};
    let start = desk.ask(Action::UseDisks(chosen.clone()));
    html! {<>
        { piece("div", "frow", head) }
        { for view.disks.iter().map(|disk| card(desk, disk, view.disks.len() == 1)) }
        { for view.notes.iter().map(|note| line("znote", note.get(desk.lang).to_owned())) }
        <div class="fplan" role="group" aria-label={Word::Use.get(desk.lang)}>
            { for chosen.iter().enumerate().map(server) }
            { for said.iter().map(|word| line("znote", word.get(desk.lang))) }
            { button(Word::Use.get(desk.lang), start, nobody, ["import", "use"]) }
        </div>
    </>}
}

/// One disk: the verdict, its story, its files.
fn card(desk: &Desk, disk: &DiskView, alone: bool) -> Html {
    let lang = desk.lang;
    let bytes = disk.files.iter().map(|file| file.len).sum();
    let (class, verdict) = match &disk.verdict {
        Some(verdict) => {
            let class = if verdict.starts { "ok" } else { "bad" };
            let text = line("fverdict", verdict.text.get(lang).to_owned());
            let facts = line("znote", words::facts(lang, disk, verdict));
            let refused = verdict
                .epochs_refused
                .as_ref()
                .map(|why| line("znote odd", words::epochs_refused(lang, why.get(lang))));
            // What is out of the ordinary is shown at once.
            let open = alone || verdict.report.iter().any(|line| line.unusual);
            let report = verdict.report.iter().map(|line| told(desk, line));
            let report = piece("ol", "freport", html! { { for report } });
            let story = folded(open, Word::Report.get(lang).to_owned(), report);
            (
                class,
                html! {<>{ text }{ facts }{ refused.unwrap_or_default() }{ story }</>},
            )
        }
        None => ("", Html::default()),
    };
    let rows = disk.files.iter().map(|file| {
        let cells = html! {<>
            { piece("td", "mono", file.name.clone().into()) }
            { piece("td", "n", words::size(file.len).into()) }
            { piece("td", "n", file.data_end.to_string().into()) }
        </>};
        piece("tr", "", cells)
    });
    let heads = [Word::File, Word::Length, Word::DataEnds];
    let heads = heads.map(|word| html! { <th scope="col">{ word.get(lang) }</th> });
    let table = html! {
        <table class="ffiles"><thead><tr>{ for heads }</tr></thead><tbody>{ for rows }</tbody></table>
    };
    let files = folded(false, words::files(lang, disk.files.len(), bytes), table);
    html! {
        <article class={classes!("fdisk", class)} data-kind="brought" data-id={disk.name.clone()} data-state={class}>
            { piece("h3", "mono", disk.name.clone().into()) }
            { verdict }
            { files }
        </article>
    }
}

fn told(desk: &Desk, line: &ReportLine) -> Html {
    let class = if line.unusual { "odd" } else { "" };
    piece("li", class, line.text.get(desk.lang).to_owned().into())
}

fn folded(open: bool, summary: String, inside: Html) -> Html {
    html! { <details {open}><summary>{ summary }</summary>{ inside }</details> }
}

/// The disk of the selected server, to be taken out.
fn taken(desk: &Desk, props: &Props, durable: &UseStateHandle<bool>) -> Html {
    let (lang, server, pull) = (desk.lang, desk.selected, &props.pull);
    let toggle = {
        let durable = durable.clone();
        Callback::from(move |_: Event| durable.set(!*durable))
    };
    let disk = {
        let (pull, durable) = (pull.clone(), **durable);
        Callback::from(move |_: MouseEvent| {
            if let Some(download) = pull.download_disk(server, durable) {
                outlet::offer(download);
            }
        })
    };
    let run = {
        let pull = pull.clone();
        Callback::from(move |_: MouseEvent| outlet::offer(pull.download_run()))
    };
    let files = pull.disk_files(server);
    let kept = files.iter().map(|file| match **durable {
        true => file.durable_end.unwrap_or(0),
        false => file.data_end,
    });
    let count = words::files(lang, files.len(), kept.sum());
    let buttons = html! {<>
        { button(Word::Download.get(lang), disk, false, ["download", "disk"]) }
        { button(Word::DownloadRun.get(lang), run, false, ["download", "run"]) }
    </>};
    let inside = html! {<>
        { piece("h2", "", words::disk_of(lang, server, props.step).into()) }
        { line("znote", format!("{count}. {}", Word::OutHow.get(lang))) }
        <label class="fcheck">
            <input type="checkbox" checked={**durable} onchange={toggle} data-kind="download" data-id="durable" />
            { Word::DurableOnly.get(lang) }
        </label>
        { piece("div", "frow", buttons) }
        if pull.has_disks() { { line("znote", Word::RunHow.get(lang)) } }
    </>};
    piece("div", "fout", inside)
}
