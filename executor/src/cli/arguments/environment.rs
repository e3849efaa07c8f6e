//! Commands for an environment as a whole, and for the way to it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::shared::DryRun;

/// Prepare an environment: the tool's own database, cluster and roles
///
/// Needs a superuser. Does nothing that was done before.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct SetupOptions {
    /// The size of the tool's own cluster
    #[arg(long, value_name = "SIZE", default_value = "25cc")]
    pub(in crate::cli) cluster_size: String,

    /// A cluster that exists, for the tool's queries, instead of one of its own
    #[arg(long, value_name = "NAME", conflicts_with = "cluster_size")]
    pub(in crate::cli) server_cluster: Option<String>,
}

/// Create and alter what views are built on: clusters, roles, secrets, connections, sources, tables
///
/// In place, and only what differs. Nothing is dropped.
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct ApplyOptions {
    /// Apply this kind only [default: all, in the order in which they need each other]
    #[arg(value_enum)]
    pub(in crate::cli) kind: Option<ApplyKind>,

    /// Leave secrets as they are
    #[arg(long)]
    pub(in crate::cli) skip_secrets: bool,

    #[command(flatten)]
    pub(in crate::cli) run: DryRun,
}

/// A kind of thing that `apply` creates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum ApplyKind {
    /// `roles/`
    Roles,
    /// `clusters/`
    Clusters,
    /// `network-policies/`
    NetworkPolicies,
    /// Secrets, whose values are read now
    Secrets,
    /// Connections
    Connections,
    /// Sources
    Sources,
    /// Tables, those of sources included
    Tables,
}

/// Save what an environment looks like, for `plan`
///
/// So that a plan can be made where there is no connection, for instance for a pull request.
#[derive(Args, Clone, Debug)]
#[group(required = true, multiple = true)]
pub(in crate::cli) struct SnapshotOptions {
    /// Write both snapshots, `deployed.json` and `live.json`, in this directory
    #[arg(long, value_name = "DIR", conflicts_with_all = ["deployed", "live"])]
    pub(in crate::cli) out: Option<PathBuf>,

    /// Write what was deployed last in this file, for `plan --deployed`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) deployed: Option<PathBuf>,

    /// Write the facts of the live catalog in this file, for `plan --live`
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) live: Option<PathBuf>,
}

/// Profiles: how to connect, and to what
#[derive(Clone, Debug, Subcommand)]
pub(in crate::cli) enum ProfileCommand {
    /// List the profiles of profiles.toml
    List,
    /// Make a profile the default of this project, in .mzprofile
    Set(SetProfile),
    /// Print the active profile, and what selected it
    Current,
}

/// Options of `profile set`.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct SetProfile {
    /// The profile, a table of profiles.toml
    pub(in crate::cli) name: String,
}

/// Start psql with the connection of the profile
///
/// What stands behind `--` is passed on: `mz-deploy sql -- -c 'SELECT 1'`.
#[derive(Args, Clone, Debug)]
pub(in crate::cli) struct SqlOptions {
    /// Arguments of psql
    #[arg(last = true, value_name = "ARGUMENT")]
    pub(in crate::cli) arguments: Vec<OsString>,
}

/// Deploy an example to a local server that behaves like Materialize
#[derive(Args, Clone, Copy, Debug)]
pub(in crate::cli) struct DemoOptions {
    /// Leave the server running, and print how to connect
    #[arg(long)]
    pub(in crate::cli) keep_running: bool,
}
