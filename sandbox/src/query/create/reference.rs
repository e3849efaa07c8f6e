//! References to what a source gives.

use mz_deploy_planner::name::Ident;

use crate::catalog::written;
use crate::error::SqlError;
use crate::sql::ast::Name;

/// Which of the things that a source gives a reference means. Their names have three parts; a reference may leave out the
/// first of them.
pub(super) fn resolve(given: &[[&str; 3]], reference: &Name) -> Result<usize, SqlError> {
    let parts: Vec<&str> = reference.0.iter().map(Ident::as_str).collect();
    let mut meant = given.iter().enumerate().filter(|(_, name)| name.ends_with(&parts));
    match (meant.next(), meant.next()) {
        (Some((found, _)), None) => Ok(found),
        (Some(_), Some(_)) => Err(SqlError::internal(format!(
            "reference to {} is ambiguous, consider specifying an additional layer of qualification",
            written(reference)
        ))),
        (None, _) => {
            Err(SqlError::internal(format!("reference to {} not found in source", written(reference))))
        }
    }
}

/// An item's name in the schema of another.
pub(super) fn beside(name: &Name, item: &str) -> Name {
    let mut parts = name.0.clone();
    parts.pop();
    parts.push(Ident::new(item));
    Name(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_parts_of_a_name_are_enough_if_they_are_clear() {
        let given = [["shop", "app", "orders"], ["shop", "app", "items"], ["shop", "old", "orders"]];
        let name = |text: &str| Name(text.split('.').map(Ident::new).collect());
        let found = |text: &str| resolve(&given, &name(text)).map_err(|error| error.message);
        assert_eq!(found("items"), Ok(1));
        assert_eq!(found("old.orders"), Ok(2));
        assert_eq!(found("shop.app.orders"), Ok(0));
        assert_eq!(
            found("orders"),
            Err("reference to orders is ambiguous, consider specifying an additional layer of qualification"
                .to_owned())
        );
        for missing in ["other.items", "x.shop.app.items", "app"] {
            assert_eq!(found(missing), Err(format!("reference to {missing} not found in source")));
        }
    }
}
