//! What a run says while it goes on: a line for each phase, and with `--verbose` one for each step.

use std::time::Instant;

use mz_deploy_planner::plan::Action;
use mz_deploy_planner::view;

use super::terminal::Terminal;
use crate::run::driver::Progress;

/// Prints what happens in a run.
pub(super) fn printer(terminal: Terminal) -> impl FnMut(Progress<'_>) {
    let mut phase: Option<(String, usize, Instant)> = None;
    move |progress| match progress {
        Progress::Phase { name, steps } => {
            phase = Some((name.to_owned(), steps, Instant::now()));
            terminal.detail(format_args!("{name}"));
        }
        Progress::Waiting { step, since } => {
            let what = match &step.action {
                Action::Sql(sql) => sql.lines().next().unwrap_or_default().to_owned(),
                Action::Effect(effect) => view::effect_in_words(effect),
            };
            terminal.info(format_args!("… waiting since {} s: {what}", since.as_secs()));
        }
        Progress::Notice(notice) => terminal.remark(notice),
        Progress::Step { step, took, error } => {
            if let Action::Sql(sql) = &step.action {
                let sql = sql.split_whitespace().collect::<Vec<_>>().join(" ");
                terminal.detail(format_args!("  {sql}  ({} ms)", took.as_millis()));
            }
            let Some((name, left, began)) = &mut phase else { return };
            *left = left.saturating_sub(1);
            if error.is_some() {
                terminal.info(format_args!("✗ {name}"));
                phase = None;
            } else if *left == 0 {
                terminal.info(format_args!("✓ {name} in {:.1} s", began.elapsed().as_secs_f64()));
                phase = None;
            }
        }
    }
}
