//! A cluster in one line, for people.

use std::fmt::Write as _;
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use mz_deploy_planner::diagnostic::text::Colour;

use super::estimate::in_words;
use super::rule::{ClusterReadiness, Readiness, Reason, Status};

/// Cells of a bar.
const CELLS: usize = 20;
/// Names that a line holds at most.
const NAMES: usize = 3;

/// What a line is fitted to.
#[derive(Clone, Copy, Debug)]
pub struct LineOptions {
    /// Whether it is coloured.
    pub colour: Colour,
    /// Characters that the name takes: those of the longest.
    pub name_width: usize,
}

impl LineOptions {
    /// Options for the lines of a deployment.
    pub fn of(readiness: &Readiness, colour: Colour) -> Self {
        let widths = readiness.clusters.iter().map(|cluster| cluster.cluster_name.chars().count());
        Self { colour, name_width: widths.max().unwrap_or(0) }
    }
}

/// The line of a cluster: its name, a bar, its state, how many objects are hydrated, their lag, its replicas, and how long it
/// may take.
pub fn line(cluster: &ClusterReadiness, options: LineOptions, left: Option<Duration>) -> String {
    let (word, colour) = match cluster.status {
        Status::Ready => ("ready", AnsiColor::Green),
        Status::Hydrating { .. } => ("hydrating", AnsiColor::Cyan),
        Status::Lagging { .. } => ("lagging", AnsiColor::Yellow),
        Status::Failing { .. } => ("failing", AnsiColor::BrightRed),
    };
    let style = if options.colour == Colour::Coloured { colour.on_default() } else { Style::new() };
    let mut line = format!(
        "{:width$}  {style}{}  {word:9}{style:#}",
        printable(&cluster.cluster_name),
        bar(cluster.hydrated_count, cluster.total_count),
        width = options.name_width
    );
    for part in parts(cluster, left) {
        let _ = write!(line, "  {part}");
    }
    line
}

/// How many clusters are in each state.
pub fn summary(readiness: &Readiness) -> String {
    let count =
        |test: fn(&Status) -> bool| readiness.clusters.iter().filter(|cluster| test(&cluster.status)).count();
    let counts = [
        (count(|status| *status == Status::Ready), "ready"),
        (count(|status| matches!(status, Status::Hydrating { .. })), "hydrating"),
        (count(|status| matches!(status, Status::Lagging { .. })), "lagging"),
        (count(|status| matches!(status, Status::Failing { .. })), "failing"),
    ];
    let words: Vec<_> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if words.is_empty() { "no clusters to wait for".to_owned() } else { words.join(" · ") }
}

fn bar(done: usize, total: usize) -> String {
    // A bar is full only if everything is done.
    let full = (done.min(total) * CELLS).checked_div(total).unwrap_or(CELLS);
    let mut bar = "█".repeat(full);
    bar.push_str(&"░".repeat(CELLS - full));
    bar
}

fn parts(cluster: &ClusterReadiness, left: Option<Duration>) -> Vec<String> {
    let mut parts = vec![objects(cluster)];
    match &cluster.status {
        Status::Failing { reason } => parts.push(because(reason)),
        Status::Ready if cluster.total_count == 0 => {}
        status => {
            parts.extend(lag(status, cluster.max_lag_secs));
            parts.push(replicas(cluster));
        }
    }
    if matches!(cluster.status, Status::Hydrating { .. }) {
        parts.extend(left.map(in_words));
    }
    parts
}

fn objects(cluster: &ClusterReadiness) -> String {
    match cluster.total_count {
        0 => "nothing to hydrate".to_owned(),
        1 => format!("{}/1 object", cluster.hydrated_count),
        total => format!("{}/{total} objects", cluster.hydrated_count),
    }
}

fn lag(status: &Status, seconds: u64) -> Option<String> {
    match status {
        // Something isn't up to date whose lag nobody has measured yet.
        Status::Lagging { .. } if seconds == 0 => Some("lag not known yet".to_owned()),
        Status::Ready | Status::Lagging { .. } => Some(format!("lag {seconds} s")),
        Status::Hydrating { .. } | Status::Failing { .. } => None,
    }
}

fn replicas(cluster: &ClusterReadiness) -> String {
    let replicas = match cluster.total_replicas {
        1 => "1 replica".to_owned(),
        count => format!("{count} replicas"),
    };
    match cluster.problematic_replicas {
        0 => replicas,
        count => format!("{replicas}, {count} running out of memory"),
    }
}

