use std::time::Duration;

use super::deployment::{
    AbortOptions, CleanupOptions, DescribeOptions, Keep, ListOptions, LogOptions, PromoteOptions,
    RollbackOptions, StageOptions, WaitOptions,
};
use super::environment::{ApplyKind, ApplyOptions, DemoOptions, SetupOptions, SnapshotOptions};
use super::*;

/// Commands that need a connection, with the options that they are going to have.
#[derive(Debug, Parser)]
#[command(name = "mz-deploy", max_term_width = 100)]
struct Connected {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: ConnectedCommand,
}

#[derive(Debug, Subcommand)]
enum ConnectedCommand {
    Setup(SetupOptions),
    Apply(ApplyOptions),
    Stage(StageOptions),
    Wait(WaitOptions),
    Promote(PromoteOptions),
    Abort(AbortOptions),
    Rollback(RollbackOptions),
    Cleanup(CleanupOptions),
    List(ListOptions),
    Log(LogOptions),
    Describe(DescribeOptions),
    Snapshot(SnapshotOptions),
    Demo(DemoOptions),
}

fn read(line: &str) -> Result<ConnectedCommand, clap::Error> {
    Connected::try_parse_from(line.split(' ')).map(|connected| connected.command)
}

fn promote(line: &str) -> PromoteOptions {
    match read(line) {
        Ok(ConnectedCommand::Promote(options)) => options,
        other => unreachable!("{other:?}"),
    }
}

#[test]
fn the_definition_of_the_arguments_is_sound() {
    Arguments::command().debug_assert();
    Connected::command().debug_assert();
}

#[test]
fn options_of_apply_stand_before_and_after_the_kind() {
    for line in ["x apply --dry-run --skip-secrets tables", "x apply tables --dry-run --skip-secrets"] {
        let Ok(ConnectedCommand::Apply(options)) = read(line) else { unreachable!("{line} can be read") };
        assert!(options.run.dry_run && options.skip_secrets);
        assert_eq!(options.kind, Some(ApplyKind::Tables));
    }
    let Ok(ConnectedCommand::Apply(options)) = read("x apply") else { unreachable!("it can be read") };
    assert_eq!(options.kind, None);
}

#[test]
fn the_old_version_is_kept_for_a_time_or_until_cleanup() {
    assert_eq!(promote("x promote v1").keep, None);
    assert_eq!(promote("x promote v1 --keep").keep, Some(Keep::UntilCleanup));
    assert_eq!(promote("x promote v1 --keep --yes").keep, Some(Keep::UntilCleanup));
    assert_eq!(promote("x promote v1 --keep 2h").keep, Some(Keep::For(Duration::from_hours(2))));
    assert!(read("x promote --keep v1").is_err(), "an id is no duration");
}

#[test]
fn lag_is_allowed_for_five_minutes_unless_something_else_is_said() {
    assert_eq!(promote("x promote v1").lag.allowed_lag, Duration::from_mins(5));
    assert_eq!(promote("x promote v1 --allowed-lag 10").lag.allowed_lag, Duration::from_secs(10));
    assert_eq!(promote("x promote v1 --allowed-lag 1m").lag.allowed_lag, Duration::from_mins(1));
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    for line in [
        "x stage --redeploy-all --redeploy-schema a.b",
        "x wait v1 --once --timeout 5",
        "x promote v1 --timeout 5",
        "x promote v1 --wait --no-ready-check",
        "x snapshot",
        "x snapshot --out d --live f",
        "x setup --cluster-size 50cc --server-cluster c",
        "x list --json --output json",
    ] {
        assert!(read(line).is_err(), "{line}");
    }
    assert!(read("x setup --server-cluster c").is_ok());
    assert!(read("x snapshot --deployed a --live b").is_ok());
}

#[test]
fn what_stands_behind_two_dashes_is_for_psql() {
    let arguments = "x sql -p dev -- -c --json".split(' ').map(OsString::from).collect::<Vec<_>>();
    let Ok(Command::Sql(options)) = Arguments::read(&arguments).map(|read| read.command) else {
        unreachable!("it can be read")
    };
    assert_eq!(options.arguments, ["-c", "--json"]);
}

#[test]
fn json_is_wanted_even_by_arguments_that_are_wrong() {
    let wants = |line: &str| want_json(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
    assert!(wants("x wrong --json") && wants("x --output json wrong") && wants("x --output=json"));
    assert!(!wants("x wrong") && !wants("x --output text json") && !wants("x sql -- --json"));
}
