//! What a true history says that a buyer should know. Nothing here is against the rules of the
//! ledger: a copied label leaves such traces, an honest owner may, too.

use std::fmt;

use crate::{Coordinates, RecordRef, TimeMs};

/// An airliner's speed. What goes faster did not go: there are two of it.
const FASTEST_KM_PER_HOUR: u64 = 1000;
/// Clocks are off by minutes, and a place is often a whole terminal.
const SLACK_METRES: u64 = 50_000;
/// A buyer lives near the shop; further than this says that the thing was elsewhere all the time.
const FAR_METRES: u64 = 300_000;

/// A thing was seen at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The record that says so.
    pub at: RecordRef,
    /// When, as its device claims.
    pub time: TimeMs,
    /// Where.
    pub position: Coordinates,
}

/// A trace, with the records that show it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// It would have travelled faster than anything does.
    ImpossibleJourney {
        /// The earlier sighting.
        first: RecordRef,
        /// The later one.
        second: RecordRef,
        /// How far they are apart, at least.
        metres: u64,
        /// How much time was in between.
        ms: u64,
    },
    /// It has an owner outside the members already.
    SoldBefore {
        /// Its activation.
        activated: RecordRef,
        /// What came after it: a resale, or another attempt to activate it.
        again: Option<RecordRef>,
    },
    /// Its seal was opened while it was, by the records, with someone who sells nothing.
    ActivatedElsewhere {
        /// Its activation.
        activated: RecordRef,
        /// The custody record or the sighting that says where it was.
        was: RecordRef,
    },
}

impl Warning {
    /// The name under which message files know it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ImpossibleJourney { .. } => "impossible-journey",
            Self::SoldBefore { .. } => "sold-before",
            Self::ActivatedElsewhere { .. } => "activated-elsewhere",
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ImpossibleJourney {
                first,
                second,
                metres,
                ms,
            } => write!(
                f,
                "records {first} and {second} saw it {} km apart within {} minutes",
                metres / 1000,
                ms / 60_000
            ),
            Self::SoldBefore { activated, again } => {
                write!(f, "record {activated} gave it an owner")?;
                match again {
                    Some(again) => write!(f, ", and record {again} followed"),
                    None => Ok(()),
                }
            }
            Self::ActivatedElsewhere { activated, was } => write!(
                f,
                "record {activated} opened its seal while it was where record {was} says"
            ),
        }
    }
}

/// The first two sightings, in order of time, that no one thing can have had.
#[must_use]
pub fn impossible_journey(sightings: &[Sighting]) -> Option<Warning> {
    let mut by_time = sightings.to_vec();
    by_time.sort_by_key(|seen| (seen.time, seen.at));
    by_time.windows(2).find_map(|pair| {
        let [first, second] = pair else { return None };
        let ms = second.time.0.saturating_sub(first.time.0);
        // A kilometre an hour is a metre in 3,600 milliseconds.
        let within = ms.saturating_mul(FASTEST_KM_PER_HOUR) / 3600;
        let metres = first.position.metres_to(&second.position);
        (metres > within.saturating_add(SLACK_METRES)).then_some(Warning::ImpossibleJourney {
            first: first.at,
            second: second.at,
            metres,
            ms,
        })
    })
}

/// Whether an activation was far from where the thing was seen last before it.
#[must_use]
pub fn activated_far_away(activated: RecordRef, sightings: &[Sighting]) -> Option<Warning> {
    let there = sightings.iter().find(|seen| seen.at == activated)?;
    let before = sightings
        .iter()
        .filter(|seen| seen.at != activated && seen.time <= there.time)
        .max_by_key(|seen| (seen.time, seen.at))?;
    let far = before.position.metres_to(&there.position) > FAR_METRES;
    far.then_some(Warning::ActivatedElsewhere {
        activated,
        was: before.at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlockId;

    const HOUR_MS: u64 = 60 * 60 * 1000;
    const NANSHA: (i32, i32) = (226_500_000, 1_136_300_000);
    const PARIS: (i32, i32) = (488_600_000, 23_500_000);

    fn seen(n: u8, hour: u64, (latitude, longitude): (i32, i32)) -> Sighting {
        Sighting {
            at: RecordRef {
                block: BlockId::from_bytes([n; 32]),
                index: 0,
            },
            time: TimeMs(hour * HOUR_MS),
            position: Coordinates::new(latitude, longitude, 100).unwrap(),
        }
    }

    #[test]
    fn two_places_in_too_little_time_are_named_with_their_records() {
        let (here, there) = (seen(1, 10, NANSHA), seen(2, 12, PARIS));
        // In whatever order they came to light.
        for sightings in [[here, there], [there, here]] {
            match impossible_journey(&sightings) {
                Some(Warning::ImpossibleJourney {
                    first,
                    second,
                    metres,
                    ms,
                }) => {
                    assert_eq!((first, second, ms), (here.at, there.at, 2 * HOUR_MS));
                    assert!((8_000_000..9_600_000).contains(&metres), "{metres}");
                }
                other => panic!("{other:?}"),
            }
        }
        let by_plane = [here, seen(2, 23, PARIS)];
        assert_eq!(impossible_journey(&by_plane), None);
        assert_eq!(impossible_journey(&[here]), None);
    }

    #[test]
    fn a_seal_opened_on_another_continent_is_named() {
        let (shop, home) = (seen(1, 10, NANSHA), seen(2, 90, PARIS));
        let found = activated_far_away(home.at, &[home, shop]);
        let expected = Warning::ActivatedElsewhere {
            activated: home.at,
            was: shop.at,
        };
        assert_eq!(found, Some(expected));
        let near = seen(2, 90, (227_000_000, 1_140_000_000));
        assert_eq!(activated_far_away(near.at, &[near, shop]), None);
    }
}
