//! `(NAME [=] value, …)`: which names a list takes, and what values look like.

use super::{Parser, Result, Token};
use crate::sql::ast::{OptionValue, Refresh, Schedule, SqlOption, Value};

/// Options of a cluster. The order is that of the server's error text, here and below.
pub(super) const CLUSTER: &[&str] = &[
    "AVAILABILITY ZONES",
    "DISK",
    "INTROSPECTION INTERVAL",
    "INTROSPECTION DEBUGGING",
    "MANAGED",
    "REPLICAS",
    "REPLICATION FACTOR",
    "SIZE",
    "SCHEDULE",
    "WORKLOAD CLASS",
];

/// Options of a replica.
pub(super) const REPLICA: &[&str] = &[
    "AVAILABILITY ZONE",
    "BILLED AS",
    "COMPUTECTL ADDRESSES",
    "COMPUTE ADDRESSES",
    "DISK",
    "INTERNAL",
    "INTROSPECTION INTERVAL",
    "INTROSPECTION DEBUGGING",
    "SIZE",
    "STORAGECTL ADDRESSES",
    "STORAGE ADDRESSES",
    "WORKERS",
];

/// `WITH` of `ALTER CLUSTER`.
pub(super) const ALTER_CLUSTER: &[&str] = &["WAIT FOR", "WAIT UNTIL READY"];
const WAIT: &[&str] = &["TIMEOUT", "ON TIMEOUT"];

/// Options of a connection.
pub(super) const CONNECTION: &[&str] = &[
    "ACCESS KEY ID",
    "ASSUME ROLE ARN",
    "ASSUME ROLE SESSION NAME",
    "AVAILABILITY ZONES",
    "AWS CONNECTION",
    "AWS PRIVATELINK",
    "BROKER",
    "BROKERS",
    "CATALOG TYPE",
    "CREDENTIAL",
    "DATABASE",
    "ENDPOINT",
    "HOST",
    "PASSWORD",
    "PORT",
    "PUBLIC KEY 1",
    "PUBLIC KEY 2",
    "PROGRESS TOPIC",
    "PROGRESS TOPIC REPLICATION FACTOR",
    "REGION",
    "ROLE ARN",
    "SASL MECHANISMS",
    "SASL PASSWORD",
    "SASL USERNAME",
    "SCOPE",
    "SECRET ACCESS KEY",
    "SECURITY PROTOCOL",
    "SERVICE NAME",
    "SESSION TOKEN",
    "SSH TUNNEL",
    "SSL CERTIFICATE",
    "SSL CERTIFICATE AUTHORITY",
    "SSL KEY",
    "SSL MODE",
    "URL",
    "USER",
    "USERNAME",
    "WAREHOUSE",
];

pub(super) const CONNECTION_WITH: &[&str] = &["VALIDATE"];
pub(super) const RECURSION: &[&str] =
    &["RECURSION LIMIT", "ERROR AT RECURSION LIMIT", "RETURN AT RECURSION LIMIT"];
pub(super) const GROUP_SIZE: &[&str] = &[
    "AGGREGATE INPUT GROUP SIZE",
    "DISTINCT ON INPUT GROUP SIZE",
    "EXPECTED GROUP SIZE",
    "LIMIT INPUT GROUP SIZE",
];
pub(super) const MATERIALIZED_VIEW: &[&str] =
    &["ASSERT NOT NULL", "PARTITION BY", "RETAIN HISTORY", "REFRESH"];
pub(super) const INDEX: &[&str] = &["RETAIN HISTORY"];
pub(super) const TABLE: &[&str] = &["PARTITION BY", "RETAIN HISTORY", "REDACTED"];
pub(super) const TABLE_FROM_SOURCE: &[&str] =
    &["TEXT COLUMNS", "EXCLUDE COLUMNS", "DETAILS", "PARTITION BY", "RETAIN HISTORY"];
