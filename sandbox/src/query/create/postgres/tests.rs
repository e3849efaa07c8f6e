//! What a source of `PostgreSQL` becomes, given what the upstream says. Nothing is reached: the answers are data.

use super::super::super::tests::Server;
use crate::error::SqlError;
use crate::plan::Inquiry;
use crate::source::postgres::{Finding, Question, UpstreamColumn, UpstreamKey, UpstreamTable};

fn column(name: &str, type_name: &str, nullable: bool) -> UpstreamColumn {
    UpstreamColumn {
        name: name.to_owned(),
        type_name: type_name.to_owned(),
        type_oid: 16_500,
        type_mod: -1,
        nullable,
    }
}

fn table(schema: &str, name: &str, columns: Vec<UpstreamColumn>) -> UpstreamTable {
    let key = UpstreamKey {
        name: format!("{name}_pkey"),
        primary: true,
        nulls_not_distinct: false,
        columns: vec!["id".to_owned()],
    };
    UpstreamTable {
        schema: schema.to_owned(),
        name: name.to_owned(),
        columns,
        keys: vec![key],
        replica_identity_full: true,
        has_usage: true,
        has_select: true,
    }
}

/// Two schemas with a table of the same name, and one table of each kind that can't be followed.
fn published() -> Vec<UpstreamTable> {
    let id = || column("id", "int4", false);
    vec![
        table("app", "items", vec![id(), column("Price", "numeric", true), column("tags", "_text", true)]),
        table("app", "moods", vec![id(), column("mood", "app.mood", true), column("cost", "money", true)]),
        table("app", "orders", vec![id(), column("note", "json", true)]),
        UpstreamTable { has_usage: false, ..table("closed", "a", vec![id()]) },
        UpstreamTable { has_select: false, ..table("half", "b", vec![id()]) },
        table("old", "orders", vec![id()]),
        UpstreamTable { replica_identity_full: false, ..table("partial", "c", vec![id()]) },
    ]
}

/// What the upstream would say. Each row has its column's name for a value.
fn answer(inquiry: &Inquiry) -> Result<Finding, SqlError> {
    if format!("{:?}", inquiry.connection).contains("\"down\"") {
        return Err(SqlError::internal("nobody is there"));
    }
    Ok(match &inquiry.question {
        Question::Connection => Finding::Connection,
        Question::Tables { publication } if publication == "none" => Finding::Tables(Vec::new()),
        Question::Tables { .. } => Finding::Tables(published()),
        Question::Rows(extracts) => {
            let row = |columns: &[String]| columns.iter().map(|_| Some("1".to_owned())).collect();
            Finding::Rows(extracts.iter().map(|extract| vec![row(&extract.columns)]).collect())
        }
    })
}

fn server() -> Server {
    let mut server = Server::new();
    server.upstream = answer;
    server.script(
        "CREATE CONNECTION pg TO POSTGRES (HOST 'db', USER 'me', DATABASE 'shop');
         CREATE CONNECTION kafka TO KAFKA (BROKER 'k.sandbox.invalid:9092');
         CREATE CONNECTION far TO POSTGRES (HOST 'db.sandbox.invalid', USER 'me', DATABASE 'shop');
         CREATE SOURCE src FROM POSTGRES CONNECTION pg (PUBLICATION 'pub');
         CREATE SOURCE apart FROM POSTGRES CONNECTION far (PUBLICATION 'pub')",
    );
    server
}

/// The error of each statement: its message, and its detail and hint on lines of their own.
fn refusals(server: &mut Server, statements: &[&str]) -> String {
    let mut report = Vec::new();
    for sql in statements {
        let error = server.run(sql).expect_err(sql);
        report.push((*sql).to_owned());
        report.push(format!("    {}", error.message));
        report.extend(error.detail.map(|text| format!("    detail: {}", text.replace('\n', "; "))));
        report.extend(error.hint.map(|text| format!("    hint: {text}")));
    }
    report.join("\n")
}

