//! A connection. Everything is a simple query with texts as its result: one round trip a statement, and no type of
//! Materialize's that a client doesn't know.

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;
use std::time::Instant;

use futures_util::future::maybe_done;
use tokio_postgres::{AsyncMessage, Client, SimpleQueryMessage};

use super::error::{DbError, Kind, in_words};
use super::redaction::{Redactions, Secret};
use super::rows::Rows;
use super::target::{Target, TlsMode};
use super::tls::Connector;

/// What the server says when a session begins.
const WELCOME: &str = "connected to Materialize";

/// Something that the server remarked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// `NOTICE`, `WARNING`, …
    pub severity: String,
    /// The server's code.
    pub sqlstate: String,
    /// The remark.
    pub message: String,
    /// More about it.
    pub detail: Option<String>,
    /// What to do.
    pub hint: Option<String>,
}

/// A session on a server.
///
/// A statement whose future is dropped still runs on the server; its answer is read and thrown away, so the connection stays of
/// use. [`CancelToken`] stops it.
#[derive(Debug)]
pub struct Connection {
    client: Client,
    cancel: CancelToken,
    server_version: String,
    notices: Arc<Mutex<Vec<Notice>>>,
    redactions: Mutex<Redactions>,
}

impl Connection {
    /// Connects, within a runtime of tokio, which then carries the connection.
    pub async fn open(target: &Target) -> Result<Self, DbError> {
        let connector = Connector::new(target)?;
        let mut redactions = Redactions::default();
        if let Some(password) = &target.password {
            redactions.hide(password);
        }
        let config = target.config();
        let opened = tokio::time::timeout(target.connect_timeout, config.connect(connector.clone())).await;
        let (client, mut connection) = match opened {
            Ok(Ok(opened)) => opened,
            Ok(Err(error)) => return Err(not_connected(&error, target, &redactions)),
            Err(_) => return Err(too_late(target)),
        };
        let server_version = connection.parameter("mz_version").unwrap_or_default().to_owned();
        let notices = Arc::new(Mutex::new(Vec::new()));
        let cancel = CancelToken { token: client.cancel_token(), connector, address: target.address() };
        let heard = notices.clone();
        // It ends when the client is dropped, or when the server does; a statement that is under way then fails.
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|context| connection.poll_message(context)).await {
                if let AsyncMessage::Notice(notice) = message {
                    hear(&heard, &notice);
                }
            }
        });
        Ok(Self { client, cancel, server_version, notices, redactions: Mutex::new(redactions) })
    }

    /// Hides a value in everything that this connection says from now on.
    pub fn hide(&self, secret: &Secret) {
        self.redactions.lock().unwrap_or_else(PoisonError::into_inner).hide(secret);
    }

    /// Runs a query.
    pub async fn query(&self, sql: &str) -> Result<Rows, DbError> {
        let answer = self.client.simple_query(sql).await;
        self.rows(answer, sql)
    }

    /// Runs a statement whose rows, if it has any, don't matter.
    pub async fn execute(&self, sql: &str) -> Result<(), DbError> {
        self.client.batch_execute(sql).await.map_err(|error| self.failed(&error, sql))
    }

    /// Runs statements that are all sent before the first answer is read, as the server takes them: one after another, each
    /// whether or not one before it failed. The results are in their order.
    pub async fn pipeline(&self, statements: &[impl AsRef<str>]) -> Vec<Result<(), DbError>> {
        let running = statements.iter().map(|statement| self.client.batch_execute(statement.as_ref()));
        let answers = in_one_flight(running).await;
        let answers = answers.into_iter().zip(statements);
        answers.map(|(answer, sql)| answer.map_err(|error| self.failed(&error, sql.as_ref()))).collect()
    }

    /// Runs queries as [`Self::pipeline`] runs statements.
    pub async fn query_all(&self, queries: &[impl AsRef<str>]) -> Vec<Result<Rows, DbError>> {
        let running = queries.iter().map(|query| self.client.simple_query(query.as_ref()));
        let answers = in_one_flight(running).await;
        answers.into_iter().zip(queries).map(|(answer, sql)| self.rows(answer, sql.as_ref())).collect()
    }

    /// Runs statements as [`Self::query_all`] does, and says when each was answered.
    pub async fn query_all_timed(
        &self,
        statements: &[impl AsRef<str>],
    ) -> Vec<(Result<Rows, DbError>, Instant)> {
        let running = statements.iter().map(async |statement| {
            let answer = self.client.simple_query(statement.as_ref()).await;
            (answer, Instant::now())
        });
        let answers = in_one_flight(running).await;
        let answers = answers.into_iter().zip(statements);
        answers.map(|((answer, at), sql)| (self.rows(answer, sql.as_ref()), at)).collect()
    }

    /// Runs queries as [`Self::query_all`] does, of which none may fail.
    pub(super) async fn query_each<const N: usize>(
        &self,
        queries: &[impl AsRef<str>; N],
    ) -> Result<[Rows; N], DbError> {
        each(self.query_all(queries).await)
    }

    /// `mz_version` as the server said it when the session began; empty if it didn't.
    pub fn server_version(&self) -> &str {
        &self.server_version
    }

    /// What stops the statement that runs.
    pub fn cancel_token(&self) -> CancelToken {
        self.cancel.clone()
    }

    /// The server's remarks since the last call.
    pub fn notices(&self) -> Vec<Notice> {
        let mut notices = std::mem::take(&mut *self.notices.lock().unwrap_or_else(PoisonError::into_inner));
        let redactions = self.redactions.lock().unwrap_or_else(PoisonError::into_inner);
        for notice in &mut notices {
            notice.message = redactions.scrub(&notice.message);
            notice.detail = notice.detail.as_deref().map(|text| redactions.scrub(text));
            notice.hint = notice.hint.as_deref().map(|text| redactions.scrub(text));
        }
        notices
    }

    /// True if no statement can be run any more.
    pub fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    fn rows(
        &self,
        answer: Result<Vec<SimpleQueryMessage>, tokio_postgres::Error>,
        sql: &str,
    ) -> Result<Rows, DbError> {
        answer.map(Rows::new).map_err(|error| self.failed(&error, sql))
    }

    fn failed(&self, error: &tokio_postgres::Error, sql: &str) -> DbError {
        let redactions = self.redactions.lock().unwrap_or_else(PoisonError::into_inner);
        DbError::of_statement(error, sql, &redactions)
    }
}

