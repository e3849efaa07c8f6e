//! Plans that are run as they are: of all commands but `stage`.

use smol_str::SmolStr;

use super::digests;
use super::lower;
use super::model::{Command, Cost, Inputs, Moment, PLAN_FORMAT, Phase, Plan, Step};
use super::{Action, Precondition};
use crate::input::{Live, StrategyChoice};

/// A phase that runs when the plan does; none if there is nothing to do in it.
pub(super) fn phase(name: &'static str, steps: Vec<Step>) -> Option<Phase> {
    (!steps.is_empty()).then(|| Phase { name: SmolStr::new_static(name), at: Moment::Now, steps })
}

/// A plan of a command that changes the environment at once. Its digest is still to be set: [`finished`].
pub(super) fn plan(command: Command, live: &Live, phases: Vec<Phase>) -> Plan {
    let steps = || phases.iter().flat_map(|phase| &phase.steps);
    let statements = steps().filter(|step| matches!(step.action, Action::Sql(_))).count();
    Plan {
        format: PLAN_FORMAT,
        command,
        id: SmolStr::default(),
        deploy_id: SmolStr::default(),
        profile: None,
        strategy: StrategyChoice::default(),
        taken: StrategyChoice::default(),
        inputs: Inputs {
            project: SmolStr::default(),
            deployed: None,
            world: Some(digests::world(live, &phases)),
            environment: Some(live.environment.clone()),
        },
        changes: Vec::new(),
        needs: Vec::new(),
        scopes: Vec::new(),
        drift: Vec::new(),
        notes: Vec::new(),
        withdrawn: Vec::new(),
        unchanged: Vec::new(),
        cost: Cost { objects: 0, statements, clusters: 0 },
        alternatives: Vec::new(),
        phases,
    }
}

/// A plan with its digest.
pub(super) fn finished(plan: Plan) -> Plan {
    Plan { id: digests::plan(&plan), ..plan }
}

/// A statement that makes something.
pub(super) fn creation(sql: impl Into<SmolStr>, absent: Precondition) -> Step {
    lower::sql(sql).requires(absent)
}
