//! Networks of other members than the five, and changes of the roster as people of the test
//! network want them.

use super::*;
use crate::cbor::Wire;
use crate::{
    Application, GuardianChoice, MlDsa44Key, NetworkId, RecoveryRequest, RootChange, RosterAct,
    RosterChain, RosterTerms, sign_objection,
};

impl Net {
    /// The factory alone: whatever members agree on it decides by itself, in few bytes.
    pub(crate) fn alone(name: &str) -> Self {
        Self::founded(name, careless(1), (&FIVE[..1], &[]))
    }

    /// A network of as many members as there can be.
    pub(crate) fn crowded() -> Self {
        let others = [Class::Auditor; crate::limits::READER_GROUPS - 5];
        Self::founded("Crowded lane", careless(FIVE.len()), (&FIVE, &others))
    }

    /// A network with a member of every class, the five first, under the standard policy.
    pub(crate) fn of_every_class() -> Self {
        let others = Class::ALL.iter().copied();
        let others: Vec<_> = others
            .filter(|class| FIVE.iter().all(|(_, five, _)| five != class))
            .collect();
        let policy = Policy::standard(Class::ALL.len());
        Self::founded("Wide lane", policy, (&FIVE, &others))
    }
}

/// What members' admins write who want this of the roster.
pub(crate) fn wish(
    net: &Net,
    member: usize,
    (terms, act): (RosterTerms, &RosterAct),
) -> RecordDraft {
    let root = root_of(net.roots[member]);
    wish_by(net, &root, (terms, act))
}

/// The same, signed by these root keys.
pub(crate) fn wish_by(
    net: &Net,
    root: &RootKey,
    (terms, act): (RosterTerms, &RosterAct),
) -> RecordDraft {
    let signature = terms.sign(&net.genesis.id(), act, root);
    let body = Body::wish(terms, act.clone(), signature);
    RecordDraft::new(body, Vec::new())
}

/// A firm that is not a member, with an admin and a peer, and keys made of `n`.
pub(crate) fn applicant(n: u8) -> Founder {
    let root = root_of(n).public();
    let reader = HpkeSecret::derive(Kem::X25519, &[n; 32]).public();
    let next = root_of(n.wrapping_add(100)).public().next_digest();
    let inception = Inception::new("New Firm", Class::Carrier, root, next, reader);
    let devices = vec![
        entry(&device_key(10 + n), Role::Admin),
        entry(&device_key(30 + n), Role::Peer),
    ];
    Founder::new(inception.unwrap(), devices)
}

pub(crate) fn rotate(change: RootChange) -> RecordDraft {
    let change = Box::new(change);
    RecordDraft::new(Body::RotateRoot { change }, Vec::new())
}

pub(crate) fn recover(request: &RecoveryRequest) -> RecordDraft {
    let request = Box::new(request.clone());
    RecordDraft::new(Body::Recover { request }, Vec::new())
}

pub(crate) fn object(
    network: &NetworkId,
    member: &MemberId,
    base: Digest32,
    key: &RootKey,
) -> RecordDraft {
    let signature = Box::new(sign_objection(network, member, base, key));
    RecordDraft::new(Body::ObjectRecovery { signature }, Vec::new())
}

/// A chain of rosters with one change, which replaces a roster that never was.
pub(crate) fn stray_chain() -> RosterChain {
    let mut writer = Writer::new();
    writer.array(1);
    writer.array(6);
    writer.array(0);
    let terms = RosterTerms {
        replaces: Digest32::from_bytes([1; 32]),
        height: Height(5),
    };
    terms.write_fields(&mut writer);
    RosterAct::Expel(MemberId::from_bytes([2; 32])).write(&mut writer);
    writer.array(0);
    writer.null();
    crate::cbor::from_canonical(&writer.into_bytes()).unwrap()
}

impl Net {
    /// The number of the keys that a member's root keys commit to.
    fn next_of(&self, member: usize) -> u8 {
        let (first, now) = (u8::try_from(member + 1).unwrap(), self.roots[member]);
        if now == first { first + 50 } else { now + 1 }
    }

    /// A member's rotation to its next root keys.
    pub(crate) fn rotation(&self, member: usize) -> RecordDraft {
        let n = self.next_of(member);
        let next = root_of(n + 1).public().next_digest();
        let network = self.genesis.id();
        let change = RootChange::rotation(&network, &self.id(member), &root_of(n), next);
        rotate(change)
    }

