//! Statements that the server's own parser accepts, from a file that is not part of the project. The folder is given
//! by `MZ_CORPUS`; without it these tests are skipped, and say so.

use std::collections::BTreeMap;

use mz_deploy_planner::fingerprint;
use mz_deploy_planner::source::Span;
use mz_deploy_planner::syntax::ast::Body;
use mz_deploy_planner::syntax::parse;
use serde::Deserialize;

#[derive(Deserialize)]
struct Entry {
    kind: String,
    sql: String,
    /// How the server's parser prints the statement.
    normal: String,
}

fn corpus() -> Option<Vec<Entry>> {
    let Some(folder) = std::env::var_os("MZ_CORPUS") else {
        eprintln!("skipped: MZ_CORPUS is not set");
        return None;
    };
    let text =
        std::fs::read_to_string(std::path::Path::new(&folder).join("statements.json")).expect("readable");
    Some(serde_json::from_str(&text).expect("entries"))
}

/// The kind that the corpus gives to a statement of ours.
fn kind(body: &Body) -> &'static str {
    match body {
        Body::View(_) => "create_view",
        Body::MaterializedView(_) => "create_materialized_view",
        Body::Table(_) => "create_table",
        Body::TableFromSource(_) => "create_table_from_source",
        Body::Source(s) if s.kind == "WEBHOOK" => "create_webhook",
        Body::Source(_) => "create_source",
        Body::Sink(_) => "create_sink",
        Body::Secret(_) => "create_secret",
        Body::Connection(_) => "create_connection",
        Body::Index(_) => "create_index",
        Body::Type(_) => "create_type",
        Body::Cluster(_) => "create_cluster",
        Body::Role(_) => "create_role",
        Body::NetworkPolicy(_) => "create_network_policy",
        Body::Grant(_) => "grant_privileges",
        Body::Revoke(_) => "revoke_privileges",
        Body::GrantRole(_) => "grant_role",
        Body::RevokeRole(_) => "revoke_role",
        Body::AlterDefaultPrivileges(_) => "alter_default_privileges",
        Body::AlterRole(_) => "alter_role",
        Body::Comment(_) => "comment",
        Body::Set(_) | Body::UnitTest(_) | Body::Constraint(_) | Body::Other(_) => "other",
    }
}

const TYPED: &[&str] = &[
    "alter_default_privileges",
    "alter_role",
    "comment",
    "create_cluster",
    "create_connection",
    "create_index",
    "create_materialized_view",
    "create_network_policy",
    "create_role",
    "create_secret",
    "create_sink",
    "create_source",
    "create_table",
    "create_table_from_source",
    "create_type",
    "create_view",
    "create_webhook",
    "grant_privileges",
    "grant_role",
    "revoke_privileges",
    "revoke_role",
];

#[test]
fn every_statement_of_the_corpus_gets_its_typed_form() {
    let Some(corpus) = corpus() else { return };
    let mut failures = Vec::new();
    for entry in &corpus {
        let expected = if TYPED.contains(&entry.kind.as_str()) { entry.kind.as_str() } else { "other" };
        for text in [&entry.sql, &entry.normal] {
            let parsed = parse(text);
            match (parsed.statements.as_slice(), parsed.errors.as_slice()) {
                ([one], []) if kind(&one.body) == expected => {}
                ([one], []) => {
                    failures.push(format!("{} is read as {}: {text}", entry.kind, kind(&one.body)));
                }
                (_, errors) => failures.push(format!("{}: {errors:?}: {text}", entry.kind)),
            }
        }
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), corpus.len(), failures.join("\n"));
}

/// The corpus prints short statements as they were written: spelling is taken out of the comparison.
fn squeezed(normal: &str) -> String {
    let normal = normal.replacen("IF NOT EXISTS", "", 1);
    normal.chars().filter(|c| !c.is_whitespace() && *c != '"').flat_map(char::to_lowercase).collect()
}

#[test]
fn statements_with_one_fingerprint_are_one_statement_to_the_server() {
    let Some(corpus) = corpus() else { return };
    let mut seen = BTreeMap::new();
    for entry in &corpus {
        let fingerprint = fingerprint::of(&entry.sql, Span::new(0, entry.sql.len()), &[]);
        let normal = squeezed(&entry.normal);
        let first = seen.entry(fingerprint).or_insert_with(|| normal.clone());
        assert_eq!(*first, normal, "{}", entry.sql);
    }
    assert!(seen.len() > corpus.len() / 2, "most statements of the corpus differ");
}
