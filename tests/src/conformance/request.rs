//! What a client sends: the messages of the extended protocol one by one, and their bytes.

use std::fmt;
use std::io;

use bytes::BytesMut;
use postgres_protocol::IsNull;
use postgres_protocol::message::frontend::{self, BindError};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::step::Send;

/// A message of the extended protocol.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Op {
    /// Prepares a statement.
    Parse {
        /// The name of the prepared statement.
        #[serde(default)]
        name: String,
        /// Its text.
        sql: String,
        /// The type OIDs of its parameters, as far as they are said.
        #[serde(default)]
        types: Vec<u32>,
    },
    /// Makes a portal of a prepared statement.
    Bind {
        /// The name of the portal.
        #[serde(default)]
        portal: String,
        /// The name of the prepared statement.
        #[serde(default)]
        name: String,
        /// The values of its parameters.
        #[serde(default)]
        params: Vec<Option<Parameter>>,
        /// Whether results are asked for in binary.
        #[serde(default)]
        binary_results: bool,
    },
    /// Asks what a statement (`S name`) or a portal (`P name`) is like.
    Describe(Target),
    /// Runs a portal.
    Execute {
        /// Its name.
        #[serde(default)]
        portal: String,
        /// How many rows come at most; all if 0.
        #[serde(default)]
        max_rows: i32,
    },
    /// Forgets a statement or a portal.
    Close(Target),
    /// Asks for what was answered so far.
    Flush(IgnoredAny),
    /// Ends the series.
    Sync(IgnoredAny),
}

/// A prepared statement or a portal: `S name` or `P name`.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Target {
    variant: u8,
    name: String,
}

impl TryFrom<String> for Target {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        match text.split_once(' ') {
            Some(("S", name)) => Ok(Self { variant: b'S', name: name.to_owned() }),
            Some(("P", name)) => Ok(Self { variant: b'P', name: name.to_owned() }),
            _ => Err(format!("`{text}` is neither `S` nor `P` and a name")),
        }
    }
}

/// The value of a parameter.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Parameter {
    /// In text format.
    Text(String),
    /// In binary format.
    Binary {
        /// Its bytes.
        hex: Hex,
    },
}

/// Bytes, written as hexadecimal digits.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct Hex(Vec<u8>);

impl TryFrom<String> for Hex {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let invalid = || format!("`{text}` is not a series of bytes in hexadecimal digits");
        let digits: Option<Vec<u32>> = text.chars().map(|digit| digit.to_digit(16)).collect();
        let digits = digits.filter(|digits| digits.len() % 2 == 0).ok_or_else(invalid)?;
        let byte = |pair: &[u32]| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit));
        digits.chunks(2).map(byte).collect::<Result<_, _>>().map(Self).map_err(|_| invalid())
    }
}

impl Op {
    /// All that it takes to run a statement.
    pub(crate) fn statement(
        sql: String,
        types: Vec<u32>,
        params: Vec<Option<Parameter>>,
        binary_results: bool,
    ) -> Vec<Self> {
        let unnamed = String::new;
        vec![
            Self::Parse { name: unnamed(), sql, types },
            Self::Describe(Target { variant: b'S', name: unnamed() }),
            Self::Bind { portal: unnamed(), name: unnamed(), params, binary_results },
            Self::Execute { portal: unnamed(), max_rows: 0 },
            Self::Sync(IgnoredAny),
        ]
    }
}

/// The bytes of what a step sends. `text` is applied to every statement.
pub(crate) fn encode(send: &Send, text: impl Fn(&str) -> Result<String, String>) -> Result<BytesMut, String> {
    let mut out = BytesMut::new();
    let invalid = |error: io::Error| error.to_string();
    match send {
        Send::Query(sql) => frontend::query(&text(sql)?, &mut out).map_err(invalid)?,
        Send::Messages(ops) => {
            for op in ops {
                let op = match op {
                    Op::Parse { name, sql, types } => {
                        &Op::Parse { name: name.clone(), sql: text(sql)?, types: types.clone() }
                    }
                    other => other,
                };
                encode_op(op, &mut out).map_err(invalid)?;
            }
        }
        Send::Nothing => {}
    }
    Ok(out)
}

