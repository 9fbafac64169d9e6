//! A copy of the ledger on disk and on the wire.
