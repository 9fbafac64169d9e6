//! The Chopmark ledger itself: pure and deterministic.
//!
//! No input, output, clock or random source: times and seeds come in as arguments, and the same
//! arguments give the same bytes on every machine, in a browser too. Every byte is described in
//! `docs/format.md`.
//!
//! ```
//! use chopmark_core::{
//!     Body, Code, DeviceKey, MemberId, NetworkId, Position, Readers, RecordDraft, Seq, SignedBlock,
//!     TimeMs, TzMinutes, UnsignedBlock, When,
//! };
//!
//! // What the label says, whatever wrote it.
//! let code = Code::parse("https://id.example.org/01/09506000134352/21/A1B2")?;
//! assert_eq!(code.element_string(), "(01)09506000134352(21)A1B2");
//!
//! // A device says that it stored the item, and signs.
//! let (network, member) = (NetworkId::from_bytes([1; 32]), MemberId::from_bytes([2; 32]));
//! let key = DeviceKey::from_seed(&[3; 32]);
//! let when = When { time: TimeMs(1_790_000_000_000), tz: TzMinutes::default() };
//! let stored = Body::Observe { when, step: "storing".to_owned() };
//! let position = Position {
//!     network, member, device: key.id(),
//!     seq: Seq(0), prev: None, anchor: None, clock: when.time,
//! };
//! let draft = RecordDraft::new(stored, vec![code.subject(&network, &member)]);
//! let built = UnsignedBlock::build(position, &[draft], &Readers::default(), &[4; 32])?.sign(&key)?;
//!
//! // Whoever gets the bytes checks them before anything else.
//! let block = SignedBlock::from_bytes(&built.block.to_bytes())?.verify()?;
//! assert_eq!(block.header().device(), key.id());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod activation;
mod ballot;
mod block;
mod cbor;
mod checkpoint;
mod code;
mod conservation;
mod coordinates;
mod evidence;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod genesis;
mod handover;
mod hash;
mod history;
mod ids;
mod invitation;
mod keys;
mod known_peer;
mod ledger;
pub mod limits;
mod lineage;
mod member;
pub mod merkle;
mod order;
mod party;
mod pending;
mod pickup;
mod policy;
mod proof;
mod quantity;
mod readers;
mod receipt;
mod record;
mod recovery;
mod roots;
mod roster;
mod roster_chain;
mod rules;
mod run_list;
mod section;
mod session;
mod state;
mod state_tree;
#[cfg(test)]
mod testnet;
mod validators;
#[cfg(test)]
mod vectors;
#[cfg(feature = "written")]
mod written;

