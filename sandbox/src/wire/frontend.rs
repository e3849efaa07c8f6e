//! What clients send: frames of the protocol, read without trust. A frame that doesn't hold what its type promises is
//! an error, never a panic, and never eats into the frame after it.

use bytes::{Buf, Bytes, BytesMut};

use crate::result::Format;

/// The largest message that is read, in bytes. Statements have a limit of their own.
const MAX_MESSAGE: usize = 256 << 20;
/// The largest packet before a session exists, as in PostgreSQL.
const MAX_STARTUP_PACKET: usize = 10_000;

const SSL_REQUEST: u32 = 80_877_103;
const GSS_ENC_REQUEST: u32 = 80_877_104;
const CANCEL_REQUEST: u32 = 80_877_102;

/// What a client sends before its session exists.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum StartupPacket {
    /// It asks for TLS.
    SslRequest,
    /// It asks for GSSAPI encryption.
    GssEncRequest,
    /// It wants the statement of another connection canceled.
    CancelRequest { process: u32, secret: u32 },
    /// It wants a session.
    Startup { minor: u16, parameters: Vec<(String, String)> },
}

/// What a client sends within its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Query { text: Bytes },
    Parse { name: String, text: Bytes, types: Vec<u32> },
    Bind(Bind),
    Describe(Target),
    Execute { portal: String, max_rows: usize },
    Close(Target),
    Flush,
    Sync,
    CopyData(Bytes),
    CopyDone,
    CopyFail { reason: String },
    Password(Bytes),
    Terminate,
}

/// Values for the parameters of a prepared statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bind {
    pub(crate) portal: String,
    pub(crate) statement: String,
    pub(crate) parameter_formats: Vec<Format>,
    pub(crate) parameters: Vec<Option<Bytes>>,
    pub(crate) result_formats: Vec<Format>,
}

/// What `Describe` and `Close` are about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Statement(String),
    Portal(String),
}

/// A frame that is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) String);

/// Takes a startup packet off the front of the buffer; `None` if it isn't there whole.
pub(crate) fn take_startup(buffer: &mut BytesMut) -> Result<Option<StartupPacket>, Malformed> {
    let Some(mut body) = take_frame(buffer, 0, MAX_STARTUP_PACKET)? else {
        return Ok(None);
    };
    let packet = match body.u32()? {
        SSL_REQUEST => StartupPacket::SslRequest,
        GSS_ENC_REQUEST => StartupPacket::GssEncRequest,
        CANCEL_REQUEST => StartupPacket::CancelRequest { process: body.u32()?, secret: body.u32()? },
        version if version >> 16 == 3 => {
            let mut parameters = Vec::new();
            loop {
                let name = body.text()?;
                if name.is_empty() {
                    break;
                }
                parameters.push((name, body.text()?));
            }
            let minor = u16::try_from(version & 0xffff).unwrap_or(u16::MAX);
            StartupPacket::Startup { minor, parameters }
        }
        version => {
            return Err(Malformed(format!(
                "unsupported frontend protocol {}.{}: server supports 3.0",
                version >> 16,
                version & 0xffff
            )));
        }
    };
    Ok(Some(packet))
}

/// Takes a message off the front of the buffer; `None` if it isn't there whole.
pub(crate) fn take_message(buffer: &mut BytesMut) -> Result<Option<Message>, Malformed> {
    let Some(&kind) = buffer.first() else {
        return Ok(None);
    };
    if !b"QPBDECHSdcfpX".contains(&kind) {
        return Err(Malformed(format!("invalid frontend message type {kind}")));
    }
    let Some(mut body) = take_frame(buffer, 1, MAX_MESSAGE)? else {
        return Ok(None);
    };
    let message = match kind {
        b'Q' => Message::Query { text: body.bytes_until_nul()? },
        b'P' => {
            let (name, text) = (body.text()?, body.bytes_until_nul()?);
            let types = body.list(Body::u32)?;
            Message::Parse { name, text, types }
        }
        b'B' => Message::Bind(Bind {
            portal: body.text()?,
            statement: body.text()?,
            parameter_formats: body.list(Body::format)?,
            parameters: body.list(Body::value)?,
            result_formats: body.list(Body::format)?,
        }),
        b'D' => Message::Describe(body.target()?),
        b'C' => Message::Close(body.target()?),
        b'E' => {
            let portal = body.text()?;
            // Zero and less mean no limit.
            let max_rows = usize::try_from(body.i32()?).unwrap_or(0);
            Message::Execute { portal, max_rows }
        }
        b'H' => Message::Flush,
        b'S' => Message::Sync,
        b'd' => Message::CopyData(body.rest()),
        b'c' => Message::CopyDone,
        b'f' => Message::CopyFail { reason: body.text()? },
        b'p' => Message::Password(body.rest()),
        _ => Message::Terminate,
    };
    body.end()?;
    Ok(Some(message))
}

/// Takes one frame: `skip` bytes, the length (which counts itself), the body.
fn take_frame(buffer: &mut BytesMut, skip: usize, limit: usize) -> Result<Option<Body>, Malformed> {
    let Some(length) = buffer.get(skip..skip + 4) else {
        return Ok(None);
    };
    let mut length = length;
    let length = length.get_i32();
    let Some(length) = usize::try_from(length).ok().filter(|length| (4..=limit).contains(length)) else {
        return Err(Malformed(format!("invalid length of message: {length}")));
    };
    if buffer.len() < skip + length {
        return Ok(None);
    }
    buffer.advance(skip + 4);
    Ok(Some(Body(buffer.split_to(length - 4).freeze())))
}

