//! What each construct of Materialize's grammar is read as: the names that it mentions, scope by scope.

use std::fmt::Write;

use super::*;
use crate::syntax::token::tokenize;

/// A query in one line: `with`, `from`, and the names of each scope.
fn read(source: &str) -> String {
    match parse_query(source, &tokenize(source).0) {
        Ok(query) => show(source, &query),
        Err(error) => format!("error at `{}`: {}", error.span.slice(source), error.message),
    }
}

fn show(source: &str, query: &Query) -> String {
    let mut out = String::new();
    if let Some(with) = &query.with {
        out.push_str(if with.recursive { "with recursive " } else { "with " });
        for cte in &with.ctes {
            let _ = write!(out, "{}({}) ", cte.name.value, show(source, &cte.query));
        }
    }
    for (i, branch) in query.branches.iter().enumerate() {
        out.push_str(if i > 0 { " + " } else { "" });
        match branch {
            Branch::Select(select) => {
                for item in &select.from {
                    let _ = write!(out, "from {} ", show_item(source, item));
                }
                out.push_str(&show_names(source, &select.names));
            }
            Branch::Query(query) => {
                let _ = write!(out, "({})", show(source, query));
            }
        }
    }
    let tail = show_names(source, &query.tail);
    let out = out.trim_end();
    if tail.is_empty() { out.into() } else { format!("{out}; {tail}") }
}

fn show_item(source: &str, item: &FromItem) -> String {
    let (text, alias) = match item {
        FromItem::Relation(relation) => (relation.name.span().slice(source).into(), &relation.alias),
        FromItem::Derived { query, lateral, alias } => {
            (format!("{}({})", if *lateral { "lateral" } else { "" }, show(source, query)), alias)
        }
        FromItem::Function { name, arguments, alias } => {
            let name = name.as_ref().map_or("rows from", |name| name.span().slice(source));
            (format!("{name}[{}]", show_names(source, arguments)), alias)
        }
        FromItem::Alias(alias) => return format!("as {}", alias.value),
    };
    alias.as_ref().map_or(text.clone(), |alias| format!("{text} as {}", alias.value))
}

fn show_names(source: &str, names: &Names) -> String {
    let text = |name: &crate::syntax::ast::Name| name.span().slice(source).to_owned();
    let mut out: Vec<String> = names.columns.iter().map(text).collect();
    out.extend(names.wildcards.iter().map(|name| format!("{}.*", text(name))));
    out.extend(names.functions.iter().map(|name| format!("{}()", text(name))));
    out.extend(names.types.iter().map(|name| format!("type {}", text(name))));
    out.extend(names.operator_schemas.iter().map(|name| format!("operator in {}", text(name))));
    out.extend(names.queries.iter().map(|query| format!("({})", show(source, query))));
    out.join(", ")
}

#[track_caller]
fn assert_reads(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(read(source), *expected, "{source}");
    }
}

#[test]
fn plain_queries() {
    assert_reads(&[
        ("SELECT a, t.b FROM s.t", "from s.t a, t.b"),
        ("SELECT * FROM a JOIN d.s.b AS x USING (id), c y", "from a from d.s.b as x from c as y"),
        ("SELECT (SELECT x FROM u) FROM t WHERE EXISTS (SELECT 1 FROM v)", "from t (from u x), (from v)"),
        ("SELECT a FROM t UNION ALL (SELECT b FROM u) ORDER BY c", "from t a + (from u b); c"),
        ("SELECT FROM t", "from t"),
        ("SELECT", ""),
        ("TABLE a.b", "from a.b"),
        ("VALUES (1, a), (b, 2)", "a, b"),
        ("SELECT t FROM t LIMIT (1 + x) OFFSET y", "from t t; x, y"),
        ("SELECT a FROM t OFFSET 2 ROWS FETCH FIRST n ROWS WITH TIES", "from t a; n"),
        ("SELECT DISTINCT ON (k) v FROM t QUALIFY w = 1", "from t k, v, w"),
        ("SELECT * FROM VALUES (1)", "from VALUES[]"),
    ]);
}

#[test]
fn with_blocks() {
    assert_reads(&[
        ("WITH a AS (SELECT x FROM t) SELECT * FROM a", "with a(from t x) from a"),
        (
            "WITH MUTUALLY RECURSIVE (RETURN AT RECURSION LIMIT 10) r (n int list, m map[text=>s.u]) AS \
             (SELECT 1 UNION SELECT n FROM r), q (a int) AS (SELECT 2) SELECT * FROM r, q",
            "with recursive r( + from r n) q() from r from q; type s.u",
        ),
        ("WITH mutually AS (SELECT 1) SELECT * FROM mutually", "with mutually() from mutually"),
        ("WITH ordinality AS (SELECT 1) TABLE ordinality", "with ordinality() from ordinality"),
    ]);
}

