//! Every view and materialized view that the server's own parser accepts is rewritten, and that parser judges the
//! result: `oracle/check.mjs` says how.
//!
//! The statements are from a file that is not part of the project; its folder is given by `MZ_CORPUS`. Without it, or
//! without the parser (`npm ci --prefix tests/oracle`), nothing is tested here, and the tests say so.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mz_deploy_planner::name::{Ident, ObjectName, SchemaName};
use mz_deploy_planner::resolve::{Context, Occurrence, Target, resolve};
use mz_deploy_planner::source::Span;
use mz_deploy_planner::syntax::ast::{Body, Statement};
use mz_deploy_planner::syntax::parse;
use mz_deploy_planner::syntax::rewrite::{NewName, rewrite};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Entry {
    kind: String,
    sql: String,
}

/// One line for the oracle.
#[derive(Serialize)]
struct Case {
    before: String,
    after: String,
    query: [u32; 3],
    names: Vec<ExpectedName>,
}

#[derive(Serialize)]
struct ExpectedName {
    start: u32,
    end: u32,
    parts: Vec<String>,
    alias: Option<String>,
}

#[derive(Deserialize)]
struct Verdict {
    errors: Vec<String>,
}

fn oracle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("oracle")
}

/// The corpus's statements of the kinds, or a message why there are none.
fn corpus(kinds: &[&str]) -> Result<Vec<String>, &'static str> {
    let folder = std::env::var_os("MZ_CORPUS").ok_or("MZ_CORPUS is not set")?;
    if !oracle().join("node_modules").exists() {
        return Err("the server's parser is not installed: `npm ci --prefix tests/oracle`");
    }
    let text = std::fs::read_to_string(Path::new(&folder).join("statements.json")).expect("readable");
    let entries: Vec<Entry> = serde_json::from_str(&text).expect("entries");
    Ok(entries.into_iter().filter(|e| kinds.contains(&e.kind.as_str())).map(|e| e.sql).collect())
}

fn context() -> Context {
    Context {
        schema: SchemaName::new("file_db".into(), "file_schema".into()),
        database_map: [].into(),
        cluster_map: [].into(),
    }
}

/// A way to name things anew.
type Renaming = fn(&ObjectName) -> ObjectName;

/// All schemas of projects get another name, in another database.
fn moved(name: &ObjectName) -> ObjectName {
    let schema = format!("{}_v1", name.schema.schema.as_str());
    ObjectName::new("new db", schema, name.name.as_str())
}

/// All objects get another name in their schemas.
fn renamed(name: &ObjectName) -> ObjectName {
    let database = name.schema.database.as_ref().map_or("", Ident::as_str);
    ObjectName::new(database, name.schema.schema.as_str(), format!("{}__v1", name.name.as_str()))
}

fn new_object(name: &ObjectName, renaming: Renaming) -> ObjectName {
    if name.schema.is_system() { name.clone() } else { renaming(name) }
}

fn new_name(target: &Target, renaming: Renaming) -> Option<NewName> {
    Some(match target {
        Target::Own(name) | Target::Relation { name, .. } | Target::Object(name) | Target::Type(name) => {
            NewName::Object(new_object(name, renaming))
        }
        Target::Schema(schema) => NewName::Schema(schema.clone()),
        Target::Cluster(name) => NewName::Ident(name.suffixed("_v1").expect("short")),
        Target::IndexName(name) | Target::Database(name) => NewName::Ident(name.clone()),
        Target::Qualifier { .. } => return None,
    })
}

