//! Values of variables: what a text means to a variable, and how it is shown.

use mz_deploy_planner::name::Ident;

use super::definitions::Definition;
use crate::error::{SqlError, SqlState};

/// What a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bool,
    Integer,
    /// A whole number from 0.
    Natural,
    ByteSize,
    /// Shown in its largest whole unit.
    Duration,
    Text,
    Enumeration(&'static [&'static str]),
    /// A list of names.
    Identifiers,
    TimeZone,
    /// Can be set to its default alone.
    Fixed,
    /// Can't be set.
    ReadOnly,
}

/// A count, as the limits of the system are.
pub(crate) const NON_NEGATIVE: Kind = Kind::Natural;

/// The value that `values` give the variable, as it is shown.
pub(crate) fn normalize(variable: &Definition, values: &[String]) -> Result<String, SqlError> {
    if let Kind::Identifiers = variable.kind {
        return Ok(show_identifiers(values));
    }
    let [value] = values else {
        return Err(SqlError::new(
            SqlState::INVALID_PARAMETER_VALUE,
            format!("parameter \"{}\" requires a single value", variable.name),
        ));
    };
    match variable.kind {
        Kind::ReadOnly => Err(SqlError::new(
            SqlState::CANT_CHANGE_PARAMETER,
            format!("parameter \"{}\" cannot be changed", variable.name),
        )),
        Kind::Fixed if value.eq_ignore_ascii_case(variable.default) => Ok(variable.default.to_owned()),
        Kind::Fixed => Err(SqlError::new(
            SqlState::INVALID_PARAMETER_VALUE,
            format!("parameter \"{}\" can only be set to \"{}\"", variable.name, variable.default),
        )),
        Kind::Text | Kind::Identifiers => Ok(value.clone()),
        Kind::Bool => parse_bool(value)
            .map(|on| if on { "on" } else { "off" }.to_owned())
            .ok_or_else(|| wrong_type(variable, "boolean")),
        Kind::Integer => {
            value.parse::<i32>().map(|number| number.to_string()).map_err(|_| wrong_type(variable, "integer"))
        }
        Kind::Natural => value
            .parse::<u32>()
            .map(|number| number.to_string())
            .map_err(|_| wrong_type(variable, "unsigned integer")),
        Kind::ByteSize => parse_bytes(value).map(show_bytes).ok_or_else(|| wrong_type(variable, "bytes")),
        Kind::Duration => {
            parse_microseconds(value).map(show_microseconds).ok_or_else(|| wrong_type(variable, "duration"))
        }
        Kind::Enumeration(allowed) => match allowed.iter().find(|word| word.eq_ignore_ascii_case(value)) {
            Some(word) => Ok((*word).to_owned()),
            None => Err(invalid_value(variable, value)
                .with_hint(format!("Available values: {}.", allowed.join(", ")))),
        },
        Kind::TimeZone
            if ["UTC", "GMT", "+00:00", "+00", "+0"].iter().any(|zone| zone.eq_ignore_ascii_case(value)) =>
        {
            Ok(if value.starts_with('+') { "UTC".to_owned() } else { value.to_ascii_uppercase() })
        }
        Kind::TimeZone => Err(invalid_value(variable, value)),
    }
}

fn invalid_value(variable: &Definition, value: &str) -> SqlError {
    let message = format!("invalid value for parameter \"{}\": \"{value}\"", variable.name);
    SqlError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

fn wrong_type(variable: &Definition, wanted: &str) -> SqlError {
    let message = format!("parameter \"{}\" requires a \"{wanted}\" value", variable.name);
    SqlError::new(SqlState::INVALID_PARAMETER_VALUE, message)
}

/// `on`, `true`, `t`, `yes`, `1`, and their opposites.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "t" | "true" | "on" | "yes" | "1" => Some(true),
        "f" | "false" | "off" | "no" | "0" => Some(false),
        _ => None,
    }
}

const DURATIONS: &[(&str, u64)] = &[
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("us", 1),
];