fn because(reason: &Reason) -> String {
    match reason {
        Reason::NoReplicas => "no replicas: set a replication factor".to_owned(),
        Reason::AllReplicasProblematic { total: 1, .. } => {
            "its replica keeps running out of memory: choose a larger size".to_owned()
        }
        Reason::AllReplicasProblematic { total, .. } => {
            format!("all {total} replicas keep running out of memory: choose a larger size")
        }
        Reason::Dropped => "the cluster was dropped".to_owned(),
        Reason::ObjectsDropped { objects } => {
            let named: Vec<_> = objects.iter().take(NAMES).map(|name| printable(name)).collect();
            let others = objects.len().saturating_sub(NAMES);
            let more = if others > 0 { format!(" and {others} more") } else { String::new() };
            format!("dropped: {}{more}", named.join(", "))
        }
    }
}

/// Names may hold anything; a terminal must not obey it.
fn printable(name: &str) -> String {
    name.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hydration::test_snapshot::assert_snapshot;

    fn cluster(name: &str, status: Status, hydrated: usize, total: usize) -> ClusterReadiness {
        ClusterReadiness {
            cluster_name: name.into(),
            cluster_id: "u5".into(),
            status,
            hydrated_count: hydrated,
            total_count: total,
            max_lag_secs: 0,
            total_replicas: 2,
            problematic_replicas: 0,
        }
    }

    fn failing(reason: Reason) -> ClusterReadiness {
        cluster("compute_v2", Status::Failing { reason }, 0, 12)
    }

    fn hydrating(hydrated: usize, total: usize) -> ClusterReadiness {
        cluster("compute_v2", Status::Hydrating { hydrated, total }, hydrated, total)
    }

    fn lines(clusters: &[(ClusterReadiness, Option<u64>)]) -> String {
        let readiness = Readiness { clusters: clusters.iter().map(|(cluster, _)| cluster.clone()).collect() };
        let options = LineOptions::of(&readiness, Colour::Plain);
        let lines =
            clusters.iter().map(|(cluster, left)| line(cluster, options, left.map(Duration::from_secs)));
        let mut text = lines.collect::<Vec<_>>().join("\n");
        let _ = write!(text, "\n{}", summary(&readiness));
        text
    }

    #[test]
    fn each_state_has_its_line() {
        let ready = ClusterReadiness { max_lag_secs: 3, ..cluster("compute_v2", Status::Ready, 12, 12) };
        let empty = ClusterReadiness { total_replicas: 0, ..cluster("serving_v2", Status::Ready, 0, 0) };
        let lagging = ClusterReadiness {
            max_lag_secs: 640,
            ..cluster("compute_v2", Status::Lagging { max_lag_secs: 640 }, 12, 12)
        };
        let one = ClusterReadiness { total_replicas: 1, ..hydrating(0, 1) };
        let one_is_problematic = ClusterReadiness { problematic_replicas: 1, ..hydrating(7, 12) };
        let text = lines(&[
            (hydrating(0, 12), None),
            (hydrating(5, 12), Some(100)),
            (hydrating(11, 12), Some(9)),
            (one, None),
            (one_is_problematic, None),
            (lagging, Some(9)),
            (cluster("compute_v2", Status::Lagging { max_lag_secs: 0 }, 12, 12), None),
            (ready, None),
            (empty, None),
        ]);
        assert_snapshot("lines", &text);
    }

    #[test]
    fn a_failing_cluster_says_why_and_what_to_do() {
        let dropped = ["app.core.a", "app.core.b", "app.core.c", "app.core.d", "app.core.e"];
        let text = lines(&[
            (failing(Reason::NoReplicas), None),
            (failing(Reason::AllReplicasProblematic { problematic: 1, total: 1 }), None),
            (failing(Reason::AllReplicasProblematic { problematic: 2, total: 2 }), Some(3)),
            (failing(Reason::Dropped), None),
            (failing(Reason::ObjectsDropped { objects: vec!["app.core.a".into()] }), None),
            (failing(Reason::ObjectsDropped { objects: dropped.map(Into::into).to_vec() }), None),
        ]);
        assert_snapshot("failing_lines", &text);
    }

    #[test]
    fn lines_are_aligned_coloured_and_harmless() {
        let readiness = Readiness {
            clusters: vec![
                cluster("a_v2", Status::Ready, 1, 1),
                cluster("größer\u{1b}[2J_v2", Status::Hydrating { hydrated: 1, total: 3 }, 1, 3),
            ],
        };
        let options = LineOptions::of(&readiness, Colour::Coloured);
        let lines: Vec<_> = readiness.clusters.iter().map(|cluster| line(cluster, options, None)).collect();
        assert_snapshot("coloured_lines", &lines.join("\n").replace('\u{1b}', "<ESC>"));
    }

    #[test]
    fn a_deployment_without_clusters_has_nothing_to_wait_for() {
        assert_eq!(summary(&Readiness { clusters: Vec::new() }), "no clusters to wait for");
    }

    #[test]
    fn a_bar_is_full_only_if_everything_is_done() {
        for total in 1..200 {
            for done in 0..=total {
                let bar = bar(done, total);
                assert_eq!(bar.chars().count(), CELLS);
                assert_eq!(!bar.contains('░'), done == total, "{done} of {total}");
            }
        }
    }
}
