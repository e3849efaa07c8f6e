//! Expressions.

use mz_deploy_planner::name::Literal;

use super::{Lowering, comma, quoted};
use crate::engine;
use crate::error::SqlError;
use crate::query::resolve::special_function;
use crate::query::types;
use crate::sql::ast::{
    DataType, Expr, Function, FunctionArgs, IntervalValue, IsWhat, QuantifiedOperand, SubscriptPosition,
    Value, Window,
};

impl Lowering<'_> {
    /// Expressions with commas between them.
    pub(crate) fn exprs(&mut self, exprs: &[Expr]) -> Result<String, SqlError> {
        comma(exprs, |expr| self.expr(expr))
    }

    #[expect(clippy::too_many_lines, reason = "one arm for each form of an expression")]
    /// An expression. Whatever has operands is in parentheses, so precedence is the tree's alone.
    pub(crate) fn expr(&mut self, expr: &Expr) -> Result<String, SqlError> {
        let not = |not: bool| if not { "NOT " } else { "" };
        Ok(match expr {
            Expr::Value(value) => literal(value)?,
            Expr::Parameter(n) => format!("${n}"),
            Expr::Column(name) => self.column(&name.0)?,
            Expr::QualifiedWildcard(_) | Expr::WildcardAccess(_) => {
                return Err(SqlError::internal("wildcard expressions are only allowed in a select list"));
            }
            Expr::Default => "DEFAULT".to_owned(),
            Expr::Nested(inner) => format!("({})", self.expr(inner)?),
            Expr::Unary { op, expr } => format!("({} {})", op.symbol, self.expr(expr)?),
            Expr::Binary { left, op, right } => {
                format!("({} {} {})", self.expr(left)?, op.symbol, self.expr(right)?)
            }
            Expr::And(left, right) => format!("({} AND {})", self.expr(left)?, self.expr(right)?),
            Expr::Or(left, right) => format!("({} OR {})", self.expr(left)?, self.expr(right)?),
            Expr::Not(inner) => format!("(NOT {})", self.expr(inner)?),
            Expr::Is { expr, not: negated, what } => {
                let what = match what {
                    IsWhat::Null => "NULL",
                    IsWhat::True => "TRUE",
                    IsWhat::False => "FALSE",
                    IsWhat::Unknown => "UNKNOWN",
                };
                format!("({} IS {}{what})", self.expr(expr)?, not(*negated))
            }
            Expr::IsDistinctFrom { left, not: negated, right } => {
                format!("({} IS {}DISTINCT FROM {})", self.expr(left)?, not(*negated), self.expr(right)?)
            }
            Expr::InList { expr, not: negated, list } => {
                format!("({} {}IN ({}))", self.expr(expr)?, not(*negated), self.exprs(list)?)
            }
            Expr::InSubquery { expr, not: negated, query } => {
                format!("({} {}IN ({}))", self.expr(expr)?, not(*negated), self.query(query)?)
            }
            Expr::Between { expr, not: negated, low, high } => format!(
                "({} {}BETWEEN {} AND {})",
                self.expr(expr)?,
                not(*negated),
                self.expr(low)?,
                self.expr(high)?
            ),
            Expr::Like { expr, not: negated, case_insensitive, pattern, escape } => {
                let like = if *case_insensitive { "ILIKE" } else { "LIKE" };
                let sql = format!("{} {}{like} {}", self.expr(expr)?, not(*negated), self.expr(pattern)?);
                match escape {
                    Some(escape) => format!("({sql} ESCAPE {})", self.expr(escape)?),
                    None => format!("({sql})"),
                }
            }
            Expr::Quantified { left, op, all, right } => {
                let right = match &**right {
                    QuantifiedOperand::Query(query) => self.query(query)?,
                    QuantifiedOperand::Expr(expr) => self.expr(expr)?,
                };
                let quantifier = if *all { "ALL" } else { "ANY" };
                format!("({} {} {quantifier} ({right}))", self.expr(left)?, op.symbol)
            }
            Expr::Exists(query) => format!("(EXISTS ({}))", self.query(query)?),
            Expr::Subquery(query) => format!("({})", self.query(query)?),
            Expr::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref())?
            }
            Expr::Cast { expr, data_type } => match unnested(expr) {
                Expr::Value(Value::String(value)) => self.typed_literal(data_type, value)?,
                _ => format!("({})::{}", self.expr(expr)?, self.data_type(data_type)?),
            },
            Expr::TypedLiteral { data_type, value } => self.typed_literal(data_type, value)?,
            Expr::Collate { .. } => return Err(SqlError::internal("COLLATE not yet supported")),
            Expr::AtTimeZone { timestamp, zone } => {
                format!("({} AT TIME ZONE {})", self.expr(timestamp)?, self.expr(zone)?)
            }
            Expr::Function(function) => self.function(function)?,
            Expr::HomogenizingFunction { name, args } => {
                format!("{}({})", name.to_lowercase(), self.exprs(args)?)
            }
            Expr::NullIf(left, right) => format!("nullif({}, {})", self.expr(left)?, self.expr(right)?),
            Expr::Extract { field, expr } => {
                format!("extract({} FROM {})", Literal(&field.to_lowercase()), self.expr(expr)?)
            }
            Expr::Row(fields) => format!("ROW({})", self.exprs(fields)?),
            Expr::Array(elements) => format!("ARRAY[{}]", self.exprs(elements)?),
            Expr::ArraySubquery(query) => format!("ARRAY({})", self.query(query)?),
            // Without elements there is no type: the text takes it from where it stands.
            Expr::List(elements) if elements.is_empty() => "'{}'".to_owned(),
            Expr::List(elements) => {
                let elements: Result<Vec<String>, SqlError> =
                    elements.iter().map(|element| self.expr(element)).collect();
                engine::list_literal(&elements?)
            }
            Expr::ListSubquery(query) => format!("mz_fn.list_of(ARRAY({}))", self.query(query)?),
            Expr::Map(entries) if entries.is_empty() => "'{}'".to_owned(),
            Expr::Map(entries) => {
                let keys = comma(entries, |(key, _)| self.expr(key))?;
                let values = comma(entries, |(_, value)| self.expr(value))?;
                format!("mz_fn.map(ARRAY[{keys}]::text[], mz_fn.list({values}))")
            }
            Expr::MapSubquery(query) => {
                format!("(SELECT mz_catalog.map_agg(k, v) FROM ({}) AS q (k, v))", self.query(query)?)
            }
            Expr::Subscript { expr, positions } => {
                let mut sql = self.expr(expr)?;
                for position in positions {
                    sql = format!("({sql}){}", self.subscript(position)?);
                }
                sql
            }
            Expr::Field { expr, field } => format!("({}).{}", self.expr(expr)?, quoted(field.as_str())),
        })
    }

    /// A column, or a word that means a function where no column has that name.
    fn column(&self, parts: &[mz_deploy_planner::name::Ident]) -> Result<String, SqlError> {
        let Some((column, qualifier)) = parts.split_last() else { return Ok(String::new()) };
        if qualifier.is_empty() {
            return Ok(match special_function(column.as_str()) {
                Some(function) => special_call(function),
                None => quoted(column.as_str()),
            });
        }
        if let Some(alias) = self.qualifier(qualifier) {
            Ok(format!("{}.{}", quoted(alias.as_str()), quoted(column.as_str())))
        } else {
            let name = parts.iter().map(mz_deploy_planner::name::Ident::as_str).collect::<Vec<_>>().join(".");
            Err(SqlError::internal(format!("column \"{name}\" does not exist")))
        }
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
    ) -> Result<String, SqlError> {
        let mut sql = "CASE".to_owned();
        if let Some(operand) = operand {
            sql = format!("{sql} {}", self.expr(operand)?);
        }
        for (when, then) in branches {
            sql = format!("{sql} WHEN {} THEN {}", self.expr(when)?, self.expr(then)?);
        }
        if let Some(otherwise) = otherwise {
            sql = format!("{sql} ELSE {}", self.expr(otherwise)?);
        }
        Ok(format!("({sql} END)"))
    }

    fn data_type(&self, data_type: &DataType) -> Result<String, SqlError> {
        types::engine_type(self.catalog, &types::scalar_type(self.catalog, data_type)?)
    }

    /// A literal of a type. It is cast when the statement runs: one that can't be read is no error of planning.
    fn typed_literal(&self, data_type: &DataType, value: &str) -> Result<String, SqlError> {
        Ok(format!("CAST({}::text AS {})", text(value), self.data_type(data_type)?))
    }

    fn subscript(&mut self, position: &SubscriptPosition) -> Result<String, SqlError> {
        let mut bound = |expr: &Option<Expr>| expr.as_ref().map_or(Ok(String::new()), |expr| self.expr(expr));
        let (start, end) = (bound(&position.start)?, bound(&position.end)?);
        Ok(if position.slice { format!("[{start}:{end}]") } else { format!("[{start}]") })
    }

    /// A call. The search path finds the engine's own functions before PostgreSQL's.
    pub(crate) fn function(&mut self, function: &Function) -> Result<String, SqlError> {
        let Function { name, args, distinct, order_by, filter, over } = function;
        let last = name.0.last().map_or("", |name| name.as_str());
        let args = match args {
            FunctionArgs::Star => "*".to_owned(),
            FunctionArgs::List(args) => self.exprs(args)?,
        };
        let distinct = if *distinct { "DISTINCT " } else { "" };
        let order_by = self.order_by(order_by)?;
        let mut sql = format!("{}({distinct}{args}{order_by})", quoted(last));
        if let Some(filter) = filter {
            sql = format!("{sql} FILTER (WHERE {})", self.expr(filter)?);
        }
        if let Some(window) = over {
            sql = format!("{sql} OVER ({})", self.window(window)?);
        }
        Ok(sql)
    }

    fn window(&mut self, window: &Window) -> Result<String, SqlError> {
        if window.ignore_nulls {
            return Err(SqlError::unsupported("IGNORE NULLS"));
        }
        let partition_by = match window.partition_by.as_slice() {
            [] => String::new(),
            exprs => format!("PARTITION BY {}", self.exprs(exprs)?),
        };
        let order_by = self.order_by(&window.order_by)?;
        let frame = window.frame.as_deref().map(|frame| format!(" {frame}")).unwrap_or_default();
        Ok(format!("{partition_by}{order_by}{frame}"))
    }
}

