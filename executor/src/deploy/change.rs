//! What is done with a deployment after it was staged: promote, abort, roll back, clean up.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::{Deployment, Live, RecordedId};
use mz_deploy_planner::plan::{self, Command, Effect, Plan, PromoteOptions, State};

use super::converge::{Work, converge};
use super::effects::{ABORTED, Effects, ROLLED_BACK};
use super::hold::{hold, or_taken_over};
use super::ready::Ready;
use super::session::{Session, rejected};
use crate::db::Scope;
use crate::db::lease::Lease;
use crate::db::ledger::{self, Found, Origin};
use crate::host::{Failure, FailureCode, Interrupt};
use crate::run::driver::Progress;

/// What is to be done with a deployment.
#[derive(Clone, Copy, Debug)]
pub enum Wish {
    /// Exchange the staged version and production.
    Promote(PromoteOptions),
    /// Take away what was staged.
    Abort,
    /// Exchange them again.
    RollBack,
    /// Drop the old version that was kept.
    CleanUp,
}

impl Wish {
    fn plan(self, deployment: &Deployment, live: &Live) -> Result<Plan, Vec<Diagnostic>> {
        match self {
            Self::Promote(options) => plan::promote(deployment, live, &options),
            Self::Abort => plan::abort(deployment, live),
            Self::RollBack => plan::rollback(deployment, live),
            Self::CleanUp => plan::cleanup(deployment, live),
        }
    }

    fn command(self) -> &'static str {
        match self {
            Self::Promote(_) => "promote",
            Self::Abort => "abort",
            Self::RollBack => "rollback",
            Self::CleanUp => "cleanup",
        }
    }
}

/// A deployment and what is to be done with it.
pub struct Change<'a> {
    session: &'a Session,
    /// The deployment, as the ledger has it.
    pub deployment: Box<Deployment>,
    /// The catalog in which it was looked at.
    pub live: Live,
    wish: Wish,
    scope: Scope,
    /// What the ledger's history says of it last.
    last_event: Option<String>,
    /// Its plan was read and approved: no other is run.
    pub is_approved: bool,
}

impl<'a> Change<'a> {
    /// Looks the deployment up. Changes nothing.
    pub async fn find(session: &'a Session, deploy_id: &str, wish: Wish) -> Result<Self, Failure> {
        let scope = Scope::default();
        let (live, record) = session.look_up(&scope, deploy_id).await?;
        let deployment = known(record.found, deploy_id)?;
        let last_event = record.last_event.map(|last| last.event);
        Ok(Self { session, deployment, live, wish, scope, last_event, is_approved: false })
    }

    /// Fails unless the deployment is staged and isn't in production.
    pub fn check_is_open(&self) -> Result<(), Failure> {
        if !self.deployment.is_promoted {
            return Ok(());
        }
        let id = &self.deployment.plan.deploy_id;
        Err(Failure::new(format!("the deployment `{id}` is in production: there is nothing to wait for")))
    }

