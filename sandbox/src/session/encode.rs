//! Values that the session makes itself, in the format that a client asked for.

use crate::result::Format;

/// A `bool`.
pub(crate) fn bool(value: bool, format: Format) -> Vec<u8> {
    match format {
        Format::Text => if value { "t" } else { "f" }.into(),
        Format::Binary => vec![u8::from(value)],
    }
}

/// An `int8`.
pub(crate) fn int8(value: i64, format: Format) -> Vec<u8> {
    match format {
        Format::Text => value.to_string().into_bytes(),
        Format::Binary => value.to_be_bytes().to_vec(),
    }
}

/// A whole `numeric`: in binary groups of four decimal digits, most significant first, without zeros at the end.
pub(crate) fn numeric(value: u64, format: Format) -> Vec<u8> {
    if format == Format::Text {
        return value.to_string().into_bytes();
    }
    let mut groups = Vec::new();
    let mut rest = value;
    while rest > 0 {
        groups.push(u16::try_from(rest % 10_000).unwrap_or_default());
        rest /= 10_000;
    }
    let weight = groups.len().saturating_sub(1);
    groups.reverse();
    while groups.last() == Some(&0) {
        groups.pop();
    }
    // The number of groups, the weight of the first, the sign, the scale.
    let head = [groups.len(), weight, 0, 0].map(|number| u16::try_from(number).unwrap_or_default());
    head.into_iter().chain(groups).flat_map(u16::to_be_bytes).collect()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;

    #[test]
    fn numerics_in_binary_are_groups_of_four_digits() {
        let hex = |value: u64| -> String {
            numeric(value, Format::Binary).iter().fold(String::new(), |mut hex, byte| {
                let _ = write!(hex, "{byte:02x}");
                hex
            })
        };
        assert_eq!(hex(0), "0000000000000000");
        assert_eq!(hex(1), "00010000000000000001");
        assert_eq!(hex(10_000), "00010001000000000001");
        assert_eq!(hex(1_700_000_000_123), "000400030000000000011b58000000 7b".replace(' ', ""));
        assert_eq!(hex(123_450_000), "0002000200000000 0001 0929".replace(' ', ""));
    }
}
