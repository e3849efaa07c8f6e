//! A deployment from its stage to its end: what is deployed, what is edited, what is done to the environment meanwhile.

use std::fmt::Write as _;

use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::{
    Config, Deployed, Deployment, HighestIds, LiveComment, Sources, StageOptions, StrategyChoice,
};
use mz_deploy_planner::plan::{
    self, ANNOTATION, Action, Effect, Moment, Plan, PromoteOptions, Side, Step, deployed_after_plan,
    recorded_ids,
};
use mz_deploy_planner::view::{TextOptions, plan_text};
use mz_deploy_planner::{Compiled, compile};
use mz_deploy_tests::case::is_cascade;

use crate::environment::Environment;

/// Files by their paths below `models/app`, without `.sql`; no text means no file.
pub(crate) type Files<'a> = &'a [(&'a str, &'a str)];

/// What a command plans.
pub(crate) type Planned = Result<Plan, Vec<Diagnostic>>;

/// An environment, a project, and a deployment of it.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) environment: Environment,
    sources: Sources,
    deployed: Option<Deployed>,
    deployment: Option<Deployment>,
}

/// A project that is in production. `apply` made its tables and connections.
pub(crate) fn deployed(before: &[&str], files: Files<'_>) -> Story {
    let mut sources = Sources::new();
    sources.insert("project.toml", "");
    let mut environment = Environment::new();
    for sql in before {
        environment.run(sql);
    }
    let mut story = Story { environment, sources, deployed: None, deployment: None }.edit(files);
    story.stage("first", StrategyChoice::Swap);
    story.finish(Story::promote);
    story.close();
    story
}

impl Story {
    /// Edits, adds and removes files.
    pub(crate) fn edit(mut self, files: Files<'_>) -> Self {
        for (path, text) in files {
            let path = format!("models/app/{path}.sql");
            if text.is_empty() {
                self.sources.remove(&path);
            } else {
                self.sources.insert(path, *text);
            }
        }
        self
    }

