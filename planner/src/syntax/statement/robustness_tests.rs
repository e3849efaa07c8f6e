//! No text makes the parser panic or run on: every prefix of varied statements, and random sequences of tokens.

use super::parse;
use crate::fingerprint;
use crate::source::Span;

const STATEMENTS: &[&str] = &[
    "CREATE TEMPORARY VIEW IF NOT EXISTS a.\"b\"\"c\" (x, y) AS SELECT 1, E'\\u00e9'",
    "CREATE VIEW v AS WITH MUTUALLY RECURSIVE r (n int) AS (SELECT 1 UNION SELECT n + 1 FROM r) SELECT * FROM r",
    "CREATE MATERIALIZED VIEW mv IN CLUSTER c REPLICA r WITH (ASSERT NOT NULL = a, REFRESH EVERY '1s') AS TABLE t",
    "CREATE OR REPLACE REPLACEMENT MATERIALIZED VIEW a.b (x) FOR c.d IN REPLICA r AS VALUES (1), (2)",
    "CREATE DEFAULT INDEX IF NOT EXISTS i IN CLUSTER c ON a.b.c WITH (RETAIN HISTORY FOR '1m')",
    "CREATE INDEX ON t USING ARRANGEMENT (a DESC NULLS LAST, lower(b), (c -> 'x')::int list)",
    "CREATE TEMP TABLE t (a numeric(10, 2) NOT NULL DEFAULT CASE WHEN NULL THEN 1 END, CONSTRAINT k UNIQUE (a))",
    "CREATE TABLE t (a map[text => int[]] COLLATE en, b int CHECK (b > (1)), FOREIGN KEY (a) REFERENCES u (x))",
    "CREATE TABLE t (a, b) FROM SOURCE s (REFERENCE = \"x\".\"y\") FORMAT CSV WITH 2 COLUMNS DELIMITED BY '|'",
    "CREATE TABLE t FROM WEBHOOK BODY FORMAT JSON ARRAY INCLUDE HEADERS (NOT 'a') CHECK (WITH (BODY) body = 'x')",
    "CREATE SOURCE s (a, PRIMARY KEY (a) NOT ENFORCED) IN CLUSTER c FROM KAFKA CONNECTION k (TOPIC 't') FORMAT TEXT",
    "CREATE SOURCE s FROM POSTGRES CONNECTION p (PUBLICATION 'x', TEXT COLUMNS [a.b]) FOR TABLES (a AS b, c.d)",
    "CREATE SOURCE s FROM MYSQL CONNECTION m FOR SCHEMAS (a) EXPOSE PROGRESS AS p WITH (TIMESTAMP INTERVAL '1s')",
    "CREATE SOURCE s FROM SQL SERVER CONNECTION m FOR ALL TABLES",
    "CREATE SOURCE s FROM LOAD GENERATOR KEY VALUE (KEYS 1, TICK INTERVAL '1s') INCLUDE KEY ENVELOPE UPSERT",
    "CREATE SOURCE s FROM KAFKA CONNECTION k (START OFFSET = [1, -2]) KEY FORMAT AVRO USING CONFLUENT SCHEMA REGISTRY \
     CONNECTION c SEED KEY SCHEMA 'a' VALUE SCHEMA 'b' KEY STRATEGY ID 1 VALUE FORMAT REGEX '(?P<a>.)' ENVELOPE NONE",
    "CREATE SOURCE s FROM KAFKA CONNECTION k (TOPIC 't') FORMAT PROTOBUF MESSAGE 'm' USING SCHEMA '\\x' INCLUDE OFFSET \
     AS o, HEADER 'h' AS h BYTES ENVELOPE DEBEZIUM",
    "CREATE SOURCE w FROM WEBHOOK BODY FORMAT BYTES INCLUDE HEADER 'x' AS y CHECK (WITH (HEADERS AS h, SECRET s) h->'x' = s)",
    "CREATE SINK FROM t INTO KAFKA CONNECTION k (TOPIC 't', PARTITION BY = a + 1) KEY (a) NOT ENFORCED HEADERS h FORMAT \
     AVRO USING CONFLUENT SCHEMA REGISTRY CONNECTION c (KEY DOC ON COLUMN t.a = 'x', NULL DEFAULTS) ENVELOPE UPSERT",
    "CREATE SINK s IN CLUSTER c FROM a.b INTO ICEBERG CATALOG CONNECTION i (TABLE 't') USING AWS CONNECTION a KEY (k) MODE UPSERT",
    "CREATE CONNECTION IF NOT EXISTS c TO KAFKA (BROKERS ('a' USING SSH TUNNEL s.t, 'b' USING AWS PRIVATELINK p (PORT 1)), \
     SASL PASSWORD = SECRET x.y) WITH (VALIDATE = false)",
    "CREATE CONNECTION c FOR CONFLUENT SCHEMA REGISTRY URL 'http://x', SSL KEY = SECRET k WITH (VALIDATE)",
    "CREATE CONNECTION c TO AWS (ACCESS KEY ID = 'a', SECRET ACCESS KEY = SECRET k)",
    "CREATE CONNECTION c TO POSTGRES (HOST h, SSH TUNNEL t, PORT 5432, SSL MODE verify_full)",
    "CREATE CONNECTION c TO AWS PRIVATELINK (SERVICE NAME 's', AVAILABILITY ZONES ('a', 'b'))",
    "CREATE SECRET IF NOT EXISTS a.b AS decode($tag$YQ==$tag$, 'base64')",
    "CREATE TYPE t AS MAP (KEY TYPE = text, VALUE TYPE = s.u)",
    "CREATE TYPE t AS LIST (ELEMENT TYPE int4)",
    "CREATE TYPE t AS (a int, b timestamp with time zone)",
    "CREATE CLUSTER c (SIZE = '25cc', REPLICATION FACTOR 2) FEATURES (ENABLE X = true)",
    "CREATE CLUSTER c REPLICAS (r1 (SIZE '1'), r2 (SIZE '2', AVAILABILITY ZONE 'a'))",
    "CREATE ROLE r WITH NOINHERIT LOGIN PASSWORD 'x'",
    "ALTER ROLE r SET search_path TO a, 'b'",
    "ALTER ROLE r RESET x",
    "CREATE NETWORK POLICY n (RULES (r (action = 'allow', address = '0.0.0.0/0'), s (direction = 'ingress')))",
    "GRANT ALL PRIVILEGES ON TABLE a.b, c TO GROUP r, PUBLIC",
    "GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA a.b, c TO r",
    "GRANT CREATEDB ON SYSTEM TO r",
    "REVOKE USAGE ON SECRET s FROM r",
    "GRANT a, b TO c",
    "REVOKE a FROM b, c",
    "ALTER DEFAULT PRIVILEGES FOR ROLE a, b IN SCHEMA s REVOKE ALL ON TABLES FROM GROUP r",
    "ALTER DEFAULT PRIVILEGES FOR ALL ROLES IN DATABASE d GRANT USAGE ON SCHEMAS TO PUBLIC",
    "COMMENT ON COLUMN a.b.c IS $$x$$",
    "COMMENT ON CLUSTER REPLICA c.r IS NULL",
    "SET SESSION api TO 'stable'",
    "EXECUTE UNIT TEST t FOR a.b AT TIME now() + INTERVAL '1' DAY, MOCK c.d (x int, y text list) AS (SELECT 1, 'a') \
     MOCK e () AS (SELECT) EXPECTED (z int) AS (SELECT count(*) FROM c.d)",
    "CREATE UNIQUE CONSTRAINT NOT ENFORCED u ON t (a)",
    "CREATE FOREIGN KEY f IN CLUSTER c ON t (a) REFERENCES u (b)",
    "DROP MATERIALIZED VIEW IF EXISTS a, b CASCADE; SELECT 1; ((SELECT 2))",
];

