//! Deployments as text: what `list`, `log` and `describe` print.

use std::fmt::{Display, Write as _};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::history::{DescribedDeployment, ListedDeployment, LoggedDeployment, Schema};
use crate::cli::terminal::printable;
use crate::hydration::{ClusterReadiness, Status as ClusterStatus};

/// Characters of a commit that are shown in a list.
const SHORT_COMMIT: usize = 7;
/// Characters of a digest that are shown.
const SHORT_DIGEST: usize = 12;

/// Lines, none of which can do anything to the terminal.
#[derive(Default)]
struct Page(String);

impl Page {
    fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.0, "{}", printable(&text.to_string()));
    }

    /// A word and what it says, in columns.
    fn field(&mut self, name: &str, value: impl Display) {
        self.line(format_args!("{name:<13} {value}"));
    }

    fn schemas(&mut self, schemas: &[Schema]) {
        for Schema { database, schema } in schemas {
            self.line(format_args!("    {database}.{schema}"));
        }
    }
}

/// What is staged, at a time.
pub(in crate::cli) fn list(deployments: &[ListedDeployment], now: Timestamp) -> String {
    let mut page = Page::default();
    if deployments.is_empty() {
        page.line("Nothing is staged.");
        page.line("To build what changed beside production: mz-deploy stage");
    }
    for (i, deployment) in deployments.iter().enumerate() {
        if i > 0 {
            page.line("");
        }
        let ListedDeployment { deploy_id, deployed_by, kind, .. } = deployment;
        let age = age(now, deployment.deployed_at);
        page.line(format_args!("● {deploy_id} by {deployed_by} ({age}) [{kind}]"));
        if let Some(commit) = &deployment.git_commit {
            page.line(format_args!("    commit {}", cut(commit, SHORT_COMMIT)));
        }
        if let Some(summary) = readiness(&deployment.clusters) {
            page.line(format_args!("    clusters: {summary}"));
        }
        page.schemas(&deployment.schemas);
    }
    page.0
}

/// What was promoted, with times as they are in a time zone.
pub(in crate::cli) fn log(deployments: &[LoggedDeployment], zone: &TimeZone) -> String {
    let mut page = Page::default();
    if deployments.is_empty() {
        page.line("Nothing was promoted.");
        page.line("To exchange what is staged and production: mz-deploy promote ID");
    }
    for (i, deployment) in deployments.iter().enumerate() {
        if i > 0 {
            page.line("");
        }
        page.line(format_args!("deployment {} [{}]", deployment.deploy_id, deployment.kind));
        if let Some(commit) = &deployment.git_commit {
            page.field("Commit:", commit);
        }
        page.field("Deployed by:", &deployment.deployed_by);
        page.field("Date:", date(deployment.promoted_at, zone));
        page.schemas(&deployment.schemas);
    }
    page.0
}

/// Everything that is known of a deployment.
pub(in crate::cli) fn describe(deployment: &DescribedDeployment, zone: &TimeZone) -> String {
    let mut page = Page::default();
    let details = &deployment.details;
    page.line(format_args!("deployment {} [{}]", deployment.deploy_id, details.kind));
    if let Some(commit) = &details.git_commit {
        page.field("Commit:", commit);
    }
    page.field("Deployed by:", &details.deployed_by);
    page.field("Deployed at:", date(details.deployed_at, zone));
    match details.promoted_at {
        Some(promoted_at) => page.field("Promoted at:", date(promoted_at, zone)),
        None => page.field("Status:", "staging"),
    }
    page.line("");
    page.line(format_args!("Schemas ({}):", details.schemas.len()));
    page.schemas(&details.schemas);
    page.line("");
    page.line(format_args!("Objects ({}):", deployment.objects.len()));
    for (name, digest) in &deployment.objects {
        page.line(format_args!("    {name} {}", cut(digest, SHORT_DIGEST)));
    }
    let mut command = "";
    for step in &deployment.steps {
        // Each run of a command counts its steps anew.
        if step.command != command || step.number == 0 {
            command = &step.command;
            page.line("");
            page.line(format_args!("Steps of {command}, since {}:", date(step.at, zone)));
        }
        let outcome = match (&step.error, step.took_ms) {
            (Some(error), _) => format!("✗ {error}"),
            (None, Some(took)) => format!("{took} ms"),
            (None, None) => String::new(),
        };
        page.line(format_args!("    {}  {outcome}", step.step));
    }
    page.0
}

