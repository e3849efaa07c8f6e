//! Renames, swaps, replacements; ids and the revision.

use mz_deploy_planner::name::Ident;

use crate::catalog::{ItemId, ItemKind, ObjectId};
use crate::plan::tests::world::World;
use crate::sql::ast::{ItemRef, Statement};
use crate::sql::visit::visit_item_refs_mut;

fn comment(world: &World, object: ObjectId) -> Option<String> {
    world.catalog.comments_of(object).next().map(|(_, text)| text.to_owned())
}

fn schema(world: &World, name: &str) -> ObjectId {
    let database = world.catalog.session_database(&world.session);
    ObjectId::Schema(world.catalog.schema_by_name(database, &Ident::from(name)).expect("the test made it").id)
}

fn cluster(world: &World, name: &str) -> ObjectId {
    ObjectId::Cluster(world.catalog.cluster_by_name(&Ident::from(name)).expect("the test made it").id)
}

#[test]
fn a_swap_of_schemas_exchanges_names_and_nothing_else() {
    let mut world = World::after(
        "CREATE ROLE r; CREATE SCHEMA prod; CREATE SCHEMA stage;
         CREATE TABLE prod.t (a int); CREATE TABLE stage.t (a int); CREATE VIEW outside AS SELECT a FROM prod.t;
         COMMENT ON SCHEMA prod IS 'old'; GRANT USAGE ON SCHEMA prod TO r",
    );
    let (prod, stage) = (schema(&world, "prod"), schema(&world, "stage"));
    let (old, new) = (world.item("prod.t"), world.item("stage.t"));
    world.script("ALTER SCHEMA prod SWAP WITH stage");
    assert_eq!((schema(&world, "prod"), schema(&world, "stage")), (stage, prod));
    assert_eq!((world.item("prod.t"), world.item("stage.t")), (new, old));
    assert_eq!(comment(&world, prod).as_deref(), Some("old"));
    assert_eq!(world.acl(Some(prod)), "s2=U/u1,u1=UC/u1,u2=U/u1");
    // Whoever read the old table still does, under its new name.
    let outside = world.item("outside");
    assert_eq!(world.catalog.used_by(old).collect::<Vec<_>>(), [outside]);
    assert_eq!(
        world.catalog.full_name(old).map(|name| name.to_string()).as_deref(),
        Some("materialize.stage.t")
    );
}

#[test]
fn a_swap_says_which_rows_it_touched() {
    let mut world = World::after(
        "CREATE SCHEMA prod; CREATE SCHEMA stage; CREATE TABLE prod.t (a int); CREATE VIEW v AS SELECT a FROM prod.t;
         CREATE TABLE unrelated (a int)",
    );
    let touched = [schema(&world, "prod"), schema(&world, "stage")]
        .into_iter()
        .chain(["prod.t", "v"].map(|name| ObjectId::Item(world.item(name))));
    let touched = touched.collect();
    let (_, effects) = world.effects("ALTER SCHEMA prod SWAP WITH stage").expect("both are there");
    assert_eq!(effects.touched, touched);
}

#[test]
fn a_swap_with_itself_is_none() {
    let mut world = World::after("CREATE SCHEMA s; CREATE CLUSTER c (SIZE '25cc')");
    let before = (schema(&world, "s"), cluster(&world, "c"));
    world.script("ALTER SCHEMA s SWAP WITH s; ALTER CLUSTER c SWAP WITH c");
    assert_eq!((schema(&world, "s"), cluster(&world, "c")), before);
}

#[test]
fn a_swap_of_clusters_leaves_what_runs_on_them_where_it_is() {
    let mut world = World::after(
        "CREATE CLUSTER blue (SIZE '25cc'); CREATE CLUSTER green (SIZE '50cc'); CREATE TABLE t (a int);
         CREATE MATERIALIZED VIEW m IN CLUSTER blue AS SELECT a FROM t; COMMENT ON CLUSTER blue IS 'old'",
    );
    let (blue, green) = (cluster(&world, "blue"), cluster(&world, "green"));
    world.script("ALTER CLUSTER blue SWAP WITH green");
    assert_eq!((cluster(&world, "blue"), cluster(&world, "green")), (green, blue));
    assert_eq!(comment(&world, blue).as_deref(), Some("old"));
    let m = world.catalog.item(world.item("m")).and_then(|item| item.kind.cluster());
    assert_eq!(m.map(ObjectId::Cluster), Some(blue));
}

