//! A proof of one item among a million: how long it is, and what checking it costs natively and
//! in Chromium.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use chopmark_core::merkle::TreeHash;
use chopmark_core::{
    Asked, BlockId, Checkpoint, Code, CodeHash, Height, HistorySource, Known, Ledger, NetworkId,
    NotInRun, Outcome, RecordDraft, RecordRef, RunItem, SectionHash, SignedHeader, StateView as _,
    SubjectId, SubjectProof, VerifiedBlock,
};
use chopmark_tests::{Browser, Look, Places};
use data_encoding::BASE64;
use serde_json::json;
use tokio::runtime::Runtime;

use super::trial::{Phone, Trial, observe, pack};
use crate::row::Row;

const ITEMS: usize = 1_000_000;
/// As many as fit a record.
const AT_ONCE: usize = 800;
/// Records of the item that is proven.
const RECORDS: u64 = 20;
const TIMES: u32 = 200;

/// Checks the proof again and again and gives milliseconds for one time. The module is made for
/// Node.js: it finds its WebAssembly by `require`.
const IN_CHROMIUM: &str = "
const [source, wasm, proof, code, network] = arguments;
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const module = { exports: {} };
const files = { readFileSync: () => bytes(wasm) };
new Function('module', 'exports', 'require', '__dirname', source)(module, module.exports, () => files, '');
const { check_proof } = module.exports;
const read = bytes(proof);
const once = () => { if (!check_proof(read, code, network)) throw new Error('the proof does not hold'); };
for (let n = 0; n < 20; n++) once();
const start = performance.now();
for (let n = 0; n < 100; n++) once();
return (performance.now() - start) / 100;";

/// The blocks that proofs are made of.
#[derive(Default)]
struct Source(BTreeMap<BlockId, VerifiedBlock>);

pub(crate) fn measure(places: &Places) -> Result<Vec<Row>> {
    let (mut trial, mut phones) = Trial::found(1)?;
    let mut ledger = trial.ledger()?;
    let factory = phones.first_mut().context("no device")?;
    let mut source = Source::default();
    // The first three have records of their own: an item, a case and a pallet.
    let three: Vec<_> = (0..3)
        .map(|n| trial.commission(&[n]))
        .collect::<Result<_>>()?;
    for draft in three {
        apply(&mut trial, &mut ledger, factory, draft, Some(&mut source))?;
    }
    let numbers: Vec<usize> = (3..ITEMS).collect();
    for some in numbers.chunks(AT_ONCE) {
        let draft = trial.commission(some)?;
        apply(&mut trial, &mut ledger, factory, draft, None)?;
    }
    let [item, case, pallet] = [0, 1, 2].map(|number| trial.subject(number));
    let (item, case, pallet) = (item?, case?, pallet?);
    for _ in 0..RECORDS - 2 {
        apply(
            &mut trial,
            &mut ledger,
            factory,
            observe(item)?,
            Some(&mut source),
        )?;
    }
    let mut newest = None;
    for (container, content) in [(case, item), (pallet, case)] {
        let draft = pack(container, content)?;
        newest = Some(apply(
            &mut trial,
            &mut ledger,
            factory,
            draft,
            Some(&mut source),
        )?);
    }
    let state = ledger.state().subject(&item).context("no item")?;
    ensure!(
        state.count() == RECORDS,
        "the item has {} records",
        state.count()
    );

    let code = trial.item(0)?;
    let checkpoint = newest.context("nothing was ordered")?;
    let anchor = (trial.genesis(), checkpoint.signed_header());
    let asked = Asked {
        records: None,
        not_in: None,
    };
    let start = Instant::now();
    let made = SubjectProof::assemble(&ledger, anchor, &source, &code, asked)?;
    let make = start.elapsed().as_secs_f64();
    let whole = made.to_bytes()?;
    let bytes = made.without_genesis().to_bytes()?;
    let known = Known {
        genesis: Some(trial.genesis()),
        ..Known::network(trial.genesis().id())
    };
    let start = Instant::now();
    for _ in 0..TIMES {
        SubjectProof::from_bytes(&bytes)?.verify(&code, &known)?;
    }
    let native = start.elapsed().as_secs_f64() / f64::from(TIMES);
    let wasm =
        Runtime::new()?.block_on(in_chromium(places, &whole, (&code, trial.genesis().id())))?;
    let length = f64::from(u32::try_from(bytes.len())?);
    Ok(vec![
        Row::new(
            "proof of an item with 20 records among a million",
            length,
            "bytes",
        ),
        Row::new("making it", make * 1e3, "ms"),
        Row::new("checking it, natively", native * 1e3, "ms"),
        Row::new(
            "checking it, WebAssembly in Chromium, genesis included",
            wasm,
            "ms",
        ),
    ])
}

