//! What the scenarios say of themselves: complete, short, in the words of the house, and true.

use std::collections::BTreeMap;

use crate::base::Gather;
use crate::lab::scenarios::SCENARIOS;
use crate::lab::{Action, Badge, Card, Group, Lab, Story, sandbox};
use crate::view::frame::{Frame, Zx};
use crate::view::{Target, Text};

/// Words of an English caption, at most.
const WORDS_MAX: usize = 45;
/// Characters of a Chinese one, at most.
const CHARACTERS_MAX: usize = 80;
/// Of a line in the gallery.
const LINE_MAX: [usize; 2] = [22, 42];

/// What is said of something, and what is wrong with it.
fn complaints(text: &Text, most: [usize; 2]) -> Vec<String> {
    let mut wrong = Vec::new();
    let words = text.en.split_whitespace().count();
    let characters = text.zh.chars().count();
    if words == 0 || words > most[0] {
        wrong.push(format!("{words} words: {}", text.en));
    }
    if characters == 0 || characters > most[1] {
        wrong.push(format!("{characters} characters: {}", text.zh));
    }
    if !text.en.is_ascii_or_signs() {
        wrong.push(format!("a sign that is not English: {}", text.en));
    }
    if has_half_width(&text.zh) {
        wrong.push(format!("half-width punctuation: {}", text.zh));
    }
    if text.zh.replace("znode", "").contains("节点") {
        wrong.push(format!("节点 is a server or a znode: {}", text.zh));
    }
    wrong
}

trait Signs {
    fn is_ascii_or_signs(&self) -> bool;
}

impl Signs for String {
    fn is_ascii_or_signs(&self) -> bool {
        self.chars().all(|c| c.is_ascii() || "·–“”’→".contains(c))
    }
}

/// Punctuation of the other script beside a Chinese character.
fn has_half_width(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let chinese = |c: Option<&char>| c.is_some_and(|c| ('\u{4e00}'..'\u{a000}').contains(c));
    (0..chars.len()).any(|at| {
        let beside = at.checked_sub(1).and_then(|before| chars.get(before));
        let near = chinese(beside) || chinese(chars.get(at + 1));
        let spaced = chars[at] == ' ' && chinese(beside) && chinese(chars.get(at + 1));
        spaced || (near && ",;:!?()".contains(chars[at]))
    })
}

/// `S2` and `e1·3` in a text.
fn cited(text: &str) -> Vec<String> {
    let separate = |c: char| !(c.is_ascii_alphanumeric() || c == '·');
    let words = text.split(separate).map(|word| word.trim_matches('·'));
    let is_server = |w: &str| w.strip_prefix('S').is_some_and(|n| n.parse::<u8>().is_ok());
    let of_interest = words.filter(|word| is_server(word) || Zx::named(word).is_some());
    of_interest.map(str::to_owned).collect()
}

/// A scenario at each of its beats.
fn told(id: &str) -> Vec<(String, Option<Story>, std::sync::Arc<Frame>)> {
    let mut lab = Lab::open(Some(id));
    let names = lab.beats();
    let tell = |name: String| {
        lab.dispatch(Action::SeekBeat(name.clone()));
        (name, lab.story(), lab.frame())
    };
    names.into_iter().map(tell).collect()
}

