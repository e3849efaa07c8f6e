//! Builtin types in the words of the standard, which errors and the catalog write them in.

/// The types whose name in `pg_type` is not what they are called.
const WORDS: [(&str, &str); 11] = [
    ("bool", "boolean"),
    ("int2", "smallint"),
    ("int4", "integer"),
    ("int8", "bigint"),
    ("float4", "real"),
    ("float8", "double precision"),
    ("varchar", "character varying"),
    ("bpchar", "character"),
    ("timestamp", "timestamp without time zone"),
    ("timestamptz", "timestamp with time zone"),
    ("char", "\"char\""),
];

/// A builtin type in words, by its name in `pg_type`: `_int4` is `integer[]`.
pub(crate) fn type_words(name: &str) -> String {
    let (name, array) = name.strip_prefix('_').map_or((name, ""), |element| (element, "[]"));
    let words = WORDS.iter().find(|(known, _)| *known == name).map_or(name, |(_, words)| words);
    format!("{words}{array}")
}

/// The name in `pg_type` of a builtin type in words. What isn't known is a name.
pub(crate) fn type_name(words: &str) -> &str {
    WORDS.iter().find(|(_, known)| *known == words).map_or(words, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_names_lead_to_each_other() {
        for (name, words) in WORDS {
            assert_eq!(type_words(name), words);
            assert_eq!(type_name(words), name);
        }
        assert_eq!(type_words("_timestamptz"), "timestamp with time zone[]");
        assert_eq!((type_words("uint8").as_str(), type_name("uint8")), ("uint8", "uint8"));
    }
}