/// Writes a block, orders it and applies it.
fn apply(
    trial: &mut Trial,
    ledger: &mut Ledger,
    phone: &mut Phone,
    draft: RecordDraft,
    source: Option<&mut Source>,
) -> Result<Checkpoint> {
    let block = phone.write(trial.genesis(), &[draft])?.verify()?;
    let checkpoint = trial.order(ledger, std::slice::from_ref(&block))?;
    let verified = checkpoint.clone().verify(trial.genesis().validators())?;
    let blocks = BTreeMap::from([(block.id(), block.clone())]);
    let applied = ledger.apply(&verified, &blocks)?;
    let all_applied = applied
        .outcomes
        .iter()
        .all(|(_, what)| *what == Outcome::Applied);
    ensure!(all_applied, "a record was refused");
    if let Some(source) = source {
        source.0.insert(block.id(), block);
    }
    Ok(checkpoint)
}

async fn in_chromium(
    places: &Places,
    proof: &[u8],
    (code, network): (&Code, NetworkId),
) -> Result<f64> {
    // No page, so it lies beside them.
    let module = places.pages("verify")?.with_file_name("vectors");
    let read = |name| {
        let file = module.join(name);
        fs::read(&file).with_context(|| format!("{}: `cargo xtask ui` builds it", file.display()))
    };
    let browser = Browser::chromium(&Look::default(), None).await?;
    // The page that it begins with lets no script be made.
    browser.open("about:blank").await?;
    let arguments = vec![
        json!(String::from_utf8(read("vectors.js")?)?),
        json!(BASE64.encode(&read("vectors_bg.wasm")?)),
        json!(BASE64.encode(proof)),
        json!(code.element_string()),
        json!(network.to_string()),
    ];
    let time = browser.run(IN_CHROMIUM, arguments).await?;
    browser.close().await?;
    time.as_f64().context("Chromium gave no time")
}

impl HistorySource for Source {
    fn records_of(&self, subject: &SubjectId) -> Vec<RecordRef> {
        let records = self.0.values().flat_map(VerifiedBlock::located);
        let of = records.filter(|(_, record)| record.subjects().contains(subject));
        let all: BTreeSet<RecordRef> = of.map(|(at, _)| at).collect();
        all.into_iter().collect()
    }

    fn block(&self, id: &BlockId) -> Option<VerifiedBlock> {
        self.0.get(id).cloned()
    }

    fn log_path(&self, _: u64, _: u64) -> Option<Vec<TreeHash>> {
        // A proof has no path into the log.
        None
    }

    fn section(&self, _: &SectionHash) -> Option<Vec<u8>> {
        None
    }

    fn run_item(&self, _: &CodeHash) -> Option<(SubjectId, RunItem)> {
        None
    }

    fn run_gap(&self, _: &SubjectId, _: &CodeHash) -> Option<NotInRun> {
        None
    }

    fn header(&self, _: Height) -> Option<SignedHeader> {
        // Nothing changes in this network.
        None
    }
}
