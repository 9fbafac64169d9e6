//! Random bytes out of a seed that the caller brings: the core has no random source of its own.

use std::convert::Infallible;

use hpke::rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use super::Seed;
use crate::hash::labelled;

/// A stream of bytes that nobody without the seed can predict: hashes of seed and counter.
pub struct SeedStream {
    seed: Zeroizing<Seed>,
    purpose: &'static [u8; 16],
    counter: u64,
}

impl SeedStream {
    /// A stream for one purpose; two purposes never share bytes. The seed must be random and used
    /// once for each.
    #[must_use]
    pub fn new(seed: &Seed, purpose: &'static [u8; 16]) -> Self {
        Self {
            seed: Zeroizing::new(*seed),
            purpose,
            counter: 0,
        }
    }

    /// The next 32 bytes.
    pub(crate) fn next_seed(&mut self) -> Seed {
        let counter = self.counter.to_be_bytes();
        self.counter = self.counter.wrapping_add(1);
        labelled(
            "chopmark/seed/1",
            &[self.seed.as_slice(), self.purpose, &counter],
        )
    }
}

impl TryRng for SeedStream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, to: &mut [u8]) -> Result<(), Infallible> {
        for chunk in to.chunks_mut(32) {
            for (to, from) in chunk.iter_mut().zip(self.next_seed()) {
                *to = from;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for SeedStream {}
