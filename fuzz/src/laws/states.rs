//! Proofs of a state, and states that others send.

use std::sync::OnceLock;

use chopmark_core::{
    Checkpoint, Digest32, InboxPath, Known, Ledger, SnapshotOffer, StateEntry, StatePath,
    StateView as _, SubjectId, SubjectProof, fuzzing,
};

use super::Fate;
use crate::network;

/// The ledger of the vectors after its one checkpoint.
#[expect(clippy::expect_used, reason = "without it no law can be asked")]
fn ledger() -> &'static Ledger {
    static LEDGER: OnceLock<Ledger> = OnceLock::new();
    LEDGER.get_or_init(|| {
        let bytes = network::line("snapshot").expect("the vectors hold a snapshot");
        Ledger::from_snapshot(network::genesis(), &bytes).expect("the snapshot is one")
    })
}

/// What there is to prove: an entry that is there, and one that is not.
fn entries() -> [StateEntry; 2] {
    let absent = chopmark_core::MemberId::from_bytes([9; 32]);
    [
        StateEntry::Member(network::member()),
        StateEntry::Member(absent),
    ]
}

/// A path has one spelling, and proves what is true of the state and nothing else.
pub(super) fn path(bytes: &[u8]) -> Fate {
    let Ok(path) = StatePath::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(path.to_bytes(), bytes, "a second spelling of a path");
    let root = ledger().state_root();
    for entry in entries() {
        let (value, _) = ledger().prove(&entry);
        let proven = path.verify(&root, &entry, value.as_deref());
        assert!(path.verify(&root, &entry, Some(b"a lie")).is_err());
        if value.is_some() {
            assert!(path.verify(&root, &entry, None).is_err(), "it is there");
        }
        let other = Digest32::from_bytes([7; 32]);
        assert!(path.verify(&other, &entry, value.as_deref()).is_err());
        drop(proven);
    }
    Fate::Taken
}

/// The same of an inbox.
pub(super) fn inbox(bytes: &[u8]) -> Fate {
    let Ok(path) = InboxPath::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(path.to_bytes(), bytes, "a second spelling of a path");
    let root = ledger().state_root();
    // Nobody offered anything in this network.
    if let Ok(offers) = path.verify(&root, &network::member()) {
        assert_eq!(offers, [], "offers that nobody made");
    }
    Fate::Taken
}

/// A proof has one spelling, and shows of the vectors' item what the ledger holds and nothing else.
pub(super) fn proof(bytes: &[u8]) -> Fate {
    let Ok(proof) = SubjectProof::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(proof.to_bytes().as_deref(), Ok(bytes), "a second spelling");
    let known = Known {
        genesis: Some(network::genesis()),
        ..Known::network(network::genesis().id())
    };
    if let Ok(proven) = proof.verify(&network::code(), &known) {
        assert_eq!(*proven.header.state_root(), ledger().state_root());
        let id = proven
            .state
            .subject
            .unwrap_or(SubjectId::from_bytes([0; 32]));
        let own = proven.state.own.as_ref();
        assert_eq!(own.map(|own| &own.state), ledger().state().subject(&id));
        for shown in &proven.records {
            assert_eq!(shown.record.subjects(), [id], "{} is not its own", shown.at);
        }
    }
    Fate::Taken
}

/// An offer has one spelling, and only what validators cosigned is taken.
pub(super) fn offer(bytes: &[u8]) -> Fate {
    let Ok(offer) = SnapshotOffer::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(offer.to_bytes(), bytes, "a second spelling of an offer");
    let (genesis, founded) = (network::genesis(), Ledger::new(network::genesis()));
    if offer.accept(genesis, &founded).is_ok() {
        assert_eq!(
            offer.checkpoint().header().state_root(),
            &ledger().state_root(),
            "nobody cosigned another"
        );
    }
    Fate::Taken
}

/// Parts of a state and statements, each behind a byte that says which and a length in two bytes:
/// what is taken over is the state that validators cosigned, whatever came.
pub(super) fn parts(bytes: &[u8]) -> Fate {
    let genesis = network::genesis();
    let mut founded = Ledger::new(genesis);
    let Some(Ok(checkpoint)) = network::line("checkpoint").map(|b| Checkpoint::from_bytes(&b))
    else {
        return Fate::Refused;
    };
    let Ok(mut arriving) = fuzzing::offer(checkpoint).accept(genesis, &founded) else {
        return Fate::Refused;
    };
    let mut rest = bytes;
    while let Some(([kind, high, low], after)) = rest.split_first_chunk::<3>() {
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(after.len());
        let (part, after) = after.split_at(length);
        rest = after;
        let taken = match kind % 2 {
            0 => arriving.take_state(part),
            _ => arriving.take_statement(part),
        };
        if taken.is_err() {
            return Fate::Refused;
        }
    }
    let Ok(arrived) = arriving.finish(genesis) else {
        return Fate::Refused;
    };
    assert_eq!(founded.take_over(arrived), Ok(()));
    assert_eq!(founded.snapshot_bytes(), ledger().snapshot_bytes());
    Fate::Taken
}

/// An honest offer, and its parts as [`parts`] reads them.
pub(crate) fn honest() -> Option<(Vec<u8>, Vec<u8>)> {
    let checkpoint = Checkpoint::from_bytes(&network::line("checkpoint")?).ok()?;
    let block = chopmark_core::SignedBlock::from_bytes(&network::line("block")?).ok()?;
    let block = block.verify().ok()?;
    let (give, take) = std::sync::mpsc::channel();
    ledger().state_in_parts(move |part| drop(give.send(part)));
    let state = take.into_iter().map(|part| (0, part));
    let statement = (1, block.statement().to_vec());
    let mut bytes = Vec::new();
    for (kind, part) in state.chain([statement]) {
        let length = u16::try_from(part.len()).ok()?;
        bytes.push(kind);
        bytes.extend(length.to_be_bytes());
        bytes.extend(part);
    }
    Some((fuzzing::offer(checkpoint).to_bytes(), bytes))
}

/// Paths of the ledger's entries, and of an inbox.
pub(crate) fn paths() -> (Vec<Vec<u8>>, Vec<u8>) {
    let states = entries().map(|entry| ledger().prove(&entry).1.to_bytes());
    let inbox = ledger().prove_inbox(&network::member()).to_bytes();
    (states.to_vec(), inbox)
}
