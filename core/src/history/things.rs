//! Who has and owns what, as the records of a bundle say it.
//!
//! Strict for the things of the chain, that is the subject and the containers around it; of
//! others it only notes what is said, since their history is not all here.

mod consumers;
mod custody;
mod goods;
mod holds;
mod pledges;
mod title;

use std::collections::{BTreeMap, BTreeSet};

use goods::check_sums;

use super::verify::{Fact, Findings};
use super::{CheckKind, Problem};
use crate::Followed;
use crate::rules::Refusal;
use crate::state::{ClosedOffer, Right};
use crate::{
    ActivationPublic, Body, Class, Genesis, Kind, Makeup, MemberId, Party, RecordRef, SubjectId,
    limits,
};

/// What is known of a thing.
#[derive(Clone, Debug, Default)]
struct Thing {
    /// Who has it, and the record that gave it to them.
    custody: Option<(Party, RecordRef)>,
    /// What it is packed in, and the record that packed it.
    inside: Option<(SubjectId, RecordRef)>,
    offer: Option<Open>,
    /// There is an offer that was never answered, expired or not.
    promised: bool,
    /// Who owns it, and the record that made them its owner.
    title: Option<(Party, RecordRef)>,
    title_offer: Option<Open>,
    pledge: Option<Pledged>,
    seal: Seal,
    decommissioned: Option<RecordRef>,
    holds: BTreeMap<MemberId, RecordRef>,
    /// What it consists of, and the record that began it; none when that is not shown.
    makeup: Option<(Makeup, RecordRef)>,
    /// The newest record about it that stands.
    newest: Option<RecordRef>,
}

impl Thing {
    fn offer_mut(&mut self, right: Right) -> &mut Option<Open> {
        match right {
            Right::Custody => &mut self.offer,
            Right::Title => &mut self.title_offer,
        }
    }

    /// Someone else than this member who has it.
    fn held_by_other(&self, member: &MemberId) -> Option<(Party, RecordRef)> {
        self.custody.filter(|(holder, _)| !holder.is(member))
    }
}

/// An offer that was not answered; it may have expired.
#[derive(Clone, Copy, Debug)]
struct Open {
    at: RecordRef,
    from: MemberId,
    to: Party,
}

/// A pledge that was not released.
#[derive(Clone, Copy, Debug)]
struct Pledged {
    by: RecordRef,
    owner: MemberId,
    to: MemberId,
}

/// What is known of what lies under a thing's seal.
#[derive(Clone, Copy, Debug, Default)]
enum Seal {
    /// Its commissioning is not shown.
    #[default]
    Unknown,
    /// Nothing, says its commissioning.
    Bare(RecordRef),
    /// A key, which its commissioning brought.
    Sealed(ActivationPublic, RecordRef),
    /// It was opened by this record.
    Opened(RecordRef),
}

impl Seal {
    /// What lies under the seal of something that began with this record.
    fn of(key: Option<ActivationPublic>, by: RecordRef) -> Self {
        key.map_or(Self::Bare(by), |key| Self::Sealed(key, by))
    }
}

/// Everything that is known of things.
pub(super) struct Things<'a> {
    genesis: &'a Genesis,
    roster: &'a Followed,
    things: BTreeMap<SubjectId, Thing>,
    closed_offers: BTreeMap<RecordRef, ClosedOffer>,
}

impl<'a> Things<'a> {
    pub(super) fn new(genesis: &'a Genesis, roster: &'a Followed) -> Self {
        Self {
            genesis,
            roster,
            things: BTreeMap::new(),
            closed_offers: BTreeMap::new(),
        }
    }

    /// Nothing is written about what was decommissioned.
    pub(super) fn check_open(
        &self,
        subjects: &[SubjectId],
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        for subject in subjects.iter().filter(|s| chain.contains(s)) {
            if let Some(by) = self.things.get(subject).and_then(|t| t.decommissioned) {
                return Err(Refusal::Decommissioned {
                    subject: *subject,
                    by,
                });
            }
        }
        Ok(())
    }

    /// A record about these things stands.
    pub(super) fn count(&mut self, fact: &Fact<'_>, chain: &BTreeSet<SubjectId>) {
        for subject in fact.record.concerned().iter().filter(|s| chain.contains(s)) {
            self.things.entry(*subject).or_default().newest = Some(fact.at);
        }
    }

