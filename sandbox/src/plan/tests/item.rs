//! Items made from statements, as far as planning around them needs it: names, dependencies, clusters and the names
//! of columns. Every column is a nullable integer.

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use crate::catalog::{
    Catalog, ClusterId, ColumnDesc, Connection, Index, Item, ItemId, ItemKind, MaterializedView, ObjectId,
    Op, ScalarType, SchemaId, Sink, Source, SourceStatement, Table, TableStatement, Type, View,
};
use crate::error::SqlError;
use crate::plan::rbac::Requirements;
use crate::plan::{DdlPlan, Planned, SessionView};
use crate::sql::ast::{
    ClusterRef, ConnectionAction, CreateIndex, Expr, ItemRef, Name, Query, SelectItem, SetExpr, Statement,
    TableFactor, TypeDefinition,
};
use crate::sql::visit::{Role, Visitor, walk_statement};

/// Plans a statement that makes an item, `ALTER MATERIALIZED VIEW … APPLY REPLACEMENT` and `ALTER CONNECTION`.
pub(super) fn plan_item(
    statement: &Statement,
    catalog: &mut Catalog,
    session: &SessionView,
) -> Option<Result<Planned, SqlError>> {
    if let Statement::ApplyReplacement { name, replacement, .. } = statement {
        return Some(apply_replacement(catalog, session, name, replacement));
    }
    if let Statement::AlterConnection { if_exists, name, actions, .. } = statement {
        if *if_exists && catalog.resolve_item(session, name).is_err() {
            return Some(Ok(Planned::default()));
        }
        return Some(alter_connection(catalog, session, name, actions));
    }
    let mut statement = statement.clone();
    let uses = match resolve(&mut statement, catalog, session) {
        Ok(uses) => uses,
        Err(error) => return Some(Err(error)),
    };
    Some(make(statement, uses, catalog, session)?.map(|ops| {
        let requires = Requirements::of_ops(catalog, &ops);
        Planned::new(DdlPlan { ops, ..DdlPlan::default() }, requires)
    }))
}

fn apply_replacement(
    catalog: &Catalog,
    session: &SessionView,
    name: &Name,
    replacement: &Name,
) -> Result<Planned, SqlError> {
    let target = catalog.resolve_item(session, name)?.id;
    let replacement = catalog.resolve_item(session, replacement)?.id;
    let replaces = catalog.item(replacement).map(|item| &item.kind);
    if !matches!(replaces, Some(ItemKind::MaterializedView(view)) if view.replaces == Some(target)) {
        return Err(SqlError::internal("not the replacement of this view"));
    }
    let ops = vec![Op::ApplyReplacement { target, replacement }];
    let requires = Requirements::of_ops(catalog, &ops);
    Ok(Planned::new(DdlPlan { ops, ..DdlPlan::default() }, requires))
}

fn alter_connection(
    catalog: &Catalog,
    session: &SessionView,
    name: &Name,
    actions: &[ConnectionAction],
) -> Result<Planned, SqlError> {
    let item = catalog.resolve_item(session, name)?;
    let ItemKind::Connection(connection) = &item.kind else {
        return Err(SqlError::internal("no connection"));
    };
    let mut create = connection.create.clone();
    for action in actions {
        match action {
            ConnectionAction::Set(option) => {
                create.options.retain(|old| old.name != option.name);
                create.options.push(option.clone());
            }
            ConnectionAction::Drop(name) | ConnectionAction::Reset(name) => {
                create.options.retain(|old| old.name != *name);
            }
            ConnectionAction::RotateKeys => {}
        }
    }
    let mut statement = Statement::CreateConnection(create.clone());
    let uses = resolve(&mut statement, catalog, session)?;
    let kind = Box::new(ItemKind::Connection(Connection { create }));
    let ops = vec![Op::ReplaceItem { id: item.id, uses, kind }];
    let requires = Requirements::of_ops(catalog, &ops);
    Ok(Planned::new(DdlPlan { ops, ..DdlPlan::default() }, requires))
}

/// Turns names into ids and says which. A name of one part that stands for no item is a `WITH` block's, and stays.
fn resolve(
    statement: &mut Statement,
    catalog: &Catalog,
    session: &SessionView,
) -> Result<BTreeSet<ItemId>, SqlError> {
    let mut resolving = Resolving { catalog, session, uses: BTreeSet::new(), missing: None };
    walk_statement(&mut resolving, statement);
    resolving.missing.map_or(Ok(resolving.uses), Err)
}

struct Resolving<'a> {
    catalog: &'a Catalog,
    session: &'a SessionView,
    uses: BTreeSet<ItemId>,
    missing: Option<SqlError>,
}

impl Resolving<'_> {
    fn found(&mut self, reference: &mut ItemRef, found: Result<ItemId, SqlError>) {
        match found {
            Ok(found) => {
                self.uses.insert(found);
                *reference = ItemRef::Id(found);
            }
            Err(error) => {
                if !matches!(reference, ItemRef::Name(name) if name.0.len() == 1) {
                    self.missing.get_or_insert(error);
                }
            }
        }
    }
}

