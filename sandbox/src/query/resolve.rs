//! Names to ids: what a query, an expression or a type refers to in the catalog.
//!
//! A resolved tree is what the catalog stores: items by id, functions by their full names. Names that a `WITH` block
//! or a column gives stay names.

use std::collections::BTreeSet;

use mz_deploy_planner::name::Ident;

use crate::catalog::{Catalog, Item, ItemId};
use crate::error::SqlError;
use crate::plan::{SessionView, article};
use crate::result::TypeOid;
use crate::sql::ast::{
    Cte, DataType, Expr, Function, FunctionArgs, ItemRef, JoinConstraint, Limit, Name, OrderBy,
    QuantifiedOperand, Query, Select, SelectItem, SetExpr, TableFactor, TableWithJoins, Value, With,
};

/// What a resolved tree refers to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct References {
    /// The relations that it reads.
    pub reads: BTreeSet<ItemId>,
    /// Everything that it depends on: relations and types.
    pub uses: BTreeSet<ItemId>,
    /// The functions that it calls, as schema and name.
    pub calls: BTreeSet<(String, String)>,
    /// The highest parameter.
    pub parameters: u32,
    /// Parameters without a type of their own whose elements are compared; true within `WHERE`.
    elements: Vec<(u32, bool)>,
    /// `*` in a select list, or a natural join.
    pub wildcard: bool,
    /// It has a `SHOW`.
    pub show: bool,
    /// The list, map and array types that it names.
    pub(crate) types: Vec<DataType>,
}

impl References {
    /// Calls `mz_now()`.
    pub fn mz_now(&self) -> bool {
        self.calls("mz_now")
    }

    /// Calls a function of this name.
    pub fn calls(&self, name: &str) -> bool {
        self.calls.iter().any(|(_, called)| called == name)
    }

    /// The server can't tell the type of a parameter whose elements are asked for, unless the client does.
    pub(crate) fn check_elements(&self, given: &[TypeOid]) -> Result<(), SqlError> {
        let unknown = |n: u32| {
            let place = usize::try_from(n).ok().and_then(|n| n.checked_sub(1));
            place.and_then(|place| given.get(place)).is_none_or(|oid| *oid == 0)
        };
        let Some((_, in_where)) = self.elements.iter().find(|(n, _)| unknown(*n)) else { return Ok(()) };
        let message = "function unnest(unknown) is not unique";
        if *in_where {
            return Err(SqlError::internal(format!("WHERE clause error: {message}")));
        }
        Err(SqlError::internal(message).with_hint(
            "Could not choose a best candidate function.  You might need to add explicit type casts.",
        ))
    }

    /// Reads a relation of the server's own.
    pub fn reads_system(&self) -> bool {
        self.reads.iter().any(|id| !id.is_user())
    }

    /// Reads relations of the server's own, and nothing else.
    pub fn reads_only_system(&self) -> bool {
        !self.reads.is_empty() && self.reads.iter().all(|id| !id.is_user())
    }
}

/// Resolves trees in place, and keeps what they refer to.
pub(crate) struct Resolver<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) session: &'a SessionView,
    ctes: Vec<Ident>,
    in_where: bool,
    pub(crate) references: References,
}

impl<'a> Resolver<'a> {
    /// A resolver that has seen nothing yet.
    pub(crate) fn new(catalog: &'a Catalog, session: &'a SessionView) -> Self {
        Self { catalog, session, ctes: Vec::new(), in_where: false, references: References::default() }
    }

    /// A query with everything in it.
    pub(crate) fn query(&mut self, query: &mut Query) -> Result<(), SqlError> {
        let visible = self.ctes.len();
        match &mut query.with {
            With::Simple(ctes) => {
                for Cte { alias, query } in ctes {
                    self.query(query)?;
                    self.ctes.push(alias.name.clone());
                }
            }
            With::MutuallyRecursive { ctes, .. } => {
                self.ctes.extend(ctes.iter().map(|cte| cte.name.clone()));
                for cte in ctes {
                    for (_, data_type) in &mut cte.columns {
                        self.data_type(data_type)?;
                    }
                    self.query(&mut cte.query)?;
                }
            }
        }
        self.set_expr(&mut query.body)?;
        self.order_by(&mut query.order_by)?;
        if let Some(Limit { quantity, .. }) = &mut query.limit {
            self.expr(quantity)?;
        }
        if let Some(offset) = &mut query.offset {
            self.expr(offset)?;
        }
        self.ctes.truncate(visible);
        Ok(())
    }

