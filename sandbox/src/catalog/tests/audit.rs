//! The events of the audit log.

use serde_json::{Value, json};

use crate::plan::tests::world::World;

/// The events of a statement: type, type of object, details.
fn events(world: &mut World, sql: &str) -> Vec<(String, String, Value)> {
    let (_, effects) = world.effects(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    assert!(effects.events.iter().all(|event| event.user.as_deref() == Some("materialize")));
    assert!(effects.events.is_sorted_by_key(|event| event.id));
    effects.events.into_iter().map(|event| (event.event_type, event.object_type, event.details)).collect()
}

fn event(event_type: &str, object_type: &str, details: Value) -> (String, String, Value) {
    (event_type.to_owned(), object_type.to_owned(), details)
}

#[test]
fn making_and_dropping_is_recorded_by_id_and_name() {
    let mut world = World::new();
    assert_eq!(
        events(&mut world, "CREATE DATABASE d"),
        [
            event("create", "database", json!({"id": "u2", "name": "d"})),
            event("create", "schema", json!({"id": "u9", "name": "public", "database_name": "d"})),
        ]
    );
    let item = |item: &str| json!({"id": "u1", "database": "materialize", "schema": "public", "item": item});
    assert_eq!(events(&mut world, "CREATE TABLE t (a int)"), [event("create", "table", item("t"))]);
    assert_eq!(events(&mut world, "DROP TABLE t"), [event("drop", "table", item("t"))]);
    let made = events(&mut world, "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a");
    assert_eq!(made.first().map(|(_, kind, _)| kind.as_str()), Some("materialized-view"));
    assert_eq!(made.first().map(|(_, _, details)| &details["cluster_id"]), Some(&json!("u1")));
}

#[test]
fn a_cluster_is_recorded_with_its_replicas() {
    let mut world = World::new();
    let made = events(&mut world, "CREATE CLUSTER c (SIZE '25cc')");
    let kinds: Vec<&str> = made.iter().map(|(_, kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["cluster", "cluster-replica"]);
    let (_, _, replica) = made.get(1).expect("two events");
    assert_eq!(
        *replica,
        json!({
            "cluster_id": "u2", "cluster_name": "c", "replica_id": "u2", "replica_name": "r1",
            "logical_size": "25cc", "disk": true, "billed_as": null, "internal": false, "reason": "manual",
        })
    );
}

#[test]
fn renames_have_both_names() {
    let mut world = World::after("CREATE TABLE t (a int); CREATE SCHEMA s; CREATE CLUSTER c (SIZE '25cc')");
    let name = |item: &str| json!({"database": "materialize", "schema": "public", "item": item});
    assert_eq!(
        events(&mut world, "ALTER TABLE t RENAME TO t2"),
        [event("alter", "table", json!({"id": "u1", "old_name": name("t"), "new_name": name("t2")}))]
    );
    assert_eq!(
        events(&mut world, "ALTER SCHEMA s RENAME TO s2"),
        [event(
            "alter",
            "schema",
            json!({"id": "u9", "old_name": "s", "new_name": "s2", "database_name": "materialize"})
        )]
    );
    assert_eq!(
        events(&mut world, "ALTER CLUSTER c RENAME TO c2"),
        [event("alter", "cluster", json!({"id": "u2", "old_name": "c", "new_name": "c2"}))]
    );
}

#[test]
fn a_swap_is_three_renames() {
    let mut world = World::after("CREATE SCHEMA a; CREATE SCHEMA b");
    let found = events(&mut world, "ALTER SCHEMA a SWAP WITH b");
    let steps: Vec<(&str, &str, &str)> = found
        .iter()
        .map(|(_, _, details)| {
            let text = |member: &str| details[member].as_str().unwrap_or_default();
            (text("id"), text("old_name"), text("new_name"))
        })
        .collect();
    let [(u9, a, between), (u10, b, to_a), (again, from, to_b)] = steps.as_slice() else {
        panic!("three events, not {steps:?}")
    };
    assert_eq!((*u9, *a, *u10, *b, *to_a), ("u9", "a", "u10", "b", "a"));
    assert_eq!((*again, *to_b), ("u9", "b"));
    assert!(between.starts_with("mz_schema_swap_") && between == from);
}

#[test]
fn owners_privileges_and_comments_have_ids_in_their_own_forms() {
    let mut world =
        World::after("CREATE ROLE r; GRANT r TO materialize; CREATE TABLE t (a int); CREATE SCHEMA s");
    assert_eq!(
        events(&mut world, "GRANT SELECT, INSERT ON t TO r"),
        [event(
            "grant",
            "table",
            json!({"object_id": "Iu1", "grantee_id": "u2", "grantor_id": "u1", "privileges": "ar"})
        )]
    );
    assert_eq!(
        events(&mut world, "ALTER SCHEMA s OWNER TO r"),
        [event(
            "alter",
            "schema",
            json!({"object_id": "Su1.u9", "old_owner_id": "u1", "new_owner_id": "u2"})
        )]
    );
    assert_eq!(
        events(&mut world, "COMMENT ON TABLE t IS 'x'"),
        [event("comment", "table", json!({"id": "Table(User(1))", "name": "materialize.public.t"}))]
    );
    world.script("CREATE CLUSTER c (SIZE '25cc')");
    assert_eq!(
        events(&mut world, "COMMENT ON CLUSTER c IS 'x'"),
        [event("comment", "cluster", json!({"id": "Cluster(User(2))", "name": "c"}))]
    );
}

#[test]
fn a_replacement_is_dropped_and_its_target_altered() {
    let mut world = World::after(
        "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
         CREATE REPLACEMENT MATERIALIZED VIEW rp FOR m AS SELECT a FROM t",
    );
    let found = events(&mut world, "ALTER MATERIALIZED VIEW m APPLY REPLACEMENT rp");
    let kinds: Vec<&str> = found.iter().map(|(kind, ..)| kind.as_str()).collect();
    assert_eq!(kinds, ["drop", "alter"]);
    let side =
        |id: &str, item: &str| json!({"id": id, "database": "materialize", "schema": "public", "item": item});
    let (_, _, details) = found.get(1).expect("two events");
    assert_eq!(*details, json!({"target": side("u2", "m"), "replacement": side("u3", "rp")}));
}

#[test]
fn what_changes_nothing_is_not_recorded() {
    let mut world = World::after("CREATE ROLE r; CREATE TABLE t (a int); GRANT SELECT ON t TO r");
    assert_eq!(events(&mut world, "GRANT SELECT ON t TO r"), []);
    assert_eq!(events(&mut world, "CREATE SCHEMA IF NOT EXISTS public"), []);
}
