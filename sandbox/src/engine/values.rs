//! Values on their way in and out: Materialize's text and binary forms to the engine's and back.

use super::composite::{
    Node, braces, parse_array, parse_map, parse_nested, parse_record, print_array, quoted, record_field,
};
use super::types::Kind;
use super::{EngineError, json, numeric};
use crate::result::{Format, Param, Row};

/// A column's value as the client gets it. The engine has sent it as text unless the kind sends binary.
pub(super) fn column(
    kind: &Kind,
    format: Format,
    value: Option<Vec<u8>>,
) -> Result<Option<Vec<u8>>, EngineError> {
    let Some(value) = value else { return Ok(None) };
    if format == Format::Binary && kind.sends_binary() || *kind == Kind::Plain {
        return Ok(Some(value));
    }
    let text = String::from_utf8(value).map_err(EngineError::internal)?;
    let text = to_client(kind, text);
    match format {
        Format::Text => Ok(Some(text.into_bytes())),
        Format::Binary => binary(kind, &text).map(Some),
    }
}

/// Whether a binary form exists.
pub(super) fn check_binary(kind: &Kind) -> Result<(), EngineError> {
    let what = match kind {
        Kind::List(_) => "list types",
        Kind::Map(_) => "map types",
        Kind::Array(inner) if !kind.sends_binary() && **inner != Kind::Plain => "arrays of this type",
        _ => return Ok(()),
    };
    Err(EngineError::protocol(format_args!("binary encoding of {what} is not implemented")))
}

fn binary(kind: &Kind, text: &str) -> Result<Vec<u8>, EngineError> {
    let broken = || EngineError::internal(format_args!("no binary form of `{text}`"));
    match kind {
        Kind::Numeric => numeric::binary(text).ok_or_else(broken),
        Kind::Json => Ok([&[1], text.as_bytes()].concat()),
        Kind::Unsigned(bytes) => {
            let number: u64 = text.parse().map_err(|_| broken())?;
            let all = number.to_be_bytes();
            Ok(all.get(all.len() - usize::from(*bytes)..).ok_or_else(broken)?.to_vec())
        }
        _ => {
            check_binary(kind)?;
            Ok(text.as_bytes().to_vec())
        }
    }
}

/// The client's text of the engine's.
fn to_client(kind: &Kind, text: String) -> String {
    match kind {
        Kind::Plain | Kind::Unsigned(_) | Kind::Timestamp => text,
        Kind::Numeric => numeric::normalised(&text).to_owned(),
        Kind::Json => json::normalised(&text).unwrap_or(text),
        Kind::Interval => text.replace(" mon", " month"),
        Kind::Array(inner) if **inner == Kind::Plain => text,
        Kind::Array(inner) | Kind::List(inner) => match parse_array(&text) {
            Some(nodes) => array(&nodes, inner),
            // An array with lower bounds, say.
            None => text,
        },
        Kind::Map(inner) => map(&text, inner).unwrap_or(text),
    }
}

fn array(nodes: &[Node], inner: &Kind) -> String {
    braces(nodes.iter().map(|node| match node {
        Node::Null => "NULL".to_owned(),
        Node::Element(text) => element(inner, text),
        Node::Braces(nodes) => array(nodes, inner),
    }))
}

/// An element: lists and maps stand as they are, everything else in quotes if it has to.
fn element(kind: &Kind, text: &str) -> String {
    let text = to_client(kind, text.to_owned());
    if matches!(kind, Kind::List(_) | Kind::Map(_)) { text } else { quoted(&text) }
}

fn map(text: &str, inner: &Kind) -> Option<String> {
    let mut entries = Vec::new();
    for node in parse_array(text)? {
        let Node::Element(entry) = node else { return None };
        let fields = parse_record(&entry)?;
        let [Some(key), value] = fields.as_slice() else { return None };
        let value = value.as_ref().map_or_else(|| "NULL".to_owned(), |value| element(inner, value));
        let key = if key.contains("=>") && quoted(key) == *key { format!("\"{key}\"") } else { quoted(key) };
        entries.push(format!("{key}=>{value}"));
    }
    Some(braces(entries.into_iter()))
}

