//! A member's inbox: all open offers to it, shown so that none can be left out.

use std::collections::BTreeMap;

use super::leaves::{inbox_start, offer_bytes};
use super::path::Steps;
use super::{KEY_BITS, Key, Leaf, StateEntry, StatePathError, StateTree, value_hash};
use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::{Digest32, MemberId, Offer, RecordRef, limits};

/// An offer's bytes: it has a few hundred.
const OFFER_BYTES: usize = 1024;

/// Proves which offers a member has in its inbox: all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InboxPath {
    steps: Steps,
    inbox: Inbox,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Inbox {
    /// The bytes of each offer, in the order of their keys; at least one.
    Offers(Vec<Vec<u8>>),
    /// No offer: the leaf where a search for the first one ends.
    Empty(Leaf),
}

impl InboxPath {
    /// Reads a path.
    ///
    /// # Errors
    /// `Malformed` for anything else than a path's one spelling.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StatePathError> {
        Ok(cbor::from_canonical(bytes)?)
    }

    /// Its bytes (format, section 7).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// Checks that the state with this root has exactly these offers to the member, and gives
    /// them.
    ///
    /// # Errors
    /// Says what is wrong with it; see [`StatePathError`].
    pub fn verify(
        &self,
        root: &Digest32,
        member: &MemberId,
    ) -> Result<Vec<(RecordRef, Offer)>, StatePathError> {
        let first = inbox_first(member);
        let offers = match &self.inbox {
            Inbox::Empty(leaf) if in_inbox(&leaf.key, member) => {
                return Err(StatePathError::Present);
            }
            Inbox::Empty(leaf) => {
                // Where the way turns within the inbox, all leaves below are of another start.
                self.steps.check_way(&leaf.key, &first)?;
                self.steps.check(&leaf.key, leaf.hash(), root)?;
                return Ok(Vec::new());
            }
            Inbox::Offers(offers) => offers,
        };
        // A turn within the inbox would leave out what lies on its other side.
        if self.steps.places().any(|at| u16::from(at) >= INBOX_BITS) {
            return Err(StatePathError::Elsewhere);
        }
        let mut leaves = Vec::new();
        let mut found = Vec::new();
        for bytes in offers {
            let (record, offer): (RecordRef, Offer) = cbor::from_canonical(bytes)?;
            if !offer.to.is(member) {
                return Err(StatePathError::NotAnOffer);
            }
            let key = StateEntry::OfferTo(*member, record).key();
            leaves.push((key, value_hash(bytes)));
            found.push((record, offer));
        }
        if !leaves.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(StatePathError::Order);
        }
        let all = StateTree::of(leaves).root();
        self.steps.check(&first, all, root)?;
        Ok(found)
    }
}

/// Bits of a key that are the same in one inbox.
const INBOX_BITS: u16 = 96;

/// The lowest key of an inbox.
fn inbox_first(member: &MemberId) -> Key {
    let mut key = [0; 32];
    for (byte, start) in key.iter_mut().zip(inbox_start(member)) {
        *byte = start;
    }
    key
}

fn in_inbox(key: &Key, member: &MemberId) -> bool {
    key.starts_with(&inbox_start(member))
}

impl Wire for InboxPath {
    fn write(&self, to: &mut Writer) {
        to.array(4);
        self.steps.write_fields(to);
        match &self.inbox {
            Inbox::Offers(offers) => {
                to.array(offers.len());
                for offer in offers {
                    to.bytes(offer);
                }
                to.null();
            }
            Inbox::Empty(leaf) => {
                to.array(0);
                leaf.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(4)?;
        let steps = Steps::read_fields(from)?;
        let mut offers = Vec::new();
        for _ in 0..from.array("offers", limits::INBOX_OFFERS)? {
            offers.push(from.bytes("offer", OFFER_BYTES)?.to_vec());
        }
        let inbox = match (from.option(Leaf::read)?, offers.is_empty()) {
            (Some(leaf), true) => Inbox::Empty(leaf),
            (None, false) => Inbox::Offers(offers),
            _ => return Err(CborError::Value { what: "inbox" }),
        };
        Ok(Self { steps, inbox })
    }
}

impl StateTree {
    /// The path of a member's inbox, whose offers these are: all of them.
    pub(crate) fn inbox_path<'a>(
        &self,
        member: &MemberId,
        offers: impl IntoIterator<Item = (RecordRef, &'a Offer)>,
    ) -> InboxPath {
        let offers = offers.into_iter().map(|(record, offer)| {
            let key = StateEntry::OfferTo(*member, record).key();
            (key, offer_bytes(&record, offer))
        });
        let offers: BTreeMap<Key, Vec<u8>> = offers.collect();
        let first = inbox_first(member);
        let (steps, end) = self.descend(
            &first,
            if offers.is_empty() {
                KEY_BITS
            } else {
                INBOX_BITS
            },
        );
        let other = end.and_then(|end| self.leaf(end));
        let inbox = match other.filter(|_| offers.is_empty()) {
            Some(leaf) => Inbox::Empty(leaf),
            None => Inbox::Offers(offers.into_values().collect()),
        };
        InboxPath { steps, inbox }
    }
}

#[cfg(test)]
impl StateTree {
    /// A hostile path: one offer of an inbox, the others beside the way.
    pub(super) fn part_of_inbox(&self, member: &MemberId, state: &crate::State) -> InboxPath {
        use crate::StateView;
        let (_, record) = state.offers_to(member).remove(0);
        let key = StateEntry::OfferTo(*member, record).key();
        let (steps, _) = self.descend(&key, KEY_BITS);
        let offer = offer_bytes(&record, state.offer(&record).unwrap());
        let inbox = Inbox::Offers(vec![offer]);
        InboxPath { steps, inbox }
    }
}

#[cfg(test)]
impl InboxPath {
    /// A hostile path: an offer is there twice.
    pub(super) fn with_first_twice(mut self) -> Self {
        if let Inbox::Offers(offers) = &mut self.inbox {
            offers.insert(0, offers[0].clone());
        }
        self
    }
}
