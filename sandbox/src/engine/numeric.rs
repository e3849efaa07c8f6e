//! Numbers of arbitrary precision: no trailing zeros, in text and in binary.

/// A number's text without trailing zeros: `1.50` is `1.5`, `1.0` is `1`.
pub(super) fn normalised(text: &str) -> &str {
    if text.contains('.') && !text.contains(['e', 'E']) {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        text
    }
}

/// The binary form of normalised text: digits to the base 10,000, with the number of decimals that are left.
pub(super) fn binary(text: &str) -> Option<Vec<u8>> {
    const POSITIVE: u16 = 0;
    const NEGATIVE: u16 = 0x4000;
    const NAN: u16 = 0xC000;
    const INFINITY: u16 = 0xD000;
    const NEGATIVE_INFINITY: u16 = 0xF000;
    let special = match text {
        "NaN" => Some(NAN),
        "Infinity" => Some(INFINITY),
        "-Infinity" => Some(NEGATIVE_INFINITY),
        _ => None,
    };
    if let Some(sign) = special {
        return Some(header(0, 0, sign, 0));
    }
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (NEGATIVE, digits),
        None => (POSITIVE, text),
    };
    let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
    let scale = u16::try_from(decimals.len()).ok()?;
    // Groups of four, aligned at the point.
    let mut padded = "0".repeat((4 - whole.len() % 4) % 4);
    padded.push_str(whole);
    let mut weight = i16::try_from(padded.len() / 4).ok()? - 1;
    padded.push_str(decimals);
    padded.push_str(&"0".repeat((4 - decimals.len() % 4) % 4));
    let mut groups = Vec::new();
    for group in padded.as_bytes().chunks(4) {
        groups.push(std::str::from_utf8(group).ok()?.parse::<u16>().ok()?);
    }
    let leading = groups.iter().take_while(|group| **group == 0).count();
    groups.drain(..leading);
    weight -= i16::try_from(leading).ok()?;
    while groups.last() == Some(&0) {
        groups.pop();
    }
    if groups.is_empty() {
        return Some(header(0, 0, POSITIVE, scale));
    }
    let mut out = header(u16::try_from(groups.len()).ok()?, weight, sign, scale);
    for group in groups {
        out.extend(group.to_be_bytes());
    }
    Some(out)
}

fn header(groups: u16, weight: i16, sign: u16, scale: u16) -> Vec<u8> {
    [groups.to_be_bytes(), weight.to_be_bytes(), sign.to_be_bytes(), scale.to_be_bytes()].concat()
}