    /// Takes in one record. What it breaks beside the rules of custody goes to the findings.
    pub(super) fn take(
        &mut self,
        fact: &Fact<'_>,
        chain: &BTreeSet<SubjectId>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        findings.look(CheckKind::Custody);
        let subjects = fact.record.subjects();
        let Some(first) = subjects.first() else {
            return Ok(());
        };
        let moves = matches!(
            fact.record.kind(),
            Kind::Pack
                | Kind::Unpack
                | Kind::Transform
                | Kind::Offer
                | Kind::Accept
                | Kind::PickUp
                | Kind::Activate
                | Kind::Pledge
                | Kind::Decommission
        );
        if moves && let Some(subject) = subjects.iter().find(|s| chain.contains(s)) {
            self.check_not_held(subject, chain)?;
        }
        let maker = fact.header.member();
        if !fact.record.makes_own_subjects(&self.genesis.id(), &maker) {
            findings.note(Problem::WrongSubject { record: fact.at });
            return Ok(());
        }
        match fact.record.body() {
            Body::Commission {
                quantity,
                activation,
                ..
            } => {
                for subject in subjects {
                    self.begin(fact, subject, Makeup::of(*quantity), chain)?;
                }
                self.seal(fact, activation);
                Ok(())
            }
            Body::CommissionRun { run, .. } => {
                let makeup = Makeup::run(fact.header.member(), *run);
                self.begin(fact, first, makeup, chain)
            }
            Body::Transform {
                inputs,
                outputs,
                losses,
                ..
            } => {
                self.transform(fact, inputs, outputs, chain)?;
                check_sums(fact.record.subjects(), inputs, outputs, losses)
            }
            Body::Draw { items, .. } => self.draw(fact, first, items),
            Body::Pack { .. } => self.pack(fact, first, chain, findings),
            Body::Unpack { .. } => self.unpack(fact, first, chain),
            Body::Offer { to, .. } => {
                self.check_addressee(fact, to, findings);
                self.offer(fact, first, *to, chain)
            }
            Body::Accept { left, .. } => self.accept(fact, (first, left), chain),
            Body::Decline { .. } => self.decline(fact, (first, Right::Custody), chain),
            Body::PickUp { code, .. } => self.pick_up(fact, (first, code), chain),
            Body::OfferTitle { to, .. } => {
                self.check_addressee(fact, to, findings);
                self.offer_title(fact, first, *to, chain)
            }
            Body::TakeTitle { .. } => self.take_title(fact, first, chain),
            Body::DeclineTitle { .. } => self.decline(fact, (first, Right::Title), chain),
            Body::Activate {
                owner, signature, ..
            } => self.activate(fact, first, (owner, signature), chain),
            Body::Resell { to, signature, .. } => self.resell(fact, first, (to, signature), chain),
            Body::Pledge { to, .. } => self.pledge(fact, *to, chain),
            Body::Release { .. } => self.release(fact, chain),
            Body::Decommission { .. } => self.decommission(fact, chain),
            Body::Hold { .. } | Body::Unreadable { .. } => self.hold(fact, chain),
            Body::Clear { .. } => self.clear(fact, chain),
            _ => Ok(()),
        }
    }

    fn check_addressee(&self, fact: &Fact<'_>, to: &Party, findings: &mut Findings) {
        if let Party::Member(member) = to
            && self.class_of(member).is_none()
        {
            findings.note(Problem::NotRecognisedMember {
                record: fact.at,
                member: *member,
            });
        }
    }

    fn class_of(&self, member: &MemberId) -> Option<Class> {
        let mut members = self.roster.members();
        let known = members.find(|known| known.id() == *member)?;
        Some(known.inception().class())
    }

    /// Notes what lies under the seals: nothing, or a key for each subject.
    fn seal(&mut self, fact: &Fact<'_>, activation: &[ActivationPublic]) {
        for (at, subject) in fact.record.subjects().iter().enumerate() {
            let key = activation.get(at).copied();
            self.things.entry(*subject).or_default().seal = Seal::of(key, fact.at);
        }
    }

    fn pack(
        &mut self,
        fact: &Fact<'_>,
        container: &SubjectId,
        chain: &BTreeSet<SubjectId>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let member = fact.header.member();
        let around = self.upwards(*container);
        let concerned = fact.record.subjects().iter().any(|s| chain.contains(s));
        if concerned {
            self.check_holder(container, &member)?;
            if self.custody_of(container).is_none() {
                findings.note(Problem::CustodyUnknown {
                    container: *container,
                    record: fact.at,
                });
            }
        }
        for item in fact.record.subjects().iter().skip(1) {
            if chain.contains(item) {
                let thing = self.things.entry(*item).or_default();
                let subject = *item;
                if let Some((inside, by)) = thing.inside {
                    return Err(Refusal::AlreadyPacked {
                        subject,
                        inside,
                        by,
                    });
                }
                if let Some((holder, by)) = thing.held_by_other(&member) {
                    return Err(Refusal::DifferentHolders {
                        subject,
                        holder,
                        by,
                    });
                }
                if let Some(by) = self.ring(&around, item) {
                    return Err(Refusal::InsideItself {
                        subject,
                        container: *container,
                        by,
                    });
                }
                // The item is packed nowhere, so it is the outermost of the chain.
                let levels = chain.len().saturating_sub(1).saturating_add(around.len());
                if levels > limits::PACKING_DEPTH {
                    return Err(Refusal::TooDeep {
                        subject,
                        container: *container,
                    });
                }
            }
            let thing = self.things.entry(*item).or_default();
            thing.inside = Some((*container, fact.at));
            thing.offer = None;
        }
        self.end_offer(container);
        self.check_reached_once(chain)
    }