    fn set_expr(&mut self, body: &mut SetExpr) -> Result<(), SqlError> {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, .. } => {
                self.set_expr(left)?;
                self.set_expr(right)
            }
            SetExpr::Values(rows) => rows.iter_mut().flatten().try_for_each(|expr| self.expr(expr)),
            SetExpr::Table(name) => self.relation(name),
            SetExpr::Show(statement) => {
                let mut query = super::show::as_query(statement, self.catalog, self.session)?;
                self.query(&mut query)?;
                self.references.show = true;
                *body = SetExpr::Query(Box::new(query));
                Ok(())
            }
        }
    }

    fn select(&mut self, select: &mut Select) -> Result<(), SqlError> {
        self.from(&mut select.from)?;
        if let Some(crate::sql::ast::Distinct::On(exprs)) = &mut select.distinct {
            self.exprs(exprs)?;
        }
        self.select_items(&mut select.projection)?;
        if let Some(selection) = &mut select.selection {
            let outside = std::mem::replace(&mut self.in_where, true);
            self.expr(selection)?;
            self.in_where = outside;
        }
        for expr in [&mut select.having, &mut select.qualify].into_iter().flatten() {
            self.expr(expr)?;
        }
        self.exprs(&mut select.group_by)
    }

    /// The items of a select list, or of `RETURNING`.
    pub(crate) fn select_items(&mut self, items: &mut [SelectItem]) -> Result<(), SqlError> {
        for item in items {
            match item {
                SelectItem::Wildcard => self.references.wildcard = true,
                SelectItem::Expr { expr, .. } => self.expr(expr)?,
            }
        }
        Ok(())
    }

    /// A `FROM` list.
    pub(crate) fn from(&mut self, from: &mut [TableWithJoins]) -> Result<(), SqlError> {
        from.iter_mut().try_for_each(|table| self.table_with_joins(table))
    }

    fn table_with_joins(&mut self, table: &mut TableWithJoins) -> Result<(), SqlError> {
        self.table_factor(&mut table.relation)?;
        for join in &mut table.joins {
            self.table_factor(&mut join.relation)?;
            match &mut join.constraint {
                JoinConstraint::On(expr) => self.expr(expr)?,
                JoinConstraint::Natural => self.references.wildcard = true,
                JoinConstraint::None | JoinConstraint::Using { .. } => {}
            }
        }
        Ok(())
    }

    fn table_factor(&mut self, factor: &mut TableFactor) -> Result<(), SqlError> {
        match factor {
            TableFactor::Table { name, .. } => self.relation(name),
            TableFactor::Function { function, .. } => self.function(function),
            TableFactor::RowsFrom { functions, .. } => {
                functions.iter_mut().try_for_each(|function| self.function(function))
            }
            TableFactor::Derived { query, .. } => self.query(query),
            TableFactor::NestedJoin { join, .. } => self.table_with_joins(join),
        }
    }

    /// A relation that is read: a name of a `WITH` block stays as it is.
    pub(crate) fn relation(&mut self, name: &mut ItemRef) -> Result<(), SqlError> {
        if let ItemRef::Name(Name(parts)) = &*name
            && let [only] = parts.as_slice()
            && self.ctes.contains(only)
        {
            return Ok(());
        }
        let item = self.item(name)?;
        if item.kind.columns().is_none() {
            return Err(not_a_relation(self.catalog, item));
        }
        let id = item.id;
        self.references.reads.insert(id);
        Ok(())
    }

    /// An item of any kind. It becomes an id and counts as used.
    pub(crate) fn item(&mut self, name: &mut ItemRef) -> Result<&'a Item, SqlError> {
        let item = lookup(self.catalog, self.session, name)?;
        *name = ItemRef::Id(item.id);
        self.references.uses.insert(item.id);
        Ok(item)
    }

    /// A type, with the types in it.
    pub(crate) fn data_type(&mut self, data_type: &mut DataType) -> Result<(), SqlError> {
        self.type_inside(data_type)?;
        if !matches!(data_type, DataType::Named { .. }) {
            self.references.types.push(data_type.clone());
        }
        Ok(())
    }

    fn type_inside(&mut self, data_type: &mut DataType) -> Result<(), SqlError> {
        match data_type {
            DataType::Named { name, .. } => {
                if let ItemRef::Name(written) = &*name {
                    *name = ItemRef::Id(self.catalog.resolve_type(self.session, written)?.id);
                }
                if let ItemRef::Id(id) = name {
                    self.references.uses.insert(*id);
                }
                Ok(())
            }
            DataType::Array(element) | DataType::List(element) => self.type_inside(element),
            DataType::Map(key, value) => {
                self.type_inside(key)?;
                self.type_inside(value)
            }
        }
    }

    /// A call: its name becomes full.
    fn function(&mut self, function: &mut Function) -> Result<(), SqlError> {
        if let FunctionArgs::List(args) = &mut function.args {
            self.exprs(args)?;
        }
        let item = self.catalog.resolve_function(self.session, &function.name)?;
        let name = item.name.clone();
        let schema = item.schema.and_then(|id| self.catalog.schema(id)).map(|schema| schema.name.clone());
        if let Some(schema) = schema {
            self.references.calls.insert((schema.as_str().to_owned(), name.as_str().to_owned()));
            function.name = Name(vec![schema, name]);
        }
        self.order_by(&mut function.order_by)?;
        if let Some(filter) = &mut function.filter {
            self.expr(filter)?;
        }
        if let Some(over) = &mut function.over {
            self.exprs(&mut over.partition_by)?;
            self.order_by(&mut over.order_by)?;
        }
        Ok(())
    }

    fn order_by(&mut self, order_by: &mut [OrderBy]) -> Result<(), SqlError> {
        order_by.iter_mut().try_for_each(|order| self.expr(&mut order.expr))
    }

    fn exprs(&mut self, exprs: &mut [Expr]) -> Result<(), SqlError> {
        exprs.iter_mut().try_for_each(|expr| self.expr(expr))
    }

    /// An expression.
    #[expect(clippy::too_many_lines, reason = "one arm for each form of an expression")]
    pub(crate) fn expr(&mut self, expr: &mut Expr) -> Result<(), SqlError> {
        match expr {
            Expr::Value(Value::HexString(_)) => {
                Err(SqlError::internal("hex string literals not yet supported"))
            }
            Expr::Value(_) | Expr::Default => Ok(()),
            Expr::Parameter(n) => {
                self.references.parameters = self.references.parameters.max(*n);
                Ok(())
            }
            Expr::Column(name) => {
                if let [only] = name.0.as_slice()
                    && let Some(function) = special_function(only.as_str())
                {
                    self.references.calls.insert(("pg_catalog".to_owned(), function.to_owned()));
                }
                Ok(())
            }
            Expr::QualifiedWildcard(_) => {
                self.references.wildcard = true;
                Ok(())
            }
            Expr::Collate { .. } => Err(SqlError::internal("COLLATE not yet supported")),
            Expr::Nested(inner)
            | Expr::Unary { expr: inner, .. }
            | Expr::Not(inner)
            | Expr::Is { expr: inner, .. }
            | Expr::Extract { expr: inner, .. }
            | Expr::Field { expr: inner, .. }
            | Expr::WildcardAccess(inner) => self.expr(inner),
            Expr::Binary { left, right, .. }
            | Expr::And(left, right)
            | Expr::Or(left, right)
            | Expr::IsDistinctFrom { left, right, .. }
            | Expr::NullIf(left, right)
            | Expr::AtTimeZone { timestamp: left, zone: right } => {
                self.expr(left)?;
                self.expr(right)
            }
            Expr::InList { expr, list, .. } => {
                self.expr(expr)?;
                self.exprs(list)
            }
            Expr::InSubquery { expr, query, .. } => {
                self.expr(expr)?;
                self.query(query)
            }
            Expr::Between { expr, low, high, .. } => {
                self.expr(expr)?;
                self.expr(low)?;
                self.expr(high)
            }
            Expr::Like { expr, pattern, escape, .. } => {
                self.expr(expr)?;
                self.expr(pattern)?;
                escape.as_deref_mut().map_or(Ok(()), |escape| self.expr(escape))
            }
            Expr::Quantified { left, right, .. } => {
                self.expr(left)?;
                match &mut **right {
                    QuantifiedOperand::Query(query) => self.query(query),
                    QuantifiedOperand::Expr(expr) => {
                        if let Expr::Parameter(n) = expr {
                            self.references.elements.push((*n, self.in_where));
                        }
                        self.expr(expr)
                    }
                }
            }
            Expr::Exists(query)
            | Expr::Subquery(query)
            | Expr::ArraySubquery(query)
            | Expr::ListSubquery(query)
            | Expr::MapSubquery(query) => self.query(query),
            Expr::Case { operand, branches, otherwise } => {
                for expr in [operand, otherwise].into_iter().flatten() {
                    self.expr(expr)?;
                }
                for (when, then) in branches {
                    self.expr(when)?;
                    self.expr(then)?;
                }
                Ok(())
            }
            Expr::Cast { expr, data_type } => {
                self.expr(expr)?;
                self.data_type(data_type)
            }
            Expr::TypedLiteral { data_type, .. } => self.data_type(data_type),
            Expr::Function(function) => self.function(function),
            Expr::HomogenizingFunction { args, .. }
            | Expr::Row(args)
            | Expr::Array(args)
            | Expr::List(args) => self.exprs(args),
            Expr::Map(entries) => {
                for (key, value) in entries {
                    self.expr(key)?;
                    self.expr(value)?;
                }
                Ok(())
            }
            Expr::Subscript { expr, positions } => {
                self.expr(expr)?;
                for position in positions {
                    for bound in [&mut position.start, &mut position.end].into_iter().flatten() {
                        self.expr(bound)?;
                    }
                }
                Ok(())
            }
        }
    }
}

