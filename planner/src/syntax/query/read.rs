//! `sqlparser`'s tree to ours: names and scopes, nothing else.
//!
//! Every variant that lowered tokens can become is read. Another one would hold names that we don't see, so it is an
//! error, not something to skip.

use sqlparser::ast::{
    self as sql, AccessExpr, Expr, FunctionArg, FunctionArgExpr, FunctionArgumentClause, FunctionArguments,
    ObjectName, ObjectNamePart, SelectItem, SetExpr, Subscript, TableFactor,
};

use sqlparser::tokenizer::Location;

use super::Parsed;
use super::lower::Lowered;
use super::tree::{Branch, Cte, FromItem, Names, Query, Relation, Select, With};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Name, SpannedIdent};
use crate::syntax::token::{Token, TokenKind};

type Read<T> = Result<T, SyntaxError>;

/// Reads a query.
pub(super) fn query(source: &str, lowered: &Lowered, parsed: &Parsed<Box<sql::Query>>) -> Read<Query> {
    Reader { source, lowered, queries: &parsed.queries }.whole_query(&parsed.root)
}

/// Reads expressions.
pub(super) fn expressions(source: &str, lowered: &Lowered, parsed: &Parsed<Vec<Expr>>) -> Read<Names> {
    let mut names = Names::default();
    Reader { source, lowered, queries: &parsed.queries }.exprs(&parsed.root, &mut names)?;
    Ok(names)
}

#[derive(Clone, Copy)]
struct Reader<'a> {
    source: &'a str,
    lowered: &'a Lowered,
    /// The queries that were cut out, by where they start.
    queries: &'a [(u32, Box<sql::Query>)],
}

/// Our error for a construct of another dialect.
fn refused<T>(what: &str) -> Read<T> {
    Err(SyntaxError {
        span: Span::default(),
        message: smol_str::format_smolstr!("{what} is not supported in a query"),
    })
}

fn span_of(ident: &sql::Ident) -> Span {
    Span { start: offset(ident.span.start), end: offset(ident.span.end) }
}

/// The lowering writes byte offsets, counted from one, as columns of the first line.
fn offset(at: Location) -> u32 {
    at.column.checked_sub(1).and_then(|column| u32::try_from(column).ok()).unwrap_or_default()
}

/// Where the `SELECT` stands that is in the place of a query, if that is what this is.
fn start_of(query: &sql::Query) -> Option<u32> {
    match (&query.with, &*query.body) {
        (None, SetExpr::Select(select)) => Some(offset(select.select_token.0.span.start)),
        _ => None,
    }
}

