//! The engine's errors in Materialize's words.
//!
//! Only what can be said without the statement that the user wrote: names of relations, and hints with similar names, are
//! the planner's. Nearly everything is `XX000`.

use super::EngineError;
use crate::error::{SqlError, SqlState};
use crate::words::type_words;

/// The names of Materialize's functions, sorted.
const FUNCTIONS: &str = include_str!("function_names.txt");

/// Those that the engine lacks, sorted.
const MISSING: &str = include_str!("missing_functions.txt");

const NO_FUNCTION: &str =
    "No function matches the given name and argument types. You might need to add explicit type casts.";
const NO_OPERATOR: &str =
    "No operator matches the given name and argument types. You might need to add explicit type casts.";
const NO_BEST_FUNCTION: &str =
    "Could not choose a best candidate function.  You might need to add explicit type casts.";
const NO_BEST_OPERATOR: &str =
    "Could not choose a best candidate operator.  You might need to add explicit type casts.";

/// Whether Materialize has a function of that name. The engine has more of them than a client may call.
pub fn is_function(name: &str) -> bool {
    FUNCTIONS.lines().any(|line| line == name)
}

/// Whether a statement makes a list or a map of a type of which there are none yet.
pub(super) fn lacks_list(error: &EngineError) -> bool {
    const MAKERS: [&str; 5] = ["list", "list_of", "list_agg", "map", "map_agg"];
    let function = error.message.strip_prefix("function ").and_then(|rest| rest.split('(').next());
    error.sqlstate == "42883"
        && function.and_then(|name| name.rsplit('.').next()).is_some_and(|name| MAKERS.contains(&name))
}

/// What Materialize would say. Without a position, which is one in the engine's SQL.
pub fn translate(error: &EngineError) -> SqlError {
    let message = in_words(&error.message);
    if let Some(name) = missing_function(&message).filter(|_| error.sqlstate == "42883") {
        return SqlError::unsupported(format_args!("function {name}"));
    }
    let said = match error.sqlstate.as_str() {
        "42703" => Some((undefined_column(&message), None)),
        "42883" => undefined_function(&message),
        "42725" if message.starts_with("function") => Some((message.clone(), Some(NO_BEST_FUNCTION))),
        "42725" => Some((message.clone(), Some(NO_BEST_OPERATOR))),
        "22003" => Some((out_of_range(&message), None)),
        "22P02" if message.starts_with("invalid input syntax for type json") => Some((json(error), None)),
        "22P02" => Some((invalid_input(&message), None)),
        "22007" | "22008" => Some((date_field(&message), None)),
        "21000" => Some(("more than one record produced in subquery".to_owned(), None)),
        "42P18" => Some((
            message
                .replace("could not determine data type of parameter", "unable to infer type for parameter"),
            None,
        )),
        "42804" => Some((boolean_clause(&message), None)),
        "23502" => {
            let said = SqlError::new(SqlState("23502"), not_null(&message));
            return said;
        }
        "57014" => return SqlError::new(SqlState::QUERY_CANCELED, message),
        "08P01" => return SqlError::new(SqlState::PROTOCOL_VIOLATION, message),
        "0A000" if message.starts_with("cached plan") => {
            return SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, message);
        }
        _ => None,
    };
    let (message, hint) = said.unwrap_or((message, None));
    let said = SqlError::internal(message);
    match hint {
        Some(hint) => said.with_hint(hint),
        None => said,
    }
}

/// Names of list and map types as Materialize writes them: `mz_list."int4 list"[]` is `integer list list`.
fn in_words(message: &str) -> String {
    let mut out = String::new();
    let mut rest = message;
    loop {
        let next = [("mz_list.", true), ("mz_map.", false)]
            .into_iter()
            .filter_map(|(prefix, list)| rest.find(prefix).map(|at| (at, prefix.len(), list)))
            .min();
        let Some((at, length, list)) = next else {
            out.push_str(rest);
            return out;
        };
        let (before, after) = rest.split_at(at);
        let after = after.get(length..).unwrap_or_default();
        let (name, tail) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => {
                after.split_at(after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len()))
            }
        };
        out.push_str(before);
        let inner = key_words(name);
        match (tail.strip_prefix("[]"), list) {
            (Some(tail), true) => {
                out.extend([&inner, " list"]);
                rest = tail;
            }
            (Some(tail), false) => {
                out.extend(["map[text=>", &inner, "]"]);
                rest = tail;
            }
            (None, _) => {
                out.push_str(&inner);
                rest = tail;
            }
        }
    }
}

/// A type's key in the words of `PostgreSQL`.
fn key_words(key: &str) -> String {
    if let Some(inner) = key.strip_suffix(" list") {
        return format!("{} list", key_words(inner));
    }
    if let Some(inner) = key.strip_prefix("map[text=>").and_then(|rest| rest.strip_suffix(']')) {
        return format!("map[text=>{}]", key_words(inner));
    }
    type_words(key)
}

/// `PostgreSQL` quotes a plain name only.
fn undefined_column(message: &str) -> String {
    match message.strip_prefix("column ").and_then(|rest| rest.strip_suffix(" does not exist")) {
        Some(name) if !name.contains('"') => format!("column \"{name}\" does not exist"),
        _ => message.to_owned(),
    }
}

