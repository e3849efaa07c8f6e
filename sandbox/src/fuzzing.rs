//! What fuzz targets call: the readers of what clients send.

use bytes::BytesMut;

use crate::sql::parser::parse_statements;
use crate::sql::print::display;
use crate::wire;

/// Reads frames of the protocol until one is not whole or not a frame. Each takes something off the front.
pub fn frames(data: &[u8]) {
    let mut startup = BytesMut::from(data);
    loop {
        let before = startup.len();
        match wire::take_startup(&mut startup) {
            Ok(Some(_)) => assert!(startup.len() < before, "a packet takes its bytes"),
            Ok(None) | Err(_) => break,
        }
    }
    let mut messages = BytesMut::from(data);
    loop {
        let before = messages.len();
        match wire::take_message(&mut messages) {
            Ok(Some(_)) => assert!(messages.len() < before, "a message takes its bytes"),
            Ok(None) | Err(_) => break,
        }
    }
}

/// Parses statements. What a statement prints as is a statement that prints the same, unless it refers to a table of a
/// constraint, which is not kept, or calls a column `of`, which is read as `AS OF`.
pub fn statements(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(statements) = parse_statements(text) else { return };
    for parsed in statements {
        let printed = display(&parsed.statement);
        if printed.contains("REFERENCES") || printed.contains(" AS of") {
            continue;
        }
        let again = match parse_statements(&printed) {
            Ok(again) => again,
            Err(error) => panic!("`{printed}` is no statement: {}", error.message),
        };
        let again: Vec<String> = again.iter().map(|parsed| display(&parsed.statement)).collect();
        assert_eq!(again, [printed]);
    }
}
