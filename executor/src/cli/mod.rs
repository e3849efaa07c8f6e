//! The command line: arguments, one file for each command, what goes to which stream, exit codes.
//!
//! Progress, warnings and errors go to standard error, results to standard output. The exit code is 0 when the
//! command did what it was asked to do, and says otherwise what kept it from that: [`Class`] (promise S23).

mod apply;
mod arguments;
mod change;
mod compile;
mod completions;
mod confirm;
mod connect;
mod debug;
#[cfg(feature = "demo")]
mod demo;
mod documents;
mod graph;
mod history;
mod man;
mod plan;
mod plan_file;
mod profile;
mod progress;
mod promote;
mod setup;
mod snapshot;
mod sql;
mod stage;
mod terminal;
mod wait;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use mz_deploy_planner::diagnostic::Diagnostic;
use mz_deploy_planner::input::Config;
use mz_deploy_planner::source::FilePath;
use mz_deploy_planner::view;
use serde::Serialize;

use crate::host::{self, Failure, Loaded, Texts};
use arguments::{Arguments, Command, Global};
use terminal::Terminal;

/// Runs the command that `arguments` (the program's name first) ask for.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let Arguments { global, command } = match Arguments::read(&arguments) {
        Ok(arguments) => arguments,
        Err(error) => return refuse(&error, &arguments),
    };
    let terminal = Terminal::new(&global);
    let failure = match dispatch(command, &global, terminal) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(failure) => failure,
    };
    terminal.failure(&failure);
    failure.class().map_or(ExitCode::SUCCESS, |class| class.exit_code().into())
}

fn dispatch(command: Command, global: &Global, terminal: Terminal) -> Result<(), Failure> {
    match command {
        Command::Compile(options) => compile::run(global, &options, terminal),
        Command::Plan(options) => plan::run(global, &options, terminal),
        Command::Graph(options) => graph::run(global, options, terminal),
        #[cfg(feature = "demo")]
        Command::Demo(options) => demo::run(options, terminal),
        Command::Debug => debug::run(global, terminal),
        Command::Apply(options) => apply::run(global, options, terminal),
        Command::Snapshot(options) => snapshot::run(global, &options, terminal),
        Command::List(options) => history::list(global, &options, terminal),
        Command::Log(options) => history::log(global, &options, terminal),
        Command::Describe(options) => history::describe(global, &options, terminal),
        Command::Setup(options) => setup::run(global, &options, terminal),
        Command::Stage(options) => stage::run(global, &options, terminal),
        Command::Wait(options) => wait::run(global, &options, terminal),
        Command::Promote(options) => promote::run(global, &options, terminal),
        Command::Abort(options) => change::abort(global, &options, terminal),
        Command::Rollback(options) => change::rollback(global, &options, terminal),
        Command::Cleanup(options) => change::cleanup(global, &options, terminal),
        Command::Profile(command) => profile::run(global, &command, terminal),
        Command::Sql(options) => sql::run(global, &options),
        Command::Completions(options) => completions::run(options),
        Command::Man(options) => man::run(&options, terminal),
    }
}

/// Says what is wrong with the arguments. Help and version come this way too, and are no failures.
fn refuse(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    if error.use_stderr() && arguments::want_json(arguments) {
        let _ = documents::print(&documents::ErrorDocument::usage(error));
    } else {
        let _ = error.print();
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// Loads the project for the active profile.
fn load(global: &Global, terminal: Terminal) -> Result<Loaded, Failure> {
    let profile = host::select_profile(global.profile.as_deref(), &global.directory)?;
    let config = Config { profile: profile.map(Into::into) };
    let loaded = host::load(&global.directory, &config)?;
    let used = loaded.cache;
    terminal.detail(format_args!("{} compiled, {} taken from the cache", used.compiled, used.reused));
    Ok(loaded)
}

/// The project if it is sound, its warnings printed; a failure with all diagnostics if it isn't.
fn sound(loaded: Loaded, global: &Global, terminal: Terminal) -> Result<Loaded, Failure> {
    if !loaded.compiled.is_sound() {
        return Err(rejected(loaded.compiled.diagnostics, loaded.texts, global));
    }
    terminal.diagnostics(&loaded.compiled.diagnostics, &loaded.texts, &global.directory);
    Ok(loaded)
}

/// Keeps what a command is done with until the process ends, which is about to: that frees everything at once, while
/// dropping ten thousand objects one by one takes as long as it took to read them from the cache.
fn leave_to_the_system<T>(done: T) {
    std::mem::forget(done);
}

/// Saves a document as JSON, as a whole or not at all.
fn save(path: &Path, document: &impl Serialize) -> Result<(), Failure> {
    host::write_atomically(path, |file| file.write_all(view::to_json(document).as_bytes()))
        .map_err(|error| Failure::io("write", path, &error))
}

/// Reads a document that was named on the command line.
fn read<T>(path: &Path, parse: fn(&str, &str) -> Result<T, Box<Diagnostic>>) -> Result<T, Failure> {
    let text = host::read_text(path)?;
    let name = path.display().to_string();
    parse(&name, &text).map_err(|problem| Failure::Rejected {
        diagnostics: vec![*problem],
        texts: Texts::from([(FilePath::from(name), text.into())]),
        directory: PathBuf::new(),
    })
}

/// The failure of a project with errors.
fn rejected(diagnostics: Vec<Diagnostic>, texts: Texts, global: &Global) -> Failure {
    Failure::Rejected { diagnostics, texts, directory: global.directory.clone() }
}
