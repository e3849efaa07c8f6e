//! A plan in parts, for a page that shows some of it at a time: an outline that is small for a plan of any size, and each
//! change and each step when somebody looks at it. What people read is in words here, so every page says the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::diagnostics::DiagnosticsView;
use super::{infrastructure, plan_sql, words};
use crate::input::StrategyChoice;
use crate::name::ObjectName;
use crate::plan::{
    Action, Change, ChangeAction, Command, Cost, Inverse, Moment, Need, Plan, Reason, Step, Strategy,
};
use crate::project::{ObjectKind, Project};
use crate::source::FilePath;

/// The version of the format of outlines and of the parts of a plan.
pub const OUTLINE_FORMAT: u32 = 1;

/// The outline of a plan, or why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PreviewView {
    /// The plan; absent if there are errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outline: Option<OutlineView>,
    /// Problems of the project or of the snapshots, which are called `deployed.json` and `live.json`.
    pub diagnostics: DiagnosticsView,
}

/// The outline of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OutlineView {
    /// Version of the format: 1.
    pub format: u32,
    /// The command that the plan is of.
    pub command: Command,
    /// The digest of the plan.
    pub id: SmolStr,
    /// As much of the digest as people compare.
    pub short_id: SmolStr,
    /// The deployment's name.
    pub deploy_id: SmolStr,
    /// The active profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<SmolStr>,
    /// The strategy that was asked for.
    pub strategy: StrategyChoice,
    /// The strategy that was taken.
    pub taken: StrategyChoice,
    /// What the plan was made from, in words.
    pub basis: String,
    /// What it costs.
    pub cost: Cost,
    /// The same in words.
    pub cost_in_words: String,
    /// What other strategies would have cost, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_taken: Vec<String>,
    /// What a reader must know before the plan runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<SmolStr>,
    /// Grants, comments and default privileges that promotion doesn't carry over, as statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<SmolStr>,
    /// What must be there, and is not made by the plan.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// What is there and not as the project says, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub drift: Vec<String>,
    /// What happens to databases and schemas themselves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<ScopeRow>,
    /// What happens to objects, sorted by name.
    pub changes: Vec<ChangeRow>,
    /// How many objects stay as they are.
    pub unchanged: usize,
    /// The phases that have steps, in order.
    pub phases: Vec<PhaseRow>,
}

/// A database or schema, and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ScopeRow {
    /// `database` or `schema`.
    pub kind: SmolStr,
    /// Its name, printed.
    pub name: String,
    /// What happens, in words.
    pub what: SmolStr,
    /// Why, in words.
    pub why: String,
}

/// An object, and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeRow {
    /// Which.
    pub object: ObjectName,
    /// Its name, printed.
    pub name: String,
    /// What it is.
    pub kind: ObjectKind,
    /// What happens.
    pub action: ChangeAction,
    /// How.
    pub strategy: Strategy,
    /// Its own file; absent where the project doesn't have it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<FilePath>,
    /// Why, in words.
    pub why: String,
    /// The file where the chain of reasons ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<FilePath>,
    /// The line in it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// Steps that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PhaseRow {
    /// For people: `create schemas`, `build objects`, …
    pub name: SmolStr,
    /// When it runs.
    pub at: Moment,
    /// How many steps it has.
    pub steps: usize,
}

/// All that is known of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeView {
    /// What the outline says.
    pub row: ChangeRow,
    /// The chain of reasons, from this object back to a change in a file.
    pub reasons: Vec<ReasonView>,
    /// The definition that is deployed, if it is known and differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<SmolStr>,
    /// The definition in the project, if it differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<SmolStr>,
    /// The steps that serve it.
    pub steps: Vec<StepPlace>,
}

/// A link of a chain of reasons.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ReasonView {
    /// In words.
    pub words: String,
    /// The object that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectName>,
    /// The file that it leads to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<FilePath>,
    /// The line in it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepPlace {
    /// The phase's position in the outline, from 0.
    pub phase: usize,
    /// The step's position in its phase, from 0.
    pub step: usize,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct StepView {
    /// The statement with its semicolon; absent where the step is something else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    /// What is done, in words, where it isn't a statement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<String>,
    /// Why it is there: a place in a file, or an object of which no file is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// The object that it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectName>,
    /// The file of the cause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<FilePath>,
    /// The line in it, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
    /// What must hold just before, in words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// What undoes it.
    pub inverse: Inverse,
    /// Steps with the same group that follow each other share a transaction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<SmolStr>,
}

