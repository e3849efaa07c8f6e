//! Statements of which the recorded scenarios say little: what they require, and what is refused.

use mz_deploy_planner::name::Ident;

use super::world::{World, parse, role_id};
use crate::catalog::{ObjectId, Privilege};
use crate::plan::rbac::Requirements;
use crate::plan::{Limits, plan_ddl};

fn requires(world: &World, sql: &str) -> Requirements {
    let planned = plan_ddl(&parse(sql), &mut world.catalog.clone(), &world.session, &Limits::default());
    planned.expect("a statement of DDL").unwrap_or_else(|error| panic!("{sql}: {error}")).requires
}

fn world() -> World {
    World::after(
        "CREATE ROLE r; CREATE DATABASE d; CREATE SCHEMA d.s; CREATE SCHEMA d.s2; CREATE TABLE d.s.t (a int);
         CREATE CLUSTER c (SIZE '25cc'); CREATE CLUSTER c2 (SIZE '25cc');
         CREATE NETWORK POLICY np (RULES (r (ACTION = 'allow', DIRECTION = 'ingress', ADDRESS = '10.0.0.0/8')))",
    )
}

/// The objects of [`world`].
struct Objects {
    database: ObjectId,
    schema: ObjectId,
    schema2: ObjectId,
    table: ObjectId,
    cluster: ObjectId,
    cluster2: ObjectId,
    policy: ObjectId,
}

fn objects(world: &World) -> Objects {
    let catalog = &world.catalog;
    let ident = Ident::from;
    let database = catalog.database_by_name(&ident("d")).expect("made").id;
    let schema =
        |name| ObjectId::Schema(catalog.schema_by_name(Some(database), &ident(name)).expect("made").id);
    let cluster = |name| ObjectId::Cluster(catalog.cluster_by_name(&ident(name)).expect("made").id);
    Objects {
        database: ObjectId::Database(database),
        schema: schema("s"),
        schema2: schema("s2"),
        table: ObjectId::Item(world.item("d.s.t")),
        cluster: cluster("c"),
        cluster2: cluster("c2"),
        policy: ObjectId::NetworkPolicy(catalog.network_policy_by_name(&ident("np")).expect("made").id),
    }
}

#[test]
fn making_containers_takes_privileges_on_the_system_or_on_the_database() {
    let world = world();
    let o = objects(&world);
    let system = |privilege| Requirements::privilege(None, privilege);
    assert_eq!(requires(&world, "CREATE DATABASE x"), system(Privilege::CreateDb));
    assert_eq!(
        requires(&world, "CREATE SCHEMA d.x"),
        Requirements::privilege(Some(o.database), Privilege::Create)
    );
    assert_eq!(requires(&world, "CREATE CLUSTER x (SIZE '25cc')"), system(Privilege::CreateCluster));
    assert_eq!(requires(&world, "CREATE ROLE x"), system(Privilege::CreateRole));
    assert_eq!(
        requires(&world, "CREATE NETWORK POLICY x (RULES ())"),
        system(Privilege::CreateNetworkPolicy)
    );
    // A statement that finds nothing to do is no way around.
    assert_eq!(requires(&world, "CREATE DATABASE IF NOT EXISTS d"), system(Privilege::CreateDb));
}

#[test]
fn changing_takes_ownership_and_schemas_take_create_on_their_database() {
    let world = world();
    let o = objects(&world);
    let create = |required: Requirements| required.and(Some(o.database), Privilege::Create);
    assert_eq!(requires(&world, "ALTER TABLE d.s.t RENAME TO t2"), Requirements::owner(o.table));
    assert_eq!(requires(&world, "ALTER CLUSTER c RENAME TO c9"), Requirements::owner(o.cluster));
    assert_eq!(
        requires(&world, "ALTER CLUSTER c SET (REPLICATION FACTOR 2)"),
        Requirements::owner(o.cluster)
    );
    assert_eq!(requires(&world, "ALTER NETWORK POLICY np SET (RULES ())"), Requirements::owner(o.policy));
    assert_eq!(requires(&world, "COMMENT ON COLUMN d.s.t.a IS 'x'"), Requirements::owner(o.table));
    assert_eq!(requires(&world, "ALTER SCHEMA d.s RENAME TO s9"), create(Requirements::owner(o.schema)));
    let both = |a, b| Requirements { ownership: vec![a, b], ..Requirements::default() };
    assert_eq!(requires(&world, "ALTER SCHEMA d.s SWAP WITH s2"), create(both(o.schema, o.schema2)));
    assert_eq!(requires(&world, "ALTER CLUSTER c SWAP WITH c2"), both(o.cluster, o.cluster2));
}

#[test]
fn giving_away_takes_ownership_membership_and_create_where_it_is() {
    let world = world();
    let o = objects(&world);
    let of = |object| Requirements {
        membership: vec![role_id(&world.catalog, "r")],
        ..Requirements::owner(object)
    };
    let on_schema = of(o.table).and(Some(o.schema), Privilege::Create);
    assert_eq!(requires(&world, "ALTER TABLE d.s.t OWNER TO r"), on_schema);
    assert_eq!(
        requires(&world, "ALTER SCHEMA d.s OWNER TO r"),
        of(o.schema).and(Some(o.database), Privilege::Create)
    );
    assert_eq!(requires(&world, "ALTER CLUSTER c OWNER TO r"), of(o.cluster));
    assert_eq!(requires(&world, "ALTER DATABASE d OWNER TO r"), of(o.database));
}

