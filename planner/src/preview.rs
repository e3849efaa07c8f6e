//! What a page or an editor works with: a project that is edited, what it is compared with, and the plan that follows.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use crate::Workspace;
use crate::diagnostic::Diagnostic;
use crate::input::{Config, Deployed, Live, StageOptions, read_deployed, read_live};
use crate::plan::{self, Plan};
use crate::project::Project;
use crate::view::{
    self, ChangeView, Codebase, GraphView, PreviewView, ProfileView, ProjectView, StepPlace, StepView,
    TextOptions,
};

/// The name under which the snapshot of the last deployment appears in diagnostics.
const DEPLOYED: &str = "deployed.json";
/// The name under which the facts of the live catalog appear in diagnostics.
const LIVE: &str = "live.json";

/// A project in memory, what it is compared with, and the last plan, which is handed out in parts.
#[derive(Debug, Default)]
pub struct Preview {
    workspace: Workspace,
    deployed: Snapshot<Deployed>,
    live: Snapshot<Live>,
    last: Option<Planned>,
}

/// A plan, and the project that it is of: an edit that came later is not seen in its parts.
#[derive(Debug)]
struct Planned {
    plan: Plan,
    project: Arc<Project>,
}

/// A snapshot file as it was given.
#[derive(Debug, Default)]
enum Snapshot<T> {
    #[default]
    Absent,
    Read(Arc<T>),
    Unreadable {
        text: String,
        problem: Box<Diagnostic>,
    },
}

impl<T> Snapshot<T> {
    fn new(text: Option<&str>, read: impl Fn(&str) -> Result<T, Box<Diagnostic>>) -> Self {
        match text.map(|text| (text, read(text))) {
            None => Self::Absent,
            Some((_, Ok(snapshot))) => Self::Read(Arc::new(snapshot)),
            Some((text, Err(problem))) => Self::Unreadable { text: text.to_owned(), problem },
        }
    }

    fn get(&self) -> Result<Option<&Arc<T>>, Vec<Diagnostic>> {
        match self {
            Self::Absent => Ok(None),
            Self::Read(snapshot) => Ok(Some(snapshot)),
            Self::Unreadable { problem, .. } => Err(vec![problem.as_ref().clone()]),
        }
    }

    /// The text that a diagnostic of it points into.
    fn text(&self) -> Option<&str> {
        match self {
            Self::Unreadable { text, .. } => Some(text),
            Self::Absent | Self::Read(_) => None,
        }
    }
}

/// A form of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Rendering {
    /// For a terminal, without colours.
    Text,
    /// The plan as a file: `schemas/plan.schema.json`.
    Json,
    /// For a pull request.
    Markdown,
    /// As a script.
    Sql,
}

impl Preview {
    /// An empty project, compared with nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds or replaces a file. The path is relative to the project's root.
    pub fn set_file(&mut self, path: &str, text: &str) {
        self.workspace.set_file(path, text);
    }

    /// Removes a file.
    pub fn remove_file(&mut self, path: &str) {
        self.workspace.remove_file(path);
    }

    /// Selects a profile, or none.
    pub fn set_profile(&mut self, profile: Option<&str>) {
        self.workspace.set_config(Config { profile: profile.map(Into::into) });
    }

    /// Gives variables a value in the place of the one that the profile has.
    pub fn set_variables(&mut self, variables: BTreeMap<SmolStr, SmolStr>) {
        self.workspace.set_variables(variables);
    }

    /// The text of the snapshot of the last deployment; none for a first deployment.
    pub fn set_deployed(&mut self, text: Option<&str>) {
        self.deployed = Snapshot::new(text, |text| read_deployed(DEPLOYED, text));
    }

    /// The text of the facts of the live catalog, if it is to be looked at.
    pub fn set_live(&mut self, text: Option<&str>) {
        self.live = Snapshot::new(text, |text| read_live(LIVE, text));
    }

    /// The profiles that the project knows.
    pub fn profiles(&self) -> Vec<ProfileView> {
        let profiles = self.workspace.profiles().into_iter();
        profiles.map(|(name, variables)| ProfileView { name, variables }).collect()
    }

    /// Checks the project.
    pub fn check(&mut self) -> ProjectView {
        let compiled = self.workspace.check();
        view::project(&compiled.project, &compiled.diagnostics, |path| self.text_of(path))
    }

    /// The dependencies.
    pub fn graph(&mut self) -> GraphView {
        view::graph(&self.workspace.check().project)
    }

    /// The checked project with its files, for what an editor asks.
    pub fn codebase(&mut self) -> Codebase<'_> {
        self.workspace.codebase()
    }

    /// What is deployed once the project is: the text of a snapshot. None if the project has errors.
    pub fn deployed_after(&mut self) -> Option<String> {
        let compiled = self.workspace.check();
        compiled.is_sound().then(|| view::to_json(&plan::deployed_after(&compiled.project)))
    }

    /// Plans a deployment, and keeps the plan.
    pub fn plan(&mut self, options: &StageOptions) -> PreviewView {
        let inputs = self.deployed.get().and_then(|deployed| Ok((deployed, self.live.get()?)));
        let planned = inputs.and_then(|(deployed, live)| {
            self.workspace.plan_stage(deployed, live.map(AsRef::as_ref), options)
        });
        let (outline, problems) = match planned {
            Ok(plan) => {
                let compiled = self.workspace.check();
                let outline = view::outline(&plan, &compiled.project);
                self.last = Some(Planned { plan, project: compiled.project });
                (Some(outline), compiled.diagnostics)
            }
            Err(problems) => {
                self.last = None;
                (None, problems)
            }
        };
        PreviewView { outline, diagnostics: view::diagnostics(&problems, |path| self.text_of(path)) }
    }

    /// A change of the last plan, by its position in the outline.
    pub fn change(&self, position: usize) -> Option<ChangeView> {
        let Planned { plan, project } = self.last.as_ref()?;
        view::change(plan, project, position)
    }

    /// Steps of a phase of the last plan, from the one at `from` to the one before `to`.
    pub fn steps(&self, phase: usize, from: usize, to: usize) -> Vec<StepView> {
        let Some(Planned { plan, .. }) = &self.last else { return Vec::new() };
        (from..to).map_while(|step| view::step(plan, StepPlace { phase, step })).collect()
    }

    /// The last plan in another form.
    pub fn render(&self, rendering: Rendering) -> Option<String> {
        let Planned { plan, .. } = self.last.as_ref()?;
        Some(match rendering {
            Rendering::Text => view::plan_text(plan, TextOptions::default()),
            Rendering::Json => view::plan_json(plan),
            Rendering::Markdown => view::plan_markdown(plan),
            Rendering::Sql => view::plan_sql(plan),
        })
    }

    fn text_of(&self, path: &str) -> Option<&str> {
        match path {
            DEPLOYED => self.deployed.text(),
            LIVE => self.live.text(),
            _ => self.workspace.file(path).map(AsRef::as_ref),
        }
    }
}