fn encode_op(op: &Op, out: &mut BytesMut) -> io::Result<()> {
    match op {
        Op::Parse { name, sql, types } => frontend::parse(name, sql, types.iter().copied(), out),
        Op::Bind { portal, name, params, binary_results } => {
            let format =
                |param: &Option<Parameter>| i16::from(matches!(param, Some(Parameter::Binary { .. })));
            let result = frontend::bind(
                portal,
                name,
                params.iter().map(format),
                params,
                |param, out| Ok(encode_parameter(param.as_ref(), out)),
                binary_results.then_some(1),
                out,
            );
            result.map_err(|error| match error {
                BindError::Conversion(error) => io::Error::other(error),
                BindError::Serialization(error) => error,
            })
        }
        Op::Describe(target) => frontend::describe(target.variant, &target.name, out),
        Op::Execute { portal, max_rows } => frontend::execute(portal, *max_rows, out),
        Op::Close(target) => frontend::close(target.variant, &target.name, out),
        Op::Flush(_) => {
            frontend::flush(out);
            Ok(())
        }
        Op::Sync(_) => {
            frontend::sync(out);
            Ok(())
        }
    }
}

fn encode_parameter(param: Option<&Parameter>, out: &mut BytesMut) -> IsNull {
    match param {
        None => return IsNull::Yes,
        Some(Parameter::Text(text)) => out.extend_from_slice(text.as_bytes()),
        Some(Parameter::Binary { hex: Hex(bytes) }) => out.extend_from_slice(bytes),
    }
    IsNull::No
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parse { sql, .. } => write!(f, "parse {sql}"),
            Self::Bind { params, .. } => {
                f.write_str("bind [")?;
                for (index, param) in params.iter().enumerate() {
                    f.write_str(if index == 0 { "" } else { ", " })?;
                    match param {
                        None => f.write_str("NULL")?,
                        Some(Parameter::Text(text)) => write!(f, "`{text}`")?,
                        Some(Parameter::Binary { hex }) => write!(f, "{:02x?}", hex.0)?,
                    }
                }
                f.write_str("]")
            }
            Self::Describe(target) => write!(f, "describe {target}"),
            Self::Execute { max_rows: 0, .. } => f.write_str("execute"),
            Self::Execute { max_rows, .. } => write!(f, "execute {max_rows} rows"),
            Self::Close(target) => write!(f, "close {target}"),
            Self::Flush(_) => f.write_str("flush"),
            Self::Sync(_) => f.write_str("sync"),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", char::from(self.variant), self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_text_binary_or_null() {
        let op = r#"{"bind": {"params": ["1", null, {"hex": "00ff"}], "binary_results": true}}"#;
        let op: Op = serde_json::from_str(op).expect("a message");
        let mut out = BytesMut::new();
        encode_op(&op, &mut out).expect("bytes");
        let formats = b"\0\x03\0\0\0\0\0\x01";
        let values = b"\0\x03\0\0\0\x011\xff\xff\xff\xff\0\0\0\x02\0\xff";
        let body = [&b"\0\0"[..], formats, values, b"\0\x01\0\x01"].concat();
        assert_eq!(out[..], [&b"B\0\0\0\x23"[..], &body].concat());
    }

    #[test]
    fn what_has_no_bytes_is_refused() {
        for op in [
            r#"{"describe": "X y"}"#,
            r#"{"bind": {"params": [{"hex": "0g"}]}}"#,
            r#"{"bind": {"params": [{"hex": "0"}]}}"#,
        ] {
            assert!(serde_json::from_str::<Op>(op).is_err(), "{op}");
        }
    }
}
