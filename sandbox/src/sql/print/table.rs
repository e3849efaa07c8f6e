//! Tables: columns and constraints.

use std::fmt::Write as _;

use super::{Doc, Printer, bracketed, comma_separated, lines, nested, say, words};
use crate::sql::ast::{ColumnDef, ColumnOption, CreateTable, CreateTableFromSource, TableConstraint};

impl Printer<'_> {
    pub(super) fn create_table(&self, table: &CreateTable) -> Doc {
        let title = words([
            "CREATE",
            if table.temporary { "TEMPORARY" } else { "" },
            "TABLE",
            if table.if_not_exists { "IF NOT EXISTS" } else { "" },
        ]);
        let columns = self.columns(&table.columns, &[], &table.constraints);
        let head = nested([say(title), nested([say(self.name(&table.name)), bracketed("(", columns, ")")])]);
        let mut docs = vec![head];
        docs.extend(self.with(&table.options));
        lines(docs)
    }

    pub(super) fn create_table_from_source(&self, table: &CreateTableFromSource) -> Doc {
        let title = words(["CREATE TABLE", if table.if_not_exists { "IF NOT EXISTS" } else { "" }]);
        let mut name = vec![say(self.name(&table.name))];
        let bare = table.columns.is_empty() && table.column_names.is_empty() && table.constraints.is_empty();
        if !bare {
            let columns = self.columns(&table.columns, &table.column_names, &table.constraints);
            name.push(bracketed("(", columns, ")"));
        }
        let mut docs = vec![nested([say(title), nested(name)])];
        let source = format!("FROM SOURCE {}", self.item(&table.source));
        docs.push(match &table.reference {
            Some(reference) => {
                let reference = say(format!("REFERENCE = {}", self.name(reference)));
                say(format!("{source} ")).append(bracketed("(", reference, ")"))
            }
            None => say(source),
        });
        docs.extend(self.encoding(&table.encoding));
        docs.extend(self.with(&table.options));
        lines(docs)
    }

    fn columns(
        &self,
        columns: &[ColumnDef],
        names: &[mz_deploy_planner::name::Ident],
        constraints: &[TableConstraint],
    ) -> Doc {
        let columns = columns.iter().map(|column| self.column(column));
        let names = names.iter().map(|name| say(self.ident(name)));
        let constraints = constraints.iter().map(|constraint| say(self.constraint(constraint)));
        comma_separated(columns.chain(names).chain(constraints))
    }

    pub(super) fn column(&self, column: &ColumnDef) -> Doc {
        let mut out = format!("{} {}", self.ident(&column.name), self.data_type(&column.data_type));
        if let Some(collation) = &column.collation {
            let _ = write!(out, " COLLATE {}", self.name(collation));
        }
        for option in &column.options {
            out.push(' ');
            out.push_str(&self.column_option(option));
        }
        say(out)
    }

    pub(super) fn column_option(&self, option: &ColumnOption) -> String {
        match option {
            ColumnOption::Null => "NULL".to_owned(),
            ColumnOption::NotNull => "NOT NULL".to_owned(),
            ColumnOption::Default(expr) => format!("DEFAULT {}", self.flat(self.expr(expr))),
            ColumnOption::Unique { primary: true } => "PRIMARY KEY".to_owned(),
            ColumnOption::Unique { primary: false } => "UNIQUE".to_owned(),
            ColumnOption::References { table, columns } if columns.is_empty() => {
                format!("REFERENCES {}", self.name(table))
            }
            ColumnOption::References { table, columns } => {
                format!("REFERENCES {} ({})", self.name(table), self.idents(columns))
            }
            ColumnOption::Check(expr) => format!("CHECK ({})", self.flat(self.expr(expr))),
        }
    }

    fn constraint(&self, constraint: &TableConstraint) -> String {
        let name = constraint
            .name
            .as_ref()
            .map_or_else(String::new, |name| format!("CONSTRAINT {}", self.ident(name)));
        let columns = format!("({})", self.idents(&constraint.columns));
        words([name.as_str(), constraint.kind.as_str(), columns.as_str()])
    }
}