fn assert_refused(server: &mut Server, expected: &str) {
    let expected: Vec<&str> = expected.lines().filter(|line| !line.trim().is_empty()).collect();
    let statements: Vec<&str> = expected.iter().copied().filter(|line| !line.starts_with(' ')).collect();
    assert_eq!(refusals(server, &statements), expected.join("\n"));
}

#[test]
fn tables_have_the_columns_of_the_upstream() {
    let mut server = server();
    server.script(
        "CREATE TABLE items FROM SOURCE src (REFERENCE items);
         CREATE TABLE moods FROM SOURCE src (REFERENCE app.moods) WITH (TEXT COLUMNS (mood), EXCLUDE COLUMNS (cost));
         CREATE TABLE keyless FROM SOURCE src (REFERENCE shop.old.orders) WITH (EXCLUDE COLUMNS (id))",
    );
    assert_eq!(server.shape("items"), "id integer, Price numeric?, tags text[]?");
    assert_eq!(server.shape("moods"), "id integer, mood text?");
    assert_eq!(server.shape("keyless"), "");
    assert_eq!(
        server.filled,
        [("items", 1), ("moods", 1), ("keyless", 1)].map(|(name, n)| (name.to_owned(), n))
    );
}

#[test]
fn a_connection_is_made_if_it_leads_somewhere_or_nobody_looks() {
    let mut server = server();
    let down = "CONNECTION down TO POSTGRES (HOST 'down', USER 'me', DATABASE 'shop')";
    assert_refused(
        &mut server,
        &format!(
            "CREATE {down}\n    nobody is there\nCREATE SOURCE s FROM POSTGRES CONNECTION down (PUBLICATION 'pub')\n    unknown catalog item 'down'"
        ),
    );
    server.script(&format!("CREATE {down} WITH (VALIDATE = false)"));
    assert_refused(
        &mut server,
        "VALIDATE CONNECTION down
    nobody is there
ALTER CONNECTION down SET (PORT 5433)
    nobody is there
CREATE SOURCE s FROM POSTGRES CONNECTION down (PUBLICATION 'pub')
    nobody is there
VALIDATE CONNECTION far
    not supported by the sandbox: VALIDATE CONNECTION of this connection",
    );
    server.script(
        "ALTER CONNECTION down SET (PORT 5433) WITH (VALIDATE = false); ALTER CONNECTION pg SET (PORT 5433);
         VALIDATE CONNECTION pg",
    );
}

#[test]
fn subsources_are_made_along_with_a_source() {
    let mut server = server();
    server.script(
        "CREATE SOURCE a FROM POSTGRES CONNECTION pg (PUBLICATION 'pub', TEXT COLUMNS (app.orders.note))
             FOR TABLES (items, app.orders AS notes);
         CREATE SOURCE b FROM POSTGRES CONNECTION pg (PUBLICATION 'pub') FOR SCHEMAS (old)",
    );
    assert_eq!(server.shape("items"), "id integer, Price numeric?, tags text[]?");
    assert_eq!(server.shape("notes"), "id integer, note text?");
    assert_eq!(server.shape("orders"), "id integer");
    assert_eq!(
        server.filled,
        [("items", 1), ("notes", 1), ("orders", 1)].map(|(name, n)| (name.to_owned(), n))
    );
}

