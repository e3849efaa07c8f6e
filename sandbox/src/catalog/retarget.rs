//! Ids inside of definitions.

use super::id::ItemId;
use super::model::{ItemKind, SourceStatement, TableStatement};
use crate::sql::ast::{ItemRef, Statement};
use crate::sql::visit::{Role, visit_item_refs_mut};

impl ItemKind {
    /// Replaces ids of other items everywhere in a definition: in what is recorded, and in the statement.
    pub(crate) fn map_item_ids(&mut self, map: &dyn Fn(ItemId) -> ItemId) {
        let mut each = |_: Role, reference: &mut ItemRef| {
            if let ItemRef::Id(id) = reference {
                *id = map(*id);
            }
        };
        macro_rules! statement {
            ($create:expr, $variant:ident) => {{
                let mut statement = Statement::$variant($create.clone());
                visit_item_refs_mut(&mut statement, &mut each);
                if let Statement::$variant(create) = statement {
                    *$create = create;
                }
            }};
        }
        match self {
            Self::View(view) => {
                if let Some(create) = &mut view.create {
                    statement!(create, CreateView);
                }
            }
            Self::MaterializedView(view) => {
                view.replaces = view.replaces.map(map);
                if let Some(create) = &mut view.create {
                    statement!(create, CreateMaterializedView);
                }
            }
            Self::Index(index) => {
                index.on = map(index.on);
                if let Some(create) = &mut index.create {
                    statement!(create, CreateIndex);
                }
            }
            Self::Sink(sink) => {
                sink.from = map(sink.from);
                sink.connection = map(sink.connection);
                let create = &mut sink.create;
                statement!(create, CreateSink);
            }
            Self::Table(table) => match &mut table.create {
                Some(TableStatement::Table(create)) => statement!(create, CreateTable),
                Some(TableStatement::FromSource { source, create }) => {
                    *source = map(*source);
                    statement!(create, CreateTableFromSource);
                }
                Some(TableStatement::Webhook(_)) | None => {}
            },
            Self::Source(source) => {
                source.connection = source.connection.map(map);
                source.parent = source.parent.map(map);
                if let SourceStatement::Source(create) = &mut source.create {
                    statement!(create, CreateSource);
                }
            }
            Self::Connection(connection) => {
                let create = &mut connection.create;
                statement!(create, CreateConnection);
            }
            Self::Secret | Self::Type(_) | Self::Function => {}
        }
    }
}
