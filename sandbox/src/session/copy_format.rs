//! The formats of `COPY`: lines of text and CSV, read and written.

use crate::error::{SqlError, SqlState};
use crate::result::Row;
use crate::sql::ast::{OptionValue, SqlOption, Value};

/// How the rows of a `COPY` are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopyFormat {
    kind: CopyKind,
    delimiter: u8,
    null: String,
    header: bool,
    quote: u8,
    escape: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CopyKind {
    Text,
    Csv,
    Binary,
}

impl CopyFormat {
    /// The format that the options of a `COPY` ask for.
    pub(crate) fn from_options(options: &[SqlOption]) -> Result<Self, SqlError> {
        let text = |name: &str| options.iter().find(|option| option.name == name).and_then(option_text);
        let kind = match text("FORMAT").map(|format| format.to_ascii_lowercase()).as_deref() {
            None | Some("text") => CopyKind::Text,
            Some("csv") => CopyKind::Csv,
            Some("binary") => CopyKind::Binary,
            Some("parquet") => return Err(SqlError::unsupported("COPY with FORMAT PARQUET")),
            Some(other) => return Err(SqlError::internal(format!("unknown FORMAT: {other}"))),
        };
        let byte = |name: &str, default: u8| match text(name).as_deref().map(str::as_bytes) {
            None => Ok(default),
            Some(&[byte]) => Ok(byte),
            Some(_) => {
                let name = name.to_ascii_lowercase();
                Err(SqlError::internal(format!("COPY {name} must be a single one-byte character")))
            }
        };
        let header = options.iter().find(|option| option.name == "HEADER");
        let header = header.is_some_and(|option| option_text(option).is_none_or(|value| value != "false"));
        let (delimiter, null) = if kind == CopyKind::Csv { (b',', "") } else { (b'\t', "\\N") };
        let quote = byte("QUOTE", b'"')?;
        Ok(Self {
            kind,
            delimiter: byte("DELIMITER", delimiter)?,
            null: text("NULL").unwrap_or_else(|| null.to_owned()),
            header,
            quote,
            escape: byte("ESCAPE", quote)?,
        })
    }

    /// True for PostgreSQL's binary format, which is written but not read.
    pub(crate) fn is_binary(&self) -> bool {
        self.kind == CopyKind::Binary
    }

    /// The rows of the data of a client.
    pub(crate) fn decode(&self, data: &[u8], columns: usize) -> Result<Vec<Vec<Option<String>>>, SqlError> {
        let text = std::str::from_utf8(data).map_err(|_| bad_data("invalid byte sequence for encoding \"UTF8\""))?;
        let records = match self.kind {
            CopyKind::Text => self.text_records(text),
            CopyKind::Csv => self.csv_records(text)?,
            CopyKind::Binary => return Err(SqlError::unsupported("COPY FROM STDIN with FORMAT BINARY")),
        };
        let records = records.into_iter().skip(usize::from(self.header && self.kind == CopyKind::Csv));
        records.map(|record| check_width(record, columns)).collect()
    }

