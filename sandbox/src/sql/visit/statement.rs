//! Statements. What a statement makes, changes or drops is no reference: its names are in its own fields.

use super::expr::{walk_exprs, walk_order_by};
use super::query::{walk_items, walk_joins};
use super::{Role, Visitor};
use crate::sql::ast::{
    ColumnDef, ColumnOption, ConnectionAction, Copy, CopyDirection, CopyRelation, CreateSink, Encoding,
    Explainee, ItemRef, OptionValue, OptionsAction, Refresh, SelectStatement, ShowFilter, SourceConnection,
    SqlOption, Statement, Subscribe, SubscribeOutput, SubscribeRelation, TypeDefinition,
};

/// Looks at the names in a statement.
pub fn walk_statement<V: Visitor + ?Sized>(v: &mut V, statement: &mut Statement) {
    match statement {
        Statement::Select(select) => walk_select_statement(v, select),
        Statement::Insert(insert) => {
            v.item(Role::Relation, &mut insert.table);
            if let Some(source) = &mut insert.source {
                v.query(source);
            }
            walk_items(v, &mut insert.returning);
        }
        Statement::Update(update) => {
            v.item(Role::Relation, &mut update.table);
            update.assignments.iter_mut().for_each(|(_, expr)| v.expr(expr));
            update.selection.iter_mut().for_each(|expr| v.expr(expr));
        }
        Statement::Delete(delete) => {
            v.item(Role::Relation, &mut delete.table);
            delete.using.iter_mut().for_each(|item| walk_joins(v, item));
            delete.selection.iter_mut().for_each(|expr| v.expr(expr));
        }
        Statement::Copy(copy) => walk_copy(v, copy),
        Statement::Subscribe(subscribe) => walk_subscribe(v, subscribe),
        Statement::Explain(explain) => match explain.what.as_mut() {
            Explainee::Statement(statement) => walk_statement(v, statement),
            Explainee::Object(_, item) => v.item(Role::Base, item),
        },
        Statement::Declare { statement, .. } | Statement::Prepare { statement, .. } => {
            walk_statement(v, statement);
        }
        Statement::Execute { parameters, .. } => walk_exprs(v, parameters),
        Statement::Show(show) => {
            if let Some(ShowFilter::Where(expr)) = &mut show.filter {
                v.expr(expr);
            }
        }
        Statement::AlterSecret { value, .. } => v.expr(value),
        Statement::AlterSinkFrom { from, .. } => v.item(Role::Base, from),
        Statement::AlterTableAddColumn { column, .. } => walk_column(v, column),
        Statement::AlterCluster { action: OptionsAction::Set(options), .. }
        | Statement::AlterIndex { action: OptionsAction::Set(options), .. }
        | Statement::AlterNetworkPolicy { options, .. } => walk_options(v, options),
        Statement::AlterConnection { actions, .. } => {
            for action in actions {
                if let ConnectionAction::Set(option) = action {
                    walk_options(v, std::slice::from_mut(option));
                }
            }
        }
        _ => walk_create(v, statement),
    }
}

fn walk_create<V: Visitor + ?Sized>(v: &mut V, statement: &mut Statement) {
    match statement {
        Statement::CreateView(view) => v.query(&mut view.query),
        Statement::CreateMaterializedView(view) => {
            view.replacement_for.iter_mut().for_each(|item| v.item(Role::Base, item));
            view.in_cluster.iter_mut().for_each(|cluster| v.cluster(cluster));
            walk_options(v, &mut view.options);
            v.query(&mut view.query);
        }
        Statement::CreateTable(table) => {
            table.columns.iter_mut().for_each(|column| walk_column(v, column));
            walk_options(v, &mut table.options);
        }
        Statement::CreateTableFromSource(table) => {
            table.columns.iter_mut().for_each(|column| walk_column(v, column));
            v.item(Role::Source, &mut table.source);
            walk_encoding(v, &mut table.encoding);
            walk_options(v, &mut table.options);
        }
        Statement::CreateIndex(index) => {
            index.in_cluster.iter_mut().for_each(|cluster| v.cluster(cluster));
            v.item(Role::Base, &mut index.on);
            index.key.iter_mut().for_each(|key| walk_exprs(v, key));
            walk_options(v, &mut index.options);
        }
        Statement::CreateSource(source) => {
            source.in_cluster.iter_mut().for_each(|cluster| v.cluster(cluster));
            match &mut source.connection {
                SourceConnection::LoadGenerator { options, .. } => walk_options(v, options),
                SourceConnection::Kafka { connection, options }
                | SourceConnection::Postgres { connection, options }
                | SourceConnection::MySql { connection, options }
                | SourceConnection::SqlServer { connection, options } => {
                    v.item(Role::Connection, connection);
                    walk_options(v, options);
                }
            }
            walk_encoding(v, &mut source.encoding);
            walk_options(v, &mut source.options);
        }
        Statement::CreateWebhookSource(webhook) => {
            webhook.in_cluster.iter_mut().for_each(|cluster| v.cluster(cluster));
        }
        Statement::CreateSink(sink) => walk_sink(v, sink),
        Statement::CreateSecret { value, .. } => v.expr(value),
        Statement::CreateConnection(connection) => {
            walk_options(v, &mut connection.options);
            walk_options(v, &mut connection.with);
        }
        Statement::CreateType { definition, .. } => match definition {
            TypeDefinition::List(options) | TypeDefinition::Map(options) => walk_options(v, options),
            TypeDefinition::Record(columns) => columns.iter_mut().for_each(|column| walk_column(v, column)),
        },
        Statement::CreateCluster(cluster) => walk_options(v, &mut cluster.options),
        Statement::CreateClusterReplica { options, .. } | Statement::CreateNetworkPolicy { options, .. } => {
            walk_options(v, options);
        }
        // All others name what they are about, and nothing else.
        _ => {}
    }
}