pub(super) const SOURCE: &[&str] = &["IGNORE KEYS", "TIMESTAMP INTERVAL", "RETAIN HISTORY"];
pub(super) const LOAD_GENERATOR: &[&str] = &[
    "AS OF",
    "UP TO",
    "SCALE FACTOR",
    "TICK INTERVAL",
    "MAX CARDINALITY",
    "KEYS",
    "SNAPSHOT ROUNDS",
    "TRANSACTIONAL SNAPSHOT",
    "VALUE SIZE",
    "SEED",
    "PARTITIONS",
    "BATCH SIZE",
];
pub(super) const POSTGRES: &[&str] = &["DETAILS", "PUBLICATION", "TEXT COLUMNS", "EXCLUDE COLUMNS"];
pub(super) const MYSQL: &[&str] = &["DETAILS", "TEXT COLUMNS", "EXCLUDE COLUMNS"];
pub(super) const KAFKA_SOURCE: &[&str] =
    &["GROUP ID PREFIX", "TOPIC", "TOPIC METADATA REFRESH INTERVAL", "START TIMESTAMP", "START OFFSET"];
pub(super) const KAFKA_SINK: &[&str] = &[
    "COMPRESSION TYPE",
    "PARTITION BY",
    "PROGRESS GROUP ID PREFIX",
    "TOPIC",
    "TOPIC PARTITION COUNT",
    "TOPIC REPLICATION FACTOR",
    "TOPIC CONFIG",
    "TRANSACTIONAL ID PREFIX",
    "LEGACY IDS",
];
pub(super) const ICEBERG_SINK: &[&str] = &["NAMESPACE", "TABLE"];
pub(super) const SINK: &[&str] = &["SNAPSHOT", "VERSION", "PARTITION STRATEGY", "COMMIT INTERVAL"];
pub(super) const SUBSCRIBE: &[&str] = &["PROGRESS", "SNAPSHOT"];
pub(super) const COPY: &[&str] = &[
    "FORMAT",
    "DELIMITER",
    "NULL",
    "ESCAPE",
    "QUOTE",
    "HEADER",
    "AWS CONNECTION",
    "MAX FILE SIZE",
    "FILES",
    "PATTERN",
];
pub(super) const FETCH: &[&str] = &["TIMEOUT"];
pub(super) const NETWORK_POLICY: &[&str] = &["RULES"];
const NETWORK_RULE: &[&str] = &["DIRECTION", "ACTION", "ADDRESS"];
pub(super) const LIST_TYPE: &[&str] = &["ELEMENT TYPE"];
pub(super) const MAP_TYPE: &[&str] = &["KEY TYPE", "VALUE TYPE"];
const PRIVATELINK: &[&str] = &["AVAILABILITY ZONE", "PORT"];

