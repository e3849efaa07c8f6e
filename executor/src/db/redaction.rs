//! Values that must not be seen.

use std::fmt;

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
        let literal = value.replace('\'', "''");
        let escaped = value.escape_debug().to_string();
        for form in [value.to_owned(), literal, escaped] {
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
    fn a_value_within_another_leaves_no_rest_of_it() {
        assert_eq!(hiding(&["canary", "canary-2"]).scrub("x canary-2 y canary"), "x *** y ***");
    }

    #[test]
    fn an_empty_value_hides_nothing() {
        assert_eq!(hiding(&[""]).scrub("text"), "text");
    }
}
