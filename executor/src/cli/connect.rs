//! From a profile to a session.

use std::future::Future;

use mz_deploy_planner::input::Config;
use mz_deploy_planner::plan::SERVER_CLUSTER;
use mz_deploy_planner::project::{InfrastructureKind, PROJECT_FILE, read_settings};

use super::arguments::Global;
use super::terminal::Terminal;
use crate::db::{Scope, Target, skew};
use crate::deploy::Session;
use crate::host::{self, Asked, Failure, FailureCode, Interrupt, Loaded, Profiles};

/// Runs a command that needs a connection.
pub(super) fn block_on<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::new(format!("can't start: {error}")))?.block_on(command)
}

/// The name of the active profile.
pub(super) fn profile(global: &Global) -> Result<String, Failure> {
    host::select_profile(global.profile.as_deref(), &global.directory)?.ok_or_else(|| {
        Failure::coded(FailureCode::NoProfile, "no profile selected")
            .help("say `--profile NAME`, set `MZ_DEPLOY_PROFILE`, or choose one for the project with `mz-deploy profile set NAME`")
    })
}

/// Where the active profile connects to.
pub(super) fn target(global: &Global) -> Result<Target, Failure> {
    let name = profile(global)?;
    let profiles = Profiles::read(global.profiles_dir.as_deref())?;
    let mut target = profiles.target(&name, &|variable| std::env::var(variable).ok())?;
    target.statement_timeout = global.statement_timeout.or(target.statement_timeout);
    Ok(target)
}

/// Connects as the active profile says, and says to where.
pub(super) async fn connect(global: &Global, terminal: Terminal) -> Result<Session, Failure> {
    open(target(global)?.on_cluster(SERVER_CLUSTER), global, terminal).await
}

/// Connects without the tool's own cluster, which may not be there yet.
pub(super) async fn connect_anywhere(global: &Global, terminal: Terminal) -> Result<Session, Failure> {
    open(target(global)?, global, terminal).await
}

async fn open(target: Target, global: &Global, terminal: Terminal) -> Result<Session, Failure> {
    let name = profile(global)?;
    terminal.info(format_args!("Profile {name}: {} as {}", target.address(), target.user));
    let session = Session::open(target).await?;
    if let Some(skew) = skew(session.connection.server_version(), pinned_version(global).as_deref()) {
        terminal.warning(skew);
    }
    Ok(session)
}

/// The version of the server that the project names. What is wrong with its file is said when it is loaded.
fn pinned_version(global: &Global) -> Option<String> {
    let text = host::read_text(&global.directory.join(PROJECT_FILE)).ok()?;
    let (settings, _) = read_settings(Some(&text), &Config::default());
    settings.mz_version.map(Into::into)
}

/// What is looked at for a project: the options of its clusters.
pub(super) fn scope_of(loaded: &Loaded) -> Scope {
    let project = &loaded.compiled.project;
    let defined = project.infrastructure.iter().filter(|i| i.kind == InfrastructureKind::Cluster);
    let defined = defined.map(|cluster| cluster.name.clone());
    let shared = project.settings.shared_clusters.keys().cloned();
    let used = project.objects.iter().flat_map(|object| {
        object.cluster.iter().chain(object.indexes.iter().map(|index| &index.cluster)).cloned()
    });
    Scope { clusters: defined.chain(shared).chain(used).collect() }
}

/// Ctrl-C asks a command to stop where it can go on later.
pub(super) fn listen(terminal: Terminal) -> Result<Interrupt, Failure> {
    Interrupt::listen(move |asked| {
        terminal.info(match asked {
            Asked::Stop => {
                "Stopping; a statement that runs may end, press Ctrl-C again to have the server cancel it"
            }
            Asked::StopStatement => "Cancelling the running statement; press Ctrl-C again to end at once",
        });
    })
    .map_err(|error| Failure::new(format!("can't listen for signals: {error}")))
}
