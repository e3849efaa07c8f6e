//! What can be asked for.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use mz_deploy_planner::input::StrategyChoice;

/// Ships changes to a Materialize environment from a folder of SQL.
#[derive(Debug, Parser)]
#[command(name = "mz-deploy", version, propagate_version = true, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(flatten)]
    pub(super) global: Global,
    #[command(subcommand)]
    pub(super) command: Command,
}

/// Options of every command.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// The project's directory
    #[arg(short, long, global = true, value_name = "DIR", default_value = ".")]
    pub(super) directory: PathBuf,

    /// The profile: its suffix, its variables, its variants of files [default: the one in .mzprofile]
    #[arg(short, long, global = true, value_name = "NAME", env = "MZ_DEPLOY_PROFILE")]
    pub(super) profile: Option<String>,

    /// The directory of profiles.toml, which says how to connect [default: ~/.mz]
    #[arg(long, global = true, value_name = "DIR", env = "MZ_DEPLOY_PROFILES_DIR")]
    pub(super) profiles_dir: Option<PathBuf>,

    /// How results and problems are printed
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(super) output: Output,

    /// Print more about what is done; print lists in full
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(super) verbose: bool,

    /// Print results and problems only
    #[arg(short, long, global = true)]
    pub(super) quiet: bool,
}

/// How results and problems are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For people
    #[default]
    Text,
    /// One JSON document on standard output
    Json,
    /// As text, problems as annotations of GitHub Actions
    Github,
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
}

/// Options of `compile`.
#[derive(Args, Debug)]
pub(super) struct CompileOptions {
    /// Write what would be deployed once everything in the project is: a snapshot file for `plan --deployed`
    ///
    /// So that a pull request can be compared with the main branch: compile main with --snapshot, then plan the branch
    /// with --deployed. Values of secrets are not in the file.
    #[arg(long, value_name = "FILE")]
    pub(super) snapshot: Option<PathBuf>,
}

/// Options of `plan`.
#[derive(Args, Debug)]
pub(super) struct PlanOptions {
    /// What was deployed last: a snapshot file, which `compile --snapshot` writes; without it, everything is new
    #[arg(long, value_name = "FILE")]
    pub(super) deployed: Option<PathBuf>,

    /// Facts of the live catalog: a snapshot file; without it, nothing is checked against the environment
    #[arg(long, value_name = "FILE")]
    pub(super) live: Option<PathBuf>,

    /// The form in which the plan is printed [default: text, or json with --output json]
    #[arg(long, value_enum)]
    pub(super) format: Option<PlanFormat>,

    /// Save the plan as JSON in this file, as well as printing it
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,

    /// How changes reach production [default: the project's choice, which is swap unless project.toml says otherwise]
    #[arg(long, value_enum)]
    pub(super) strategy: Option<StrategyOption>,

    /// The name of the deployment, part of the names of what is staged [default: the commit, or a digest of the
    /// project's files if they are not those of a commit]
    #[arg(long, value_name = "ID")]
    pub(super) deploy_id: Option<String>,

    /// Deploy a schema again though nothing changed in it (repeatable, or separated by commas)
    #[arg(long, value_name = "DATABASE.SCHEMA", value_delimiter = ',', conflicts_with = "redeploy_all")]
    pub(super) redeploy_schema: Vec<String>,

    /// Deploy everything again
    #[arg(long)]
    pub(super) redeploy_all: bool,

    /// Drop what was removed from the project, at promotion; it is kept otherwise
    #[arg(long)]
    pub(super) drop_removed: bool,
}

/// The form of a printed plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PlanFormat {
    /// For a terminal
    Text,
    /// The plan itself, as --out saves it
    Json,
    /// For a pull request
    Markdown,
    /// A script of the exact statements
    Sql,
}

/// How changes reach production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum StrategyOption {
    /// Whole schemas and clusters beside production, swapped
    Swap,
    /// The changed objects and what reads them beside the old ones, renamed
    Rename,
    /// Rename where it builds less than swap
    Auto,
}

impl From<StrategyOption> for StrategyChoice {
    fn from(option: StrategyOption) -> Self {
        match option {
            StrategyOption::Swap => Self::Swap,
            StrategyOption::Rename => Self::Rename,
            StrategyOption::Auto => Self::Auto,
        }
    }
}

/// Options of `graph`.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct GraphOptions {
    /// The language of the graph [default: dot, or json with --output json]
    #[arg(long, value_enum)]
    pub(super) format: Option<GraphFormat>,
}

/// The language of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// Graphviz
    Dot,
    /// JSON
    Json,
    /// Mermaid, which GitHub shows as a picture
    Mermaid,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_definition_of_the_arguments_is_sound() {
        Arguments::command().debug_assert();
    }
}
