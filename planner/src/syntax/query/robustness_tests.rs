//! No text makes the parser recurse without bound or read anything more often than a few times: on a thread with a
//! stack of 1 MiB, as WebAssembly has, each of these ends, and soon.

use super::*;
use crate::syntax::token::tokenize;

/// Parses `before`, many times `repeated`, `middle` and as many times `closing`.
fn parse(before: &str, repeated: &str, middle: &str, closing: &str, times: usize) -> bool {
    let source = format!("{before}{}{middle}{}", repeated.repeat(times), closing.repeat(times));
    let small_stack = std::thread::Builder::new().stack_size(1 << 20);
    let thread = small_stack.spawn(move || parse_query(&source, &tokenize(&source).0).is_ok());
    thread.expect("a thread").join().expect("no panic and no overflow")
}

#[test]
fn long_queries_are_read() {
    for (before, repeated) in [
        ("SELECT 1 WHERE a", " OR a"),
        ("SELECT 1 WHERE a", " OR a = 1 AND b + 2 * c > 5"),
        ("SELECT 1 WHERE a", " IS NULL OR b"),
        ("SELECT 1 WHERE a BETWEEN 1 AND 2", " AND b BETWEEN 1 AND 2"),
        ("SELECT a", "::int"),
        ("SELECT a", "[1]"),
        ("SELECT a", ".b"),
        ("SELECT a", " || b"),
        ("SELECT a", ", b.*"),
        ("VALUES (1)", ", (2)"),
        ("SELECT * FROM a", " JOIN b USING (x) AS u"),
        ("SELECT * FROM a", ", ROWS FROM (f())"),
        ("SELECT * FROM a", ", (SHOW COLUMNS FROM b)"),
        ("SELECT * FROM a", ", LATERAL (SELECT a.b) x"),
    ] {
        assert!(parse(before, repeated, "", "", 5000), "{repeated}");
    }
    assert!(parse("SELECT 1", " UNION ALL SELECT 1", "", "", 900));
}

#[test]
fn long_queries_with_an_error_at_their_end_are_refused() {
    for (before, repeated) in [
        ("SELECT 1 WHERE a", " OR a"),
        ("SELECT a", " = b IS NULL"),
        ("SELECT 1", " UNION ALL SELECT 1"),
        ("SELECT 1 WHERE a", " BETWEEN 1 AND 2"),
        ("SELECT ", "NOT "),
        ("SELECT ", "- "),
        ("SELECT ", "CASE WHEN "),
        ("SELECT 1::", "map[text=>"),
        ("WITH MUTUALLY RECURSIVE ", "a (b int) AS (SELECT 1), "),
        ("SELECT * FROM ", "LATERAL "),
        ("", "select "),
    ] {
        assert!(!parse(before, repeated, " 1 1", "", 5000), "{repeated}");
    }
}

#[test]
fn queries_nest_as_deep_as_anyone_writes_them() {
    for (repeated, closing) in [
        ("SELECT * FROM (", ") x"),
        ("SELECT (", ")"),
        ("SELECT 1 WHERE EXISTS (", ")"),
        ("SELECT 1 WHERE x IN ((", "))"),
        ("WITH a AS (", ") SELECT 1"),
        ("(", ") UNION SELECT 1"),
        ("SELECT ARRAY(", ")"),
    ] {
        assert!(parse("", repeated, "SELECT 1", closing, 30), "{repeated}");
        assert!(!parse("", repeated, "SELECT 1 1", closing, 30), "{repeated}");
        assert!(!parse("", repeated, "SELECT 1", closing, 5000), "{repeated}");
    }
    for (repeated, closing) in [("(", ")"), ("f(", ")"), ("LIST[", "]"), ("CASE WHEN a THEN ", " END")] {
        assert!(parse("SELECT ", repeated, "1", closing, 30), "{repeated}");
        assert!(!parse("SELECT ", repeated, "1", closing, 5000), "{repeated}");
    }
    assert!(parse("SELECT * FROM ", "(", "a", " JOIN b ON c)", 30));
}
