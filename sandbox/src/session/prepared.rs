//! Prepared statements and portals.

use std::sync::Arc;

use super::Session;
use super::answer::{Answer, Bound, Description, Result, Tag};
use super::parameter;
use super::planning::{self, Plan};
use super::transaction::{Status, aborted};
use crate::error::{SqlError, SqlState};
use crate::result::{Format, Param, Row, TypeOid};
use crate::sql::ast::{Expr, ParsedStatement, Query, SelectStatement, SetExpr, Statement, With};

/// A prepared statement.
#[derive(Clone, Debug)]
pub(super) struct Prepared {
    /// `None` for an empty text.
    pub(super) statement: Option<Arc<ParsedStatement>>,
    /// The types of the parameters as the client gave them.
    pub(super) given: Vec<TypeOid>,
    pub(super) description: Description,
}

/// A statement that runs, or is about to.
#[derive(Clone, Debug)]
pub(super) struct Portal {
    bound: Bound,
    /// Rows that are left, once it was started.
    rest: Option<(std::collections::VecDeque<Row>, Tag)>,
}

/// Rows that were taken from a portal.
pub(crate) struct Taken {
    pub(crate) rows: Vec<Row>,
    pub(crate) tag: Tag,
    pub(crate) more: bool,
}

impl Session {
    /// `Parse`.
    pub(crate) fn prepare(&mut self, name: &str, text: &str, types: &[TypeOid]) -> Result<()> {
        let mut statements = self.parse(text)?.into_iter();
        let statement = statements.next();
        if statements.next().is_some() {
            return Err(SqlError::internal("cannot insert multiple commands into a prepared statement"));
        }
        if let Some(oid) = types.iter().find(|oid| **oid != 0 && !parameter::is_known(**oid)) {
            let message = format!("type with OID {oid} is unknown");
            return Err(SqlError::new(SqlState::PROTOCOL_VIOLATION, message));
        }
        let prepared = self.prepared(statement.map(Arc::new), types)?;
        self.statements.insert(name.to_owned(), prepared);
        Ok(())
    }

    fn prepared(&mut self, statement: Option<Arc<ParsedStatement>>, types: &[TypeOid]) -> Result<Prepared> {
        let description = match &statement {
            Some(statement) => {
                self.check_not_aborted(&statement.statement)?;
                self.describe(&statement.statement, types)?
            }
            None => Description::default(),
        };
        Ok(Prepared { statement, given: types.to_vec(), description })
    }

    /// In a failed block nothing runs but its end.
    pub(super) fn check_not_aborted(&self, statement: &Statement) -> Result<()> {
        let ends = matches!(statement, Statement::Commit { .. } | Statement::Rollback { .. });
        if self.status() == Status::Failed && !ends { Err(aborted()) } else { Ok(()) }
    }

    /// `PREPARE name AS statement`.
    pub(super) fn prepare_statement(&mut self, name: &str, statement: &Statement) -> Result<Answer> {
        if self.statements.contains_key(name) {
            let message = format!("prepared statement \"{name}\" already exists");
            return Err(SqlError::new(SqlState("42P05"), message));
        }
        let text = crate::sql::print::display(statement);
        let statement = ParsedStatement { statement: statement.clone(), text, offset: 0 };
        let prepared = self.prepared(Some(Arc::new(statement)), &[])?;
        self.statements.insert(name.to_owned(), prepared);
        Ok(Answer::Done("PREPARE".into()))
    }

    /// `DEALLOCATE name` and `DEALLOCATE ALL`.
    pub(super) fn deallocate(&mut self, name: Option<&str>) -> Result<Answer> {
        match name {
            None => {
                self.statements.clear();
                Ok(Answer::Done("DEALLOCATE ALL".into()))
            }
            Some(name) => match self.statements.remove(name) {
                Some(_) => Ok(Answer::Done("DEALLOCATE".into())),
                None => Err(no_statement(name)),
            },
        }
    }

