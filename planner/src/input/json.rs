//! Reading the planner's JSON files: a clear error with the place, and no guess at a format that is not ours.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;
use serde_json::value::RawValue;
use smol_str::SmolStr;

use super::deployed::{DEPLOYED_FORMAT, Deployed};
use super::live::{LIVE_FORMAT, Live};
use crate::diagnostic::{Code, Diagnostic, closest, did_you_mean};
use crate::plan::{PLAN_FORMAT, Plan};
use crate::source::{Location, Span, to_offset};

/// Reads a snapshot of what was deployed. `path` is for the error.
pub fn read_deployed(path: &str, text: &str) -> Result<Deployed, Box<Diagnostic>> {
    read(path, text)
}

/// Reads the facts of a live catalog. `path` is for the error.
pub fn read_live(path: &str, text: &str) -> Result<Live, Box<Diagnostic>> {
    read(path, text)
}

/// A versioned JSON file of the planner.
pub(crate) trait Document: DeserializeOwned {
    /// What it is, in errors.
    const WHAT: &'static str;
    /// The version that this planner reads.
    const FORMAT: u32;

    /// The version that was read.
    fn format(&self) -> u32;
}

impl Document for Deployed {
    const WHAT: &'static str = "a snapshot of what was deployed";
    const FORMAT: u32 = DEPLOYED_FORMAT;

    fn format(&self) -> u32 {
        self.format
    }
}

impl Document for Live {
    const WHAT: &'static str = "a snapshot of the live catalog";
    const FORMAT: u32 = LIVE_FORMAT;

    fn format(&self) -> u32 {
        self.format
    }
}

impl Document for Plan {
    const WHAT: &'static str = "a plan";
    const FORMAT: u32 = PLAN_FORMAT;

    fn format(&self) -> u32 {
        self.format
    }
}

/// The documents of the planner, by a key that only they have.
const DOCUMENTS: [(&str, &str); 3] =
    [("phases", Plan::WHAT), ("databases", Live::WHAT), ("modifiers", Deployed::WHAT)];

/// Reads a document.
pub(crate) fn read<T: Document>(path: &str, text: &str) -> Result<T, Box<Diagnostic>> {
    let file = File { path, text, what: T::WHAT };
    let json = text.trim_start_matches('\u{feff}');
    let document = serde_json::from_str::<T>(json);
    if !document.as_ref().is_ok_and(|document| document.format() == T::FORMAT) {
        // That it is something else, or of another version, says more than what is wrong with it.
        file.check_kind(json, T::FORMAT)?;
    }
    document.map_err(|error| file.located(&error))
}

#[derive(Clone, Copy)]
struct File<'a> {
    path: &'a str,
    text: &'a str,
    /// What it should be.
    what: &'a str,
}

impl File<'_> {
    fn error(self, at: Span, message: impl Into<SmolStr>) -> Diagnostic {
        Diagnostic::error(Code::InvalidInputFile, Location::new(self.path, at), message)
    }

    fn wrong(self, at: Span, found: impl Display) -> Box<Diagnostic> {
        let Self { path, what, .. } = self;
        Box::new(self.error(at, format!("`{path}` {found}, so it is not {what}")))
    }

    /// An error if this is no JSON, another document, or one of another version than `format`.
    fn check_kind(self, json: &str, format: u32) -> Result<(), Box<Diagnostic>> {
        let Self { path, what, .. } = self;
        let keys: BTreeMap<String, &RawValue> = match json.trim_start().chars().next() {
            None => return Err(self.wrong(Span::default(), "is empty")),
            Some('{') => serde_json::from_str(json).map_err(|error| self.located(&error))?,
            Some(_) => {
                let is_json = serde_json::from_str::<IgnoredAny>(json);
                is_json.map_err(|error| self.located(&error))?;
                return Err(self.wrong(Span::default(), "holds no object"));
            }
        };
        if let Some((_, found)) = DOCUMENTS.iter().find(|(key, _)| keys.contains_key(*key))
            && *found != what
        {
            return Err(self.wrong(Span::default(), format_args!("is {found}")));
        }
        let Some(found) = keys.get("format") else {
            return Err(self.wrong(Span::default(), "has no key `format`"));
        };
        let Ok(found) = found.get().parse::<u32>() else {
            return Err(self.wrong(Span::default(), "has a `format` that is no number of a version"));
        };
        if found == format {
            return Ok(());
        }
        let help = if found > format {
            "it was written by a newer version: upgrade mz-deploy"
        } else {
            "write it again with this version of mz-deploy"
        };
        let message =
            format!("`{path}` has format {found}, but this version of mz-deploy reads format {format}");
        Err(Box::new(self.error(Span::default(), message).help(help)))
    }

    /// The error in words of JSON, not of the types of this program.
    fn located(self, error: &serde_json::Error) -> Box<Diagnostic> {
        let mut words = error.to_string();
        if let Some(end) = words.rfind(" at line ") {
            words.truncate(end);
        }
        let at = offset(self.text, error.line(), error.column());
        match error.classify() {
            Category::Eof => {
                let end = Span::at(to_offset(self.text.trim_end().len()));
                self.wrong(end, "ends in the middle of a value")
            }
            Category::Syntax | Category::Io => {
                self.wrong(Span::at(to_offset(at)), format_args!("is no JSON ({words})"))
            }
            Category::Data => match words
                .strip_prefix("unknown field `")
                .and_then(|rest| rest.split_once('`'))
            {
                Some((key, known)) => self.unknown_key(at, key, known),
                None => self
                    .wrong(Span::at(to_offset(at)), format_args!("has a wrong value ({})", readable(&words))),
            },
        }
    }

    fn unknown_key(self, at: usize, key: &str, known: &str) -> Box<Diagnostic> {
        let quoted = format!("\"{key}\"");
        let before = self.text.get(..at + 1).unwrap_or_default();
        let span = match before.rfind(&quoted) {
            Some(start) => Span::new(start, start + quoted.len()),
            None => Span::at(to_offset(at)),
        };
        let problem = self.wrong(span, format_args!("has an unknown key `{key}`"));
        match closest(key, known.split('`').skip(1).step_by(2)) {
            Some(meant) => Box::new(problem.help(did_you_mean(meant))),
            None => problem,
        }
    }
}

