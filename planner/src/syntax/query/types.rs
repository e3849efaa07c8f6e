//! Types: `int`, `numeric(38, 2)`, `timestamp with time zone`, `map[text=>int list]`, `d.s.mytype[]`.

use super::keyword::look_up;
use super::unexpected;
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Name, SpannedIdent};
use crate::syntax::token::{Token, TokenKind};

/// Names of the server's types and the other names that its grammar has for them, in lower case.
const BUILTIN_TYPES: &[&str] = &[
    "aclitem",
    "any",
    "anyarray",
    "anycompatible",
    "anycompatiblearray",
    "anycompatiblelist",
    "anycompatiblemap",
    "anycompatiblenonarray",
    "anycompatiblerange",
    "anyelement",
    "anynonarray",
    "anyrange",
    "bigint",
    "bool",
    "boolean",
    "bpchar",
    "bytea",
    "bytes",
    "char",
    "character",
    "date",
    "daterange",
    "dec",
    "decimal",
    "double",
    "float",
    "float4",
    "float8",
    "int",
    "int2",
    "int2vector",
    "int4",
    "int4range",
    "int8",
    "int8range",
    "integer",
    "internal",
    "interval",
    "json",
    "jsonb",
    "list",
    "map",
    "mz_aclitem",
    "mz_timestamp",
    "name",
    "numeric",
    "numrange",
    "oid",
    "real",
    "record",
    "regclass",
    "regproc",
    "regtype",
    "smallint",
    "string",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "tsrange",
    "tstzrange",
    "uint2",
    "uint4",
    "uint8",
    "uuid",
    "varchar",
];

/// True if `name` is a type of the server, array types (`_int4`) included.
fn is_builtin_type(name: &str) -> bool {
    let name = name.strip_prefix('_').unwrap_or(name);
    BUILTIN_TYPES.binary_search(&name).is_ok()
}

/// True if an unquoted word in any letter case is a type of the server.
pub(super) fn is_builtin_word(word: &str) -> bool {
    look_up(BUILTIN_TYPES, |name| name, word).is_some()
}

/// Reads a type from `at` on and returns the position after it. Names that aren't plainly built in are added to
/// `names`.
pub(super) fn scan(
    source: &str,
    tokens: &[Token],
    at: usize,
    names: &mut Vec<Name>,
) -> Result<usize, SyntaxError> {
    // Open `map[text=>…` brackets; types nest in no other way.
    let mut maps = 0usize;
    let mut at = at;
    loop {
        let cursor = Cursor { source, tokens };
        if cursor.is_keyword(at, "MAP") && cursor.is(at + 1, TokenKind::LBracket) {
            at = scan_name(cursor, at + 2, names)?;
            at = cursor.expect(at, TokenKind::Arrow, "`=>`")?;
            maps += 1;
            continue;
        }
        at = scan_name(cursor, at, names)?;
        at = scan_modifiers(cursor, at)?;
        loop {
            at = scan_suffixes(cursor, at);
            if maps == 0 {
                return Ok(at);
            }
            at = cursor.expect(at, TokenKind::RBracket, "`]`")?;
            maps -= 1;
        }
    }
}

#[derive(Clone, Copy)]
struct Cursor<'a> {
    source: &'a str,
    tokens: &'a [Token],
}

impl Cursor<'_> {
    fn is(self, at: usize, kind: TokenKind) -> bool {
        self.tokens.get(at).is_some_and(|t| t.kind == kind)
    }

    fn is_keyword(self, at: usize, keyword: &str) -> bool {
        self.tokens.get(at).is_some_and(|t| t.is_keyword(self.source, keyword))
    }

    fn are_keywords(self, at: usize, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(i, keyword)| self.is_keyword(at + i, keyword))
    }

    fn expect(self, at: usize, kind: TokenKind, expected: &str) -> Result<usize, SyntaxError> {
        if self.is(at, kind) { Ok(at + 1) } else { Err(self.error(at, expected)) }
    }

    fn error(self, at: usize, expected: &str) -> SyntaxError {
        let end = self.tokens.last().map(|last| Span::at(last.span.end)).unwrap_or_default();
        unexpected(self.source, self.tokens.get(at).map_or(end, |token| token.span), expected)
    }
}

