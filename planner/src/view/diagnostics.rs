//! Diagnostics as JSON: positions in lines and columns, for tools and editors.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::diagnostic::{Code, Diagnostic, Label, Severity};
use crate::source::{FilePath, LineIndex, Location, Span};

/// The version of the diagnostics format.
pub const DIAGNOSTICS_FORMAT: u32 = 1;

/// All diagnostics of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DiagnosticsView {
    /// Version of the format: 1.
    pub format: u32,
    /// How many are errors.
    pub errors: usize,
    /// How many are warnings.
    pub warnings: usize,
    /// The diagnostics, sorted by file and position.
    pub diagnostics: Vec<DiagnosticView>,
}

/// One diagnostic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct DiagnosticView {
    /// The stable name of the kind of problem.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What was found.
    pub message: SmolStr,
    /// Where, and what is there.
    pub primary: LabelView,
    /// Further places that matter.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secondary: Vec<LabelView>,
    /// What to do, one sentence each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub help: Vec<SmolStr>,
    /// A replacement that solves it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixView>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct LabelView {
    /// The file, relative to the project's root; absent for what stands in no file, such as an option of a command.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub path: FilePath,
    /// The first character; absent where the file as a whole is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Point>,
    /// The character after the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Point>,
    /// What is there.
    #[serde(default, skip_serializing_if = "SmolStr::is_empty")]
    pub message: SmolStr,
}

/// A replacement of text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct FixView {
    /// What is replaced.
    pub at: LabelView,
    /// By what.
    pub replacement: SmolStr,
}

/// A position in a text. All numbers count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// The line.
    pub line: u32,
    /// The column in characters.
    pub column: u32,
    /// The column in UTF-16 code units, as editors count.
    pub utf16_column: u32,
}

/// Diagnostics with their positions. `text_of` finds the text of a file as it is on disk.
pub fn diagnostics<'a>(
    diagnostics: &[Diagnostic],
    text_of: impl Fn(&str) -> Option<&'a str>,
) -> DiagnosticsView {
    let mut lines = Lines { text_of, known: BTreeMap::new() };
    let errors = diagnostics.iter().filter(|d| d.is_error()).count();
    DiagnosticsView {
        format: DIAGNOSTICS_FORMAT,
        errors,
        warnings: diagnostics.len() - errors,
        diagnostics: diagnostics.iter().map(|diagnostic| view(diagnostic, &mut lines)).collect(),
    }
}

fn view<'a, F: Fn(&str) -> Option<&'a str>>(
    diagnostic: &Diagnostic,
    lines: &mut Lines<'a, F>,
) -> DiagnosticView {
    DiagnosticView {
        code: diagnostic.code,
        severity: diagnostic.severity,
        message: diagnostic.message.clone(),
        primary: lines.label(&diagnostic.primary),
        secondary: diagnostic.secondary.iter().map(|label| lines.label(label)).collect(),
        help: diagnostic.help.clone(),
        fix: diagnostic.fix.as_ref().map(|fix| FixView {
            at: lines.place(&fix.location, SmolStr::default()),
            replacement: fix.replacement.clone(),
        }),
    }
}

/// Line indexes of the files that were asked for.
struct Lines<'a, F> {
    text_of: F,
    known: BTreeMap<FilePath, Option<LineIndex<'a>>>,
}

impl<'a, F: Fn(&str) -> Option<&'a str>> Lines<'a, F> {
    fn label(&mut self, label: &Label) -> LabelView {
        self.place(&label.location, label.message.clone())
    }

    fn place(&mut self, location: &Location, message: SmolStr) -> LabelView {
        let index = self
            .known
            .entry(location.path.clone())
            .or_insert_with(|| (self.text_of)(&location.path).map(LineIndex::new));
        let index = index.as_ref().filter(|_| !location.is_file());
        LabelView {
            path: location.path.clone(),
            start: index.map(|index| point(index, location.span.start)),
            end: index.map(|index| point(index, location.span.end)),
            message,
        }
    }
}

/// A place in a file whose lines are known.
pub(super) fn place(index: &LineIndex<'_>, path: &str, span: Span) -> LabelView {
    LabelView {
        path: path.into(),
        start: Some(point(index, span.start)),
        end: Some(point(index, span.end)),
        message: SmolStr::default(),
    }
}

fn point(index: &LineIndex<'_>, offset: u32) -> Point {
    let position = index.position(offset);
    Point {
        line: position.line + 1,
        column: position.column + 1,
        utf16_column: index.utf16_position(offset).column + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_from_one_in_characters_and_in_utf16() {
        let text = "a\n𝄞ä bad\n";
        let start = text.find("bad").expect("the test's text has it");
        let place = Location::new("x.sql", Span::new(start, start + 3));
        let found = diagnostics(&[Diagnostic::error(Code::SyntaxError, place, "no")], |_| Some(text));
        let json = serde_json::to_string(&found).expect("views serialise");
        assert_eq!(
            json,
            r#"{"format":1,"errors":1,"warnings":0,"diagnostics":[{"code":"SyntaxError","severity":"error","#
                .to_owned()
                + r#""message":"no","primary":{"path":"x.sql","start":{"line":2,"column":4,"utf16_column":5},"#
                + r#""end":{"line":2,"column":7,"utf16_column":8}}}]}"#
        );
    }

    #[test]
    fn a_file_as_a_whole_has_no_position() {
        let place = Location::file("models");
        let found = diagnostics(&[Diagnostic::warning(Code::MissingModels, place, "no")], |_| None);
        assert_eq!(found.diagnostics[0].primary.start, None);
        assert_eq!((found.errors, found.warnings), (0, 1));
    }
}
