//! What was probably meant by a text that is no SQL: the mistakes that are made while typing.
//!
//! A grammar finds them late, or in a place that says little: the `CREATE` behind a forgotten semicolon is a fine
//! alias, so that the word behind it is the first one that is wrong.

use smol_str::{SmolStr, ToSmolStr, format_smolstr};

use super::SyntaxError;
use super::token::{Token, TokenKind, tokenize};
use crate::diagnostic::{closest, did_you_mean};
use crate::source::Span;

/// What to do about an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Advice {
    /// In words.
    pub(crate) help: SmolStr,
    /// What to replace, and by what.
    pub(crate) fix: Option<(Span, SmolStr)>,
}

/// Advice on each of the errors of a text, where there is some.
pub(crate) fn advise(source: &str, errors: &[SyntaxError]) -> Vec<Option<Advice>> {
    if errors.is_empty() {
        return Vec::new();
    }
    let (tokens, _) = tokenize(source);
    errors.iter().map(|error| Place::new(source, &tokens, error).advice()).collect()
}

/// The first words of statements, with what can follow them.
const STATEMENTS: &[(&str, &[&str])] = &[
    ("ALTER", &["DEFAULT", "ROLE"]),
    ("COMMENT", &["ON"]),
    ("CREATE", KINDS),
    ("EXECUTE", &["UNIT"]),
    ("GRANT", PRIVILEGES),
    ("REVOKE", PRIVILEGES),
];

const KINDS: &[&str] = &[
    "CLUSTER",
    "CONNECTION",
    "DEFAULT",
    "INDEX",
    "MATERIALIZED",
    "NETWORK",
    "OR",
    "ROLE",
    "SECRET",
    "SINK",
    "SOURCE",
    "TABLE",
    "TYPE",
    "VIEW",
];

const PRIVILEGES: &[&str] = &["ALL", "CREATE", "DELETE", "INSERT", "SELECT", "UPDATE", "USAGE"];

/// The words that begin a part of a query.
const CLAUSES: &[&str] = &[
    "EXCEPT",
    "FROM",
    "GROUP",
    "HAVING",
    "INTERSECT",
    "JOIN",
    "LIMIT",
    "ORDER",
    "SELECT",
    "UNION",
    "VALUES",
    "WHERE",
    "WITH",
];

/// How many words before the one that is wrong a statement may begin: `COMMENT ON VIEW v` behind a join is an alias, a
/// condition and only then a mistake.
const LOOK_BACK: usize = 3;

/// Where an error is.
struct Place<'a> {
    source: &'a str,
    tokens: &'a [Token],
    error: &'a SyntaxError,
    /// The token that is wrong; none at the end of the text.
    at: usize,
    /// The first token of its statement.
    start: usize,
}

impl<'a> Place<'a> {
    fn new(source: &'a str, tokens: &'a [Token], error: &'a SyntaxError) -> Self {
        let at = tokens.partition_point(|token| token.span.start < error.span.start);
        let before = tokens.get(..at).unwrap_or_default();
        let start = before.iter().rposition(|t| t.kind == TokenKind::Semicolon).map_or(0, |end| end + 1);
        Self { source, tokens, error, at, start }
    }

    fn advice(&self) -> Option<Advice> {
        self.invisible_character()
            .or_else(|| self.missing_semicolon())
            .or_else(|| self.superfluous_comma())
            .or_else(|| self.misspelt())
    }