#[test]
fn every_beat_is_told_in_both_languages_and_tells_what_is_there() {
    let mut wrong = Vec::new();
    for scenario in SCENARIOS {
        let id = scenario.id;
        let authored = scenario.beats();
        let moments = told(id);
        let sandbox = id.starts_with("sandbox");
        if !sandbox && !(4..=9).contains(&moments.len()) {
            wrong.push(format!("{id}: {} beats", moments.len()));
        }
        let mut steps: Vec<u64> = moments.iter().map(|(_, _, frame)| frame.step).collect();
        steps.dedup();
        if steps.len() != moments.len() {
            wrong.push(format!("{id}: two beats at one step"));
        }
        for (name, story, frame) in moments {
            let Some(story) = story else {
                wrong.push(format!("{id}: {name} has no caption"));
                continue;
            };
            let mut here = complaints(&story.caption, [WORDS_MAX, CHARACTERS_MAX]);
            here.extend(complaints(&story.name, [6, 14]));
            for text in [&story.caption.en, &story.caption.zh] {
                for word in cited(text) {
                    if Target::named(&word, &frame).is_none() {
                        here.push(format!("{word} is not on the bench: {text}"));
                    }
                }
            }
            let mut same = [&story.caption.en, &story.caption.zh].map(|text| cited(text));
            for cited in &mut same {
                cited.sort();
                cited.dedup();
            }
            if same[0] != same[1] {
                here.push(format!("the languages cite different things: {same:?}"));
            }
            let words = authored[&name].spotlight.split_whitespace().count();
            if words > 3 || words != story.spotlight.len() || (words == 0 && !sandbox) {
                here.push(format!("spotlight: {:?}", authored[&name].spotlight));
            }
            wrong.extend(here.into_iter().map(|what| format!("{id}: {name}: {what}")));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_scenario_has_a_place_in_the_gallery() {
    let cards = Lab::gallery();
    let mut wrong = Vec::new();
    for card in &cards {
        let id = &card.id;
        let scenario = SCENARIOS.iter().find(|s| s.id == id).expect("it is one");
        for key in ["group", "order", "minutes", "start"] {
            if scenario.value(key).is_none() {
                wrong.push(format!("{id} has no {key}"));
            }
        }
        let mut here = complaints(&card.about, LINE_MAX);
        here.extend(complaints(&card.title, [12, 28]));
        wrong.extend(here.into_iter().map(|what| format!("{id}: {what}")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let groups: Vec<Group> = cards.iter().map(|card| card.group).collect();
    assert!(groups.is_sorted(), "themes lie apart");
    for group in Group::ALL {
        assert!(groups.contains(&group), "{} is empty", group.id());
    }
    let places: BTreeMap<_, _> = cards.iter().map(|c| ((c.group, c.order()), &c.id)).gather();
    assert_eq!(places.len(), cards.len(), "two scenarios in one place");
}

#[test]
fn a_card_is_found_by_words_of_either_language() {
    let cards = Lab::gallery();
    let found = |query: &str| -> Vec<&str> {
        let fit = cards.iter().filter(|card: &&Card| card.is_about(query));
        fit.map(|card| card.id.as_str()).collect()
    };
    assert!(found("trunc snapshot").contains(&"dirty-snapshot-shipped"));
    assert!(found("陈旧读").contains(&"stale-read"));
    assert_eq!(found("Sandbox 7"), ["sandbox-7"]);
    assert_eq!(found("no such thing at all"), [""; 0]);
    assert_eq!(found("").len(), cards.len());
}

#[test]
fn as_shipped_and_corrected_are_told_apart() {
    let cards = Lab::gallery();
    let badge = |id: &str| {
        &cards
            .iter()
            .find(|c| c.id == id)
            .expect("it is there")
            .badge
    };
    let shipped = Badge::Shipped("3.9.4".to_owned());
    assert_eq!(*badge("dirty-snapshot-shipped"), shipped);
    assert_eq!(*badge("dirty-snapshot-corrected"), Badge::Corrected);
    assert_eq!(*badge("happy-path"), Badge::None);
}

#[test]
fn a_sandbox_is_what_the_form_writes_and_runs() {
    for scenario in SCENARIOS {
        if let Some(servers) = scenario.id.strip_prefix("sandbox-") {
            let servers = servers.parse().expect("a number");
            assert_eq!(scenario.script, sandbox(servers, 0, ""));
        }
    }
    let lab = Lab::new(&sandbox(5, 2, "3.9.4")).expect("it runs");
    assert!(lab.notice().is_none());
    let ensemble = &lab.frame().ensemble;
    assert_eq!((ensemble.voters, ensemble.observers), (5, 2));
    assert_eq!(ensemble.profile, "3.9.4");
}

#[test]
fn an_edited_run_is_not_told_by_its_author() {
    let mut lab = Lab::open(Some("happy-path"));
    assert!(lab.story().is_some(), "it opens at a beat");
    lab.dispatch(Action::Step(1));
    assert!(lab.story().is_none(), "between two beats");
    lab.dispatch(Action::Step(-1));
    assert!(lab.story().is_some());
    lab.dispatch(Action::Write(crate::base::ServerId(1)));
    while lab.work(500) {}
    assert!(lab.story().is_none(), "on a branch");
}
