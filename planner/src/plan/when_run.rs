//! Statements whose details are known only when their step runs.

use std::collections::BTreeSet;

use smol_str::SmolStr;

use super::checks::is_given_name;
use crate::ddl::{Ddl, Item};
use crate::input::{Live, LiveObject, RecordedId};
use crate::name::{Ident, ObjectName, SchemaName, printed};
use crate::syntax::ast::TargetKind;

/// `COMMENT ON SCHEMA …`
pub fn comment_on_schema(schema: &SchemaName, comment: &str) -> SmolStr {
    printed(&Ddl::Comment { item: Item { kind: TargetKind::Schema, name: schema }, comment })
}

/// The statements that make a copy of a managed cluster with its options, grants and comment; `None` if there is no such
/// cluster, or nobody looked at its options.
pub fn copy_of_cluster(live: &Live, from: &Ident, to: &Ident) -> Option<Vec<SmolStr>> {
    let cluster = live.clusters.iter().find(|c| &c.name == from).filter(|c| !c.options.is_empty())?;
    let create = printed(&Ddl::CreateCluster { name: to, options: &cluster.options });
    let grants = cluster.grants.iter().map(|grant| printed(&Ddl::GrantOnCluster { cluster: to, grant }));
    let comment = cluster.comment.as_ref();
    let comment = comment.map(|comment| printed(&Ddl::CommentOnCluster { cluster: to, comment }));
    Some(std::iter::once(create).chain(grants).chain(comment).collect())
}

/// The statement that drops the index of a relation on a cluster that the server named itself, other than what was
/// `staged`. `None` if there is none: it was dropped. Several can't be told apart: the error has their names.
pub fn drop_of_unnamed_index(
    live: &Live,
    on: &ObjectName,
    cluster: &Ident,
    staged: &[RecordedId],
) -> Result<Option<SmolStr>, Vec<ObjectName>> {
    let Some(relation) = live.objects.iter().find(|o| &o.name == on) else { return Ok(None) };
    let ours: BTreeSet<&SmolStr> = staged.iter().filter(|r| r.kind == "object").map(|r| &r.id).collect();
    let is_it = |o: &&LiveObject| {
        o.kind == "index"
            && o.depends_on.contains(&relation.id)
            && o.cluster.as_ref() == Some(cluster)
            && is_given_name(&on.name, &o.name.name)
            && !ours.contains(&o.id)
    };
    let found: Vec<&ObjectName> = live.objects.iter().filter(is_it).map(|o| &o.name).collect();
    match found.as_slice() {
        [] => Ok(None),
        [index] => Ok(Some(printed(&Ddl::Drop { item: Item::index(index), if_exists: false }))),
        several => Err(several.iter().map(|name| (*name).clone()).collect()),
    }
}
