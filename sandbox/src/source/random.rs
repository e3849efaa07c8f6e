//! Numbers that look random and are the same every time.

/// Numbers that follow from what they are for.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The numbers for a thing: the n-th of a kind.
    pub(super) fn of(seed: u64, kind: &str, n: u64) -> Self {
        let kind = kind.bytes().fold(seed, |hash, byte| mix(hash ^ u64::from(byte)));
        Self(mix(kind ^ n))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.0)
    }

    /// A number below a bound.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next().checked_rem(bound).unwrap_or_default()
    }

    /// One of several.
    pub(super) fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        let n = self.below(u64::try_from(of.len()).unwrap_or_default());
        usize::try_from(n).ok().and_then(|n| of.get(n)).copied().unwrap_or_default()
    }
}

/// The last step of `SplitMix64`: every bit of the number counts for every bit of what comes out.
fn mix(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}
