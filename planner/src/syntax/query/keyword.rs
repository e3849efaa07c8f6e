//! Which words are keywords, and where.
//!
//! Materialize reserves few words, and `sqlparser` knows those of every dialect. A word is a keyword here only where
//! Materialize's grammar can read one; everywhere else it is an identifier.

use sqlparser::keywords::Keyword;

/// The words that mean something in a query, in lower case and sorted.
const WORDS: &[(&str, Keyword)] = &[
    ("all", Keyword::ALL),
    ("and", Keyword::AND),
    ("any", Keyword::ANY),
    ("array", Keyword::ARRAY),
    ("as", Keyword::AS),
    ("asc", Keyword::ASC),
    ("at", Keyword::AT),
    ("between", Keyword::BETWEEN),
    ("both", Keyword::BOTH),
    ("by", Keyword::BY),
    ("case", Keyword::CASE),
    ("cast", Keyword::CAST),
    ("collate", Keyword::COLLATE),
    ("cross", Keyword::CROSS),
    ("current", Keyword::CURRENT),
    ("day", Keyword::DAY),
    ("days", Keyword::DAYS),
    ("desc", Keyword::DESC),
    ("distinct", Keyword::DISTINCT),
    ("else", Keyword::ELSE),
    ("end", Keyword::END),
    ("escape", Keyword::ESCAPE),
    ("except", Keyword::EXCEPT),
    ("exists", Keyword::EXISTS),
    ("extract", Keyword::EXTRACT),
    ("false", Keyword::FALSE),
    ("fetch", Keyword::FETCH),
    ("filter", Keyword::FILTER),
    ("first", Keyword::FIRST),
    ("following", Keyword::FOLLOWING),
    ("for", Keyword::FOR),
    ("from", Keyword::FROM),
    ("full", Keyword::FULL),
    ("group", Keyword::GROUP),
    ("groups", Keyword::GROUPS),
    ("having", Keyword::HAVING),
    ("hour", Keyword::HOUR),
    ("hours", Keyword::HOURS),
    ("ignore", Keyword::IGNORE),
    ("ilike", Keyword::ILIKE),
    ("in", Keyword::IN),
    ("inner", Keyword::INNER),
    ("intersect", Keyword::INTERSECT),
    ("interval", Keyword::INTERVAL),
    ("is", Keyword::IS),
    // `sqlparser` knows the postfix `NOTNULL` alone. Which of them it is doesn't matter to names.
    ("isnull", Keyword::NOTNULL),
    ("join", Keyword::JOIN),
    ("last", Keyword::LAST),
    ("lateral", Keyword::LATERAL),
    ("leading", Keyword::LEADING),
    ("left", Keyword::LEFT),
    ("like", Keyword::LIKE),
    ("limit", Keyword::LIMIT),
    ("list", Keyword::LIST),
    ("map", Keyword::MAP),
    ("minute", Keyword::MINUTE),
    ("minutes", Keyword::MINUTES),
    ("month", Keyword::MONTH),
    ("months", Keyword::MONTHS),
    ("natural", Keyword::NATURAL),
    ("next", Keyword::NEXT),
    ("not", Keyword::NOT),
    ("null", Keyword::NULL),
    ("nulls", Keyword::NULLS),
    ("of", Keyword::OF),
    ("offset", Keyword::OFFSET),
    ("on", Keyword::ON),
    ("only", Keyword::ONLY),
    ("operator", Keyword::OPERATOR),
    ("options", Keyword::OPTIONS),
    ("or", Keyword::OR),
    ("order", Keyword::ORDER),
    ("ordinality", Keyword::ORDINALITY),
    ("outer", Keyword::OUTER),
    ("over", Keyword::OVER),
    ("partition", Keyword::PARTITION),
    ("position", Keyword::POSITION),
    ("preceding", Keyword::PRECEDING),
    ("qualify", Keyword::QUALIFY),
    ("range", Keyword::RANGE),
    ("recursive", Keyword::RECURSIVE),
    ("respect", Keyword::RESPECT),
    ("returning", Keyword::RETURNING),
    ("right", Keyword::RIGHT),
    ("row", Keyword::ROW),
    ("rows", Keyword::ROWS),
    ("second", Keyword::SECOND),
    ("seconds", Keyword::SECONDS),
    ("select", Keyword::SELECT),
    ("show", Keyword::SHOW),
    ("some", Keyword::SOME),
    ("substring", Keyword::SUBSTRING),
    ("table", Keyword::TABLE),
    ("then", Keyword::THEN),
    ("ties", Keyword::TIES),
    ("time", Keyword::TIME),
    ("to", Keyword::TO),
    ("trailing", Keyword::TRAILING),
    ("trim", Keyword::TRIM),
    ("true", Keyword::TRUE),
    ("unbounded", Keyword::UNBOUNDED),
    ("union", Keyword::UNION),
    ("unknown", Keyword::UNKNOWN),
    ("using", Keyword::USING),
    ("values", Keyword::VALUES),
    ("when", Keyword::WHEN),
    ("where", Keyword::WHERE),
    ("window", Keyword::WINDOW),
    ("with", Keyword::WITH),
    ("year", Keyword::YEAR),
    ("years", Keyword::YEARS),
    ("zone", Keyword::ZONE),
];

/// The keyword that a word could be.
pub(super) fn classify(word: &str) -> Keyword {
    look_up(WORDS, |(word, _)| word, word).map_or(Keyword::NoKeyword, |(_, keyword)| *keyword)
}

/// The length in bytes of the longest word that is known here or as a type, `anycompatiblenonarray`: what is longer is neither.
const LONGEST: usize = 21;

/// Finds a word in any letter case by its `name` among sorted ones in lower case.
///
/// Every word of a project is looked up here, so the letter case is changed once and not for each comparison.
pub(super) fn look_up<'a, T>(entries: &'a [T], name: impl Fn(&T) -> &str, word: &str) -> Option<&'a T> {
    let mut buffer = [0; LONGEST];
    let word_in_lower_case = buffer.get_mut(..word.len())?;
    word_in_lower_case.copy_from_slice(word.as_bytes());
    word_in_lower_case.make_ascii_lowercase();
    let compare = |entry: &T| name(entry).as_bytes().cmp(word_in_lower_case);
    entries.binary_search_by(compare).ok().and_then(|at| entries.get(at))
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
        for (word, _) in WORDS {
            assert!(word.len() <= LONGEST && !word.contains(|c: char| c.is_ascii_uppercase()), "{word}");
        }
    }

    #[test]
    fn words_are_classified_in_any_letter_case() {
        assert_eq!(classify("sElEcT"), Keyword::SELECT);
        assert_eq!(classify("pivot"), Keyword::NoKeyword);
        assert_eq!(classify("a_very_long_identifier"), Keyword::NoKeyword);
    }
}
