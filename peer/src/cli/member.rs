//! `chopmark member …`: a member's keys and card, and its place in a network.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail};
use chopmark_core::{
    DeviceEntry, Founder, Group, HpkeSecret, Inception, Kem, MemberId, MlDsa44Key, Role, RootKey,
    TimeMs, Written, check_written,
};

use super::{Init, NewMember};
use crate::clock;
use crate::config::TEMPLATE;
use crate::folder::{Folder, write_whole};
use crate::keyfile::{DeviceKeys, KeyFile};

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Makes the keys and the card.
pub(super) fn new(new: &NewMember) -> anyhow::Result<()> {
    check_written(Written::Name, &new.name).context("the member's name")?;
    let folder = Folder::new(&new.dir);
    std::fs::create_dir_all(&new.dir)
        .with_context(|| format!("cannot make {}", new.dir.display()))?;
    let kem = Kem::from(new.kem);
    KeyFile::new_root()?.write_new(&folder.root_key())?;
    KeyFile::new_root()?.write_new(&folder.next_root_key())?;
    KeyFile::new_reader(kem)?.write_new(&folder.reader_key())?;
    KeyFile::new_device(kem)?.write_new(&folder.admin_key())?;
    KeyFile::new_device(kem)?.write_new(&folder.peer_key())?;

    let root: RootKey = KeyFile::root(&folder.root_key())?;
    let next: RootKey = KeyFile::root(&folder.next_root_key())?;
    let inception = inception(new, &root, &next, &KeyFile::reader(&folder.reader_key())?)?;
    let until = until(new.years)?;
    let entry = |keys: &DeviceKeys, role, name: &str| {
        let entry = DeviceEntry::new(keys.signing.id(), keys.hpke.public(), role, name, until);
        entry.map(|entry| entry.with_second(MlDsa44Key::second_of(&keys.signing).public()))
    };
    let admin = KeyFile::device(&folder.admin_key())?;
    let peer = KeyFile::device(&folder.peer_key())?;
    let devices = vec![
        entry(&admin, Role::Admin, "Administration")?,
        entry(&peer, Role::Peer, "Peer")?,
    ];
    let founder = Founder::new(inception, devices);
    write_whole(&folder.card(), &founder.to_bytes())?;
    // What others write into their configurations.
    let identity = serde_json::json!({
        "name": new.name,
        "member": founder.id().to_string(),
        "peer": peer.signing.id().to_string(),
        "admin": admin.signing.id().to_string(),
    });
    write_whole(&folder.identity(), format!("{identity:#}\n").as_bytes())?;
    println!("{} is member {}", new.name, founder.id());
    println!("card for the network's maker: {}", folder.card().display());
    println!(
        "take {} and {} to a safe place away from this machine, once the network's draft is signed",
        folder.root_key().display(),
        folder.next_root_key().display()
    );
    Ok(())
}

fn inception(
    new: &NewMember,
    root: &RootKey,
    next: &RootKey,
    readers: &BTreeMap<Group, HpkeSecret>,
) -> anyhow::Result<Inception> {
    let general = readers.get(&Group::General).context("the reader keys")?;
    let first = Inception::new(
        &new.name,
        new.class.into(),
        root.public(),
        next.public().next_digest(),
        general.public(),
    )?;
    let keys = readers.iter();
    Ok(keys.fold(first, |inception, (group, key)| {
        inception.with_reader(*group, key.public())
    }))
}

/// Puts a genesis into a data folder, after checking that this member is in it with these keys.
pub(super) fn init(init: &Init) -> anyhow::Result<()> {
    let folder = Folder::new(&init.dir);
    let genesis = super::network::read_genesis(&init.genesis)?;
    let peer = KeyFile::device(&folder.peer_key())?.signing.id();
    let applied = folder.applied_to(&genesis)?;
    let Some(member) = genesis
        .founders()
        .iter()
        .chain(applied.as_ref())
        .find(|founder| founder.devices().iter().any(|device| device.key() == peer))
    else {
        bail!(
            "the network {} does not know the peer key in {}; its maker needs the card {}, or its members an application of `chopmark member apply`",
            genesis.name(),
            init.dir.display(),
            folder.card().display()
        );
    };
    if let Ok(present) = folder.genesis()
        && present.id() != genesis.id()
    {
        bail!(
            "{} already belongs to the network {} ({}); a member's second network needs a second folder",
            init.dir.display(),
            present.name(),
            present.id()
        );
    }
    write_whole(&folder.genesis_path(), genesis.to_bytes())?;
    if !folder.config_path().exists() {
        write_whole(&folder.config_path(), TEMPLATE.as_bytes())?;
        println!(
            "wrote {}; set the addresses in it",
            folder.config_path().display()
        );
    }
    println!(
        "{} belongs to network {} ({})",
        member.inception().name(),
        genesis.name(),
        genesis.id()
    );
    Ok(())
}

/// Says who a card or a data folder is.
pub(super) fn show(of: &Path) -> anyhow::Result<()> {
    let card = if of.is_dir() {
        Folder::new(of).card()
    } else {
        of.to_owned()
    };
    let founder = read_card(&card)?;
    println!("name    {}", founder.inception().name());
    println!("class   {:?}", founder.inception().class());
    println!("member  {}", founder.id());
    for device in founder.devices() {
        println!(
            "device  {}  {:?}, {}",
            device.key(),
            device.role(),
            device.name()
        );
    }
    Ok(())
}

/// Reads a founder's card.
pub(super) fn read_card(path: &Path) -> anyhow::Result<Founder> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    Founder::from_bytes(&bytes).with_context(|| {
        format!(
            "{} is not a founder's card of `chopmark member new`",
            path.display()
        )
    })
}

/// Finds a founder by the name or the id that a person typed.
pub(super) fn find<'a>(
    founders: impl IntoIterator<Item = &'a Founder>,
    wanted: &str,
) -> anyhow::Result<&'a Founder> {
    let id = wanted.parse::<MemberId>().ok();
    let mut found = founders
        .into_iter()
        .filter(|founder| founder.inception().name() == wanted || id == Some(founder.id()));
    match (found.next(), found.next()) {
        (Some(founder), None) => Ok(founder),
        (None, _) => bail!("no founder has the name or id `{wanted}`"),
        (Some(_), Some(_)) => bail!("two founders are called `{wanted}`; give the id"),
    }
}

fn until(years: u64) -> anyhow::Result<TimeMs> {
    let span = u32::try_from(years)
        .ok()
        .and_then(|years| YEAR.checked_mul(years));
    let end = span
        .and_then(|span| SystemTime::now().checked_add(span))
        .context("too many years")?;
    Ok(clock::time_of(end))
}
