//! Statements that write rows.

use super::Session;
use super::answer::{Answer, Bound, Result, Tag};
use super::copy_format;
use super::planning::{self, Plan};
use super::read::{Read, param_types, with_dependencies};
use super::transaction::Write;
use crate::catalog::{Catalog, ObjectId, Privilege};
use crate::coordinator::engine_failed;
use crate::error::{SqlError, SqlState};
use crate::plan::rbac::Requirements;
use crate::query::{self, CopyFormat, CopyFrom, CopyKind, CopyPlan, WritePlan};
use crate::result::{Format, Param};
use crate::sql::ast::{Copy, Statement};
use crate::sql::print::display;

/// The most parameters of a statement of the engine.
const MAX_PARAMS: usize = 60_000;

impl Session {
    pub(super) fn write(&mut self, statement: &Statement, bound: &Bound) -> Result<Answer> {
        match statement {
            Statement::Copy(copy) => self.copy(copy, bound),
            _ => self.insert(statement, bound),
        }
    }

    fn insert(&mut self, statement: &Statement, bound: &Bound) -> Result<Answer> {
        let Plan::Write(plan) = self.plan(statement, &param_types(bound))? else {
            return Err(SqlError::unsupported(display(statement)));
        };
        self.transaction.allows_writes()?;
        if !plan.is_constant() {
            self.transaction.requires_no_block(|| display(statement))?;
        }
        let catalog = self.catalog();
        let insert = Privilege::Insert;
        self.allow_write(&catalog, &plan, &[insert])?;
        if self.transaction.is_shared() {
            return self.put_off(&plan, bound);
        }
        let answer = self.run_write(&catalog, &plan, bound)?;
        Ok(insert_answer(&plan, answer))
    }

    /// `UPDATE` and `DELETE`.
    pub(super) fn mutate(&mut self, statement: &Statement, bound: &Bound) -> Result<Answer> {
        let Plan::Write(plan) = self.plan(statement, &param_types(bound))? else {
            return Err(SqlError::unsupported(display(statement)));
        };
        let catalog = self.catalog();
        let (privilege, word) = match statement {
            Statement::Update(_) => (Privilege::Update, "UPDATE"),
            _ => (Privilege::Delete, "DELETE"),
        };
        self.allow_write(&catalog, &plan, &[privilege])?;
        let answer = self.run_write(&catalog, &plan, bound)?;
        Ok(Answer::Done(format!("{word} {}", answer.affected)))
    }

    fn allow_write(&self, catalog: &Catalog, plan: &WritePlan, privileges: &[Privilege]) -> Result<()> {
        let view = self.view();
        let schema = catalog.item(plan.table).and_then(|item| item.schema).map(ObjectId::Schema);
        let mut requires = Requirements::reads(plan.references.reads.iter().copied());
        requires.privileges.extend(schema.map(|schema| (Some(schema), Privilege::Usage)));
        for privilege in privileges {
            requires = requires.and(Some(ObjectId::Item(plan.table)), *privilege);
        }
        requires.check(catalog, view.role)
    }

    fn run_write(&self, catalog: &Catalog, plan: &WritePlan, bound: &Bound) -> Result<crate::engine::Answer> {
        let coordinator = &self.coordinator;
        let mut state = coordinator.lock();
        coordinator.bring_up_to_date(&mut state, &with_dependencies(catalog, &plan.references.reads))?;
        let _engine = self.engine(catalog)?;
        coordinator.write_one(&mut state, |engine| {
            let answer = engine.query(&plan.sql, &bound.params, &bound.formats);
            answer.map_err(|error| planning::translated(&error))
        })
    }

    /// Tries a write, takes it back, and keeps it for the end of the transaction.
    fn put_off(&mut self, plan: &WritePlan, bound: &Bound) -> Result<Answer> {
        let write = Write { table: plan.table, sql: plan.sql.clone(), params: bound.params.clone() };
        let answers = self.try_writes(std::slice::from_ref(&write), &bound.formats)?;
        self.transaction.write(vec![write])?;
        let answer = answers.into_iter().next().unwrap_or_default();
        Ok(insert_answer(plan, answer))
    }

