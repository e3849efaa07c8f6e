//! A server that says what it is told: it shows what a client sends and how it takes any answer.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::{BufMut, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::server::Server;

const CANCEL_REQUEST: i32 = 80_877_102;
/// The key that every session gets.
const KEY: [i32; 2] = [7, 4321];

/// What has to come before the server says the next thing.
#[derive(Clone, Copy, Debug)]
pub(crate) enum After {
    /// A message with this letter.
    Message(u8),
    /// A cancel request.
    Cancel,
}

/// A session: what the server says and after what. It closes the connection then.
pub(crate) type Script = Vec<(After, Vec<u8>)>;

/// Everything that clients sent after their startup, as letters and bodies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sent(Arc<Mutex<Messages>>);

type Messages = Vec<(u8, Vec<u8>)>;

impl Sent {
    /// The letters in their order.
    pub(crate) fn letters(&self) -> String {
        self.0.lock().expect("no test failed").iter().map(|(letter, _)| char::from(*letter)).collect()
    }

    /// The bodies of the messages with a letter, as text.
    pub(crate) fn bodies(&self, letter: u8) -> Vec<String> {
        let sent = self.0.lock().expect("no test failed");
        let bodies = sent.iter().filter(|(of, _)| *of == letter);
        bodies.map(|(_, body)| String::from_utf8_lossy(body).trim_end_matches('\0').to_owned()).collect()
    }
}

/// Starts a server that plays a script to each session that is opened.
pub(crate) async fn serve(scripts: Vec<Script>) -> (Server, Sent) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let sent = Sent::default();
    let seen = sent.clone();
    tokio::spawn(async move {
        let cancelled = Arc::new(Notify::new());
        let mut scripts = VecDeque::from(scripts);
        while let Ok((mut stream, _)) = listener.accept().await {
            let startup = body(&mut stream).await;
            if startup.as_deref().is_some_and(|startup| startup.starts_with(&CANCEL_REQUEST.to_be_bytes())) {
                let expected = [&CANCEL_REQUEST, &KEY[0], &KEY[1]].map(|part| part.to_be_bytes()).concat();
                assert_eq!(startup.as_deref(), Some(expected.as_slice()));
                cancelled.notify_one();
            } else if let Some(script) = scripts.pop_front() {
                tokio::spawn(play(stream, script, seen.clone(), Arc::clone(&cancelled)));
            }
        }
    });
    let url = format!("postgresql://materialize@127.0.0.1:{port}/materialize");
    (url.parse().expect("a URL"), sent)
}

async fn play(mut stream: TcpStream, script: Script, sent: Sent, cancelled: Arc<Notify>) -> Option<()> {
    stream.write_all(&greeting()).await.ok()?;
    for (after, bytes) in script {
        match after {
            After::Cancel => cancelled.notified().await,
            After::Message(expected) => loop {
                let letter = stream.read_u8().await.ok()?;
                let body = body(&mut stream).await?;
                sent.0.lock().expect("no test failed").push((letter, body));
                if letter == expected {
                    break;
                }
            },
        }
        stream.write_all(&bytes).await.ok()?;
    }
    Some(())
}

/// The rest of a message after its letter.
async fn body(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let length = stream.read_u32().await.ok()?;
    let mut body = vec![0; usize::try_from(length).ok()?.checked_sub(4)?];
    stream.read_exact(&mut body).await.ok()?;
    Some(body)
}

fn greeting() -> Vec<u8> {
    let key = KEY.map(i32::to_be_bytes).concat();
    [message(b'R', &[0; 4]), parameter("server_version", "9.5.0"), message(b'K', &key), ready()].concat()
}

/// A message of the server.
pub(crate) fn message(letter: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).expect("messages of tests are short");
    [&[letter], length.to_be_bytes().as_slice(), body].concat()
}

/// `ReadyForQuery` outside of a transaction.
pub(crate) fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

/// `CommandComplete`.
pub(crate) fn complete(tag: &str) -> Vec<u8> {
    message(b'C', &[tag.as_bytes(), b"\0"].concat())
}

/// `ParameterStatus`.
pub(crate) fn parameter(name: &str, value: &str) -> Vec<u8> {
    message(b'S', &[name.as_bytes(), b"\0", value.as_bytes(), b"\0"].concat())
}

/// `ErrorResponse` (`E`) or `NoticeResponse` (`N`).
pub(crate) fn report(letter: u8, fields: &[(u8, &str)]) -> Vec<u8> {
    let mut body = BytesMut::new();
    for (letter, text) in fields {
        body.put_u8(*letter);
        body.put_slice(text.as_bytes());
        body.put_u8(0);
    }
    body.put_u8(0);
    message(letter, &body)
}

/// `RowDescription` of columns of type text.
pub(crate) fn columns(names: &[&str]) -> Vec<u8> {
    let mut body = BytesMut::new();
    body.put_u16(u16::try_from(names.len()).expect("few columns"));
    for name in names {
        body.put_slice(name.as_bytes());
        // After the name: table, column number, type, size, modifier, format.
        body.put_slice(&[0; 7]);
        body.put_u32(25);
        body.put_i16(-1);
        body.put_i32(-1);
        body.put_i16(0);
    }
    message(b'T', &body)
}

/// `DataRow`.
pub(crate) fn row(values: &[Option<&str>]) -> Vec<u8> {
    let mut body = BytesMut::new();
    body.put_u16(u16::try_from(values.len()).expect("few values"));
    for value in values {
        match value {
            None => body.put_i32(-1),
            Some(text) => {
                body.put_u32(u32::try_from(text.len()).expect("a short value"));
                body.put_slice(text.as_bytes());
            }
        }
    }
    message(b'D', &body)
}
