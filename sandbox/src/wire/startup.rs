//! The beginning of a connection: TLS, cancel requests, who the client is and what it asks for.

use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use super::backend::Outbox;
use super::cancel::Cancels;
use super::connection::Connection;
use super::frontend::{self, Message, StartupPacket};
use super::stream::Stream;
use crate::coordinator::Coordinator;
use crate::error::{Notice, SqlError, SqlState};
use crate::session::{Session, StartupSetting};

/// A client has to say who it is within this time.
const STARTUP_TIMEOUT: Duration = Duration::from_mins(1);

/// What every connection of a server shares.
pub(crate) struct Shared {
    pub(crate) coordinator: Arc<Coordinator>,
    pub(crate) cancels: Cancels,
    pub(crate) tls: Option<TlsAcceptor>,
    /// The password that every role has; `None` lets everybody in.
    pub(crate) password: Option<String>,
}

/// Serves a client from its first byte to its last.
pub(crate) async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    // A lost socket option costs only speed.
    let _ = stream.set_nodelay(true);
    let started = tokio::time::timeout(STARTUP_TIMEOUT, start(&shared, stream)).await;
    if let Ok(Some((connection, session))) = started {
        connection.serve(session).await;
    }
}

/// A connection before its session.
struct Opening {
    stream: Stream,
    inbox: BytesMut,
    outbox: Outbox,
}

impl Opening {
    async fn receive(&mut self) -> Option<()> {
        match self.stream.read_buf(&mut self.inbox).await {
            Ok(1..) => Some(()),
            _ => None,
        }
    }

    async fn flush(&mut self) -> Option<()> {
        self.stream.write_all_buf(&mut self.outbox.buffer).await.ok()?;
        self.stream.flush().await.ok()
    }

    async fn refuse(&mut self, mut error: SqlError) -> Option<()> {
        error.fatal = true;
        self.outbox.error(&error);
        self.flush().await?;
        // What the client still sends has to be read, or it may never see the answer.
        self.stream.shutdown().await.ok()
    }

    async fn packet(&mut self) -> Option<StartupPacket> {
        loop {
            match frontend::take_startup(&mut self.inbox) {
                Ok(Some(packet)) => return Some(packet),
                Ok(None) => self.receive().await?,
                Err(malformed) => {
                    let error = SqlError::new(SqlState::PROTOCOL_VIOLATION, malformed.0);
                    self.refuse(error).await?;
                    return None;
                }
            }
        }
    }

    async fn password(&mut self) -> Option<String> {
        self.outbox.ask_for_password();
        self.flush().await?;
        loop {
            match frontend::take_message(&mut self.inbox) {
                Ok(Some(Message::Password(bytes))) => {
                    let text = bytes.strip_suffix(b"\0").unwrap_or(&bytes);
                    return Some(String::from_utf8_lossy(text).into_owned());
                }
                Ok(None) => self.receive().await?,
                Ok(Some(_)) | Err(_) => {
                    let error = SqlError::new(SqlState::PROTOCOL_VIOLATION, "expected a password message");
                    self.refuse(error).await?;
                    return None;
                }
            }
        }
    }
}

