//! The Chopmark ledger itself: pure and deterministic.
//!
//! No input, output, clock or random source: times and seeds come in as arguments, and the same
//! arguments give the same bytes on every machine, in a browser too. Every byte is described in
//! `docs/format.md`.

mod cbor;
mod code;
mod evidence;
mod hash;
mod ids;
mod keys;
pub mod limits;
mod member;

pub use cbor::CborError;
pub use code::{Code, CodeError, CodeKind, Prefix, check_digit, crockford_serial};
pub use evidence::{
    ChunkPlace, EVIDENCE_CHUNK_BYTES, EVIDENCE_SEALED_CHUNK_BYTES, EvidenceCipher, EvidenceError,
    sealed_evidence_length,
};
pub use ids::{
    BlockId, CodeHash, DeviceId, Digest32, EvidenceId, HeaderHash, Height, IdError, MemberId,
    NetworkId, RecordRef, SectionHash, Seq, SubjectId, TimeMs, TzMinutes,
};
pub use keys::{
    BadSignature, DeviceKey, HpkePublic, HpkeSecret, Kem, RootKey, RootPublic, RootSignature,
    SealError, Sealed, Seed, UnsealError, seal_to,
};
pub use member::{Class, DeviceEntry, Inception, Role};