#[test]
fn renames_refuse_names_that_are_taken() {
    let mut world = World::after(
        "CREATE SCHEMA a; CREATE SCHEMA b; CREATE CLUSTER c1 REPLICAS (r1 (SIZE '25cc'), r2 (SIZE '25cc'));
         CREATE CLUSTER c2 (SIZE '25cc'); CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t",
    );
    assert_eq!(world.message("ALTER SCHEMA a RENAME TO b"), "schema 'b' already exists");
    assert_eq!(world.message("ALTER SCHEMA a RENAME TO a"), "schema 'a' already exists");
    assert_eq!(world.message("ALTER CLUSTER c1 RENAME TO c2"), "uniqueness violation");
    assert_eq!(world.message("ALTER CLUSTER REPLICA c1.r1 RENAME TO r2"), "uniqueness violation");
    assert_eq!(world.message("ALTER TABLE t RENAME TO v"), "catalog item 'v' already exists");
}

#[test]
fn a_replacement_gives_its_id_to_its_target() {
    let mut world = World::after(
        "CREATE ROLE r; CREATE CLUSTER c (SIZE '25cc'); CREATE TABLE t (a int);
         CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE VIEW over AS SELECT a FROM m;
         CREATE INDEX m_i ON m (a); GRANT SELECT ON m TO r; COMMENT ON MATERIALIZED VIEW m IS 'target';
         CREATE REPLACEMENT MATERIALIZED VIEW rp FOR m IN CLUSTER c AS SELECT a FROM t;
         COMMENT ON MATERIALIZED VIEW rp IS 'replacement'",
    );
    let (old, new, over, index) = (world.item("m"), world.item("rp"), world.item("over"), world.item("m_i"));
    let oid = world.catalog.item(old).map(|item| item.oid);
    let (_, effects) = world.effects("ALTER MATERIALIZED VIEW m APPLY REPLACEMENT rp").expect("it fits");
    assert_eq!(world.item("m"), new);
    assert!(world.catalog.item(old).is_none());
    assert!(
        world.catalog.resolve_item(&world.session, &crate::sql::ast::Name(vec![Ident::from("rp")])).is_err()
    );
    assert_eq!(effects.moved.get(&old), Some(&new));
    let item = world.catalog.item(new).expect("it has the id now");
    assert_eq!(Some(item.oid), oid);
    assert_eq!(item.kind.cluster().map(ObjectId::Cluster), Some(cluster(&world, "c")));
    assert!(matches!(&item.kind, ItemKind::MaterializedView(view) if view.replaces.is_none()));
    assert!(!item.uses.contains(&new) && !item.uses.contains(&old));
    assert_eq!(world.acl(Some(ObjectId::Item(new))), "u1=r/u1,u2=r/u1");
    assert_eq!(comment(&world, ObjectId::Item(new)), None);
    // Dependants read the new id, in what is recorded and in what is stored of their statements.
    assert_eq!(world.catalog.used_by(new).collect::<Vec<_>>(), [index, over]);
    assert_eq!(stored_references(&world, over), [new]);
    assert_eq!(stored_references(&world, index), [new]);
}

/// The ids in the stored statement of a view or an index.
fn stored_references(world: &World, id: ItemId) -> Vec<ItemId> {
    let mut statement = match &world.catalog.item(id).expect("the test made it").kind {
        ItemKind::View(view) => Statement::CreateView(view.create.clone().expect("users' views have one")),
        ItemKind::Index(index) => {
            Statement::CreateIndex(index.create.clone().expect("users' indexes have one"))
        }
        kind => unreachable!("{kind:?}"),
    };
    let mut ids = Vec::new();
    visit_item_refs_mut(&mut statement, |_, reference| {
        if let ItemRef::Id(id) = reference {
            ids.push(*id);
        }
    });
    ids
}