    /// What writes would do: they are run and taken back.
    fn try_writes(&self, writes: &[Write], formats: &[Format]) -> Result<Vec<crate::engine::Answer>> {
        let coordinator = &self.coordinator;
        let state = coordinator.lock();
        let engine = self.engine(&state.catalog)?;
        engine.batch("BEGIN").map_err(engine_failed)?;
        let tried = writes.iter().map(|write| engine.query(&write.sql, &write.params, formats));
        let tried: std::result::Result<Vec<_>, _> = tried.collect();
        engine.batch("ROLLBACK").map_err(engine_failed)?;
        tried.map_err(|error| planning::translated(&error))
    }

    fn copy(&mut self, copy: &Copy, bound: &Bound) -> Result<Answer> {
        let catalog = self.catalog();
        let view = self.view();
        let engine = self.engine(&catalog)?;
        let plan = query::plan_copy(copy, &catalog, &view, &engine, &param_types(bound));
        drop(engine);
        match plan? {
            CopyPlan::From(from) => {
                self.transaction.write(Vec::new())?;
                let mut requires = Requirements::default();
                let schema = catalog.item(from.table).and_then(|item| item.schema).map(ObjectId::Schema);
                requires.privileges.extend(schema.map(|schema| (Some(schema), Privilege::Usage)));
                requires
                    .and(Some(ObjectId::Item(from.table)), Privilege::Insert)
                    .check(&catalog, view.role)?;
                Ok(Answer::CopyIn(Box::new(from)))
            }
            CopyPlan::Query(plan, format) => {
                let formats = copy_formats(&format);
                match self.select(&plan, &bound.params, &formats)? {
                    Read::Rows(rows) => Ok(Answer::CopyOut { columns: plan.columns.len(), format, rows }),
                    Read::Wait(until) => Ok(Answer::Wait { until }),
                }
            }
            CopyPlan::Subscribe(plan, format) => {
                let bound = Bound { formats: copy_formats(&format), ..bound.clone() };
                self.begin_subscription(&catalog, plan, &bound, Some(format))
            }
        }
    }

    /// The rows of a `COPY … FROM STDIN` are there. Returns how many.
    pub(crate) fn finish_copy(&mut self, copy: &CopyFrom, data: &[u8]) -> Result<usize> {
        let rows = copy_format::decode(&copy.format, data, copy.columns.len())?;
        let count = rows.len();
        if rows.is_empty() {
            return Ok(0);
        }
        let writes = copy_writes(copy, rows);
        self.try_writes(&writes, &[]).map_err(|error| copy_error(&error))?;
        self.transaction.write(writes)?;
        Ok(count)
    }
}

fn copy_formats(format: &CopyFormat) -> Vec<Format> {
    vec![if format.kind == CopyKind::Binary { Format::Binary } else { Format::Text }]
}

/// One statement for many rows of text values, within the number of parameters that a statement may have.
fn copy_writes(copy: &CopyFrom, rows: Vec<Vec<Option<String>>>) -> Vec<Write> {
    let columns: Vec<_> = copy.columns.iter().map(|column| quoted(&column.name)).collect();
    let width = copy.columns.len().max(1);
    let most = (MAX_PARAMS / width).max(1);
    let mut rows = rows.into_iter().peekable();
    let mut writes = Vec::new();
    while rows.peek().is_some() {
        let mut params = Vec::new();
        let mut tuples = Vec::new();
        for row in rows.by_ref().take(most) {
            let first = params.len();
            let places: Vec<_> = (1..=row.len()).map(|place| format!("${}", first + place)).collect();
            tuples.push(format!("({})", places.join(", ")));
            params.extend(row.into_iter().zip(&copy.columns).map(|(value, column)| Param {
                type_oid: column.type_oid,
                format: Format::Text,
                value: value.map(String::into_bytes),
            }));
        }
        let sql = format!(
            "INSERT INTO {} ({}) VALUES {}",
            copy.engine_table,
            columns.join(", "),
            tuples.join(", ")
        );
        writes.push(Write { table: copy.table, sql, params });
    }
    writes
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// An error of a row, as `COPY` says it.
fn copy_error(error: &SqlError) -> SqlError {
    if error.code == SqlState("23502") {
        return SqlError::internal(format!("constraint violation: {}", error.message));
    }
    copy_format::bad_data(format!("unable to decode column: {}", error.message))
}

fn insert_answer(plan: &WritePlan, answer: crate::engine::Answer) -> Answer {
    if plan.columns.is_empty() {
        Answer::Done(format!("INSERT 0 {}", answer.affected))
    } else {
        Answer::Rows { rows: answer.result.rows, tag: Tag::Select }
    }
}