/// Parses, and fingerprints what parsed.
fn survives(text: &str) {
    let parsed = parse(text);
    for statement in &parsed.statements {
        fingerprint::of(text, statement.span, &[]);
    }
    for error in &parsed.errors {
        assert!(error.span.end as usize <= text.len(), "{text}: {error:?}");
        assert!(!error.message.is_empty());
    }
    fingerprint::of(text, Span::new(0, text.len()), &[]);
}

#[test]
fn the_statements_parse() {
    for text in STATEMENTS {
        assert_eq!(parse(text).errors, [], "{text}");
    }
}

#[test]
fn every_prefix_and_every_suffix_is_read_to_its_end() {
    for text in STATEMENTS {
        for (at, _) in text.char_indices() {
            let (prefix, suffix) = text.split_at(at);
            survives(prefix);
            survives(suffix);
        }
    }
}

/// A generator with a fixed seed: the same texts on every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).map_or(0, |x| x % n)
    }
}

#[test]
fn random_sequences_of_tokens_are_read_to_their_end() {
    let mut words: Vec<&str> = STATEMENTS.iter().flat_map(|s| s.split_inclusive(' ')).collect();
    words.extend([
        "(", ")", "[", "]", ",", ".", ";", "'", "\"", "$$", "/*", "*/", "--", "\n", "é", "\u{0}", "1.", "::",
    ]);
    let mut random = Random(42);
    for _ in 0..2000 {
        let length = random.below(40);
        let text: String =
            (0..length).filter_map(|_| words.get(random.below(words.len())).copied()).collect();
        survives(&text);
    }
}

#[test]
fn statements_with_words_in_the_wrong_place_are_read_to_their_end() {
    let words: Vec<&str> = STATEMENTS.iter().flat_map(|s| s.split_inclusive(' ')).collect();
    let mut random = Random(7);
    for text in STATEMENTS {
        for _ in 0..40 {
            let mut pieces: Vec<&str> = text.split_inclusive(' ').collect();
            let at = random.below(pieces.len());
            match random.below(3) {
                0 => drop(pieces.remove(at)),
                1 => pieces.insert(at, words.get(random.below(words.len())).copied().unwrap_or_default()),
                _ => pieces.swap(at, 0),
            }
            survives(&pieces.concat());
        }
    }
}

#[test]
fn depth_is_no_danger() {
    for open in ["(", "[", "CASE ", "NOT ", "/*", "a.", "SELECT (", "f(", "- ", "a = ANY (ARRAY["] {
        for statement in [
            "CREATE VIEW v AS SELECT ",
            "CREATE TABLE t (a int DEFAULT ",
            "CREATE CONNECTION c TO KAFKA (BROKERS (",
            "",
        ] {
            survives(&format!("{statement}{}", open.repeat(20_000)));
        }
    }
    let balanced = format!("CREATE INDEX i ON t ({}a{})", "(".repeat(20_000), ")".repeat(20_000));
    survives(&balanced);
}
