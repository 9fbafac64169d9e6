//! What a day in which nobody does anything leaves on a peer's disk: a heartbeat a minute, in the
//! ledger's time.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use chopmark_core::{
    Class, DeviceEntry, DeviceKey, Founder, Genesis, GenesisDraft, HpkeSecret, Inception, Kem,
    MlDsa44Key, PartyKind, Policy, Role, RootKey, TimeMs, Validator, ValidatorSet,
};
use chopmark_replica::{Lock, Replica, WhenIdle};

use crate::row::Row;

const VALIDATORS: u8 = 4;
const MINUTES_A_DAY: u64 = 24 * 60;
const MINUTE_MS: u64 = 60_000;
const FOREVER: TimeMs = TimeMs(4_000_000_000_000);

/// Megabytes that are more after the day, without and with post-quantum cosignatures.
pub(super) fn measure() -> Result<Vec<Row>> {
    let cases = [("Ed25519", false), ("Ed25519 and ML-DSA-44", true)];
    let rows = cases.map(|(name, ml_dsa)| {
        let grown = a_day(ml_dsa)?;
        let name = format!("disk of an idle day, four validators, {name}");
        Ok(Row::new(name, grown, "MB"))
    });
    rows.into_iter().collect()
}

fn a_day(ml_dsa: bool) -> Result<f64> {
    let keys = peer_keys();
    let genesis = genesis(&keys, ml_dsa)?;
    let folder = tempfile::tempdir()?;
    let replica = Replica::create(folder.path(), Lock::KeyFile, &genesis, PartyKind::Peer)?;
    let validators = replica.read_final(|ledger| ledger.validators().clone());
    let mut time = replica.read_final(|ledger| ledger.tip().time);
    drop(replica);
    let before = bytes_in(folder.path())?;
    let replica = Replica::open(folder.path(), Lock::KeyFile, PartyKind::Peer)?;
    for minute in 1..=MINUTES_A_DAY {
        let now = TimeMs(minute * MINUTE_MS);
        let proposal = replica
            .draft(now, WhenIdle::Beat)?
            .context("no heartbeat was drafted")?;
        let cosign = |key| proposal.cosign_among(&validators, time, key);
        let cosignatures = keys.iter().map(cosign).collect();
        replica.finish(proposal, cosignatures)?;
        time = now;
    }
    drop(replica);
    let grown = bytes_in(folder.path())?.saturating_sub(before);
    // Far below the 2^52 that a float holds exactly.
    #[expect(clippy::cast_precision_loss, reason = "a disk of this test is small")]
    let megabytes = grown as f64 / 1e6;
    Ok(megabytes)
}

/// The keys of the members' peers, which are the validators.
pub(super) fn peer_keys() -> Vec<DeviceKey> {
    (1..=VALIDATORS)
        .map(|n| DeviceKey::from_seed(&[n; 32]))
        .collect()
}

/// The key of a member's admin device.
pub(super) fn admin_key(member: u8) -> DeviceKey {
    DeviceKey::from_seed(&[100 + member; 32])
}

pub(super) fn genesis(keys: &[DeviceKey], ml_dsa: bool) -> Result<Genesis> {
    let mut founders = Vec::new();
    let mut validators = Vec::new();
    let roots: Vec<RootKey> = (1..=VALIDATORS)
        .map(|n| RootKey::from_seeds(&[n; 32], &[n; 32]))
        .collect();
    for ((number, key), root) in (1_u8..).zip(keys).zip(&roots) {
        let root = root.public();
        let hpke = HpkeSecret::derive(Kem::XWing, &key.to_seed()).public();
        let next = root.next_digest();
        let inception = Inception::new(
            &format!("Member {number}"),
            Class::Manufacturer,
            root,
            next,
            hpke.clone(),
        )?;
        let admin = admin_key(number).id();
        let devices = [(key.id(), Role::Peer), (admin, Role::Admin)];
        let devices =
            devices.map(|(id, role)| DeviceEntry::new(id, hpke.clone(), role, "device", FOREVER));
        let founder = Founder::new(inception, devices.into_iter().collect::<Result<_, _>>()?);
        let validator = Validator::new(founder.id(), key.id());
        validators.push(match ml_dsa {
            true => validator.with_ml_dsa(MlDsa44Key::second_of(key).public()),
            false => validator,
        });
        founders.push(founder);
    }
    let ids: Vec<_> = founders.iter().map(Founder::id).collect();
    let draft = GenesisDraft::new(
        ("idle", "id.example.org"),
        Policy::standard(founders.len()),
        founders,
        ValidatorSet::new(validators)?,
        TimeMs(0),
    )?;
    let signatures = ids
        .iter()
        .zip(&roots)
        .map(|(id, root)| draft.sign(*id, root));
    Ok(Genesis::combine(&draft.body_bytes(), signatures.collect())?)
}

/// Bytes of all files in a folder and below.
fn bytes_in(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        bytes += match entry.file_type()?.is_dir() {
            true => bytes_in(&entry.path())?,
            false => entry.metadata()?.len(),
        };
    }
    Ok(bytes)
}
