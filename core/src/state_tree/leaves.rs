//! Where each entry of the state stands in the tree, and with which bytes.

use super::{Hash, Key, value_hash};
use crate::cbor::{self, Wire, Writer};
use crate::hash::labelled;
use crate::state::{Changes, Offer, State, StateView};
use crate::{DeviceId, MemberId, Prefix, ReaderGroup, RecordRef, SubjectId};

/// The start of a key that all of a member's offers have in common.
pub(super) const INBOX_BYTES: usize = 12;
/// Most entries of a subject's size fit without growing.
const ENTRY_BYTES: usize = 512;

/// Something in the state that a path can prove, or prove absent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateEntry {
    /// The policy in force, and what members want in its place.
    Governance,
    /// Who the members are and whose peers order, and what members want of that.
    Roster,
    /// A member.
    Member(MemberId),
    /// A device.
    Device(DeviceId),
    /// The keys of a reader group.
    Readers(ReaderGroup),
    /// Who holds a prefix.
    Prefix(Prefix),
    /// Who wants a prefix for a member.
    Claim(Prefix, MemberId),
    /// The newest block of a device.
    Feed(DeviceId),
    /// A subject.
    Subject(SubjectId),
    /// An open offer to a member: it stands in the member's inbox.
    OfferTo(MemberId, RecordRef),
    /// An open offer to whoever shows a pick-up code.
    OfferByCode(RecordRef),
    /// An offer that is not open any more.
    ClosedOffer(RecordRef),
    /// Records that wait, under the first of them.
    Waiting(RecordRef),
    /// Why a record was refused.
    Refusal(RecordRef),
}

impl StateEntry {
    /// Where it stands in the tree.
    pub(crate) fn key(&self) -> Key {
        match self {
            Self::Governance => labelled(KEY, &[&[1]]),
            Self::Roster => labelled(KEY, &[&[13]]),
            Self::Member(id) => key(2, id),
            Self::Device(id) => key(3, id),
            Self::Readers(of) => key(4, of),
            Self::Prefix(prefix) => key(5, prefix),
            Self::Claim(prefix, member) => key(6, &(prefix.clone(), *member)),
            Self::Feed(device) => key(7, device),
            Self::Subject(id) => key(8, id),
            Self::OfferTo(member, record) => inbox_key(member, record),
            Self::OfferByCode(record) => key(9, record),
            Self::ClosedOffer(record) => key(10, record),
            Self::Waiting(first) => key(11, first),
            Self::Refusal(record) => key(12, record),
        }
    }

    /// Where an offer stands, by whom it is for.
    fn of_offer(record: RecordRef, offer: &Offer) -> Self {
        match offer.to.member() {
            Some(member) => Self::OfferTo(*member, record),
            None => Self::OfferByCode(record),
        }
    }
}

const KEY: &str = "chopmark/key/1";

fn key(table: u8, of: &impl Wire) -> Key {
    labelled(KEY, &[&[table], &cbor::to_bytes(of)])
}

/// All offers to one member stand side by side, so that they can be shown to be all. What is left
/// of the key is long enough that nobody finds two offers with one key: on which of them a leaf
/// stands would depend on their order, and replicas would differ after a start from a snapshot.
fn inbox_key(member: &MemberId, record: &RecordRef) -> Key {
    let offer = labelled("chopmark/inbox-offer/1", &[&cbor::to_bytes(record)]);
    let mut key = offer;
    for (byte, start) in key.iter_mut().zip(inbox_start(member)) {
        *byte = start;
    }
    key
}

/// The common start of a member's inbox.
pub(super) fn inbox_start(member: &MemberId) -> [u8; INBOX_BYTES] {
    let of = labelled("chopmark/inbox/1", &[member.as_bytes()]);
    let mut start = [0; INBOX_BYTES];
    for (byte, of) in start.iter_mut().zip(of) {
        *byte = of;
    }
    start
}

/// The bytes of an open offer: with its name, so that an inbox needs no list of names.
pub(super) fn offer_bytes(record: &RecordRef, offer: &Offer) -> Vec<u8> {
    let mut writer = Writer::with_capacity(ENTRY_BYTES);
    writer.array(2);
    record.write(&mut writer);
    offer.write(&mut writer);
    writer.into_bytes()
}

fn bytes(entry: &impl Wire) -> Vec<u8> {
    let mut writer = Writer::with_capacity(ENTRY_BYTES);
    entry.write(&mut writer);
    writer.into_bytes()
}

fn hashed(entry: &impl Wire) -> Hash {
    value_hash(&bytes(entry))
}

