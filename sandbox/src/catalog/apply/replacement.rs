//! `APPLY REPLACEMENT`: a materialized view goes on as another one.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Change, missing};
use crate::catalog::id::ItemId;
use crate::catalog::model::{Item, ItemKind, ObjectId};
use crate::error::SqlError;

impl Change<'_> {
    /// The target takes over the replacement's id, query, cluster and columns. It keeps its name, oid, owner and
    /// privileges; comments of both are gone, as on the real server. Dependants read the new id.
    pub(super) fn apply_replacement(&mut self, target: ItemId, replacement: ItemId) -> Result<(), SqlError> {
        let old = self.catalog.items.get(&target).cloned().ok_or_else(|| missing(ObjectId::Item(target)))?;
        let new = self.catalog.items.get(&replacement).cloned();
        let new = new.ok_or_else(|| missing(ObjectId::Item(replacement)))?;
        if !matches!(&new.kind, ItemKind::MaterializedView(view) if view.replaces == Some(target)) {
            return Err(SqlError::internal(format!("item {replacement} is not the replacement of {target}")));
        }
        let names = (self.catalog.full_name(target), self.catalog.full_name(replacement));
        self.audit_item("drop", replacement);

        let users: Vec<Arc<Item>> = self
            .catalog
            .used_by(target)
            .filter(|user| *user != replacement)
            .filter_map(|user| self.catalog.items.get(&user).cloned())
            .collect();
        for item in users.iter().chain([&old, &new]) {
            self.catalog.names.remove_item(item);
            self.catalog.items.remove(&item.id);
        }
        for id in [target, replacement] {
            let columns: Vec<Option<u32>> =
                self.catalog.comments_of(ObjectId::Item(id)).map(|(column, _)| column).collect();
            for column in columns {
                self.catalog.comments.remove(&(ObjectId::Item(id), column));
            }
        }

        let mut item = old.as_ref().clone();
        item.id = replacement;
        item.kind = new.kind.clone();
        item.uses = new.uses.iter().copied().filter(|used| *used != target).collect();
        if let ItemKind::MaterializedView(view) = &mut item.kind {
            view.replaces = None;
            if let Some(create) = &mut view.create {
                create.replacement_for = None;
            }
        }
        self.insert(item);
        let mut moved: Vec<Item> = users.iter().map(|user| retarget(user, target, replacement)).collect();
        moved.sort_by_key(|item| std::cmp::Reverse(item.id));
        for item in moved {
            self.insert(item);
        }

        self.touch(ObjectId::Item(target));
        self.effects.moved.insert(target, replacement);
        self.effects.dropped.push(target);
        if let (Some(target_name), Some(replacement_name)) = names {
            self.audit_replacement((target, &target_name), (replacement, &replacement_name));
        }
        Ok(())
    }

    fn insert(&mut self, item: Item) {
        let id = item.id;
        self.catalog.names.insert_item(&item);
        self.catalog.items.insert(id, Arc::new(item));
        self.touch(ObjectId::Item(id));
    }
}

/// An item that reads `to` where it read `from`.
fn retarget(item: &Item, from: ItemId, to: ItemId) -> Item {
    let mut item = item.clone();
    item.uses = item.uses.iter().map(|used| if *used == from { to } else { *used }).collect::<BTreeSet<_>>();
    item.kind.map_item_ids(&|id| if id == from { to } else { id });
    item
}