    /// A member goes over to its next root keys.
    pub(crate) fn rotated(&mut self, member: usize) {
        let draft = self.rotation(member);
        let block = self.admin(member, &[draft]);
        self.applied(&block);
        self.roots[member] = self.next_of(member);
    }

    /// The next setting of a member's guardians.
    pub(crate) fn guardians(&self, member: usize, by: &[usize], threshold: u64) -> RecordDraft {
        let state = self.ledger.state().member(&self.id(member)).unwrap();
        let choice = GuardianChoice {
            members: by.iter().map(|guardian| self.id(*guardian)).collect(),
            threshold,
            number: state.guardians().next_number(),
        };
        let key = root_of(self.roots[member]);
        let signature = choice.sign(&self.genesis.id(), &self.id(member), &key);
        let signature = Box::new(signature);
        RecordDraft::new(Body::SetGuardians { choice, signature }, Vec::new())
    }

    /// The next roster is wanted instead of the newest, so many checkpoints from now.
    pub(crate) fn terms(&self, ahead: u64) -> RosterTerms {
        RosterTerms {
            replaces: self.ledger.state().roster().digest(),
            height: self.ahead(ahead),
        }
    }

    /// A change of the roster that more than half of the members agreed on; it holds from the
    /// height given.
    pub(crate) fn agreed(&mut self, act: &RosterAct) -> Height {
        let needed = self.ledger.state().roster().count() / 2 + 1;
        // As many wishes, one a checkpoint, and two checkpoints after the last.
        let terms = self.terms(needed + 1);
        let writers = [FACTORY, CARRIER, RETAILER, CUSTOMS].into_iter();
        for member in writers.take(usize::try_from(needed).unwrap()) {
            let draft = wish(self, member, (terms, act));
            let block = self.admin(member, &[draft]);
            self.applied(&block);
        }
        terms.height
    }

    /// The same, and the network has come to that height.
    pub(crate) fn in_force(&mut self, act: &RosterAct) {
        let height = self.agreed(act);
        self.come_to(height);
    }

    /// Three members want this policy in place of the newest, and the network has come to where it
    /// holds.
    pub(crate) fn amended(&mut self, change: impl FnOnce(&mut Policy)) -> Policy {
        let governance = self.ledger.state().governance();
        let mut policy = governance.newest().clone();
        let replaces = policy.digest();
        change(&mut policy);
        // As many wishes, one a checkpoint, and two checkpoints after the last.
        let from = self.ahead(4);
        for member in [FACTORY, CARRIER, RETAILER] {
            let block = self.admin(member, &[set_policy(replaces, &policy, from)]);
            self.applied(&block);
        }
        self.come_to(from);
        policy
    }

    /// The height so many checkpoints after the one that is made next.
    pub(crate) fn ahead(&self, by: u64) -> Height {
        Height(self.ledger.state().next_height().0 + by)
    }

    /// Makes checkpoints until the next one has this height.
    pub(crate) fn come_to(&mut self, height: Height) {
        while self.ledger.state().next_height() < height {
            self.wait(1000);
        }
    }

    /// A firm's application, by its own root keys.
    pub(crate) fn application(&self, n: u8) -> RosterAct {
        let signed = Application::sign(applicant(n), &self.genesis.id(), &root_of(n));
        RosterAct::Admit(Box::new(signed))
    }

    /// A peer of a member's, enrolled, whose key may order.
    pub(crate) fn with_peer(&mut self, member: usize, n: u8) -> Validator {
        let key = device_key(n);
        let draft = enrol(self.id(member), entry(&key, Role::Peer));
        let block = self.admin(member, &[draft]);
        self.applied(&block);
        let ml_dsa = MlDsa44Key::second_of(&key).public();
        let validator = Validator::new(self.id(member), key.id()).with_ml_dsa(ml_dsa);
        self.peers.insert(key.id(), key);
        validator
    }

    /// Four peers that order, the first of them the factory's.
    pub(crate) fn four_validators(&mut self) -> ValidatorSet {
        let mut validators = vec![Validator::new(self.id(FACTORY), self.peer.id())];
        for (member, n) in [(CARRIER, 71), (RETAILER, 72), (CUSTOMS, 73)] {
            validators.push(self.with_peer(member, n));
        }
        ValidatorSet::new(validators).unwrap()
    }
}
