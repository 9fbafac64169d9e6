//! Every target with its law.

mod blocks;
mod codes;
mod epcis;
mod exchange;
mod histories;
mod lists;
mod ordering;
mod rules;
mod states;
mod tables;

pub(crate) use blocks::signed_twice;
pub(crate) use states::{honest, paths};

/// What became of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It decoded, and the law held.
    Taken,
    /// It was refused with an error.
    Refused,
}

/// A decoder under test.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name on the command line, and of its folder in `corpus/`.
    pub name: &'static str,
    /// What must hold; panics where it does not.
    pub law: fn(&[u8]) -> Fate,
    /// Longest input worth trying: above it decoders see nothing that they do not see below.
    pub most_bytes: usize,
}

/// All of them.
pub const TARGETS: &[Target] = &[
    new("block", blocks::block, 8192),
    new("statement", blocks::statement, 2048),
    new("statement-twice", blocks::statement_twice, 6144),
    new("transparent", blocks::transparent, 2048),
    new("record", blocks::record, 4096),
    new("rules", rules::rules, 8192),
    new("section", blocks::section, 4096),
    new("genesis", histories::genesis, 16384),
    new("policy", histories::policy, 2048),
    new("checkpoint", histories::checkpoint, 4096),
    new("snapshot", histories::snapshot, 8192),
    new("snapshot-offer", states::offer, 8192),
    new("snapshot-parts", states::parts, 8192),
    new("state-path", states::path, 4096),
    new("inbox-path", states::inbox, 4096),
    new("proof", states::proof, 24576),
    new("proposal", histories::proposal, 4096),
    new("ballot", ordering::message, 4096),
    new("ballots-wal", ordering::journal, 4096),
    new("bundle", histories::bundle, 24576),
    new("frame", exchange::frame, 8192),
    new("session", exchange::session, 8192),
    new("message", exchange::message, 4096),
    new("handover", exchange::handover, 8192),
    new("handover-frames", exchange::handover_frames, 4096),
    new("invitation", exchange::invitation, 2048),
    new("code", codes::code, 512),
    new("element-string", codes::element_string, 512),
    new("digital-link", codes::digital_link, 1024),
    new("recovery-share", codes::recovery_share, 256),
    new("json", epcis::json, 4096),
    new("epcis", epcis::epcis, 8192),
    new("epc", tables::epc, 512),
    new("table", tables::table, 4096),
    new("label-list", lists::labels, 4096),
    new("run-list", lists::run, 2048),
];

const fn new(name: &'static str, law: fn(&[u8]) -> Fate, most_bytes: usize) -> Target {
    Target {
        name,
        law,
        most_bytes,
    }
}

/// The target of a name.
#[must_use]
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Ends the run: a law does not hold.
#[expect(clippy::panic, reason = "this is how libFuzzer and the tests notice")]
fn broken(what: &str) -> ! {
    panic!("{what}")
}
