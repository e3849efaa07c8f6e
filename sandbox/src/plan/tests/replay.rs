//! The statements about the catalog of the recorded scenarios, and what the real server answered.
//!
//! Queries and writes are passed over; so are the refusals of the parser and of the transaction that a statement is
//! in, which aren't planning's.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use mz_deploy_planner::name::Ident;
use serde_json::Value;

use super::world::{NOW, run, session, set};
use crate::catalog::{Catalog, Op, Transaction};
use crate::error::{Notice, Severity, SqlError};
use crate::plan::{Limits, SessionView, plan_ddl};
use crate::sql::ast::Statement;
use crate::sql::parser::parse_statements;

/// Codes of refusals that come from elsewhere: syntax, the transaction, another session, an unknown parameter.
const NOT_PLANNED: [&str; 6] = ["42601", "25000", "25001", "25006", "25P02", "40001"];

/// A transaction block that a client opened.
#[derive(Default)]
struct Block {
    /// What it did so far, each on top of the last.
    statements: Vec<Statement>,
    /// The statement that runs when the block ends.
    delayed: Option<Statement>,
}

struct Client {
    view: SessionView,
    block: Option<Block>,
}

struct Replay {
    catalog: Catalog,
    clients: BTreeMap<String, Client>,
    users: BTreeMap<String, String>,
    compared: usize,
    differences: String,
}

#[test]
fn every_statement_about_the_catalog_is_answered_as_recorded() {
    let mut compared = 0;
    let mut differences = String::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/scenarios");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the scenarios are there")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).expect("a scenario is readable");
        let scenario: Value = serde_json::from_str(&text).expect("a scenario is JSON");
        let mut replay = Replay::new(&scenario);
        for (number, step) in scenario["steps"].as_array().into_iter().flatten().enumerate() {
            replay.step(&format!("{name}:{number}"), step);
        }
        compared += replay.compared;
        differences.push_str(&replay.differences);
    }
    assert!(differences.is_empty(), "{compared} compared, these differ:\n{differences}");
    assert!(compared > 600, "only {compared} statements were compared");
}

impl Replay {
    fn new(scenario: &Value) -> Self {
        let users = scenario["sessions"].as_object().into_iter().flatten().map(|(name, parameters)| {
            (name.clone(), parameters["user"].as_str().unwrap_or("materialize").to_owned())
        });
        Self {
            catalog: Catalog::bootstrap(),
            clients: BTreeMap::new(),
            users: users.collect(),
            compared: 0,
            differences: String::new(),
        }
    }

    fn connect(&mut self, name: &str, user: &str, database: &str) {
        if self.catalog.role_by_name(&Ident::from(user)).is_none() {
            let id = self.catalog.next_role_id();
            let op = Op::CreateRole { id, name: Ident::from(user), can_login: None, superuser: None };
            let transaction = Transaction { ops: vec![op], user: None, now: NOW };
            self.catalog.apply(&transaction).expect("the role is new");
        }
        let mut view = session(&self.catalog, user);
        view.database = Ident::from(database);
        view.connection = u32::try_from(self.clients.len()).unwrap_or_default() + 1;
        self.clients.insert(name.to_owned(), Client { view, block: None });
    }

    fn step(&mut self, at: &str, step: &Value) {
        let Some(name) = step["session"].as_str() else { return };
        let startup = &step["connect"];
        if startup.is_object() {
            let expect = &step["expect"];
            if expect["sqlstate"].is_null() {
                let user = startup["user"].as_str().unwrap_or("materialize");
                self.connect(name, user, startup["database"].as_str().unwrap_or("materialize"));
            }
            return;
        }
        if !self.clients.contains_key(name) {
            let user = self.users.get(name).cloned().unwrap_or_else(|| "materialize".to_owned());
            self.connect(name, &user, "materialize");
        }
        if let Some(sql) = step["sql"].as_str() {
            self.query(at, name, sql, &step["expect"]);
        }
        for op in step["ops"].as_array().into_iter().flatten() {
            if let Some(sql) = op["parse"]["sql"].as_str() {
                self.query(at, name, sql, &Value::Null);
            }
        }
    }

    fn query(&mut self, at: &str, name: &str, sql: &str, expect: &Value) {
        let Ok(statements) = parse_statements(sql) else { return };
        let Some(mut client) = self.clients.remove(name) else { return };
        match statements.as_slice() {
            [one] => self.statement(at, &mut client, &one.statement, expect),
            // A batch is one transaction: all of it or nothing.
            many if expect["sqlstate"].is_null() => {
                for one in many {
                    self.statement(at, &mut client, &one.statement, &Value::Null);
                }
            }
            _ => {}
        }
        self.clients.insert(name.to_owned(), client);
    }

