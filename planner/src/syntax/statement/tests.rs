//! What each statement says, and what is wrong with those that say nothing.

use super::parse;
use crate::source::Span;
use crate::syntax::ast::{
    Body, CreateModifier, CreateSink, CreateSource, GrantTarget, Name, SpannedIdent, Statement, TargetKind,
};

fn one(sql: &str) -> Body {
    let parsed = parse(sql);
    assert_eq!(parsed.errors, [], "{sql}");
    let [Statement { span, body }] = <[Statement; 1]>::try_from(parsed.statements).expect("one statement");
    assert_eq!(span.slice(sql), sql.trim_end_matches(';'), "the span covers the statement");
    body
}

/// The text of the offending token, and the message.
fn error(sql: &str) -> (&str, String) {
    let parsed = parse(sql);
    let [error] = parsed.errors.as_slice() else { panic!("{parsed:?}") };
    (error.span.slice(sql), error.message.to_string())
}

fn texts<'a>(sql: &'a str, names: &[Name]) -> Vec<&'a str> {
    names.iter().map(|n| n.span().slice(sql)).collect()
}

fn ident_text<'a>(sql: &'a str, ident: Option<&SpannedIdent>) -> Option<&'a str> {
    ident.map(|i| i.span.slice(sql))
}

macro_rules! body {
    ($sql:expr, $variant:ident) => {
        match one($sql) {
            Body::$variant(body) => body,
            other => panic!("{other:?}"),
        }
    };
}

#[test]
fn a_file_is_cut_at_semicolons_and_every_bad_statement_is_reported() {
    let sql =
        "; CREATE VIEW v SELECT 1; -- first\nCREATE VIEW w AS SELECT 1;;\nCREATE TABLE t (a int; DROP VIEW x";
    let parsed = parse(sql);
    let spans: Vec<_> = parsed.statements.iter().map(|s| s.span.slice(sql)).collect();
    assert_eq!(spans, ["CREATE VIEW w AS SELECT 1", "DROP VIEW x"]);
    let errors: Vec<_> = parsed.errors.iter().map(|e| (e.span.slice(sql), e.message.as_str())).collect();
    assert_eq!(errors, [("SELECT", "expected `AS`, found `SELECT`"), ("(", "this `(` is never closed")]);
}

#[test]
fn a_text_that_has_no_tokens_ends_the_file_with_one_error() {
    let parsed = parse("CREATE VIEW v AS SELECT 1; CREATE VIEW w AS SELECT 'a; CREATE");
    assert_eq!(parsed.statements.len(), 1);
    assert_eq!(parsed.errors.len(), 1);
    assert_eq!(parsed.errors.first().map(|e| e.message.as_str()), Some("unterminated quoted string"));
}

#[test]
fn a_view_has_a_name_columns_and_a_query() {
    let sql = "CREATE TEMP VIEW IF NOT EXISTS db.\"S\".v (a, b) AS SELECT 1, 2;";
    let view = body!(sql, View);
    assert_eq!(view.name.span().slice(sql), "db.\"S\".v");
    let values: Vec<_> = view.name.parts.iter().map(|p| p.value.as_str()).collect();
    assert_eq!(values, ["db", "S", "v"]);
    assert_eq!(view.columns.len(), 2);
    assert_eq!(view.query.span.slice(sql), "SELECT 1, 2");
    assert!(matches!(
        view.modifiers.as_slice(),
        [CreateModifier::Temporary(_), CreateModifier::IfNotExists(_)]
    ));
    let replaced = body!("CREATE OR REPLACE VIEW v AS SELECT 1", View);
    assert!(matches!(replaced.modifiers.as_slice(), [CreateModifier::OrReplace(_)]));
}

