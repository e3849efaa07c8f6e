//! Patterns of `LIKE`, by which things are named that are to be slow or to fail.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A pattern of `LIKE`: `%` is any text, `_` any character, `\` takes the next one literally. Case doesn't count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pattern(String);

impl Pattern {
    /// A pattern.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// True if all of a text is what the pattern says.
    pub fn matches(&self, text: &str) -> bool {
        let pattern: Vec<Part> = parts(&self.0);
        let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
        // Where to go on from when the text after a `%` turns out to be another one: the last `%` is enough.
        let (mut at, mut read, mut again) = (0, 0, None);
        while let Some(&character) = text.get(read) {
            match pattern.get(at) {
                Some(Part::AnyText) => {
                    at += 1;
                    again = Some((at, read));
                }
                Some(Part::AnyCharacter) => (at, read) = (at + 1, read + 1),
                Some(Part::Character(expected)) if *expected == character => (at, read) = (at + 1, read + 1),
                _ => {
                    let Some((from, tried)) = again else { return false };
                    again = Some((from, tried + 1));
                    (at, read) = (from, tried + 1);
                }
            }
        }
        pattern.get(at..).unwrap_or_default().iter().all(|part| *part == Part::AnyText)
    }

    /// True if a thing of this name is meant: by its full name (`database.schema.item`), or by the last part of it.
    pub fn names(&self, full_name: &str) -> bool {
        let last = full_name.rsplit_once('.').map_or(full_name, |(_, last)| last);
        self.matches(full_name) || self.matches(last)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    AnyText,
    AnyCharacter,
    Character(char),
}

fn parts(pattern: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        match character {
            '%' => parts.push(Part::AnyText),
            '_' => parts.push(Part::AnyCharacter),
            '\\' => parts.extend(rest.next().into_iter().flat_map(char::to_lowercase).map(Part::Character)),
            other => parts.extend(other.to_lowercase().map(Part::Character)),
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_as_like_does() {
        let cases = [
            ("ALTER SCHEMA%", "alter schema a swap with b", true),
            ("ALTER SCHEMA%", " alter schema a", false),
            ("%swap%", "ALTER SCHEMA a SWAP WITH b", true),
            ("a_c", "abc", true),
            ("a_c", "ac", false),
            ("a\\_c", "abc", false),
            ("a\\_c", "a_c", true),
            ("%ab%ab", "abxabab", true),
            ("%ab%ab", "ab", false),
            ("", "", true),
            ("%", "", true),
            ("", "x", false),
        ];
        for (pattern, text, expected) in cases {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_thing_is_named_in_full_or_by_its_last_part() {
        assert!(Pattern::new("orders").names("shop.public.orders"));
        assert!(Pattern::new("shop.%").names("shop.public.orders"));
        assert!(!Pattern::new("public").names("shop.public.orders"));
    }
}
