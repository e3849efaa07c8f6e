//! `mz-deploy profile`

use std::fmt::Write as _;

use serde::Serialize;

use super::arguments::environment::ProfileCommand;
use super::arguments::{Global, Output};
use super::documents::{self, Status};
use super::terminal::{Terminal, print_result, printable};
use crate::host::{self, Failure, Profiles};

pub(super) fn run(global: &Global, command: &ProfileCommand, terminal: Terminal) -> Result<(), Failure> {
    match command {
        ProfileCommand::List => list(global, terminal),
        ProfileCommand::Set(options) => set(&options.name, global, terminal),
        ProfileCommand::Current => current(global, terminal),
    }
}

/// The profiles that there are.
#[derive(Debug, Serialize)]
struct ListDocument {
    status: Status,
    profiles: Vec<ListedProfile>,
    /// The file that they are in, but for those that need none.
    source: String,
}

#[derive(Debug, Serialize)]
struct ListedProfile {
    name: String,
    active: bool,
}

fn list(global: &Global, terminal: Terminal) -> Result<(), Failure> {
    let active = host::select_profile(global.profile.as_deref(), &global.directory)?;
    let file = Profiles::read(global.profiles_dir.as_deref())?;
    let listed = |name: String| ListedProfile { active: active.as_ref() == Some(&name), name };
    let profiles: Vec<ListedProfile> = file.names()?.into_iter().map(listed).collect();
    let source = file.path().display().to_string();
    if global.output() == Output::Json {
        return documents::print(&ListDocument { status: Status::Done, profiles, source });
    }
    terminal.info(format_args!("Profiles of `{source}`, and those that need no file"));
    let mut text = String::new();
    for ListedProfile { name, active } in profiles {
        let _ = writeln!(text, "{}{}", printable(&name), if active { " (active)" } else { "" });
    }
    print_result(&text)
}

/// A profile that was made the default, or the active one.
#[derive(Debug, Serialize)]
struct ProfileDocument<'a> {
    status: Status,
    profile: Option<&'a str>,
    /// `option`, `environment` or `project`.
    source: Option<&'a str>,
}

fn set(profile: &str, global: &Global, terminal: Terminal) -> Result<(), Failure> {
    Profiles::read(global.profiles_dir.as_deref())?.find(profile)?;
    host::set_default_profile(profile, &global.directory)?;
    if global.output() == Output::Json {
        let (profile, source) = (Some(profile), Some("project"));
        return documents::print(&ProfileDocument { status: Status::Done, profile, source });
    }
    terminal.info(format_args!("The project's default is now profile {profile}"));
    Ok(())
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
        return documents::print(&ProfileDocument {
            status: Status::Done,
            profile: profile.as_deref(),
            source,
        });
    }
    let Some(profile) = profile else {
        terminal.info("No profile is selected: use --profile, or `mz-deploy profile set NAME`");
        return Ok(());
    };
    terminal.info(format_args!("Selected by {words}"));
    print_result(&format!("{profile}\n"))
}
