//! Following members and validators from the genesis, without a ledger and without trusting
//! whoever brings the proof.
//!
//! A link is one change of the roster: more than half of the members before it signed it with
//! their root keys, and where validators changed, the last header of the old ones says the same,
//! cosigned by a quorum of them. Old validator keys alone are worth nothing.

mod build;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::checkpoint::{CheckpointError, SignedHeader};
use crate::keys::RootSignature;
use crate::roots::{RootChange, root_base, rotation_message};
use crate::{
    Digest32, Founder, Genesis, Height, MemberId, NetworkId, RootPublic, RosterAct, RosterTerms,
    ValidatorSet, limits, roster_digest,
};

pub(crate) use build::assemble;

/// Changes of one chain: a network that changes every day for ten years has no more.
const LINKS: usize = 4_096;
/// Root keys that changed between two changes of the roster: as many as the rules let.
const ROOTS: usize = limits::READER_GROUPS * limits::ROOT_CHANGES;

/// Why a chain does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RosterChainError {
    /// A change that does not replace the roster before it, or begins before it does.
    #[error("the change at height {} does not follow the one before", height.0)]
    Order {
        /// Its height.
        height: Height,
    },
    /// Root keys that changed without the right to: not the ones that had been committed to, or
    /// not signed by them.
    #[error("the root keys of {member} did not change so")]
    Root {
        /// Whose.
        member: MemberId,
    },
    /// A change that cannot be: who is a member is admitted, who is none is expelled, who is none
    /// orders.
    #[error("the change at height {} cannot be", height.0)]
    Act {
        /// Its height.
        height: Height,
    },
    /// A signature that is not the member's, or of no member, or there twice.
    #[error("{member} did not sign the change at height {}", height.0)]
    Signature {
        /// The member that is named.
        member: MemberId,
        /// The change's height.
        height: Height,
    },
    /// Too few members signed.
    #[error("{have} of at least {need} members signed the change at height {}", height.0)]
    NoQuorum {
        /// How many did.
        have: usize,
        /// How many must.
        need: usize,
        /// The change's height.
        height: Height,
    },
    /// Validators change, and no header of the old ones says so.
    #[error("no header before height {} names the new validators", height.0)]
    Header {
        /// The change's height.
        height: Height,
    },
    /// The header is not the old validators'.
    #[error("the header before height {} does not hold: {source}", height.0)]
    Cosignatures {
        /// The change's height.
        height: Height,
        /// What is wrong with it.
        source: CheckpointError,
    },
}

/// Root keys that changed since the change of the roster before.
#[derive(Clone, Debug, PartialEq, Eq)]
enum NewKeys {
    /// To the ones that had been committed to; the new ones signed.
    Rotated(MemberId, Box<RootChange>),
    /// Given by guardians: known by the digest in the roster that the others signed.
    Recovered(MemberId, Box<RootPublic>, Digest32),
}

/// One change of the roster, as it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Link {
    keys: Vec<NewKeys>,
    terms: RosterTerms,
    act: RosterAct,
    signatures: Vec<(MemberId, RootSignature)>,
    /// The last header of the validators before, if they change.
    header: Option<SignedHeader>,
}

/// Every change of the roster since the genesis; nothing in it is believed before
/// [`follow`](Self::follow) says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RosterChain(Vec<Link>);

/// What a chain leads to.
#[derive(Clone, Debug)]
pub struct Followed {
    members: BTreeMap<MemberId, Followee>,
    sets: Vec<(Height, ValidatorSet)>,
}

/// A member as it is known by the chain.
#[derive(Clone, Debug)]
struct Followee {
    founder: Founder,
    root: RootPublic,
    next: Digest32,
    base: Option<Digest32>,
    /// Whether a roster that the others signed names the keys.
    vouched: bool,
    expelled: Option<Height>,
}

impl Followee {
    fn new(founder: &Founder) -> Self {
        let inception = founder.inception();
        Self {
            founder: founder.clone(),
            root: inception.root().clone(),
            next: inception.next_root(),
            base: None,
            vouched: true,
            expelled: None,
        }
    }
}

impl Followed {
    /// Where everyone begins.
    #[must_use]
    pub fn founded(genesis: &Genesis) -> Self {
        let founders = genesis.founders().iter();
        Self {
            members: founders.map(|f| (f.id(), Followee::new(f))).collect(),
            sets: vec![(Height(0), genesis.validators().clone())],
        }
    }

