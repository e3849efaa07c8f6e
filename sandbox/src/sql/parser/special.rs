//! Expressions that begin with a word: literals, calls, and the forms that have a syntax of their own.

use mz_deploy_planner::name::Ident;

use super::expr::Precedence;
use super::{Parser, Result, Token};
use crate::sql::ast::{Expr, Function, FunctionArgs, Name, Value, Window};
use crate::sql::keyword::is_reserved;

impl Parser<'_> {
    pub(super) fn word_expr(&mut self, word: &'static str) -> Result<Expr> {
        let start = self.at;
        self.at += 1;
        match (word, self.peek()) {
            ("TRUE", _) => return Ok(Expr::Value(Value::Boolean(true))),
            ("FALSE", _) => return Ok(Expr::Value(Value::Boolean(false))),
            ("NULL", _) => return Ok(Expr::Value(Value::Null)),
            ("NOT", _) => return Ok(Expr::Not(Box::new(self.subexpr(Precedence::Not)?))),
            ("CASE", _) => return self.case(),
            ("CAST", _) => return self.cast(),
            ("ARRAY", Some(Token::LParen)) => return Ok(Expr::ArraySubquery(self.boxed_query()?)),
            ("ARRAY", _) => return Ok(Expr::Array(self.elements(Expr::Array)?)),
            ("LIST", Some(Token::LParen)) => return Ok(Expr::ListSubquery(self.boxed_query()?)),
            ("LIST", Some(Token::LBracket)) => return Ok(Expr::List(self.elements(Expr::List)?)),
            ("MAP", Some(Token::LParen)) => return Ok(Expr::MapSubquery(self.boxed_query()?)),
            ("MAP", Some(Token::LBracket)) => return self.map(),
            ("EXISTS", Some(Token::LParen)) => return Ok(Expr::Exists(self.boxed_query()?)),
            ("COALESCE" | "GREATEST" | "LEAST", Some(Token::LParen)) => {
                let args = self.in_parens(Self::exprs)?;
                return Ok(Expr::HomogenizingFunction { name: word.to_owned(), args });
            }
            ("NULLIF", Some(Token::LParen)) => return self.in_parens(Self::null_if),
            ("EXTRACT", Some(Token::LParen)) => return self.in_parens(Self::extract),
            ("POSITION", Some(Token::LParen)) => return self.in_parens(Self::position),
            ("SUBSTRING", Some(Token::LParen)) => return self.in_parens(Self::substring),
            ("TRIM", Some(Token::LParen)) => return self.in_parens(Self::trim),
            ("NORMALIZE", Some(Token::LParen)) => return self.in_parens(Self::normalize),
            ("ROW", Some(Token::LParen)) => return Ok(Expr::Row(self.list_in_parens(Self::expr)?)),
            ("INTERVAL", Some(Token::String(_) | Token::LParen)) => {
                if let Some(value) = self.attempt(Self::interval) {
                    return Ok(Expr::Value(Value::Interval(value)));
                }
            }
            _ => {}
        }
        self.at = start;
        if is_reserved(word) {
            return self.fail("expected expression, but found reserved keyword");
        }
        self.name_expr()
    }

    /// A typed literal, a call or a column.
    pub(super) fn name_expr(&mut self) -> Result<Expr> {
        let literal = self.attempt(|p| {
            let data_type = p.data_type()?;
            Ok(Expr::Cast { expr: Box::new(Expr::Value(Value::String(p.string()?))), data_type })
        });
        if let Some(literal) = literal {
            return Ok(literal);
        }
        let mut parts = vec![self.ident()?];
        while self.peek() == Some(&Token::Dot) {
            self.at += 1;
            if self.eat(&Token::Star) {
                return Ok(Expr::QualifiedWildcard(Name(parts)));
            }
            parts.push(self.ident()?);
        }
        if self.peek() == Some(&Token::LParen) {
            return Ok(Expr::Function(self.call(Name(parts))?));
        }
        Ok(Expr::Column(Name(parts)))
    }

    fn boxed_query(&mut self) -> Result<Box<crate::sql::ast::Query>> {
        self.in_parens(Self::query).map(Box::new)
    }

    fn case(&mut self) -> Result<Expr> {
        let operand = if self.is("WHEN") { None } else { Some(Box::new(self.expr()?)) };
        let mut branches = Vec::new();
        self.expect_word("WHEN")?;
        loop {
            let condition = self.expr()?;
            self.expect_word("THEN")?;
            branches.push((condition, self.expr()?));
            if !self.eat_word("WHEN") {
                break;
            }
        }
        let otherwise = if self.eat_word("ELSE") { Some(Box::new(self.expr()?)) } else { None };
        self.expect_word("END")?;
        Ok(Expr::Case { operand, branches, otherwise })
    }

    fn cast(&mut self) -> Result<Expr> {
        self.in_parens(|p| {
            let expr = Box::new(p.expr()?);
            p.expect_word("AS")?;
            Ok(Expr::Cast { expr, data_type: p.data_type()? })
        })
    }

    /// `[a, b]`; inside, the word may be left out of lists in the list.
    fn elements(&mut self, inner: fn(Vec<Expr>) -> Expr) -> Result<Vec<Expr>> {
        self.descend(|p| {
            p.expect(&Token::LBracket)?;
            if p.eat(&Token::RBracket) {
                return Ok(Vec::new());
            }
            let elements = p.comma_separated(|p| match p.peek() {
                Some(Token::LBracket) => Ok(inner(p.elements(inner)?)),
                _ => p.expr(),
            })?;
            p.expect(&Token::RBracket)?;
            Ok(elements)
        })
    }

    fn map(&mut self) -> Result<Expr> {
        self.descend(|p| {
            p.expect(&Token::LBracket)?;
            if p.eat(&Token::RBracket) {
                return Ok(Expr::Map(Vec::new()));
            }
            let entries = p.comma_separated(|p| {
                let key = p.expr()?;
                p.expect(&Token::Arrow)?;
                let value = if p.peek() == Some(&Token::LBracket) { p.map()? } else { p.expr()? };
                Ok((key, value))
            })?;
            p.expect(&Token::RBracket)?;
            Ok(Expr::Map(entries))
        })
    }

    fn null_if(&mut self) -> Result<Expr> {
        let left = Box::new(self.expr()?);
        self.expect(&Token::Comma)?;
        Ok(Expr::NullIf(left, Box::new(self.expr()?)))
    }

    fn extract(&mut self) -> Result<Expr> {
        let field = match self.peek() {
            Some(Token::String(text)) => {
                let text = text.clone();
                self.at += 1;
                text
            }
            _ => self.ident()?.as_str().to_owned(),
        };
        self.expect_word("FROM")?;
        Ok(Expr::Extract { field, expr: Box::new(self.expr()?) })
    }

    fn position(&mut self) -> Result<Expr> {
        let needle = self.subexpr(Precedence::Like)?;
        self.expect_word("IN")?;
        let haystack = self.expr()?;
        Ok(call_of("position", vec![needle, haystack]))
    }

    fn substring(&mut self) -> Result<Expr> {
        let mut args = vec![self.expr()?];
        if self.eat_word("FROM") {
            args.push(self.expr()?);
            if self.eat_word("FOR") {
                args.push(self.expr()?);
            }
        } else if self.eat_word("FOR") {
            args.push(Expr::Value(Value::Number("1".to_owned())));
            args.push(self.expr()?);
        } else {
            while self.eat(&Token::Comma) {
                args.push(self.expr()?);
            }
        }
        Ok(call_of("substring", args))
    }

    fn trim(&mut self) -> Result<Expr> {
        let name = match self.eat_one_of(&["BOTH", "LEADING", "TRAILING"]) {
            Some("LEADING") => "ltrim",
            Some("TRAILING") => "rtrim",
            _ => "btrim",
        };
        if self.eat_word("FROM") {
            return Ok(call_of(name, self.exprs()?));
        }
        let mut args = vec![self.expr()?];
        if self.eat_word("FROM") {
            // The text stands before what is trimmed off it.
            args.insert(0, self.expr()?);
        }
        while self.eat(&Token::Comma) {
            args.push(self.expr()?);
        }
        Ok(call_of(name, args))
    }

    fn normalize(&mut self) -> Result<Expr> {
        let text = self.expr()?;
        let form = if self.eat(&Token::Comma) {
            self.expect_one_of(&["NFC", "NFD", "NFKC", "NFKD"])?
        } else {
            "NFC"
        };
        Ok(call_of("normalize", vec![text, Expr::Value(Value::String(form.to_owned()))]))
    }

    /// A call, from its left parenthesis on.
    pub(super) fn call(&mut self, name: Name) -> Result<Function> {
        self.expect(&Token::LParen)?;
        let mut function = Function {
            name,
            args: FunctionArgs::List(Vec::new()),
            distinct: false,
            order_by: Vec::new(),
            filter: None,
            over: None,
        };
        if self.eat(&Token::Star) {
            function.args = FunctionArgs::Star;
            self.expect(&Token::RParen)?;
        } else if !self.eat(&Token::RParen) {
            let all = self.eat_word("ALL");
            if all && self.is("DISTINCT") {
                let name = function.name.0.last().map(Ident::to_string).unwrap_or_default();
                return self.fail(format!("Cannot specify both ALL and DISTINCT in function: {name}"));
            }
            function.distinct = self.eat_word("DISTINCT");
            function.args = FunctionArgs::List(self.exprs()?);
            function.order_by = self.order_by()?;
            self.expect(&Token::RParen)?;
        }
        if self.are(&["FILTER"]) && self.peek_nth(1) == Some(&Token::LParen) {
            self.at += 1;
            function.filter = Some(self.in_parens(|p| {
                p.expect_word("WHERE")?;
                Ok(Box::new(p.expr()?))
            })?);
        }
        let ignore_nulls = self.eat_words(&["IGNORE", "NULLS"]);
        let respect_nulls = self.eat_words(&["RESPECT", "NULLS"]);
        if self.is("OVER") && self.peek_nth(1) == Some(&Token::LParen) || ignore_nulls || respect_nulls {
            self.expect_word("OVER")?;
            function.over = Some(self.in_parens(|p| p.window(ignore_nulls, respect_nulls))?);
        }
        Ok(function)
    }

    fn window(&mut self, ignore_nulls: bool, respect_nulls: bool) -> Result<Window> {
        let partition_by = if self.eat_words(&["PARTITION", "BY"]) { self.exprs()? } else { Vec::new() };
        let order_by = self.order_by()?;
        let frame = match self.eat_one_of(&["ROWS", "RANGE", "GROUPS"]) {
            Some(unit) => Some(self.frame(unit)?),
            None => None,
        };
        Ok(Window { partition_by, order_by, frame, ignore_nulls, respect_nulls })
    }

    fn frame(&mut self, unit: &str) -> Result<String> {
        if self.eat_word("BETWEEN") {
            let start = self.frame_bound()?;
            self.expect_word("AND")?;
            let end = self.frame_bound()?;
            return Ok(format!("{unit} BETWEEN {start} AND {end}"));
        }
        Ok(format!("{unit} {}", self.frame_bound()?))
    }

    fn frame_bound(&mut self) -> Result<String> {
        if self.eat_words(&["CURRENT", "ROW"]) {
            return Ok("CURRENT ROW".to_owned());
        }
        let rows =
            if self.eat_word("UNBOUNDED") { "UNBOUNDED".to_owned() } else { self.unsigned()?.to_string() };
        match self.eat_one_of(&["PRECEDING", "FOLLOWING"]) {
            Some(side) => Ok(format!("{rows} {side}")),
            None => self.expected("PRECEDING or FOLLOWING"),
        }
    }
}

fn call_of(name: &str, args: Vec<Expr>) -> Expr {
    Expr::Function(Function {
        name: Name(vec![Ident::new(name)]),
        args: FunctionArgs::List(args),
        distinct: false,
        order_by: Vec::new(),
        filter: None,
        over: None,
    })
}
