//! Identifiers and literals as the server prints them.

use mz_deploy_planner::name::Ident;

use crate::sql::keyword::is_sometimes_reserved;

/// For readers: in quotes only where it would not read back as itself.
pub(crate) fn ident(ident: &Ident) -> String {
    let value = ident.as_str();
    let mut bytes = value.bytes();
    let plain = bytes.next().is_some_and(|b| b.is_ascii_lowercase() || b == b'_')
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        && !is_sometimes_reserved(value);
    if plain { value.to_owned() } else { quoted_ident(ident) }
}

/// For storage: always in quotes.
pub(crate) fn quoted_ident(ident: &Ident) -> String {
    format!("\"{}\"", ident.as_str().replace('"', "\"\""))
}

/// `'it''s'`
pub(crate) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_bare_for_readers_where_they_read_back_as_themselves() {
        for (value, printed) in [
            ("orders", "orders"),
            ("a$b", "\"a$b\""),
            ("Orders", "\"Orders\""),
            ("select", "\"select\""),
            ("list", "list"),
            ("a\"b", "\"a\"\"b\""),
        ] {
            assert_eq!(ident(&Ident::new(value)), printed);
        }
    }
}
