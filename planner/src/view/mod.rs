//! What leaves the planner: serialised shapes, versioned, and texts for people.

mod diagnostics;

pub use diagnostics::{DiagnosticView, DiagnosticsView, FixView, LabelView, Point, diagnostics};
