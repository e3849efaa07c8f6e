//! Stage: builds the new version beside production.

use std::cell::{Cell, RefCell};
use std::time::Duration;

use mz_deploy_planner::Compiled;
use mz_deploy_planner::input::{Deployed, Deployment, HighestIds, Live, StageOptions};
use mz_deploy_planner::plan::{self, Effect, Moment, Plan, Side};
use serde_json::json;

use super::change::{moved_on, take_away};
use super::converge::{Work, converge};
use super::effects::{ABORTED, Effects};
use super::hold::{hold, or_taken_over};
use super::session::{Session, rejected};
use crate::db::lease::{Held, Lease};
use crate::db::ledger::{self, Found, Origin, Record, Snapshot};
use crate::db::{DbError, Scope};
use crate::host::{Failure, FailureCode, Interrupt};
use crate::run::driver::Progress;

/// How often whoever was taken over looks whether the other one is done with taking everything away, and how long after each look.
const LOOKS: usize = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// What is to be staged, where, and by whom.
pub struct Staging<'a> {
    /// The environment.
    pub session: &'a Session,
    /// What is looked at.
    pub scope: &'a Scope,
    /// The project.
    pub compiled: &'a Compiled,
    /// What was asked for.
    pub options: &'a StageOptions,
    /// The commit of the project's files.
    pub commit: Option<String>,
    /// Ends it before its time.
    pub interrupt: &'a Interrupt,
}

/// What `stage` would do.
pub struct StagePlan {
    /// The plan of the deployment.
    pub plan: Plan,
    /// What is left of it, if it was begun before.
    begun: Option<Box<Deployment>>,
    deployed: Deployed,
    live: Live,
    /// It was read and approved: no other is run.
    pub is_approved: bool,
}

impl StagePlan {
    /// The deployment, of which nothing was made yet if it wasn't begun.
    fn deployment(&self) -> Box<Deployment> {
        self.begun.clone().unwrap_or_else(|| {
            Box::new(Deployment {
                plan: self.plan.clone(),
                staged: Vec::new(),
                production: plan::recorded_ids(&self.plan, &self.live, Side::Production),
                before: HighestIds::observed(&self.live),
                is_staged: false,
                is_promoted: false,
                is_kept: false,
                staged_by: self.live.session.iter().map(|session| session.role.clone()).collect(),
            })
        })
    }
}

