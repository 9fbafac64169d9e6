//! Blocks that are sound and have no place in a feed here, and proofs of forks that are none.

use super::{Given, Input, compare, variants};
use crate::cbor::Writer;
use crate::testnet::*;
use crate::{
    AdmitError, BlockId, DeviceId, ForkError, ForkProof, HeldFeeds, Pending, PendingError,
    RecordDraft, Seq, SubjectId, VerifiedBlock,
};

/// What a replica has: what its ledger ordered, and a few blocks more.
struct Held<'a>(&'a Net, &'a [VerifiedBlock]);

impl Held<'_> {
    fn blocks(&self) -> impl Iterator<Item = &VerifiedBlock> {
        let ordered = self
            .0
            .checkpoints
            .iter()
            .flat_map(|checkpoint| checkpoint.blocks());
        ordered.map(|id| &self.0.blocks[id]).chain(self.1)
    }
}

impl HeldFeeds for Held<'_> {
    fn block_at(&self, device: &DeviceId, seq: Seq) -> Option<BlockId> {
        let at = |b: &&VerifiedBlock| b.header().device() == *device && b.header().seq() == seq;
        self.blocks().find(at).map(VerifiedBlock::id)
    }

    fn statement(&self, block: &BlockId) -> Option<Vec<u8>> {
        let mut blocks = self.blocks();
        Some(blocks.find(|b| b.id() == *block)?.statement().to_vec())
    }
}

/// What nobody ever commissioned is observed: a record that counts for nothing, in a block that
/// is ordered like any other.
fn seen() -> RecordDraft {
    observe(&[SubjectId::from_bytes([7; 32])])
}

/// A block that a replica does not admit that has ordered this much and holds these.
fn refused(net: &Net, held: &[VerifiedBlock], block: &VerifiedBlock) -> Input<AdmitError> {
    let error = net.ledger.admit(block, &Held(net, held)).unwrap_err();
    Input::bytes("block to admit", &block.to_bytes(), error)
        .given("checkpoints", Given::ordered(net, 1))
        .given("held", Given::blocks(held))
}

#[test]
fn every_block_that_is_not_admitted_has_its_vector_file() {
    let net = &mut Net::with_prefix();
    let theirs = Net::named("Another lane").staff(FACTORY, &[seen()]);
    let (genesis, sections) = (net.genesis.clone(), &mut std::collections::BTreeMap::new());
    let mut by = |key: u8, member: usize, net: &Net, drafts: &[RecordDraft]| {
        Phone::new(device_key(key), net.id(member)).write(&genesis, drafts, sections)
    };
    let stranger = by(70, CARRIER, net, &[seen()]);
    let turncoat = by(23, FACTORY, net, &[seen()]);
    let twin = by(22, CARRIER, net, &[seen(), seen()]);
    let ordered = net.blocks[&net.checkpoints[0].blocks()[0]].clone();
    let [one, next] = [(); 2].map(|()| net.staff(CARRIER, &[seen()]));
    let held = std::slice::from_ref(&one);
    let mut inputs = vec![
        refused(net, &[], &theirs),
        refused(net, &[], &stranger),
        refused(net, &[], &turncoat),
        refused(net, &[], &ordered),
        refused(net, held, &one).case("held"),
        refused(net, &[], &next),
        refused(net, held, &twin),
    ];
    let revoking = &mut Net::with_prefix();
    let draft = revoke(revoking.staff_id(RETAILER), None);
    let revocation = revoking.admin(RETAILER, &[draft]);
    revoking.applied(&revocation);
    let late = revoking.staff(RETAILER, &[seen()]);
    inputs.push(refused(revoking, &[], &late));
    net.order(&[one.clone(), twin]);
    inputs.push(refused(net, &[], &next));
    let all = variants!(AdmitError {
        WrongNetwork,
        UnknownDevice,
        MemberMismatch,
        Revoked,
        Suspended,
        Duplicate,
        MissingPrev,
        Fork,
    });
    compare("admission", &all, inputs);
}

#[test]
fn every_block_without_a_place_among_pending_ones_has_its_vector_file() {
    let mut net = Net::with_prefix();
    let foreign = Net::named("Another lane").staff(FACTORY, &[seen()]);
    let stranger = Phone::new(device_key(70), net.id(CARRIER)).write(
        &net.genesis,
        &[seen()],
        &mut net.sections,
    );
    let [one, next] = [(); 2].map(|()| net.staff(CARRIER, &[seen()]));
    let refused = |before: &[VerifiedBlock], block: &VerifiedBlock| {
        let mut pending = Pending::over(&net.ledger, before);
        let error = pending.push(block).unwrap_err();
        Input::bytes("pending block", &block.to_bytes(), error).given("held", Given::blocks(before))
    };
    let inputs = [
        refused(&[], &next),
        refused(&[], &stranger),
        refused(&[], &foreign).case("network"),
        refused(std::slice::from_ref(&one), &one),
    ];
    let all = variants!(PendingError {
        MissingPrev,
        Stranger,
        Duplicate
    });
    compare("pending", &all, inputs);
}

#[test]
fn every_refused_proof_of_a_fork_has_its_vector_file() {
    let mut net = Net::with_prefix();
    let blocks = [CARRIER, CARRIER, RETAILER].map(|member| net.staff(member, &[seen()]));
    let [one, next, other] = blocks.map(|block| block.statement().to_vec());
    let pair = |one: &[u8], other: &[u8]| {
        let mut to = Writer::new();
        to.array(2);
        to.bytes(one);
        to.bytes(other);
        to.into_bytes()
    };
    let refused = |bytes: &[u8]| {
        let error = ForkProof::from_bytes(bytes).unwrap_err();
        Input::bytes("proof of a fork", bytes, error)
    };
    let mut forged = one.clone();
    *forged.last_mut().unwrap() ^= 1;
    let inputs = [
        refused(&pair(&one, &[])[..100]),
        refused(&pair(&one, b"not a statement")),
        refused(&pair(&one, &forged)).case("signature"),
        refused(&pair(&one, &one)),
        refused(&pair(&one, &next)).case("place"),
        refused(&pair(&one, &other)).case("device"),
    ];
    let all = variants!(ForkError {
        Malformed,
        Statement,
        NoFork
    });
    compare("fork", &all, inputs);
}
