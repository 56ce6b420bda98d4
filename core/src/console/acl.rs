//! Access control lists as zkCli.sh reads and prints them.
//!
//! In ZooKeeper: `AclParser`, `ZKUtil.getPermString`.

use super::words::split;
use crate::model::Acl;
use crate::model::acl::perms::LETTERS;

/// The entries of `scheme:id:letters,…` and the complaints about what is none. A bad entry is left
/// out, a bad letter too: the rest counts.
pub fn parse(text: &str) -> (Vec<Acl>, Vec<String>) {
    let mut entries = Vec::new();
    let mut complaints = Vec::new();
    for part in split(text, &[',']) {
        let ids = part.split_once(':').and_then(|(scheme, rest)| {
            let (id, letters) = rest.rsplit_once(':')?;
            Some((scheme, id, letters))
        });
        let Some((scheme, id, letters)) = ids else {
            complaints.push(format!("{part} does not have the form scheme:id:perm"));
            continue;
        };
        entries.push(Acl {
            perms: permissions(letters, &mut complaints),
            scheme: scheme.to_owned(),
            id: id.to_owned(),
        });
    }
    (entries, complaints)
}

fn permissions(letters: &str, complaints: &mut Vec<String>) -> i32 {
    let mut bits = 0;
    for letter in letters.chars() {
        match LETTERS.into_iter().find(|(known, _)| *known == letter) {
            Some((_, bit)) => bits |= bit,
            None => complaints.push(format!("Unknown perm type: {letter}")),
        }
    }
    bits
}

/// The lines of `getAcl`: two for each entry.
pub fn lines(list: &[Acl]) -> Vec<String> {
    let entry = |acl: &Acl| {
        let given = LETTERS.into_iter().filter(|(_, bit)| acl.perms & bit != 0);
        let letters: String = given.map(|(letter, _)| letter).collect();
        [
            format!("'{},'{}", acl.scheme, acl.id),
            format!(": {letters}"),
        ]
    };
    list.iter().flat_map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_may_contain_colons() {
        let (list, complaints) = parse("digest:user:aGk=:rw,world:anyone:awrdc");
        assert!(complaints.is_empty());
        assert_eq!(list[0].id, "user:aGk=");
        assert_eq!(list[1..], Acl::open());
        let shown = ["'digest,'user:aGk=", ": rw", "'world,'anyone", ": cdrwa"];
        assert_eq!(lines(&list), shown);
    }

    #[test]
    fn what_is_no_entry_is_left_out_with_a_complaint() {
        for (text, entries, complaints) in [
            ("", 0, 1),
            (",", 0, 0),
            (",,a:b:r,,", 1, 2),
            (":", 0, 1),
            ("::", 1, 0),
            ("a:b:xyr", 1, 2),
        ] {
            let (found, said) = parse(text);
            assert_eq!((found.len(), said.len()), (entries, complaints), "{text:?}");
        }
    }
}
