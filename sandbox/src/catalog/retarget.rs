//! Ids inside of definitions.

use super::id::ItemId;
use super::model::{ItemKind, TableStatement};

impl ItemKind {
    /// Replaces ids of other items everywhere in a definition.
    pub(crate) fn map_item_ids(&mut self, map: &dyn Fn(ItemId) -> ItemId) {
        match self {
            Self::MaterializedView(view) => view.replaces = view.replaces.map(map),
            Self::Index(index) => index.on = map(index.on),
            Self::Sink(sink) => {
                sink.from = map(sink.from);
                sink.connection = map(sink.connection);
            }
            Self::Table(table) => {
                if let Some(TableStatement::FromSource { source, .. }) = &mut table.create {
                    *source = map(*source);
                }
            }
            Self::Source(source) => {
                source.connection = source.connection.map(map);
                source.parent = source.parent.map(map);
            }
            Self::View(_) | Self::Connection(_) | Self::Secret | Self::Type(_) | Self::Function => {}
        }
    }
}
