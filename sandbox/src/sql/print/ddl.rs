//! `CREATE` of everything but tables.

use super::{Doc, Form, Printer, bracketed, comma_separated, lines, nested, say, titled, words};
use crate::sql::ast::{
    CreateCluster, CreateConnection, CreateIndex, CreateMaterializedView, CreateSink, CreateSource,
    CreateView, CreateWebhookSource, Encoding, ExternalReferences, ItemRef, SourceConnection, TypeDefinition,
};

impl Printer<'_> {
    pub(super) fn create_view(&self, view: &CreateView) -> Doc {
        let title = words([
            "CREATE",
            if view.or_replace { "OR REPLACE" } else { "" },
            if view.temporary { "TEMPORARY" } else { "" },
            "VIEW",
            if view.if_not_exists { "IF NOT EXISTS" } else { "" },
        ]);
        let mut definition = vec![say(self.name(&view.name))];
        if !view.columns.is_empty() {
            definition.push(self.column_names(&view.columns));
        }
        definition.push(titled("AS", self.query(&view.query)));
        nested([say(title), lines(definition)])
    }

    /// `(a, b)`
    fn column_names(&self, columns: &[mz_deploy_planner::name::Ident]) -> Doc {
        bracketed("(", comma_separated(columns.iter().map(|column| say(self.ident(column)))), ")")
    }

    pub(super) fn create_materialized_view(&self, view: &CreateMaterializedView) -> Doc {
        let title = words([
            "CREATE",
            if view.or_replace { "OR REPLACE" } else { "" },
            if view.replacement_for.is_some() { "REPLACEMENT" } else { "" },
            "MATERIALIZED VIEW",
            if view.if_not_exists { "IF NOT EXISTS" } else { "" },
            &self.name(&view.name),
        ]);
        let mut docs = vec![say(title)];
        if !view.columns.is_empty() {
            docs.push(self.column_names(&view.columns));
        }
        docs.extend(view.replacement_for.as_ref().map(|target| say(format!("FOR {}", self.item(target)))));
        let replica = view.in_replica.as_ref().map(|replica| format!("REPLICA {}", self.ident(replica)));
        match (&view.in_cluster, replica) {
            (Some(cluster), replica) => {
                let cluster = format!("IN CLUSTER {}", self.cluster(cluster));
                docs.push(say(words([&cluster, replica.as_deref().unwrap_or_default()])));
            }
            (None, Some(replica)) => docs.push(say(format!("IN {replica}"))),
            (None, None) => {}
        }
        docs.extend(self.with(&view.options));
        docs.push(titled("AS", self.query(&view.query)));
        // Readers don't see from when the view is computed.
        if self.style.form != Form::Pretty {
            docs.extend(view.as_of.map(|time| say(format!("AS OF {time}"))));
        }
        nested(docs)
    }

    pub(super) fn create_index(&self, index: &CreateIndex) -> Doc {
        let name = index.name.as_ref().map(|name| self.ident(name)).unwrap_or_default();
        let mut docs = vec![say(words([
            "CREATE",
            if index.key.is_none() { "DEFAULT" } else { "" },
            "INDEX",
            if index.if_not_exists { "IF NOT EXISTS" } else { "" },
            &name,
        ]))];
        docs.extend(self.in_cluster(index.in_cluster.as_ref()));
        let on = say(format!("ON {}", self.item(&index.on)));
        docs.push(match &index.key {
            Some(key) => on.append(" ").append(bracketed("(", self.exprs(key), ")")),
            None => on,
        });
        docs.extend(self.with(&index.options));
        lines(docs)
    }

    fn in_cluster(&self, cluster: Option<&crate::sql::ast::ClusterRef>) -> Option<Doc> {
        cluster.map(|cluster| say(format!("IN CLUSTER {}", self.cluster(cluster))))
    }

    /// The clauses, each on a line if need be. Connections are put where they were.
    pub(super) fn encoding(&self, encoding: &Encoding) -> Vec<Doc> {
        let mut connections = encoding.connections.iter();
        let mut clauses: Vec<String> = encoding.format.iter().cloned().collect();
        if !encoding.include.is_empty() {
            clauses.push(format!("INCLUDE {}", encoding.include.join(", ")));
        }
        clauses.extend(encoding.envelope.iter().cloned());
        let mut fill = |clause: String| {
            let mut pieces = clause.split('\0');
            let first = pieces.next().unwrap_or_default().to_owned();
            pieces.fold(first, |out, piece| {
                let connection = connections.next().map(|connection| self.item(connection));
                out + &connection.unwrap_or_default() + piece
            })
        };
        clauses.into_iter().map(|clause| say(fill(clause))).collect()
    }

    pub(super) fn create_source(&self, source: &CreateSource) -> Doc {
        let columns = match source.column_names.as_slice() {
            [] => String::new(),
            columns => format!("({})", self.idents(columns)),
        };
        let mut docs = vec![say(words([
            "CREATE SOURCE",
            if source.if_not_exists { "IF NOT EXISTS" } else { "" },
            &self.name(&source.name),
            &columns,
        ]))];
        docs.extend(self.in_cluster(source.in_cluster.as_ref()));
        docs.push(self.source_connection(&source.connection));
        docs.extend(self.encoding(&source.encoding));
        docs.extend(source.external_references.as_ref().map(|references| match references {
            ExternalReferences::All => say("FOR ALL TABLES"),
            ExternalReferences::Schemas(schemas) => say(format!("FOR SCHEMAS ({})", self.idents(schemas))),
            ExternalReferences::Tables(tables) => {
                let tables = tables.iter().map(|(upstream, name)| match name {
                    Some(name) => say(format!("{} AS {}", self.name(upstream), self.name(name))),
                    None => say(self.name(upstream)),
                });
                bracketed("FOR TABLES (", comma_separated(tables), ")")
            }
        }));
        docs.extend(
            source.progress.as_ref().map(|name| say(format!("EXPOSE PROGRESS AS {}", self.name(name)))),
        );
        docs.extend(self.with(&source.options));
        lines(docs)
    }

    fn source_connection(&self, connection: &SourceConnection) -> Doc {
        let of = |kind: &str, item: &ItemRef| format!("FROM {kind} CONNECTION {}", self.item(item));
        let (head, options) = match connection {
            SourceConnection::LoadGenerator { generator, options } => {
                (format!("FROM LOAD GENERATOR {generator}"), options)
            }
            SourceConnection::Kafka { connection, options } => (of("KAFKA", connection), options),
            SourceConnection::Postgres { connection, options } => (of("POSTGRES", connection), options),
            SourceConnection::MySql { connection, options } => (of("MYSQL", connection), options),
            SourceConnection::SqlServer { connection, options } => (of("SQL SERVER", connection), options),
        };
        if options.is_empty() {
            return say(head);
        }
        say(format!("{head} ")).append(bracketed("(", self.options(options), ")"))
    }

    pub(super) fn create_webhook(&self, webhook: &CreateWebhookSource) -> Doc {
        let mut docs = vec![say(words([
            "CREATE",
            if webhook.is_table { "TABLE" } else { "SOURCE" },
            if webhook.if_not_exists { "IF NOT EXISTS" } else { "" },
            &self.name(&webhook.name),
        ]))];
        docs.extend(self.in_cluster(webhook.in_cluster.as_ref()));
        docs.push(say("FROM WEBHOOK"));
        docs.push(say(format!("BODY FORMAT {}", webhook.body_format)));
        docs.extend(webhook.include.iter().map(|include| say(format!("INCLUDE {include}"))));
        docs.extend(webhook.check.as_ref().map(|check| bracketed("CHECK (", say(check.as_str()), ")")));
        lines(docs)
    }

    pub(super) fn create_sink(&self, sink: &CreateSink) -> Doc {
        let name = sink.name.as_ref().map(|name| self.name(name)).unwrap_or_default();
        let mut docs =
            vec![say(words(["CREATE SINK", if sink.if_not_exists { "IF NOT EXISTS" } else { "" }, &name]))];
        docs.extend(self.in_cluster(sink.in_cluster.as_ref()));
        docs.push(say(format!("FROM {}", self.item(&sink.from))));
        let into = say(format!("INTO {} CONNECTION {}", sink.into, self.item(&sink.connection)));
        docs.push(if sink.connection_options.is_empty() {
            into
        } else {
            into.append(" ").append(bracketed("(", self.options(&sink.connection_options), ")"))
        });
        docs.extend(
            sink.aws_connection.as_ref().map(|item| say(format!("USING AWS CONNECTION {}", self.item(item)))),
        );
        docs.extend(sink.key.as_ref().map(|(columns, not_enforced)| {
            let not_enforced = if *not_enforced { " NOT ENFORCED" } else { "" };
            say(format!("KEY ({}){not_enforced}", self.idents(columns)))
        }));
        docs.extend(sink.headers.as_ref().map(|headers| say(format!("HEADERS {}", self.ident(headers)))));
        docs.extend(self.encoding(&sink.encoding));
        docs.extend(sink.mode.as_ref().map(|mode| say(format!("MODE {mode}"))));
        docs.extend(self.with(&sink.options));
        lines(docs)
    }

    pub(super) fn create_connection(&self, connection: &CreateConnection) -> Doc {
        let head = words([
            "CREATE CONNECTION",
            if connection.if_not_exists { "IF NOT EXISTS" } else { "" },
            &self.name(&connection.name),
        ]);
        let options = bracketed("(", self.sorted_options(&connection.options), ")");
        let mut docs = vec![say(head), titled(format!("TO {}", connection.kind), options)];
        docs.extend(self.with(&connection.with));
        lines(docs)
    }

    pub(super) fn create_type(&self, name: &crate::sql::ast::Name, definition: &TypeDefinition) -> Doc {
        let (head, body) = match definition {
            TypeDefinition::List(options) => ("LIST ", self.options(options)),
            TypeDefinition::Map(options) => ("MAP ", self.options(options)),
            TypeDefinition::Record(columns) => {
                ("", comma_separated(columns.iter().map(|column| self.column(column))))
            }
        };
        say(format!("CREATE TYPE {} AS {head}", self.name(name))).append(bracketed("(", body, ")"))
    }

    /// Always on one line, as the server stores it.
    pub(super) fn create_cluster(&self, cluster: &CreateCluster) -> Doc {
        let features = match cluster.features.as_slice() {
            [] => String::new(),
            features => format!("FEATURES ({})", self.flat(self.options(features))),
        };
        let options = format!("({})", self.flat(self.options(&cluster.options)));
        say(words(["CREATE CLUSTER", &self.ident(&cluster.name), &options, &features]))
    }
}
