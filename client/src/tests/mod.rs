//! Whole phones on real replicas: no network, or a real peer over loopback QUIC.

mod activities;
mod bad_input;
mod correcting;
mod export;
mod failures;
mod findings;
mod handover;
mod import;
mod joining;
mod make;
mod making;
mod offline;
mod papers;
mod places;
mod sealed;
mod synced;
mod trade;
mod trial;
mod under_seals;
mod undrawn;
