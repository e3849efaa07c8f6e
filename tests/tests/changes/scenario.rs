//! A project, an edit of it, and what a deployment of the edit would do: as short text, so that a test reads as a
//! before and an after.

use std::fmt::Write as _;

use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::{Config, Deployed, Live, Sources, StageOptions, StrategyChoice};
use mz_deploy_planner::plan::{
    Action, Change, Effect, Moment, Plan, Reason, Strategy, deployed_after, deployed_after_plan,
};
use mz_deploy_planner::{Compiled, compile};

/// Files by their paths below `models/app`, without `.sql`; no text means no file.
pub(crate) type Files<'a> = &'a [(&'a str, &'a str)];

/// A project that is deployed, and an edit.
pub(crate) struct Scenario {
    sources: Sources,
    deployed: Option<Deployed>,
    options: StageOptions,
    live: Option<Live>,
    profile: Option<&'static str>,
}

/// A project of which nothing was deployed.
pub(crate) fn first(files: Files<'_>) -> Scenario {
    let mut sources = Sources::new();
    sources.insert("project.toml", "");
    put(&mut sources, files);
    let options = StageOptions { deploy_id: "x".into(), ..StageOptions::default() };
    Scenario { sources, deployed: None, options, live: None, profile: None }
}

/// A project that was deployed as it is.
pub(crate) fn deployed(files: Files<'_>) -> Scenario {
    first(files).promoted()
}

/// A path below `models/app`, or one of the project if it starts with `/`.
fn put(sources: &mut Sources, files: Files<'_>) {
    for (path, text) in files {
        let path = match path.strip_prefix('/') {
            Some(path) => path.to_owned(),
            None => format!("models/app/{path}.sql"),
        };
        if text.is_empty() {
            sources.remove(&path);
        } else {
            sources.insert(path, *text);
        }
    }
}

impl Scenario {
    /// Takes the project as it is for what is deployed.
    pub(crate) fn promoted(self) -> Self {
        let deployed = Some(deployed_after(&self.compile().project));
        Self { deployed, ..self }
    }

    /// Takes a snapshot for what is deployed.
    pub(crate) fn after(self, deployed: Deployed) -> Self {
        Self { deployed: Some(deployed), ..self }
    }

    /// Takes what the plan leaves behind for what is deployed.
    pub(crate) fn deploy(self) -> Self {
        let (project, plan) = (self.compile().project, self.plan());
        let deployed = Some(deployed_after_plan(&project, self.deployed.as_ref(), &plan));
        Self { deployed, ..self }
    }

    pub(crate) fn profile(self, profile: &'static str) -> Self {
        Self { profile: Some(profile), ..self }
    }

    /// Edits, adds and removes files.
    pub(crate) fn edit(mut self, files: Files<'_>) -> Self {
        put(&mut self.sources, files);
        self
    }

    pub(crate) fn rename(self) -> Self {
        self.strategy(StrategyChoice::Rename)
    }

    pub(crate) fn strategy(mut self, strategy: StrategyChoice) -> Self {
        self.options.strategy = Some(strategy);
        self
    }

    pub(crate) fn option(mut self, set: impl FnOnce(&mut StageOptions)) -> Self {
        set(&mut self.options);
        self
    }

    pub(crate) fn live(mut self, live: Live) -> Self {
        self.live = Some(live);
        self
    }

    pub(crate) fn compile(&self) -> Compiled {
        let compiled = compile(&self.sources, &Config { profile: self.profile.map(Into::into) });
        let errors: Vec<_> = compiled.diagnostics.iter().filter(|d| d.is_error()).collect();
        assert!(errors.is_empty(), "the project is sound: {errors:#?}");
        compiled
    }

    pub(crate) fn result(&self) -> Result<Plan, Vec<Diagnostic>> {
        self.compile().plan_stage(self.deployed.as_ref(), self.live.as_ref(), &self.options)
    }

    pub(crate) fn plan(&self) -> Plan {
        self.result().unwrap_or_else(|problems| panic!("there is a plan: {problems:#?}"))
    }

    /// Codes and messages of what is in the way.
    pub(crate) fn problems(&self) -> String {
        let problems = self.result().expect_err("there are problems");
        let mut text = String::new();
        for problem in problems {
            let _ = writeln!(text, "{}: {}", problem.code, problem.message);
            for help in problem.help {
                let _ = writeln!(text, "  help: {help}");
            }
        }
        text
    }

