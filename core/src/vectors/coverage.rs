//! Which errors of this crate have vector files, and why some have none: all in one place.
#![cfg(test)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Every error that an input alone can bring about, with the folder of its files.
const FOLDERS: &[(&str, &str)] = &[
    ("ActivationError", "activation"),
    ("AdmitError", "admission"),
    ("ApplyError", "apply"),
    ("BlockError", "block"),
    ("BundleError", "bundle"),
    ("CatchUpError", "catch-up"),
    ("CborError", "cbor"),
    ("CheckpointError", "checkpoint"),
    ("CodeError", "code"),
    ("EvidenceError", "evidence"),
    ("ForkError", "fork"),
    ("FrameError", "frames"),
    ("GenesisError", "genesis"),
    ("HandoverError", "handover"),
    ("IdError", "id"),
    ("InvitationError", "invitation"),
    ("OpenError", "section"),
    ("PassedError", "passed"),
    ("PendingError", "pending"),
    ("PickupCodeError", "pickup"),
    ("PolicyFault", "policy"),
    ("ProofError", "proof"),
    ("ProposalTimeError", "proposal-time"),
    ("QuantityError", "quantity"),
    ("ReceiptError", "receipt"),
    ("RecoveryShareError", "recovery-share"),
    ("RosterChainError", "roster-chain"),
    ("RunListError", "run-list"),
    ("SealNumberError", "seal-number"),
    ("SessionError", "session"),
    ("SnapshotError", "snapshot"),
    ("StatePathError", "state-path"),
    ("StatementError", "statement"),
    ("UnsealError", "unseal"),
    ("WrittenError", "written"),
];

/// Errors that no input brings about, and why.
const NO_FOLDER: &[(&str, &str)] = &[
    ("BuildError", "said to whoever writes a block"),
    ("CodeWarning", "the code is read all the same"),
    (
        "HistoryError",
        "said of a store, and of what is asked of it",
    ),
    (
        "Imbalance",
        "said of amounts that are known; the rules' refusal is `not-conserved.json`",
    ),
    (
        "Problem",
        "found in a history that is read to its end, and reported beside what holds",
    ),
    ("SealError", "said to whoever seals"),
];

/// Variants that no input brings about, and why.
const UNREACHED: &[(&str, &str, &str)] = &[
    (
        "CheckpointError",
        "WrongNetwork",
        "said by whoever knows which network is meant: a replica, and the report on a bundle",
    ),
    (
        "EvidenceError",
        "TooLong",
        "a file of 2^32 chunks, 256 TB; or said to whoever seals",
    ),
    ("HandoverError", "TooLarge", "said to whoever shows codes"),
    (
        "PassedError",
        "Block",
        "said by a replica's store; a block's own errors are in `block`",
    ),
    ("PassedError", "Missing", "said by a replica's store"),
    ("PassedError", "NotLogged", "said by a replica's store"),
    ("PassedError", "Section", "said by a replica's store"),
];

/// The variants of an error, which has this folder, that no input brings about.
pub(super) fn unreached<E>(folder: &str) -> BTreeSet<&'static str> {
    let error = std::any::type_name::<E>();
    let error = error.rsplit("::").next().unwrap_or(error);
    assert!(
        FOLDERS.contains(&(error, folder)),
        "{error} has another folder than {folder}"
    );
    let of = UNREACHED.iter().filter(|(of, ..)| *of == error);
    of.map(|(_, variant, _)| *variant).collect()
}

/// The enums of a source file that are errors: what is derived for them says so.
fn errors(source: &str) -> impl Iterator<Item = &str> {
    let derived = source.split("#[derive(").skip(1);
    derived.filter_map(|rest| {
        let (traits, rest) = rest.split_once(")]")?;
        let is_error = traits.split(", ").any(|name| name == "Error");
        let item = rest.lines().find(|line| line.starts_with("pub "))?;
        let name = item.strip_prefix("pub enum ")?.split(' ').next()?;
        is_error.then_some(name)
    })
}

/// Every source file of this crate, and what it says.
fn sources(folder: &Path) -> Vec<String> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(sources(&path));
        } else {
            all.push(fs::read_to_string(path).unwrap());
        }
    }
    all
}

/// A new error has vector files, or stands above with the reason why it has none.
#[test]
fn every_error_has_a_folder_or_a_reason() {
    let mut found = BTreeSet::new();
    for source in sources(Path::new("src")) {
        found.extend(errors(&source).map(str::to_owned));
    }
    let with = FOLDERS.iter().map(|(error, _)| *error);
    let without = NO_FOLDER.iter().map(|(error, _)| *error);
    let known: BTreeSet<_> = with.chain(without).map(str::to_owned).collect();
    assert_eq!(found, known);
    let mut there = BTreeSet::new();
    for entry in fs::read_dir("tests/vectors").unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            let name = path.file_name().unwrap().to_str().unwrap();
            there.insert(name.to_owned());
        }
    }
    let folders = FOLDERS.iter().map(|(_, folder)| (*folder).to_owned());
    assert_eq!(there, folders.collect::<BTreeSet<_>>());
}
