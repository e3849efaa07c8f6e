//! Expressions: operators and their precedence.

use super::{Parser, Result, Token};
use crate::sql::ast::{Expr, IsWhat, Name, Operator, QuantifiedOperand, Query, SubscriptPosition, Value};

/// How tightly an operator binds, loosest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Precedence {
    Zero,
    Or,
    And,
    Not,
    Is,
    Comparison,
    Like,
    Other,
    PlusMinus,
    MultiplyDivide,
    CollateAt,
    Sign,
    SubscriptCast,
}

/// What stood in parentheses.
pub(super) enum Fragment {
    Query(Query),
    Exprs(Vec<Expr>),
}

impl Parser<'_> {
    pub(super) fn expr(&mut self) -> Result<Expr> {
        self.subexpr(Precedence::Zero)
    }

    pub(super) fn exprs(&mut self) -> Result<Vec<Expr>> {
        self.comma_separated(Self::expr)
    }

    /// An expression of operators that bind tighter than `precedence`.
    pub(super) fn subexpr(&mut self, precedence: Precedence) -> Result<Expr> {
        self.descend(|p| {
            let left = p.prefix()?;
            p.operators(left, precedence)
        })
    }

    /// Goes on with the operators behind `left`.
    fn operators(&mut self, mut left: Expr, precedence: Precedence) -> Result<Expr> {
        loop {
            let next = self.next_precedence();
            if next <= precedence {
                return Ok(left);
            }
            left = self.infix(left, next)?;
            self.grow()?;
        }
    }

    fn next_precedence(&self) -> Precedence {
        match self.peek() {
            Some(Token::Eq) => Precedence::Comparison,
            Some(Token::Star) => Precedence::MultiplyDivide,
            Some(Token::Op(op)) => match op.as_str() {
                "+" | "-" => Precedence::PlusMinus,
                "/" | "%" => Precedence::MultiplyDivide,
                "<" | "<=" | "<>" | "!=" | ">" | ">=" => Precedence::Comparison,
                _ => Precedence::Other,
            },
            Some(Token::DoubleColon | Token::LBracket | Token::Dot) => Precedence::SubscriptCast,
            Some(Token::Keyword(word)) => match *word {
                "OR" => Precedence::Or,
                "AND" => Precedence::And,
                "IS" | "ISNULL" => Precedence::Is,
                "IN" | "LIKE" | "ILIKE" | "BETWEEN" => Precedence::Like,
                "NOT" if matches!(self.peek_nth_keyword(1), Some("IN" | "LIKE" | "ILIKE" | "BETWEEN")) => {
                    Precedence::Like
                }
                "OPERATOR" => Precedence::Other,
                "COLLATE" => Precedence::CollateAt,
                "AT" if self.peek_nth_keyword(1) == Some("TIME") => Precedence::CollateAt,
                _ => Precedence::Zero,
            },
            _ => Precedence::Zero,
        }
    }

    fn infix(&mut self, left: Expr, precedence: Precedence) -> Result<Expr> {
        let left = Box::new(left);
        if let Some(op) = self.operator()? {
            if let Some(quantifier) = self.eat_one_of(&["ANY", "SOME", "ALL"]) {
                return self.quantified(left, op, quantifier == "ALL");
            }
            return Ok(Expr::Binary { left, op, right: Box::new(self.subexpr(precedence)?) });
        }
        match self.peek() {
            Some(Token::DoubleColon) => {
                self.at += 1;
                return Ok(Expr::Cast { expr: left, data_type: self.data_type()? });
            }
            Some(Token::LBracket) => return self.subscript(left),
            Some(Token::Dot) => {
                self.at += 1;
                if self.eat(&Token::Star) {
                    return Ok(Expr::WildcardAccess(left));
                }
                return Ok(Expr::Field { expr: left, field: self.ident()? });
            }
            _ => {}
        }
        match self.peek_keyword() {
            Some("AND") => {
                self.at += 1;
                Ok(Expr::And(left, Box::new(self.subexpr(precedence)?)))
            }
            Some("OR") => {
                self.at += 1;
                Ok(Expr::Or(left, Box::new(self.subexpr(precedence)?)))
            }
            Some("ISNULL") => {
                self.at += 1;
                Ok(Expr::Is { expr: left, not: false, what: IsWhat::Null })
            }
            Some("IS") => {
                self.at += 1;
                self.is_what(left, precedence)
            }
            Some("COLLATE") => {
                self.at += 1;
                Ok(Expr::Collate { expr: left, collation: self.name()? })
            }
            Some("AT") => {
                self.at += 1;
                self.expect_words(&["TIME", "ZONE"])?;
                Ok(Expr::AtTimeZone { timestamp: left, zone: Box::new(self.subexpr(precedence)?) })
            }
            _ => self.like(left),
        }
    }

    /// The operator that comes next.
    pub(super) fn operator(&mut self) -> Result<Option<Operator>> {
        let symbol = match self.peek() {
            Some(Token::Eq) => "=",
            Some(Token::Star) => "*",
            Some(Token::Op(op)) if op == "!=" => "<>",
            Some(Token::Op(op)) => op,
            Some(Token::Keyword("OPERATOR")) => {
                self.at += 1;
                return self.in_parens(Self::qualified_operator).map(Some);
            }
            _ => return Ok(None),
        };
        let symbol = symbol.to_owned();
        self.at += 1;
        Ok(Some(Operator { schema: None, symbol }))
    }

    fn qualified_operator(&mut self) -> Result<Operator> {
        let mut schema = Vec::new();
        while self.peek_ident().is_some() {
            schema.push(self.ident()?);
            self.expect(&Token::Dot)?;
        }
        let schema = if schema.is_empty() { None } else { Some(Name(schema)) };
        match self.operator()? {
            Some(op) => Ok(Operator { schema, symbol: op.symbol }),
            None => self.expected("operator"),
        }
    }

    fn quantified(&mut self, left: Box<Expr>, op: Operator, all: bool) -> Result<Expr> {
        self.expect(&Token::LParen)?;
        let right = match self.fragment()? {
            Fragment::Query(query) => QuantifiedOperand::Query(query),
            Fragment::Exprs(mut exprs) => match (exprs.pop(), exprs.is_empty()) {
                (Some(expr), true) => QuantifiedOperand::Expr(expr),
                _ => return self.expected("right parenthesis"),
            },
        };
        Ok(Expr::Quantified { left, op, all, right: Box::new(right) })
    }

    fn is_what(&mut self, expr: Box<Expr>, precedence: Precedence) -> Result<Expr> {
        let not = self.eat_word("NOT");
        let what = match self.eat_one_of(&["NULL", "TRUE", "FALSE", "UNKNOWN"]) {
            Some("NULL") => IsWhat::Null,
            Some("TRUE") => IsWhat::True,
            Some("FALSE") => IsWhat::False,
            Some(_) => IsWhat::Unknown,
            None if self.eat_words(&["DISTINCT", "FROM"]) => {
                let right = Box::new(self.subexpr(precedence)?);
                return Ok(Expr::IsDistinctFrom { left: expr, not, right });
            }
            None => return self.expected("NULL, NOT NULL, TRUE, NOT TRUE, FALSE, NOT FALSE, UNKNOWN, NOT UNKNOWN, DISTINCT FROM, or NOT DISTINCT FROM after IS"),
        };
        Ok(Expr::Is { expr, not, what })
    }

    /// `[NOT] { IN | BETWEEN | LIKE | ILIKE } …`
    fn like(&mut self, expr: Box<Expr>) -> Result<Expr> {
        let not = self.eat_word("NOT");
        match self.expect_one_of(&["IN", "BETWEEN", "LIKE", "ILIKE"])? {
            "IN" => {
                self.expect(&Token::LParen)?;
                Ok(match self.fragment()? {
                    Fragment::Query(query) => Expr::InSubquery { expr, not, query: Box::new(query) },
                    Fragment::Exprs(list) => Expr::InList { expr, not, list },
                })
            }
            "BETWEEN" => {
                let low = Box::new(self.subexpr(Precedence::Like)?);
                self.expect_word("AND")?;
                let high = Box::new(self.subexpr(Precedence::Like)?);
                Ok(Expr::Between { expr, not, low, high })
            }
            word => {
                let case_insensitive = word == "ILIKE";
                if let Some(quantifier) = self.eat_one_of(&["ANY", "SOME", "ALL"]) {
                    let symbol = format!(
                        "{}~~{}",
                        if not { "!" } else { "" },
                        if case_insensitive { "*" } else { "" }
                    );
                    return self.quantified(expr, Operator { schema: None, symbol }, quantifier == "ALL");
                }
                let pattern = Box::new(self.subexpr(Precedence::Like)?);
                let escape = match self.eat_word("ESCAPE") {
                    true => Some(Box::new(self.subexpr(Precedence::Like)?)),
                    false => None,
                };
                Ok(Expr::Like { expr, not, case_insensitive, pattern, escape })
            }
        }
    }

    fn subscript(&mut self, expr: Box<Expr>) -> Result<Expr> {
        let mut positions = Vec::new();
        while self.eat(&Token::LBracket) {
            let start = if self.peek() == Some(&Token::Colon) { None } else { Some(self.expr()?) };
            let slice = self.eat(&Token::Colon);
            let end = if slice && self.peek() != Some(&Token::RBracket) { Some(self.expr()?) } else { None };
            self.expect(&Token::RBracket)?;
            positions.push(SubscriptPosition { start, end, slice });
        }
        Ok(Expr::Subscript { expr, positions })
    }

    /// What is in parentheses, behind the left one. Each token is read once, however deep the parentheses nest: only
    /// what comes behind an inner parenthesis tells whether it was an operand of a query or of an expression.
    pub(super) fn fragment(&mut self) -> Result<Fragment> {
        let fragment = self.descend(|p| {
            if p.begins_query() {
                return p.query().map(Fragment::Query);
            }
            let first = if p.eat(&Token::LParen) {
                match p.fragment()? {
                    Fragment::Query(query) if p.goes_on_as_query() => {
                        return p.query_behind(query).map(Fragment::Query);
                    }
                    inner => p.operators(parenthesised(inner), Precedence::Zero)?,
                }
            } else {
                p.expr()?
            };
            let mut exprs = vec![first];
            while p.eat(&Token::Comma) {
                exprs.push(p.expr()?);
            }
            Ok(Fragment::Exprs(exprs))
        })?;
        self.expect(&Token::RParen)?;
        Ok(fragment)
    }

    fn prefix(&mut self) -> Result<Expr> {
        match self.peek() {
            Some(Token::Keyword(word)) => self.word_expr(word),
            Some(Token::Ident(_)) => self.name_expr(),
            Some(Token::Op(op)) if op == "-" => {
                self.at += 1;
                self.negative()
            }
            Some(Token::Op(op)) if op == "+" => {
                self.at += 1;
                self.unary("+", Precedence::Sign)
            }
            Some(Token::Op(op)) => {
                let op = op.clone();
                self.at += 1;
                self.unary(&op, Precedence::Other)
            }
            Some(Token::Number(text)) => {
                let expr = Expr::Value(Value::Number(text.clone()));
                self.at += 1;
                Ok(expr)
            }
            Some(Token::String(text)) => {
                let expr = Expr::Value(Value::String(text.clone()));
                self.at += 1;
                Ok(expr)
            }
            Some(Token::HexString(text)) => {
                let expr = Expr::Value(Value::HexString(text.clone()));
                self.at += 1;
                Ok(expr)
            }
            Some(Token::Parameter(n)) => {
                let expr = Expr::Parameter(*n);
                self.at += 1;
                Ok(expr)
            }
            Some(Token::LParen) => {
                self.at += 1;
                Ok(parenthesised(self.fragment()?))
            }
            _ => self.expected("an expression"),
        }
    }

    fn unary(&mut self, symbol: &str, precedence: Precedence) -> Result<Expr> {
        let op = Operator { schema: None, symbol: symbol.to_owned() };
        Ok(Expr::Unary { op, expr: Box::new(self.subexpr(precedence)?) })
    }

    /// Behind a minus. A number takes it in, unless it is zero, which has no sign.
    fn negative(&mut self) -> Result<Expr> {
        if let Some(Token::Number(text)) = self.peek()
            && text.bytes().take_while(|b| *b != b'E').any(|b| matches!(b, b'1'..=b'9'))
        {
            let expr = Expr::Value(Value::Number(format!("-{text}")));
            self.at += 1;
            return Ok(expr);
        }
        self.unary("-", Precedence::Sign)
    }
}

fn parenthesised(fragment: Fragment) -> Expr {
    match fragment {
        Fragment::Query(query) => Expr::Subquery(Box::new(query)),
        Fragment::Exprs(mut exprs) => match exprs.len() {
            1 => exprs.pop().map_or(Expr::Row(Vec::new()), |expr| Expr::Nested(Box::new(expr))),
            _ => Expr::Row(exprs),
        },
    }
}
