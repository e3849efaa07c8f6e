//! Our tokens to tokens of a `PostgreSQL` query that mentions the same names in the same scopes.
//!
//! One pass over the tokens with a stack of open brackets; no recursion. What is lowered, and to what:
//!
//! | text | lowered |
//! |---|---|
//! | `x::t`, `CAST(x AS t)`, `t 'x'`, `INTERVAL '1' DAY`, `x COLLATE c` | `x`, `(x)`, `1`, `1`, `x`; the type is kept |
//! | `LIST[…]`, `LIST(query)`, `MAP(query)`, `MAP[k => v]` | `ARRAY[…]`, `ARRAY(query)`, `ARRAY[k, v]` |
//! | `EXTRACT(f FROM x)`, `SUBSTRING(a FROM b)`, `POSITION(a IN b)`, `TRIM(BOTH a FROM b)` | `(x)`, `substring(a, b)`, … |
//! | `WITH MUTUALLY RECURSIVE (…) r (a t) AS …` | `WITH r (a) AS …`; the place of the `WITH` is kept |
//! | `TABLE t`, `VALUES (a), (b)`, `SELECT FROM t` | `SELECT * FROM t`, `SELECT (a), (b)`, `SELECT 1 FROM t` |
//! | `'x'`, `E'x'`, `$$x$$`, `$1` | `1` |
//! | `t.*`, `(r).*` | `t`, which is kept as a wildcard, and `(r)` |
//! | `ROWS FROM (f(), g())`, `f() WITH ORDINALITY` | `rows(f(), g())`, `f()` |
//! | `[u1 AS a.b]` | `a.b` |
//! | `USING (x) AS u`, `x OPERATOR(s.+) y` | `USING (x)`, `x + y`; alias and schema are kept |
//! | `OFFSET 1 ROW FETCH FIRST 2 ROWS ONLY` | `OFFSET 1 ROW LIMIT 2` |
//! | `OPTIONS (…)` | nothing |
//! | `(SHOW … t)` | `(SELECT 1 FROM t)` if it names a relation |
//! | `x IN (…)`, `x NOT IN (…)`, `x = ANY (…)` | `x = (…)` |
//! | any operator | one of the same arity |

mod words;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::{Location, Span as SqlSpan, Token as SqlToken, TokenWithSpan, Word};

use super::keyword::{self, classify};
use super::{MAX_DEPTH, MAX_QUERIES, too_deep, types, unexpected};
use crate::source::Span;
use crate::syntax::SyntaxError;
use crate::syntax::ast::{Name, SpannedIdent};
use crate::syntax::token::{Token, TokenKind};

/// Set operations in one query, and operators like `IS NULL` after one operand: both make a tree that is as deep as
/// they are many, and that is dropped by recursion.
const MAX_SET_OPERATIONS: u32 = 1000;
const MAX_POSTFIX: u32 = 60;

/// What stands for every literal and parameter. The parser takes a string or a parameter for a name where a name may
/// stand (`FROM 't'`, `x AS 'a'`), and gives that name no place; a number is nothing but a value.
const VALUE: SqlToken = SqlToken::Number(String::new(), false);

/// The lowered tokens and what had no place in them.
pub(super) struct Lowered {
    /// The text as a whole. Queries in parentheses are cut out.
    pub(super) tokens: Vec<TokenWithSpan>,
    /// The queries that were cut out, in the order of the text.
    pub(super) queries: Vec<CutQuery>,
    pub(super) types: Vec<Name>,
    pub(super) operator_schemas: Vec<Name>,
    /// Where each `WITH` of a recursive block stands.
    pub(super) recursive: Vec<u32>,
    /// Where each `ROWS FROM` stands.
    pub(super) rows_from: Vec<u32>,
    /// Where the last identifier before each `.*` stands.
    pub(super) wildcards: Vec<u32>,
    /// The alias behind `USING (…)`, by where the last column in the parentheses stands.
    pub(super) using_aliases: Vec<(u32, SpannedIdent)>,
    /// The index of the first token of the timestamp behind a last `AS OF`.
    pub(super) as_of: Option<usize>,
    /// The number of operators.
    pub(super) operators: usize,
}

