//! The sandbox as a program.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use mz_deploy_sandbox::{Options, Sandbox};

/// A local server that behaves like Materialize.
#[derive(Debug, Parser)]
#[command(name = "mz-deploy-sandbox", version)]
struct Arguments {
    /// The address to listen on; port 0 is any free port.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:6875")]
    listen: SocketAddr,
    /// The folder to keep everything in; it is made if it isn't there.
    #[arg(long, value_name = "DIR", conflicts_with = "ephemeral")]
    data: Option<PathBuf>,
    /// Keep nothing: what there is goes with the process. This is the default.
    #[arg(long)]
    ephemeral: bool,
    /// Offer TLS, with a certificate made for this run.
    #[arg(long)]
    tls: bool,
    /// Ask every client for this password.
    #[arg(long, value_name = "PASSWORD", env = "MZ_SANDBOX_PASSWORD", hide_env_values = true)]
    password: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !arguments.listen.ip().is_loopback() {
        eprintln!(
            "warning: `{}` can be reached from other machines, and the sandbox lets in whoever asks{}",
            arguments.listen,
            if arguments.password.is_some() { " and knows the password" } else { "" }
        );
    }
    let options = Options {
        listen: arguments.listen,
        tls: arguments.tls,
        password: arguments.password,
        data: arguments.data,
        ..Options::default()
    };
    let sandbox = match Sandbox::start(options) {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", sandbox.url());
    let waiting = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let stopped = waiting.and_then(|runtime| runtime.block_on(tokio::signal::ctrl_c()));
    sandbox.stop();
    match stopped {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: can't wait for Ctrl-C: {error}");
            ExitCode::FAILURE
        }
    }
}