/// Stops the statement that runs on a connection.
#[derive(Clone)]
pub struct CancelToken {
    token: tokio_postgres::CancelToken,
    connector: Connector,
    address: String,
}

impl CancelToken {
    /// Asks the server to stop. Whether something was still there to stop, the statement's result says.
    pub async fn cancel(&self) -> Result<(), DbError> {
        self.token.cancel_query(self.connector.clone()).await.map_err(|error| {
            let message =
                format!("can't reach `{}` to cancel a statement: {}", self.address, in_words(&error));
            DbError::new(Kind::Unreachable, message)
        })
    }
}

impl std::fmt::Debug for CancelToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "a cancel token of {}", self.address)
    }
}

/// The answers to a number of queries, of which none may fail.
pub(super) fn each<const N: usize>(
    answers: impl IntoIterator<Item = Result<Rows, DbError>>,
) -> Result<[Rows; N], DbError> {
    let answers = answers.into_iter().collect::<Result<Vec<Rows>, DbError>>()?;
    Ok(answers.try_into().expect("there are as many answers as queries"))
}

/// Starts all of the futures in their order, each of which sends something when it is first polled, then waits for each.
async fn in_one_flight<F: Future>(futures: impl Iterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.map(|future| Box::pin(maybe_done(future))).collect();
    poll_fn(|context| {
        for future in &mut running {
            // Its result is kept; what is pending is waited for below, with a waker of its own.
            let _ = future.as_mut().poll(context);
        }
        Poll::Ready(())
    })
    .await;
    let mut outputs = Vec::with_capacity(running.len());
    for mut future in running {
        future.as_mut().await;
        outputs.extend(future.as_mut().take_output());
    }
    outputs
}

fn hear(heard: &Mutex<Vec<Notice>>, notice: &tokio_postgres::error::DbError) {
    if notice.message().starts_with(WELCOME) {
        return;
    }
    heard.lock().unwrap_or_else(PoisonError::into_inner).push(Notice {
        severity: notice.severity().to_owned(),
        sqlstate: notice.code().code().to_owned(),
        message: notice.message().to_owned(),
        detail: notice.detail().map(str::to_owned),
        hint: notice.hint().map(str::to_owned),
    });
}

fn too_late(target: &Target) -> DbError {
    let (address, seconds) = (target.address(), target.connect_timeout.as_secs());
    DbError::new(Kind::Unreachable, format!("`{address}` didn't answer within {seconds} seconds")).with_hint(
        "check host and port of the profile, and whether a network policy or firewall is in between",
    )
}

/// Why there is no connection, and what to do.
fn not_connected(error: &tokio_postgres::Error, target: &Target, redactions: &Redactions) -> DbError {
    let address = target.address();
    if let Some(reported) = error.as_db_error() {
        let mut failed = DbError::reported(reported, redactions);
        if failed.kind == Kind::Privilege {
            failed.kind = Kind::Authentication;
        }
        failed.message =
            format!("`{address}` refused user `{}`: {}", target.user, failed.message).into_boxed_str();
        return failed;
    }
    let words = redactions.scrub(&in_words(error));
    if words.contains("server does not support TLS") {
        let message = format!("`{address}` offers no TLS, but the profile asks for `{}`", target.tls.name());
        return DbError::new(Kind::Tls, message).with_hint(
            "if nobody can listen on the way to this server, set `sslmode = \"disable\"` in the profile",
        );
    }
    if words.contains("TLS handshake") {
        return not_verified(&words, target);
    }
    if words.contains("password missing") || words.starts_with("authentication error") {
        let message = format!("user `{}` can't log in at `{address}`: {words}", target.user);
        return DbError::new(Kind::Authentication, message)
            .with_hint("give the profile a `password`, or set the variable `MZ_PROFILE_<NAME>_PASSWORD`");
    }
    if words.starts_with("timeout") {
        return too_late(target);
    }
    DbError::new(Kind::Unreachable, format!("can't connect to `{address}`: {words}"))
        .with_hint("check host and port of the profile")
}

/// Why a certificate wasn't taken.
fn not_verified(words: &str, target: &Target) -> DbError {
    let cause = words.rsplit("TLS handshake: ").next().unwrap_or(words);
    let message = format!(
        "the certificate of `{}` could not be verified (`sslmode` is `{}`): {cause}",
        target.address(),
        target.tls.name()
    );
    let relax = match target.tls {
        TlsMode::VerifyFull if cause.contains("not valid for") => {
            "use the name that is in the certificate as `host`, or set `sslmode = \"verify-ca\"` in the profile to take a certificate of a trusted authority for any name"
        }
        TlsMode::VerifyCa | TlsMode::VerifyFull => {
            "name the certificate of its authority as `sslrootcert` in the profile, or set `sslmode = \"require\"` there to encrypt without knowing who the server is"
        }
        _ => "check that a server which speaks TLS listens there",
    };
    DbError::new(Kind::Tls, message).with_hint(relax)
}