/// A parameter as it is bound: whether it is binary, and its value.
pub(super) fn param(kind: &Kind, param: &Param) -> Result<(bool, Option<Vec<u8>>), EngineError> {
    let Some(value) = &param.value else { return Ok((false, None)) };
    if param.format == Format::Text {
        return Ok((false, Some(value.clone())));
    }
    let text = match kind {
        Kind::Unsigned(bytes) => {
            if value.len() != usize::from(*bytes) {
                return Err(EngineError::protocol("failed to fill whole buffer"));
            }
            value.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)).to_string().into_bytes()
        }
        Kind::Timestamp => value.clone(),
        _ => return Ok((true, Some(value.clone()))),
    };
    Ok((false, Some(text)))
}

/// Appends a row of text values to the data of a COPY.
pub(super) fn copy_row(kinds: &[&Kind], row: &Row, out: &mut Vec<u8>) -> Result<(), EngineError> {
    for (i, value) in row.iter().enumerate() {
        if i > 0 {
            out.push(b'\t');
        }
        match value {
            None => out.extend(b"\\N"),
            Some(value) => {
                let converted = match kinds.get(i) {
                    Some(kind) if has_nested(kind) => Some(to_engine(kind, value)?),
                    _ => None,
                };
                for byte in converted.as_ref().unwrap_or(value) {
                    match byte {
                        b'\\' => out.extend(b"\\\\"),
                        b'\t' => out.extend(b"\\t"),
                        b'\n' => out.extend(b"\\n"),
                        b'\r' => out.extend(b"\\r"),
                        byte => out.push(*byte),
                    }
                }
            }
        }
    }
    out.push(b'\n');
    Ok(())
}

/// Whether the engine's text form differs from Materialize's in reading.
fn has_nested(kind: &Kind) -> bool {
    match kind {
        Kind::Map(_) => true,
        Kind::List(inner) => matches!(**inner, Kind::List(_) | Kind::Map(_)),
        _ => false,
    }
}

fn to_engine(kind: &Kind, value: &[u8]) -> Result<Vec<u8>, EngineError> {
    let text = String::from_utf8_lossy(value);
    if let Some(text) = engine_text(kind, &text) {
        return Ok(text.into_bytes());
    }
    let what = if matches!(kind, Kind::Map(_)) { "map" } else { "list" };
    Err(EngineError {
        sqlstate: "22P02".to_owned(),
        ..EngineError::internal(format_args!("invalid input syntax for type {what}: \"{text}\""))
    })
}

fn engine_text(kind: &Kind, text: &str) -> Option<String> {
    match kind {
        Kind::List(inner) if has_nested(kind) => {
            let mut elements = Vec::new();
            for node in parse_nested(text)? {
                elements.push(match node {
                    Node::Element(element) => Some(engine_text(inner, &element)?),
                    _ => None,
                });
            }
            Some(print_array(elements.iter().map(Option::as_deref)))
        }
        Kind::Map(inner) => {
            let mut entries = std::collections::BTreeMap::new();
            for (key, value) in parse_map(text)? {
                let value = match value {
                    Node::Element(value) => Some(engine_text(inner, &value)?),
                    _ => None,
                };
                entries.insert(key, value);
            }
            let records: Vec<String> = entries
                .iter()
                .map(|(key, value)| {
                    format!(
                        "({},{})",
                        record_field(key),
                        value.as_ref().map_or_else(String::new, |value| record_field(value))
                    )
                })
                .collect();
            Some(print_array(records.iter().map(|record| Some(record.as_str()))))
        }
        _ => Some(text.to_owned()),
    }
}
