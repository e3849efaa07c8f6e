//! What the engine promises, against a real backend: one for all tests of a process.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Answer, Engine, EngineError, EngineType, SessionSettings, engine_type, list_literal, translate};
use crate::result::{Format, Param};

static ENGINE: Mutex<Option<Engine>> = Mutex::new(None);

/// How many tests have the engine or wait for it.
static USERS: AtomicUsize = AtomicUsize::new(0);

/// The engine, for one test at a time: a failed transaction of one would be another's.
struct Shared(MutexGuard<'static, Option<Engine>>);

impl Drop for Shared {
    /// Nothing drops a static, and an engine that isn't dropped leaves its files behind.
    fn drop(&mut self) {
        if USERS.fetch_sub(1, Ordering::SeqCst) == 1 {
            *self.0 = None;
        }
    }
}

impl std::ops::Deref for Shared {
    type Target = Engine;
    fn deref(&self) -> &Engine {
        self.0.as_ref().expect("`shared` opened it")
    }
}

fn shared() -> Shared {
    USERS.fetch_add(1, Ordering::SeqCst);
    let mut guard = ENGINE.lock().unwrap_or_else(PoisonError::into_inner);
    if guard.is_none() {
        *guard = Some(Engine::open("").expect("the engine opens"));
    }
    Shared(guard)
}

fn query(engine: &Engine, sql: &str) -> Result<Answer, EngineError> {
    engine.query(sql, &[], &[])
}

fn text(value: Option<&Vec<u8>>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| String::from_utf8_lossy(value).into_owned())
}

fn hex(value: Option<&Vec<u8>>) -> String {
    let Some(value) = value else { return "NULL".to_owned() };
    let digits = value.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// The only value of an expression, with its type.
fn value(engine: &Engine, expression: &str) -> (String, u32) {
    let answer = query(engine, &format!("SELECT {expression}"))
        .unwrap_or_else(|error| panic!("{expression}: {error}"));
    (text(answer.result.rows[0][0].as_ref()), answer.result.columns[0].type_oid)
}

fn error(engine: &Engine, sql: &str) -> String {
    let error = query(engine, sql).expect_err(sql);
    translate(&error).message
}

/// Expression, its text, its type, and its binary form.
const VALUES: &[(&str, &str, u32, &str)] = &[
    ("true", "t", 16, "01"),
    ("1::int2", "1", 21, "0001"),
    ("1::int4", "1", 23, "00000001"),
    ("9000000000::int8", "9000000000", 20, "0000000218711a00"),
    ("255::uint2", "255", 16460, "00ff"),
    ("4294967295::uint4", "4294967295", 16462, "ffffffff"),
    ("18446744073709551615::uint8", "18446744073709551615", 16464, "ffffffffffffffff"),
    ("5::uint8", "5", 16464, "0000000000000005"),
    ("1.5::float4", "1.5", 700, "3fc00000"),
    ("1.5::float8", "1.5", 701, "3ff8000000000000"),
    ("12.50::numeric", "12.5", 1700, "0002000000000001000c1388"),
    ("1.0", "1", 1700, "00010000000000000001"),
    ("-0.00012", "-0.00012", 1700, "0002ffff40000005000107d0"),
    ("100000", "100000", 23, "000186a0"),
    ("'a'::text", "a", 25, "61"),
    ("'vc5'::varchar(5)", "vc5", 1043, "766335"),
    ("'c'::char(3)", "c  ", 1042, "632020"),
    ("'a'::\"char\"", "a", 18, "61"),
    (r"'\xdeadbeef'::bytea", r"\xdeadbeef", 17, "deadbeef"),
    ("date '2024-02-29'", "2024-02-29", 1082, "00002279"),
    ("time '12:34:56.789'", "12:34:56.789", 1083, "0000000a8be62608"),
    ("timestamp '2024-01-01'", "2024-01-01 00:00:00", 1114, "0002b0d5d4e94000"),
    ("timestamptz '2024-01-01 00:00:00+02'", "2023-12-31 22:00:00+00", 1184, "0002b0d427c1f800"),
    (
        "interval '1 year 2 months 3 days 04:05:06'",
        "1 year 2 months 3 days 04:05:06",
        1186,
        "000000036c8bc080000000030000000e",
    ),
    (
        "'0a0b0c0d-0000-0000-0000-000000000001'::uuid",
        "0a0b0c0d-0000-0000-0000-000000000001",
        2950,
        "0a0b0c0d000000000000000000000001",
    ),
    (r#"'{"b": 1, "a": null}'::jsonb"#, r#"{"a":null,"b":1}"#, 3802, "017b2261223a6e756c6c2c2262223a317d"),
    ("'1700000000000'::mz_timestamp", "1700000000000", 16552, "31373030303030303030303030"),
    ("123::oid", "123", 26, "0000007b"),
    ("CAST('int4'::text AS regtype)", "23", 2206, "00000017"),
    ("'u1=r/u2'::mz_aclitem", "u1=r/u2", 16566, "75313d722f7532"),
    (
        "ARRAY[1,NULL,3]",
        "{1,NULL,3}",
        1007,
        "00000001000000010000001700000003000000010000000400000001ffffffff0000000400000003",
    ),
    (
        "ARRAY['a','b c']",
        r#"{a,"b c"}"#,
        1009,
        "0000000100000000000000190000000200000001000000016100000003622063",
    ),
];

#[test]
fn every_scalar_has_materialize_s_type_text_and_binary_form() {
    let engine = shared();
    for (expression, expected, oid, binary) in VALUES {
        assert_eq!(value(&engine, expression), ((*expected).to_owned(), *oid), "{expression}");
        let answer = engine.query(&format!("SELECT {expression}"), &[], &[Format::Binary]).expect(expression);
        assert_eq!(hex(answer.result.rows[0][0].as_ref()), *binary, "{expression}");
    }
}

#[test]
fn values_come_back_as_parameters_in_both_forms() {
    let engine = shared();
    for (expression, expected, oid, binary) in VALUES {
        let text_form =
            Param { type_oid: *oid, format: Format::Text, value: Some(expected.as_bytes().to_vec()) };
        let answer = engine.query("SELECT $1", &[text_form], &[]).expect(expression);
        assert_eq!(
            (text(answer.result.rows[0][0].as_ref()), answer.result.columns[0].type_oid),
            ((*expected).to_owned(), *oid),
            "{expression}"
        );
        let bytes: Vec<u8> = binary
            .replace(' ', "")
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).expect("hex"))
            .collect();
        let binary_form = Param { type_oid: *oid, format: Format::Binary, value: Some(bytes) };
        let answer = engine.query("SELECT $1", &[binary_form], &[]).expect(expression);
        assert_eq!(text(answer.result.rows[0][0].as_ref()), *expected, "{expression} from binary");
    }
}