impl Parser<'_> {
    /// One option or more.
    pub(super) fn options(&mut self, allowed: &[&str]) -> Result<Vec<SqlOption>> {
        self.comma_separated(|p| p.option(allowed))
    }

    /// `WITH (…)`, if it is there.
    pub(super) fn optional_with(&mut self, allowed: &[&str]) -> Result<Vec<SqlOption>> {
        if self.eat_word("WITH") { self.in_parens(|p| p.options(allowed)) } else { Ok(Vec::new()) }
    }

    /// `(…)`, if it is there.
    pub(super) fn optional_options(&mut self, allowed: &[&str]) -> Result<Vec<SqlOption>> {
        if self.peek() == Some(&Token::LParen) {
            self.in_parens(|p| p.options(allowed))
        } else {
            Ok(Vec::new())
        }
    }

    pub(super) fn option(&mut self, allowed: &[&str]) -> Result<SqlOption> {
        let name = self.option_name(allowed)?;
        let value = self.option_value(&name)?;
        Ok(SqlOption { name, value })
    }

    /// The longest of the allowed names that comes next.
    pub(super) fn option_name(&mut self, allowed: &[&str]) -> Result<String> {
        let matched = |p: &Self, name: &str| {
            name.split(' ').enumerate().take_while(|(n, word)| p.is_option_word(*n, word)).count()
        };
        let whole = allowed.iter().filter(|name| matched(self, name) == name.split(' ').count());
        if let Some(name) = whole.max_by_key(|name| name.split(' ').count()) {
            self.at += name.split(' ').count();
            return Ok((*name).to_owned());
        }
        let depth = allowed.iter().map(|name| matched(self, name)).max().unwrap_or_default();
        let mut wanted: Vec<&str> = Vec::new();
        for name in allowed.iter().filter(|name| matched(self, name) == depth) {
            if let Some(word) = name.split(' ').nth(depth).filter(|word| !wanted.contains(word)) {
                wanted.push(word);
            }
        }
        self.at += depth;
        match wanted.as_slice() {
            [word] => self.expected(word),
            words => self.expected(&format!("one of {}", words.join(" or "))),
        }
    }

    fn is_option_word(&self, n: usize, word: &str) -> bool {
        match self.peek_nth(n) {
            Some(Token::Keyword(keyword)) => *keyword == word,
            Some(Token::Number(number)) => number == word,
            _ => false,
        }
    }

    fn option_value(&mut self, name: &str) -> Result<Option<OptionValue>> {
        if name == "WAIT UNTIL READY" {
            return Ok(Some(OptionValue::Options(self.in_parens(|p| p.options(WAIT))?)));
        }
        let assigned = self.eat(&Token::Eq);
        Ok(Some(match name {
            "REFRESH" => OptionValue::Refresh(self.refresh()?),
            "SCHEDULE" => OptionValue::Schedule(self.schedule()?),
            "RETAIN HISTORY" => {
                self.expect_word("FOR")?;
                OptionValue::RetainHistory(self.value()?)
            }
            "RULES" => OptionValue::Rules(self.rules(NETWORK_RULE)?),
            "REPLICAS" => OptionValue::Rules(self.rules(REPLICA)?),
            "BROKER" => self.broker()?,
            "BROKERS" => OptionValue::Sequence(self.sequence(Self::broker)?),
            "AWS CONNECTION" | "AWS PRIVATELINK" | "SSH TUNNEL" => OptionValue::Item(self.item()?),
            "ELEMENT TYPE" | "KEY TYPE" | "VALUE TYPE" => OptionValue::DataType(self.data_type()?),
            "PARTITION BY" if self.peek() != Some(&Token::LParen) => OptionValue::Expr(self.expr()?),
            _ if !assigned
                && matches!(self.peek(), None | Some(Token::Comma | Token::RParen | Token::Semicolon)) =>
            {
                return Ok(None);
            }
            _ => self.any_value()?,
        }))
    }

    /// A value of no particular option.
    fn any_value(&mut self) -> Result<OptionValue> {
        if let Some(value) = self.optional_value()? {
            return Ok(OptionValue::Value(value));
        }
        match self.peek() {
            Some(Token::LParen | Token::LBracket) => {
                Ok(OptionValue::Sequence(self.descend(|p| p.sequence(Self::any_value))?))
            }
            Some(Token::Keyword("SECRET")) => {
                self.at += 1;
                Ok(OptionValue::Secret(self.item()?))
            }
            Some(Token::Keyword("MAP")) if self.peek_nth(1) == Some(&Token::LBracket) => {
                Ok(OptionValue::Expr(self.expr()?))
            }
            Some(Token::Ident(_) | Token::Keyword(_)) => {
                let mut name = self.name()?;
                Ok(match (name.0.len(), name.0.pop()) {
                    (1, Some(ident)) => OptionValue::Ident(ident),
                    (_, last) => {
                        name.0.extend(last);
                        OptionValue::UpstreamName(name)
                    }
                })
            }
            _ => self.expected("option value"),
        }
    }

    /// `(a, b)` or `[a, b]`
    fn sequence<T>(&mut self, read: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        let close = if self.eat(&Token::LBracket) {
            Token::RBracket
        } else {
            self.expect(&Token::LParen)?;
            Token::RParen
        };
        let items = if self.peek() == Some(&close) { Vec::new() } else { self.comma_separated(read)? };
        self.expect(&close)?;
        Ok(items)
    }

    /// `(name (options), …)`
    fn rules(&mut self, allowed: &[&str]) -> Result<Vec<(mz_deploy_planner::name::Ident, Vec<SqlOption>)>> {
        self.list_in_parens(|p| {
            let name = p.ident()?;
            Ok((name, p.in_parens(|p| p.options(allowed))?))
        })
    }

    fn broker(&mut self) -> Result<OptionValue> {
        let address = Value::String(self.string()?);
        if !self.eat_word("USING") {
            return Ok(OptionValue::Value(address));
        }
        let tunnel = match self.expect_one_of(&["AWS", "SSH"])? {
            "AWS" => {
                self.expect_word("PRIVATELINK")?;
                "AWS PRIVATELINK"
            }
            _ => {
                self.expect_word("TUNNEL")?;
                "SSH TUNNEL"
            }
        };
        let connection = self.item()?;
        let options = self.optional_options(PRIVATELINK)?;
        Ok(OptionValue::Tunneled { address, tunnel: tunnel.to_owned(), connection, options })
    }

    fn refresh(&mut self) -> Result<Refresh> {
        match self.expect_one_of(&["ON", "EVERY", "AT"])? {
            "ON" => {
                self.expect_word("COMMIT")?;
                Ok(Refresh::OnCommit)
            }
            "AT" => {
                if self.eat_word("CREATION") {
                    return Ok(Refresh::AtCreation);
                }
                Ok(Refresh::At(self.expr()?))
            }
            _ => {
                let interval = self.value()?;
                let aligned_to = match self.eat_words(&["ALIGNED", "TO"]) {
                    true => Some(self.expr()?),
                    false => None,
                };
                Ok(Refresh::Every { interval, aligned_to })
            }
        }
    }

    fn schedule(&mut self) -> Result<Schedule> {
        if self.expect_one_of(&["MANUAL", "ON"])? == "MANUAL" {
            return Ok(Schedule::Manual);
        }
        self.expect_word("REFRESH")?;
        let hydration_time_estimate = match self.eat(&Token::LParen) {
            true => {
                self.expect_words(&["HYDRATION", "TIME", "ESTIMATE"])?;
                self.eat(&Token::Eq);
                let value = self.value()?;
                self.expect(&Token::RParen)?;
                Some(value)
            }
            false => None,
        };
        Ok(Schedule::OnRefresh { hydration_time_estimate })
    }

    /// A literal.
    pub(super) fn value(&mut self) -> Result<Value> {
        match self.optional_value()? {
            Some(value) => Ok(value),
            None => self.expected("a concrete value"),
        }
    }

    pub(super) fn optional_value(&mut self) -> Result<Option<Value>> {
        let value = match self.peek() {
            Some(Token::Keyword("TRUE")) => Value::Boolean(true),
            Some(Token::Keyword("FALSE")) => Value::Boolean(false),
            Some(Token::Keyword("NULL")) => Value::Null,
            Some(Token::Keyword("INTERVAL")) if matches!(self.peek_nth(1), Some(Token::String(_))) => {
                self.at += 1;
                return self.interval().map(|value| Some(Value::Interval(value)));
            }
            Some(Token::Op(op)) if op == "-" => {
                let Some(Token::Number(number)) = self.peek_nth(1) else { return Ok(None) };
                let value = Value::Number(format!("-{number}"));
                self.at += 1;
                value
            }
            Some(Token::Number(number)) => Value::Number(number.clone()),
            Some(Token::String(text)) => Value::String(text.clone()),
            Some(Token::HexString(text)) => Value::HexString(text.clone()),
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(value))
    }
}
