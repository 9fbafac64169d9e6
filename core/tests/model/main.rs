//! Ten thousand random histories, judged twice: by the ledger and by a naive model of its rules.
//! After every checkpoint both must say the same of every record and every subject.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends at the first surprise"
)]

mod drafts;
mod goods;
mod governing;
mod keys;
mod laws;
mod naive;
mod network;
mod rooting;
mod roster;
mod runs;
mod story;
mod trade;
mod world;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};

use chopmark_core::{
    Height, Kind, Ledger, Makeup, Quantity, RecordRef, Refusal, StateView, SubjectId, SubjectState,
    VerifiedBlock,
};

use naive::{Fate, Model};
use story::Story;
use world::{OfferFate, Thing};

const HISTORIES: u64 = 10_000;

/// What the ledger says of a record.
fn fate(ledger: &Ledger, record: &RecordRef) -> Fate {
    let state = ledger.state();
    match (state.refusal(record), state.waiting(record)) {
        (None, None) => Fate::Applied,
        (Some(refusal), None) => Fate::Refused(refusal.code()),
        (None, Some(missing)) => Fate::Waiting(missing),
        (Some(_), Some(_)) => panic!("{record} is refused and waits"),
    }
}

/// Compares everything that both know.
fn compare(seed: u64, ledger: &Ledger, model: &Model) {
    for (record, expected) in &model.fates {
        assert_eq!(fate(ledger, record), *expected, "history {seed}, {record}");
    }
    let state = ledger.state();
    let subjects: BTreeSet<SubjectId> = state.subjects().map(|(subject, _)| *subject).collect();
    let expected: BTreeSet<SubjectId> = model.world.things.keys().copied().collect();
    assert_eq!(subjects, expected, "history {seed}");
    for (subject, thing) in &model.world.things {
        let found = state.subject(subject).unwrap();
        let name = format!("history {seed}, {subject}");
        assert_eq!(
            state.holder_of(subject),
            model.world.holder(*subject),
            "{name}"
        );
        assert_eq!(*found.owner(), thing.owner, "{name}");
        assert_eq!(*found.own_holder(), thing.holder, "{name}");
        assert_eq!(found.inside(), thing.inside.as_ref(), "{name}");
        assert_eq!(found.last_custody(), thing.last_custody, "{name}");
        assert_eq!(found.class().to_string(), *thing.class, "{name}");
        compare_makeup(found, thing, &name);
        assert_eq!(found.commissioned_by(), thing.begun, "{name}");
        assert_eq!(found.open_offer(), thing.offer, "{name}");
        assert_eq!(found.last_title(), thing.last_title, "{name}");
        assert_eq!(found.open_title_offer(), thing.title_offer, "{name}");
        assert!(found.parents().iter().eq(&thing.parents), "{name}");
        let pledge = found.pledge().map(|pledge| (*pledge.to(), pledge.by()));
        assert_eq!(pledge, thing.pledge, "{name}");
        let holds: BTreeSet<_> = found.holds().keys().copied().collect();
        assert_eq!(holds, thing.holds, "{name}");
        let inside = |on: fn(&Thing) -> usize| model.world.counted_inside(*subject, on);
        assert_eq!(found.held_inside(), inside(|t| t.holds.len()), "{name}");
        let pledges = inside(|t| usize::from(t.pledge.is_some()));
        assert_eq!(found.pledged_inside(), pledges, "{name}");
        assert_eq!(found.activated_by().is_some(), thing.activated, "{name}");
        assert_eq!(found.decommissioned_by().is_some(), thing.ended, "{name}");
        assert_eq!(
            state.associated(subject),
            model.world.linked(*subject),
            "{name}"
        );
        assert_eq!(
            state.pledge_on(subject).is_some(),
            model.world.is_pledged(*subject),
            "{name}"
        );
        assert_eq!(
            state.hold_on(subject).is_none(),
            model.world.not_held(*subject).is_ok(),
            "{name}"
        );
        assert_eq!(found.newest_record(), thing.newest, "{name}");
        assert_eq!(found.count(), thing.count, "{name}");
        assert_eq!(
            state.containers(subject),
            model.world.containers(*subject),
            "{name}"
        );
        assert_eq!(
            state.all_contents(subject),
            model.world.contents(*subject),
            "{name}"
        );
    }
    for (record, offer) in &model.world.offers {
        let open = state.offer(record).is_some();
        assert_eq!(
            open,
            offer.fate == OfferFate::Open,
            "history {seed}, {record}"
        );
        assert_eq!(
            state.closed_offer(record).is_some(),
            !open,
            "history {seed}, {record}"
        );
    }
    let prefixes: BTreeMap<_, _> = model.world.prefixes.iter().cloned().collect();
    assert!(state.prefixes().eq(&prefixes), "history {seed}");
    compare_governance(seed, ledger, model);
    compare_roster(seed, ledger, model);
}