#[test]
fn a_materialized_view_has_a_cluster_and_options() {
    let sql = "CREATE MATERIALIZED VIEW mv (a) IN CLUSTER c REPLICA r1 WITH (ASSERT NOT NULL a, ASSERT NOT NULL = b, \
               PARTITION BY (a, b), RETAIN HISTORY FOR '1hr', REFRESH = EVERY '1 day' ALIGNED TO now()) AS SELECT 1";
    let view = body!(sql, MaterializedView);
    assert_eq!(view.keyword.slice(sql), "MATERIALIZED");
    assert_eq!(sql.get(..view.header_end as usize), Some("CREATE MATERIALIZED VIEW mv (a)"));
    assert_eq!(ident_text(sql, view.cluster.as_ref()), Some("c"));
    let options: Vec<_> = view.options.iter().map(|o| (o.name.as_str(), o.value.as_str())).collect();
    assert_eq!(
        options,
        [
            ("ASSERT NOT NULL", "a"),
            ("ASSERT NOT NULL", "b"),
            ("PARTITION BY", "(a, b)"),
            ("RETAIN HISTORY", "FOR '1hr'"),
            ("REFRESH", "EVERY '1 day' ALIGNED TO now()"),
        ]
    );
    assert_eq!(view.options.get(1).map(|o| o.span.slice(sql)), Some("ASSERT NOT NULL = b"));
}

#[test]
fn a_replacement_names_its_target() {
    let sql = "CREATE REPLACEMENT MATERIALIZED VIEW rp FOR s.mv IN CLUSTER c AS SELECT 1";
    let view = body!(sql, MaterializedView);
    assert_eq!(view.replaces.map(|name| name.span().slice(sql)), Some("s.mv"));
    assert_eq!(view.keyword.slice(sql), "MATERIALIZED");
}

#[test]
fn keywords_may_be_names() {
    for sql in [
        "CREATE TABLE select (from int, primary int, check text, constraint int, unique int)",
        "CREATE VIEW view AS SELECT 1",
        "CREATE VIEW if AS SELECT 1",
        "CREATE VIEW as (as) AS SELECT 1",
        "CREATE TABLE from FROM SOURCE source (REFERENCE reference)",
        "CREATE SINK FROM FROM t INTO KAFKA CONNECTION connection (TOPIC 't') FORMAT JSON ENVELOPE UPSERT",
        "CREATE SINK sink FROM into INTO KAFKA CONNECTION c (TOPIC 't') FORMAT JSON ENVELOPE UPSERT",
        "CREATE INDEX ON on (a)",
        "CREATE INDEX index IN CLUSTER cluster ON t (a)",
        "CREATE CONNECTION to TO POSTGRES (HOST host, USER user, DATABASE secret)",
        "CREATE SECRET secret AS 'x'",
        "CREATE CLUSTER size SIZE '25cc'",
        "CREATE ROLE with WITH INHERIT",
        "GRANT SELECT ON TABLE table TO GROUP group, all",
        "COMMENT ON TABLE is IS 'x'",
        "COMMENT ON COLUMN column.column IS 'x'",
    ] {
        one(sql);
    }
}

#[test]
fn an_index_may_have_no_name_and_no_key() {
    let sql = "CREATE DEFAULT INDEX IN CLUSTER c ON s.t";
    let index = body!(sql, Index);
    assert!(index.default && index.name.is_none());
    assert_eq!(sql.get(index.name_position as usize..), Some("IN CLUSTER c ON s.t"));

    let sql = "CREATE INDEX ON t (a)";
    assert_eq!(sql.get(body!(sql, Index).name_position as usize..), Some("ON t (a)"));

    let sql = "CREATE DEFAULT INDEX IF NOT EXISTS ON t";
    assert_eq!(body!(sql, Index).name, None);
    assert_eq!(error("CREATE INDEX IF NOT EXISTS ON t (a)").1, "expected the name of the index, found `ON`");

    let sql = "CREATE INDEX IF NOT EXISTS i IN CLUSTER c ON s.t USING ARRANGEMENT (a DESC NULLS LAST, lower(b)) WITH (RETAIN HISTORY FOR '1m')";
    let index = body!(sql, Index);
    assert_eq!(ident_text(sql, index.name.as_ref()), Some("i"));
    assert_eq!(index.on.span().slice(sql), "s.t");
    assert_eq!(error("CREATE INDEX i ON t").1, "expected `(`, found end of statement");
}

