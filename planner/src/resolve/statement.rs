//! Resolution of statements: every position of the grammar where a name of an object, cluster, schema or database
//! stands.

use std::collections::{BTreeMap, BTreeSet};

use super::occurrence::{Occurrence, Target};
use super::query::Resolver;
use super::scope::Item;
use crate::name::{Ident, ObjectName, SchemaName, is_system_schema};
use crate::syntax::ast::{
    AlterDefaultPrivileges, Body, Comment, CreateIndex, CreateSink, GrantTarget, MockRows, Name,
    SpannedIdent, Statement, TargetKind, UnitTest,
};
use crate::syntax::query::{Branch, FromItem, Names, Query};

/// What the names of a file mean beyond their text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Context {
    /// The file's database, profile suffix included, and schema.
    pub schema: SchemaName,
    /// Databases of the project: the name as written, and the name with the profile's suffix.
    pub database_map: BTreeMap<Ident, Ident>,
    /// Clusters that get the profile's suffix: the name as written, and the name with it.
    pub cluster_map: BTreeMap<Ident, Ident>,
}

impl Context {
    /// The object that a name means; `None` for names that are no object's (more than three parts).
    pub(super) fn object(&self, name: &Name) -> Option<ObjectName> {
        match name.parts.as_slice() {
            [object] => Some(self.schema.object(object.value.clone())),
            [schema, object] => Some(self.two_parts(&schema.value).object(object.value.clone())),
            [database, schema, object] => Some(
                SchemaName::new(self.database(&database.value).clone(), schema.value.clone())
                    .object(object.value.clone()),
            ),
            _ => None,
        }
    }

    /// The schema that a name means: `s` or `d.s`.
    pub(super) fn schema(&self, name: &Name) -> Option<SchemaName> {
        match name.parts.as_slice() {
            [schema] => Some(self.two_parts(&schema.value)),
            [database, schema] => {
                Some(SchemaName::new(self.database(&database.value).clone(), schema.value.clone()))
            }
            _ => None,
        }
    }

    fn two_parts(&self, schema: &Ident) -> SchemaName {
        if is_system_schema(schema.as_str()) {
            SchemaName::system(schema.clone())
        } else {
            SchemaName { database: self.schema.database.clone(), schema: schema.clone() }
        }
    }

    /// The database that a name means.
    pub(super) fn database<'a>(&'a self, name: &'a Ident) -> &'a Ident {
        self.database_map.get(name).unwrap_or(name)
    }

    fn cluster<'a>(&'a self, name: &'a Ident) -> &'a Ident {
        self.cluster_map.get(name).unwrap_or(name)
    }
}

/// Every name of a statement that may have to be written differently elsewhere, sorted by position.
///
/// `own` is the name of what the statement makes, where the caller knows it (from the file's path); otherwise the
/// name in the statement decides.
pub fn resolve(statement: &Statement, own: Option<&ObjectName>, context: &Context) -> Vec<Occurrence> {
    let mut resolver = Resolver::new(context);
    resolver.body(&statement.body, own);
    resolver.finish(|| identifiers(&statement.body))
}

