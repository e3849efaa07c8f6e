//! What names mean in a session, with the server's errors for those that mean nothing.

use mz_deploy_planner::name::Ident;

use super::id::{DatabaseId, ItemId};
use super::model::{Catalog, Cluster, Database, Item, NetworkPolicy, Role, Schema};
use super::names::NameSpace;
use crate::error::{SqlError, SqlState};
use crate::plan::SessionView;
use crate::sql::ast::Name;

/// The server's own schemas that every search path begins with, unless it names them.
const IMPLICIT: [&str; 2] = ["mz_catalog", "pg_catalog"];

/// A name as the user wrote it, without quotes: what errors show.
pub fn written(name: &Name) -> String {
    let parts: Vec<&str> = name.0.iter().map(Ident::as_str).collect();
    parts.join(".")
}

impl Catalog {
    /// The relation, index, sink, connection or secret that a name stands for.
    pub fn resolve_item(&self, session: &SessionView, name: &Name) -> Result<&Item, SqlError> {
        let item = self.resolve(session, name, NameSpace::Item)?;
        item.ok_or_else(|| SqlError::internal(format!("unknown catalog item '{}'", written(name))))
    }

    /// The type that a name stands for.
    pub fn resolve_type(&self, session: &SessionView, name: &Name) -> Result<&Item, SqlError> {
        let item = self.resolve(session, name, NameSpace::Type)?;
        item.ok_or_else(|| SqlError::internal(format!("type \"{}\" does not exist", written(name))))
    }

    /// The function that a name stands for: its first overload.
    pub fn resolve_function(&self, session: &SessionView, name: &Name) -> Result<&Item, SqlError> {
        let item = self.resolve(session, name, NameSpace::Function)?;
        item.ok_or_else(|| {
            SqlError::internal(format!("function \"{}\" does not exist", written(name))).with_hint(
                "No function matches the given name and argument types. You might need to add explicit type casts.",
            )
        })
    }

    fn resolve(
        &self,
        session: &SessionView,
        name: &Name,
        space: NameSpace,
    ) -> Result<Option<&Item>, SqlError> {
        match name.0.as_slice() {
            [item] => Ok(self.unqualified(session, item, space)),
            [schema, item] if schema.as_str() == "mz_temp" => {
                Ok(self.temporary_item(session.connection, item).filter(|_| space == NameSpace::Item))
            }
            [schema, item] => {
                let schema = self.find_schema(session, schema)?;
                Ok(self.named(schema.id, space, item))
            }
            [database, schema, item] => {
                let database = self.resolve_database(database)?;
                let found = self.schema_by_name(Some(database.id), schema);
                let found = found.or_else(|| self.schema_by_name(None, schema));
                let schema = found.ok_or_else(|| unknown_schema(schema))?;
                Ok(self.named(schema.id, space, item))
            }
            _ => Err(SqlError::internal(format!(
                "qualified name did not have between 1 and 3 components: {}",
                written(name)
            ))),
        }
    }

    fn unqualified(&self, session: &SessionView, item: &Ident, space: NameSpace) -> Option<&Item> {
        if space == NameSpace::Item
            && let Some(item) = self.temporary_item(session.connection, item)
        {
            return Some(item);
        }
        self.effective_path(session).into_iter().find_map(|schema| self.named(schema.id, space, item))
    }

    /// The schemas in which unqualified names are looked up, in order: those of the server first, unless the search
    /// path has a place for them. Schemas that don't exist are passed over.
    pub fn effective_path(&self, session: &SessionView) -> Vec<&Schema> {
        let implicit = IMPLICIT
            .into_iter()
            .map(Ident::from)
            .filter(|name| !session.search_path.contains(name))
            .filter_map(|name| self.schema_by_name(None, &name));
        implicit.chain(self.listed_schemas(session)).collect()
    }

    /// The schemas of the search path that exist.
    pub fn listed_schemas(&self, session: &SessionView) -> Vec<&Schema> {
        session.search_path.iter().filter_map(|name| self.find_schema(session, name).ok()).collect()
    }

    /// The first schema of the search path that exists.
    pub fn current_schema(&self, session: &SessionView) -> Option<&Schema> {
        self.listed_schemas(session).into_iter().next()
    }

