//! Who owns what, what is pledged, held, associated and activated: as plainly as in `world`.

use std::collections::BTreeSet;

use chopmark_core::{
    Class, Digest32, MemberId, OwnerKey, Party, PickupCode, RecordRef, SubjectId, TimeMs,
};

use crate::drafts::{SECRETS, owner_secret, secret_of};
use crate::network::genesis;
use crate::world::{Line, Offer, OfferFate, Ruling, Thing, World, unless};

/// Associations of one thing, at most.
const PARENTS: usize = 16;

impl World {
    fn documents(&self, subject: SubjectId) -> Vec<SubjectId> {
        let parents = self.things.get(&subject).map(|thing| thing.parents.clone());
        let parents = parents.unwrap_or_default().into_iter();
        parents.filter(|id| self.is_document(*id)).collect()
    }

    fn is_document(&self, subject: SubjectId) -> bool {
        self.things
            .get(&subject)
            .is_some_and(|thing| thing.document)
    }

    pub(crate) fn goods(&self, document: SubjectId) -> Vec<SubjectId> {
        if !self.is_document(document) {
            return Vec::new();
        }
        let goods = self.things.iter();
        let goods = goods.filter(|(_, thing)| thing.parents.contains(&document));
        goods.map(|(id, _)| *id).collect()
    }

    /// Everything that is associated with it.
    pub(crate) fn linked(&self, parent: SubjectId) -> Vec<SubjectId> {
        let children = self.things.iter();
        let children = children.filter(|(_, thing)| thing.parents.contains(&parent));
        children.map(|(id, _)| *id).collect()
    }

    /// These and the documents that stand for them.
    fn with_documents(&self, ids: impl Iterator<Item = SubjectId>) -> BTreeSet<SubjectId> {
        ids.flat_map(|id| std::iter::once(id).chain(self.documents(id)))
            .collect()
    }

    pub(crate) fn around(&self, subject: SubjectId) -> BTreeSet<SubjectId> {
        let chain = std::iter::once(subject).chain(self.containers(subject));
        self.with_documents(chain)
    }

    pub(crate) fn within(&self, subject: SubjectId) -> BTreeSet<SubjectId> {
        self.with_documents(self.contents(subject).into_iter())
    }

    pub(crate) fn not_held(&self, subject: SubjectId) -> Ruling {
        let mut all = self.around(subject);
        all.extend(self.within(subject));
        let held = |id: &SubjectId| !self.things[id].holds.is_empty();
        unless(!all.iter().any(held), "held")
    }

    pub(crate) fn is_pledged(&self, subject: SubjectId) -> bool {
        let mut all = BTreeSet::new();
        for one in std::iter::once(subject).chain(self.goods(subject)) {
            all.extend(self.around(one));
            all.extend(self.within(one));
        }
        let owner = self.things[&subject].owner;
        let thing = |id: &SubjectId| &self.things[id];
        all.iter()
            .any(|id| thing(id).pledge.is_some() && thing(id).owner == owner)
    }

    pub(crate) fn not_pledged(&self, subject: SubjectId) -> Ruling {
        unless(!self.is_pledged(subject), "pledged")
    }

    /// How many holds, or pledges, a container counts inside: those on its contents, and those on
    /// documents as often as something in it belongs to them.
    pub(crate) fn counted_inside(&self, container: SubjectId, on: fn(&Thing) -> usize) -> u64 {
        let contents = self.contents(container).into_iter();
        let counted = contents.flat_map(|id| std::iter::once(id).chain(self.documents(id)));
        let sum: usize = counted.map(|id| on(&self.things[&id])).sum();
        u64::try_from(sum).unwrap()
    }

    /// No thing is reached by two pledges of its owner.
    pub(crate) fn pledged_once(&self) -> Ruling {
        for (subject, thing) in &self.things {
            let around = self.around(*subject);
            let reached: BTreeSet<RecordRef> = around
                .iter()
                .filter(|id| self.things[id].owner == thing.owner)
                .filter_map(|id| Some(self.things[id].pledge?.1))
                .collect();
            unless(reached.len() < 2, "pledged")?;
        }
        Ok(())
    }

    /// Nothing around it is pledged that would reach it or what is in it.
    pub(crate) fn may_come_out(&self, item: SubjectId) -> Ruling {
        let mut outside = self.with_documents(self.containers(item).into_iter());
        outside.retain(|id| self.things[id].pledge.is_some());
        let mut inside = self.contents(item);
        inside.insert(item);
        let owners: BTreeSet<Party> = inside.iter().map(|id| self.things[id].owner).collect();
        let reached = outside
            .iter()
            .any(|id| owners.contains(&self.things[id].owner));
        unless(!reached, "pledged")
    }

