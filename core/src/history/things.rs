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
use crate::rules::Refusal;
use crate::state::{ClosedOffer, Right};
use crate::{
    ActivationPublic, Body, Class, Genesis, Kind, Makeup, MemberId, Party, RecordRef, SubjectId,
    limits,
};

/// What is known of a thing.
#[derive(Clone, Debug, Default)]
struct Thing {
    holder: Option<Party>,
    last_custody: Option<RecordRef>,
    inside: Option<SubjectId>,
    offer: Option<Open>,
    /// There is an offer that was never answered, expired or not.
    promised: bool,
    owner: Option<Party>,
    last_title: Option<RecordRef>,
    title_offer: Option<Open>,
    pledge: Option<Pledged>,
    seal: Seal,
    decommissioned: Option<RecordRef>,
    holds: BTreeMap<MemberId, RecordRef>,
    /// What it consists of; none when its beginning is not shown.
    makeup: Option<Makeup>,
}

impl Thing {
    fn offer_mut(&mut self, right: Right) -> &mut Option<Open> {
        match right {
            Right::Custody => &mut self.offer,
            Right::Title => &mut self.title_offer,
        }
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
    /// Nothing.
    Bare,
    /// A key.
    Sealed(ActivationPublic),
    /// It was opened by this record.
    Opened(RecordRef),
}

/// Everything that is known of things.
pub(super) struct Things<'a> {
    genesis: &'a Genesis,
    things: BTreeMap<SubjectId, Thing>,
    closed_offers: BTreeMap<RecordRef, ClosedOffer>,
}

impl<'a> Things<'a> {
    pub(super) fn new(genesis: &'a Genesis) -> Self {
        Self {
            genesis,
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
        // All things of the chain are in each other: if one of them moves, all do.
        if moves
            && subjects.iter().any(|subject| chain.contains(subject))
            && let Some((subject, _, by)) = self.hold_among(chain.iter().copied())
        {
            return Err(Refusal::Held { subject, by });
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
                self.seal(subjects, activation);
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
                check_sums(inputs, outputs, losses)
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
        let mut founders = self.genesis.founders().iter();
        let founder = founders.find(|founder| founder.id() == *member)?;
        Some(founder.inception().class())
    }

    /// Notes what lies under the seals: nothing, or a key for each subject.
    fn seal(&mut self, subjects: &[SubjectId], activation: &[ActivationPublic]) {
        let keys = activation.iter().copied().map(Seal::Sealed);
        let seals = keys.chain(std::iter::repeat(Seal::Bare));
        for (subject, seal) in subjects.iter().zip(seals) {
            self.things.entry(*subject).or_default().seal = seal;
        }
    }

    fn pack(
        &mut self,
        fact: &Fact<'_>,
        container: &SubjectId,
        chain: &BTreeSet<SubjectId>,
        findings: &mut Findings,
    ) -> Result<(), Refusal> {
        let by = fact.header.member();
        let around = self.upwards(*container);
        let concerned = fact.record.subjects().iter().any(|s| chain.contains(s));
        if concerned {
            match self.holder_of(container) {
                Some(holder) if holder.is(&by) => {}
                Some(holder) => {
                    return Err(Refusal::NotHolder {
                        subject: *container,
                        holder,
                    });
                }
                None => findings.note(Problem::CustodyUnknown {
                    container: *container,
                    record: fact.at,
                }),
            }
        }
        for item in fact.record.subjects().iter().skip(1) {
            if chain.contains(item) {
                let thing = self.things.entry(*item).or_default();
                if let Some(inside) = thing.inside {
                    return Err(Refusal::AlreadyPacked {
                        subject: *item,
                        inside,
                    });
                }
                if let Some(holder) = thing.holder.filter(|holder| !holder.is(&by)) {
                    return Err(Refusal::DifferentHolders {
                        subject: *item,
                        holder,
                    });
                }
                if around.contains(item) {
                    return Err(Refusal::InsideItself { subject: *item });
                }
                // The item is packed nowhere, so it is the outermost of the chain.
                let levels = chain.len().saturating_sub(1).saturating_add(around.len());
                if levels > limits::PACKING_DEPTH {
                    return Err(Refusal::TooDeep { subject: *item });
                }
            }
            let thing = self.things.entry(*item).or_default();
            thing.inside = Some(*container);
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
        let by = fact.header.member();
        if chain.contains(container)
            && let Some(holder) = self.holder_of(container).filter(|holder| !holder.is(&by))
        {
            return Err(Refusal::NotHolder {
                subject: *container,
                holder,
            });
        }
        for item in fact.record.subjects().iter().skip(1) {
            let inside = self.things.get(item).and_then(|thing| thing.inside);
            if chain.contains(item) && inside != Some(*container) {
                return Err(Refusal::NotInside {
                    subject: *item,
                    container: *container,
                });
            }
            self.take_out(item, (by, fact.at), chain)?;
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
            (left.owner, left.last_title, left.title_offer) = (None, None, None);
            left.seal = Seal::Unknown;
        }
        let thing = self.things.entry(*item).or_default();
        thing.inside = None;
        thing.holder = Some(holder.into());
        thing.last_custody = Some(at);
        Ok(())
    }

    pub(super) fn holder_of(&self, subject: &SubjectId) -> Option<Party> {
        let outermost = *self.upwards(*subject).last()?;
        self.things.get(&outermost)?.holder
    }

    /// A thing and the containers around it, outermost last. Bounded: these records may be
    /// anyone's.
    pub(super) fn upwards(&self, subject: SubjectId) -> Vec<SubjectId> {
        let mut around = vec![subject];
        let mut at = subject;
        while let Some(container) = self.things.get(&at).and_then(|thing| thing.inside)
            && around.len() <= limits::PACKING_DEPTH
        {
            around.push(container);
            at = container;
        }
        around
    }
}
