//! Options and their values.

use super::{Doc, Form, Printer, bracketed, comma_separated, say, words};
use crate::sql::ast::{OptionValue, Refresh, Schedule, SqlOption};

impl Printer<'_> {
    /// `NAME = value, …`
    pub(super) fn options(&self, options: &[SqlOption]) -> Doc {
        comma_separated(options.iter().map(|option| self.option(option)))
    }

    /// In the order of their names where the server stores them so; as written in error texts.
    pub(super) fn sorted_options(&self, options: &[SqlOption]) -> Doc {
        let mut sorted: Vec<&SqlOption> = options.iter().collect();
        if self.style.form != Form::Display {
            sorted.sort_by(|a, b| a.name.cmp(&b.name));
        }
        comma_separated(sorted.into_iter().map(|option| self.option(option)))
    }

    /// `WITH (…)`, if there are any.
    pub(super) fn with(&self, options: &[SqlOption]) -> Option<Doc> {
        (!options.is_empty()).then(|| bracketed("WITH (", self.options(options), ")"))
    }

    pub(super) fn option(&self, option: &SqlOption) -> Doc {
        let name = option.name.as_str();
        match &option.value {
            None => say(name),
            Some(OptionValue::Options(options)) => {
                say(format!("{name} ")).append(bracketed("(", self.options(options), ")"))
            }
            // The name has the verb in it.
            Some(value) if name == "WAIT FOR" => say(format!("{name} ")).append(self.option_value(value)),
            Some(value) => say(format!("{name} = ")).append(self.option_value(value)),
        }
    }

    fn option_value(&self, value: &OptionValue) -> Doc {
        match value {
            OptionValue::Value(value) => say(self.value(value)),
            OptionValue::Ident(ident) => say(self.ident(ident)),
            OptionValue::Item(item) => say(self.item(item)),
            OptionValue::Secret(item) => say(format!("SECRET {}", self.item(item))),
            OptionValue::DataType(data_type) => say(self.data_type(data_type)),
            OptionValue::Sequence(values) => {
                let values: Vec<_> = values.iter().map(|value| self.flat(self.option_value(value))).collect();
                say(format!("({})", values.join(", ")))
            }
            OptionValue::Rules(rules) => {
                let rules = rules.iter().map(|(name, options)| {
                    bracketed(format!("{} (", self.ident(name)), self.options(options), ")")
                });
                bracketed("(", comma_separated(rules), ")")
            }
            OptionValue::Refresh(refresh) => say(self.refresh(refresh)),
            OptionValue::Schedule(Schedule::Manual) => say("MANUAL"),
            OptionValue::Schedule(Schedule::OnRefresh { hydration_time_estimate }) => {
                let estimate = hydration_time_estimate.as_ref().map_or_else(String::new, |value| {
                    format!("(HYDRATION TIME ESTIMATE = {})", self.value(value))
                });
                say(words(["ON REFRESH", &estimate]))
            }
            OptionValue::RetainHistory(value) => say(format!("FOR {}", self.value(value))),
            OptionValue::UpstreamName(name) => say(self.name(name)),
            OptionValue::Options(options) => bracketed("(", self.options(options), ")"),
            OptionValue::Tunneled { address, tunnel, connection, options } => {
                let doc = say(format!("{} USING {tunnel} {}", self.value(address), self.item(connection)));
                if options.is_empty() {
                    return doc;
                }
                doc.append(" ").append(bracketed("(", self.options(options), ")"))
            }
            OptionValue::Expr(expr) => self.expr(expr),
        }
    }

    fn refresh(&self, refresh: &Refresh) -> String {
        match refresh {
            Refresh::OnCommit => "ON COMMIT".to_owned(),
            Refresh::AtCreation => "AT CREATION".to_owned(),
            Refresh::At(time) => format!("AT {}", self.flat(self.expr(time))),
            Refresh::Every { interval, aligned_to } => {
                let every = format!("EVERY {}", self.value(interval));
                match aligned_to {
                    Some(time) => format!("{every} ALIGNED TO {}", self.flat(self.expr(time))),
                    None => every,
                }
            }
        }
    }
}
