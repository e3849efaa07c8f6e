//! What names stand for.

use mz_deploy_planner::name::Ident;

use crate::catalog::ItemId;
use crate::plan::tests::world::World;
use crate::sql::ast::Name;

const SCHEMAS: &str = "
    CREATE DATABASE db;
    CREATE SCHEMA db.s;
    CREATE SCHEMA s;
    CREATE TABLE db.s.t (a int);
    CREATE TABLE s.t (a int);
    CREATE TABLE t (a int);
";

fn name(text: &str) -> Name {
    Name(text.split('.').map(Ident::from).collect())
}

fn error(world: &World, text: &str) -> String {
    world.catalog.resolve_item(&world.session, &name(text)).map(|item| item.id).expect_err(text).message
}

#[test]
fn each_missing_level_of_a_name_has_its_own_error() {
    let world = World::after(SCHEMAS);
    assert_eq!(error(&world, "nodb.s.t"), "unknown database 'nodb'");
    assert_eq!(error(&world, "db.nos.t"), "unknown schema 'nos'");
    assert_eq!(error(&world, "nos.t"), "unknown schema 'nos'");
    assert_eq!(error(&world, "s.nothing"), "unknown catalog item 's.nothing'");
    assert_eq!(error(&world, "db.s.nothing"), "unknown catalog item 'db.s.nothing'");
    assert_eq!(error(&world, "nothing"), "unknown catalog item 'nothing'");
    assert_eq!(error(&world, "a.b.c.d"), "qualified name did not have between 1 and 3 components: a.b.c.d");
}

#[test]
fn containers_roles_types_and_functions_have_their_own_errors() {
    let world = World::new();
    let (catalog, missing) = (&world.catalog, Ident::from("x"));
    let message =
        |result: Result<(), crate::error::SqlError>| result.expect_err("nothing is called x").message;
    assert_eq!(message(catalog.resolve_database(&missing).map(drop)), "unknown database 'x'");
    assert_eq!(message(catalog.resolve_cluster(&missing).map(drop)), "unknown cluster 'x'");
    assert_eq!(message(catalog.resolve_role(&missing).map(drop)), "unknown role 'x'");
    assert_eq!(message(catalog.resolve_network_policy(&missing).map(drop)), "unknown network policy 'x'");
    assert_eq!(message(catalog.resolve_schema(&world.session, &name("x")).map(drop)), "unknown schema 'x'");
    assert_eq!(
        message(catalog.resolve_type(&world.session, &name("x")).map(drop)),
        "type \"x\" does not exist"
    );
    let error = catalog.resolve_function(&world.session, &name("x")).map(drop).expect_err("no function x");
    assert_eq!(error.message, "function \"x\" does not exist");
    assert!(error.hint.is_some());
}

#[test]
fn two_parts_are_a_schema_and_an_item_never_a_database() {
    let mut world = World::after(SCHEMAS);
    world.script("CREATE SCHEMA db; CREATE TABLE db.only_here (a int)");
    let in_schema = world.item("db.only_here");
    assert_eq!(world.item("materialize.db.only_here"), in_schema);
    assert_eq!(error(&world, "db.s"), "unknown catalog item 'db.s'");
}

#[test]
fn two_parts_are_looked_up_in_the_sessions_database() {
    let mut world = World::after(SCHEMAS);
    let here = world.item("s.t");
    world.script("SET database = db");
    assert_ne!(world.item("s.t"), here);
    assert_eq!(world.item("materialize.s.t"), here);
}

#[test]
fn the_servers_schemas_are_seen_from_everywhere_even_from_a_database_that_is_not_there() {
    let mut world = World::after("SET database = nowhere");
    let found = world.item("mz_catalog.mz_tables");
    assert!(!found.is_user());
    assert_eq!(world.item("mz_tables"), found);
    world.script("SET database = materialize");
    assert_eq!(world.item("materialize.mz_catalog.mz_tables"), found);
}

#[test]
fn the_servers_schemas_come_before_the_search_path() {
    let mut world = World::after("CREATE TABLE mz_tables (a int)");
    assert!(!world.item("mz_tables").is_user());
    assert!(world.item("public.mz_tables").is_user());
    // Named in the search path they have the place that it gives them.
    world.script("SET search_path = public, mz_catalog");
    assert!(world.item("mz_tables").is_user());
}

