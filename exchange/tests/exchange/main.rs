//! Events into records and back, on a ledger in memory.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod back;
mod correct;
mod earlier;
mod hostile;
mod implied;
mod import;
#[path = "../../../epcis/tests/judge/mod.rs"]
mod judge;
mod labels;
mod making;
mod network;
mod once;
mod room;
mod split;
mod twice;
