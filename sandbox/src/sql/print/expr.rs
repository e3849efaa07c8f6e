//! Expressions.

use std::fmt::Write as _;

use pretty::RcDoc;

use super::{Doc, Form, Printer, REDACTED, TAB, between, bracketed, comma_separated, nested, say, titled};
use crate::sql::ast::{
    Expr, Function, FunctionArgs, IntervalValue, IsWhat, Name, Operator, QuantifiedOperand,
    SubscriptPosition, Value, Window,
};

/// Functions whose names are also a syntax of their own, without a schema.
const SPECIAL: &[&str] = &[
    "array",
    "coalesce",
    "exists",
    "extract",
    "greatest",
    "least",
    "list",
    "map",
    "normalize",
    "nullif",
    "position",
    "row",
    "trim",
];

impl Printer<'_> {
    pub(super) fn exprs(&self, exprs: &[Expr]) -> Doc {
        comma_separated(exprs.iter().map(|expr| self.expr(expr)))
    }

    pub(super) fn expr(&self, expr: &Expr) -> Doc {
        super::with_stack(|| self.expr_here(expr))
    }

    #[expect(clippy::too_many_lines, reason = "an arm for each form")]
    fn expr_here(&self, expr: &Expr) -> Doc {
        match expr {
            Expr::Value(value) => say(self.value(value)),
            Expr::Parameter(n) => say(format!("${n}")),
            Expr::Column(name) => say(self.name(name)),
            Expr::QualifiedWildcard(name) => say(format!("{}.*", self.name(name))),
            Expr::Default => say("DEFAULT"),
            Expr::Nested(inner) => bracketed("(", self.expr(inner), ")"),
            Expr::Unary { op, expr } => say(format!("{} ", self.operator(op))).append(self.expr(expr)),
            Expr::Binary { left, op, right } => self
                .expr(left)
                .append(RcDoc::line())
                .append(format!("{} ", self.operator(op)))
                .append(self.expr(right).nest(TAB))
                .group(),
            Expr::And(left, right) => between(self.expr(left), say("AND"), self.expr(right)),
            Expr::Or(left, right) => between(self.expr(left), say("OR"), self.expr(right)),
            Expr::Not(inner) => say("NOT ").append(self.expr(inner)),
            Expr::Is { expr, not, what } => {
                let what = match what {
                    IsWhat::Null => "NULL",
                    IsWhat::True => "TRUE",
                    IsWhat::False => "FALSE",
                    IsWhat::Unknown => "UNKNOWN",
                };
                self.expr(expr).append(format!(" IS {}{what}", negation(*not)))
            }
            Expr::IsDistinctFrom { left, not, right } => self
                .expr(left)
                .append(format!(" IS {}DISTINCT FROM ", negation(*not)))
                .append(self.expr(right)),
            Expr::InList { expr, not, list } => self
                .expr(expr)
                .append(RcDoc::line())
                .append(bracketed(format!("{}IN (", negation(*not)), self.exprs(list), ")").nest(TAB))
                .group(),
            Expr::InSubquery { expr, not, query } => self
                .expr(expr)
                .append(format!(" {}IN ", negation(*not)))
                .append(bracketed("(", self.query(query), ")"))
                .group(),
            Expr::Between { expr, not, low, high } => self
                .expr(expr)
                .append(format!(" {}BETWEEN ", negation(*not)))
                .append(self.expr(low))
                .append(" AND ")
                .append(self.expr(high)),
            Expr::Like { expr, not, case_insensitive, pattern, escape } => {
                let like = if *case_insensitive { "ILIKE" } else { "LIKE" };
                let doc =
                    self.expr(expr).append(format!(" {}{like} ", negation(*not))).append(self.expr(pattern));
                match escape {
                    Some(escape) => doc.append(" ESCAPE ").append(self.expr(escape)),
                    None => doc,
                }
            }
            Expr::Quantified { left, op, all, right } => {
                let quantifier = if *all { "ALL" } else { "ANY" };
                let operand = match right.as_ref() {
                    QuantifiedOperand::Query(query) => self.query(query),
                    QuantifiedOperand::Expr(expr) => self.expr(expr),
                };
                self.expr(left).append(format!(" {} ", self.operator(op))).append(bracketed(
                    format!("{quantifier} ("),
                    operand,
                    ")",
                ))
            }
            Expr::Exists(query) => bracketed("EXISTS (", self.query(query), ")"),
            Expr::Subquery(query) => bracketed("(", self.query(query), ")"),
            Expr::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref())
            }
            Expr::Cast { expr, data_type } => {
                self.operand(expr).append(format!("::{}", self.data_type(data_type)))
            }
            Expr::TypedLiteral { data_type, value } => {
                say(format!("{}::{}", self.string(value), self.data_type(data_type)))
            }
            Expr::Collate { expr, collation } => {
                self.operand(expr).append(format!(" COLLATE {}", self.name(collation)))
            }
            Expr::AtTimeZone { timestamp, zone } => {
                self.expr(timestamp).append(" AT TIME ZONE ").append(self.expr(zone))
            }
            Expr::Function(function) => self.function(function),
            Expr::HomogenizingFunction { name, args } => bracketed(format!("{name}("), self.exprs(args), ")"),
            Expr::NullIf(left, right) => {
                bracketed("NULLIF(", comma_separated([self.expr(left), self.expr(right)]), ")")
            }
            Expr::Extract { field, expr } => self.extract(field, expr),
            Expr::Row(exprs) => bracketed("ROW(", self.exprs(exprs), ")"),
            Expr::Array(exprs) => bracketed("ARRAY[", self.exprs(exprs), "]"),
            Expr::ArraySubquery(query) => bracketed("ARRAY(", self.query(query), ")"),
            Expr::List(exprs) => bracketed("LIST[", self.exprs(exprs), "]"),
            Expr::ListSubquery(query) => bracketed("LIST(", self.query(query), ")"),
            Expr::Map(entries) => {
                let entries =
                    entries.iter().map(|(key, value)| self.expr(key).append(" => ").append(self.expr(value)));
                bracketed("MAP[", comma_separated(entries), "]")
            }
            Expr::MapSubquery(query) => bracketed("MAP(", self.query(query), ")"),
            Expr::Subscript { expr, positions } => {
                positions.iter().fold(self.operand(expr), |doc, position| doc.append(self.position(position)))
            }
            // A number would take the point.
            Expr::Field { expr, field } if matches!(**expr, Expr::Value(_)) => {
                bracketed("(", self.expr(expr), ")").append(format!(".{}", self.ident(field)))
            }
            Expr::Field { expr, field } => self.operand(expr).append(format!(".{}", self.ident(field))),
            Expr::WildcardAccess(expr) => self.operand(expr).append(".*"),
        }
    }

    /// An operand of an operator that binds more tightly than any other: in parentheses if it needs them.
    fn operand(&self, expr: &Expr) -> Doc {
        let loose = matches!(
            expr,
            Expr::Unary { .. }
                | Expr::Binary { .. }
                | Expr::And(..)
                | Expr::Or(..)
                | Expr::Not(_)
                | Expr::Is { .. }
                | Expr::IsDistinctFrom { .. }
                | Expr::InList { .. }
                | Expr::InSubquery { .. }
                | Expr::Between { .. }
                | Expr::Like { .. }
                | Expr::Quantified { .. }
                | Expr::Collate { .. }
                | Expr::AtTimeZone { .. }
        );
        if loose { bracketed("(", self.expr(expr), ")") } else { self.expr(expr) }
    }

    fn operator(&self, op: &Operator) -> String {
        match &op.schema {
            Some(schema) => format!("OPERATOR({}.{})", self.name(schema), op.symbol),
            None => op.symbol.clone(),
        }
    }

    fn position(&self, position: &SubscriptPosition) -> Doc {
        let side = |expr: &Option<Expr>| expr.as_ref().map_or_else(RcDoc::nil, |expr| self.expr(expr));
        let colon = if position.slice { ":" } else { "" };
        say("[").append(side(&position.start)).append(colon).append(side(&position.end)).append("]")
    }

    fn case(&self, operand: Option<&Expr>, branches: &[(Expr, Expr)], otherwise: Option<&Expr>) -> Doc {
        let mut docs: Vec<Doc> = operand.into_iter().map(|operand| self.expr(operand)).collect();
        for (condition, result) in branches {
            docs.push(nested([titled("WHEN", self.expr(condition)), titled("THEN", self.expr(result))]));
        }
        docs.extend(otherwise.map(|expr| titled("ELSE", self.expr(expr))));
        between(say("CASE"), super::lines(docs), say("END"))
    }

    fn extract(&self, field: &str, expr: &Expr) -> Doc {
        let field = self.string(field);
        if self.style.form == Form::Display {
            return bracketed("extract(", say(format!("{field} FROM ")).append(self.expr(expr)), ")");
        }
        let name = self.name(&Name(vec!["pg_catalog".into(), "extract".into()]));
        bracketed(format!("{name}("), comma_separated([say(field), self.expr(expr)]), ")")
    }

    pub(super) fn function(&self, function: &Function) -> Doc {
        let plain = match function.name.0.as_slice() {
            [ident] if self.style.form != Form::Stable => Some(ident.as_str()),
            _ => None,
        };
        if let (Some("position"), FunctionArgs::List(args)) = (plain, &function.args)
            && let [needle, haystack] = args.as_slice()
        {
            return bracketed(
                "position(",
                self.operand(needle).append(" IN ").append(self.expr(haystack)),
                ")",
            );
        }
        let name = match plain {
            Some(word) if SPECIAL.contains(&word) => format!("\"{word}\""),
            _ => self.name(&function.name),
        };
        let mut args = match &function.args {
            FunctionArgs::Star => say("*"),
            FunctionArgs::List(args) => self.exprs(args),
        };
        if function.distinct {
            args = say("DISTINCT ").append(args);
        }
        if !function.order_by.is_empty() {
            args = super::lines([args, self.order_by(&function.order_by)]);
        }
        let mut doc = bracketed(format!("{name}("), args, ")");
        if let Some(filter) = &function.filter {
            doc = doc.append(" ").append(bracketed("FILTER (WHERE ", self.expr(filter), ")"));
        }
        if let Some(window) = &function.over {
            doc = doc.append(self.window(window));
        }
        doc
    }

    fn window(&self, window: &Window) -> Doc {
        let nulls = match (window.ignore_nulls, window.respect_nulls) {
            (true, _) => " IGNORE NULLS",
            (_, true) => " RESPECT NULLS",
            _ => "",
        };
        let mut docs = Vec::new();
        if !window.partition_by.is_empty() {
            docs.push(titled("PARTITION BY", self.exprs(&window.partition_by)));
        }
        if !window.order_by.is_empty() {
            docs.push(self.order_by(&window.order_by));
        }
        docs.extend(window.frame.iter().map(|frame| say(frame.as_str())));
        say(format!("{nulls} ")).append(bracketed("OVER (", super::lines(docs), ")"))
    }

    pub(super) fn value(&self, value: &Value) -> String {
        match value {
            Value::Null => "NULL".to_owned(),
            _ if self.style.redacted => REDACTED.to_owned(),
            Value::Number(number) => number.clone(),
            Value::String(text) => self.string(text),
            Value::HexString(digits) => format!("X'{digits}'"),
            Value::Boolean(value) => value.to_string(),
            Value::Interval(interval) => self.interval(interval),
        }
    }

    fn interval(&self, interval: &IntervalValue) -> String {
        let mut out = format!("INTERVAL {}", self.string(&interval.value));
        if let Some(from) = &interval.from {
            let _ = write!(out, " {from}");
        }
        if let Some(to) = &interval.to {
            let _ = write!(out, " TO {to}");
        }
        if let Some(precision) = interval.precision {
            let _ = write!(out, "({precision})");
        }
        out
    }
}

fn negation(not: bool) -> &'static str {
    if not { "NOT " } else { "" }
}
