//! The vector files of everything that bytes and texts are refused for before any rule is asked:
//! a folder for each error, in it a file for each variant, named after it. `core/tests/vectors`
//! reads them as a stranger would, and `cargo xtask vectors` makes them anew.
//!
//! What makes them stands here, and beside the decoder where it needs its private parts.

mod checkpoints;
mod codes;
mod coverage;
mod files;
mod ordered;
mod ordering;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use data_encoding::HEXLOWER;
use serde::Serialize;

use crate::testnet::Net;
use crate::testnet::vector_files::{self, text};
use crate::{Genesis, VerifiedBlock};

/// An input that is refused, and by which error.
pub(crate) struct Input<E> {
    file: File,
    case: Option<&'static str>,
    error: E,
}

/// What a file says: who reads the input, what is said, and what whoever reads it knows besides.
#[derive(Serialize)]
struct File {
    reads: &'static str,
    error: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    given: BTreeMap<&'static str, Given>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    bytes: Vec<Part>,
}

/// Something that is known besides. Bytes are hexadecimal.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Given {
    Number(u64),
    Text(String),
    Parts(Vec<Part>),
    List(Vec<Given>),
    Fields(BTreeMap<&'static str, Given>),
}

/// Bytes in hexadecimal, or one byte many times, so that a large input makes a small file.
#[derive(Serialize)]
#[serde(untagged)]
pub(crate) enum Part {
    Hex(String),
    Run { byte: u8, times: usize },
}

/// Shorter runs are written out.
const RUN: usize = 256;

fn parts(bytes: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut plain = Vec::new();
    for run in bytes.chunk_by(|one, next| one == next) {
        if run.len() < RUN {
            plain.extend(run);
            continue;
        }
        if !plain.is_empty() {
            parts.push(Part::Hex(HEXLOWER.encode(&std::mem::take(&mut plain))));
        }
        let (byte, times) = (run[0], run.len());
        parts.push(Part::Run { byte, times });
    }
    if !plain.is_empty() {
        parts.push(Part::Hex(HEXLOWER.encode(&plain)));
    }
    parts
}

impl Given {
    /// Short bytes.
    pub(crate) fn hex(bytes: impl AsRef<[u8]>) -> Self {
        Self::Text(HEXLOWER.encode(bytes.as_ref()))
    }

    /// Bytes that may be long.
    pub(crate) fn parts(bytes: &[u8]) -> Self {
        Self::Parts(parts(bytes))
    }

    /// Whole blocks.
    pub(crate) fn blocks<'b>(blocks: impl IntoIterator<Item = &'b VerifiedBlock>) -> Self {
        Self::list(blocks.into_iter().map(|block| Self::hex(block.to_bytes())))
    }

    /// What a network ordered after its first checkpoints, each with its blocks.
    pub(crate) fn ordered(net: &Net, from: usize) -> Self {
        let later = net.checkpoints.iter().skip(from);
        Self::list(later.map(|checkpoint| {
            let blocks = checkpoint.blocks().iter().map(|id| &net.blocks[id]);
            Self::fields([
                ("checkpoint", Self::hex(checkpoint.to_bytes())),
                ("blocks", Self::blocks(blocks)),
            ])
        }))
    }

    pub(crate) fn list(of: impl IntoIterator<Item = Self>) -> Self {
        Self::List(of.into_iter().collect())
    }

    pub(crate) fn fields<const N: usize>(fields: [(&'static str, Self); N]) -> Self {
        Self::Fields(fields.into())
    }
}

impl<E> Input<E> {
    /// Bytes that this reader refuses so.
    pub(crate) fn bytes(reads: &'static str, bytes: &[u8], error: E) -> Self {
        let file = File {
            reads,
            error: String::new(),
            given: BTreeMap::new(),
            text: None,
            bytes: parts(bytes),
        };
        let case = None;
        Self { file, case, error }
    }

    /// A text that this reader refuses so.
    pub(crate) fn text(reads: &'static str, text: &str, error: E) -> Self {
        let mut input = Self::bytes(reads, &[], error);
        input.file.text = Some(text.to_owned());
        input
    }

    /// Something that the reader knows besides.
    pub(crate) fn given(mut self, name: &'static str, what: Given) -> Self {
        self.file.given.insert(name, what);
        self
    }

    /// The network that is meant, where it is not the one of `start.json`.
    pub(crate) fn in_network(self, genesis: &Genesis) -> Self {
        self.given("network", Given::hex(genesis.id().as_bytes()))
            .given("genesis", Given::hex(genesis.to_bytes()))
    }

    /// One of several inputs for one variant, told apart by this word.
    pub(crate) fn case(mut self, case: &'static str) -> Self {
        self.case = Some(case);
        self
    }
}

/// The variants of an error.
pub(crate) struct Variants<E> {
    pub(crate) name: fn(&E) -> &'static str,
    pub(crate) all: &'static [&'static str],
}

/// The names of all variants. A new one does not compile before it stands here, and then it needs
/// a file, or a reason in `coverage`.
macro_rules! variants {
    ($error:path { $($variant:ident),+ $(,)? }) => {{
        use $error as Error;
        fn name(error: &Error) -> &'static str {
            match error {
                $(Error::$variant { .. } => stringify!($variant),)+
            }
        }
        $crate::vectors::Variants {
            name,
            all: &[$(stringify!($variant)),+],
        }
    }};
}
pub(crate) use variants;

/// `RecordsRoot` as `records-root`.
fn spelt(variant: &str) -> String {
    let mut name = String::new();
    for letter in variant.chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.extend(letter.to_lowercase());
    }
    name
}

/// Compares the folder of an error with these inputs, of which every variant has one at least, but
/// for those that no input brings about.
pub(crate) fn compare<E: Display>(
    folder: &str,
    variants: &Variants<E>,
    inputs: impl IntoIterator<Item = Input<E>>,
) {
    let mut files = BTreeMap::new();
    let mut reached = BTreeSet::new();
    for Input {
        mut file,
        case,
        error,
    } in inputs
    {
        let variant = (variants.name)(&error);
        reached.insert(variant);
        file.error = error.to_string();
        let case = case.map(|case| format!("-{case}")).unwrap_or_default();
        let name = format!("{}{case}.json", spelt(variant));
        let before = files.insert(name.clone(), text(&file));
        assert!(before.is_none(), "{folder}/{name} is made twice");
    }
    let unreached = coverage::unreached::<E>(folder);
    let both: Vec<_> = reached.intersection(&unreached).collect();
    assert!(both.is_empty(), "{folder}: an input reaches {both:?}");
    let known: BTreeSet<_> = reached.union(&unreached).copied().collect();
    let all: BTreeSet<_> = variants.all.iter().copied().collect();
    assert_eq!(known, all, "{folder}");
    vector_files::compare(folder, &files);
}
