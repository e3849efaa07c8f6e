//! Privileges as the catalog prints them: `{u1=UC/u1,=U/u1}`, that is grantee, letters and grantor, by the ids of roles.

use smol_str::SmolStr;

/// The letters and their privileges.
const PRIVILEGES: [(char, &str); 10] = [
    ('r', "SELECT"),
    ('a', "INSERT"),
    ('w', "UPDATE"),
    ('d', "DELETE"),
    ('U', "USAGE"),
    ('C', "CREATE"),
    ('R', "CREATEROLE"),
    ('B', "CREATEDB"),
    ('N', "CREATECLUSTER"),
    ('P', "CREATENETWORKPOLICY"),
];

/// The id that stands for `PUBLIC`.
pub(super) const PUBLIC: &str = "p";

/// A privilege of a role, by its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Held {
    pub(super) grantee: SmolStr,
    pub(super) privilege: &'static str,
}

/// The privileges that a text has, of one item or of a list of them. What it doesn't know it leaves out.
pub(super) fn held(text: &str) -> Vec<Held> {
    let list = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')).unwrap_or(text);
    let mut all: Vec<Held> = list.split(',').flat_map(of_item).collect();
    all.sort();
    all.dedup();
    all
}

fn of_item(item: &str) -> Vec<Held> {
    let item = item.trim_matches('"');
    let Some((grantee, rest)) = item.split_once('=') else { return Vec::new() };
    let letters = rest.split_once('/').map_or(rest, |(letters, _)| letters);
    let grantee = SmolStr::new(if grantee.is_empty() { PUBLIC } else { grantee });
    privileges(letters).into_iter().map(|privilege| Held { grantee: grantee.clone(), privilege }).collect()
}

/// The privileges of letters, sorted.
pub(super) fn privileges(letters: &str) -> Vec<&'static str> {
    let named = |letter: char| PRIVILEGES.iter().find(|(known, _)| *known == letter).map(|(_, name)| *name);
    let mut all: Vec<&'static str> = letters.chars().filter_map(named).collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        held(text).into_iter().map(|held| format!("{} {}", held.grantee, held.privilege)).collect()
    }

    #[test]
    fn letters_are_privileges_and_nobody_is_public() {
        assert_eq!(shown("{u1=UC/u1,=U/u1}"), ["p USAGE", "u1 CREATE", "u1 USAGE"]);
        assert_eq!(
            shown("u7=RBNP/s1"),
            ["u7 CREATECLUSTER", "u7 CREATEDB", "u7 CREATENETWORKPOLICY", "u7 CREATEROLE"]
        );
        assert_eq!(shown("{}"), Vec::<String>::new());
    }

    #[test]
    fn a_privilege_of_two_grantors_is_one() {
        assert_eq!(shown("{u2=r/u1,u2=ar/u3}"), ["u2 INSERT", "u2 SELECT"]);
    }
}
