//! What commands print with `--output json`: one document a line.
//!
//! The keys are those of the tool that came before, so that scripts written for it go on working. Every document that is an
//! object has a `status` as well, [`Status`]; a list is an array, and has none. What a document says is also printed as
//! text, by the functions beside it. Plans, projects and graphs are documents of the planner, with versions and schemas of
//! their own.

pub(super) mod apply;
pub(super) mod environment;
mod error;
#[cfg(test)]
pub(super) mod example;
pub(super) mod history;
pub(super) mod history_text;
pub(super) mod promotion;
pub(super) mod stage;
mod staged;
mod status;

pub(super) use error::ErrorDocument;
pub(super) use status::{Status, StatusDocument};

use serde::Serialize;

use super::terminal::print_result;
use crate::host::Failure;

/// Prints a document on a line of its own.
pub(super) fn print(document: &impl Serialize) -> Result<(), Failure> {
    let mut line = serde_json::to_string(document)
        .map_err(|error| Failure::new(format!("can't print the result as JSON: {error}")))?;
    line.push('\n');
    print_result(&line)
}
