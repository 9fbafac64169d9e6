//! What records may do, as plainly as it can be said: lists, whole copies, no index, no overlay.

mod offer;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chopmark_core::{
    ActivationPublic, BlockId, Body, DeviceId, Digest32, Height, Kind, MemberId, MlDsa44Public,
    Party, Policy, Prefix, ReaderGroup, Record, RecordRef, Role, Seq, SubjectId, TimeMs,
};

use crate::goods::Heap;
use crate::governing::{Amendment, Epoch, Wish};
use crate::roster::{Firm, Roster};
use crate::runs::Run;
pub(crate) use offer::{Offer, OfferFate};

/// Containers inside each other, at most.
const DEPTH: usize = 8;

#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) member: MemberId,
    pub(crate) role: Role,
    /// The key with which it signs a second time.
    pub(crate) second: Option<MlDsa44Public>,
    pub(crate) until: TimeMs,
    /// The last block that still counts; `Some(None)` when none does.
    pub(crate) revoked: Option<Option<(Seq, BlockId)>>,
    pub(crate) forked: bool,
}

impl Device {
    pub(crate) fn speaks_for(&self, seq: Seq, block: BlockId) -> bool {
        match self.revoked {
            None => true,
            Some(None) => false,
            Some(Some((last, id))) => seq < last || (seq == last && block == id),
        }
    }
}

/// One subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thing {
    pub(crate) owner: Party,
    pub(crate) holder: Party,
    pub(crate) inside: Option<SubjectId>,
    pub(crate) last_custody: RecordRef,
    pub(crate) offer: Option<RecordRef>,
    pub(crate) last_title: RecordRef,
    pub(crate) title_offer: Option<RecordRef>,
    pub(crate) document: bool,
    pub(crate) parents: BTreeSet<SubjectId>,
    pub(crate) pledge: Option<(MemberId, RecordRef)>,
    pub(crate) holds: BTreeSet<MemberId>,
    pub(crate) key: Option<ActivationPublic>,
    pub(crate) activated: bool,
    pub(crate) ended: bool,
    /// How many records it has, and the newest of them.
    pub(crate) count: u64,
    pub(crate) newest: RecordRef,
    /// The record that began it.
    pub(crate) begun: RecordRef,
    pub(crate) class: Arc<str>,
    pub(crate) makeup: Makeup,
}

/// What a thing consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Makeup {
    One,
    /// So much of a batch as is left.
    Batch(Heap),
    Run(Run),
}

impl Thing {
    /// As it begins, with who makes it.
    pub(crate) fn new(line: &Line<'_>, class: &str, makeup: Makeup) -> Self {
        Self {
            owner: line.party(),
            holder: line.party(),
            inside: None,
            last_custody: line.at,
            offer: None,
            last_title: line.at,
            title_offer: None,
            document: class == "(253)",
            parents: BTreeSet::new(),
            pledge: None,
            holds: BTreeSet::new(),
            key: None,
            activated: false,
            ended: false,
            count: 0,
            newest: line.at,
            begun: line.at,
            class: class.into(),
            makeup,
        }
    }

    pub(crate) fn log(&mut self, at: RecordRef) {
        (self.count, self.newest) = (self.count + 1, at);
    }
}

/// What a record can change.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) policy: Arc<Policy>,
    pub(crate) wishes: BTreeMap<MemberId, Wish>,
    /// Every amendment, also what does not hold yet.
    pub(crate) amendments: Vec<Amendment>,
    /// Every key of every reader group, in turn.
    pub(crate) readers: BTreeMap<ReaderGroup, Vec<Epoch>>,
    pub(crate) members: BTreeMap<MemberId, Firm>,
    pub(crate) roster: Roster,
    pub(crate) devices: BTreeMap<DeviceId, Device>,
    pub(crate) prefixes: Vec<(Prefix, MemberId)>,
    /// Prefix, whose it is said to be, who says so.
    pub(crate) claims: Vec<(Prefix, MemberId, MemberId)>,
    pub(crate) things: BTreeMap<SubjectId, Thing>,
    pub(crate) offers: BTreeMap<RecordRef, Offer>,
}

/// Who wrote a record, which one it is, and when it counts.
pub(crate) struct Line<'a> {
    pub(crate) member: MemberId,
    pub(crate) role: Role,
    pub(crate) at: RecordRef,
    pub(crate) height: Height,
    pub(crate) now: TimeMs,
    pub(crate) record: &'a Record,
    /// Who wrote each block of the log.
    pub(crate) writers: &'a BTreeMap<BlockId, MemberId>,
}