#[test]
fn a_table_has_columns_with_types_and_constraints() {
    let sql = "CREATE TABLE t (a numeric(10, 2) NOT NULL, b map[text => int list] DEFAULT NULL, \
               c timestamp with time zone DEFAULT a IS NOT NULL NOT NULL, d text COLLATE en PRIMARY KEY, e int UNIQUE, \
               f int DEFAULT 1 + 2 NULL REFERENCES u (x), g int CONSTRAINT p CHECK (g > 0), \
               CONSTRAINT k PRIMARY KEY (a, b), UNIQUE NULLS NOT DISTINCT (c), CHECK (a > 1), \
               FOREIGN KEY (a) REFERENCES u (x)) WITH (RETAIN HISTORY FOR '1000 hours')";
    let table = body!(sql, Table);
    let columns: Vec<_> =
        table.columns.iter().map(|c| (c.name.value.as_str(), c.data_type.as_str(), c.not_null)).collect();
    assert_eq!(
        columns,
        [
            ("a", "numeric(10, 2)", true),
            ("b", "map[text => int list]", false),
            ("c", "timestamp with time zone", true),
            ("d", "text", false),
            ("e", "int", false),
            ("f", "int", false),
            ("g", "int", false),
        ]
    );
    assert_eq!(body!("CREATE TABLE t ()", Table).columns, []);
    assert_eq!(error("CREATE TABLE t (a, b int)"), ("a", "this column has no type".into()));
}

#[test]
fn a_table_from_a_source_names_the_source_and_its_registry() {
    let sql = "CREATE TABLE t (a, b) FROM SOURCE src.s (REFERENCE = up.\"x\") KEY FORMAT TEXT VALUE FORMAT AVRO USING \
               CONFLUENT SCHEMA REGISTRY CONNECTION conn.csr INCLUDE KEY AS k, HEADER 'h' AS h BYTES, OFFSET \
               ENVELOPE UPSERT (VALUE DECODING ERRORS = (INLINE AS e)) WITH (TEXT COLUMNS = [a], EXCLUDE COLUMNS (b))";
    let table = body!(sql, TableFromSource);
    assert_eq!(table.source.map(|name| name.span().slice(sql)), Some("src.s"));
    assert_eq!(texts(sql, &table.names.connections), ["conn.csr"]);

    let mixed = error("CREATE TABLE t (a int, b) FROM SOURCE s");
    assert_eq!(mixed, ("b", "this column has no type, others have one".into()));

    let sql = "CREATE TABLE t FROM WEBHOOK BODY FORMAT JSON ARRAY";
    assert_eq!(body!(sql, TableFromSource).source, None);
}

fn source(sql: &str) -> CreateSource {
    body!(sql, Source)
}

