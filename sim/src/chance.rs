//! Everything that happens by chance, from one number.

use std::time::Duration;

use rand_core::Rng as _;
use rand_pcg::Lcg128Xsl64;

/// Random numbers that are the same for the same seed, on every machine and in every version:
/// PCG XSL 128/64 (O'Neill 2014), which its crate promises not to change.
pub(crate) struct Chance(Lcg128Xsl64);

impl Chance {
    /// Numbers of one purpose: more of one are no fewer of another.
    pub(crate) fn new(seed: u64, purpose: u64) -> Self {
        // The first numbers of neighbouring states are alike, so states are far apart.
        let state = u128::from(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
        let mut numbers = Lcg128Xsl64::new(state, u128::from(purpose));
        for _ in 0..4 {
            numbers.next_u64();
        }
        Self(numbers)
    }

    /// One of `0..end`; 0 if there is none.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0.next_u64().checked_rem(end).unwrap_or(0)
    }

    /// One of `least..=most`.
    pub(crate) fn between(&mut self, least: u64, most: u64) -> u64 {
        least.saturating_add(self.below(most.saturating_sub(least).saturating_add(1)))
    }

    /// An index below `end`.
    pub(crate) fn index(&mut self, end: usize) -> usize {
        let end = u64::try_from(end).unwrap_or(u64::MAX);
        usize::try_from(self.below(end)).unwrap_or(0)
    }

    /// So often in a thousand times.
    pub(crate) fn permille(&mut self, often: u64) -> bool {
        self.below(1000) < often
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.index(from.len()))
    }

    /// A time between these many milliseconds, to the microsecond.
    pub(crate) fn time(&mut self, least_ms: u64, most_ms: u64) -> Duration {
        Duration::from_micros(
            self.between(least_ms.saturating_mul(1000), most_ms.saturating_mul(1000)),
        )
    }

    pub(crate) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