/// A query in parentheses. In the tokens around it, `SELECT 1` stands for it.
///
/// The parser needs a lot of stack for a query inside another one; as each is parsed on its own, it never needs more
/// than one query takes. And what is wrong with a query is said about that query, not about a table or an expression
/// that the parser would rather have seen in its place.
pub(super) struct CutQuery {
    /// Where its first token stands, and with it the `SELECT` in its place.
    pub(super) start: u32,
    pub(super) tokens: Vec<TokenWithSpan>,
    /// The bracket that ends it.
    pub(super) end: Span,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum FrameKind {
    Plain,
    /// `CAST(`: an `AS` in it is followed by a type.
    Cast,
    /// `SUBSTRING(`, `TRIM(`, `POSITION(`: words stand for commas.
    Words,
    /// The brackets of a `MAP` and those inside of it.
    Map,
    /// The body of a CTE.
    Cte,
    /// `USING (`
    Using,
    /// `[u1 AS`: its brackets vanish.
    IdReference,
}

#[expect(clippy::struct_excessive_bools, reason = "independent facts about what is between the brackets")]
struct Frame {
    kind: FrameKind,
    open: Token,
    /// `CASE`s that are open.
    cases: u32,
    /// `BETWEEN`s that wait for their `AND`.
    betweens: u32,
    /// The index of the first token inside.
    first: usize,
    /// The arguments of a function.
    is_call: bool,
    /// There is a query in parentheses inside, and nothing else.
    holds_query: bool,
    /// For a query: the tokens around it.
    around: Option<Vec<TokenWithSpan>>,
    /// How many brackets are open in the innermost query, and how many queries are open.
    depth: usize,
    queries: usize,
    /// The number of lowered tokens before what is inside.
    out_start: usize,
    /// `FETCH` waits for its `ROWS`.
    fetch: bool,
    /// Definitions of a recursive `WITH` follow each comma.
    recursive: bool,
    set_operations: u32,
    postfix: u32,
}

struct Lowering<'a> {
    source: &'a str,
    tokens: &'a [Token],
    /// What each token could be as a keyword.
    words: Vec<Keyword>,
    at: usize,
    frames: Vec<Frame>,
    /// What the next opening bracket opens.
    next_frame: FrameKind,
    /// What the last closing bracket closed.
    closed: FrameKind,
    out: Lowered,
}

/// Lowers all of the tokens.
pub(super) fn lower(source: &str, tokens: &[Token]) -> Result<Lowered, SyntaxError> {
    let words = tokens
        .iter()
        .map(|t| if t.kind == TokenKind::Word { classify(t.text(source)) } else { Keyword::NoKeyword })
        .collect();
    let out = Lowered {
        tokens: Vec::with_capacity(tokens.len()),
        queries: Vec::new(),
        types: Vec::new(),
        operator_schemas: Vec::new(),
        recursive: Vec::new(),
        rows_from: Vec::new(),
        wildcards: Vec::new(),
        using_aliases: Vec::new(),
        as_of: None,
        operators: 0,
    };
    let root = Token { kind: TokenKind::Semicolon, span: Span::default() };
    let mut lowering = Lowering {
        source,
        tokens,
        words,
        at: 0,
        frames: vec![Frame { first: usize::MAX, ..Frame::new(FrameKind::Plain, root) }],
        next_frame: FrameKind::Plain,
        closed: FrameKind::Plain,
        out,
    };
    while let Some(token) = lowering.token(0) {
        lowering.step(token)?;
        if lowering.out.as_of.is_some() {
            break;
        }
    }
    match lowering.frames.get(1) {
        Some(open) if lowering.out.as_of.is_none() => {
            Err(SyntaxError { span: open.open.span, message: "this bracket is never closed".into() })
        }
        _ => {
            let mut out = lowering.out;
            out.queries.sort_unstable_by_key(|query| query.start);
            Ok(out)
        }
    }
}

