//! What the server sends: messages are collected in a buffer and go out together.

use bytes::{BufMut, BytesMut};
use pgwire::messages::PgWireBackendMessage as Backend;
use pgwire::messages::copy::{CopyData, CopyDone, CopyInResponse, CopyOutResponse};
use pgwire::messages::data::{DataRow, FieldDescription, NoData, ParameterDescription, RowDescription};
use pgwire::messages::extendedquery::{BindComplete, CloseComplete, ParseComplete, PortalSuspended};
use pgwire::messages::response::{
    CommandComplete, EmptyQueryResponse, ErrorResponse, NoticeResponse, ReadyForQuery, TransactionStatus,
};
use pgwire::messages::startup::{Authentication, BackendKeyData, ParameterStatus, SecretKey};

use crate::error::{Notice, Severity, SqlError};
use crate::result::{Column, Format, Row, TypeOid};
use crate::session::Status;

/// Messages that were not sent yet.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    pub(crate) buffer: BytesMut,
}

impl Outbox {
    fn put(&mut self, message: &Backend) {
        let before = self.buffer.len();
        if message.encode(&mut self.buffer).is_err() {
            // Only a text beyond the protocol's limits gets here: a tag or a parameter of more than 30 kB.
            self.buffer.truncate(before);
        }
    }

    pub(crate) fn authentication_ok(&mut self) {
        self.put(&Backend::Authentication(Authentication::Ok));
    }

    pub(crate) fn ask_for_password(&mut self) {
        self.put(&Backend::Authentication(Authentication::CleartextPassword));
    }

    pub(crate) fn parameter_status(&mut self, name: &str, value: &str) {
        self.put(&Backend::ParameterStatus(ParameterStatus::new(name.to_owned(), value.to_owned())));
    }

    pub(crate) fn backend_key(&mut self, process: u32, secret: u32) {
        let key = BackendKeyData::new(process.cast_signed(), SecretKey::I32(secret.cast_signed()));
        self.put(&Backend::BackendKeyData(key));
    }

    pub(crate) fn ready(&mut self, status: Status) {
        let status = match status {
            Status::Idle => TransactionStatus::Idle,
            Status::Transaction => TransactionStatus::Transaction,
            Status::Failed => TransactionStatus::Error,
        };
        self.put(&Backend::ReadyForQuery(ReadyForQuery::new(status)));
    }

    pub(crate) fn parse_complete(&mut self) {
        self.put(&Backend::ParseComplete(ParseComplete::new()));
    }

    pub(crate) fn bind_complete(&mut self) {
        self.put(&Backend::BindComplete(BindComplete::new()));
    }

    pub(crate) fn close_complete(&mut self) {
        self.put(&Backend::CloseComplete(CloseComplete::new()));
    }

    pub(crate) fn portal_suspended(&mut self) {
        self.put(&Backend::PortalSuspended(PortalSuspended::new()));
    }

    pub(crate) fn parameter_description(&mut self, types: &[TypeOid]) {
        self.put(&Backend::ParameterDescription(ParameterDescription::new(types.to_vec())));
    }

    /// What `Describe` answers: the columns, or that there are none.
    pub(crate) fn description(&mut self, columns: Option<&[Column]>, formats: &[Format]) {
        match columns {
            Some(columns) => self.row_description(columns, formats),
            None => self.put(&Backend::NoData(NoData::new())),
        }
    }

    pub(crate) fn row_description(&mut self, columns: &[Column], formats: &[Format]) {
        let fields = columns.iter().enumerate().map(|(position, column)| {
            FieldDescription::new(
                column.name.clone(),
                0,
                0,
                column.type_oid,
                type_length(column.type_oid),
                column.type_mod,
                format_code(format_of(formats, position)),
            )
        });
        self.put(&Backend::RowDescription(RowDescription::new(fields.collect())));
    }