/// A duration in microseconds. Without a unit it is milliseconds.
pub(crate) fn parse_microseconds(text: &str) -> Option<u64> {
    let (number, unit) = split_unit(text)?;
    let unit = if unit.is_empty() { "ms" } else { unit };
    let (_, factor) = DURATIONS.iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(*factor)
}

fn show_microseconds(microseconds: u64) -> String {
    if microseconds == 0 {
        return "0".to_owned();
    }
    let unit = DURATIONS.iter().find(|(_, factor)| microseconds.is_multiple_of(*factor));
    let (name, factor) = unit.copied().unwrap_or(("us", 1));
    format!("{} {name}", microseconds / factor)
}

const SIZES: &[(&str, u64)] = &[("TB", 1 << 40), ("GB", 1 << 30), ("MB", 1 << 20), ("kB", 1 << 10), ("B", 1)];

fn parse_bytes(text: &str) -> Option<u64> {
    let (number, unit) = split_unit(text)?;
    let unit = if unit.is_empty() { "B" } else { unit };
    let (_, factor) = SIZES.iter().find(|(name, _)| *name == unit)?;
    number.checked_mul(*factor)
}

fn show_bytes(bytes: u64) -> String {
    let unit = SIZES.iter().find(|(_, factor)| bytes.is_multiple_of(*factor) && bytes > 0);
    let (name, factor) = unit.copied().unwrap_or(("B", 1));
    format!("{}{name}", bytes / factor)
}

fn split_unit(text: &str) -> Option<(u64, &str)> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(digits)?;
    Some((number.parse().ok()?, unit.trim()))
}

/// Names as a list, quoted where they have to be.
fn show_identifiers(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().map(|name| Ident::new(name).to_string()).collect();
    shown.join(", ")
}

/// The names of a list as it is shown or as a client gives it when it connects: `a, "B c"`.
pub(crate) fn parse_identifiers(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let mut name = String::new();
        let mut chars = rest.char_indices().peekable();
        let mut end = rest.len();
        if rest.starts_with('"') {
            chars.next();
            while let Some((at, c)) = chars.next() {
                end = at + c.len_utf8();
                match c {
                    '"' if chars.peek().is_some_and(|(_, next)| *next == '"') => {
                        chars.next();
                        name.push('"');
                    }
                    '"' => break,
                    other => name.push(other),
                }
            }
        } else {
            for (at, c) in chars {
                if c == ',' || c.is_whitespace() {
                    end = at;
                    break;
                }
                name.extend(c.to_lowercase());
            }
        }
        names.push(name);
        // Whatever stands behind a name up to the end, without a comma, is left out, as the server does.
        rest = match rest.get(end..).map(str::trim_start).and_then(|rest| rest.strip_prefix(',')) {
            Some(rest) => rest.trim_start(),
            None => "",
        };
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_shown_in_their_largest_whole_unit() {
        for (text, shown) in [
            ("5s", "5 s"),
            ("500", "500 ms"),
            ("60000", "1 min"),
            ("90 s", "90 s"),
            ("120 min", "2 h"),
            ("0", "0"),
            ("1us", "1 us"),
        ] {
            assert_eq!(parse_microseconds(text).map(show_microseconds).as_deref(), Some(shown), "{text}");
        }
        for text in ["x", "", "5 parsecs", "-1", "99999999999999999999"] {
            assert_eq!(parse_microseconds(text), None, "{text}");
        }
    }

    #[test]
    fn lists_of_names_survive_being_shown() {
        for (text, names, shown) in [
            ("a,b", vec!["a", "b"], "a, b"),
            ("\"A b\", public", vec!["A b", "public"], "\"A b\", public"),
            ("a b", vec!["a"], "a"),
            ("\"x\"\"y\"", vec!["x\"y"], "\"x\"\"y\""),
            ("Public", vec!["public"], "public"),
        ] {
            let parsed = parse_identifiers(text);
            assert_eq!(parsed, names);
            assert_eq!(show_identifiers(&parsed), shown);
        }
        assert_eq!(show_identifiers(&[String::new()]), "\"\"");
        assert_eq!(show_identifiers(&["a, b".into()]), "\"a, b\"");
    }
}
