//! Plans of the statements that make items, or make them anew.

mod connection;
mod format;
mod generator;
mod index;
mod materialized_view;
mod options;
mod postgres;
mod reference;
mod refresh;
mod replacement;
mod secret;
mod sink;
mod source;
mod table;
mod table_from_source;
mod type_;
mod view;
mod webhook;

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use super::feature::unavailable;
use super::resolve::full_name;
use crate::catalog::{Catalog, ClusterId, Item, ItemId, ItemKind, ObjectId, Op, SchemaId};
use crate::engine::Engine;
use crate::error::{Notice, SqlError, SqlState};
use crate::plan::{DdlPlan, Findings, SessionView};
use crate::sql::ast::{ClusterRef, Name, Statement};

/// What the planning of an item may know and change.
pub struct Planning<'a> {
    /// A copy that the caller commits: new ids are taken from it.
    pub catalog: &'a mut Catalog,
    /// Who asks.
    pub session: &'a SessionView,
    /// Types queries.
    pub engine: &'a Engine,
    /// In milliseconds: from when on a materialized view is computed.
    pub now: u64,
    /// What other systems said. Where it isn't enough, the plan says what it must know.
    pub upstream: &'a Findings,
}

/// Plans a statement that makes an item or gives it another definition; `None` if it isn't one.
pub fn plan_item(statement: &Statement, planning: &mut Planning<'_>) -> Option<Result<DdlPlan, SqlError>> {
    Some(match statement {
        Statement::CreateView(create) => view::create(planning, create),
        Statement::CreateMaterializedView(create) => materialized_view::create(planning, create),
        Statement::CreateTable(create) => table::create(planning, create),
        Statement::CreateTableFromSource(create) => table_from_source::create(planning, create),
        Statement::CreateIndex(create) => index::create(planning, create),
        Statement::CreateSource(create) => source::create(planning, create),
        Statement::RefreshReferences { if_exists, name } => refresh::references(planning, *if_exists, name),
        Statement::CreateWebhookSource(create) => webhook::create(planning, create),
        Statement::CreateSink(create) => sink::create(planning, create),
        Statement::CreateConnection(create) => connection::create(planning, create),
        Statement::AlterConnection { if_exists, name, actions, with } => {
            connection::alter(planning, *if_exists, name, actions, with)
        }
        Statement::AlterSinkFrom { if_exists, name, from } => sink::alter(planning, *if_exists, name, from),
        Statement::CreateSecret { name, if_not_exists, value } => {
            secret::create(planning, name, *if_not_exists, value)
        }
        Statement::CreateType { name, definition } => type_::create(planning, name, definition),
        Statement::AlterSetCluster { .. } => {
            Err(unavailable("ALTER ... SET CLUSTER syntax", "enable_alter_set_cluster"))
        }
        Statement::ValidateConnection { name } => connection::probe(planning, name),
        Statement::AlterSecret { if_exists, name, value } => secret::alter(planning, *if_exists, name, value),
        Statement::AlterTableAddColumn { .. } => table::add_column(),
        Statement::ApplyReplacement { if_exists, name, replacement } => {
            replacement::apply(planning, *if_exists, name, replacement)
        }
        _ => return None,
    })
}

/// Where a new item goes.
#[derive(Clone, Debug)]
struct Place {
    /// `None` is the session's own schema.
    schema: Option<SchemaId>,
    session: Option<u32>,
    name: Ident,
    /// As errors write it: `database.schema.item`.
    full: String,
}

