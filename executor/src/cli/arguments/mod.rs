//! What can be asked for: the options of every command, and the words that explain them.
//!
//! An option that several commands have is declared once and flattened into each of them, so that it is spelled,
//! explained and checked alike.

pub(super) mod deployment;
pub(super) mod environment;
mod global;
mod local;
pub(super) mod shared;

use std::ffi::{OsStr, OsString};

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

pub(super) use global::{Global, Output};
pub(super) use local::{
    CompileOptions, CompletionsOptions, GraphFormat, GraphOptions, ManOptions, PlanFormat, PlanOptions,
};

/// Ships changes to a Materialize environment from a folder of SQL.
#[derive(Debug, Parser)]
#[command(name = "mz-deploy", version, propagate_version = true, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// A command.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Check the project and report every problem
    ///
    /// Reads every file, checks each on its own and all of them together. Needs no connection. With --output json,
    /// the objects, their dependencies, clusters and tests, and all problems with their positions.
    Compile(CompileOptions),
    /// Show what a deployment would do, and why
    ///
    /// Compares the project with what was deployed last and shows what changes, what is rebuilt because of it, what
    /// it costs, and every statement. Changes nothing and needs no connection.
    Plan(PlanOptions),
    /// Print the dependencies of the project's objects
    Graph(GraphOptions),
    #[cfg(feature = "demo")]
    Demo(environment::DemoOptions),
    Setup(environment::SetupOptions),
    /// Show where the profile leads, and whether everything is there
    Debug,
    Apply(environment::ApplyOptions),
    Snapshot(environment::SnapshotOptions),
    Stage(deployment::StageOptions),
    Wait(deployment::WaitOptions),
    Promote(deployment::PromoteOptions),
    Abort(deployment::AbortOptions),
    Rollback(deployment::RollbackOptions),
    Cleanup(deployment::CleanupOptions),
    List(deployment::ListOptions),
    Log(deployment::LogOptions),
    Describe(deployment::DescribeOptions),
    #[command(subcommand)]
    Profile(environment::ProfileCommand),
    Sql(environment::SqlOptions),
    Completions(CompletionsOptions),
    Man(ManOptions),
}

impl Arguments {
    /// Reads the arguments, the program's name first.
    pub(super) fn read(arguments: &[OsString]) -> Result<Self, clap::Error> {
        let matches = Self::command().try_get_matches_from(arguments)?;
        let mut read = Self::from_arg_matches(&matches)?;
        let source = matches.value_source("profile");
        read.global.is_profile_from_environment = source == Some(ValueSource::EnvVariable);
        Ok(read)
    }
}

/// True if arguments that can't be read ask for JSON.
pub(super) fn want_json(arguments: &[OsString]) -> bool {
    let ours = || arguments.iter().map(OsString::as_os_str).take_while(|argument| *argument != "--");
    let is_json = |argument: &OsStr| argument == "--json" || argument == "--output=json";
    ours().any(is_json)
        || ours().zip(ours().skip(1)).any(|pair| pair == ("--output".as_ref(), "json".as_ref()))
}

#[cfg(test)]
mod tests;
