//! The lexer: Materialize's lexical rules, each token with its span.

use std::borrow::Cow;

use super::SyntaxError;
use crate::name::{Ident, MAX_IDENT_BYTES};
use crate::source::Span;

/// What a token is. Its text and value are read from the source on demand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// An unquoted word: a keyword or an identifier.
    Word,
    /// `"…"`
    QuotedIdent,
    /// `'…'`
    String,
    /// `E'…'`
    EscapeString,
    /// `$$…$$` or `$tag$…$tag$`
    DollarString,
    /// `1`, `1.5`, `.5`, `1e9`
    Number,
    /// `$1`
    Parameter,
    /// An operator; the text tells which.
    Operator,
    /// `(`
    LParen,
    /// `)`
    RParen,
    /// `[`
    LBracket,
    /// `]`
    RBracket,
    /// `,`
    Comma,
    /// `.`
    Dot,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `::`
    DoubleColon,
    /// `=>`
    Arrow,
    /// `=`
    Equals,
    /// `*`
    Star,
}

/// One token of a text. Comments and white space are no tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

impl Token {
    /// The text as written.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        self.span.slice(source)
    }

    /// True for the unquoted word `keyword` (given in upper case), in any letter case.
    pub fn is_keyword(&self, source: &str, keyword: &str) -> bool {
        self.kind == TokenKind::Word && self.text(source).eq_ignore_ascii_case(keyword)
    }

    /// The identifier that this token is, if it can be one.
    pub fn ident(&self, source: &str) -> Option<Ident> {
        match self.kind {
            TokenKind::Word => Some(Ident::folded(self.text(source))),
            TokenKind::QuotedIdent => {
                let inner = inside(self.text(source), 1, 1);
                if inner.contains('"') {
                    Some(Ident::new(inner.replace("\"\"", "\"")))
                } else {
                    Some(Ident::new(inner))
                }
            }
            _ => None,
        }
    }

    /// The value of a string literal of any form.
    pub fn string<'a>(&self, source: &'a str) -> Option<Cow<'a, str>> {
        let text = self.text(source);
        match self.kind {
            TokenKind::String => {
                let inner = inside(text, 1, 1);
                Some(if inner.contains('\'') { inner.replace("''", "'").into() } else { inner.into() })
            }
            TokenKind::EscapeString => Some(unescape(inside(text, 2, 1)).into()),
            TokenKind::DollarString => {
                let tag = text.get(1..).and_then(|t| t.find('$')).map_or(0, |i| i + 2);
                Some(inside(text, tag, tag).into())
            }
            _ => None,
        }
    }
}

fn inside(text: &str, before: usize, after: usize) -> &str {
    text.len().checked_sub(after).and_then(|end| text.get(before..end)).unwrap_or_default()
}

/// The value between the quotes of `E'…'`.
fn unescape(inner: &str) -> String {
    let mut out = String::with_capacity(inner.len());
    let mut chars = inner.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                chars.next_if_eq(&'\'');
                out.push('\'');
            }
            '\\' => match chars.next() {
                Some('b') => out.push('\u{8}'),
                Some('f') => out.push('\u{c}'),
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('t') => out.push('\t'),
                Some(u @ ('u' | 'U')) => {
                    let digits = if u == 'u' { 4 } else { 8 };
                    let mut code = 0u32;
                    for _ in 0..digits {
                        let Some(d) = chars.peek().and_then(|c| c.to_digit(16)) else { break };
                        chars.next();
                        code = code.wrapping_mul(16).wrapping_add(d);
                    }
                    out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                }
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out
}

/// Splits a text into tokens. On an error, the tokens before it come with it.
pub fn tokenize(source: &str) -> (Vec<Token>, Option<SyntaxError>) {
    let mut lexer = Lexer { source, bytes: source.as_bytes(), at: 0 };
    // Some editors begin a file with a byte order mark.
    if source.starts_with('\u{feff}') {
        lexer.at = '\u{feff}'.len_utf8();
    }
    let mut tokens = Vec::with_capacity(source.len() / 5 + 1);
    loop {
        match lexer.next() {
            Ok(Some(token)) => tokens.push(token),
            Ok(None) => return (tokens, None),
            Err(error) => return (tokens, Some(error)),
        }
    }
}

/// The byte behind the block comment that starts at `start`; comments nest. `None` if it has no end.
pub(crate) fn block_comment_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut depth = 0usize;
    let mut at = start;
    loop {
        match bytes.get(at..at + 2)? {
            b"/*" => {
                depth += 1;
                at += 2;
            }
            b"*/" => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => at += 1,
        }
    }
}