/// The item behind a reference.
pub(crate) fn lookup<'a>(
    catalog: &'a Catalog,
    session: &SessionView,
    reference: &ItemRef,
) -> Result<&'a Item, SqlError> {
    match reference {
        ItemRef::Name(name) => catalog.resolve_item(session, name),
        ItemRef::Id(id) => {
            catalog.item(*id).ok_or_else(|| SqlError::internal(format!("unknown catalog item '{id}'")))
        }
    }
}

/// A word that is no column where it stands alone means a function: which one.
pub(crate) fn special_function(word: &str) -> Option<&'static str> {
    Some(match word {
        "current_user" => "current_user",
        "session_user" => "session_user",
        "current_role" => "current_role",
        "current_catalog" => "current_catalog",
        "current_schema" => "current_schema",
        "current_timestamp" => "current_timestamp",
        "current_date" => "current_date",
        "current_time" => "current_time",
        "localtime" => "localtime",
        "localtimestamp" => "localtimestamp",
        _ => return None,
    })
}

fn not_a_relation(catalog: &Catalog, item: &Item) -> SqlError {
    let kind = item.kind.object_kind().words();
    let name = full_name(catalog, item.id);
    SqlError::internal(format!(
        "catalog item '{name}' is {} {kind} and so cannot be depended upon",
        article(kind)
    ))
}

/// `database.schema.item` without quotes, as errors write it.
pub(crate) fn full_name(catalog: &Catalog, id: ItemId) -> String {
    catalog.full_name(id).map_or_else(|| id.to_string(), |name| name.to_string())
}
