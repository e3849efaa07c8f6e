//! Reading the planner's JSON files: a clear error with the place, and no guess at a format that is not ours.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::deployed::{DEPLOYED_FORMAT, Deployed};
use super::live::{LIVE_FORMAT, Live};
use crate::diagnostic::{Code, Diagnostic};
use crate::source::{Location, Span, to_offset};

/// Reads a snapshot of what was deployed. `path` is for the error.
pub fn read_deployed(path: &str, text: &str) -> Result<Deployed, Box<Diagnostic>> {
    read(path, text, "a snapshot of what was deployed", DEPLOYED_FORMAT)
}

/// Reads the facts of a live catalog. `path` is for the error.
pub fn read_live(path: &str, text: &str) -> Result<Live, Box<Diagnostic>> {
    read(path, text, "a snapshot of the live catalog", LIVE_FORMAT)
}

/// The part of a file that every version has.
#[derive(Deserialize)]
struct Versioned {
    format: u32,
}

/// Reads a versioned JSON file. `what` names it in errors, `format` is the version that this planner reads.
pub(crate) fn read<T: DeserializeOwned>(
    path: &str,
    text: &str,
    what: &str,
    format: u32,
) -> Result<T, Box<Diagnostic>> {
    let error = |at: Span, message: String| {
        Diagnostic::error(Code::InvalidInputFile, Location::new(path, at), message)
    };
    let located = |json: &serde_json::Error| {
        let mut message = json.to_string();
        if let Some(end) = message.rfind(" at line ") {
            message.truncate(end);
        }
        let at = span_of(text, json.line(), json.column());
        Box::new(error(at, format!("`{path}` is not {what}: {message}")))
    };
    let found = serde_json::from_str::<Versioned>(text).map_err(|json| located(&json))?.format;
    if found != format {
        let help = if found > format {
            "it was written by a newer version: upgrade mz-deploy"
        } else {
            "write it again with this version of mz-deploy"
        };
        let message =
            format!("`{path}` has format {found}, but this version of mz-deploy reads format {format}");
        return Err(Box::new(error(Span::default(), message).help(help)));
    }
    serde_json::from_str(text).map_err(|json| located(&json))
}

/// The byte at a line and a column (in bytes), both counted from 1 as `serde_json` does.
fn span_of(text: &str, line: usize, column: usize) -> Span {
    let Some(line) = line.checked_sub(1) else { return Span::default() };
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    Span::at(to_offset(at))
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
        assert!(
            error.message.contains("invalid type: integer `7`, expected a sequence"),
            "{}",
            error.message
        );
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
        assert!(error.message.contains("unknown field `objets`"), "{}", error.message);
    }
}