impl Line<'_> {
    pub(crate) fn party(&self) -> Party {
        self.member.into()
    }
}

pub(crate) type Ruling = Result<(), &'static str>;

/// `code` unless it holds.
pub(crate) fn unless(holds: bool, code: &'static str) -> Ruling {
    if holds { Ok(()) } else { Err(code) }
}

impl World {
    pub(crate) fn containers(&self, subject: SubjectId) -> Vec<SubjectId> {
        let mut around = Vec::new();
        let mut at = subject;
        while let Some(container) = self.things.get(&at).and_then(|thing| thing.inside) {
            around.push(container);
            at = container;
        }
        around
    }

    fn outermost(&self, subject: SubjectId) -> SubjectId {
        self.containers(subject).pop().unwrap_or(subject)
    }

    pub(crate) fn holder(&self, subject: SubjectId) -> Option<Party> {
        let thing = self.things.get(&self.outermost(subject))?;
        Some(thing.holder)
    }

    /// Everything inside, at every level.
    pub(crate) fn contents(&self, container: SubjectId) -> BTreeSet<SubjectId> {
        let within = |subject: &&SubjectId| {
            let next = |id: &SubjectId| self.things[id].inside;
            std::iter::successors(next(subject), next).any(|around| around == container)
        };
        self.things.keys().filter(within).copied().collect()
    }

    pub(crate) fn directly_inside(&self, container: SubjectId) -> Vec<SubjectId> {
        let inside = self
            .things
            .iter()
            .filter(|(_, t)| t.inside == Some(container));
        inside.map(|(subject, _)| *subject).collect()
    }

    pub(crate) fn not_on_offer(&self, subject: SubjectId, now: TimeMs) -> Ruling {
        let offer = self.things.get(&subject).and_then(|thing| thing.offer);
        let offer = offer.and_then(|offer| self.offers.get(&offer));
        let stands = offer.is_some_and(|o| o.fate == OfferFate::Open && o.stands(now));
        unless(!stands, "open-offer-exists")
    }

    pub(crate) fn contents_are(&self, subject: SubjectId, stated: Option<Digest32>) -> Ruling {
        let actual = Digest32::of_contents(&self.contents(subject));
        unless(
            stated.is_none_or(|stated| stated == actual),
            "contents-changed",
        )
    }