#[test]
fn a_source_has_a_kind_a_connection_and_references() {
    let sql = "CREATE SOURCE s IN CLUSTER c FROM POSTGRES CONNECTION conn.pg (PUBLICATION 'p', TEXT COLUMNS (t.a, t.b)) \
               FOR TABLES (public.t AS t2, u) EXPOSE PROGRESS AS s_p WITH (TIMESTAMP INTERVAL '1s')";
    let postgres = source(sql);
    assert_eq!(postgres.kind, "POSTGRES");
    assert_eq!(ident_text(sql, postgres.cluster.as_ref()), Some("c"));
    assert_eq!(texts(sql, &postgres.names.connections), ["conn.pg"]);
    assert_eq!(postgres.external_references.map(|s| s.slice(sql)), Some("FOR TABLES (public.t AS t2, u)"));
    assert_eq!(postgres.progress.map(|name| name.span().slice(sql)), Some("s_p"));

    for (sql, kind) in [
        (
            "CREATE SOURCE s FROM LOAD GENERATOR KEY VALUE (KEYS 16, TICK INTERVAL '1s')",
            "LOAD GENERATOR KEY VALUE",
        ),
        ("CREATE SOURCE s FROM LOAD GENERATOR TPCH (SCALE FACTOR .1) FOR ALL TABLES", "LOAD GENERATOR TPCH"),
        (
            "CREATE SOURCE s (a, PRIMARY KEY (a) NOT ENFORCED) FROM KAFKA CONNECTION k (TOPIC 't') FORMAT BYTES",
            "KAFKA",
        ),
        ("CREATE SOURCE s FROM MYSQL CONNECTION m FOR SCHEMAS (a, b)", "MYSQL"),
        ("CREATE SOURCE s FROM SQL SERVER CONNECTION m FOR ALL TABLES", "SQL SERVER"),
        (
            "CREATE SOURCE s FROM KAFKA CONNECTION k (TOPIC 't') FORMAT CSV WITH HEADER (a, b) DELIMITED BY '|'",
            "KAFKA",
        ),
        (
            "CREATE SOURCE s FROM KAFKA CONNECTION k (TOPIC 't', START OFFSET = [0,1]) FORMAT PROTOBUF MESSAGE 'm' USING \
             SCHEMA '\\x00' INCLUDE PARTITION, TIMESTAMP AS ts ENVELOPE DEBEZIUM",
            "KAFKA",
        ),
    ] {
        assert_eq!(source(sql).kind, kind);
    }
}

#[test]
fn a_webhook_names_its_secrets() {
    let sql = "CREATE SOURCE w IN CLUSTER c FROM WEBHOOK BODY FORMAT JSON INCLUDE HEADER 'a' AS b BYTES INCLUDE HEADERS \
               (NOT 'x', 'y') CHECK (WITH (HEADERS AS h, BODY BYTES, SECRET sec.s AS k BYTES) h->'sig' = k)";
    let webhook = source(sql);
    assert_eq!(webhook.kind, "WEBHOOK");
    assert_eq!(texts(sql, &webhook.names.secrets), ["sec.s"]);
}

fn sink(sql: &str) -> CreateSink {
    body!(sql, Sink)
}

#[test]
fn a_sink_reads_a_relation_and_mentions_connections() {
    let sql = "CREATE SINK sn IN CLUSTER c FROM a.b INTO KAFKA CONNECTION conn.k (TOPIC 't', COMPRESSION TYPE = 'gzip') \
               KEY (x, y) NOT ENFORCED HEADERS h FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION conn.csr \
               (DOC ON COLUMN a.b.x = 'doc', KEY DOC ON TYPE point = 'doc', NULL DEFAULTS) ENVELOPE UPSERT WITH (SNAPSHOT = false)";
    let kafka = sink(sql);
    assert_eq!(kafka.from.span().slice(sql), "a.b");
    assert_eq!(texts(sql, &kafka.names.connections), ["conn.k", "conn.csr"]);
    assert_eq!(texts(sql, &kafka.documented), ["a.b", "point"]);

    let sql = "CREATE SINK FROM t INTO ICEBERG CATALOG CONNECTION polaris (NAMESPACE 'n', TABLE 't') USING AWS \
               CONNECTION aws KEY (a) NOT ENFORCED MODE UPSERT WITH (COMMIT INTERVAL '1s')";
    let iceberg = sink(sql);
    assert_eq!((iceberg.name, iceberg.kind.as_str()), (None, "ICEBERG CATALOG"));
    assert_eq!(texts(sql, &iceberg.names.connections), ["polaris", "aws"]);
}

