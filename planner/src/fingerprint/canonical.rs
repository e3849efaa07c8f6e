//! The canonical form: bytes from which the tokens and names of a statement can be read back, and nothing else.

use crate::name::{Ident, ObjectName, SchemaName, is_reserved};
use crate::resolve::{Occurrence, Target};
use crate::source::Span;
use crate::syntax::token::{Token, TokenKind, tokenize};

/// The canonical form of the statement at `span`. Every item is a tag, and its bytes behind their length, so no two
/// sequences of items have one form.
pub(super) fn form(text: &str, span: Span, occurrences: &[Occurrence]) -> Vec<u8> {
    let statement = span.slice(text);
    let (mut tokens, error) = tokenize(statement);
    while tokens.last().is_some_and(|t| t.kind == TokenKind::Semicolon) {
        tokens.pop();
    }
    let if_not_exists = if_not_exists(statement, &tokens);
    let mut form = Form { bytes: Vec::with_capacity(statement.len() + 4 * tokens.len()) };
    let mut names = occurrences.iter().peekable();
    let mut name_end = 0;
    for (index, token) in tokens.iter().enumerate() {
        let start = token.span.start + span.start;
        while let Some(occurrence) = names.next_if(|o| o.span.start <= start) {
            form.occurrence(occurrence, occurrences);
            name_end = occurrence.span.end.max(name_end);
        }
        if start >= name_end && !if_not_exists.contains(&index) {
            form.token(*token, statement);
        }
    }
    for occurrence in names {
        form.occurrence(occurrence, occurrences);
    }
    if let Some(error) = error {
        // No statement that was parsed comes here; the rest of the text stands for itself.
        form.item(b'e', statement.get(error.span.start as usize..).unwrap_or_default());
    }
    form.bytes
}

/// Which tokens are the `IF NOT EXISTS` of a `CREATE` statement: it comes before the name, behind at most six words.
fn if_not_exists(source: &str, tokens: &[Token]) -> std::ops::Range<usize> {
    if !tokens.first().is_some_and(|t| t.is_keyword(source, "CREATE")) {
        return 0..0;
    }
    let start = tokens
        .iter()
        .take(7)
        .take_while(|t| t.kind == TokenKind::Word)
        .position(|t| t.is_keyword(source, "IF"));
    let Some(start) = start else { return 0..0 };
    let follows = |offset: usize, keyword: &str| {
        tokens.get(start + offset).is_some_and(|t| t.is_keyword(source, keyword))
    };
    if follows(1, "NOT") && follows(2, "EXISTS") { start..start + 3 } else { 0..0 }
}

struct Form {
    bytes: Vec<u8>,
}

impl Form {
    fn length(&mut self, length: usize) {
        self.bytes.extend_from_slice(&(length as u64).to_le_bytes());
    }

    fn item(&mut self, tag: u8, text: &str) {
        self.bytes.push(tag);
        self.length(text.len());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn token(&mut self, token: Token, source: &str) {
        let text = token.text(source);
        match token.kind {
            TokenKind::Word if text.is_ascii() => self.lower_case(b'w', text),
            TokenKind::Word => self.item(b'w', Ident::folded(text).as_str()),
            TokenKind::QuotedIdent => match token.ident(source) {
                Some(ident) => self.identifier(&ident),
                None => self.item(b'e', text),
            },
            TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString => {
                self.item(b's', &token.string(source).unwrap_or_default());
            }
            TokenKind::Number => self.lower_case(b'n', text),
            _ => self.item(b'p', text),
        }
    }

    fn lower_case(&mut self, tag: u8, text: &str) {
        self.bytes.push(tag);
        self.length(text.len());
        self.bytes.extend(text.bytes().map(|b| b.to_ascii_lowercase()));
    }

    /// An identifier by its value: as an unquoted word, unless that would mean something else.
    fn identifier(&mut self, ident: &Ident) {
        let value = ident.as_str();
        self.item(if reads_back_bare(value) { b'w' } else { b'q' }, value);
    }

    fn occurrence(&mut self, occurrence: &Occurrence, all: &[Occurrence]) {
        match &occurrence.target {
            Target::Own(name) => self.object(b'O', name),
            Target::Relation { name, .. } => self.object(b'R', name),
            Target::Object(name) => self.object(b'J', name),
            Target::Type(name) => self.object(b'T', name),
            Target::Qualifier { relation } => match all.get(*relation as usize).map(|o| &o.target) {
                Some(
                    Target::Own(name)
                    | Target::Relation { name, .. }
                    | Target::Object(name)
                    | Target::Type(name),
                ) => self.identifier(&name.name),
                _ => self.item(b'Q', ""),
            },
            Target::IndexName(name) => self.item(b'I', name.as_str()),
            Target::Cluster(name) => self.item(b'C', name.as_str()),
            Target::Schema(name) => self.schema(b'S', name),
            Target::Database(name) => self.item(b'D', name.as_str()),
        }
    }

    fn schema(&mut self, tag: u8, name: &SchemaName) {
        match &name.database {
            Some(database) => self.item(tag, database.as_str()),
            None => self.bytes.push(b'0'),
        }
        self.item(tag, name.schema.as_str());
    }

    fn object(&mut self, tag: u8, name: &ObjectName) {
        self.schema(tag, &name.schema);
        self.item(tag, name.name.as_str());
    }
}

/// True if `value` means the same with and without quotes, wherever it stands.
fn reads_back_bare(value: &str) -> bool {
    let mut chars = value.chars();
    let is_word = chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_' || !c.is_ascii())
        && chars
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '_' | '$') || !c.is_ascii());
    is_word
        && !is_reserved(value)
        && CONTEXTUAL.binary_search(&value).is_err()
        && (value.is_ascii() || Ident::folded(value).as_str() == value)
}

