//! Whose peer a data folder's is, and the keys that lie in it.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use chopmark_core::{
    DeviceId, Founder, Genesis, Group, HpkeSecret, MemberId, ReaderGroup, ReaderKey,
};

use crate::folder::{Folder, FolderError};
use crate::keyfile::{DeviceKeys, KeyFile};

/// What a folder says of its peer.
pub(super) struct Own {
    pub(super) member: MemberId,
    /// None where only the ledger knows it.
    pub(super) name: Option<String>,
    pub(super) key: DeviceKeys,
    pub(super) admin: Option<DeviceKeys>,
    pub(super) brought: Vec<ReaderKey>,
}

impl Own {
    /// Reads the keys, and finds the member that they are of.
    pub(super) fn read(folder: &Folder, genesis: &Genesis) -> anyhow::Result<Self> {
        let key = KeyFile::device(&folder.peer_key())?;
        if let Some(answer) = folder.joined()? {
            // A second peer, which an invitation let in (`chopmark join`).
            let opened = answer.open(&genesis.id(), (&key.signing.id(), &key.hpke));
            let damaged = |_| FolderError::Joined(folder.joined_path());
            let joined = opened.map_err(damaged)?;
            let mut founders = genesis.founders().iter();
            let founder = founders.find(|founder| founder.id() == joined.member);
            return Ok(Self {
                member: joined.member,
                name: founder.map(|founder| founder.inception().name().to_owned()),
                key,
                admin: None,
                brought: joined.readers,
            });
        }
        let admin = KeyFile::device(&folder.admin_key())?;
        let (founder, brought) = match folder.returned()? {
            // Keys that came out of recovery shares: the ledger says that they are enrolled, and
            // has the reader keys, as soon as it is here.
            Some(member) => (founder_of(genesis, member)?.clone(), Vec::new()),
            None => {
                let readers = KeyFile::reader(&folder.reader_key())?;
                let ids = (key.signing.id(), admin.signing.id());
                let applied = folder.applied_to(genesis)?;
                let all = genesis.founders().iter().chain(applied.as_ref());
                let founder = founder_with(all, folder, ids, &readers)?.clone();
                let first = |(group, secret)| ReaderKey {
                    of: ReaderGroup::new(founder.id(), group),
                    epoch: 0,
                    secret,
                };
                let brought = readers.into_iter().map(first).collect();
                (founder, brought)
            }
        };
        Ok(Self {
            member: founder.id(),
            name: Some(founder.inception().name().to_owned()),
            key,
            admin: Some(admin),
            brought,
        })
    }
}

/// Who brought these devices and reader keys: a founder, or a firm that applied later.
fn founder_with<'g>(
    mut all: impl Iterator<Item = &'g Founder>,
    folder: &Folder,
    (peer, admin): (DeviceId, DeviceId),
    readers: &BTreeMap<Group, HpkeSecret>,
) -> anyhow::Result<&'g Founder> {
    let has = |id: DeviceId| {
        move |founder: &&Founder| founder.devices().iter().any(|device| device.key() == id)
    };
    let Some(founder) = all.find(has(peer)) else {
        bail!(
            "{} is in no founder's card of this network",
            folder.peer_key().display()
        );
    };
    if !has(admin)(&founder) {
        bail!(
            "{} and {} are of two members",
            folder.peer_key().display(),
            folder.admin_key().display()
        );
    }
    let mut known = founder.inception().readers().iter();
    let fits = known.all(|(group, key)| {
        let here = readers.get(group);
        here.is_some_and(|here| here.public() == *key)
    });
    if !fits {
        bail!(
            "{} is not this member's reader key",
            folder.reader_key().display()
        );
    }
    Ok(founder)
}

fn founder_of(genesis: &Genesis, member: MemberId) -> anyhow::Result<&Founder> {
    let mut founders = genesis.founders().iter();
    let founder = founders.find(|founder| founder.id() == member);
    founder.with_context(|| format!("member {member} is no founder of {}", genesis.name()))
}
