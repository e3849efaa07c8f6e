//! Data types. Aliases are read as the names that they stand for.

use mz_deploy_planner::name::Ident;

use super::{Parser, Result, Token};
use crate::sql::ast::{DataType, ItemRef, Name};

impl Parser<'_> {
    pub(super) fn data_type(&mut self) -> Result<DataType> {
        self.descend(|p| {
            let mut data_type = p.simple_type()?;
            loop {
                if p.eat_word("LIST") {
                    data_type = DataType::List(Box::new(data_type));
                } else if p.peek() == Some(&Token::LBracket) {
                    p.at += 1;
                    if matches!(p.peek(), Some(Token::Number(_))) {
                        p.at += 1;
                    }
                    p.expect(&Token::RBracket)?;
                    // The number of dimensions is no part of a type.
                    if !matches!(data_type, DataType::Array(_)) {
                        data_type = DataType::Array(Box::new(data_type));
                    }
                } else {
                    return Ok(data_type);
                }
                p.grow()?;
            }
        })
    }

    fn simple_type(&mut self) -> Result<DataType> {
        let Some(word) = self.peek_keyword() else { return self.named_type() };
        // Qualified, it is a name.
        if self.peek_nth(1) == Some(&Token::Dot) {
            return self.named_type();
        }
        let at = self.at;
        self.at += 1;
        let (name, modifiers) = match word {
            "MAP" if self.peek() == Some(&Token::LBracket) => return self.map_type(),
            "BIGINT" => ("int8", Vec::new()),
            "SMALLINT" => ("int2", Vec::new()),
            "INT" | "INTEGER" => ("int4", Vec::new()),
            "BOOLEAN" => ("bool", Vec::new()),
            "BYTES" => ("bytea", Vec::new()),
            "JSON" => ("jsonb", Vec::new()),
            "REAL" => ("float4", Vec::new()),
            "STRING" => ("text", Vec::new()),
            "BPCHAR" => ("bpchar", self.type_modifiers()?),
            "VARCHAR" => ("varchar", self.type_modifiers()?),
            "CHAR" | "CHARACTER" => {
                let name = if self.eat_word("VARYING") { "varchar" } else { "bpchar" };
                let modifiers = self.type_modifiers()?;
                // A character type without a length holds one character.
                (name, if name == "bpchar" && modifiers.is_empty() { vec![1] } else { modifiers })
            }
            "DEC" | "DECIMAL" => ("numeric", self.type_modifiers()?),
            "DOUBLE" => {
                self.eat_word("PRECISION");
                ("float8", Vec::new())
            }
            "FLOAT" => (self.float(at)?, Vec::new()),
            "TIME" => {
                let modifiers = self.type_modifiers()?;
                if self.eat_word("WITH") {
                    self.expect_words(&["TIME", "ZONE"])?;
                    ("timetz", modifiers)
                } else {
                    self.without_time_zone()?;
                    ("time", modifiers)
                }
            }
            "TIMESTAMP" => {
                let modifiers = self.type_modifiers()?;
                if self.eat_word("WITH") {
                    self.expect_words(&["TIME", "ZONE"])?;
                    ("timestamptz", modifiers)
                } else {
                    self.without_time_zone()?;
                    ("timestamp", modifiers)
                }
            }
            "TIMESTAMPTZ" => ("timestamptz", self.type_modifiers()?),
            _ => {
                self.at = at;
                return self.named_type();
            }
        };
        Ok(DataType::Named { name: ItemRef::Name(Name(vec![Ident::new(name)])), modifiers })
    }

    fn named_type(&mut self) -> Result<DataType> {
        if !matches!(self.peek(), Some(Token::Ident(_) | Token::Keyword(_) | Token::LBracket)) {
            return self.expected("a data type name");
        }
        let name = self.item()?;
        Ok(DataType::Named { name, modifiers: self.type_modifiers()? })
    }

    fn map_type(&mut self) -> Result<DataType> {
        self.expect(&Token::LBracket)?;
        let key = self.data_type()?;
        self.expect(&Token::Arrow)?;
        let value = self.data_type()?;
        self.expect(&Token::RBracket)?;
        Ok(DataType::Map(Box::new(key), Box::new(value)))
    }

    fn without_time_zone(&mut self) -> Result<()> {
        if self.eat_word("WITHOUT") { self.expect_words(&["TIME", "ZONE"]) } else { Ok(()) }
    }

    /// `FLOAT(p)`: 1 to 24 bits of precision are single, up to 53 double.
    fn float(&mut self, at: usize) -> Result<&'static str> {
        let modifiers = self.type_modifiers()?;
        match modifiers.first() {
            None => Ok("float8"),
            Some(0) => self.fail_at(at, "precision for type float must be at least 1 bit"),
            Some(1..=24) => Ok("float4"),
            Some(25..=53) => Ok("float8"),
            Some(_) => self.fail_at(at, "precision for type float must be less than 54 bits"),
        }
    }

    fn type_modifiers(&mut self) -> Result<Vec<i64>> {
        if self.peek() != Some(&Token::LParen) {
            return Ok(Vec::new());
        }
        self.in_parens(|p| p.comma_separated(Self::signed))
    }

    fn signed(&mut self) -> Result<i64> {
        let negative = self.eat_op("-");
        let number = self.unsigned()?;
        match i64::try_from(number) {
            Ok(number) => Ok(if negative { -number } else { number }),
            Err(_) => self.fail(format!("Could not parse '{number}' as i64")),
        }
    }
}
