//! What goes wrong with a session's statements, and how it asks for that.

use std::sync::Arc;

use super::Session;
use super::answer::{Answer, Bound, Description, Result, Tag};
use super::begin::StartupSetting;
use crate::error::SqlError;
use crate::fault::{Action, Call, StatementInfo, When};
use crate::result::Column;
use crate::sql::ast::Statement;

const TEXT: u32 = 25;

impl Session {
    /// What is to happen around a statement. Calls that ask for such things are left alone.
    pub(crate) fn faults(&self, bound: &Bound, when: When) -> Vec<Action> {
        let Some(parsed) = &bound.statement else { return Vec::new() };
        if Call::parse(&parsed.statement).is_some() {
            return Vec::new();
        }
        let statement = StatementInfo { connection: self.connection, text: &parsed.text, when };
        self.coordinator.faults().next(&statement)
    }

    /// Ends when the rules about statements are forgotten, at any time after this call.
    pub(crate) fn faults_cleared(&self) -> impl Future<Output = ()> + use<> {
        self.coordinator.faults().cleared()
    }

    /// Another session of the same role does something, from beginning to end.
    pub(crate) fn run_aside(&self, sql: &str) -> Result<()> {
        let names = ["database", "search_path", "cluster"];
        let values = self.variables.by_name();
        let setting = |name: &&str| Some(((*name).to_owned(), values.get(*name)?.clone()));
        let settings: Vec<StartupSetting> = names.iter().filter_map(setting).collect();
        let coordinator = Arc::clone(&self.coordinator);
        let connection = coordinator.next_connection();
        let mut other = Self::begin(coordinator, connection, &self.user, &settings)?;
        let done = other.run_script(sql);
        other.close();
        done.map_err(|error| {
            let message = format!("`{sql}`, which was to come in between, failed: {}", error.message);
            SqlError { message, ..error }
        })
    }

    fn run_script(&mut self, sql: &str) -> Result<()> {
        let statements = self.parse(sql)?;
        self.begin_batch(statements.len());
        for statement in statements {
            let bound = self.bind_simple(statement)?;
            self.execute_to_the_end(&bound)?;
        }
        self.end_batch()
    }

    /// What a call returns.
    pub(super) fn describe_call(statement: &Statement) -> Option<Description> {
        let _: Call = Call::parse(statement)?.ok()?;
        let columns = vec![Column { name: "mz_sandbox".to_owned(), type_oid: TEXT, type_mod: -1 }];
        Some(Description { columns: Some(columns), ..Description::default() })
    }

    /// Does what a call asks for; `None` if the statement isn't one.
    pub(super) fn call(&self, statement: &Statement) -> Option<Result<Answer>> {
        let lines = Call::parse(statement)?.and_then(|call| self.coordinator.call(&call));
        Some(lines.map(|lines| {
            let rows = lines.into_iter().map(|line| vec![Some(line.into_bytes())]).collect();
            Answer::Rows { rows, tag: Tag::Select }
        }))
    }
}
