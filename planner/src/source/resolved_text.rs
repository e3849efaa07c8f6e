//! A file's text after its variables were replaced, and the way back to the text on disk.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Span;

/// One variable reference that was replaced by its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Substitution {
    /// The reference in the text on disk.
    pub original: Span,
    /// The value in the resolved text.
    pub resolved: Span,
}

/// A text in which variables were replaced.
///
/// Everything that is parsed has spans in this text; everything that a person sees is mapped back first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedText {
    text: Arc<str>,
    substitutions: Vec<Substitution>,
}

impl ResolvedText {
    /// A text without variables.
    pub fn unchanged(text: Arc<str>) -> Self {
        Self { text, substitutions: Vec::new() }
    }

    /// A text with its substitutions, in order.
    pub fn new(text: Arc<str>, substitutions: Vec<Substitution>) -> Self {
        Self { text, substitutions }
    }

    /// The text after substitution.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The variables that were replaced, in order.
    pub fn substitutions(&self) -> &[Substitution] {
        &self.substitutions
    }

    /// The place in the text on disk. What lies inside a value maps to the whole reference.
    pub fn to_original(&self, span: Span) -> Span {
        Span { start: self.map(span.start, false), end: self.map(span.end, true) }
    }

    /// The line of an offset in the resolved text, from 1, in the text on disk. Line ends inside of values don't count.
    pub fn line(&self, offset: u32) -> u32 {
        let newlines = |from: u32, to: u32| -> usize {
            let text = Span { start: from, end: to }.slice(&self.text);
            // Sums of one byte are counted sixteen at a time.
            let chunks = text.as_bytes().chunks(usize::from(u8::MAX));
            chunks.map(|chunk| usize::from(chunk.iter().map(|b| u8::from(*b == b'\n')).sum::<u8>())).sum()
        };
        let values = self.substitutions.iter().take_while(|s| s.resolved.start < offset);
        let in_values: usize = values.map(|s| newlines(s.resolved.start, s.resolved.end.min(offset))).sum();
        super::to_offset(newlines(0, offset).saturating_sub(in_values) + 1)
    }

    fn map(&self, offset: u32, is_end: bool) -> u32 {
        // The last substitution whose value starts before the offset (for an end: an end that touches the
        // start of a value is before it).
        let next = self
            .substitutions
            .partition_point(|s| if is_end { s.resolved.start < offset } else { s.resolved.start <= offset });
        let Some(last) = next.checked_sub(1).and_then(|i| self.substitutions.get(i)) else {
            return offset;
        };
        if offset < last.resolved.end || (is_end && offset == last.resolved.end) {
            return if is_end { last.original.end } else { last.original.start };
        }
        last.original.end + (offset - last.resolved.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_without_the_line_ends_of_values() {
        let value = Substitution { original: Span::new(0, 2), resolved: Span::new(0, 3) };
        let text = ResolvedText::new("1\n2 a\nb".into(), vec![value]);
        assert_eq!(text.line(4), 1, "a");
        assert_eq!(text.line(6), 2, "b");
    }

    #[test]
    fn positions_map_back_through_substitutions() {
        // disk:     `a :x b :y c`, x = `12345`, y = ``
        // resolved: `a 12345 b  c`
        let text = ResolvedText::new(
            "a 12345 b  c".into(),
            vec![
                Substitution { original: Span::new(2, 4), resolved: Span::new(2, 7) },
                Substitution { original: Span::new(7, 9), resolved: Span::new(10, 10) },
            ],
        );
        assert_eq!(text.to_original(Span::new(0, 1)), Span::new(0, 1));
        assert_eq!(text.to_original(Span::new(2, 7)), Span::new(2, 4));
        assert_eq!(text.to_original(Span::new(4, 5)), Span::new(2, 4), "inside a value");
        assert_eq!(text.to_original(Span::new(8, 9)), Span::new(5, 6));
        assert_eq!(text.to_original(Span::new(11, 12)), Span::new(10, 11));
    }
}