#[test]
fn items_of_from() {
    assert_reads(&[
        ("SELECT * FROM t, LATERAL (SELECT t.a) s", "from t from lateral(t.a) as s"),
        ("SELECT * FROM generate_series(1, x) AS g (y)", "from generate_series[x] as g"),
        ("SELECT * FROM unnest(a) WITH ORDINALITY AS t (x, i)", "from unnest[a] as t"),
        ("SELECT * FROM unnest(a) AS t WITH ORDINALITY", "from unnest[a] as t"),
        ("SELECT * FROM ROWS FROM (f(x), g(y)) WITH ORDINALITY AS r", "from rows from[x, y, f(), g()] as r"),
        ("SELECT * FROM a JOIN b USING (x, y) AS u", "from a from b from as u"),
        ("SELECT * FROM (a JOIN b ON a.x = b.x) AS j", "from a from b from as j a.x, b.x"),
        ("SELECT * FROM ((SELECT 1) x CROSS JOIN b)", "from () as x from b"),
        ("SELECT * FROM [u1 AS d.s.t] AS x", "from d.s.t as x"),
        ("SELECT * FROM (SHOW COLUMNS FROM s.t) x", "from (from s.t) as x"),
        ("SELECT * FROM (SHOW CREATE MATERIALIZED VIEW s.t) x", "from (from s.t) as x"),
        ("SELECT * FROM (SHOW CLUSTERS) x", "from () as x"),
        ("SELECT * FROM t1 AS inner, t2 AS left", "from t1 as \"inner\" from t2 as \"left\""),
    ]);
}

#[test]
fn expressions_of_materialize() {
    assert_reads(&[
        (
            "SELECT LIST[a, [b]], LIST(SELECT c FROM t), MAP(SELECT k, v FROM u)",
            "a, b, (from t c), (from u k, v)",
        ),
        ("SELECT MAP['a' => x, 'b' => ['c' => y]]", "x, y"),
        ("SELECT m -> 'a', l[b:c][:1], l[:], j['x'][1].f, (r).f, (r).*", "m, l, b, c, l, j, r, r"),
        ("SELECT t.l[1].f, s.t.*, count(u.*)", "t.l, s.t.*, u.*, count()"),
        ("SELECT EXTRACT('year' FROM x), EXTRACT(EPOCH FROM y)", "x, y"),
        (
            "SELECT trim(BOTH a FROM b), position(c IN d), substring(e FROM f FOR g)",
            "a, b, c, d, e, f, g, trim(), position(), substring()",
        ),
        (
            "SELECT INTERVAL '1-2' YEAR TO MONTH, DATE '2020-01-01', pg_catalog.int4 '3'",
            "; type pg_catalog.int4",
        ),
        ("SELECT a COLLATE \"en\" || b OPERATOR(pg_catalog.+) c", "a, b, c; operator in pg_catalog"),
        ("SELECT x = ANY (LIST[a]), y <> ALL (SELECT b), z LIKE ANY (ARRAY[c])", "x, a, y, z, c, (b)"),
        ("SELECT a IN (1, b), c NOT IN (SELECT d), e IN (VALUES (f))", "a, b, c, e, (d), (f)"),
        ("SELECT a ISNULL, b IS DISTINCT FROM c, d BETWEEN e || f AND g", "a, b, c, d, e, f, g"),
        (
            "SELECT lag(x) IGNORE NULLS OVER (PARTITION BY p ORDER BY o ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)",
            "x, p, o, lag()",
        ),
        ("SELECT sum(x ORDER BY y) FILTER (WHERE z)", "x, y, z, sum()"),
        ("SELECT ((SELECT a) UNION SELECT b), (SELECT t FROM t).f", "((a) + b), (from t t)"),
        (
            "SELECT E'a\\'' 'x', 'a'\n'b', $$c$$, $1",
            "error at `'x'`: expected the end of the query, found `'x'`",
        ),
        ("SELECT 'a'\n'b', $$c$$, $1", ""),
    ]);
}

#[test]
fn types_are_no_columns() {
    assert_reads(&[
        ("SELECT x::int list, y::timestamp(3) with time zone - z", "x, y, z"),
        ("SELECT CAST(a + b AS d.s.mytype list[]), c::mytype", "a, b, c; type d.s.mytype, type mytype"),
        ("SELECT x::map[text=>int] -> 'a'", "x"),
    ]);
}

#[test]
fn clauses_of_materialize() {
    assert_reads(&[
        (
            "SELECT k FROM t GROUP BY k OPTIONS (AGGREGATE INPUT GROUP SIZE = 1000) ORDER BY o",
            "from t k, k; o",
        ),
        ("SELECT * FROM t OPTIONS (LIMIT INPUT GROUP SIZE = 1)", "from t"),
        ("SELECT * FROM t AS OF AT LEAST now() - x", "from t; x, now()"),
    ]);
}