    /// Nothing goes into or out of what is on offer: if this stands, the offer had expired, and
    /// nobody accepts it any more.
    fn end_offer(&mut self, container: &SubjectId) {
        if let Some(outermost) = self.upwards(*container).last()
            && let Some(thing) = self.things.get_mut(outermost)
        {
            thing.offer = None;
        }
    }

    fn unpack(
        &mut self,
        fact: &Fact<'_>,
        container: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let member = fact.header.member();
        if chain.contains(container) {
            self.check_holder(container, &member)?;
        }
        for item in fact.record.subjects().iter().skip(1) {
            let inside = self.things.get(item).and_then(|thing| thing.inside);
            if chain.contains(item) && inside.map(|(around, _)| around) != Some(*container) {
                return Err(self.not_inside(item, container));
            }
            self.take_out(item, (member, fact.at), chain)?;
        }
        self.end_offer(container);
        Ok(())
    }

    /// Takes a thing out of its container, for a member that has it from then on.
    fn take_out(
        &mut self,
        item: &SubjectId,
        (holder, at): (MemberId, RecordRef),
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        if chain.contains(item) {
            self.check_may_come_out(item, chain)?;
        }
        // What becomes of its containers from here on is not shown.
        for container in self.upwards(*item).iter().skip(1) {
            let left = self.things.entry(*container).or_default();
            (left.title, left.title_offer) = (None, None);
            left.seal = Seal::Unknown;
        }
        let thing = self.things.entry(*item).or_default();
        thing.inside = None;
        thing.custody = Some((holder.into(), at));
        Ok(())
    }

    pub(super) fn holder_of(&self, subject: &SubjectId) -> Option<Party> {
        self.custody_of(subject).map(|(holder, _)| holder)
    }

    fn custody_of(&self, subject: &SubjectId) -> Option<(Party, RecordRef)> {
        let outermost = *self.upwards(*subject).last()?;
        self.things.get(&outermost)?.custody
    }

    /// Refuses when someone else is known to hold a thing.
    fn check_holder(&self, subject: &SubjectId, member: &MemberId) -> Result<(), Refusal> {
        match self.custody_of(subject) {
            Some((holder, by)) if !holder.is(member) => Err(Refusal::NotHolder {
                subject: *subject,
                holder,
                by,
            }),
            _ => Ok(()),
        }
    }

    fn not_inside(&self, subject: &SubjectId, container: &SubjectId) -> Refusal {
        let thing = self.things.get(subject);
        let packed = thing.and_then(|thing| thing.inside).map(|(_, by)| by);
        let moved = thing.and_then(|thing| thing.custody).map(|(_, by)| by);
        Refusal::NotInside {
            subject: *subject,
            container: *container,
            latest: packed.or(moved),
        }
    }

    /// The packing that put a thing of these, each around the one before, into the item.
    fn ring(&self, around: &[SubjectId], item: &SubjectId) -> Option<RecordRef> {
        let place = around.iter().position(|outer| outer == item)?;
        let below = around.get(place.checked_sub(1)?)?;
        let (_, by) = self.things.get(below)?.inside?;
        Some(by)
    }

    /// What a thing is packed in, and the record that packed it.
    pub(super) fn packed(&self, subject: &SubjectId) -> Option<(SubjectId, RecordRef)> {
        self.things.get(subject).and_then(|thing| thing.inside)
    }

    /// A thing and the containers around it, outermost last. Bounded: these records may be
    /// anyone's.
    pub(super) fn upwards(&self, subject: SubjectId) -> Vec<SubjectId> {
        let mut around = vec![subject];
        let mut at = subject;
        while let Some((container, _)) = self.things.get(&at).and_then(|thing| thing.inside)
            && around.len() <= limits::PACKING_DEPTH
        {
            around.push(container);
            at = container;
        }
        around
    }
}
