//! Nobody gives what he has not: walks the applied records in their order, and asks of each one
//! that moves custody, title or a pledge whether it takes from who had it. Never more than one
//! holder, one owner, one pledge; and what an authority holds stays where it is.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{Body, MemberId, Party, Record, RecordRef, StateView, SubjectId};
use proptest::prelude::*;

use super::{applied, told};

#[derive(Clone, Debug)]
struct Thing {
    holder: Party,
    owner: Party,
    inside: Option<SubjectId>,
    custody: RecordRef,
    title: RecordRef,
    pledge: Option<(MemberId, RecordRef)>,
    /// Documents that stand for it.
    papers: BTreeSet<SubjectId>,
    document: bool,
    /// The authorities that hold it.
    held: BTreeSet<MemberId>,
}

/// Something that was offered, and which record of custody or title it continues.
#[derive(Clone, Debug)]
struct Offered {
    subject: SubjectId,
    from: MemberId,
    to: Party,
    after: RecordRef,
}

#[derive(Default)]
struct Walk {
    things: BTreeMap<SubjectId, Thing>,
    custody: BTreeMap<RecordRef, Offered>,
    title: BTreeMap<RecordRef, Offered>,
    /// How many rights moved, so that a walk over nothing shows.
    moved: usize,
}

impl Walk {
    fn begin(&mut self, subject: SubjectId, (at, by): (RecordRef, MemberId), class: &str) {
        let thing = Thing {
            holder: by.into(),
            owner: by.into(),
            inside: None,
            custody: at,
            title: at,
            pledge: None,
            papers: BTreeSet::new(),
            held: BTreeSet::new(),
            document: class == "(253)",
        };
        let before = self.things.insert(subject, thing);
        assert!(before.is_none(), "{subject} began twice");
    }

    fn around(&self, subject: SubjectId) -> Vec<SubjectId> {
        let next = |id: &SubjectId| self.things[id].inside;
        std::iter::successors(next(&subject), next).collect()
    }

    fn within(&self, container: SubjectId) -> Vec<SubjectId> {
        let ids = self.things.keys().copied();
        ids.filter(|id| self.around(*id).contains(&container))
            .collect()
    }

    /// Who has it in hand: with what it is packed in.
    fn holder(&self, subject: SubjectId) -> Party {
        let outermost = self.around(subject).pop().unwrap_or(subject);
        self.things[&outermost].holder
    }

    /// Neither it, nor what is in or around it, nor a document that stands for one of these.
    fn check_free(&self, subject: SubjectId, at: RecordRef) {
        let mut all = self.around(subject);
        all.extend(self.within(subject));
        all.push(subject);
        let papers: Vec<_> = all.iter().flat_map(|id| &self.things[id].papers).collect();
        for id in all.iter().chain(papers) {
            let held = &self.things[id].held;
            assert!(held.is_empty(), "{at} moves {subject}: {id} is held");
        }
    }

    fn thing(&mut self, subject: SubjectId) -> &mut Thing {
        self.things.get_mut(&subject).unwrap()
    }

    /// Custody of a thing that lies in nothing moves on from its newest record.
    fn hand(&mut self, subject: SubjectId, (from, to): (Party, Party), at: RecordRef) {
        self.check_free(subject, at);
        let thing = self.thing(subject);
        assert_eq!(thing.inside, None, "{at}: {subject} is packed");
        assert_eq!(thing.holder, from, "{at}: custody of {subject}");
        (thing.holder, thing.custody) = (to, at);
        self.custody.retain(|_, offer| offer.subject != subject);
        self.moved += 1;
    }

    /// It comes out of what it is in: out of the hands of who has that.
    fn take_out(&mut self, subject: SubjectId, (from, to): (Party, Party), at: RecordRef) {
        assert_eq!(self.holder(subject), from, "{at}: custody of {subject}");
        self.check_free(subject, at);
        let thing = self.thing(subject);
        (thing.inside, thing.holder, thing.custody) = (None, to, at);
    }

    /// Title of a thing and of what its owner owns in it.
    fn sell(&mut self, subject: SubjectId, (from, to): (Party, Party), at: RecordRef) {
        assert_eq!(
            self.things[&subject].owner, from,
            "{at}: title of {subject}"
        );
        let mut moved = self.within(subject);
        moved.push(subject);
        for id in moved {
            let thing = self.thing(id);
            if thing.owner == from {
                assert_eq!(thing.pledge, None, "{at}: {id} is pledged");
                (thing.owner, thing.title) = (to, at);
                self.title.retain(|_, offer| offer.subject != id);
                self.moved += 1;
            }
        }
    }