/// The bytes under an entry's key.
pub(crate) fn entry_bytes(state: &State, entry: &StateEntry) -> Option<Vec<u8>> {
    let offer = |record: &RecordRef| {
        let offer = state.offer(record)?;
        (StateEntry::of_offer(*record, offer) == *entry).then(|| offer_bytes(record, offer))
    };
    match entry {
        StateEntry::Governance => Some(bytes(state.governance())),
        StateEntry::Member(id) => state.member(id).map(bytes),
        StateEntry::Roster => Some(bytes(state.roster())),
        StateEntry::Device(id) => state.device(id).map(bytes),
        StateEntry::Readers(of) => state.reader_group(of).map(bytes),
        StateEntry::Prefix(prefix) => state.registration(prefix).map(bytes),
        StateEntry::Claim(prefix, member) => state.claim(prefix, member).map(bytes),
        StateEntry::Feed(device) => state.feed(device).map(|feed| bytes(&feed)),
        StateEntry::Subject(id) => state.subject(id).map(bytes),
        StateEntry::OfferTo(_, record) | StateEntry::OfferByCode(record) => offer(record),
        StateEntry::ClosedOffer(record) => state.closed_offer(record).map(|closed| bytes(&closed)),
        StateEntry::Waiting(first) => state.waiting_unit(first).map(bytes),
        StateEntry::Refusal(record) => state.refusal(record).map(bytes),
    }
}

/// Every leaf of a state.
pub(crate) fn leaves_of(state: &State) -> Vec<(Key, Hash)> {
    let tables = state.tables();
    let mut leaves = vec![(StateEntry::Governance.key(), hashed(&tables.governance))];
    leaves.push((StateEntry::Roster.key(), hashed(&tables.roster)));
    leaves.extend(tables.members.iter().map(|(id, e)| (key(2, id), hashed(e))));
    leaves.extend(tables.devices.iter().map(|(id, e)| (key(3, id), hashed(e))));
    leaves.extend(tables.readers.iter().map(|(of, e)| (key(4, of), hashed(e))));
    leaves.extend(
        tables
            .prefixes
            .iter()
            .map(|(of, e)| (key(5, of), hashed(e))),
    );
    leaves.extend(tables.claims.iter().map(|(of, e)| (key(6, of), hashed(e))));
    leaves.extend(tables.feeds.iter().map(|(id, e)| (key(7, id), hashed(e))));
    leaves.extend(
        tables
            .subjects
            .iter()
            .map(|(id, e)| (key(8, id), hashed(e))),
    );
    leaves.extend(tables.offers.iter().map(|(at, e)| offer_leaf(at, e)));
    leaves.extend(
        tables
            .closed_offers
            .iter()
            .map(|(at, e)| (key(10, at), hashed(e))),
    );
    leaves.extend(
        tables
            .waiting
            .iter()
            .map(|(at, e)| (key(11, at), hashed(e))),
    );
    leaves.extend(
        tables
            .refusals
            .iter()
            .map(|(at, e)| (key(12, at), hashed(e))),
    );
    leaves
}

/// What changes to a state do to its leaves.
pub(crate) fn changed_leaves(state: &State, changes: &Changes) -> Vec<(Key, Option<Hash>)> {
    let mut leaves = Vec::new();
    let governance = changes.governance.iter();
    leaves.extend(governance.map(|e| (StateEntry::Governance.key(), Some(hashed(e)))));
    let roster = changes.roster.iter();
    leaves.extend(roster.map(|e| (StateEntry::Roster.key(), Some(hashed(e)))));
    leaves.extend(
        changes
            .members
            .iter()
            .map(|(id, e)| (key(2, id), Some(hashed(e)))),
    );
    leaves.extend(
        changes
            .devices
            .iter()
            .map(|(id, e)| (key(3, id), Some(hashed(e)))),
    );
    leaves.extend(
        changes
            .readers
            .iter()
            .map(|(of, e)| (key(4, of), Some(hashed(e)))),
    );
    leaves.extend(
        changes
            .prefixes
            .iter()
            .map(|(of, e)| (key(5, of), Some(hashed(e)))),
    );
    leaves.extend(
        changes
            .claims
            .iter()
            .map(|(of, e)| (key(6, of), Some(hashed(e)))),
    );
    leaves.extend(
        changes
            .feeds
            .iter()
            .map(|(id, e)| (key(7, id), Some(hashed(e)))),
    );
    leaves.extend(
        changes
            .subjects
            .iter()
            .map(|(id, e)| (key(8, id), Some(hashed(e)))),
    );
    for (at, offer) in &changes.offers {
        match (offer, state.offer(at)) {
            // A record makes its offer once, for the one that it names.
            (Some(offer), _) => {
                let (key, value) = offer_leaf(at, offer);
                leaves.push((key, Some(value)));
            }
            (None, Some(before)) => leaves.push((StateEntry::of_offer(*at, before).key(), None)),
            // It came and went within the changes.
            (None, None) => {}
        }
    }
    leaves.extend(
        changes
            .closed_offers
            .iter()
            .map(|(at, e)| (key(10, at), Some(hashed(e)))),
    );
    let waiting = changes.waiting.units();
    leaves.extend(waiting.map(|(at, e)| (key(11, at), e.map(hashed))));
    leaves.extend(
        changes
            .refusals
            .iter()
            .map(|(at, e)| (key(12, at), Some(hashed(e)))),
    );
    leaves
}

fn offer_leaf(record: &RecordRef, offer: &Offer) -> (Key, Hash) {
    let entry = StateEntry::of_offer(*record, offer);
    (entry.key(), value_hash(&offer_bytes(record, offer)))
}