    fn text_records(&self, text: &str) -> Vec<Vec<Option<String>>> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        if text.is_empty() {
            return Vec::new();
        }
        let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        let delimiter = char::from(self.delimiter);
        lines
            .take_while(|line| *line != "\\.")
            .map(|line| {
                let fields = split_escaped(line, delimiter);
                fields.into_iter().map(|field| (field != self.null).then(|| unescape(field))).collect()
            })
            .collect()
    }

    fn csv_records(&self, text: &str) -> Result<Vec<Vec<Option<String>>>, SqlError> {
        let (quote, escape) = (char::from(self.quote), char::from(self.escape));
        let delimiter = char::from(self.delimiter);
        let mut records = Vec::new();
        let mut record: Vec<Option<String>> = Vec::new();
        let mut field = String::new();
        let mut quoted = false;
        let mut chars = text.chars().peekable();
        // A quoted empty field is NULL as well as a bare one.
        let finish = |field: &mut String| Some(std::mem::take(field)).filter(|text| *text != self.null);
        while let Some(c) = chars.next() {
            if quoted {
                if c == escape && chars.peek().is_some_and(|next| *next == quote || *next == escape) {
                    field.extend(chars.next());
                } else if c == quote {
                    quoted = false;
                } else {
                    field.push(c);
                }
            } else if c == quote && field.is_empty() {
                quoted = true;
            } else if c == delimiter {
                record.push(finish(&mut field));
            } else if c == '\n' {
                record.push(finish(&mut field));
                records.push(std::mem::take(&mut record));
            } else if c != '\r' {
                field.push(c);
            }
        }
        if quoted {
            return Err(bad_data("unterminated CSV quoted field"));
        }
        if !field.is_empty() || !record.is_empty() {
            record.push(finish(&mut field));
            records.push(record);
        }
        Ok(records)
    }

    /// A row as it goes to a client.
    pub(crate) fn encode(&self, row: &Row) -> Vec<u8> {
        let mut line = Vec::new();
        if self.kind == CopyKind::Binary {
            line.extend(i16::try_from(row.len()).unwrap_or(i16::MAX).to_be_bytes());
            for value in row {
                let length = value.as_ref().map_or(-1, |value| i32::try_from(value.len()).unwrap_or(i32::MAX));
                line.extend(length.to_be_bytes());
                line.extend(value.iter().flatten());
            }
            return line;
        }
        for (position, value) in row.iter().enumerate() {
            if position > 0 {
                line.push(self.delimiter);
            }
            match value {
                None => line.extend(self.null.bytes()),
                Some(value) if self.kind == CopyKind::Text => escape_into(&mut line, value, self.delimiter),
                Some(value) => self.quote_into(&mut line, value),
            }
        }
        line.push(b'\n');
        line
    }

    fn quote_into(&self, line: &mut Vec<u8>, value: &[u8]) {
        let special = |byte: &u8| [self.delimiter, self.quote, b'\n', b'\r'].contains(byte);
        if !value.iter().any(special) && value != self.null.as_bytes() {
            line.extend(value);
            return;
        }
        line.push(self.quote);
        for byte in value {
            if *byte == self.quote || *byte == self.escape {
                line.push(self.escape);
            }
            line.push(*byte);
        }
        line.push(self.quote);
    }
}

fn option_text(option: &SqlOption) -> Option<String> {
    match option.value.as_ref()? {
        OptionValue::Value(Value::String(text) | Value::Number(text)) => Some(text.clone()),
        OptionValue::Value(Value::Boolean(on)) => Some(on.to_string()),
        OptionValue::Ident(word) => Some(word.as_str().to_owned()),
        _ => None,
    }
}

fn check_width(record: Vec<Option<String>>, columns: usize) -> Result<Vec<Option<String>>, SqlError> {
    match record.len().cmp(&columns) {
        std::cmp::Ordering::Less => Err(bad_data("missing data for column")),
        std::cmp::Ordering::Greater => Err(bad_data("extra data after last expected column")),
        std::cmp::Ordering::Equal => Ok(record),
    }
}

/// Data of `COPY` that can't be read.
pub(crate) fn bad_data(message: impl Into<std::borrow::Cow<'static, str>>) -> SqlError {
    SqlError::new(SqlState("22P04"), message)
}

/// Splits a line at delimiters that no backslash stands before.
fn split_escaped(line: &str, delimiter: char) -> Vec<&str> {
    let mut fields = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, c) in line.char_indices() {
        if c == delimiter && !escaped {
            fields.extend(line.get(start..at));
            start = at + c.len_utf8();
        }
        escaped = c == '\\' && !escaped;
    }
    fields.extend(line.get(start..));
    fields
}

