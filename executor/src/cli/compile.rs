//! `mz-deploy compile`

use std::time::Instant;

use mz_deploy_planner::{plan, view};

use super::arguments::{CompileOptions, Global, Output};
use super::terminal::{self, Terminal};
use super::{leave_to_the_system, load, save, sound};
use crate::host::{Class, Failure, Loaded};

pub(super) fn run(global: &Global, options: &CompileOptions, terminal: Terminal) -> Result<(), Failure> {
    let start = Instant::now();
    let loaded = load(global, terminal)?;
    if global.output() == Output::Json {
        json(&loaded)?;
        return snapshot(&loaded, options, terminal);
    }
    let loaded = sound(loaded, global, terminal)?;
    let seconds = start.elapsed().as_secs_f64();
    let objects = objects(loaded.compiled.project.objects.len());
    terminal.info(format_args!("Compiled {objects} in {seconds:.2} s"));
    if terminal.is_verbose() {
        let project = view::project(&loaded.compiled.project, &[], |_| None);
        for cluster in &project.clusters {
            terminal.detail(format_args!("cluster {}: {}", cluster.name, self::objects(cluster.objects)));
        }
        for external in &project.externals {
            terminal.detail(format_args!("from outside: {external}"));
        }
    }
    let saved = snapshot(&loaded, options, terminal);
    leave_to_the_system(loaded);
    saved
}

/// A project with errors never gets here: what of it would be deployed isn't known.
fn snapshot(loaded: &Loaded, options: &CompileOptions, terminal: Terminal) -> Result<(), Failure> {
    let Some(path) = &options.snapshot else { return Ok(()) };
    save(path, &plan::deployed_after(&loaded.compiled.project))?;
    terminal.info(format_args!("Saved what would be deployed in `{}`", path.display()));
    Ok(())
}

fn objects(n: usize) -> String {
    format!("{n} object{}", if n == 1 { "" } else { "s" })
}

/// The document holds the problems as well, so it is printed in any case.
fn json(loaded: &Loaded) -> Result<(), Failure> {
    let text_of = |path: &str| loaded.texts.get(path).map(AsRef::as_ref);
    let document = view::project(&loaded.compiled.project, &loaded.compiled.diagnostics, text_of);
    terminal::print_result(&view::to_json(&document))?;
    if loaded.compiled.is_sound() { Ok(()) } else { Err(Failure::Reported(Class::Error)) }
}
