//! Lowering of what begins with a word.

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token as SqlToken;

use super::super::keyword::{self, Around};
use super::{FrameKind, Lowering, MAX_POSTFIX, MAX_SET_OPERATIONS, VALUE, too_deep, unexpected};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Name, SpannedIdent};
use crate::syntax::token::{Token, TokenKind};

impl Lowering<'_> {
    pub(super) fn step_word(&mut self, token: Token) -> Result<(), SyntaxError> {
        use Keyword as K;
        let word = self.word(0);
        let in_name = self.kind_before() == Some(TokenKind::Dot) || self.kind(1) == Some(TokenKind::Dot);
        if self.skip_typed_literal_prefix() {
            return Ok(());
        }
        if in_name || word == K::NoKeyword {
            self.identifier(token);
            return Ok(());
        }
        let before_paren = self.kind(1) == Some(TokenKind::LParen);
        let before_bracket = self.kind(1) == Some(TokenKind::LBracket);
        match word {
            K::CAST if before_paren => {
                self.next_frame = FrameKind::Cast;
                self.at += 1;
            }
            K::EXTRACT if before_paren && self.word(3) == K::FROM => return self.extract(),
            K::SUBSTRING | K::POSITION | K::TRIM if before_paren => {
                return self.function_of_words(word, token);
            }
            K::FROM | K::FOR | K::IN if self.frame_kind() == FrameKind::Words => self.pass(SqlToken::Comma),
            K::LIST | K::MAP if (before_paren || before_bracket) && !self.after_operand() => {
                if word == K::MAP && before_bracket {
                    self.next_frame = FrameKind::Map;
                }
                self.emit_word_and_move(K::ARRAY);
            }
            K::ARRAY if before_bracket => self.emit_word_and_move(K::ARRAY),
            K::WITH if self.word(1) == K::ORDINALITY && self.after_operand() => self.at += 2,
            K::WITH if self.is_text(1, "MUTUALLY") && self.word(2) == K::RECURSIVE => {
                return self.recursive_with(token);
            }
            K::AS if self.frame_kind() == FrameKind::Cast => return self.skip_type(1),
            K::AS if self.word(1) == K::OF && self.frames.len() == 1 => {
                let at_least = self.word(2) == K::AT && self.is_text(3, "LEAST");
                self.out.as_of = Some(self.at + if at_least { 4 } else { 2 });
            }
            K::OPTIONS if before_paren => {
                self.at += 1;
                self.skip_brackets();
            }
            K::COLLATE
                if self.after_operand()
                    && matches!(self.kind(1), Some(TokenKind::Word | TokenKind::QuotedIdent)) =>
            {
                self.at += 1;
                self.skip_name();
            }
            K::OPERATOR if before_paren => return self.named_operator(),
            K::VALUES if before_paren && self.at_query_start() => self.emit_word_and_move(K::SELECT),
            K::IN => self.membership(),
            K::NOT if self.word(1) == K::IN => self.at += 1,
            K::LIKE | K::ILIKE => {
                self.plain_word(word, token)?;
                self.skip_quantifier();
            }
            K::FETCH => self.fetch(token),
            K::ROW | K::ROWS if self.frame().fetch => self.end_fetch(),
            K::ROWS if self.word(1) == K::FROM && self.kind(2) == Some(TokenKind::LParen) => {
                self.out.rows_from.push(token.span.start);
                self.emit_word(K::NoKeyword, token.span);
                self.at += 2;
            }
            K::TABLE if self.before_name() && self.at_query_start() => {
                self.emit_word(K::SELECT, token.span);
                self.emit(SqlToken::Mul, token.span);
                self.emit_word(K::FROM, token.span);
                self.at += 1;
            }
            K::SHOW if self.before_name() && self.at_query_start() => return self.show(token),
            K::SELECT => self.select(token),
            _ => self.plain_word(word, token)?,
        }
        Ok(())
    }

    fn before_name(&self) -> bool {
        matches!(self.kind(1), Some(TokenKind::Word | TokenKind::QuotedIdent))
    }

    fn identifier(&mut self, token: Token) {
        self.emit_word(Keyword::NoKeyword, token.span);
        self.at += 1;
    }

    /// A word that is lowered to itself: a keyword if it can be one here.
    fn plain_word(&mut self, word: Keyword, token: Token) -> Result<(), SyntaxError> {
        use Keyword as K;
        let around = Around {
            before_previous: self.word_before(2),
            previous: self.word_before(1),
            next: self.word(1),
            after_next: self.word(2),
            before_word: self.before_name(),
            before_paren: self.kind(1) == Some(TokenKind::LParen),
            before_bracket: self.kind(1) == Some(TokenKind::LBracket),
            after_operand: self.after_operand(),
            in_case: self.frame().cases > 0,
        };
        // Any word may be an alias behind `AS`.
        let is_alias = self.word_before(1) == K::AS;
        let is_keyword = !is_alias && keyword::is_keyword(word, around);
        if is_keyword {
            self.count(word, token)?;
        }
        if is_keyword && word == K::USING {
            self.next_frame = FrameKind::Using;
        }
        self.emit_word(if is_keyword { word } else { K::NoKeyword }, token.span);
        self.at += 1;
        Ok(())
    }

    /// Keeps count of what makes trees deep.
    fn count(&mut self, word: Keyword, token: Token) -> Result<(), SyntaxError> {
        use Keyword as K;
        let infix = self.after_operand();
        let is_operator = word == K::FROM && self.word_before(1) == K::DISTINCT;
        let frame = self.frame();
        if keyword::starts_clause(word) && !is_operator {
            frame.postfix = 0;
        }
        match word {
            K::CASE => frame.cases += 1,
            K::END => frame.cases -= 1,
            K::AND if frame.betweens > 0 => frame.betweens -= 1,
            K::AND | K::OR => {
                frame.postfix = 0;
                self.out.operators += 1;
            }
            K::BETWEEN if infix => {
                frame.betweens += 1;
                frame.postfix += 1;
            }
            K::IS | K::LIKE | K::ILIKE | K::AT | K::NOTNULL => frame.postfix += 1,
            K::UNION | K::EXCEPT | K::INTERSECT => frame.set_operations += 1,
            _ => {}
        }
        let frame = self.frame();
        if frame.set_operations > MAX_SET_OPERATIONS {
            let message = smol_str::format_smolstr!(
                "more than {MAX_SET_OPERATIONS} set operations in a row: put parts of them in parentheses"
            );
            return Err(SyntaxError { span: token.span, message });
        }
        if frame.postfix > MAX_POSTFIX {
            return Err(too_deep(token.span));
        }
        Ok(())
    }

    /// `EXTRACT(field FROM x)` is `(x)`.
    fn extract(&mut self) -> Result<(), SyntaxError> {
        self.at += 1;
        if let Some(paren) = self.token(0) {
            self.step(paren)?;
        }
        self.at += 2;
        Ok(())
    }

    /// `TRIM(BOTH a FROM b)` is `trim(a, b)`: the words in the parentheses become commas.
    fn function_of_words(&mut self, word: Keyword, token: Token) -> Result<(), SyntaxError> {
        self.next_frame = FrameKind::Words;
        self.identifier(token);
        if let Some(paren) = self.token(0) {
            self.step(paren)?;
        }
        if word == Keyword::TRIM {
            if matches!(self.word(0), Keyword::BOTH | Keyword::LEADING | Keyword::TRAILING) {
                self.at += 1;
            }
            if self.word(0) == Keyword::FROM {
                self.at += 1;
            }
        }
        Ok(())
    }

    /// `IN` as an operator.
    fn membership(&mut self) {
        if let Some(token) = self.token(0) {
            self.emit(SqlToken::Eq, token.span);
            self.out.operators += 1;
            self.at += 1;
        }
    }

    /// `FETCH { FIRST | NEXT } [n] { ROW | ROWS } { ONLY | WITH TIES }` is `LIMIT n`.
    fn fetch(&mut self, token: Token) {
        self.emit_word(Keyword::LIMIT, token.span);
        self.at += 1;
        if matches!(self.word(0), Keyword::FIRST | Keyword::NEXT) {
            self.at += 1;
        }
        if matches!(self.word(0), Keyword::ROW | Keyword::ROWS) {
            self.emit(VALUE, token.span);
        }
        self.frame().fetch = true;
    }

    fn end_fetch(&mut self) {
        self.frame().fetch = false;
        self.at += 1;
        match (self.word(0), self.word(1)) {
            (Keyword::ONLY, _) => self.at += 1,
            (Keyword::WITH, Keyword::TIES) => self.at += 2,
            _ => {}
        }
    }

    /// Emits the next token as a keyword.
    fn emit_word_and_move(&mut self, keyword: Keyword) {
        if let Some(token) = self.token(0) {
            self.emit_word(keyword, token.span);
            self.at += 1;
        }
    }

    /// `SELECT` without a list gets one, so that one rule reads all of them.
    fn select(&mut self, token: Token) {
        self.emit_word(Keyword::SELECT, token.span);
        self.at += 1;
        let is_empty = match self.kind(0) {
            None | Some(TokenKind::RParen) => true,
            Some(TokenKind::Word) => {
                keyword::starts_clause(self.word(0))
                    || self.word(0) == Keyword::AS && self.word(1) == Keyword::OF
            }
            _ => false,
        };
        if is_empty {
            self.emit(VALUE, Span::at(token.span.end));
        }
    }

    /// `SHOW …` as a query. The server refuses it in what it stores, so of its names only a relation's matters.
    fn show(&mut self, token: Token) -> Result<(), SyntaxError> {
        self.emit_word(Keyword::SELECT, token.span);
        self.emit(VALUE, token.span);
        let relation = (1..6).find(|at| {
            let is = |word| self.is_text(*at, word);
            (self.is_text(1, "COLUMNS") && is("FROM"))
                || (self.is_text(1, "INDEXES") && is("ON"))
                || (self.is_text(1, "CREATE") || self.is_text(2, "CREATE"))
                    && ["TABLE", "VIEW", "SOURCE", "SINK"].into_iter().any(is)
        });
        let start = self.at;
        let mut depth = 0usize;
        let end = loop {
            match self.kind(0) {
                Some(TokenKind::LParen) => depth += 1,
                Some(TokenKind::RParen) if depth == 0 => break self.at,
                Some(TokenKind::RParen) => depth -= 1,
                None => break self.at,
                _ => {}
            }
            self.at += 1;
        };
        let Some(relation) = relation else { return Ok(()) };
        self.emit_word(Keyword::FROM, token.span);
        self.at = start + relation + 1;
        self.relation_before(end)?;
        self.at = end;
        Ok(())
    }

    /// The name of a relation, which must begin and end before the token `end`.
    fn relation_before(&mut self, end: usize) -> Result<(), SyntaxError> {
        loop {
            match self.token(0).filter(|_| self.at < end) {
                Some(part) if part.ident(self.source).is_some() => self.identifier(part),
                _ => {
                    let end_of_text =
                        || self.tokens.last().map_or_else(Span::default, |t| Span::at(t.span.end));
                    let found = self.tokens.get(self.at.min(end)).map_or_else(end_of_text, |t| t.span);
                    return Err(unexpected(self.source, found, "the name of a relation"));
                }
            }
            if self.kind(0) != Some(TokenKind::Dot) {
                return Ok(());
            }
            self.pass(SqlToken::Period);
        }
    }

    /// `WITH MUTUALLY RECURSIVE [(options)] name (column type, …) AS …`
    fn recursive_with(&mut self, token: Token) -> Result<(), SyntaxError> {
        self.out.recursive.push(token.span.start);
        self.emit_word(Keyword::WITH, token.span);
        self.at += 3;
        if self.kind(0) == Some(TokenKind::LParen) {
            self.skip_brackets();
        }
        self.frame().recursive = true;
        self.recursive_columns()
    }

    /// `name (column type, …)`
    pub(super) fn recursive_columns(&mut self) -> Result<(), SyntaxError> {
        let Some(name) = self.token(0).filter(|t| t.ident(self.source).is_some()) else { return Ok(()) };
        if self.kind(1) != Some(TokenKind::LParen) {
            return Ok(());
        }
        self.emit_word(Keyword::NoKeyword, name.span);
        self.at += 1;
        self.pass(SqlToken::LParen);
        while let Some(column) = self.token(0).filter(|t| t.ident(self.source).is_some()) {
            self.emit_word(Keyword::NoKeyword, column.span);
            self.skip_type(1)?;
            if self.kind(0) != Some(TokenKind::Comma) {
                break;
            }
            self.pass(SqlToken::Comma);
        }
        match self.token(0) {
            Some(token) if token.kind == TokenKind::RParen => self.pass(SqlToken::RParen),
            Some(token) => return Err(unexpected(self.source, token.span, "`,` or `)`")),
            None => {}
        }
        Ok(())
    }

    /// `OPERATOR(schema.op)`
    fn named_operator(&mut self) -> Result<(), SyntaxError> {
        let infix = self.after_operand();
        self.at += 2;
        let mut parts = Vec::new();
        while let Some(part) = self.token(0)
            && let Some(value) = part.ident(self.source)
            && self.kind(1) == Some(TokenKind::Dot)
        {
            parts.push(SpannedIdent { value, span: part.span });
            self.at += 2;
        }
        let operator = self.token(0);
        match (operator.map(|t| t.kind), self.token(1)) {
            (
                Some(TokenKind::Operator | TokenKind::Star | TokenKind::Equals),
                Some(Token { kind: TokenKind::RParen, .. }),
            ) => self.at += 2,
            (_, found) => {
                let span = operator.or(found).map_or_else(Span::default, |t| t.span);
                return Err(unexpected(self.source, span, "an operator and `)`"));
            }
        }
        if !parts.is_empty() {
            self.out.operator_schemas.push(Name { parts });
        }
        if let Some(operator) = operator {
            self.emit_operator(operator.text(self.source), operator.span, infix);
        }
        Ok(())
    }

    fn skip_name(&mut self) {
        self.at += 1;
        while self.kind(0) == Some(TokenKind::Dot) {
            self.at += 2;
        }
    }

    /// Skips brackets and what is in them.
    fn skip_brackets(&mut self) {
        let mut depth = 0usize;
        while let Some(kind) = self.kind(0) {
            self.at += 1;
            match kind {
                TokenKind::LParen => depth += 1,
                TokenKind::RParen => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return;
            }
        }
    }
}