impl Planning<'_> {
    /// Where an item of a name goes.
    fn place(&self, name: &Name, temporary: bool) -> Result<Place, SqlError> {
        if temporary {
            let item = match name.0.as_slice() {
                [item] => item,
                [schema, item] if schema.as_str() == "mz_temp" => item,
                _ => return Err(SqlError::internal("cannot create temporary item in non-temporary schema")),
            };
            let full = format!("mz_temp.{}", item.as_str());
            return Ok(Place {
                schema: None,
                session: Some(self.session.connection),
                name: item.clone(),
                full,
            });
        }
        let (schema, item) = self.catalog.schema_for_creation(self.session, name)?;
        let id = schema.id;
        let schema = self.catalog.full_schema_name(id).unwrap_or_default();
        let full = format!("{schema}.{}", item.as_str());
        Ok(Place { schema: Some(id), session: None, name: item, full })
    }

    /// What has the place already.
    fn occupant(&self, place: &Place) -> Option<&Item> {
        match place.schema {
            Some(schema) => self.catalog.item_by_name(schema, &place.name),
            None => self.catalog.temporary_item(self.session.connection, &place.name),
        }
    }

    /// A type of the same name, which keeps relations away.
    fn occupying_type(&self, place: &Place) -> Option<&Item> {
        self.catalog.type_by_name(place.schema?, &place.name)
    }

    /// Refuses a place that is taken; `true` if the statement says that this is no error.
    fn is_taken(&self, place: &Place, if_not_exists: bool) -> Result<bool, SqlError> {
        match self.occupant(place).or_else(|| self.occupying_type(place)) {
            None => Ok(false),
            Some(_) if if_not_exists => Ok(true),
            Some(item) => Err(already_exists(item, &place.full)),
        }
    }

    /// The cluster of a statement, or the session's.
    fn cluster(&self, cluster: Option<&ClusterRef>) -> Result<ClusterId, SqlError> {
        match cluster {
            Some(ClusterRef::Name(name)) => Ok(self.catalog.resolve_cluster(name)?.id),
            Some(ClusterRef::Id(id)) => Ok(*id),
            None => Ok(self.catalog.resolve_cluster(&self.session.cluster)?.id),
        }
    }

    /// The operation that makes an item of the session's role.
    fn new_item(&mut self, place: Place, uses: BTreeSet<ItemId>, kind: ItemKind) -> Op {
        Op::CreateItem {
            id: self.catalog.next_item_id(),
            schema: place.schema,
            session: place.session,
            name: place.name,
            owner: self.session.role,
            uses,
            kind: Box::new(kind),
        }
    }

    /// Its name in a stored statement.
    fn stored_name(&self, place: &Place) -> Name {
        let schema = place.schema.and_then(|id| self.catalog.schema(id));
        let database = schema.and_then(|schema| schema.database).and_then(|id| self.catalog.database(id));
        let database = database.map(|database| database.name.clone());
        Name(
            database
                .into_iter()
                .chain(schema.map(|schema| schema.name.clone()))
                .chain([place.name.clone()])
                .collect(),
        )
    }

    /// A relation that something new is to depend on: a replacement can't be.
    fn refuse_replacements(&self, uses: &BTreeSet<ItemId>) -> Result<(), SqlError> {
        for id in uses {
            if let Some(item) = self.catalog.item(*id)
                && let ItemKind::MaterializedView(view) = &item.kind
                && view.replaces.is_some()
            {
                let name = self.catalog.minimal_name(self.session, *id);
                return Err(SqlError::internal(format!(
                    "replacement materialized view {name} cannot be depended upon"
                )));
            }
        }
        Ok(())
    }

    /// Refuses relations of the server's own whose columns may change.
    fn refuse_unstable(&self, uses: &BTreeSet<ItemId>, kind: &str) -> Result<(), SqlError> {
        const UNSTABLE: [&str; 3] = ["mz_internal", "mz_introspection", "mz_catalog_unstable"];
        let mut unstable: Vec<String> = Vec::new();
        for id in uses.iter().filter(|id| !id.is_user()) {
            let Some(item) = self.catalog.item(*id) else { continue };
            let schema = item.schema.and_then(|schema| self.catalog.schema(schema));
            if schema.is_some_and(|schema| UNSTABLE.contains(&schema.name.as_str())) {
                unstable.push(full_name(self.catalog, *id));
            }
        }
        if unstable.is_empty() {
            return Ok(());
        }
        Err(SqlError::internal(format!("cannot create {kind} with unstable dependencies")).with_detail(
            format!("The object depends on the following unstable objects: {}", unstable.join(", ")),
        ))
    }

    /// The drop of what `OR REPLACE` replaces, with its indexes. What else depends on it keeps it.
    fn replace(&self, old: &Item, place: &Place, uses: &BTreeSet<ItemId>) -> Result<Op, SqlError> {
        let kind = old.kind.object_kind().words();
        let below = |id: &ItemId| self.reaches(*id, old.id);
        if uses.iter().any(below) {
            let name = &place.full;
            return Err(SqlError::internal(format!(
                "cannot replace {kind} {name}: depended upon by new {name} definition"
            )));
        }
        let mut objects = Vec::new();
        for user in self.catalog.used_by(old.id) {
            let Some(item) = self.catalog.item(user) else { continue };
            if !matches!(item.kind, ItemKind::Index(_)) {
                let dropped = self.catalog.minimal_name(self.session, old.id);
                let dependant = self.catalog.minimal_name(self.session, user);
                return Err(SqlError::internal(format!(
                    "cannot drop {kind} {dropped:?}: still depended upon by {} {dependant:?}",
                    item.kind.object_kind().words()
                ))
                .with_hint("Use DROP ... CASCADE to drop the dependent objects too."));
            }
            objects.push(ObjectId::Item(user));
        }
        objects.push(ObjectId::Item(old.id));
        Ok(Op::Drop { objects })
    }

    /// True if `item` is `target` or depends on it.
    fn reaches(&self, item: ItemId, target: ItemId) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![item];
        while let Some(id) = open.pop() {
            if id == target {
                return true;
            }
            if seen.insert(id) {
                open.extend(self.catalog.item(id).into_iter().flat_map(|item| item.uses.iter().copied()));
            }
        }
        false
    }
}

/// `view "d.s.v" already exists`
fn already_exists(item: &Item, full: &str) -> SqlError {
    SqlError::internal(format!("{} {full:?} already exists", item.kind.object_kind().words()))
}

/// The answer to `IF NOT EXISTS` of something that is there. The kind is that of the statement.
fn skipping(kind: &str, name: &Ident) -> DdlPlan {
    let notice = Notice::new(
        SqlState::DUPLICATE_OBJECT,
        format!("{kind} {:?} already exists, skipping", name.as_str()),
    );
    DdlPlan { notices: vec![notice], ..DdlPlan::default() }
}

/// The answer to `IF EXISTS` of something that isn't there.
fn absent(kind: &str, name: &Name) -> DdlPlan {
    let notice = Notice::new(
        SqlState::UNDEFINED_OBJECT,
        format!("{kind} {:?} does not exist, skipping", crate::catalog::written(name)),
    );
    DdlPlan { notices: vec![notice], ..DdlPlan::default() }
}

/// True for the error of a name that nothing has: what `IF EXISTS` forgives.
fn is_absence(error: &SqlError) -> bool {
    error.message.starts_with("unknown ")
}

/// `column "a" specified more than once`
fn refuse_duplicates<'a>(names: impl IntoIterator<Item = &'a Ident>) -> Result<(), SqlError> {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(SqlError::internal(format!("column {:?} specified more than once", name.as_str())));
        }
    }
    Ok(())
}
