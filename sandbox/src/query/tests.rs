//! Statements planned against a catalog of their own and an engine, as a server would run them.

use mz_deploy_planner::name::Ident;

use super::{
    Planning, mirror, plan_delete, plan_insert, plan_item, plan_select, plan_subscribe, plan_update,
};
use crate::catalog::{Catalog, ItemKind, Op, RoleId, Transaction};
use crate::engine::{Engine, SessionSettings};
use crate::error::SqlError;
use crate::plan::{Findings, Inquiry, SessionView};
use crate::source::postgres::Finding;
use crate::sql::ast::Statement;
use crate::sql::parser::parse_statements;

/// A server without a wire.
pub(super) struct Server {
    catalog: Catalog,
    engine: Engine,
    session: SessionView,
    /// What other systems say.
    pub(super) upstream: fn(&Inquiry) -> Result<Finding, SqlError>,
    /// What was filled with rows of other systems: names, and how many rows.
    pub(super) filled: Vec<(String, usize)>,
}

impl Server {
    pub(super) fn new() -> Self {
        let catalog = Catalog::bootstrap();
        let engine = Engine::open(&crate::system::bootstrap_sql()).expect("the engine opens");
        for sql in crate::system::populate(&catalog) {
            engine.batch(&sql).expect("the system relations are filled");
        }
        let settings = SessionSettings {
            user: "materialize".to_owned(),
            now: 1_700_000_000_000,
            database: "materialize".to_owned(),
            version: "v26.23.0".to_owned(),
            ..SessionSettings::default()
        };
        drop(engine.for_session(settings).expect("the session is set"));
        let role = catalog.role_by_name(&Ident::new("materialize")).map_or(RoleId::User(1), |role| role.id);
        let session = SessionView {
            connection: 1,
            role,
            database: "materialize".into(),
            search_path: vec!["public".into()],
            cluster: "quickstart".into(),
        };
        let upstream = |_: &Inquiry| Err(SqlError::internal("there are no other systems"));
        Self { catalog, engine, session, upstream, filled: Vec::new() }
    }

    /// Runs a statement; rows come back as text with bars between values.
    pub(super) fn run(&mut self, sql: &str) -> Result<Vec<String>, SqlError> {
        let statement = parse_statements(sql)?.into_iter().next().expect("there is a statement").statement;
        let (engine, session) = (self.engine.clone(), self.session.clone());
        let sql = match &statement {
            Statement::Select(select) => plan_select(select, &self.catalog, &session, &engine, &[])?.sql,
            Statement::Insert(insert) => plan_insert(insert, &self.catalog, &session, &engine, &[])?.sql,
            Statement::Update(update) => plan_update(update, &self.catalog, &session, &engine, &[])?.sql,
            Statement::Delete(delete) => plan_delete(delete, &self.catalog, &session, &engine, &[])?.sql,
            other => return self.change(other),
        };
        let answer = engine.query(&sql, &[], &[]).map_err(|error| super::describe::refused(&error))?;
        let value = |value: Option<Vec<u8>>| {
            value.map_or("NULL".to_owned(), |v| String::from_utf8_lossy(&v).into_owned())
        };
        let rows = answer.result.rows.into_iter();
        Ok(rows.map(|row| row.into_iter().map(value).collect::<Vec<_>>().join("|")).collect())
    }

    fn change(&mut self, statement: &Statement) -> Result<Vec<String>, SqlError> {
        let mut found = Findings::default();
        loop {
            let mut scratch = self.catalog.clone();
            let mut planning = Planning {
                catalog: &mut scratch,
                session: &self.session,
                engine: &self.engine,
                now: 1_700_000_000_000,
                upstream: &found,
            };
            let plan = plan_item(statement, &mut planning).expect("the statement is about an item")?;
            if let Some(inquiry) = plan.inquiry {
                let finding = (self.upstream)(&inquiry);
                found.keep(inquiry, finding);
                continue;
            }
            let notices = plan.notices.iter().map(|notice| notice.message.clone()).collect();
            self.apply(scratch, plan.ops)?;
            let name =
                |id| self.catalog.item(id).map(|item| item.name.as_str().to_owned()).unwrap_or_default();
            let filled: Vec<_> = plan.rows.iter().map(|rows| (name(rows.table), rows.rows.len())).collect();
            self.filled.extend(filled);
            return Ok(notices);
        }
    }

