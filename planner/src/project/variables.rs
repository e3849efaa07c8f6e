//! SQL variables: `:name`, `:'name'` and `:"name"` are replaced by the profile's values before a file is parsed.
//!
//! The scanner knows just enough SQL to leave alone what isn't a reference: strings (`'…'`, `E'…'`, `$$…$$`), quoted
//! identifiers, comments, casts (`::`) and slices. A slice is a `:name` or `:"name"` directly inside the brackets of a
//! subscript: `path[:b]`, `path[1:n]`. Use parentheses to use a variable there: `path[(:b)]`. The brackets of
//! `ARRAY[…]`, `LIST[…]` and `MAP[…]` hold values, so a reference in them is a variable.
//!
//! Values are inserted once: what a value holds is not scanned again.

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::source::{ResolvedText, Span, Substitution, to_offset};
use crate::syntax::token::block_comment_end;

/// The comment at the start of a file that turns missing variables into a warning.
pub const PRAGMA: &str = "PRAGMA WARN_ON_MISSING_VARIABLES;";

/// A text with its variables replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// The text. References without a value stay as they are.
    pub text: ResolvedText,
    /// References without a value, in the order of the text, with their spans in the text on disk.
    pub unresolved: Vec<Unresolved>,
    /// There are such references, and the file starts with the pragma that allows them.
    pub may_be_unresolved: bool,
}

/// A reference without a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unresolved {
    /// The variable.
    pub name: SmolStr,
    /// The reference in the text on disk.
    pub span: Span,
}

/// Replaces the variables of a text.
pub fn resolve_variables(text: &Arc<str>, variables: &BTreeMap<SmolStr, SmolStr>) -> Resolution {
    let mut unresolved = Vec::new();
    let mut substitutions = Vec::new();
    let mut resolved = String::new();
    let mut copied = 0;
    for reference in references(text) {
        let Some(value) = variables.get(reference.name) else {
            unresolved.push(Unresolved { name: reference.name.into(), span: reference.span });
            continue;
        };
        resolved.push_str(text.get(copied..reference.span.start as usize).unwrap_or_default());
        copied = reference.span.end as usize;
        let start = resolved.len();
        insert(&mut resolved, reference.form, value);
        substitutions
            .push(Substitution { original: reference.span, resolved: Span::new(start, resolved.len()) });
    }
    let may_be_unresolved = !unresolved.is_empty() && has_pragma(text);
    let text = if substitutions.is_empty() {
        ResolvedText::unchanged(Arc::clone(text))
    } else {
        resolved.push_str(text.get(copied..).unwrap_or_default());
        ResolvedText::new(resolved.into(), substitutions)
    };
    Resolution { text, unresolved, may_be_unresolved }
}

/// The variables that a text mentions, with or without a value, and where.
pub(crate) fn mentions(text: &str) -> impl Iterator<Item = (&str, Span)> {
    references(text).into_iter().map(|reference| (reference.name, reference.span))
}

/// How a value is inserted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// `:name`: as it is.
    Verbatim,
    /// `:'name'`: as a string literal; `:"name"`: as a quoted identifier. Both double the quote inside.
    Quoted(char),
}

fn insert(out: &mut String, form: Form, value: &str) {
    let Form::Quoted(quote) = form else {
        out.push_str(value);
        return;
    };
    out.push(quote);
    for c in value.chars() {
        if c == quote {
            out.push(quote);
        }
        out.push(c);
    }
    out.push(quote);
}

/// True if the first thing in a text is a comment with the pragma.
fn has_pragma(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let comment = if text.starts_with("--") {
        text.lines().next()
    } else if text.starts_with("/*") {
        text.split("*/").next()
    } else {
        None
    };
    comment.is_some_and(|comment| comment.contains(PRAGMA))
}

/// A reference to a variable.
struct Reference<'a> {
    name: &'a str,
    form: Form,
    span: Span,
}

/// What an open bracket is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bracket {
    /// `(`
    Paren,
    /// `[` behind `ARRAY`, `LIST` or `MAP`, or around an element of such a list.
    Elements,
    /// `[` behind a value.
    Subscript,
}