fn compare_makeup(found: &SubjectState, thing: &Thing, name: &str) {
    match (found.makeup(), thing.makeup) {
        (Makeup::One, world::Makeup::One) => {}
        (Makeup::Batch(_), world::Makeup::Batch(heap)) => {
            let left: Option<Quantity> = found.makeup().quantity();
            assert_eq!(left, Some(heap.quantity()), "{name}");
        }
        (Makeup::Run(found), world::Makeup::Run(run)) => {
            assert_eq!(found.maker(), run.maker, "{name}");
            assert_eq!(found.spec(), run.spec, "{name}");
            assert_eq!(found.drawn(), run.drawn, "{name}");
        }
        (found, expected) => panic!("{name}: {found:?} and not {expected:?}"),
    }
}

/// The policy, what members want in its place, and the keys of their reader groups.
fn compare_governance(seed: u64, ledger: &Ledger, model: &Model) {
    let governance = ledger.state().governance();
    let world = &model.world;
    let now = ledger.tip().height;
    assert_eq!(*governance.policy(now), *world.policy, "history {seed}");
    assert_eq!(
        *governance.newest(),
        **world.newest_policy(),
        "history {seed}"
    );
    let amendments = governance.amendments().iter();
    let amendments = amendments.map(|one| (one.from(), one.carried()));
    let expected = world.amendments.iter();
    let expected = expected.map(|one| (one.from, one.carried.as_slice()));
    assert!(amendments.eq(expected), "history {seed}");
    let wishes = governance.wishes().iter();
    let wishes = wishes.map(|(of, wish)| (*of, wish.policy(), wish.from(), wish.by()));
    let expected = world.wishes.iter();
    let expected = expected.map(|(of, wish)| (*of, wish.digest, wish.from, wish.by));
    assert!(wishes.eq(expected), "history {seed}");
    let mut known = 0;
    for (of, group) in ledger.state().reader_groups() {
        known += 1;
        let epochs = group.epochs().iter().map(|epoch| governing::Epoch {
            key: epoch.key().clone(),
            from: epoch.from(),
            since: epoch.since(),
            by: epoch.set_by(),
            given: epoch.given().clone(),
            recovery: epoch.recovery(),
        });
        let found: Vec<_> = epochs.collect();
        assert_eq!(Some(&found), world.readers.get(of), "history {seed}");
    }
    assert_eq!(known, world.readers.len(), "history {seed}");
}