/// A profile of a project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileView {
    /// Its name.
    pub name: SmolStr,
    /// Its variables in `project.toml`.
    pub variables: BTreeMap<SmolStr, SmolStr>,
}

/// The outline of a plan of a project.
pub fn outline(plan: &Plan, project: &Project) -> OutlineView {
    OutlineView {
        format: OUTLINE_FORMAT,
        command: plan.command,
        id: plan.id.clone(),
        short_id: words::short_id(plan).into(),
        deploy_id: plan.deploy_id.clone(),
        profile: plan.profile.clone(),
        strategy: plan.strategy,
        taken: plan.taken,
        basis: words::basis(plan),
        cost: plan.cost,
        cost_in_words: words::cost(plan.cost),
        not_taken: plan.alternatives.iter().map(words::alternative).collect(),
        notes: plan.notes.clone(),
        withdrawn: plan.withdrawn.clone(),
        needs: plan.needs.clone(),
        drift: plan.drift.iter().map(infrastructure::drift).collect(),
        scopes: plan.scopes.iter().map(scope_row).collect(),
        changes: plan.changes.iter().map(|change| change_row(change, project)).collect(),
        unchanged: plan.unchanged.len(),
        phases: phases(plan)
            .map(|phase| PhaseRow { name: phase.name.clone(), at: phase.at, steps: phase.steps.len() })
            .collect(),
    }
}

/// The phases that a plan is shown with.
fn phases(plan: &Plan) -> impl Iterator<Item = &crate::plan::Phase> {
    plan.phases.iter().filter(|phase| !phase.steps.is_empty())
}

fn scope_row(scope: &crate::plan::ScopeChange) -> ScopeRow {
    let (kind, name) = words::scope(scope);
    ScopeRow {
        kind: kind.into(),
        name,
        what: words::scope_action(scope.action).into(),
        why: words::chain(&scope.reason, false),
    }
}

fn change_row(change: &Change, project: &Project) -> ChangeRow {
    let own = project.position(&change.name).and_then(|at| project.objects.get(at));
    let (path, line) = change.reason.last().map(place).unwrap_or_default();
    ChangeRow {
        object: change.name.clone(),
        name: change.name.to_string(),
        kind: change.kind,
        action: change.action,
        strategy: change.strategy,
        file: own.map(|object| object.path.clone()),
        why: words::chain(&change.reason, false),
        path,
        line,
    }
}

/// The place in a file that a reason names.
fn place(reason: &Reason) -> (Option<FilePath>, Option<u32>) {
    match reason {
        Reason::File { path, line, .. } => (Some(path.clone()), *line),
        _ => (None, None),
    }
}

/// A change of a plan, by its position in the outline.
pub fn change(plan: &Plan, project: &Project, position: usize) -> Option<ChangeView> {
    let change = plan.changes.get(position)?;
    let steps = phases(plan).enumerate().flat_map(|(phase, steps)| {
        let steps = steps.steps.iter().enumerate();
        let serving = steps.filter(|(_, step)| step.cause.object.as_ref() == Some(&change.name));
        serving.map(move |(step, _)| StepPlace { phase, step })
    });
    Some(ChangeView {
        row: change_row(change, project),
        reasons: change.reason.iter().map(reason_view).collect(),
        before: change.before.clone(),
        after: change.after.clone(),
        steps: steps.collect(),
    })
}

fn reason_view(reason: &Reason) -> ReasonView {
    let object = match reason {
        Reason::DependsOn { object }
        | Reason::SharesSchema { object, .. }
        | Reason::SharesCluster { object, .. } => Some(object.clone()),
        Reason::File { .. } | Reason::Requested { .. } | Reason::FirstDeployment => None,
    };
    let (path, line) = place(reason);
    ReasonView { words: words::root(reason), object, path, line }
}

/// A step of a plan, by its place in the outline.
pub fn step(plan: &Plan, place: StepPlace) -> Option<StepView> {
    phases(plan).nth(place.phase)?.steps.get(place.step).map(step_view)
}

fn step_view(step: &Step) -> StepView {
    let (sql, effect) = match &step.action {
        Action::Sql(sql) => (Some(plan_sql::terminated(sql)), None),
        Action::Effect(effect) => (None, Some(words::effect(effect))),
    };
    StepView {
        sql,
        effect,
        cause: words::cause(step),
        object: step.cause.object.clone(),
        path: step.cause.path.clone(),
        line: step.cause.line,
        requires: step.preconditions.iter().map(words::precondition).collect(),
        inverse: step.inverse.clone(),
        group: step.group.clone(),
    }
}
