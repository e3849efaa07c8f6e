//! Queries, expressions and types: tokens to the names that they mention, in the scopes that decide what the names
//! mean.
//!
//! ```text
//! our tokens ── lower ──▶ tokens of a PostgreSQL query ── sqlparser ──▶ its tree ── read ──▶ Query, Names
//! ```
//!
//! `sqlparser` reads PostgreSQL's grammar. What Materialize has beyond it is lowered: the tokens of a construct are
//! replaced by tokens of another one that mentions the same names in the same scopes (`x::int list` by `x`, `MAP[k
//! => v]` by `ARRAY[k, v]`), and what has no place there (types, operators' schemas) is kept beside them. A token
//! keeps the byte offsets of its text on the whole way, so that every name of the tree has an exact span. Nothing
//! of this touches the text that is sent to a server.

mod dialect;
mod keyword;
mod lower;
mod read;
mod tree;
mod types;

pub use tree::{Branch, Cte, FromItem, Names, Query, Relation, Select, With};
pub(crate) use types::is_builtin_type;

use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::{Token as SqlToken, TokenWithSpan};

use self::dialect::Materialize;
use self::lower::{Lowered, lower};
use super::SyntaxError;
use super::token::Token;
use crate::source::Span;

/// How deep brackets may nest inside one query.
const MAX_DEPTH: usize = 40;

/// How deep queries may nest.
const MAX_QUERIES: usize = 100;

/// How deep the grammar of one query may recurse: once or twice for each bracket, and for each prefix operator.
const MAX_RECURSION: usize = 64;

/// Parses a query, which is all of the tokens.
pub(crate) fn parse_query(source: &str, tokens: &[Token]) -> Result<Query, SyntaxError> {
    let mut lowered = lower(source, tokens)?;
    let parsed = run(source, tokens, &mut lowered, |parser| {
        let query = parser.parse_query()?;
        end_or_error(parser, "the end of the query")?;
        Ok(query)
    })?;
    let as_of = parse_as_of(source, &lowered, tokens)?;
    let mut query = read::query(source, &lowered, &parsed).map_err(|error| place(error, tokens))?;
    query.span = span_of(tokens);
    query.tail.append(as_of);
    query.tail.types.append(&mut lowered.types);
    query.tail.operator_schemas.append(&mut lowered.operator_schemas);
    Ok(query)
}

/// Parses expressions with commas between them; none is fine.
pub(crate) fn parse_expressions(source: &str, tokens: &[Token]) -> Result<Names, SyntaxError> {
    if tokens.is_empty() {
        return Ok(Names::default());
    }
    let mut lowered = lower(source, tokens)?;
    let parsed = run(source, tokens, &mut lowered, |parser| {
        let expressions = parser.parse_comma_separated(Parser::parse_expr)?;
        end_or_error(parser, "a comma or the end of the expression")?;
        Ok(expressions)
    })?;
    let names = read::expressions(source, &lowered, &parsed);
    let mut names = names.map_err(|error| place(error, tokens))?;
    names.types.append(&mut lowered.types);
    names.operator_schemas.append(&mut lowered.operator_schemas);
    Ok(names)
}

/// Parses a type, which is all of the tokens.
pub(crate) fn parse_type(source: &str, tokens: &[Token]) -> Result<Names, SyntaxError> {
    let mut names = Names::default();
    let end = types::scan(source, tokens, 0, &mut names.types)?;
    match tokens.get(end) {
        None => Ok(names),
        Some(token) => Err(unexpected(source, token.span, "the end of the type")),
    }
}

fn parse_as_of(source: &str, lowered: &Lowered, tokens: &[Token]) -> Result<Names, SyntaxError> {
    match lowered.as_of.and_then(|at| tokens.get(at..)) {
        Some([]) => Err(SyntaxError {
            span: Span::at(span_of(tokens).end),
            message: "expected a timestamp after `AS OF`, found the end of the text".into(),
        }),
        Some(tokens) => parse_expressions(source, tokens),
        None => Ok(Names::default()),
    }
}

