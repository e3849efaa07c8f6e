//! Stage: builds the new version beside production.

use mz_deploy_planner::Compiled;
use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::{Deployed, Deployment, HighestIds, Live, StageOptions};
use mz_deploy_planner::plan::{self, Effect, Moment, Plan, Side};
use serde_json::json;

use super::converge::{Work, converge};
use super::effects::Effects;
use super::hold::{hold, taken_over};
use super::session::{Session, rejected};
use crate::db::Scope;
use crate::db::lease::Lease;
use crate::db::ledger::{self, Found, Origin, Snapshot};
use crate::host::{Failure, FailureCode, Interrupt};
use crate::run::driver::Progress;

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
}

impl Staging<'_> {
    /// Looks at the environment and plans. Changes nothing.
    pub async fn plan(&self) -> Result<StagePlan, Failure> {
        let live = self.session.look_at_ledger(self.scope).await?;
        plan::require_deployer(&live, &self.options.deploy_id).map_err(rejected)?;
        let connection = &self.session.connection;
        let records = ledger::read(connection).await?;
        let found = ledger::deployment(connection, &self.options.deploy_id).await?;
        let schemas = self.compiled.project.objects.iter().map(|object| object.name.schema.clone()).collect();
        let deployed = records.deployed(&schemas, &live);
        let begun = match found {
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
        Ok(StagePlan { plan, begun, deployed, live })
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

    /// Builds what was planned. What was made is taken away again if something fails, if that is wanted.
    pub async fn run(
        &self,
        staged: StagePlan,
        rolls_back: bool,
        take_over: bool,
        mut progress: impl FnMut(Progress<'_>),
    ) -> Result<(), Failure> {
        let connection = &self.session.connection;
        let id = self.options.deploy_id.as_str();
        let origin = super::origin(connection, self.commit.clone()).await?;
        let lease = hold(connection, id, "stage", &origin, take_over).await?;
        if let Err(failure) = self.check_as_it_was(&staged).await {
            let _ = lease.release(connection).await;
            return Err(failure);
        }
        let result = self.build(&staged, &origin, &lease, &mut progress).await;
        let result = match result {
            // What was made is a matter of whoever took it over.
            Err(failure) if rolls_back && lease.lost_to().is_none() => {
                Err(self.roll_back(failure, &origin, &lease, &mut progress).await)
            }
            other => other,
        };
        let _ = lease.release(connection).await;
        result
    }

    /// Fails if somebody else began or finished a deployment of this name since it was looked up.
    async fn check_as_it_was(&self, staged: &StagePlan) -> Result<(), Failure> {
        let id = &self.options.deploy_id;
        let then = staged.begun.clone().map_or(Found::Nothing, Found::Deployment);
        if ledger::deployment(&self.session.connection, id).await? == then {
            return Ok(());
        }
        let message = format!("the deployment `{id}` was changed by others since it was looked at");
        Err(Failure::coded(FailureCode::Conflict, message).help("choose another name with `--deploy-id`"))
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
        let before = match &staged.begun {
            Some(begun) => begun.before,
            None => HighestIds::observed(&staged.live),
        };
        let left = match &staged.begun {
            Some(begun) => plan::unfinished_stage(begun, &staged.live).map_err(rejected)?,
            None => only_stage(&staged.plan),
        };
        let effects =
            Effects { session: self.session, scope: self.scope, origin, deploy_id: id, staged: &[] };
        let perform = async |these: &[&Effect]| {
            if these.iter().any(|effect| matches!(effect, Effect::Record { .. })) {
                return match &staged.begun {
                    Some(begun) => self.go_on(begun, origin).await,
                    None => self.begin(staged, before, origin).await,
                };
            }
            for effect in these {
                effects.perform(effect).await?;
            }
            Ok(())
        };
        // What a plan of stage requires was looked at when it was made, and none of its steps takes anything away.
        let again = |_: &Live| -> Result<Plan, Vec<Diagnostic>> { Ok(left.clone()) };
        let work = Work {
            session: self.session,
            scope: self.scope,
            interrupt: self.interrupt,
            plan: &again,
            lease: Some(lease),
        };
        converge(&work, left.clone(), perform, progress).await?;
        let live = self.session.look(self.scope).await?;
        if !lease.is_held_in(&live) {
            return Err(taken_over(connection, lease, id, false).await);
        }
        let made = plan::recorded_ids(&staged.plan, &live, Side::Staged(before));
        let now = ledger::server_time(connection).await?;
        let rows = [
            ledger::recorded(id, "staged", &made),
            ledger::event(id, "staged", origin, &now, &json!({ "objects": staged.plan.cost.objects })),
        ];
        Ok(ledger::write(connection, &rows).await?)
    }

    /// Writes everything that the ledger has to know before anything is made.
    async fn begin(&self, staged: &StagePlan, before: HighestIds, origin: &Origin) -> Result<(), Failure> {
        let connection = &self.session.connection;
        let plan = &staged.plan;
        let after = plan::deployed_after_plan(&self.compiled.project, Some(&staged.deployed), plan);
        let production = plan::recorded_ids(plan, &staged.live, Side::Production);
        let now = ledger::server_time(connection).await?;
        let snapshot = Snapshot::new(plan, &after);
        let rows = ledger::begun(plan, &snapshot, &production, before, origin, &now)?;
        Ok(ledger::write(connection, &rows).await?)
    }

    /// Writes down who goes on with it: what is made from now on is theirs.
    async fn go_on(&self, begun: &Deployment, origin: &Origin) -> Result<(), Failure> {
        if begun.staged_by.iter().any(|role| role.as_str() == origin.role) {
            return Ok(());
        }
        let connection = &self.session.connection;
        let now = ledger::server_time(connection).await?;
        let details = json!({ "plan": begun.plan.id, "commit": origin.commit });
        let event = ledger::event(&self.options.deploy_id, "stage", origin, &now, &details);
        Ok(ledger::write(connection, &[event]).await?)
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
        let cleaned = super::change::take_away(self.session, id, origin, lease, progress).await;
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
}

/// The part of a plan that `stage` runs.
fn only_stage(plan: &Plan) -> Plan {
    let phases = plan.phases.iter().filter(|phase| phase.at == Moment::Stage).cloned().collect();
    Plan { phases, ..plan.clone() }
}
