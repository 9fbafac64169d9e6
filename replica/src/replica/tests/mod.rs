mod admission;
mod agreement;
mod foreseen;
mod late;
mod named;
mod own;
mod passed_on;
mod room;
mod validators;

use chopmark_core::{
    AdmitError, BlockId, DeviceId, EncodedItem, Item, NumberedItem, PartyKind, RecordDraft, Role,
    SealedSection, SignedBlock, StateView as _, TimeMs,
};

use super::*;
use crate::store::{Number, wall_clock_ms};
use crate::testnet::{Device, Testnet, attest, enrol, entry, observe, order_all, subject};

struct Fixture {
    net: Testnet,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        Self {
            net: Testnet::new("one"),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn replica(&self, name: &str, kind: PartyKind) -> Replica {
        self.net.replica(&self.folder.path().join(name), kind)
    }

    fn reopen(&self, name: &str, kind: PartyKind) -> Replica {
        Replica::open(&self.folder.path().join(name), Lock::KeyFile, kind).unwrap()
    }
}

fn numbered(items: Vec<Item>) -> Vec<NumberedItem> {
    (1..)
        .zip(items)
        .map(|(number, item)| NumberedItem { number, item })
        .collect()
}

fn block(block: &SignedBlock) -> Item {
    Item::Block(Box::new(block.clone()))
}

fn sections(sections: &[SealedSection]) -> impl Iterator<Item = chopmark_core::Item> {
    sections
        .iter()
        .map(|section| chopmark_core::Item::Section(section.hash, section.bytes.clone()))
}

fn take(replica: &Replica, from: u8, items: Vec<Item>) -> TakenIn {
    let last = items.len() as u64;
    replica
        .take_in(Testnet::key(from).id(), numbered(items), last)
        .unwrap()
}

fn codes(taken: &TakenIn) -> Vec<&'static str> {
    let refused = taken.not_taken.iter().map(|refused| refused.code);
    refused
        .chain(taken.unnamed.iter().map(|_| "unnamed"))
        .collect()
}

/// Everything a replica would send to a stranger.
fn everything(replica: &Replica) -> Vec<NumberedItem> {
    everything_for(replica, DeviceId::from_bytes([250; 32]))
}

/// Everything a replica would send to a side that it knows nothing of.
fn everything_for(replica: &Replica, key: DeviceId) -> Vec<NumberedItem> {
    let names_after = None;
    let to = Addressee { key, names_after };
    let items = replica.outgoing(Number::new(0), to).unwrap().items;
    let read = |item: &EncodedItem| NumberedItem::from_bytes(item.as_bytes()).unwrap();
    items.iter().map(read).collect()
}
