//! What each fuzz target does with its input. Inputs that once failed are kept in `tests/fuzz/regressions` and run
//! through the same functions by an ordinary test.

use mz_deploy_planner::diagnostic::text;
use mz_deploy_planner::input::{Config, Sources, StageOptions};
use mz_deploy_planner::name::{Ident, SchemaName};
use mz_deploy_planner::project::variables;
use mz_deploy_planner::resolve::Target;
use mz_deploy_planner::syntax::rewrite::{NewName, production, rewrite};
use mz_deploy_planner::view::{self, TextOptions};
use mz_deploy_planner::{compile, fingerprint, input, plan, resolve, syntax};

/// Text as statements: parsed, resolved, rewritten, fingerprinted.
pub fn statement(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let context = resolve::Context {
        schema: SchemaName::new(Ident::new("db"), Ident::new("public")),
        database_map: std::collections::BTreeMap::new(),
        cluster_map: std::collections::BTreeMap::new(),
    };
    for statement in syntax::parse(text).statements {
        let occurrences = resolve::resolve(&statement, None, &context);
        let _ = fingerprint::of(text, statement.span, &occurrences);
        let moved = rewrite(text, statement.span, &occurrences, &moved);
        // What was a statement stays one.
        assert!(syntax::parse(&moved).errors.is_empty(), "rewritten to {moved}");
    }
}

/// Relations to another schema, everything else in full.
fn moved(target: &Target) -> Option<NewName> {
    match production(target)? {
        NewName::Object(mut name) => {
            name.schema.schema = Ident::new("elsewhere");
            Some(NewName::Object(name))
        }
        other => Some(other),
    }
}

/// Frames of the protocol that a client sends to the sandbox.
pub fn sandbox_frames(data: &[u8]) {
    mz_deploy_sandbox::fuzzing::frames(data);
}

/// Statements that a client sends to the sandbox.
pub fn sandbox_statements(data: &[u8]) {
    mz_deploy_sandbox::fuzzing::statements(data);
}

/// The first line is the value of the variable `v`, the rest a text that may use it.
pub fn variables(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (value, text) = text.split_once('\n').unwrap_or(("", text));
    let variables = std::iter::once(("v".into(), value.into())).collect();
    let resolved = variables::resolve_variables(&text.into(), &variables).text;
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    for offset in 0..=u32::try_from(resolved.as_str().len()).unwrap_or(u32::MAX) {
        let original = resolved.to_original(mz_deploy_planner::source::Span::at(offset));
        assert!(original.start <= length && original.end <= length, "offset {offset} maps to {original:?}");
    }
}

/// Files, each behind a line `--- path`.
pub fn project(data: &[u8]) {
    let Ok(input) = std::str::from_utf8(data) else { return };
    let sources = files(input);
    let compiled = compile(&sources, &Config::default());
    let _ =
        text::render(&compiled.diagnostics, |path| sources.get(path).map(AsRef::as_ref), text::Colour::Plain);
    let options = StageOptions { deploy_id: "f1".into(), ..StageOptions::default() };
    if let Ok(plan) = compiled.plan_stage(None, None, &options) {
        let _ = (
            view::plan_text(&plan, TextOptions::default()),
            view::plan_markdown(&plan),
            view::plan_sql(&plan),
        );
        let again = compiled.plan_stage(Some(&plan::deployed_after(&compiled.project)), None, &options);
        assert!(
            again.is_ok_and(|plan| plan.changes.is_empty() && plan.phases.is_empty()),
            "what was deployed as it is needs no plan"
        );
    }
}

/// A saved plan.
pub fn plan_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(plan) = view::read_plan("plan.json", text) {
        let _ = (
            view::plan_text(&plan, TextOptions::default()),
            view::plan_markdown(&plan),
            view::plan_sql(&plan),
        );
        let json = view::plan_json(&plan);
        assert_eq!(view::read_plan("plan.json", &json).ok().as_ref(), Some(&plan), "a plan survives saving");
    }
}

/// A snapshot of what was deployed and, behind a line `---`, of the live catalog.
pub fn snapshot_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (deployed, live) = text.split_once("\n---\n").unwrap_or((text, ""));
    let compiled = compile(&files(PROJECT), &Config::default());
    let deployed = input::read_deployed("deployed.json", deployed).ok();
    let live = input::read_live("live.json", live).ok();
    if deployed.is_some() || live.is_some() {
        let options = StageOptions { deploy_id: "f1".into(), ..StageOptions::default() };
        let _ = compiled.plan_stage(deployed.as_ref(), live.as_ref(), &options);
    }
}

/// A small project to plan against.
const PROJECT: &str = "--- project.toml
--- clusters/c.sql
CREATE CLUSTER c (SIZE = '25cc');
--- models/app/raw/t.sql
CREATE TABLE t (x int);
--- models/app/core/m.sql
CREATE MATERIALIZED VIEW m IN CLUSTER c AS SELECT x FROM raw.t;
CREATE INDEX m_idx IN CLUSTER c ON m (x);
COMMENT ON MATERIALIZED VIEW m IS 'm';
--- models/app/core/v.sql
CREATE VIEW v AS SELECT m.x FROM m;
";

/// Splits a text into files at lines that start with `--- `.
pub fn files(text: &str) -> Sources {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("--- ") {
            files.push((path.trim().to_owned(), String::new()));
        } else if let Some((_, text)) = files.last_mut() {
            text.push_str(line);
        }
    }
    files.into_iter().collect()
}
