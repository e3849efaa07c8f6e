//! The versioned JSON documents that go in and out: plans, snapshots, catalog facts.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::diagnostic::{Code, Diagnostic};
use crate::input::{DEPLOYED_FORMAT, Deployed, LIVE_FORMAT, Live};
use crate::plan::{PLAN_FORMAT, Plan};
use crate::source::{Location, Span};

/// A value as JSON for people and tools: indented, with a line end at the end.
#[expect(clippy::missing_panics_doc, reason = "the planner's own types always serialise")]
pub fn to_json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value)
        .expect("maps have string keys, and nothing else can fail in memory");
    text.push('\n');
    text
}

/// Reads a plan file. `path` is for messages.
pub fn read_plan(path: &str, text: &str) -> Result<Plan, Box<Diagnostic>> {
    read(path, text, "a plan", PLAN_FORMAT)
}

/// Reads a snapshot of what was deployed. `path` is for messages.
pub fn read_deployed(path: &str, text: &str) -> Result<Deployed, Box<Diagnostic>> {
    read(path, text, "a snapshot of a deployment", DEPLOYED_FORMAT)
}

/// Reads facts of a live catalog. `path` is for messages.
pub fn read_live(path: &str, text: &str) -> Result<Live, Box<Diagnostic>> {
    read(path, text, "a description of a live catalog", LIVE_FORMAT)
}

/// The version is looked at before anything else, so that a newer document is named as such and not as a wrong one.
fn read<T: DeserializeOwned>(path: &str, text: &str, what: &str, newest: u32) -> Result<T, Box<Diagnostic>> {
    #[derive(serde::Deserialize)]
    struct Head {
        format: u32,
    }
    let refuse = |error: &serde_json::Error| {
        let span = Span::at(offset(text, error.line(), error.column()));
        let found = format!("this is not {what}: {}", message(error));
        Box::new(Diagnostic::error(Code::InvalidInputFile, Location::new(path, span), found))
    };
    let Head { format } = serde_json::from_str(text).map_err(|error| refuse(&error))?;
    if format != newest {
        let place =
            text.find("\"format\"").map_or_else(Span::default, |at| Span::new(at, at + "\"format\"".len()));
        let diagnostic = Diagnostic::error(
            Code::InvalidInputFile,
            Location::new(path, place),
            format!("{what} of format {format}; this version of mz-deploy reads format {newest}"),
        );
        let help = if format > newest {
            "it was written by a newer version of mz-deploy: use that version, or a later one"
        } else {
            "write the file again with this version of mz-deploy"
        };
        return Err(Box::new(diagnostic.help(help)));
    }
    serde_json::from_str(text).map_err(|error| refuse(&error))
}

/// The error's text without its position, which the diagnostic has already.
fn message(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let position = format!(" at line {} column {}", error.line(), error.column());
    text.strip_suffix(&position).unwrap_or(&text).to_owned()
}

/// The offset of a line and a column in bytes as `serde_json` counts them: from 1, a column being the byte read last.
fn offset(text: &str, line: usize, column: usize) -> u32 {
    let start: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    crate::source::to_offset((start + column.saturating_sub(1)).min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::text::{Colour, render};

    fn refusal(text: &str) -> String {
        let error = read_deployed("deployed.json", text).expect_err("the document is wrong");
        render(&[*error], |_| Some(text), Colour::Plain)
    }

    #[test]
    fn an_empty_snapshot_is_read() {
        let deployed = read_deployed("deployed.json", r#"{"format": 1}"#).expect("a format is enough");
        assert_eq!(deployed, Deployed { format: 1, ..Deployed::default() });
    }

    #[test]
    fn a_newer_format_is_named_before_anything_else_is_looked_at() {
        let text = refusal("{\n  \"format\": 2,\n  \"surprise\": []\n}");
        assert!(
            text.contains("a snapshot of a deployment of format 2; this version of mz-deploy reads format 1")
        );
        assert!(text.contains("deployed.json:2:3\n"));
        assert!(text.contains("newer version"));
    }

    #[test]
    fn an_error_has_line_and_column() {
        let text = refusal("{\n  \"format\": 1,\n  \"objetcs\": []\n}");
        assert!(text.contains("this is not a snapshot of a deployment: unknown field `objetcs`"), "{text}");
        assert!(text.contains("deployed.json:3:11\n"), "{text}");
        assert!(refusal("{\"format\": 1").contains("EOF while parsing"));
        assert!(refusal("").contains("deployed.json\n"));
    }
}
