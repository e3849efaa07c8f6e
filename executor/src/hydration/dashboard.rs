//! How a watch is shown: in place on a terminal, line by line elsewhere, as documents to programs.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use mz_deploy_planner::diagnostic::text::Colour;
use serde::Serialize;
use smol_str::SmolStr;

use super::estimate::Progress;
use super::line::{LineOptions, line};
use super::rule::{ClusterReadiness, Readiness};

/// What a dashboard is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A line a cluster on the terminal that standard error is, redrawn in place.
    Live,
    /// A line for each cluster that changed.
    Lines,
    /// A JSON document on a line for each change.
    Json,
}

/// A watch as it is shown. `W` is where lines and documents go; a live one draws on standard error.
#[derive(Debug)]
pub struct Dashboard<W> {
    form: Form,
    deploy_id: SmolStr,
    colour: Colour,
    out: W,
    progress: BTreeMap<SmolStr, Progress>,
    shown: Option<Readiness>,
    screen: MultiProgress,
    bars: Vec<ProgressBar>,
}

impl<W: Write> Dashboard<W> {
    /// A dashboard that shows nothing yet.
    pub fn new(form: Form, deploy_id: impl Into<SmolStr>, colour: Colour, out: W) -> Self {
        let target = match form {
            Form::Live => ProgressDrawTarget::stderr(),
            Form::Lines | Form::Json => ProgressDrawTarget::hidden(),
        };
        Self {
            form,
            deploy_id: deploy_id.into(),
            colour,
            out,
            progress: BTreeMap::new(),
            shown: None,
            screen: MultiProgress::with_draw_target(target),
            bars: Vec::new(),
        }
    }

    /// Shows what was observed at a time since the watch began.
    pub fn show(&mut self, readiness: &Readiness, at: Duration) -> io::Result<()> {
        for cluster in &readiness.clusters {
            let progress = self.progress.entry(cluster.cluster_id.clone()).or_default();
            progress.note(at, cluster.hydrated_count, cluster.total_count);
        }
        let before = self.shown.replace(readiness.clone());
        match self.form {
            Form::Live => {
                self.redraw(at);
                Ok(())
            }
            Form::Lines => self.print_changes(before.as_ref(), readiness, at),
            Form::Json => {
                self.out.write_all(update_document(&self.deploy_id, readiness).as_bytes())?;
                self.out.flush()
            }
        }
    }

    /// Brings estimates up to date while nothing happens.
    pub fn tick(&mut self, at: Duration) {
        if self.form == Form::Live {
            self.redraw(at);
        }
    }

    /// Says something to people besides.
    pub fn note(&mut self, text: &str) -> io::Result<()> {
        match self.form {
            Form::Live => self.screen.println(text),
            Form::Lines => writeln!(self.out, "{text}"),
            Form::Json => Ok(()),
        }
    }

    /// Leaves what is on the terminal as it is, and gives back where lines went.
    pub fn finish(self) -> W {
        for bar in &self.bars {
            bar.abandon();
        }
        self.out
    }

    fn redraw(&mut self, at: Duration) {
        let Some(readiness) = &self.shown else { return };
        let options = LineOptions::of(readiness, self.colour);
        while self.bars.len() < readiness.clusters.len() {
            // The line is ours; the template cuts it off where the terminal ends.
            let style = ProgressStyle::with_template("{wide_msg}").expect("a template with one key");
            self.bars.push(self.screen.add(ProgressBar::new_spinner().with_style(style)));
        }
        for (bar, cluster) in self.bars.iter().zip(&readiness.clusters) {
            bar.set_message(line(cluster, options, self.left(cluster, at)));
            bar.tick();
        }
    }

    fn print_changes(&mut self, before: Option<&Readiness>, now: &Readiness, at: Duration) -> io::Result<()> {
        let options = LineOptions::of(now, self.colour);
        for (i, cluster) in now.clusters.iter().enumerate() {
            let before = before.and_then(|before| before.clusters.get(i));
            if !before.is_some_and(|before| is_alike(before, cluster)) {
                let line = line(cluster, options, self.left(cluster, at));
                writeln!(self.out, "{line}")?;
            }
        }
        self.out.flush()
    }

    fn left(&self, cluster: &ClusterReadiness, at: Duration) -> Option<Duration> {
        self.progress.get(&cluster.cluster_id)?.left(at)
    }
}

/// True if a log gains nothing from another line: lags differ with every sample, and matter only where they hold it back.
fn is_alike(before: &ClusterReadiness, now: &ClusterReadiness) -> bool {
    *before == ClusterReadiness { max_lag_secs: before.max_lag_secs, ..now.clone() }
}

