//! The network of the refusals' vector files, as it stands when their stories begin: a factory, a
//! carrier, a retailer and customs, each with an admin and a member of staff.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use anyhow::{Context, Result, anyhow};
use chopmark_core::{
    BlockId, Checkpoint, DeviceId, DeviceKey, Genesis, Ledger, MemberId, NetworkId, RecordRef,
    SignedBlock, VerifiedBlock,
};

/// The seeds of the devices' keys, as `core/src/testnet.rs` has them: admins, staff, the orderer.
const WRITERS: [u8; 8] = [11, 12, 13, 14, 21, 22, 23, 24];
const ORDERER: u8 = 99;

/// Hexadecimal texts of a vector file as long as these are blocks or checkpoints, not ids and not
/// a genesis.
const DIGITS: std::ops::Range<usize> = 300..8192;

/// The network at its start.
pub(crate) struct Trial {
    pub(crate) genesis: Genesis,
    pub(crate) ledger: Ledger,
    pub(crate) orderer: DeviceKey,
    pub(crate) writers: Vec<(DeviceKey, MemberId)>,
    /// What each writer has written.
    pub(crate) feeds: BTreeMap<usize, Vec<BlockId>>,
    /// Every record so far, in its order.
    pub(crate) records: Vec<RecordRef>,
}

/// The network, made once a process.
#[expect(clippy::expect_used, reason = "without it no law can be asked")]
pub(crate) fn trial() -> &'static Trial {
    static TRIAL: OnceLock<Trial> = OnceLock::new();
    TRIAL.get_or_init(|| make().expect("core/tests/vectors/start.json starts a network"))
}

/// The place of a device among the writers.
pub(crate) fn writer(device: DeviceId) -> Option<u8> {
    let place = WRITERS.iter().position(|seed| key(*seed).id() == device)?;
    u8::try_from(place).ok()
}

/// The vector files of the refusals, in order.
pub(crate) fn vector_files() -> Result<Vec<PathBuf>> {
    // A target folder may outlive the clone that it was filled from: who runs this says where.
    let package =
        std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    let folder = Path::new(&package).join("../core/tests/vectors");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// Every block of a vector file, in the order in which the file has them.
pub(crate) fn blocks(file: &Path) -> Result<Vec<VerifiedBlock>> {
    Ok(long_texts(&fs::read_to_string(file)?)
        .filter_map(|bytes| SignedBlock::from_bytes(&bytes).ok()?.verify().ok())
        .collect())
}

/// What is between quotes and long enough, decoded: no need to know the rest of the file.
fn long_texts(text: &str) -> impl Iterator<Item = Vec<u8>> + '_ {
    text.split('"')
        .filter(|word| DIGITS.contains(&word.len()))
        .filter_map(|word| data_encoding::HEXLOWER.decode(word.as_bytes()).ok())
}

fn key(seed: u8) -> DeviceKey {
    DeviceKey::from_seed(&[seed; 32])
}

fn make() -> Result<Trial> {
    let files = vector_files()?;
    let named = |file: &&PathBuf| file.ends_with("start.json");
    let start = files.iter().find(named).context("there is no start.json")?;
    let text = fs::read_to_string(start)?;
    let value = |name: &str| {
        let (_, rest) = text.split_once(&format!("\"{name}\": \""))?;
        rest.split('"').next()
    };
    let network: NetworkId = value("network").context("no network")?.parse()?;
    let digits = value("genesis").context("no genesis")?.as_bytes();
    let genesis = data_encoding::HEXLOWER
        .decode(digits)
        .map_err(|error| anyhow!("the genesis: {error}"))?;
    let genesis = Genesis::from_pinned_bytes(&genesis, network)?;
    let mut ledger = Ledger::new(&genesis);
    let all = blocks(start)?;
    let known: BTreeMap<_, _> = all
        .iter()
        .map(|block| (block.id(), block.clone()))
        .collect();
    for checkpoint in long_texts(&text).filter_map(|bytes| Checkpoint::from_bytes(&bytes).ok()) {
        ledger.apply(&checkpoint.verify(genesis.validators())?, &known)?;
    }
    let mut feeds: BTreeMap<usize, Vec<BlockId>> = BTreeMap::new();
    for block in &all {
        if let Some(place) = writer(block.header().device()) {
            feeds.entry(place.into()).or_default().push(block.id());
        }
    }
    let owner = |seed: u8| {
        let founders = genesis.founders().iter();
        let theirs = |device: DeviceId| {
            let mut founders = founders.clone();
            founders.find(|founder| founder.devices().iter().any(|it| it.key() == device))
        };
        theirs(key(seed).id()).map(chopmark_core::Founder::id)
    };
    let writers = WRITERS
        .iter()
        .map(|seed| Some((key(*seed), owner(*seed)?)))
        .collect::<Option<Vec<_>>>()
        .context("a device is nobody's")?;
    Ok(Trial {
        ledger,
        orderer: key(ORDERER),
        writers,
        feeds,
        records: all
            .iter()
            .flat_map(|block| block.located().map(|(at, _)| at))
            .collect(),
        genesis,
    })
}
