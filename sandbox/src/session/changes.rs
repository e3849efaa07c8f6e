//! From two contents of a relation to the rows of a subscription.

use std::collections::{BTreeMap, BTreeSet};

use super::encode;
use crate::result::{Format, Row};

/// What a subscription's rows look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Rows say whether they are data or progress.
    pub(crate) progress: bool,
    /// `ENVELOPE UPSERT`: the positions of the key's columns in the relation.
    pub(crate) key: Option<Vec<usize>>,
    /// How many columns the relation has.
    pub(crate) width: usize,
    /// The formats of the subscription's columns, the first ones included.
    pub(crate) formats: Vec<Format>,
}

/// What a subscription has told its client, and what comes next.
#[derive(Clone, Debug)]
pub(crate) struct Changes {
    shape: Shape,
    told: BTreeMap<Row, i64>,
}

impl Changes {
    pub(crate) fn new(shape: Shape) -> Self {
        Self { shape, told: BTreeMap::new() }
    }

    /// The rows that lead from what was told to `rows`, all at `time`.
    pub(crate) fn advance(&mut self, time: u64, rows: Vec<Row>) -> Vec<Row> {
        let mut order = Vec::new();
        let mut now: BTreeMap<Row, i64> = BTreeMap::new();
        for row in rows {
            let count = now.entry(row.clone()).or_default();
            if *count == 0 {
                order.push(row);
            }
            *count += 1;
        }
        let gone = self.told.iter().filter(|(row, _)| !now.contains_key(*row));
        let mut diffs: Vec<(Row, i64)> = gone.map(|(row, count)| (row.clone(), -count)).collect();
        for row in order {
            let diff = now.get(&row).copied().unwrap_or(0) - self.told.get(&row).copied().unwrap_or(0);
            if diff != 0 {
                diffs.push((row, diff));
            }
        }
        let rows = match &self.shape.key {
            None => diffs.iter().map(|(row, diff)| self.diff_row(time, row, *diff)).collect(),
            Some(key) => self.upserts(time, key, &diffs, &now),
        };
        self.told = now;
        rows
    }

    /// Takes `rows` for told without telling them: a subscription without a snapshot.
    pub(crate) fn skip(&mut self, rows: Vec<Row>) {
        let told = self.told.clone();
        self.advance(0, rows);
        debug_assert!(told.is_empty(), "only a new subscription has no snapshot");
    }

    /// The row that says that nothing before `time` will come any more.
    pub(crate) fn progress(&self, time: u64) -> Option<Row> {
        self.shape.progress.then(|| {
            let mut row = self.head(time, true);
            row.resize(row.len() + 1 + self.shape.width, None);
            row
        })
    }

    fn head(&self, time: u64, progressed: bool) -> Row {
        let mut row = vec![Some(encode::numeric(time, self.format(0)))];
        if self.shape.progress {
            row.push(Some(encode::bool(progressed, self.format(1))));
        }
        row
    }

    fn format(&self, position: usize) -> Format {
        self.shape.formats.get(position).copied().unwrap_or_default()
    }

    fn diff_row(&self, time: u64, row: &Row, diff: i64) -> Row {
        let mut out = self.head(time, false);
        let format = self.format(out.len());
        out.push(Some(encode::int8(diff, format)));
        out.extend(row.iter().cloned());
        out
    }

    fn upserts(&self, time: u64, key: &[usize], diffs: &[(Row, i64)], now: &BTreeMap<Row, i64>) -> Vec<Row> {
        let key_of = |row: &Row| -> Row { key.iter().map(|at| row.get(*at).cloned().flatten()).collect() };
        let mut seen = BTreeSet::new();
        let keys = diffs.iter().map(|(row, _)| key_of(row)).filter(|key| seen.insert(key.clone()));
        keys.map(|values| {
            let mut current = now.iter().filter(|(row, _)| key_of(row) == values);
            let (state, row) = match (current.next(), current.next()) {
                (None, _) => ("delete", None),
                (Some((row, 1)), None) => ("upsert", Some(row)),
                _ => ("key_violation", None),
            };
            let mut out = self.head(time, false);
            out.push(Some(state.into()));
            out.extend(values);
            let others = (0..self.shape.width).filter(|at| !key.contains(at));
            out.extend(others.map(|at| row.and_then(|row| row.get(at).cloned().flatten())));
            out
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[&str]) -> Row {
        values.iter().map(|value| Some(value.as_bytes().to_vec())).collect()
    }

    fn changes(progress: bool, key: Option<Vec<usize>>) -> Changes {
        Changes::new(Shape { progress, key, width: 2, formats: Vec::new() })
    }

    #[test]
    fn a_snapshot_and_then_what_changed() {
        let mut changes = changes(false, None);
        let first = changes.advance(5, vec![row(&["1", "x"]), row(&["2", "y"]), row(&["2", "y"])]);
        assert_eq!(first, [row(&["5", "1", "1", "x"]), row(&["5", "2", "2", "y"])]);
        let second = changes.advance(6, vec![row(&["2", "y"]), row(&["1", "z"])]);
        assert_eq!(
            second,
            [row(&["6", "-1", "1", "x"]), row(&["6", "-1", "2", "y"]), row(&["6", "1", "1", "z"])]
        );
        assert!(changes.advance(7, vec![row(&["1", "z"]), row(&["2", "y"])]).is_empty());
    }

    #[test]
    fn without_a_snapshot_only_changes_are_told() {
        let mut changes = changes(false, None);
        changes.skip(vec![row(&["1", "x"])]);
        assert_eq!(changes.advance(6, Vec::new()), [row(&["6", "-1", "1", "x"])]);
    }

    #[test]
    fn progress_is_a_row_without_values() {
        let changes = changes(true, None);
        let progress = changes.progress(7).expect("progress was asked for");
        assert_eq!(progress, [Some(b"7".to_vec()), Some(b"t".to_vec()), None, None, None]);
    }

    #[test]
    fn upserts_tell_the_value_of_a_key_or_that_it_has_none() {
        let mut changes = changes(false, Some(vec![1]));
        let first = changes.advance(1, vec![row(&["a", "1"]), row(&["b", "2"])]);
        assert_eq!(first, [row(&["1", "upsert", "1", "a"]), row(&["1", "upsert", "2", "b"])]);
        let second = changes.advance(2, vec![row(&["c", "2"]), row(&["d", "2"])]);
        let mut violation = row(&["2", "key_violation", "2"]);
        violation.push(None);
        let mut delete = row(&["2", "delete", "1"]);
        delete.push(None);
        assert_eq!(second, [delete, violation]);
    }
}
