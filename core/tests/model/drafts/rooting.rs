//! What is said of members' root keys.

use std::collections::BTreeSet;

use chopmark_core::{Digest32, GuardianChoice, RecoveryRequest, RootChange, sign_objection};

use super::*;
use crate::network::{root_after, root_key, root_public};

impl Story {
    pub(super) fn keeping_keys(&mut self, of: MemberId) -> RecordDraft {
        let world = &self.model.world;
        let lost = world.members.iter();
        let lost: Vec<MemberId> = lost
            .filter(|(_, firm)| firm.roots.guardians.is_some())
            .map(|(id, _)| *id)
            .collect();
        let some = self.numbers.pick(&lost).copied();
        match self.numbers.below(6) {
            0 => self.rotation(of),
            1 => self.guardians(of),
            2 => self.objection(of),
            _ => self.recovery(some.unwrap_or_else(|| member(OTHER_BANK))),
        }
    }

    /// To the next keys, mostly.
    pub(crate) fn rotation(&mut self, of: MemberId) -> RecordDraft {
        let next = root_after(self.root_of(of));
        let key = match self.numbers.one_in(6) {
            true => root_after(next),
            false => next,
        };
        let after = root_public(root_after(key)).next_digest();
        let signs_for = match self.numbers.one_in(6) {
            true => member(0),
            false => of,
        };
        let network = genesis().id();
        let change = RootChange::rotation(&network, &signs_for, &root_key(key), after);
        let change = Box::new(change);
        RecordDraft::new(Body::RotateRoot { change }, Vec::new())
    }

    /// The first two members, and another one.
    pub(crate) fn guardians(&mut self, of: MemberId) -> RecordDraft {
        let mut members: BTreeSet<_> = [member(0), member(1)].into();
        match self.numbers.below(10) {
            0 => drop(members.insert(MemberId::from_bytes([5; 32]))),
            1 => drop(members.insert(member(OTHER_BANK))),
            n if n < 6 => drop(members.insert(member(2))),
            _ => {}
        }
        let mut number = self.model.world.members[&of].roots.next_number();
        if self.numbers.one_in(10) {
            number += 1;
        }
        let threshold = 1 + u64::try_from(self.numbers.below(2)).unwrap();
        let choice = GuardianChoice {
            members,
            threshold,
            number,
        };
        let mut key = self.root_of(of);
        if self.numbers.one_in(12) {
            key = root_after(key);
        }
        let signature = choice.sign(&genesis().id(), &of, &root_key(key));
        let signature = Box::new(signature);
        RecordDraft::new(Body::SetGuardians { choice, signature }, Vec::new())
    }

    /// The keys that whoever asked before would have, mostly.
    pub(crate) fn recovery(&mut self, lost: MemberId) -> RecordDraft {
        let wishes = self.model.world.members[&lost].roots.wishes.values();
        let asked: Vec<_> = wishes.cloned().collect();
        if self.numbers.one_in(3)
            && let Some(request) = self.numbers.pick(&asked)
        {
            // The very words of another, whatever the member has rotated to since.
            let request = Box::new(request.clone());
            return RecordDraft::new(Body::Recover { request }, Vec::new());
        }
        let has = self.root_of(lost);
        let key = match self.numbers.one_in(5) {
            true => (has + 40) % 64,
            false => (has + 24) % 64,
        };
        let replaced = match self.numbers.one_in(8) {
            true => root_after(has),
            false => has,
        };
        let next = match self.numbers.one_in(10) {
            true => Digest32::from_bytes([7; 32]),
            false => root_public(root_after(key)).next_digest(),
        };
        let network = genesis().id();
        let replaced = root_public(replaced);
        let request = RecoveryRequest::new(&network, lost, replaced, &root_key(key), next);
        let request = Box::new(request);
        RecordDraft::new(Body::Recover { request }, Vec::new())
    }

    pub(crate) fn objection(&mut self, of: MemberId) -> RecordDraft {
        let open = self.model.world.members[&of].roots.open.as_ref();
        let base = open.map_or(Digest32::from_bytes([8; 32]), |(open, _)| open.base());
        let mut key = self.root_of(of);
        if self.numbers.one_in(8) {
            key = root_after(key);
        }
        let signature = sign_objection(&genesis().id(), &of, base, &root_key(key));
        let signature = Box::new(signature);
        RecordDraft::new(Body::ObjectRecovery { signature }, Vec::new())
    }
}
