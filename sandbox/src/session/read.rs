//! Statements that read: who may, where, and at which time.

use std::collections::BTreeSet;

use super::Session;
use super::answer::{Answer, Bound, Result, Tag};
use super::planning::{self, Plan};
use super::time_domain;
use crate::catalog::{Catalog, ItemId, ObjectId, Privilege};
use crate::error::{SqlError, SqlState};
use crate::plan::rbac::Requirements;
use crate::query::{QueryPlan, Time};
use crate::result::{Format, Param, Row, TypeOid};
use crate::sql::ast::Statement;

impl Session {
    pub(super) fn read(&mut self, statement: &Statement, bound: &Bound) -> Result<Answer> {
        match statement {
            Statement::Subscribe(subscribe) => self.subscribe(subscribe, bound),
            _ => match self.plan(statement, &param_types(bound))? {
                Plan::Query(plan) => match self.select(&plan, &bound.params, &bound.formats)? {
                    Read::Rows(rows) => Ok(Answer::Rows { rows, tag: Tag::Select }),
                    Read::Wait(until) => Ok(Answer::Wait { until }),
                },
                Plan::Explain(plan) => {
                    self.transaction.read(true, None)?;
                    Err(plan.refused)
                }
                Plan::Write(_) | Plan::Subscribe(_) | Plan::Other => {
                    Err(SqlError::unsupported(crate::sql::print::display(statement)))
                }
            },
        }
    }

    /// Runs a query.
    pub(super) fn select(&mut self, plan: &QueryPlan, params: &[Param], formats: &[Format]) -> Result<Read> {
        let catalog = self.catalog();
        self.allow_read(&catalog, plan)?;
        if let Some(until) = plan.as_of.as_ref().map(|as_of| self.time_of(as_of)).transpose()?.flatten() {
            return Ok(Read::Wait(until));
        }
        let reads = with_dependencies(&catalog, plan.reads());
        self.coordinator.bring_up_to_date(&mut self.coordinator.lock(), &reads)?;
        self.prepare_engine(&catalog)?;
        let answer = self.coordinator.engine().query(&plan.sql, params, formats);
        Ok(Read::Rows(answer.map_err(|error| planning::translated(&error))?.result.rows))
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
                ));
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

    /// The time that a query has to wait for; `None` if it has come.
    pub(super) fn time_of(&self, as_of: &Time) -> Result<Option<u64>> {
        let time = self.evaluate_time(&as_of.sql)?;
        Ok((time > self.clock().now()).then_some(time))
    }

    /// The value of a query for a time.
    pub(super) fn evaluate_time(&self, sql: &str) -> Result<u64> {
        let answer = self.coordinator.engine().query(sql, &[], &[]);
        let rows = answer.map_err(|error| planning::translated(&error))?.result.rows;
        let value: Option<Vec<u8>> = rows.into_iter().flatten().next().flatten();
        let text = value.map(|value| String::from_utf8_lossy(&value).into_owned());
        text.and_then(|text| text.parse().ok())
            .ok_or_else(|| SqlError::internal("timestamp must not be NULL"))
    }
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