    /// `EXECUTE name (values)`: each value must have the type of its parameter, or a number where a number is wanted.
    pub(super) fn execute_prepared(
        &mut self,
        name: &str,
        values: &[Expr],
        formats: &[Format],
    ) -> Result<Answer> {
        let (prepared, params) = self.execute_params(name, values)?;
        let bound = Bound {
            statement: prepared.statement,
            params,
            formats: formats.to_vec(),
            description: prepared.description,
        };
        self.execute(&bound)
    }

    /// What an `EXECUTE` runs, and with which values.
    pub(super) fn execute_params(&mut self, name: &str, values: &[Expr]) -> Result<(Prepared, Vec<Param>)> {
        let Some(prepared) = self.statements.get(name).cloned() else {
            return Err(SqlError::internal(format!("unknown prepared statement {name}")));
        };
        let wanted = &prepared.description.params;
        if wanted.len() != values.len() {
            let message = format!("expected {} params, got {}", wanted.len(), values.len());
            return Err(SqlError::internal(message));
        }
        let mut params = Vec::new();
        for (position, (value, type_oid)) in values.iter().zip(wanted).enumerate() {
            params.push(self.execute_param(position + 1, value, *type_oid)?);
        }
        Ok((prepared, params))
    }

    fn execute_param(&mut self, number: usize, value: &Expr, wanted: TypeOid) -> Result<Param> {
        let values = SetExpr::Values(vec![vec![value.clone()]]);
        let with = With::Simple(Vec::new());
        let query = Query { with, body: values, order_by: Vec::new(), limit: None, offset: None };
        let Plan::Query(plan) = self.plan(&Statement::Select(SelectStatement { query, as_of: None }), &[])?
        else {
            return Err(SqlError::unsupported("parameters of EXECUTE that are no values"));
        };
        let given = plan.columns.first().map_or(0, |column| column.type_oid);
        let is_number = |oid: TypeOid| [20, 21, 23, 700, 701, 1700].contains(&oid);
        if given != wanted && !(is_number(given) && is_number(wanted)) {
            let message = format!(
                "unable to cast given parameter ${number}: expected {}, got {}",
                parameter::type_name(wanted),
                parameter::type_name(given)
            );
            return Err(SqlError::internal(message).with_hint(
                "EXECUTE automatically inserts only such casts that are allowed in an assignment cast context.  Try adding an explicit cast.",
            ));
        }
        let rows = self.engine(&self.catalog())?.query(&plan.sql, &[], &[]);
        let rows = rows.map_err(|error| planning::translated(&error))?.result.rows;
        let value = rows.into_iter().flatten().next().flatten();
        Ok(Param { type_oid: wanted, format: Format::Text, value })
    }

    /// A statement of the simple protocol, ready to run.
    pub(crate) fn bind_simple(&mut self, statement: ParsedStatement) -> Result<Bound> {
        self.check_not_aborted(&statement.statement)?;
        let description = self.describe(&statement.statement, &[])?;
        if !description.params.is_empty() {
            let message = "there is no parameter $1";
            return Err(SqlError::new(SqlState::UNDEFINED_PARAMETER, message));
        }
        Ok(Bound {
            statement: Some(Arc::new(statement)),
            params: Vec::new(),
            formats: Vec::new(),
            description,
        })
    }

