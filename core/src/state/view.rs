//! Reading state: the same questions to what is final and to what is pending.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::{
    ClosedOffer, DeviceState, FeedHead, Governance, GroupState, MemberState, Nature, Offer,
    PrefixClaim, Registration, Roster, Standing, SubjectState, Tip, WaitingUnit,
};
use crate::rules::Refusal;
use crate::{
    BlockId, Code, CodeHash, CodeQuery, DeviceId, Digest32, Group, Height, Kind, MemberId,
    NetworkId, Party, Policy, Prefix, ReaderGroup, Readers, RecordRef, SubjectId, TimeMs, limits,
};

/// A block's place in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Logged {
    /// Its leaf, from 0. A pending block has the place it would have now.
    pub index: u64,
    /// How many records it has.
    pub records: u16,
    /// The member that wrote it.
    pub member: MemberId,
}

/// What can be asked of a state. The final state answers, and so does a pending overlay on it.
pub trait StateView {
    /// The network.
    fn network(&self) -> NetworkId;

    /// The policies that members agreed on, and what they want in place of the newest.
    fn governance(&self) -> &Governance;

    /// The network's rules that are policy, as they hold for what is ordered next.
    fn policy(&self) -> &Policy {
        self.governance().policy(self.next_height())
    }

    /// The record that put this policy in force; none when the founders did.
    fn policy_set_by(&self) -> Option<RecordRef> {
        self.governance().in_force_by(self.next_height())
    }

    /// The members and whose peers order, and what members want of that.
    fn roster(&self) -> &Roster;

    /// The newest checkpoint.
    fn tip(&self) -> Tip;

    /// The height of the checkpoint that is made next.
    fn next_height(&self) -> Height {
        Height(self.tip().height.0.saturating_add(1))
    }

    /// Whether this is a member now: admitted, and not expelled.
    fn is_member(&self, id: &MemberId) -> bool {
        let height = self.next_height();
        let known = self.member(id);
        known.is_some_and(|member| member.standing(height) == Standing::Member)
    }

    /// A member.
    fn member(&self, id: &MemberId) -> Option<&MemberState>;

    /// All members, also those that come or are gone; those that changed in an overlay come
    /// last.
    fn members(&self) -> Box<dyn Iterator<Item = (&MemberId, &MemberState)> + '_>;

    /// A device.
    fn device(&self, id: &DeviceId) -> Option<&DeviceState>;

    /// All devices; those that changed in an overlay come last.
    fn devices(&self) -> Box<dyn Iterator<Item = (&DeviceId, &DeviceState)> + '_>;

    /// The keys of a reader group.
    fn reader_group(&self, of: &ReaderGroup) -> Option<&GroupState>;

    /// All reader groups; those that changed in an overlay come last.
    fn reader_groups(&self) -> Box<dyn Iterator<Item = (&ReaderGroup, &GroupState)> + '_>;

    /// What a block that is written now seals its sections to: as the policy asks, and every one
    /// that was agreed on, which may hold when the block is ordered.
    fn readers(&self) -> Readers {
        let groups = self.reader_groups();
        let readers: Readers = groups
            .filter(|(of, _)| self.is_member(&of.member))
            .filter_map(|(of, group)| Some((*of, group.newest()?)))
            .collect();
        let mut jurisdictions: BTreeMap<_, BTreeSet<MemberId>> = BTreeMap::new();
        for policy in self.governance().from(self.next_height()) {
            for (name, members) in &policy.jurisdictions {
                let known = jurisdictions.entry(name.clone()).or_default();
                known.extend(members);
            }
        }
        readers.with_jurisdictions(jurisdictions)
    }

    /// Of a member's groups the one asked for, or the general one as long as that has no key.
    fn group_of(&self, member: MemberId, group: Group) -> ReaderGroup {
        let wanted = ReaderGroup::new(member, group);
        match self.reader_group(&wanted) {
            Some(_) => wanted,
            None => member.into(),
        }
    }

    /// Who holds exactly this prefix, and by which record.
    fn registration(&self, prefix: &Prefix) -> Option<&Registration>;

    /// All registered prefixes; those new in an overlay come last.
    fn registrations(&self) -> Box<dyn Iterator<Item = (&Prefix, &Registration)> + '_>;

    /// The final ones of them. Goods begin under no other: of one checkpoint's blocks the one that
    /// commissions could come before the one that registers, and would be refused for good.
    fn final_registrations(&self) -> Box<dyn Iterator<Item = (&Prefix, &Registration)> + '_>;

    /// The member that holds exactly this prefix.
    fn prefix(&self, prefix: &Prefix) -> Option<MemberId> {
        self.registration(prefix).map(|held| held.owner)
    }

