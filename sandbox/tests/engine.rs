//! The engine as several callers use it.

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