struct Lexer<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn error(&self, start: usize, message: &str) -> SyntaxError {
        SyntaxError { span: Span::new(start, self.at.min(self.bytes.len())), message: message.into() }
    }

    fn next(&mut self) -> Result<Option<Token>, SyntaxError> {
        self.skip_blank()?;
        let start = self.at;
        let Some(&byte) = self.bytes.get(start) else { return Ok(None) };
        let kind = match byte {
            b'\'' => self.string(start)?,
            b'e' | b'E' if self.peek(1) == b'\'' => self.escape_string(start)?,
            b'"' => self.quoted_ident(start)?,
            b'$' => self.dollar(start)?,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(start)?,
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            b'(' => self.one(TokenKind::LParen),
            b')' => self.one(TokenKind::RParen),
            b'[' => self.one(TokenKind::LBracket),
            b']' => self.one(TokenKind::RBracket),
            b',' => self.one(TokenKind::Comma),
            b'.' => self.one(TokenKind::Dot),
            b';' => self.one(TokenKind::Semicolon),
            b':' if self.peek(1) == b':' => {
                self.at += 2;
                TokenKind::DoubleColon
            }
            b':' => self.one(TokenKind::Colon),
            b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=' | b'~' | b'!' | b'@' | b'#' | b'%' | b'^'
            | b'&' | b'|' | b'`' | b'?' => self.operator(start),
            _ => {
                let c = self.source.get(start..).and_then(|rest| rest.chars().next());
                self.at += c.map_or(1, char::len_utf8);
                return Err(self.error(start, "unexpected character"));
            }
        };
        Ok(Some(Token { kind, span: Span::new(start, self.at) }))
    }

    fn one(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn skip_blank(&mut self) -> Result<(), SyntaxError> {
        loop {
            match self.peek(0) {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0c | 0x0b => self.at += 1,
                b'-' if self.peek(1) == b'-' => {
                    while self.at < self.bytes.len() && self.peek(0) != b'\n' {
                        self.at += 1;
                    }
                }
                b'/' if self.peek(1) == b'*' => self.block_comment()?,
                _ => return Ok(()),
            }
        }
    }

    fn block_comment(&mut self) -> Result<(), SyntaxError> {
        let start = self.at;
        self.at = block_comment_end(self.bytes, start).ok_or_else(|| SyntaxError {
            span: Span::new(start, start + 2),
            message: "unterminated block comment".into(),
        })?;
        Ok(())
    }

    fn string(&mut self, start: usize) -> Result<TokenKind, SyntaxError> {
        self.at += 1;
        loop {
            match self.peek(0) {
                b'\'' if self.peek(1) == b'\'' => self.at += 2,
                b'\'' => {
                    self.at += 1;
                    return Ok(TokenKind::String);
                }
                _ if self.at >= self.bytes.len() => {
                    return Err(self.error(start, "unterminated quoted string"));
                }
                _ => self.at += 1,
            }
        }
    }

    fn escape_string(&mut self, start: usize) -> Result<TokenKind, SyntaxError> {
        self.at += 2;
        loop {
            match self.peek(0) {
                b'\'' if self.peek(1) == b'\'' => self.at += 2,
                b'\\' => self.at += 2,
                b'\'' => {
                    self.at += 1;
                    return Ok(TokenKind::EscapeString);
                }
                _ if self.at >= self.bytes.len() => {
                    return Err(self.error(start, "unterminated quoted string"));
                }
                _ => self.at += 1,
            }
        }
    }

    fn quoted_ident(&mut self, start: usize) -> Result<TokenKind, SyntaxError> {
        self.at += 1;
        loop {
            match self.peek(0) {
                b'"' if self.peek(1) == b'"' => self.at += 2,
                b'"' => {
                    self.at += 1;
                    break;
                }
                _ if self.at >= self.bytes.len() => {
                    return Err(self.error(start, "unterminated quoted identifier"));
                }
                _ => self.at += 1,
            }
        }
        if self.at - start == 2 {
            return Err(self.error(start, "zero-length delimited identifier"));
        }
        self.check_ident(start, TokenKind::QuotedIdent)
    }

    fn word(&mut self, start: usize) -> Result<TokenKind, SyntaxError> {
        while matches!(self.peek(0), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'$' | 0x80..) {
            self.at += 1;
        }
        self.check_ident(start, TokenKind::Word)
    }

    fn check_ident(&self, start: usize, kind: TokenKind) -> Result<TokenKind, SyntaxError> {
        if self.at - start > MAX_IDENT_BYTES {
            let token = Token { kind, span: Span::new(start, self.at) };
            if token.ident(self.source).is_some_and(|ident| !ident.is_short_enough()) {
                return Err(self.error(start, "identifier length exceeds 255 bytes"));
            }
        }
        Ok(kind)
    }

    fn dollar(&mut self, start: usize) -> Result<TokenKind, SyntaxError> {
        if self.peek(1).is_ascii_digit() {
            self.at += 1;
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
            return Ok(TokenKind::Parameter);
        }
        self.at += 1;
        while matches!(self.peek(0), b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | 0x80..) {
            self.at += 1;
        }
        if self.peek(0) != b'$' {
            self.at = start + 1;
            return Err(self.error(start, "unexpected character"));
        }
        self.at += 1;
        let body = self.at;
        let found = match (self.source.get(start..body), self.source.get(body..)) {
            (Some(delimiter), Some(rest)) => rest.find(delimiter).map(|i| body + i + delimiter.len()),
            _ => None,
        };
        if let Some(end) = found {
            self.at = end;
            Ok(TokenKind::DollarString)
        } else {
            self.at = self.bytes.len();
            Err(self.error(start, "unterminated dollar-quoted string"))
        }
    }

    fn number(&mut self) -> TokenKind {
        while self.peek(0).is_ascii_digit() {
            self.at += 1;
        }
        if self.peek(0) == b'.' {
            self.at += 1;
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
        }
        let sign = usize::from(matches!(self.peek(1), b'+' | b'-'));
        if matches!(self.peek(0), b'e' | b'E') && self.peek(1 + sign).is_ascii_digit() {
            self.at += 1 + sign;
            while self.peek(0).is_ascii_digit() {
                self.at += 1;
            }
        }
        TokenKind::Number
    }

    /// `PostgreSQL`'s rule: an operator is as long as possible, stops before a comment, and ends in `+` or `-` only if
    /// it has one of the characters that make it no arithmetic operator.
    fn operator(&mut self, start: usize) -> TokenKind {
        loop {
            match (self.peek(0), self.peek(1)) {
                (b'-', b'-') | (b'/', b'*') if self.at > start => break,
                (
                    b'+' | b'-' | b'*' | b'/' | b'<' | b'>' | b'=' | b'~' | b'!' | b'@' | b'#' | b'%' | b'^'
                    | b'&' | b'|' | b'`' | b'?',
                    _,
                ) => self.at += 1,
                _ => break,
            }
        }
        let bytes = self.bytes.get(start..self.at).unwrap_or_default();
        let special = bytes
            .iter()
            .any(|b| matches!(b, b'~' | b'!' | b'@' | b'#' | b'%' | b'^' | b'&' | b'|' | b'`' | b'?'));
        if !special {
            while self.at - start > 1 && matches!(self.bytes.get(self.at - 1), Some(b'+' | b'-')) {
                self.at -= 1;
            }
        }
        match self.bytes.get(start..self.at).unwrap_or_default() {
            b"=" => TokenKind::Equals,
            b"*" => TokenKind::Star,
            b"=>" => TokenKind::Arrow,
            _ => TokenKind::Operator,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        let (tokens, error) = tokenize(source);
        assert_eq!(error, None);
        tokens.iter().map(|t| t.text(source)).collect()
    }

    #[test]
    fn operators_follow_postgres() {
        assert_eq!(texts("a*-1"), ["a", "*", "-", "1"]);
        assert_eq!(texts("a->>'b'"), ["a", "->>", "'b'"]);
        assert_eq!(texts("a=-1"), ["a", "=", "-", "1"]);
        assert_eq!(texts("a@-1"), ["a", "@-", "1"]);
        assert_eq!(texts("a+--x\n1"), ["a", "+", "1"]);
        assert_eq!(texts("x::int list[1:2]"), ["x", "::", "int", "list", "[", "1", ":", "2", "]"]);
    }

    #[test]
    fn comments_nest_and_are_no_tokens() {
        assert_eq!(texts("a /* b /* c */ d */ e -- f"), ["a", "e"]);
    }

    #[test]
    fn literals_have_values() {
        let source = r"'it''s' E'a\n\'b\u00e9' $$x'y$$ $t$ $$ $t$";
        let (tokens, _) = tokenize(source);
        let values: Vec<_> = tokens.iter().filter_map(|t| t.string(source)).collect();
        assert_eq!(values, ["it's", "a\n'bé", "x'y", " $$ "]);
    }

    #[test]
    fn unterminated_things_are_errors_at_their_start() {
        for (source, message) in [
            ("a 'b", "unterminated quoted string"),
            ("a \"b", "unterminated quoted identifier"),
            ("a /* b", "unterminated block comment"),
            ("a $$ b", "unterminated dollar-quoted string"),
            ("a E'b\\", "unterminated quoted string"),
            ("a \"\"", "zero-length delimited identifier"),
        ] {
            let error = tokenize(source).1.expect("an error");
            assert_eq!((error.message.as_str(), error.span.start), (message, 2), "{source}");
        }
    }
}