    fn apply(&mut self, mut scratch: Catalog, ops: Vec<Op>) -> Result<(), SqlError> {
        let transaction = Transaction { ops, user: Some("materialize".to_owned()), now: 1_700_000_000_000 };
        let effects = scratch.apply(&transaction)?;
        let statements = mirror(&self.catalog, &scratch, &effects)?;
        for sql in statements {
            self.engine.batch(&sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
        self.catalog = scratch;
        Ok(())
    }

    /// Runs a script; every statement must succeed.
    pub(super) fn script(&mut self, sql: &str) {
        for statement in sql.split(';').map(str::trim).filter(|statement| !statement.is_empty()) {
            self.run(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }

    /// The columns (with `?` if they can be NULL) and the keys of a relation.
    pub(super) fn shape(&self, name: &str) -> String {
        let item = self.catalog.resolve_item(&self.session, &crate::sql::ast::Name(vec![name.into()]));
        let item = item.expect("the relation exists");
        let columns = item.kind.columns().expect("it has columns").iter();
        let columns: Vec<String> = columns
            .map(|column| {
                let data_type = super::types::display(&self.catalog, &column.data_type);
                format!("{} {data_type}{}", column.name.as_str(), if column.nullable { "?" } else { "" })
            })
            .collect();
        let keys = match &item.kind {
            ItemKind::View(view) => &view.keys,
            ItemKind::MaterializedView(view) => &view.keys,
            _ => return columns.join(", "),
        };
        format!("{} {keys:?}", columns.join(", "))
    }
}

/// Each case: a statement, and its rows or its error.
fn check(server: &mut Server, cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (sql, expected) in cases {
        let found = match server.run(sql) {
            Ok(rows) => rows.join(" / "),
            Err(error) => {
                let detail = error.detail.map(|detail| format!(" [{detail}]")).unwrap_or_default();
                format!("! {}{detail}", error.message)
            }
        };
        if found != *expected {
            wrong.push(format!("{sql}\n  expected: {expected}\n  found:    {found}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn queries_answer_as_the_server_does() {
    let mut server = Server::new();
    server.script(
        "CREATE TABLE t (a int NOT NULL, b text, l int list, m map[text=>int]);
         INSERT INTO t VALUES (1, 'x', '{1,2}', '{k=>1}'), (2, NULL, NULL, NULL);
         CREATE VIEW v (p, q) AS SELECT a, b FROM t WHERE a > 1",
    );
    check(
        &mut server,
        &[
            ("SELECT * FROM v", "2|NULL"),
            ("SELECT t.a, public.t.b, materialize.public.t.a FROM t ORDER BY t.a", "1|x|1 / 2|NULL|2"),
            ("SELECT 1.0, 10::numeric / 4, 7 / 2", "1|2.5|3"),
            ("SELECT current_user, mz_now()", "materialize|1700000000000"),
            ("SELECT l[1], m -> 'k', l || 3 FROM t WHERE a = 1", "1|1|{1,2,3}"),
            ("SELECT LIST[1, 2], MAP['a' => 1], LIST(SELECT a FROM t ORDER BY a)", "{1,2}|{a=>1}|{1,2}"),
            ("SELECT x FROM (SELECT a AS x, count(*) FROM t GROUP BY 1) s WHERE x = 2", "2"),
            ("WITH c AS (SELECT a FROM t) SELECT sum(c.a) FROM c", "3"),
            ("SELECT a FROM t QUALIFY row_number() OVER (ORDER BY a DESC) = 1", "2"),
            (
                "WITH MUTUALLY RECURSIVE r (n int) AS (SELECT 1 UNION SELECT n + 1 FROM r WHERE n < 4) SELECT * FROM r",
                "1 / 2 / 3 / 4",
            ),
            ("SELECT a FROM t UNION ALL (SELECT 5) ORDER BY 1 DESC LIMIT 2", "5 / 2"),
            ("SELECT name FROM mz_databases WHERE name = 'materialize'", "materialize"),
            ("SELECT nosuch FROM t", "! column \"nosuch\" does not exist"),
            ("SELECT l.created FROM t l", "! column \"l.created\" does not exist"),
            ("SELECT x.a FROM t", "! column \"x.a\" does not exist"),
            ("SELECT * FROM nosuch", "! unknown catalog item 'nosuch'"),
            ("SELECT nosuch(1)", "! function \"nosuch\" does not exist"),
            ("SELECT x'ff'", "! hex string literals not yet supported"),
        ],
    );
}

#[test]
fn writes_are_checked_as_the_server_checks_them() {
    let mut server = Server::new();
    server.script(
        "CREATE TABLE t (id int NOT NULL, name text DEFAULT 'anon', doc jsonb);
         CREATE VIEW v AS SELECT id FROM t",
    );
    check(
        &mut server,
        &[
            ("INSERT INTO t (id) VALUES (1)", ""),
            ("INSERT INTO t VALUES (2, DEFAULT), (3, 'c')", ""),
            ("INSERT INTO t (id, name) VALUES (4, 'd') RETURNING id, name", "4|d"),
            ("INSERT INTO t (id) SELECT id + 10 FROM t WHERE id = 1", ""),
            ("UPDATE t AS x SET name = name || '!' WHERE x.id = 3", ""),
            ("DELETE FROM t USING (VALUES (2)) AS d (i) WHERE t.id = d.i", ""),
            ("SELECT id, name FROM t ORDER BY id", "1|anon / 3|c! / 4|d / 11|anon"),
            (
                "INSERT INTO t (name) VALUES ('x')",
                "! null value in column \"id\" violates not-null constraint",
            ),
            (
                "INSERT INTO t (id, nosuch) VALUES (1, 2)",
                "! column \"nosuch\" of relation \"materialize.public.t\" does not exist",
            ),
            ("INSERT INTO t (id, id) VALUES (1, 2)", "! column \"id\" specified more than once"),
            ("INSERT INTO t VALUES (1, 2, 3, 4)", "! INSERT has more expressions than target columns"),
            ("INSERT INTO t (id, name) VALUES (1)", "! INSERT has more target columns than expressions"),
            ("INSERT INTO t (id) VALUES (99999999999)", "! \"99999999999\" integer out of range"),
            (
                "INSERT INTO t (id, doc) SELECT 303, NULL",
                "! column \"doc\" is of type jsonb but expression is of type text",
            ),
            (
                "INSERT INTO t (id) SELECT mz_now()::text::int",
                "! calls to mz_now in write statements are not supported",
            ),
            ("INSERT INTO v VALUES (1)", "! cannot insert into view 'materialize.public.v'"),
            ("UPDATE t SET nosuch = 1", "! unknown column nosuch"),
            (
                "INSERT INTO mz_catalog.mz_tables VALUES (1)",
                "! cannot insert into system table 'mz_catalog.mz_tables'",
            ),
        ],
    );
}

#[test]
fn nullability_and_keys_are_inferred() {
    let mut server = Server::new();
    server.script(
        "CREATE TABLE t (a int NOT NULL, b text);
         CREATE TABLE u (a int, c int NOT NULL);
         CREATE VIEW filtered AS SELECT a, b FROM t WHERE b = 'x' AND a IS NOT NULL;
         CREATE VIEW grouped AS SELECT b, count(*) AS n, max(a) AS m FROM t GROUP BY b;
         CREATE VIEW total AS SELECT count(*) AS n, max(a) AS m FROM t;
         CREATE VIEW outer_join AS SELECT t.a, u.c FROM t LEFT JOIN u ON u.a = t.a;
         CREATE VIEW inner_join AS SELECT u.a, g.n FROM u JOIN grouped g ON g.b = u.a::text;
         CREATE VIEW distinct_rows AS SELECT DISTINCT a, b FROM t;
         CREATE VIEW rest AS SELECT coalesce(b, 'k') AS c, nullif(a, 1) AS n, CASE WHEN a > 1 THEN 2 END AS e FROM t;
         CREATE VIEW one AS SELECT 1 AS a;
         CREATE VIEW two AS VALUES (1, 'a'), (2, 'a');
         CREATE VIEW same AS SELECT n, b AS k FROM grouped WHERE n > 0;
         CREATE VIEW lists AS SELECT LIST[1, 2] AS l, MAP['a' => 1::int8] AS m, ARRAY['x'] AS r",
    );
    for (view, expected) in [
        ("filtered", "a integer, b text []"),
        ("grouped", "b text?, n bigint, m integer [[0]]"),
        ("total", "n bigint, m integer? [[]]"),
        ("outer_join", "a integer, c integer? []"),
        ("inner_join", "a integer, n bigint []"),
        ("distinct_rows", "a integer, b text? [[0, 1]]"),
        ("rest", "c text, n integer?, e integer? []"),
        ("one", "a integer [[]]"),
        ("two", "column1 integer, column2 text [[0]]"),
        ("same", "n bigint, k text? [[1]]"),
        ("lists", "l integer list, m map[text=>bigint], r text[] [[]]"),
    ] {
        assert_eq!(server.shape(view), expected, "{view}");
    }
}

#[test]
fn items_are_refused_in_the_words_of_the_server() {
    let mut server = Server::new();
    server.script(
        "CREATE TABLE t (a int NOT NULL, b text);
         CREATE VIEW v AS SELECT a FROM t;
         CREATE VIEW w AS SELECT a FROM v",
    );
    check(
        &mut server,
        &[
            ("CREATE VIEW v AS SELECT 1", "! view \"materialize.public.v\" already exists"),
            ("CREATE VIEW IF NOT EXISTS v AS SELECT 2 AS other", "view \"v\" already exists, skipping"),
            (
                "CREATE OR REPLACE VIEW v AS SELECT 1",
                "! cannot drop view \"v\": still depended upon by view \"w\"",
            ),
            ("CREATE OR REPLACE VIEW t AS SELECT 1", "! t is a table not a view"),
            (
                "CREATE OR REPLACE VIEW w AS SELECT * FROM w",
                "! cannot replace view materialize.public.w: depended upon by new materialize.public.w definition",
            ),
            ("CREATE OR REPLACE VIEW w AS SELECT a + 1 AS b FROM v", ""),
            (
                "CREATE VIEW x (x, y, z) AS SELECT 1, 2",
                "! view materialize.public.x definition names 3 columns, but view materialize.public.x has 2 columns",
            ),
            ("CREATE VIEW x AS SELECT 1, 2", "! column \"?column?\" specified more than once"),
            ("CREATE VIEW x AS SELECT $1", "! views cannot have parameters"),
            (
                "CREATE VIEW x AS SELECT * FROM mz_tables",
                "! cannot use wildcard expansions or NATURAL JOINs in a view that depends on system objects",
            ),
            (
                "CREATE MATERIALIZED VIEW x AS SELECT now()",
                "! cannot materialize call to current_timestamp [See: https://materialize.com/docs/sql/functions/now_and_mz_now/]",
            ),
            ("CREATE MATERIALIZED VIEW x IN CLUSTER nosuch AS SELECT 1", "! unknown cluster 'nosuch'"),
            ("CREATE TABLE x (a int, a int)", "! column \"a\" specified more than once"),
            ("CREATE TABLE x (a numeric(99))", "! precision for type numeric must be between 1 and 39"),
            (
                "CREATE TABLE x (a int CHECK (a > 0))",
                "! CREATE TABLE with column constraint: CHECK (a > 0) not yet supported",
            ),
            ("CREATE SECRET s AS 5", "! AS must have type bytea, not type integer"),
            ("CREATE SECRET s AS '\\x00ff'", "! secret value must be valid UTF-8"),
            ("CREATE SECRET s AS decode('YQ==', 'base64')", ""),
            ("CREATE SECRET s AS 'b'", "! catalog item 's' already exists"),
            (
                "CREATE CONNECTION k TO KAFKA (BROKER 'k.example.invalid:9092', SECURITY PROTOCOL NOSUCH) WITH (VALIDATE = false)",
                "! unknown security protocol: NOSUCH",
            ),
            ("CREATE CONNECTION p TO POSTGRES (HOST 'db.sandbox.invalid')", "! DATABASE option is required"),
            ("CREATE CONNECTION k TO KAFKA (BROKER 'k.example.invalid:9092') WITH (VALIDATE = false)", ""),
            ("CREATE CONNECTION mine TO KAFKA (BROKER 'k.sandbox.invalid:9092', SASL PASSWORD SECRET s)", ""),
            (
                "CREATE SINK k1 FROM t INTO KAFKA CONNECTION k (TOPIC 'x') FORMAT JSON ENVELOPE DEBEZIUM",
                "! KAFKA sink validation: admin client errored [Client config error: No such configuration property: \"retry.backoff.max.ms\" retry.backoff.max.ms 1000]",
            ),
            (
                "CREATE SINK k1 FROM t INTO KAFKA CONNECTION mine (TOPIC 'x') FORMAT JSON ENVELOPE DEBEZIUM",
                "",
            ),
            ("ALTER SINK k1 SET FROM v", "! view v cannot be exported as a sink"),
            ("CREATE SOURCE auction FROM LOAD GENERATOR AUCTION (TICK INTERVAL '1s')", ""),
            ("CREATE TABLE bids FROM SOURCE auction (REFERENCE bids)", ""),
            (
                "CREATE TABLE bids FROM SOURCE auction (REFERENCE bids)",
                "! catalog item 'bids' already exists",
            ),
            (
                "CREATE TABLE x FROM SOURCE auction (REFERENCE nosuch)",
                "! reference to nosuch not found in source",
            ),
            ("SELECT count(*) FROM bids", "0"),
            ("CREATE INDEX ON v (a)", ""),
            ("CREATE DEFAULT INDEX ON v", ""),
            ("CREATE INDEX ON v (nosuch)", "! column \"nosuch\" does not exist"),
            ("CREATE INDEX v_a_idx ON v (a)", "! index \"materialize.public.v_a_idx\" already exists"),
        ],
    );
    assert_eq!(
        server.shape("bids"),
        "id bigint, buyer bigint, auction_id bigint, amount integer, bid_time timestamp with time zone"
    );
}

#[test]
fn a_replacement_must_have_the_schema_of_its_target_and_takes_its_place() {
    let mut server = Server::new();
    server.script(
        "CREATE TABLE t (a int NOT NULL, b text NOT NULL);
         INSERT INTO t VALUES (1, 'x'), (2, 'y');
         CREATE MATERIALIZED VIEW m AS SELECT a, b FROM t WHERE a = 1;
         CREATE VIEW over AS SELECT a FROM m;
         CREATE MATERIALIZED VIEW down AS SELECT a + 100 AS a FROM over",
    );
    let differs = "! replacement schema differs from target schema";
    let create = |query: &str| format!("CREATE REPLACEMENT MATERIALIZED VIEW bad FOR m AS {query}");
    for (query, expected) in [
        ("SELECT a FROM t", format!("{differs} [missing column \"b\" at position 2]")),
        ("SELECT a, b, 1 AS c FROM t", format!("{differs} [extra column \"c\" at position 3]")),
        (
            "SELECT a, a AS b FROM t",
            format!(
                "{differs} [column \"b\" at position 2: type mismatch (target: String, replacement: Int32)]"
            ),
        ),
        (
            "SELECT nullif(a, 1) AS a, b FROM t",
            format!(
                "{differs} [column \"a\" at position 1: nullability mismatch (target: NOT NULL, replacement: NULL)]"
            ),
        ),
        (
            "SELECT DISTINCT a, b FROM t",
            format!("{differs} [keys differ (target: (none), replacement: {{a, b}})]"),
        ),
        ("SELECT a, 'k' AS b FROM down", "! replacement would cause m to depend on itself".to_owned()),
    ] {
        check(&mut server, &[(create(query).as_str(), expected.as_str())]);
    }
    server.script("CREATE REPLACEMENT MATERIALIZED VIEW r FOR m AS SELECT a, b FROM t");
    check(
        &mut server,
        &[
            ("SELECT a FROM r ORDER BY a", "1 / 2"),
            ("CREATE VIEW x AS SELECT * FROM r", "! replacement materialized view r cannot be depended upon"),
            (
                "CREATE REPLACEMENT MATERIALIZED VIEW s FOR m AS SELECT a, b FROM t",
                "! cannot replace m because it already has a replacement: r",
            ),
            (
                "ALTER MATERIALIZED VIEW down APPLY REPLACEMENT r",
                "! cannot replace materialized view down with materialized view r",
            ),
            ("SELECT a FROM down", "101"),
            ("ALTER MATERIALIZED VIEW m APPLY REPLACEMENT r", ""),
            ("SELECT a FROM down ORDER BY a", "101 / 102"),
            ("SELECT a FROM m ORDER BY a", "1 / 2"),
        ],
    );
}

#[test]
fn views_that_fail_can_be_made_and_types_are_kept() {
    let mut server = Server::new();
    server.script(
        "CREATE VIEW boom AS SELECT 1 / 0 AS b;
         CREATE TYPE rec AS (a int4, b text);
         CREATE TYPE il AS LIST (ELEMENT TYPE = int4);
         CREATE TABLE ct (a il, c rec);
         INSERT INTO ct VALUES ('{1,2}', ROW(1, 'x'))",
    );
    check(&mut server, &[("SELECT * FROM boom", "! division by zero"), ("SELECT * FROM ct", "{1,2}|(1,x)")]);
}

#[test]
fn a_subscription_has_the_columns_of_its_form() {
    let mut server = Server::new();
    server.script("CREATE TABLE t (a int, b text)");
    for (sql, expected) in [
        ("SUBSCRIBE t", "mz_timestamp mz_diff a b"),
        ("SUBSCRIBE t WITH (PROGRESS)", "mz_timestamp mz_progressed mz_diff a b"),
        ("SUBSCRIBE t ENVELOPE UPSERT (KEY (b))", "mz_timestamp mz_state b a"),
        ("SUBSCRIBE t ENVELOPE DEBEZIUM (KEY (a))", "mz_timestamp mz_state a before_b after_b"),
    ] {
        let statement = parse_statements(sql).expect("it parses").into_iter().next().expect("there is one");
        let Statement::Subscribe(subscribe) = statement.statement else { panic!("{sql} subscribes") };
        let plan = plan_subscribe(&subscribe, &server.catalog, &server.session, &server.engine, &[])
            .expect("it plans");
        let names: Vec<&str> = plan.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names.join(" "), expected, "{sql}");
    }
}
