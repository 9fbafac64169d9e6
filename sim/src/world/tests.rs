//! The judge must notice: faults planted in a model that is right otherwise.

use super::*;
use crate::disk::Forgets;
use crate::plan::Troubles;

/// What breaks first in any of a few seeds with this fault.
fn broken_by(forgets: Forgets) -> Vec<Broken> {
    let run = |seed| {
        let mut plan = Plan::of(seed);
        plan.validators = 4;
        (plan.hostile, plan.night, plan.absent) = (0, 0, 0);
        plan.phones = 8;
        plan.weather.lost = 150;
        plan.forgets = forgets;
        plan.troubles = Troubles {
            crash_ms: Some(150),
            partition_ms: None,
            jump_ms: None,
        };
        let mut world = World::build(seed, plan, Telling::Silent).unwrap();
        world.live().err()
    };
    (0..12).filter_map(run).collect()
}

#[test]
fn nothing_is_broken_where_no_disk_forgets() {
    let broken = broken_by(Forgets::Nothing);
    assert!(broken.is_empty(), "{broken:?}");
}

#[test]
fn a_validator_that_forgets_its_votes_is_caught() {
    let broken = broken_by(Forgets::Votes);
    let twice = |broken: &Broken| matches!(broken, Broken::SignedTwice { .. });
    assert!(broken.iter().any(twice), "{broken:?}");
}

#[test]
fn a_peer_that_loses_what_it_acknowledged_is_caught() {
    let broken = broken_by(Forgets::Blocks);
    let lost = |broken: &Broken| matches!(broken, Broken::Lost { .. });
    assert!(broken.iter().any(lost), "{broken:?}");
}

/// The one thing that a seed is for.
#[test]
fn a_seed_replays_step_for_step() {
    let (first, story) = tell(11).unwrap();
    let (second, again) = tell(11).unwrap();
    assert!(first.blocks > 0 && story.len() > 50);
    assert_eq!(story, again);
    assert_eq!(format!("{first:?}"), format!("{second:?}"));
}
