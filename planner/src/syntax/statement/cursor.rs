//! A position in the tokens of a statement, and the small expectations that all statements are made of.

use smol_str::{SmolStr, format_smolstr};

use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Name, SpannedIdent};
use crate::syntax::token::{Token, TokenKind};

pub(super) type Result<T> = std::result::Result<T, SyntaxError>;

/// The longest text that a message repeats.
const MAX_QUOTED: usize = 64;

/// Reads the tokens `at..stop` of a file: a statement, or what stands between two parentheses.
///
/// The token at `stop`, if there is one, is what ends the range: a semicolon or a closing parenthesis.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    source: &'a str,
    tokens: &'a [Token],
    at: usize,
    stop: usize,
}

impl<'a> Cursor<'a> {
    /// Reads `tokens[start..stop]`.
    pub(super) fn new(source: &'a str, tokens: &'a [Token], start: usize, stop: usize) -> Self {
        Self { source, tokens, at: start, stop: stop.min(tokens.len()) }
    }

    pub(super) fn source(&self) -> &'a str {
        self.source
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.stop
    }

    pub(super) fn peek(&self) -> Option<Token> {
        self.ahead(0)
    }

    /// The token after `n` others.
    pub(super) fn ahead(&self, n: usize) -> Option<Token> {
        let index = self.at + n;
        if index < self.stop { self.tokens.get(index).copied() } else { None }
    }

    pub(super) fn advance(&mut self) -> Option<Token> {
        let token = self.peek()?;
        self.at += 1;
        Some(token)
    }

    /// The tokens that are left.
    pub(super) fn rest(&self) -> &'a [Token] {
        self.tokens.get(self.at..self.stop).unwrap_or_default()
    }

    /// Takes the next `n` tokens, or as many as there are.
    pub(super) fn take(&mut self, n: usize) -> &'a [Token] {
        let end = self.stop.min(self.at + n);
        let taken = self.tokens.get(self.at..end).unwrap_or_default();
        self.at = end;
        taken
    }

    /// Takes the next `n` tokens to be read on their own. What follows them counts as their end.
    pub(super) fn split(&mut self, n: usize) -> Self {
        let stop = self.stop.min(self.at + n);
        let part = Self { stop, ..*self };
        self.at = stop;
        part
    }

    /// Takes all the tokens that are left.
    pub(super) fn take_rest(&mut self) -> &'a [Token] {
        self.take(usize::MAX - self.at)
    }

    /// From the token that comes next to the last one before the end.
    pub(super) fn rest_span(&self) -> Span {
        match (self.rest().first(), self.rest().last()) {
            (Some(first), Some(last)) => first.span.to(last.span),
            _ => Span::at(self.end_span().start),
        }
    }

    /// Where the token that was read last ends.
    pub(super) fn last_end(&self) -> u32 {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(0, |t| t.span.end)
    }

    /// What ends the range; an empty span behind the last token if that is the end of the text.
    fn end_span(&self) -> Span {
        match self.tokens.get(self.stop) {
            Some(token) => token.span,
            None => Span::at(self.tokens.last().map_or(0, |t| t.span.end)),
        }
    }

    /// The error that something else than `expected` comes next.
    pub(super) fn unexpected(&self, expected: &str) -> SyntaxError {
        let (span, found) = match self.peek().or_else(|| self.tokens.get(self.stop).copied()) {
            Some(token) => (token.span, describe(token, self.source)),
            None => (self.end_span(), SmolStr::new_static(END)),
        };
        SyntaxError { span, message: format_smolstr!("expected {expected}, found {found}") }
    }

    /// The error that none of `keywords` comes next.
    pub(super) fn unexpected_keyword(&self, keywords: &[&str]) -> SyntaxError {
        let mut expected = String::new();
        for (i, keyword) in keywords.iter().enumerate() {
            if i > 0 {
                expected.push_str(if i + 1 == keywords.len() { " or " } else { ", " });
            }
            expected.push('`');
            expected.push_str(keyword);
            expected.push('`');
        }
        self.unexpected(&expected)
    }

    /// True if the words of `keywords`, one space between them, come next.
    pub(super) fn is(&self, keywords: &str) -> bool {
        self.count_of(keywords).is_some()
    }

    fn count_of(&self, keywords: &str) -> Option<usize> {
        let mut count = 0;
        for keyword in keywords.split(' ') {
            if !self.ahead(count)?.is_keyword(self.source, keyword) {
                return None;
            }
            count += 1;
        }
        Some(count)
    }

    /// Reads `keywords` if they come next.
    pub(super) fn eat(&mut self, keywords: &str) -> Option<Span> {
        let count = self.count_of(keywords)?;
        let taken = self.take(count);
        Some(taken.first()?.span.to(taken.last()?.span))
    }

    /// The first of `alternatives` that comes next is read.
    pub(super) fn eat_one_of(&mut self, alternatives: &[&'static str]) -> Option<(&'static str, Span)> {
        alternatives.iter().find_map(|&keywords| self.eat(keywords).map(|span| (keywords, span)))
    }

    pub(super) fn expect(&mut self, keywords: &str) -> Result<Span> {
        let mut span: Option<Span> = None;
        for keyword in keywords.split(' ') {
            let Some(one) = self.eat(keyword) else { return Err(self.unexpected_keyword(&[keyword])) };
            span = Some(span.map_or(one, |s| s.to(one)));
        }
        Ok(span.unwrap_or_default())
    }

    pub(super) fn expect_one_of(&mut self, alternatives: &[&'static str]) -> Result<(&'static str, Span)> {
        self.eat_one_of(alternatives).ok_or_else(|| self.unexpected_keyword(alternatives))
    }

    pub(super) fn is_kind(&self, kind: TokenKind) -> bool {
        self.peek().is_some_and(|t| t.kind == kind)
    }

    pub(super) fn eat_kind(&mut self, kind: TokenKind) -> Option<Span> {
        if self.is_kind(kind) { self.advance().map(|t| t.span) } else { None }
    }

    pub(super) fn expect_kind(&mut self, kind: TokenKind, text: &str) -> Result<Span> {
        self.eat_kind(kind).ok_or_else(|| self.unexpected_keyword(&[text]))
    }

    /// Everything must have been read.
    pub(super) fn finish(&self) -> Result<()> {
        if self.is_done() {
            return Ok(());
        }
        match self.tokens.get(self.stop).map(|t| t.kind) {
            Some(TokenKind::RParen) => Err(self.unexpected("`)`")),
            Some(TokenKind::Comma) => Err(self.unexpected("`,`")),
            _ => Err(self.unexpected(END)),
        }
    }

    /// An identifier; `what` it is for, with its article.
    pub(super) fn ident(&mut self, what: &str) -> Result<SpannedIdent> {
        let ident =
            self.peek().and_then(|t| Some(SpannedIdent { value: t.ident(self.source)?, span: t.span }));
        let ident = ident.ok_or_else(|| self.unexpected(what))?;
        self.at += 1;
        Ok(ident)
    }

    /// Identifiers with dots between them.
    pub(super) fn name(&mut self, what: &str) -> Result<Name> {
        let mut parts = vec![self.ident(what)?];
        while self.eat_kind(TokenKind::Dot).is_some() {
            parts.push(self.ident("an identifier")?);
        }
        Ok(Name { parts })
    }

    /// `item, item, …`
    pub(super) fn comma_separated<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T>,
    ) -> Result<Vec<T>> {
        let mut items = vec![item(self)?];
        while self.eat_kind(TokenKind::Comma).is_some() {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// `( … )`, to be read on its own.
    pub(super) fn group(&mut self) -> Result<Self> {
        let open = self.expect_kind(TokenKind::LParen, "(")?;
        let mut depth = 0usize;
        for index in self.at..self.stop {
            match self.tokens.get(index).map(|t| t.kind) {
                Some(TokenKind::LParen) => depth += 1,
                Some(TokenKind::RParen) if depth == 0 => {
                    let inner = Self { stop: index, ..*self };
                    self.at = index + 1;
                    return Ok(inner);
                }
                Some(TokenKind::RParen) => depth -= 1,
                _ => {}
            }
        }
        Err(SyntaxError { span: open, message: "this `(` is never closed".into() })
    }

    /// `( … )` if it comes next.
    pub(super) fn optional_group(&mut self) -> Result<Option<Self>> {
        if self.is_kind(TokenKind::LParen) { self.group().map(Some) } else { Ok(None) }
    }

    /// Passes over `( … )` or `[ … ]`.
    pub(super) fn skip_brackets(&mut self) {
        let mut depth = 0usize;
        while let Some(token) = self.advance() {
            match token.kind {
                TokenKind::LParen | TokenKind::LBracket => depth += 1,
                TokenKind::RParen | TokenKind::RBracket => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }

    /// How many tokens there are before the first one outside of parentheses and brackets for which `ends` is true.
    /// `ends` gets a cursor that stands at the token, and the token before it.
    pub(super) fn count_until(&self, ends: impl Fn(&Self, Option<Token>) -> bool) -> usize {
        let mut ahead = *self;
        let mut depth = 0usize;
        let mut previous = None;
        while let Some(token) = ahead.peek() {
            match token.kind {
                TokenKind::RParen | TokenKind::RBracket => depth = depth.saturating_sub(1),
                _ if depth == 0 && ends(&ahead, previous) => break,
                TokenKind::LParen | TokenKind::LBracket => depth += 1,
                _ => {}
            }
            previous = Some(token);
            ahead.at += 1;
        }
        ahead.at - self.at
    }

    /// The tokens up to the next comma outside of parentheses and brackets.
    pub(super) fn split_at_comma(&mut self) -> Self {
        let count = self.count_until(|c, _| c.is_kind(TokenKind::Comma));
        self.split(count)
    }
}

const END: &str = "end of statement";

/// A token as messages name it. The value of a string never gets into a message: it may be a secret.
fn describe(token: Token, source: &str) -> SmolStr {
    let text = token.text(source);
    match token.kind {
        TokenKind::Semicolon => SmolStr::new_static(END),
        TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString => {
            SmolStr::new_static("a string")
        }
        _ if text.len() > MAX_QUOTED => SmolStr::new_static("a long word"),
        _ => format_smolstr!("`{text}`"),
    }
}
