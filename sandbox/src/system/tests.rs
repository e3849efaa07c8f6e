//! The system relations in a real engine.

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::{Table, bootstrap_sql, engine_name, populate, refresh, relations};
use crate::catalog::{
    Catalog, ColumnDesc, ItemId, ItemKind, ObjectId, Op, Privilege, QUICKSTART, RoleId, ScalarType, SchemaId,
    Transaction, View,
};
use crate::engine::Engine;
use crate::sql::ast::{CreateView, Statement};
use crate::sql::parser::parse_statements;

const TABLES: [Table; 19] = [
    Table::Database,
    Table::Schema,
    Table::Cluster,
    Table::Replica,
    Table::Role,
    Table::RoleMember,
    Table::RoleParameter,
    Table::NetworkPolicy,
    Table::NetworkPolicyRule,
    Table::Item,
    Table::ItemColumn,
    Table::IndexColumn,
    Table::Dependency,
    Table::Comment,
    Table::RefreshStrategy,
    Table::TypeDetail,
    Table::Function,
    Table::SystemPrivilege,
    Table::DefaultPrivilege,
];

fn engine() -> Engine {
    Engine::open(&bootstrap_sql()).expect("the engine opens")
}

fn run(engine: &Engine, statements: &[String]) {
    engine.batch(&statements.join(";\n")).expect("the rows are taken");
}

/// Every value of a query, as text.
fn texts(engine: &Engine, sql: &str) -> Vec<String> {
    let answer = engine.query(sql, &[], &[]).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let values = answer.result.rows.into_iter().flatten();
    values
        .map(|value| value.map_or("NULL".to_owned(), |v| String::from_utf8_lossy(&v).into_owned()))
        .collect()
}

fn contents(engine: &Engine) -> Vec<(Table, Vec<String>)> {
    TABLES
        .into_iter()
        .map(|table| {
            let name = table.engine_name();
            (table, texts(engine, &format!("SELECT t::text FROM {name} t ORDER BY t::text COLLATE \"C\"")))
        })
        .collect()
}

#[test]
fn every_relation_has_the_columns_of_the_real_server() {
    let engine = engine();
    for relation in relations() {
        let name = engine_name(relation.schema, relation.name).expect("it is one of them");
        let described = engine.describe(&format!("SELECT * FROM {name}"), &[]);
        let columns = described.unwrap_or_else(|error| panic!("{name}: {error}")).columns;
        let found: Vec<_> = columns.iter().map(|column| (column.name.as_str(), column.type_oid)).collect();
        let recorded: Vec<_> = relation.columns.iter().map(|column| (column.name, column.type_oid)).collect();
        assert_eq!(found, recorded, "{name}");
    }
}

#[test]
fn every_relation_can_be_read() {
    let engine = engine();
    run(&engine, &populate(&Catalog::bootstrap()));
    for relation in relations() {
        let name = engine_name(relation.schema, relation.name).expect("it is one of them");
        texts(&engine, &format!("SELECT count(*) FROM {name}"));
    }
    let count = |name: &str| texts(&engine, &format!("SELECT count(*) FROM sys.\"mz_catalog.{name}\""));
    assert_eq!(count("mz_objects"), ["1011"]);
    assert_eq!(count("mz_columns"), ["1760"]);
    assert_eq!(count("mz_functions"), ["619"]);
}

fn view(catalog: &Catalog, schema: SchemaId, name: &str, on: Option<ItemId>) -> Op {
    let sql = format!("CREATE VIEW {name} AS SELECT 1 AS a, 'it''s' AS b");
    let parsed = parse_statements(&sql).expect("it is a view").pop().expect("it is one statement");
    let Statement::CreateView(create) = parsed.statement else { panic!("it is a view") };
    let create = CreateView { name: crate::sql::ast::Name(vec![Ident::from(name)]), ..create };
    let column = |name: &str, data_type: &str| ColumnDesc {
        name: Ident::from(name),
        data_type: ScalarType::Builtin { name: data_type.to_owned(), type_mod: -1 },
        nullable: false,
        default: None,
    };
    let kind = ItemKind::View(View {
        columns: vec![column("a", "int4"), column("b", "text")],
        keys: Vec::new(),
        create: Some(create),
    });
    Op::CreateItem {
        id: ItemId::User(catalog.next.item),
        schema: Some(schema),
        session: None,
        name: Ident::from(name),
        owner: RoleId::User(1),
        uses: on.into_iter().collect(),
        kind: Box::new(kind),
    }
}