impl Visitor for Resolving<'_> {
    fn item(&mut self, _role: Role, item: &mut ItemRef) {
        let found = match &*item {
            ItemRef::Id(id) => Ok(*id),
            ItemRef::Name(name) => self.catalog.resolve_item(self.session, name).map(|item| item.id),
        };
        self.found(item, found);
    }

    fn type_name(&mut self, name: &mut ItemRef) {
        let found = match &*name {
            ItemRef::Id(id) => Ok(*id),
            ItemRef::Name(name) => self.catalog.resolve_type(self.session, name).map(|item| item.id),
        };
        self.found(name, found);
    }
}

/// The place of a new item.
struct Place {
    schema: Option<SchemaId>,
    session: Option<u32>,
    name: Ident,
}

fn place(catalog: &Catalog, session: &SessionView, name: &Name, temporary: bool) -> Result<Place, SqlError> {
    if temporary {
        let name = name.0.last().cloned().unwrap_or_else(|| Ident::from(""));
        return Ok(Place { schema: None, session: Some(session.connection), name });
    }
    let (schema, name) = catalog.schema_for_creation(session, name)?;
    Ok(Place { schema: Some(schema.id), session: None, name })
}

#[expect(clippy::too_many_lines, reason = "an arm for each statement that makes an item")]
fn make(
    statement: Statement,
    mut uses: BTreeSet<ItemId>,
    catalog: &mut Catalog,
    session: &SessionView,
) -> Option<Result<Vec<Op>, SqlError>> {
    let cluster =
        |catalog: &Catalog, reference: &Option<ClusterRef>| cluster(catalog, session, reference.as_ref());
    let at = |catalog: &Catalog, name: &Name, temporary| place(catalog, session, name, temporary);
    let mut replaced = None;
    let made: Result<(Place, ItemKind), SqlError> = (|| match statement {
        Statement::CreateTable(create) => {
            let columns = create.columns.iter().map(|column| column_of(&column.name)).collect();
            let place = at(catalog, &create.name, create.temporary)?;
            Ok(Some((place, ItemKind::Table(Table { columns, create: Some(TableStatement::Table(create)) }))))
        }
        Statement::CreateView(create) => {
            let place = at(catalog, &create.name, create.temporary)?;
            replaced = create.or_replace.then(|| create.name.clone());
            let columns = columns(catalog, &create.columns, &create.query);
            Ok(Some((place, ItemKind::View(View { columns, keys: Vec::new(), create: Some(create) }))))
        }
        Statement::CreateMaterializedView(create) => {
            let place = at(catalog, &create.name, false)?;
            replaced = create.or_replace.then(|| create.name.clone());
            if let Some(ItemRef::Id(target)) = create.replacement_for {
                let downstream = catalog.dependents(&[ObjectId::Item(target)]);
                if uses.iter().any(|id| *id != target && downstream.contains(&ObjectId::Item(*id))) {
                    return Err(SqlError::internal("the view would depend on itself"));
                }
            }
            let view = MaterializedView {
                columns: columns(catalog, &create.columns, &create.query),
                keys: Vec::new(),
                cluster: cluster(catalog, &create.in_cluster)?,
                replaces: match &create.replacement_for {
                    Some(ItemRef::Id(id)) => Some(*id),
                    _ => None,
                },
                constant: false,
                create: Some(create),
            };
            Ok(Some((place, ItemKind::MaterializedView(view))))
        }
        Statement::CreateIndex(mut create) => {
            let ItemRef::Id(on) = create.on else { return Ok(None) };
            let Some(relation) = catalog.item(on) else { return Ok(None) };
            let name = create.name.clone().unwrap_or_else(|| index_name(relation, &create));
            create.name = Some(name.clone());
            let place = Place { schema: relation.schema, session: relation.session, name };
            let cluster = cluster(catalog, &create.in_cluster)?;
            let index = Index { on, cluster, key: Vec::new(), create: Some(create) };
            Ok(Some((place, ItemKind::Index(index))))
        }
        Statement::CreateConnection(create) => {
            let place = at(catalog, &create.name, false)?;
            Ok(Some((place, ItemKind::Connection(Connection { create }))))
        }
        Statement::CreateSecret { name, .. } => Ok(Some((at(catalog, &name, false)?, ItemKind::Secret))),
        Statement::CreateType { name, definition } => {
            let place = at(catalog, &name, false)?;
            let definition_of = match &definition {
                TypeDefinition::List(_) => ScalarType::List(Box::new(int4())),
                TypeDefinition::Map(_) => ScalarType::Map(Box::new(int4())),
                TypeDefinition::Record(columns) => {
                    ScalarType::Record(columns.iter().map(|column| (column.name.clone(), int4())).collect())
                }
            };
            let kind = Type::Custom { definition: definition_of, create: (name, definition) };
            Ok(Some((place, ItemKind::Type(kind))))
        }
        Statement::CreateSink(create) => {
            let (ItemRef::Id(from), ItemRef::Id(connection)) =
                (create.from.clone(), create.connection.clone())
            else {
                return Ok(None);
            };
            let Some(name) = &create.name else { return Ok(None) };
            let place = at(catalog, name, false)?;
            let cluster = cluster(catalog, &create.in_cluster)?;
            Ok(Some((place, ItemKind::Sink(Sink { from, cluster, connection, create }))))
        }
        Statement::CreateTableFromSource(create) => {
            let ItemRef::Id(source) = create.source else { return Ok(None) };
            let place = at(catalog, &create.name, false)?;
            let create = Some(TableStatement::FromSource { source, create });
            Ok(Some((place, ItemKind::Table(Table { columns: Vec::new(), create }))))
        }
        Statement::CreateSource(create) => {
            let place = at(catalog, &create.name, false)?;
            let source = Source {
                source_type: "load-generator".to_owned(),
                columns: vec![column_of(&Ident::from("counter"))],
                cluster: Some(cluster(catalog, &create.in_cluster)?),
                connection: None,
                parent: None,
                references: Vec::new(),
                create: SourceStatement::Source(create),
            };
            Ok(Some((place, ItemKind::Source(source))))
        }
        _ => Ok(None),
    })()
    .transpose()?;
    Some(made.map(|(place, kind)| {
        let mut ops = Vec::new();
        if let Some(old) = replaced.and_then(|name| catalog.resolve_item(session, &name).ok()) {
            ops.push(Op::Drop { objects: catalog.dependents(&[ObjectId::Item(old.id)]) });
        }
        let id = if matches!(kind, ItemKind::Source(_)) {
            let progress = catalog.next_item_id();
            let id = catalog.next_item_id();
            ops.push(progress_of(progress, id, &place, session));
            uses.insert(progress);
            id
        } else {
            catalog.next_item_id()
        };
        let Place { schema, session: of, name } = place;
        ops.push(Op::CreateItem {
            id,
            schema,
            session: of,
            name,
            owner: session.role,
            uses,
            kind: Box::new(kind),
        });
        ops
    }))
}

