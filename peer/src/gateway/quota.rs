//! How many fruitless questions one address may ask: serials cannot be guessed, but numbers that
//! others chose (batches, SSCCs) can, so guessing is made slow.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Misses a minute and address: far more than a person mistypes.
pub(crate) const MISSES_A_MINUTE: u32 = 30;
/// Addresses remembered: bounds memory under a flood from many.
const MOST_ADDRESSES: usize = 4_096;
const WINDOW: Duration = Duration::from_secs(60);

/// Misses of the last minute, for each address.
#[derive(Debug, Default)]
pub(crate) struct Quota {
    seen: BTreeMap<IpAddr, (Instant, u32)>,
}

impl Quota {
    /// The seconds that this address has to wait, if it asked too much.
    pub(crate) fn wait(&self, address: IpAddr, now: Instant) -> Option<u64> {
        let (since, misses) = self.seen.get(&block_of(address))?;
        let left = WINDOW.checked_sub(now.saturating_duration_since(*since))?;
        (*misses >= MISSES_A_MINUTE).then(|| left.as_secs().saturating_add(1))
    }

    /// Counts a miss.
    pub(crate) fn miss(&mut self, address: IpAddr, now: Instant) {
        let over = |since: &Instant| now.saturating_duration_since(*since) >= WINDOW;
        if self.seen.len() >= MOST_ADDRESSES {
            self.seen.retain(|_, (since, _)| !over(since));
        }
        if self.seen.len() >= MOST_ADDRESSES {
            self.seen.pop_first();
        }
        let entry = self.seen.entry(block_of(address)).or_insert((now, 0));
        if over(&entry.0) {
            *entry = (now, 0);
        }
        entry.1 = entry.1.saturating_add(1);
    }
}

/// One household has a whole /64 of IPv6 addresses to ask from.
fn block_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => IpAddr::V4(v4),
            None => IpAddr::V6((u128::from(v6) >> 64 << 64).into()),
        },
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stops_an_address_that_guesses_and_lets_it_back_after_a_minute() {
        let mut quota = Quota::default();
        let start = Instant::now();
        let (guesser, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        for _ in 0..MISSES_A_MINUTE {
            assert_eq!(quota.wait(guesser, start), None);
            quota.miss(guesser, start);
        }
        assert_eq!(quota.wait(guesser, start), Some(61));
        assert_eq!(quota.wait(other, start), None);
        let later = start + WINDOW + Duration::from_secs(1);
        assert_eq!(quota.wait(guesser, later), None);
        quota.miss(guesser, later);
        assert_eq!(quota.wait(guesser, later), None);
    }

    #[test]
    fn counts_a_household_of_addresses_as_one_and_stays_bounded() {
        let mut quota = Quota::default();
        let now = Instant::now();
        for i in 0..u128::from(MISSES_A_MINUTE) {
            quota.miss(IpAddr::V6((0x2001_0db8_u128 << 96 | i).into()), now);
        }
        assert!(quota.wait("2001:db8::ffff".parse().unwrap(), now).is_some());
        for i in 0..10_000_u32 {
            quota.miss(IpAddr::V4(i.into()), now);
        }
        assert!(quota.seen.len() <= MOST_ADDRESSES);
    }
}
