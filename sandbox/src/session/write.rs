//! Statements that write rows.

use super::Session;
use super::answer::{Answer, Bound, CopyIn, Result, Tag};
use super::copy_format::{CopyFormat, bad_data};
use super::planning::{self, Plan};
use super::read::{Read, param_types};
use super::transaction::Write;
use crate::catalog::{Catalog, ItemId, ObjectId, Privilege};
use crate::coordinator::engine_failed;
use crate::error::{SqlError, SqlState};
use crate::plan::rbac::Requirements;
use crate::query::WritePlan;
use crate::result::{Format, Param};
use crate::sql::ast::{Copy, CopyDirection, CopyRelation, Statement};
use crate::sql::print::display;

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
        let guard = coordinator.lock();
        self.prepare_engine(catalog)?;
        let answer = coordinator.engine().query(&plan.sql, &bound.params, &bound.formats);
        let answer = answer.map_err(|error| planning::translated(&error))?;
        let record =
            crate::coordinator::Record::Rows { table: plan.table, sql: &plan.sql, params: &bound.params };
        coordinator.hooks().record(&record)?;
        drop(guard);
        coordinator.changed();
        Ok(answer)
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
        let _guard = coordinator.lock();
        self.prepare_engine(&self.catalog_locked(&_guard))?;
        let engine = coordinator.engine();
        engine.batch("BEGIN").map_err(engine_failed)?;
        let tried = writes.iter().map(|write| engine.query(&write.sql, &write.params, formats));
        let tried: Result<Vec<_>, _> = tried.collect();
        engine.batch("ROLLBACK").map_err(engine_failed)?;
        tried.map_err(|error| planning::translated(&error))
    }
}

fn insert_answer(plan: &WritePlan, answer: crate::engine::Answer) -> Answer {
    if plan.columns.is_empty() {
        Answer::Done(format!("INSERT 0 {}", answer.affected))
    } else {
        Answer::Rows { rows: answer.result.rows, tag: Tag::Select }
    }
}
