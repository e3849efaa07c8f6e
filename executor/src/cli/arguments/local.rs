//! Commands that need no environment.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use clap_complete::Shell;

use super::shared::{ChangeOptions, PlanOut};

/// Options of `compile`.
#[derive(Args, Debug)]
pub(in crate::cli) struct CompileOptions {
    /// Write what would be deployed once everything in the project is: a snapshot file for `plan --deployed`
    ///
    /// So that a pull request can be compared with the main branch: compile main with --snapshot, then plan the branch
    /// with --deployed. Values of secrets are not in the file.
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) snapshot: Option<PathBuf>,
}

/// Options of `plan`.
#[derive(Args, Debug)]
pub(in crate::cli) struct PlanOptions {
    /// What was deployed last: a snapshot file, which `compile --snapshot` writes; without it, everything is new
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) deployed: Option<PathBuf>,

    /// Facts of the live catalog: a snapshot file; without it, nothing is checked against the environment
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) live: Option<PathBuf>,

    /// The form in which the plan is printed [default: text, or json with --output json]
    #[arg(long, value_enum)]
    pub(in crate::cli) format: Option<PlanFormat>,

    #[command(flatten)]
    pub(in crate::cli) saved: PlanOut,

    #[command(flatten)]
    pub(in crate::cli) changes: ChangeOptions,
}

/// The form of a printed plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PlanFormat {
    /// For a terminal
    Text,
    /// The plan itself, as --out saves it
    Json,
    /// For a pull request
    Markdown,
    /// A script of the exact statements
    Sql,
}

/// Options of `graph`.
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct GraphOptions {
    /// The language of the graph [default: dot, or json with --output json]
    #[arg(long, value_enum)]
    pub(in crate::cli) format: Option<GraphFormat>,
}

/// The language of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum GraphFormat {
    /// Graphviz
    Dot,
    /// JSON
    Json,
    /// Mermaid, which GitHub shows as a picture
    Mermaid,
}

/// Print the completions of a shell
///
/// For bash: `mz-deploy completions bash > ~/.local/share/bash-completion/completions/mz-deploy`. For zsh, a file
/// `_mz-deploy` in a directory of `$fpath`; for fish, `~/.config/fish/completions/mz-deploy.fish`.
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct CompletionsOptions {
    /// The shell
    #[arg(value_enum)]
    pub(in crate::cli) shell: Shell,
}

/// Print the manual page, or write one for every command
#[derive(Args, Debug)]
pub(in crate::cli) struct ManOptions {
    /// Write a page for every command in this directory, for instance `~/.local/share/man/man1`
    // Not `directory`: that is the project's, for every command.
    #[arg(value_name = "DIR")]
    pub(in crate::cli) pages: Option<PathBuf>,
}