/// The message of a wrong value, without the names of types.
fn readable(words: &str) -> String {
    let (found, expected) = words.split_once(", expected ").unwrap_or((words, ""));
    let found = found.strip_prefix("invalid type: ").unwrap_or(found);
    let found = found.replace("sequence", "list").replace("map", "object");
    let expected = match expected.split(' ').next() {
        None | Some("") => return found.replace("missing field", "missing key"),
        Some("struct") => "an object",
        _ => match expected {
            "a sequence" => "a list",
            "a map" => "an object",
            other => other,
        },
    };
    format!("{found}, expected {expected}")
}

/// The byte at a line and a column (in bytes), both counted from 1 as `serde_json` does.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let Some(line) = line.checked_sub(1) else { return 0 };
    // A byte order mark was not given to it.
    let mark = text.len() - text.trim_start_matches('\u{feff}').len();
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let start = if line == 0 { mark } else { start };
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_file_is_an_error_with_its_place() {
        let error =
            read_deployed("d.json", "{\n  \"format\": 1,\n  \"objects\": 7\n}").expect_err("not a list");
        assert_eq!(error.code, Code::InvalidInputFile);
        assert_eq!(error.primary.location.span.start, 30);
        assert!(error.message.contains("integer `7`, expected a list"), "{}", error.message);
    }

    #[test]
    fn a_newer_format_is_refused_before_anything_else_is_read() {
        let error = read_live("l.json", "{\"format\": 2, \"planets\": []}").expect_err("newer");
        assert_eq!(error.message, "`l.json` has format 2, but this version of mz-deploy reads format 1");
        assert_eq!(error.help, ["it was written by a newer version: upgrade mz-deploy"]);
    }

    #[test]
    fn an_unknown_key_is_an_error() {
        let error = read_deployed("d.json", "{\"format\": 1, \"objets\": []}").expect_err("unknown");
        assert_eq!(
            error.message,
            "`d.json` has an unknown key `objets`, so it is not a snapshot of what was deployed"
        );
        assert_eq!(error.help, ["did you mean `objects`?"]);
        assert_eq!(error.primary.location.span, Span::new(14, 22));
    }

    #[test]
    fn what_is_no_such_document_is_said_in_words_of_json() {
        for (text, found) in [
            ("", "is empty"),
            ("[]", "holds no object"),
            ("{\n", "ends in the middle of a value"),
            ("{]", "is no JSON (key must be a string)"),
            ("{\"objects\": []}", "has no key `format`"),
            ("{\"format\": \"1\"}", "has a `format` that is no number of a version"),
            ("{\"format\": 1, \"phases\": []}", "is a plan"),
            ("{\"format\": 1, \"databases\": []}", "is a snapshot of the live catalog"),
            ("{\"format\": 1, \"objects\": [7]}", "has a wrong value (integer `7`, expected an object)"),
            ("{\"format\": 1, \"objects\": [{}]}", "has a wrong value (missing key `name`)"),
        ] {
            let error = read_deployed("d.json", text).expect_err(text);
            let expected = format!("`d.json` {found}, so it is not a snapshot of what was deployed");
            assert_eq!(error.message, expected);
            assert!(error.primary.location.span.end as usize <= text.trim_end().len(), "{text}");
        }
    }

    #[test]
    fn a_byte_order_mark_is_no_part_of_a_document() {
        assert_eq!(read_deployed("d.json", "\u{feff}{\"format\": 1}").map(|d| d.format), Ok(1));
    }
}