    pub(crate) fn apply(&mut self, line: &Line<'_>) -> Ruling {
        let subjects = line.record.subjects();
        let ended = |subject: &SubjectId| self.things.get(subject).is_some_and(|t| t.ended);
        // What was said wrong of a thing is put right after its end as well.
        let over = line.record.kind() != Kind::Correct && subjects.iter().any(ended);
        unless(!over, "decommissioned")?;
        match (line.record.kind(), line.record.body()) {
            (Kind::Enrol, Body::Enrol { member, device }) => {
                self.stands(*member, line.height)?;
                unless(
                    line.role == Role::Admin && line.member == *member,
                    "not-admin",
                )?;
                let new = !self.devices.contains_key(&device.key());
                unless(new, "already-enrolled")?;
                let enrolled = Device {
                    member: *member,
                    role: device.role(),
                    second: device.second().cloned(),
                    until: device.until(),
                    revoked: None,
                    forked: false,
                };
                self.devices.insert(device.key(), enrolled);
            }
            (Kind::Revoke, Body::Revoke { device, last }) => {
                let device = self.devices.get_mut(device).ok_or("unknown-device")?;
                let theirs = line.role == Role::Admin && line.member == device.member;
                unless(theirs, "not-admin")?;
                unless(device.revoked.is_none(), "already-revoked")?;
                device.revoked = Some(*last);
            }
            (Kind::RegisterPrefix, Body::RegisterPrefix { prefix, member }) => {
                self.register(line, prefix, *member)?;
            }
            (
                Kind::Commission,
                Body::Commission {
                    class,
                    prefix,
                    quantity,
                    activation,
                    ..
                },
            ) => {
                if let Some(quantity) = quantity {
                    self.in_its_place(quantity)?;
                }
                let makeup = quantity.map_or(Makeup::One, |q| Makeup::Batch(Heap::of(&q)));
                for (at, subject) in subjects.iter().enumerate() {
                    self.begin(line, *subject, (class, prefix), makeup)?;
                    let key = activation.get(at).copied();
                    self.things.get_mut(subject).unwrap().key = key;
                }
            }
            (
                Kind::CommissionRun,
                Body::CommissionRun {
                    class, prefix, run, ..
                },
            ) => {
                let run = Makeup::Run(Run::new(line.member, *run));
                self.begin(line, subjects[0], (&class.to_string(), prefix), run)?;
            }
            (Kind::Draw, Body::Draw { items, .. }) => self.draw(line, items)?,
            (
                Kind::Correct,
                Body::Correct {
                    of, correctives, ..
                },
            ) => {
                let own = |at: &RecordRef| line.writers[&at.block] == line.member;
                let all = std::iter::once(of).chain(correctives).all(own);
                unless(all, "not-your-record")?;
            }
            (
                Kind::SetPolicy,
                Body::SetPolicy {
                    replaces,
                    policy,
                    from,
                },
            ) => self.amend(line, *replaces, (policy, *from))?,
            (Kind::SetReader, body) => self.set_reader(line, body)?,
            (Kind::AdmitMember | Kind::ExpelMember | Kind::SetValidators, _) => {
                self.wish(line, line.record)?;
            }
            (_, Body::RotateRoot { change }) => self.rotate_root(line, change)?,
            (_, Body::SetGuardians { choice, signature }) => {
                self.set_guardians(line, choice, signature)?;
            }
            (_, Body::Recover { request }) => self.recover(line, request)?,
            (_, Body::ObjectRecovery { signature }) => self.object(line, signature)?,
            (Kind::Observe | Kind::Attest | Kind::Report | Kind::Grant, _) => {}
            (Kind::Transform, _) => self.transform(line)?,
            (Kind::Pack, _) => self.pack(line)?,
            (Kind::Unpack, _) => self.unpack(line)?,
            (
                Kind::Offer,
                Body::Offer {
                    to,
                    expires,
                    contents,
                    ..
                },
            ) => {
                self.offer(line, *to, *expires, *contents)?;
            }
            (Kind::Accept, Body::Accept { contents, left, .. }) => {
                self.accept(line, *contents, left)?;
            }
            (Kind::Decline, _) => {
                let (offer, _) = self.addressed(line, false)?;
                self.close(offer, OfferFate::Declined);
            }
            (Kind::DeclineTitle, _) => {
                let (offer, _) = self.addressed(line, true)?;
                self.close(offer, OfferFate::Declined);
            }
            (
                Kind::OfferTitle,
                Body::OfferTitle {
                    to,
                    expires,
                    contents,
                    ..
                },
            ) => self.offer_title(line, (*to, *expires), *contents)?,
            (Kind::TakeTitle, Body::TakeTitle { contents, .. }) => {
                self.take_title(line, *contents)?;
            }
            (Kind::PickUp, Body::PickUp { code, .. }) => self.pick_up(line, code)?,
            (
                Kind::Activate,
                Body::Activate {
                    owner, signature, ..
                },
            ) => self.activate(line, (*owner, *signature))?,
            (Kind::Resell, Body::Resell { to, signature, .. }) => {
                self.resell(line, (*to, *signature))?
            }
            (Kind::Pledge, Body::Pledge { to, .. }) => self.pledge(line, *to)?,
            (Kind::Release, _) => self.release(line)?,
            (Kind::Associate, _) => self.associate(line)?,
            (Kind::Dissociate, _) => self.dissociate(line)?,
            (Kind::Hold | Kind::Unreadable, _) => self.hold(line)?,
            (Kind::Open, _) => self.supervises(line.member)?,
            (Kind::Clear, _) => self.clear(line)?,
            (Kind::Decommission, _) => self.decommission(line)?,
            (kind, _) => panic!("the model knows no {kind:?}"),
        }
        for (place, subject) in subjects.iter().enumerate() {
            let thing = self.things.get_mut(subject).ok_or("unknown-subject")?;
            // Drawing an item is no record of its run.
            if place > 0 || line.record.kind() != Kind::Draw {
                thing.log(line.at);
            }
        }
        Ok(())
    }