/// Words that no position reserves, but that mean something in an expression or a type where an identifier may stand:
/// `x::double precision` and `x::double "precision"`, `'a'::char` and `'a'::"char"`.
const CONTEXTUAL: &[&str] = &[
    "aligned",
    "asc",
    "at",
    "bigint",
    "boolean",
    "by",
    "bytes",
    "char",
    "character",
    "coalesce",
    "collate",
    "current",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "date",
    "days",
    "dec",
    "decimal",
    "default",
    "double",
    "escape",
    "every",
    "extract",
    "filter",
    "first",
    "float",
    "greatest",
    "hours",
    "ignore",
    "int",
    "integer",
    "interval",
    "json",
    "last",
    "least",
    "localtime",
    "localtimestamp",
    "minutes",
    "months",
    "mutually",
    "none",
    "normalize",
    "nullif",
    "nulls",
    "of",
    "only",
    "ordinality",
    "over",
    "overlay",
    "partition",
    "position",
    "precision",
    "range",
    "real",
    "recursive",
    "respect",
    "seconds",
    "session_user",
    "show",
    "smallint",
    "string",
    "substring",
    "ties",
    "time",
    "timestamp",
    "timestamptz",
    "to",
    "trim",
    "unbounded",
    "unknown",
    "user",
    "varchar",
    "varying",
    "within",
    "without",
    "years",
    "zone",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contextual_words_are_sorted_for_the_search() {
        assert!(CONTEXTUAL.is_sorted());
    }

    fn form_of(text: &str) -> Vec<u8> {
        form(text, Span::new(0, text.len()), &[])
    }

    #[test]
    fn spelling_does_not_count() {
        for (one, other) in [
            ("SELECT a, b", "select  a\n  ,b -- the columns\n"),
            ("SELECT a, b", "SELECT a, /* nested /* comment */ */ b"),
            ("SELECT a, b", "SELECT a, b;"),
            ("SELECT Orders", "SELECT oRDERS"),
            ("SELECT ÄPFEL", "SELECT äpfel"),
            ("SELECT \"abc\"", "SELECT ABC"),
            ("SELECT \"a$1\"", "SELECT a$1"),
            ("SELECT \"äpfel\"", "SELECT Äpfel"),
            ("SELECT 'it''s'", "SELECT E'it\\'s'"),
            ("SELECT 'it''s'", "SELECT $$it's$$"),
            ("SELECT 'it''s'", "SELECT $tag$it's$tag$"),
            ("SELECT 1E5", "SELECT 1e5"),
            ("SELECT a::int", "SELECT a :: int"),
            ("CREATE VIEW IF NOT EXISTS v AS SELECT 1", "CREATE VIEW v AS SELECT 1"),
            (
                "CREATE MATERIALIZED VIEW if not exists v AS SELECT 1",
                "CREATE MATERIALIZED VIEW v AS SELECT 1",
            ),
        ] {
            assert_eq!(form_of(one), form_of(other), "{one} | {other}");
        }
    }

    #[test]
    fn meaning_counts() {
        for (one, other) in [
            ("SELECT a, b", "SELECT b, a"),
            ("SELECT a AS b", "SELECT a AS c"),
            ("SELECT a b", "SELECT ab"),
            ("SELECT a - -1", "SELECT a + -1"),
            ("SELECT \"Orders\"", "SELECT Orders"),
            ("SELECT \"select\"", "SELECT select"),
            ("SELECT x::double precision", "SELECT x::double \"precision\""),
            ("SELECT 'a'::\"char\"", "SELECT 'a'::char"),
            ("SELECT x::int list", "SELECT x::int \"list\""),
            ("SELECT \"a b\"", "SELECT a b"),
            ("SELECT \"a.b\"", "SELECT a.b"),
            ("SELECT 'a'", "SELECT 'A'"),
            ("SELECT 'a'", "SELECT a"),
            ("SELECT 'a'", "SELECT \"a\""),
            ("SELECT '1'", "SELECT 1"),
            ("SELECT 'a -- b'", "SELECT 'a'"),
            ("SELECT E'\\n'", "SELECT '\\n'"),
            ("SELECT 1", "SELECT 1.0"),
            ("SELECT $1", "SELECT 1"),
            ("SELECT (a), b", "SELECT (a, b)"),
            ("CREATE VIEW v AS SELECT 1", "CREATE OR REPLACE VIEW v AS SELECT 1"),
            ("SELECT a FROM t WHERE if NOT EXISTS b", "SELECT a FROM t WHERE b"),
        ] {
            assert_ne!(form_of(one), form_of(other), "{one} | {other}");
        }
    }

    /// The occurrences at the texts between `[` and `]`, and the text without the brackets.
    fn marked(text: &str, targets: &[Target]) -> Vec<u8> {
        let mut plain = String::from("-- in front\n");
        let from = plain.len();
        let mut occurrences = Vec::new();
        for (i, piece) in text.split(['[', ']']).enumerate() {
            let start = plain.len();
            plain.push_str(piece);
            if i % 2 == 1 {
                let target = targets.get(i / 2).expect("a target for each name").clone();
                occurrences.push(Occurrence { span: Span::new(start, plain.len()), target });
            }
        }
        form(&plain, Span::new(from, plain.len()), &occurrences)
    }

    fn relation(schema: &str, name: &str) -> Target {
        let name = ObjectName::new("db", schema, name);
        Target::Relation { name, aliased: false, needs_alias: None }
    }

    #[test]
    fn a_name_enters_as_what_it_means() {
        let orders = [relation("public", "orders")];
        let short = marked("SELECT * FROM [orders] o", &orders);
        for text in [
            "SELECT * FROM [public.orders] o",
            "SELECT * FROM [db . public . Orders] o",
            "SELECT * FROM [\"db\".\"public\".\"orders\"] o",
        ] {
            assert_eq!(short, marked(text, &orders), "{text}");
        }
        assert_ne!(short, marked("SELECT * FROM [orders] o", &[relation("other", "orders")]));
        assert_ne!(short, form_of("SELECT * FROM db.public.orders o"));
    }

    #[test]
    fn the_qualifier_of_a_column_enters_as_the_bare_name_of_its_relation() {
        let targets = |qualifier: bool| {
            let mut targets = vec![Target::Qualifier { relation: 1 }, relation("public", "orders")];
            if !qualifier {
                targets.remove(0);
            }
            targets
        };
        let bare = marked("SELECT [orders].id FROM [orders]", &targets(true));
        assert_eq!(bare, marked("SELECT [db.public.orders].id FROM [public.orders]", &targets(true)));
        assert_ne!(bare, marked("SELECT id FROM [orders]", &targets(false)));
        let elsewhere = vec![Target::Qualifier { relation: 1 }, relation("other", "orders")];
        assert_ne!(bare, marked("SELECT [orders].id FROM [orders]", &elsewhere));
    }

    #[test]
    fn names_of_different_kinds_differ() {
        let ident = Ident::from("a");
        let schema = SchemaName::new(Ident::from("a"), Ident::from("a"));
        let forms: Vec<_> = [
            Target::Own(ObjectName::new("a", "a", "a")),
            Target::Object(ObjectName::new("a", "a", "a")),
            Target::Type(ObjectName::new("a", "a", "a")),
            Target::Relation { name: ObjectName::new("a", "a", "a"), aliased: false, needs_alias: None },
            Target::Schema(schema),
            Target::Schema(SchemaName::system(ident.clone())),
            Target::Cluster(ident.clone()),
            Target::Database(ident.clone()),
            Target::IndexName(ident),
        ]
        .into_iter()
        .map(|target| marked("[a]", &[target]))
        .collect();
        for (i, one) in forms.iter().enumerate() {
            assert_eq!(forms.iter().filter(|other| *other == one).count(), 1, "{i}");
        }
    }

    #[test]
    fn an_unreadable_text_still_has_a_form_of_its_own() {
        assert_ne!(form_of("SELECT 'a"), form_of("SELECT 'b"));
        assert_ne!(form_of("SELECT 'a"), form_of("SELECT "));
    }
}