    /// `Bind`. `formats` are those of the parameters and those of the result.
    pub(crate) fn bind(
        &mut self,
        portal: &str,
        name: &str,
        formats: (Vec<Format>, Vec<Format>),
        values: Vec<Option<Vec<u8>>>,
    ) -> Result<()> {
        let prepared = self.statements.get(name).cloned().ok_or_else(|| no_statement(name))?;
        if let Some(statement) = &prepared.statement {
            self.check_not_aborted(&statement.statement)?;
            self.check_unchanged(&prepared, &statement.statement)?;
        }
        let wanted = prepared.description.params.len();
        if values.len() != wanted {
            let message = format!(
                "bind message supplies {} parameters, but prepared statement \"{name}\" requires {wanted}",
                values.len()
            );
            return Err(SqlError::new(SqlState::PROTOCOL_VIOLATION, message));
        }
        let mut params = Vec::new();
        for (position, (value, type_oid)) in values.into_iter().zip(&prepared.description.params).enumerate()
        {
            let format = format_of(&formats.0, position);
            let param = Param { type_oid: *type_oid, format, value };
            parameter::check(&param, self.coordinator.engine())?;
            params.push(param);
        }
        for (position, column) in prepared.description.columns.iter().flatten().enumerate() {
            if format_of(&formats.1, position) == Format::Binary {
                parameter::check_binary(column.type_oid)?;
            }
        }
        let bound = Bound {
            statement: prepared.statement,
            params,
            formats: formats.1,
            description: prepared.description,
        };
        self.portals.insert(portal.to_owned(), Portal { bound, rest: None });
        Ok(())
    }

    /// A prepared statement must still mean what it meant when it was prepared.
    fn check_unchanged(&mut self, prepared: &Prepared, statement: &Statement) -> Result<()> {
        let now = self.describe(statement, &prepared.given)?;
        if now == prepared.description {
            return Ok(());
        }
        Err(SqlError::new(SqlState::FEATURE_NOT_SUPPORTED, "cached plan must not change result type"))
    }

    pub(crate) fn describe_statement(&self, name: &str) -> Result<&Description> {
        self.statements.get(name).map(|prepared| &prepared.description).ok_or_else(|| no_statement(name))
    }

    pub(crate) fn describe_portal(&self, name: &str) -> Result<&Bound> {
        self.portals.get(name).map(|portal| &portal.bound).ok_or_else(|| no_portal(name))
    }

    pub(crate) fn close_statement(&mut self, name: &str) {
        self.statements.remove(name);
    }

    pub(crate) fn close_portal(&mut self, name: &str) {
        self.portals.remove(name);
    }

    /// `Execute`: what is to run, or `None` if the portal has rows left of an earlier run.
    pub(crate) fn start_portal(&mut self, name: &str) -> Result<Option<Bound>> {
        let portal = self.portals.get(name).ok_or_else(|| no_portal(name))?;
        if portal.rest.is_some() {
            return Ok(None);
        }
        let bound = portal.bound.clone();
        self.transaction.begin_implicit(1);
        Ok(Some(bound))
    }

    /// Keeps the rows of a portal.
    pub(crate) fn keep_rows(&mut self, name: &str, rows: Vec<Row>, tag: Tag) {
        if let Some(portal) = self.portals.get_mut(name) {
            portal.rest = Some((rows.into(), tag));
        }
    }

    /// Takes rows from a portal: all for a limit of 0.
    pub(crate) fn take_rows(&mut self, name: &str, limit: usize) -> Result<Taken> {
        let portal = self.portals.get_mut(name).ok_or_else(|| no_portal(name))?;
        let Some((rest, tag)) = &mut portal.rest else {
            return Err(no_portal(name));
        };
        let count = if limit == 0 { rest.len() } else { limit.min(rest.len()) };
        let rows: Vec<_> = rest.drain(..count).collect();
        // A portal that gave as many rows as were asked for may have more, as far as the client knows.
        let more = limit > 0 && rows.len() == limit;
        Ok(Taken { rows, tag: *tag, more })
    }
}

/// The format of a value: no codes are all text, one stands for all.
pub(crate) fn format_of(formats: &[Format], position: usize) -> Format {
    match formats {
        [] => Format::Text,
        [one] => *one,
        many => many.get(position).copied().unwrap_or_default(),
    }
}

fn no_statement(name: &str) -> SqlError {
    SqlError::new(SqlState::INVALID_STATEMENT_NAME, format!("prepared statement \"{name}\" does not exist"))
}

fn no_portal(name: &str) -> SqlError {
    SqlError::new(SqlState::INVALID_CURSOR_NAME, format!("portal \"{name}\" does not exist"))
}
