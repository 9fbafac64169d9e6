//! The ledger's own figures: judging, verifying, remembering. Without disk and network, but for
//! the memory of a peer.

mod admission;
mod import;
mod memory;
mod opening;
mod proof;
mod rules;
mod runs;
mod trace;
mod trial;

pub(crate) use admission::{measure as admission, strict_verification};
pub(crate) use import::measure as imports;
pub(crate) use memory::measure as memory;
pub(crate) use opening::measure as opening;
pub(crate) use proof::measure as proof;
pub(crate) use rules::measure as rules;
pub(crate) use runs::measure as runs;
pub(crate) use trace::measure as traces;
