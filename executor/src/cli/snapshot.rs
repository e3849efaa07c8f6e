//! `mz-deploy snapshot`

use std::path::PathBuf;

use super::arguments::environment::SnapshotOptions;
use super::arguments::{Global, Output};
use super::connect::{block_on, connect, scope_of};
use super::documents::{self, Status, StatusDocument};
use super::terminal::Terminal;
use super::{leave_to_the_system, load, save, sound};
use crate::db::ledger;
use crate::host::Failure;

pub(super) fn run(global: &Global, options: &SnapshotOptions, terminal: Terminal) -> Result<(), Failure> {
    let loaded = sound(load(global, terminal)?, global, terminal)?;
    let scope = scope_of(&loaded);
    let schemas = loaded.compiled.project.objects.iter().map(|object| object.name.schema.clone()).collect();
    let (deployed, live) = block_on(async {
        let session = connect(global, terminal).await?;
        let mut live = session.look_at_ledger(&scope).await?;
        let deployed = ledger::read(&session.connection).await?.deployed(&schemas, &live);
        // A file is read by others than whoever took it.
        live.session = None;
        Ok((deployed, live))
    })?;
    let beside = |name: &str| options.out.as_ref().map(|directory| directory.join(name));
    let write = |path: Option<PathBuf>, what: &str, save: &dyn Fn(&PathBuf) -> Result<(), Failure>| {
        let Some(path) = path else { return Ok::<(), Failure>(()) };
        save(&path)?;
        terminal.info(format_args!("Saved {what} in `{}`", path.display()));
        Ok(())
    };
    let path = options.deployed.clone().or_else(|| beside("deployed.json"));
    write(path, "what is deployed", &|path| save(path, &deployed))?;
    let path = options.live.clone().or_else(|| beside("live.json"));
    write(path, "the live catalog", &|path| save(path, &live))?;
    if global.output() == Output::Json {
        documents::print(&StatusDocument { status: Status::Done })?;
    }
    leave_to_the_system((loaded, deployed, live));
    Ok(())
}