#[derive(Serialize)]
struct Update<'a> {
    status: &'static str,
    deploy_id: &'a str,
    all_ready: bool,
    clusters: &'a [ClusterReadiness],
}

#[derive(Serialize)]
struct Once<'a> {
    status: &'static str,
    deploy_id: &'a str,
    ready: bool,
    clusters: &'a [ClusterReadiness],
}

/// The document of a change, on a line of its own.
pub fn update_document(deploy_id: &str, readiness: &Readiness) -> String {
    document(&Update {
        status: status(readiness),
        deploy_id,
        all_ready: readiness.is_ready(),
        clusters: &readiness.clusters,
    })
}

/// The document of a single look, on a line of its own.
pub fn once_document(deploy_id: &str, readiness: &Readiness) -> String {
    document(&Once {
        status: status(readiness),
        deploy_id,
        ready: readiness.is_ready(),
        clusters: &readiness.clusters,
    })
}

/// How every document says how it ended.
fn status(readiness: &Readiness) -> &'static str {
    if readiness.is_ready() { "ready" } else { "not_ready" }
}

fn document(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string(value).expect("texts and numbers under texts are JSON");
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hydration::rule::{Reason, Status};
    use crate::hydration::test_snapshot::assert_snapshot;

    fn cluster(name: &str, status: Status, hydrated: usize, lag: u64) -> ClusterReadiness {
        ClusterReadiness {
            cluster_name: name.into(),
            cluster_id: format!("id of {name}").into(),
            status,
            hydrated_count: hydrated,
            total_count: 4,
            max_lag_secs: lag,
            total_replicas: 1,
            problematic_replicas: 0,
        }
    }

    fn hydrating(hydrated: usize) -> Status {
        Status::Hydrating { hydrated, total: 4 }
    }

    /// A deployment on two clusters that becomes ready, and loses one in the end.
    fn timeline() -> Vec<(u64, Readiness)> {
        let states = [
            (0, cluster("big_v2", hydrating(0), 0, 0), cluster("small_v2", hydrating(0), 0, 0)),
            (20, cluster("big_v2", hydrating(1), 1, 0), cluster("small_v2", Status::Ready, 4, 0)),
            (30, cluster("big_v2", hydrating(2), 2, 0), cluster("small_v2", Status::Ready, 4, 0)),
            (60, cluster("big_v2", hydrating(2), 2, 60), cluster("small_v2", Status::Ready, 4, 1)),
            (
                61,
                cluster("big_v2", Status::Lagging { max_lag_secs: 400 }, 4, 400),
                cluster("small_v2", Status::Ready, 4, 2),
            ),
            (70, cluster("big_v2", Status::Ready, 4, 1), cluster("small_v2", Status::Ready, 4, 2)),
            (
                75,
                cluster("big_v2", Status::Failing { reason: Reason::Dropped }, 0, 0),
                cluster("small_v2", Status::Ready, 4, 2),
            ),
        ];
        states.into_iter().map(|(at, big, small)| (at, Readiness { clusters: vec![big, small] })).collect()
    }

    fn shown(form: Form) -> String {
        let mut dashboard = Dashboard::new(form, "v2", Colour::Plain, Vec::new());
        for (at, readiness) in timeline() {
            dashboard.show(&readiness, Duration::from_secs(at)).expect("memory takes everything");
            if at == 30 {
                dashboard.note("asking again and again").expect("memory takes everything");
            }
            dashboard.tick(Duration::from_secs(at + 1));
        }
        String::from_utf8(dashboard.finish()).expect("UTF-8")
    }

    #[test]
    fn a_log_has_a_line_for_each_cluster_that_changed() {
        assert_snapshot("log", &shown(Form::Lines));
    }

    #[test]
    fn a_program_reads_a_document_for_each_change() {
        assert_snapshot("documents", &shown(Form::Json));
    }

    #[test]
    fn a_single_look_is_one_document() {
        let clusters = vec![
            cluster("a", Status::Failing { reason: Reason::NoReplicas }, 0, 0),
            cluster(
                "b",
                Status::Failing { reason: Reason::AllReplicasProblematic { problematic: 1, total: 1 } },
                0,
                0,
            ),
            cluster(
                "c",
                Status::Failing { reason: Reason::ObjectsDropped { objects: vec!["d.s.o".into()] } },
                3,
                0,
            ),
            cluster("d", Status::Ready, 4, 3),
        ];
        let documents = [
            once_document("v2", &Readiness { clusters }),
            once_document("v2", &Readiness { clusters: Vec::new() }),
        ];
        assert_snapshot("once_documents", &documents.concat());
    }

    #[test]
    fn nothing_but_the_terminal_is_drawn_on() {
        assert_eq!(shown(Form::Live), "");
    }
}