#[test]
fn dropping_and_granting_take_ownership_and_usage_of_where_it_is() {
    let world = world();
    let o = objects(&world);
    let table = Requirements::owner(o.table).and(Some(o.schema), Privilege::Usage);
    assert_eq!(requires(&world, "DROP TABLE d.s.t"), table);
    assert_eq!(requires(&world, "GRANT SELECT ON d.s.t TO r"), table);
    let schema = Requirements::owner(o.schema2).and(Some(o.database), Privilege::Usage);
    assert_eq!(requires(&world, "DROP SCHEMA d.s2"), schema);
    assert_eq!(requires(&world, "DROP CLUSTER c"), Requirements::owner(o.cluster));
    assert_eq!(requires(&world, "DROP NETWORK POLICY np"), Requirements::owner(o.policy));
    assert_eq!(requires(&world, "DROP ROLE r"), Requirements::privilege(None, Privilege::CreateRole));
    let superuser = Requirements::superuser("GRANT/REVOKE SYSTEM PRIVILEGES");
    assert_eq!(requires(&world, "GRANT CREATEDB ON SYSTEM TO r"), superuser);
}

#[test]
fn a_cascade_takes_ownership_of_what_is_named_alone() {
    let mut world = world();
    world.script("GRANT CREATE, USAGE ON SCHEMA d.s TO r");
    let owner = world.session.role;
    world.become_role("r");
    world.script("CREATE TABLE d.s.own (a int)");
    world.session.role = owner;
    world.script("CREATE VIEW d.s2.theirs AS SELECT a FROM d.s.own");
    world.become_role("r");
    assert_eq!(world.cascade("DROP TABLE d.s.own CASCADE"), ["VIEW \"d.s2.theirs\""]);
}

#[test]
fn everybody_may_change_their_own_defaults() {
    let mut world = world();
    world.become_role("r");
    let notices = world.run("ALTER ROLE r SET cluster TO 'c'").expect("allowed");
    assert_eq!(
        notices.first().map(|notice| notice.message.as_str()),
        Some("variable \"cluster\" was updated for \"r\", this will have no effect on the current session")
    );
    let role = world.catalog.role(world.session.role).expect("it asks");
    assert_eq!(role.defaults.get("cluster"), Some(&vec!["c".to_owned()]));
    world.script("ALTER ROLE r RESET cluster");
    assert!(world.catalog.role(world.session.role).is_some_and(|role| role.defaults.is_empty()));
    assert_eq!(world.message("ALTER ROLE materialize SET cluster TO 'c'"), "permission denied for SYSTEM");
}

#[test]
fn who_may_not_drop_roles_is_not_told_what_they_hold() {
    let mut world = world();
    world.script("GRANT SELECT ON d.s.t TO r; CREATE ROLE nobody");
    world.become_role("nobody");
    assert_eq!(world.message("DROP ROLE r"), "permission denied for SYSTEM");
}

#[test]
fn the_servers_own_things_stay_as_they_are() {
    let mut world = World::new();
    let required = |kind: &str, name: &str| {
        format!("cannot drop {kind} {name} because it is required by the database system")
    };
    assert_eq!(world.message("DROP VIEW mz_catalog.mz_objects"), required("view", "mz_objects"));
    assert_eq!(world.message("DROP SCHEMA pg_catalog"), required("schema", "pg_catalog"));
    assert_eq!(world.message("DROP CLUSTER mz_system CASCADE"), "must be owner of CLUSTER mz_system");
    assert_eq!(world.message("ALTER CLUSTER mz_system RENAME TO x"), "must be owner of CLUSTER mz_system");
    assert_eq!(
        world.message("ALTER VIEW mz_catalog.mz_objects RENAME TO x"),
        "system item 'mz_objects' cannot be modified"
    );
    assert_eq!(
        world.message("ALTER SCHEMA public RENAME TO x"),
        "must be owner of SCHEMA materialize.public"
    );
    assert_eq!(world.message("DROP NETWORK POLICY default"), "network policy is currently in use");
    let grant = "GRANT SELECT ON mz_catalog.mz_tables TO materialize";
    assert_eq!(world.message(grant), "must be owner of TABLE mz_catalog.mz_tables");
}

#[test]
fn the_schema_of_temporary_items_stays_as_it_is() {
    let mut world = World::new();
    assert_eq!(
        world.message("DROP SCHEMA mz_temp CASCADE"),
        "cannot drop schema mz_temp because it is a temporary schema"
    );
    assert_eq!(
        world.message("ALTER SCHEMA mz_temp RENAME TO x"),
        "cannot rename schemas in the ambient database: \"mz_temp\""
    );
    assert_eq!(
        world.message("ALTER SCHEMA mz_temp SWAP WITH public"),
        "cannot swap schemas that are in the ambient database"
    );
}

