//! An answer in the form of the recording.

use std::fmt::Write;

use serde_json::{Value, json};

use super::answer::{Answer, Column, Row, StatementResult};
use super::normalise::{Cell, Normaliser, Numbering};
use super::step::Members;
use super::wire::{Fields, Greeting};

/// The parameter whose value names a version of the server.
const VERSION: &str = "mz_version";
/// Type OIDs from here on are of types that users made.
const FIRST_CUSTOM_OID: u32 = 20_000;
/// The members of a report that are absent where the server doesn't send them.
const DETAILS: [(u8, &str); 3] = [(b'D', "detail"), (b'H', "hint"), (b'P', "position")];

/// The members of an answer.
pub(crate) fn outcome(answer: &Answer, normaliser: &mut Normaliser<'_>) -> Members {
    let mut results: Vec<_> = answer.results.iter().map(|result| statement(result, normaliser)).collect();
    let mut members = match results.as_mut_slice() {
        [one] => std::mem::take(one),
        [] => Members::new(),
        _ => Members::from_iter([("results".to_owned(), json!(results))]),
    };
    if let Some(error) = &answer.error {
        members.extend(report(error, normaliser));
    }
    notices(&answer.notices, normaliser, &mut members);
    if !answer.parameters.is_empty() {
        let value = |name: &str, value: &str| if name == VERSION { "<any>" } else { value }.to_owned();
        let parameters =
            answer.parameters.iter().map(|(name, text)| (name.clone(), json!(value(name, text))));
        members.insert("parameters".to_owned(), Value::Object(parameters.collect()));
    }
    if normaliser.form.flow {
        members.insert("flow".to_owned(), json!(answer.flow));
    }
    match answer.txn {
        Some(status) => members.insert("txn".to_owned(), status_value(status)),
        None => members.insert("closed".to_owned(), json!(true)),
    };
    members
}

/// The members of a connection's beginning, with those parameters that are asked for.
pub(crate) fn greeting(
    greeting: &Greeting,
    parameters: &[String],
    normaliser: &mut Normaliser<'_>,
) -> Members {
    let mut members = match &greeting.ready {
        Err(error) => report(error, normaliser),
        Ok(status) => {
            let mut members = Members::from_iter([("txn".to_owned(), status_value(*status))]);
            if !parameters.is_empty() {
                let shown =
                    parameters.iter().map(|name| (name.clone(), json!(greeting.parameters.get(name))));
                members.insert("parameters".to_owned(), Value::Object(shown.collect()));
            }
            members
        }
    };
    notices(&greeting.notices, normaliser, &mut members);
    members
}

fn status_value(status: u8) -> Value {
    json!(char::from(status).to_string())
}

fn notices(notices: &[Fields], normaliser: &mut Normaliser<'_>, members: &mut Members) {
    if !notices.is_empty() {
        let notices: Vec<_> = notices.iter().map(|notice| report(notice, normaliser)).collect();
        members.insert("notices".to_owned(), json!(notices));
    }
}

/// An error or a notice.
fn report(fields: &Fields, normaliser: &mut Normaliser<'_>) -> Members {
    let mut text = |letter| fields.get(&letter).map(|text| normaliser.text(text, Numbering::Numbered));
    let mut members = Members::new();
    members.insert("severity".to_owned(), json!(fields.get(&b'S')));
    members.insert("sqlstate".to_owned(), json!(fields.get(&b'C')));
    members.insert("message".to_owned(), json!(text(b'M')));
    for (letter, name) in DETAILS {
        if let Some(text) = text(letter) {
            members.insert(name.to_owned(), json!(text));
        }
    }
    members
}

fn statement(result: &StatementResult, normaliser: &mut Normaliser<'_>) -> Members {
    let mut members = Members::new();
    if let Some(types) = &result.param_types {
        members.insert("param_types".to_owned(), json!(types));
    }
    if let Some(tag) = &result.tag {
        members.insert("tag".to_owned(), json!(tag));
    }
    if result.suspended {
        members.insert("suspended".to_owned(), json!(true));
    }
    let no_rows = Vec::new();
    match (&result.columns, &result.rows) {
        (Some(columns), rows) => {
            members.insert("columns".to_owned(), columns.iter().map(column).collect());
            let rows = rows.as_ref().unwrap_or(&no_rows);
            members.insert("rows".to_owned(), json!(described_rows(rows, columns, normaliser)));
        }
        // A portal that is run without being described.
        (None, Some(rows)) => {
            let binary = normaliser.form.binary;
            let mut value = |value: &Option<bytes::Bytes>| {
                let cell = Cell { column: "", type_oid: 0, binary, value: value.as_deref() };
                normaliser.cell(&cell, Numbering::Numbered)
            };
            let rows: Vec<Vec<_>> = rows.iter().map(|row| row.iter().map(&mut value).collect()).collect();
            members.insert("rows".to_owned(), json!(rows));
        }
        (None, None) => {}
    }
    if let Some(lines) = &result.copy_out {
        let lines: Vec<_> = lines.iter().map(|line| normaliser.text(line, Numbering::Numbered)).collect();
        members.insert("copy_out".to_owned(), json!(lines));
    }
    members
}

fn column(column: &Column) -> Value {
    let type_oid =
        if column.type_oid < FIRST_CUSTOM_OID { json!(column.type_oid) } else { json!("<custom>") };
    let mut members = json!({"name": column.name, "type_oid": type_oid});
    if column.type_mod != -1 {
        members["type_mod"] = json!(column.type_mod);
    }
    members
}

