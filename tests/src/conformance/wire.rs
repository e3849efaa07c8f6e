//! A connection at the level of protocol messages: what a driver would hide is what is compared.

use std::collections::BTreeMap;
use std::io;
use std::time::Duration;

use bytes::BytesMut;
use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::{ErrorFields, Header, Message, ParameterStatusBody};
use postgres_protocol::message::frontend;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::scenario::Startup;
use super::server::Server;

/// How long a server may take to close the connection of a cancel request.
const CANCEL_PATIENCE: Duration = Duration::from_secs(10);

/// The fields of an error or a notice by their letter.
pub(crate) type Fields = BTreeMap<u8, String>;

/// A session with a server.
#[derive(Debug)]
pub(crate) struct Connection {
    address: (String, u16),
    stream: TcpStream,
    received: BytesMut,
    /// The process and the secret that a cancel request names.
    key: Option<(i32, i32)>,
}

/// What a server said before it was ready for the first query.
#[derive(Debug)]
pub(crate) struct Greeting {
    pub(crate) parameters: BTreeMap<String, String>,
    pub(crate) notices: Vec<Fields>,
    /// The transaction status, or why the session is refused.
    pub(crate) ready: Result<u8, Fields>,
}

impl Greeting {
    /// A session that is refused is an error.
    pub(crate) fn accepted(self) -> io::Result<()> {
        let message = |error: Fields| io::Error::other(error.get(&b'M').cloned().unwrap_or_default());
        self.ready.map(|_| ()).map_err(message)
    }
}

impl Connection {
    /// Opens a session on a server, with the parameters of the server's URL unless `startup` has others.
    pub(crate) async fn open(server: &Server, startup: &Startup) -> io::Result<(Self, Greeting)> {
        let stream = TcpStream::connect((server.host.as_str(), server.port)).await?;
        stream.set_nodelay(true)?;
        let address = (server.host.clone(), server.port);
        let mut connection = Self { address, stream, received: BytesMut::new(), key: None };
        let mut out = BytesMut::new();
        let own = [("user", server.user.as_str()), ("database", server.database.as_str())];
        let own = own.into_iter().filter(|(name, _)| !startup.contains_key(*name));
        let given = startup.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        frontend::startup_message(own.chain(given), &mut out)?;
        connection.send(&out).await?;
        let greeting = connection.greeting(server.password.as_deref()).await?;
        Ok((connection, greeting))
    }

    async fn greeting(&mut self, password: Option<&str>) -> io::Result<Greeting> {
        let mut parameters = BTreeMap::new();
        let mut notices = Vec::new();
        while let Some((_, message)) = self.receive().await? {
            match message {
                Message::AuthenticationOk => {}
                Message::AuthenticationCleartextPassword => {
                    let mut out = BytesMut::new();
                    frontend::password_message(password.unwrap_or_default().as_bytes(), &mut out)?;
                    self.send(&out).await?;
                }
                Message::AuthenticationMd5Password(_) | Message::AuthenticationSasl(_) => {
                    return Err(io::Error::other(
                        "the server asks for a password in a way that is not supported",
                    ));
                }
                Message::ParameterStatus(body) => parameters.extend([parameter(&body)?]),
                Message::BackendKeyData(body) => self.key = Some((body.process_id(), body.secret_key())),
                Message::NoticeResponse(body) => notices.push(fields(body.fields())?),
                Message::ErrorResponse(body) => {
                    return Ok(Greeting { parameters, notices, ready: Err(fields(body.fields())?) });
                }
                Message::ReadyForQuery(body) => {
                    return Ok(Greeting { parameters, notices, ready: Ok(body.status()) });
                }
                _ => {
                    return Err(io::Error::other(
                        "the server answers the startup with an unexpected message",
                    ));
                }
            }
        }
        Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection at its startup"))
    }

    /// Sends messages in one write.
    pub(crate) async fn send(&mut self, messages: &[u8]) -> io::Result<()> {
        self.stream.write_all(messages).await
    }

    /// The next message and its letter; nothing if the server closed the connection.
    pub(crate) async fn receive(&mut self) -> io::Result<Option<(u8, Message)>> {
        loop {
            if let Some(header) = Header::parse(&self.received)?
                && let Some(message) = Message::parse(&mut self.received)?
            {
                return Ok(Some((header.tag(), message)));
            }
            match self.stream.read_buf(&mut self.received).await {
                Ok(0) => return Ok(None),
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(None),
                Ok(_) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Asks the server to cancel what this session waits for, and waits until it took the request.
    pub(crate) async fn cancel(&self) -> io::Result<()> {
        let (process, secret) =
            self.key.ok_or_else(|| io::Error::other("the server gave no key to cancel with"))?;
        let mut stream = TcpStream::connect((self.address.0.as_str(), self.address.1)).await?;
        let mut out = BytesMut::new();
        frontend::cancel_request(process, secret, &mut out);
        stream.write_all(&out).await?;
        // The server answers by closing the connection. Neither an error nor silence says more.
        let _ = tokio::time::timeout(CANCEL_PATIENCE, stream.read_u8()).await;
        Ok(())
    }

    /// Ends the session. A server that is gone already is no problem.
    pub(crate) async fn close(mut self) {
        let mut out = BytesMut::new();
        frontend::terminate(&mut out);
        let _ = self.send(&out).await;
    }
}

/// The fields of an error or a notice.
pub(crate) fn fields(fields: ErrorFields<'_>) -> io::Result<Fields> {
    fields
        .map(|field| Ok((field.type_(), String::from_utf8_lossy(field.value_bytes()).into_owned())))
        .collect()
}

/// The name and the value of a parameter status.
pub(crate) fn parameter(body: &ParameterStatusBody) -> io::Result<(String, String)> {
    Ok((body.name()?.to_owned(), body.value()?.to_owned()))
}
