//! The parser against what the real server said.

use super::*;

/// Reads statements that must parse from a file of the workplace's scenarios.
#[test]
fn scratch_all() {
    let Ok(text) = std::fs::read_to_string("/tmp/sbsql_all.json") else { return };
    let all: Vec<String> = serde_json::from_str(&text).unwrap_or_default();
    for sql in &all {
        if let Err(error) = parse_statements(sql) {
            println!(
                "{:?} {} | {}",
                error.position,
                error.message,
                sql.chars().take(200).collect::<String>()
            );
        }
    }
    let Ok(text) = std::fs::read_to_string("/work/shared/corpus/statements.json") else { return };
    let all: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap_or_default();
    let mut bad = 0;
    for one in &all {
        let sql = one["sql"].as_str().unwrap_or_default();
        if let Err(error) = parse_statements(sql) {
            bad += 1;
            println!(
                "CORPUS {:?} {} | {}",
                error.position,
                error.message,
                sql.chars().take(300).collect::<String>().replace('\n', " ")
            );
        }
    }
    println!("CORPUS bad {bad} of {}", all.len());
}