    /// No owner's thing is reached by two pledges of that owner.
    fn check_pledges(&self, at: RecordRef) {
        let mut reached: BTreeMap<SubjectId, RecordRef> = BTreeMap::new();
        let pledged = self.things.iter().filter_map(|(id, thing)| {
            let (_, by) = thing.pledge?;
            Some((*id, thing.owner, by))
        });
        for (id, owner, by) in pledged {
            let mut under = BTreeSet::from([id]);
            let goods = self.things.iter();
            under.extend(
                goods
                    .filter(|(_, t)| t.papers.contains(&id))
                    .map(|(id, _)| *id),
            );
            let inside: Vec<_> = under.iter().flat_map(|id| self.within(*id)).collect();
            under.extend(inside);
            for one in under.iter().filter(|one| self.things[*one].owner == owner) {
                let before = *reached.entry(*one).or_insert(by);
                assert_eq!(before, by, "{at}: {one} is pledged twice");
            }
        }
    }

    fn offered(
        &mut self,
        (at, by, record): (RecordRef, MemberId, &Record),
        to: Party,
        title: bool,
    ) {
        let subject = record.subjects()[0];
        let thing = self.things[&subject].clone();
        let (had, after) = match title {
            true => (thing.owner, thing.title),
            false => (thing.holder, thing.custody),
        };
        assert_eq!(had, by.into(), "{at} offers what another has");
        assert_eq!(record.cites()[0], after, "{at} follows an older record");
        let offer = Offered {
            subject,
            from: by,
            to,
            after,
        };
        let all = if title {
            &mut self.title
        } else {
            &mut self.custody
        };
        // An older one has expired, and its place is taken.
        all.retain(|_, before| before.subject != subject);
        all.insert(at, offer);
    }

    /// The offer that is answered: it is there once, for this party, and nothing came between.
    fn answered(&mut self, record: &Record, title: bool, at: RecordRef) -> Offered {
        let subject = record.subjects()[0];
        let all = if title {
            &mut self.title
        } else {
            &mut self.custody
        };
        let offer = all.remove(&record.cites()[0]);
        let offer = offer.unwrap_or_else(|| panic!("{at} takes what nobody offers"));
        assert_eq!(offer.subject, subject, "{at}");
        let thing = &self.things[&subject];
        let newest = if title { thing.title } else { thing.custody };
        assert_eq!(offer.after, newest, "{at}: something came between");
        offer
    }

