//! `mz-deploy apply`

use std::collections::BTreeMap;

use mz_deploy_planner::input::Live;
use mz_deploy_planner::name::printed;
use mz_deploy_planner::plan::{self, Action, ApplyPhase, Effect, Plan, Precondition, Step};
use mz_deploy_planner::project::{InfrastructureKind, Project};
use smol_str::SmolStr;

use super::arguments::environment::{ApplyKind, ApplyOptions};
use super::arguments::{Global, Output};
use super::connect::{block_on, connect, listen, scope_of};
use super::documents::apply::{Applied, ApplyAction, ApplyDocument};
use super::documents::{self, Status};
use super::plan::in_project;
use super::terminal::{Terminal, print_result};
use super::{leave_to_the_system, load, progress, sound};
use crate::deploy::{Work, converge, rejected, secrets};
use crate::host::Failure;

pub(super) fn run(global: &Global, options: ApplyOptions, terminal: Terminal) -> Result<(), Failure> {
    let loaded = sound(load(global, terminal)?, global, terminal)?;
    let scope = scope_of(&loaded);
    let asked = plan::ApplyOptions { only: options.kind.map(Into::into), skip_secrets: options.skip_secrets };
    block_on(async {
        let session = connect(global, terminal).await?;
        let missing = |live: &Live| loaded.compiled.plan_apply(live, &asked);
        let live = session.look_at_ledger(&scope).await?;
        let first = missing(&live).map_err(|problems| in_project(rejected(problems), &loaded, global))?;
        let status = match (options.run.dry_run, first.phases.is_empty()) {
            (true, _) => Status::Planned,
            (false, true) => Status::Unchanged,
            (false, false) => Status::Done,
        };
        let document = document(&first, &loaded.compiled.project, &asked, status);
        if options.run.dry_run && global.output() != Output::Json {
            return super::plan::print(&first, terminal);
        }
        if !options.run.dry_run && !first.phases.is_empty() {
            let interrupt = listen(terminal)?;
            let project = &loaded.compiled.project;
            let perform = async |these: &[&Effect]| {
                for effect in these {
                    secrets::set(&session.connection, project, effect).await?;
                }
                Ok(())
            };
            let interrupt = &interrupt;
            let work = Work { session: &session, scope: &scope, interrupt, plan: &missing, lease: None };
            converge(&work, first.clone(), perform, progress::printer(terminal)).await?;
        }
        for drift in &first.drift {
            let found = drift.found.as_deref().unwrap_or("nothing");
            let wanted = drift.wanted.as_deref().unwrap_or("nothing");
            let (kind, name, what) = (&drift.kind, &drift.name, &drift.what);
            terminal.info(format_args!(
                "{kind} {name} differs: {what} is {found}, and the project says {wanted}"
            ));
        }
        if global.output() == Output::Json {
            return documents::print(&document);
        }
        print_result(&document.text())
    })?;
    leave_to_the_system(loaded);
    Ok(())
}

impl From<ApplyKind> for ApplyPhase {
    fn from(kind: ApplyKind) -> Self {
        match kind {
            ApplyKind::Roles => Self::Roles,
            ApplyKind::Clusters => Self::Clusters,
            ApplyKind::NetworkPolicies => Self::NetworkPolicies,
            ApplyKind::Secrets => Self::Secrets,
            ApplyKind::Connections => Self::Connections,
            ApplyKind::Sources => Self::Sources,
            ApplyKind::Tables => Self::Tables,
        }
    }
}

/// Everything that the project says is to be there, and what happens to it.
fn document(plan: &Plan, project: &Project, asked: &plan::ApplyOptions, status: Status) -> ApplyDocument {
    let mut planned: BTreeMap<(SmolStr, SmolStr), Vec<&Step>> = BTreeMap::new();
    let mut setup = Vec::new();
    for phase in &plan.phases {
        for step in &phase.steps {
            let name = step.cause.object.as_ref().map(printed).or_else(|| of_file(project, step));
            match name {
                Some(name) if phase.name != "schemas" => {
                    planned.entry((phase.name.clone(), name)).or_default().push(step);
                }
                _ => setup.extend(statement(step)),
            }
        }
    }
    let is_wanted = |phase: &ApplyPhase| asked.only.is_none_or(|only| only == *phase);
    let results = declared(project).filter(|(phase, _)| is_wanted(phase)).map(|(phase, name)| {
        let steps = planned.remove(&(phase.name().into(), name.clone()));
        (phase, applied(name.to_string(), phase, steps, asked.skip_secrets))
    });
    ApplyDocument::new(status, setup, results.collect())
}

/// What the project says is to be there, with its name as plans print it.
fn declared(project: &Project) -> impl Iterator<Item = (ApplyPhase, SmolStr)> {
    let infrastructure = project.infrastructure.iter().map(|i| {
        let phase = match i.kind {
            InfrastructureKind::Role => ApplyPhase::Roles,
            InfrastructureKind::Cluster => ApplyPhase::Clusters,
            InfrastructureKind::NetworkPolicy => ApplyPhase::NetworkPolicies,
        };
        (phase, printed(&i.name))
    });
    let objects = project.objects.iter().filter_map(|o| Some((ApplyPhase::of(o.kind)?, printed(&o.name))));
    infrastructure.chain(objects)
}

fn of_file(project: &Project, step: &Step) -> Option<SmolStr> {
    let path = step.cause.path.as_ref()?;
    project.infrastructure.iter().find(|i| &i.path == path).map(|i| printed(&i.name))
}

fn applied(object: String, phase: ApplyPhase, steps: Option<Vec<&Step>>, skips_secrets: bool) -> Applied {
    let Some(steps) = steps else {
        let is_skipped = phase == ApplyPhase::Secrets && skips_secrets;
        let action = if is_skipped { ApplyAction::Skipped } else { ApplyAction::UpToDate };
        return Applied { object, action, statements: Vec::new(), transaction_group: None };
    };
    let makes = |step: &&Step| step.preconditions.iter().any(|p| matches!(p, Precondition::Absent { .. }));
    let is_made = steps.iter().any(makes);
    Applied {
        object,
        action: if is_made { ApplyAction::Created } else { ApplyAction::Altered },
        statements: steps.iter().filter_map(|step| statement(step)).collect(),
        transaction_group: steps.iter().find_map(|step| step.group.as_ref()).map(ToString::to_string),
    }
}

fn statement(step: &Step) -> Option<String> {
    match &step.action {
        Action::Sql(sql) => Some(sql.to_string()),
        Action::Effect(_) => None,
    }
}
