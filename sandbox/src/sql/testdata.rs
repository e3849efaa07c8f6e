//! What the real server was seen to print and to refuse, for tests.

use serde::Deserialize;

/// What was recorded.
#[derive(Deserialize)]
pub(crate) struct Recorded {
    /// Answers of `SHOW CREATE`.
    pub(crate) show_create: Vec<String>,
    /// `create_sql` of catalog relations.
    pub(crate) create_sql: Vec<String>,
    /// Statements, and what the refusal to run them in a transaction block calls them.
    pub(crate) in_transaction: Vec<(String, String)>,
    /// Statements and their command tags, without counts.
    pub(crate) tags: Vec<(String, String)>,
    /// Syntax errors.
    pub(crate) errors: Vec<Refusal>,
}

/// A syntax error.
#[derive(Deserialize)]
pub(crate) struct Refusal {
    pub(crate) sql: String,
    pub(crate) message: String,
    pub(crate) position: u32,
}

/// What was recorded.
pub(crate) fn recorded() -> Recorded {
    serde_json::from_str(include_str!("testdata/recorded.json")).expect("the test data is valid")
}

/// Statements that the server reads, one of each shape.
pub(crate) fn statements() -> Vec<String> {
    serde_json::from_str(include_str!("testdata/statements.json")).expect("the test data is valid")
}

/// The statements of the folder that `MZ_CORPUS` names.
pub(crate) fn corpus() -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Entry {
        sql: String,
    }
    let folder = std::env::var_os("MZ_CORPUS")?;
    let text = std::fs::read_to_string(std::path::Path::new(&folder).join("statements.json")).ok()?;
    let entries: Vec<Entry> = serde_json::from_str(&text).expect("the corpus is a list of statements");
    Some(entries.into_iter().map(|entry| entry.sql).collect())
}
