//! What differs from run to run gets a placeholder: identifiers, times, values that were given from outside.
//!
//! Equal identifiers have equal placeholders throughout a scenario, so an exchange of two objects shows.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::{Captures, NoExpand, Regex};
use serde::Deserialize;

use super::step::Form;

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// The type OIDs of `mz_aclitem` and its array.
const ACL_OIDS: [u32; 2] = [16566, 16567];
/// The type OIDs of `timestamp` and `timestamptz`.
const TIME_OIDS: [u32; 2] = [1114, 1184];
/// The first OID that a server hands out itself.
const FIRST_OID: u64 = 16384;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Mask {
    /// Compared as they are.
    Exact,
    /// Anything but NULL.
    Any,
    /// Anything.
    Ignored,
    /// OIDs of objects.
    Oid,
    /// Privileges: role identifiers inside of a text.
    Acl,
    /// Identifiers of objects.
    Object,
    /// Identifiers of clusters.
    Cluster,
    /// Identifiers of schemas.
    Schema,
    /// Identifiers of databases.
    Database,
    /// Identifiers of replicas.
    Replica,
    /// Identifiers of roles.
    Role,
    /// Identifiers of network policies.
    Policy,
}

impl Mask {
    /// What a column with this name holds as a rule.
    fn of_column(name: &str) -> Option<Self> {
        Some(match name {
            "id"
            | "object_id"
            | "on_id"
            | "source_id"
            | "sink_id"
            | "referenced_object_id"
            | "dependency_id"
            | "table_id"
            | "connection_id"
            | "index_id"
            | "view_id"
            | "materialized_view_id"
            | "relation_id"
            | "target_id"
            | "replacement_id" => Self::Object,
            "cluster_id" => Self::Cluster,
            "schema_id" => Self::Schema,
            "database_id" => Self::Database,
            "replica_id" => Self::Replica,
            "role_id" | "owner_id" | "member" | "grantor" | "grantee" => Self::Role,
            "network_policy_id" | "policy_id" => Self::Policy,
            _ => return None,
        })
    }

    /// The word of a placeholder.
    fn word(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Any => "any",
            Self::Ignored => "ignored",
            Self::Oid => "oid",
            Self::Acl => "acl",
            Self::Object => "object",
            Self::Cluster => "cluster",
            Self::Schema => "schema",
            Self::Database => "database",
            Self::Replica => "replica",
            Self::Role => "role",
            Self::Policy => "policy",
        }
    }

    /// Whether a text is an identifier that differs from server to server. Those of the built-in roles, clusters and
    /// policies are constants.
    fn replaces(self, text: &str) -> bool {
        let digits = text.trim_start_matches(|letter: char| letter.is_ascii_lowercase());
        let prefix = text.strip_suffix(digits).unwrap_or_default();
        let prefixed = match self {
            Self::Role | Self::Cluster | Self::Policy => prefix == "u",
            _ => matches!(prefix, "u" | "s" | "si" | "g" | "t"),
        };
        prefixed && is_number(digits)
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether placeholders have numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Numbering {
    /// `<object:1>`: which one it is.
    Numbered,
    /// `<object>`: rows are put in order before the numbers are given.
    Unnumbered,
}

/// The placeholders of a scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct Placeholders {
    numbers: BTreeMap<(Mask, String), usize>,
    /// The values of variables that were given from outside, with their names.
    given: Vec<(String, String)>,
}

impl Placeholders {
    pub(crate) fn new(given: Vec<(String, String)>) -> Self {
        Self { numbers: BTreeMap::new(), given }
    }

    fn of(&mut self, kind: Mask, raw: &str, numbering: Numbering) -> String {
        let word = kind.word();
        if numbering == Numbering::Unnumbered {
            return format!("<{word}>");
        }
        let key = (kind, raw.to_owned());
        let next = 1 + self.numbers.keys().filter(|(of, _)| *of == kind).count();
        let number = self.numbers.entry(key).or_insert(next);
        format!("<{word}:{number}>")
    }
}

/// Makes the values of one answer comparable.
#[derive(Debug)]
pub(crate) struct Normaliser<'a> {
    pub(crate) placeholders: &'a mut Placeholders,
    pub(crate) form: &'a Form,
    /// Milliseconds since 1970: what is within a day of this is recent.
    pub(crate) now: i64,
}

/// A value and what its row description says about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) column: &'a str,
    pub(crate) type_oid: u32,
    pub(crate) binary: bool,
    pub(crate) value: Option<&'a [u8]>,
}

