//! JSON as Materialize prints it: no spaces, keys in order, numbers without trailing zeros.

use std::collections::BTreeMap;

use super::numeric;

/// Rewrites what the engine printed. Nothing if it isn't JSON.
pub(super) fn normalised(text: &str) -> Option<String> {
    let mut input = Input { rest: text };
    let mut out = String::with_capacity(text.len());
    input.value(&mut out, 0)?;
    input.space();
    input.rest.is_empty().then_some(out)
}

/// Deeper than this is left as it is; the engine's own limit is lower than the stack's.
const MAX_DEPTH: u32 = 2000;

struct Input<'a> {
    rest: &'a str,
}

impl<'a> Input<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn accept(&mut self, token: char) -> bool {
        self.space();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn take(&mut self, length: usize) -> Option<&'a str> {
        let (head, tail) = self.rest.split_at_checked(length)?;
        self.rest = tail;
        Some(head)
    }

    fn value(&mut self, out: &mut String, depth: u32) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        if self.accept('{') {
            self.object(out, depth)
        } else if self.accept('[') {
            self.array(out, depth)
        } else if self.rest.starts_with('"') {
            out.push_str(self.string()?);
            Some(())
        } else {
            let length = self.rest.find([',', ']', '}', ' ', '\n']).unwrap_or(self.rest.len());
            let word = self.take(length)?;
            out.push_str(if word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) {
                numeric::normalised(word)
            } else {
                word
            });
            (!word.is_empty()).then_some(())
        }
    }

    fn object(&mut self, out: &mut String, depth: u32) -> Option<()> {
        let mut members: BTreeMap<&str, String> = BTreeMap::new();
        if !self.accept('}') {
            loop {
                self.space();
                let key = self.string()?;
                if !self.accept(':') {
                    return None;
                }
                let mut value = String::new();
                self.value(&mut value, depth + 1)?;
                members.insert(key, value);
                if !self.accept(',') {
                    if !self.accept('}') {
                        return None;
                    }
                    break;
                }
            }
        }
        out.push('{');
        for (i, (key, value)) in members.iter().enumerate() {
            if i > 0 {
                out.push(',');
            }
            out.push_str(key);
            out.push(':');
            out.push_str(value);
        }
        out.push('}');
        Some(())
    }

    fn array(&mut self, out: &mut String, depth: u32) -> Option<()> {
        out.push('[');
        if !self.accept(']') {
            loop {
                self.value(out, depth + 1)?;
                if !self.accept(',') {
                    if !self.accept(']') {
                        return None;
                    }
                    break;
                }
                out.push(',');
            }
        }
        out.push(']');
        Some(())
    }

    /// A string with its quotes, as it is written.
    fn string(&mut self) -> Option<&'a str> {
        let mut escaped = false;
        for (at, c) in self.rest.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return self.take(at + 1),
                _ => {}
            }
        }
        None
    }
}