    /// `expect` is null for statements whose answers aren't compared.
    fn statement(&mut self, at: &str, client: &mut Client, statement: &Statement, expect: &Value) {
        let code = expect["sqlstate"].as_str();
        let planned = code.is_none_or(|code| !NOT_PLANNED.contains(&code));
        match statement {
            Statement::Begin { .. } => {
                client.block.get_or_insert_default();
            }
            Statement::Commit { .. } => {
                let block = client.block.take().unwrap_or_default();
                let rolled_back = expect["tag"] == "ROLLBACK" || code == Some("40001");
                if !rolled_back {
                    for statement in &block.statements {
                        self.run(at, client, statement, &Value::Null);
                    }
                }
                if let Some(delayed) = &block.delayed {
                    let expect = if planned { expect } else { &Value::Null };
                    self.run(at, client, delayed, expect);
                }
            }
            Statement::Rollback { .. } => client.block = None,
            statement if set(statement, &mut client.view) => {}
            _ if !planned => {}
            statement if client.block.is_some() => self.in_block(at, client, statement, expect),
            statement => self.run(at, client, statement, expect),
        }
    }

    /// Renames and swaps run against what the block did before; everything else waits for its end.
    fn in_block(&mut self, at: &str, client: &mut Client, statement: &Statement, expect: &Value) {
        let at_once = matches!(
            statement,
            Statement::AlterRename { .. }
                | Statement::AlterSwap { .. }
                | Statement::CreateTableFromSource(_)
                | Statement::CreateSource(_)
        );
        if !at_once {
            if let Some(block) = &mut client.block {
                block.delayed = Some(statement.clone());
            }
            return;
        }
        let outside = self.catalog.clone();
        let before = client.block.as_ref().map(|block| block.statements.clone()).unwrap_or_default();
        for statement in &before {
            self.run(at, client, statement, &Value::Null);
        }
        self.run(at, client, statement, expect);
        self.catalog = outside;
        if let Some(block) = &mut client.block
            && expect["sqlstate"].is_null()
        {
            block.statements.push(statement.clone());
        }
    }

    fn run(&mut self, at: &str, client: &Client, statement: &Statement, expect: &Value) {
        let is_ddl =
            plan_ddl(statement, &mut self.catalog.clone(), &client.view, &Limits::default()).is_some();
        let failed = !expect["sqlstate"].is_null();
        let skipped = expect["notices"].as_array().into_iter().flatten().any(|notice| {
            notice["message"].as_str().is_some_and(|message| message.ends_with("already exists, skipping"))
        });
        if !is_ddl && (failed || skipped) {
            return;
        }
        let Some(answer) = run(statement, &mut self.catalog, &client.view) else { return };
        let answer = answer.map(|(notices, _)| notices);
        if expect.is_null() {
            return;
        }
        self.compared += 1;
        let (found, recorded) = (said(&answer), recorded(expect, is_ddl));
        if found != recorded {
            let _ = writeln!(
                self.differences,
                "{at}\n  {statement:?}\n  recorded {recorded}\n  found    {found}"
            );
        }
    }
}

/// An answer as text.
fn said(answer: &Result<Vec<Notice>, SqlError>) -> String {
    match answer {
        Ok(notices) => notices
            .iter()
            .map(|notice| {
                let severity = if notice.severity == Severity::Warning { "WARNING" } else { "NOTICE" };
                line(
                    severity,
                    notice.code.0,
                    &notice.message,
                    notice.detail.as_deref(),
                    notice.hint.as_deref(),
                )
            })
            .collect(),
        Err(error) => {
            line("ERROR", error.code.0, &error.message, error.detail.as_deref(), error.hint.as_deref())
        }
    }
}

/// What was recorded, as the same text. Notices about the session itself (`MZ…`) aren't planning's, nor are the
/// notices of statements that make items.
fn recorded(expect: &Value, is_ddl: bool) -> String {
    let one = |value: &Value| {
        let text = |member: &str| value[member].as_str();
        line(
            text("severity").unwrap_or_default(),
            text("sqlstate").unwrap_or_default(),
            text("message").unwrap_or_default(),
            text("detail"),
            text("hint"),
        )
    };
    if !expect["sqlstate"].is_null() {
        return one(expect);
    }
    let notices = expect["notices"].as_array().into_iter().flatten();
    let planned =
        notices.filter(|notice| is_ddl && !notice["sqlstate"].as_str().unwrap_or_default().starts_with("MZ"));
    planned.map(one).collect()
}

fn line(severity: &str, code: &str, message: &str, detail: Option<&str>, hint: Option<&str>) -> String {
    format!("{severity} {code} {message} / {detail:?} / {hint:?}; ")
}
