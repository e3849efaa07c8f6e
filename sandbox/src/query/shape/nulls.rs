//! Whether expressions can be NULL, and what conditions say about it.

use super::Inference;
use super::from::Scope;
use super::select::Grouping;
use crate::query::resolve::special_function;
use crate::sql::ast::{Expr, Function, FunctionArgs, IsWhat, QuantifiedOperand, Value};

/// Aggregates.
const AGGREGATES: [&str; 24] = [
    "array_agg",
    "avg",
    "bit_and",
    "bit_or",
    "bool_and",
    "bool_or",
    "count",
    "jsonb_agg",
    "jsonb_object_agg",
    "list_agg",
    "map_agg",
    "max",
    "min",
    "mz_all",
    "mz_any",
    "stddev",
    "stddev_pop",
    "stddev_samp",
    "string_agg",
    "sum",
    "var_pop",
    "var_samp",
    "variance",
    "every",
];

/// Functions whose result is never NULL.
const NEVER_NULL: [&str; 34] = [
    "array_agg",
    "concat",
    "concat_ws",
    "count",
    "current_catalog",
    "current_database",
    "current_role",
    "current_schemas",
    "current_timestamp",
    "current_user",
    "dense_rank",
    "generate_series",
    "jsonb_agg",
    "jsonb_build_array",
    "jsonb_build_object",
    "jsonb_object_agg",
    "list_agg",
    "localtimestamp",
    "map_agg",
    "mz_environment_id",
    "mz_is_superuser",
    "mz_logical_timestamp",
    "mz_now",
    "mz_uptime",
    "mz_version",
    "mz_version_num",
    "now",
    "pg_backend_pid",
    "pg_postmaster_start_time",
    "pg_typeof",
    "rank",
    "row_number",
    "session_user",
    "version",
];

/// Functions that may make NULL of what isn't.
const MAY_BE_NULL: [&str; 22] = [
    "array_length",
    "array_lower",
    "array_position",
    "array_upper",
    "current_schema",
    "first_value",
    "fused_value",
    "jsonb_array_length",
    "jsonb_extract_path",
    "jsonb_extract_path_text",
    "lag",
    "last_value",
    "lead",
    "list_length_max",
    "nullif",
    "obj_description",
    "col_description",
    "pg_get_viewdef",
    "regexp_match",
    "shobj_description",
    "to_jsonb_path",
    "try_parse_monotonic_iso8601_timestamp",
];

/// Functions that give rows.
const SETS: [&str; 9] = [
    "generate_series",
    "generate_subscripts",
    "jsonb_array_elements",
    "jsonb_array_elements_text",
    "jsonb_each",
    "jsonb_each_text",
    "jsonb_object_keys",
    "regexp_split_to_table",
    "unnest",
];

/// Operators that may make NULL of what isn't.
const PARTIAL_OPERATORS: [&str; 4] = ["->", "->>", "#>", "#>>"];

fn called(function: &Function) -> &str {
    function.name.0.last().map_or("", |name| name.as_str())
}

/// True for calls that aggregate.
pub(super) fn is_aggregate(function: &Function) -> bool {
    AGGREGATES.contains(&called(function))
}

/// True if a row becomes many by the expression.
pub(super) fn returns_set(expr: &Expr) -> bool {
    matches!(expr, Expr::Function(function) if SETS.contains(&called(function)))
        || operands(expr).into_iter().any(returns_set)
}

/// The expressions that an expression is made of, subqueries left out.
pub(super) fn operands(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::Nested(inner)
        | Expr::Unary { expr: inner, .. }
        | Expr::Not(inner)
        | Expr::Is { expr: inner, .. }
        | Expr::Extract { expr: inner, .. }
        | Expr::Field { expr: inner, .. }
        | Expr::WildcardAccess(inner)
        | Expr::Cast { expr: inner, .. }
        | Expr::Collate { expr: inner, .. }
        | Expr::Subscript { expr: inner, .. }
        | Expr::InSubquery { expr: inner, .. } => vec![inner],
        Expr::Binary { left, right, .. }
        | Expr::And(left, right)
        | Expr::Or(left, right)
        | Expr::IsDistinctFrom { left, right, .. }
        | Expr::NullIf(left, right)
        | Expr::AtTimeZone { timestamp: left, zone: right } => vec![left, right],
        Expr::InList { expr, list, .. } => std::iter::once(&**expr).chain(list).collect(),
        Expr::Between { expr, low, high, .. } => vec![expr, low, high],
        Expr::Like { expr, pattern, .. } => vec![expr, pattern],
        Expr::Quantified { left, right, .. } => match &**right {
            QuantifiedOperand::Expr(right) => vec![left, right],
            QuantifiedOperand::Query(_) => vec![left],
        },
        Expr::Case { operand, branches, otherwise } => {
            let branches = branches.iter().flat_map(|(when, then)| [when, then]);
            branches.chain([operand, otherwise].into_iter().flatten().map(|expr| &**expr)).collect()
        }
        Expr::Function(Function { args: FunctionArgs::List(args), .. })
        | Expr::HomogenizingFunction { args, .. }
        | Expr::Row(args)
        | Expr::Array(args)
        | Expr::List(args) => args.iter().collect(),
        Expr::Map(entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
        _ => Vec::new(),
    }
}

