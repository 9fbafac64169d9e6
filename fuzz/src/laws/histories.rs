//! What networks begin with, agree on, keep and show.

use std::collections::BTreeMap;

use chopmark_core::{
    Bundle, Checkpoint, FounderSignature, Genesis, GenesisDraft, Inception, Ledger, Proposal,
    fuzzing,
};

use super::{Fate, broken};
use crate::network;

/// A body, a founder's signature and an inception each have one spelling, and the network's id
/// does not depend on who signed.
pub(super) fn genesis(bytes: &[u8]) -> Fate {
    if let Ok(signature) = FounderSignature::from_bytes(bytes) {
        assert_eq!(
            signature.to_bytes(),
            bytes,
            "a second spelling of a signature"
        );
        return Fate::Taken;
    }
    if let Ok(inception) = Inception::from_bytes(bytes) {
        assert_eq!(
            inception.to_bytes(),
            bytes,
            "a second spelling of an inception"
        );
        return Fate::Taken;
    }
    if let Ok(genesis) = Genesis::from_bytes(bytes) {
        assert_eq!(genesis.to_bytes(), bytes);
        let pinned = Genesis::from_pinned_bytes(bytes, genesis.id());
        assert_eq!(pinned, Ok(genesis));
        return Fate::Taken;
    }
    let Ok(draft) = GenesisDraft::from_body_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(draft.body_bytes(), bytes, "a second spelling of a body");
    // [body, no signatures]: what a bundle carries.
    let Ok(length) = u16::try_from(bytes.len()) else {
        return Fate::Taken;
    };
    let carried = [&[0x82, 0x59][..], &length.to_be_bytes(), bytes, &[0x80]].concat();
    match Genesis::from_pinned_bytes(&carried, draft.id()) {
        Ok(genesis) => assert_eq!(genesis.draft(), &draft),
        // Too short for a length in two bytes; bodies are not, but an input can be.
        Err(error) => assert!(length < 256, "a body that nobody can pin: {error}"),
    }
    Fate::Taken
}

/// A policy has one spelling.
pub(super) fn policy(bytes: &[u8]) -> Fate {
    let Ok(again) = fuzzing::policy(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(again, bytes, "a second spelling of a policy");
    Fate::Taken
}

/// A checkpoint has one spelling; only its own validators make it one.
pub(super) fn checkpoint(bytes: &[u8]) -> Fate {
    let Ok(checkpoint) = Checkpoint::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(
        checkpoint.to_bytes(),
        bytes,
        "a second spelling of a checkpoint"
    );
    let hash = checkpoint.hash();
    if let Ok(verified) = checkpoint.verify(network::genesis().validators()) {
        assert_eq!(verified.checkpoint().hash(), hash);
    }
    Fate::Taken
}

/// A proposal has one spelling, and becomes the checkpoint that it was made for.
pub(super) fn proposal(bytes: &[u8]) -> Fate {
    let Ok(proposal) = Proposal::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(
        proposal.to_bytes(),
        bytes,
        "a second spelling of a proposal"
    );
    let header = proposal.header().clone();
    let cosignature = proposal.cosign(network::key());
    assert_eq!(cosignature.verify(&header), Ok(()));
    let ledger = Ledger::new(network::genesis());
    if let Ok(executed) = ledger.execute(&proposal, &BTreeMap::new()) {
        assert_eq!(executed.hash(), header.hash());
    }
    let checkpoint = proposal.clone().into_checkpoint(vec![cosignature]);
    assert_eq!(checkpoint.to_proposal(), proposal);
    Fate::Taken
}

/// A ledger that was taken back from bytes gives the same bytes from then on.
pub(super) fn snapshot(bytes: &[u8]) -> Fate {
    let genesis = network::genesis();
    let Ok(ledger) = Ledger::from_snapshot(genesis, bytes) else {
        return Fate::Refused;
    };
    let written = ledger.snapshot_bytes();
    match Ledger::from_snapshot(genesis, &written) {
        Ok(again) => {
            assert_eq!(again.snapshot_bytes(), written);
            assert_eq!(again.state_digest(), ledger.state_digest());
        }
        Err(error) => broken(&format!("what was written is refused: {error}")),
    }
    Fate::Taken
}

/// A bundle has one spelling, and any one gives a report or a refusal.
pub(super) fn bundle(bytes: &[u8]) -> Fate {
    let Ok(bundle) = Bundle::from_bytes(bytes) else {
        return Fate::Refused;
    };
    assert_eq!(bundle.to_bytes().as_deref(), Ok(bytes), "a second spelling");
    if let Ok(report) = bundle.verify(&network::code(), network::genesis().id()) {
        drop(format!("{report:?}"));
    }
    Fate::Taken
}