/// What the parser made of lowered tokens.
struct Parsed<T> {
    root: T,
    /// The queries that were cut out, by where they start.
    queries: Vec<(u32, Box<sqlparser::ast::Query>)>,
}

/// Runs the parser over lowered tokens, and over each query that was cut out of them. Errors get our words and the
/// span of the token that they are about; the first one counts.
fn run<T>(
    source: &str,
    tokens: &[Token],
    lowered: &mut Lowered,
    rule: impl FnOnce(&mut Parser<'_>) -> Result<T, ParserError>,
) -> Result<Parsed<T>, SyntaxError> {
    let dialect = Materialize { flatten: lowered.operators > dialect::LONG_CHAIN };
    let parser = |tokens: &mut Vec<TokenWithSpan>| {
        Parser::new(&dialect)
            .with_recursion_limit(MAX_RECURSION)
            .with_tokens_with_locations(std::mem::take(tokens))
    };
    let explain = |error: ParserError, end: Span| explain(source, tokens, end, &error);
    let end = Span::at(span_of(tokens).end);
    let root = rule(&mut parser(&mut lowered.tokens)).map_err(|error| explain(error, end));
    let mut first_error = None;
    let mut queries = Vec::with_capacity(lowered.queries.len());
    for query in &mut lowered.queries {
        let mut parser = parser(&mut query.tokens);
        let parsed = parser.parse_query().and_then(|parsed| {
            end_or_error(&parser, "the end of the query")?;
            Ok(parsed)
        });
        match parsed {
            Ok(parsed) => queries.push((query.start, parsed)),
            Err(error) => {
                first_error = Some(explain(error, query.end));
                break;
            }
        }
    }
    match (root, first_error) {
        (Ok(root), None) => Ok(Parsed { root, queries }),
        (Err(error), None) | (Ok(_), Some(error)) => Err(error),
        (Err(one), Some(other)) => Err(if other.span.start < one.span.start { other } else { one }),
    }
}

fn end_or_error(parser: &Parser<'_>, expected: &str) -> Result<(), ParserError> {
    match parser.peek_token_ref() {
        token if token.token == SqlToken::EOF => Ok(()),
        token => parser.expected_ref(expected, token),
    }
}

/// The parser's error in our words. It is a text that ends in the column of the token that was found, which for us
/// is its byte offset, or in no position if it came to the end.
fn explain(source: &str, tokens: &[Token], end: Span, error: &ParserError) -> SyntaxError {
    let text = match error {
        ParserError::RecursionLimitExceeded => return too_deep(span_of(tokens)),
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => text.as_str(),
    };
    let (message, column) = match text.rsplit_once(" at Line: ") {
        Some((message, place)) => {
            (message, place.rsplit_once("Column: ").and_then(|(_, column)| column.parse::<u32>().ok()))
        }
        None => (text, None),
    };
    let expected = match message.strip_prefix("Expected: ") {
        Some(rest) => rest.rsplit_once(", found: ").map_or(rest, |(expected, _)| expected),
        None => "something else",
    };
    let at = column.and_then(|column| column.checked_sub(1));
    let found = at.and_then(|at| tokens.get(tokens.partition_point(|token| token.span.start < at)));
    unexpected(source, found.map_or(end, |token| token.span), expected)
}

/// Gives an error that knows no place the whole text as its place.
fn place(error: SyntaxError, tokens: &[Token]) -> SyntaxError {
    SyntaxError { span: span_of(tokens), ..error }
}

fn unexpected(source: &str, found: Span, expected: &str) -> SyntaxError {
    let message = match found.slice(source) {
        "" => smol_str::format_smolstr!("expected {expected}, found the end of the text"),
        text => smol_str::format_smolstr!("expected {expected}, found `{text}`"),
    };
    SyntaxError { span: found, message }
}

fn too_deep(span: Span) -> SyntaxError {
    SyntaxError { span, message: "the query is nested too deeply".into() }
}

fn span_of(tokens: &[Token]) -> Span {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::default(),
    }
}

#[cfg(test)]
mod robustness_tests;
#[cfg(test)]
mod tests;