/// The engine's call for a word that stands for a function.
fn special_call(function: &str) -> String {
    match function {
        "current_timestamp" => "mz_fn.now()".to_owned(),
        "current_date" => "(mz_fn.now())::date".to_owned(),
        "current_time" | "localtime" => "(mz_fn.now())::time".to_owned(),
        "localtimestamp" => "(mz_fn.now())::timestamp".to_owned(),
        other => format!("mz_fn.{}()", quoted(other)),
    }
}

fn unnested(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) => unnested(inner),
        other => other,
    }
}

/// A literal as the engine reads it.
pub(crate) fn literal(value: &Value) -> Result<String, SqlError> {
    Ok(match value {
        Value::Number(number) => {
            check_number(number)?;
            number.clone()
        }
        Value::String(value) => text(value),
        Value::HexString(_) => return Err(SqlError::internal("hex string literals not yet supported")),
        Value::Boolean(value) => if *value { "TRUE" } else { "FALSE" }.to_owned(),
        Value::Null => "NULL".to_owned(),
        Value::Interval(IntervalValue { value, from, to, precision }) => {
            let mut sql = format!("INTERVAL {}", text(value));
            if let Some(from) = from {
                sql = format!("{sql} {from}");
            }
            if let Some(to) = to {
                sql = format!("{sql} TO {to}");
            }
            match precision {
                Some(precision) => format!("{sql} ({precision})"),
                None => sql,
            }
        }
    })
}

/// A number has at most 39 digits before the point.
fn check_number(number: &str) -> Result<(), SqlError> {
    let number = number.to_ascii_uppercase();
    let (mantissa, exponent) = number.split_once('E').unwrap_or((&number, "0"));
    let whole = mantissa.split('.').next().unwrap_or_default().trim_start_matches('0').len();
    let places = i64::try_from(whole).ok().zip(exponent.parse::<i64>().ok());
    if places.is_some_and(|(whole, exponent)| whole.saturating_add(exponent) <= 39) {
        return Ok(());
    }
    Err(SqlError::internal(format!(
        "\"{number}\" is out of range for type numeric: exceeds maximum precision 39"
    )))
}

/// A string. The engine reads backslashes as they are.
fn text(value: &str) -> String {
    Literal(value).to_string()
}
