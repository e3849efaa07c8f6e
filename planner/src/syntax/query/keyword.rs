//! Which words are keywords, and where.
//!
//! Materialize reserves few words, and `sqlparser` knows those of every dialect. A word is a keyword here only where
//! Materialize's grammar can read one; everywhere else it is an identifier.

use std::cmp::Ordering;

use sqlparser::keywords::Keyword;

/// The words that mean something in a query, in upper case and sorted.
const WORDS: &[(&str, Keyword)] = &[
    ("ALL", Keyword::ALL),
    ("AND", Keyword::AND),
    ("ANY", Keyword::ANY),
    ("ARRAY", Keyword::ARRAY),
    ("AS", Keyword::AS),
    ("ASC", Keyword::ASC),
    ("AT", Keyword::AT),
    ("BETWEEN", Keyword::BETWEEN),
    ("BOTH", Keyword::BOTH),
    ("BY", Keyword::BY),
    ("CASE", Keyword::CASE),
    ("CAST", Keyword::CAST),
    ("COLLATE", Keyword::COLLATE),
    ("CROSS", Keyword::CROSS),
    ("CURRENT", Keyword::CURRENT),
    ("DAY", Keyword::DAY),
    ("DAYS", Keyword::DAYS),
    ("DESC", Keyword::DESC),
    ("DISTINCT", Keyword::DISTINCT),
    ("ELSE", Keyword::ELSE),
    ("END", Keyword::END),
    ("ESCAPE", Keyword::ESCAPE),
    ("EXCEPT", Keyword::EXCEPT),
    ("EXISTS", Keyword::EXISTS),
    ("EXTRACT", Keyword::EXTRACT),
    ("FALSE", Keyword::FALSE),
    ("FETCH", Keyword::FETCH),
    ("FILTER", Keyword::FILTER),
    ("FIRST", Keyword::FIRST),
    ("FOLLOWING", Keyword::FOLLOWING),
    ("FOR", Keyword::FOR),
    ("FROM", Keyword::FROM),
    ("FULL", Keyword::FULL),
    ("GROUP", Keyword::GROUP),
    ("GROUPS", Keyword::GROUPS),
    ("HAVING", Keyword::HAVING),
    ("HOUR", Keyword::HOUR),
    ("HOURS", Keyword::HOURS),
    ("IGNORE", Keyword::IGNORE),
    ("ILIKE", Keyword::ILIKE),
    ("IN", Keyword::IN),
    ("INNER", Keyword::INNER),
    ("INTERSECT", Keyword::INTERSECT),
    ("INTERVAL", Keyword::INTERVAL),
    ("IS", Keyword::IS),
    // `sqlparser` knows the postfix `NOTNULL` alone. Which of them it is doesn't matter to names.
    ("ISNULL", Keyword::NOTNULL),
    ("JOIN", Keyword::JOIN),
    ("LAST", Keyword::LAST),
    ("LATERAL", Keyword::LATERAL),
    ("LEADING", Keyword::LEADING),
    ("LEFT", Keyword::LEFT),
    ("LIKE", Keyword::LIKE),
    ("LIMIT", Keyword::LIMIT),
    ("LIST", Keyword::LIST),
    ("MAP", Keyword::MAP),
    ("MINUTE", Keyword::MINUTE),
    ("MINUTES", Keyword::MINUTES),
    ("MONTH", Keyword::MONTH),
    ("MONTHS", Keyword::MONTHS),
    ("NATURAL", Keyword::NATURAL),
    ("NEXT", Keyword::NEXT),
    ("NOT", Keyword::NOT),
    ("NULL", Keyword::NULL),
    ("NULLS", Keyword::NULLS),
    ("OF", Keyword::OF),
    ("OFFSET", Keyword::OFFSET),
    ("ON", Keyword::ON),
    ("ONLY", Keyword::ONLY),
    ("OPERATOR", Keyword::OPERATOR),
    ("OPTIONS", Keyword::OPTIONS),
    ("OR", Keyword::OR),
    ("ORDER", Keyword::ORDER),
    ("ORDINALITY", Keyword::ORDINALITY),
    ("OUTER", Keyword::OUTER),
    ("OVER", Keyword::OVER),
    ("PARTITION", Keyword::PARTITION),
    ("POSITION", Keyword::POSITION),
    ("PRECEDING", Keyword::PRECEDING),
    ("QUALIFY", Keyword::QUALIFY),
    ("RANGE", Keyword::RANGE),
    ("RECURSIVE", Keyword::RECURSIVE),
    ("RESPECT", Keyword::RESPECT),
    ("RETURNING", Keyword::RETURNING),
    ("RIGHT", Keyword::RIGHT),
    ("ROW", Keyword::ROW),
    ("ROWS", Keyword::ROWS),
    ("SECOND", Keyword::SECOND),
    ("SECONDS", Keyword::SECONDS),
    ("SELECT", Keyword::SELECT),
    ("SHOW", Keyword::SHOW),
    ("SOME", Keyword::SOME),
    ("SUBSTRING", Keyword::SUBSTRING),
    ("TABLE", Keyword::TABLE),
    ("THEN", Keyword::THEN),
    ("TIES", Keyword::TIES),
    ("TIME", Keyword::TIME),
    ("TO", Keyword::TO),
    ("TRAILING", Keyword::TRAILING),
    ("TRIM", Keyword::TRIM),
    ("TRUE", Keyword::TRUE),
    ("UNBOUNDED", Keyword::UNBOUNDED),
    ("UNION", Keyword::UNION),
    ("UNKNOWN", Keyword::UNKNOWN),
    ("USING", Keyword::USING),
    ("VALUES", Keyword::VALUES),
    ("WHEN", Keyword::WHEN),
    ("WHERE", Keyword::WHERE),
    ("WINDOW", Keyword::WINDOW),
    ("WITH", Keyword::WITH),
    ("YEAR", Keyword::YEAR),
    ("YEARS", Keyword::YEARS),
    ("ZONE", Keyword::ZONE),
];

