//! `COMMENT ON`

use super::context::{DdlPlan, SessionView};
use super::ddl::Planned;
use super::names::resolve;
use super::rbac::{Requirements, keyword, name};
use crate::catalog::{Catalog, ItemKind, ObjectId, Op, Privilege, Type, written};
use crate::error::SqlError;
use crate::sql::ast::{CommentTarget, ObjectKind, ObjectName};

/// How long a comment may be, in bytes.
const MAX_BYTES: usize = 1024;

pub(super) fn comment(
    catalog: &Catalog,
    session: &SessionView,
    target: &CommentTarget,
    text: Option<&str>,
) -> Result<Planned, SqlError> {
    let (object, column) = match target {
        CommentTarget::Object(kind, target) => (of_kind(catalog, session, *kind, target)?, None),
        CommentTarget::Column(relation, column) => {
            let item = catalog.resolve_item(session, relation)?;
            let object = ObjectId::Item(item.id);
            let columns = match &item.kind {
                ItemKind::Type(Type::Custom { .. }) | ItemKind::Index(_) => None,
                kind => kind.columns(),
            };
            let columns = columns.ok_or_else(|| {
                let kind = item.kind.object_kind().words();
                SqlError::internal(format!("{kind} {:?} does not have columns", name(catalog, object)))
            })?;
            let position = columns.iter().position(|found| found.name == *column).ok_or_else(|| {
                let full = format!("{}.{}", written(relation), column.as_str());
                SqlError::internal(format!("column {full:?} does not exist"))
            })?;
            (object, Some(u32::try_from(position + 1).unwrap_or(u32::MAX)))
        }
    };
    if let Some(text) = text
        && text.len() > MAX_BYTES
    {
        return Err(SqlError::internal(format!(
            "provided comment was {} bytes long, max size is {MAX_BYTES} bytes",
            text.len()
        )));
    }
    let requires = match object {
        ObjectId::Role(_) => Requirements::privilege(None, Privilege::CreateRole),
        object => Requirements::owner(object),
    };
    let op = Op::Comment { object, column, text: text.map(str::to_owned) };
    Ok(Planned::new(DdlPlan { ops: vec![op], ..DdlPlan::default() }, requires))
}

/// The object, which must be of the kind that the statement says.
fn of_kind(
    catalog: &Catalog,
    session: &SessionView,
    kind: ObjectKind,
    target: &ObjectName,
) -> Result<ObjectId, SqlError> {
    let object = resolve(catalog, session, kind, target)?;
    if let ObjectId::Item(id) = object
        && let Some(item) = catalog.item(id)
        && item.kind.object_kind() != kind
    {
        return Err(SqlError::internal(format!(
            "{} {} is not a {}",
            keyword(item.kind.object_kind()),
            catalog.minimal_name(session, id),
            keyword(kind)
        )));
    }
    Ok(object)
}
