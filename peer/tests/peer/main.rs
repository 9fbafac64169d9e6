//! The binary `chopmark` as its operators, devices and browsers meet it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod agreement;
mod authorities;
mod bad_input;
mod dashboard;
mod devices;
mod epcis;
mod forgeries;
mod founding;
mod gateway;
mod goods;
mod ingredients;
mod join;
mod keys;
mod labels;
mod left_out;
mod network;
mod policy;
mod proofs;
mod purge;
mod recovery;
mod restore;
mod shut_out;
mod support;
mod upgrade;
