//! How validators agree on checkpoints.
//!
//! [`Ordering`] has two implementations: [`Bft`], on an existing engine (Malachite's core, a
//! Tendermint with proven rules for locking), and [`Solo`], one orderer alone. Both do no I/O of
//! their own: a [`Host`] gives them the ledger and the network, a [`Journal`] the write-ahead
//! log, and time comes in as an argument. The same code so runs in a peer and in a simulator.
//!
//! What is agreed on is the hash of a header. Blocks spread beforehand by the ordinary sync, and
//! a validator votes only for what it has here, verified and executed. After a decision each
//! validator cosigns the header; proofs rest on these cosignatures and not on the engine.

mod bft;
mod context;
mod engine;
mod entry;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod host;
mod journal;
mod message;
mod queue;
mod solo;
mod verify;
mod wire;

pub use bft::{Bft, HEARTBEAT, SHORTEST};
pub use host::{Counts, Host, HostError, Now, OrderError, Ordering, Verdict};
pub use journal::{FileJournal, Journal, JournalError};
pub use message::MessageError;
pub use solo::Solo;