    fn owned(&self, party: Party, subject: SubjectId) -> Ruling {
        let thing = self.things.get(&subject).ok_or("unknown-subject")?;
        unless(thing.owner == party, "not-owner")
    }

    fn cites_title(&self, line: &Line<'_>, subject: SubjectId) -> Ruling {
        let latest = self.things[&subject].last_title;
        unless(line.record.cites().first() == Some(&latest), "stale-title")
    }

    pub(crate) fn title_not_on_offer(&self, subject: SubjectId, now: TimeMs) -> Ruling {
        let offer = self
            .things
            .get(&subject)
            .and_then(|thing| thing.title_offer);
        let offer = offer.and_then(|offer| self.offers.get(&offer));
        let stands = offer.is_some_and(|o| o.fate == OfferFate::Open && o.stands(now));
        unless(!stands, "open-offer-exists")
    }

    pub(crate) fn offer_title(
        &mut self,
        line: &Line<'_>,
        (to, expires): (Party, TimeMs),
        contents: Option<Digest32>,
    ) -> Ruling {
        let subject = line.record.subjects()[0];
        self.owned(line.party(), subject)?;
        self.cites_title(line, subject)?;
        self.not_pledged(subject)?;
        self.title_not_on_offer(subject, line.now)?;
        let offer = self.new_offer(line, (to, expires), contents, true)?;
        self.offers.insert(line.at, offer);
        self.things.get_mut(&subject).unwrap().title_offer = Some(line.at);
        Ok(())
    }

    pub(crate) fn take_title(&mut self, line: &Line<'_>, contents: Option<Digest32>) -> Ruling {
        let subject = line.record.subjects()[0];
        let (cited, offer) = self.addressed(line, true)?;
        self.contents_are(subject, offer.contents)?;
        self.contents_are(subject, contents)?;
        self.not_pledged(subject)?;
        self.close(cited, OfferFate::Accepted);
        self.give(line, (offer.from.into(), line.party()))
    }

    /// Title of the record's subject and of all that the giver owns in it.
    fn give(&mut self, line: &Line<'_>, (giver, to): (Party, Party)) -> Ruling {
        let subject = line.record.subjects()[0];
        self.owned(giver, subject)?;
        let mut moved = self.contents(subject);
        moved.insert(subject);
        moved.retain(|id| self.things[id].owner == giver);
        for id in moved {
            self.title_not_on_offer(id, line.now)?;
            self.lapse(id, true);
            let thing = self.things.get_mut(&id).unwrap();
            (thing.owner, thing.last_title, thing.title_offer) = (to, line.at, None);
        }
        self.pledged_once()
    }

    pub(crate) fn pledge(&mut self, line: &Line<'_>, bank: MemberId) -> Ruling {
        self.stands(bank, line.height)?;
        let class = self.members[&bank].class;
        unless(class == Class::Bank, "not-a-bank")?;
        for subject in line.record.subjects() {
            self.owned(line.party(), *subject)?;
            self.title_not_on_offer(*subject, line.now)?;
            self.not_held(*subject)?;
            for goods in self.goods(*subject) {
                self.not_held(goods)?;
            }
            self.not_pledged(*subject)?;
            self.things.get_mut(subject).unwrap().pledge = Some((bank, line.at));
        }
        Ok(())
    }

    pub(crate) fn release(&mut self, line: &Line<'_>) -> Ruling {
        for subject in line.record.subjects() {
            let thing = self.things.get_mut(subject).ok_or("unknown-subject")?;
            let (bank, _) = thing.pledge.ok_or("not-pledged")?;
            unless(bank == line.member, "not-your-pledge")?;
            thing.pledge = None;
        }
        Ok(())
    }

    fn may_join(&self, parent: SubjectId) -> Ruling {
        self.not_held(parent)?;
        let thing = &self.things[&parent];
        unless(!thing.document || thing.pledge.is_none(), "pledged")
    }

    pub(crate) fn associate(&mut self, line: &Line<'_>) -> Ruling {
        let (parent, children) = line.record.subjects().split_first().unwrap();
        self.held_by_author(line, *parent)?;
        self.may_join(*parent)?;
        for child in children {
            self.held_by_author(line, *child)?;
            self.not_held(*child)?;
            let papers = self.is_document(*parent) && self.is_document(*child);
            unless(!papers, "document-of-document")?;
            let parents = &mut self.things.get_mut(child).unwrap().parents;
            unless(parents.insert(*parent), "already-associated")?;
            unless(parents.len() <= PARENTS, "too-many-parents")?;
        }
        Ok(())
    }