pub use activation::{ActivationError, ActivationSecret, OwnerSecret};
pub use ballot::{Ballot, BallotKind};
pub use block::{
    BlockError, BlockHeader, BlockOpener, BuildError, BuiltBlock, Encapsulation, OpenError, Opener,
    Position, SealedSection, SectionPlace, SignedBlock, Statement, StatementError, UnsignedBlock,
    VerifiedBlock, open_label,
};
pub use cbor::CborError;
pub use checkpoint::{
    Checkpoint, CheckpointError, Cosignature, Header, Proposal, ProposalTimeError, SignedHeader,
    VerifiedCheckpoint,
};
pub use code::{
    Code, CodeError, CodeKind, CodeQuery, CodeWarning, ElementString, GoodsClass, Identifier,
    Prefix, check_digit, crockford_serial,
};
pub use conservation::{Imbalance, Portion, check_conserved};
pub use coordinates::Coordinates;
pub use evidence::{
    ChunkPlace, EVIDENCE_CHUNK_BYTES, EVIDENCE_SEALED_CHUNK_BYTES, EvidenceCipher, EvidenceError,
    sealed_evidence_length,
};
pub use genesis::{Founder, FounderSignature, Genesis, GenesisDraft, GenesisError};
pub use handover::{
    FrameCollector, FrameError, Gathered, HandoverError, HandoverPayload, HandoverStep,
};
pub use history::{
    Bundle, BundleError, Check, CheckKind, HistoryError, HistorySource, Located, PartOfRun,
    Problem, Report, ShownSection, Sighting, Step, Timeline, Undrawn, Warning, WithUndrawn,
    activated_far_away, impossible_journey, select,
};
pub use ids::{
    ActivationPublic, BlockId, CodeHash, DeviceId, Digest32, EvidenceId, HeaderHash, Height,
    IdError, MemberId, NetworkId, OwnerKey, PickupHash, ProposalHash, RecordRef, SectionHash, Seq,
    SubjectId, TimeMs, TzMinutes,
};
pub use invitation::{Invitation, InvitationError};
pub use keys::{
    BadSignature, DeviceKey, HpkePublic, HpkeSecret, Kem, KeyRing, MlDsa44Key, MlDsa44Public,
    RootKey, RootPublic, RootSignature, SealError, Sealed, Seed, SeedStream, UnsealError, seal_to,
};
pub use known_peer::KnownPeer;
pub use ledger::{
    AdmitError, Admitted, Applied, ApplyError, Arrived, Arriving, CatchUpError, Executed,
    ForkError, ForkProof, HeldFeeds, Ledger, Outcome, PassedError, SnapshotError, SnapshotOffer,
    admit,
};
pub use lineage::{Affected, Descent, Found, Lineage, Reach, Trace, affected};
pub use member::{Class, DeviceEntry, Inception, Role};
pub use order::{can_propose, heartbeat, propose};
pub use party::Party;
pub use pending::{DetachedPending, Pending, PendingError};
pub use pickup::{PickupCode, PickupCodeError};
pub use policy::{Jurisdiction, Permissions, Policy, PolicyFault, Quantities};
pub use proof::{
    Asked, CodeState, Disclosed, Known, NotInRun, ProofError, Proven, ProvenRecord, StateExtract,
    SubjectProof, ThingState,
};
pub use quantity::{Amount, Quantity, QuantityError, Unit};
pub use readers::{Group, Reader, ReaderGroup, ReaderKey, Readers, SealedReaderKey};
pub use receipt::{LogPlace, ReceiptError, Receipted, transparent_statement, verify_transparent};
pub use record::{
    Audience, AudienceDraft, Body, Condition, Kind, Made, Output, Record, RecordDraft, RecordSize,
    RunItem, RunSpec, SectionName, SectionRef, Verdict, When,
};
pub use recovery::{DeviceSeeds, RecoverySecret, RecoveryShare, RecoveryShareError, RecoveryTags};
pub use roots::{GuardianChoice, RecoveryRequest, RootChange, sign_objection};
pub use roster::{Application, RosterAct, RosterTerms, roster_digest};
pub use roster_chain::{Followed, RosterChain, RosterChainError};
pub use rules::{Refusal, foresee, may_hold, sign_as_asked};
pub use run_list::{RUN_LIST_MEDIA_TYPE, RunList, RunListError};
pub use section::{EvidenceLink, Measured, SealNumber, SealNumberError, SectionBody, SectionKey};
pub use session::{
    Awaited, EncodedItem, Item, ItemName, NumberedItem, PartyKind, QueueFull, Session,
    SessionConfig, SessionError, SessionEvent,
};
pub use state::{
    Amendment, Batch, ClosedOffer, ComingGuardians, DeviceState, EpochState, Expulsion, FeedHead,
    Fork, Governance, GroupState, Guardians, Logged, Makeup, MemberState, Nature, Offer,
    OpenRecovery, Parents, Pledge, PrefixClaim, RECOVERY_DELAY_MS, Recovery, RecoveryWish,
    Registration, Revocation, Right, Roster, RosterChange, RosterWish, Run, Standing, State,
    StateView, SubjectState, Tip, WaitingRecord, WaitingUnit, Wish,
};
pub use state_tree::{InboxPath, StateEntry, StatePath, StatePathError};
pub use validators::{Validator, ValidatorSet};
#[cfg(feature = "written")]
pub use written::{Written, WrittenError, check_written};
