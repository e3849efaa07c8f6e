//! Types as `mz_columns` shows them.

use crate::catalog::{Catalog, ItemKind, ScalarType};
use crate::result::TypeOid;
use crate::system::relations;
use crate::words::type_words;

/// Anonymous lists, maps and records.
const LIST: TypeOid = 16384;
const MAP: TypeOid = 16385;
const RECORD: TypeOid = 2249;

/// `mz_columns.type`: PostgreSQL's words for its types, the bare kind for anonymous ones, a user's type by its name.
pub(super) fn name(catalog: &Catalog, data_type: &ScalarType) -> String {
    match data_type {
        ScalarType::Builtin { name, .. } => type_words(name),
        ScalarType::List(_) => "list".to_owned(),
        ScalarType::Map(_) => "map".to_owned(),
        ScalarType::Record(_) => "record".to_owned(),
        ScalarType::Array(element) => format!("{}[]", name(catalog, element)),
        ScalarType::Custom(id) => {
            catalog.item(*id).map_or_else(String::new, |item| item.name.as_str().to_owned())
        }
    }
}

/// `mz_columns.type_oid`
pub(super) fn oid(catalog: &Catalog, data_type: &ScalarType) -> TypeOid {
    match data_type {
        ScalarType::Builtin { name, .. } => builtin_oid(name),
        ScalarType::List(_) => LIST,
        ScalarType::Map(_) => MAP,
        ScalarType::Record(_) => RECORD,
        ScalarType::Array(element) => match element.as_ref() {
            ScalarType::Builtin { name, .. } => builtin_oid(&format!("_{name}")),
            other => oid(catalog, other),
        },
        // An alias of a list or map has its own oid, as it has its own name.
        ScalarType::Custom(id) => match catalog.item(*id).map(|item| (&item.kind, item.oid)) {
            Some((ItemKind::Type(_), oid)) => oid,
            _ => 0,
        },
    }
}

/// `mz_columns.type_mod`
pub(super) fn modifier(data_type: &ScalarType) -> i32 {
    match data_type {
        ScalarType::Builtin { type_mod, .. } => *type_mod,
        _ => -1,
    }
}

fn builtin_oid(name: &str) -> TypeOid {
    relations::types().find(|builtin| builtin.name == name).map_or(0, |builtin| builtin.oid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_columns_are_named_as_they_were_recorded() {
        let catalog = Catalog::bootstrap();
        for relation in relations::relations() {
            for column in &relation.columns {
                assert_eq!(oid(&catalog, &column.scalar_type()), column.type_oid, "{}", column.type_name);
            }
        }
    }

    #[test]
    fn arrays_lists_and_plain_types_have_the_server_s_words() {
        let catalog = Catalog::bootstrap();
        let builtin = |name: &str| ScalarType::Builtin { name: name.to_owned(), type_mod: -1 };
        assert_eq!(name(&catalog, &builtin("_int4")), "integer[]");
        assert_eq!(name(&catalog, &builtin("timestamptz")), "timestamp with time zone");
        assert_eq!(name(&catalog, &builtin("uint8")), "uint8");
        assert_eq!(name(&catalog, &ScalarType::List(Box::new(builtin("int4")))), "list");
    }
}
