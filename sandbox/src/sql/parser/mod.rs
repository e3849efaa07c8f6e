//! Statements from text, by recursive descent.
//!
//! What the server says about a broken statement depends on the order in which its parser looks for words. So a
//! function here asks for tokens in that order, and never looks further ahead than the server does.

mod alter;
mod create;
mod data;
mod drop;
mod encoding;
mod explain;
mod expr;
mod grant;
mod interval;
mod item;
mod name;
mod options;
mod query;
mod relation;
mod session;
mod show;
mod special;
mod statement;
mod table;
mod types;

use super::ast::{Expr, ParsedStatement};
use super::lexer::{Lexed, Token, lex, syntax};
use crate::error::SqlError;

/// How deep constructs may nest: parentheses, subqueries, arguments, types.
const MAX_NESTING: u32 = 128;

/// How tall a tree may grow, chains of operators included, which nest without parentheses. Whoever walks or drops a
/// tree does so recursively.
const MAX_HEIGHT: u32 = 1000;

/// The statements of a batch. Empty ones vanish.
pub fn parse_statements(sql: &str) -> Result<Vec<ParsedStatement>, SqlError> {
    let mut parser = Parser::new(sql)?;
    let mut out = Vec::new();
    loop {
        while parser.eat(&Token::Semicolon) {}
        let Some(first) = parser.tokens.get(parser.at).cloned() else { return Ok(out) };
        let statement = parser.statement()?;
        if parser.peek().is_some_and(|token| *token != Token::Semicolon) {
            return parser.expected("end of statement");
        }
        let end = parser.tokens.get(parser.at.saturating_sub(1)).map_or(0, |last| last.bytes.1);
        let text = sql.get(first.bytes.0..end).unwrap_or_default().to_owned();
        out.push(ParsedStatement { statement, text, offset: first.at });
    }
}

/// A single expression, as in the default of a column.
pub fn parse_expr(sql: &str) -> Result<Expr, SqlError> {
    let mut parser = Parser::new(sql)?;
    let expr = parser.expr()?;
    match parser.peek() {
        None => Ok(expr),
        Some(_) => parser.fail("extra token after expression"),
    }
}

/// A construct is read on a new stack of `STACK` bytes if fewer than `RED_ZONE` are left.
const RED_ZONE: usize = 128 << 10;
const STACK: usize = 4 << 20;

type Result<T, E = SqlError> = std::result::Result<T, E>;

struct Parser<'a> {
    sql: &'a str,
    tokens: Vec<Lexed>,
    at: usize,
    depth: u32,
    /// The height of the tallest tree below the construct that is being read.
    tallest: u32,
}

impl<'a> Parser<'a> {
    fn new(sql: &'a str) -> Result<Self> {
        Ok(Self { sql, tokens: lex(sql)?, at: 0, depth: 0, tallest: 0 })
    }

    fn peek(&self) -> Option<&Token> {
        self.peek_nth(0)
    }

    fn peek_nth(&self, n: usize) -> Option<&Token> {
        self.tokens.get(self.at + n).map(|lexed| &lexed.token)
    }

