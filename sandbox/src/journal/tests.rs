//! Restarts, cuts, damage, full disks.

use std::fs;
use std::path::Path;

use mz_deploy_planner::name::Ident;
use proptest::prelude::*;
use tempfile::TempDir;

use super::frame::{self, Flaw};
use super::{
    CatalogChange, ClockChange, Entry, Journal, JournalError, Restored, RowChange, Snapshot, TableRows, Write,
};
use crate::catalog::{Catalog, DatabaseId, ItemId, Op, RoleId, SchemaId, Transaction};
use crate::error::SqlError;
use crate::source::Progress;

fn entry(n: u64) -> Entry {
    let op = Op::CreateDatabase {
        id: DatabaseId::User(n),
        name: Ident::new(format!("d{n}")),
        owner: RoleId::User(1),
        public_schema: SchemaId::User(100 + n),
    };
    let transaction = Transaction { ops: vec![op], user: Some("materialize".to_owned()), now: n };
    let row = |text: &str, count| RowChange { row: vec![Some(text.to_owned()), None], count };
    Entry {
        catalog: Some(CatalogChange { transaction, next: Catalog::bootstrap().next.clone() }),
        secrets: vec![(ItemId::User(n), b"secret".to_vec())],
        writes: vec![Write { table: ItemId::User(n), changes: vec![row("it's", 2), row("gone", -1)] }],
        sources: vec![(ItemId::User(n), Progress { start: n, next: 1 })],
        clock: Some(ClockChange::Held(n)),
    }
}

fn open(folder: &Path) -> (Journal, Restored) {
    Journal::open(folder).expect("the directory is sound")
}

