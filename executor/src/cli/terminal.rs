//! What is printed, and to which stream.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::path::{Component, Path};

use anstream::{AutoStream, ColorChoice};
use mz_deploy_planner::diagnostic::text::Colour;
use mz_deploy_planner::diagnostic::{Diagnostic, github, text};

use super::arguments::{Global, Output};
use super::documents::{self, ErrorDocument};
use crate::db::Notice;
use crate::host::{Failure, Texts};

/// The streams, and how much is printed to them. Colours are used where the stream shows them and `NO_COLOR` allows it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terminal {
    output: Output,
    verbose: bool,
    quiet: bool,
}

impl Terminal {
    pub(super) fn new(global: &Global) -> Self {
        Self { output: global.output(), verbose: global.verbose, quiet: global.quiet }
    }

    /// True if lists are to be printed in full.
    pub(super) fn is_verbose(self) -> bool {
        self.verbose
    }

    /// Says that something was done. A stream of errors that is closed is no reason to fail.
    pub(super) fn info(self, line: impl Display) {
        if !self.quiet {
            let _ = writeln!(io::stderr(), "{}", printable(&line.to_string()));
        }
    }

    /// Says more about what was done.
    pub(super) fn detail(self, line: impl Display) {
        if self.verbose {
            let _ = writeln!(io::stderr(), "{}", printable(&line.to_string()));
        }
    }

    /// Says what the server remarked on.
    pub(super) fn remark(self, notice: &Notice) {
        if self.quiet {
            return;
        }
        let mut stderr = AutoStream::auto(io::stderr());
        let style = anstyle::Style::new().dimmed();
        let severity = notice.severity.to_lowercase();
        let _ = writeln!(stderr, "{style}{severity}: {}{style:#}", printable(&notice.message));
        for more in notice.detail.iter().chain(&notice.hint).flat_map(|text| text.lines()) {
            let _ = writeln!(stderr, "{style}  {}{style:#}", printable(more));
        }
    }

    /// Warns of something.
    pub(super) fn warning(self, line: impl Display) {
        if !self.quiet {
            let mut stderr = AutoStream::auto(io::stderr());
            let style = anstyle::AnsiColor::Yellow.on_default().bold();
            let _ = writeln!(stderr, "{style}warning{style:#}: {}", printable(&line.to_string()));
        }
    }

    /// Prints a text of several lines that is no result.
    pub(super) fn text(self, text: &str) {
        if !self.quiet {
            let _ = io::stderr().write_all(text.as_bytes());
        }
    }

    /// Prints problems.
    pub(super) fn diagnostics(self, diagnostics: &[Diagnostic], texts: &Texts, directory: &Path) {
        let text_of = |path: &str| texts.get(path).map(AsRef::as_ref);
        match self.output {
            // GitHub reads annotations from either stream.
            Output::Github => {
                let annotations = github::render(diagnostics, text_of, &in_repository(directory));
                let _ = io::stderr().write_all(annotations.as_bytes());
            }
            Output::Text | Output::Json => {
                let mut stderr = AutoStream::auto(io::stderr());
                let colour = colour(stderr.current_choice());
                let _ = stderr.write_all(text::render(diagnostics, text_of, colour).as_bytes());
            }
        }
    }

    /// Says why the command failed.
    pub(super) fn failure(self, failure: &Failure) {
        if self.output == Output::Json {
            if let Some(document) = ErrorDocument::new(failure) {
                let _ = documents::print(&document);
            }
            return;
        }
        match failure {
            Failure::OutputClosed | Failure::Reported(_) => {}
            Failure::Rejected { diagnostics, texts, directory } => {
                self.diagnostics(diagnostics, texts, directory);
            }
            Failure::Refused { message, help, .. } => self.refusal(message, help.as_deref()),
        }
    }

    fn refusal(self, message: &str, help: Option<&str>) {
        if self.output == Output::Github {
            let _ = writeln!(io::stderr(), "::error title=mz-deploy::{}", github::escape_message(message));
            return;
        }
        let mut stderr = AutoStream::auto(io::stderr());
        let style = anstyle::AnsiColor::BrightRed.on_default().bold();
        let mut lines = message.lines();
        let first = lines.next().unwrap_or_default();
        let _ = writeln!(stderr, "{style}error{style:#}: {}", printable(first));
        // What a server says of a statement has several lines.
        for line in lines {
            let _ = writeln!(stderr, "{}", printable(line));
        }
        for line in help.into_iter().flat_map(str::lines) {
            let _ = writeln!(stderr, "  = help: {}", printable(line));
        }
    }
}

/// Prints a result. It may hold colours only if [`result_colour`] says so.
pub(super) fn print_result(text: &str) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Failure::OutputClosed),
        Err(error) => Err(Failure::new(format!("can't write to standard output: {error}"))),
    }
}

/// Whether what isn't a result is coloured.
pub(super) fn error_colour() -> Colour {
    colour(AutoStream::choice(&io::stderr()))
}

/// Whether results are coloured.
pub(super) fn result_colour() -> Colour {
    colour(AutoStream::choice(&io::stdout()))
}

/// A directory as GitHub writes it. Workflows run in the root of the repository.
fn in_repository(directory: &Path) -> String {
    let parts = directory.components().filter(|part| *part != Component::CurDir);
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn colour(choice: ColorChoice) -> Colour {
    if choice == ColorChoice::Never { Colour::Plain } else { Colour::Coloured }
}

/// Paths may hold anything; a terminal must not obey it.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect()
}