impl Normaliser<'_> {
    /// A value of a row.
    pub(crate) fn cell(&mut self, cell: &Cell<'_>, numbering: Numbering) -> Option<String> {
        let mask = self.form.masks.get(cell.column).copied();
        let Some(bytes) = cell.value else {
            return (mask == Some(Mask::Ignored)).then(|| "<ignored>".to_owned());
        };
        if cell.binary {
            return Some(bytes.iter().fold("hex:".to_owned(), |text, byte| format!("{text}{byte:02x}")));
        }
        let text = String::from_utf8_lossy(bytes);
        Some(match mask.or_else(|| Mask::of_column(cell.column)) {
            Some(kind @ (Mask::Ignored | Mask::Any)) => format!("<{}>", kind.word()),
            Some(Mask::Oid) if is_number(&text) && text.parse().is_ok_and(|oid: u64| oid >= FIRST_OID) => {
                self.placeholders.of(Mask::Oid, &text, numbering)
            }
            Some(Mask::Exact | Mask::Oid) => text.into_owned(),
            Some(Mask::Acl) => self.acl(&text, numbering),
            _ if ACL_OIDS.contains(&cell.type_oid) => self.acl(&text, numbering),
            Some(kind) if kind.replaces(&text) => self.placeholders.of(kind, &text, numbering),
            _ if TIME_OIDS.contains(&cell.type_oid) && self.is_recent_time(&text) => "<recent>".to_owned(),
            _ => self.text(&text, numbering),
        })
    }

    /// A text in which identifiers, times or given values may stand.
    pub(crate) fn text(&mut self, text: &str, numbering: Numbering) -> String {
        static OBJECT: LazyLock<Regex> = LazyLock::new(|| pattern(r"\[([us]\d+) AS "));
        static CLUSTER: LazyLock<Regex> = LazyLock::new(|| pattern(r"CLUSTER \[(u\d+)\]"));
        static UUID: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"));
        static MILLISECONDS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b1\d{12}\b"));

        let text = OBJECT.replace_all(text, |found: &Captures<'_>| {
            format!("[{} AS ", self.placeholders.of(Mask::Object, &found[1], numbering))
        });
        let text = CLUSTER.replace_all(&text, |found: &Captures<'_>| {
            format!("CLUSTER [{}]", self.placeholders.of(Mask::Cluster, &found[1], numbering))
        });
        let text = UUID.replace_all(&text, NoExpand("<uuid>"));
        let text = MILLISECONDS.replace_all(&text, |found: &Captures<'_>| {
            let recent = found[0].parse().is_ok_and(|time| self.is_recent(time));
            if recent { "<recent>".to_owned() } else { found[0].to_owned() }
        });
        let mut text = text.into_owned();
        for (name, value) in &self.placeholders.given {
            text = text.replace(value, &format!("${{{name}}}"));
        }
        for (pattern, replacement) in &self.form.text_masks {
            text = pattern.replace_all(&text, NoExpand(replacement)).into_owned();
        }
        text
    }

    /// Role identifiers in `mz_aclitem`s: `u1=rw/u2`.
    fn acl(&mut self, text: &str, numbering: Numbering) -> String {
        static ROLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b(?<grantee>u\d+)=|/(?<grantor>u\d+)"));
        let replaced = ROLE.replace_all(text, |found: &Captures<'_>| {
            let mut role = |raw: &str| self.placeholders.of(Mask::Role, raw, numbering);
            match (found.name("grantee"), found.name("grantor")) {
                (Some(grantee), _) => format!("{}=", role(grantee.as_str())),
                (_, Some(grantor)) => format!("/{}", role(grantor.as_str())),
                _ => found[0].to_owned(),
            }
        });
        replaced.into_owned()
    }

    fn is_recent(&self, milliseconds: i64) -> bool {
        (milliseconds - self.now).abs() < DAY_MS
    }

    fn is_recent_time(&self, text: &str) -> bool {
        static TIME: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)"));
        let Some(found) = TIME.captures(text) else { return false };
        let (_, parts) = found.extract::<6>();
        let [year, month, day, hour, minute, second] = parts.map(|part| part.parse().unwrap_or_default());
        let seconds = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
        self.is_recent(seconds * 1000)
    }
}