    /// All registered prefixes with their members; those new in an overlay come last.
    fn prefixes(&self) -> Box<dyn Iterator<Item = (&Prefix, &MemberId)> + '_> {
        let all = self.registrations();
        Box::new(all.map(|(prefix, held)| (prefix, &held.owner)))
    }

    /// Who wrote the registration of this prefix for this member so far.
    fn claim(&self, prefix: &Prefix, member: &MemberId) -> Option<&PrefixClaim>;

    /// Where a device's feed stands; none before its first block.
    fn feed(&self, device: &DeviceId) -> Option<FeedHead>;

    /// A subject.
    fn subject(&self, id: &SubjectId) -> Option<&SubjectState>;

    /// All subjects; those that changed in an overlay come last.
    fn subjects(&self) -> Box<dyn Iterator<Item = (&SubjectId, &SubjectState)> + '_>;

    /// What is packed directly in this subject, by id.
    fn contents(&self, container: &SubjectId) -> Vec<SubjectId>;

    /// What is associated with this subject, by id.
    fn associated(&self, parent: &SubjectId) -> Vec<SubjectId>;

    /// An offer that was not accepted; it may have expired.
    fn offer(&self, record: &RecordRef) -> Option<&Offer>;

    /// What became of an offer that is no longer open.
    fn closed_offer(&self, record: &RecordRef) -> Option<ClosedOffer>;

    /// The offers to a member that were not accepted; they may have expired.
    fn offers_to(&self, member: &MemberId) -> Vec<(SubjectId, RecordRef)>;

    /// Why a record was refused.
    fn refusal(&self, record: &RecordRef) -> Option<&Refusal>;

    /// The waiting unit that begins with this record.
    fn waiting_unit(&self, first: &RecordRef) -> Option<&WaitingUnit>;

    /// The first record of the waiting unit that this record is part of, if it waits.
    fn waiting_with(&self, record: &RecordRef) -> Option<RecordRef>;

    /// The first records of the units that wait for one of these records.
    fn waiters_on(&self, missing: &RangeInclusive<RecordRef>) -> Vec<RecordRef>;

    /// The first records of the units that began to wait before this time.
    fn waiting_since_before(&self, time: TimeMs) -> Vec<RecordRef>;

    /// A block's place in the log, once it has one.
    fn logged(&self, block: &BlockId) -> Option<Logged>;

    /// The cite that a record waits for, if it waits.
    fn waiting(&self, record: &RecordRef) -> Option<RecordRef> {
        let first = self.waiting_with(record)?;
        self.waiting_unit(&first).map(|unit| unit.missing)
    }

    /// The member whose registered prefix a code is under. Prefixes never overlap, so there is
    /// at most one.
    fn prefix_owner(&self, code: &Code) -> Option<MemberId> {
        self.owner_of_digits(code.digits())
    }

    /// The same of what a code's key begins with, whole or cut behind the longest prefix.
    fn owner_of_digits(&self, digits: &str) -> Option<MemberId> {
        self.prefixes()
            .find(|(prefix, _)| digits.starts_with(prefix.as_str()))
            .map(|(_, member)| *member)
    }

    /// The subject of a code. The hash hides the prefix, so every member is tried; if a second one
    /// commissioned the same code, the first stands here, and whoever knows the code sees whether
    /// it is the prefix's member.
    fn subject_of(&self, code: &CodeHash) -> Option<SubjectId> {
        let network = self.network();
        let known = self.members().filter_map(|(member, _)| {
            let subject = code.subject(&network, member);
            let commissioned = self.subject(&subject)?.commissioned_by();
            Some((self.logged(&commissioned.block)?.index, subject))
        });
        known.min().map(|(_, subject)| subject)
    }

    /// The subject that the owner of a code's prefix commissioned. Of a code of which only the hash
    /// is known, or that nobody's prefix is for, that of whoever was first.
    fn subject_asked(&self, code: &CodeQuery) -> Option<SubjectId> {
        let Some(owner) = self.owner_of_digits(code.digits()) else {
            return self.subject_of(code.hash());
        };
        let subject = code.hash().subject(&self.network(), &owner);
        self.subject(&subject).map(|_| subject)
    }

    /// What a record about these subjects has to cite: for an offer the subject's last custody
    /// or title record and for what answers it the open offer first; then the newest record of
    /// each subject, as far as the limit goes. A history with a hole shows it by these.
    fn cites_for(&self, kind: Kind, subjects: &[SubjectId]) -> Vec<RecordRef> {
        let known = || subjects.iter().filter_map(|subject| self.subject(subject));
        let first = known().next().and_then(|subject| match kind {
            Kind::Offer => Some(subject.last_custody()),
            Kind::Accept | Kind::Decline | Kind::PickUp => subject.open_offer(),
            Kind::OfferTitle | Kind::Activate | Kind::Resell => Some(subject.last_title()),
            Kind::TakeTitle | Kind::DeclineTitle => subject.open_title_offer(),
            _ => None,
        });
        let mut cites: Vec<RecordRef> = first.into_iter().collect();
        for subject in known() {
            if cites.len() == limits::CITES {
                break;
            }
            if !cites.contains(&subject.newest_record()) {
                cites.push(subject.newest_record());
            }
        }
        cites
    }

    /// The containers around a subject, from the one it is in to the outermost.
    fn containers(&self, subject: &SubjectId) -> Vec<SubjectId> {
        let mut around = Vec::new();
        let mut at = *subject;
        // Packing keeps the depth within the limit; the bound makes that visible here.
        for _ in 0..limits::PACKING_DEPTH {
            let Some(container) = self.subject(&at).and_then(|s| s.inside) else {
                break;
            };
            around.push(container);
            at = container;
        }
        around
    }

    /// Who has custody, and the record that gave it to them: of the subject or, when it is
    /// packed, of the outermost container.
    fn custody_of(&self, subject: &SubjectId) -> Option<(Party, RecordRef)> {
        let outermost = self.containers(subject).last().copied().unwrap_or(*subject);
        self.subject(&outermost).map(|s| (s.holder, s.last_custody))
    }

    /// Who has custody.
    fn holder_of(&self, subject: &SubjectId) -> Option<Party> {
        self.custody_of(subject).map(|(holder, _)| holder)
    }

    /// What keeps a subject from moving: it, or something around or inside it, is held, by this
    /// record. A document is around the goods that it stands for.
    fn hold_on(&self, subject: &SubjectId) -> Option<(SubjectId, RecordRef)> {
        let held = |id: SubjectId| {
            let (_, by) = self.subject(&id)?.seldom.holds.first_key_value()?;
            Some((id, *by))
        };
        let around = self.around(subject).into_iter().find_map(held);
        around.or_else(|| {
            // Large containers are gone through only when there is something to be found.
            let inside = self
                .subject(subject)
                .is_some_and(|s| s.seldom.held_inside > 0);
            let contents = inside.then(|| self.within(subject));
            contents.into_iter().flatten().find_map(held)
        })
    }

    /// What keeps a subject's title from moving: its owner pledged it, or something around or
    /// inside it, by this record. What others own around or inside it is their own affair.
    fn pledge_on(&self, subject: &SubjectId) -> Option<(SubjectId, RecordRef)> {
        let owner = self.subject(subject)?.owner;
        let pledged = |id: SubjectId| {
            let state = self.subject(&id).filter(|s| s.owner == owner)?;
            Some((id, state.seldom.pledge?.by))
        };
        let about = |subject: &SubjectId| {
            let around = self.around(subject).into_iter().find_map(pledged);
            around.or_else(|| {
                let inside = self
                    .subject(subject)
                    .is_some_and(|s| s.seldom.pledged_inside > 0);
                let contents = inside.then(|| self.within(subject));
                contents.into_iter().flatten().find_map(pledged)
            })
        };
        about(subject).or_else(|| self.goods_of(subject).iter().find_map(about))
    }

    /// The goods that a document stands for; none when it is no document.
    fn goods_of(&self, document: &SubjectId) -> Vec<SubjectId> {
        match self.subject(document).map(|s| s.nature) {
            Some(Nature::Document) => self.associated(document),
            _ => Vec::new(),
        }
    }

    /// The documents that stand for a subject.
    fn documents_of(&self, subject: &SubjectId) -> Vec<SubjectId> {
        let document = |id: &&SubjectId| {
            let parent = self.subject(id);
            parent.is_some_and(|parent| parent.nature == Nature::Document)
        };
        let parents = self.subject(subject).map(|s| s.seldom.parents.iter());
        parents
            .into_iter()
            .flatten()
            .filter(document)
            .copied()
            .collect()
    }

    /// A subject and the containers around it, each with the documents that stand for it.
    fn around(&self, subject: &SubjectId) -> Vec<SubjectId> {
        let mut all = vec![*subject];
        all.extend(self.documents_of(subject));
        for container in self.containers(subject) {
            all.push(container);
            all.extend(self.documents_of(&container));
        }
        all
    }

    /// Everything packed inside a subject, at every level, with the documents that stand for it.
    fn within(&self, container: &SubjectId) -> Vec<SubjectId> {
        let mut all = Vec::new();
        for content in self.all_contents(container) {
            all.push(content);
            all.extend(self.documents_of(&content));
        }
        all
    }

    /// Everything packed inside a subject, at every level.
    fn all_contents(&self, container: &SubjectId) -> BTreeSet<SubjectId> {
        let mut found = BTreeSet::new();
        let mut open = self.contents(container);
        while let Some(subject) = open.pop() {
            if found.insert(subject) {
                open.extend(self.contents(&subject));
            }
        }
        found
    }

    /// The digest over everything packed inside, as offers and acceptances state it; none when
    /// nothing is.
    fn contents_digest(&self, container: &SubjectId) -> Option<Digest32> {
        let all = self.all_contents(container);
        (!all.is_empty()).then(|| Digest32::of_contents(&all))
    }
}
