//! `mz-deploy wait`, and the waiting of `promote`.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Duration;

use super::arguments::deployment::WaitOptions;
use super::arguments::{Global, Output};
use super::connect::{block_on, connect, listen};
use super::terminal::{Terminal, error_colour, print_result};
use crate::deploy::{Change, Ready, Wish};
use crate::host::{Failure, Interrupt};
use crate::hydration::dashboard::{Dashboard, Form, once_document};
use crate::hydration::line::{LineOptions, line, summary};
use crate::hydration::watch::{Event, Outcome};
use crate::hydration::{Readiness, Verdict};

pub(super) fn run(global: &Global, options: &WaitOptions, terminal: Terminal) -> Result<(), Failure> {
    let deploy_id = options.deployment.deploy_id.as_str();
    block_on(async {
        let session = connect(global, terminal).await?;
        let wish = Wish::Promote(mz_deploy_planner::plan::PromoteOptions::default());
        let change = Change::find(&session, deploy_id, wish).await?;
        change.check_is_open()?;
        let ready = change.ready(options.lag.allowed_lag);
        if options.once {
            return once(&ready, global, terminal).await;
        }
        let interrupt = listen(terminal)?;
        until_ready(&ready, options.timeout, &interrupt, global, terminal).await
    })
}

/// Looks once, and fails unless it is ready.
pub(super) async fn once(ready: &Ready<'_>, global: &Global, terminal: Terminal) -> Result<(), Failure> {
    let readiness = ready.look().await?;
    if global.output() == Output::Json {
        print_result(&once_document(ready.deploy_id, &readiness))?;
    } else {
        show(&readiness, terminal);
    }
    match readiness.verdict() {
        Verdict::Ready => Ok(()),
        Verdict::NotReady => Err(ready.failure(Some(&readiness), Outcome::Ready)),
        Verdict::Failing => Err(ready.failure(Some(&readiness), Outcome::Failing)),
    }
}

fn show(readiness: &Readiness, terminal: Terminal) {
    let options = LineOptions::of(readiness, mz_deploy_planner::diagnostic::text::Colour::Plain);
    for cluster in &readiness.clusters {
        terminal.info(line(cluster, options, None));
    }
    terminal.info(summary(readiness));
}

/// Waits, and shows how far it is.
pub(super) async fn until_ready(
    ready: &Ready<'_>,
    timeout: Option<Duration>,
    interrupt: &Interrupt,
    global: &Global,
    terminal: Terminal,
) -> Result<(), Failure> {
    let (form, out): (Form, Box<dyn Write>) = match global.output() {
        Output::Json => (Form::Json, Box::new(io::stdout())),
        _ if global.quiet => (Form::Lines, Box::new(io::sink())),
        _ if io::stderr().is_terminal() => (Form::Live, Box::new(io::stderr())),
        _ => (Form::Lines, Box::new(io::stderr())),
    };
    let mut dashboard = Dashboard::new(form, ready.deploy_id, error_colour(), out);
    let tell = |at: Duration, event: Event<'_>| {
        match event {
            Event::Changed(readiness) => {
                if dashboard.show(readiness, at).is_err() {
                    return ControlFlow::Break(());
                }
            }
            Event::Waited => dashboard.tick(at),
            Event::Polling(error) => terminal.detail(format_args!("asking again and again: {error}")),
            Event::Reconnecting(error) => terminal.info(format_args!("connecting again: {error}")),
        }
        if interrupt.is_requested() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let watched = ready.wait(timeout, tell).await?;
    drop(dashboard.finish());
    match watched.outcome {
        Outcome::Ready => {
            terminal.info(format_args!("✓ {} is ready", ready.deploy_id));
            Ok(())
        }
        outcome => Err(ready.failure(watched.readiness.as_ref(), outcome)),
    }
}
