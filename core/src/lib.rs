//! The Chopmark ledger itself: pure and deterministic.
//!
//! No input, output, clock or random source: times and seeds come in as arguments, and the same
//! arguments give the same bytes on every machine, in a browser too. Every byte is described in
//! `docs/format.md`.

mod block;
mod cbor;
mod code;
mod evidence;
mod genesis;
mod handover;
mod hash;
mod ids;
mod invitation;
mod keys;
pub mod limits;
mod member;
pub mod merkle;
mod policy;
mod record;
mod section;
mod validators;

pub use block::{
    BlockError, BlockHeader, BuildError, BuiltBlock, Encapsulation, OpenError, Opener, Position,
    Reader, SealedSection, SectionPlace, SignedBlock, Statement, StatementError, UnsignedBlock,
    VerifiedBlock, open_label,
};
pub use cbor::CborError;
pub use code::{Code, CodeError, CodeKind, Prefix, check_digit, crockford_serial};
pub use evidence::{
    ChunkPlace, EVIDENCE_CHUNK_BYTES, EVIDENCE_SEALED_CHUNK_BYTES, EvidenceCipher, EvidenceError,
    sealed_evidence_length,
};
pub use genesis::{Founder, FounderSignature, Genesis, GenesisDraft, GenesisError};
pub use handover::{
    FrameCollector, FrameError, Gathered, HandoverError, HandoverPayload, HandoverStep,
};
pub use ids::{
    BlockId, CodeHash, DeviceId, Digest32, EvidenceId, HeaderHash, Height, IdError, MemberId,
    NetworkId, RecordRef, SectionHash, Seq, SubjectId, TimeMs, TzMinutes,
};
pub use invitation::{Invitation, InvitationError};
pub use keys::{
    BadSignature, DeviceKey, HpkePublic, HpkeSecret, Kem, RootKey, RootPublic, RootSignature,
    SealError, Sealed, Seed, UnsealError, seal_to,
};
pub use member::{Class, DeviceEntry, Inception, Role};
pub use policy::Policy;
pub use record::{
    Audience, AudienceDraft, Body, Condition, Kind, Record, RecordDraft, SectionRef, Verdict, When,
};
pub use section::{EvidenceLink, Measured, SectionBody};
pub use validators::{Validator, ValidatorSet};
