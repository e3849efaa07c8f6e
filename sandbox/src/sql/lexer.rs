//! Tokens of a batch, as the parser wants them: values and places in characters.
//!
//! The rules are the planner's, which follow the server's. What is added is what only a server needs: hexadecimal
//! strings, adjacent literals, and its words for what is wrong.

use mz_deploy_planner::name::Ident;
use mz_deploy_planner::syntax::token::{self, TokenKind};

use super::keyword::keyword;
use crate::error::{SqlError, SqlState};

/// A token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Token {
    Keyword(&'static str),
    Ident(Ident),
    String(String),
    HexString(String),
    Number(String),
    Parameter(u32),
    Op(String),
    Star,
    Eq,
    LParen,
    RParen,
    LBracket,
    RBracket,
    Comma,
    Dot,
    Semicolon,
    Colon,
    DoubleColon,
    Arrow,
}

/// A token and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lexed {
    pub(crate) token: Token,
    /// Where it begins: in characters, from 0.
    pub(crate) at: u32,
    /// Its bytes.
    pub(crate) bytes: (usize, usize),
    /// True if it is an identifier in double quotes.
    pub(crate) quoted: bool,
}

impl Token {
    /// What an error text calls it, as in `found number "5"`.
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Keyword(word) => (*word).to_owned(),
            Self::Ident(ident) => format!("identifier {}", quoted(ident.as_str())),
            Self::String(text) => format!("string literal {}", quoted(text)),
            Self::HexString(text) => format!("hex string literal {}", quoted(text)),
            Self::Number(text) => format!("number {}", quoted(text)),
            Self::Parameter(n) => format!("parameter \"${n}\""),
            Self::Op(op) => format!("operator {}", quoted(op)),
            Self::Star => "star".to_owned(),
            Self::Eq => "equals sign".to_owned(),
            Self::LParen => "left parenthesis".to_owned(),
            Self::RParen => "right parenthesis".to_owned(),
            Self::LBracket => "left square bracket".to_owned(),
            Self::RBracket => "right square bracket".to_owned(),
            Self::Comma => "comma".to_owned(),
            Self::Dot => "dot".to_owned(),
            Self::Semicolon => "semicolon".to_owned(),
            Self::Colon => "colon".to_owned(),
            Self::DoubleColon => "double colon".to_owned(),
            Self::Arrow => "arrow".to_owned(),
        }
    }
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Splits a batch into tokens.
pub(crate) fn lex(sql: &str) -> Result<Vec<Lexed>, SqlError> {
    let (tokens, error) = token::tokenize(sql);
    let mut places = Places { sql, byte: 0, character: 0 };
    let mut out: Vec<Lexed> = Vec::with_capacity(tokens.len());
    let mut ends = 0;
    for one in tokens {
        let (start, end) = (one.span.start as usize, one.span.end as usize);
        let at = places.character(start);
        let token = value(&one, sql).map_err(|message| syntax(message, at))?;
        // Adjacent literals are one if a line break stands between them.
        if one.kind == TokenKind::String
            && let Some(Lexed { token: Token::String(text), bytes, .. }) = out.last_mut()
            && let Token::String(more) = &token
            && sql.get(bytes.1..start).is_some_and(|gap| gap.contains('\n'))
        {
            text.push_str(more);
            bytes.1 = end;
            ends = end;
            continue;
        }
        // `X'…'`: the word and the string behind it touch.
        if let (TokenKind::String, Token::String(digits)) = (one.kind, &token)
            && ends == start
            && out.last().is_some_and(|last| {
                last.bytes.1 - last.bytes.0 == 1
                    && last.token == Token::Ident(Ident::new("x"))
                    && !last.quoted
            })
        {
            let digits = digits.clone();
            if let Some(last) = out.last_mut() {
                last.token = Token::HexString(digits);
                last.bytes.1 = end;
            }
            ends = end;
            continue;
        }
        ends = end;
        let quoted = one.kind == TokenKind::QuotedIdent;
        out.push(Lexed { token, at, bytes: (start, end), quoted });
    }
    if let Some(error) = error {
        let at = places.character(error.span.start as usize);
        let message = match error.message.as_str() {
            "unterminated block comment" => "unterminated multiline comment".to_owned(),
            "unexpected character" => {
                let found = sql.get(error.span.start as usize..).and_then(|rest| rest.chars().next());
                format!("unexpected character in input: {}", found.unwrap_or_default())
            }
            other => other.to_owned(),
        };
        return Err(syntax(message, at));
    }
    Ok(out)
}

/// A syntax error at the character `at` (from 0).
pub(crate) fn syntax(message: impl Into<String>, at: u32) -> SqlError {
    SqlError::new(SqlState::SYNTAX, message.into()).at(at + 1)
}

fn value(one: &token::Token, sql: &str) -> Result<Token, String> {
    let text = one.text(sql);
    Ok(match one.kind {
        TokenKind::Word => match keyword(text) {
            Some(word) => Token::Keyword(word),
            None => Token::Ident(one.ident(sql).unwrap_or_else(|| Ident::folded(text))),
        },
        TokenKind::QuotedIdent => {
            let ident = one.ident(sql).unwrap_or_else(|| Ident::new(text));
            if ident.as_str().contains('\0') {
                return Err("null character in identifier".to_owned());
            }
            Token::Ident(ident)
        }
        TokenKind::String | TokenKind::DollarString => {
            Token::String(one.string(sql).unwrap_or_default().into_owned())
        }
        TokenKind::EscapeString => {
            check_escapes(text)?;
            Token::String(one.string(sql).unwrap_or_default().into_owned())
        }
        TokenKind::Number => {
            // An exponent is written `E10`, without a sign unless it is negative.
            Token::Number(text.to_ascii_uppercase().replace("E+", "E"))
        }
        TokenKind::Parameter => match text.get(1..).unwrap_or_default().parse() {
            Ok(n) => Token::Parameter(n),
            Err(_) => return Err("invalid parameter number".to_owned()),
        },
        TokenKind::Operator => Token::Op(text.to_owned()),
        TokenKind::LParen => Token::LParen,
        TokenKind::RParen => Token::RParen,
        TokenKind::LBracket => Token::LBracket,
        TokenKind::RBracket => Token::RBracket,
        TokenKind::Comma => Token::Comma,
        TokenKind::Dot => Token::Dot,
        TokenKind::Semicolon => Token::Semicolon,
        TokenKind::Colon => Token::Colon,
        TokenKind::DoubleColon => Token::DoubleColon,
        TokenKind::Arrow => Token::Arrow,
        TokenKind::Equals => Token::Eq,
        TokenKind::Star => Token::Star,
    })
}

/// The escapes that the server refuses in `E'…'`.
fn check_escapes(text: &str) -> Result<(), String> {
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            continue;
        }
        match chars.next() {
            Some('0'..='7') => return Err("octal escapes are not supported".to_owned()),
            Some('x') => return Err("hexadecimal escapes are not supported".to_owned()),
            Some(u @ ('u' | 'U')) => {
                let digits: String = chars.by_ref().take(if u == 'u' { 4 } else { 8 }).collect();
                let valid = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32).is_some();
                if !valid {
                    return Err("invalid unicode escape".to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Bytes to characters, walking forwards.
struct Places<'a> {
    sql: &'a str,
    byte: usize,
    character: u32,
}

impl Places<'_> {
    fn character(&mut self, byte: usize) -> u32 {
        if let Some(between) = self.sql.get(self.byte..byte) {
            self.character += u32::try_from(between.chars().count()).unwrap_or(u32::MAX);
            self.byte = byte;
        }
        self.character
    }
}
