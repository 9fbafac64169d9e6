//! What a seed has in store: the cast, and everything that will go wrong.

use std::time::Duration;

use crate::chance::Chance;
use crate::disk::Forgets;
use crate::founding::PHONES;

/// The network's weather while it is bad.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Weather {
    /// Of a thousand messages so many are lost.
    pub(crate) lost: u64,
    /// And so many come twice.
    pub(crate) doubled: u64,
    /// How long a message takes, at least and at most: what is sent later may arrive earlier.
    pub(crate) delay_ms: (u64, u64),
    /// Of a thousand frames so many are the last of their connection.
    pub(crate) cut: u64,
}

/// Fair weather.
pub(crate) const FAIR: Weather = Weather {
    lost: 0,
    doubled: 0,
    delay_ms: (1, 30),
    cut: 0,
};

/// What goes wrong, each kind with how often it happens.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Troubles {
    /// Milliseconds between two of a kind, on average; none where it never happens.
    pub(crate) crash_ms: Option<u64>,
    pub(crate) partition_ms: Option<u64>,
    pub(crate) jump_ms: Option<u64>,
}

/// A seed's plan.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) validators: usize,
    pub(crate) peers: usize,
    pub(crate) phones: usize,
    /// So many of the validators are hostile: at most those that the network withstands.
    pub(crate) hostile: usize,
    /// So many of the phones.
    pub(crate) hostile_phones: usize,
    pub(crate) weather: Weather,
    pub(crate) troubles: Troubles,
    pub(crate) forgets: Forgets,
    /// Until when things go wrong and phones write.
    pub(crate) heals: Duration,
    /// Milliseconds between two blocks of a phone, on average, and until when they write.
    pub(crate) writes_ms: u64,
    pub(crate) writes_until: Duration,
    /// Milliseconds between two visits of a phone to a peer, at most.
    pub(crate) visits_ms: u64,
    /// So many validators are away from early on until the network heals: one more than it
    /// withstands, for as long as a night takes to find who can start them again.
    pub(crate) night: usize,
    /// So many, of those that are not hostile, stay away for good.
    pub(crate) absent: usize,
}

impl Plan {
    pub(crate) fn of(seed: u64) -> Self {
        let mut chance = Chance::new(seed, 1);
        let validators = match chance.below(10) {
            0..=4 => 4,
            5 => 5,
            6..=7 => 7,
            _ => usize::try_from(chance.between(4, 10)).unwrap_or(4),
        };
        let withstands = u64::try_from((validators - 1) / 3).unwrap_or(0);
        let many = chance.permille(30);
        let phones = match many {
            true => 200,
            false => chance.between(3, 30),
        };
        let sometimes = |chance: &mut Chance, often: u64, least: u64, most: u64| {
            chance.permille(often).then(|| chance.between(least, most))
        };
        let weather = match chance.below(4) {
            0 => FAIR,
            _ => Weather {
                lost: sometimes(&mut chance, 600, 1, 250).unwrap_or(0),
                doubled: sometimes(&mut chance, 400, 1, 200).unwrap_or(0),
                delay_ms: (1, chance.between(5, 400)),
                cut: sometimes(&mut chance, 400, 1, 30).unwrap_or(0),
            },
        };
        let troubles = Troubles {
            crash_ms: sometimes(&mut chance, 650, 150, 6_000),
            partition_ms: sometimes(&mut chance, 400, 2_000, 15_000),
            jump_ms: sometimes(&mut chance, 250, 3_000, 20_000),
        };
        let hostile = match chance.permille(500) {
            true => chance.between(0, withstands),
            false => 0,
        };
        let writes_ms = match many {
            true => 8_000,
            false => chance.between(300, 5_000),
        };
        let hostile_phones = sometimes(&mut chance, 300, 1, 3).unwrap_or(0);
        let number = |count: u64| usize::try_from(count).unwrap_or(0);
        let absent = match chance.permille(300) {
            true => chance.between(0, withstands.saturating_sub(hostile)),
            false => 0,
        };
        let night = chance.permille(60);
        let (heals, phones) = match night {
            true => (chance.time(1_500_000, 3_600_000), phones.min(6)),
            false => (chance.time(6_000, 20_000), phones),
        };
        Self {
            validators,
            peers: number(chance.between(0, 2)),
            phones: number(phones),
            hostile: number(hostile),
            hostile_phones: number(hostile_phones),
            weather,
            troubles,
            forgets: Forgets::Nothing,
            heals,
            writes_ms,
            writes_until: heals.min(Duration::from_secs(20)),
            visits_ms: if night { 60_000 } else { 3_000 },
            night: if night { number(withstands) + 1 } else { 0 },
            absent: number(absent),
        }
    }

    /// A bank beside the validators, and as many as have room for the phones.
    pub(crate) fn members(&self) -> usize {
        let room = self.phones.div_ceil(PHONES + 1);
        (self.validators + self.peers + 1).max(room)
    }
}
