//! The formats of `COPY`: lines of text and CSV, read and written.

use crate::error::{SqlError, SqlState};
use crate::query::{CopyFormat, CopyKind};
use crate::result::Row;

/// The rows of the data of a client.
pub(crate) fn decode(
    format: &CopyFormat,
    data: &[u8],
    columns: usize,
) -> Result<Vec<Vec<Option<String>>>, SqlError> {
    let text =
        std::str::from_utf8(data).map_err(|_| bad_data("invalid byte sequence for encoding \"UTF8\""))?;
    let records = match format.kind {
        CopyKind::Text => text_records(format, text),
        CopyKind::Csv => csv_records(format, text)?,
        CopyKind::Binary => return Err(SqlError::unsupported("COPY FROM STDIN with FORMAT BINARY")),
    };
    let records = records.into_iter().skip(usize::from(format.header && format.kind == CopyKind::Csv));
    records.map(|record| check_width(record, columns)).collect()
}

fn text_records(format: &CopyFormat, text: &str) -> Vec<Vec<Option<String>>> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    if text.is_empty() {
        return Vec::new();
    }
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let delimiter = format.delimiter;
    lines
        .take_while(|line| *line != "\\.")
        .map(|line| {
            let fields = split_escaped(line, delimiter);
            fields.into_iter().map(|field| (field != format.null).then(|| unescape(field))).collect()
        })
        .collect()
}

fn csv_records(format: &CopyFormat, text: &str) -> Result<Vec<Vec<Option<String>>>, SqlError> {
    let (quote, escape) = (format.quote, format.escape);
    let delimiter = format.delimiter;
    let mut records = Vec::new();
    let mut record: Vec<Option<String>> = Vec::new();
    let mut field = String::new();
    let mut quoted = false;
    let mut chars = text.chars().peekable();
    // A quoted empty field is NULL as well as a bare one.
    let finish = |field: &mut String| Some(std::mem::take(field)).filter(|text| *text != format.null);
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
pub(crate) fn encode(format: &CopyFormat, row: &Row) -> Vec<u8> {
    let mut line = Vec::new();
    if format.kind == CopyKind::Binary {
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
            line.push(byte_of(format.delimiter));
        }
        match value {
            None => line.extend(format.null.bytes()),
            Some(value) if format.kind == CopyKind::Text => {
                escape_into(&mut line, value, byte_of(format.delimiter));
            }
            Some(value) => quote_into(format, &mut line, value),
        }
    }
    line.push(b'\n');
    line
}

fn quote_into(format: &CopyFormat, line: &mut Vec<u8>, value: &[u8]) {
    let (quote, escape) = (byte_of(format.quote), byte_of(format.escape));
    let special = |byte: &u8| [byte_of(format.delimiter), quote, b'\n', b'\r'].contains(byte);
    if !value.iter().any(special) && value != format.null.as_bytes() {
        line.extend(value);
        return;
    }
    line.push(quote);
    for byte in value {
        if *byte == quote || *byte == escape {
            line.push(escape);
        }
        line.push(*byte);
    }
    line.push(quote);
}

/// The options allow only ASCII.
fn byte_of(character: char) -> u8 {
    u8::try_from(character).unwrap_or(b'?')
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

    fn text() -> CopyFormat {
        CopyFormat {
            kind: CopyKind::Text,
            delimiter: '\t',
            null: "\\N".into(),
            quote: '"',
            escape: '"',
            header: false,
        }
    }

    fn csv() -> CopyFormat {
        CopyFormat { kind: CopyKind::Csv, delimiter: ',', null: String::new(), ..text() }
    }

    fn rows(rows: &[&[Option<&str>]]) -> Vec<Vec<Option<String>>> {
        rows.iter().map(|row| row.iter().map(|value| value.map(str::to_owned)).collect()).collect()
    }

    #[test]
    fn text_survives_the_way_out_and_back() {
        let row = vec![Some(b"a\tb\\c\n".to_vec()), None, Some(b"\\N".to_vec())];
        let line = encode(&text(), &row);
        assert_eq!(line, b"a\\tb\\\\c\\n\t\\N\t\\\\N\n");
        let back = decode(&text(), &line, 3).expect("it was written by us");
        assert_eq!(back, rows(&[&[Some("a\tb\\c\n"), None, Some("\\N")]]));
    }

    #[test]
    fn csv_is_read_with_quotes_header_and_another_delimiter() {
        let found = decode(&csv(), b"5,\"fi,ve\"\n6,\n7,\"\"\n8,\"a\"\"b\nc\"", 2).expect("well formed");
        let expected: [&[Option<&str>]; 4] = [
            &[Some("5"), Some("fi,ve")],
            &[Some("6"), None],
            &[Some("7"), None],
            &[Some("8"), Some("a\"b\nc")],
        ];
        assert_eq!(found, rows(&expected));
        let other = CopyFormat { header: true, delimiter: ';', ..csv() };
        assert_eq!(decode(&other, b"b;a\nx;8\n", 2).expect("well formed"), rows(&[&[Some("x"), Some("8")]]));
    }

    #[test]
    fn lines_of_the_wrong_width_are_refused() {
        assert_eq!(decode(&text(), b"1\ty\n", 3).expect_err("too short").message, "missing data for column");
        let error = decode(&text(), b"1\t2\t3\n", 2).expect_err("too long");
        assert_eq!(
            (error.code.0, error.message.as_str()),
            ("22P04", "extra data after last expected column")
        );
        assert_eq!(decode(&text(), b"", 2), Ok(Vec::new()));
        assert_eq!(decode(&text(), b"9\tnine", 2).map(|rows| rows.len()), Ok(1));
    }

    #[test]
    fn csv_quotes_only_what_needs_it() {
        let row = vec![Some(b"a\tb\\c\n".to_vec()), None, Some(b"x".to_vec())];
        assert_eq!(encode(&csv(), &row), b"\"a\tb\\c\n\",,x\n");
    }
}
