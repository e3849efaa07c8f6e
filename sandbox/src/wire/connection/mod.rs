//! A client's connection after its start: requests in, answers out, in the order of the protocol.

mod extended;
mod waiting;

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt, ReadHalf, WriteHalf};

use self::waiting::{Waited, canceled_by_user, timed_out};
use super::backend::Outbox;
use super::cancel::CancelToken;
use super::frontend::{self, Message};
use super::stream::Stream;
use crate::error::{SqlError, SqlState};
use crate::fault::When;
use crate::query::{CopyFormat, CopyFrom, CopyKind};
use crate::result::Format;
use crate::session::{Answer, Bound, Session, Tag, encode_bool, encode_copy};

/// The longest text of statements, in bytes.
const MAX_BATCH: usize = 1_000_000;
/// As much is collected before it is sent.
const SEND_AT: usize = 64 << 10;

/// The connection is over: the client left, or it was told why.
pub(crate) struct Closed;

type Outcome<T> = Result<T, Closed>;

/// The two ends of a connection.
pub(crate) struct Connection {
    reader: ReadHalf<Stream>,
    writer: WriteHalf<Stream>,
    inbox: BytesMut,
    outbox: Outbox,
    cancel: CancelToken,
}

impl Connection {
    pub(crate) fn new(stream: Stream, inbox: BytesMut, outbox: Outbox, cancel: CancelToken) -> Self {
        let (reader, writer) = tokio::io::split(stream);
        Self { reader, writer, inbox, outbox, cancel }
    }

    /// Serves the session to its end.
    pub(crate) async fn serve(mut self, mut session: Session) {
        self.tell(&mut session);
        self.outbox.ready(session.status());
        // However it ends, there is nobody left to be told.
        let _: Outcome<()> = self.requests(&mut session).await;
        tokio::task::block_in_place(|| session.close());
    }

    async fn requests(&mut self, session: &mut Session) -> Outcome<()> {
        // After an error, extended requests are left out until the client synchronises.
        let mut skipping = false;
        loop {
            self.flush().await?;
            let message = self.next_request(session).await?;
            match message {
                Message::Terminate => return Err(Closed),
                Message::Query { text } => {
                    skipping = false;
                    self.simple_query(session, text).await?;
                }
                Message::Sync => {
                    skipping = false;
                    if let Err(error) = self.run(|| session.sync()) {
                        self.fail(session, &error).await?;
                    }
                    self.tell(session);
                    self.outbox.ready(session.status());
                }
                Message::Password(_) => return self.violation("unexpected password message").await,
                _ if skipping => {}
                // The rest of a COPY that failed meanwhile.
                Message::CopyData(_) | Message::CopyDone | Message::CopyFail { .. } | Message::Flush => {}
                request => {
                    if let Err(error) = self.extended(session, request).await? {
                        self.fail(session, &error).await?;
                        skipping = true;
                    }
                }
            }
        }
    }

    /// The next request. A client that idles in a block is thrown out after a while.
    async fn next_request(&mut self, session: &Session) -> Outcome<Message> {
        match session.idle_timeout() {
            None => self.next_message().await,
            Some(limit) => {
                if let Ok(message) = tokio::time::timeout(limit, self.next_message()).await {
                    message
                } else {
                    let message = "terminating connection due to idle-in-transaction timeout";
                    let mut error = SqlError::new(SqlState::IDLE_IN_TRANSACTION_TIMEOUT, message);
                    error.fatal = true;
                    self.outbox.error(&error);
                    self.flush().await?;
                    Err(Closed)
                }
            }
        }
    }

    async fn next_message(&mut self) -> Outcome<Message> {
        loop {
            match frontend::take_message(&mut self.inbox) {
                Ok(Some(message)) => return Ok(message),
                Ok(None) => self.receive().await?,
                Err(malformed) => return self.violation(malformed.0).await,
            }
        }
    }

    async fn receive(&mut self) -> Outcome<()> {
        match self.reader.read_buf(&mut self.inbox).await {
            Ok(0) | Err(_) => Err(Closed),
            Ok(_) => Ok(()),
        }
    }

    pub(crate) async fn flush(&mut self) -> Outcome<()> {
        let sent = async {
            self.writer.write_all_buf(&mut self.outbox.buffer).await?;
            self.writer.flush().await
        };
        sent.await.map_err(|_| Closed)
    }

    /// A client that doesn't keep to the protocol is told so, and that is that.
    async fn violation<T>(&mut self, message: impl Into<String>) -> Outcome<T> {
        let mut error = SqlError::new(SqlState::PROTOCOL_VIOLATION, message.into());
        error.fatal = true;
        self.outbox.error(&error);
        self.flush().await?;
        Err(Closed)
    }

