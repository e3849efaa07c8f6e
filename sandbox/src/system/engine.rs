//! The system relations in the engine: tables that follow the catalog, and a view of every relation that a server
//! has, with exactly its columns.
//!
//! Schema `base` has the tables: those of `sql/base.sql`, which [`super::refresh`] keeps in step with the catalog, and
//! one for each relation of `sql/stored.txt`, which others fill with [`replace_rows`]. Schema `sys` has the views,
//! named `"mz_catalog.mz_objects"` and so on. Their queries are in `sql/*.sql`; those of `sql/empty.txt` and of
//! `mz_introspection` never have rows.

use std::fmt::Write as _;

use super::relations::{self, BuiltinRelation, map_value};
use super::text::{self, Row};
use crate::sql::sometimes_reserved;

const BASE: &str = include_str!("sql/base.sql");
const STORED: &str = include_str!("sql/stored.txt");
const EMPTY: &str = include_str!("sql/empty.txt");
/// The functions that read them.
const FUNCTIONS: &str = include_str!("sql/functions.sql");

/// The queries, in an order in which none is used before it is defined.
const QUERIES: [&str; 7] = [
    include_str!("sql/objects.sql"),
    include_str!("sql/containers.sql"),
    include_str!("sql/moving.sql"),
    include_str!("sql/show.sql"),
    include_str!("sql/privileges.sql"),
    include_str!("sql/pg_catalog.sql"),
    include_str!("sql/information_schema.sql"),
];

/// Longer names are cut by PostgreSQL.
const MAX_NAME_BYTES: usize = 63;

/// Makes the tables and views of all system relations in an engine that has Materialize's types and the schema `sys`.
/// It is one batch: in one transaction it takes a fraction of the time.
pub fn bootstrap_sql() -> String {
    let mut sql = format!("{BASE}\n");
    for relation in listed(STORED) {
        let columns: Vec<String> = relation
            .columns
            .iter()
            .map(|c| format!("{} {}", text::ident(c.name), engine_type(c.type_name)))
            .collect();
        let name = quoted(relation);
        let columns = columns.join(", ");
        let _ = writeln!(sql, "CREATE TABLE base.{name} ({columns});");
        let _ = writeln!(sql, "CREATE VIEW sys.{name} AS SELECT * FROM base.{name};");
    }
    for (relation, query) in definitions() {
        let (mut casts, mut names) = (Vec::new(), Vec::new());
        for column in &relation.columns {
            let name = text::ident(column.name);
            casts.push(format!("{name}::{} AS {name}", engine_type(column.type_name)));
            names.push(name);
        }
        let (casts, names) = (casts.join(", "), names.join(", "));
        let _ = writeln!(
            sql,
            "CREATE VIEW sys.{} AS SELECT {casts} FROM (\n{query}\n) r ({names});",
            quoted(relation)
        );
    }
    for relation in empty() {
        let columns: Vec<String> = relation
            .columns
            .iter()
            .map(|c| format!("NULL::{} AS {}", engine_type(c.type_name), text::ident(c.name)))
            .collect();
        let _ = writeln!(
            sql,
            "CREATE VIEW sys.{} AS SELECT {} WHERE false;",
            quoted(relation),
            columns.join(", ")
        );
    }
    sql.push_str(&quote_ident());
    sql.push_str(FUNCTIONS);
    sql
}

/// `quote_ident`, which knows the words that Materialize reserves.
fn quote_ident() -> String {
    let words = text::array(sometimes_reserved().map(str::to_lowercase));
    format!(
        r#"CREATE FUNCTION mz_fn.quote_ident(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
RETURN CASE
    WHEN $1 ~ '^[a-z_][a-z0-9_$]*$' AND $1 <> ALL ({}::text[]) THEN $1
    ELSE '"' || replace($1, '"', '""') || '"'
END;
"#,
        text::literal(&words)
    )
}

/// What a system relation is called in the engine: `sys."mz_catalog.mz_objects"`.
pub fn engine_name(schema: &str, relation: &str) -> Option<String> {
    relations::relation(schema, relation).map(|relation| format!("sys.{}", quoted(relation)))
}

/// The relations that others fill, by schema and name.
pub fn stored_relations() -> impl Iterator<Item = (&'static str, &'static str)> {
    listed(STORED).map(|relation| (relation.schema, relation.name))
}

/// Statements that make `rows` the only rows of a stored relation. The values are texts, in the order of the columns.
/// `None` for a relation that is not stored.
pub fn replace_rows(schema: &str, relation: &str, rows: &[Row]) -> Option<Vec<String>> {
    let table = stored_table(schema, relation)?;
    let mut statements = vec![format!("DELETE FROM {table}")];
    statements.extend(text::inserts(&table, rows));
    Some(statements)
}

