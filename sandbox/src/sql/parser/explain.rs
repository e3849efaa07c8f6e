//! `EXPLAIN`.

use super::{Parser, Result, Token};
use crate::sql::ast::{Explain, Explainee, Statement};

impl Parser<'_> {
    /// Behind the word `EXPLAIN`.
    pub(super) fn explain(&mut self) -> Result<Statement> {
        let column = self.explain_stage()?;
        if self.eat_word("WITH") {
            self.in_parens(|p| {
                p.comma_separated(|p| {
                    // Options may consist of several words, and have values.
                    while !matches!(p.peek(), None | Some(Token::Comma | Token::RParen | Token::Eq)) {
                        p.ident()?;
                    }
                    if p.eat(&Token::Eq) {
                        p.value()?;
                    }
                    Ok(())
                })
            })?;
        }
        if self.eat_word("AS") {
            self.eat_one_of(&["VERBOSE"]);
            self.expect_one_of(&["TEXT", "JSON", "DOT", "SQL"])?;
        }
        self.eat_word("FOR");
        let at = self.at;
        let replan = self.eat_word("REPLAN");
        let what = match self.object_kind() {
            // `TABLE t` is a query.
            Some(kind) if replan || self.text(at, at + 1).eq_ignore_ascii_case("TABLE").eq(&false) => {
                Explainee::Object(kind, self.item()?)
            }
            _ => {
                self.at = at;
                self.eat_word("BROKEN");
                Explainee::Statement(self.descend(Self::statement)?)
            }
        };
        Ok(Statement::Explain(Explain { column, what: Box::new(what) }))
    }

    fn explain_stage(&mut self) -> Result<String> {
        let stages: &[(&[&str], &str)] = &[
            (&["RAW", "PLAN"], "Raw Plan"),
            (&["DECORRELATED", "PLAN"], "Decorrelated Plan"),
            (&["LOCALLY", "OPTIMIZED", "PLAN"], "Locally Optimized Plan"),
            (&["OPTIMIZED", "PLAN"], "Optimized Plan"),
            (&["PHYSICAL", "PLAN"], "Physical Plan"),
            (&["OPTIMIZER", "TRACE"], "Optimizer Trace"),
            (&["PLAN", "INSIGHTS"], "Plan Insights"),
            (&["PLAN"], "Physical Plan"),
            (&["QUERY", "PLAN"], "Physical Plan"),
            (&["TIMESTAMP"], "Timestamp"),
            (&["FILTER", "PUSHDOWN"], "Filter Pushdown"),
            (&["KEY", "SCHEMA"], "Schema"),
            (&["VALUE", "SCHEMA"], "Schema"),
        ];
        for (words, column) in stages {
            if self.eat_words(words) {
                return Ok((*column).to_owned());
            }
        }
        Ok("Physical Plan".to_owned())
    }
}
