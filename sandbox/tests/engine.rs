//! The engine as several callers use it, and for long.

use mz_deploy_sandbox::engine::{Engine, SessionSettings};

/// The value of an expression.
fn value(engine: &Engine, expression: &str) -> String {
    let answer = engine.query(&format!("SELECT {expression}"), &[], &[]).expect("answers");
    let value = answer.result.rows.into_iter().flatten().flatten().next();
    String::from_utf8(value.expect("a value")).expect("a text")
}

#[test]
fn a_session_s_settings_hold_until_it_lets_the_engine_go() {
    let engine = Engine::open("").expect("opens");
    let of = |user: &str| SessionSettings { user: user.to_owned(), ..SessionSettings::default() };
    let user = |engine: &Engine| value(engine, "\"current_user\"()");
    let exclusive = engine.for_session(of("ann")).expect("sets");
    let (other, joe) = (engine.clone(), of("joe"));
    let others = std::thread::spawn(move || user(&other.for_session(joe).expect("sets")));
    std::thread::sleep(std::time::Duration::from_millis(100));
    // A transaction of its own in between lets nobody else in.
    drop(exclusive.exclusive());
    std::thread::sleep(std::time::Duration::from_millis(100));
    assert_eq!(user(&exclusive), "ann");
    drop(exclusive);
    assert_eq!(others.join().expect("no panic"), "joe");
}

/// The backend would remember something of every column that there ever was, and keep every row.
#[test]
fn what_was_dropped_takes_no_room() {
    const RELATIONS: usize = 600;
    let engine = Engine::open("").expect("opens");
    let number = |sql: &str| value(&engine, sql).parse::<u64>().expect("a number");
    let mut rooms = Vec::new();
    for round in 0..4 {
        let statements = |statement: fn(usize) -> String| {
            let numbers = round * RELATIONS..(round + 1) * RELATIONS;
            numbers.map(statement).collect::<Vec<_>>().join(";\n")
        };
        for statement in [
            (|n| format!("CREATE TABLE data.gone{n} (a int4, b text, c int4)")) as fn(usize) -> String,
            |n| format!("SELECT a, b FROM data.gone{n} WHERE a = 1 AND b = 'b' AND c = 1"),
            |n| format!("DROP TABLE data.gone{n}"),
        ] {
            engine.batch(&statements(statement)).expect("runs");
        }
        // The backend counts dead rows now and then, unless it is told to.
        engine.query("SELECT pg_catalog.pg_stat_force_next_flush()", &[], &[]).expect("runs");
        // As much as happens between two looks, several times.
        for _ in 0..4_000 {
            engine.batch("").expect("runs");
            engine.tidy().expect("tidies");
        }
        rooms.push(number(
            "(SELECT used_bytes FROM pg_catalog.pg_backend_memory_contexts WHERE name = 'CacheMemoryContext')",
        ));
        let dead = number("(SELECT sum(pg_catalog.pg_stat_get_dead_tuples(oid)) FROM pg_catalog.pg_class)");
        assert!(dead < 10_000, "{dead} dead rows");
    }
    // Two hundred bytes a column would be more than this.
    assert!(rooms[3] < rooms[1] + 100_000, "{rooms:?}");
}
