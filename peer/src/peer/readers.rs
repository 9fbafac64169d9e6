//! The keys of the member's reader groups: who has them, and new ones when a device is revoked or
//! suspended, or its enrolment ends.

use std::convert::Infallible;
use std::sync::PoisonError;
use std::time::Duration;

use anyhow::Context as _;
use chopmark_core::{
    BlockId, Body, DeviceId, DeviceState, Group, GroupState, HpkePublic, HpkeSecret, Kind,
    MemberState, ReaderGroup, ReaderKey, RecordDraft, Role, SealedReaderKey, Seq, StateView,
    TimeMs,
};

use super::Peer;
use super::sign::RuledOut;
use crate::clock;
use crate::keyfile::random_seed;

/// Seals of one block: with X-Wing one has 1.2 KB, and a block at most 64 KiB.
const SEALS_A_BLOCK: usize = 36;
/// Seals of a new key in the block that begins it: all four groups fit into one block. The other
/// devices are given the key by the blocks after it.
const SEALS_OF_A_NEW_KEY: usize = SEALS_A_BLOCK / 4;
/// How long a device that is shut out may hold the newest key before anybody notices.
const LOOKED_AFTER: Duration = Duration::from_secs(10);
/// What the network refused it would refuse a minute later, and refused blocks stay.
const TRIED_AGAIN_AFTER: Duration = Duration::from_secs(600);
/// The all-or-nothing group of a revocation and the keys that it makes necessary.
const TOGETHER: u16 = 0;

/// How long until keys are looked after again. A full disk has room as soon as somebody makes it.
fn pause(given: &anyhow::Result<()>) -> Duration {
    match given {
        Err(why) if why.is::<RuledOut>() => TRIED_AGAIN_AFTER,
        _ => LOOKED_AFTER,
    }
}

/// A device that keys are sealed to.
struct To {
    device: DeviceId,
    hpke: HpkePublic,
}

/// What one of the member's groups lacks.
struct Due {
    group: Group,
    /// The newest epoch does for now; a device that may read no more has it when not.
    newest: Newest,
    /// Who reads in the group and was not given the newest key, admins first.
    lack: Vec<To>,
}

#[derive(PartialEq, Eq)]
enum Newest {
    Holds,
    IsKnownOutside,
}

impl Peer {
    /// Ends a device, and begins new epochs for the groups that it read in, in one block: either
    /// both hold, or neither.
    pub(crate) async fn revoke(
        &self,
        device: DeviceId,
        last: Option<(Seq, BlockId)>,
    ) -> anyhow::Result<()> {
        self.blocking(move |peer| {
            let _one_at_a_time = peer
                .0
                .rekeying
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            let body = Body::Revoke { device, last };
            let mut bodies = vec![body];
            bodies.extend(peer.new_epochs(peer.due(Some(device))?)?);
            let drafts = bodies
                .into_iter()
                .map(|body| RecordDraft::new(body, Vec::new()).grouped(TOGETHER));
            peer.sign_block(&drafts.collect::<Vec<_>>())?;
            peer.give_keys_now()
        })
        .await?
    }

    /// Looks after the keys for as long as the peer runs: that a feed forked arrives from anywhere,
    /// and enrolments end by the clock.
    pub(crate) async fn keep_keys(&self) -> Infallible {
        loop {
            let given = self.give_keys().await;
            if let Err(why) = &given {
                tracing::warn!(why = format!("{why:#}"), "reader keys could not be renewed");
            }
            tokio::time::sleep(pause(&given)).await;
        }
    }

    /// Gives the newest keys to devices that lack them, and begins the epochs that are due: after a
    /// fork, an enrolment's end, a revocation that another program wrote or after which this peer
    /// stopped.
    async fn give_keys(&self) -> anyhow::Result<()> {
        self.blocking(|peer| {
            let _one_at_a_time = peer
                .0
                .rekeying
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if !peer.may_set_keys() {
                return Ok(());
            }
            let bodies = peer.new_epochs(peer.due(None)?)?;
            if !bodies.is_empty() {
                let drafts = bodies.into_iter();
                let drafts = drafts.map(|body| RecordDraft::new(body, Vec::new()));
                peer.sign_block(&drafts.collect::<Vec<_>>())?;
            }
            peer.give_keys_now()
        })
        .await?
    }