impl Reader<'_> {
    fn ident(self, ident: &sql::Ident) -> SpannedIdent {
        let span = span_of(ident);
        let quoted = span.slice(self.source).starts_with('"');
        let token = Token { kind: if quoted { TokenKind::QuotedIdent } else { TokenKind::Word }, span };
        let value = token.ident(self.source).expect("words and quoted identifiers have a value");
        SpannedIdent { value, span }
    }

    fn name(self, name: &ObjectName) -> Read<Name> {
        let mut parts = Vec::with_capacity(name.0.len());
        for part in &name.0 {
            match part {
                ObjectNamePart::Identifier(ident) => parts.push(self.ident(ident)),
                ObjectNamePart::Function(_) => return refused("a function as a part of a name"),
            }
        }
        Ok(Name { parts })
    }

    fn idents(self, idents: &[sql::Ident]) -> Name {
        Name { parts: idents.iter().map(|ident| self.ident(ident)).collect() }
    }

    /// A column, or what stands before `.*`.
    fn column(self, name: Name, names: &mut Names) {
        let last = name.parts.last().map(|part| part.span.start);
        if last.is_some_and(|at| self.lowered.wildcards.binary_search(&at).is_ok()) {
            names.wildcards.push(name);
        } else {
            names.columns.push(name);
        }
    }

    /// A query, or the one that it stands for.
    fn query(self, query: &sql::Query) -> Read<Query> {
        let cut = start_of(query)
            .and_then(|start| self.queries.binary_search_by_key(&start, |(at, _)| *at).ok())
            .and_then(|at| self.queries.get(at));
        self.whole_query(cut.map_or(query, |(_, query)| query))
    }

    fn whole_query(self, query: &sql::Query) -> Read<Query> {
        let mut result = Query::default();
        if let Some(with) = &query.with {
            let recursive =
                self.lowered.recursive.binary_search(&offset(with.with_token.0.span.start)).is_ok();
            let mut ctes = Vec::with_capacity(with.cte_tables.len());
            for cte in &with.cte_tables {
                ctes.push(Cte { name: self.ident(&cte.alias.name), query: self.query(&cte.query)? });
            }
            result.with = Some(With { recursive, ctes });
        }
        self.body(&query.body, &mut result)?;
        let tail = &mut result.tail;
        if let Some(order_by) = &query.order_by {
            match &order_by.kind {
                sql::OrderByKind::Expressions(items) => self.order_by(items, tail)?,
                sql::OrderByKind::All(_) => return refused("`ORDER BY ALL`"),
            }
        }
        match &query.limit_clause {
            Some(sql::LimitClause::LimitOffset { limit, offset, .. }) => {
                self.exprs(limit, tail)?;
                self.exprs(offset.as_ref().map(|o| &o.value), tail)?;
            }
            Some(sql::LimitClause::OffsetCommaLimit { .. }) => return refused("`LIMIT` with two numbers"),
            None => {}
        }
        if query.fetch.is_some() || !query.locks.is_empty() {
            return refused("`FETCH` or a lock");
        }
        Ok(result)
    }

    /// The branches in the order of the text. Chains of set operations lean to the left.
    fn body(self, body: &SetExpr, query: &mut Query) -> Read<()> {
        let mut pending = vec![body];
        while let Some(body) = pending.pop() {
            match body {
                SetExpr::SetOperation { left, right, .. } => {
                    pending.push(right);
                    pending.push(left);
                }
                SetExpr::Select(select) => query.branches.push(Branch::Select(self.select(select)?)),
                SetExpr::Query(inner) => query.branches.push(Branch::Query(self.query(inner)?)),
                SetExpr::Values(_)
                | SetExpr::Table(_)
                | SetExpr::Insert(_)
                | SetExpr::Update(_)
                | SetExpr::Delete(_)
                | SetExpr::Merge(_) => return refused("a statement"),
            }
        }
        Ok(())
    }

    fn select(self, select: &sql::Select) -> Read<Select> {
        let mut result = Select::default();
        let names = &mut result.names;
        if let Some(sql::Distinct::On(exprs)) = &select.distinct {
            self.exprs(exprs, names)?;
        }
        for item in &select.projection {
            match item {
                SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                    self.expr(expr, names)?;
                }
                SelectItem::Wildcard(_) => {}
                SelectItem::QualifiedWildcard(..) | SelectItem::ExprWithAliases { .. } => {
                    return refused("this kind of column");
                }
            }
        }
        for from in &select.from {
            self.table_with_joins(from, &mut result.from, names)?;
        }
        self.exprs(&select.selection, names)?;
        match &select.group_by {
            sql::GroupByExpr::Expressions(exprs, _) => self.exprs(exprs, names)?,
            sql::GroupByExpr::All(_) => return refused("`GROUP BY ALL`"),
        }
        self.exprs(&select.having, names)?;
        self.exprs(&select.qualify, names)?;
        if !select.named_window.is_empty() {
            return refused("a named window");
        }
        Ok(result)
    }

    fn table_with_joins(
        self,
        table: &sql::TableWithJoins,
        from: &mut Vec<FromItem>,
        names: &mut Names,
    ) -> Read<()> {
        self.table(&table.relation, from, names)?;
        for join in &table.joins {
            self.table(&join.relation, from, names)?;
            self.join(&join.join_operator, from, names)?;
        }
        Ok(())
    }

    fn join(self, operator: &sql::JoinOperator, from: &mut Vec<FromItem>, names: &mut Names) -> Read<()> {
        use sql::JoinOperator as J;
        let (J::Join(constraint)
        | J::Inner(constraint)
        | J::Left(constraint)
        | J::LeftOuter(constraint)
        | J::Right(constraint)
        | J::RightOuter(constraint)
        | J::FullOuter(constraint)
        | J::CrossJoin(constraint)) = operator
        else {
            return refused("this kind of join");
        };
        match constraint {
            sql::JoinConstraint::On(expr) => self.expr(expr, names),
            sql::JoinConstraint::Using(columns) => {
                let last = columns.last().and_then(|name| name.0.last()).and_then(ObjectNamePart::as_ident);
                let aliases = &self.lowered.using_aliases;
                let found = last.and_then(|ident| {
                    aliases.binary_search_by_key(&span_of(ident).start, |(at, _)| *at).ok()
                });
                let alias = found.and_then(|at| aliases.get(at));
                from.extend(alias.map(|(_, alias)| FromItem::Alias(alias.clone())));
                Ok(())
            }
            sql::JoinConstraint::Natural | sql::JoinConstraint::None => Ok(()),
        }
    }

    fn table(self, factor: &TableFactor, from: &mut Vec<FromItem>, names: &mut Names) -> Read<()> {
        let alias = |alias: &Option<sql::TableAlias>| alias.as_ref().map(|alias| self.ident(&alias.name));
        match factor {
            TableFactor::Table { name, alias: given, args: None, .. } => {
                from.push(FromItem::Relation(Relation { name: self.name(name)?, alias: alias(given) }));
            }
            TableFactor::Table {
                name,
                alias: given,
                args: Some(sql::TableFunctionArgs { args, .. }),
                ..
            }
            | TableFactor::Function { name, alias: given, args, .. } => {
                let name = self.name(name)?;
                let is_rows_from = self.lowered.rows_from.binary_search(&name.span().start).is_ok();
                let mut arguments = Names::default();
                self.arguments(args, &mut arguments)?;
                let name = if is_rows_from { None } else { Some(name) };
                from.push(FromItem::Function { name, arguments, alias: alias(given) });
            }
            TableFactor::Derived { lateral, subquery, alias: given, .. } => {
                let query = self.query(subquery)?;
                from.push(FromItem::Derived { query, lateral: *lateral, alias: alias(given) });
            }
            TableFactor::NestedJoin { table_with_joins, alias: given } => {
                self.table_with_joins(table_with_joins, from, names)?;
                from.extend(alias(given).map(FromItem::Alias));
            }
            _ => return refused("this kind of table"),
        }
        Ok(())
    }

    fn order_by(self, items: &[sql::OrderByExpr], names: &mut Names) -> Read<()> {
        self.exprs(items.iter().map(|item| &item.expr), names)
    }

    fn exprs<'e>(self, exprs: impl IntoIterator<Item = &'e Expr>, names: &mut Names) -> Read<()> {
        exprs.into_iter().try_for_each(|expr| self.expr(expr, names))
    }

    fn expr(self, expr: &Expr, names: &mut Names) -> Read<()> {
        match expr {
            Expr::Identifier(ident) => self.column(self.idents(std::slice::from_ref(ident)), names),
            Expr::CompoundIdentifier(idents) => self.column(self.idents(idents), names),
            Expr::Value(_) | Expr::Wildcard(_) => {}
            Expr::CompoundFieldAccess { root, access_chain } => self.access(root, access_chain, names)?,
            Expr::IsFalse(expr)
            | Expr::IsNotFalse(expr)
            | Expr::IsTrue(expr)
            | Expr::IsNotTrue(expr)
            | Expr::IsNull(expr)
            | Expr::IsNotNull(expr)
            | Expr::IsUnknown(expr)
            | Expr::IsNotUnknown(expr)
            | Expr::UnaryOp { expr, .. }
            | Expr::Nested(expr) => self.expr(expr, names)?,
            Expr::IsDistinctFrom(left, right)
            | Expr::IsNotDistinctFrom(left, right)
            | Expr::BinaryOp { left, right, .. }
            | Expr::AtTimeZone { timestamp: left, time_zone: right } => {
                self.expr(left, names)?;
                self.expr(right, names)?;
            }
            Expr::Between { expr, low, high, .. } => {
                self.exprs([&**expr, low, high], names)?;
            }
            Expr::Like { expr, pattern, escape_char, .. }
            | Expr::ILike { expr, pattern, escape_char, .. } => {
                self.exprs([&**expr, pattern], names)?;
                self.exprs(escape_char.as_deref(), names)?;
            }
            Expr::Exists { subquery, .. } | Expr::Subquery(subquery) => {
                names.queries.push(self.query(subquery)?);
            }
            Expr::Tuple(exprs) | Expr::Array(sql::Array { elem: exprs, .. }) => self.exprs(exprs, names)?,
            Expr::Case { operand, conditions, else_result, .. } => {
                self.exprs(operand.as_deref(), names)?;
                for when in conditions {
                    self.exprs([&when.condition, &when.result], names)?;
                }
                self.exprs(else_result.as_deref(), names)?;
            }
            Expr::Function(function) => self.function(function, names)?,
            _ => return refused("this kind of expression"),
        }
        Ok(())
    }

    /// `t.c[1].f`: the column `t.c`, the expressions in the brackets. What follows them are fields.
    fn access(self, root: &Expr, chain: &[AccessExpr], names: &mut Names) -> Read<()> {
        let mut rest = chain;
        match root {
            Expr::Identifier(ident) => {
                let mut parts = vec![self.ident(ident)];
                while let [AccessExpr::Dot(Expr::Identifier(ident)), tail @ ..] = rest {
                    parts.push(self.ident(ident));
                    rest = tail;
                }
                self.column(Name { parts }, names);
            }
            root => self.expr(root, names)?,
        }
        for access in rest {
            match access {
                AccessExpr::Dot(Expr::Identifier(_)) => {}
                AccessExpr::Dot(expr) => self.expr(expr, names)?,
                AccessExpr::Subscript(Subscript::Index { index }) => self.expr(index, names)?,
                AccessExpr::Subscript(Subscript::Slice { lower_bound, upper_bound, stride }) => {
                    self.exprs([lower_bound, upper_bound, stride].into_iter().flatten(), names)?;
                }
            }
        }
        Ok(())
    }

    fn function(self, function: &sql::Function, names: &mut Names) -> Read<()> {
        match &function.args {
            FunctionArguments::None => {}
            // `ARRAY(query)`, `LIST(query)` and `MAP(query)` are no calls.
            FunctionArguments::Subquery(query) => names.queries.push(self.query(query)?),
            FunctionArguments::List(list) => {
                names.functions.push(self.name(&function.name)?);
                self.arguments(&list.args, names)?;
                for clause in &list.clauses {
                    match clause {
                        FunctionArgumentClause::OrderBy(items) => self.order_by(items, names)?,
                        FunctionArgumentClause::IgnoreOrRespectNulls(_) => {}
                        _ => return refused("this kind of function argument"),
                    }
                }
            }
        }
        self.exprs(function.filter.as_deref(), names)?;
        match &function.over {
            Some(sql::WindowType::WindowSpec(window)) => {
                self.exprs(&window.partition_by, names)?;
                self.order_by(&window.order_by, names)?;
                let frame = window.window_frame.as_ref();
                let bounds = frame.map(|frame| (Some(&frame.start_bound), frame.end_bound.as_ref()));
                let (start, end) = bounds.unwrap_or_default();
                for bound in [start, end].into_iter().flatten() {
                    if let sql::WindowFrameBound::Preceding(Some(expr))
                    | sql::WindowFrameBound::Following(Some(expr)) = bound
                    {
                        self.expr(expr, names)?;
                    }
                }
                Ok(())
            }
            Some(sql::WindowType::NamedWindow(_)) => refused("a named window"),
            None => Ok(()),
        }
    }

    fn arguments(self, arguments: &[FunctionArg], names: &mut Names) -> Read<()> {
        for argument in arguments {
            match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => self.expr(expr, names)?,
                FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => {}
                _ => return refused("this kind of function argument"),
            }
        }
        Ok(())
    }
}
