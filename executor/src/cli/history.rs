//! `mz-deploy list`, `log` and `describe`: what the ledger says.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::arguments::deployment::{DescribeOptions, ListOptions, LogOptions};
use super::arguments::{Global, Output};
use super::connect::{block_on, connect};
use super::documents::history::{self, DeploymentRow, ObjectRow, StepRow};
use super::documents::{self, history_text};
use super::terminal::{Terminal, print_result};
use crate::db::Scope;
use crate::db::ledger::{self, DeploymentRecord, Ledger, LoggedStep};
use crate::deploy::{Change, Session, Wish};
use crate::host::Failure;
use crate::hydration::ClusterReadiness;

pub(super) fn list(global: &Global, options: &ListOptions, terminal: Terminal) -> Result<(), Failure> {
    let listed = block_on(async {
        let session = connect(global, terminal).await?;
        let ledger = read(&session).await?;
        let mut clusters = BTreeMap::new();
        let staged = ledger.deployments.values().filter(|d| d.promoted_at.is_none() && d.has_plan);
        for deployment in staged {
            let id = deployment.deploy_id.as_str();
            // What became of the clusters isn't why somebody asks for the list: one that can't be looked at is left out.
            match readiness(&session, id, options.lag.allowed_lag).await {
                Ok(found) => drop(clusters.insert(id.to_owned(), found)),
                Err(failure) => terminal.info(format_args!("{id}: {}", failure.words())),
            }
        }
        Ok(history::list(&rows(&ledger)?, clusters))
    })?;
    if global.output() == Output::Json {
        return documents::print(&listed);
    }
    print_result(&history_text::list(&listed, Timestamp::now()))
}

async fn readiness(
    session: &Session,
    deploy_id: &str,
    allowed_lag: std::time::Duration,
) -> Result<Vec<ClusterReadiness>, Failure> {
    let wish = Wish::Promote(mz_deploy_planner::plan::PromoteOptions::default());
    let change = Change::find(session, deploy_id, wish).await?;
    Ok(change.ready(allowed_lag).look().await?.clusters)
}

pub(super) fn log(global: &Global, options: &LogOptions, terminal: Terminal) -> Result<(), Failure> {
    let logged = block_on(async {
        let session = connect(global, terminal).await?;
        Ok(history::log(&rows(&read(&session).await?)?, options.limit))
    })?;
    if global.output() == Output::Json {
        return documents::print(&logged);
    }
    print_result(&history_text::log(&logged, &TimeZone::system()))
}

pub(super) fn describe(
    global: &Global,
    options: &DescribeOptions,
    terminal: Terminal,
) -> Result<(), Failure> {
    let deploy_id = options.deployment.deploy_id.as_str();
    let described = block_on(async {
        let session = connect(global, terminal).await?;
        let ledger = read(&session).await?;
        let objects = ledger::objects(&session.connection, deploy_id).await?;
        let object = |(name, hash): (mz_deploy_planner::name::ObjectName, String)| ObjectRow {
            database: name.schema.database.as_ref().map(|d| d.as_str().to_owned()).unwrap_or_default(),
            schema: name.schema.schema.as_str().to_owned(),
            object: name.name.as_str().to_owned(),
            hash,
        };
        let objects: Vec<ObjectRow> = objects.into_iter().map(object).collect();
        let steps = ledger::logged_steps(&session.connection, deploy_id).await?;
        let steps = steps.into_iter().map(step).collect::<Result<Vec<_>, Failure>>()?;
        history::describe(deploy_id, &rows(&ledger)?, &objects, steps).ok_or_else(|| {
            Failure::new(format!("there is no deployment `{deploy_id}`"))
                .help("`mz-deploy list` shows what is staged, `mz-deploy log` what was promoted")
        })
    })?;
    if global.output() == Output::Json {
        return documents::print(&described);
    }
    print_result(&history_text::describe(&described, &TimeZone::system()))
}

async fn read(session: &Session) -> Result<Ledger, Failure> {
    session.look_at_ledger(&Scope::default()).await?;
    Ok(ledger::read(&session.connection).await?)
}

/// The rows of all deployments, one for each schema.
fn rows(ledger: &Ledger) -> Result<Vec<DeploymentRow>, Failure> {
    ledger.deployments.values().map(of_deployment).collect::<Result<Vec<_>, _>>().map(|rows| rows.concat())
}

fn time(text: &str) -> Result<Timestamp, Failure> {
    text.parse().map_err(|_| Failure::new(format!("the ledger has `{text}` for a time")))
}

fn step(logged: LoggedStep) -> Result<StepRow, Failure> {
    let LoggedStep { command, number, step, at, took_ms, error } = logged;
    Ok(StepRow { command, number, step, at: time(&at)?, took_ms, error })
}

fn of_deployment(record: &DeploymentRecord) -> Result<Vec<DeploymentRow>, Failure> {
    let (deployed_at, promoted_at) =
        (time(&record.deployed_at)?, record.promoted_at.as_deref().map(time).transpose()?);
    let row = |(schema, kind): (&mz_deploy_planner::name::SchemaName, &String)| DeploymentRow {
        deploy_id: record.deploy_id.clone(),
        deployed_at,
        promoted_at,
        database: schema.database.as_ref().map(|d| d.as_str().to_owned()).unwrap_or_default(),
        schema: schema.schema.as_str().to_owned(),
        deployed_by: record.deployed_by.clone(),
        commit: record.commit.clone(),
        kind: kind.clone(),
        mode: "stage".to_owned(),
    };
    Ok(record.schemas.iter().map(row).collect())
}