impl Staging<'_> {
    /// Looks at the environment and plans. Changes nothing.
    pub async fn plan(&self) -> Result<StagePlan, Failure> {
        let (live, record) = self.session.look_up(self.scope, &self.options.deploy_id).await?;
        plan::require_deployer(&live, &self.options.deploy_id).map_err(rejected)?;
        let records = ledger::read(&self.session.connection).await?;
        let schemas = self.compiled.project.objects.iter().map(|object| object.name.schema.clone()).collect();
        let deployed = records.deployed(&schemas, &live);
        let begun = match record.found {
            Found::Nothing => None,
            Found::Deployment(deployment) if !deployment.is_promoted => Some(deployment),
            Found::Deployment(_) | Found::WithoutPlan => return Err(self.taken()),
        };
        let plan = if let Some(begun) = &begun {
            begun.plan.clone()
        } else {
            let planned = self.compiled.plan_stage(Some(&deployed), Some(&live), self.options);
            planned.map_err(rejected)?
        };
        if let Some(begun) = &begun {
            self.check_same_project(begun, &deployed)?;
        }
        Ok(StagePlan { plan, begun, deployed, live, is_approved: false })
    }

    fn taken(&self) -> Failure {
        let id = &self.options.deploy_id;
        Failure::new(format!("the deployment `{id}` exists already")).help(format!(
            "choose another name with `--deploy-id`, or take it away with `mz-deploy abort {id}`"
        ))
    }

    /// What was begun with other files can't be finished with these.
    fn check_same_project(&self, begun: &Deployment, deployed: &Deployed) -> Result<(), Failure> {
        let now = self.compiled.plan_stage(Some(deployed), None, self.options).map_err(rejected)?;
        if now.inputs.project == begun.plan.inputs.project {
            return Ok(());
        }
        if begun.is_staged {
            return Err(self.taken());
        }
        let id = &self.options.deploy_id;
        Err(Failure::new(format!("the deployment `{id}` was begun with other files, and not finished")).help(
            format!(
                "take it away with `mz-deploy abort {id}`, or name this one otherwise with `--deploy-id`"
            ),
        ))
    }

    /// Builds `first`, or, unless that was approved, what is to be built by the time that nobody else works on it. What was made is
    /// taken away again if something fails, if that is wanted.
    pub async fn run(
        &self,
        first: StagePlan,
        rolls_back: bool,
        take_over: bool,
        mut progress: impl FnMut(Progress<'_>),
    ) -> Result<(), Failure> {
        let connection = &self.session.connection;
        let id = self.options.deploy_id.as_str();
        let origin = super::origin(&first.live, self.commit.clone());
        let lease = hold(connection, id, "stage", &origin, take_over).await?;
        let result = match self.once_held(&first).await {
            Ok(staged) => {
                let built = self.build(&staged, &origin, &lease, &mut progress).await;
                let is_lost = lease.lost_to().is_some();
                match built {
                    // What was made is a matter of whoever took it over.
                    Err(failure) if is_lost => {
                        self.take_last_away(&staged, &origin, &mut progress).await;
                        Err(failure)
                    }
                    Err(failure) if rolls_back => {
                        Err(self.roll_back(failure, &origin, &lease, &mut progress).await)
                    }
                    other => other,
                }
            }
            Err(failure) => Err(or_taken_over(failure, connection, &lease, id).await),
        };
        let _ = lease.release(connection).await;
        result
    }

    /// Looks and plans again, within the lease: between the first look and the lease others may have worked on it. Fails if somebody else
    /// began or finished a deployment of this name, or if only one plan may be run and that would be another.
    async fn once_held(&self, first: &StagePlan) -> Result<StagePlan, Failure> {
        let id = &self.options.deploy_id;
        let then = first.begun.clone().map_or(Found::Nothing, Found::Deployment);
        let is_as_it_was = ledger::deployment(&self.session.connection, id).await?.found == then;
        let changed = |help| {
            let message = format!("the deployment `{id}` was changed by others since it was looked at");
            Failure::coded(FailureCode::Conflict, message).help(help)
        };
        if !is_as_it_was {
            return Err(changed("choose another name with `--deploy-id`"));
        }
        let now = self.plan().await?;
        if first.is_approved && now.plan != first.plan {
            return Err(moved_on(&now.plan));
        }
        if now.plan.phases.is_empty() {
            return Err(changed("run the command again: by now, everything in the project is deployed"));
        }
        Ok(now)
    }

    async fn build(
        &self,
        staged: &StagePlan,
        origin: &Origin,
        lease: &Lease,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Result<(), Failure> {
        let connection = &self.session.connection;
        let id = self.options.deploy_id.as_str();
        if staged.begun.as_ref().is_some_and(|begun| begun.is_staged) {
            return Ok(());
        }
        let deployment = staged.deployment();
        let before = deployment.before;
        let left = match &staged.begun {
            Some(begun) => plan::unfinished_stage(begun, &staged.live).map_err(rejected)?,
            None => only_stage(&staged.plan),
        };
        let is_recorded = Cell::new(false);
        let effects = Effects {
            session: self.session,
            lease,
            scope: self.scope,
            origin,
            deploy_id: id,
            staged: &[],
            last_event: RefCell::default(),
            verified: RefCell::default(),
        };
        let perform = async |these: &[&Effect]| {
            if these.iter().any(|effect| matches!(effect, Effect::Record { .. })) {
                if !is_recorded.replace(true) {
                    match &staged.begun {
                        Some(begun) => self.go_on(begun, origin, lease).await?,
                        None => self.begin(staged, &deployment, origin, lease).await?,
                    }
                }
                return Ok(());
            }
            for effect in these {
                effects.perform(effect).await?;
            }
            Ok(())
        };
        // Whoever was taken over may have made some of it since it was looked at.
        let again = |live: &Live| plan::unfinished_stage(&deployment, live);
        let work = Work {
            session: self.session,
            scope: self.scope,
            interrupt: self.interrupt,
            plan: &again,
            lease: Some(lease),
        };
        converge(&work, left, perform, progress).await?;
        match self.record_staged(&staged.plan, before, origin, lease).await {
            Err(error) => Err(or_taken_over(error.into(), connection, lease, id).await),
            Ok(()) => Ok(()),
        }
    }

    /// Writes down what was made, and that all of it was.
    async fn record_staged(
        &self,
        plan: &Plan,
        before: HighestIds,
        origin: &Origin,
        lease: &Lease,
    ) -> Result<(), DbError> {
        let held = Held::new(&self.session.connection, lease);
        let id = self.options.deploy_id.as_str();
        let live = held.observe(self.scope).await?;
        let made = plan::recorded_ids(plan, &live, Side::Staged(before));
        let now = held.time().await?;
        lease.told(&now);
        let rows = [
            ledger::recorded(id, "staged", &made),
            ledger::event(id, "staged", origin, &now, &json!({ "objects": plan.cost.objects })),
        ];
        ledger::write(held, &rows).await
    }

    /// Writes everything that the ledger has to know before anything is made.
    async fn begin(
        &self,
        staged: &StagePlan,
        deployment: &Deployment,
        origin: &Origin,
        lease: &Lease,
    ) -> Result<(), Failure> {
        let held = Held::new(&self.session.connection, lease);
        let plan = &staged.plan;
        let after = plan::deployed_after_plan(&self.compiled.project, Some(&staged.deployed), plan);
        let now = held.time().await?;
        lease.told(&now);
        let snapshot = Snapshot::new(plan, &after);
        let rows = ledger::begun(plan, &snapshot, &deployment.production, deployment.before, origin, &now)?;
        Ok(ledger::write(held, &rows).await?)
    }

    /// Writes down who goes on with it: what is made from now on is theirs.
    async fn go_on(&self, begun: &Deployment, origin: &Origin, lease: &Lease) -> Result<(), Failure> {
        if begun.staged_by.iter().any(|role| role.as_str() == origin.role) {
            return Ok(());
        }
        let held = Held::new(&self.session.connection, lease);
        let now = held.time().await?;
        lease.told(&now);
        let details = json!({ "plan": begun.plan.id, "commit": origin.commit });
        let event = ledger::event(&self.options.deploy_id, "stage", origin, &now, &details);
        Ok(ledger::write(held, &[event]).await?)
    }

    /// Takes away what was made. The failure that led to it is what counts; what couldn't be taken away is added.
    async fn roll_back(
        &self,
        failure: Failure,
        origin: &Origin,
        lease: &Lease,
        progress: &mut impl FnMut(Progress<'_>),
    ) -> Failure {
        let id = self.options.deploy_id.as_str();
        let cleaned = match ledger::deployment(&self.session.connection, id).await {
            Ok(Record { found: Found::Deployment(deployment), last_event }) => {
                let last_event = last_event.map(|last| last.event);
                take_away(self.session, deployment, last_event, self.interrupt, origin, lease, progress).await
            }
            // It failed before anything was written, so nothing was made.
            Ok(Record { found: Found::Nothing | Found::WithoutPlan, .. }) => Ok(()),
            Err(error) => Err(error.into()),
        };
        match (cleaned, failure) {
            (Err(left), Failure::Refused { code, message, help }) => {
                let message =
                    format!("{message}\n  and what was made couldn't be taken away: {}", left.words());
                let advice = format!("take the rest away with `mz-deploy abort {id}`");
                Failure::Refused { code, message, help: help.or(Some(advice)) }
            }
            (Ok(()) | Err(_), failure) => failure,
        }
    }

    /// Takes away what the last statements made, which were under way when this deployment was taken over, if whoever did that has taken
    /// it away already: then nobody else knows of it. Whoever still works on it, or goes on with it, sees it.
    async fn take_last_away(
        &self,
        staged: &StagePlan,
        origin: &Origin,
        progress: &mut impl FnMut(Progress<'_>),
    ) {
        let connection = &self.session.connection;
        let id = self.options.deploy_id.as_str();
        for _ in 0..LOOKS {
            let Ok(Record { found, last_event }) = ledger::deployment(connection, id).await else { return };
            let is_ending = last_event.is_some_and(|last| last.event == ABORTED);
            if !is_ending && found != Found::Nothing {
                return;
            }
            if found == Found::Nothing
                && let Ok(lease) = hold(connection, id, "stage", origin, false).await
            {
                let now = ledger::deployment(connection, id).await;
                if let Ok(Record { found: Found::Nothing, last_event }) = now {
                    let (gone, last) = (staged.deployment(), last_event.map(|last| last.event));
                    let interrupt = self.interrupt;
                    // What can't be taken away is found by whoever stages under this name.
                    let _ = take_away(self.session, gone, last, interrupt, origin, &lease, progress).await;
                }
                let _ = lease.release(connection).await;
                return;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }
}

/// The part of a plan that `stage` runs.
fn only_stage(plan: &Plan) -> Plan {
    let phases = plan.phases.iter().filter(|phase| phase.at == Moment::Stage).cloned().collect();
    Plan { phases, ..plan.clone() }
}
