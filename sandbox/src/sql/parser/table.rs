//! `CREATE TABLE`: columns, constraints, tables of sources.

use mz_deploy_planner::name::Ident;

use super::{Parser, Result, Token, options};
use crate::sql::ast::{
    ColumnDef, ColumnOption, CreateTable, CreateTableFromSource, Statement, TableConstraint,
};

/// What stands between the parentheses behind the name of a table.
#[derive(Default)]
struct Columns {
    definitions: Vec<ColumnDef>,
    names: Vec<Ident>,
    constraints: Vec<TableConstraint>,
}

impl Parser<'_> {
    pub(super) fn create_table(&mut self, temporary: bool) -> Result<Statement> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.name()?;
        if self.are(&["FROM", "WEBHOOK"]) {
            self.at += 2;
            return self.create_webhook(name, if_not_exists, true, None);
        }
        let columns = if self.are(&["FROM", "SOURCE"]) {
            Columns::default()
        } else if self.peek() == Some(&Token::LParen) {
            self.columns()?
        } else {
            return self.expected("a list of columns in parentheses");
        };
        let Columns { definitions: columns, names, constraints } = columns;
        if self.is("FROM") || !names.is_empty() {
            self.expect_words(&["FROM", "SOURCE"])?;
            let source = self.item()?;
            let reference = if self.eat(&Token::LParen) {
                self.expect_word("REFERENCE")?;
                self.eat(&Token::Eq);
                let reference = self.name()?;
                self.expect(&Token::RParen)?;
                Some(reference)
            } else {
                None
            };
            let encoding = self.encoding()?;
            let options = self.optional_with(options::TABLE_FROM_SOURCE)?;
            return Ok(Statement::CreateTableFromSource(CreateTableFromSource {
                name,
                if_not_exists,
                columns,
                column_names: names,
                constraints,
                source,
                reference,
                encoding,
                options,
            }));
        }
        let options = self.optional_with(options::TABLE)?;
        Ok(Statement::CreateTable(CreateTable {
            name,
            temporary,
            if_not_exists,
            columns,
            constraints,
            options,
        }))
    }

    fn columns(&mut self) -> Result<Columns> {
        let mut out = Columns::default();
        self.expect(&Token::LParen)?;
        if self.eat(&Token::RParen) {
            return Ok(out);
        }
        loop {
            if let Some(constraint) = self.table_constraint()? {
                out.constraints.push(constraint);
            } else if matches!(self.peek_nth(1), Some(Token::Comma | Token::RParen)) {
                out.names.push(self.ident()?);
            } else if self.peek_ident().is_some() {
                out.definitions.push(self.column_def()?);
            } else {
                return self.expected("column name or constraint definition");
            }
            if self.eat(&Token::Comma) {
                continue;
            }
            if self.eat(&Token::RParen) {
                return Ok(out);
            }
            return self.expected("',' or ')' after column definition");
        }
    }

    pub(super) fn column_def(&mut self) -> Result<ColumnDef> {
        let name = self.ident()?;
        let data_type = self.data_type()?;
        let collation = if self.eat_word("COLLATE") { Some(self.name()?) } else { None };
        let mut options = Vec::new();
        while !matches!(self.peek(), None | Some(Token::Comma | Token::RParen | Token::Semicolon)) {
            if self.eat_word("CONSTRAINT") {
                self.ident()?;
            }
            options.push(self.column_option()?);
        }
        Ok(ColumnDef { name, data_type, collation, options })
    }

    fn column_option(&mut self) -> Result<ColumnOption> {
        if self.eat_words(&["NOT", "NULL"]) {
            return Ok(ColumnOption::NotNull);
        }
        let Some(word) = self.peek_keyword() else { return self.expected("column option") };
        self.at += 1;
        match word {
            "NULL" => Ok(ColumnOption::Null),
            "DEFAULT" => Ok(ColumnOption::Default(self.expr()?)),
            "PRIMARY" => {
                self.expect_word("KEY")?;
                Ok(ColumnOption::Unique { primary: true })
            }
            "UNIQUE" => Ok(ColumnOption::Unique { primary: false }),
            "REFERENCES" => {
                Ok(ColumnOption::References { table: self.name()?, columns: self.optional_columns()? })
            }
            "CHECK" => Ok(ColumnOption::Check(self.in_parens(Self::expr)?)),
            _ => {
                self.at -= 1;
                self.expected("column option")
            }
        }
    }

    fn table_constraint(&mut self) -> Result<Option<TableConstraint>> {
        // A column may be called like a constraint.
        let named = self.is("CONSTRAINT")
            && matches!(self.peek_nth_keyword(2), Some("UNIQUE" | "PRIMARY" | "FOREIGN" | "CHECK"));
        let name = if named {
            self.at += 1;
            Some(self.ident()?)
        } else {
            None
        };
        let kind = match self.peek_keyword() {
            Some("UNIQUE") if matches!(self.peek_nth(1), Some(Token::LParen)) || self.is_nulls_behind() => {
                self.at += 1;
                if self.eat_word("NULLS") {
                    self.eat_word("NOT");
                    self.expect_word("DISTINCT")?;
                    "UNIQUE NULLS NOT DISTINCT"
                } else {
                    "UNIQUE"
                }
            }
            Some("PRIMARY") if self.peek_nth_keyword(1) == Some("KEY") => {
                self.at += 2;
                "PRIMARY KEY"
            }
            Some("FOREIGN") if self.peek_nth_keyword(1) == Some("KEY") => {
                self.at += 2;
                let columns = self.in_parens(Self::idents)?;
                self.expect_word("REFERENCES")?;
                self.name()?;
                self.optional_columns()?;
                return Ok(Some(TableConstraint { name, kind: "FOREIGN KEY".to_owned(), columns }));
            }
            Some("CHECK") if self.peek_nth(1) == Some(&Token::LParen) => {
                self.at += 1;
                self.in_parens(Self::expr)?;
                return Ok(Some(TableConstraint { name, kind: "CHECK".to_owned(), columns: Vec::new() }));
            }
            _ if named => return self.expected("PRIMARY, UNIQUE, FOREIGN, or CHECK"),
            _ => return Ok(None),
        };
        let columns = self.in_parens(Self::idents)?;
        Ok(Some(TableConstraint { name, kind: kind.to_owned(), columns }))
    }

    fn is_nulls_behind(&self) -> bool {
        self.peek_nth_keyword(1) == Some("NULLS")
    }
}
