//! The way through the planner: files to a checked project, and on to a plan.
//!
//! ```text
//! files ─▶ settings, context ─▶ compile_file (each file on its own) ─▶ assemble ─▶ graph ─▶ plan
//! ```
//!
//! Everything left of `assemble` depends on one file and the context alone, so its results are kept while a file
//! stays as it is. Everything right of it looks at the project as a whole and is cheap enough to be done again.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::diagnostic::{self, Diagnostic};
use crate::graph::{self, Graph};
use crate::input::{Config, Deployed, Live, Sources, StageOptions};
use crate::plan::{self, Plan};
use crate::project::{self, CompiledFile, FileContext, Project, Settings};
use crate::source::FilePath;

/// A checked project.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What is sound of it.
    pub project: Project,
    /// Its dependencies.
    pub graph: Graph,
    /// All problems, sorted by file and position.
    pub diagnostics: Vec<Diagnostic>,
}

impl Compiled {
    /// True if nothing stands in the way of a plan.
    pub fn is_sound(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// Plans a deployment. A project with errors has no plan; its diagnostics are the answer.
    pub fn plan_stage(
        &self,
        deployed: Option<&Deployed>,
        live: Option<&Live>,
        options: &StageOptions,
    ) -> Result<Plan, Vec<Diagnostic>> {
        if !self.is_sound() {
            return Err(self.diagnostics.clone());
        }
        plan::stage(&self.project, &self.graph, deployed, live, options)
    }
}

/// Compiles a project at once.
pub fn compile(sources: &Sources, config: &Config) -> Compiled {
    let mut workspace = Workspace::new(config.clone());
    for (path, text) in sources.iter() {
        workspace.set_file(path.clone(), Arc::clone(text));
    }
    workspace.check()
}

/// Puts compiled files (sorted by path) together. The last part of [`compile`], for hosts that compile files themselves.
pub fn link(
    files: &[Arc<CompiledFile>],
    settings: Settings,
    mut diagnostics: Vec<Diagnostic>,
    config: &Config,
) -> Compiled {
    let (project, problems) = project::assemble(files, settings, config);
    diagnostics.extend(problems);
    let (graph, problems) = graph::build(&project);
    diagnostics.extend(problems);
    diagnostic::sort(&mut diagnostics);
    Compiled { project, graph, diagnostics }
}

/// A project that stays in memory and is edited: the browser, an editor, a watcher.
#[derive(Debug, Default)]
pub struct Workspace {
    config: Config,
    sources: BTreeMap<FilePath, Arc<str>>,
    /// What files meant when they were compiled last, and in which context.
    compiled: BTreeMap<FilePath, Arc<CompiledFile>>,
    context: Option<FileContext>,
}

impl Workspace {
    /// An empty project.
    pub fn new(config: Config) -> Self {
        Self { config, ..Self::default() }
    }

    /// Adds or replaces a file. Paths are relative to the project's root.
    pub fn set_file(&mut self, path: impl Into<FilePath>, text: impl Into<Arc<str>>) {
        let (path, text) = (path.into(), text.into());
        self.compiled.remove(&path);
        self.sources.insert(path, text);
    }

    /// Removes a file.
    pub fn remove_file(&mut self, path: &str) {
        self.compiled.remove(path);
        self.sources.remove(path);
    }

    /// Selects another profile, or none.
    pub fn set_config(&mut self, config: Config) {
        self.config = config;
    }

    /// The text of a file.
    pub fn file(&self, path: &str) -> Option<&Arc<str>> {
        self.sources.get(path)
    }

    /// Compiles what was edited and checks the project as a whole.
    pub fn check(&mut self) -> Compiled {
        let text = self.sources.get(project::PROJECT_FILE).map(AsRef::as_ref);
        let (settings, diagnostics) = project::read_settings(text, &self.config);
        let context =
            project::file_context(self.sources.keys().map(FilePath::as_str), &settings, &self.config);
        if self.context.as_ref() != Some(&context) {
            self.compiled.clear();
        }
        let files: Vec<Arc<CompiledFile>> = self
            .sources
            .iter()
            .map(|(path, text)| {
                let file = self
                    .compiled
                    .entry(path.clone())
                    .or_insert_with(|| Arc::new(project::compile_file(path, text, &context)));
                Arc::clone(file)
            })
            .collect();
        self.context = Some(context);
        link(&files, settings, diagnostics, &self.config)
    }
}