    fn step(&mut self, at: RecordRef, by: MemberId, record: &Record) {
        let subjects = record.subjects();
        let me = Party::Member(by);
        match record.body() {
            Body::Commission { class, .. } => {
                for subject in subjects {
                    self.begin(*subject, (at, by), class);
                }
            }
            Body::CommissionRun { class, .. } => {
                self.begin(subjects[0], (at, by), &class.to_string());
            }
            Body::Transform {
                inputs, outputs, ..
            } => {
                let (from, to) = subjects.split_at(inputs.len());
                for subject in from {
                    assert_eq!(self.holder(*subject), me, "{at}");
                    assert_eq!(self.things[subject].owner, me, "{at}");
                    assert_eq!(self.things[subject].pledge, None, "{at}");
                }
                for (subject, output) in to.iter().zip(outputs) {
                    let more = output.quantity().is_some() && self.things.contains_key(subject);
                    if !more {
                        self.begin(*subject, (at, by), &output.class.to_string());
                    }
                    assert_eq!(self.holder(*subject), me, "{at}");
                    assert_eq!(self.things[subject].owner, me, "{at}");
                }
            }
            Body::Draw { .. } => {
                let run = self.things[&subjects[0]].clone();
                for item in &subjects[1..] {
                    self.things.entry(*item).or_insert_with(|| run.clone());
                }
            }
            Body::Pack { .. } => {
                for item in &subjects[1..] {
                    assert_eq!(self.holder(subjects[0]), me, "{at}");
                    assert_eq!(self.things[item].holder, me, "{at}");
                    self.check_free(subjects[0], at);
                    self.check_free(*item, at);
                    assert_eq!(self.thing(*item).inside.replace(subjects[0]), None, "{at}");
                }
            }
            Body::Unpack { .. } => {
                for item in &subjects[1..] {
                    assert_eq!(self.things[item].inside, Some(subjects[0]), "{at}");
                    self.take_out(*item, (me, me), at);
                }
            }
            Body::Associate { .. } if self.things[&subjects[0]].document => {
                for goods in &subjects[1..] {
                    self.thing(*goods).papers.insert(subjects[0]);
                }
            }
            Body::Dissociate { .. } => {
                for goods in &subjects[1..] {
                    self.thing(*goods).papers.remove(&subjects[0]);
                }
            }
            Body::Decommission { .. } => {
                for subject in subjects {
                    assert_eq!(self.holder(*subject), me, "{at}");
                    for thing in self.things.values_mut() {
                        thing.papers.remove(subject);
                    }
                }
            }
            Body::Offer { to, .. } => self.offered((at, by, record), *to, false),
            Body::OfferTitle { to, .. } => self.offered((at, by, record), *to, true),
            Body::Decline { .. } => assert_eq!(self.answered(record, false, at).to, me),
            Body::DeclineTitle { .. } => assert_eq!(self.answered(record, true, at).to, me),
            Body::Accept { left, .. } => {
                let offer = self.answered(record, false, at);
                assert_eq!(offer.to, me, "{at} takes what is for another");
                let giver = Party::Member(offer.from);
                for one in left {
                    assert!(self.around(*one).contains(&subjects[0]), "{at}");
                    self.take_out(*one, (giver, giver), at);
                }
                self.hand(subjects[0], (giver, me), at);
            }
            Body::PickUp { .. } => {
                let offer = self.answered(record, false, at);
                assert_eq!(offer.from, by, "{at}");
                self.hand(subjects[0], (me, offer.to), at);
            }
            Body::TakeTitle { .. } => {
                let offer = self.answered(record, true, at);
                assert_eq!(offer.to, me, "{at} takes what is for another");
                self.sell(subjects[0], (offer.from.into(), me), at);
            }
            Body::Activate { owner, .. } => {
                // Who bought a case owns what is in it, until somebody opens a seal in there.
                let before = self.things[&subjects[0]].owner;
                self.consume(record, (before, me, Party::Consumer(*owner)), at);
            }
            Body::Resell { to, .. } => {
                let before = self.things[&subjects[0]].owner;
                assert_eq!(before.member(), None, "{at}: a member's");
                self.consume(record, (before, before, *to), at);
            }
            Body::Pledge { to, .. } => {
                for subject in subjects {
                    let thing = self.thing(*subject);
                    assert_eq!(thing.owner, me, "{at} pledges what another owns");
                    assert_eq!(thing.pledge.replace((*to, at)), None, "{at}");
                    self.moved += 1;
                }
            }
            Body::Release { .. } => {
                for subject in subjects {
                    let pledge = self.thing(*subject).pledge.take();
                    assert_eq!(pledge.map(|(bank, _)| bank), Some(by), "{at}");
                }
            }
            Body::Hold { .. } | Body::Unreadable { .. } => {
                for subject in subjects {
                    assert!(self.thing(*subject).held.insert(by), "{at} holds twice");
                }
            }
            Body::Clear { .. } => {
                for subject in subjects {
                    assert!(self.thing(*subject).held.remove(&by), "{at} clears nothing");
                }
            }
            _ => {}
        }
    }

    /// Title goes, and custody with it where the giver has the thing and has promised it to nobody.
    fn consume(
        &mut self,
        record: &Record,
        (owner, holder, to): (Party, Party, Party),
        at: RecordRef,
    ) {
        let subject = record.subjects()[0];
        let title = self.things[&subject].title;
        assert_eq!(record.cites()[0], title, "{at} follows an older record");
        self.sell(subject, (owner, to), at);
        let thing = &self.things[&subject];
        let promised = self.custody.values().any(|offer| offer.subject == subject);
        if thing.inside.is_none() && thing.holder == holder && !promised {
            self.hand(subject, (holder, to), at);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nobody_gives_what_he_has_not(seed: u64) {
        let story = told(seed);
        let mut walk = Walk::default();
        for (at, by, record) in applied(&story) {
            walk.step(at, by, &record);
            walk.check_pledges(at);
        }
        let state = story.ledger.state();
        prop_assert_eq!(walk.things.len(), state.subject_count());
        for (id, thing) in &walk.things {
            prop_assert_eq!(state.holder_of(id), Some(walk.holder(*id)));
            let found = state.subject(id).unwrap();
            prop_assert_eq!(*found.owner(), thing.owner);
            let pledge = found.pledge().map(|pledge| (*pledge.to(), pledge.by()));
            prop_assert_eq!(pledge, thing.pledge);
            prop_assert!(found.holds().keys().eq(&thing.held));
        }
        prop_assume!(walk.moved > 0);
    }
}