    pub(crate) fn dissociate(&mut self, line: &Line<'_>) -> Ruling {
        let (parent, children) = line.record.subjects().split_first().unwrap();
        let own = self.held_by_author(line, *parent);
        if self.is_document(*parent) || !self.things.contains_key(parent) {
            own?;
        }
        self.may_join(*parent)?;
        for child in children {
            if own.is_err() {
                self.held_by_author(line, *child)?;
            }
            if self.things.contains_key(child) {
                self.not_held(*child)?;
            }
            let thing = self.things.get_mut(child).ok_or("unknown-subject")?;
            unless(thing.parents.remove(parent), "not-associated")?;
        }
        Ok(())
    }

    pub(crate) fn supervises(&self, member: MemberId) -> Ruling {
        let authority = matches!(
            self.members[&member].class,
            Class::Customs | Class::Quarantine | Class::Tax | Class::Regulator
        );
        unless(authority, "not-an-authority")
    }

    pub(crate) fn hold(&mut self, line: &Line<'_>) -> Ruling {
        self.supervises(line.member)?;
        for subject in line.record.subjects() {
            let thing = self.things.get_mut(subject).ok_or("unknown-subject")?;
            unless(thing.holds.insert(line.member), "already-held")?;
        }
        Ok(())
    }

    pub(crate) fn clear(&mut self, line: &Line<'_>) -> Ruling {
        for subject in line.record.subjects() {
            let thing = self.things.get_mut(subject).ok_or("unknown-subject")?;
            if !thing.holds.remove(&line.member) {
                unless(thing.holds.is_empty(), "not-your-hold")?;
                return Err("not-held");
            }
        }
        Ok(())
    }

    pub(crate) fn decommission(&mut self, line: &Line<'_>) -> Ruling {
        for subject in line.record.subjects() {
            self.held_by_author(line, *subject)?;
            let outside = self.things[subject].inside.is_none();
            unless(outside, "inside-container")?;
            unless(self.contents(*subject).is_empty(), "not-empty")?;
            self.not_held(*subject)?;
            self.not_pledged(*subject)?;
            self.not_on_offer(*subject, line.now)?;
            self.title_not_on_offer(*subject, line.now)?;
            self.lapse(*subject, false);
            self.lapse(*subject, true);
            for thing in self.things.values_mut() {
                thing.parents.remove(subject);
            }
            let thing = self.things.get_mut(subject).unwrap();
            (thing.offer, thing.title_offer) = (None, None);
            thing.parents.clear();
            thing.ended = true;
        }
        Ok(())
    }

    pub(crate) fn pick_up(&mut self, line: &Line<'_>, code: &PickupCode) -> Ruling {
        let subject = line.record.subjects()[0];
        let (cited, offer) = self.cited(line, false)?;
        unless(offer.from == line.member, "not-holder")?;
        let Party::Bearer(hash) = offer.to else {
            return Err("not-addressee");
        };
        unless(offer.stands(line.now), "offer-expired")?;
        let told = code.hash(&genesis().id(), &subject) == hash;
        unless(told, "wrong-pickup-code")?;
        self.not_held(subject)?;
        self.close(cited, OfferFate::Accepted);
        let thing = self.things.get_mut(&subject).unwrap();
        (thing.holder, thing.last_custody) = (offer.to, line.at);
        Ok(())
    }

    pub(crate) fn activate(
        &mut self,
        line: &Line<'_>,
        (owner, signature): (OwnerKey, [u8; 64]),
    ) -> Ruling {
        let subject = line.record.subjects()[0];
        let thing = self.things.get(&subject).ok_or("unknown-subject")?;
        let (giver, key) = (thing.owner, thing.key);
        unless(!thing.activated, "already-activated")?;
        let key = key.ok_or("no-activation-key")?;
        self.cites_title(line, subject)?;
        self.not_held(subject)?;
        self.not_pledged(subject)?;
        self.title_not_on_offer(subject, line.now)?;
        // Ed25519 signs one way: whoever has the secret can tell without checking.
        let mut secrets = (0..SECRETS).map(secret_of);
        let secret = secrets.find(|secret| secret.public() == key).unwrap();
        let right = secret.sign_activation(&genesis().id(), &subject, &owner);
        unless(right == signature, "bad-activation")?;
        self.give(line, (giver, Party::Consumer(owner)))?;
        self.things.get_mut(&subject).unwrap().activated = true;
        self.hand_along(line, (line.party(), Party::Consumer(owner)));
        Ok(())
    }

