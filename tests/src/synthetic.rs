//! Synthetic projects of any size: what benches and scale tests run on.
//!
//! A project is a layered graph. The first layer reads tables; every other object reads one to three objects of the
//! layer before it. Schemas hold about a hundred objects of one layer, a third of the objects are materialized views,
//! and half of the views have an index. The same shape and seed give the same project on every platform.

use std::fmt::Write as _;

use mz_deploy_planner::input::Sources;

/// The shape of a synthetic project.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Views and materialized views.
    pub objects: usize,
    /// Layers of the graph.
    pub layers: usize,
    /// Objects of one schema.
    pub schema_size: usize,
    /// Schemas of one cluster; 0 puts everything on one cluster.
    pub schemas_per_cluster: usize,
    /// Seeds the choice of inputs.
    pub seed: u64,
}

impl Shape {
    /// The usual shape with `objects` objects.
    pub fn of(objects: usize) -> Self {
        Self { objects, layers: 8, schema_size: 100, schemas_per_cluster: 4, seed: 7 }
    }
}

/// Tables that the first layer reads.
const TABLES: usize = 20;

/// The database of every object.
const DATABASE: &str = "app";

/// Builds the project.
pub fn project(shape: Shape) -> Sources {
    let mut random = fastrand::Rng::with_seed(shape.seed);
    let mut sources = Sources::new();
    sources.insert("project.toml", "mz_version = \"v26.23.0\"\n");
    for table in 0..TABLES {
        sources.insert(format!("models/{DATABASE}/raw/t{table:02}.sql"), table_sql(table));
    }
    for cluster in 0..=cluster_of(shape, schema_of(shape, shape.objects.saturating_sub(1))) {
        sources.insert(
            format!("clusters/compute{cluster:02}.sql"),
            format!("CREATE CLUSTER compute{cluster:02} (SIZE = '50cc', REPLICATION FACTOR = 1);\n"),
        );
    }
    for object in 0..shape.objects {
        let inputs = inputs(shape, object, &mut random);
        sources.insert(path(shape, object), object_sql(shape, object, &inputs));
    }
    sources
}

/// The file of an object, counted from 0 in the order of layers.
pub fn path(shape: Shape, object: usize) -> String {
    format!("models/{DATABASE}/{}/{}.sql", schema_name(schema_of(shape, object)), object_name(object))
}

/// The text of an object after an edit that changes its definition.
pub fn edited(text: &str) -> String {
    text.replace("f.amount > 10", "f.amount > 11")
}

fn object_name(object: usize) -> String {
    format!("o{object:05}")
}

fn schema_name(schema: usize) -> String {
    format!("s{schema:03}")
}

fn schema_of(shape: Shape, object: usize) -> usize {
    object / shape.schema_size.max(1)
}

fn cluster_of(shape: Shape, schema: usize) -> usize {
    schema.checked_div(shape.schemas_per_cluster).unwrap_or(0)
}

fn layer_of(shape: Shape, object: usize) -> usize {
    object * shape.layers / shape.objects.max(1)
}

/// The objects of the layer before, or tables.
fn inputs(shape: Shape, object: usize, random: &mut fastrand::Rng) -> Vec<String> {
    let count = random.usize(1..=3);
    let layer = layer_of(shape, object);
    let bound = |layer: usize| (layer * shape.objects).div_ceil(shape.layers);
    let mut names: Vec<String> = (0..count)
        .map(|_| {
            if layer == 0 {
                format!("raw.t{:02}", random.usize(..TABLES))
            } else {
                let input = random.usize(bound(layer - 1)..bound(layer));
                format!("{}.{}", schema_name(schema_of(shape, input)), object_name(input))
            }
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

fn table_sql(table: usize) -> String {
    format!(
        "CREATE TABLE t{table:02} (\n    id bigint NOT NULL,\n    customer text NOT NULL,\n    amount numeric(12, 2),\n    \
         created_at timestamptz\n);\n\nCOMMENT ON TABLE t{table:02} IS 'Rows of feed {table}.';\n"
    )
}

fn object_sql(shape: Shape, object: usize, inputs: &[String]) -> String {
    let name = object_name(object);
    let cluster = format!("compute{:02}", cluster_of(shape, schema_of(shape, object)));
    let materialized = object.is_multiple_of(3);
    let mut sql = format!("-- Model {object} of layer {}.\n", layer_of(shape, object));
    if materialized {
        let _ = writeln!(sql, "CREATE MATERIALIZED VIEW {name}\nIN CLUSTER {cluster} AS");
    } else {
        let _ = writeln!(sql, "CREATE VIEW {name} AS");
    }
    let first = inputs.first().map_or("raw.t00", String::as_str);
    let _ = writeln!(
        sql,
        "WITH filtered AS (\n    SELECT f.id, f.customer, f.amount, f.created_at\n    FROM {first} AS f\n    \
         WHERE f.amount > 10 AND f.created_at IS NOT NULL\n)\nSELECT\n    filtered.id,\n    filtered.customer,\n    \
         sum(filtered.amount) AS amount,\n    max(filtered.created_at) AS created_at\nFROM filtered"
    );
    for (i, input) in inputs.iter().enumerate().skip(1) {
        let _ = writeln!(sql, "LEFT JOIN {input} AS j{i} ON j{i}.id = filtered.id");
    }
    sql.push_str("GROUP BY filtered.id, filtered.customer;\n");
    if !materialized && object.is_multiple_of(2) {
        let _ = writeln!(sql, "\nCREATE INDEX {name}_idx IN CLUSTER {cluster} ON {name} (id);");
    }
    if object.is_multiple_of(10) {
        let kind = if materialized { "MATERIALIZED VIEW" } else { "VIEW" };
        let _ = writeln!(sql, "\nCOMMENT ON {kind} {name} IS 'Amounts by customer.';");
    }
    sql
}
