//! Who holds what, and what a change of the catalog does to it.

use mz_deploy_planner::name::Ident;

use crate::catalog::{BOOTSTRAP_ROLE, ObjectId, Privilege, RoleId};
use crate::plan::tests::world::{World, role_id};

fn database(world: &World, name: &str) -> ObjectId {
    ObjectId::Database(world.catalog.database_by_name(&Ident::from(name)).expect("the test made it").id)
}

fn schema(world: &World, database_name: &str, name: &str) -> ObjectId {
    let ObjectId::Database(database) = database(world, database_name) else {
        unreachable!("asked for a database")
    };
    ObjectId::Schema(
        world.catalog.schema_by_name(Some(database), &Ident::from(name)).expect("the test made it").id,
    )
}

fn cluster(world: &World, name: &str) -> ObjectId {
    ObjectId::Cluster(world.catalog.cluster_by_name(&Ident::from(name)).expect("the test made it").id)
}

#[test]
fn a_new_environment_is_open_to_the_role_that_it_was_set_up_with() {
    let world = World::new();
    let open = "s1=UC/s1,s2=U/s1,u1=UC/s1,=U/s1";
    assert_eq!(world.acl(Some(database(&world, "materialize"))), open);
    assert_eq!(world.acl(Some(schema(&world, "materialize", "public"))), open);
    assert_eq!(world.acl(Some(cluster(&world, "quickstart"))), open);
    assert_eq!(world.acl(None), "s1=RBNP/s1,u1=RBNP/s1");
    assert!(!world.catalog.is_superuser(BOOTSTRAP_ROLE));
    assert!(world.catalog.is_superuser(RoleId::MZ_SYSTEM));
}

#[test]
fn new_containers_are_their_owners_and_support_may_look() {
    let world = World::after(
        "CREATE DATABASE d; CREATE SCHEMA d.s; CREATE CLUSTER c (SIZE '25cc');
         CREATE NETWORK POLICY np (RULES (r (ACTION = 'allow', DIRECTION = 'ingress', ADDRESS = '10.0.0.0/8')))",
    );
    assert_eq!(world.acl(Some(database(&world, "d"))), "s2=U/u1,u1=UC/u1");
    assert_eq!(world.acl(Some(schema(&world, "d", "s"))), "s2=U/u1,u1=UC/u1");
    assert_eq!(world.acl(Some(cluster(&world, "c"))), "s2=U/u1,u1=UC/u1");
    // The schema that comes with a database is for everybody.
    assert_eq!(world.acl(Some(schema(&world, "d", "public"))), "s2=U/u1,u1=UC/u1,=U/u1");
    let policy = world.catalog.network_policy_by_name(&Ident::from("np")).expect("the test made it").id;
    assert_eq!(world.acl(Some(ObjectId::NetworkPolicy(policy))), "u1=U/u1");
}

#[test]
fn new_items_grant_to_their_owner_what_their_kind_has() {
    let world = World::after(
        "CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE MATERIALIZED VIEW m AS SELECT a FROM t;
         CREATE INDEX i ON t (a); CREATE SECRET sec AS 'x'; CREATE SOURCE src FROM LOAD GENERATOR COUNTER",
    );
    let acl = |name: &str| world.acl(Some(ObjectId::Item(world.item(name))));
    assert_eq!(acl("t"), "u1=arwd/u1");
    assert_eq!(acl("v"), "u1=r/u1");
    assert_eq!(acl("m"), "u1=r/u1");
    assert_eq!(acl("src"), "u1=r/u1");
    assert_eq!(acl("sec"), "u1=U/u1");
    assert_eq!(acl("i"), "");
}

#[test]
fn entries_are_in_the_order_of_roles_and_everybody_is_last() {
    let mut world = World::after("CREATE ROLE a; CREATE ROLE b; CREATE TABLE t (x int)");
    world.script("GRANT SELECT ON t TO PUBLIC; GRANT SELECT ON t TO b; GRANT INSERT, SELECT ON t TO a");
    let t = ObjectId::Item(world.item("t"));
    assert_eq!(world.acl(Some(t)), "u1=arwd/u1,u2=ar/u1,u3=r/u1,=r/u1");
    world.script("REVOKE SELECT ON t FROM a, b");
    assert_eq!(world.acl(Some(t)), "u1=arwd/u1,u2=a/u1,=r/u1");
}

#[test]
fn default_privileges_go_by_the_creator_the_kind_and_the_place() {
    let mut world = World::after(
        "CREATE ROLE reader; CREATE SCHEMA marked; CREATE DATABASE d;
         ALTER DEFAULT PRIVILEGES FOR ROLE materialize IN SCHEMA marked GRANT SELECT, INSERT ON TABLES TO reader;
         ALTER DEFAULT PRIVILEGES FOR ROLE materialize IN DATABASE d GRANT USAGE ON SECRETS TO reader;
         CREATE TABLE marked.t (a int); CREATE VIEW marked.v AS SELECT 1 AS a; CREATE SECRET marked.sec AS 'x';
         CREATE TABLE t (a int); CREATE SECRET d.public.sec AS 'x'",
    );
    let acl = |world: &World, name: &str| world.acl(Some(ObjectId::Item(world.item(name))));
    // A view counts as a table, as far as its privileges go.
    assert_eq!(acl(&world, "marked.t"), "u1=arwd/u1,u2=ar/u1");
    assert_eq!(acl(&world, "marked.v"), "u1=r/u1,u2=r/u1");
    assert_eq!(acl(&world, "marked.sec"), "u1=U/u1");
    assert_eq!(acl(&world, "t"), "u1=arwd/u1");
    assert_eq!(acl(&world, "d.public.sec"), "u1=U/u1,u2=U/u1");
    // What a container granted by default goes with it.
    let count = |world: &World| world.catalog.default_privileges().count();
    let before = count(&world);
    world.script("DROP SCHEMA marked CASCADE; DROP DATABASE d");
    assert_eq!(count(&world), before - 2);
}

