//! Replays recorded conversations with a real Materialize against a server, and prints what differs.

use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use mz_deploy_tests::conformance::known::Known;
use mz_deploy_tests::conformance::replay::{Settings, replay};
use mz_deploy_tests::conformance::report;
use mz_deploy_tests::conformance::scenario;
use mz_deploy_tests::conformance::server::Server;
use mz_deploy_tests::upstream::{Installation, Upstream};

/// Replays recorded conversations with a real Materialize against a server, and prints what differs.
///
/// Exits with 1 if a step differs that is not listed in `tests/conformance/known_differences.toml`, or a listed one matches.
#[derive(Parser)]
#[command(name = "conformance")]
struct Arguments {
    /// The server: `postgresql://user@host:port/database`
    #[arg(long)]
    url: Server,
    /// A variable of scenarios that need one
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, String)>,
    /// Print one line for each scenario
    #[arg(long)]
    summary: bool,
    /// Take no difference for known
    #[arg(long)]
    strict: bool,
    /// How many seconds the answer to a step may take
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    patience: u64,
    /// Scenarios by name; all if none is named
    scenarios: Vec<String>,
}

fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("it has no `=`")?;
    Ok((name.to_owned(), value.to_owned()))
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether nothing differs that isn't known.
async fn run(arguments: Arguments) -> io::Result<bool> {
    let all = scenario::all()?;
    let known = if arguments.strict { Known::default() } else { Known::read(&all)? };
    if let Some(unknown) = arguments.scenarios.iter().find(|name| all.iter().all(|it| it.name != **name)) {
        return Err(io::Error::other(format!("there is no scenario `{unknown}`")));
    }
    let named = |name: &String| arguments.scenarios.is_empty() || arguments.scenarios.contains(name);
    let mut settings = Settings {
        server: arguments.url,
        variables: arguments.variables.into_iter().collect(),
        patience: Duration::from_secs(arguments.patience),
    };
    let mut upstream = None;
    let mut replays = Vec::new();
    let mut accepted = true;
    for scenario in all.iter().filter(|scenario| named(&scenario.name)) {
        if let Err(reason) = provide(&scenario.needs_vars, &mut settings.variables, &mut upstream).await {
            println!("skip {}: {reason}", scenario.name);
            continue;
        }
        let replay = replay(scenario, &settings).await?;
        let verdict = known.judge(&replay);
        if arguments.summary {
            println!("{}", report::summary(&replay, &verdict));
        } else {
            print!("{}", report::details(&replay, &verdict));
        }
        accepted &= verdict.is_accepted();
        replays.push(replay);
    }
    println!("{}", report::total(&replays));
    Ok(accepted)
}

/// Gives a scenario a PostgreSQL of its own if it needs one and none is given.
async fn provide(
    needed: &[String],
    variables: &mut BTreeMap<String, String>,
    upstream: &mut Option<Upstream>,
) -> Result<(), String> {
    if needed.iter().all(|name| variables.contains_key(name)) {
        return Ok(());
    }
    let installation = Installation::find().ok_or("the server programs of PostgreSQL are not installed")?;
    let started = installation.start().await.map_err(|error| error.to_string())?;
    variables.extend(started.variables());
    *upstream = Some(started);
    match needed.iter().find(|name| !variables.contains_key(*name)) {
        Some(missing) => Err(format!("it needs `--var {missing}=…`")),
        None => Ok(()),
    }
}