    /// Whether what was staged is ready, to be asked.
    pub fn ready(&self, allowed_lag: Duration) -> Ready<'_> {
        Ready {
            session: self.session,
            deploy_id: &self.deployment.plan.deploy_id,
            staged: &self.deployment.staged,
            live: &self.live,
            allowed_lag,
        }
    }

    /// What would be done now. What is in the way is looked at once more before it is told: half of what others do at the same moment may
    /// have been seen.
    pub async fn planned(self) -> Result<(Self, Plan), Failure> {
        if let Ok(plan) = self.plan() {
            return Ok((self, plan));
        }
        let now = Self::find(self.session, &self.deployment.plan.deploy_id, self.wish).await?;
        let plan = now.plan()?;
        Ok((Self { is_approved: self.is_approved, ..now }, plan))
    }

    fn plan(&self) -> Result<Plan, Failure> {
        plan::require_deployer(&self.live, &self.deployment.plan.deploy_id).map_err(rejected)?;
        self.plan_in(&self.live).map_err(rejected)
    }

    /// What is to be done in a given environment. A rollback that was done is one that has nothing left to do.
    fn plan_in(&self, live: &Live) -> Result<Plan, Vec<Diagnostic>> {
        let is_staged = plan::state(&self.deployment, live) == State::Staged;
        if matches!(self.wish, Wish::RollBack) && is_staged && self.last_event.as_deref() == Some(ROLLED_BACK)
        {
            return Ok(plan::nothing(Command::Rollback, &self.deployment, live));
        }
        self.wish.plan(&self.deployment, live)
    }

    /// Does it, alone: `first`, or, unless that was approved, what is to be done by the time that nobody else works on it. `ready` is
    /// asked whether what was staged is ready, where the plan wants to know.
    pub async fn run(
        &self,
        first: Plan,
        interrupt: &Interrupt,
        take_over: bool,
        ready: impl AsyncFnMut() -> Result<(), Failure>,
        mut progress: impl FnMut(Progress<'_>),
    ) -> Result<(), Failure> {
        let connection = &self.session.connection;
        let deploy_id = self.deployment.plan.deploy_id.as_str();
        let origin = super::origin(&self.live, None);
        let lease = hold(connection, deploy_id, self.wish.command(), &origin, take_over).await?;
        let result = match self.once_held(first).await {
            Ok((now, plan)) => now.converge(plan, interrupt, &origin, &lease, ready, &mut progress).await,
            Err(failure) => Err(or_taken_over(failure, connection, &lease, deploy_id).await),
        };
        // What is left of a lease keeps nobody from anything: whoever comes next sees that its holder is gone.
        let _ = lease.release(connection).await;
        result
    }

    /// Looks again, within the lease: between the first look and the lease others may have worked on the deployment. Fails if it isn't
    /// what it was, or if only one plan may be run and that would be another.
    async fn once_held(&self, first: Plan) -> Result<(Self, Plan), Failure> {
        let id = self.deployment.plan.deploy_id.as_str();
        let now = Self::find(self.session, id, self.wish).await;
        let Some(now) = now.ok().filter(|now| now.deployment == self.deployment) else {
            let message = format!("the deployment `{id}` was changed by others since it was looked at");
            return Err(Failure::coded(FailureCode::Conflict, message)
                .help("run the command again, and read its plan again"));
        };
        let (now, plan) = now.planned().await?;
        if self.is_approved && plan != first {
            return Err(moved_on(&plan));
        }
        Ok((now, plan))
    }

    async fn converge(
        &self,
        first: Plan,
        interrupt: &Interrupt,
        origin: &Origin,
        lease: &Lease,
        mut ready: impl AsyncFnMut() -> Result<(), Failure>,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), Failure> {
        // What is written down while it runs is known to the next plan.
        let added: RefCell<Vec<RecordedId>> = RefCell::default();
        let is_recorded = Cell::new(false);
        let again = |live: &Live| {
            let added = added.borrow();
            if added.is_empty() && !is_recorded.get() {
                return self.plan_in(live);
            }
            let mut deployment = (*self.deployment).clone();
            deployment.is_promoted |= is_recorded.get();
            deployment.production.extend(added.iter().cloned());
            deployment.production.sort();
            deployment.production.dedup();
            self.wish.plan(&deployment, live)
        };
        let effects = Effects {
            session: self.session,
            lease,
            scope: &self.scope,
            origin,
            deploy_id: &self.deployment.plan.deploy_id,
            staged: &self.deployment.staged,
            last_event: RefCell::new(self.last_event.clone()),
            verified: RefCell::default(),
        };
        let perform = async |these: &[&Effect]| {
            for effect in these {
                match effect {
                    Effect::WaitUntilReady => ready().await?,
                    other => effects.perform(other).await?,
                }
                match effect {
                    Effect::RecordProduction { ids } => added.borrow_mut().extend(ids.iter().cloned()),
                    Effect::RecordPromotion => is_recorded.set(true),
                    _ => {}
                }
            }
            Ok(())
        };
        let work =
            Work { session: self.session, scope: &self.scope, interrupt, plan: &again, lease: Some(lease) };
        converge(&work, first, perform, progress).await
    }
}

/// True if a deployment was taken away before; then whatever held it is let go. An `abort` that was killed at its very end is
/// done.
pub async fn was_aborted(session: &Session, deploy_id: &str, take_over: bool) -> Result<bool, Failure> {
    let (live, record) = session.look_up(&Scope::default(), deploy_id).await?;
    if record.found != Found::Nothing || record.last_event.is_none_or(|last| last.event != ABORTED) {
        return Ok(false);
    }
    let connection = &session.connection;
    let origin = super::origin(&live, None);
    let lease = hold(connection, deploy_id, "abort", &origin, take_over).await?;
    lease.release(connection).await?;
    Ok(true)
}

/// Deployments whose old versions were kept for as long as they were to be, by the server's clock.
pub async fn overdue(session: &Session) -> Result<Vec<String>, Failure> {
    session.look_at_ledger(&Scope::default()).await?;
    Ok(ledger::overdue(&session.connection).await?)
}

/// Takes away what a stage made that failed, within its lease. A stop was asked for already, if one was.
pub(super) async fn take_away(
    session: &Session,
    deployment: Box<Deployment>,
    last_event: Option<String>,
    interrupt: &Interrupt,
    origin: &Origin,
    lease: &Lease,
    progress: &mut impl FnMut(Progress<'_>),
) -> Result<(), Failure> {
    let scope = Scope::default();
    let live = session.look(&scope).await?;
    let (wish, is_approved) = (Wish::Abort, false);
    let change = Change { session, deployment, live, wish, scope, last_event, is_approved };
    let interrupt = interrupt.from_now_on();
    change.converge(change.plan()?, &interrupt, origin, lease, async || Ok(()), progress).await
}

/// The failure of a plan that was approved, when another one is made of what is there once nobody else works on it.
pub(super) fn moved_on(plan: &Plan) -> Failure {
    let id = &plan.deploy_id;
    let message = format!(
        "the plan that was approved for `{id}` isn't what would be done now: others changed something since it was compared"
    );
    Failure::coded(FailureCode::PlanDiffers, message)
        .help("save the plan again with `--out`, and read it again")
}

/// The deployment, or a failure that says why it can't be had.
fn known(found: Found, deploy_id: &str) -> Result<Box<Deployment>, Failure> {
    match found {
        Found::Deployment(deployment) => Ok(deployment),
        Found::Nothing => Err(Failure::new(format!("there is no deployment `{deploy_id}`"))
            .help("`mz-deploy list` shows what is staged, `mz-deploy log` what was promoted")),
        Found::WithoutPlan => {
            Err(Failure::new(format!("the deployment `{deploy_id}` was staged by another tool"))
                .help("finish it or take it away with that tool: only it knows what it made"))
        }
    }
}