    /// What happens to each object, and why.
    pub(crate) fn changes(&self) -> String {
        changes(&self.plan())
    }

    /// The statements of both commands.
    pub(crate) fn statements(&self) -> String {
        statements(&self.plan())
    }
}

pub(crate) fn changes(plan: &Plan) -> String {
    let mut text = String::new();
    for change in &plan.changes {
        let name = format!("{}.{}", change.name.schema.schema, change.name.name);
        let reason: Vec<String> = change.reason.iter().map(link).collect();
        let (action, how) = (word(change.action), strategy(change));
        let _ = writeln!(text, "{action} {name} by {how} <- {}", reason.join(" <- "));
    }
    for scope in &plan.scopes {
        let name = scope.schema.as_ref().unwrap_or(&scope.database);
        let _ = writeln!(text, "{} {name}", word(scope.action));
    }
    text
}

fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).expect("a word")
}

fn strategy(change: &Change) -> &'static str {
    match change.strategy {
        Strategy::Swap => "swap",
        Strategy::Rename => "rename",
        Strategy::Replace => "replace",
        Strategy::InPlace => "in-place",
        Strategy::AtPromote => "at-promote",
    }
}

fn link(reason: &Reason) -> String {
    match reason {
        Reason::File { path, line, what } => {
            let path = path.strip_prefix("models/app/").unwrap_or(path);
            match line {
                Some(line) => format!("{path}:{line} {what}"),
                None => format!("{path} {what}"),
            }
        }
        Reason::DependsOn { object } => format!("reads {}", object.name),
        Reason::SharesSchema { schema, object } => {
            format!("in schema {} with {}", schema.schema, object.name)
        }
        Reason::SharesCluster { cluster, object } => format!("on cluster {cluster} with {}", object.name),
        Reason::Requested { option } => option.to_string(),
        Reason::FirstDeployment => "first deployment".to_owned(),
    }
}

/// Every statement and effect, with the phases as headings; the database is left out of names.
pub(crate) fn statements(plan: &Plan) -> String {
    let mut text = String::new();
    for phase in &plan.phases {
        let at = if phase.at == Moment::Stage { "stage" } else { "promote" };
        let _ = writeln!(text, "{at}: {}", phase.name);
        for step in &phase.steps {
            let _ = match &step.action {
                Action::Sql(sql) => writeln!(text, "  {}", sql.replace("app.", "")),
                Action::Effect(effect) => match effect.as_ref() {
                    Effect::Record { table, rows, .. } => {
                        let table = table.rsplit('.').next().unwrap_or(table);
                        writeln!(text, "  ({} rows of {table})", rows.len())
                    }
                    Effect::WaitUntilReady => writeln!(text, "  (wait)"),
                    Effect::CloneCluster { from, to } => writeln!(text, "  (copy {from} to {to})"),
                    Effect::KeepRemoved { object } => writeln!(text, "  (keep {})", object.name),
                    Effect::DropUnnamedIndex { on, cluster, .. } => {
                        writeln!(text, "  (drop the unnamed index of {} on {cluster})", on.name)
                    }
                    Effect::SetSecret { secret, .. } => writeln!(text, "  (secret {})", secret.name),
                },
            };
        }
    }
    text
}

/// How many statements a plan has, in both commands.
pub(crate) fn count(plan: &Plan) -> usize {
    let steps = plan.phases.iter().flat_map(|p| &p.steps);
    steps.filter(|s| matches!(s.action, Action::Sql(_))).count()
}

/// Compares texts, apart from the indentation that all lines of `expected` have.
#[track_caller]
pub(crate) fn expect(actual: &str, expected: &str) {
    let lines = || expected.lines().filter(|line| !line.trim().is_empty());
    let margin = lines().map(|line| line.len() - line.trim_start().len()).min().unwrap_or_default();
    let mut text = String::new();
    for line in lines() {
        let _ = writeln!(text, "{}", line.get(margin..).unwrap_or_default());
    }
    // Line breaks inside of statements are those of the files; their indentation doesn't matter here.
    let mut flat = String::new();
    for line in actual.lines().filter(|line| !line.trim().is_empty()) {
        let _ = writeln!(flat, "{line}");
    }
    assert_eq!(flat, text);
}
