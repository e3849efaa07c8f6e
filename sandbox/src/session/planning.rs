//! Which part of the server plans which statement.

use std::collections::BTreeSet;

use super::answer::{Description, Result};
use crate::catalog::{Catalog, ItemId};
use crate::engine::{Engine, EngineError};
use crate::error::SqlError;
use crate::plan::rbac::Requirements;
use crate::plan::{self, DdlPlan, Findings, Limits, SessionView};
use crate::query::{self, AnswerPlan, CancelPlan, Planning, QueryPlan, SubscribePlan, WritePlan};
use crate::result::{Column, TypeOid};
use crate::sql::ast::{Query, SelectStatement, SetExpr, Statement, With};
use crate::sql::print::display;

/// A statement that was planned.
#[derive(Debug)]
pub(super) enum Plan {
    /// It returns rows of a query.
    Query(Box<QueryPlan>),
    /// It writes rows.
    Write(Box<WritePlan>),
    /// It returns the rows of a subscription.
    Subscribe(Box<SubscribePlan>),
    /// It runs no query.
    Answer(Box<AnswerPlan>),
    /// It cancels what another connection runs.
    Cancel(Box<CancelPlan>),
    /// It is planned when it runs.
    Other,
}

impl Plan {
    pub(super) fn description(&self) -> Description {
        match self {
            Self::Query(plan) => {
                Description { params: plan.params.clone(), columns: Some(plan.columns.clone()) }
            }
            Self::Write(plan) => {
                let columns = Some(plan.columns.clone()).filter(|columns: &Vec<Column>| !columns.is_empty());
                Description { params: plan.params.clone(), columns }
            }
            Self::Subscribe(plan) => {
                Description { params: plan.params.clone(), columns: Some(plan.columns.clone()) }
            }
            Self::Answer(plan) => Description { params: Vec::new(), columns: Some(plan.columns.clone()) },
            Self::Cancel(plan) => Description {
                params: plan.connection.params.clone(),
                columns: Some(vec![plan.column.clone()]),
            },
            Self::Other => Description::default(),
        }
    }
}

/// Plans a statement that reads or writes rows.
pub(super) fn plan(
    statement: &Statement,
    catalog: &Catalog,
    view: &SessionView,
    engine: &Engine,
    params: &[TypeOid],
) -> Result<Plan> {
    let read = |select: &SelectStatement| {
        query::plan_select(select, catalog, view, engine, params).map(|plan| Plan::Query(Box::new(plan)))
    };
    let write = |plan: Result<WritePlan>| plan.map(|plan| Plan::Write(Box::new(plan)));
    match statement {
        Statement::Select(select) => match query::plan_cancel(select, catalog, view, engine, params) {
            Some(plan) => plan.map(|plan| Plan::Cancel(Box::new(plan))),
            None => read(select),
        },
        Statement::Show(_) => read(&show_as_select(statement)),
        Statement::ShowCreate { kind, name, redacted } => {
            query::plan_show_create((*kind, name, *redacted), catalog, view)
                .map(|plan| Plan::Answer(Box::new(plan)))
        }
        Statement::Insert(insert) => write(query::plan_insert(insert, catalog, view, engine, params)),
        Statement::Update(update) => write(query::plan_update(update, catalog, view, engine, params)),
        Statement::Delete(delete) => write(query::plan_delete(delete, catalog, view, engine, params)),
        Statement::Subscribe(subscribe) => query::plan_subscribe(subscribe, catalog, view, engine, params)
            .map(|plan| Plan::Subscribe(Box::new(plan))),
        Statement::Explain(explain) => query::plan_explain(explain, catalog, view, engine, params)
            .map(|plan| Plan::Answer(Box::new(plan))),
        _ => Ok(Plan::Other),
    }
}

fn show_as_select(statement: &Statement) -> SelectStatement {
    let query = Query {
        with: With::Simple(Vec::new()),
        body: SetExpr::Show(Box::new(statement.clone())),
        order_by: Vec::new(),
        limit: None,
        offset: None,
    };
    SelectStatement { query, as_of: None }
}

/// What a change of the catalog is planned with.
#[derive(Clone, Copy)]
pub(super) struct Surroundings<'a> {
    pub(super) engine: &'a Engine,
    pub(super) limits: &'a Limits,
    /// In milliseconds.
    pub(super) now: u64,
    /// What other systems said.
    pub(super) upstream: &'a Findings,
}

/// Plans a statement that changes the catalog. Ids are taken from `catalog`.
pub(super) fn plan_change(
    statement: &Statement,
    catalog: &mut Catalog,
    view: &SessionView,
    surroundings: Surroundings<'_>,
) -> Result<DdlPlan> {
    let Surroundings { engine, limits, now, upstream } = surroundings;
    if let Some(planned) = plan::plan_ddl(statement, catalog, view, limits) {
        let planned = planned?;
        planned.requires.check(catalog, view.role)?;
        return Ok(planned.plan);
    }
    let before = catalog.clone();
    match query::plan_item(statement, &mut Planning { catalog, session: view, engine, now, upstream }) {
        Some(planned) => {
            let planned = planned?;
            Requirements::of_ops(&before, &planned.ops).check(&before, view.role)?;
            Ok(planned)
        }
        None => Err(SqlError::unsupported(display(statement))),
    }
}

/// Looks up the names in a statement that a block puts off: those of its query are looked up when it is put off.
pub(super) fn check_names(
    statement: &Statement,
    catalog: &Catalog,
    view: &SessionView,
    engine: &Engine,
) -> Result<()> {
    if !matches!(statement, Statement::CreateView(_) | Statement::CreateMaterializedView(_)) {
        return Ok(());
    }
    let mut scratch = catalog.clone();
    let upstream = &Findings::default();
    let mut planning = Planning { catalog: &mut scratch, session: view, engine, now: 0, upstream };
    match query::plan_item(statement, &mut planning) {
        // What else is wrong is found when it runs.
        Some(Err(error)) if error.message.starts_with("unknown ") => Err(error),
        _ => Ok(()),
    }
}

/// An error of the engine in the server's words. Places in lowered SQL mean nothing to the client.
pub(super) fn translated(error: &EngineError) -> SqlError {
    SqlError { position: None, ..crate::engine::translate(error) }
}

/// Checks that a role may read relations.
pub(super) fn check_reads(catalog: &Catalog, view: &SessionView, reads: &BTreeSet<ItemId>) -> Result<()> {
    Requirements::reads(reads.iter().copied()).check(catalog, view.role)
}