/// The keyword that a word could be.
pub(super) fn classify(word: &str) -> Keyword {
    if word.len() > "ORDINALITY".len() {
        return Keyword::NoKeyword;
    }
    let compare = |(keyword, _): &(&str, Keyword)| -> Ordering {
        keyword.bytes().cmp(word.bytes().map(|b| b.to_ascii_uppercase()))
    };
    let found = WORDS.binary_search_by(compare).ok().and_then(|at| WORDS.get(at));
    found.map_or(Keyword::NoKeyword, |(_, keyword)| *keyword)
}

/// What stands around a word.
#[derive(Clone, Copy)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about a place in a text")]
pub(super) struct Around {
    pub(super) before_previous: Keyword,
    pub(super) previous: Keyword,
    pub(super) next: Keyword,
    pub(super) after_next: Keyword,
    /// The token after is a word, keyword or not.
    pub(super) before_word: bool,
    /// The token after is `(`.
    pub(super) before_paren: bool,
    /// The token after is `[`.
    pub(super) before_bracket: bool,
    /// The token before ends an operand.
    pub(super) after_operand: bool,
    /// The word is between `CASE` and `END`.
    pub(super) in_case: bool,
}

/// True if a word that could be `keyword` is one where it stands; it isn't a part of a dotted name.
pub(super) fn is_keyword(keyword: Keyword, around: Around) -> bool {
    use Keyword as K;
    let Around { before_previous, previous, next, before_paren, .. } = around;
    match keyword {
        K::ALL => {
            matches!(previous, K::SELECT | K::UNION | K::EXCEPT | K::INTERSECT | K::LIMIT)
                || around.before_word
        }
        K::EXISTS | K::FILTER | K::OVER | K::USING => before_paren,
        K::ARRAY => before_paren || around.before_bracket,
        K::AT => next == K::TIME && around.after_next == K::ZONE,
        K::TIME => previous == K::AT && next == K::ZONE,
        K::ZONE => previous == K::TIME && before_previous == K::AT,
        K::BY => matches!(previous, K::ORDER | K::GROUP | K::PARTITION),
        K::GROUP | K::ORDER | K::PARTITION => next == K::BY,
        K::CROSS | K::INNER | K::OUTER => next == K::JOIN,
        K::LEFT | K::RIGHT | K::FULL => matches!(next, K::JOIN | K::OUTER),
        K::NATURAL => matches!(next, K::JOIN | K::INNER | K::LEFT | K::RIGHT | K::FULL),
        K::CURRENT => next == K::ROW,
        K::ROW => previous == K::CURRENT || matches!(next, K::LIMIT | K::FETCH),
        K::ROWS => !before_paren,
        K::RANGE | K::GROUPS => {
            !around.before_word || matches!(next, K::BETWEEN | K::UNBOUNDED | K::CURRENT | K::INTERVAL)
        }
        K::UNBOUNDED => matches!(next, K::PRECEDING | K::FOLLOWING),
        K::ELSE | K::END | K::THEN | K::WHEN => around.in_case,
        K::FIRST | K::LAST => previous == K::NULLS,
        K::IGNORE | K::RESPECT => next == K::NULLS,
        K::NULLS => matches!(previous, K::IGNORE | K::RESPECT) || matches!(next, K::FIRST | K::LAST),
        K::LATERAL => before_paren || around.before_word,
        K::NOTNULL => around.after_operand,
        K::UNKNOWN => matches!(previous, K::IS | K::NOT),
        K::AND
        | K::AS
        | K::ASC
        | K::BETWEEN
        | K::CASE
        | K::DESC
        | K::DISTINCT
        | K::ESCAPE
        | K::EXCEPT
        | K::FALSE
        | K::FOLLOWING
        | K::FROM
        | K::HAVING
        | K::ILIKE
        | K::INTERSECT
        | K::IS
        | K::JOIN
        | K::LIKE
        | K::LIMIT
        | K::NOT
        | K::NULL
        | K::OFFSET
        | K::ON
        | K::OPTIONS
        | K::OR
        | K::PRECEDING
        | K::QUALIFY
        | K::RETURNING
        | K::SELECT
        | K::TRUE
        | K::UNION
        | K::WHERE
        | K::WINDOW
        | K::WITH => true,
        // The other words of the list matter to the lowering alone.
        _ => false,
    }
}