    fn register(&mut self, line: &Line<'_>, prefix: &Prefix, member: MemberId) -> Ruling {
        self.stands(member, line.height)?;
        let registered = self.prefixes.iter().find(|(other, _)| other == prefix);
        let owner = registered.map(|(_, owner)| *owner);
        unless(owner.is_none_or(|owner| owner == member), "prefix-taken")?;
        if owner.is_none() {
            let clash = self.prefixes.iter().any(|(other, _)| {
                let (one, other) = (prefix.as_str(), other.as_str());
                one.starts_with(other) || other.starts_with(one)
            });
            unless(!clash, "prefix-overlap")?;
        }
        let claim = (prefix.clone(), member, line.member);
        if !self.claims.contains(&claim) {
            self.claims.push(claim);
        }
        let same = |(p, m, by): &&(Prefix, MemberId, MemberId)| {
            p == prefix && *m == member && self.stays(*by).is_ok()
        };
        let writers = u64::try_from(self.claims.iter().filter(same).count()).unwrap();
        if owner.is_none() && writers >= self.policy.prefix_quorum {
            self.prefixes.push((prefix.clone(), member));
        }
        Ok(())
    }

    /// The container is the author's to open, and nothing of it is on offer.
    fn may_open(&self, line: &Line<'_>, container: SubjectId) -> Ruling {
        let holder = self.holder(container).ok_or("unknown-subject")?;
        unless(holder == line.party(), "not-holder")?;
        self.not_held(container)?;
        self.not_on_offer(self.outermost(container), line.now)
    }

    fn pack(&mut self, line: &Line<'_>) -> Ruling {
        let (container, items) = line.record.subjects().split_first().unwrap();
        self.may_open(line, *container)?;
        for item in items {
            let thing = self.things.get(item).ok_or("unknown-subject")?;
            unless(thing.inside.is_none(), "already-packed")?;
            unless(thing.holder == line.party(), "different-holders")?;
            let itself = item == container || self.containers(*container).contains(item);
            unless(!itself, "inside-itself")?;
            self.not_held(*item)?;
            self.not_on_offer(*item, line.now)?;
            let depth_in = |thing: &SubjectId| {
                let around = self.containers(*thing);
                around.iter().position(|c| c == item).map_or(0, |n| n + 1)
            };
            let below = self.things.keys().map(depth_in).max().unwrap_or(0);
            let above = self.containers(*container).len() + 1;
            unless(above + below <= DEPTH, "too-deep")?;
            let thing = self.things.get_mut(item).unwrap();
            (thing.inside, thing.last_custody) = (Some(*container), line.at);
            self.pledged_once()?;
        }
        Ok(())
    }

    fn unpack(&mut self, line: &Line<'_>) -> Ruling {
        let (container, items) = line.record.subjects().split_first().unwrap();
        self.may_open(line, *container)?;
        for item in items {
            let thing = self.things.get(item).ok_or("unknown-subject")?;
            unless(thing.inside == Some(*container), "not-inside")?;
            self.take_out(*item, (line.party(), line.at))?;
        }
        Ok(())
    }

    fn take_out(&mut self, item: SubjectId, (holder, at): (Party, RecordRef)) -> Ruling {
        self.may_come_out(item)?;
        let thing = self.things.get_mut(&item).unwrap();
        thing.inside = None;
        thing.holder = holder;
        thing.last_custody = at;
        Ok(())
    }

    fn offer(
        &mut self,
        line: &Line<'_>,
        to: Party,
        expires: TimeMs,
        contents: Option<Digest32>,
    ) -> Ruling {
        let subject = line.record.subjects()[0];
        let thing = self.things.get(&subject).ok_or("unknown-subject")?;
        unless(thing.inside.is_none(), "inside-container")?;
        unless(thing.holder == line.party(), "not-holder")?;
        let newest = line.record.cites().first() == Some(&thing.last_custody);
        self.not_held(subject)?;
        unless(newest, "stale-custody")?;
        self.not_on_offer(subject, line.now)?;
        let offer = self.new_offer(line, (to, expires), contents, false)?;
        self.offers.insert(line.at, offer);
        self.things.get_mut(&subject).unwrap().offer = Some(line.at);
        Ok(())
    }

    fn accept(
        &mut self,
        line: &Line<'_>,
        contents: Option<Digest32>,
        left: &[SubjectId],
    ) -> Ruling {
        let subject = line.record.subjects()[0];
        let (cited, offer) = self.addressed(line, false)?;
        self.not_held(subject)?;
        for content in left {
            let inside = self.containers(*content).contains(&subject);
            unless(inside, "not-inside")?;
            self.take_out(*content, (offer.from.into(), line.at))?;
            self.things.get_mut(content).unwrap().log(line.at);
        }
        self.contents_are(subject, contents)?;
        self.close(cited, OfferFate::Accepted);
        let thing = self.things.get_mut(&subject).unwrap();
        thing.holder = line.party();
        thing.last_custody = line.at;
        Ok(())
    }
}