fn entries(folder: &Path) -> Vec<Entry> {
    open(folder).1.entries
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

#[test]
fn what_was_acknowledged_is_there_after_a_restart() {
    let folder = folder();
    let (mut journal, restored) = open(folder.path());
    assert_eq!(restored, Restored::default());
    journal.append(&entry(1)).expect("there is room");
    drop(journal);
    let (mut journal, restored) = open(folder.path());
    assert_eq!(restored.entries, [entry(1)]);
    journal.append(&entry(2)).expect("there is room");
    drop(journal);
    assert_eq!(entries(folder.path()), [entry(1), entry(2)]);
}

#[test]
fn a_directory_has_one_server() {
    let folder = folder();
    let first = open(folder.path());
    let problem = Journal::open(folder.path()).expect_err("it is in use");
    assert!(matches!(problem, JournalError::InUse(_)), "{problem}");
    drop(first);
    open(folder.path());
}

#[test]
fn a_record_that_was_cut_off_is_dropped_and_written_over() {
    let folder = folder();
    let (mut journal, _) = open(folder.path());
    journal.append(&entry(1)).expect("there is room");
    journal.append(&entry(2)).expect("there is room");
    drop(journal);
    let log = folder.path().join("log-0");
    let bytes = fs::read(&log).expect("the log");
    fs::write(&log, bytes.get(..bytes.len() - 1).expect("it is not empty")).expect("there is room");
    let (mut journal, restored) = open(folder.path());
    assert_eq!(restored.entries, [entry(1)]);
    journal.append(&entry(3)).expect("there is room");
    drop(journal);
    assert_eq!(entries(folder.path()), [entry(1), entry(3)]);
}

#[test]
fn damage_before_the_end_is_an_error() {
    let folder = folder();
    let (mut journal, _) = open(folder.path());
    journal.append(&entry(1)).expect("there is room");
    journal.append(&entry(2)).expect("there is room");
    drop(journal);
    let log = folder.path().join("log-0");
    let mut bytes = fs::read(&log).expect("the log");
    *bytes.get_mut(frame::HEADER + 20).expect("in the first record") ^= 1;
    fs::write(&log, bytes).expect("there is room");
    let problem = Journal::open(folder.path()).expect_err("it is damaged");
    assert!(problem.to_string().ends_with("log-0` is damaged at byte 12"), "{problem}");
}

#[test]
fn other_formats_are_refused() {
    for (change, words) in [(1, "a later version"), (-1, "an earlier version")] {
        let folder = folder();
        drop(open(folder.path()));
        let log = folder.path().join("log-0");
        let mut bytes = fs::read(&log).expect("the log");
        let version = bytes.get_mut(8).expect("the version");
        *version = version.wrapping_add_signed(change);
        let format = *version;
        fs::write(&log, bytes).expect("there is room");
        let problem = Journal::open(folder.path()).expect_err("it is of another version").to_string();
        assert!(problem.contains(&format!("was written by {words} (format {format})")), "{problem}");
    }
}

#[test]
fn what_does_not_fit_on_the_disk_leaves_no_trace() {
    let folder = folder();
    let (mut journal, _) = open(folder.path());
    journal.append(&entry(1)).expect("there is room");
    journal.full_disk().set(true);
    let problem: SqlError = journal.append(&entry(2)).expect_err("the disk is full").into();
    assert_eq!(problem.code.0, "53100");
    journal.compact(&Snapshot::default()).expect_err("the disk is full");
    journal.full_disk().set(false);
    journal.append(&entry(3)).expect("there is room again");
    drop(journal);
    assert_eq!(entries(folder.path()), [entry(1), entry(3)]);
}

#[test]
fn a_snapshot_stands_for_the_log_before_it() {
    let folder = folder();
    let (mut journal, _) = open(folder.path());
    journal.append(&entry(1)).expect("there is room");
    let rows = vec![vec![Some("1".to_owned())], vec![None]];
    let snapshot = Snapshot {
        catalog: Catalog::bootstrap(),
        secrets: [(ItemId::User(1), b"secret".to_vec())].into(),
        tables: vec![TableRows { table: ItemId::User(1), rows }],
        sources: [(ItemId::User(2), Progress { start: 1, next: 7 })].into(),
        ..Snapshot::default()
    };
    journal.compact(&snapshot).expect("there is room");
    journal.append(&entry(2)).expect("there is room");
    drop(journal);
    let (_, restored) = open(folder.path());
    assert_eq!(restored.entries, [entry(2)]);
    let found = restored.snapshot.expect("it was written");
    assert_eq!(
        (&found.secrets, &found.tables, &found.sources),
        (&snapshot.secrets, &snapshot.tables, &snapshot.sources)
    );
    let catalog = found.catalog.restored();
    assert_eq!(catalog, snapshot.catalog);
    assert!(!folder.path().join("log-0").exists());
}

#[test]
fn a_snapshot_that_was_not_finished_does_not_count() {
    let folder = folder();
    let (mut journal, _) = open(folder.path());
    journal.append(&entry(1)).expect("there is room");
    drop(journal);
    fs::write(folder.path().join("snapshot.new"), b"mzsa").expect("there is room");
    fs::write(folder.path().join("log-1"), b"mzsandbx").expect("there is room");
    assert_eq!(entries(folder.path()), [entry(1)]);
    assert!(!folder.path().join("snapshot.new").exists());
}

#[test]
fn writes_are_statements_of_the_engine() {
    let row = |values: &[Option<&str>], count| RowChange {
        row: values.iter().map(|value| value.map(str::to_owned)).collect(),
        count,
    };
    let changes = vec![row(&[Some("it's"), None], 2), row(&[Some("x"), None], -1)];
    let write = Write { table: ItemId::User(5), changes };
    assert_eq!(
        write.sql(),
        [
            "INSERT INTO data.\"u5\" VALUES ('it''s', NULL), ('it''s', NULL)",
            "DELETE FROM data.\"u5\" WHERE ctid = ANY (ARRAY(SELECT t.ctid FROM data.\"u5\" t \
             WHERE t IS NOT DISTINCT FROM ROW('x', NULL)::data.\"u5\" LIMIT 1))",
        ]
    );
    let empty = TableRows { table: ItemId::User(5), rows: vec![vec![], vec![]] };
    let expected = "INSERT INTO data.\"u5\" SELECT FROM pg_catalog.generate_series(1, 2)";
    assert_eq!(empty.sql().as_deref(), Some(expected));
}

fn log(entries: &[Entry]) -> Vec<u8> {
    entries.iter().flat_map(|entry| frame::encode(entry).expect("it is small")).collect()
}

fn some_entries() -> impl Strategy<Value = Vec<Entry>> {
    let full = (1_u64..1000).prop_map(entry);
    let small = prop::collection::vec(any::<u8>(), 0..40)
        .prop_map(|value| Entry { secrets: vec![(ItemId::User(1), value)], ..Entry::default() });
    prop::collection::vec(prop_oneof![full, small], 0..6)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Wherever the bytes end, what comes back is what was written first, and all that was written whole.
    #[test]
    fn any_prefix_of_the_bytes_is_a_prefix_of_the_entries(entries in some_entries(), cut in any::<prop::sample::Index>()) {
        let bytes = log(&entries);
        let cut = cut.index(bytes.len() + 1);
        let (found, read) = frame::decode::<Entry>(bytes.get(..cut).expect("in bounds")).expect("cut, not damaged");
        prop_assert_eq!(Some(found.as_slice()), entries.get(..found.len()));
        prop_assert_eq!(read, log(&found).len());
        let next = entries.get(found.len()).map(|next| log(std::slice::from_ref(next)).len());
        prop_assert!(next.is_none_or(|next| read + next > cut));
    }

    /// A byte that is another one is noticed, unless it is in the last record, which then counts as cut off.
    #[test]
    fn damage_is_noticed(entries in some_entries(), at in any::<prop::sample::Index>(), flip in 1_u8..) {
        prop_assume!(!entries.is_empty());
        let mut bytes = log(&entries);
        let at = at.index(bytes.len());
        let last = bytes.len() - log(entries.get(entries.len() - 1..).expect("not empty")).len();
        *bytes.get_mut(at).expect("in bounds") ^= flip;
        match frame::decode::<Entry>(&bytes) {
            Err(Flaw::Damaged(position)) => prop_assert!(position <= at),
            Err(Flaw::Newer(_) | Flaw::Older(_)) => prop_assert!(false, "records have no version"),
            Ok((found, _)) => {
                prop_assert!(at >= last, "damage at {at} of {last} went unnoticed");
                prop_assert_eq!(Some(found.as_slice()), entries.get(..entries.len() - 1));
            }
        }
    }
}
