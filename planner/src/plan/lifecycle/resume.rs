//! What is left of a stage that was interrupted.

use smol_str::{SmolStr, format_smolstr};

use super::frame::{phase_of, plan};
use super::made::Made;
use super::recorded::Recorded;
use super::state::{self, State, wrong};
use super::walk::missing;
use super::world::{Kind, World};
use crate::diagnostic::{self, Code, Diagnostic};
use crate::input::{Deployment, Live, LiveObject};
use crate::name::{Ident, ObjectName, printed};
use crate::plan::model::{Action, Command, Moment, Plan, Precondition, Step};
use crate::source::Location;
use crate::syntax::{self, ast::Body};

/// Plans the steps of stage that aren't done. Rows of the ledger are among them, because the catalog doesn't tell which of
/// them were written: whoever writes them writes those that are missing.
pub fn unfinished_stage(deployment: &Deployment, live: &Live) -> Result<Plan, Vec<Diagnostic>> {
    let state = state::state(deployment, live);
    let recorded = Recorded::new(deployment)?;
    if state == State::Staged {
        return Ok(plan(Command::Stage, deployment, live, Vec::new(), Vec::new()));
    }
    if state != State::Staging {
        return Err(wrong(deployment, state, "stage"));
    }
    let world = World::new(live);
    let made = Made::new(&recorded, live, &world);
    let mut indexes: Vec<&LiveObject> = made.indexes(live).collect();
    indexes.sort_by(|a, b| a.name.cmp(&b.name));
    let mut left = Left { recorded: &recorded, live, world, made, indexes, problems: Vec::new() };
    let named = left.forget_named_indexes();
    let mut phases = Vec::new();
    for recorded_phase in deployment.plan.phases.iter().filter(|p| p.at == Moment::Stage) {
        let steps = recorded_phase.steps.iter().filter(|step| !left.is_done(step, &named)).cloned().collect();
        phases.push(phase_of(recorded_phase, steps));
    }
    let mut problems = left.problems;
    if problems.is_empty() {
        return Ok(plan(Command::Stage, deployment, live, Vec::new(), phases));
    }
    diagnostic::sort(&mut problems);
    Err(problems)
}

struct Left<'r, 'a> {
    recorded: &'r Recorded<'a>,
    live: &'a Live,
    world: World<'a>,
    made: Made,
    /// Indexes that were made and that no step was found for yet.
    indexes: Vec<&'a LiveObject>,
    problems: Vec<Diagnostic>,
}

/// An index that a step makes.
struct PlannedIndex {
    name: Option<ObjectName>,
    relation: SmolStr,
    cluster: Option<Ident>,
}

impl Left<'_, '_> {
    /// Takes the indexes out of the list that steps make under names of their own; what is left was named by the server.
    fn forget_named_indexes(&mut self) -> Vec<ObjectName> {
        let steps = super::recorded::steps(&self.recorded.deployment.plan, Moment::Stage);
        let names: Vec<ObjectName> = steps.filter_map(index).filter_map(|index| index.name).collect();
        let found = names.iter().filter(|name| self.indexes.iter().any(|index| &index.name == *name));
        let found: Vec<ObjectName> = found.cloned().collect();
        self.indexes.retain(|index| !found.contains(&index.name));
        found
    }

    fn is_done(&mut self, step: &Step, named: &[ObjectName]) -> bool {
        let mut is_done = false;
        for precondition in &step.preconditions {
            match precondition {
                Precondition::Absent { kind, name } => {
                    let Some(kind) = Kind::parse(kind) else { continue };
                    if self.made.id(kind, name).is_some() {
                        is_done = true;
                    } else if let Some(id) = self.world.id(kind, name) {
                        let message = format_smolstr!(
                            "the {} `{name}` is to be staged, but there is one already ({id}) that isn't known to be \
                             of this deployment",
                            kind.as_str()
                        );
                        self.problems.push(
                            Diagnostic::error(Code::NameCollision, Location::nowhere(), message)
                                .help("drop or rename it, or abort and choose another deploy id"),
                        );
                    }
                }
                Precondition::Present { kind, name, id: Some(id) } => {
                    let Some(kind) = Kind::parse(kind) else { continue };
                    if self.world.id(kind, name) != Some(id) {
                        let problem = missing(self.recorded, self.live, &self.world, kind, name, Some(id));
                        self.problems.push(problem);
                    }
                }
                Precondition::Present { id: None, .. } => {}
            }
        }
        is_done || index(step).is_some_and(|index| self.has_index(&index, named))
    }

    fn has_index(&mut self, planned: &PlannedIndex, named: &[ObjectName]) -> bool {
        if let Some(name) = &planned.name {
            return named.contains(name);
        }
        let Some(relation) = self.world.id(Kind::Object, &planned.relation) else { return false };
        let is_it =
            |index: &&LiveObject| index.depends_on.contains(relation) && index.cluster == planned.cluster;
        // Those of one relation are made one after the other, so the first of them are there.
        let Some(at) = self.indexes.iter().position(is_it) else { return false };
        self.indexes.remove(at);
        true
    }
}

fn index(step: &Step) -> Option<PlannedIndex> {
    let Action::Sql(sql) = &step.action else { return None };
    let parsed = syntax::parse(sql);
    let Body::Index(index) = &parsed.statements.first()?.body else { return None };
    let relation = super::sinks::full(&index.on)?;
    let cluster = index.cluster.as_ref().map(|cluster| cluster.value.clone());
    let name = index.name.as_ref().map(|name| relation.schema.object(name.value.clone()));
    Some(PlannedIndex { name, relation: printed(&relation), cluster })
}
