//! What the expression of a secret means, as far as that can be told here: literals, put together with `||`, and what is encoded
//! as text.

use std::iter::Peekable;
use std::slice::Iter;

use mz_deploy_planner::syntax::token::{Token, TokenKind, tokenize};

use crate::db::in_hex;

/// Second arguments of functions: everybody knows them.
const CODECS: [&str; 5] = ["base64", "hex", "escape", "utf8", "utf-8"];
/// A part of a value that is as short as this hides more of an error than of the value.
const SHORT: usize = 4;

/// The texts that would tell the value: what it is as a whole and what its parts are, each also as it is written.
pub(super) fn telling(expression: &str) -> Vec<String> {
    let (tokens, _) = tokenize(expression);
    let mut reader = Reader { source: expression, tokens: tokens.iter().peekable() };
    let whole = reader.joined().filter(|_| reader.tokens.peek().is_none());
    let mut texts = vec![expression.to_owned()];
    texts.extend(whole.iter().flat_map(|bytes| forms(bytes)));
    let literals: Vec<(&Token, String)> =
        tokens.iter().filter_map(|token| Some((token, token.string(expression)?.into_owned()))).collect();
    let is_alone = literals.len() == 1;
    let is_codec = |value: &str| CODECS.iter().any(|codec| codec.eq_ignore_ascii_case(value));
    for (token, value) in literals {
        if is_alone || (value.chars().count() >= SHORT && !is_codec(&value)) {
            texts.push(token.text(expression).to_owned());
            texts.extend(forms(&bytes(&value)));
            texts.push(value);
        }
    }
    texts.dedup();
    texts
}

/// As a text, if it is one, and as a `bytea` is printed otherwise.
fn forms(bytes: &[u8]) -> Vec<String> {
    match std::str::from_utf8(bytes) {
        Ok(text) => vec![text.to_owned()],
        Err(_) => vec![in_hex(bytes)],
    }
}

struct Reader<'a> {
    source: &'a str,
    tokens: Peekable<Iter<'a, Token>>,
}

impl Reader<'_> {
    /// `value || value …`; nothing for what isn't known.
    fn joined(&mut self) -> Option<Vec<u8>> {
        let mut whole = self.value()?;
        while self.eat(|token, source| token.kind == TokenKind::Operator && token.text(source) == "||") {
            whole.extend(self.value()?);
        }
        Some(whole)
    }

    /// A literal, a call or something in parentheses, with casts.
    fn value(&mut self) -> Option<Vec<u8>> {
        let token = self.tokens.next()?;
        let value = if let Some(text) = token.string(self.source) {
            bytes(&text)
        } else if token.kind == TokenKind::LParen {
            let inner = self.joined()?;
            self.eat(|token, _| token.kind == TokenKind::RParen).then_some(inner)?
        } else {
            self.call(token)?
        };
        while self.eat(|token, _| token.kind == TokenKind::DoubleColon) {
            self.eat(|token, _| token.kind == TokenKind::Word).then_some(())?;
        }
        Some(value)
    }

    /// `decode(value, codec)`, and conversions between text and bytes, which are the same here.
    fn call(&mut self, function: &Token) -> Option<Vec<u8>> {
        let is = |name: &str| function.is_keyword(self.source, name);
        let decodes = is("DECODE");
        (decodes || is("CONVERT_FROM") || is("CONVERT_TO")).then_some(())?;
        self.eat(|token, _| token.kind == TokenKind::LParen).then_some(())?;
        let value = self.joined()?;
        self.eat(|token, _| token.kind == TokenKind::Comma).then_some(())?;
        let codec = self.tokens.next()?.string(self.source)?.to_lowercase();
        self.eat(|token, _| token.kind == TokenKind::RParen).then_some(())?;
        match codec.as_str() {
            "base64" if decodes => base64(&value),
            "hex" if decodes => hex(&value),
            "utf8" | "utf-8" if !decodes => Some(value),
            _ => None,
        }
    }

    fn eat(&mut self, is_it: impl Fn(&Token, &str) -> bool) -> bool {
        let source = self.source;
        self.tokens.next_if(|token| is_it(token, source)).is_some()
    }
}

/// What a string literal means as the `bytea` that a secret is.
fn bytes(literal: &str) -> Vec<u8> {
    let written = literal.strip_prefix("\\x").and_then(|digits| hex(digits.as_bytes()));
    written.unwrap_or_else(|| literal.as_bytes().to_vec())
}

fn hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digits = nibbles(digits, |byte| char::from(byte).to_digit(16))?;
    let pair = |pair: &[u32]| match pair {
        [high, low] => u8::try_from(high << 4 | low).ok(),
        _ => None,
    };
    digits.chunks(2).map(pair).collect()
}

fn base64(digits: &[u8]) -> Option<Vec<u8>> {
    let padding = digits.iter().rev().take_while(|byte| **byte == b'=' || byte.is_ascii_whitespace()).count();
    let digits = nibbles(digits.get(..digits.len() - padding)?, |byte| {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        Some(u32::from(value))
    })?;
    let mut decoded = Vec::new();
    for group in digits.chunks(4) {
        let bits = group.iter().fold(0, |bits, digit| bits << 6 | digit) << (6 * (4 - group.len()));
        decoded.extend(bits.to_be_bytes().into_iter().skip(1).take(group.len() - 1));
    }
    Some(decoded)
}

/// The digits, without white space; nothing if something else is among them.
fn nibbles(digits: &[u8], value: impl Fn(u8) -> Option<u32>) -> Option<Vec<u32>> {
    digits.iter().filter(|byte| !byte.is_ascii_whitespace()).map(|byte| value(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_value_is_as_a_whole_is_told() {
        for expression in [
            "'canary-7c1e9d'",
            "decode('Y2FuYXJ5LTdjMWU5ZA==', 'base64')",
            "DECODE('Y2FuYXJ5\nLTdjMWU5ZA', 'BASE64')",
            "decode('63616e6172792d376331653964', 'hex')",
            "'\\x63616e6172792d376331653964'::bytea",
            "'canary' || ('-7' || '' || 'c1e9d')",
            "convert_from(decode('Y2FuYXJ5LTdjMWU5ZA==', 'base64'), 'utf8')::text",
            "'canary-' || convert_to('7c1e9d', 'UTF8')",
        ] {
            let telling = telling(expression);
            assert!(telling.iter().any(|text| text == "canary-7c1e9d"), "{expression}: {telling:?}");
        }
        assert!(telling("decode('/wD+', 'base64')").iter().any(|text| text == "ff00fe"));
    }

    #[test]
    fn what_everybody_knows_and_what_is_short_tells_nothing() {
        let expression = "'a' || decode('Y2FuYXJ5', 'base64') || md5('secret')";
        assert_eq!(telling(expression), [expression, "'Y2FuYXJ5'", "Y2FuYXJ5", "'secret'", "secret"]);
        assert!(telling("'abc'").iter().any(|text| text == "abc"), "it is all there is of the value");
    }

    #[test]
    fn what_is_no_value_is_told_as_it_is_written() {
        for expression in [
            "",
            "(",
            "decode(",
            "decode('a', 'base64'",
            "'a' ||",
            "decode('=', 'hex')",
            "decode('!', 'base64')",
        ] {
            assert_eq!(telling(expression).first().map(String::as_str), Some(expression));
        }
    }
}