/// A change that is possible in this state, picked by a number.
fn some_op(catalog: &Catalog, n: u64) -> Op {
    let schemas: Vec<SchemaId> = catalog.schemas().filter(|s| s.database.is_some()).map(|s| s.id).collect();
    let views: Vec<ItemId> = catalog.items().filter(|item| item.id.is_user()).map(|item| item.id).collect();
    let pick = |of: usize| usize::try_from(n / 7).unwrap_or_default() % of.max(1);
    let schema = schemas[pick(schemas.len())];
    let view_id = views.get(pick(views.len())).copied();
    let new_name = Ident::new(format!("n{n}"));
    match (n % 7, view_id) {
        (0, _) => Op::CreateSchema {
            id: SchemaId::User(catalog.next.schema),
            database: catalog.databases().next().expect("there is one").id,
            name: new_name,
            owner: RoleId::User(1),
        },
        (1, Some(id)) => Op::RenameItem { id, to: new_name },
        (2, Some(id)) => {
            Op::Comment { object: ObjectId::Item(id), column: Some(1), text: Some(format!("c{n}")) }
        }
        (3, Some(id)) => Op::Grant {
            object: Some(ObjectId::Item(id)),
            grantee: RoleId::Public,
            grantor: RoleId::User(1),
            privileges: [Privilege::Select].into(),
        },
        (4, Some(id)) => Op::Drop { objects: catalog.dependents(&[ObjectId::Item(id)]) },
        (5, _) if schemas.len() > 1 => Op::SwapSchemas { a: schemas[0], b: schemas[1] },
        (6, _) => Op::RenameCluster { id: QUICKSTART, to: new_name },
        _ => view(catalog, schema, &format!("v{n}"), view_id),
    }
}

#[test]
fn following_changes_gives_what_starting_anew_gives() {
    let engine = engine();
    let mut catalog = Catalog::bootstrap();
    run(&engine, &populate(&catalog));
    let (mut state, mut applied) = (42_u64, 0);
    for _ in 0..150 {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let mut next = catalog.clone();
        let ops = vec![some_op(&catalog, state >> 40)];
        let transaction = Transaction { ops, user: None, now: 1_700_000_000_000 };
        let Ok(effects) = next.apply(&transaction) else { continue };
        run(&engine, &refresh(&catalog, &next, &effects));
        catalog = next;
        applied += 1;
    }
    assert!(applied > 100, "only {applied} changes were possible");
    let followed = contents(&engine);
    run(&engine, &TABLES.map(|table| format!("DELETE FROM {}", table.engine_name())));
    run(&engine, &populate(&catalog));
    for (followed, anew) in followed.into_iter().zip(contents(&engine)) {
        assert_eq!(followed, anew);
    }
    let events = texts(&engine, "SELECT count(*) FROM sys.\"mz_catalog.mz_audit_events\"");
    assert!(events[0].parse::<u64>().is_ok_and(|events| events >= applied), "{events:?}");
}

#[test]
fn keys_of_objects_are_never_the_same() {
    let catalog = Catalog::bootstrap();
    let keys: Vec<String> = super::rows::objects(&catalog).map(super::rows::key).collect();
    assert_eq!(keys.iter().collect::<BTreeSet<_>>().len(), keys.len());
}

#[test]
fn functions_are_in_the_engine_or_known_to_be_missing() {
    let engine = engine();
    let query = "SELECT DISTINCT p.proname::text FROM pg_catalog.pg_proc p
        JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE n.nspname IN ('mz_fn', 'mz_catalog', 'mz_internal', 'mz_unsafe', 'pg_catalog')";
    let present: BTreeSet<String> = texts(&engine, query).into_iter().collect();
    let named: BTreeSet<&str> = super::functions().map(|function| function.name).collect();
    let missing: Vec<&str> = named.into_iter().filter(|name| !present.contains(*name)).collect();
    let known: Vec<&str> = include_str!("../engine/missing_functions.txt").lines().collect();
    assert_eq!(missing, known);
}