#[test]
fn lists_and_maps_are_typed_and_print_without_quotes_around_inner_ones() {
    let engine = shared();
    for (expression, expected, oid) in [
        ("list(1, 2)", "{1,2}", 16384),
        ("list('a', 'b c')", r#"{a,"b c"}"#, 16384),
        ("list(list(1), list(2, 3))", "{{1},{2,3}}", 16384),
        (r#"CAST('{{a},{b,c}}'::text AS mz_list."text list"[])"#, "{{a},{b,c}}", 16384),
        (r#"CAST('{{a},{b,c}}'::text AS mz_list."text list"[])::text"#, "{{a},{b,c}}", 25),
        ("'{1,2}'::mz_list.int4[]", "{1,2}", 16384),
        ("list(1.50, 2)", "{1.5,2}", 16384),
        ("(list(1, 2))[2]", "2", 23),
        ("((list(list(1), list(2, 3)))[2])[1]", "2", 23),
        ("(list(list(1), list(2, 3)))[2]", "{2,3}", 16384),
        ("list(1) || 2", "{1,2}", 16384),
        ("0 || list(1)", "{0,1}", 16384),
        ("list(1) || list(2)", "{1,2}", 16384),
        ("list(list(1)) || list(2)", "{{1},{2}}", 16384),
        ("list_length(list(1, 2))", "2", 23),
        ("list_agg(x ORDER BY x DESC) FROM (VALUES (1), (2)) AS v (x)", "{2,1}", 16384),
        ("list_agg(list(x)) FROM (VALUES (1), (2)) AS v (x)", "{{1},{2}}", 16384),
        ("list_remove(list(1, 2, 1), 1)", "{2}", 16384),
        ("list(1, 2) @> list(1)", "t", 16),
        ("list(1, 2) < list(2)", "t", 16),
        ("map(ARRAY['b', 'a'], list(1, 2))", "{a=>2,b=>1}", 16385),
        ("map(ARRAY['b', 'a'], list(1, 2)) -> 'a'", "2", 23),
        ("map(ARRAY['b', 'a'], list(1, 2)) ? 'c'", "f", 16),
        ("map_length(map(ARRAY['b', 'a'], list(1, 2)))", "2", 23),
        ("map_agg(k, v) FROM (VALUES ('b', 1), ('a', 2)) AS t (k, v)", "{a=>2,b=>1}", 16385),
        (r#"CAST('{a=>1, "b c"=>NULL}'::text AS mz_map.int4[])"#, r#"{a=>1,"b c"=>NULL}"#, 16385),
        ("ARRAY['a'] || ARRAY['b']", "{a,b}", 1009),
        ("ARRAY[1] || 2", "{1,2}", 1007),
        ("'a' || 1", "a1", 25),
        ("'a' || 1.50", "a1.5", 25),
        ("pg_typeof(list(list(1)))", "integer list list", 25),
        ("pg_typeof(map(ARRAY['a'], list(1)))", "map[text=>integer]", 25),
        ("ROW(1, 'a', NULL)", "(1,a,)", 2249),
    ] {
        assert_eq!(value(&engine, expression), (expected.to_owned(), oid), "{expression}");
    }
}

#[test]
fn a_type_that_a_statement_names_is_made_once_and_spelled_alike() {
    let engine = shared();
    let ty = EngineType::Map(Box::new(EngineType::List(Box::new(EngineType::scalar("smallint")))));
    assert_eq!(engine_type(&ty), r#"mz_map."int2 list"[]"#);
    engine.ensure_type(&ty).expect("it is made");
    engine.ensure_type(&ty).expect("it is there");
    let sql = format!("CAST('{{k=>{{1,2}},j=>{{}}}}'::text AS {})", engine_type(&ty));
    assert_eq!(value(&engine, &sql), ("{j=>{},k=>{1,2}}".to_owned(), 16385));
    engine.batch("BEGIN").expect("begins");
    let other = EngineType::List(Box::new(EngineType::scalar("int2range_")));
    engine.ensure_type(&other).expect_err("there is no such type");
    engine.batch("ROLLBACK").expect("rolls back");
    engine.ensure_type(&ty).expect("still there");
}

#[test]
fn lists_of_uncommon_types_are_made_when_a_statement_makes_one() {
    let engine = shared();
    assert_eq!(
        value(&engine, "list(interval '1 month', interval '2 months')"),
        (r#"{"1 month","2 months"}"#.to_owned(), 16384)
    );
    assert_eq!(value(&engine, "map(ARRAY['a'], list(list(1::uint2)))"), ("{a=>{1}}".to_owned(), 16385));
    assert_eq!(error(&engine, "SELECT list(int4range(1, 2))"), "function \"list\" does not exist");
}

#[test]
fn types_are_spelled_for_the_engine() {
    let scalar = |name: &str, modifiers: &[i64]| EngineType::Scalar {
        name: name.to_owned(),
        modifiers: modifiers.to_vec(),
    };
    let list = |ty| EngineType::List(Box::new(ty));
    for (ty, expected) in [
        (scalar("int", &[]), "int4"),
        (scalar("numeric", &[38, 2]), "numeric(39,2)"),
        (scalar("numeric", &[10]), "numeric(39,0)"),
        (scalar("varchar", &[5]), "varchar(5)"),
        (scalar("char", &[]), "\"char\""),
        (scalar("uint8", &[]), "uint8"),
        (EngineType::Array(Box::new(scalar("text", &[]))), "text[]"),
        (list(scalar("bigint", &[])), r#"mz_list."int8"[]"#),
        (list(list(scalar("numeric", &[38, 2]))), r#"mz_list."numeric list"[]"#),
        (EngineType::Map(Box::new(scalar("int4", &[]))), r#"mz_map."int4"[]"#),
        (EngineType::Record("u7".to_owned()), r#"data."u7""#),
    ] {
        assert_eq!(engine_type(&ty), expected);
    }
}

#[test]
fn a_long_list_literal_is_cut_into_calls() {
    let engine = shared();
    let elements: Vec<String> = (0..250).map(|i| i.to_string()).collect();
    assert_eq!(value(&engine, &format!("list_length({})", list_literal(&elements))).0, "250");
}

#[test]
fn modifiers_of_columns_are_materialize_s() {
    let engine = shared();
    let described = engine
        .describe("SELECT 1.0, 1::numeric(39,2), 'a'::varchar(5), 'a'::char(3), now()::timestamp(3), extract(epoch FROM now())", &[])
        .expect("describes");
    let modifiers: Vec<i32> = described.columns.iter().map(|column| column.type_mod).collect();
    assert_eq!(modifiers, [2_555_947, 2_555_910, 9, 7, 3, 2_555_947]);
}

#[test]
fn parameters_are_inferred_unless_they_are_given() {
    let engine = shared();
    let params = |sql: &str, given: &[u32]| engine.describe(sql, given).map(|described| described.params);
    assert_eq!(params("SELECT $1", &[]), Ok(vec![25]));
    assert_eq!(params("SELECT $1::int4 + 1", &[0]), Ok(vec![23]));
    assert_eq!(params("SELECT $1", &[16462]), Ok(vec![16462]));
    assert_eq!(params("SELECT $1 + 1::uint8", &[]), Ok(vec![16464]));
    let error = engine.describe("SELECT $2::int4", &[]).expect_err("nothing says what $1 is");
    assert_eq!(translate(&error).message, "unable to infer type for parameter $1");
}

#[test]
fn unsigned_integers_keep_their_range_and_their_type() {
    let engine = shared();
    for (expression, expected, oid) in [
        ("1::uint8 + 1", "2", 1700),
        ("1::uint4 + 1", "2", 20),
        ("1::uint2 + 1", "2", 23),
        ("1::uint4 + 2::uint4", "3", 16462),
        ("5::uint8 / 2::uint8", "2", 16464),
        ("5::uint8 % 3::uint8", "2", 16464),
        ("5::uint8 = 5", "t", 16),
        ("5::uint4 = 5.0", "t", 16),
        ("sum(x::uint4) FROM generate_series(1, 3) AS x", "6", 16464),
        ("sum(x::uint8) FROM generate_series(1, 3) AS x", "6", 1700),
        ("max(x::uint8) FROM generate_series(9, 11) AS x", "11", 16464),
        ("count(*) FROM (SELECT DISTINCT 1::uint8 FROM generate_series(1, 3)) AS d", "1", 20),
        ("ARRAY[1::uint4]", "{1}", 16463),
        ("1::uint2::text", "1", 25),
    ] {
        assert_eq!(value(&engine, expression), (expected.to_owned(), oid), "{expression}");
    }
    for (sql, expected) in [
        ("SELECT (-1)::uint4", "\"-1\" uint4 out of range"),
        ("SELECT '-1'::uint4", "\"-1\" uint4 out of range"),
        ("SELECT 70000::uint2", "\"70000\" uint2 out of range"),
        ("SELECT 18446744073709551616::uint8", "\"18446744073709551616\" uint8 out of range"),
        ("SELECT 1::uint4 - 2::uint4", "numeric field overflow"),
    ] {
        assert_eq!(error(&engine, sql), expected, "{sql}");
    }
}

#[test]
fn values_are_written_in_materialize_s_way_inside_a_statement_too() {
    let engine = shared();
    for (expression, expected) in [
        ("1.50::text", "1.5"),
        ("1/3.0", "0.333333333333333333333333333333333333333"),
        ("10::numeric / 4", "2.5"),
        ("avg(x) FROM (VALUES (1), (2), (2)) AS v (x)", "1.66666666666666666666666666666666666667"),
        ("'-1 month'::interval", "-1 months"),
        ("'2 months'::interval::text", "2 months"),
        (r#"'{"z":1,"a":{"c":[true,null,1.50,"s"]}}'::jsonb"#, r#"{"a":{"c":[true,null,1.5,"s"]},"z":1}"#),
        (r#"'{"z":1,"aa":2.0}'::jsonb::text"#, r#"{"aa":2,"z":1}"#),
        (r#"'{"b":{"zz":1,"y":1.0}}'::jsonb ->> 'b'"#, r#"{"y":1,"zz":1}"#),
        (r#"'["x"]'::jsonb ->> 0"#, "x"),
        ("ARRAY[1.50, 2]", "{1.5,2}"),
        ("format_type(1700, 2555910)", "numeric(39,2)"),
        ("format_type(16464, NULL)", "uint8"),
        ("quote_ident('a b')", "\"a b\""),
        ("datediff('month', date '2024-01-31', date '2024-03-01')", "2"),
    ] {
        assert_eq!(value(&engine, expression).0, expected, "{expression}");
    }
}

#[test]
fn errors_are_told_in_materialize_s_words() {
    let engine = shared();
    for (sql, expected) in [
        ("SELECT 1/0", "division by zero"),
        ("SELECT 1/0.0", "division by zero"),
        ("SELECT 2147483647 + 1", "numeric field overflow"),
        (
            "SELECT 'abc'::int4",
            "invalid input syntax for type integer: invalid digit found in string: \"abc\"",
        ),
        (
            "SELECT ''::int4",
            "invalid input syntax for type integer: cannot parse integer from empty string: \"\"",
        ),
        ("SELECT 'x'::bool", "invalid input syntax for type boolean: \"x\""),
        (
            "SELECT '2024-13-01'::date",
            "invalid input syntax for type date: MONTH must be [1, 12], got 13: \"2024-13-01\"",
        ),
        (
            "SELECT '{bad'::jsonb",
            "invalid input syntax for type jsonb: key must be a string at line 1 column 2: \"{bad\"",
        ),
        ("SELECT nosuch", "column \"nosuch\" does not exist"),
        ("SELECT t.nosuch FROM (SELECT 1) AS t", "column \"t.nosuch\" does not exist"),
        ("SELECT nosuch()", "function \"nosuch\" does not exist"),
        ("SELECT pg_get_userbyid(10)", "function pg_get_userbyid(integer) does not exist"),
        ("SELECT mz_now(1)", "function mz_now(integer) does not exist"),
        ("SELECT list(1) - 1", "operator does not exist: integer list - integer"),
        ("SELECT a FROM (SELECT 1 AS a) AS t, (SELECT 2 AS a) AS u", "column reference \"a\" is ambiguous"),
        ("SELECT (SELECT x FROM generate_series(1, 2) AS x)", "more than one record produced in subquery"),
        ("SELECT 1 WHERE 1", "WHERE clause must have type boolean, not type integer"),
        ("SELECT CAST('nosuch'::text AS regclass)", "relation \"nosuch\" does not exist"),
        (
            "SELECT mz_validate_privileges('NOSUCH')",
            "Evaluation error: unrecognized privilege type: \"NOSUCH\"",
        ),
    ] {
        assert_eq!(error(&engine, sql), expected, "{sql}");
    }
}

#[test]
fn a_failed_statement_leaves_the_engine_usable() {
    let engine = shared();
    query(&engine, "SELECT 1/0").expect_err("division by zero");
    assert_eq!(value(&engine, "1").0, "1");
    engine.batch("BEGIN").expect("begins");
    query(&engine, "SELECT 1/0").expect_err("division by zero");
    assert_eq!(query(&engine, "SELECT 1").expect_err("the transaction failed").sqlstate, "25P02");
    engine.batch("ROLLBACK").expect("rolls back");
    assert_eq!(value(&engine, "2").0, "2");
}

#[test]
fn a_batch_is_all_or_nothing() {
    let engine = shared();
    engine
        .batch("CREATE TABLE data.kept (a int4); CREATE TABLE data.lost (a int4); SELECT 1/0")
        .expect_err("the last fails");
    query(&engine, "SELECT * FROM data.kept").expect_err("nothing was made");
    engine.batch("BEGIN").expect("begins");
    engine.batch("CREATE TABLE data.kept (a int4)").expect("makes");
    engine.batch("COMMIT").expect("commits");
    assert_eq!(query(&engine, "SELECT * FROM data.kept").expect("it is there").affected, 0);
    engine.batch("DROP TABLE data.kept").expect("drops");
}

#[test]
fn rows_are_copied_in_with_every_special_character() {
    let engine = shared();
    engine
        .batch(r#"CREATE TABLE data.copied (a uint4, b text, c mz_list."text list"[], d mz_map.int4[], e jsonb)"#)
        .expect("makes");
    let columns: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
    let value = |text: &str| Some(text.as_bytes().to_vec());
    let rows = vec![
        vec![
            value("1"),
            value("tab\tline\nback\\slash \\N"),
            value(r#"{{a},{"b c",NULL},{}}"#),
            value("{b=>2,a=>1}"),
            value("{}"),
        ],
        vec![None, value(""), None, None, None],
    ];
    assert_eq!(engine.copy_in("data.copied", &columns, &rows), Ok(2));
    let answer = query(&engine, "SELECT * FROM data.copied ORDER BY a NULLS LAST").expect("reads");
    let first: Vec<String> = answer.result.rows[0].iter().map(|value| text(value.as_ref())).collect();
    assert_eq!(first, ["1", "tab\tline\nback\\slash \\N", r#"{{a},{"b c",NULL},{}}"#, "{a=>1,b=>2}", "{}"]);
    assert_eq!(answer.result.rows[1], [None, Some(Vec::new()), None, None, None]);
    let bad = vec![vec![value("-1"), None, None, None, None]];
    let error = engine.copy_in("data.copied", &columns, &bad).expect_err("out of range");
    assert_eq!(error.message, "\"-1\" uint4 out of range");
    assert_eq!(query(&engine, "DELETE FROM data.copied").expect("deletes").affected, 2);
    engine.batch("DROP TABLE data.copied").expect("drops");
}

#[test]
fn functions_read_the_session_s_settings() {
    let engine = shared();
    let mut settings = SessionSettings {
        user: "joe".to_owned(),
        session_user: "joe".to_owned(),
        superuser: true,
        database: "materialize".to_owned(),
        schemas: vec!["one".to_owned(), "a b".to_owned()],
        session_id: "0a0b0c0d-0000-0000-0000-000000000001".to_owned(),
        connection_id: 7,
        now: 1_700_000_000_000,
        wall_clock: Some(1_700_000_000_000_000),
        version: "v26.23.0-dev.0 (sandbox)".to_owned(),
        environment_id: "sandbox".to_owned(),
        started: "2024-01-01 00:00:00+00".to_owned(),
        variables: [("cluster".to_owned(), "it's \"quickstart\"".to_owned())].into(),
    };
    drop(engine.for_session(settings.clone()).expect("sets"));
    for (expression, expected) in [
        ("\"current_user\"()", "joe"),
        ("mz_is_superuser()", "t"),
        ("current_database()", "materialize"),
        ("\"current_schema\"()", "one"),
        ("current_schemas(true)", "{mz_catalog,pg_catalog,one,\"a b\"}"),
        ("mz_session_id()", "0a0b0c0d-0000-0000-0000-000000000001"),
        ("pg_backend_pid()", "7"),
        ("mz_now()", "1700000000000"),
        ("mz_now() <= now() + interval '1 hour'", "t"),
        ("mz_now() > '1800000000000'", "f"),
        ("now()", "2023-11-14 22:13:20+00"),
        ("mz_version_num()", "2602300"),
        ("mz_version()", "v26.23.0-dev.0 (sandbox)"),
        ("mz_uptime() > interval '1 day'", "t"),
        ("current_setting('Cluster')", "it's \"quickstart\""),
        ("current_setting('nosuch', true)", "NULL"),
    ] {
        assert_eq!(value(&engine, expression).0, expected, "{expression}");
    }
    assert_eq!(error(&engine, "SELECT current_setting('work_mem')"), "unrecognized configuration parameter");
    // A rollback undoes settings; the next call makes them again.
    engine.batch("BEGIN").expect("begins");
    settings.user = "ann".to_owned();
    drop(engine.for_session(settings.clone()).expect("sets"));
    engine.batch("ROLLBACK").expect("rolls back");
    drop(engine.for_session(settings).expect("sets"));
    assert_eq!(value(&engine, "\"current_user\"()").0, "ann");
}

#[test]
fn privileges_are_taken_apart() {
    let engine = shared();
    let answer = query(&engine, "SELECT (mz_aclexplode(ARRAY['u1=rU/u2', '=r/u2']::mz_aclitem[])).*")
        .expect("explodes");
    let rows: Vec<Vec<String>> =
        answer.result.rows.iter().map(|row| row.iter().map(|value| text(value.as_ref())).collect()).collect();
    assert_eq!(rows, [["u2", "u1", "SELECT", "f"], ["u2", "u1", "USAGE", "f"], ["u2", "p", "SELECT", "f"]]);
    assert_eq!(value(&engine, "make_mz_aclitem('p', 'u2', 'select, insert')").0, "=ar/u2");
    assert_eq!(value(&engine, "mz_format_privileges('rU')").0, "{SELECT,USAGE}");
}

#[test]
fn a_call_of_another_thread_is_no_part_of_a_transaction() {
    let engine = Engine::open("").expect("opens");
    let exclusive = engine.exclusive();
    engine.batch("BEGIN").expect("begins");
    engine.batch("CREATE TABLE data.kept (a int4)").expect("makes");
    let other = engine.clone();
    let fails = std::thread::spawn(move || other.query("SELECT * FROM data.nowhere", &[], &[]).is_err());
    std::thread::sleep(std::time::Duration::from_millis(100));
    engine.batch("COMMIT").expect("commits");
    drop(exclusive);
    assert!(fails.join().expect("no panic"));
    query(&engine, "SELECT * FROM data.kept").expect("the table is there");
}