    /// Runs something of the session, which may keep its thread busy for a while.
    #[expect(clippy::unused_self, reason = "the connection is what waits")]
    fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        tokio::task::block_in_place(work)
    }

    /// Sends what the session has to say beside its answers: notices and changed parameters.
    fn tell(&mut self, session: &mut Session) {
        for notice in session.take_notices() {
            self.outbox.notice(&notice);
        }
        for (name, value) in session.take_reports() {
            self.outbox.parameter_status(&name, &value);
        }
    }

    /// A request failed. After a fatal error the connection is over.
    async fn fail(&mut self, session: &mut Session, error: &SqlError) -> Outcome<()> {
        session.fail();
        self.tell(session);
        self.outbox.error(error);
        if error.fatal {
            self.flush().await?;
            return Err(Closed);
        }
        Ok(())
    }

    async fn simple_query(&mut self, session: &mut Session, text: Bytes) -> Outcome<()> {
        let done = match check_text(&text) {
            Ok(text) => self.batch(session, text).await?,
            Err(error) => Err(error),
        };
        let done = match done {
            Ok(()) => self.run(|| session.end_batch()),
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            self.fail(session, &error).await?;
        }
        self.tell(session);
        self.outbox.ready(session.status());
        Ok(())
    }

    async fn batch(&mut self, session: &mut Session, text: &str) -> Outcome<Result<(), SqlError>> {
        let statements = match session.parse(text) {
            Ok(statements) => statements,
            Err(error) => return Ok(Err(error)),
        };
        if statements.is_empty() {
            self.outbox.empty_query();
        }
        session.begin_batch(statements.len());
        for statement in statements {
            let bound = match self.run(|| session.bind_simple(statement)) {
                Ok(bound) => bound,
                Err(error) => return Ok(Err(error)),
            };
            if let Some(columns) = &bound.description.columns {
                self.outbox.row_description(columns, &[]);
            }
            if let Err(error) = self.execute(session, &bound).await? {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    }

    /// Runs a statement of the simple protocol: all of its answer is sent.
    async fn execute(&mut self, session: &mut Session, bound: &Bound) -> Outcome<Result<(), SqlError>> {
        let answer = match self.answer(session, bound).await? {
            Ok(answer) => answer,
            Err(error) => return Ok(Err(error)),
        };
        if let Answer::Rows { rows, tag } = answer {
            for row in &rows {
                self.outbox.row(row);
            }
            self.tell(session);
            self.outbox.complete(&tag.text(rows.len()));
            return Ok(Ok(()));
        }
        let is_copy = matches!(answer, Answer::CopyIn(_));
        let sent = self.send(session, answer).await?;
        if is_copy && sent.is_ok() { self.after_copy(session, bound).await } else { Ok(sent) }
    }

    /// The rows of a `COPY` are there: they last, unless other statements belong to them, before anything comes between.
    async fn after_copy(&mut self, session: &mut Session, bound: &Bound) -> Outcome<Result<(), SqlError>> {
        if let Err(error) = self.run(|| session.end_single()) {
            return Ok(Err(error));
        }
        let canceled = self.cancel.begin();
        let deadline = session.deadline(bound);
        self.interfere(session, bound, When::After, &canceled, deadline).await
    }

    /// The answer to a statement, once what it waits for has come.
    async fn answer(&mut self, session: &mut Session, bound: &Bound) -> Outcome<Result<Answer, SqlError>> {
        let canceled = self.cancel.begin();
        let deadline = session.deadline(bound);
        if let Err(error) = self.interfere(session, bound, When::Before, &canceled, deadline).await? {
            return Ok(Err(error));
        }
        let answer = loop {
            let answer = match self.run(|| session.execute(bound)) {
                Ok(answer) => answer,
                Err(error) => return Ok(Err(error)),
            };
            match answer {
                Answer::Wait { until } => {
                    let waiting = session.clock().wait_until(until);
                    self.flush().await?;
                    match self.wait(waiting, &canceled, deadline).await? {
                        Waited::For(()) => {}
                        Waited::Canceled => return Ok(Err(canceled_by_user())),
                        Waited::TimedOut => return Ok(Err(timed_out())),
                    }
                }
                Answer::Ask(errand) => {
                    self.flush().await?;
                    match self.wait(errand.ask(), &canceled, deadline).await? {
                        Waited::For(finding) => session.learn(errand.inquiry, finding),
                        Waited::Canceled => return Ok(Err(canceled_by_user())),
                        Waited::TimedOut => return Ok(Err(timed_out())),
                    }
                }
                Answer::Cancel { connection, format } => {
                    let canceled =
                        connection.map_or(Ok(false), |connection| self.cancel_other(session, connection));
                    return Ok(canceled.map(|canceled| Answer::Rows {
                        rows: vec![vec![Some(encode_bool(canceled, format))]],
                        tag: Tag::Select,
                    }));
                }
                Answer::Fetch(fetch) => match self.fetch(session, &fetch, &canceled).await? {
                    Ok(answer) => break answer,
                    Err(error) => return Ok(Err(error)),
                },
                // They are only beginning.
                other @ (Answer::CopyIn(_) | Answer::Stream { .. }) => return Ok(Ok(other)),
                other => break other,
            }
        };
        let interfered = self.interfere(session, bound, When::After, &canceled, deadline).await?;
        Ok(interfered.map(|()| answer))
    }

    /// Cancels what a connection runs. False if there is no such connection.
    fn cancel_other(&self, session: &Session, connection: u32) -> Result<bool, SqlError> {
        let Some(role) = self.cancel.all().role(connection) else { return Ok(false) };
        session.may_cancel(role)?;
        self.cancel.all().cancel_allowed(connection);
        Ok(true)
    }

    /// Sends an answer that is not plain rows.
    async fn send(&mut self, session: &mut Session, answer: Answer) -> Outcome<Result<(), SqlError>> {
        match answer {
            Answer::Empty => self.outbox.empty_query(),
            Answer::Done(tag) => {
                self.tell(session);
                self.outbox.complete(&tag);
            }
            Answer::CopyOut { columns, format, rows } => {
                self.outbox.copy_out(columns, copy_format_of(&format));
                for row in &rows {
                    self.outbox.copy_data(encode_copy(&format, row));
                    if self.outbox.buffer.len() > SEND_AT {
                        self.flush().await?;
                    }
                }
                self.outbox.copy_done();
                self.tell(session);
                self.outbox.complete(&format!("COPY {}", rows.len()));
            }
            Answer::CopyIn(copy) => return self.copy_in(session, &copy).await,
            Answer::Stream { subscription, copy } => {
                let canceled = self.cancel.begin();
                if let Some((columns, format)) = &copy {
                    self.outbox.copy_out(*columns, copy_format_of(format));
                }
                return self.stream(session, *subscription, copy.map(|(_, format)| format), &canceled).await;
            }
            Answer::Rows { .. }
            | Answer::Fetch(_)
            | Answer::Wait { .. }
            | Answer::Ask(_)
            | Answer::Cancel { .. } => {}
        }
        Ok(Ok(()))
    }

    /// Takes the rows of a `COPY … FROM STDIN`.
    async fn copy_in(&mut self, session: &mut Session, copy: &CopyFrom) -> Outcome<Result<(), SqlError>> {
        self.outbox.copy_in(copy.columns.len(), Format::Text);
        self.flush().await?;
        let mut data = Vec::new();
        loop {
            match self.next_message().await? {
                Message::CopyData(bytes) => data.extend_from_slice(&bytes),
                Message::CopyDone => break,
                Message::CopyFail { reason } => {
                    let message = format!("COPY from stdin failed: {reason}");
                    return Ok(Err(SqlError::new(SqlState::QUERY_CANCELED, message)));
                }
                Message::Flush | Message::Sync => {}
                Message::Terminate => return Err(Closed),
                _ => {
                    return Ok(Err(SqlError::new(
                        SqlState::PROTOCOL_VIOLATION,
                        "unexpected message during COPY from stdin",
                    )));
                }
            }
        }
        match self.run(|| session.finish_copy(copy, &data)) {
            Ok(count) => {
                self.tell(session);
                self.outbox.complete(&format!("COPY {count}"));
                Ok(Ok(()))
            }
            Err(error) => Ok(Err(error)),
        }
    }
}

fn copy_format_of(format: &CopyFormat) -> Format {
    if format.kind == CopyKind::Binary { Format::Binary } else { Format::Text }
}

fn check_text(text: &[u8]) -> Result<&str, SqlError> {
    if text.len() > MAX_BATCH {
        return Err(SqlError::new(
            SqlState::PROGRAM_LIMIT_EXCEEDED,
            "statement batch size cannot exceed 1MB",
        ));
    }
    std::str::from_utf8(text).map_err(|_| {
        SqlError::new(SqlState::PROTOCOL_VIOLATION, "invalid byte sequence for encoding \"UTF8\"")
    })
}
