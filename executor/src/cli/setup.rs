//! `mz-deploy setup`

use mz_deploy_planner::input::Live;
use mz_deploy_planner::name::Ident;
use mz_deploy_planner::plan;

use super::arguments::environment::SetupOptions;
use super::arguments::{Global, Output};
use super::connect::{block_on, connect_anywhere, listen};
use super::documents::{self, Status, StatusDocument};
use super::progress;
use super::terminal::Terminal;
use crate::db::Scope;
use crate::deploy::{Work, converge, no_effects, rejected};
use crate::host::Failure;

pub(super) fn run(global: &Global, options: &SetupOptions, terminal: Terminal) -> Result<(), Failure> {
    let asked = plan::SetupOptions {
        cluster_size: options.cluster_size.as_str().into(),
        server_cluster: options.server_cluster.as_deref().map(Ident::new),
    };
    let status = block_on(async {
        let session = connect_anywhere(global, terminal).await?;
        let scope = Scope::default();
        let missing = |live: &Live| plan::setup(live, &asked);
        let first = missing(&session.look(&scope).await?).map_err(rejected)?;
        if first.phases.is_empty() {
            terminal.info("This environment is set up already");
            return Ok(Status::Unchanged);
        }
        let interrupt = listen(terminal)?;
        let interrupt = &interrupt;
        let work = Work { session: &session, scope: &scope, interrupt, plan: &missing, lease: None };
        converge(&work, first, no_effects, progress::printer(terminal)).await?;
        terminal.info("This environment is set up for deployments");
        Ok(Status::Done)
    })?;
    if global.output() == Output::Json {
        documents::print(&StatusDocument { status })?;
    }
    Ok(())
}
