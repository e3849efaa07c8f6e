//! Items: relations, indexes, sinks, connections, secrets, types and functions.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use mz_deploy_planner::name::Ident;

use super::{Rows, Table, acl, boolean, column_type, text};
use crate::catalog::{
    Catalog, ColumnDesc, Connection, Index, Item, ItemId, ItemKind, MaterializedView, ScalarType, SchemaId,
    Sink, Source, SourceStatement, TableStatement, Type,
};
use crate::sql::ast::{ObjectKind, OptionValue, Refresh, SourceConnection, Value};
use crate::system::relations::{self, BuiltinFunction};
use crate::system::{statements, text as engine_text};

/// The schemas of the builtin types.
const TYPE_SCHEMAS: [SchemaId; 2] = [SchemaId::System(2), SchemaId::System(1)];

/// What only some kinds of items have.
#[derive(Default)]
struct Details {
    subtype: Option<String>,
    target: Option<ItemId>,
    connection: Option<ItemId>,
    envelope: Option<String>,
    format: Option<String>,
    key_format: Option<String>,
    value_format: Option<String>,
}

pub(super) fn rows(catalog: &Catalog, item: &Item, rows: &mut Rows) {
    rows.push((Table::Item, item_row(catalog, item)));
    for id in &item.uses {
        rows.push((Table::Dependency, vec![text(item.id), text(id)]));
    }
    for (n, column) in (1..).zip(item.kind.columns().unwrap_or_default()) {
        rows.push((Table::ItemColumn, column_row(catalog, item, n, column)));
    }
    match &item.kind {
        ItemKind::Index(index) => index_columns(catalog, item.id, index, rows),
        ItemKind::MaterializedView(view) => refresh_strategies(item.id, view, rows),
        ItemKind::Type(definition) => rows.push((Table::TypeDetail, type_row(catalog, item, definition))),
        ItemKind::Source(source) => {
            references(item.id, source, rows);
            rows.extend(postgres_table(catalog, item));
        }
        ItemKind::Table(_) => rows.extend(postgres_table(catalog, item)),
        ItemKind::Function => rows.extend(function_row(catalog, item).map(|row| (Table::Function, row))),
        _ => {}
    }
}

/// The kind of an item as `mz_objects` says it.
pub(super) fn object_type(kind: &ItemKind) -> &'static str {
    match kind.object_kind() {
        ObjectKind::Function => "function",
        kind => crate::catalog::kebab(kind),
    }
}

fn item_row(catalog: &Catalog, item: &Item) -> Vec<Option<String>> {
    let details = details(&item.kind);
    // Temporary items are in a schema that is not listed.
    let schema = item.schema.map_or_else(|| "0".to_owned(), |id| id.to_string());
    let privileges = match item.kind {
        ItemKind::Index(_) | ItemKind::Sink(_) => None,
        _ => acl(&item.acl),
    };
    let texts = statements::texts(catalog, item);
    vec![
        text(item.id),
        text(item.oid),
        Some(schema),
        text(item.name.as_str()),
        text(object_type(&item.kind)),
        text(item.owner),
        item.kind.cluster().map(|id| id.to_string()),
        privileges,
        texts.create_sql,
        texts.redacted_create_sql,
        texts.definition,
        details.subtype,
        details.target.map(|id| id.to_string()),
        details.connection.map(|id| id.to_string()),
        details.envelope,
        details.format,
        details.key_format,
        details.value_format,
    ]
}

fn details(kind: &ItemKind) -> Details {
    match kind {
        ItemKind::Table(table) => Details {
            target: match &table.create {
                Some(TableStatement::FromSource { source, .. }) => Some(*source),
                _ => None,
            },
            ..Details::default()
        },
        ItemKind::MaterializedView(view) => Details { target: view.replaces, ..Details::default() },
        ItemKind::Index(index) => Details { target: Some(index.on), ..Details::default() },
        ItemKind::Source(source) => source_details(source),
        ItemKind::Sink(sink) => sink_details(sink),
        ItemKind::Connection(connection) => {
            Details { subtype: Some(connection_type(connection)), ..Details::default() }
        }
        ItemKind::Type(definition) => Details { subtype: Some(category(definition)), ..Details::default() },
        ItemKind::View(_) | ItemKind::Secret | ItemKind::Function => Details::default(),
    }
}