    /// Who orders a height, as far as the chain goes.
    #[must_use]
    pub fn validators(&self, height: Height) -> Option<&ValidatorSet> {
        let known = self.sets.iter().rev().find(|(from, _)| *from <= height);
        known.map(|(_, set)| set)
    }

    /// Everyone who is or was a member, as it began, with its first devices.
    pub fn members(&self) -> impl Iterator<Item = &Founder> {
        self.members.values().map(|member| &member.founder)
    }

    /// Those who are members still.
    pub fn staying(&self) -> impl Iterator<Item = &Founder> {
        let staying = self.members.values().filter(|m| m.expelled.is_none());
        staying.map(|member| &member.founder)
    }

    fn names(&self, member: &MemberId) -> bool {
        self.members
            .get(member)
            .is_some_and(|known| known.expelled.is_none())
    }

    fn newest(&self) -> Option<&(Height, ValidatorSet)> {
        self.sets.last()
    }

    fn digest(&self) -> Option<Digest32> {
        let members = self.members.iter().filter(|(_, m)| m.expelled.is_none());
        let members = members.map(|(id, member)| (*id, member.base)).collect();
        Some(roster_digest(&members, &self.newest()?.1))
    }

    fn take_keys(&mut self, network: &NetworkId, keys: &NewKeys) -> Result<(), RosterChainError> {
        match keys {
            NewKeys::Rotated(member, change) => {
                let wrong = RosterChainError::Root { member: *member };
                let known = self.members.get_mut(member).ok_or(wrong.clone())?;
                let message = rotation_message(network, member, &change.root, change.next);
                let signed = change.root.verify(message.as_bytes(), &change.signature);
                if change.root.next_digest() != known.next || signed.is_err() {
                    return Err(wrong);
                }
                (known.root, known.next) = (change.root.clone(), change.next);
            }
            NewKeys::Recovered(member, root, next) => {
                let wrong = RosterChainError::Root { member: *member };
                let known = self.members.get_mut(member).ok_or(wrong)?;
                (known.root, known.next) = (root.as_ref().clone(), *next);
                known.base = Some(root_base(root, *next));
                known.vouched = false;
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        network: &NetworkId,
        last: Height,
        link: &Link,
    ) -> Result<(), RosterChainError> {
        for keys in &link.keys {
            self.take_keys(network, keys)?;
        }
        let height = link.terms.height;
        let order = RosterChainError::Order { height };
        if height <= last || self.digest() != Some(link.terms.replaces) {
            return Err(order);
        }
        self.check_signatures(network, link)?;
        let (_, before) = self.newest().cloned().ok_or(order)?;
        let after = self.make(network, link, &before)?;
        if after != before {
            check_header(link, network, (&before, &after))?;
            self.sets.push((height, after));
        }
        for member in self.members.values_mut() {
            member.vouched = true;
        }
        Ok(())
    }

    /// More than half of the members, by keys that are known; those of whom guardians recovered
    /// some are known once the others vouched for them.
    fn check_signatures(&self, network: &NetworkId, link: &Link) -> Result<(), RosterChainError> {
        let height = link.terms.height;
        let message = link.terms.message(network, &link.act);
        let mut signed = BTreeSet::new();
        for (member, signature) in &link.signatures {
            let wrong = RosterChainError::Signature {
                member: *member,
                height,
            };
            let known = self.members.get(member).ok_or(wrong.clone())?;
            let verified = known.root.verify(message.as_bytes(), signature);
            if known.expelled.is_some() || verified.is_err() || !signed.insert(*member) {
                return Err(wrong);
            }
        }
        let vouched = |id: &&MemberId| self.members.get(id).is_some_and(|m| m.vouched);
        let have = signed.iter().filter(vouched).count();
        let need = self.staying().count() / 2 + 1;
        if have < need {
            return Err(RosterChainError::NoQuorum { have, need, height });
        }
        Ok(())
    }

    /// Changes the members. Gives the validators after.
    fn make(
        &mut self,
        network: &NetworkId,
        link: &Link,
        before: &ValidatorSet,
    ) -> Result<ValidatorSet, RosterChainError> {
        let height = link.terms.height;
        let wrong = RosterChainError::Act { height };
        match &link.act {
            RosterAct::Admit(application) => {
                let applicant = application.applicant();
                let id = applicant.id();
                if self.members.contains_key(&id) || application.verify(network).is_err() {
                    return Err(wrong);
                }
                self.members.insert(id, Followee::new(applicant));
                Ok(before.clone())
            }
            RosterAct::Expel(member) => {
                let known = self.members.get_mut(member);
                let known = known.filter(|known| known.expelled.is_none());
                known.ok_or(wrong.clone())?.expelled = Some(height);
                let stay = before.as_slice().iter().filter(|v| v.member() != *member);
                ValidatorSet::new(stay.cloned().collect()).map_err(|_| wrong)
            }
            RosterAct::SetValidators(set) => {
                let mut validators = set.as_slice().iter();
                match validators.all(|validator| self.names(&validator.member())) {
                    true => Ok(set.clone()),
                    false => Err(wrong),
                }
            }
        }
    }
}

/// The last header of the validators before names the ones after.
fn check_header(
    link: &Link,
    network: &NetworkId,
    (before, after): (&ValidatorSet, &ValidatorSet),
) -> Result<(), RosterChainError> {
    let height = link.terms.height;
    let missing = RosterChainError::Header { height };
    let signed = link.header.as_ref().ok_or(missing.clone())?;
    let header = signed.header();
    let last = header.height().0.checked_add(1) == Some(height.0);
    let names = *header.next_validator_set() == after.digest();
    if header.network() != *network || !last || !names {
        return Err(missing);
    }
    let verified = signed.verify(before);
    verified.map_err(|source| RosterChainError::Cosignatures { height, source })
}

impl RosterChain {
    /// Whether anything changed since the genesis.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks every change, one after the other, from the genesis on.
    ///
    /// # Errors
    /// Says which change does not hold, and why.
    pub fn follow(&self, genesis: &Genesis) -> Result<Followed, RosterChainError> {
        let mut followed = Followed::founded(genesis);
        let mut last = Height(0);
        for link in &self.0 {
            followed.take(&genesis.id(), last, link)?;
            last = link.terms.height;
        }
        Ok(followed)
    }
}

impl Wire for RosterChain {
    fn write(&self, to: &mut Writer) {
        to.list(&self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self(from.list("roster changes", LINKS)?))
    }
}

impl Wire for Link {
    fn write(&self, to: &mut Writer) {
        to.array(6);
        to.list(&self.keys);
        self.terms.write_fields(to);
        self.act.write(to);
        to.array(self.signatures.len());
        for (member, signature) in &self.signatures {
            to.array(3);
            member.write(to);
            signature.write_into(to);
        }
        to.option(self.header.as_ref(), |to, header| {
            to.array(2);
            header.write_fields(to);
        });
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(6)?;
        let keys = from.list("root keys", ROOTS)?;
        let terms = RosterTerms::read_fields(from)?;
        let act = RosterAct::read(from)?;
        let mut signatures = Vec::new();
        for _ in 0..from.array("signatures", limits::READER_GROUPS)? {
            from.array_exactly(3)?;
            let member = MemberId::read(from)?;
            signatures.push((member, RootSignature::read_from(from)?));
        }
        Ok(Self {
            keys,
            terms,
            act,
            signatures,
            header: from.option(|from| {
                from.array_exactly(2)?;
                SignedHeader::read_fields(from)
            })?,
        })
    }
}

impl Wire for NewKeys {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Rotated(member, change) => {
                to.array(6);
                to.u64(0);
                member.write(to);
                change.write_fields(to);
            }
            Self::Recovered(member, root, next) => {
                to.array(4);
                to.u64(1);
                member.write(to);
                root.write(to);
                next.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let fields = from.array("root keys", 6)?;
        match (from.u64()?, fields) {
            (0, 6) => Ok(Self::Rotated(
                MemberId::read(from)?,
                Box::new(RootChange::read_fields(from)?),
            )),
            (1, 4) => Ok(Self::Recovered(
                MemberId::read(from)?,
                Box::new(RootPublic::read(from)?),
                Digest32::read(from)?,
            )),
            _ => Err(CborError::Value { what: "root keys" }),
        }
    }
}
