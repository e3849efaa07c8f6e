//! The plan of `stage`: observe, decide, write down.

use smol_str::SmolStr;

use super::baseline::Baseline;
use super::changes;
use super::draft::Draft;
use super::lower;
use super::model::{Alternative, Command, Cost, Inputs, PLAN_FORMAT, Plan, Strategy};
use super::naming::{self, Naming};
use super::observed::Observed;
use super::operation::{Outline, statements};
use super::scopes::Scopes;
use super::{
    checks, companions, digests, needs, other_form, preflight, promote_phases, removed, rename_conflict,
    replacement_cycle, retirement, stage_phases,
};
use crate::changeset::{Facts, close, requested};
use crate::diagnostic::{self, Diagnostic};
use crate::graph::Graph;
use crate::input::{Deployed, Live, StageOptions, StrategyChoice};
use crate::project::Project;

/// Plans a deployment of what differs from `deployed` (or of everything, if nothing was deployed), with all that
/// promotion will do.
///
/// Without `live`, nothing is known of the environment: production schemas are created if they don't exist, clusters
/// are copied from their files or when the step runs, and preconditions name no ids.
pub fn stage(
    project: &Project,
    graph: &Graph,
    deployed: Option<&Deployed>,
    live: Option<&Live>,
    options: &StageOptions,
) -> Result<Plan, Vec<Diagnostic>> {
    let recognised = deployed.map(|deployed| other_form::recognised(project, deployed));
    let recognised = recognised.as_deref();
    let baseline = Baseline::new(project, deployed, recognised);
    stage_from(&baseline, project, graph, recognised, live, options)
}

/// [`stage`] from a baseline of the same project and snapshot.
pub(crate) fn stage_from(
    baseline: &Baseline,
    project: &Project,
    graph: &Graph,
    deployed: Option<&Deployed>,
    live: Option<&Live>,
    options: &StageOptions,
) -> Result<Plan, Vec<Diagnostic>> {
    let naming = Naming::new(&options.deploy_id)?;
    let facts = Facts::new(project, graph, deployed, &baseline.comparison);
    let (marks, option) = requested(&facts, options)?;
    let observed = live.map(Observed::new);
    let draft = |strategy| {
        let closure = close(&facts, strategy, &marks);
        Draft::new(&facts, closure, naming.clone(), observed.as_ref(), options.drop_removed)
    };
    let scopes = Scopes::new(&facts, deployed);
    let choice = options.strategy.unwrap_or(project.settings.strategy);
    let chosen = choose(choice, &scopes, draft(Strategy::Swap), draft(Strategy::Rename));
    let mut problems = problems(&chosen.taken);
    if let Some(live) = live {
        problems.extend(preflight::check(&chosen.taken.draft, &chosen.taken.outlines, live));
        diagnostic::sort(&mut problems);
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let draft = &chosen.taken.draft;
    let (changes, unchanged) = changes::list(draft, &option);
    let mut withdrawn = companions::withdrawn(draft);
    withdrawn.extend(scopes.withdrawn(draft));
    withdrawn.sort();
    let needs = needs::list(draft, &chosen.taken.outlines, deployed);
    let phases = lower::phases(draft, &options.deploy_id, chosen.taken.outlines);
    let mut plan = Plan {
        format: PLAN_FORMAT,
        command: Command::Stage,
        id: SmolStr::default(),
        deploy_id: options.deploy_id.clone(),
        profile: project.settings.profile.clone(),
        strategy: choice,
        taken: chosen.taken.choice,
        inputs: Inputs {
            project: digests::project(project),
            deployed: baseline.digest.clone(),
            world: live.map(|live| digests::world(live, &phases)),
            environment: live
                .map(|l| l.environment.clone())
                .or_else(|| deployed.and_then(|d| d.environment.clone())),
        },
        changes,
        needs,
        scopes: scopes.changes(&facts),
        drift: Vec::new(),
        notes: Vec::new(),
        withdrawn,
        unchanged,
        cost: chosen.taken.cost,
        alternatives: vec![chosen.alternative],
        phases,
    };
    plan.id = digests::plan(&plan);
    Ok(plan)
}

/// A strategy, thought through.
struct Candidate<'a> {
    choice: StrategyChoice,
    draft: Draft<'a>,
    outlines: Vec<Outline<'a>>,
    cost: Cost,
}

impl<'a> Candidate<'a> {
    fn new(choice: StrategyChoice, draft: Draft<'a>, scopes: &Scopes<'a>) -> Self {
        let mut outlines = stage_phases::outline(&draft, scopes);
        outlines.extend(promote_phases::outline(&draft, scopes));
        let cost = Cost {
            objects: draft.built().count(),
            statements: statements(&outlines),
            clusters: draft.swapped_clusters().count(),
        };
        Self { choice, draft, outlines, cost }
    }
}

struct Chosen<'a> {
    taken: Candidate<'a>,
    alternative: Alternative,
}

/// Takes a strategy, and says what the other one would have cost. `auto` takes `rename` where that builds less and
/// nothing is in its way.
fn choose<'a>(choice: StrategyChoice, scopes: &Scopes<'a>, swap: Draft<'a>, rename: Draft<'a>) -> Chosen<'a> {
    let swap = Candidate::new(StrategyChoice::Swap, swap, scopes);
    let rename = Candidate::new(StrategyChoice::Rename, rename, scopes);
    let is_smaller = rename.cost.objects < swap.cost.objects;
    // Where it would build as much, nobody asks whether it is possible.
    let obstacle = if is_smaller && choice != StrategyChoice::Rename {
        rename_conflict::obstacle(&problems(&rename))
    } else {
        None
    };
    let takes_rename = match choice {
        StrategyChoice::Swap => false,
        StrategyChoice::Rename => true,
        StrategyChoice::Auto => is_smaller && obstacle.is_none(),
    };
    let (taken, other) = if takes_rename { (rename, swap) } else { (swap, rename) };
    let cost = obstacle.is_none().then_some(other.cost);
    Chosen { taken, alternative: Alternative { strategy: other.choice, cost, obstacle } }
}

fn problems(taken: &Candidate<'_>) -> Vec<Diagnostic> {
    let draft = &taken.draft;
    let mut problems = naming::check(draft);
    problems.extend(retirement::check(draft));
    problems.extend(replacement_cycle::check(draft));
    problems.extend(removed::check(draft));
    problems.extend(checks::check(draft));
    problems.extend(rename_conflict::check(draft));
    diagnostic::sort(&mut problems);
    problems
}
