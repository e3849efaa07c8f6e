//! `CREATE SOURCE` and `CREATE SINK`, with their `INCLUDE`, `FORMAT` and `ENVELOPE`.
//!
//! These clauses matter to the sandbox as text: it has no Kafka to read. They are put down in the server's normal
//! form, each connection as `\0`.

use super::{Parser, Result, Token, options};
use crate::sql::ast::{
    ClusterRef, CreateSink, CreateSource, CreateWebhookSource, Encoding, ExternalReferences, Name,
    SourceConnection, Statement,
};
use crate::sql::print::text;

impl Parser<'_> {
    pub(super) fn create_source(&mut self) -> Result<Statement> {
        let if_not_exists = self.if_not_exists()?;
        let name = self.name()?;
        let column_names = self.optional_columns()?;
        let in_cluster = self.optional_in_cluster()?;
        self.expect_word("FROM")?;
        if self.eat_word("WEBHOOK") {
            return self.create_webhook(name, if_not_exists, false, in_cluster);
        }
        let connection = self.source_connection()?;
        let mut encoding = self.encoding()?;
        let external_references = self.external_references()?;
        let progress = if self.eat_words(&["EXPOSE", "PROGRESS", "AS"]) { Some(self.name()?) } else { None };
        if encoding == Encoding::default() {
            encoding = self.encoding()?;
        }
        let options = self.optional_with(options::SOURCE)?;
        Ok(Statement::CreateSource(CreateSource {
            name,
            if_not_exists,
            column_names,
            in_cluster,
            connection,
            encoding,
            external_references,
            progress,
            options,
        }))
    }

    fn source_connection(&mut self) -> Result<SourceConnection> {
        let word = self.expect_one_of(&["POSTGRES", "KAFKA", "MYSQL", "SQL", "LOAD"])?;
        if word == "LOAD" {
            self.expect_word("GENERATOR")?;
            let first =
                self.expect_one_of(&["CLOCK", "COUNTER", "MARKETING", "AUCTION", "TPCH", "DATUMS", "KEY"])?;
            let generator = if first == "KEY" {
                self.expect_word("VALUE")?;
                "KEY VALUE"
            } else {
                first
            };
            let options = self.optional_options(options::LOAD_GENERATOR)?;
            return Ok(SourceConnection::LoadGenerator { generator: generator.to_owned(), options });
        }
        if word == "SQL" {
            self.expect_word("SERVER")?;
        }
        self.expect_word("CONNECTION")?;
        let connection = self.item()?;
        Ok(match word {
            "POSTGRES" => {
                SourceConnection::Postgres { connection, options: self.optional_options(options::POSTGRES)? }
            }
            "KAFKA" => {
                SourceConnection::Kafka { connection, options: self.optional_options(options::KAFKA_SOURCE)? }
            }
            "MYSQL" => {
                SourceConnection::MySql { connection, options: self.optional_options(options::MYSQL)? }
            }
            _ => SourceConnection::SqlServer { connection, options: self.optional_options(options::MYSQL)? },
        })
    }

    fn external_references(&mut self) -> Result<Option<ExternalReferences>> {
        if !self.eat_word("FOR") {
            return Ok(None);
        }
        Ok(Some(match self.expect_one_of(&["TABLES", "SCHEMAS", "ALL"])? {
            "ALL" => {
                self.expect_word("TABLES")?;
                ExternalReferences::All
            }
            "SCHEMAS" => ExternalReferences::Schemas(self.in_parens(Self::idents)?),
            _ => ExternalReferences::Tables(self.in_parens(|p| p.comma_separated(Self::reference))?),
        }))
    }

    fn reference(&mut self) -> Result<(Name, Option<Name>)> {
        let upstream = self.name()?;
        let name = match self.eat_word("AS") || self.eat_word("INTO") {
            true => Some(self.name()?),
            false => None,
        };
        Ok((upstream, name))
    }

    /// `[INCLUDE …] [KEY] FORMAT … [VALUE FORMAT …] [INCLUDE …] [ENVELOPE …]`
    pub(super) fn encoding(&mut self) -> Result<Encoding> {
        let mut out = Encoding::default();
        if self.eat_words(&["KEY", "FORMAT"]) {
            let key = self.format(&mut out)?;
            self.expect_words(&["VALUE", "FORMAT"])?;
            let value = self.format(&mut out)?;
            out.format = Some(format!("KEY FORMAT {key} VALUE FORMAT {value}"));
        } else if self.eat_word("FORMAT") {
            let format = self.format(&mut out)?;
            out.format = Some(format!("FORMAT {format}"));
        }
        if self.eat_word("INCLUDE") {
            out.include = self.comma_separated(Self::include)?;
        }
        if self.eat_word("ENVELOPE") {
            out.envelope = Some(format!("ENVELOPE {}", self.envelope()?));
        }
        Ok(out)
    }

    fn include(&mut self) -> Result<String> {
        let word = self.expect_one_of(&["KEY", "TIMESTAMP", "PARTITION", "OFFSET", "HEADERS", "HEADER"])?;
        let mut out = word.to_owned();
        if word == "HEADER" {
            out += &format!(" {}", text::literal(&self.string()?));
        }
        if self.eat_word("AS") {
            out += &format!(" AS {}", text::ident(&self.ident()?));
        }
        if word == "HEADER" && self.eat_word("BYTES") {
            out += " BYTES";
        }
        Ok(out)
    }

    fn envelope(&mut self) -> Result<String> {
        match self.expect_one_of(&["NONE", "DEBEZIUM", "UPSERT", "MATERIALIZE"])? {
            "UPSERT" if self.peek() == Some(&Token::LParen) => self.in_parens(|p| {
                p.expect_words(&["VALUE", "DECODING", "ERRORS"])?;
                p.eat(&Token::Eq);
                let inline = if p.peek() == Some(&Token::LParen) {
                    p.in_parens(Self::inline_errors)?
                } else {
                    p.inline_errors()?
                };
                Ok(format!("UPSERT (VALUE DECODING ERRORS = ({inline}))"))
            }),
            other => Ok(other.to_owned()),
        }
    }

    fn inline_errors(&mut self) -> Result<String> {
        self.expect_word("INLINE")?;
        if self.eat_word("AS") {
            return Ok(format!("INLINE AS {}", text::ident(&self.ident()?)));
        }
        Ok("INLINE".to_owned())
    }

    /// A format. Its options are kept as they were written, between single spaces.
    fn format(&mut self, out: &mut Encoding) -> Result<String> {
        let word = self.peek_keyword();
        match word {
            Some("JSON") => {
                self.at += 1;
                if self.eat_word("ARRAY") {
                    return Ok("JSON ARRAY".to_owned());
                }
                Ok("JSON".to_owned())
            }
            Some("TEXT" | "BYTES") => {
                self.at += 1;
                Ok(word.unwrap_or_default().to_owned())
            }
            Some("REGEX") => {
                self.at += 1;
                Ok(format!("REGEX {}", text::literal(&self.string()?)))
            }
            Some("CSV") => self.csv(),
            Some("AVRO" | "PROTOBUF") => {
                self.at += 1;
                let format = word.unwrap_or_default();
                if self.eat_word("MESSAGE") {
                    let message = self.string()?;
                    self.expect_words(&["USING", "SCHEMA"])?;
                    let schema = self.string()?;
                    return Ok(format!(
                        "{format} MESSAGE {} USING SCHEMA {}",
                        text::literal(&message),
                        text::literal(&schema)
                    ));
                }
                self.expect_word("USING")?;
                if self.eat_word("SCHEMA") {
                    return Ok(format!("{format} USING SCHEMA {}", text::literal(&self.string()?)));
                }
                self.expect_words(&["CONFLUENT", "SCHEMA", "REGISTRY", "CONNECTION"])?;
                out.connections.push(self.item()?);
                let rest = self.registry_clauses();
                Ok(format!("{format} USING CONFLUENT SCHEMA REGISTRY CONNECTION \0{rest}"))
            }
            _ => self.expected("one of AVRO or PROTOBUF or REGEX or CSV or JSON or TEXT or BYTES"),
        }
    }

    /// `(options)`, `SEED …`, `KEY STRATEGY …`, `VALUE STRATEGY …` behind a registry.
    fn registry_clauses(&mut self) -> String {
        let start = self.at;
        let mut depth = 0u32;
        loop {
            match self.peek() {
                Some(Token::LParen) => depth += 1,
                Some(Token::RParen) if depth > 0 => depth -= 1,
                None | Some(Token::Semicolon | Token::RParen) => break,
                Some(Token::Keyword("KEY" | "VALUE"))
                    if depth == 0 && self.peek_nth_keyword(1) == Some("FORMAT") =>
                {
                    break;
                }
                Some(Token::Keyword("INCLUDE" | "ENVELOPE" | "WITH" | "FOR" | "EXPOSE" | "MODE"))
                    if depth == 0 =>
                {
                    break;
                }
                _ => {}
            }
            self.at += 1;
        }
        let text = self.text(start, self.at);
        if text.is_empty() {
            return String::new();
        }
        format!(" {}", text.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn csv(&mut self) -> Result<String> {
        self.expect_words(&["CSV", "WITH"])?;
        let mut out = "CSV WITH ".to_owned();
        if self.eat_word("HEADER") {
            out += "HEADER";
            let columns = self.optional_columns()?;
            if !columns.is_empty() {
                let columns: Vec<_> = columns.iter().map(text::ident).collect();
                out += &format!(" ({})", columns.join(", "));
            }
        } else {
            out += &format!("{} COLUMNS", self.unsigned()?);
            self.expect_word("COLUMNS")?;
        }
        if self.eat_words(&["DELIMITED", "BY"]) {
            out += &format!(" DELIMITED BY {}", text::literal(&self.string()?));
        }
        Ok(out)
    }

    /// Behind `FROM WEBHOOK`.
    pub(super) fn create_webhook(
        &mut self,
        name: Name,
        if_not_exists: bool,
        is_table: bool,
        in_cluster: Option<ClusterRef>,
    ) -> Result<Statement> {
        self.expect_words(&["BODY", "FORMAT"])?;
        let mut encoding = Encoding::default();
        let body_format = self.format(&mut encoding)?;
        let mut include = Vec::new();
        while self.eat_word("INCLUDE") {
            include.push(self.webhook_include()?);
        }
        let check = if self.eat_word("CHECK") { Some(self.webhook_check()?) } else { None };
        Ok(Statement::CreateWebhookSource(CreateWebhookSource {
            name,
            if_not_exists,
            is_table,
            in_cluster,
            body_format,
            include,
            check,
        }))
    }

    fn webhook_include(&mut self) -> Result<String> {
        if self.eat_word("HEADERS") {
            if self.peek() != Some(&Token::LParen) {
                return Ok("HEADERS".to_owned());
            }
            let headers = self.list_in_parens(|p| {
                let not = if p.eat_word("NOT") { "NOT " } else { "" };
                Ok(format!("{not}{}", text::literal(&p.string()?)))
            })?;
            return Ok(format!("HEADERS ({})", headers.join(", ")));
        }
        self.expect_word("HEADER")?;
        let header = self.string()?;
        self.expect_word("AS")?;
        let alias = self.ident()?;
        let bytes = if self.eat_word("BYTES") { " BYTES" } else { "" };
        Ok(format!("HEADER {} AS {}{bytes}", text::literal(&header), text::ident(&alias)))
    }

    /// `( [WITH (HEADERS, BODY AS b, SECRET s)] expression )`
    fn webhook_check(&mut self) -> Result<String> {
        self.in_parens(|p| {
            let mut out = String::new();
            if p.eat_word("WITH") {
                let start = p.at;
                p.in_parens(|p| {
                    p.comma_separated(|p| {
                        if p.expect_one_of(&["HEADERS", "BODY", "SECRET"])? == "SECRET" {
                            p.item()?;
                        }
                        if p.eat_word("AS") {
                            p.ident()?;
                        }
                        p.eat_word("BYTES");
                        Ok(())
                    })
                })?;
                let names = p.text(start, p.at).split_whitespace().collect::<Vec<_>>().join(" ");
                out = format!("WITH {names} ");
            }
            let start = p.at;
            p.expr()?;
            let check = p.text(start, p.at).split_whitespace().collect::<Vec<_>>().join(" ");
            Ok(format!("{out}{check}"))
        })
    }

    pub(super) fn create_sink(&mut self) -> Result<Statement> {
        let if_not_exists = self.if_not_exists()?;
        let unnamed = !if_not_exists && (self.are(&["IN", "CLUSTER"]) || self.is("FROM"));
        let name = if unnamed { None } else { Some(self.name()?) };
        let in_cluster = self.optional_in_cluster()?;
        self.expect_word("FROM")?;
        let from = self.item()?;
        self.expect_word("INTO")?;
        let kafka = self.expect_one_of(&["KAFKA", "ICEBERG"])? == "KAFKA";
        if !kafka {
            self.expect_word("CATALOG")?;
        }
        self.expect_word("CONNECTION")?;
        let connection = self.item()?;
        let connection_options =
            self.optional_options(if kafka { options::KAFKA_SINK } else { options::ICEBERG_SINK })?;
        let aws_connection = match !kafka && self.eat_words(&["USING", "AWS", "CONNECTION"]) {
            true => Some(self.item()?),
            false => None,
        };
        let key = match self.is("KEY") && self.peek_nth(1) == Some(&Token::LParen) {
            true => {
                self.at += 1;
                let columns = self.in_parens(Self::idents)?;
                Some((columns, self.eat_words(&["NOT", "ENFORCED"])))
            }
            false => None,
        };
        let headers = if self.eat_word("HEADERS") { Some(self.ident()?) } else { None };
        let encoding = self.encoding()?;
        let mode = match self.eat_word("MODE") {
            true => Some(self.expect_one_of(&["UPSERT", "APPEND"])?.to_owned()),
            false => None,
        };
        let options = self.optional_with(options::SINK)?;
        Ok(Statement::CreateSink(CreateSink {
            name,
            if_not_exists,
            in_cluster,
            from,
            into: if kafka { "KAFKA" } else { "ICEBERG CATALOG" }.to_owned(),
            connection,
            connection_options,
            aws_connection,
            key,
            headers,
            encoding,
            mode,
            options,
        }))
    }
}
