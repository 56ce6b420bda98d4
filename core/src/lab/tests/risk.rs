//! What a restore puts at risk, said before it is tried.

use super::*;
use crate::lab::drill::Plan;
use crate::lab::risk::Risk;

/// S1 and S2 hold what `a` was told, S3 lags, and the backup is older than both.
const OLD_BACKUP: &str = "zablab 1
ensemble servers=3 seed=7
until leader 3 within=10s
client a server=2 timeout=10s
a create /p \"1\"
until reply a OK within=5s
until quiet within=5s
backup cold from=2 as=b1
crash 3 process
until leader 2 within=20s
until quiet within=20s
a create /q \"2\"
until reply a OK within=5s
a create /r \"3\"
until reply a OK within=5s
until quiet within=5s
";

fn files(backup: &str, to: &[u8]) -> Plan {
    Plan::Files {
        to: to
            .iter()
            .map(|id| (ServerId(*id), backup.to_owned()))
            .collect(),
        all_stop: true,
    }
}

fn risks(script: &str, plan: &Plan) -> Vec<Risk> {
    at_end(script).risks(plan)
}

fn kinds(risks: &[Risk]) -> Vec<&'static str> {
    risks.iter().map(|risk| risk.kind).collect()
}

#[test]
fn a_minority_that_forgets_is_told_with_who_remembers_and_who_was_told() {
    let found = risks(OLD_BACKUP, &files("b1", &[2]));
    assert_eq!(kinds(&found), ["minority", "mix", "ahead"]);
    assert_eq!(
        found[0].text.en,
        "S2 will go back to e1·2 and forget e2·1 … e2·2 (2 writes told to a). Only S1 still has them: if the \
         others elect without that server, they are gone for good."
    );
    let [each, seen] = [1, 2].map(|at: usize| found[at].text.zh.as_str());
    assert!(each.contains("S1 e2·2、S2 e1·2 (b1)、S3 e1·2"), "{each}");
    assert!(
        seen.contains("a 已见过 e2·2") && seen.contains("e1·2"),
        "{seen}"
    );
}

#[test]
fn a_majority_that_forgets_is_another_danger() {
    let found = risks(OLD_BACKUP, &files("b1", &[2, 3]));
    assert_eq!(kinds(&found), ["majority", "mix", "ahead"]);
    assert!(
        found[0]
            .text
            .en
            .starts_with("S2 and S3, a majority, will go back"),
        "{found:?}"
    );
    let all = risks(OLD_BACKUP, &files("b1", &[1, 2, 3]));
    assert_eq!(kinds(&all), ["majority", "ahead"]);
    assert!(
        all[0].text.en.ends_with("No disk has them any more."),
        "{all:?}"
    );
}

#[test]
fn a_joint_restore_declares_and_lets_clients_in() {
    let plan = Plan::Joint {
        backup: "b1".to_owned(),
        until: None,
    };
    let found = risks(OLD_BACKUP, &plan);
    assert_eq!(kinds(&found), ["declared", "ahead"]);
    assert!(
        found[1].text.en.contains("the new epoch") || found[1].text.en.contains("The new epoch")
    );
}

#[test]
fn two_backups_on_two_servers_are_a_mix_and_each_is_named() {
    let script = format!(
        "{OLD_BACKUP}backup cold from=1 as=b2\ncrash 1 process\ncrash 2 process\ncopy b2 to=1\n"
    );
    let found = risks(&script, &files("b1", &[2]));
    let mix = found.iter().find(|risk| risk.kind == "mix").expect("a mix");
    assert!(
        mix.text.en.contains("S1 e2·2 (b2), S2 e1·2 (b1), S3 e1·2"),
        "{}",
        mix.text.en
    );
}

#[test]
fn a_plan_may_give_each_server_another_backup_and_each_group_is_told() {
    let script = format!(
        "{OLD_BACKUP}backup cold from=1 as=b2\na create /s \"4\"\nuntil reply a OK within=5s\n"
    );
    let mut lab = at_end(&script);
    let to = [(1, "b2"), (2, "b1"), (3, "b1")].map(|(id, b)| (ServerId(id), b.to_owned()));
    let plan = Plan::Files {
        to: to.into(),
        all_stop: true,
    };
    let found = lab.risks(&plan);
    assert_eq!(kinds(&found), ["majority", "minority", "mix", "ahead"]);
    let said: Vec<&str> = found.iter().map(|risk| risk.text.en.as_str()).collect();
    assert_eq!(
        said[..2],
        [
            "S2 and S3, a majority, will go back to e1·2 and forget e2·1 … e2·3 (3 writes told to a). No disk has \
             them any more.",
            "S1 will go back to e2·2 and forget e2·3 (1 write told to a). No disk has it any more.",
        ]
    );
    assert!(said[2].contains("S1 e2·2 (b2), S2 e1·2 (b1), S3 e1·2 (b1)"));
    assert!(said[3].contains("is still at e1·2 refuses"), "{}", said[3]);
}

#[test]
fn an_empty_majority_that_may_start_first_is_told() {
    let script = format!("{OLD_BACKUP}crash 1 power\ncrash 2 power\nwipe 1\nwipe 2\nwipe 3\n");
    let found = risks(&script, &files("b1", &[1]));
    let empty = found
        .iter()
        .find(|risk| risk.kind == "empty")
        .expect("two are empty");
    assert!(
        empty.text.en.starts_with("S2 and S3 are empty"),
        "{}",
        empty.text.en
    );
    assert!(
        empty.text.zh.contains("S1 则放弃 e1·2"),
        "{}",
        empty.text.zh
    );
    assert!(!kinds(&risks(&script, &files("b1", &[1, 2]))).contains(&"empty"));
    // Such a release does not let an empty server begin.
    let strict = script.replace("seed=7", "seed=7 db-autocreate=no");
    let found = risks(&strict, &files("b1", &[1]));
    assert!(!kinds(&found).contains(&"empty"), "{found:?}");
}

#[test]
fn where_nothing_is_newer_than_the_backup_nothing_is_at_risk() {
    let script = OLD_BACKUP.split("crash 3").next().expect("a beginning");
    assert_eq!(risks(script, &files("b1", &[1, 2, 3])), []);
    assert_eq!(risks(script, &files("none", &[1])), []);
}
