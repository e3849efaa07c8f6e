//! Statements that read: who may, where, and at which time.

use std::collections::BTreeSet;

use super::Session;
use super::answer::{Answer, Bound, Result, Tag};
use super::planning::{self, Plan};
use super::prepared::format_of;
use super::time_domain;
use crate::catalog::{Catalog, ItemId, ObjectId, Privilege, RoleId};
use crate::error::{SqlError, SqlState};
use crate::plan::rbac::Requirements;
use crate::query::{CancelPlan, QueryPlan};
use crate::result::{Format, Param, Row, TypeOid};
use crate::sql::ast::Statement;

const NO_REPLICAS: &str = "Use ALTER CLUSTER to adjust the replication factor of the cluster. \
    Example:`ALTER CLUSTER <cluster-name> SET (REPLICATION FACTOR 1)`";

impl Session {
    pub(super) fn read(&mut self, statement: &Statement, bound: &Bound) -> Result<Answer> {
        match statement {
            Statement::Subscribe(subscribe) => self.subscribe(subscribe, bound),
            _ => match self.plan(statement, &param_types(bound))? {
                Plan::Query(plan) => match self.select(&plan, &bound.params, &bound.formats)? {
                    Read::Rows(rows) => Ok(Answer::Rows { rows, tag: Tag::Select }),
                    Read::Wait(until) => Ok(Answer::Wait { until }),
                },
                Plan::Answer(plan) => {
                    self.transaction.read(true, None)?;
                    plan.requires.check(&self.catalog(), self.role)?;
                    Ok(Answer::Rows { rows: vec![plan.answer?], tag: Tag::Select })
                }
                Plan::Cancel(plan) => self.cancel(&plan, bound),
                Plan::Write(_) | Plan::Subscribe(_) | Plan::Other => {
                    Err(SqlError::unsupported(crate::sql::print::display(statement)))
                }
            },
        }
    }

    /// `pg_cancel_backend`: nothing is canceled for NULL.
    fn cancel(&mut self, plan: &CancelPlan, bound: &Bound) -> Result<Answer> {
        let Read::Rows(rows) = self.select(&plan.connection, &bound.params, &[])? else {
            return Err(SqlError::unsupported("pg_cancel_backend with AS OF"));
        };
        let number = rows.into_iter().flatten().next().flatten();
        let Some(number) = number else {
            return Ok(Answer::Rows { rows: vec![vec![None]], tag: Tag::Select });
        };
        let number = String::from_utf8_lossy(&number).parse::<i32>().ok();
        let connection = number.and_then(|number| u32::try_from(number).ok());
        Ok(Answer::Cancel { connection, format: format_of(&bound.formats, 0) })
    }

    /// Whether the session may cancel what a role runs.
    pub(crate) fn may_cancel(&self, role: RoleId) -> Result<()> {
        Requirements { membership: vec![role], ..Requirements::default() }.check(&self.catalog(), self.role)
    }

    /// Runs a query.
    pub(super) fn select(&mut self, plan: &QueryPlan, params: &[Param], formats: &[Format]) -> Result<Read> {
        let catalog = self.catalog();
        self.allow_read(&catalog, plan)?;
        if let Some(as_of) = &plan.as_of {
            let time = if plan.is_constant() {
                self.evaluate_time(&catalog, &as_of.sql)?
            } else {
                self.readable_time(&catalog, as_of, &plan.references)?
            };
            if time > self.clock().now() {
                return Ok(Read::Wait(time));
            }
        }
        let reads = with_dependencies(&catalog, plan.reads());
        self.coordinator.bring_up_to_date(&mut self.coordinator.lock(), &reads)?;
        let answer = self.engine(&catalog)?.query(&plan.sql, params, formats);
        let answer = answer.map_err(|error| match planning::translated(&error) {
            error if plan.is_constant() => error,
            error => evaluation_failed(error),
        });
        Ok(Read::Rows(answer?.result.rows))
    }

    /// Whether the session may run a query now: its transaction, its privileges, its cluster, in this order.
    pub(super) fn allow_read(&mut self, catalog: &Catalog, plan: &QueryPlan) -> Result<()> {
        let view = self.view();
        let reads = plan.reads();
        let routed = self.runs_on_catalog_server(plan);
        let domain = (!plan.is_constant()).then(|| time_domain::schemas(catalog, reads));
        let transaction = self.transaction.read(routed, domain)?.clone();
        planning::check_reads(catalog, &view, reads)?;
        if self.transaction.is_shared() {
            time_domain::check(catalog, &transaction, reads)?;
        }
        if routed || transaction.on_catalog_server {
            return Ok(());
        }
        let cluster = catalog.resolve_cluster(&view.cluster)?;
        let usage = Requirements::privilege(Some(ObjectId::Cluster(cluster.id)), Privilege::Usage);
        if !plan.is_constant() {
            usage.check(catalog, view.role)?;
            if cluster.replicas.is_empty() {
                let name = cluster.name.as_str();
                return Err(SqlError::new(
                    SqlState::FEATURE_NOT_SUPPORTED,
                    format!("CLUSTER \"{name}\" has no replicas available to service request"),
                )
                .with_hint(NO_REPLICAS));
            }
        }
        Ok(())
    }

    /// Queries of the catalog, and those that need no computation, run on a cluster of the system's own.
    fn runs_on_catalog_server(&self, plan: &QueryPlan) -> bool {
        if !self.variables.is_on("auto_route_catalog_queries") {
            return false;
        }
        let references = &plan.references;
        if references.reads.is_empty() { !references.calls("count") } else { references.reads_only_system() }
    }
}

/// An error of rows that were being computed.
pub(super) fn evaluation_failed(error: SqlError) -> SqlError {
    SqlError { message: format!("Evaluation error: {}", error.message), ..error }
}

/// What came of a query.
pub(super) enum Read {
    Rows(Vec<Row>),
    /// It is to be run again at this time.
    Wait(u64),
}

/// The types of the parameters of a bound statement.
pub(super) fn param_types(bound: &Bound) -> Vec<TypeOid> {
    bound.params.iter().map(|param| param.type_oid).collect()
}

/// The relations that a set of relations depends on, itself included.
pub(super) fn with_dependencies(catalog: &Catalog, reads: &BTreeSet<ItemId>) -> BTreeSet<ItemId> {
    let mut all = BTreeSet::new();
    let mut next: Vec<ItemId> = reads.iter().copied().collect();
    while let Some(id) = next.pop() {
        if all.insert(id) {
            next.extend(catalog.item(id).iter().flat_map(|item| item.uses.iter().copied()));
        }
    }
    all
}