    fn compile(&self) -> Compiled {
        let compiled = compile(&self.sources, &Config::default());
        let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| d.is_error()).collect();
        assert!(errors.is_empty(), "the project is sound: {errors:#?}");
        compiled
    }

    /// Plans a stage and writes down what is to be known before it runs.
    pub(crate) fn begin(&mut self, deploy_id: &str, strategy: StrategyChoice) {
        let options = StageOptions {
            deploy_id: deploy_id.into(),
            strategy: Some(strategy),
            drop_removed: true,
            ..StageOptions::default()
        };
        let live = &self.environment.live;
        let plan = self.compile().plan_stage(self.deployed.as_ref(), Some(live), &options);
        let plan = plan.unwrap_or_else(|problems| panic!("there is a plan: {problems:#?}"));
        self.deployment = Some(Deployment {
            staged: Vec::new(),
            production: recorded_ids(&plan, live, Side::Production),
            before: HighestIds::observed(live),
            staged_by: live.session.iter().map(|session| session.role.clone()).collect(),
            is_staged: false,
            is_promoted: false,
            is_kept: false,
            plan,
        });
    }

    /// Writes down what stage made.
    pub(crate) fn record_staged(&mut self) {
        let live = &self.environment.live;
        let deployment = self.deployment.as_mut().expect("there is a deployment");
        deployment.staged = recorded_ids(&deployment.plan, live, Side::Staged(deployment.before));
        deployment.is_staged = true;
    }

    /// Stages the project as it is.
    pub(crate) fn stage(&mut self, deploy_id: &str, strategy: StrategyChoice) {
        self.begin(deploy_id, strategy);
        let plan = self.deployment().plan.clone();
        for unit in units(&plan, Moment::Stage) {
            self.run(&unit);
        }
        self.record_staged();
    }

    /// The deployment is over: what it made is what is deployed.
    pub(crate) fn close(&mut self) {
        let deployment = self.deployment.take().expect("there is a deployment");
        let project = self.compile().project;
        self.deployed = Some(deployed_after_plan(&project, self.deployed.as_ref(), &deployment.plan));
    }

    pub(crate) fn deployment(&self) -> &Deployment {
        self.deployment.as_ref().expect("there is a deployment")
    }

    pub(crate) fn deployment_mut(&mut self) -> &mut Deployment {
        self.deployment.as_mut().expect("there is a deployment")
    }

    pub(crate) fn promote(&self) -> Planned {
        self.promote_with(&PromoteOptions::default())
    }

    pub(crate) fn promote_with(&self, options: &PromoteOptions) -> Planned {
        plan::promote(self.deployment(), &self.environment.live, options)
    }

    pub(crate) fn abort(&self) -> Planned {
        plan::abort(self.deployment(), &self.environment.live)
    }

    pub(crate) fn rollback(&self) -> Planned {
        plan::rollback(self.deployment(), &self.environment.live)
    }

    pub(crate) fn cleanup(&self) -> Planned {
        plan::cleanup(self.deployment(), &self.environment.live)
    }

    pub(crate) fn unfinished_stage(&self) -> Planned {
        plan::unfinished_stage(self.deployment(), &self.environment.live)
    }

    /// Plans and runs everything.
    #[track_caller]
    pub(crate) fn finish(&mut self, command: impl Fn(&Self) -> Planned) {
        let plan = command(self).unwrap_or_else(|problems| panic!("there is a plan: {problems:#?}"));
        for unit in units(&plan, Moment::Now) {
            self.run(&unit);
        }
    }

    /// Runs the first units of a plan, and is killed.
    #[track_caller]
    pub(crate) fn begin_to(&mut self, plan: &Plan, n: usize) {
        for unit in units(plan, Moment::Now).iter().take(n) {
            self.run(unit);
        }
    }

    #[track_caller]
    fn run(&mut self, unit: &[Step]) {
        let statements: Vec<&str> = unit
            .iter()
            .filter_map(|step| match &step.action {
                Action::Sql(sql) => Some(sql.as_str()),
                Action::Effect(_) => None,
            })
            .collect();
        // No plan takes along what it doesn't name.
        assert!(!statements.iter().any(|sql| is_cascade(sql)), "{statements:?}");
        self.environment.transaction(&statements).unwrap_or_else(|error| panic!("{error}"));
        for step in unit {
            if let Action::Effect(effect) = &step.action {
                self.take_effect(effect);
            }
        }
    }

    #[track_caller]
    fn take_effect(&mut self, effect: &Effect) {
        let live = &mut self.environment.live;
        match effect {
            Effect::Verify { names, sinks } => {
                for expected in names {
                    let found = match expected.kind.as_str() {
                        "schema" => {
                            live.schemas.iter().find(|s| s.id == expected.id).map(|s| s.name.to_string())
                        }
                        "cluster" => {
                            live.clusters.iter().find(|c| c.id == expected.id).map(|c| c.name.to_string())
                        }
                        _ => live.objects.iter().find(|o| o.id == expected.id).map(|o| o.name.to_string()),
                    };
                    assert_eq!(found.as_deref(), Some(expected.name.as_str()), "{expected:?}");
                }
                for input in sinks {
                    let find = |name: &str| live.objects.iter().find(|o| o.name.to_string() == name);
                    let (sink, relation) = (find(&input.sink), find(&input.relation));
                    let (sink, relation) = (sink.expect("the sink"), relation.expect("its relation"));
                    assert!(sink.depends_on.contains(&relation.id), "{input:?}");
                }
            }
            Effect::Annotate { schemas } => {
                for schema in live.schemas.iter_mut().filter(|s| schemas.contains(&s.name)) {
                    schema.comment = Some(format!("{ANNOTATION}promoted").into());
                }
            }
            Effect::RecordProduction { ids } => self.deployment_mut().production.clone_from(ids),
            Effect::RecordPromotion => self.deployment_mut().is_promoted = true,
            Effect::RecordKept { .. } => self.deployment_mut().is_kept = true,
            Effect::RecordRollback => {
                let deployment = self.deployment_mut();
                (deployment.is_promoted, deployment.is_kept) = (false, false);
            }
            Effect::RecordCleanup => self.deployment_mut().is_kept = false,
            _ => {}
        }
    }

    /// Comments on an object, as somebody does by hand.
    pub(crate) fn comment(&mut self, name: &str, text: &str) {
        let object = self.environment.live.objects.iter_mut().find(|o| o.name.to_string() == name);
        let comment = LiveComment { column: None, text: text.into() };
        object.expect("the object").comments.push(comment);
    }
}

/// What happens as a whole or not at all: a transaction, or a step.
pub(crate) fn units(plan: &Plan, at: Moment) -> Vec<Vec<Step>> {
    let mut units: Vec<Vec<Step>> = Vec::new();
    for step in plan.phases.iter().filter(|phase| phase.at == at).flat_map(|phase| &phase.steps) {
        match units.last_mut() {
            Some(unit) if step.group.is_some() && unit.first().is_some_and(|s| s.group == step.group) => {
                unit.push(step.clone());
            }
            _ => units.push(vec![step.clone()]),
        }
    }
    units
}

/// The plan as a reviewer reads it, without what only a digest tells; or what is in the way.
pub(crate) fn shown(planned: &Planned) -> String {
    match planned {
        Ok(plan) => {
            let text = plan_text(plan, TextOptions::default());
            text.lines()
                .filter(|line| !line.starts_with("  plan  "))
                .fold(String::new(), |all, line| all + line + "\n")
        }
        Err(problems) => {
            let mut text = String::new();
            for problem in problems {
                let _ = writeln!(text, "{}: {}", problem.code, problem.message);
                for help in &problem.help {
                    let _ = writeln!(text, "  help: {help}");
                }
            }
            text
        }
    }
}

/// Compares with the snapshot of that name.
#[track_caller]
pub(crate) fn snapshot(name: &str, planned: &Planned) {
    snapshot_text(name, &shown(planned));
}

/// Compares a text with the snapshot of that name.
#[track_caller]
pub(crate) fn snapshot_text(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../../snapshots/deployments");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Codes and messages of what is in the way.
#[track_caller]
pub(crate) fn problems(planned: &Planned) -> String {
    assert!(planned.is_err(), "something is in the way: {}", shown(planned));
    shown(planned)
}