/// The rest of a frame.
struct Body(Bytes);

impl Body {
    fn take(&mut self, count: usize) -> Result<Bytes, Malformed> {
        if self.0.len() < count {
            return Err(Malformed("message ends too early".into()));
        }
        Ok(self.0.split_to(count))
    }

    fn u16(&mut self) -> Result<u16, Malformed> {
        Ok(self.take(2)?.get_u16())
    }

    fn u32(&mut self) -> Result<u32, Malformed> {
        Ok(self.take(4)?.get_u32())
    }

    fn i32(&mut self) -> Result<i32, Malformed> {
        Ok(self.take(4)?.get_i32())
    }

    fn bytes_until_nul(&mut self) -> Result<Bytes, Malformed> {
        let Some(length) = self.0.iter().position(|byte| *byte == 0) else {
            return Err(Malformed("string is not terminated".into()));
        };
        let text = self.take(length)?;
        self.take(1)?;
        Ok(text)
    }

    fn text(&mut self) -> Result<String, Malformed> {
        let bytes = self.bytes_until_nul()?;
        String::from_utf8(bytes.to_vec()).map_err(|_| Malformed("string is not UTF-8".into()))
    }

    fn list<T>(&mut self, item: fn(&mut Self) -> Result<T, Malformed>) -> Result<Vec<T>, Malformed> {
        let count = self.u16()?;
        // Not allocated beforehand: the count is only what the client says.
        (0..count).map(|_| item(self)).collect()
    }

    fn format(&mut self) -> Result<Format, Malformed> {
        match self.u16()? {
            0 => Ok(Format::Text),
            1 => Ok(Format::Binary),
            other => Err(Malformed(format!("unknown format code: {other}"))),
        }
    }

    fn value(&mut self) -> Result<Option<Bytes>, Malformed> {
        match self.i32()? {
            -1 => Ok(None),
            length => match usize::try_from(length) {
                Ok(length) => self.take(length).map(Some),
                Err(_) => Err(Malformed(format!("invalid length of parameter: {length}"))),
            },
        }
    }

    fn target(&mut self) -> Result<Target, Malformed> {
        let kind = self.take(1)?;
        let name = self.text()?;
        match kind.first() {
            Some(b'S') => Ok(Target::Statement(name)),
            Some(b'P') => Ok(Target::Portal(name)),
            _ => Err(Malformed("invalid target: expected a statement or a portal".into())),
        }
    }

    fn rest(&mut self) -> Bytes {
        std::mem::take(&mut self.0)
    }

    fn end(&self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed("message is longer than its contents".into())) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, body: &[u8]) -> BytesMut {
        let length = u32::try_from(body.len() + 4).expect("test bodies are short");
        let mut buffer = BytesMut::from(&[kind][..]);
        buffer.extend_from_slice(&length.to_be_bytes());
        buffer.extend_from_slice(body);
        buffer
    }

    #[test]
    fn a_message_is_taken_only_when_it_is_whole() {
        let whole = frame(b'Q', b"SELECT 1\0");
        for length in 0..whole.len() {
            let mut part = BytesMut::from(&whole[..length]);
            assert_eq!(take_message(&mut part), Ok(None), "after {length} bytes");
        }
        let mut buffer = whole.clone();
        buffer.extend_from_slice(&frame(b'S', b""));
        assert_eq!(take_message(&mut buffer), Ok(Some(Message::Query { text: "SELECT 1".into() })));
        assert_eq!(take_message(&mut buffer), Ok(Some(Message::Sync)));
        assert!(buffer.is_empty());
    }

    #[test]
    fn a_body_that_ends_early_is_an_error_and_no_panic() {
        let bind = b"p\0s\0\0\x01\0\x01\0\x01\0\0\0\x02hi\0\x01\0\0";
        assert!(matches!(take_message(&mut frame(b'B', bind)), Ok(Some(Message::Bind(_)))));
        for length in 0..bind.len() {
            assert!(take_message(&mut frame(b'B', &bind[..length])).is_err(), "cut at {length}");
        }
    }

    #[test]
    fn counts_and_lengths_are_not_believed() {
        let mut short = BytesMut::from(&b"Q\0\0\0\x03"[..]);
        assert!(take_message(&mut short).is_err());
        let mut huge = BytesMut::from(&b"Q\x7f\xff\xff\xff"[..]);
        assert!(take_message(&mut huge).is_err());
        assert!(take_message(&mut frame(b'P', b"\0\0\xff\xff")).is_err());
        assert!(take_message(&mut frame(b'?', b"")).is_err());
        assert!(take_message(&mut frame(b'S', b"more")).is_err());
    }

    #[test]
    fn startup_packets_are_told_apart() {
        let mut ssl = BytesMut::from(&[0, 0, 0, 8, 4, 210, 22, 47][..]);
        assert_eq!(take_startup(&mut ssl), Ok(Some(StartupPacket::SslRequest)));
        let mut startup = BytesMut::from(&b"\0\0\0\x12\0\x03\0\0user\0abc\0\0"[..]);
        let parameters = vec![("user".to_owned(), "abc".to_owned())];
        assert_eq!(take_startup(&mut startup), Ok(Some(StartupPacket::Startup { minor: 0, parameters })));
        let mut old = BytesMut::from(&b"\0\0\0\x08\0\x02\0\0"[..]);
        assert!(take_startup(&mut old).is_err());
    }
}
