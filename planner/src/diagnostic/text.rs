//! Diagnostics for a terminal: the source line, a caret under the cause, what to do, and a last line with the counts.
//!
//! The only file that knows `annotate-snippets`. That crate panics on spans that don't fit their text, so every
//! span is first clipped to one line of the text that is there.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet,
    normalize_untrusted_str,
};

use super::{Diagnostic, Label, Severity, secrets};
use crate::source::{Location, Span};

/// Whether the output may hold escape sequences for colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Colour {
    /// Text only.
    #[default]
    Plain,
    /// With escape sequences.
    Coloured,
}

/// All diagnostics as they are printed to a terminal, in the order given. `text_of` finds the text of a file as it
/// is on disk. Values of secrets are not shown.
pub fn render<'a>(
    diagnostics: &[Diagnostic],
    text_of: impl Fn(&str) -> Option<&'a str>,
    colour: Colour,
) -> String {
    let renderer = match colour {
        Colour::Plain => Renderer::plain(),
        Colour::Coloured => Renderer::styled(),
    }
    .decor_style(DecorStyle::Ascii);
    let blotted = secrets::blotted(diagnostics, &text_of);
    let text_of = |path: &str| blotted.get(path).map(String::as_str).or_else(|| text_of(path));
    let mut output = String::new();
    for diagnostic in diagnostics {
        output.push_str(&renderer.render(&report(diagnostic, &text_of)));
        output.push_str("\n\n");
    }
    if let Some((severity, counts)) = summary(diagnostics) {
        let title = level(severity).primary_title(format!("found {counts}"));
        output.push_str(&renderer.render(&[Group::with_title(title)]));
        output.push('\n');
    }
    output
}

/// The worst severity and the counts in words: `2 errors and 1 warning`. Nothing if there are no diagnostics.
pub fn summary(diagnostics: &[Diagnostic]) -> Option<(Severity, String)> {
    let errors = diagnostics.iter().filter(|d| d.is_error()).count();
    let warnings = diagnostics.len() - errors;
    let count = |n: usize, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, 0) => None,
        (0, _) => Some((Severity::Warning, count(warnings, "warning"))),
        (_, 0) => Some((Severity::Error, count(errors, "error"))),
        _ => {
            Some((Severity::Error, format!("{} and {}", count(errors, "error"), count(warnings, "warning"))))
        }
    }
}

fn level(severity: Severity) -> Level<'static> {
    match severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    }
}

fn report<'d, 'a: 'd>(
    diagnostic: &'d Diagnostic,
    text_of: &impl Fn(&str) -> Option<&'a str>,
) -> Vec<Group<'d>> {
    let title =
        level(diagnostic.severity).primary_title(diagnostic.message.as_str()).id(diagnostic.code.as_str());
    let mut group = Group::with_title(title);
    for (path, labels) in labels_by_file(diagnostic) {
        group = group.element(excerpt(path, &labels, text_of(path)));
    }
    for help in &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    let mut groups = vec![group];
    if let Some(fix) = &diagnostic.fix
        && let Some(window) =
            text_of(&fix.location.path).and_then(|text| Window::around(text, &[&fix.location]))
    {
        let title = if fix.replacement.is_empty() { "remove this" } else { "change this" };
        let patch = Patch::new(window.clip(fix.location.span), fix.replacement.as_str());
        let snippet = Snippet::source(window.text)
            .line_start(window.first_line)
            .path(printable(&fix.location.path))
            .patch(patch);
        groups.push(Group::with_title(Level::HELP.secondary_title(title)).element(snippet));
    }
    groups
}