fn walk_select_statement<V: Visitor + ?Sized>(v: &mut V, select: &mut SelectStatement) {
    v.query(&mut select.query);
    if let Some(as_of) = &mut select.as_of {
        v.expr(&mut as_of.time);
    }
}

fn walk_copy<V: Visitor + ?Sized>(v: &mut V, copy: &mut Copy) {
    match &mut copy.relation {
        CopyRelation::Table { name, .. } => v.item(Role::Relation, name),
        CopyRelation::Select(select) => walk_select_statement(v, select),
        CopyRelation::Subscribe(subscribe) => walk_subscribe(v, subscribe),
    }
    match &mut copy.direction {
        CopyDirection::FromOther(expr) | CopyDirection::ToOther(expr) => v.expr(expr),
        CopyDirection::FromStdin | CopyDirection::ToStdout => {}
    }
    walk_options(v, &mut copy.options);
}

fn walk_subscribe<V: Visitor + ?Sized>(v: &mut V, subscribe: &mut Subscribe) {
    match &mut subscribe.relation {
        SubscribeRelation::Item(item) => v.item(Role::Relation, item),
        SubscribeRelation::Query(query) => v.query(query),
    }
    if let Some(as_of) = &mut subscribe.as_of {
        v.expr(&mut as_of.time);
    }
    if let Some(up_to) = &mut subscribe.up_to {
        v.expr(up_to);
    }
    if let SubscribeOutput::WithinTimestampOrderBy(items) = &mut subscribe.output {
        walk_order_by(v, items);
    }
}

fn walk_sink<V: Visitor + ?Sized>(v: &mut V, sink: &mut CreateSink) {
    sink.in_cluster.iter_mut().for_each(|cluster| v.cluster(cluster));
    v.item(Role::Base, &mut sink.from);
    v.item(Role::Connection, &mut sink.connection);
    walk_options(v, &mut sink.connection_options);
    sink.aws_connection.iter_mut().for_each(|item| v.item(Role::Connection, item));
    walk_encoding(v, &mut sink.encoding);
    walk_options(v, &mut sink.options);
}

fn walk_encoding<V: Visitor + ?Sized>(v: &mut V, encoding: &mut Encoding) {
    encoding.connections.iter_mut().for_each(|item: &mut ItemRef| v.item(Role::Connection, item));
}

fn walk_column<V: Visitor + ?Sized>(v: &mut V, column: &mut ColumnDef) {
    v.data_type(&mut column.data_type);
    for option in &mut column.options {
        if let ColumnOption::Default(expr) | ColumnOption::Check(expr) = option {
            v.expr(expr);
        }
    }
}

fn walk_options<V: Visitor + ?Sized>(v: &mut V, options: &mut [SqlOption]) {
    options.iter_mut().filter_map(|option| option.value.as_mut()).for_each(|value| walk_value(v, value));
}

fn walk_value<V: Visitor + ?Sized>(v: &mut V, value: &mut OptionValue) {
    match value {
        OptionValue::Item(item) => v.item(Role::Connection, item),
        OptionValue::Secret(item) => v.item(Role::Secret, item),
        OptionValue::Tunneled { connection, options, .. } => {
            v.item(Role::Connection, connection);
            walk_options(v, options);
        }
        OptionValue::DataType(data_type) => v.data_type(data_type),
        OptionValue::Sequence(values) => values.iter_mut().for_each(|value| walk_value(v, value)),
        OptionValue::Rules(rules) => rules.iter_mut().for_each(|(_, options)| walk_options(v, options)),
        OptionValue::Options(options) => walk_options(v, options),
        OptionValue::Expr(expr) | OptionValue::Refresh(Refresh::At(expr)) => v.expr(expr),
        OptionValue::Refresh(Refresh::Every { aligned_to: Some(expr), .. }) => v.expr(expr),
        OptionValue::Refresh(_)
        | OptionValue::Value(_)
        | OptionValue::Ident(_)
        | OptionValue::Schedule(_)
        | OptionValue::RetainHistory(_)
        | OptionValue::UpstreamName(_) => {}
    }
}
