//! What goes to another side of the sync.

use std::collections::BTreeMap;
use std::sync::{MutexGuard, PoisonError};

use chopmark_core::{
    BlockId, DeviceId, EncodedItem, ItemName, PartyKind, Role, SectionHash, StateView as _,
};

use super::{Replica, ReplicaError, forget_damaged};
use crate::store::{Arrival, ItemKind, Number, Since, Slot, StoredItem};

/// Items read at a time for sending: a few frames' worth.
const PAGE: Since = Since {
    number: Number::new(0),
    limit: 2_048,
    bytes: 2 * 1024 * 1024,
};

/// What is smaller goes whole all the same. It costs little more than its name, and finality waits
/// for it: where datagrams are lost, the first of several ways brings it sooner than any one would.
const NAMED_FROM: usize = 2 * 1024;

/// What to send next.
#[derive(Clone, Debug)]
pub(crate) struct Outgoing {
    pub(crate) items: Vec<EncodedItem>,
    /// The number up to which this is everything for the other side.
    pub(crate) up_to: Number,
    /// Whether as much is in it as goes into one answer, so that there may be more.
    pub(crate) full: bool,
}

/// Whom items go to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Addressee {
    pub(crate) key: DeviceId,
    /// Of what arrived after this number, what is large and another peer sends to everyone is only
    /// named; to a device everything goes whole.
    pub(crate) names_after: Option<Number>,
}

impl Replica {
    /// What arrived after a number, except what came from the other side. A damaged row is
    /// forgotten and fetched again; the rest goes.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn outgoing(&self, after: Number, to: Addressee) -> Result<Outgoing, ReplicaError> {
        loop {
            match self.try_outgoing(after, to) {
                Err(error) => forget_damaged(&self.0.store, error)?,
                other => return other,
            }
        }
    }

    fn try_outgoing(&self, after: Number, to: Addressee) -> Result<Outgoing, ReplicaError> {
        let store = &self.0.store;
        let since = Since {
            number: after,
            ..PAGE
        };
        // The newest first: what comes between the two is left to the next page.
        let (newest, stored) = match self.0.kind {
            PartyKind::Device => (store.newest()?, store.outbox_since(since)?),
            PartyKind::Peer => {
                let slot = store.peer_at(to.key)?.map(|(slot, _)| slot);
                let slot = slot.unwrap_or(Slot::NOWHERE);
                match store.recent_since(since, slot) {
                    Some((arrivals, newest)) => return self.kept_in_memory(arrivals, newest, to),
                    None => (store.newest()?, store.items_since(since, slot)?),
                }
            }
        };
        let sizes = stored.iter().map(|item| (item.number, item.bytes.len()));
        let (up_to, full) = reaches(sizes, newest);
        let items = stored.iter().map(encoded).collect();
        Ok(Outgoing { items, up_to, full })
    }

    fn kept_in_memory(
        &self,
        arrivals: Vec<Arrival>,
        newest: Number,
        to: Addressee,
    ) -> Result<Outgoing, ReplicaError> {
        let sizes = arrivals
            .iter()
            .map(|arrival| (arrival.number, arrival.bytes.len()));
        let (up_to, full) = reaches(sizes, newest);
        let mut items = Vec::with_capacity(arrivals.len());
        for arrival in arrivals {
            let from = match to.names_after {
                Some(after) if arrival.number > after => self.peer_of(arrival.origin)?,
                _ => None,
            };
            let is_large = arrival.bytes.len() >= NAMED_FROM;
            let name = from.filter(|_| is_large).and_then(|_| name(&arrival));
            items.push(match (name, from) {
                (Some(name), Some(from)) => EncodedItem::named(arrival.number.get(), name, from),
                _ => written(arrival.number, arrival.kind, &arrival.bytes, || {
                    SectionHash::from_bytes(arrival.id)
                }),
            });
        }
        Ok(Outgoing { items, up_to, full })
    }

    /// Whether all that arrived after a number came from peers, each of which sends it to everyone
    /// itself. Not sure of it, as long as no such thing went anywhere, is no.
    pub(crate) fn is_only_passed_on(&self, after: Number) -> bool {
        let origins = self.origins();
        let is_peer = |slot| matches!(origins.get(&slot), Some(Some(_)));
        self.0.store.recent_all_since(after, is_peer)
    }

    /// An item that was named to another side and that it asks for; `None` when it is gone.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn asked_for(&self, number: u64) -> Result<Option<EncodedItem>, ReplicaError> {
        match self.0.store.item(Number::new(number)) {
            Ok(item) => Ok(item.as_ref().map(encoded)),
            Err(error) => forget_damaged(&self.0.store, error.into()).map(|()| None),
        }
    }

    /// Whether something that another side named is here.
    ///
    /// # Errors
    /// What the disk says.
    pub(crate) fn has(&self, name: &ItemName) -> Result<bool, ReplicaError> {
        match name {
            ItemName::Block(id) => {
                let copy = self.copy();
                // After a failed write memory has what the disk has not.
                if copy.stale {
                    return Ok(false);
                }
                let logged = copy.ledger.state().logged(id).is_some();
                Ok(copy.is_here(&self.0.store, id)?
                    // A snapshot may have passed it over.
                    || logged && (copy.gap.is_none() || self.0.store.block(*id)?.is_some()))
            }
            ItemName::Section(hash) => Ok(self.0.store.has_section(*hash)?),
        }
    }

    /// The peer that a slot belongs to; `None` for a device's, and for one that is left.
    fn peer_of(&self, slot: Slot) -> Result<Option<DeviceId>, ReplicaError> {
        if slot == Slot::HERE {
            return Ok(None);
        }
        if let Some(known) = self.origins().get(&slot) {
            return Ok(*known);
        }
        let mut rows = self.0.store.peers()?.into_iter();
        let Some((_, row)) = rows.find(|(of, _)| *of == slot) else {
            return Ok(None);
        };
        let key = row.key;
        let role = self.read(|_, pending| pending.device(&key).map(|device| device.role()));
        let peer = (role == Some(Role::Peer)).then_some(key);
        // One whose enrolment is not here yet may be a peer's.
        if role.is_some() {
            self.origins().insert(slot, peer);
        }
        Ok(peer)
    }

    /// The peers that slots belong to, as far as they are known.
    fn origins(&self) -> MutexGuard<'_, BTreeMap<Slot, Option<DeviceId>>> {
        // Each change is a single step, so a panic leaves it whole.
        let origins = self.0.origins.lock();
        origins.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number up to which a page is everything, and whether it is a full one: that may have more
