//! Proofs of what the ledger knows about one subject, small enough for a message: the state of the
//! subject and of what is around it, all of its records by name, and those of them that are shown
//! (format, section 12).
//!
//! Nothing but the network's id is taken on trust. A quorum of the validators cosigned the root of
//! the state, the state says how many records a subject has and commits to each of them, and a
//! record's name commits to its bytes: so no record can be left out, added or altered, and a
//! refused one cannot be passed off as applied.

mod build;
mod error;
mod extract;
mod proven;
mod subject;
#[cfg(test)]
mod tests;
mod thing;
mod verify;

pub use build::Asked;
pub use error::ProofError;
pub use extract::{NotInRun, StateExtract};
pub use proven::{CodeState, Proven, ProvenRecord, ThingState};
pub use subject::{Disclosed, SubjectProof};
pub use verify::Known;

pub(crate) use build::{Wanted, prefix_of};
pub(crate) use thing::Thing as NamedThing;
