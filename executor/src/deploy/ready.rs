//! Whether what was staged is ready.

use std::ops::ControlFlow;
use std::time::Duration;

use mz_deploy_planner::diagnostic::text::Colour;
use mz_deploy_planner::input::{Live, RecordedId};

use super::session::Session;
use crate::db::DbError;
use crate::host::{Failure, FailureCode};
use crate::hydration::line::{LineOptions, line};
use crate::hydration::watch::{self, Event, Outcome, WatchOptions, Watched};
use crate::hydration::{Expected, Readiness, Status};

/// What is waited for, and how.
pub struct Ready<'a> {
    /// The environment.
    pub session: &'a Session,
    /// Names the deployment.
    pub deploy_id: &'a str,
    /// What it made.
    pub staged: &'a [RecordedId],
    /// The catalog as it was looked at.
    pub live: &'a Live,
    /// The lag that is still up to date.
    pub allowed_lag: Duration,
}

/// Why something isn't ready.
pub enum NotReady {
    /// What was staged is gone.
    Gone(Failure),
    /// Something failed.
    Failed(DbError),
}

impl From<NotReady> for Failure {
    fn from(why: NotReady) -> Self {
        match why {
            NotReady::Gone(failure) => failure,
            NotReady::Failed(error) => error.into(),
        }
    }
}

impl Ready<'_> {
    fn expected(&self) -> Result<Expected, NotReady> {
        Expected::of(self.staged, self.live).map_err(|gone| {
            let names: Vec<String> = gone.iter().map(|id| format!("the {} `{}`", id.kind, id.name)).collect();
            let message = format!("what was staged isn't there any more: {}", names.join(", "));
            NotReady::Gone(
                Failure::new(message)
                    .help(format!("take the rest away with `mz-deploy abort {}`", self.deploy_id)),
            )
        })
    }

    /// Looks once.
    pub async fn look(&self) -> Result<Readiness, NotReady> {
        let expected = self.expected()?;
        watch::look(&self.session.connection, &expected, self.allowed_lag).await.map_err(NotReady::Failed)
    }

    /// Waits until it is ready, can't become so, the time is up, or whoever is told wants no more.
    pub async fn wait(
        &self,
        timeout: Option<Duration>,
        tell: impl FnMut(Duration, Event<'_>) -> ControlFlow<()>,
    ) -> Result<Watched, NotReady> {
        let expected = self.expected()?;
        let options = WatchOptions { allowed_lag: self.allowed_lag, timeout };
        let open = || self.session.another();
        watch::watch(open, &expected, options, tell).await.map_err(NotReady::Failed)
    }

    /// The failure of something that isn't ready.
    pub fn failure(&self, readiness: Option<&Readiness>, outcome: Outcome) -> Failure {
        let id = self.deploy_id;
        let clusters = readiness.map(|readiness| readiness.clusters.as_slice()).unwrap_or_default();
        let waiting = clusters.iter().filter(|cluster| cluster.status != Status::Ready);
        let options = LineOptions { colour: Colour::Plain, name_width: 0 };
        let words: Vec<String> = waiting.map(|cluster| line(cluster, options, None)).collect();
        let words = words.join("; ");
        match outcome {
            Outcome::TimedOut => Failure::coded(
                FailureCode::TimedOut,
                format!("`{id}` isn't ready in the time that was given: {words}"),
            )
            .help("wait longer, or look at what its clusters do"),
            Outcome::Failing => {
                Failure::coded(FailureCode::NotReady, format!("`{id}` can't become ready: {words}"))
                    .help("give its clusters the replicas or the size that they need")
            }
            Outcome::Stopped => Failure::new("stopped as you asked"),
            Outcome::Ready => Failure::coded(FailureCode::NotReady, format!("`{id}` isn't ready: {words}"))
                .help(format!("`mz-deploy wait {id}` waits until it is")),
        }
    }
}
