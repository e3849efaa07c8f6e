//! Whatever statements are sent, in whatever order.

use proptest::prelude::*;

use crate::catalog::{Catalog, Transaction};
use crate::plan::tests::world::{NOW, World, parse, plan};

const SCHEMAS: [&str; 4] = ["a", "b", "c", "public"];
const ITEMS: [&str; 4] = ["t", "v", "m", "w"];
const CLUSTERS: [&str; 3] = ["blue", "green", "quickstart"];
const ROLES: [&str; 3] = ["ann", "bob", "materialize"];

/// An item of a few, in a schema of a few.
fn item() -> impl Strategy<Value = String> {
    (prop::sample::select(&SCHEMAS[..]), prop::sample::select(&ITEMS[..]))
        .prop_map(|(s, i)| format!("{s}.{i}"))
}

fn one(of: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(of)
}

/// A statement. Many are refused: names are taken, things are missing or in use.
fn statement() -> impl Strategy<Value = String> {
    let kind = || one(&["TABLE", "VIEW", "MATERIALIZED VIEW", "INDEX"]);
    prop_oneof![
        2 => one(&SCHEMAS).prop_map(|s| format!("CREATE SCHEMA {s}")),
        2 => one(&CLUSTERS).prop_map(|c| format!("CREATE CLUSTER {c} (SIZE '25cc', REPLICATION FACTOR 2)")),
        1 => one(&ROLES).prop_map(|r| format!("CREATE ROLE {r}")),
        4 => item().prop_map(|i| format!("CREATE TABLE {i} (a int)")),
        4 => (item(), item()).prop_map(|(i, of)| format!("CREATE VIEW {i} AS SELECT a FROM {of}")),
        3 => (item(), one(&CLUSTERS), item(), item()).prop_map(|(i, c, x, y)| {
            format!("CREATE MATERIALIZED VIEW {i} IN CLUSTER {c} AS SELECT x.a FROM {x} AS x, {y} AS y")
        }),
        2 => (one(&CLUSTERS), item()).prop_map(|(c, i)| format!("CREATE INDEX IN CLUSTER {c} ON {i} (a)")),
        2 => (item(), item(), item()).prop_map(|(i, target, of)| {
            format!("CREATE REPLACEMENT MATERIALIZED VIEW {i} FOR {target} AS SELECT a FROM {of}")
        }),
        2 => (item(), item()).prop_map(|(i, r)| format!("ALTER MATERIALIZED VIEW {i} APPLY REPLACEMENT {r}")),
        1 => item().prop_map(|i| format!("CREATE OR REPLACE VIEW {i} AS SELECT 1 AS a")),
        1 => one(&ITEMS).prop_map(|i| format!("CREATE TEMPORARY VIEW {i} AS SELECT 1 AS a")),
        2 => (kind(), item(), one(&ITEMS)).prop_map(|(k, i, to)| format!("ALTER {k} {i} RENAME TO {to}")),
        2 => (one(&SCHEMAS), one(&SCHEMAS)).prop_map(|(a, b)| format!("ALTER SCHEMA {a} RENAME TO {b}")),
        2 => (one(&SCHEMAS), one(&SCHEMAS)).prop_map(|(a, b)| format!("ALTER SCHEMA {a} SWAP WITH {b}")),
        2 => (one(&CLUSTERS), one(&CLUSTERS)).prop_map(|(a, b)| format!("ALTER CLUSTER {a} SWAP WITH {b}")),
        1 => (one(&CLUSTERS), 0..4).prop_map(|(c, n)| format!("ALTER CLUSTER {c} SET (REPLICATION FACTOR {n})")),
        2 => (kind(), item(), one(&ROLES)).prop_map(|(k, i, r)| format!("ALTER {k} {i} OWNER TO {r}")),
        2 => (item(), one(&ROLES)).prop_map(|(i, r)| format!("GRANT SELECT ON {i} TO {r}, PUBLIC")),
        1 => (item(), one(&ROLES)).prop_map(|(i, r)| format!("REVOKE ALL ON {i} FROM {r}")),
        1 => (one(&ROLES), one(&ROLES)).prop_map(|(a, b)| format!("GRANT {a} TO {b}")),
        1 => (one(&SCHEMAS), one(&ROLES)).prop_map(|(s, r)| {
            format!("ALTER DEFAULT PRIVILEGES FOR ROLE materialize IN SCHEMA {s} GRANT SELECT ON TABLES TO {r}")
        }),
        2 => (kind(), item()).prop_map(|(k, i)| format!("COMMENT ON {k} {i} IS 'words'")),
        1 => item().prop_map(|i| format!("COMMENT ON COLUMN {i}.a IS 'words'")),
        2 => (kind(), item()).prop_map(|(k, i)| format!("DROP {k} {i} CASCADE")),
        1 => (kind(), item()).prop_map(|(k, i)| format!("DROP {k} {i}")),
        1 => one(&SCHEMAS).prop_map(|s| format!("DROP SCHEMA {s} CASCADE")),
        1 => one(&CLUSTERS).prop_map(|c| format!("DROP CLUSTER {c} CASCADE")),
        1 => one(&ROLES).prop_map(|r| format!("DROP ROLE {r}")),
        1 => one(&ROLES).prop_map(|r| format!("DROP OWNED BY {r} CASCADE")),
        1 => (one(&ROLES), one(&ROLES)).prop_map(|(a, b)| format!("REASSIGN OWNED BY {a} TO {b}")),
    ]
}

