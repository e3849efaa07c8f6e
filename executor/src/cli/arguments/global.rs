//! Options of every command.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::host::period;

/// Options of every command.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
pub(in crate::cli) struct Global {
    /// The project's directory
    #[arg(short, long, global = true, value_name = "DIR", default_value = ".")]
    pub(in crate::cli) directory: PathBuf,

    /// The profile: its connection, its suffix, its variables, its variants of files [default: the one in .mzprofile]
    #[arg(short, long, global = true, value_name = "NAME", env = "MZ_DEPLOY_PROFILE")]
    pub(in crate::cli) profile: Option<String>,

    /// Whether the profile is the one of the environment variable.
    #[arg(skip)]
    pub(in crate::cli) is_profile_from_environment: bool,

    /// The directory of profiles.toml, which says how to connect [default: ~/.mz]
    #[arg(long, global = true, value_name = "DIR", env = "MZ_DEPLOY_PROFILES_DIR")]
    pub(in crate::cli) profiles_dir: Option<PathBuf>,

    /// How long a query may take: seconds, or `90s`, `5m`, `1h30m` [default: `statement_timeout` of the profile, else the server's]
    #[arg(long, global = true, value_name = "DURATION", value_parser = period::parse)]
    pub(in crate::cli) statement_timeout: Option<Duration>,

    /// How results and problems are printed
    #[arg(long, global = true, value_enum, default_value_t)]
    output: Output,

    /// The same as --output json
    #[arg(long, global = true, conflicts_with = "output")]
    json: bool,

    /// Print more about what is done; print lists in full
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(in crate::cli) verbose: bool,

    /// Print results and problems only
    #[arg(short, long, global = true)]
    pub(in crate::cli) quiet: bool,
}

impl Global {
    /// How results and problems are printed.
    pub(in crate::cli) fn output(&self) -> Output {
        if self.json { Output::Json } else { self.output }
    }
}

/// How results and problems are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Output {
    /// For people
    #[default]
    Text,
    /// JSON documents on standard output
    Json,
    /// As text, problems as annotations of GitHub Actions
    Github,
}
