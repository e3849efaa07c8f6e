//! The dependencies of a project as a picture: Graphviz, Mermaid, JSON.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::compile::clusters_of;
use super::words::one_line;
use crate::name::{Ident, ObjectName, SchemaName};
use crate::project::{ObjectKind, Project};
use crate::source::FilePath;

/// The version of the format of graphs.
pub const GRAPH_FORMAT: u32 = 1;

/// Objects, and which of them reads which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct GraphView {
    /// Version of the format: 1.
    pub format: u32,
    /// Objects of the project and what they use from outside, sorted by name. The server's own objects are left out.
    pub nodes: Vec<NodeView>,
    /// Sorted.
    pub edges: Vec<EdgeView>,
}

/// An object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct NodeView {
    /// Its name.
    pub name: ObjectName,
    /// What it is; absent outside the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ObjectKind>,
    /// Its file; absent outside the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<FilePath>,
    /// Where it and its indexes run, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<Ident>,
}

/// The way of the data: `to` reads `from`. Both are positions in the list of nodes, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct EdgeView {
    /// What is read.
    pub from: usize,
    /// What reads it.
    pub to: usize,
}

/// The graph of a project.
pub fn graph(project: &Project) -> GraphView {
    let mut nodes: BTreeMap<&ObjectName, NodeView> = BTreeMap::new();
    for object in &project.objects {
        for dependency in object.dependencies.iter().filter(|d| !d.name.schema.is_system()) {
            let outside =
                || NodeView { name: dependency.name.clone(), kind: None, path: None, clusters: Vec::new() };
            nodes.entry(&dependency.name).or_insert_with(outside);
        }
    }
    for object in &project.objects {
        let node = NodeView {
            name: object.name.clone(),
            kind: Some(object.kind),
            path: Some(object.path.clone()),
            clusters: clusters_of(object).into_iter().cloned().collect(),
        };
        nodes.insert(&object.name, node);
    }
    let positions: BTreeMap<&ObjectName, usize> = nodes.keys().copied().zip(0..).collect();
    let mut edges: Vec<EdgeView> = Vec::new();
    for object in &project.objects {
        let Some(&to) = positions.get(&object.name) else { continue };
        let reads = object.dependencies.iter().filter_map(|dependency| positions.get(&dependency.name));
        edges.extend(reads.map(|&from| EdgeView { from, to }));
    }
    edges.sort_unstable();
    edges.dedup();
    GraphView { format: GRAPH_FORMAT, nodes: nodes.into_values().collect(), edges }
}

/// Nodes with their positions, by schema.
fn by_schema(graph: &GraphView) -> BTreeMap<&SchemaName, Vec<(usize, &NodeView)>> {
    let mut schemas: BTreeMap<&SchemaName, Vec<(usize, &NodeView)>> = BTreeMap::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        schemas.entry(&node.name.schema).or_default().push((at, node));
    }
    schemas
}

/// The graph in the language of Graphviz.
pub fn graph_dot(graph: &GraphView) -> String {
    let mut dot = String::from("digraph project {\n  rankdir=LR;\n  node [shape=box];\n");
    for (i, (schema, nodes)) in by_schema(graph).into_iter().enumerate() {
        // Graphviz draws a frame around subgraphs whose name starts with `cluster`.
        let _ = writeln!(dot, "  subgraph cluster_{i} {{\n    label={};", DotString(&schema.to_string()));
        for (at, node) in nodes {
            let label = DotString(&node.name.name.to_string()).to_string();
            let _ = writeln!(dot, "    n{at} [label={label}, {}];", dot_style(node.kind));
        }
        dot.push_str("  }\n");
    }
    for edge in &graph.edges {
        let _ = writeln!(dot, "  n{} -> n{};", edge.from, edge.to);
    }
    dot.push_str("}\n");
    dot
}

