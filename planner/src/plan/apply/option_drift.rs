//! The options of a cluster as its file has them, compared with those that it has.

use smol_str::{SmolStr, format_smolstr};

use crate::input::LiveCluster;
use crate::syntax;
use crate::syntax::ast::{Body, WithOption};
use crate::syntax::token::tokenize;

/// An option that differs.
pub(super) struct OptionDrift {
    pub(super) what: SmolStr,
    pub(super) wanted: Option<SmolStr>,
    pub(super) found: Option<SmolStr>,
}

/// What an option is that nobody set. Of others that a file doesn't mention, nothing is known.
const DEFAULTS: [(&str, &str); 6] = [
    ("EXPERIMENTAL ARRANGEMENT COMPRESSION", "false"),
    ("INTROSPECTION DEBUGGING", "false"),
    ("INTROSPECTION INTERVAL", "1s"),
    ("MANAGED", "true"),
    ("REPLICATION FACTOR", "1"),
    ("SCHEDULE", "manual"),
];

/// Has no effect.
const IGNORED: &str = "DISK";

/// The options that differ, in the order of the file, then those that the file doesn't mention.
pub(super) fn compare(declared: &[WithOption], live: &LiveCluster) -> Vec<OptionDrift> {
    if live.replicas.is_some() {
        let is_declared_so = declared.iter().any(|option| option.name == "REPLICAS");
        let unmanaged = OptionDrift {
            what: SmolStr::new_static("option MANAGED"),
            wanted: Some(SmolStr::new_static("true")),
            found: Some(SmolStr::new_static("false")),
        };
        return if is_declared_so { Vec::new() } else { vec![unmanaged] };
    }
    if live.options.is_empty() {
        return Vec::new();
    }
    let found = options(&live.options);
    let mut drift = Vec::new();
    for option in declared.iter().filter(|option| option.name != IGNORED) {
        let live = found.iter().find(|f| f.name == option.name);
        let has = live.map(|f| f.value.as_str()).or_else(|| default(&option.name));
        if has.map(canonical) != Some(canonical(&option.value)) {
            drift.push(OptionDrift {
                what: format_smolstr!("option {}", option.name),
                wanted: Some(option.value.clone()),
                found: live.map(|f| f.value.clone()),
            });
        }
    }
    for option in found.iter().filter(|option| option.name != IGNORED) {
        let is_declared = declared.iter().any(|d| d.name == option.name);
        let is_default = default(&option.name).map(canonical) == Some(canonical(&option.value));
        if !is_declared && !is_default {
            drift.push(OptionDrift {
                what: format_smolstr!("option {}", option.name),
                wanted: None,
                found: Some(option.value.clone()),
            });
        }
    }
    drift
}

fn default(name: &str) -> Option<&'static str> {
    DEFAULTS.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

fn options(text: &str) -> Vec<WithOption> {
    let parsed = syntax::parse(&format!("CREATE CLUSTER c ({text})"));
    match parsed.statements.into_iter().next().map(|statement| statement.body) {
        Some(Body::Cluster(cluster)) => cluster.options,
        _ => Vec::new(),
    }
}

/// One spelling for the spellings of a value: no quotes, no letter case, intervals in milliseconds, and `true` for an
/// option without a value.
fn canonical(value: &str) -> String {
    if value.is_empty() {
        return "true".to_owned();
    }
    let (tokens, _) = tokenize(value);
    let words: Vec<String> = tokens
        .iter()
        .filter(|token| !token.is_keyword(value, "INTERVAL"))
        .map(|token| match token.string(value) {
            Some(string) => string.to_lowercase(),
            None => token.text(value).to_lowercase(),
        })
        .collect();
    let text = words.join(" ");
    match text.as_str() {
        // Without introspection.
        "null" | "0" => "0ms".to_owned(),
        _ => milliseconds(&text).map_or(text, |ms| format!("{ms}ms")),
    }
}

/// An interval of the forms `1s`, `1 second`, `500 ms` or `00:00:01`.
fn milliseconds(text: &str) -> Option<u64> {
    let clock: Vec<&str> = text.split(':').collect();
    if let [hours, minutes, seconds] = clock.as_slice() {
        let (whole, part) = seconds.split_once('.').unwrap_or((seconds, "0"));
        let part: String = part.chars().chain("000".chars()).take(3).collect();
        let number = |text: &str| text.parse::<u64>().ok();
        let seconds = (number(hours)?.checked_mul(60)?.checked_add(number(minutes)?)?)
            .checked_mul(60)?
            .checked_add(number(whole)?)?;
        return seconds.checked_mul(1000)?.checked_add(number(&part)?);
    }
    let unit = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(unit)?;
    let factor = match unit.trim() {
        "ms" | "millisecond" | "milliseconds" => 1,
        "s" | "sec" | "second" | "seconds" => 1000,
        "m" | "min" | "minute" | "minutes" => 60_000,
        "h" | "hour" | "hours" => 3_600_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::name::Ident;

    fn drift(declared: &str, live: &str) -> Vec<String> {
        let live = LiveCluster {
            id: "u1".into(),
            name: Ident::new("c"),
            owner: Ident::new("o"),
            options: live.into(),
            replicas: None,
            grants: Vec::new(),
            comment: None,
        };
        let drift = compare(&options(declared), &live).into_iter();
        drift.map(|d| format!("{}: {:?} {:?}", d.what, d.wanted, d.found)).collect()
    }

    #[test]
    fn spellings_of_one_value_are_no_drift() {
        let shown = "INTROSPECTION DEBUGGING = false, INTROSPECTION INTERVAL = INTERVAL '00:00:01', MANAGED = true, \
                     REPLICATION FACTOR = 1, SIZE = '25cc', SCHEDULE = MANUAL";
        for declared in [
            "SIZE '25cc'",
            "SIZE = '25cc', REPLICATION FACTOR 1, INTROSPECTION INTERVAL = '1s'",
            "MANAGED, SIZE '25cc'",
        ] {
            assert_eq!(drift(declared, shown), [""; 0], "{declared}");
        }
        let without = "SIZE '25cc', INTROSPECTION INTERVAL = NULL";
        assert_eq!(drift("SIZE '25cc', INTROSPECTION INTERVAL 0", without), [""; 0]);
    }

    #[test]
    fn other_values_and_options_that_the_file_omits_are_drift() {
        assert_eq!(
            drift("SIZE '25cc'", "SIZE = '50cc', REPLICATION FACTOR = 2"),
            ["option SIZE: Some(\"'25cc'\") Some(\"'50cc'\")", "option REPLICATION FACTOR: None Some(\"2\")"]
        );
        assert_eq!(
            drift("SIZE '25cc', REPLICATION FACTOR 2", "SIZE = '25cc'"),
            ["option REPLICATION FACTOR: Some(\"2\") None"]
        );
    }
}