#[test]
fn a_search_path_passes_over_schemas_that_are_not_there() {
    let mut world = World::after(SCHEMAS);
    world.script("SET search_path = nothing, s, public");
    assert_eq!(world.item("t"), world.item("s.t"));
    let path: Vec<&str> =
        world.catalog.effective_path(&world.session).iter().map(|schema| schema.name.as_str()).collect();
    assert_eq!(path, ["mz_catalog", "pg_catalog", "s", "public"]);
    assert_eq!(world.catalog.current_schema(&world.session).map(|schema| schema.name.as_str()), Some("s"));
}

#[test]
fn a_new_item_goes_into_the_first_schema_of_the_search_path_that_exists() {
    let mut world = World::after(SCHEMAS);
    world.script("SET search_path = nothing, s, public; CREATE TABLE fresh (a int)");
    assert_eq!(world.item("fresh"), world.item("materialize.s.fresh"));
    world.script("SET search_path = nothing");
    let error = world.error("CREATE TABLE t2 (a int)");
    assert_eq!((error.code.0, error.message.as_str()), ("3F000", "no valid schema selected"));
    assert!(
        error
            .hint
            .is_some_and(|hint| hint.starts_with("Use SET schema = name to select a schema.  Use SHOW"))
    );
}

#[test]
fn temporary_items_are_the_sessions_own_and_hide_others() {
    let mut world = World::after("CREATE TABLE t (a int); CREATE TEMPORARY VIEW t AS SELECT 1 AS b");
    let temporary = world.item("t");
    assert_eq!(world.item("mz_temp.t"), temporary);
    assert_ne!(world.item("public.t"), temporary);
    assert_eq!(
        world.message("CREATE TEMPORARY VIEW t AS SELECT 2 AS b"),
        "view \"mz_temp.t\" already exists"
    );
    world.session.connection += 1;
    assert_eq!(world.item("t"), world.item("public.t"));
    assert_eq!(error(&world, "mz_temp.t"), "unknown catalog item 'mz_temp.t'");
}

#[test]
fn a_minimal_name_is_as_short_as_it_may_be_in_the_session() {
    let mut world = World::after(SCHEMAS);
    let minimal = |world: &World, id: ItemId| world.catalog.minimal_name(&world.session, id);
    let (public, s, other) = (world.item("t"), world.item("s.t"), world.item("db.s.t"));
    assert_eq!(minimal(&world, public), "t");
    assert_eq!(minimal(&world, s), "s.t");
    assert_eq!(minimal(&world, other), "db.s.t");
    world.script("SET search_path = s, public");
    assert_eq!(minimal(&world, public), "public.t");
    assert_eq!(minimal(&world, s), "t");
    assert_eq!(minimal(&world, world.item("mz_internal.mz_comments")), "mz_internal.mz_comments");
}

#[test]
fn types_have_a_name_space_of_their_own_that_relations_and_indexes_respect() {
    let mut world = World::after(
        "CREATE TYPE ty AS LIST (ELEMENT TYPE = int4);
         CREATE TABLE t (a int);
         CREATE SECRET sec AS 'x'",
    );
    assert_eq!(world.message("CREATE TABLE ty (a int)"), "type \"materialize.public.ty\" already exists");
    assert_eq!(world.message("CREATE INDEX ty ON t (a)"), "type \"materialize.public.ty\" already exists");
    assert_eq!(
        world.message("CREATE TYPE t AS LIST (ELEMENT TYPE = int4)"),
        "table \"materialize.public.t\" already exists"
    );
    assert_eq!(world.message("ALTER TABLE t RENAME TO ty"), "catalog item 'ty' already exists");
    // A secret and a type of one name don't meet.
    world.script("CREATE SECRET ty AS 'x'; CREATE TYPE sec AS LIST (ELEMENT TYPE = int4)");
    assert_eq!(world.message("CREATE TABLE sec (a int)"), "catalog item 'sec' already exists");
}
