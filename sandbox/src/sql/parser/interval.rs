//! `INTERVAL` literals.

use super::{Parser, Result, Token};
use crate::sql::ast::IntervalValue;

const FIELDS: &[(&str, &str)] = &[
    ("YEAR", "YEAR"),
    ("YEARS", "YEAR"),
    ("MONTH", "MONTH"),
    ("MONTHS", "MONTH"),
    ("DAY", "DAY"),
    ("DAYS", "DAY"),
    ("HOUR", "HOUR"),
    ("HOURS", "HOUR"),
    ("MINUTE", "MINUTE"),
    ("MINUTES", "MINUTE"),
    ("SECOND", "SECOND"),
    ("SECONDS", "SECOND"),
];

impl Parser<'_> {
    /// Behind the word `INTERVAL`.
    pub(super) fn interval(&mut self) -> Result<IntervalValue> {
        // The precision may also stand before the text.
        let mut precision = self.interval_precision()?;
        let value = self.string()?;
        let mut from = self.interval_field();
        let mut to = None;
        if let Some(first) = &from {
            if first == "SECOND" {
                precision = self.interval_precision()?.or(precision);
            } else if self.eat_word("TO") {
                let Some(second) = self.interval_field() else {
                    return self.expected("one of YEAR or MONTH or DAY or HOUR or MINUTE or SECOND");
                };
                if second == "SECOND" {
                    precision = self.interval_precision()?;
                }
                to = Some(second);
            }
        }
        // Seconds are what an interval counts in anyway.
        if from.as_deref() == Some("SECOND") && precision.is_none() {
            from = None;
        }
        Ok(IntervalValue { value, from, to, precision })
    }

    fn interval_field(&mut self) -> Option<String> {
        let word = self.peek_keyword()?;
        let field = FIELDS.iter().find(|(keyword, _)| *keyword == word).map(|(_, field)| *field)?;
        self.at += 1;
        Some(field.to_owned())
    }

    fn interval_precision(&mut self) -> Result<Option<u64>> {
        if self.peek() == Some(&Token::LParen) { self.in_parens(Self::unsigned).map(Some) } else { Ok(None) }
    }
}