/// The references of a text, in order.
fn references(text: &str) -> Vec<Reference<'_>> {
    if !text.contains(':') {
        return Vec::new();
    }
    let mut scanner =
        Scanner { text, bytes: text.as_bytes(), at: 0, brackets: Vec::new(), elements_next: false };
    let mut found = Vec::new();
    while let Some(&byte) = scanner.bytes.get(scanner.at) {
        if let Some(reference) = scanner.step(byte) {
            found.push(reference);
        }
    }
    found
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    brackets: Vec<Bracket>,
    /// A `[` here would hold elements.
    elements_next: bool,
}

impl<'a> Scanner<'a> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or_default()
    }

    /// Moves past what starts here, at least one byte.
    fn step(&mut self, byte: u8) -> Option<Reference<'a>> {
        let elements = std::mem::take(&mut self.elements_next);
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {
                self.elements_next = elements;
                self.at += 1;
            }
            b'-' if self.peek(1) == b'-' => {
                self.elements_next = elements;
                self.skip_past(self.at, "\n");
            }
            b'/' if self.peek(1) == b'*' => {
                self.elements_next = elements;
                self.block_comment();
            }
            b'\'' => self.skip_past(self.at + 1, "'"),
            b'"' => self.skip_past(self.at + 1, "\""),
            b'$' => self.dollar_string(),
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80.. => self.word(),
            b'(' => self.open(Bracket::Paren),
            b'[' => self.open(if elements { Bracket::Elements } else { Bracket::Subscript }),
            b')' | b']' => {
                self.brackets.pop();
                self.at += 1;
            }
            b',' => {
                self.elements_next = self.brackets.last() == Some(&Bracket::Elements);
                self.at += 1;
            }
            b':' => return self.colon(),
            _ => self.at += 1,
        }
        None
    }

    fn open(&mut self, bracket: Bracket) {
        self.elements_next = bracket == Bracket::Elements;
        self.brackets.push(bracket);
        self.at += 1;
    }

    /// Moves behind the next `end` at or after `from`, or to the end of the text.
    ///
    /// A doubled quote closes a string and opens the next one, which comes to the same.
    fn skip_past(&mut self, from: usize, end: &str) {
        let rest = self.text.get(from..).unwrap_or_default();
        self.at = rest.find(end).map_or(self.bytes.len(), |found| from + found + end.len());
    }

    /// An unterminated one goes to the end of the text; the parser reports it.
    fn block_comment(&mut self) {
        self.at = block_comment_end(self.bytes, self.at).unwrap_or(self.bytes.len());
    }

    /// `$$…$$` or `$tag$…$tag$`; any other `$` is an ordinary character.
    fn dollar_string(&mut self) {
        let start = self.at;
        let mut end = start + 1;
        while self.bytes.get(end).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80) {
            end += 1;
        }
        let tag_starts_with_digit = self.peek(1).is_ascii_digit();
        match self.text.get(start..=end) {
            Some(delimiter) if !tag_starts_with_digit && delimiter.len() > 1 && delimiter.ends_with('$') => {
                self.skip_past(end + 1, delimiter);
            }
            _ => self.at += 1,
        }
    }

    /// A word or a number; `E'…'`, in which a backslash escapes the next character.
    fn word(&mut self) {
        let start = self.at;
        while matches!(self.peek(0), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80..) {
            self.at += 1;
        }
        let word = self.text.get(start..self.at).unwrap_or_default();
        if word.eq_ignore_ascii_case("e") && self.peek(0) == b'\'' {
            self.escape_string();
        }
        self.elements_next = ["array", "list", "map"].iter().any(|w| word.eq_ignore_ascii_case(w));
    }

    fn escape_string(&mut self) {
        self.at += 1;
        while self.at < self.bytes.len() {
            match self.peek(0) {
                b'\\' => self.at += 2,
                b'\'' => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
        self.at = self.bytes.len();
    }

    fn colon(&mut self) -> Option<Reference<'a>> {
        let start = self.at;
        match self.peek(1) {
            b':' => {
                self.at += 2;
                None
            }
            quote @ (b'\'' | b'"') => self.quoted_reference(start, quote),
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => {
                self.at += 1;
                while self.peek(0).is_ascii_alphanumeric() || self.peek(0) == b'_' {
                    self.at += 1;
                }
                self.reference(start, start + 1, self.at, Form::Verbatim)
            }
            _ => {
                self.at += 1;
                None
            }
        }
    }

    fn quoted_reference(&mut self, start: usize, quote: u8) -> Option<Reference<'a>> {
        let name = start + 2;
        let rest = self.text.get(name..).unwrap_or_default();
        let Some(length) = rest.find(char::from(quote)) else {
            self.at += 1;
            return None;
        };
        self.at = name + length + 1;
        self.reference(start, name, name + length, Form::Quoted(char::from(quote)))
    }

    /// The reference from `start` to here, unless it is the end of a slice. A string can't be one.
    fn reference(&self, start: usize, name: usize, name_end: usize, form: Form) -> Option<Reference<'a>> {
        if self.brackets.last() == Some(&Bracket::Subscript) && form != Form::Quoted('\'') {
            return None;
        }
        let span = Span { start: to_offset(start), end: to_offset(self.at) };
        Some(Reference { name: self.text.get(name..name_end)?, form, span })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(text: &str, variables: &[(&str, &str)]) -> Resolution {
        let variables = variables.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        resolve_variables(&text.into(), &variables)
    }

    #[test]
    fn each_form_inserts_the_value_in_its_way() {
        for (text, value, expected) in [
            ("SELECT :x", "bar", "SELECT bar"),
            ("SELECT :'x'", "it's", "SELECT 'it''s'"),
            ("SELECT :\"x\"", "my\"col", "SELECT \"my\"\"col\""),
            ("SELECT :x:x", "1", "SELECT 11"),
            ("SELECT :x", ":x", "SELECT :x"),
            (
                "SELECT ARRAY[:x, [:x]], LIST [:x], MAP['k' => :x]",
                "1",
                "SELECT ARRAY[1, [1]], LIST [1], MAP['k' => 1]",
            ),
            ("SELECT a[(:x)], b[:'x']", "1", "SELECT a[(1)], b['1']"),
            ("SELECT a$$b, :x, c$$d", "1", "SELECT a$$b, 1, c$$d"),
            ("SELECT $1:x", "1", "SELECT $11"),
        ] {
            assert_eq!(resolve(text, &[("x", value)]).text.as_str(), expected);
        }
    }

    #[test]
    fn what_only_looks_like_a_reference_stays() {
        for text in [
            "x::int",
            "':x'",
            "'it''s :x'",
            r"E'it\'s :x'",
            r"e'\\' || ':x'",
            "\":x\"",
            "-- :x",
            "/* /* :x */ :x */",
            "/* :x",
            "$$:x$$",
            "$t$:x$$:x$t$",
            "a[:x]",
            "a[1:x]",
            "a[1:x:x]",
            "a[:\"x\"]",
            "(a)[f(1):x]",
            ": x :1 :",
            ":'x",
        ] {
            let resolved = resolve(text, &[("x", "value")]);
            assert_eq!(resolved.text, ResolvedText::unchanged(text.into()), "{text}");
            assert_eq!(resolved.unresolved, [], "{text}");
        }
    }

    #[test]
    fn every_reference_without_a_value_is_reported_where_it_stands_on_disk() {
        let resolved = resolve("SELECT :known, :a, :'b c', :a", &[("known", "a long value")]);
        let found: Vec<_> = resolved.unresolved.iter().map(|u| (u.name.as_str(), u.span)).collect();
        assert_eq!(found, [("a", Span::new(15, 17)), ("b c", Span::new(19, 25)), ("a", Span::new(27, 29))]);
        assert!(!resolved.may_be_unresolved);
    }

    #[test]
    fn positions_in_the_resolved_text_map_back() {
        let resolved = resolve("SELECT :x, y", &[("x", "12345")]);
        let y = resolved.text.as_str().find('y').expect("y is there");
        assert_eq!(resolved.text.to_original(Span::new(y, y + 1)), Span::new(11, 12));
    }

    #[test]
    fn only_a_pragma_in_the_first_comment_allows_missing_variables() {
        for (text, allowed) in [
            ("-- PRAGMA WARN_ON_MISSING_VARIABLES;\nSELECT :x", true),
            ("\n /* a\n PRAGMA WARN_ON_MISSING_VARIABLES; */ SELECT :x", true),
            ("-- PRAGMA WARN_ON_MISSING_VARIABLES\nSELECT :x", false),
            ("-- pragma warn_on_missing_variables;\nSELECT :x", false),
            ("-- first\n-- PRAGMA WARN_ON_MISSING_VARIABLES;\nSELECT :x", false),
            ("SELECT :x -- PRAGMA WARN_ON_MISSING_VARIABLES;", false),
        ] {
            assert_eq!(resolve(text, &[]).may_be_unresolved, allowed, "{text}");
        }
    }
}