#[test]
fn comments_go_with_what_they_are_on() {
    let mut world = World::after(
        "CREATE TABLE t (a int); COMMENT ON TABLE t IS 'table'; COMMENT ON COLUMN t.a IS 'column';
         CREATE CLUSTER c (SIZE '25cc', REPLICATION FACTOR 2); COMMENT ON CLUSTER REPLICA c.r2 IS 'replica'",
    );
    assert_eq!(world.catalog.comments().count(), 3);
    world.script("ALTER CLUSTER c SET (REPLICATION FACTOR 1)");
    assert_eq!(world.catalog.comments().count(), 2);
    world.script("DROP TABLE t");
    assert_eq!(world.catalog.comments().count(), 0);
}

#[test]
fn ids_never_come_back() {
    let mut world = World::after(
        "CREATE SCHEMA s; CREATE TABLE t (a int); CREATE CLUSTER c (SIZE '25cc'); CREATE ROLE r",
    );
    let role = |world: &World| world.catalog.role_by_name(&Ident::from("r")).map(|role| role.id);
    let before = (schema(&world, "s"), world.item("t"), cluster(&world, "c"), role(&world));
    world.script(
        "DROP SCHEMA s; DROP TABLE t; DROP CLUSTER c; DROP ROLE r;
         CREATE SCHEMA s; CREATE TABLE t (a int); CREATE CLUSTER c (SIZE '25cc'); CREATE ROLE r",
    );
    let after = (schema(&world, "s"), world.item("t"), cluster(&world, "c"), role(&world));
    assert!(before.0 < after.0 && before.1 < after.1 && before.2 < after.2 && before.3 < after.3);
}

#[test]
fn a_first_schema_is_the_ninth_and_a_resized_cluster_has_new_replicas() {
    let mut world = World::after("CREATE SCHEMA s; CREATE CLUSTER c (SIZE '25cc', REPLICATION FACTOR 2)");
    assert_eq!(schema(&world, "s"), ObjectId::Schema("u9".parse().expect("an id")));
    let replicas = |world: &World| -> Vec<_> {
        let found = world.catalog.cluster_by_name(&Ident::from("c")).expect("the test made it");
        found.replicas.iter().map(|replica| (replica.name.as_str().to_owned(), replica.id)).collect()
    };
    let before = replicas(&world);
    world.script("ALTER CLUSTER c SET (REPLICATION FACTOR 3)");
    assert_eq!(replicas(&world).get(..2), Some(before.as_slice()));
    world.script("ALTER CLUSTER c SET (SIZE '50cc')");
    let after = replicas(&world);
    assert_eq!(after.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["r1", "r2", "r3"]);
    assert!(after.iter().all(|(_, id)| before.iter().all(|(_, old)| old < id)));
}

#[test]
fn the_revision_grows_with_every_change_and_with_nothing_else() {
    let mut world = World::after("CREATE ROLE r; CREATE TABLE t (a int)");
    let mut changes = |sql: &str| {
        let before = world.catalog.revision();
        let answer = world.run(sql);
        (answer.is_ok(), world.catalog.revision() - before)
    };
    assert_eq!(changes("GRANT SELECT ON t TO r"), (true, 1));
    assert_eq!(changes("GRANT SELECT ON t TO r"), (true, 0));
    assert_eq!(changes("REVOKE INSERT ON t FROM r"), (true, 0));
    assert_eq!(changes("COMMENT ON TABLE t IS NULL"), (true, 1));
    assert_eq!(changes("CREATE SCHEMA IF NOT EXISTS public"), (true, 0));
    assert_eq!(changes("DROP VIEW IF EXISTS nothing"), (true, 0));
    assert_eq!(changes("CREATE SCHEMA public"), (false, 0));
    assert_eq!(changes("ALTER TABLE t RENAME TO t2"), (true, 1));
}
