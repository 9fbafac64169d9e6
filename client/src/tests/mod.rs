//! Whole phones on real replicas: no network, or a real peer over loopback QUIC.

mod failures;
mod handover;
mod joining;
mod large;
mod messages;
mod offline;
mod synced;
mod trial;
