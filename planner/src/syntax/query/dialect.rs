//! The dialect that `sqlparser` reads lowered tokens with: PostgreSQL's expressions, Materialize's reserved words.

use std::ops::ControlFlow;

use sqlparser::ast::{Expr, ObjectName};
use sqlparser::dialect::Dialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::{Parser, ParserError};
use sqlparser::tokenizer::Token;

use super::keyword;

/// Operators in a query from which on chains are read flat. A tree that leans to the left is dropped by recursion, so
/// its depth must be bounded; below this number it is.
pub(super) const LONG_CHAIN: usize = 300;

/// Materialize's SQL after lowering.
#[derive(Debug)]
pub(super) struct Materialize {
    /// Read `a OR b OR c` as one list, not as a tree that is as deep as the chain is long.
    pub(super) flatten: bool,
}

impl Dialect for Materialize {
    fn is_identifier_start(&self, c: char) -> bool {
        c.is_alphabetic() || c == '_'
    }

    fn is_identifier_part(&self, c: char) -> bool {
        c.is_alphanumeric() || c == '_' || c == '$'
    }

    fn supports_filter_during_aggregation(&self) -> bool {
        true
    }

    fn supports_group_by_expr(&self) -> bool {
        true
    }

    fn supports_boolean_literals(&self) -> bool {
        true
    }

    fn supports_notnull_operator(&self) -> bool {
        true
    }

    /// A colon stands between the bounds of a slice; it is no operator.
    fn get_next_precedence(&self, parser: &Parser<'_>) -> Option<Result<u8, ParserError>> {
        (parser.peek_token_ref().token == Token::Colon).then(|| Ok(self.prec_unknown()))
    }

    fn is_reserved_for_identifier(&self, _: Keyword) -> bool {
        false
    }

    fn is_column_alias(&self, keyword: &Keyword, _: &mut Parser<'_>) -> bool {
        keyword::is_column_alias(*keyword)
    }

    fn is_table_alias(&self, keyword: &Keyword, _: &mut Parser<'_>) -> bool {
        keyword::is_table_alias(*keyword)
    }

    fn is_table_factor(&self, keyword: &Keyword, _: &mut Parser<'_>) -> bool {
        keyword::is_table_alias(*keyword)
    }

    fn supports_named_fn_args_with_expr_name(&self) -> bool {
        // There are no named arguments. With this, the parser doesn't look for them by reading an argument twice.
        true
    }

    /// Plain words are read here, as the parser's own rule would first try each as the name of a type.
    fn parse_prefix(&self, parser: &mut Parser<'_>) -> Option<Result<Expr, ParserError>> {
        let token = parser.peek_token_ref();
        match &token.token {
            Token::Word(word) if word.keyword == Keyword::NoKeyword => {
                let ident = word.to_ident(token.span);
                parser.advance_token();
                if parser.peek_token_ref().token == Token::LParen {
                    Some(parser.parse_function(ObjectName::from(vec![ident])))
                } else {
                    Some(Ok(Expr::Identifier(ident)))
                }
            }
            Token::Word(word) if !keyword::is_column_alias(word.keyword) => {
                Some(parser.expected_ref("an expression", token))
            }
            _ => None,
        }
    }

    /// Reads the rest of a chain of operators of one precedence into a list.
    fn parse_infix(
        &self,
        parser: &mut Parser<'_>,
        first: &Expr,
        precedence: u8,
    ) -> Option<Result<Expr, ParserError>> {
        if !self.flatten || !is_chained(parser) {
            return None;
        }
        let mut operands = vec![first.clone()];
        loop {
            match next_operand(parser, precedence, &mut operands) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(())) => return Some(Ok(Expr::Tuple(operands))),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

fn next_operand(
    parser: &mut Parser<'_>,
    precedence: u8,
    operands: &mut Vec<Expr>,
) -> Result<ControlFlow<()>, ParserError> {
    if !is_chained(parser) || parser.get_next_precedence()? != precedence {
        return Ok(ControlFlow::Break(()));
    }
    parser.advance_token();
    operands.push(parser.parse_subexpr(precedence)?);
    Ok(ControlFlow::Continue(()))
}

/// True if the next token is an operator between two expressions and nothing more.
fn is_chained(parser: &Parser<'_>) -> bool {
    match &parser.peek_token_ref().token {
        Token::Word(word) => matches!(word.keyword, Keyword::AND | Keyword::OR),
        Token::Plus | Token::Minus | Token::Mul | Token::Div | Token::Mod | Token::StringConcat => true,
        Token::Eq | Token::Neq | Token::Lt | Token::LtEq | Token::Gt | Token::GtEq => true,
        _ => false,
    }
}
