//! The printers against what the real server printed.

use std::collections::BTreeMap;

use super::*;
use crate::sql::parser::parse_statements;
use crate::sql::testdata::{corpus, recorded, statements};

/// The names that a printed text gives to the ids in it: `[u1 AS d.s.t]`.
#[derive(Default)]
struct Names(BTreeMap<ItemId, FullName>);

impl Names {
    fn of(text: &str) -> Self {
        let mut names = Self::default();
        for piece in text.split('[').skip(1) {
            let Some((id, rest)) = piece.split_once(" AS ") else { continue };
            let Some((name, _)) = rest.split_once(']') else { continue };
            let Ok(id) = id.parse() else { continue };
            let mut parts: Vec<Ident> =
                name.split('.').map(|part| Ident::new(part.trim_matches('"'))).collect();
            let item = parts.pop().expect("a name has a last part");
            let schema = parts.pop().expect("a full name has a schema");
            names.0.insert(id, FullName { database: parts.pop(), schema, item });
        }
        names
    }
}

impl ItemNames for Names {
    fn item(&self, id: ItemId) -> Option<FullName> {
        self.0.get(&id).cloned()
    }

    fn cluster(&self, _: ClusterId) -> Option<Ident> {
        None
    }
}

fn only(sql: &str) -> Statement {
    let mut all = parse_statements(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    assert_eq!(all.len(), 1, "{sql}");
    all.remove(0).statement
}

fn differences(pairs: impl IntoIterator<Item = (String, String)>) -> String {
    pairs
        .into_iter()
        .filter(|(wanted, got)| wanted != got)
        .map(|(wanted, got)| format!("wanted {wanted}\ngot    {got}\n"))
        .collect()
}

#[test]
fn what_is_shown_is_laid_out_as_the_server_does() {
    let shown = recorded().show_create;
    assert!(!shown.is_empty());
    let pairs = shown.into_iter().map(|text| {
        let got = pretty(&only(&text), &Names::of(&text));
        (text, got)
    });
    assert_eq!(differences(pairs), "");
}

#[test]
fn what_is_stored_is_printed_as_the_server_does() {
    let stored = recorded().create_sql;
    assert!(!stored.is_empty());
    let pairs = stored.into_iter().map(|text| {
        let got = stable(&only(&text), &Names::of(&text));
        (text, got)
    });
    assert_eq!(differences(pairs), "");
}

#[test]
fn a_statement_refused_in_a_transaction_is_named_as_the_server_does() {
    let pairs = recorded().in_transaction;
    assert!(!pairs.is_empty());
    assert_eq!(differences(pairs.into_iter().map(|(sql, wanted)| (wanted, display(&only(&sql))))), "");
}

/// What is printed says the same: it reads back as what is printed again.
///
/// The tree doesn't keep what a foreign key refers to, since the server refuses them all.
fn is_fixpoint(sql: &str) -> Result<(), String> {
    if sql.to_uppercase().contains("REFERENCES ") {
        return Ok(());
    }
    let parsed = parse_statements(sql).map_err(|error| format!("{error}: {sql}"))?;
    for one in parsed {
        let printed = display(&one.statement);
        let again = parse_statements(&printed).map_err(|error| format!("{error}: {printed} of {sql}"))?;
        let [again] = again.as_slice() else { return Err(format!("several statements: {printed}")) };
        let twice = display(&again.statement);
        if twice != printed {
            return Err(format!("once {printed}\ntwice {twice}"));
        }
        for form in [Form::Stable, Form::Pretty] {
            let style = Style { form, redacted: false };
            let printed = print(&one.statement, style, &NoNames);
            let again = parse_statements(&printed).map_err(|error| format!("{error}: {printed}"))?;
            let twice: String = again.iter().map(|one| print(&one.statement, style, &NoNames)).collect();
            if twice != printed {
                return Err(format!("once {printed}\ntwice {twice}"));
            }
        }
    }
    Ok(())
}

#[test]
fn what_is_printed_reads_back_as_itself() {
    let broken: Vec<String> = statements().iter().filter_map(|sql| is_fixpoint(sql).err()).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_corpus_reads_and_prints() {
    let Some(corpus) = corpus() else {
        eprintln!("skipped: MZ_CORPUS names no folder of statements");
        return;
    };
    let broken: Vec<String> = corpus.iter().filter_map(|sql| is_fixpoint(sql).err()).collect();
    let share = broken.len() * 1000 / corpus.len().max(1);
    eprintln!("{} of {} statements don't read and print", broken.len(), corpus.len());
    assert!(share <= 10, "{}", broken.join("\n"));
}