async fn start(shared: &Shared, stream: TcpStream) -> Option<(Connection, Session)> {
    let mut opening =
        Opening { stream: Stream::Plain(stream), inbox: BytesMut::new(), outbox: Outbox::default() };
    let parameters = loop {
        match opening.packet().await? {
            StartupPacket::SslRequest => opening = encrypt(shared, opening).await?,
            StartupPacket::GssEncRequest => opening.stream.write_all(b"N").await.ok()?,
            StartupPacket::CancelRequest { process, secret } => {
                shared.cancels.cancel(process, secret);
                return None;
            }
            // A newer minor version than ours is answered with ours: the client decides whether that will do.
            StartupPacket::Startup { parameters, .. } => break parameters,
        }
    };
    let user = match parameter(&parameters, "user") {
        Some(user) if !user.is_empty() => user.to_owned(),
        _ => {
            let error = SqlError::new(
                SqlState::INVALID_AUTHORIZATION,
                "no PostgreSQL user name specified in startup packet",
            );
            opening.refuse(error).await?;
            return None;
        }
    };
    if let Some(password) = &shared.password
        && opening.password().await? != *password
    {
        let error = SqlError::new(SqlState::INVALID_PASSWORD, "invalid password");
        opening.refuse(error).await?;
        return None;
    }
    let (settings, mut notices) = settings(&parameters);
    let connection = shared.coordinator.next_connection();
    let begun = tokio::task::block_in_place(|| {
        Session::begin(shared.coordinator.clone(), connection, &user, &settings)
    });
    let mut session = match begun {
        Ok(session) => session,
        Err(error) => {
            opening.refuse(error).await?;
            return None;
        }
    };
    let token = shared.cancels.register(connection, session.role());
    session.welcome(&mut notices);
    opening.outbox.authentication_ok();
    for (name, value) in session.parameters() {
        opening.outbox.parameter_status(&name, &value);
    }
    opening.outbox.backend_key(token.process, token.secret);
    Some((Connection::new(opening.stream, opening.inbox, opening.outbox, token), session))
}

async fn encrypt(shared: &Shared, mut opening: Opening) -> Option<Opening> {
    let Some(acceptor) = &shared.tls else {
        opening.stream.write_all(b"N").await.ok()?;
        return Some(opening);
    };
    // There is no TLS within TLS.
    let Stream::Plain(mut stream) = opening.stream else {
        return None;
    };
    // Bytes behind the request would be plain text that pretends to be encrypted.
    if !opening.inbox.is_empty() {
        return None;
    }
    stream.write_all(b"S").await.ok()?;
    let stream = acceptor.accept(stream).await.ok()?;
    opening.stream = Stream::Tls(Box::new(stream));
    Some(opening)
}

fn parameter<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// The settings that a client asks for: its parameters, and what `options` adds to them.
fn settings(parameters: &[(String, String)]) -> (Vec<StartupSetting>, Vec<Notice>) {
    let mut settings = Vec::new();
    let mut notices = Vec::new();
    for (name, value) in parameters {
        match name.as_str() {
            "user" => {}
            "options" => match parse_options(value) {
                Some(options) => settings.extend(options),
                None => notices
                    .push(Notice::new(SqlState::SUCCESS, "startup setting options not set: could not parse")),
            },
            name => settings.push((name.to_owned(), value.clone())),
        }
    }
    (settings, notices)
}

/// `-c name=value` and `--name=value`, with blanks between them; a backslash takes the character behind it as it is.
fn parse_options(text: &str) -> Option<Vec<StartupSetting>> {
    let mut words = split_words(text).into_iter();
    let mut settings = Vec::new();
    while let Some(word) = words.next() {
        let setting = match word.strip_prefix("--") {
            Some(long) => long.to_owned(),
            None => match word.strip_prefix("-c")? {
                "" => words.next()?,
                short => short.to_owned(),
            },
        };
        let (name, value) = setting.split_once('=')?;
        settings.push((name.replace('-', "_"), value.to_owned()));
    }
    Some(settings)
}

fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => word.extend(chars.next()),
            c if c.is_whitespace() => {
                if !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => word.push(c),
        }
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_settings_with_dashes_before_them() {
        let parsed = |text: &str| {
            parse_options(text).map(|settings| {
                settings
                    .into_iter()
                    .map(|(name, value)| format!("{name}={value}"))
                    .collect::<Vec<_>>()
                    .join(";")
            })
        };
        assert_eq!(parsed("-c cluster=a -c x=y").as_deref(), Some("cluster=a;x=y"));
        assert_eq!(parsed("-ccluster=a").as_deref(), Some("cluster=a"));
        assert_eq!(parsed("--welcome-message=off").as_deref(), Some("welcome_message=off"));
        assert_eq!(parsed(r"-c search_path=a\ b").as_deref(), Some("search_path=a b"));
        assert_eq!(parsed("").as_deref(), Some(""));
        for text in ["nonsense", "-c", "-c x", "--x"] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
