//! What a gateway, or whoever stands between it and the consumer, could do to a history.

use anyhow::{Context, Result, bail, ensure};
use chopmark_core::{Bundle, Code, CodeQuery, Kind, NetworkId, Problem, Report, Undrawn};
use coset::{
    CoseSign1, Label, TaggedCborSerializable,
    cbor::{de::from_reader, ser::into_writer, value::Value},
};
use ed25519_dalek::{Signer, SigningKey};

/// Fetches the history bundle of a label's link from a gateway; `None` is *no record*.
pub async fn fetch(gateway: &str, link: &str) -> Result<Option<Vec<u8>>> {
    get(format!(
        "{gateway}/history/{}",
        CodeQuery::of(&Code::parse(link)?)
    ))
    .await
}

/// The same of an item of another member's run, which the gateway is shown the proof of.
pub(crate) async fn fetch_shown(
    gateway: &str,
    link: &str,
    shown: &Undrawn,
) -> Result<Option<Vec<u8>>> {
    let query = CodeQuery::of(&Code::parse(link)?);
    get(format!("{gateway}/history/{query}?item={}", shown.text())).await
}

async fn get(url: String) -> Result<Option<Vec<u8>>> {
    let answer = reqwest::get(&url).await?;
    match answer.status().as_u16() {
        200 => Ok(Some(answer.bytes().await?.to_vec())),
        404 => Ok(None),
        status => bail!("{url}: {status}"),
    }
}

/// The place in the log of the first offer in an item's history.
pub async fn place_of_offer(network: &str, gateway: &str, link: &str) -> Result<u64> {
    let (_, report) = fetch_and_verify(network, gateway, link).await?;
    report
        .journey
        .iter()
        .find(|step| step.kind == Kind::Offer)
        .map(|step| step.log_index)
        .context("an offer in the journey")
}

/// Fetches a history and checks it; everything in it must hold.
pub(crate) async fn fetch_and_verify(
    network: &str,
    gateway: &str,
    link: &str,
) -> Result<(Vec<u8>, Report)> {
    let bytes = fetch(gateway, link).await?.context("no record")?;
    let report = verify(network, &bytes, link)?;
    let problems: Vec<String> = report.problems().map(ToString::to_string).collect();
    ensure!(problems.is_empty(), "{gateway}: {problems:?}");
    Ok((bytes, report))
}

/// Alters a good bundle in three ways; each must be noticed, and named.
pub(crate) fn each_is_named(network: &str, bundle: &[u8], link: &str) -> Result<()> {
    let good = verify(network, bundle, link)?;
    let offer = good
        .journey
        .iter()
        .find(|step| step.kind == Kind::Offer)
        .context("an offer in the journey")?;

    let flipped = flip_bit(bundle, offer.log_index)?;
    let report = verify(network, &flipped, link)?;
    ensure!(
        report.problems().any(|problem| matches!(
            problem,
            Problem::BadSignature { .. } | Problem::AlteredStatement { .. }
        )),
        "a flipped bit in a statement is not named: {:?}",
        report.checks
    );

    let holed = leave_out(bundle, offer.log_index)?;
    let report = verify(network, &holed, link)?;
    ensure!(
        report.problems().any(
            |problem| matches!(problem, Problem::MissingRecord { cite, .. } if *cite == offer.at)
        ),
        "the record left out is not named: {:?}",
        report.checks
    );

    let (forged, stranger) = sign_as_stranger(bundle, offer.log_index)?;
    let report = verify(network, &forged, link)?;
    ensure!(
        report.problems().any(|problem| matches!(problem,
            Problem::StrangerSignature { device, .. } if *device.as_bytes() == stranger)),
        "the stranger is not named: {:?}",
        report.checks
    );
    Ok(())
}

/// The bundle with one bit flipped in the signature of the entry at a place in the log.
pub fn flip_bit(bundle: &[u8], log_index: u64) -> Result<Vec<u8>> {
    edit(bundle, log_index, |entries, place| {
        let statement = statement(entries, place)?;
        let last = statement.last_mut().context("an empty statement")?;
        *last ^= 1;
        Ok(())
    })
}

/// The bundle without the entry at a place in the log.
pub fn leave_out(bundle: &[u8], log_index: u64) -> Result<Vec<u8>> {
    edit(bundle, log_index, |entries, place| {
        entries.remove(place);
        Ok(())
    })
}

/// The bundle with the entry at a place in the log signed by a device that nobody enrolled;
/// and that device.
pub fn sign_as_stranger(bundle: &[u8], log_index: u64) -> Result<(Vec<u8>, [u8; 32])> {
    let key = SigningKey::from_bytes(&[0x5a; 32]);
    let stranger = key.verifying_key().to_bytes();
    let forged = edit(bundle, log_index, |entries, place| {
        let statement = statement(entries, place)?;
        let mut cose = CoseSign1::from_tagged_slice(statement).map_err(readable)?;
        let mut header = cose.protected.header.clone();
        let before = hex(&header.key_id);
        header.key_id = stranger.to_vec();
        for (label, value) in &mut header.rest {
            if *label == Label::Int(15) {
                rename_subject(value, &before, &hex(&stranger))?;
            }
        }
        cose.protected.header = header;
        cose.protected.original_data = None;
        cose.signature = key.sign(&cose.tbs_data(&[])).to_bytes().to_vec();
        *statement = cose.to_tagged_vec().map_err(readable)?;
        Ok(())
    })?;
    Ok((forged, stranger))
}

fn rename_subject(claims: &mut Value, before: &str, after: &str) -> Result<()> {
    let claims = claims.as_map_mut().context("claims are a map")?;
    for (_, value) in claims {
        if let Value::Text(text) = value {
            *text = text.replace(before, after);
        }
    }
    Ok(())
}

fn verify(network: &str, bundle: &[u8], link: &str) -> Result<Report> {
    let network: NetworkId = network.parse()?;
    Ok(Bundle::from_bytes(bundle)?.verify(&Code::parse(link)?, network)?)
}

/// Where a bundle's array has its entries (docs/format.md, 12).
const ENTRIES: usize = 5;

/// Edits the entries of a bundle.
fn edit(
    bundle: &[u8],
    log_index: u64,
    change: impl FnOnce(&mut Vec<Value>, usize) -> Result<()>,
) -> Result<Vec<u8>> {
    let mut value: Value = from_reader(bundle).context("the bundle is not CBOR")?;
    let entries = value
        .as_array_mut()
        .and_then(|parts| parts.get_mut(ENTRIES))
        .and_then(Value::as_array_mut)
        .context("no entries")?;
    let place = entries
        .iter()
        .position(|entry| index_of(entry) == Some(log_index))
        .context("no such entry")?;
    change(entries, place)?;
    let mut bytes = Vec::new();
    into_writer(&value, &mut bytes).context("cannot write CBOR")?;
    Ok(bytes)
}

fn index_of(entry: &Value) -> Option<u64> {
    let index = entry.as_array()?.first()?.as_integer()?;
    u64::try_from(index).ok()
}

fn statement(entries: &mut [Value], place: usize) -> Result<&mut Vec<u8>> {
    entries
        .get_mut(place)
        .and_then(Value::as_array_mut)
        .and_then(|entry| entry.get_mut(1))
        .and_then(Value::as_bytes_mut)
        .context("no statement")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn readable(error: coset::CoseError) -> anyhow::Error {
    anyhow::anyhow!("{error:?}")
}
