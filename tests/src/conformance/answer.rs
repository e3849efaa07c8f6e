//! The answer to a request as it came: everything up to the next `ReadyForQuery`.

use std::collections::BTreeMap;
use std::io;

use bytes::{Bytes, BytesMut};
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::{DataRowBody, Message, RowDescriptionBody};
use postgres_protocol::message::frontend::{self, CopyData};

use super::step::{Copy, Reading};
use super::wire::{Connection, Fields, fields, parameter};

/// The values of a row.
pub(crate) type Row = Vec<Option<Bytes>>;

/// All that a server answered to a request.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) results: Vec<StatementResult>,
    pub(crate) error: Option<Fields>,
    pub(crate) notices: Vec<Fields>,
    pub(crate) parameters: BTreeMap<String, String>,
    /// The letters of the messages. Those that come at any time are left out, and a run of data is one letter.
    pub(crate) flow: String,
    /// The transaction status; nothing if the server closed the connection instead.
    pub(crate) txn: Option<u8>,
}

/// What belongs to one statement.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct StatementResult {
    pub(crate) tag: Option<String>,
    pub(crate) suspended: bool,
    pub(crate) param_types: Option<Vec<u32>>,
    pub(crate) columns: Option<Vec<Column>>,
    pub(crate) rows: Option<Vec<Row>>,
    pub(crate) copy_out: Option<Vec<String>>,
}

/// A column of a row description.
#[derive(Debug, PartialEq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) type_oid: u32,
    pub(crate) type_mod: i32,
    pub(crate) binary: bool,
}

/// Sends a simple query and reads its answer.
pub(crate) async fn query(connection: &mut Connection, sql: &str) -> io::Result<Answer> {
    let mut out = BytesMut::new();
    frontend::query(sql, &mut out)?;
    connection.send(&out).await?;
    read(connection, &Reading::default()).await
}

/// Reads an answer. Rows that come after the client asked to stop are dropped: how many there are is chance.
pub(crate) async fn read(connection: &mut Connection, reading: &Reading) -> io::Result<Answer> {
    let mut answer = Answer::default();
    let mut current = StatementResult::default();
    let mut seen = 0;
    let mut stopped = false;
    while let Some((letter, message)) = connection.receive().await? {
        answer.note(letter);
        match message {
            // A portal that is described again while its rows come has told its columns already.
            Message::RowDescription(body) if current.rows.as_ref().is_none_or(Vec::is_empty) => {
                current.columns = Some(columns(&body)?);
            }
            Message::ParameterDescription(body) => current.param_types = Some(body.parameters().collect()?),
            Message::DataRow(body) => {
                seen += 1;
                if !stopped {
                    current.rows.get_or_insert_default().push(row(&body)?);
                }
            }
            Message::CopyData(body) => {
                seen += 1;
                if !stopped {
                    let text = String::from_utf8_lossy(body.data()).into_owned();
                    current.copy_out.get_or_insert_default().push(text);
                }
            }
            Message::CommandComplete(body) => {
                current.tag = Some(body.tag()?.to_owned());
                answer.end(&mut current);
            }
            Message::EmptyQueryResponse => {
                current.tag = Some("(empty query)".to_owned());
                answer.end(&mut current);
            }
            Message::PortalSuspended => {
                current.suspended = true;
                answer.end(&mut current);
            }
            Message::CopyInResponse(_) => connection.send(&copy(&reading.copy)?).await?,
            Message::ErrorResponse(body) => {
                answer.end(&mut current);
                answer.error = Some(fields(body.fields())?);
            }
            Message::NoticeResponse(body) => answer.notices.push(fields(body.fields())?),
            Message::ParameterStatus(body) => answer.parameters.extend([parameter(&body)?]),
            Message::ReadyForQuery(body) => {
                answer.end(&mut current);
                answer.txn = Some(body.status());
                return Ok(answer);
            }
            _ => {}
        }
        if !stopped && reading.stop_after.is_some_and(|stop| seen >= stop) {
            stopped = true;
            connection.cancel().await?;
        }
    }
    answer.end(&mut current);
    Ok(answer)
}

impl Answer {
    fn note(&mut self, letter: u8) {
        let repeated = matches!(letter, b'D' | b'd') && self.flow.as_bytes().last() == Some(&letter);
        if !repeated && !matches!(letter, b'S' | b'N' | b'A') {
            self.flow.push(char::from(letter));
        }
    }

    /// A statement is over, if there is anything of one.
    fn end(&mut self, current: &mut StatementResult) {
        let result = std::mem::take(current);
        if result != StatementResult::default() {
            self.results.push(result);
        }
    }
}

fn columns(body: &RowDescriptionBody) -> io::Result<Vec<Column>> {
    let column = body.fields().map(|field| {
        Ok(Column {
            name: field.name().to_owned(),
            type_oid: field.type_oid(),
            type_mod: field.type_modifier(),
            binary: field.format() == 1,
        })
    });
    column.collect()
}

fn row(body: &DataRowBody) -> io::Result<Row> {
    body.ranges().map(|range| Ok(range.map(|range| body.buffer_bytes().slice(range)))).collect()
}

fn copy(copy: &Copy) -> io::Result<BytesMut> {
    let mut out = BytesMut::new();
    match copy {
        Copy::Data(pieces) => {
            for piece in pieces {
                CopyData::new(piece.as_bytes())?.write(&mut out);
            }
            frontend::copy_done(&mut out);
        }
        Copy::Fail(message) => frontend::copy_fail(message, &mut out)?,
    }
    Ok(out)
}
