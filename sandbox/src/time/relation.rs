//! The system relations that the simulation fills, and changes of their rows.

use std::collections::BTreeMap;
use std::fmt::Write;

/// A row: each value as text, `None` for NULL.
pub type TextRow = Vec<Option<String>>;

/// A relation that the simulation fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Relation {
    /// `schema.name`
    pub name: &'static str,
    /// The column that says what a row is about.
    pub key: &'static str,
    /// Its position, from 0.
    pub(super) key_position: usize,
}

macro_rules! relations {
    ($($constant:ident $name:literal $key:literal $position:literal)*) => {
        impl Relation {
            $(pub(super) const $constant: Self = Self { name: $name, key: $key, key_position: $position };)*

            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$constant),*];
        }
    };
}

relations! {
    CLUSTER_REPLICA_FRONTIERS "mz_catalog.mz_cluster_replica_frontiers" "object_id" 0
    CLUSTER_REPLICA_METRICS "mz_internal.mz_cluster_replica_metrics" "replica_id" 0
    CLUSTER_REPLICA_STATUS_HISTORY "mz_internal.mz_cluster_replica_status_history" "replica_id" 0
    CLUSTER_REPLICA_UTILIZATION "mz_internal.mz_cluster_replica_utilization" "replica_id" 0
    COMPUTE_DEPENDENCIES "mz_internal.mz_compute_dependencies" "object_id" 0
    COMPUTE_HYDRATION_TIMES "mz_internal.mz_compute_hydration_times" "object_id" 1
    COMPUTE_OPERATOR_HYDRATION_STATUSES "mz_internal.mz_compute_operator_hydration_statuses" "object_id" 1
    FRONTIERS "mz_internal.mz_frontiers" "object_id" 0
    MATERIALIZATION_LAG "mz_internal.mz_materialization_lag" "object_id" 0
    SINK_STATISTICS "mz_internal.mz_sink_statistics" "id" 0
    SINK_STATUS_HISTORY "mz_internal.mz_sink_status_history" "sink_id" 1
    SINK_STATUSES "mz_internal.mz_sink_statuses" "id" 0
    SOURCE_STATISTICS "mz_internal.mz_source_statistics" "id" 0
    SOURCE_STATUS_HISTORY "mz_internal.mz_source_status_history" "source_id" 1
    SOURCE_STATUSES "mz_internal.mz_source_statuses" "id" 0
    WALLCLOCK_LAG_HISTORY "mz_internal.mz_wallclock_lag_history" "object_id" 0
}

/// The rows of every relation, by what they are about.
pub(super) type Contents = BTreeMap<Relation, BTreeMap<String, Vec<TextRow>>>;

/// Rows of one relation that are other ones now: all rows about `keys` are replaced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which relation.
    pub relation: Relation,
    /// What is no longer as it was.
    pub keys: Vec<String>,
    /// All rows about these.
    pub rows: Vec<TextRow>,
}

impl Change {
    /// The statements that make it in the engine, where the relation is `base."schema.name"`.
    pub fn sql(&self) -> Vec<String> {
        let table = format!("base.\"{}\"", self.relation.name);
        let keys: Vec<String> = self.keys.iter().map(|key| literal(key)).collect();
        let mut statements =
            vec![format!("DELETE FROM {table} WHERE \"{}\" IN ({})", self.relation.key, keys.join(", "))];
        if !self.rows.is_empty() {
            let mut insert = format!("INSERT INTO {table} VALUES ");
            for (n, row) in self.rows.iter().enumerate() {
                let values: Vec<String> =
                    row.iter().map(|value| value.as_deref().map_or("NULL".to_owned(), literal)).collect();
                let separator = if n == 0 { "" } else { ", " };
                // Writing to a string can't fail.
                let _ = write!(insert, "{separator}({})", values.join(", "));
            }
            statements.push(insert);
        }
        statements
    }
}

/// A literal for `standard_conforming_strings`, which are `PostgreSQL`'s default.
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// What is other in `new` than in `old`.
pub(super) fn difference(old: &Contents, new: &Contents) -> Vec<Change> {
    let nothing = BTreeMap::new();
    let mut changes = Vec::new();
    for relation in Relation::ALL {
        let before = old.get(relation).unwrap_or(&nothing);
        let after = new.get(relation).unwrap_or(&nothing);
        let gone = before.keys().filter(|key| !after.contains_key(*key));
        let other = after.iter().filter(|(key, rows)| before.get(*key) != Some(*rows)).map(|(key, _)| key);
        let keys: Vec<String> = gone.chain(other).cloned().collect();
        if !keys.is_empty() {
            let rows = keys.iter().filter_map(|key| after.get(key)).flatten().cloned().collect();
            changes.push(Change { relation: *relation, keys, rows });
        }
    }
    changes
}
