//! The text forms of arrays, lists, maps and records, as the engine writes them and as Materialize does.
//!
//! They differ in what is inside another: Materialize writes `{{a},{b,c}}` for a list of lists, where the engine, for
//! which the inner lists are elements of an array, writes `{"{a}","{b,c}"}`.

/// A value of an array or a list: nested braces, elements without their quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Node {
    Null,
    Element(String),
    Braces(Vec<Node>),
}

/// Reads `{…}`. Nothing if it is malformed.
pub(super) fn parse_array(text: &str) -> Option<Vec<Node>> {
    let mut input = Input { rest: text.trim() };
    let nodes = input.braces()?;
    input.rest.is_empty().then_some(nodes)
}

/// Reads `{key=>value,…}`: Materialize's form of a map.
pub(super) fn parse_map(text: &str) -> Option<Vec<(String, Node)>> {
    let mut input = Input { rest: text.trim() };
    let mut entries = Vec::new();
    input.expect("{")?;
    input.space();
    if input.expect("}").is_some() {
        return input.rest.is_empty().then_some(entries);
    }
    loop {
        input.space();
        let Node::Element(key) = input.element(&["=>"])? else { return None };
        input.expect("=>")?;
        input.space();
        let value = if input.rest.starts_with('{') {
            Node::Element(input.raw_braces()?.to_owned())
        } else {
            input.element(&[])?
        };
        entries.push((key, value));
        input.space();
        if input.expect(",").is_none() {
            input.expect("}")?;
            return input.rest.is_empty().then_some(entries);
        }
    }
}

/// Reads Materialize's form of a list whose elements are lists or maps: an element in braces is left as it is written.
pub(super) fn parse_nested(text: &str) -> Option<Vec<Node>> {
    let mut input = Input { rest: text.trim() };
    let mut nodes = Vec::new();
    input.expect("{")?;
    input.space();
    if input.expect("}").is_some() {
        return input.rest.is_empty().then_some(nodes);
    }
    loop {
        input.space();
        nodes.push(if input.rest.starts_with('{') {
            Node::Element(input.raw_braces()?.to_owned())
        } else {
            input.element(&[])?
        });
        input.space();
        if input.expect(",").is_none() {
            input.expect("}")?;
            return input.rest.is_empty().then_some(nodes);
        }
    }
}

/// Reads `(a,b)`: the fields of a record.
pub(super) fn parse_record(text: &str) -> Option<Vec<Option<String>>> {
    let mut fields = Vec::new();
    let mut chars = text.strip_prefix('(')?.strip_suffix(')')?.chars().peekable();
    loop {
        let (mut field, mut quoted, mut null) = (String::new(), false, true);
        loop {
            match chars.next() {
                Some('"') if quoted && chars.peek() == Some(&'"') => {
                    field.push('"');
                    chars.next();
                }
                Some('"') => {
                    quoted = !quoted;
                    null = false;
                }
                Some('\\') => field.push(chars.next()?),
                Some(',') if !quoted => {
                    fields.push((!null || !field.is_empty()).then_some(field));
                    break;
                }
                Some(c) => field.push(c),
                None if quoted => return None,
                None => {
                    fields.push((!null || !field.is_empty()).then_some(field));
                    return Some(fields);
                }
            }
        }
    }
}

/// Writes `{…}`, quoting what has to be.
pub(super) fn print_array<'a>(elements: impl Iterator<Item = Option<&'a str>>) -> String {
    braces(elements.map(|element| element.map_or_else(|| "NULL".to_owned(), quoted)))
}

/// Writes `{…}` of what is already printed.
pub(super) fn braces(elements: impl Iterator<Item = String>) -> String {
    let elements: Vec<String> = elements.collect();
    format!("{{{}}}", elements.join(","))
}

/// Writes a field of a record.
pub(super) fn record_field(field: &str) -> String {
    let mut out = String::from('"');
    for c in field.chars() {
        if matches!(c, '"' | '\\') {
            out.push(c);
        }
        out.push(c);
    }
    out.push('"');
    out
}

/// An element as it is written, in quotes if it would be read as something else without.
pub(super) fn quoted(element: &str) -> String {
    let special =
        |c: char| matches!(c, '{' | '}' | ',' | '"' | '\\' | ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}');
    if !element.is_empty() && !element.eq_ignore_ascii_case("null") && !element.contains(special) {
        return element.to_owned();
    }
    let mut out = String::from('"');
    for c in element.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
    out
}

struct Input<'a> {
    rest: &'a str,
}

impl<'a> Input<'a> {
    fn expect(&mut self, token: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(token)?;
        Some(())
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn braces(&mut self) -> Option<Vec<Node>> {
        self.expect("{")?;
        let mut nodes = Vec::new();
        self.space();
        if self.expect("}").is_some() {
            return Some(nodes);
        }
        loop {
            self.space();
            nodes.push(if self.rest.starts_with('{') {
                Node::Braces(self.braces()?)
            } else {
                self.element(&[])?
            });
            self.space();
            if self.expect(",").is_none() {
                self.expect("}")?;
                return Some(nodes);
            }
        }
    }

    /// Reads to the closing brace and leaves everything as it is written.
    fn raw_braces(&mut self) -> Option<&'a str> {
        let (mut depth, mut quoted, mut escaped) = (0_u32, false, false);
        for (at, c) in self.rest.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                '{' if !quoted => depth += 1,
                '}' if !quoted => {
                    depth -= 1;
                    if depth == 0 {
                        let (head, tail) = self.rest.split_at_checked(at + 1)?;
                        self.rest = tail;
                        return Some(head);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Reads an element, quoted or up to a comma, a brace or one of `ends`.
    fn element(&mut self, ends: &[&str]) -> Option<Node> {
        let mut text = String::new();
        if self.expect("\"").is_some() {
            let mut chars = self.rest.chars();
            loop {
                match chars.next()? {
                    '"' => break,
                    '\\' => text.push(chars.next()?),
                    c => text.push(c),
                }
            }
            self.rest = chars.as_str();
            return Some(Node::Element(text));
        }
        let mut chars = self.rest.chars();
        let mut escaped = false;
        loop {
            let rest = chars.as_str();
            if rest.starts_with([',', '}', '{', '"']) || ends.iter().any(|end| rest.starts_with(end)) {
                self.rest = rest;
                break;
            }
            match chars.next()? {
                '\\' => {
                    escaped = true;
                    text.push(chars.next()?);
                }
                c => text.push(c),
            }
        }
        let text = text.trim_end();
        match text {
            "" => None,
            text if !escaped && text.eq_ignore_ascii_case("null") && ends.is_empty() => Some(Node::Null),
            text => Some(Node::Element(text.to_owned())),
        }
    }
}
