//! What is held against a ledger: blocks, checkpoints, states of others. Where no genesis is given
//! the ledger begins as `start.json` says.

use std::collections::BTreeMap;
use std::fs;

use chopmark_core::{
    BlockId, CatchUpError, Checkpoint, CheckpointError, Cosignature, DeviceId, Followed, ForkProof,
    Genesis, GenesisDraft, GenesisError, HeaderHash, Height, HeldFeeds, Ledger, Pending, Proposal,
    Seq, Session, SessionConfig, SignedBlock, SnapshotOffer, TimeMs, Tip, ValidatorSet,
    VerifiedBlock,
};
use serde::Deserialize as _;

use super::decoding::{Given, Said, said as answered};
use super::{Ordered, Replica, Start, bytes, folder};

pub(super) fn said(reads: &str, input: &[u8], given: &Given<'_>) -> Said {
    match reads {
        "genesis" if given.has("network") => {
            answered(Genesis::from_pinned_bytes(input, given.id("network")))
        }
        "genesis" => answered(Genesis::from_bytes(input)),
        "genesis body" => answered(GenesisDraft::from_body_bytes(input)),
        "policy of a genesis body" => match GenesisDraft::from_body_bytes(input) {
            Err(GenesisError::Policy(fault)) => answered(Err::<(), _>(fault)),
            read => panic!("{read:?}"),
        },
        "proof of a fork" => answered(ForkProof::from_bytes(input)),
        "block to admit" => {
            let (replica, block) = (replica(given), block(input));
            answered(replica.ledger.admit(&block, &held(&replica, given)))
        }
        "pending block" => {
            let replica = replica(given);
            let held = held(&replica, given).0;
            answered(Pending::over(&replica.ledger, &held).push(&block(input)))
        }
        "checkpoint" => answered(checkpoint(input).and_then(|it| it.verify(&set(given)))),
        "cosignature" => answered(cosignature(input, given)),
        "time of a proposal" => {
            let tip = Tip {
                height: Height(0),
                header_hash: HeaderHash::from_bytes([0; 32]),
                time: TimeMs(given.number("tip")),
            };
            let proposal = Proposal::from_bytes(input).unwrap();
            answered(proposal.check_time(tip, TimeMs(given.number("now"))))
        }
        "next checkpoint" => next(input, given),
        "passed checkpoint" => {
            let ledger = replica(given).ledger;
            let before = (given.id("prev"), given.number("size"));
            let followed = Followed::founded(&genesis(given));
            answered(ledger.check_passed(checkpoint(input).unwrap(), before, &followed))
        }
        "snapshot" => answered(Ledger::from_snapshot(&genesis(given), input)),
        "snapshot offer" => answered(taken_over(input, given)),
        "rosters of an offer" => {
            let offer = SnapshotOffer::from_bytes(input).unwrap();
            answered(offer.follow(&genesis(given)))
        }
        "sync frame" => heard(input, given),
        _ => None,
    }
}

pub(super) fn start() -> Start {
    let start = fs::read_to_string(folder().join("start.json")).unwrap();
    serde_json::from_str(&start).unwrap()
}

pub(super) fn genesis(given: &Given<'_>) -> Genesis {
    if given.has("genesis") {
        return Genesis::from_pinned_bytes(&given.bytes("genesis"), given.id("network")).unwrap();
    }
    let start = start();
    Genesis::from_pinned_bytes(&bytes(&start.genesis), start.network.parse().unwrap()).unwrap()
}

fn replica(given: &Given<'_>) -> Replica {
    let mut replica = match given.has("genesis") {
        true => Replica::new(given.text("genesis"), given.text("network")),
        false => {
            let start = start();
            let mut replica = Replica::new(&start.genesis, &start.network);
            replica.follow(&start.checkpoints);
            replica
        }
    };
    if let Some(checkpoints) = given.0.get("checkpoints") {
        replica.follow(&Vec::<Ordered>::deserialize(checkpoints).unwrap());
    }
    replica
}

fn block(input: &[u8]) -> VerifiedBlock {
    SignedBlock::from_bytes(input).unwrap().verify().unwrap()
}

fn blocks(given: &Given<'_>, name: &str) -> Vec<VerifiedBlock> {
    given.strings(name).iter().map(|it| block(it)).collect()
}

/// What a replica has: what it ordered, and a few blocks more.
struct Held(Vec<VerifiedBlock>);

fn held(replica: &Replica, given: &Given<'_>) -> Held {
    let ordered = replica.blocks.values().cloned();
    Held(ordered.chain(blocks(given, "held")).collect())
}

impl HeldFeeds for Held {
    fn block_at(&self, device: &DeviceId, seq: Seq) -> Option<BlockId> {
        let at = |b: &&VerifiedBlock| b.header().device() == *device && b.header().seq() == seq;
        self.0.iter().find(at).map(VerifiedBlock::id)
    }

    fn statement(&self, block: &BlockId) -> Option<Vec<u8>> {
        let mut blocks = self.0.iter();
        Some(blocks.find(|b| b.id() == *block)?.statement().to_vec())
    }
}

fn checkpoint(input: &[u8]) -> Result<Checkpoint, CheckpointError> {
    Checkpoint::from_bytes(input)
}

fn set(given: &Given<'_>) -> ValidatorSet {
    ValidatorSet::from_bytes(&given.bytes("validators")).unwrap()
}

fn cosignature(input: &[u8], given: &Given<'_>) -> Result<(), CheckpointError> {
    let proposal = Proposal::from_bytes(&given.bytes("proposal"))?;
    let before = TimeMs(given.number("time_before"));
    proposal.check_cosignature(&set(given), before, &Cosignature::from_bytes(input)?)
}

/// A checkpoint whose signatures hold, by the ledger's validators or by whom whoever verified it
/// took for them.
fn next(input: &[u8], given: &Given<'_>) -> Said {
    let mut ledger = replica(given).ledger;
    let set = match given.has("validators") {
        true => set(given),
        false => ledger.validators().clone(),
    };
    let verified = checkpoint(input).unwrap().verify(&set).unwrap();
    let blocks = blocks(given, "blocks").into_iter();
    let blocks: BTreeMap<_, _> = blocks.map(|block| (block.id(), block)).collect();
    answered(ledger.apply(&verified, &blocks))
}

/// An offer, then the parts of the state, then the statements of the log.
fn taken_over(input: &[u8], given: &Given<'_>) -> Result<(), CatchUpError> {
    let (genesis, ledger) = (genesis(given), replica(given).ledger);
    let offer = SnapshotOffer::from_bytes(input)?;
    let mut arriving = offer.accept(&genesis, &ledger)?;
    for part in given.strings("state") {
        arriving.take_state(&part)?;
    }
    for statement in given.strings("statements") {
        arriving.take_statement(&statement)?;
    }
    arriving.finish(&genesis)?.check_blocks(offer.checkpoint())
}

/// The newest frame of a session that sent nothing but its hello.
fn heard(input: &[u8], given: &Given<'_>) -> Said {
    let config = SessionConfig {
        network: given.id("network"),
        instance: [1; 16],
        kind: chopmark_core::PartyKind::Device,
        since: None,
        height: 0,
        newest: 0,
        peers: Vec::new(),
    };
    let mut session = Session::new(config, TimeMs(0));
    for frame in given.strings("before") {
        session.handle_frame(&frame).unwrap();
    }
    answered(session.handle_frame(input))
}
