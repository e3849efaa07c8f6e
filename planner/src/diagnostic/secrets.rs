//! Source lines without the values of secrets: an excerpt is printed to logs that many may read.

use std::collections::BTreeMap;

use super::{Diagnostic, Label};
use crate::syntax::token::{Token, TokenKind, tokenize};

/// The texts of the files that diagnostics point into, for those that hold secrets: with every string literal blotted
/// out, byte for byte, so that lines and columns stay.
pub(super) fn blotted<'d, 't>(
    diagnostics: &'d [Diagnostic],
    text_of: &impl Fn(&str) -> Option<&'t str>,
) -> BTreeMap<&'d str, String> {
    let mut texts = BTreeMap::new();
    for Label { location, .. } in
        diagnostics.iter().flat_map(|d| std::iter::once(&d.primary).chain(&d.secondary))
    {
        let path = location.path.as_str();
        if !texts.contains_key(path)
            && let Some(text) = text_of(path).and_then(blot)
        {
            texts.insert(path, text);
        }
    }
    texts
}

/// A text that makes secrets or connections, without the contents of its string literals. `None` for other texts.
fn blot(text: &str) -> Option<String> {
    let (tokens, error) = tokenize(text);
    let is_word = |token: &Token, words: &[&str]| words.iter().any(|word| token.is_keyword(text, word));
    let holds_secrets = tokens.windows(2).any(|pair| {
        matches!(pair, [verb, noun]
            if is_word(verb, &["CREATE", "ALTER"]) && is_word(noun, &["SECRET", "CONNECTION"]))
    });
    if !holds_secrets {
        return None;
    }
    let mut bytes = text.as_bytes().to_vec();
    let literals = tokens.iter().filter(|token| {
        matches!(token.kind, TokenKind::String | TokenKind::EscapeString | TokenKind::DollarString)
    });
    // What can't be read may be a literal that lacks its end.
    let rest = error.map(|error| error.span.start as usize..text.len() + 1);
    for range in literals.map(|token| token.span.range()).chain(rest) {
        let inside = range.start + 1..range.end.saturating_sub(1).max(range.start + 1);
        for byte in bytes.get_mut(inside).into_iter().flatten().filter(|byte| **byte != b'\n') {
            *byte = b'*';
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_beside_secrets_are_blotted_out_and_nothing_moves() {
        for text in [
            "CREATE SECRET k AS 'canary' WRONG;",
            "CREATE SECRET k AS $tag$canary$tag$;\nGRANT SELECT ON nope TO r;",
            "CREATE CONNECTION c TO POSTGRES (PASSWORD 'canary', BROKEN (;",
            "CREATE SECRET k AS E'caf\u{e9} \\' canary';",
            "CREATE SECRET k AS 'canary",
            "CREATE SECRET k AS 'canary\u{e9}",
        ] {
            let blotted = blot(text).expect("it holds a secret");
            assert!(!blotted.contains("canary"), "{blotted}");
            assert_eq!(blotted.len(), text.len());
            assert_eq!(blotted.find('\n'), text.find('\n'));
        }
    }

    #[test]
    fn other_texts_are_shown_as_they_are() {
        assert_eq!(blot("CREATE VIEW v AS SELECT 'x' AS secret;"), None);
    }
}