    pub(crate) fn row(&mut self, row: &Row) {
        let mut data = BytesMut::new();
        for value in row {
            match value {
                Some(value) => {
                    data.put_i32(i32::try_from(value.len()).unwrap_or(i32::MAX));
                    data.put_slice(value);
                }
                None => data.put_i32(-1),
            }
        }
        let count = i16::try_from(row.len()).unwrap_or(i16::MAX);
        self.put(&Backend::DataRow(DataRow::new(data, count)));
    }

    pub(crate) fn complete(&mut self, tag: &str) {
        self.put(&Backend::CommandComplete(CommandComplete::new(tag.to_owned())));
    }

    pub(crate) fn empty_query(&mut self) {
        self.put(&Backend::EmptyQueryResponse(EmptyQueryResponse::new()));
    }

    pub(crate) fn copy_in(&mut self, columns: usize, format: Format) {
        let (format, columns, formats) = copy_shape(columns, format);
        self.put(&Backend::CopyInResponse(CopyInResponse::new(format, columns, formats)));
    }

    pub(crate) fn copy_out(&mut self, columns: usize, format: Format) {
        let (format, columns, formats) = copy_shape(columns, format);
        self.put(&Backend::CopyOutResponse(CopyOutResponse::new(format, columns, formats)));
    }

    pub(crate) fn copy_data(&mut self, data: Vec<u8>) {
        self.put(&Backend::CopyData(CopyData::new(data.into())));
    }

    pub(crate) fn copy_done(&mut self) {
        self.put(&Backend::CopyDone(CopyDone::new()));
    }

    pub(crate) fn error(&mut self, error: &SqlError) {
        let severity = if error.fatal { "FATAL" } else { "ERROR" };
        let position = error.position.map(|position| position.to_string());
        let mut fields = vec![
            (b'S', severity.to_owned()),
            (b'V', severity.to_owned()),
            (b'C', error.code.0.to_owned()),
            (b'M', error.message.clone()),
        ];
        fields.extend(error.detail.clone().map(|detail| (b'D', detail)));
        fields.extend(error.hint.clone().map(|hint| (b'H', hint)));
        fields.extend(position.map(|position| (b'P', position)));
        self.put(&Backend::ErrorResponse(ErrorResponse::new(fields)));
    }

    pub(crate) fn notice(&mut self, notice: &Notice) {
        let severity = match notice.severity {
            Severity::Debug => "DEBUG",
            Severity::Log => "LOG",
            Severity::Info => "INFO",
            Severity::Notice => "NOTICE",
            Severity::Warning => "WARNING",
        };
        let mut fields = vec![
            (b'S', severity.to_owned()),
            (b'V', severity.to_owned()),
            (b'C', notice.code.0.to_owned()),
            (b'M', notice.message.clone()),
        ];
        fields.extend(notice.detail.clone().map(|detail| (b'D', detail)));
        fields.extend(notice.hint.clone().map(|hint| (b'H', hint)));
        self.put(&Backend::NoticeResponse(NoticeResponse::new(fields)));
    }
}

/// The format of a column: no codes are all text, one stands for all.
pub(crate) fn format_of(formats: &[Format], position: usize) -> Format {
    match formats {
        [] => Format::Text,
        [one] => *one,
        many => many.get(position).copied().unwrap_or_default(),
    }
}

fn format_code(format: Format) -> i16 {
    match format {
        Format::Text => 0,
        Format::Binary => 1,
    }
}

fn copy_shape(columns: usize, format: Format) -> (i8, i16, Vec<i16>) {
    let code = format_code(format);
    let overall = i8::from(code != 0);
    (overall, i16::try_from(columns).unwrap_or(i16::MAX), vec![code; columns])
}

/// `pg_type.typlen`: the size of a value of the type, -1 if it varies.
fn type_length(oid: TypeOid) -> i16 {
    match oid {
        16 | 18 => 1,
        21 | 16_460 => 2,
        23 | 26 | 700 | 1082 | 2205 | 2206 | 24 | 16_462 => 4,
        20 | 701 | 1083 | 1114 | 1184 | 16_464 | 16_552 => 8,
        1186 | 2950 => 16,
        _ => -1,
    }
}