/// Days of the proleptic Gregorian calendar. A year begins in March here, so the leap day is its last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let before_the_year = 365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    let before_the_month = (153 * month + 2) / 5;
    before_the_year + before_the_month + day - 1 - 719_468
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a pattern of this file is valid")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2024-03-01 00:00:00 UTC.
    const NOW: i64 = 1_709_251_200_000;

    fn with<T>(form: &Form, given: &[(&str, &str)], run: impl FnOnce(&mut Normaliser<'_>) -> T) -> T {
        let given = given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut placeholders = Placeholders::new(given);
        run(&mut Normaliser { placeholders: &mut placeholders, form, now: NOW })
    }

    fn masked(column: &str, mask: Mask) -> Form {
        Form { masks: [(column.to_owned(), mask)].into(), ..Form::default() }
    }

    fn cell(normaliser: &mut Normaliser<'_>, column: &str, type_oid: u32, value: &str) -> String {
        let cell = Cell { column, type_oid, binary: false, value: Some(value.as_bytes()) };
        normaliser.cell(&cell, Numbering::Numbered).expect("a value")
    }

    #[test]
    fn equal_identifiers_have_equal_placeholders() {
        with(&Form::default(), &[], |normaliser| {
            let seen = ["u7", "u3", "u7", "s1"].map(|id| cell(normaliser, "id", 25, id));
            assert_eq!(seen, ["<object:1>", "<object:2>", "<object:1>", "<object:3>"]);
            assert_eq!(cell(normaliser, "schema_id", 25, "u7"), "<schema:1>");
            assert_eq!(cell(normaliser, "name", 25, "u7"), "u7");
        });
    }

    #[test]
    fn built_in_roles_and_clusters_are_constants() {
        with(&Form::default(), &[], |normaliser| {
            let seen = ["s1", "g1", "u1", "p", "u1x"].map(|id| cell(normaliser, "owner_id", 25, id));
            assert_eq!(seen, ["s1", "g1", "<role:1>", "p", "u1x"]);
            assert_eq!(cell(normaliser, "cluster_id", 25, "s2"), "s2");
        });
    }

    #[test]
    fn privileges_name_roles() {
        with(&Form::default(), &[], |normaliser| {
            assert_eq!(
                cell(normaliser, "privileges", 16567, "{u5=r/u1,=U/s1,u1=C/u1}"),
                "{<role:1>=r/<role:2>,=U/s1,<role:2>=C/<role:2>}"
            );
        });
    }

    #[test]
    fn an_object_id_of_the_server_is_a_placeholder_and_a_fixed_one_is_not() {
        with(&masked("oid", Mask::Oid), &[], |normaliser| {
            let seen = ["16383", "16384", "-1", "x"].map(|oid| cell(normaliser, "oid", 26, oid));
            assert_eq!(seen, ["16383", "<oid:1>", "-1", "x"]);
        });
    }

    #[test]
    fn masks_replace_what_the_name_of_a_column_says() {
        with(&masked("id", Mask::Exact), &[], |normaliser| {
            assert_eq!(cell(normaliser, "id", 25, "u7"), "u7");
        });
        with(&masked("id", Mask::Any), &[], |normaliser| {
            assert_eq!(cell(normaliser, "id", 25, "u7"), "<any>");
        });
    }

    #[test]
    fn null_stays_null_unless_it_is_ignored() {
        let null = Cell { column: "x", type_oid: 25, binary: false, value: None };
        let seen =
            |mask| with(&masked("x", mask), &[], |normaliser| normaliser.cell(&null, Numbering::Numbered));
        assert_eq!(seen(Mask::Any), None);
        assert_eq!(seen(Mask::Ignored).as_deref(), Some("<ignored>"));
    }

    #[test]
    fn binary_values_are_shown_as_they_are() {
        let value = Cell { column: "id", type_oid: 25, binary: true, value: Some(b"u1") };
        let seen = with(&Form::default(), &[], |normaliser| normaliser.cell(&value, Numbering::Numbered));
        assert_eq!(seen.as_deref(), Some("hex:7531"));
    }

    #[test]
    fn times_of_today_are_recent() {
        with(&Form::default(), &[], |normaliser| {
            let times = ["2024-02-29 00:00:01+00", "2024-02-29 00:00:00+00", "2024-03-01 23:59:59.9+00"];
            let seen = times.map(|time| cell(normaliser, "at", 1184, time));
            assert_eq!(seen, ["<recent>", "2024-02-29 00:00:00+00", "<recent>"]);
            assert_eq!(cell(normaliser, "at", 25, "2024-03-01 00:00:00"), "2024-03-01 00:00:00");
            let texts = ["at 1709251200000", "at 1609251200000", "at 17092512000001"];
            let seen = texts.map(|text| normaliser.text(text, Numbering::Numbered));
            assert_eq!(seen, ["at <recent>", texts[1], texts[2]]);
        });
    }

    #[test]
    fn texts_have_placeholders_inside() {
        let form = Form {
            text_masks: vec![(pattern("DETAILS = '[0-9a-f]*'"), "DETAILS = $1".to_owned())],
            ..Form::default()
        };
        with(&form, &[("pg_host", "10.0.0.1")], |normaliser| {
            let text = "[u4 AS \"a\"] [s9 AS b] CLUSTER [u4] 00000000-aaaa-bbbb-cccc-0123456789ab 10.0.0.1 DETAILS = '0f'";
            let expected = "[<object:1> AS \"a\"] [<object:2> AS b] CLUSTER [<cluster:1>] <uuid> ${pg_host} DETAILS = $1";
            assert_eq!(normaliser.text(text, Numbering::Numbered), expected);
            assert_eq!(normaliser.text("[u5 AS x", Numbering::Unnumbered), "[<object> AS x");
        });
    }

    #[test]
    fn days_are_counted_from_1970() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(1969, 12, 31), -1);
        assert_eq!(days_since_1970(2000, 2, 29), 11_016);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
    }
}