/// Statements that add rows to a stored relation: one whose rows stay, such as a history.
pub fn append_rows(schema: &str, relation: &str, rows: &[Row]) -> Option<Vec<String>> {
    Some(text::inserts(&stored_table(schema, relation)?, rows))
}

fn stored_table(schema: &str, name: &str) -> Option<String> {
    let relation = listed(STORED).find(|relation| (relation.schema, relation.name) == (schema, name))?;
    Some(format!("base.{}", quoted(relation)))
}

/// A type by its catalog name as the engine spells it.
fn engine_type(name: &str) -> String {
    if let Some(element) = name.strip_suffix(" list") {
        format!("mz_list.{}[]", text::ident(element))
    } else if let Some(value) = map_value(name) {
        format!("mz_map.{}[]", text::ident(value))
    } else if let Some(element) = name.strip_prefix('_') {
        format!("{}[]", engine_type(element))
    } else if name == "char" {
        // Without quotes it is another type.
        "\"char\"".to_owned()
    } else {
        name.to_owned()
    }
}

fn quoted(relation: &BuiltinRelation) -> String {
    let mut name = format!("{}.{}", relation.schema, relation.name);
    name.truncate(MAX_NAME_BYTES);
    text::ident(&name)
}

/// The relations that a list names, one a line.
fn listed(list: &'static str) -> impl Iterator<Item = &'static BuiltinRelation> {
    list.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| {
        let (schema, name) = line.split_once('.').expect("a line of a list is a schema and a name");
        relations::relation(schema, name).expect("a list names relations that exist")
    })
}

/// The relations with a query of their own.
fn definitions() -> Vec<(&'static BuiltinRelation, &'static str)> {
    QUERIES.iter().flat_map(|file| file.split("\n-- ").filter_map(definition)).collect()
}

/// A relation and its query: the name stands on a line of its own before it. Other comments define nothing.
fn definition(text: &'static str) -> Option<(&'static BuiltinRelation, &'static str)> {
    let (name, query) = text.split_once('\n')?;
    let (schema, name) = name.split_once('.')?;
    let relation = relations::relation(schema, name)?;
    Some((relation, query.trim().trim_end_matches(';')))
}

fn empty() -> Vec<&'static BuiltinRelation> {
    let introspection = relations::relations().filter(|relation| relation.schema == "mz_introspection");
    listed(EMPTY).chain(introspection).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn full_name(relation: &BuiltinRelation) -> String {
        format!("{}.{}", relation.schema, relation.name)
    }

    #[test]
    fn every_relation_is_stored_defined_or_empty_and_only_one_of_them() {
        let stored = listed(STORED).map(full_name);
        let defined = definitions().into_iter().map(|(relation, _)| full_name(relation));
        let mut places: Vec<String> =
            stored.chain(defined).chain(empty().into_iter().map(full_name)).collect();
        places.sort();
        let mut all: Vec<String> = relations::relations().map(full_name).collect();
        all.sort();
        assert_eq!(places, all);
    }

    #[test]
    fn every_query_of_a_file_belongs_to_a_relation() {
        let queries: usize = QUERIES.iter().map(|file| file.matches(";\n").count()).sum();
        assert_eq!(definitions().len(), queries);
    }

    #[test]
    fn names_are_cut_as_the_engine_cuts_them_and_stay_apart() {
        let names: BTreeSet<String> = relations::relations().map(quoted).collect();
        assert_eq!(names.len(), relations::relations().count());
        assert!(names.iter().all(|name| name.len() <= MAX_NAME_BYTES + 2));
    }

    #[test]
    fn a_relation_is_found_by_its_name_alone() {
        assert_eq!(
            engine_name("mz_catalog", "mz_objects").as_deref(),
            Some(r#"sys."mz_catalog.mz_objects""#)
        );
        assert_eq!(engine_name("mz_catalog", "nosuch"), None);
    }

    #[test]
    fn only_stored_relations_take_rows() {
        let rows = vec![vec![Some("u1".to_owned()), Some("it's".to_owned()), None]];
        assert_eq!(
            replace_rows("mz_internal", "mz_frontiers", &rows),
            Some(vec![
                r#"DELETE FROM base."mz_internal.mz_frontiers""#.to_owned(),
                r#"INSERT INTO base."mz_internal.mz_frontiers" VALUES ('u1','it''s',NULL)"#.to_owned(),
            ])
        );
        assert_eq!(replace_rows("mz_catalog", "mz_tables", &rows), None);
    }
}
