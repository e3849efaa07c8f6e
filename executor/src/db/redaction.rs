//! Values that must not be seen.

use std::fmt::{self, Write as _};

/// What stands for a value that is not shown.
const HIDDEN: &str = "***";

/// A value that doesn't print itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes a value out of sight.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value, for whoever has to send it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

/// Values that are blotted out of everything that a server or a statement says.
#[derive(Clone, Default)]
pub struct Redactions {
    /// Longest first: a value that holds another goes as a whole.
    values: Vec<String>,
}

impl Redactions {
    /// Hides a value, and the forms of it that may stand in a statement or an answer.
    pub fn hide(&mut self, secret: &Secret) {
        let value = secret.expose();
        if value.is_empty() {
            return;
        }
        for form in forms(value) {
            if !self.values.contains(&form) {
                self.values.push(form);
            }
        }
        self.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    }

    /// A text without the values.
    pub fn scrub(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for value in &self.values {
            if text.contains(value.as_str()) {
                text = text.replace(value.as_str(), HIDDEN);
            }
        }
        text
    }
}

/// A line of a value of several lines, like a key, isn't shown either, unless it is as short as a word.
const LINE: usize = 8;

/// A value as a statement or a server may write it.
fn forms(value: &str) -> Vec<String> {
    let doubled = |text: &str| text.replace('\'', "''");
    let backslashed =
        value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r").replace('\t', "\\t");
    let mut forms = vec![
        value.to_owned(),
        doubled(value),
        value.escape_debug().to_string(),
        value.escape_default().to_string(),
        // `E'…'`, with either way to write its quotes.
        doubled(&backslashed),
        backslashed.replace('\'', "\\'"),
        serde_json::Value::from(value).to_string().trim_matches('"').to_owned(),
    ];
    if value.len() >= LINE {
        // As a `bytea` and in a URL.
        forms.push(in_hex(value.as_bytes()));
        forms.push(value.bytes().map(in_url).collect());
        forms.extend(value.lines().map(str::trim).filter(|line| line.len() >= LINE).map(str::to_owned));
    }
    forms
}

/// As a `bytea` is printed, without its `\x`.
pub(crate) fn in_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn in_url(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

impl fmt::Debug for Redactions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} hidden values", self.values.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hiding(values: &[&str]) -> Redactions {
        let mut redactions = Redactions::default();
        for value in values {
            redactions.hide(&Secret::new(*value));
        }
        redactions
    }

    #[test]
    fn a_secret_does_not_print_itself() {
        let secret = Secret::new("canary");
        assert_eq!(format!("{secret:?}"), "***");
        assert!(!format!("{:?}", hiding(&["canary"])).contains("canary"));
    }

    #[test]
    fn a_value_goes_in_every_form_that_a_statement_may_have_it_in() {
        let redactions = hiding(&["it's a\ncanary"]);
        for text in ["AS 'it''s a\ncanary'", "it's a\ncanary", r#""it\'s a\ncanary""#] {
            let scrubbed = redactions.scrub(text);
            assert!(!scrubbed.contains("canary"), "{scrubbed}");
        }
    }

    #[test]
    fn a_value_goes_in_every_form_that_a_server_may_print_it_in() {
        let redactions = hiding(&["it's a\n\"canary\" \\é"]);
        for text in [
            r#"E'it''s a\n"canary" \\é'"#,
            r#"E'it\'s a\n"canary" \\é'"#,
            r#"{"value":"it's a\n\"canary\" \\é"}"#,
            r#"it\'s a\n\"canary\" \\\u{e9}"#,
            "\\x6974277320610a2263616e61727922205cc3a9",
            "postgres://u:it%27s%20a%0A%22canary%22%20%5C%C3%A9@h",
            "near \"canary\" \\é",
        ] {
            let scrubbed = redactions.scrub(text);
            assert!(!scrubbed.contains("canary") && !scrubbed.contains("63616e617279"), "{scrubbed}");
        }
    }

    #[test]
    fn a_value_within_another_leaves_no_rest_of_it() {
        assert_eq!(hiding(&["canary", "canary-2"]).scrub("x canary-2 y canary"), "x *** y ***");
    }

    #[test]
    fn an_empty_value_hides_nothing() {
        assert_eq!(hiding(&[""]).scrub("text"), "text");
    }
}