    /// Whether there is an admin key here and what it signs is taken: refused blocks would pile up.
    fn may_set_keys(&self) -> bool {
        let Ok(admin) = self.admin_key() else {
            return false;
        };
        let (own, now) = (self.member(), clock::now());
        self.replica().read(|_, pending| {
            let device = pending.device(&admin.id());
            let class = pending.member(&own).map(MemberState::class);
            let permits = |class| {
                let policy = pending.policy();
                policy.permits(class, Role::Admin, Kind::SetReader)
            };
            pending.is_member(&own)
                && device.is_some_and(|device| !is_out(device, now))
                && class.is_some_and(permits)
        })
    }

    /// Gives every newest key to those that lack it, block by block.
    fn give_keys_now(&self) -> anyhow::Result<()> {
        loop {
            let mut room = SEALS_A_BLOCK;
            let mut drafts = Vec::new();
            for due in self.due(None)? {
                let body = self.extension(due, &mut room)?;
                drafts.extend(body.map(|body| RecordDraft::new(body, Vec::new())));
            }
            if drafts.is_empty() {
                return Ok(());
            }
            self.sign_block(&drafts)?;
        }
    }

    fn new_epochs(&self, due: Vec<Due>) -> anyhow::Result<Vec<Body>> {
        due.into_iter()
            .filter(|due| due.newest == Newest::IsKnownOutside)
            .map(|due| self.next_epoch(due))
            .collect()
    }

    /// The private keys of the member's groups that are here, of every epoch.
    pub(super) fn reader_keys(&self) -> anyhow::Result<Vec<ReaderKey>> {
        let groups: Vec<(ReaderGroup, GroupState)> = self.replica().read(|_, pending| {
            let own = |(of, _): &(&ReaderGroup, _)| of.member == self.member();
            let groups = pending.reader_groups().filter(own);
            groups.map(|(of, state)| (*of, state.clone())).collect()
        });
        let mut keys = Vec::new();
        for (of, state) in groups {
            for (epoch, key) in (0_u32..).zip(state.epochs()) {
                let brought = self.0.brought.iter();
                // Of two admins that set one epoch, the other one's key may stand.
                let mut brought = brought.filter(|have| {
                    (have.of, have.epoch) == (of, epoch) && have.secret.public() == *key.key()
                });
                let mut secret = brought.next().map(|have| have.secret.clone());
                if let (None, Some(at)) = (&secret, key.set_by()) {
                    secret = self.sealed_in(at.block, &of, epoch)?;
                }
                // This admin device is the recovery key's, if the member lost every other one.
                if let (None, Some(at)) = (&secret, key.recovery()) {
                    secret = self.recovered_in(at, of)?;
                }
                keys.extend(secret.map(|secret| ReaderKey { of, epoch, secret }));
            }
        }
        Ok(keys)
    }

    /// The private key that a block of this member seals to this peer's reading device.
    fn sealed_in(
        &self,
        block: BlockId,
        of: &ReaderGroup,
        epoch: u32,
    ) -> anyhow::Result<Option<HpkeSecret>> {
        let Some(block) = self.replica().block(block)? else {
            return Ok(None);
        };
        let reader = self.reader();
        let id = reader.signing.id();
        let found = block.records().iter().find_map(|record| {
            let sealed = sealed_for(record.body(), of, epoch, &id)?;
            sealed.open(&self.network(), (&id, &reader.hpke))
        });
        Ok(found.map(|key| key.secret))
    }

    /// What the member's groups lack, seen as if this device were revoked.
    fn due(&self, leaving: Option<DeviceId>) -> anyhow::Result<Vec<Due>> {
        let now = clock::now();
        let recovery = self.recovery_key()?;
        let here = self.admin_key()?.id();
        Ok(self.replica().read(|_, pending| {
            let devices: Vec<(DeviceId, &DeviceState)> = pending
                .devices()
                .filter(|(_, state)| *state.member() == self.member())
                // It is given every key by the seal to the recovery key.
                .filter(|(_, state)| recovery.as_ref() != Some(state.hpke()))
                .map(|(id, state)| (*id, state))
                .collect();
            let mut due = Vec::new();
            for group in Group::ALL.iter().copied() {
                let of = ReaderGroup::new(self.member(), group);
                let Some(state) = pending.reader_group(&of) else {
                    continue;
                };
                let readers = || devices.iter().filter(|(_, at)| group.includes(at.role()));
                let has_newest = |id: &DeviceId, at: &DeviceState| {
                    leaving == Some(*id) || (is_out(at, now) && !lacks(pending, id, at, state))
                };
                let newest = if readers().any(|(id, at)| has_newest(id, at)) {
                    Newest::IsKnownOutside
                } else {
                    Newest::Holds
                };
                let mut lack: Vec<_> = readers()
                    .filter(|(id, at)| leaving != Some(*id) && !is_out(at, now))
                    .filter(|(id, at)| {
                        newest == Newest::IsKnownOutside || lacks(pending, id, at, state)
                    })
                    .collect();
                // Whoever signs first: a key that it did not have could not be given on.
                lack.sort_by_key(|(id, at)| (*id != here, at.role() != Role::Admin, *id));
                let lack = lack.into_iter().map(|(id, at)| To {
                    device: *id,
                    hpke: at.hpke().clone(),
                });
                due.push(Due {
                    group,
                    newest,
                    lack: lack.collect(),
                });
            }
            due
        }))
    }