#[test]
fn what_can_not_be_a_table_is_refused() {
    assert_refused(
        &mut server(),
        r#"
CREATE TABLE x FROM SOURCE src (REFERENCE orders)
    reference to orders is ambiguous, consider specifying an additional layer of qualification
CREATE TABLE x FROM SOURCE src (REFERENCE app.moods)
    POSTGRES source validation: referenced tables use unsupported types
    detail: the following columns contain unsupported types:; shop.app.moods.mood (OID 16500); shop.app.moods.cost (OID 16500)
    hint: Use the TEXT COLUMNS option naming the listed columns, and Materialize can ingest their values as text.
CREATE TABLE x FROM SOURCE src (REFERENCE items) WITH (TEXT COLUMNS (price))
    invalid TEXT COLUMNS option value: column "items.price" does not exist
    hint: The similarly named column "items.Price" does exist.
CREATE TABLE x FROM SOURCE src (REFERENCE items) WITH (EXCLUDE COLUMNS (nosuch))
    invalid EXCLUDE COLUMNS option value: column "items.nosuch" does not exist
CREATE TABLE x FROM SOURCE src (REFERENCE items) WITH (EXCLUDE COLUMNS (items.id))
    invalid EXCLUDE COLUMNS option value: columns have one part
CREATE TABLE x (id int) FROM SOURCE src (REFERENCE items)
    CREATE TABLE .. FROM SOURCE column definitions cannot be specified directly
CREATE TABLE x FROM SOURCE src (REFERENCE closed.a)
    POSTGRES source validation: insufficient privileges
    detail: user me lacks USAGE privileges for schemas closed
CREATE TABLE x FROM SOURCE src (REFERENCE b)
    POSTGRES source validation: insufficient privileges
    detail: user me lacks SELECT privileges for tables half.b
CREATE TABLE x FROM SOURCE src (REFERENCE c)
    POSTGRES source validation: referenced items not tables with REPLICA IDENTITY FULL
    detail: referenced items: partial.c
CREATE TABLE x FROM SOURCE apart (REFERENCE items)
    not supported by the sandbox: tables of sources that are outside
"#,
    );
}

#[test]
fn references_are_listed_anew_where_somebody_can_be_asked() {
    let mut server = server();
    assert_refused(
        &mut server,
        "ALTER SOURCE apart REFRESH REFERENCES
    not supported by the sandbox: references of sources that are outside
ALTER SOURCE nosuch REFRESH REFERENCES
    unknown catalog item 'nosuch'
ALTER SOURCE pg REFRESH REFERENCES
    pg is a connection not a source",
    );
    server.script("ALTER SOURCE src REFRESH REFERENCES");
    assert_eq!(
        server.run("ALTER SOURCE IF EXISTS nosuch REFRESH REFERENCES"),
        Ok(vec!["SOURCE \"nosuch\" does not exist, skipping".to_owned()])
    );
}

#[test]
fn what_can_not_be_a_source_is_refused() {
    assert_refused(
        &mut server(),
        r#"
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'none') FOR ALL TABLES
    POSTGRES source validation: PUBLICATION none is empty
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'pub') FOR ALL TABLES
    multiple subsources would be named orders
    detail: referenced tables with duplicate name: shop.app.orders, shop.old.orders
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'pub') FOR TABLES (items AS a, app.items AS b)
    multiple subsources refer to table shop.app.items
    detail: subsources referencing table: a, b
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'pub') FOR TABLES (nosuch)
    reference to nosuch not found in source
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'pub') FOR SCHEMAS (nosuch, none)
    no tables found in referenced schemas: "nosuch", "none"
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'pub') FOR TABLES (items AS src)
    source "materialize.public.src" already exists
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'pub', TEXT COLUMNS (app.items.id))
    POSTGRES source validation: TEXT COLUMNS option is unnecessary when no tables are added
    hint: Remove the TEXT COLUMNS option, as no tables are being added.
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'pub', TEXT COLUMNS (app.orders.id)) FOR TABLES (items)
    POSTGRES source validation: TEXT COLUMNS refers to table not currently being added
    detail: the following tables are referenced but not added: app.orders
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'pub', EXCLUDE COLUMNS (id)) FOR TABLES (items)
    invalid EXCLUDE COLUMNS option value: column name 'id' must have at least a table qualification
CREATE SOURCE s FROM POSTGRES CONNECTION pg (PUBLICATION 'pub', EXCLUDE COLUMNS (nosuch.id)) FOR TABLES (items)
    invalid EXCLUDE COLUMNS option value: reference to nosuch not found in source
CREATE SOURCE s FROM POSTGRES CONNECTION kafka (PUBLICATION 'pub')
    POSTGRES source validation: materialize.public.kafka is not a POSTGRES CONNECTION
CREATE SOURCE s FROM POSTGRES CONNECTION far (PUBLICATION 'pub') FOR ALL TABLES
    not supported by the sandbox: tables of sources that are outside
"#,
    );
}
