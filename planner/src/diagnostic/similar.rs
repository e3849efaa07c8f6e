//! The name that was probably meant.

use std::fmt::Display;

use smol_str::{SmolStr, format_smolstr};

/// The help for a name that was probably mistyped.
pub fn did_you_mean(meant: impl Display) -> SmolStr {
    format_smolstr!("did you mean `{meant}`?")
}

/// Of `candidates`, the one that is closest to `name`, if it is close enough to be a slip of the keyboard. Of two
/// that are equally close, the first.
pub fn closest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let name: Vec<char> = name.chars().collect();
    let limit = 2.max(name.len() / 3).min(name.len().saturating_sub(1));
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let letters: Vec<char> = candidate.chars().collect();
        if letters.len().abs_diff(name.len()) > limit {
            continue;
        }
        let distance = distance(&name, &letters);
        if distance <= limit && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// The number of letters that must be inserted, removed, replaced or exchanged with their neighbour.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push(i + 1);
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let replaced = at(&last, j) + usize::from(x != y);
            let mut edits = replaced.min(at(&last, j + 1) + 1).min(at(&row, j) + 1);
            let previous =
                |letters: &[char], index: usize| index.checked_sub(1).and_then(|p| letters.get(p).copied());
            if previous(a, i) == Some(*y) && previous(b, j) == Some(*x) {
                edits = edits.min(at(&before_last, j - 1) + 1);
            }
            row.push(edits);
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn a_slip_of_the_keyboard_finds_the_name_that_was_meant() {
        let keys = ["dependencies", "mz_version", "strategy"];
        for (typed, meant) in [
            ("dependancies", Some("dependencies")),
            ("mz-version", Some("mz_version")),
            ("starte gy", Some("strategy")),
            ("strateyg", Some("strategy")),
            ("profile", None),
            ("", None),
        ] {
            assert_eq!(closest(typed, keys), meant, "{typed}");
        }
    }

    #[test]
    fn one_letter_is_never_taken_for_another() {
        assert_eq!(closest("a", ["b", "c"]), None);
    }
}
