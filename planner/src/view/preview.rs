//! A plan with all that a page shows of it.

use serde::{Deserialize, Serialize};

use super::diagnostics::{DiagnosticsView, diagnostics as diagnostics_view};
use super::{TextOptions, plan_markdown, plan_sql, plan_text};
use crate::Compiled;
use crate::diagnostic::Diagnostic;
use crate::input::{StageOptions, read_deployed, read_live};
use crate::plan::Plan;

/// The name under which the snapshot of the last deployment appears in diagnostics.
const DEPLOYED: &str = "deployed.json";
/// The name under which the facts of the live catalog appear in diagnostics.
const LIVE: &str = "live.json";

/// A plan, or why there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PreviewView {
    /// The plan and its renderings; absent if there are errors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<PlannedView>,
    /// Problems of the project or of the snapshots.
    pub diagnostics: DiagnosticsView,
}

/// A plan and how it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedView {
    /// The plan.
    pub plan: Plan,
    /// For a terminal, without colours.
    pub text: String,
    /// For a pull request.
    pub markdown: String,
    /// As a script.
    pub sql: String,
}

/// Plans and renders. `deployed` and `live` are the texts of snapshot files, `text_of` finds the text of a project file.
pub fn preview<'a>(
    compiled: &Compiled,
    options: &StageOptions,
    deployed: Option<&'a str>,
    live: Option<&'a str>,
    text_of: impl Fn(&str) -> Option<&'a str>,
) -> PreviewView {
    let (plan, problems) = match plan(compiled, options, deployed, live) {
        Ok(plan) => (Some(plan), compiled.diagnostics.clone()),
        Err(problems) => (None, problems),
    };
    let text_of = |path: &str| match path {
        DEPLOYED => deployed,
        LIVE => live,
        _ => text_of(path),
    };
    PreviewView {
        planned: plan.map(|plan| PlannedView {
            text: plan_text(&plan, TextOptions::default()),
            markdown: plan_markdown(&plan),
            sql: plan_sql(&plan),
            plan,
        }),
        diagnostics: diagnostics_view(&problems, text_of),
    }
}

fn plan(
    compiled: &Compiled,
    options: &StageOptions,
    deployed: Option<&str>,
    live: Option<&str>,
) -> Result<Plan, Vec<Diagnostic>> {
    let deployed =
        deployed.map(|text| read_deployed(DEPLOYED, text)).transpose().map_err(|problem| vec![*problem])?;
    let live = live.map(|text| read_live(LIVE, text)).transpose().map_err(|problem| vec![*problem])?;
    compiled.plan_stage(deployed.as_ref(), live.as_ref(), options)
}
