//! `mz-deploy completions`

use clap::CommandFactory;

use super::arguments::{Arguments, CompletionsOptions};
use super::terminal::print_result;
use crate::host::Failure;

pub(super) fn run(options: CompletionsOptions) -> Result<(), Failure> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut command, name, &mut script);
    print_result(&String::from_utf8_lossy(&script))
}
