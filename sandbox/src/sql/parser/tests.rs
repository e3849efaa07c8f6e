//! The parser against what the real server said.

use super::*;
use crate::sql::testdata::{corpus, recorded, statements};

#[test]
fn syntax_errors_have_the_servers_words_and_places() {
    let mut wrong = Vec::new();
    let errors = recorded().errors;
    assert!(!errors.is_empty());
    for refusal in errors {
        let got = match parse_statements(&refusal.sql) {
            Ok(_) => "no error".to_owned(),
            Err(error) => format!("{} at {}", error.message, error.position.unwrap_or_default()),
        };
        let wanted = format!("{} at {}", refusal.message, refusal.position);
        if got != wanted {
            wrong.push(format!("{}\nwanted {wanted}\ngot    {got}", refusal.sql));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn statements_of_every_shape_are_read() {
    for sql in statements() {
        if let Err(error) = parse_statements(&sql) {
            panic!("{error}: {sql}");
        }
    }
}

#[test]
fn the_corpus_is_read() {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: MZ_CORPUS names no folder of statements");
        return;
    };
    let broken: Vec<_> = corpus
        .iter()
        .filter_map(|sql| parse_statements(sql).err().map(|error| format!("{error}: {sql}")))
        .collect();
    eprintln!("{} of {} statements are not read", broken.len(), corpus.len());
    assert!(broken.len() * 1000 <= corpus.len(), "{}", broken.join("\n"));
}

#[test]
fn a_batch_keeps_the_text_and_the_place_of_each_statement() {
    let parsed = parse_statements(";; SELECT 'ä' ; /* x */ COMMIT;").expect("valid");
    let seen: Vec<_> = parsed.iter().map(|one| (one.text.as_str(), one.offset)).collect();
    assert_eq!(seen, [("SELECT 'ä'", 3), ("COMMIT", 24)]);
    assert_eq!(parse_statements(" -- nothing\n;").expect("valid"), []);
}

/// Stacks of server threads are 2 MB; a hostile text must neither exhaust them nor take long.
#[test]
fn hostile_nesting_is_refused() {
    let run = || {
        let deep = 100_000;
        for sql in [
            format!("SELECT {}1{}", "(".repeat(deep), ")".repeat(deep)),
            format!("SELECT 1{}", " + 1".repeat(deep)),
            format!("SELECT {}1", "NOT ".repeat(deep)),
            format!("SELECT {}1", "- ".repeat(deep)),
            format!("SELECT 1{}", "::int".repeat(deep)),
            format!("SELECT x{}", "[1].a".repeat(deep)),
            format!("SELECT {}1{}", "f(".repeat(deep), ")".repeat(deep)),
            format!("SELECT {}1{}", "CASE WHEN ".repeat(deep), " THEN 1 END".repeat(deep)),
            format!("SELECT {}1{}", "ARRAY[".repeat(deep), "]".repeat(deep)),
            format!("SELECT {}1{}", "LIST[[".repeat(deep), "]]".repeat(deep)),
            format!("SELECT NULL::{}int{}", "map[text=>".repeat(deep), "]".repeat(deep)),
            format!("SELECT NULL::int{}", " list".repeat(deep)),
            format!("SELECT 1{}", " UNION SELECT 1".repeat(deep)),
            format!("{}SELECT 1{}", "(".repeat(deep), ")".repeat(deep)),
            format!("SELECT * FROM {}t{}", "(".repeat(deep), ")".repeat(deep)),
            format!("SELECT * FROM {}SELECT 1{}", "(".repeat(deep), ")".repeat(deep)),
            format!("{}SELECT 1", "DECLARE c CURSOR FOR ".repeat(deep)),
            format!("{}SELECT 1", "EXPLAIN ".repeat(deep)),
            format!("CREATE CLUSTER c (SIZE {}1{})", "(".repeat(deep), ")".repeat(deep)),
        ] {
            let error = parse_statements(&sql).expect_err("too deep");
            assert!(error.message.starts_with("exceeded recursion limit"), "{error}");
        }
        // What is within the limits can be printed and dropped.
        let allowed = format!("SELECT {}1{}{}", "(".repeat(60), " + 1".repeat(900), ")".repeat(60));
        let parsed = parse_statements(&allowed).expect("within the limits");
        for one in &parsed {
            assert!(crate::sql::print::display(&one.statement).len() > 900);
        }
    };
    let thread = std::thread::Builder::new().stack_size(2 << 20).spawn(run).expect("a thread");
    thread.join().expect("no overflow");
}