/// Members, what they want of the roster, and whose peers order.
fn compare_roster(seed: u64, ledger: &Ledger, model: &Model) {
    let (state, world) = (ledger.state(), &model.world);
    let members = state.members().map(|(of, member)| {
        let gone = member.expelled().map(|expelled| expelled.from());
        (*of, member.class(), gone)
    });
    let expected = world.members.iter();
    let expected = expected.map(|(of, firm)| (*of, firm.class, firm.gone));
    assert!(members.eq(expected), "history {seed}");
    for (of, member) in state.members() {
        let (found, roots) = (member.recovery(), &world.members[of].roots);
        assert_eq!(*member.root(), roots.root, "history {seed}");
        let open = found.open().map(|open| (open.base(), open.since()));
        let expected = roots.open.as_ref();
        let expected = expected.map(|(request, since)| (request.base(), *since));
        assert_eq!(open, expected, "history {seed}");
        assert_eq!(found.objected().is_some(), roots.objected, "history {seed}");
        let guardians = member.guardians();
        assert_eq!(
            guardians.next_number(),
            roots.next_number(),
            "history {seed}"
        );
        let found = (guardians.members(), guardians.threshold());
        let none = BTreeSet::new();
        let expected = roots.guardians.as_ref();
        let expected = expected.map_or((&none, 0), |choice| (&choice.members, choice.threshold));
        assert_eq!(found, expected, "history {seed}");
        let coming = guardians.coming();
        let coming =
            coming.map(|coming| (coming.members(), coming.threshold(), coming.hold_from()));
        let expected = roots.coming.as_ref().map(|(choice, since)| {
            let from = since.plus(rooting::DELAY_MS);
            (&choice.members, choice.threshold, from)
        });
        assert_eq!(coming, expected, "history {seed}");
    }
    let roster = state.roster();
    assert_eq!(roster.digest(), world.roster_now(), "history {seed}");
    let changes = roster.changes().iter();
    let changes = changes.map(|change| (change.from(), change.carried().to_vec()));
    let expected = world.roster.changes.iter();
    let expected = expected.map(|(_, from, carried)| (*from, carried.clone()));
    assert!(changes.eq(expected), "history {seed}");
    let wishes = roster.wishes().iter();
    let wishes = wishes.map(|(of, wish)| (*of, (wish.message(), wish.by())));
    let expected = world.roster.wishes.iter().map(|(of, wish)| (*of, *wish));
    assert!(wishes.eq(expected), "history {seed}");
    for ahead in 0..20 {
        let height = Height(state.next_height().0 + ahead);
        let expected = world.roster.validators(height);
        assert_eq!(roster.validators(height), expected, "history {seed}");
    }
}

/// Counts how often each fate came up and how often each kind was applied, so that a generator
/// that never gets anywhere shows.
#[derive(Debug, Default)]
struct Tally {
    fates: BTreeMap<&'static str, u64>,
    applied: BTreeMap<Kind, u64>,
}

impl Tally {
    fn add(&mut self, other: Self) {
        for (fate, count) in other.fates {
            *self.fates.entry(fate).or_default() += count;
        }
        for (kind, count) in other.applied {
            *self.applied.entry(kind).or_default() += count;
        }
    }
}

/// Rung by whoever finds that the two disagree: the others need not go on.
struct Alarm<'a>(&'a AtomicBool);

impl Drop for Alarm<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

fn judge(seeds: impl Iterator<Item = u64>, over: &AtomicBool) -> Tally {
    let alarm = Alarm(over);
    let mut tally = Tally::default();
    for seed in seeds.take_while(|_| !alarm.0.load(Ordering::Relaxed)) {
        let mut story = Story::new(seed);
        while story.next_checkpoint() {
            compare(seed, &story.ledger, &story.model);
        }
        for fate in story.model.fates.values() {
            let name = match fate {
                Fate::Applied => "applied",
                Fate::Refused(code) => code,
                Fate::Waiting(_) => "waiting",
            };
            *tally.fates.entry(name).or_default() += 1;
        }
        for (at, record) in story.blocks.iter().flat_map(VerifiedBlock::located) {
            if story.model.fates.get(&at) == Some(&Fate::Applied) {
                *tally.applied.entry(record.kind()).or_default() += 1;
            }
        }
    }
    tally
}

/// The refusals that no history meets, each with the reason.
const NEVER_MET: &[(&str, &str)] = &[("too-many-members", "a history has eight members at most")];

#[test]
fn the_ledger_agrees_with_the_model() {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::default();
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let over = &over;
        let parts: Vec<_> = (0..threads)
            .map(|first| {
                scope.spawn(move || judge((0..HISTORIES).skip(first).step_by(threads), over))
            })
            .collect();
        for part in parts {
            tally.add(part.join().unwrap());
        }
    });
    println!("{tally:#?}");
    let met = |code: &str| tally.fates.contains_key(code);
    let excused = |code: &str| NEVER_MET.iter().any(|(never, _)| *never == code);
    let codes = Refusal::codes().iter().chain(&["applied", "waiting"]);
    let missing: Vec<_> = codes.filter(|code| met(code) == excused(code)).collect();
    assert!(
        missing.is_empty(),
        "not met, or met and said to be never met: {missing:?}"
    );
    let never = |kind: &&Kind| !tally.applied.contains_key(kind);
    let never: Vec<_> = Kind::ALL.iter().filter(never).collect();
    assert!(never.is_empty(), "no history has an applied {never:?}");
}