    /// A new key for the group, sealed to as many devices as there is room for.
    fn next_epoch(&self, due: Due) -> anyhow::Result<Body> {
        let of = ReaderGroup::new(self.member(), due.group);
        let (epoch, kem) = self.replica().read(|_, pending| {
            let state = pending.reader_group(&of);
            (state.map_or(0, GroupState::next), pending.policy().kem)
        });
        let secret = HpkeSecret::derive(kem, &random_seed()?);
        let mut room = SEALS_OF_A_NEW_KEY;
        let key = ReaderKey { of, epoch, secret };
        let recovery = self.recovery_key()?;
        self.set_reader(&key, due.lack, recovery.as_ref(), &mut room)
    }

    /// The newest key for more devices; none when no device lacks it.
    fn extension(&self, due: Due, room: &mut usize) -> anyhow::Result<Option<Body>> {
        if due.newest != Newest::Holds || due.lack.is_empty() || *room == 0 {
            return Ok(None);
        }
        let keys = self.reader_keys()?.into_iter();
        let newest = keys
            .filter(|key| key.of.group == due.group)
            .max_by_key(|key| key.epoch);
        let of = ReaderGroup::new(self.member(), due.group);
        let next = |view: &dyn StateView| view.reader_group(&of).map(GroupState::next);
        let next = self.replica().read(|_, pending| next(pending));
        // Another admin device of the member has the newest, or its block is still on the way: an
        // older one would be missed again at the next look, and given for ever.
        let is_newest = |key: &ReaderKey| next == Some(key.epoch.saturating_add(1));
        let Some(newest) = newest.filter(is_newest) else {
            return Ok(None);
        };
        self.set_reader(&newest, due.lack, None, room).map(Some)
    }

    fn set_reader(
        &self,
        key: &ReaderKey,
        to: Vec<To>,
        recovery: Option<&HpkePublic>,
        room: &mut usize,
    ) -> anyhow::Result<Body> {
        let mut devices = Vec::new();
        for To { device, hpke } in to.into_iter().take(*room) {
            let seed = random_seed()?;
            let sealed = key.seal_for_device(&self.network(), (&device, &hpke), &seed);
            devices.push((device, sealed.context("a device's encryption key")?));
        }
        *room = room.saturating_sub(devices.len());
        devices.sort_by_key(|(device, _)| *device);
        Ok(Body::SetReader {
            group: key.of.group,
            epoch: key.epoch,
            key: key.secret.public(),
            devices,
            recovery: recovery
                .map(|recovery| self.seal_for_recovery(key, recovery))
                .transpose()?,
        })
    }
}

/// What a record seals of one key to one device.
fn sealed_for(body: &Body, of: &ReaderGroup, epoch: u32, to: &DeviceId) -> Option<SealedReaderKey> {
    let Body::SetReader {
        group,
        epoch: set,
        key,
        devices,
        ..
    } = body
    else {
        return None;
    };
    if (*group, *set) != (of.group, epoch) {
        return None;
    }
    let (_, sealed) = devices.iter().find(|(device, _)| device == to)?;
    Some(SealedReaderKey {
        of: *of,
        epoch,
        public: key.clone(),
        sealed: sealed.clone(),
    })
}

/// Whether a device may read no more: it was revoked, somebody has a copy of its key, or its
/// enrolment ended.
fn is_out(device: &DeviceState, now: TimeMs) -> bool {
    device.revoked().is_some() || device.forked().is_some() || device.until() <= now
}

/// Whether a device was there before the group's newest epoch began, and no record gave it that.
/// Who joined later got it at the door, and who was in the genesis was given epoch 0 by hand.
fn lacks(view: &dyn StateView, id: &DeviceId, device: &DeviceState, group: &GroupState) -> bool {
    let Some(newest) = group.epochs().last() else {
        return false;
    };
    let Some(begun) = newest.set_by() else {
        return false;
    };
    let place = |block: &BlockId| view.logged(block).map(|logged| logged.index);
    let was_there = device
        .enrolled_by()
        .is_none_or(|at| place(&at.block) < place(&begun.block));
    was_there && !newest.given().contains(id)
}

