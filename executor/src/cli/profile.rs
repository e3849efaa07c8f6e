//! `mz-deploy profile`

use serde::Serialize;

use super::arguments::environment::ProfileCommand;
use super::arguments::{Global, Output};
use super::documents::{self, Status};
use super::terminal::{Terminal, print_result};
use crate::host::{self, Failure};

pub(super) fn run(global: &Global, command: ProfileCommand, terminal: Terminal) -> Result<(), Failure> {
    match command {
        ProfileCommand::Current => current(global, terminal),
    }
}

/// The active profile.
#[derive(Debug, Serialize)]
struct CurrentDocument<'a> {
    status: Status,
    profile: Option<&'a str>,
    /// `option`, `environment` or `project`.
    source: Option<&'a str>,
}

fn current(global: &Global, terminal: Terminal) -> Result<(), Failure> {
    let is_asked_for = global.profile.as_deref().is_some_and(|profile| !profile.is_empty());
    let profile = host::select_profile(global.profile.as_deref(), &global.directory)?;
    let (source, words) = match (is_asked_for, global.is_profile_from_environment) {
        (true, true) => ("environment", "the environment variable MZ_DEPLOY_PROFILE"),
        (true, false) => ("option", "the option --profile"),
        (false, _) => ("project", "the project's .mzprofile"),
    };
    if global.output() == Output::Json {
        let source = profile.is_some().then_some(source);
        return documents::print(&CurrentDocument {
            status: Status::Done,
            profile: profile.as_deref(),
            source,
        });
    }
    let Some(profile) = profile else {
        terminal.info("No profile is selected: use --profile, or name one in .mzprofile");
        return Ok(());
    };
    terminal.info(format_args!("Selected by {words}"));
    print_result(&format!("{profile}\n"))
}
