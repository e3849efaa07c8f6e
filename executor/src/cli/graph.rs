//! `mz-deploy graph`

use mz_deploy_planner::view;

use super::arguments::{Global, GraphFormat, GraphOptions, Output};
use super::terminal::{self, Terminal};
use super::{load, sound};
use crate::host::Failure;

pub(super) fn run(global: &Global, options: GraphOptions, terminal: Terminal) -> Result<(), Failure> {
    let loaded = load(global, terminal)?;
    let loaded = sound(loaded, global, terminal)?;
    let graph = view::graph(&loaded.compiled.project);
    let default = if global.output() == Output::Json { GraphFormat::Json } else { GraphFormat::Dot };
    terminal::print_result(&match options.format.unwrap_or(default) {
        GraphFormat::Dot => view::graph_dot(&graph),
        GraphFormat::Json => view::to_json(&graph),
        GraphFormat::Mermaid => view::graph_mermaid(&graph),
    })
}
