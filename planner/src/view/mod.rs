//! What leaves the planner: serialised shapes, versioned, and texts for people.

mod compile;
mod diagnostics;
mod diff;
mod graph;
mod infrastructure;
mod navigate;
mod outline;
mod plan_json;
mod plan_markdown;
mod plan_sql;
mod plan_text;
mod words;

pub use compile::{ClusterView, InfrastructureView, ObjectView, PROJECT_FORMAT, ProjectView, project};
pub use diagnostics::{
    DIAGNOSTICS_FORMAT, DiagnosticView, DiagnosticsView, FixView, LabelView, Point, diagnostics,
};
pub use graph::{EdgeView, GRAPH_FORMAT, GraphView, NodeView, graph, graph_dot, graph_mermaid};
pub use navigate::{
    At, Codebase, ColumnView, CompletionKind, CompletionView, CompletionsView, FileMove, HoverView,
    RenameView, SymbolKind, SymbolView, completions, definition, find_symbols, hover, references, rename,
    rename_file, symbols,
};
pub use outline::{
    ChangeRow, ChangeView, OUTLINE_FORMAT, OutlineView, PhaseRow, PreviewView, ProfileView, ReasonView,
    ScopeRow, StepPlace, StepView, change, outline, step,
};
pub use plan_json::{plan_json, read_plan, to_json};
pub use plan_markdown::plan_markdown;
pub use plan_sql::plan_sql;
pub use plan_text::{TextOptions, plan_text};
pub use words::effect as effect_in_words;
