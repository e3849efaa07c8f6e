//! The way through the planner: files to a checked project, and on to a plan.
//!
//! ```text
//! files ─▶ settings, context ─▶ compile_file (each file on its own) ─▶ assemble ─▶ graph ─▶ plan
//! ```
//!
//! Everything left of `assemble` depends on one file and the context alone, so its results are kept while a file
//! stays as it is. Everything right of it looks at the project as a whole. [`Linked`] keeps that too, and tells which
//! edits it can follow.

use std::collections::BTreeMap;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::diagnostic::{self, Diagnostic};
use crate::graph::{self, Graph};
use crate::input::{Config, Deployed, Live, Sources, StageOptions};
use crate::linked::Linked;
use crate::plan::{self, ApplyOptions, Plan};
use crate::project::{self, CompiledFile, FileContext, Project, Settings};
use crate::source::FilePath;
use crate::view::Codebase;

/// A checked project. A clone is cheap: it shares the project.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What is sound of it.
    pub project: Arc<Project>,
    /// Its dependencies.
    pub graph: Arc<Graph>,
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

    /// Plans what is missing of the project's infrastructure. A project with errors has no plan.
    pub fn plan_apply(&self, live: &Live, options: &ApplyOptions) -> Result<Plan, Vec<Diagnostic>> {
        if !self.is_sound() {
            return Err(self.diagnostics.clone());
        }
        plan::apply(&self.project, &self.graph, live, options)
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
    Compiled { project: Arc::new(project), graph: Arc::new(graph), diagnostics }
}

/// A project that stays in memory and is edited: the browser, an editor, a watcher.
///
/// What it says is what [`compile`] says of the same files, and what [`Compiled::plan_stage`] plans; it is quicker after
/// an edit.
#[derive(Debug, Default)]
pub struct Workspace {
    config: Config,
    /// Values that take the place of those of the profile.
    variables: BTreeMap<SmolStr, SmolStr>,
    files: BTreeMap<FilePath, File>,
    /// The context in which files were compiled last.
    context: Option<FileContext>,
    /// The project as it was checked last. Absent if files came or went since then, or settings changed.
    linked: Option<Linked>,
    /// The files that got another text since then, and what they meant.
    edited: BTreeMap<FilePath, Arc<CompiledFile>>,
}

/// A file, and what it meant when it was compiled last.
#[derive(Debug)]
struct File {
    text: Arc<str>,
    compiled: Option<Arc<CompiledFile>>,
}

impl File {
    fn compile(&mut self, path: &str, context: &FileContext) -> Arc<CompiledFile> {
        let text = &self.text;
        let compile = || Arc::new(project::compile_file(path, text, context));
        Arc::clone(self.compiled.get_or_insert_with(compile))
    }
}

impl Workspace {
    /// An empty project.
    pub fn new(config: Config) -> Self {
        Self { config, ..Self::default() }
    }

    /// Adds or replaces a file. Paths are relative to the project's root.
    pub fn set_file(&mut self, path: impl Into<FilePath>, text: impl Into<Arc<str>>) {
        let path = path.into();
        let before = self.files.insert(path.clone(), File { text: text.into(), compiled: None });
        match before {
            Some(_) if path == project::PROJECT_FILE => self.linked = None,
            // Without a meaning, it was edited already.
            Some(File { compiled, .. }) => {
                self.edited.extend(compiled.map(|compiled| (path, compiled)));
            }
            None => self.linked = None,
        }
    }

    /// Removes a file.
    pub fn remove_file(&mut self, path: &str) {
        self.files.remove(path);
        self.linked = None;
    }

    /// Selects another profile, or none.
    pub fn set_config(&mut self, config: Config) {
        self.config = config;
        self.linked = None;
    }

    /// Gives variables a value in the place of the one that the profile has, or has not.
    pub fn set_variables(&mut self, variables: BTreeMap<SmolStr, SmolStr>) {
        self.variables = variables;
        self.linked = None;
    }

    /// The text of a file.
    pub fn file(&self, path: &str) -> Option<&Arc<str>> {
        self.files.get(path).map(|file| &file.text)
    }

    /// The checked project with its files, for what an editor asks.
    pub fn codebase(&mut self) -> Codebase<'_> {
        let compiled = self.check();
        let context = self.context.clone().unwrap_or_default();
        Codebase::new(compiled, context, self.files.iter().map(|(path, file)| (path, &file.text)))
    }

    /// The profiles that the project knows, sorted, and the variables that each of them has by itself.
    pub fn profiles(&self) -> Vec<(SmolStr, BTreeMap<SmolStr, SmolStr>)> {
        let text = self.file(project::PROJECT_FILE).map(AsRef::as_ref);
        let names = project::profiles(text, self.files.keys().map(FilePath::as_str));
        let variables = |name: &SmolStr| {
            let (settings, _) = project::read_settings(text, &Config { profile: Some(name.clone()) });
            settings.variables
        };
        names.into_iter().map(|name| (name.clone(), variables(&name))).collect()
    }

    /// Compiles what was edited and checks the project as a whole.
    pub fn check(&mut self) -> Compiled {
        self.linked().compiled().clone()
    }

    /// Checks the project and plans a deployment, as [`Compiled::plan_stage`] does. As long as the snapshot is the same,
    /// it is compared with what was edited alone.
    pub fn plan_stage(
        &mut self,
        deployed: Option<&Arc<Deployed>>,
        live: Option<&Live>,
        options: &StageOptions,
    ) -> Result<Plan, Vec<Diagnostic>> {
        self.linked().plan_stage(deployed, live, options)
    }

    fn linked(&mut self) -> &mut Linked {
        let edited = std::mem::take(&mut self.edited);
        let linked = self.linked.take().and_then(|linked| self.follow(linked, edited));
        let linked = linked.unwrap_or_else(|| self.link());
        self.linked.insert(linked)
    }

    /// Brings what was linked up to date after edits, if it can be.
    fn follow(
        &mut self,
        mut linked: Linked,
        edited: BTreeMap<FilePath, Arc<CompiledFile>>,
    ) -> Option<Linked> {
        let context = self.context.as_ref()?;
        for (path, before) in edited {
            let after = self.files.get_mut(&path)?.compile(&path, context);
            linked.replace(&before, &after)?;
        }
        Some(linked)
    }

    /// Compiles every file that isn't, and links all.
    fn link(&mut self) -> Linked {
        let text = self.files.get(project::PROJECT_FILE).map(|file| file.text.as_ref());
        let (mut settings, diagnostics) = project::read_settings(text, &self.config);
        settings.variables.extend(self.variables.clone());
        let context = project::file_context(self.files.keys().map(FilePath::as_str), &settings, &self.config);
        let is_stale = self.context.as_ref() != Some(&context);
        let mut compiled = Vec::with_capacity(self.files.len());
        for (path, file) in &mut self.files {
            if is_stale {
                file.compiled = None;
            }
            compiled.push(file.compile(path, &context));
        }
        self.context = Some(context);
        Linked::new(link(&compiled, settings, diagnostics, &self.config))
    }
}
