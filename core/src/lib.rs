//! The Chopmark ledger itself: pure and deterministic.