/// The progress collection of a source, which the source depends on.
fn progress_of(id: ItemId, source: ItemId, place: &Place, session: &SessionView) -> Op {
    let kind = ItemKind::Source(Source {
        source_type: "progress".to_owned(),
        columns: Vec::new(),
        cluster: None,
        connection: None,
        parent: Some(source),
        references: Vec::new(),
        create: SourceStatement::Subsource(None),
    });
    Op::CreateItem {
        id,
        schema: place.schema,
        session: None,
        name: Ident::from(format!("{}_progress", place.name.as_str()).as_str()),
        owner: session.role,
        uses: BTreeSet::new(),
        kind: Box::new(kind),
    }
}

fn cluster(
    catalog: &Catalog,
    session: &SessionView,
    name: Option<&ClusterRef>,
) -> Result<ClusterId, SqlError> {
    match name {
        None => Ok(catalog.resolve_cluster(&session.cluster)?.id),
        Some(ClusterRef::Name(name)) => Ok(catalog.resolve_cluster(name)?.id),
        Some(ClusterRef::Id(id)) => Ok(*id),
    }
}

/// `t_a_idx`, or `t_primary_idx` for a default index.
fn index_name(relation: &Item, create: &CreateIndex) -> Ident {
    let relation = relation.name.as_str();
    let Some(key) = &create.key else { return Ident::from(format!("{relation}_primary_idx").as_str()) };
    let columns = key.iter().map(|expr| match expr {
        Expr::Column(name) => name.0.last().map(|last| last.as_str().to_owned()).unwrap_or_default(),
        _ => "expr".to_owned(),
    });
    Ident::from(format!("{relation}_{}_idx", columns.collect::<Vec<_>>().join("_")).as_str())
}

fn int4() -> ScalarType {
    ScalarType::Builtin { name: "int4".to_owned(), type_mod: -1 }
}

fn column_of(name: &Ident) -> ColumnDesc {
    ColumnDesc { name: name.clone(), data_type: int4(), nullable: true, default: None }
}

/// The columns of a query that is a plain `SELECT`.
fn columns(catalog: &Catalog, listed: &[Ident], query: &Query) -> Vec<ColumnDesc> {
    if !listed.is_empty() {
        return listed.iter().map(column_of).collect();
    }
    let SetExpr::Select(select) = &query.body else { return Vec::new() };
    let mut found = Vec::new();
    for item in &select.projection {
        match item {
            SelectItem::Expr { alias: Some(alias), .. } => found.push(column_of(alias)),
            SelectItem::Expr { expr: Expr::Column(name), .. } => found.extend(name.0.last().map(column_of)),
            SelectItem::Expr { .. } => found.push(column_of(&Ident::from("?column?"))),
            SelectItem::Wildcard => {
                let relations = select.from.iter().filter_map(|table| match &table.relation {
                    TableFactor::Table { name: ItemRef::Id(id), .. } => catalog.item(*id),
                    _ => None,
                });
                found.extend(relations.flat_map(|item| item.kind.columns().unwrap_or_default()).cloned());
            }
        }
    }
    found
}