impl Inference<'_> {
    /// Whether an expression can be NULL.
    pub(super) fn nullable(&self, scope: &Scope, grouping: Option<Grouping>, expr: &Expr) -> bool {
        let any = |exprs: Vec<&Expr>| exprs.into_iter().any(|expr| self.nullable(scope, grouping, expr));
        match expr {
            Expr::Value(value) => *value == Value::Null,
            Expr::Column(name) => match self.column(scope, expr) {
                Some(nullable) => nullable,
                None => !matches!(name.0.as_slice(), [only] if special_function(only.as_str()).is_some()),
            },
            Expr::Is { .. }
            | Expr::IsDistinctFrom { .. }
            | Expr::Exists(_)
            | Expr::TypedLiteral { .. }
            | Expr::Row(_)
            | Expr::Array(_)
            | Expr::List(_)
            | Expr::Map(_)
            | Expr::ArraySubquery(_)
            | Expr::ListSubquery(_)
            | Expr::MapSubquery(_) => false,
            Expr::HomogenizingFunction { args, .. } => {
                args.iter().all(|expr| self.nullable(scope, grouping, expr))
            }
            Expr::Case { branches, otherwise, .. } => {
                otherwise.as_ref().is_none_or(|otherwise| self.nullable(scope, grouping, otherwise))
                    || branches.iter().any(|(_, then)| self.nullable(scope, grouping, then))
            }
            Expr::Binary { op, .. } if PARTIAL_OPERATORS.contains(&op.symbol.as_str()) => true,
            Expr::Function(function) => self.call_nullable(scope, grouping, function),
            Expr::Parameter(_)
            | Expr::Default
            | Expr::NullIf(..)
            | Expr::Subquery(_)
            | Expr::InSubquery { .. }
            | Expr::Quantified { .. }
            | Expr::Subscript { .. }
            | Expr::Field { .. }
            | Expr::QualifiedWildcard(_)
            | Expr::WildcardAccess(_) => true,
            other => any(operands(other)),
        }
    }

    fn call_nullable(&self, scope: &Scope, grouping: Option<Grouping>, function: &Function) -> bool {
        let name = called(function);
        let args = match &function.args {
            FunctionArgs::Star => &[][..],
            FunctionArgs::List(args) => args.as_slice(),
        };
        if name == "count" || ["row_number", "rank", "dense_rank"].contains(&name) {
            return false;
        }
        if is_aggregate(function)
            && (grouping == Some(Grouping::Whole) || function.filter.is_some() || function.over.is_some())
        {
            return true;
        }
        if NEVER_NULL.contains(&name) {
            return false;
        }
        MAY_BE_NULL.contains(&name) || args.iter().any(|arg| self.nullable(scope, grouping, arg))
    }

    /// Whether a column can be NULL: of this query, or of one around it.
    fn column(&self, scope: &Scope, expr: &Expr) -> Option<bool> {
        let scopes = std::iter::once(scope).chain(self.outer.iter().rev());
        let found = scopes
            .into_iter()
            .find_map(|scope| scope.column(expr).and_then(|place| scope.columns.get(place)));
        found.map(|column| column.nullable)
    }

    /// Marks the columns that can't be NULL where all conditions hold.
    pub(super) fn narrow(scope: &mut Scope, conditions: &[&Expr]) {
        for condition in conditions {
            let mut required = Vec::new();
            required_columns(condition, &mut required);
            for column in required {
                if let Some(place) = scope.column(column)
                    && let Some(column) = scope.columns.get_mut(place)
                {
                    column.nullable = false;
                }
            }
        }
    }
}

/// The columns whose NULL would make an expression NULL (or the condition false).
fn required_columns<'a>(expr: &'a Expr, required: &mut Vec<&'a Expr>) {
    match expr {
        Expr::Column(_) => required.push(expr),
        Expr::Is { expr, not: true, what: IsWhat::Null } if matches!(**expr, Expr::Column(_)) => {
            required.push(expr);
        }
        Expr::Not(inner) => match unnested(inner) {
            Expr::Is { expr, not: false, what: IsWhat::Null } => required.push(expr),
            other => required_columns(other, required),
        },
        // These give a value for NULL, or don't need all of their operands.
        Expr::Is { .. }
        | Expr::IsDistinctFrom { .. }
        | Expr::Or(..)
        | Expr::Case { .. }
        | Expr::HomogenizingFunction { .. }
        | Expr::NullIf(..)
        | Expr::Row(_)
        | Expr::Array(_)
        | Expr::List(_)
        | Expr::Map(_) => {}
        Expr::InList { expr, .. } | Expr::Quantified { left: expr, .. } => required_columns(expr, required),
        Expr::Function(function) if NEVER_NULL.contains(&called(function)) => {}
        other => operands(other).into_iter().for_each(|operand| required_columns(operand, required)),
    }
}

fn unnested(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) => unnested(inner),
        other => other,
    }
}