fn unescape(field: &str) -> String {
    let mut text = String::with_capacity(field.len());
    let mut chars = field.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match chars.next() {
            Some('b') => text.push('\u{8}'),
            Some('f') => text.push('\u{c}'),
            Some('n') => text.push('\n'),
            Some('r') => text.push('\r'),
            Some('t') => text.push('\t'),
            Some('v') => text.push('\u{b}'),
            Some(other) => text.push(other),
            None => text.push('\\'),
        }
    }
    text
}

fn escape_into(line: &mut Vec<u8>, value: &[u8], delimiter: u8) {
    for byte in value {
        match byte {
            b'\\' => line.extend(b"\\\\"),
            0x8 => line.extend(b"\\b"),
            0xc => line.extend(b"\\f"),
            b'\n' => line.extend(b"\\n"),
            b'\r' => line.extend(b"\\r"),
            b'\t' => line.extend(b"\\t"),
            0xb => line.extend(b"\\v"),
            other if *other == delimiter => line.extend([b'\\', *other]),
            other => line.push(*other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mz_deploy_planner::name::Ident;

    fn format(options: &[(&str, &str)]) -> CopyFormat {
        let options: Vec<_> = options
            .iter()
            .map(|(name, value)| SqlOption {
                name: (*name).to_owned(),
                value: Some(OptionValue::Ident(Ident::new(*value))),
            })
            .collect();
        CopyFormat::from_options(&options).expect("the options are known")
    }

    fn rows(rows: &[&[Option<&str>]]) -> Vec<Vec<Option<String>>> {
        rows.iter().map(|row| row.iter().map(|value| value.map(str::to_owned)).collect()).collect()
    }

    #[test]
    fn text_survives_the_way_out_and_back() {
        let text = format(&[]);
        let row = vec![Some(b"a\tb\\c\n".to_vec()), None, Some(b"\\N".to_vec())];
        let line = text.encode(&row);
        assert_eq!(line, b"a\\tb\\\\c\\n\t\\N\t\\\\N\n");
        let back = text.decode(&line, 3).expect("it was written by us");
        assert_eq!(back, rows(&[&[Some("a\tb\\c\n"), None, Some("\\N")]]));
    }

    #[test]
    fn csv_is_read_with_quotes_header_and_another_delimiter() {
        let csv = format(&[("FORMAT", "csv")]);
        let found = csv.decode(b"5,\"fi,ve\"\n6,\n7,\"\"\n8,\"a\"\"b\nc\"", 2).expect("well formed");
        let expected: [&[Option<&str>]; 4] =
            [&[Some("5"), Some("fi,ve")], &[Some("6"), None], &[Some("7"), None], &[Some("8"), Some("a\"b\nc")]];
        assert_eq!(found, rows(&expected));
        let other = format(&[("FORMAT", "csv"), ("HEADER", "true"), ("DELIMITER", ";")]);
        assert_eq!(other.decode(b"b;a\nx;8\n", 2).expect("well formed"), rows(&[&[Some("x"), Some("8")]]));
    }

    #[test]
    fn lines_of_the_wrong_width_are_refused() {
        let text = format(&[]);
        assert_eq!(text.decode(b"1\ty\n", 3).expect_err("too short").message, "missing data for column");
        let error = text.decode(b"1\t2\t3\n", 2).expect_err("too long");
        assert_eq!((error.code.0, error.message.as_str()), ("22P04", "extra data after last expected column"));
        assert_eq!(text.decode(b"", 2), Ok(Vec::new()));
        assert_eq!(text.decode(b"9\tnine", 2).map(|rows| rows.len()), Ok(1));
    }

    #[test]
    fn csv_quotes_only_what_needs_it() {
        let csv = format(&[("FORMAT", "csv")]);
        let row = vec![Some(b"a\tb\\c\n".to_vec()), None, Some(b"x".to_vec())];
        assert_eq!(csv.encode(&row), b"\"a\tb\\c\n\",,x\n");
    }
}