/// Rows in the order of the recording. Where the order is open they are sorted before identifiers get their numbers, so
/// the numbers don't hang on the order that the server chose.
fn described_rows(
    rows: &[Row],
    columns: &[Column],
    normaliser: &mut Normaliser<'_>,
) -> Vec<Vec<Option<String>>> {
    let mut rows: Vec<&Row> = rows.iter().collect();
    if normaliser.form.any_order {
        rows.sort_by_cached_key(|row| {
            sort_key(&described_row(row, columns, normaliser, Numbering::Unnumbered))
        });
    }
    rows.iter().map(|row| described_row(row, columns, normaliser, Numbering::Numbered)).collect()
}

fn described_row(
    row: &Row,
    columns: &[Column],
    normaliser: &mut Normaliser<'_>,
    numbering: Numbering,
) -> Vec<Option<String>> {
    let binary = normaliser.form.binary;
    let cells = row.iter().zip(columns).map(|(value, column)| Cell {
        column: &column.name,
        type_oid: column.type_oid,
        binary: binary || column.binary,
        value: value.as_deref(),
    });
    cells.map(|cell| normaliser.cell(&cell, numbering)).collect()
}

/// JSON in ASCII, as the recorder sorted it.
fn sort_key(row: &[Option<String>]) -> String {
    let mut key = String::new();
    for letter in json!(row).to_string().chars() {
        if (' '..='~').contains(&letter) {
            key.push(letter);
        } else {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(key, "\\u{unit:04x}");
            }
        }
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::normalise::Placeholders;
    use crate::conformance::step::Form;

    fn seen(answer: &Answer, form: &Form) -> Value {
        let mut placeholders = Placeholders::default();
        Value::Object(outcome(answer, &mut Normaliser { placeholders: &mut placeholders, form, now: 0 }))
    }

    fn rows(rows: &[[&'static str; 2]]) -> Vec<Row> {
        rows.iter().map(|row| row.iter().map(|text| Some(text.as_bytes().into())).collect()).collect()
    }

    fn columns(names: &[&str]) -> Vec<Column> {
        let column =
            |name: &&str| Column { name: (*name).to_owned(), type_oid: 25, type_mod: -1, binary: false };
        names.iter().map(column).collect()
    }

    #[test]
    fn one_result_is_spread_and_several_are_listed() {
        let tag = |tag: &str| StatementResult { tag: Some(tag.to_owned()), ..StatementResult::default() };
        let one = Answer { results: vec![tag("SET")], txn: Some(b'I'), ..Answer::default() };
        assert_eq!(seen(&one, &Form::default()), json!({"tag": "SET", "txn": "I"}));
        let two = Answer { results: vec![tag("SET"), tag("BEGIN")], txn: Some(b'T'), ..Answer::default() };
        let expected = json!({"results": [{"tag": "SET"}, {"tag": "BEGIN"}], "txn": "T"});
        assert_eq!(seen(&two, &Form::default()), expected);
    }

    #[test]
    fn rows_in_any_order_are_sorted_before_identifiers_are_numbered() {
        let result = StatementResult {
            columns: Some(columns(&["id", "name"])),
            rows: Some(rows(&[["u9", "b"], ["u2", "é"], ["u5", "a"]])),
            ..StatementResult::default()
        };
        let answer = Answer { results: vec![result], txn: Some(b'I'), ..Answer::default() };
        let form = Form { any_order: true, ..Form::default() };
        // `é` is `\u00e9` in the order of the recorder, and `\` comes before letters.
        let expected = json!([["<object:1>", "é"], ["<object:2>", "a"], ["<object:3>", "b"]]);
        assert_eq!(seen(&answer, &form)["rows"], expected);
        assert_eq!(seen(&answer, &Form::default())["rows"][0], json!(["<object:1>", "b"]));
    }

    #[test]
    fn columns_of_custom_types_have_no_number() {
        let column = |type_oid, type_mod| Column { name: "c".to_owned(), type_oid, type_mod, binary: false };
        let columns = Some(vec![column(20_001, -1), column(1700, 655_366)]);
        let result = StatementResult { columns, ..StatementResult::default() };
        let answer = Answer { results: vec![result], txn: Some(b'I'), ..Answer::default() };
        let expected = json!([
            {"name": "c", "type_oid": "<custom>"},
            {"name": "c", "type_oid": 1700, "type_mod": 655_366},
        ]);
        assert_eq!(seen(&answer, &Form::default())["columns"], expected);
    }

    #[test]
    fn an_error_that_ends_the_connection_has_no_transaction_status() {
        let error =
            Fields::from([(b'S', "FATAL".to_owned()), (b'C', "25P03".to_owned()), (b'M', "x".to_owned())]);
        let answer = Answer { error: Some(error), ..Answer::default() };
        let expected = json!({"severity": "FATAL", "sqlstate": "25P03", "message": "x", "closed": true});
        assert_eq!(seen(&answer, &Form::default()), expected);
    }

    #[test]
    fn the_version_of_the_server_is_not_compared() {
        let parameters = [("mz_version", "v1"), ("TimeZone", "UTC")];
        let parameters = parameters.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        let answer = Answer { parameters, txn: Some(b'I'), ..Answer::default() };
        let expected = json!({"mz_version": "<any>", "TimeZone": "UTC"});
        assert_eq!(seen(&answer, &Form::default())["parameters"], expected);
    }
}