fn source_details(source: &Source) -> Details {
    let mut details =
        Details { subtype: text(&source.source_type), connection: source.connection, ..Details::default() };
    if let SourceStatement::Source(create) = &source.create
        && matches!(create.connection, SourceConnection::Kafka { .. })
    {
        let envelope = create.encoding.envelope.as_deref().and_then(|clause| word_after(clause, "ENVELOPE"));
        details.envelope = envelope.or_else(|| text("none"));
        (details.key_format, details.value_format) = formats(create.encoding.format.as_deref());
    }
    details
}

fn sink_details(sink: &Sink) -> Details {
    let encoding = &sink.create.encoding;
    let (key_format, value_format) = formats(encoding.format.as_deref());
    Details {
        subtype: word_after(&format!("INTO {}", sink.create.into), "INTO"),
        target: Some(sink.from),
        connection: Some(sink.connection),
        envelope: encoding.envelope.as_deref().and_then(|clause| word_after(clause, "ENVELOPE")),
        format: value_format.clone().filter(|_| key_format.is_none() || key_format == value_format),
        key_format,
        value_format,
    }
}

/// `FORMAT f` is the format of the value; `KEY FORMAT f VALUE FORMAT g` names both.
fn formats(clause: Option<&str>) -> (Option<String>, Option<String>) {
    let Some(clause) = clause else { return (None, None) };
    match clause.split_once("VALUE FORMAT") {
        Some((key, value)) => (word_after(key, "FORMAT"), word_after(&format!("FORMAT{value}"), "FORMAT")),
        None => (None, word_after(clause, "FORMAT")),
    }
}

/// The word after a keyword, as the catalog spells it.
fn word_after(clause: &str, keyword: &str) -> Option<String> {
    let mut words = clause.split_ascii_whitespace().skip_while(|word| *word != keyword).skip(1);
    words.next().map(str::to_ascii_lowercase)
}

fn connection_type(connection: &Connection) -> String {
    connection.create.kind.to_ascii_lowercase().replace(' ', "-")
}

fn category(definition: &Type) -> String {
    match definition {
        Type::Builtin { category } => category.clone(),
        Type::Custom { definition, .. } => match definition {
            ScalarType::List(_) => "list",
            ScalarType::Record(_) => "composite",
            _ => "pseudo",
        }
        .to_owned(),
    }
}

fn column_row(catalog: &Catalog, item: &Item, position: u32, column: &ColumnDesc) -> Vec<Option<String>> {
    vec![
        text(item.id),
        text(column.name.as_str()),
        text(position),
        boolean(column.nullable),
        text(column_type::name(catalog, &column.data_type)),
        statements::column_default(catalog, item, column),
        text(column_type::oid(catalog, &column.data_type)),
        text(column_type::modifier(&column.data_type)),
    ]
}

/// What tables can be made of a source.
fn references(id: ItemId, source: &Source, rows: &mut Rows) {
    for reference in &source.references {
        let columns = reference.columns.as_ref().map(|columns| engine_text::array(columns.iter().cloned()));
        let row = vec![
            text(id),
            text(&reference.namespace),
            text(&reference.name),
            Some(engine_text::timestamp(reference.updated_at)),
            columns,
        ];
        rows.push((Table::SourceReference, row));
    }
}