/// Words that may not be read as a table's alias without `AS`.
pub(super) fn is_table_alias(keyword: Keyword) -> bool {
    use Keyword as K;
    let joins = matches!(
        keyword,
        K::ON
            | K::JOIN
            | K::INNER
            | K::CROSS
            | K::FULL
            | K::LEFT
            | K::RIGHT
            | K::NATURAL
            | K::USING
            | K::OUTER
    );
    !joins && is_column_alias(keyword)
}

/// Words that may not be read as a column's alias without `AS`.
pub(super) fn is_column_alias(keyword: Keyword) -> bool {
    use Keyword as K;
    !starts_clause(keyword) && !matches!(keyword, K::AS | K::WITH | K::SELECT | K::RETURNING | K::WINDOW)
}

/// Words that end a select list, and each part of a `SELECT` after it.
pub(super) fn starts_clause(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(
        keyword,
        K::FROM
            | K::WHERE
            | K::GROUP
            | K::HAVING
            | K::QUALIFY
            | K::OPTIONS
            | K::ORDER
            | K::LIMIT
            | K::OFFSET
            | K::FETCH
            | K::UNION
            | K::EXCEPT
            | K::INTERSECT
    )
}

/// Words after which an operand begins: no operand has ended with them, and a string literal may follow them without
/// being a value of a type with that name.
pub(super) fn precedes_operand(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(
        keyword,
        K::ALL
            | K::AND
            | K::ANY
            | K::AS
            | K::BETWEEN
            | K::BOTH
            | K::BY
            | K::CASE
            | K::DISTINCT
            | K::ELSE
            | K::ESCAPE
            | K::EXCEPT
            | K::FETCH
            | K::FIRST
            | K::FOR
            | K::FROM
            | K::GROUPS
            | K::HAVING
            | K::ILIKE
            | K::IN
            | K::INTERSECT
            | K::IS
            | K::LEADING
            | K::LIKE
            | K::LIMIT
            | K::NEXT
            | K::NOT
            | K::OF
            | K::OFFSET
            | K::ON
            | K::OR
            | K::QUALIFY
            | K::RANGE
            | K::ROWS
            | K::SELECT
            | K::SOME
            | K::THEN
            | K::TRAILING
            | K::UNION
            | K::WHEN
            | K::WHERE
            | K::ZONE
    )
}

/// Units of an interval.
pub(super) fn is_interval_unit(keyword: Keyword) -> bool {
    use Keyword as K;
    matches!(
        keyword,
        K::YEAR
            | K::YEARS
            | K::MONTH
            | K::MONTHS
            | K::DAY
            | K::DAYS
            | K::HOUR
            | K::HOURS
            | K::MINUTE
            | K::MINUTES
            | K::SECOND
            | K::SECONDS
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted_for_the_search() {
        assert!(WORDS.is_sorted_by_key(|(word, _)| *word));
    }

    #[test]
    fn words_are_classified_in_any_letter_case() {
        assert_eq!(classify("sElEcT"), Keyword::SELECT);
        assert_eq!(classify("pivot"), Keyword::NoKeyword);
        assert_eq!(classify("a_very_long_identifier"), Keyword::NoKeyword);
    }
}
