//! Walks over the statements that make items: what the catalog stores.

use mz_deploy_planner::name::Ident;

use super::ast::{
    ColumnDef, ColumnOption, CreateConnection, CreateIndex, CreateMaterializedView, CreateSink, CreateSource,
    CreateTable, CreateTableFromSource, CreateView, DataType, Distinct, Encoding, Expr, Function,
    FunctionArgs, ItemRef, Join, JoinConstraint, Limit, OptionValue, OrderBy, QuantifiedOperand, Query,
    Refresh, Select, SelectItem, SetExpr, SourceConnection, SqlOption, Statement, TableAlias, TableFactor,
    TableWithJoins, TypeDefinition, With,
};

/// Something that a walk comes by. Each is seen before what is within it.
pub enum Node<'a> {
    /// An expression.
    Expr(&'a mut Expr),
    /// A reference to a relation, a connection or a secret.
    Item(&'a mut ItemRef),
    /// A reference to a type.
    Type(&'a mut ItemRef),
    /// A word of a query that is no column's name in an expression: an alias, a `WITH` block, a function, a column of
    /// `USING`.
    Ident(&'a mut Ident),
}

/// Calls a function for every reference to an item, types included, in a statement that makes an item.
pub fn visit_item_refs_mut(statement: &mut Statement, each: &mut dyn FnMut(&mut ItemRef)) {
    visit_mut(statement, &mut |node| match node {
        Node::Item(item) | Node::Type(item) => each(item),
        Node::Expr(_) | Node::Ident(_) => {}
    });
}

/// Calls a function for everything of interest in a statement that makes an item; other statements have nothing.
pub fn visit_mut(statement: &mut Statement, each: &mut dyn FnMut(Node<'_>)) {
    let mut walk = Walk { each };
    match statement {
        Statement::CreateView(CreateView { query, .. }) => walk.query(query),
        Statement::CreateMaterializedView(CreateMaterializedView {
            replacement_for, options, query, ..
        }) => {
            walk.items(replacement_for);
            walk.options(options);
            walk.query(query);
        }
        Statement::CreateTable(CreateTable { columns, options, .. }) => {
            walk.columns(columns);
            walk.options(options);
        }
        Statement::CreateTableFromSource(CreateTableFromSource {
            columns,
            source,
            encoding,
            options,
            ..
        }) => {
            walk.columns(columns);
            walk.item(source);
            walk.encoding(encoding);
            walk.options(options);
        }
        Statement::CreateIndex(CreateIndex { on, key, options, .. }) => {
            walk.item(on);
            walk.exprs(key.iter_mut().flatten());
            walk.options(options);
        }
        Statement::CreateSource(CreateSource { connection, encoding, options, .. }) => {
            walk.source_connection(connection);
            walk.encoding(encoding);
            walk.options(options);
        }
        Statement::CreateSink(CreateSink {
            from,
            connection,
            connection_options,
            aws_connection,
            encoding,
            options,
            ..
        }) => {
            walk.item(from);
            walk.item(connection);
            walk.options(connection_options);
            walk.items(aws_connection);
            walk.encoding(encoding);
            walk.options(options);
        }
        Statement::CreateSecret { value, .. } => walk.expr(value),
        Statement::CreateConnection(CreateConnection { options, with, .. }) => {
            walk.options(options);
            walk.options(with);
        }
        Statement::CreateType { definition, .. } => match definition {
            TypeDefinition::List(options) | TypeDefinition::Map(options) => walk.options(options),
            TypeDefinition::Record(columns) => walk.columns(columns),
        },
        _ => {}
    }
}

struct Walk<'f> {
    each: &'f mut dyn FnMut(Node<'_>),
}

impl Walk<'_> {
    fn item(&mut self, item: &mut ItemRef) {
        (self.each)(Node::Item(item));
    }

    fn items<'a>(&mut self, items: impl IntoIterator<Item = &'a mut ItemRef>) {
        items.into_iter().for_each(|item| self.item(item));
    }

    fn idents<'a>(&mut self, idents: impl IntoIterator<Item = &'a mut Ident>) {
        idents.into_iter().for_each(|ident| (self.each)(Node::Ident(ident)));
    }

    fn alias(&mut self, alias: &mut TableAlias) {
        self.idents(std::iter::once(&mut alias.name).chain(&mut alias.columns));
    }

    fn encoding(&mut self, encoding: &mut Encoding) {
        self.items(&mut encoding.connections);
    }

    fn columns(&mut self, columns: &mut [ColumnDef]) {
        for column in columns {
            self.data_type(&mut column.data_type);
            for option in &mut column.options {
                match option {
                    ColumnOption::Default(expr) | ColumnOption::Check(expr) => self.expr(expr),
                    ColumnOption::Null
                    | ColumnOption::NotNull
                    | ColumnOption::Unique { .. }
                    | ColumnOption::References => {}
                }
            }
        }
    }

    fn source_connection(&mut self, connection: &mut SourceConnection) {
        match connection {
            SourceConnection::LoadGenerator { options, .. } => self.options(options),
            SourceConnection::Kafka { connection, options }
            | SourceConnection::Postgres { connection, options }
            | SourceConnection::MySql { connection, options }
            | SourceConnection::SqlServer { connection, options } => {
                self.item(connection);
                self.options(options);
            }
        }
    }

    fn options(&mut self, options: &mut [SqlOption]) {
        options
            .iter_mut()
            .filter_map(|option| option.value.as_mut())
            .for_each(|value| self.option_value(value));
    }

    fn option_value(&mut self, value: &mut OptionValue) {
        match value {
            OptionValue::Item(item) | OptionValue::Secret(item) => self.item(item),
            OptionValue::DataType(data_type) => self.data_type(data_type),
            OptionValue::Sequence(values) => values.iter_mut().for_each(|value| self.option_value(value)),
            OptionValue::Rules(rules) => rules.iter_mut().for_each(|(_, options)| self.options(options)),
            OptionValue::Refresh(Refresh::At(expr)) | OptionValue::Expr(expr) => self.expr(expr),
            OptionValue::Refresh(Refresh::Every { aligned_to, .. }) => self.exprs(aligned_to),
            OptionValue::Options(options) => self.options(options),
            OptionValue::Tunneled { connection, options, .. } => {
                self.item(connection);
                self.options(options);
            }
            OptionValue::Value(_)
            | OptionValue::Ident(_)
            | OptionValue::Refresh(Refresh::OnCommit | Refresh::AtCreation)
            | OptionValue::Schedule(_)
            | OptionValue::RetainHistory(_)
            | OptionValue::UpstreamName(_) => {}
        }
    }

    fn data_type(&mut self, data_type: &mut DataType) {
        match data_type {
            DataType::Named { name, .. } => (self.each)(Node::Type(name)),
            DataType::Array(element) | DataType::List(element) => self.data_type(element),
            DataType::Map(key, value) => {
                self.data_type(key);
                self.data_type(value);
            }
        }
    }

    fn query(&mut self, query: &mut Query) {
        match &mut query.with {
            With::Simple(ctes) => {
                for cte in ctes {
                    self.alias(&mut cte.alias);
                    self.query(&mut cte.query);
                }
            }
            With::MutuallyRecursive { ctes, .. } => {
                for cte in ctes {
                    self.idents([&mut cte.name]);
                    for (column, data_type) in &mut cte.columns {
                        self.idents([column]);
                        self.data_type(data_type);
                    }
                    self.query(&mut cte.query);
                }
            }
        }
        self.set_expr(&mut query.body);
        self.order_by(&mut query.order_by);
        if let Some(Limit { quantity, .. }) = &mut query.limit {
            self.expr(quantity);
        }
        self.exprs(&mut query.offset);
    }

    fn set_expr(&mut self, body: &mut SetExpr) {
        match body {
            SetExpr::Select(select) => self.select(select),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, .. } => {
                self.set_expr(left);
                self.set_expr(right);
            }
            SetExpr::Values(rows) => self.exprs(rows.iter_mut().flatten()),
            SetExpr::Table(name) => self.item(name),
            SetExpr::Show(_) => {}
        }
    }

    fn select(&mut self, select: &mut Select) {
        if let Some(Distinct::On(exprs)) = &mut select.distinct {
            self.exprs(exprs);
        }
        for item in &mut select.projection {
            match item {
                SelectItem::Expr { expr, alias } => {
                    self.expr(expr);
                    self.idents(alias);
                }
                SelectItem::Wildcard => {}
            }
        }
        select.from.iter_mut().for_each(|table| self.table_with_joins(table));
        self.exprs(&mut select.selection);
        self.exprs(&mut select.group_by);
        self.exprs(&mut select.having);
        self.exprs(&mut select.qualify);
    }

    fn table_with_joins(&mut self, table: &mut TableWithJoins) {
        self.table_factor(&mut table.relation);
        for Join { relation, constraint, .. } in &mut table.joins {
            self.table_factor(relation);
            match constraint {
                JoinConstraint::On(expr) => self.expr(expr),
                JoinConstraint::Using { columns, alias } => self.idents(columns.iter_mut().chain(alias)),
                JoinConstraint::None | JoinConstraint::Natural => {}
            }
        }
    }

    fn table_factor(&mut self, factor: &mut TableFactor) {
        let (TableFactor::Table { alias, .. }
        | TableFactor::Function { alias, .. }
        | TableFactor::RowsFrom { alias, .. }
        | TableFactor::Derived { alias, .. }
        | TableFactor::NestedJoin { alias, .. }) = factor;
        if let Some(alias) = alias {
            self.alias(alias);
        }
        match factor {
            TableFactor::Table { name, .. } => self.item(name),
            TableFactor::Function { function, .. } => self.function(function),
            TableFactor::RowsFrom { functions, .. } => {
                for function in functions {
                    self.function(function);
                }
            }
            TableFactor::Derived { query, .. } => self.query(query),
            TableFactor::NestedJoin { join, .. } => self.table_with_joins(join),
        }
    }

    fn function(&mut self, function: &mut Function) {
        self.idents(&mut function.name.0);
        if let FunctionArgs::List(args) = &mut function.args {
            self.exprs(args);
        }
        self.order_by(&mut function.order_by);
        if let Some(filter) = &mut function.filter {
            self.expr(filter);
        }
        if let Some(over) = &mut function.over {
            self.exprs(&mut over.partition_by);
            self.order_by(&mut over.order_by);
        }
    }

    fn order_by(&mut self, order_by: &mut [OrderBy]) {
        self.exprs(order_by.iter_mut().map(|order| &mut order.expr));
    }

    fn exprs<'a>(&mut self, exprs: impl IntoIterator<Item = &'a mut Expr>) {
        exprs.into_iter().for_each(|expr| self.expr(expr));
    }

    fn expr(&mut self, expr: &mut Expr) {
        (self.each)(Node::Expr(expr));
        match expr {
            Expr::Value(_)
            | Expr::Parameter(_)
            | Expr::Column(_)
            | Expr::QualifiedWildcard(_)
            | Expr::Default => {}
            Expr::Nested(inner)
            | Expr::Unary { expr: inner, .. }
            | Expr::Not(inner)
            | Expr::Is { expr: inner, .. }
            | Expr::Collate { expr: inner, .. }
            | Expr::Extract { expr: inner, .. }
            | Expr::Field { expr: inner, .. }
            | Expr::WildcardAccess(inner) => self.expr(inner),
            Expr::Binary { left, right, .. }
            | Expr::And(left, right)
            | Expr::Or(left, right)
            | Expr::IsDistinctFrom { left, right, .. }
            | Expr::NullIf(left, right)
            | Expr::AtTimeZone { timestamp: left, zone: right } => {
                self.expr(left);
                self.expr(right);
            }
            Expr::InList { expr, list, .. } => {
                self.expr(expr);
                self.exprs(list);
            }
            Expr::InSubquery { expr, query, .. } => {
                self.expr(expr);
                self.query(query);
            }
            Expr::Between { expr, low, high, .. } => {
                self.expr(expr);
                self.expr(low);
                self.expr(high);
            }
            Expr::Like { expr, pattern, escape, .. } => {
                self.expr(expr);
                self.expr(pattern);
                self.exprs(escape.as_deref_mut());
            }
            Expr::Quantified { left, right, .. } => {
                self.expr(left);
                match &mut **right {
                    QuantifiedOperand::Query(query) => self.query(query),
                    QuantifiedOperand::Expr(expr) => self.expr(expr),
                }
            }
            Expr::Exists(query)
            | Expr::Subquery(query)
            | Expr::ArraySubquery(query)
            | Expr::ListSubquery(query)
            | Expr::MapSubquery(query) => self.query(query),
            Expr::Case { operand, branches, otherwise } => {
                self.exprs(operand.as_deref_mut());
                for (when, then) in branches {
                    self.expr(when);
                    self.expr(then);
                }
                self.exprs(otherwise.as_deref_mut());
            }
            Expr::Cast { expr, data_type } => {
                self.expr(expr);
                self.data_type(data_type);
            }
            Expr::TypedLiteral { data_type, .. } => self.data_type(data_type),
            Expr::Function(function) => self.function(function),
            Expr::HomogenizingFunction { args, .. }
            | Expr::Row(args)
            | Expr::Array(args)
            | Expr::List(args) => {
                self.exprs(args);
            }
            Expr::Map(entries) => {
                for (key, value) in entries {
                    self.expr(key);
                    self.expr(value);
                }
            }
            Expr::Subscript { expr, positions } => {
                self.expr(expr);
                for position in positions {
                    self.exprs(&mut position.start);
                    self.exprs(&mut position.end);
                }
            }
        }
    }
}
