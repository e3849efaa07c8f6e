//! A plan as a file: saved, reviewed, and read back to be executed.

use serde::Serialize;

use crate::diagnostic::Diagnostic;
use crate::input;
use crate::plan::Plan;

/// The plan as JSON: indented, with a line end at the end.
pub fn plan_json(plan: &Plan) -> String {
    to_json(plan)
}

/// Reads a plan file. `path` is for the error.
pub fn read_plan(path: &str, text: &str) -> Result<Plan, Box<Diagnostic>> {
    input::read(path, text)
}

/// One of the planner's values as JSON for people and tools: indented, with a line end at the end.
#[expect(clippy::missing_panics_doc, reason = "the planner's own types always serialise")]
pub fn to_json(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value)
        .expect("maps have string keys, and nothing else can fail in memory");
    text.push('\n');
    text
}