#[cfg(test)]
mod tests {
    use chopmark_core::{
        Class, DeviceEntry, DeviceKey, Founder, Genesis, GenesisDraft, Inception, Kem, MemberId,
        Policy, Refusal, Validator, ValidatorSet,
    };

    use super::*;
    use crate::config::Config;
    use crate::folder::{Folder, write_whole};
    use crate::keyfile::KeyFile;

    #[test]
    fn only_what_the_network_refused_waits_longer() {
        let refused = RuledOut(Refusal::WrongKem {
            member: MemberId::from_bytes([1; 32]),
        });
        let refused = anyhow::Error::from(refused).context("the block of keys");
        assert_eq!(pause(&Err(refused)), TRIED_AGAIN_AFTER);
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let full = anyhow::Error::from(full).context("the block of keys");
        assert_eq!(pause(&Err(full)), LOOKED_AFTER);
        assert_eq!(pause(&Ok(())), LOOKED_AFTER);
    }

    /// The peer of a network of one member, in which nobody orders and the enrolment of a courier is
    /// over.
    async fn peer_with_a_gone_courier(place: &std::path::Path, policy: Policy) -> Peer {
        let folder = Folder::new(place);
        let device = |path: &std::path::Path| {
            KeyFile::new_device(Kem::X25519)
                .unwrap()
                .write_new(path)
                .unwrap();
            KeyFile::device(path).unwrap()
        };
        let (admin, peer) = (device(&folder.admin_key()), device(&folder.peer_key()));
        let readers = KeyFile::new_reader(Kem::X25519).unwrap();
        readers.write_new(&folder.reader_key()).unwrap();
        let readers = KeyFile::reader(&folder.reader_key()).unwrap();
        KeyFile::new_root()
            .unwrap()
            .write_new(&folder.root_key())
            .unwrap();
        let root = KeyFile::root(&folder.root_key()).unwrap();

        let general = readers[&Group::General].public();
        let next = root.public().next_digest();
        let first = Inception::new("A", Class::Carrier, root.public(), next, general).unwrap();
        let inception = readers.iter().fold(first, |inception, (group, key)| {
            inception.with_reader(*group, key.public())
        });
        let (now, hour) = (clock::now(), 3_600_000);
        let entry = |key: &DeviceKey, role, until| {
            let hpke = HpkeSecret::derive(Kem::X25519, &[3; 32]).public();
            DeviceEntry::new(key.id(), hpke, role, "device", until).unwrap()
        };
        let devices = vec![
            entry(&admin.signing, Role::Admin, now.plus(hour)),
            entry(&peer.signing, Role::Peer, now.plus(hour)),
            entry(&DeviceKey::from_seed(&[4; 32]), Role::Courier, TimeMs(1)),
        ];
        let founder = Founder::new(inception, devices);
        let member = founder.id();
        let validators = ValidatorSet::new(vec![Validator::new(member, peer.signing.id())]);
        let draft = GenesisDraft::new(
            ("N", "localhost"),
            policy,
            vec![founder],
            validators.unwrap(),
            now,
        );
        let draft = draft.unwrap();
        let genesis = Genesis::combine(&draft.body_bytes(), vec![draft.sign(member, &root)]);
        write_whole(&folder.genesis_path(), genesis.unwrap().to_bytes()).unwrap();
        write_whole(&folder.config_path(), b"listen = \"127.0.0.1:0\"\n").unwrap();
        let config = Config::read(&folder.config_path()).unwrap();
        Peer::open(&folder, &config).await.unwrap()
    }

    /// How many blocks the admin device signed after three looks.
    async fn signed(policy: Policy) -> Seq {
        let place = tempfile::tempdir().unwrap();
        let peer = peer_with_a_gone_courier(place.path(), policy).await;
        for _ in 0..3 {
            peer.give_keys().await.unwrap();
        }
        peer.next_position().unwrap().seq
    }

    /// Also while validators are away, and nothing becomes final.
    #[tokio::test]
    async fn whoever_is_shut_out_costs_one_block_however_often_the_peer_looks() {
        let policy = Policy {
            kem: Kem::X25519,
            ..Policy::standard(1)
        };
        assert_eq!(signed(policy.clone()).await, Seq(1));

        // What would be refused is not signed.
        let mut unable = policy.clone();
        unable.permissions = Default::default();
        for (class, role, kinds) in policy.permissions.rows() {
            let others = kinds.iter().filter(|kind| **kind != Kind::SetReader);
            unable.permissions.allow(class, role, others.copied());
        }
        assert_eq!(signed(unable).await, Seq(0));
    }
}