impl Frame {
    fn new(kind: FrameKind, open: Token) -> Self {
        Self {
            kind,
            open,
            cases: 0,
            betweens: 0,
            first: 0,
            is_call: false,
            holds_query: false,
            around: None,
            depth: 0,
            queries: 0,
            out_start: 0,
            fetch: false,
            recursive: false,
            set_operations: 0,
            postfix: 0,
        }
    }
}

impl Lowering<'_> {
    /// The token `ahead` of the next one.
    fn token(&self, ahead: usize) -> Option<Token> {
        self.tokens.get(self.at + ahead).copied()
    }

    fn kind(&self, ahead: usize) -> Option<TokenKind> {
        self.token(ahead).map(|t| t.kind)
    }

    fn word(&self, ahead: usize) -> Keyword {
        self.words.get(self.at + ahead).copied().unwrap_or(Keyword::NoKeyword)
    }

    /// The word `back` before the next one.
    fn word_before(&self, back: usize) -> Keyword {
        self.at.checked_sub(back).and_then(|at| self.words.get(at)).copied().unwrap_or(Keyword::NoKeyword)
    }

    fn kind_before(&self) -> Option<TokenKind> {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| t.kind)
    }

    fn is_text(&self, ahead: usize, word: &str) -> bool {
        self.token(ahead).is_some_and(|t| t.is_keyword(self.source, word))
    }

    fn frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("the root frame is never closed")
    }

    fn frame_kind(&self) -> FrameKind {
        self.frames.last().map_or(FrameKind::Plain, |f| f.kind)
    }

    fn emit(&mut self, token: SqlToken, span: Span) {
        let place = |offset: u32| Location::new(1, u64::from(offset) + 1);
        let span = SqlSpan::new(place(span.start), place(span.end));
        self.out.tokens.push(TokenWithSpan { token, span });
    }

    /// Emits a word. The parser looks at its keyword and its place, never at its text, so it has none.
    fn emit_word(&mut self, keyword: Keyword, span: Span) {
        self.emit(SqlToken::Word(Word { value: String::new(), quote_style: None, keyword }), span);
    }

    /// Emits the next token and moves on.
    fn pass(&mut self, token: SqlToken) {
        if let Some(span) = self.token(0).map(|t| t.span) {
            self.emit(token, span);
            self.at += 1;
        }
    }

    fn step(&mut self, token: Token) -> Result<(), SyntaxError> {
        match token.kind {
            TokenKind::LParen => self.open(token, SqlToken::LParen)?,
            TokenKind::LBracket => self.open_bracket(token)?,
            TokenKind::RParen => self.close(token, TokenKind::LParen, SqlToken::RParen)?,
            TokenKind::RBracket => self.close(token, TokenKind::LBracket, SqlToken::RBracket)?,
            TokenKind::Comma => self.comma()?,
            TokenKind::Dot if self.kind(1) == Some(TokenKind::Star) => self.wildcard(),
            TokenKind::Dot => self.dot(token)?,
            TokenKind::Semicolon => self.pass(SqlToken::SemiColon),
            TokenKind::Colon => self.pass(SqlToken::Colon),
            TokenKind::DoubleColon => self.skip_type(1)?,
            TokenKind::Arrow if self.frame_kind() == FrameKind::Map => self.pass(SqlToken::Comma),
            TokenKind::Arrow => self.pass(SqlToken::RArrow),
            TokenKind::Star | TokenKind::Equals | TokenKind::Operator => self.operator(token),
            TokenKind::Number | TokenKind::Parameter => self.pass(VALUE),
            TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString => self.string(token),
            TokenKind::QuotedIdent => {
                if !self.skip_typed_literal_prefix() {
                    self.emit_word(Keyword::NoKeyword, token.span);
                    self.at += 1;
                }
            }
            TokenKind::Word => self.step_word(token)?,
        }
        Ok(())
    }

    fn open(&mut self, token: Token, bracket: SqlToken) -> Result<(), SyntaxError> {
        let mut kind = std::mem::replace(&mut self.next_frame, FrameKind::Plain);
        if kind == FrameKind::Plain && self.word_before(1) == Keyword::AS {
            kind = FrameKind::Cte;
        }
        let is_query = matches!(
            self.word(1),
            Keyword::SELECT | Keyword::WITH | Keyword::VALUES | Keyword::TABLE | Keyword::SHOW
        ) && self.kind(2) != Some(TokenKind::Dot);
        let is_call = self.after_name();
        self.pass(bracket);
        let mut frame = Frame::new(kind, token);
        frame.is_call = is_call;
        frame.first = self.at;
        frame.out_start = self.out.tokens.len();
        frame.depth = self.frame().depth + 1;
        frame.queries = self.frame().queries;
        if frame.depth > MAX_DEPTH {
            return Err(too_deep(token.span));
        }
        self.frames.push(frame);
        if is_query { self.cut(token) } else { Ok(()) }
    }

    /// Lets the innermost brackets hold a query: what is and what comes in them is kept apart.
    fn cut(&mut self, found: Token) -> Result<(), SyntaxError> {
        let Some(frame) = self.frames.last_mut() else { return Ok(()) };
        let inside = self.out.tokens.split_off(frame.out_start);
        frame.around = Some(std::mem::replace(&mut self.out.tokens, inside));
        frame.depth = 0;
        frame.queries += 1;
        if frame.queries > MAX_QUERIES { Err(too_deep(found.span)) } else { Ok(()) }
    }

    /// Ends a query that was cut out.
    fn paste(&mut self, around: Vec<TokenWithSpan>, end: Span) {
        let tokens = std::mem::replace(&mut self.out.tokens, around);
        let Some(first) = tokens.first().map(|t| t.span) else { return };
        let start =
            first.start.column.checked_sub(1).and_then(|at| u32::try_from(at).ok()).unwrap_or_default();
        self.emit_word(Keyword::SELECT, Span::at(start));
        self.emit(VALUE, Span::at(start));
        self.out.queries.push(CutQuery { start, tokens, end });
    }

    fn open_bracket(&mut self, token: Token) -> Result<(), SyntaxError> {
        if self.word(2) == Keyword::AS && matches!(self.kind(1), Some(TokenKind::Word)) {
            self.frames.push(Frame::new(FrameKind::IdReference, token));
            self.at += 3;
            return Ok(());
        }
        if self.frame_kind() == FrameKind::Map && !self.after_operand() {
            self.next_frame = FrameKind::Map;
        }
        self.open(token, SqlToken::LBracket)
    }

    fn close(&mut self, token: Token, open: TokenKind, bracket: SqlToken) -> Result<(), SyntaxError> {
        let Some(frame) = self.frames.pop_if(|frame| frame.open.kind == open) else {
            return Err(unexpected(self.source, token.span, "something else"));
        };
        self.closed = frame.kind;
        let is_query = frame.around.is_some() || frame.holds_query;
        let last = self.out.tokens.last().map(|t| t.span.start.column.saturating_sub(1));
        if let Some(around) = frame.around {
            self.paste(around, token.span);
        }
        if frame.kind == FrameKind::IdReference {
            self.at += 1;
        } else {
            self.pass(bracket);
        }
        // `((query) UNION …)`: the brackets around hold a query too.
        let is_first = self.tokens.get(self.frame().first).is_some_and(|t| t.span == frame.open.span);
        let may_hold_query = is_query && is_first && self.frame().around.is_none() && !self.frame().is_call;
        if may_hold_query && self.kind(0) == Some(TokenKind::RParen) {
            self.frame().holds_query = true;
        } else if may_hold_query && self.continues_query() {
            self.cut(token)?;
        }
        if frame.kind == FrameKind::Using
            && self.word(0) == Keyword::AS
            && let Some(alias) = self.token(1)
            && let Some(value) = alias.ident(self.source)
        {
            let last = last.and_then(|at| u32::try_from(at).ok()).unwrap_or_default();
            self.out.using_aliases.push((last, SpannedIdent { value, span: alias.span }));
            self.at += 2;
        }
        Ok(())
    }

    /// True if the next word goes on with a query after one of its operands.
    fn continues_query(&self) -> bool {
        use Keyword as K;
        matches!(
            self.word(0),
            K::UNION | K::EXCEPT | K::INTERSECT | K::ORDER | K::LIMIT | K::OFFSET | K::FETCH
        )
    }

    /// A dot inside a name.
    fn dot(&mut self, token: Token) -> Result<(), SyntaxError> {
        match self.token(1) {
            Some(part) if part.ident(self.source).is_none() => {
                Err(unexpected(self.source, part.span, "an identifier"))
            }
            None => Err(unexpected(self.source, Span::at(token.span.end), "an identifier")),
            Some(_) => {
                self.pass(SqlToken::Period);
                Ok(())
            }
        }
    }

    /// `.*`
    fn wildcard(&mut self) {
        if matches!(self.kind_before(), Some(TokenKind::Word | TokenKind::QuotedIdent))
            && let Some(before) = self.tokens.get(self.at.wrapping_sub(1))
        {
            self.out.wildcards.push(before.span.start);
        }
        self.at += 2;
    }

    fn comma(&mut self) -> Result<(), SyntaxError> {
        let after_definition = self.kind_before() == Some(TokenKind::RParen);
        self.frame().postfix = 0;
        self.pass(SqlToken::Comma);
        if self.frame().recursive && after_definition { self.recursive_columns() } else { Ok(()) }
    }

    /// True if the token before the next one ends an operand.
    fn after_operand(&self) -> bool {
        match self.kind_before() {
            Some(TokenKind::Word) => !keyword::precedes_operand(self.word_before(1)),
            Some(kind) => matches!(
                kind,
                TokenKind::QuotedIdent
                    | TokenKind::String
                    | TokenKind::EscapeString
                    | TokenKind::DollarString
                    | TokenKind::Number
                    | TokenKind::Parameter
                    | TokenKind::RParen
                    | TokenKind::RBracket
            ),
            None => false,
        }
    }

    /// True if the token before the next one is a name, so that a parenthesis would begin arguments.
    fn after_name(&self) -> bool {
        use Keyword as K;
        let word = self.word_before(1);
        match self.kind_before() {
            Some(TokenKind::QuotedIdent) => true,
            Some(TokenKind::Word) => {
                !keyword::precedes_operand(word)
                    && !matches!(
                        word,
                        K::JOIN | K::LATERAL | K::EXISTS | K::ARRAY | K::LIST | K::MAP | K::USING
                    )
            }
            _ => false,
        }
    }

    /// True if a query begins with the next token.
    fn at_query_start(&self) -> bool {
        use Keyword as K;
        match (self.word_before(1), self.kind_before()) {
            (_, None | Some(TokenKind::LParen)) | (K::UNION | K::EXCEPT | K::INTERSECT, _) => true,
            (K::ALL | K::DISTINCT, _) => {
                matches!(self.word_before(2), K::UNION | K::EXCEPT | K::INTERSECT)
            }
            (_, Some(TokenKind::RParen)) => self.closed == FrameKind::Cte,
            _ => false,
        }
    }

    fn operator(&mut self, token: Token) {
        let infix = self.after_operand();
        self.at += 1;
        self.emit_operator(token.text(self.source), token.span, infix);
    }

    /// Operators matter by the number of their operands.
    fn emit_operator(&mut self, text: &str, span: Span, infix: bool) {
        self.out.operators += usize::from(infix);
        let token = match text {
            "+" => SqlToken::Plus,
            "-" => SqlToken::Minus,
            "*" => SqlToken::Mul,
            "/" if infix => SqlToken::Div,
            "%" if infix => SqlToken::Mod,
            "=" => SqlToken::Eq,
            "<>" | "!=" => SqlToken::Neq,
            "<" => SqlToken::Lt,
            "<=" => SqlToken::LtEq,
            ">" => SqlToken::Gt,
            ">=" => SqlToken::GtEq,
            _ if infix => SqlToken::StringConcat,
            _ => SqlToken::Tilde,
        };
        self.emit(token, span);
        self.skip_quantifier();
    }

    /// `ANY`, `ALL` or `SOME` behind an operator.
    pub(super) fn skip_quantifier(&mut self) {
        let quantifier = matches!(self.word(0), Keyword::ANY | Keyword::ALL | Keyword::SOME);
        if quantifier && self.kind(1) == Some(TokenKind::LParen) {
            self.at += 1;
        }
    }

    /// A string literal, which goes on in the next one if there is a line break between them.
    fn string(&mut self, literal: Token) {
        self.pass(VALUE);
        let mut end = literal.span.end;
        while let Some(next) = self.token(0)
            && next.kind == TokenKind::String
            && (Span { start: end, end: next.span.start }).slice(self.source).contains('\n')
        {
            end = next.span.end;
            self.at += 1;
        }
    }

    /// Skips `ahead` tokens and the type after them.
    fn skip_type(&mut self, ahead: usize) -> Result<(), SyntaxError> {
        self.at = types::scan(self.source, self.tokens, self.at + ahead, &mut self.out.types)?;
        Ok(())
    }

    /// Skips a type in front of a string literal, if that is what the next tokens are, and the units behind the
    /// literal of an interval.
    fn skip_typed_literal_prefix(&mut self) -> bool {
        if self.kind_before() == Some(TokenKind::Dot) || keyword::precedes_operand(self.word(0)) {
            return false;
        }
        let is_string = |token: Option<&Token>| {
            token.is_some_and(|t| {
                matches!(t.kind, TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString)
            })
        };
        // Most words are no type, and a look at the token after the name shows it.
        let mut end = self.at + 1;
        while self.tokens.get(end).is_some_and(|t| t.kind == TokenKind::Dot) {
            end += 2;
        }
        let may_be_long = matches!(
            self.tokens.get(end).map(|t| t.kind),
            Some(TokenKind::LParen | TokenKind::Word | TokenKind::LBracket)
        ) && self
            .token(0)
            .is_some_and(|t| t.kind == TokenKind::Word && types::is_builtin_word(t.text(self.source)));
        if !may_be_long && !is_string(self.tokens.get(end)) {
            return false;
        }
        let known = self.out.types.len();
        let end = match types::scan(self.source, self.tokens, self.at, &mut self.out.types) {
            Ok(end) if is_string(self.tokens.get(end)) => end,
            _ => {
                self.out.types.truncate(known);
                return false;
            }
        };
        let is_interval = self.is_text(0, "INTERVAL");
        self.at = end;
        if let Some(literal) = self.token(0) {
            self.string(literal);
        }
        if is_interval {
            self.skip_interval_units();
        }
        true
    }

    /// `DAY`, `YEAR TO MONTH`, `SECOND (3)`
    fn skip_interval_units(&mut self) {
        for _ in 0..2 {
            if !keyword::is_interval_unit(self.word(0)) {
                return;
            }
            self.at += 1;
            let precision = [TokenKind::LParen, TokenKind::Number, TokenKind::RParen];
            if precision.iter().enumerate().all(|(i, kind)| self.kind(i) == Some(*kind)) {
                self.at += precision.len();
            }
            if self.word(0) != Keyword::TO {
                return;
            }
            self.at += 1;
        }
    }
}