/// What must hold of every history: the invariants after each statement, that a refused one changes nothing, that a
/// catalog survives storage, and that its transactions make it again.
fn check(statements: &[String]) -> Result<(), TestCaseError> {
    let mut world = World::after(
        "CREATE SCHEMA a; CREATE SCHEMA b; CREATE ROLE ann; CREATE ROLE bob; GRANT ann TO materialize;
         CREATE CLUSTER blue (SIZE '25cc'); CREATE TABLE a.t (a int); CREATE VIEW a.v AS SELECT a FROM a.t;
         CREATE MATERIALIZED VIEW b.m AS SELECT a FROM a.v",
    );
    let start = world.catalog.clone();
    let mut journal = Vec::new();
    for sql in statements {
        let statement = parse(sql);
        let before = world.catalog.clone();
        let mut next = before.clone();
        let planned = plan(&statement, &mut next, &world.session);
        let planned = planned.ok_or_else(|| TestCaseError::fail(format!("no statement of DDL: {sql}")))?;
        if let Ok(planned) = planned
            && planned.requires.check(&before, world.session.role).is_ok()
        {
            let user = Some("materialize".to_owned());
            let transaction = Transaction { ops: planned.plan.ops, user, now: NOW };
            if next.apply(&transaction).is_ok() {
                prop_assert_eq!(next.check_invariants(), Ok(()), "after {}", sql);
                world.catalog = next;
                journal.push(transaction);
                continue;
            }
        }
        // A refused statement worked on a copy.
        prop_assert!(world.catalog == before, "{} was refused and changed the catalog", sql);
        prop_assert_eq!(world.catalog.check_invariants(), Ok(()), "after the refusal of {}", sql);
    }
    stored_and_read(&world.catalog)?;
    replayed(start, &journal, &world.catalog)
}

/// A catalog that was written and read is the same.
fn stored_and_read(catalog: &Catalog) -> Result<(), TestCaseError> {
    let text = serde_json::to_string(catalog).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let read: Catalog =
        serde_json::from_str(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let read = read.restored();
    prop_assert_eq!(read.check_invariants(), Ok(()));
    prop_assert!(read == *catalog);
    Ok(())
}

/// The journal holds transactions: with the ids that they carry they make the same catalog again.
fn replayed(mut catalog: Catalog, journal: &[Transaction], end: &Catalog) -> Result<(), TestCaseError> {
    for transaction in journal {
        let text =
            serde_json::to_string(transaction).map_err(|error| TestCaseError::fail(error.to_string()))?;
        let read: Transaction =
            serde_json::from_str(&text).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert!(catalog.apply(&read).is_ok(), "{:?}", read);
    }
    prop_assert!(catalog == *end, "the journal makes another catalog");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_history_keeps_the_catalog_whole(statements in prop::collection::vec(statement(), 1..40)) {
        check(&statements)?;
    }
}