/// How many clusters are ready; nothing without any.
fn readiness(clusters: &[ClusterReadiness]) -> Option<String> {
    let ready = clusters.iter().filter(|cluster| cluster.status == ClusterStatus::Ready).count();
    match clusters.len() {
        0 => None,
        all if all == ready => Some("all ready".to_owned()),
        all => Some(format!("{ready} of {all} ready")),
    }
}

/// How long ago something was. Clocks differ, so it may be in the future.
fn age(now: Timestamp, then: Timestamp) -> String {
    const MINUTE: i64 = 60;
    const HOUR: i64 = 60 * MINUTE;
    const DAY: i64 = 24 * HOUR;
    let seconds = now.duration_since(then).max(SignedDuration::from_secs(-1)).as_secs();
    let (number, unit) = match seconds {
        ..MINUTE => return "recently".to_owned(),
        MINUTE..HOUR => (seconds / MINUTE, "minute"),
        HOUR..DAY => (seconds / HOUR, "hour"),
        _ => (seconds / DAY, "day"),
    };
    format!("{number} {unit}{} ago", if number == 1 { "" } else { "s" })
}

fn date(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).strftime("%a %b %d %H:%M:%S %Y %z").to_string()
}

fn cut(text: &str, characters: usize) -> String {
    text.chars().take(characters).collect()
}

#[cfg(test)]
mod tests {
    use super::super::history::{self, tests as example};
    use super::*;
    use std::collections::BTreeMap;

    /// Compares with the snapshot `snapshots/cli/text_<name>.snap`.
    fn assert_snapshot(name: &str, text: &str) {
        let mut settings = insta::Settings::clone_current();
        settings.set_snapshot_path("../../../../snapshots/cli");
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.bind(|| insta::assert_snapshot!(format!("text_{name}"), text));
    }

    fn paris() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(1))
    }

    #[test]
    fn what_is_staged() {
        let now = example::time("2026-03-03 10:30:00+00");
        assert_snapshot("list", &list(&history::list(&example::rows(), example::clusters()), now));
        assert_snapshot("list_nothing", &list(&history::list(&[], BTreeMap::new()), now));
    }

    #[test]
    fn what_was_promoted() {
        assert_snapshot("log", &log(&history::log(&example::rows(), None), &paris()));
        assert_snapshot("log_nothing", &log(&[], &paris()));
    }

    #[test]
    fn one_deployment_promoted_or_not() {
        for (name, id) in [("describe_promoted", "v2"), ("describe_staged", "try")] {
            let described = history::describe(id, &example::rows(), &example::objects(), example::steps());
            assert_snapshot(name, &describe(&described.expect("it is there"), &paris()));
        }
    }

    #[test]
    fn ages_are_in_the_largest_unit() {
        let now = example::time("2026-03-03 10:00:00+00");
        let age_of = |then: &str| age(now, example::time(then));
        assert_eq!(age_of("2026-03-03 10:00:10+00"), "recently");
        assert_eq!(age_of("2026-03-03 09:59:30+00"), "recently");
        assert_eq!(age_of("2026-03-03 09:59:00+00"), "1 minute ago");
        assert_eq!(age_of("2026-03-03 09:01:00+00"), "59 minutes ago");
        assert_eq!(age_of("2026-03-03 08:00:00+00"), "2 hours ago");
        assert_eq!(age_of("2026-03-01 11:00:00+00"), "1 day ago");
        assert_eq!(age_of("2026-02-01 10:00:00+00"), "30 days ago");
    }

    #[test]
    fn a_name_can_not_do_anything_to_the_terminal() {
        let mut rows = example::rows();
        rows.truncate(1);
        rows[0].deployed_by = "a\u{1b}[2Jb".to_owned();
        let text = list(&history::list(&rows, BTreeMap::new()), example::time("2026-03-03 10:00:00+00"));
        assert!(text.contains("by a\u{fffd}[2Jb ("), "{text}");
    }
}
