//! `mz-deploy man`

use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::arguments::{Arguments, ManOptions};
use super::terminal::{Terminal, print_result};
use crate::host::{self, Failure};

pub(super) fn run(options: &ManOptions, terminal: Terminal) -> Result<(), Failure> {
    let mut command = Arguments::command();
    command.build();
    match &options.pages {
        None => print_result(&String::from_utf8_lossy(&page(command)?)),
        Some(directory) => {
            std::fs::create_dir_all(directory).map_err(|error| Failure::io("make", directory, &error))?;
            let written = write_all(&command, directory)?;
            terminal.info(format_args!("Wrote {written} pages in `{}`", directory.display()));
            Ok(())
        }
    }
}

/// Writes the page of a command and of all that are part of it; returns how many.
fn write_all(command: &Command, directory: &Path) -> Result<usize, Failure> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let path = directory.join(format!("{name}.1"));
    let text = page(command.clone())?;
    host::write_atomically(&path, |file| file.write_all(&text))
        .map_err(|error| Failure::io("write", &path, &error))?;
    // `help` has a copy of every command below it.
    let parts = command.get_subcommands().filter(|part| !part.is_hide_set() && part.get_name() != "help");
    parts.map(|part| write_all(part, directory)).try_fold(1, |sum, written| Ok(sum + written?))
}

fn page(command: Command) -> Result<Vec<u8>, Failure> {
    let mut text = Vec::new();
    Man::new(command)
        .render(&mut text)
        .map_err(|error| Failure::new(format!("can't make the manual page: {error}")))?;
    Ok(text)
}