#[test]
fn a_new_owner_takes_the_old_ones_place() {
    let mut world = World::after(
        "CREATE ROLE a; CREATE ROLE b; GRANT a TO materialize; CREATE TABLE t (x int); CREATE INDEX i ON t (x);
         GRANT SELECT ON t TO b; GRANT INSERT ON t TO a; ALTER TABLE t OWNER TO a",
    );
    let (t, i) = (ObjectId::Item(world.item("t")), ObjectId::Item(world.item("i")));
    assert_eq!(world.acl(Some(t)), "u2=arwd/u2,u3=r/u2");
    // Indexes follow their relation.
    let a = role_id(&world.catalog, "a");
    assert_eq!((world.catalog.owner(t), world.catalog.owner(i)), (Some(a), Some(a)));
    let notices = world.run("ALTER INDEX i OWNER TO materialize").expect("a warning, no error");
    assert_eq!(notices.first().map(|notice| notice.message.as_str()), Some("cannot change owner of \"i\""));
    assert_eq!(world.catalog.owner(i), Some(a));
}

#[test]
fn a_clusters_replicas_have_its_owner() {
    let mut world = World::after("CREATE ROLE a; GRANT a TO materialize; CREATE CLUSTER c (SIZE '25cc')");
    world.script("ALTER CLUSTER c OWNER TO a; ALTER CLUSTER c SET (REPLICATION FACTOR 2)");
    let a = role_id(&world.catalog, "a");
    let found = world.catalog.cluster_by_name(&Ident::from("c")).expect("the test made it");
    assert!(found.replicas.iter().all(|replica| replica.owner == a));
}

#[test]
fn privileges_and_ownership_come_through_memberships_and_everybody() {
    let mut world = World::after(
        "CREATE ROLE low; CREATE ROLE middle; CREATE ROLE top; GRANT top TO middle; GRANT middle TO low;
         CREATE TABLE t (a int); GRANT SELECT ON t TO top; GRANT INSERT ON t TO PUBLIC",
    );
    let t = Some(ObjectId::Item(world.item("t")));
    let low = role_id(&world.catalog, "low");
    assert!(world.catalog.has_privilege(low, t, Privilege::Select));
    assert!(world.catalog.has_privilege(low, t, Privilege::Insert));
    assert!(!world.catalog.has_privilege(low, t, Privilege::Delete));
    assert!(world.catalog.is_member(low, role_id(&world.catalog, "top")));
    world.script("REVOKE top FROM middle");
    assert!(!world.catalog.has_privilege(low, t, Privilege::Select));
}

#[test]
fn superusers_may_do_everything_but_are_granted_nothing() {
    let world = World::after("CREATE TABLE t (a int)");
    let t = Some(ObjectId::Item(world.item("t")));
    assert!(world.catalog.has_privilege(RoleId::MZ_SYSTEM, t, Privilege::Delete));
    assert!(!world.catalog.is_granted(RoleId::MZ_SYSTEM, t, Privilege::Delete));
}

#[test]
fn a_role_that_holds_something_stays_and_says_what() {
    let mut world = World::after(
        "CREATE ROLE a; CREATE ROLE b; GRANT a TO materialize; CREATE SCHEMA s; CREATE TABLE s.t (x int);
         ALTER SCHEMA s OWNER TO a; GRANT SELECT ON s.t TO a; GRANT SELECT ON s.t TO b;
         ALTER DEFAULT PRIVILEGES FOR ROLE materialize GRANT SELECT ON TABLES TO b",
    );
    let error = world.error("DROP ROLE b");
    assert_eq!(error.code.0, "2BP01");
    assert_eq!(error.message, "role \"b\" cannot be dropped because some objects depend on it");
    assert_eq!(
        error.detail.as_deref(),
        Some(
            "b: privileges on TABLE \"materialize.s.t\" granted by materialize\n\
             b: default privileges on TABLES granted to b"
        )
    );
    let error = world.error("DROP ROLE b, a");
    assert_eq!(error.message, "roles \"a, b\" cannot be dropped because some objects depend on it");
    let detail = error.detail.unwrap_or_default();
    assert!(detail.starts_with("a: privileges on TABLE \"materialize.s.t\" granted by materialize\na: owner of SCHEMA \"materialize.s\""));
    world.script(
        "DROP SCHEMA s CASCADE; ALTER DEFAULT PRIVILEGES FOR ROLE materialize REVOKE SELECT ON TABLES FROM b",
    );
    world.script("GRANT b TO a; DROP ROLE b, a");
    assert!(world.catalog.role_by_name(&Ident::from("a")).is_none());
}
