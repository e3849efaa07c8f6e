//! A file: its tokens cut at semicolons, each piece a statement.

use super::cursor::Cursor;
use super::dispatch::parse_body;
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::ast::Statement;
use crate::syntax::token::{TokenKind, tokenize};

/// The statements of a file, and what is wrong with those that are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// The statements that parse, in the order of the text.
    pub statements: Vec<Statement>,
    /// At most one error per statement, in the order of the text.
    pub errors: Vec<SyntaxError>,
}

/// Parses a file. After an error it goes on behind the next semicolon, so all the bad statements of a file are
/// reported. A text that has no tokens, such as a quote without its end, ends the file.
pub fn parse(source: &str) -> Parsed {
    let (tokens, lexer_error) = tokenize(source);
    let mut parsed = Parsed::default();
    let mut start = 0;
    while start < tokens.len() {
        let rest = tokens.get(start..).unwrap_or_default();
        let length = rest.iter().position(|t| t.kind == TokenKind::Semicolon);
        if length.is_none() && lexer_error.is_some() {
            break;
        }
        let stop = start + length.unwrap_or(rest.len());
        if let (Some(first), Some(last)) =
            (tokens.get(start), stop.checked_sub(1).and_then(|i| tokens.get(i)))
            && start < stop
        {
            let span: Span = first.span.to(last.span);
            match parse_body(&mut Cursor::new(source, &tokens, start, stop)) {
                Ok(body) => parsed.statements.push(Statement { span, body }),
                Err(error) => parsed.errors.push(error),
            }
        }
        start = stop + 1;
    }
    parsed.errors.extend(lexer_error);
    parsed
}