#[test]
fn keywords_of_other_dialects_are_identifiers() {
    assert_reads(&[
        (
            "SELECT top, sample, format, interval, row, time, first, filter, over FROM pivot settings",
            "from pivot as settings top, sample, format, interval, row, time, first, filter, over",
        ),
        ("SELECT t.select, case.end FROM t", "from t t.select, case.end"),
        ("SELECT left(a, 2), exists FROM start", "from start a, exists, left()"),
        ("SELECT 1 AS select, 2 end, 3 desc FROM connect", "from connect"),
    ]);
}

#[test]
fn errors_name_the_token_that_was_found() {
    assert_reads(&[
        ("SELECT a FROM t WHERE", "error at ``: expected an expression, found the end of the text"),
        ("SELECT a, FROM t", "error at `FROM`: expected an expression, found `FROM`"),
        ("SELECT a FROM t GROUP k", "error at `k`: expected the end of the query, found `k`"),
        ("SELECT (a", "error at `(`: this bracket is never closed"),
        ("SELECT a)", "error at `)`: expected something else, found `)`"),
        ("WITH RECURSIVE r AS (SELECT 1) SELECT 1", "error at `r`: expected AS, found `r`"),
        ("SELECT x::", "error at ``: expected a type, found the end of the text"),
        (
            "SELECT a FROM t WINDOW w AS (ORDER BY b)",
            "error at `SELECT a FROM t WINDOW w AS (ORDER BY b)`: a named window is not supported in a query",
        ),
    ]);
}

/// `sqlparser` would read a string, and some parameters, as a name without a place in the text. The server refuses
/// all of these.
#[test]
fn literals_and_parameters_are_no_names() {
    let queries = [
        "SELECT * FROM ?",
        "SELECT * FROM ? l",
        "SELECT * FROM a, ? l",
        "SELECT * FROM a JOIN ? ON true",
        "SELECT * FROM s.?",
        "SELECT * FROM ?.t",
        "SELECT * FROM ?(1)",
        "SELECT * FROM LATERAL ?(1)",
        "SELECT * FROM ROWS FROM (?(1))",
        "SELECT * FROM (SHOW COLUMNS FROM ?) x",
        "SELECT * FROM t AS ?",
        "SELECT * FROM t AS a (?)",
        "SELECT * FROM (SELECT 1) ?",
        "SELECT * FROM a JOIN b USING (?)",
        "TABLE ?",
        "WITH ? AS (SELECT 1) SELECT 1",
        "WITH a (?) AS (SELECT 1) SELECT 1",
        "WITH MUTUALLY RECURSIVE ? (a int) AS (SELECT 1) SELECT 1",
        "WITH MUTUALLY RECURSIVE r (? int) AS (SELECT 1) SELECT 1",
        "SELECT 1 AS ?",
        "SELECT 1 ?",
        "SELECT t.? FROM t",
        "SELECT t.?.x FROM t",
        "SELECT (r).?",
        "SELECT s.?(1)",
        "SELECT ?(1)",
        "SELECT sum(x) OVER ?",
    ];
    for literal in ["'x'", "E'x'", "$$x$$", "$1", "1"] {
        for query in queries {
            let query = query.replace('?', literal);
            assert!(read(&query).starts_with("error at"), "{query}: {}", read(&query));
        }
    }
    assert_reads(&[
        ("SELECT * FROM a, 's' l", "error at `'s'`: expected identifier, found `'s'`"),
        ("SELECT a.'s'", "error at `'s'`: expected an identifier, found `'s'`"),
        ("SELECT a.", "error at ``: expected an identifier, found the end of the text"),
        (
            "SELECT * FROM (SHOW COLUMNS FROM s.'t') x",
            "error at `'t'`: expected the name of a relation, found `'t'`",
        ),
        (
            "SELECT * FROM (SHOW COLUMNS FROM (t)) x",
            "error at `(`: expected the name of a relation, found `(`",
        ),
        ("SELECT * FROM (SHOW COLUMNS) FROM t", "error at `)`: expected the name of a relation, found `)`"),
        ("SHOW CREATE VIEW", "error at ``: expected the name of a relation, found the end of the text"),
        ("SELECT a LIKE 'b' ESCAPE 'c', 'd' || $1, EXTRACT('year' FROM e) LIMIT $2", "a, e"),
    ]);
}

/// The advice that the error gives works.
#[test]
fn a_long_chain_of_set_operations_is_read_in_parts() {
    let chain = |times: usize| format!("SELECT 1{}", " UNION ALL SELECT 1".repeat(times));
    assert_eq!(
        read(&chain(1001)),
        "error at `UNION`: more than 1000 set operations in a row: put parts of them in parentheses"
    );
    let parts = vec![format!("({})", chain(999)); 10].join(" UNION ALL ");
    assert!(parse_query(&parts, &tokenize(&parts).0).is_ok());
}
