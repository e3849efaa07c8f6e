//! Byte offsets to lines and columns, for terminals (characters) and for editors (UTF-16 code units).

use super::to_offset;

/// A position in a text, counted from zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from zero.
    pub line: u32,
    /// Column in the unit that was asked for, from zero.
    pub column: u32,
}

/// The line starts of one text.
#[derive(Clone, Debug)]
pub struct LineIndex<'a> {
    text: &'a str,
    starts: Vec<u32>,
}

impl<'a> LineIndex<'a> {
    /// Reads the lines of `text`.
    pub fn new(text: &'a str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| to_offset(i + 1)));
        Self { text, starts }
    }

    /// Line and column in characters.
    pub fn position(&self, offset: u32) -> Position {
        self.count(offset, |text| text.chars().count())
    }

    /// Line and column in UTF-16 code units, the unit of the language server protocol.
    pub fn utf16_position(&self, offset: u32) -> Position {
        self.count(offset, |text| text.encode_utf16().count())
    }

    /// The offset of a line and a column in UTF-16 code units; past the end of a line it is that line's end.
    pub fn offset_of_utf16(&self, position: Position) -> u32 {
        let Some(&start) = self.starts.get(position.line as usize) else {
            return to_offset(self.text.len());
        };
        let line = self.text.get(start as usize..).unwrap_or_default();
        let line = line.split('\n').next().unwrap_or_default();
        let mut units = 0;
        for (at, c) in line.char_indices() {
            if units >= position.column {
                return start + to_offset(at);
            }
            units += to_offset(c.len_utf16());
        }
        start + to_offset(line.len())
    }

    fn count(&self, offset: u32, columns: impl Fn(&str) -> usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(line).copied().unwrap_or_default() as usize;
        let mut end = (offset as usize).min(self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = columns(self.text.get(start..end).unwrap_or_default());
        Position { line: to_offset(line), column: to_offset(column) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_or_utf16_units() {
        let text = "a\nä𝄞b\n";
        let index = LineIndex::new(text);
        let b = to_offset(text.find('b').expect("b is there"));
        assert_eq!(index.position(b), Position { line: 1, column: 2 });
        assert_eq!(index.utf16_position(b), Position { line: 1, column: 3 });
        assert_eq!(index.offset_of_utf16(Position { line: 1, column: 3 }), b);
    }

    #[test]
    fn an_offset_inside_a_character_or_past_the_end_is_clamped() {
        let index = LineIndex::new("ä");
        assert_eq!(index.position(1), Position { line: 0, column: 0 });
        assert_eq!(index.position(99), Position { line: 0, column: 1 });
    }
}