/// The name of a function that Materialize has and the engine lacks.
fn missing_function(message: &str) -> Option<&str> {
    let name = message.strip_prefix("function ")?.split('(').next()?;
    let bare = name.rsplit('.').next()?.trim_matches('"');
    MISSING.lines().find(|line| *line == bare)
}

/// A name that nobody has is told apart from arguments that nobody takes.
fn undefined_function(message: &str) -> Option<(String, Option<&'static str>)> {
    if message.starts_with("operator") {
        return Some((message.to_owned(), Some(NO_OPERATOR)));
    }
    let signature = message.strip_prefix("function ")?.strip_suffix(" does not exist")?;
    let name = signature.split('(').next()?;
    let bare = name.rsplit('.').next()?.trim_matches('"');
    let message =
        if is_function(bare) { message.to_owned() } else { format!("function \"{name}\" does not exist") };
    Some((message, Some(NO_FUNCTION)))
}

/// Overflow of arithmetic has one text for all integers; what can't be read has the reason why.
fn out_of_range(message: &str) -> String {
    if let Some((value, kind)) =
        message.strip_prefix("value \"").and_then(|rest| rest.split_once("\" is out of range for type "))
    {
        return match kind {
            "smallint" | "integer" | "bigint" => {
                let size = if value.trim_start().starts_with('-') { "small" } else { "large" };
                format!(
                    "invalid input syntax for type {kind}: number too {size} to fit in target type: \"{value}\""
                )
            }
            kind => format!("\"{value}\" is out of range for type {kind}"),
        };
    }
    match message {
        "smallint out of range"
        | "integer out of range"
        | "bigint out of range"
        | "value overflows numeric format" => "numeric field overflow".to_owned(),
        message => message.to_owned(),
    }
}

/// `invalid input syntax for type integer: "abc"` says why.
fn invalid_input(message: &str) -> String {
    let parts = message.strip_prefix("invalid input syntax for type ").and_then(|rest| rest.split_once(": "));
    match parts {
        Some((kind @ ("smallint" | "integer" | "bigint"), value)) => {
            let reason = if value.trim_matches('"').trim().is_empty() {
                "cannot parse integer from empty string"
            } else {
                "invalid digit found in string"
            };
            format!("invalid input syntax for type {kind}: {reason}: {value}")
        }
        _ => message.to_owned(),
    }
}

/// The parser of JSON that Materialize has says what it expected; it is the one that reads JSON here.
fn json(error: &EngineError) -> String {
    let cast = error.message.strip_prefix("invalid input syntax for type json: ");
    if let Some(text) = cast.or(error.literal.as_deref())
        && let Err(reason) = serde_json::from_str::<serde_json::Value>(text)
    {
        return format!("invalid input syntax for type jsonb: {reason}: \"{text}\"");
    }
    match &error.detail {
        Some(detail) => format!("invalid input syntax for type jsonb: {detail}"),
        None => "invalid input syntax for type jsonb".to_owned(),
    }
}

/// A date whose fields are out of range names the first of them.
fn date_field(message: &str) -> String {
    let Some(text) = message
        .strip_prefix("date/time field value out of range: \"")
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return message.to_owned();
    };
    let (date, time) = text.trim().split_once([' ', 'T']).unwrap_or((text.trim(), ""));
    let kind = if time.is_empty() { "date" } else { "timestamp" };
    let mut fields = date.split('-').map(str::parse::<u32>);
    let reason = match (fields.next(), fields.next(), fields.next()) {
        (_, Some(Ok(month)), _) if !(1..=12).contains(&month) => {
            format!("MONTH must be [1, 12], got {month}")
        }
        (_, _, Some(Ok(day))) if !(1..=31).contains(&day) => format!("DAY must be [1, 31], got {day}"),
        _ => "invalid or out-of-range date".to_owned(),
    };
    format!("invalid input syntax for type {kind}: {reason}: \"{text}\"")
}

fn not_null(message: &str) -> String {
    match message.split_once("\" of relation \"") {
        Some((column, _)) => format!("{column}\" violates not-null constraint"),
        None => message.to_owned(),
    }
}

/// `argument of WHERE must be type boolean, not type integer`.
fn boolean_clause(message: &str) -> String {
    match message
        .strip_prefix("argument of ")
        .and_then(|rest| rest.split_once(" must be type boolean, not type "))
    {
        Some((clause @ ("WHERE" | "HAVING"), found)) => {
            format!("{clause} clause must have type boolean, not type {found}")
        }
        Some(("JOIN/ON", found)) => format!("ON clause must have type boolean, not type {found}"),
        Some((clause, found)) => format!("{clause} argument must have type boolean, not type {found}"),
        None => message.to_owned(),
    }
}

/// The literal that begins at a position: 1-based, in characters.
pub(super) fn literal_at(sql: &str, position: u32) -> Option<String> {
    let start = usize::try_from(position).ok()?.checked_sub(1)?;
    let mut chars = sql.chars().skip(start);
    if chars.next()? != '\'' {
        return None;
    }
    let mut chars = chars.peekable();
    let mut text = String::new();
    loop {
        match chars.next()? {
            '\'' if chars.peek() == Some(&'\'') => {
                chars.next();
                text.push('\'');
            }
            '\'' => return Some(text),
            c => text.push(c),
        }
    }
}