/// behind it, while a short one is everything up to the newest.
fn reaches(page: impl Iterator<Item = (Number, usize)>, newest: Number) -> (Number, bool) {
    let (mut last, mut items, mut bytes) = (None, 0usize, 0usize);
    for (number, size) in page {
        last = Some(number);
        items = items.saturating_add(1);
        bytes = bytes.saturating_add(size);
    }
    let full = items >= PAGE.limit || bytes.saturating_mul(2) >= PAGE.bytes;
    let up_to = match last {
        Some(last) if full => last,
        Some(last) => newest.max(last),
        None => newest,
    };
    (up_to, full)
}

fn name(arrival: &Arrival) -> Option<ItemName> {
    match arrival.kind {
        ItemKind::Block => Some(ItemName::Block(BlockId::from_bytes(arrival.id))),
        ItemKind::Section => Some(ItemName::Section(SectionHash::from_bytes(arrival.id))),
        ItemKind::Checkpoint => None,
    }
}

pub(super) fn encoded(item: &StoredItem) -> EncodedItem {
    written(item.number, item.kind, &item.bytes, || {
        SectionHash::of(&item.bytes)
    })
}

fn written(
    number: Number,
    kind: ItemKind,
    bytes: &[u8],
    hash: impl FnOnce() -> SectionHash,
) -> EncodedItem {
    match kind {
        ItemKind::Block => EncodedItem::block(number.get(), bytes),
        ItemKind::Section => EncodedItem::section(number.get(), hash(), bytes),
        ItemKind::Checkpoint => EncodedItem::checkpoint(number.get(), bytes),
    }
}
