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

/// A time in milliseconds since 1970 as PostgreSQL writes it in UTC: `2024-02-29 12:34:56.789+00`.
pub fn timestamp(millis: u64) -> String {
    let (days, of_day) = (millis / 86_400_000, millis % 86_400_000);
    let (year, month, day) = date(days);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1000 % 60, of_day % 1000);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}.{milli:03}+00")
}

/// Year, month and day of a day since 1970: the calendar in eras of 400 years that begin in March, so that the leap
/// day is the last of its year.
fn date(days: u64) -> (u64, u64, u64) {
    const DAYS_AN_ERA: u64 = 146_097;
    let days = days + 719_468;
    let (era, of_era) = (days / DAYS_AN_ERA, days % DAYS_AN_ERA);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
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
    fn times_are_written_in_utc() {
        assert_eq!(timestamp(0), "1970-01-01 00:00:00.000+00");
        assert_eq!(timestamp(1_709_210_096_789), "2024-02-29 12:34:56.789+00");
        assert_eq!(timestamp(4_107_542_399_999), "2100-02-28 23:59:59.999+00");
        assert_eq!(timestamp(4_107_542_400_000), "2100-03-01 00:00:00.000+00");
    }

    #[test]
    fn many_rows_go_in_few_statements() {
        let rows = vec![vec![Some("x".to_owned())]; ROWS_A_STATEMENT + 1];
        let statements = inserts("t", &rows);
        assert_eq!(statements.len(), 2);
        assert_eq!(statements[1], "INSERT INTO t VALUES ('x')");
    }
}