fn dot_style(kind: Option<ObjectKind>) -> &'static str {
    match kind {
        Some(ObjectKind::View) => "style=rounded",
        Some(ObjectKind::MaterializedView) => "style=\"rounded,bold\"",
        Some(ObjectKind::Table | ObjectKind::TableFromSource | ObjectKind::Source) => "shape=cylinder",
        Some(ObjectKind::Sink) => "shape=cds",
        Some(ObjectKind::Connection | ObjectKind::Secret) => "shape=component",
        None => "style=dashed",
    }
}

/// A quoted string of Graphviz. A backslash would start one of its own escapes.
struct DotString<'a>(&'a str);

impl std::fmt::Display for DotString<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "\"{}\"", one_line(self.0).replace('\\', "\\\\").replace('"', "\\\""))
    }
}

/// The graph in the language of Mermaid, which GitHub shows as a picture.
pub fn graph_mermaid(graph: &GraphView) -> String {
    let mut text = String::from("flowchart LR\n");
    for (i, (schema, nodes)) in by_schema(graph).into_iter().enumerate() {
        let _ = writeln!(text, "  subgraph s{i}[\"{}\"]", MermaidText(&schema.to_string()));
        for (at, node) in nodes {
            let (open, close) = mermaid_shape(node.kind);
            let label = MermaidText(&node.name.name.to_string()).to_string();
            let _ = writeln!(text, "    n{at}{open}\"{label}\"{close}");
        }
        text.push_str("  end\n");
    }
    for edge in &graph.edges {
        let _ = writeln!(text, "  n{} --> n{}", edge.from, edge.to);
    }
    text
}

fn mermaid_shape(kind: Option<ObjectKind>) -> (&'static str, &'static str) {
    match kind {
        Some(ObjectKind::View) => ("(", ")"),
        Some(ObjectKind::MaterializedView) => ("[", "]"),
        Some(ObjectKind::Table | ObjectKind::TableFromSource | ObjectKind::Source) => ("[(", ")]"),
        Some(ObjectKind::Sink) => (">", "]"),
        Some(ObjectKind::Connection | ObjectKind::Secret) => ("[[", "]]"),
        None => ("{{", "}}"),
    }
}

/// A label of Mermaid, in which everything that it or a browser could read as markup is an entity.
struct MermaidText<'a>(&'a str);

impl std::fmt::Display for MermaidText<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        one_line(self.0).chars().try_for_each(|c| match c {
            ' ' | '.' | '_' | '-' => f.write_char(c),
            c if c.is_alphanumeric() => f.write_char(c),
            c => write!(f, "#{};", u32::from(c)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> GraphView {
        let node = |name: ObjectName, kind| NodeView { name, kind, path: None, clusters: Vec::new() };
        GraphView {
            format: GRAPH_FORMAT,
            nodes: vec![
                node(ObjectName::new("app", "core", "a\"]\\\n<b>"), Some(ObjectKind::View)),
                node(ObjectName::new("app", "core", "totals"), Some(ObjectKind::MaterializedView)),
                node(ObjectName::new("app", "raw", "orders"), None),
            ],
            edges: vec![EdgeView { from: 1, to: 0 }, EdgeView { from: 2, to: 1 }],
        }
    }

    #[test]
    fn graphviz_groups_by_schema_and_escapes_names() {
        assert_eq!(
            graph_dot(&sample()),
            r#"digraph project {
  rankdir=LR;
  node [shape=box];
  subgraph cluster_0 {
    label="app.core";
    n0 [label="\"a\"\"]\\ <b>\"", style=rounded];
    n1 [label="totals", style="rounded,bold"];
  }
  subgraph cluster_1 {
    label="app.raw";
    n2 [label="orders", style=dashed];
  }
  n1 -> n0;
  n2 -> n1;
}
"#
        );
    }

    #[test]
    fn mermaid_groups_by_schema_and_holds_no_markup() {
        assert_eq!(
            graph_mermaid(&sample()),
            r##"flowchart LR
  subgraph s0["app.core"]
    n0("#34;a#34;#34;#93;#92; #60;b#62;#34;")
    n1["totals"]
  end
  subgraph s1["app.raw"]
    n2{{"orders"}}
  end
  n1 --> n0
  n2 --> n1
"##
        );
    }
}