    pub(crate) fn resell(&mut self, line: &Line<'_>, (to, signature): (Party, [u8; 64])) -> Ruling {
        let subject = line.record.subjects()[0];
        let giver = self.things.get(&subject).ok_or("unknown-subject")?.owner;
        let Party::Consumer(key) = giver else {
            return Err("not-a-consumers");
        };
        if !matches!(to, Party::Consumer(_)) {
            unless(to == line.party(), "not-the-taker")?;
        }
        self.cites_title(line, subject)?;
        if self.at_hand(subject, giver) {
            self.not_held(subject)?;
        }
        let last = self.things[&subject].last_title;
        let mut secrets = (0..SECRETS).map(owner_secret);
        let secret = secrets.find(|secret| secret.public() == key).unwrap();
        let right = secret.sign_resale(&genesis().id(), &subject, &last, &to);
        unless(right == signature, "bad-resale")?;
        self.give(line, (giver, to))?;
        self.hand_along(line, (giver, to));
        Ok(())
    }

    /// Whoever has it in no container, and promised it to nobody, hands it along with its title.
    fn at_hand(&self, subject: SubjectId, of: Party) -> bool {
        let thing = &self.things[&subject];
        thing.holder == of && thing.inside.is_none() && thing.offer.is_none()
    }

    fn hand_along(&mut self, line: &Line<'_>, (from, to): (Party, Party)) {
        let subject = line.record.subjects()[0];
        if self.at_hand(subject, from) {
            let thing = self.things.get_mut(&subject).unwrap();
            (thing.holder, thing.last_custody) = (to, line.at);
        }
    }

    pub(crate) fn held_by_author(&self, line: &Line<'_>, subject: SubjectId) -> Ruling {
        let holder = self.holder(subject).ok_or("unknown-subject")?;
        unless(holder == line.party(), "not-holder")
    }

    /// An offer that expired has its place taken.
    pub(crate) fn lapse(&mut self, subject: SubjectId, title: bool) {
        for before in self.offers.values_mut() {
            let same = before.subject == subject && before.title == title;
            if same && before.fate == OfferFate::Open {
                before.fate = OfferFate::Lapsed;
            }
        }
    }

    pub(crate) fn new_offer(
        &mut self,
        line: &Line<'_>,
        (to, expires): (Party, TimeMs),
        contents: Option<Digest32>,
        title: bool,
    ) -> Result<Offer, &'static str> {
        let subject = line.record.subjects()[0];
        if let Some(to) = to.member() {
            self.stands(*to, line.height)?;
        }
        self.contents_are(subject, contents)?;
        let expires = expires.min(line.now.plus(self.policy.offer_life_ms));
        let offer = Offer {
            title,
            subject,
            from: line.member,
            to,
            until: TimeMs(expires.0.saturating_add(self.policy.grace_ms)),
            contents,
            fate: OfferFate::Open,
        };
        unless(offer.stands(line.now), "offer-expired")?;
        self.lapse(subject, title);
        Ok(offer)
    }

    /// The open offer that the line cites first.
    pub(crate) fn cited(
        &self,
        line: &Line<'_>,
        title: bool,
    ) -> Result<(RecordRef, Offer), &'static str> {
        let subject = line.record.subjects()[0];
        let cited = *line.record.cites().first().ok_or("no-such-offer")?;
        let offer = self.offers.get(&cited).ok_or("no-such-offer")?;
        unless(offer.fate != OfferFate::Accepted, "offer-used")?;
        unless(offer.fate != OfferFate::Declined, "offer-declined")?;
        unless(offer.fate != OfferFate::Lapsed, "offer-expired")?;
        let meant = offer.subject == subject && offer.title == title;
        unless(meant, "no-such-offer")?;
        Ok((cited, offer.clone()))
    }

    /// The same, which stands and is for the author's member.
    pub(crate) fn addressed(
        &self,
        line: &Line<'_>,
        title: bool,
    ) -> Result<(RecordRef, Offer), &'static str> {
        let (cited, offer) = self.cited(line, title)?;
        unless(offer.to == line.party(), "not-addressee")?;
        unless(offer.stands(line.now), "offer-expired")?;
        Ok((cited, offer))
    }

    pub(crate) fn close(&mut self, offer: RecordRef, fate: OfferFate) {
        let offer = self.offers.get_mut(&offer).unwrap();
        offer.fate = fate;
        let thing = self.things.get_mut(&offer.subject).unwrap();
        match offer.title {
            true => thing.title_offer = None,
            false => thing.offer = None,
        }
    }
}