#[test]
fn a_connection_mentions_secrets_and_tunnels_at_any_depth() {
    let sql = "CREATE CONNECTION k TO KAFKA (BROKERS ('b1:9092' USING SSH TUNNEL net.ssh, 'b2' USING AWS PRIVATELINK pl \
               (AVAILABILITY ZONE 'use1-az1')), SASL USERNAME = SECRET sec.u, SASL PASSWORD SECRET p, SSL KEY = SECRET \
               \"Key\", PROGRESS TOPIC 'x') WITH (VALIDATE = false)";
    let kafka = body!(sql, Connection);
    assert_eq!(kafka.kind, "KAFKA");
    assert_eq!(texts(sql, &kafka.names.connections), ["net.ssh", "pl"]);
    assert_eq!(texts(sql, &kafka.names.secrets), ["sec.u", "p", "\"Key\""]);

    for (sql, connections, secrets) in [
        (
            "CREATE CONNECTION c TO POSTGRES (HOST h, SSH TUNNEL a.b.ssh, PASSWORD SECRET pw, SSL MODE require)",
            &["a.b.ssh"][..],
            &["pw"][..],
        ),
        (
            "CREATE CONNECTION c TO KAFKA (AWS PRIVATELINK pl (PORT 9092), AWS CONNECTION = a)",
            &["pl", "a"],
            &[],
        ),
        ("CREATE CONNECTION c TO AWS (ACCESS KEY ID 'x', SECRET ACCESS KEY = SECRET k)", &[], &["k"]),
        (
            "CREATE CONNECTION c TO AWS (ACCESS KEY ID SECRET id, SECRET ACCESS KEY SECRET k)",
            &[],
            &["id", "k"],
        ),
        ("CREATE CONNECTION c FOR CONFLUENT SCHEMA REGISTRY URL 'http://x', PASSWORD SECRET p", &[], &["p"]),
        (
            "CREATE CONNECTION c TO ICEBERG CATALOG (CATALOG TYPE = 'rest', AWS CONNECTION = s.a)",
            &["s.a"],
            &[],
        ),
        ("CREATE CONNECTION c TO AWS PRIVATELINK (SERVICE NAME 's', AVAILABILITY ZONES ('a'))", &[], &[]),
        ("CREATE CONNECTION c TO SSH TUNNEL (HOST 'h', PORT 22, USER 'u')", &[], &[]),
    ] {
        let connection = body!(sql, Connection);
        assert_eq!(texts(sql, &connection.names.connections), connections, "{sql}");
        assert_eq!(texts(sql, &connection.names.secrets), secrets, "{sql}");
    }
}

#[test]
fn the_value_of_a_secret_is_known_by_its_place_alone() {
    let sql = "CREATE SECRET s.x AS decode('YQ==', 'base64');";
    assert_eq!(body!(sql, Secret).value.slice(sql), "decode('YQ==', 'base64')");
    for sql in ["CREATE SECRET x 'canary'", "CREATE ROLE r 'canary'", "CREATE ROLE r PASSWORD 'x' E'canary'"]
    {
        assert!(!error(sql).1.contains("canary"), "{sql}");
    }
}