#[test]
fn a_statement_about_views_leaves_materialized_views_alone() {
    let mut world = World::after("CREATE MATERIALIZED VIEW m AS SELECT 1 AS a; CREATE TABLE t (a int)");
    for (sql, verb) in [("DROP VIEW m", "DROP"), ("ALTER VIEW m RENAME TO x", "ALTER")] {
        let error = world.error(sql);
        assert_eq!(error.message, "m is not a view");
        assert!(
            error.hint.is_some_and(|hint| hint.starts_with(&format!("Use {verb} MATERIALIZED VIEW to ")))
        );
    }
    assert_eq!(world.message("DROP MATERIALIZED VIEW IF EXISTS t"), "t is a table not a materialized view");
}

#[test]
fn an_item_is_not_given_a_name_that_a_query_over_it_says() {
    let mut world = World::after(
        "CREATE TABLE t (a int); CREATE TABLE u (a int);
         CREATE VIEW v AS WITH block AS (SELECT x.a AS alias FROM t AS x, u) SELECT count(alias) FROM block",
    );
    for taken in ["x", "a", "alias", "block", "count", "public"] {
        assert_eq!(
            world.message(&format!("ALTER TABLE t RENAME TO {taken}")),
            format!(
                "renaming conflict: in materialize.public.v, which uses materialize.public.t, found reference to \
                 \"{taken}\"; cannot rename \"t\" to any identity used in any existing view definitions"
            )
        );
    }
    world.script("ALTER TABLE t RENAME TO fresh");
}

#[test]
fn a_schema_that_an_expression_names_keeps_its_name() {
    let mut world = World::after(
        "CREATE SCHEMA s; CREATE SCHEMA s2; CREATE TABLE s.t (a int); CREATE VIEW fine AS SELECT t.a FROM s.t;
         ALTER SCHEMA s RENAME TO s3; ALTER SCHEMA s3 RENAME TO s; CREATE VIEW v AS SELECT s.t.* FROM s.t",
    );
    let refused = "renaming conflict: in materialize.public.v, which uses materialize.s, ambiguous reference to schema named s";
    assert_eq!(world.message("ALTER SCHEMA s RENAME TO s9"), refused);
    assert_eq!(world.message("ALTER SCHEMA s SWAP WITH s2"), refused);
    assert_eq!(world.message("ALTER SCHEMA s2 SWAP WITH s"), refused);
    // A name that is taken is found first.
    assert_eq!(world.message("ALTER SCHEMA s RENAME TO s2"), "schema 's2' already exists");
}

#[test]
fn privileges_that_a_kind_does_not_have_are_refused_by_name_and_passed_over_in_bulk() {
    let mut world = World::after(
        "CREATE ROLE r; CREATE SCHEMA s; CREATE VIEW s.v AS SELECT 1 AS a; CREATE TABLE s.t (a int)",
    );
    assert_eq!(
        world.message("GRANT INSERT ON s.v TO r"),
        "invalid privilege types INSERT for VIEW \"materialize.s.v\""
    );
    let notices =
        world.run("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA s TO r").expect("a notice, no error");
    assert_eq!(
        notices.iter().map(|notice| notice.message.as_str()).collect::<Vec<_>>(),
        ["non-applicable privilege types INSERT for VIEW \"materialize.s.v\""]
    );
    assert_eq!(world.acl(Some(ObjectId::Item(world.item("s.v")))), "u1=r/u1,u2=r/u1");
    assert_eq!(world.acl(Some(ObjectId::Item(world.item("s.t")))), "u1=arwd/u1,u2=ar/u1");
}

#[test]
fn drop_owned_names_what_stands_in_its_way() {
    let mut world = World::after(
        "CREATE ROLE r; GRANT r TO materialize; CREATE TABLE t (a int); CREATE TABLE kept (a int);
         GRANT SELECT ON kept TO r; CREATE VIEW v AS SELECT a FROM t; ALTER TABLE t OWNER TO r",
    );
    let error = world.error("DROP OWNED BY r");
    assert_eq!(
        error.message,
        "cannot drop table \"materialize.public.t\": still depended upon by view \"materialize.public.v\""
    );
    assert!(error.hint.is_some());
    world.script("DROP OWNED BY r CASCADE");
    assert_eq!(world.acl(Some(ObjectId::Item(world.item("kept")))), "u1=arwd/u1");
    world.script("DROP ROLE r");
}

#[test]
fn a_limit_is_met_before_the_object_is_made() {
    let mut world = World::new();
    for n in 2..=25 {
        world.script(&format!("CREATE CLUSTER c{n} (SIZE '25cc', REPLICATION FACTOR 0)"));
    }
    let error = world.error("CREATE CLUSTER one_more (SIZE '25cc', REPLICATION FACTOR 0)");
    assert_eq!(
        (error.code.0, error.message.as_str()),
        ("53000", "creating Cluster would violate max_clusters limit (desired: 26, limit: 25, current: 25)")
    );
}