    fn token(&self, at: usize) -> Option<&'a Token> {
        self.tokens.get(at)
    }

    fn is_one_of(&self, at: usize, keywords: &[&str]) -> bool {
        self.token(at).is_some_and(|token| keywords.iter().any(|word| token.is_keyword(self.source, word)))
    }

    /// Characters that look like white space, and are parts of words to the lexer.
    fn invisible_character(&self) -> Option<Advice> {
        let is_invisible = |c: char| {
            (c.is_whitespace() && !c.is_ascii())
                || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
        };
        let words = self.at.saturating_sub(1)..=self.at;
        let token = words
            .filter_map(|at| self.token(at))
            .find(|token| token.kind == TokenKind::Word && token.text(self.source).contains(is_invisible))?;
        let text = token.text(self.source);
        let (offset, c) = text.char_indices().find(|(_, c)| is_invisible(*c))?;
        let start = token.span.start as usize + offset;
        let replacement = if c.is_whitespace() { " " } else { "" };
        Some(Advice {
            help: format_smolstr!(
                "the character U+{:04X} can't be seen, but is part of a word here",
                u32::from(c)
            ),
            fix: Some((Span::new(start, start + c.len_utf8()), replacement.into())),
        })
    }

    fn missing_semicolon(&self) -> Option<Advice> {
        let earliest = self.at.saturating_sub(LOOK_BACK).max(self.start + 1);
        let begins = |at: &usize| {
            STATEMENTS
                .iter()
                .any(|(first, next)| self.is_one_of(*at, &[first]) && self.is_one_of(at + 1, next))
        };
        let at = (earliest..=self.at).rev().find(begins)?;
        let first = self.token(at)?.text(self.source).to_ascii_uppercase();
        let second = self.token(at + 1)?.text(self.source).to_ascii_uppercase();
        let end = self.token(at.checked_sub(1)?)?.span.end;
        Some(Advice {
            help: format_smolstr!("is a `;` missing before `{first} {second}`?"),
            fix: Some((Span::at(end), ";".into())),
        })
    }

    fn superfluous_comma(&self) -> Option<Advice> {
        let comma = self.token(self.at.checked_sub(1)?).filter(|token| token.kind == TokenKind::Comma)?;
        let next = self.token(self.at);
        let ends = next.is_none_or(|token| matches!(token.kind, TokenKind::RParen | TokenKind::Semicolon));
        (ends || self.is_one_of(self.at, CLAUSES)).then(|| {
            let before = match next {
                Some(token) => format_smolstr!("`{}`", token.text(self.source)),
                None => "the end".into(),
            };
            Advice {
                help: format_smolstr!("there is one `,` too many before {before}"),
                fix: Some((comma.span, SmolStr::default())),
            }
        })
    }

    fn misspelt(&self) -> Option<Advice> {
        let expected = self.expected();
        if let Some(advice) = self.meant(self.at, &expected) {
            return Some(advice);
        }
        // A misspelt clause is an alias of what stands before it.
        let before = self.at.checked_sub(1).filter(|at| *at > self.start)?;
        let is_name = self.is_one_of(before - 1, &["AS", "FROM", "JOIN"])
            || self.token(before - 1).is_some_and(|t| matches!(t.kind, TokenKind::Dot | TokenKind::Comma));
        if is_name { None } else { self.meant(before, CLAUSES) }
    }

    /// The keywords that can stand where the error is.
    fn expected(&self) -> Vec<&'a str> {
        let message: &'a str = &self.error.message;
        let expected = message.rsplit_once(", found ").map_or("", |(expected, _)| expected);
        let mut words: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
        if self.at == self.start {
            words.extend(STATEMENTS.iter().map(|(first, _)| first));
        } else if self.is_one_of(self.at - 1, &["CREATE"]) {
            words.extend(KINDS);
        } else if words.is_empty() {
            words.extend(CLAUSES);
        }
        words
    }

    fn meant(&self, at: usize, keywords: &[&str]) -> Option<Advice> {
        let token = self.token(at).filter(|token| token.kind == TokenKind::Word)?;
        let written = token.text(self.source).to_ascii_uppercase();
        // Of two letters, one is too often another word.
        if written.len() < 3 || CLAUSES.contains(&written.as_str()) {
            return None;
        }
        let meant = closest(&written, keywords.iter().copied()).filter(|meant| **meant != *written)?;
        Some(Advice { help: did_you_mean(meant), fix: Some((token.span, meant.to_smolstr())) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::parse;

    /// The advice on the first error of a text, and the text with the fix.
    fn advice(source: &str) -> Option<(String, String)> {
        let errors = parse(source).errors;
        let advice = advise(source, &errors).into_iter().next().expect("the text has an error")?;
        let (span, replacement) = advice.fix.expect("there is a fix");
        let fixed = [
            source.get(..span.start as usize).expect("a boundary"),
            &replacement,
            source.get(span.end as usize..).expect("a boundary"),
        ];
        Some((advice.help.to_string(), fixed.concat()))
    }

    /// Every fix leaves a text without errors.
    fn check(source: &str, help: &str) {
        let (found, fixed) = advice(source).unwrap_or_else(|| panic!("no advice on {source}"));
        assert_eq!(found, help, "{source}");
        assert_eq!(parse(&fixed).errors, [], "{fixed}");
    }

    #[test]
    fn a_forgotten_semicolon() {
        check(
            "CREATE VIEW v AS SELECT 1 CREATE INDEX i ON v (a);",
            "is a `;` missing before `CREATE INDEX`?",
        );
        check(
            "CREATE VIEW v AS SELECT 1 FROM t x\ncreate default index on v",
            "is a `;` missing before `CREATE DEFAULT`?",
        );
        check("CREATE TABLE t (a int)\nGRANT SELECT ON t TO r;", "is a `;` missing before `GRANT SELECT`?");
        check(
            "CREATE VIEW v AS SELECT * FROM t\nGRANT SELECT ON v TO r;",
            "is a `;` missing before `GRANT SELECT`?",
        );
        check(
            "CREATE VIEW v AS SELECT * FROM t\nCOMMENT ON VIEW v IS 'x';",
            "is a `;` missing before `COMMENT ON`?",
        );
        check(
            "CREATE VIEW v AS SELECT * FROM t JOIN u\nCOMMENT ON VIEW v IS 'x';",
            "is a `;` missing before `COMMENT ON`?",
        );
    }

    #[test]
    fn a_comma_too_many() {
        check("CREATE VIEW v AS SELECT a, FROM b;", "there is one `,` too many before `FROM`");
        check("CREATE VIEW v AS SELECT f(a,) FROM b;", "there is one `,` too many before `)`");
        check("CREATE TABLE t (a int, b int,);", "there is one `,` too many before `)`");
        check("CREATE VIEW v AS SELECT a,", "there is one `,` too many before the end");
    }

    #[test]
    fn a_misspelt_keyword() {
        check("CREATE VEW v AS SELECT 1;", "did you mean `VIEW`?");
        check("CRAETE VIEW v AS SELECT 1;", "did you mean `CREATE`?");
        check("CREATE VIEW v AS SELCT 1;", "did you mean `SELECT`?");
        check("CREATE VIEW v AS SELECT a FORM t;", "did you mean `FROM`?");
        check("CREATE VIEW v AS SELECT * FORM t;", "did you mean `FROM`?");
        check("CREATE VIEW v AS SELECT a FROM t WHER a = 1;", "did you mean `WHERE`?");
        check("CREATE VIEW v AS SELECT a FROM t GROPU BY a;", "did you mean `GROUP`?");
        check("CREATE MATERIALISED VIEW v IN CLUSTER c AS SELECT 1;", "did you mean `MATERIALIZED`?");
    }

    #[test]
    fn a_character_that_can_not_be_seen() {
        check(
            "CREATE VIEW v AS\u{a0}SELECT 1;",
            "the character U+00A0 can't be seen, but is part of a word here",
        );
        check(
            "CREATE VIEW v AS SELECT 1; \u{feff}CREATE INDEX i ON v (a);",
            "the character U+FEFF can't be seen, but is part of a word here",
        );
    }

    #[test]
    fn nothing_is_said_about_other_mistakes() {
        for source in [
            "CREATE VIEW v AS SELECT a b c FROM t;",
            "CREATE VIEW v AS SELECT (1;",
            "CREATE VIEW v AS SELECT * FROM orders 5;",
            "CREATE VIEW v AS",
            "GRANT SELECT ON v;",
            "'",
            "",
        ] {
            let errors = parse(source).errors;
            assert!(
                advise(source, &errors).iter().all(Option::is_none),
                "{source}: {:?}",
                advise(source, &errors)
            );
        }
    }
}
