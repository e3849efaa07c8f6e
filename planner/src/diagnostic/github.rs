//! Diagnostics as workflow commands of GitHub Actions, which shows them beside the lines of a pull request.

use std::fmt::Write as _;

use super::{Diagnostic, Severity};
use crate::source::{LineIndex, Position};

/// One annotation a line: `::error file=…,line=…,col=…,endLine=…,endColumn=…,title=CODE::message`. Lines and columns
/// count from 1, columns in characters. `text_of` finds the text of a file as it is on disk. GitHub wants paths relative to
/// the repository: `directory` is where the project is in it, empty for its root.
pub fn render<'a>(
    diagnostics: &[Diagnostic],
    text_of: impl Fn(&str) -> Option<&'a str>,
    directory: &str,
) -> String {
    let mut output = String::new();
    let mut last: Option<(&str, Option<LineIndex<'a>>)> = None;
    for diagnostic in diagnostics {
        let place = &diagnostic.primary.location;
        // Diagnostics are sorted by file, so one index is enough.
        if last.as_ref().is_none_or(|(path, _)| *path != place.path) {
            last = Some((&place.path, text_of(&place.path).map(LineIndex::new)));
        }
        let index = last.as_ref().and_then(|(_, index)| index.as_ref());
        let range = index
            .filter(|_| !place.is_file())
            .map(|index| (index.position(place.span.start), index.position(place.span.end)));
        annotation(&mut output, diagnostic, range, directory);
    }
    output
}

fn annotation(
    output: &mut String,
    diagnostic: &Diagnostic,
    range: Option<(Position, Position)>,
    directory: &str,
) {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let _ = write!(output, "::{command} ");
    if !diagnostic.primary.location.is_nowhere() {
        output.push_str("file=");
        if !directory.is_empty() {
            let _ = write!(output, "{}/", Property(directory));
        }
        let _ = write!(output, "{},", Property(&diagnostic.primary.location.path));
    }
    if let Some((start, end)) = range {
        let _ = write!(output, "line={},endLine={},", start.line + 1, end.line + 1);
        // GitHub refuses columns of an annotation that spans lines.
        if start.line == end.line {
            let _ = write!(output, "col={},endColumn={},", start.column + 1, end.column + 1);
        }
    }
    let _ = write!(output, "title={}::{}", diagnostic.code, Data(&diagnostic.message));
    if !diagnostic.primary.message.is_empty() {
        let _ = write!(output, "%0A{}", Data(&diagnostic.primary.message));
    }
    for help in &diagnostic.help {
        let _ = write!(output, "%0Ahelp: {}", Data(help));
    }
    output.push('\n');
}

/// A message as it stands in a command.
pub fn escape_message(message: &str) -> String {
    Data(message).to_string()
}

/// The message of a command.
struct Data<'a>(&'a str);

impl std::fmt::Display for Data<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        escape(f, self.0, &[])
    }
}

/// A property of a command, which ends at a comma or a colon.
struct Property<'a>(&'a str);

impl std::fmt::Display for Property<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        escape(f, self.0, &[':', ','])
    }
}

/// Writes `text` with `%`, line ends and `further` characters as `%XX`.
fn escape(f: &mut std::fmt::Formatter<'_>, text: &str, further: &[char]) -> std::fmt::Result {
    text.chars().try_for_each(|c| {
        if matches!(c, '%' | '\r' | '\n') || further.contains(&c) {
            write!(f, "%{:02X}", u32::from(c))
        } else {
            f.write_char(c)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::{Location, Span};

    #[test]
    fn each_diagnostic_is_one_line_with_one_based_character_columns() {
        let text = "-- ä\nSELEKT 1;\n";
        let start = text.find("SELEKT").expect("the test's text has it");
        let place = Location::new("models/a/b/c.sql", Span::new(start, start + 6));
        let diagnostic =
            Diagnostic::error(Code::SyntaxError, place, "unexpected `SELEKT`").help("did you mean `SELECT`?");
        assert_eq!(
            render(&[diagnostic], |_| Some(text), ""),
            "::error file=models/a/b/c.sql,line=2,endLine=2,col=1,endColumn=7,title=SyntaxError::unexpected \
             `SELEKT`%0Ahelp: did you mean `SELECT`?\n"
        );
    }

    #[test]
    fn a_file_as_a_whole_has_no_line() {
        let diagnostic = Diagnostic::warning(Code::IgnoredFile, Location::file("models/x.sql"), "not read");
        assert_eq!(
            render(&[diagnostic], |_| Some("x"), "projects/shop"),
            "::warning file=projects/shop/models/x.sql,title=IgnoredFile::not read\n"
        );
    }

    #[test]
    fn what_stands_in_no_file_has_no_file() {
        let diagnostic = Diagnostic::error(Code::InvalidDeployId, Location::nowhere(), "no");
        assert_eq!(render(&[diagnostic], |_| None, "projects/shop"), "::error title=InvalidDeployId::no\n");
    }

    #[test]
    fn user_text_can_not_start_another_command() {
        let place = Location::file("a,b:c%\n::error ::x.sql");
        let diagnostic = Diagnostic::error(Code::InvalidFileName, place, "100 %\r\n::error ::gotcha");
        assert_eq!(
            render(&[diagnostic], |_| None, ""),
            "::error file=a%2Cb%3Ac%25%0A%3A%3Aerror %3A%3Ax.sql,title=InvalidFileName::100 %25%0D%0A::error \
             ::gotcha\n"
        );
    }
}
