//! Statements about rows and about the session.

use super::{Doc, Printer, bracketed, comma_separated, lines, say, titled, words};
use crate::sql::ast::{
    Copy, CopyDirection, CopyRelation, Delete, DiscardTarget, Explainee, FetchCount, Insert, Isolation,
    SetValue, SetWord, ShowVariable, Statement, Subscribe, SubscribeOutput, SubscribeRelation,
    TransactionMode, Update,
};

impl Printer<'_> {
    pub(super) fn session_statement(&self, statement: &Statement) -> Doc {
        match statement {
            Statement::Select(select) => self.select_statement(select),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Copy(copy) => self.copy(copy),
            Statement::Subscribe(subscribe) => self.subscribe(subscribe),
            Statement::Explain(explain) => match explain.what.as_ref() {
                Explainee::Statement(statement) => {
                    say(format!("EXPLAIN {} FOR ", stage(&explain.column))).append(self.statement(statement))
                }
                Explainee::Object(kind, item) => say(format!(
                    "EXPLAIN {} FOR {} {}",
                    stage(&explain.column),
                    kind.keywords(),
                    self.item(item)
                )),
            },
            Statement::SetVariable { local, name, value } => say(words([
                "SET",
                if *local { "LOCAL" } else { "" },
                &self.ident(name),
                "=",
                &self.set_value(value),
            ])),
            Statement::ResetVariable { name } => say(format!("RESET {}", self.ident(name))),
            Statement::ShowVariable { name: ShowVariable::All } => say("SHOW ALL"),
            Statement::ShowVariable { name: ShowVariable::One(name) } => {
                say(format!("SHOW {}", self.ident(name)))
            }
            Statement::SetTransaction { session, modes } => {
                let head =
                    if *session { "SET SESSION CHARACTERISTICS AS TRANSACTION" } else { "SET TRANSACTION" };
                say(words([head, &transaction_modes(modes)]))
            }
            Statement::Begin { modes } => say(words(["BEGIN", &transaction_modes(modes)])),
            Statement::Commit { chain } => say(if *chain { "COMMIT AND CHAIN" } else { "COMMIT" }),
            Statement::Rollback { chain } => say(if *chain { "ROLLBACK AND CHAIN" } else { "ROLLBACK" }),
            Statement::Declare { name, statement } => {
                say(format!("DECLARE {} CURSOR FOR ", self.ident(name))).append(self.statement(statement))
            }
            Statement::Fetch { name, count, timeout } => {
                let count = match count {
                    FetchCount::One => String::new(),
                    FetchCount::Count(count) => count.to_string(),
                    FetchCount::All => "ALL".to_owned(),
                };
                let with = timeout
                    .as_ref()
                    .map_or_else(String::new, |value| format!("WITH (TIMEOUT = {})", self.value(value)));
                say(words(["FETCH", &count, &self.ident(name), &with]))
            }
            Statement::Close { name } => say(format!("CLOSE {}", self.ident(name))),
            Statement::Prepare { name, statement } => {
                say(format!("PREPARE {} AS ", self.ident(name))).append(self.statement(statement))
            }
            Statement::Execute { name, parameters } => {
                let head = say(format!("EXECUTE {}", self.ident(name)));
                if parameters.is_empty() {
                    return head;
                }
                head.append(" ").append(bracketed("(", self.exprs(parameters), ")"))
            }
            Statement::Deallocate { name } => {
                let name = name.as_ref().map_or_else(|| "ALL".to_owned(), |name| self.ident(name));
                say(format!("DEALLOCATE {name}"))
            }
            Statement::Discard { target } => say(match target {
                DiscardTarget::All => "DISCARD ALL",
                DiscardTarget::Temp => "DISCARD TEMP",
                DiscardTarget::Plans => "DISCARD PLANS",
                DiscardTarget::Sequences => "DISCARD SEQUENCES",
            }),
            Statement::Raise { severity } => say(format!("RAISE {severity}")),
            // All others are printed where they are told apart.
            _ => Doc::nil(),
        }
    }

    fn insert(&self, insert: &Insert) -> Doc {
        let mut head = format!("INSERT INTO {}", self.item(&insert.table));
        if !insert.columns.is_empty() {
            head += &format!(" ({})", self.idents(&insert.columns));
        }
        let source = insert.source.as_ref().map_or_else(|| say("DEFAULT VALUES"), |query| self.query(query));
        let mut docs = vec![say(head), source];
        if !insert.returning.is_empty() {
            docs.push(titled("RETURNING", self.select_items(&insert.returning)));
        }
        lines(docs)
    }

    fn update(&self, update: &Update) -> Doc {
        let alias =
            update.alias.as_ref().map_or_else(String::new, |alias| format!("AS {}", self.ident(alias)));
        let assignments = update
            .assignments
            .iter()
            .map(|(column, expr)| say(format!("{} = ", self.ident(column))).append(self.expr(expr)));
        let mut docs = vec![
            say(words(["UPDATE", &self.item(&update.table), &alias])),
            titled("SET", comma_separated(assignments)),
        ];
        docs.extend(update.selection.as_ref().map(|expr| titled("WHERE", self.expr(expr))));
        lines(docs)
    }

    fn delete(&self, delete: &Delete) -> Doc {
        let alias =
            delete.alias.as_ref().map_or_else(String::new, |alias| format!("AS {}", self.ident(alias)));
        let mut docs = vec![say(words(["DELETE FROM", &self.item(&delete.table), &alias]))];
        if !delete.using.is_empty() {
            docs.push(titled("USING", comma_separated(delete.using.iter().map(|item| self.joined(item)))));
        }
        docs.extend(delete.selection.as_ref().map(|expr| titled("WHERE", self.expr(expr))));
        lines(docs)
    }

    fn copy(&self, copy: &Copy) -> Doc {
        let relation = match &copy.relation {
            CopyRelation::Table { name, columns } => {
                let columns = match columns.as_slice() {
                    [] => String::new(),
                    columns => format!(" ({})", self.idents(columns)),
                };
                say(format!("{}{columns}", self.item(name)))
            }
            CopyRelation::Select(select) => bracketed("(", self.select_statement(select), ")"),
            CopyRelation::Subscribe(subscribe) => bracketed("(", self.subscribe(subscribe), ")"),
        };
        let direction = match &copy.direction {
            CopyDirection::FromStdin => say("FROM STDIN"),
            CopyDirection::ToStdout => say("TO STDOUT"),
            CopyDirection::FromOther(expr) => say("FROM ").append(self.expr(expr)),
            CopyDirection::ToOther(expr) => say("TO ").append(self.expr(expr)),
        };
        let mut docs = vec![say("COPY ").append(relation), direction];
        docs.extend(self.with(&copy.options));
        lines(docs)
    }

    fn subscribe(&self, subscribe: &Subscribe) -> Doc {
        let relation = match &subscribe.relation {
            SubscribeRelation::Item(item) => say(self.item(item)),
            SubscribeRelation::Query(query) => bracketed("(", self.query(query), ")"),
        };
        let mut docs = vec![say("SUBSCRIBE ").append(relation)];
        docs.extend(self.with(&subscribe.options));
        docs.extend(subscribe.as_of.as_ref().map(|as_of| self.as_of(as_of)));
        docs.extend(subscribe.up_to.as_ref().map(|time| titled("UP TO", self.expr(time))));
        match &subscribe.output {
            SubscribeOutput::Diffs => {}
            SubscribeOutput::WithinTimestampOrderBy(items) => {
                docs.push(titled("WITHIN TIMESTAMP ORDER BY", self.order_items(items)));
            }
            SubscribeOutput::EnvelopeUpsert(key) => {
                docs.push(say(format!("ENVELOPE UPSERT (KEY ({}))", self.idents(key))));
            }
            SubscribeOutput::EnvelopeDebezium(key) => {
                docs.push(say(format!("ENVELOPE DEBEZIUM (KEY ({}))", self.idents(key))));
            }
        }
        lines(docs)
    }

    pub(super) fn set_value(&self, value: &SetValue) -> String {
        match value {
            SetValue::Default => "DEFAULT".to_owned(),
            SetValue::Values(values) => {
                let values = values.iter().map(|word| match word {
                    SetWord::Ident(ident) => self.ident(ident),
                    SetWord::Literal(value) => self.value(value),
                });
                values.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// The words before `FOR`: the heading in upper case, but for those that are called otherwise.
fn stage(column: &str) -> String {
    match column {
        "Plan Insights" => "PLAN INSIGHTS".to_owned(),
        "Schema" => "VALUE SCHEMA".to_owned(),
        other => other.to_uppercase(),
    }
}

fn transaction_modes(modes: &[TransactionMode]) -> String {
    let modes = modes.iter().map(|mode| match mode {
        TransactionMode::ReadOnly => "READ ONLY",
        TransactionMode::ReadWrite => "READ WRITE",
        TransactionMode::Isolation(isolation) => match isolation {
            Isolation::ReadUncommitted => "ISOLATION LEVEL READ UNCOMMITTED",
            Isolation::ReadCommitted => "ISOLATION LEVEL READ COMMITTED",
            Isolation::RepeatableRead => "ISOLATION LEVEL REPEATABLE READ",
            Isolation::Serializable => "ISOLATION LEVEL SERIALIZABLE",
            Isolation::StrongSessionSerializable => "ISOLATION LEVEL STRONG SESSION SERIALIZABLE",
            Isolation::StrictSerializable => "ISOLATION LEVEL STRICT SERIALIZABLE",
        },
    });
    modes.collect::<Vec<_>>().join(", ")
}