/// A name of one or more parts, the words that belong to it, or the reference `[u1 AS name]`.
fn scan_name(cursor: Cursor<'_>, at: usize, names: &mut Vec<Name>) -> Result<usize, SyntaxError> {
    if cursor.is(at, TokenKind::LBracket) && cursor.is_keyword(at + 2, "AS") {
        let end = scan_name(cursor, at + 3, names)?;
        return cursor.expect(end, TokenKind::RBracket, "`]`");
    }
    let Some(first) = cursor.tokens.get(at) else { return Err(cursor.error(at, "a type")) };
    let Some(value) = first.ident(cursor.source) else { return Err(cursor.error(at, "a type")) };
    let is_one_part = !cursor.is(at + 1, TokenKind::Dot);
    if is_one_part && is_builtin_type(value.as_str()) {
        return Ok(at + 1 + words_after(cursor, at));
    }
    let mut parts = vec![SpannedIdent { value, span: first.span }];
    let mut at = at + 1;
    while cursor.is(at, TokenKind::Dot) {
        let Some(part) = cursor.tokens.get(at + 1) else { return Err(cursor.error(at + 1, "a type")) };
        let Some(value) = part.ident(cursor.source) else { return Err(cursor.error(at + 1, "a type")) };
        parts.push(SpannedIdent { value, span: part.span });
        at += 2;
    }
    names.push(Name { parts });
    Ok(at)
}

/// The number of words after the first one in `double precision` and `character varying`.
fn words_after(cursor: Cursor<'_>, at: usize) -> usize {
    let double = cursor.are_keywords(at, &["DOUBLE", "PRECISION"]);
    let varying = cursor.is_keyword(at + 1, "VARYING")
        && (cursor.is_keyword(at, "CHARACTER") || cursor.is_keyword(at, "CHAR"));
    usize::from(double || varying)
}

/// `(38, 2)`, and the `with time zone` of times, which stands after it.
fn scan_modifiers(cursor: Cursor<'_>, at: usize) -> Result<usize, SyntaxError> {
    let mut at = at;
    if cursor.is(at, TokenKind::LParen) {
        at += 1;
        loop {
            if cursor.tokens.get(at).is_some_and(|t| t.text(cursor.source) == "-") {
                at += 1;
            }
            at = cursor.expect(at, TokenKind::Number, "a number")?;
            if !cursor.is(at, TokenKind::Comma) {
                break;
            }
            at += 1;
        }
        at = cursor.expect(at, TokenKind::RParen, "`)`")?;
    }
    if cursor.are_keywords(at, &["WITH", "TIME", "ZONE"])
        || cursor.are_keywords(at, &["WITHOUT", "TIME", "ZONE"])
    {
        at += 3;
    }
    Ok(at)
}

/// `list`, `[]` and `[3]`, in any number and order.
fn scan_suffixes(cursor: Cursor<'_>, at: usize) -> usize {
    let mut at = at;
    loop {
        if cursor.is_keyword(at, "LIST") {
            at += 1;
        } else if cursor.is(at, TokenKind::LBracket) && cursor.is(at + 1, TokenKind::RBracket) {
            at += 2;
        } else if cursor.is(at, TokenKind::LBracket)
            && cursor.is(at + 1, TokenKind::Number)
            && cursor.is(at + 2, TokenKind::RBracket)
        {
            at += 3;
        } else {
            return at;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::token::tokenize;

    #[test]
    fn builtin_types_are_sorted_for_the_search() {
        assert!(BUILTIN_TYPES.is_sorted());
        assert!(BUILTIN_TYPES.iter().all(|name| is_builtin_word(&name.to_ascii_uppercase())));
    }

    #[test]
    fn a_type_ends_where_it_ends() {
        for (source, rest) in [
            ("int list, x", ", x"),
            ("text list list[] AS", "AS"),
            ("map[text=>int list] )", ")"),
            ("map[text=>map[text=>d.s.t[]] list] y", "y"),
            ("timestamp(3) with time zone z", "z"),
            ("double precision[] z", "z"),
            ("character varying(10) z", "z"),
            ("[s20 AS pg_catalog.int4] z", "z"),
            ("numeric(38, -2) z", "z"),
            ("int[3][] z", "z"),
        ] {
            let tokens = tokenize(source).0;
            let end = scan(source, &tokens, 0, &mut Vec::new()).expect("a type");
            assert_eq!(&source[tokens[end].span.range().start..], rest);
        }
    }

    #[test]
    fn only_names_that_are_not_plainly_built_in_are_names() {
        let source = "map[text=>s.mytype list]";
        let mut names = Vec::new();
        scan(source, &tokenize(source).0, 0, &mut names).expect("a type");
        assert_eq!(names.iter().map(|n| n.span().slice(source)).collect::<Vec<_>>(), ["s.mytype"]);
    }
}
