//! Rows as the engine reads them: every value is a text that the column's type takes in.

/// The values of a row, in the order of the columns; `None` is NULL.
pub type Row = Vec<Option<String>>;

/// How many rows go into one statement.
const ROWS_A_STATEMENT: usize = 500;

/// An identifier in quotes.
pub(super) fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// A literal.
pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// An array, or a list: `{a,"b c",NULL}`.
pub(super) fn array<S: AsRef<str>>(elements: impl IntoIterator<Item = S>) -> String {
    let elements: Vec<String> = elements
        .into_iter()
        .map(|element| format!("\"{}\"", element.as_ref().replace('\\', r"\\").replace('"', "\\\"")))
        .collect();
    format!("{{{}}}", elements.join(","))
}

/// `INSERT` statements for rows.
pub(super) fn inserts(table: &str, rows: &[Row]) -> Vec<String> {
    rows.chunks(ROWS_A_STATEMENT)
        .map(|rows| {
            let mut sql = format!("INSERT INTO {table} VALUES ");
            for (n, row) in rows.iter().enumerate() {
                sql.push_str(if n == 0 { "(" } else { ",(" });
                for (n, value) in row.iter().enumerate() {
                    if n > 0 {
                        sql.push(',');
                    }
                    match value {
                        Some(value) => sql.push_str(&literal(value)),
                        None => sql.push_str("NULL"),
                    }
                }
                sql.push(')');
            }
            sql
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_of_arrays_keep_their_quotes_and_backslashes() {
        assert_eq!(array(["a", "b c", r#"d"e\"#]), r#"{"a","b c","d\"e\\"}"#);
        assert_eq!(array::<&str>([]), "{}");
    }

    #[test]
    fn many_rows_go_in_few_statements() {
        let rows = vec![vec![Some("x".to_owned())]; ROWS_A_STATEMENT + 1];
        let statements = inserts("t", &rows);
        assert_eq!(statements.len(), 2);
        assert_eq!(statements[1], "INSERT INTO t VALUES ('x')");
    }
}