/// Which upstream table a table or subsource of a `PostgreSQL` source is.
fn postgres_table(catalog: &Catalog, item: &Item) -> Option<(Table, Vec<Option<String>>)> {
    let (source, reference) = match &item.kind {
        ItemKind::Table(table) => match &table.create {
            Some(TableStatement::FromSource { source, create }) => (*source, create.reference.as_ref()?),
            _ => return None,
        },
        ItemKind::Source(source) => match &source.create {
            SourceStatement::Subsource(upstream) => (source.parent?, upstream.as_ref()?),
            _ => return None,
        },
        _ => return None,
    };
    let ItemKind::Source(source) = &catalog.item(source)?.kind else { return None };
    let [_, schema, table] = reference.0.as_slice() else { return None };
    let row = vec![text(item.id), text(schema.as_str()), text(table.as_str())];
    (source.source_type == "postgres").then_some((Table::PostgresTable, row))
}

fn index_columns(catalog: &Catalog, id: ItemId, index: &Index, rows: &mut Rows) {
    for (n, key) in (1_u32..).zip(&index.key) {
        let position = key.column.map(|column| (column + 1).to_string());
        let expression = key.column.is_none().then(|| statements::expression(catalog, &key.expr));
        let row = vec![text(id), text(n), position, expression, boolean(key.nullable)];
        rows.push((Table::IndexColumn, row));
    }
}

fn refresh_strategies(id: ItemId, view: &MaterializedView, rows: &mut Rows) {
    let Some(create) = &view.create else { return };
    let strategies = create.options.iter().filter_map(|option| match &option.value {
        Some(OptionValue::Refresh(refresh)) => Some(refresh),
        _ => None,
    });
    let mut row = |kind: &str, interval: Option<String>| {
        rows.push((Table::RefreshStrategy, vec![text(id), text(kind), interval, None, None]));
    };
    let mut any = false;
    for strategy in strategies {
        any = true;
        match strategy {
            Refresh::OnCommit => row("on-commit", None),
            Refresh::AtCreation | Refresh::At(_) => row("at", None),
            Refresh::Every { interval, .. } => row("every", interval_text(interval)),
        }
    }
    if !any {
        row("on-commit", None);
    }
}

/// The text of an interval literal.
pub(super) fn interval_text(value: &Value) -> Option<String> {
    match value {
        Value::Interval(interval) => Some(interval.value.clone()),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

fn type_row(catalog: &Catalog, item: &Item, definition: &Type) -> Vec<Option<String>> {
    let (kind, element, key) = match definition {
        Type::Builtin { category } => match item.name.as_str().strip_prefix('_') {
            Some(element) => ("array", builtin_type(catalog, element), None),
            None if category == "pseudo" => ("pseudo", None, None),
            None => ("base", None, None),
        },
        Type::Custom { definition, .. } => match definition {
            ScalarType::List(element) => ("list", type_id(catalog, element), None),
            ScalarType::Map(value) => ("map", type_id(catalog, value), builtin_type(catalog, "text")),
            _ => ("base", None, None),
        },
    };
    vec![text(item.id), text(kind), element.map(|id| id.to_string()), key.map(|id| id.to_string())]
}

fn type_id(catalog: &Catalog, data_type: &ScalarType) -> Option<ItemId> {
    match data_type {
        ScalarType::Builtin { name, .. } => builtin_type(catalog, name),
        ScalarType::Custom(id) => Some(*id),
        _ => None,
    }
}

fn builtin_type(catalog: &Catalog, name: &str) -> Option<ItemId> {
    let name = Ident::new(name);
    TYPE_SCHEMAS.iter().find_map(|schema| catalog.type_by_name(*schema, &name)).map(|item| item.id)
}

static FUNCTIONS: LazyLock<BTreeMap<u32, &'static BuiltinFunction>> =
    LazyLock::new(|| relations::functions().map(|function| (function.oid, function)).collect());

fn function_row(catalog: &Catalog, item: &Item) -> Option<Vec<Option<String>>> {
    let function = FUNCTIONS.get(&item.oid)?;
    let id = |name: &str| builtin_type(catalog, name).map(|id| id.to_string());
    let arguments = function.arguments.iter().filter_map(|name| id(name));
    Some(vec![
        text(item.id),
        Some(engine_text::array(arguments)),
        function.variadic.and_then(id),
        function.returns.and_then(id),
        boolean(function.returns_set),
    ])
}