impl Resolver<'_> {
    fn body(&mut self, body: &Body, own: Option<&ObjectName>) {
        match body {
            Body::View(view) => {
                self.own(&view.name, own);
                self.query(&view.query);
            }
            Body::MaterializedView(view) => {
                self.own(&view.name, own);
                self.objects(&view.replaces);
                self.cluster(view.cluster.as_ref());
                self.query(&view.query);
            }
            Body::Table(table) => {
                self.own(&table.name, own);
                self.names(&table.names);
            }
            Body::TableFromSource(table) => {
                self.own(&table.name, own);
                self.objects(&table.source);
                self.names(&table.names);
            }
            Body::Source(source) => {
                self.own(&source.name, own);
                self.objects(&source.progress);
                self.cluster(source.cluster.as_ref());
                self.names(&source.names);
            }
            Body::Sink(sink) => self.sink(sink, own),
            Body::Secret(secret) => self.own(&secret.name, own),
            Body::Connection(connection) => {
                self.own(&connection.name, own);
                self.names(&connection.names);
            }
            Body::Index(index) => self.index(index),
            Body::Type(user_type) => {
                self.own(&user_type.name, own);
                self.names(&user_type.names);
            }
            Body::Cluster(cluster) => self.cluster(Some(&cluster.name)),
            Body::Grant(grant) | Body::Revoke(grant) => self.grant_target(&grant.target),
            Body::AlterDefaultPrivileges(alter) => self.default_privileges(alter),
            Body::Comment(comment) => self.comment(comment),
            Body::UnitTest(test) => self.unit_test(test),
            Body::Role(_)
            | Body::NetworkPolicy(_)
            | Body::GrantRole(_)
            | Body::RevokeRole(_)
            | Body::AlterRole(_)
            | Body::Set(_)
            | Body::Constraint(_)
            | Body::Other(_) => {}
        }
    }

    fn own(&mut self, name: &Name, own: Option<&ObjectName>) {
        if let Some(object) = own.cloned().or_else(|| self.context.object(name)) {
            self.push(name.span(), Target::Own(object));
        }
    }

    /// A relation of which the statement says something.
    fn subject(&mut self, name: &Name) {
        self.own(name, None);
    }

    fn objects<'n>(&mut self, names: impl IntoIterator<Item = &'n Name>) {
        for name in names {
            if let Some(object) = self.context.object(name) {
                self.push(name.span(), Target::Object(object));
            }
        }
    }

    fn cluster(&mut self, name: Option<&SpannedIdent>) {
        if let Some(name) = name {
            let cluster = self.context.cluster(&name.value).clone();
            self.push(name.span, Target::Cluster(cluster));
        }
    }

    fn database(&mut self, name: &SpannedIdent) {
        let database = self.context.database(&name.value).clone();
        self.push(name.span, Target::Database(database));
    }

    fn schema(&mut self, name: &Name) {
        if let Some(schema) = self.context.schema(name) {
            self.push(name.span(), Target::Schema(schema));
        }
    }

    fn sink(&mut self, sink: &CreateSink, own: Option<&ObjectName>) {
        if let Some(name) = &sink.name {
            self.own(name, own);
        }
        self.cluster(sink.cluster.as_ref());
        if let Some(name) = self.context.object(&sink.from) {
            let target = Target::Relation { name, aliased: false, needs_alias: None };
            self.push(sink.from.span(), target);
        }
        self.objects(&sink.documented);
        self.names(&sink.names);
    }

    fn index(&mut self, index: &CreateIndex) {
        if let Some(name) = &index.name {
            self.push(name.span, Target::IndexName(name.value.clone()));
        }
        self.cluster(index.cluster.as_ref());
        let Some(relation) = self.context.object(&index.on) else { return };
        let item = Item {
            exposed: Some(relation.name.clone()),
            relation: Some((relation.clone(), self.found.len())),
        };
        self.push(index.on.span(), Target::Own(relation));
        self.scopes.enter(vec![item]);
        self.names(&index.names);
        self.scopes.leave();
    }

    fn grant_target(&mut self, target: &GrantTarget) {
        let GrantTarget::Named { keyword, names } = target else { return };
        let kind = keyword.map_or(TargetKind::Table, |(kind, _)| kind);
        for name in names {
            self.named(kind, name);
        }
    }

    /// A thing of a kind that a statement says.
    fn named(&mut self, kind: TargetKind, name: &Name) {
        match (kind, name.parts.as_slice()) {
            (TargetKind::Cluster, [cluster]) | (TargetKind::ClusterReplica, [cluster, _]) => {
                self.cluster(Some(cluster));
            }
            (TargetKind::Database, [database]) => self.database(database),
            (TargetKind::Schema, _) => self.schema(name),
            (
                TargetKind::Table
                | TargetKind::View
                | TargetKind::MaterializedView
                | TargetKind::Source
                | TargetKind::Sink
                | TargetKind::Connection
                | TargetKind::Type
                | TargetKind::Secret
                | TargetKind::Column,
                _,
            ) => self.subject(name),
            (TargetKind::Index, _) => self.objects([name]),
            // Functions are the server's; roles and network policies have one name everywhere.
            _ => {}
        }
    }

    fn default_privileges(&mut self, alter: &AlterDefaultPrivileges) {
        for schema in &alter.schemas {
            self.schema(schema);
        }
        for database in &alter.databases {
            self.database(database);
        }
    }

    fn comment(&mut self, comment: &Comment) {
        self.named(comment.kind, &comment.target);
    }

    fn unit_test(&mut self, test: &UnitTest) {
        self.subject(&test.target);
        for mock in &test.mocks {
            self.objects([&mock.name]);
            self.mock_rows(&mock.rows);
        }
        self.mock_rows(&test.expected);
    }

    fn mock_rows(&mut self, rows: &MockRows) {
        self.query(&rows.query);
    }
}

/// The identifiers that the queries and expressions of a statement mention.
fn identifiers(body: &Body) -> BTreeSet<Ident> {
    let mut found = BTreeSet::new();
    match body {
        Body::View(view) => collect_query(&view.query, &mut found),
        Body::MaterializedView(view) => collect_query(&view.query, &mut found),
        Body::UnitTest(test) => {
            for rows in test.mocks.iter().map(|mock| &mock.rows).chain([&test.expected]) {
                collect_query(&rows.query, &mut found);
            }
        }
        // No other statement has a query, and without one there is nothing that needs an alias.
        _ => {}
    }
    found.into_iter().cloned().collect()
}

fn collect_query<'a>(query: &'a Query, found: &mut BTreeSet<&'a Ident>) {
    for cte in query.with.iter().flat_map(|with| &with.ctes) {
        found.insert(&cte.name.value);
        collect_query(&cte.query, found);
    }
    for branch in &query.branches {
        match branch {
            Branch::Query(query) => collect_query(query, found),
            Branch::Select(select) => {
                for item in &select.from {
                    collect_item(item, found);
                }
                collect_names(&select.names, found);
            }
        }
    }
    collect_names(&query.tail, found);
}

fn collect_item<'a>(item: &'a FromItem, found: &mut BTreeSet<&'a Ident>) {
    let (alias, name) = match item {
        FromItem::Relation(relation) => (relation.alias.as_ref(), Some(&relation.name)),
        FromItem::Derived { query, alias, .. } => {
            collect_query(query, found);
            (alias.as_ref(), None)
        }
        FromItem::Function { name, arguments, alias } => {
            collect_names(arguments, found);
            (alias.as_ref(), name.as_ref())
        }
        FromItem::Alias(alias) => (Some(alias), None),
    };
    found.extend(alias.map(|alias| &alias.value));
    found.extend(name.into_iter().flat_map(|name| &name.parts).map(|part| &part.value));
}

fn collect_names<'a>(names: &'a Names, found: &mut BTreeSet<&'a Ident>) {
    let all = [&names.columns, &names.wildcards, &names.types, &names.functions];
    found.extend(all.into_iter().flatten().flat_map(|name| &name.parts).map(|part| &part.value));
    for query in &names.queries {
        collect_query(query, found);
    }
}