    /// A schema by one name: in the session's database, or the server's own.
    fn find_schema(&self, session: &SessionView, name: &Ident) -> Result<&Schema, SqlError> {
        let database = self.database_by_name(&session.database).map(|database| database.id);
        let own = database.and_then(|database| self.schema_by_name(Some(database), name));
        own.or_else(|| self.schema_by_name(None, name)).ok_or_else(|| unknown_schema(name))
    }

    /// The schema that a name of one or two parts stands for.
    pub fn resolve_schema(&self, session: &SessionView, name: &Name) -> Result<&Schema, SqlError> {
        match name.0.as_slice() {
            [schema] => self.find_schema(session, schema),
            [database, schema] => {
                let database = self.resolve_database(database)?;
                let found = self.schema_by_name(Some(database.id), schema);
                found.or_else(|| self.schema_by_name(None, schema)).ok_or_else(|| unknown_schema(schema))
            }
            _ => {
                Err(SqlError::internal(format!("schema name {} has more than two components", written(name))))
            }
        }
    }

    /// The database with a name.
    pub fn resolve_database(&self, name: &Ident) -> Result<&Database, SqlError> {
        self.database_by_name(name).ok_or_else(|| unknown("database", name))
    }

    /// The cluster with a name.
    pub fn resolve_cluster(&self, name: &Ident) -> Result<&Cluster, SqlError> {
        self.cluster_by_name(name).ok_or_else(|| unknown("cluster", name))
    }

    /// The role with a name.
    pub fn resolve_role(&self, name: &Ident) -> Result<&Role, SqlError> {
        self.role_by_name(name).ok_or_else(|| unknown("role", name))
    }

    /// The network policy with a name.
    pub fn resolve_network_policy(&self, name: &Ident) -> Result<&NetworkPolicy, SqlError> {
        self.network_policy_by_name(name).ok_or_else(|| unknown("network policy", name))
    }

    /// Where a new item of a name goes, and what it is called there.
    pub fn schema_for_creation(
        &self,
        session: &SessionView,
        name: &Name,
    ) -> Result<(&Schema, Ident), SqlError> {
        match name.0.as_slice() {
            [item] => match self.current_schema(session) {
                Some(schema) => Ok((schema, item.clone())),
                None => Err(no_schema_selected()),
            },
            [schema, item] => Ok((self.find_schema(session, schema)?, item.clone())),
            [database, schema, item] => {
                let name = Name(vec![database.clone(), schema.clone()]);
                Ok((self.resolve_schema(session, &name)?, item.clone()))
            }
            _ => Err(SqlError::internal(format!(
                "qualified name did not have between 1 and 3 components: {}",
                written(name)
            ))),
        }
    }

    /// The shortest name that stands for an item in a session, without quotes.
    pub fn minimal_name(&self, session: &SessionView, id: ItemId) -> String {
        let (Some(item), Some(full)) = (self.item(id), self.full_name(id)) else { return id.to_string() };
        let space = NameSpace::of(&item.kind);
        if self.unqualified(session, &item.name, space).is_some_and(|found| found.id == id) {
            return item.name.as_str().to_owned();
        }
        let in_session = full.database.as_ref().is_none_or(|database| *database == session.database);
        if in_session {
            return format!("{}.{}", full.schema.as_str(), full.item.as_str());
        }
        full.to_string()
    }

    /// The database of a session, if it exists.
    pub fn session_database(&self, session: &SessionView) -> Option<DatabaseId> {
        self.database_by_name(&session.database).map(|database| database.id)
    }
}

fn unknown(kind: &str, name: &Ident) -> SqlError {
    SqlError::internal(format!("unknown {kind} '{}'", name.as_str()))
}

fn unknown_schema(name: &Ident) -> SqlError {
    unknown("schema", name)
}

fn no_schema_selected() -> SqlError {
    SqlError::new(SqlState::INVALID_SCHEMA_NAME, "no valid schema selected").with_hint(
        "Use SET schema = name to select a schema.  Use SHOW SCHEMAS to list available schemas.  Use SHOW \
         search_path to show the schema names that we looked for, but none of them existed.",
    )
}