/// The labels of each file, the file of the cause first, then in order of their mention. A label is primary or not.
fn labels_by_file(diagnostic: &Diagnostic) -> Vec<(&str, Vec<(AnnotationKind, &Label)>)> {
    let mut files: Vec<(&str, Vec<(AnnotationKind, &Label)>)> = Vec::new();
    if !diagnostic.primary.location.is_nowhere() {
        let primary = (AnnotationKind::Primary, &diagnostic.primary);
        files.push((&diagnostic.primary.location.path, vec![primary]));
    }
    for label in &diagnostic.secondary {
        let path = label.location.path.as_str();
        match files.iter_mut().find(|(known, _)| *known == path) {
            Some((_, labels)) => labels.push((AnnotationKind::Context, label)),
            None => files.push((path, vec![(AnnotationKind::Context, label)])),
        }
    }
    files
}

/// The lines of one file that its labels point to, or its path alone where no label points into the text.
fn excerpt<'a>(path: &'a str, labels: &[(AnnotationKind, &'a Label)], text: Option<&'a str>) -> Element<'a> {
    let pointing: Vec<_> = labels.iter().filter(|(_, label)| !label.location.is_file()).collect();
    let places: Vec<&Location> = pointing.iter().map(|(_, label)| &label.location).collect();
    let Some(window) = text.and_then(|text| Window::around(text, &places)) else {
        return Origin::path(printable(path)).into();
    };
    let annotations = pointing.iter().map(|(kind, label)| -> Annotation<'a> {
        let message = (!label.message.is_empty()).then(|| printable(&label.message));
        kind.span(window.clip(label.location.span)).label(message)
    });
    Snippet::source(window.text)
        .line_start(window.first_line)
        .path(printable(path))
        .annotations(annotations)
        .into()
}

/// Whole lines of a text.
struct Window<'a> {
    text: &'a str,
    /// Where it starts in the file.
    offset: usize,
    /// The number of its first line, from 1.
    first_line: usize,
}

impl<'a> Window<'a> {
    /// The lines from the first to the last of `places`; nothing if there are no places.
    fn around(text: &'a str, places: &[&Location]) -> Option<Self> {
        let first = places.iter().map(|place| place.span.start as usize).min()?;
        let last = places.iter().map(|place| place.span.start as usize).max()?;
        let (first, last) = (floor_char_boundary(text, first), floor_char_boundary(text, last));
        let start = text.get(..first)?.rfind('\n').map_or(0, |at| at + 1);
        let end = text.get(last..)?.find('\n').map_or(text.len(), |at| last + at);
        let first_line = text.get(..start)?.matches('\n').count() + 1;
        let lines = text.get(start..end)?;
        Some(Self { text: lines.strip_suffix('\r').unwrap_or(lines), offset: start, first_line })
    }

    /// The part of `span` on its first line, relative to this window.
    fn clip(&self, span: Span) -> Range<usize> {
        let start = floor_char_boundary(self.text, (span.start as usize).saturating_sub(self.offset));
        let end = floor_char_boundary(self.text, (span.end as usize).saturating_sub(self.offset)).max(start);
        let first_line = self.text.get(start..end).unwrap_or_default().lines().next().unwrap_or_default();
        start..start + first_line.len()
    }
}

/// Text of the user as one line without control characters. Titles and source lines are cleaned by the renderer
/// itself; paths, labels and messages are not.
fn printable(text: &str) -> String {
    normalize_untrusted_str(text).replace(['\n', '\r'], " ")
}

fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    const VIEW: &str = "CREATE VIEW totals AS\nSELECT ä, sum(x)\nFROM orderz;\n";

    fn span_of(needle: &str) -> Span {
        let start = VIEW.find(needle).expect("the test's text has it");
        Span::new(start, start + needle.len())
    }

    fn print(diagnostics: &[Diagnostic]) -> String {
        let text_of = |path: &str| (path == "models/app/core/orders.sql").then_some(VIEW);
        render(diagnostics, text_of, Colour::Plain)
    }

    fn at(span: Span) -> Location {
        Location::new("models/app/core/orders.sql", span)
    }

    #[test]
    fn the_cause_its_context_the_help_and_the_fix_are_shown() {
        let diagnostic = Diagnostic::error(
            Code::ObjectNameMismatch,
            at(span_of("totals")),
            "the file is `orders.sql`, but the statement creates `totals`",
        )
        .label("should be `orders`")
        .and(at(span_of("orderz")), "reads this")
        .help("the name in the statement and the file name must be the same")
        .fix(at(span_of("totals")), "orders");
        let expected = "\
error[ObjectNameMismatch]: the file is `orders.sql`, but the statement creates `totals`
 --> models/app/core/orders.sql:1:13
  |
1 | CREATE VIEW totals AS
  |             ^^^^^^ should be `orders`
2 | SELECT ä, sum(x)
3 | FROM orderz;
  |      ------ reads this
  |
  = help: the name in the statement and the file name must be the same
help: change this
  |
1 - CREATE VIEW totals AS
1 + CREATE VIEW orders AS
  |

error: found 1 error
";
        assert_eq!(print(&[diagnostic]), expected);
    }

    #[test]
    fn a_file_as_a_whole_is_named_without_an_excerpt() {
        let diagnostics = [
            Diagnostic::warning(Code::IgnoredFile, Location::file("models/x.sql"), "nothing reads this file"),
            Diagnostic::error(
                Code::MissingModels,
                Location::file("models"),
                "there is no `models` directory",
            ),
        ];
        let expected = "\
warning[IgnoredFile]: nothing reads this file
--> models/x.sql

error[MissingModels]: there is no `models` directory
--> models

error: found 1 error and 1 warning
";
        assert_eq!(print(&diagnostics), expected);
    }

    #[test]
    fn what_stands_in_no_file_has_no_place() {
        let diagnostic =
            Diagnostic::error(Code::InvalidDeployId, Location::nowhere(), "`--deploy-id` is empty")
                .help("use letters");
        let expected = "\
error[InvalidDeployId]: `--deploy-id` is empty
 |
 = help: use letters

error: found 1 error
";
        assert_eq!(print(&[diagnostic]), expected);
    }

    #[test]
    fn columns_count_characters() {
        let diagnostic = Diagnostic::error(Code::SyntaxError, at(span_of("sum")), "unexpected `sum`");
        assert!(print(&[diagnostic]).contains("orders.sql:2:11\n"));
    }

    #[test]
    fn a_span_over_several_lines_is_marked_on_its_first() {
        let span = span_of("totals").to(span_of("orderz"));
        let output = print(&[Diagnostic::error(Code::SyntaxError, at(span), "bad")]);
        assert!(output.contains("^^^^^^^^^\n"), "{output}");
        assert!(!output.contains("FROM"), "{output}");
    }

    #[test]
    fn spans_that_fit_no_text_do_no_harm() {
        let umlaut = VIEW.find('ä').expect("the test's text has it");
        for span in [
            Span { start: 5, end: 2 },
            Span { start: 900, end: 1000 },
            Span::new(umlaut + 1, umlaut + 1),
            Span::new(VIEW.len(), VIEW.len()),
            Span { start: 0, end: u32::MAX },
        ] {
            let diagnostic = Diagnostic::error(Code::SyntaxError, at(span), "bad")
                .and(at(Span { start: 1, end: 700 }), "far")
                .fix(at(span), "");
            assert!(print(&[diagnostic]).contains("orders.sql"));
        }
    }

    #[test]
    fn control_characters_of_user_text_never_reach_the_terminal() {
        let text = "CREATE VIEW \u{1b}[31mx\u{7};\r\n";
        let place = Location::new("\u{1b}.sql", Span::new(12, 18));
        let diagnostic = Diagnostic::error(Code::SyntaxError, place.clone(), "found `\u{1b}[2J`")
            .label("\u{1b}[1m")
            .help("\u{1b}]0;title\u{7}\nnext")
            .fix(place, "\u{1b}[0m");
        let output = render(&[diagnostic], |_| Some(text), Colour::Plain);
        assert!(output.chars().all(|c| c == '\n' || !c.is_control()), "{output:?}");
    }
}