    /// The keyword that comes next.
    fn peek_keyword(&self) -> Option<&'static str> {
        self.peek_nth_keyword(0)
    }

    fn peek_nth_keyword(&self, n: usize) -> Option<&'static str> {
        match self.peek_nth(n) {
            Some(Token::Keyword(word)) => Some(word),
            _ => None,
        }
    }

    fn is(&self, word: &str) -> bool {
        self.peek_keyword() == Some(word)
    }

    /// True if exactly these keywords come next.
    fn are(&self, words: &[&str]) -> bool {
        words.iter().enumerate().all(|(n, word)| self.peek_nth_keyword(n) == Some(*word))
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is(word);
        self.at += usize::from(found);
        found
    }

    /// Takes all of these keywords, or none.
    fn eat_words(&mut self, words: &[&str]) -> bool {
        let found = self.are(words);
        if found {
            self.at += words.len();
        }
        found
    }

    fn eat_one_of(&mut self, words: &[&str]) -> Option<&'static str> {
        let word = self.peek_keyword().filter(|word| words.contains(word))?;
        self.at += 1;
        Some(word)
    }

    fn eat(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.at += usize::from(found);
        found
    }

    fn eat_op(&mut self, op: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Op(text)) if text == op);
        self.at += usize::from(found);
        found
    }

    fn expect_word(&mut self, word: &str) -> Result<()> {
        if self.eat_word(word) { Ok(()) } else { self.expected(word) }
    }

    fn expect_words(&mut self, words: &[&str]) -> Result<()> {
        words.iter().try_for_each(|word| self.expect_word(word))
    }

    fn expect_one_of(&mut self, words: &[&str]) -> Result<&'static str> {
        match self.eat_one_of(words) {
            Some(word) => Ok(word),
            None if words.len() == 1 => self.expected(words.first().copied().unwrap_or_default()),
            None => self.expected(&format!("one of {}", words.join(" or "))),
        }
    }

    fn expect(&mut self, token: &Token) -> Result<()> {
        if self.eat(token) { Ok(()) } else { self.expected(&token.describe()) }
    }

    /// `Expected …, found …`, at the next token.
    fn expected<T>(&self, what: &str) -> Result<T> {
        let found = self.peek().map_or_else(|| "EOF".to_owned(), Token::describe);
        self.fail(format!("Expected {what}, found {found}"))
    }

    /// An error at the next token.
    fn fail<T>(&self, message: impl Into<String>) -> Result<T> {
        self.fail_at(self.at, message)
    }

    /// An error at a token.
    fn fail_at<T>(&self, at: usize, message: impl Into<String>) -> Result<T> {
        let place = self.tokens.get(at).map_or_else(
            || u32::try_from(self.sql.trim_end().chars().count()).unwrap_or(u32::MAX),
            |lexed| lexed.at,
        );
        Err(syntax(message, place))
    }

    /// The text between two tokens, as written.
    fn text(&self, from: usize, to: usize) -> &str {
        let start = self.tokens.get(from).map(|lexed| lexed.bytes.0);
        let end = to.checked_sub(1).and_then(|last| self.tokens.get(last)).map(|lexed| lexed.bytes.1);
        start.zip(end).and_then(|(start, end)| self.sql.get(start..end)).unwrap_or_default()
    }

    /// Tries `read`; if it fails, nothing was read.
    fn attempt<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Option<T> {
        let at = self.at;
        let result = read(self);
        if result.is_err() {
            self.at = at;
        }
        result.ok()
    }

    fn comma_separated<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let mut out = vec![read(self)?];
        while self.eat(&Token::Comma) {
            out.push(read(self)?);
        }
        Ok(out)
    }

    /// `( … )`
    fn in_parens<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        self.expect(&Token::LParen)?;
        let value = read(self)?;
        self.expect(&Token::RParen)?;
        Ok(value)
    }

    /// `(a, b, …)`, or nothing before `)`.
    fn list_in_parens<T>(&mut self, read: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        self.in_parens(|p| {
            if p.peek() == Some(&Token::RParen) { Ok(Vec::new()) } else { p.comma_separated(read) }
        })
    }

    /// Reads a construct that may hold others of its kind.
    fn descend<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth >= MAX_NESTING {
            return self.fail(format!("exceeded recursion limit of {MAX_NESTING}"));
        }
        self.depth += 1;
        let outer = std::mem::take(&mut self.tallest);
        let result = stacker::maybe_grow(RED_ZONE, STACK, || read(self));
        self.depth -= 1;
        self.tallest = outer.max(self.tallest + 1);
        result
    }

    /// Another operator around what was just read.
    fn grow(&mut self) -> Result<()> {
        self.tallest += 1;
        if self.tallest > MAX_HEIGHT {
            return self.fail(format!("exceeded recursion limit of {MAX_HEIGHT}"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