/// What must stand in the place of a name, worked out apart from the code under test.
fn expected(occurrence: &Occurrence, all: &[Occurrence], renaming: Renaming) -> ExpectedName {
    let full = |name: &ObjectName| {
        let name = new_object(name, renaming);
        let database = name.schema.database.iter().map(Ident::as_str);
        let parts = database.chain([name.schema.schema.as_str(), name.name.as_str()]);
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    let (parts, alias) = match &occurrence.target {
        Target::Own(name) | Target::Object(name) | Target::Type(name) => (full(name), None),
        Target::Relation { name, needs_alias, .. } => (full(name), needs_alias.clone()),
        Target::Qualifier { relation } => match &all[*relation as usize].target {
            Target::Relation { needs_alias: Some(alias), .. } => (vec![alias.as_str().to_owned()], None),
            Target::Relation { name, .. } => (full(name).split_off(full(name).len() - 1), None),
            target => panic!("a column is qualified with {target:?}"),
        },
        Target::Schema(schema) => {
            let parts = schema.database.iter().chain([&schema.schema]);
            (parts.map(|part| part.as_str().to_owned()).collect(), None)
        }
        Target::Cluster(name) => (vec![format!("{}_v1", name.as_str())], None),
        Target::IndexName(name) | Target::Database(name) => (vec![name.as_str().to_owned()], None),
    };
    let alias = alias.map(|alias| alias.as_str().to_owned());
    ExpectedName { start: occurrence.span.start, end: occurrence.span.end, parts, alias }
}

fn query_span(statement: &Statement) -> Option<Span> {
    match &statement.body {
        Body::View(view) => Some(view.query.span),
        Body::MaterializedView(view) => Some(view.query.span),
        _ => None,
    }
}

fn case(sql: &str, renaming: Renaming) -> Case {
    let parsed = parse(sql);
    assert_eq!(parsed.errors, [], "{sql}");
    let statement = parsed.statements.first().unwrap_or_else(|| panic!("no statement: {sql}"));
    let before = statement.span.slice(sql).to_owned();
    let parsed = parse(&before);
    let statement = &parsed.statements[0];
    let occurrences = resolve(statement, None, &context());
    let after = rewrite(&before, statement.span, &occurrences, &|target| new_name(target, renaming));
    let query = query_span(statement).unwrap_or_else(|| panic!("no query: {sql}"));
    let query_after = query_span(&parse(&after).statements[0]).unwrap_or_else(|| panic!("no query: {after}"));
    let names = occurrences.iter().map(|o| expected(o, &occurrences, renaming)).collect();
    Case { query: [query.start, query.end, query_after.start], before, after, names }
}

/// Lets the oracle judge cases, and returns what it has against them.
fn judge(cases: &[Case]) -> Vec<String> {
    let mut node = Command::new("node")
        .arg(oracle().join("check.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut stdin = node.stdin.take().expect("a pipe");
    let lines: String = cases.iter().map(|c| serde_json::to_string(c).expect("JSON") + "\n").collect();
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = node.wait_with_output().expect("node ends");
    writer.join().expect("no panic").expect("node reads");
    assert!(output.status.success(), "the oracle failed");
    let output = String::from_utf8(output.stdout).expect("UTF-8");
    let verdicts: Vec<Verdict> =
        output.lines().map(|l| serde_json::from_str(l).expect("a verdict")).collect();
    assert_eq!(verdicts.len(), cases.len());
    let complaints = cases.iter().zip(verdicts).filter(|(_, verdict)| !verdict.errors.is_empty());
    complaints
        .map(|(c, v)| format!("{}\n--- became\n{}\n--- {}", c.before, c.after, v.errors.join("\n--- ")))
        .collect()
}

fn check(statements: &[String], renaming: Renaming) {
    let cases: Vec<Case> = statements.iter().map(|sql| case(sql, renaming)).collect();
    let complaints = judge(&cases);
    assert!(
        complaints.is_empty(),
        "{} of {} statements:\n\n{}",
        complaints.len(),
        cases.len(),
        complaints.join("\n\n")
    );
}

fn check_views(renaming: Renaming) {
    match corpus(&["create_view", "create_materialized_view"]) {
        Ok(statements) => check(&statements, renaming),
        Err(reason) => eprintln!("skipped: {reason}"),
    }
}

/// Queries as the views that have them.
fn check_queries(renaming: Renaming) {
    match corpus(&["select"]) {
        Ok(queries) => {
            // Only a whole statement has a time; a view has none.
            let timeless = queries.into_iter().filter(|q| !q.to_ascii_uppercase().contains("AS OF"));
            let views: Vec<_> = timeless.map(|query| format!("CREATE VIEW v AS {query}")).collect();
            check(&views, renaming);
        }
        Err(reason) => eprintln!("skipped: {reason}"),
    }
}

#[test]
fn views_that_move_to_other_schemas_differ_in_names_alone() {
    check_views(moved);
}

#[test]
fn views_of_renamed_relations_differ_in_names_alone() {
    check_views(renamed);
}

#[test]
fn queries_that_move_to_other_schemas_differ_in_names_alone() {
    check_queries(moved);
}

#[test]
fn queries_of_renamed_relations_differ_in_names_alone() {
    check_queries(renamed);
}