#[test]
fn types_clusters_roles_and_policies() {
    for sql in [
        "CREATE TYPE t AS LIST (ELEMENT TYPE = int4)",
        "CREATE TYPE t AS MAP (KEY TYPE text, VALUE TYPE = s.u)",
        "CREATE TYPE t AS (a int, b numeric(1, 2))",
    ] {
        body!(sql, Type);
    }
    let sql = "CREATE CLUSTER c (SIZE = '25cc', REPLICATION FACTOR 2, SCHEDULE = ON REFRESH (HYDRATION TIME ESTIMATE = '1h'))";
    let options: Vec<_> =
        body!(sql, Cluster).options.iter().map(|o| (o.name.to_string(), o.value.to_string())).collect();
    assert_eq!(
        options,
        [
            ("SIZE", "'25cc'"),
            ("REPLICATION FACTOR", "2"),
            ("SCHEDULE", "ON REFRESH (HYDRATION TIME ESTIMATE = '1h')")
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(body!("CREATE CLUSTER c REPLICAS (r1 (SIZE '1'), r2 (SIZE '1'))", Cluster).options.len(), 1);
    body!("CREATE ROLE r WITH SUPERUSER LOGIN PASSWORD 'x'", Role);
    body!("ALTER ROLE r SET search_path TO a, b", AlterRole);
    body!("ALTER ROLE r", AlterRole);
    body!(
        "CREATE NETWORK POLICY n (RULES (r1 (action = 'allow', direction = 'ingress', address = '0.0.0.0/0')))",
        NetworkPolicy
    );
}

#[test]
fn a_grant_has_privileges_a_target_and_roles() {
    let sql = "GRANT SELECT, insert ON TABLE a.b, c TO GROUP r1, PUBLIC";
    let grant = body!(sql, Grant);
    assert_eq!(grant.privileges, ["SELECT", "INSERT"]);
    assert_eq!(grant.target_span.slice(sql), "ON TABLE a.b, c");
    let roles: Vec<_> = grant.roles.iter().map(|r| r.span.slice(sql)).collect();
    assert_eq!(roles, ["r1", "PUBLIC"]);
    let GrantTarget::Named { keyword: Some((TargetKind::Table, keyword)), names } = grant.target else {
        panic!("a table")
    };
    assert_eq!((keyword.slice(sql), texts(sql, &names)), ("TABLE", vec!["a.b", "c"]));

    let sql = "REVOKE ALL PRIVILEGES ON v FROM r";
    let revoke = body!(sql, Revoke);
    assert_eq!(revoke.privileges, ["ALL"]);
    assert!(matches!(revoke.target, GrantTarget::Named { keyword: None, .. }));

    let sql = "GRANT SELECT ON ALL TABLES IN SCHEMA a.b, c TO r";
    let GrantTarget::All(span) = body!(sql, Grant).target else { panic!("all tables") };
    assert_eq!(span.slice(sql), "ALL TABLES IN SCHEMA a.b, c");
    assert!(matches!(body!("GRANT CREATEDB ON SYSTEM TO r", Grant).target, GrantTarget::System(_)));

    let sql = "GRANT a, public TO b, c";
    assert_eq!(body!(sql, GrantRole).granted.len(), 2);
    assert_eq!(body!("REVOKE a FROM b, c", RevokeRole).members.len(), 2);
}

#[test]
fn default_privileges_have_a_scope() {
    let sql = "ALTER DEFAULT PRIVILEGES FOR ROLE a, b IN SCHEMA d.s, t GRANT SELECT ON TABLES TO r";
    let defaults = body!(sql, AlterDefaultPrivileges);
    assert_eq!(texts(sql, &defaults.schemas), ["d.s", "t"]);
    assert_eq!(defaults.creators.map(|c| c.len()), Some(2));
    assert_eq!(
        (defaults.grant, defaults.action.slice(sql), defaults.preposition.slice(sql)),
        (true, "GRANT", "TO")
    );

    let sql = "ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN DATABASE d REVOKE ALL ON SECRETS FROM PUBLIC";
    let defaults = body!(sql, AlterDefaultPrivileges);
    assert_eq!((defaults.creators, defaults.databases.len(), defaults.grant), (None, 1, false));
    assert_eq!(
        error("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r").1,
        "expected `FOR`, found `GRANT`"
    );
}

#[test]
fn a_comment_has_a_kind_a_target_and_a_text() {
    for (sql, kind, target, column, text) in [
        (
            "COMMENT ON MATERIALIZED VIEW a.b IS 'it''s'",
            TargetKind::MaterializedView,
            "a.b",
            None,
            Some("it's"),
        ),
        ("COMMENT ON COLUMN a.b.c IS $$x$$", TargetKind::Column, "a.b", Some("c"), Some("x")),
        ("COMMENT ON CLUSTER REPLICA c.r IS NULL", TargetKind::ClusterReplica, "c.r", None, None),
        ("COMMENT ON CLUSTER c IS E'\\n'", TargetKind::Cluster, "c", None, Some("\n")),
        ("COMMENT ON NETWORK POLICY p IS ''", TargetKind::NetworkPolicy, "p", None, Some("")),
    ] {
        let comment = body!(sql, Comment);
        assert_eq!(comment.kind, kind, "{sql}");
        assert_eq!(comment.target.span().slice(sql), target);
        assert_eq!(ident_text(sql, comment.column.as_ref()), column);
        assert_eq!(comment.text.as_deref(), text);
    }
}

#[test]
fn a_variable_is_set_to_one_word_or_string() {
    for (sql, value) in [
        ("SET api = stable", Some("stable")),
        ("SET SESSION api TO 'Stable'", Some("Stable")),
        ("SET api TO DEFAULT", None),
        ("SET search_path = a, b", None),
    ] {
        assert_eq!(body!(sql, Set).value.as_deref(), value, "{sql}");
    }
}

#[test]
fn a_unit_test_has_mocks_and_expected_rows() {
    let sql = "EXECUTE UNIT TEST adds FOR s.v AT TIME '2024-01-01'::timestamp + INTERVAL '1 day', \
               MOCK a.b (x int, y text list) AS (SELECT 1, LIST['a']), MOCK c () AS (SELECT) \
               EXPECTED (z numeric(10, 2)) AS (SELECT 1)";
    let test = body!(sql, UnitTest);
    assert_eq!(test.at_time.map(|s: Span| s.slice(sql)), Some("'2024-01-01'::timestamp + INTERVAL '1 day'"));
    let mocks: Vec<_> = test.mocks.iter().map(|m| m.name.span().slice(sql)).collect();
    assert_eq!(mocks, ["a.b", "c"]);
    assert_eq!(test.expected.query.span.slice(sql), "SELECT 1");
    let types: Vec<_> = test.expected.columns.iter().map(|c| c.data_type.as_str()).collect();
    assert_eq!(types, ["numeric(10, 2)"]);
}

#[test]
fn statements_that_no_project_holds_keep_their_first_words() {
    for (sql, kind) in [
        ("DROP VIEW x", "DROP VIEW"),
        ("DROP MATERIALIZED VIEW IF EXISTS x CASCADE", "DROP MATERIALIZED VIEW"),
        ("ALTER CLUSTER c SET (SIZE '1')", "ALTER CLUSTER"),
        ("CREATE CLUSTER REPLICA c.r SIZE '1'", "CREATE CLUSTER REPLICA"),
        ("CREATE OR REPLACE FUNCTION f() RETURNS int", "CREATE FUNCTION"),
        ("CREATE SCHEMA s", "CREATE SCHEMA"),
        ("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", "SET TRANSACTION"),
        ("INSERT INTO t VALUES (1)", "INSERT"),
        ("(SELECT 1)", "SELECT"),
        ("WITH a AS (SELECT 1) SELECT * FROM a", "WITH"),
        ("BEGIN", "BEGIN"),
        ("EXECUTE plan (1)", "EXECUTE"),
    ] {
        assert_eq!(body!(sql, Other).kind, kind);
    }
    let sql = "CREATE PRIMARY KEY NOT ENFORCED pk IN CLUSTER c ON t (a)";
    assert_eq!(body!(sql, Constraint).kind, "PRIMARY KEY");
}

#[test]
fn errors_say_what_was_expected_and_what_was_found() {
    for (sql, text, message) in [
        ("CREATE VIEW v AS", "", "expected a query, found end of statement"),
        ("CREATE VIEW v AS;", ";", "expected a query, found end of statement"),
        ("CREATE VIEW 'v' AS SELECT 1", "'v'", "expected the name of the view, found a string"),
        ("CREATE VIEW v (a, ) AS SELECT 1", ")", "expected a column name, found `)`"),
        ("CREATE VIEW v (a b) AS SELECT 1", "b", "expected `)`, found `b`"),
        ("CREATE MATERIALIZED VIEW v IN CLUSTER AS SELECT 1", "SELECT", "expected `AS`, found `SELECT`"),
        ("CREATE TABLE t AS SELECT 1", "AS", "expected `(`, `FROM SOURCE` or `FROM WEBHOOK`, found `AS`"),
        (
            "CREATE TABLE t (a int NOT 1)",
            "NOT",
            "expected `NOT NULL`, `NULL`, `DEFAULT`, `COLLATE`, `PRIMARY KEY`, `UNIQUE`, `CHECK`, `REFERENCES` or `VERSION ADDED`, found `NOT`",
        ),
        ("CREATE SINK s FROM t INTO S3", "S3", "expected `KAFKA` or `ICEBERG CATALOG`, found `S3`"),
        ("CREATE CONNECTION c TO KAFKA (BROKER 'a',)", ")", "expected the name of an option, found `)`"),
        ("CREATE CONNECTION c TO KAFKA (PORT =)", ")", "expected a value, found `)`"),
        ("CREATE CLUSTER c", "", "expected the name of an option, found end of statement"),
        ("GRANT SELECT ON VIEW v TO r", "VIEW", "expected `TABLE` or the name of a relation, found `VIEW`"),
        ("GRANT SELEKT ON v TO r", "SELEKT", "expected a privilege, found `SELEKT`"),
        ("GRANT SELECT ON v TO r WITH GRANT OPTION", "WITH", "expected end of statement, found `WITH`"),
        ("REVOKE a TO b", "TO", "expected `ON` or `FROM`, found `TO`"),
        ("COMMENT ON PLANET earth IS 'x'", "PLANET", "expected the kind of an object, found `PLANET`"),
        ("COMMENT ON COLUMN a IS 'x'", "IS", "expected `.` and the name of a column, found `IS`"),
        ("COMMENT ON CLUSTER a.b IS 'x'", ".", "expected `IS`, found `.`"),
        (
            "CREATE OR REPLACE TABLE t (a int)",
            "TABLE",
            "expected `VIEW` or `MATERIALIZED VIEW`, found `TABLE`",
        ),
        (
            "CREATE OR REPLACE VIEW IF NOT EXISTS v AS SELECT 1",
            "IF NOT EXISTS",
            "`OR REPLACE` and `IF NOT EXISTS` exclude each other",
        ),
        ("CREATE VEIW v AS SELECT 1", "VEIW", "expected the kind of an object, found `VEIW`"),
        (
            "CREATE CONNECTION c TO MYSQL (HOST h PORT 1)",
            "PORT",
            "expected `,` or the end of the options, found `PORT`",
        ),
        (
            "CREATE CONNECTION c TO KAFKA (BROKER 'b' SECURITY PROTOCOL PLAINTEXT)",
            "SECURITY",
            "expected `,` or the end of the options, found `SECURITY`",
        ),
        ("CREATE TABLE t FROM SOURCE s (REFERENCE a, b)", ",", "expected `)`, found `,`"),
        ("SET api = a b", "b", "expected end of statement, found `b`"),
        ("COMMENT ON TABLE a IS 1", "1", "expected a string or `NULL`, found `1`"),
        ("EXECUTE UNIT TEST t FOR v EXPECT", "EXPECT", "expected `MOCK` or `EXPECTED`, found `EXPECT`"),
        ("CREAT VIEW v AS SELECT 1", "CREAT", "expected a statement, found `CREAT`"),
        (") x", ")", "expected a statement, found `)`"),
        ("CREATE", "", "expected the kind of an object, found end of statement"),
    ] {
        assert_eq!(error(sql), (text, message.to_owned()), "{sql}");
    }
}
