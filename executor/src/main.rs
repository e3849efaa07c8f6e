//! The command `mz-deploy`.

use std::process::ExitCode;

fn main() -> ExitCode {
    mz_deploy::run(std::env::args_os())
}
