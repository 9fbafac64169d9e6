//! A small network for tests: two members, each with a peer and two phones; the first member's
//! peer orders.

use std::path::Path;

use chopmark_core::{
    AudienceDraft, Body, BuiltBlock, Class, DeviceEntry, DeviceKey, EvidenceId, Founder, Genesis,
    GenesisDraft, HpkeSecret, Inception, Kem, KnownPeer, MemberId, PartyKind, Policy, Position,
    Reader, Readers, RecordDraft, Role, RootKey, SectionBody, SubjectId, TimeMs, TzMinutes,
    UnsignedBlock, Validator, ValidatorSet, Verdict, When,
};

use crate::lock::Lock;
use crate::replica::{Replica, WhenIdle};
use crate::seal::random_bytes;
use crate::store::wall_clock_ms;

/// Far beyond every test.
const FOREVER: TimeMs = TimeMs(4_000_000_000_000);

pub(crate) struct Testnet {
    pub(crate) genesis: Genesis,
    pub(crate) members: [MemberId; 2],
    readers: Readers,
}

/// A device and whose it is.
pub(crate) struct Device {
    pub(crate) key: DeviceKey,
    pub(crate) member: MemberId,
}

fn hpke(n: u8) -> HpkeSecret {
    HpkeSecret::derive(Kem::X25519, &[n; 32])
}

pub(crate) fn entry(n: u8, role: Role) -> DeviceEntry {
    DeviceEntry::new(
        DeviceKey::from_seed(&[n; 32]).id(),
        hpke(n).public(),
        role,
        "device",
        FOREVER,
    )
    .unwrap()
}

impl Testnet {
    /// `name` tells networks apart.
    pub(crate) fn new(name: &str) -> Self {
        let roots = [1, 2].map(Self::root);
        let founders = [1_u8, 2].map(|n| {
            let root = roots[usize::from(n) - 1].public();
            let next = root.next_digest();
            let class = Class::Manufacturer;
            let inception =
                Inception::new(&format!("Member {n}"), class, root, next, hpke(n).public())
                    .unwrap();
            let devices = vec![
                entry(10 + n, Role::Peer),
                entry(20 + n, Role::Admin),
                entry(30 + n, Role::Courier),
            ];
            Founder::new(inception, devices)
        });
        let members = [founders[0].id(), founders[1].id()];
        let validators =
            ValidatorSet::new(vec![Validator::new(members[0], Self::key(11).id())]).unwrap();
        let mut policy = Policy::standard(2);
        policy.kem = Kem::X25519;
        let draft = GenesisDraft::new(
            (name, "id.example.org"),
            policy,
            founders.to_vec(),
            validators,
            TimeMs(7),
        )
        .unwrap();
        let signatures = (0..2).map(|n| draft.sign(members[n], &roots[n])).collect();
        let genesis = Genesis::combine(&draft.body_bytes(), signatures).unwrap();
        let readers = (0_u8..)
            .zip(members)
            .map(|(n, member)| {
                (
                    member,
                    Reader {
                        epoch: 0,
                        key: hpke(n + 1).public(),
                    },
                )
            })
            .collect();
        Self {
            genesis,
            members,
            readers,
        }
    }

    /// The root keys of the first member, or the second.
    pub(crate) fn root(n: u8) -> RootKey {
        RootKey::from_seeds(&[n; 32], &[n; 32])
    }

    pub(crate) fn key(n: u8) -> DeviceKey {
        DeviceKey::from_seed(&[n; 32])
    }

    /// The peer, admin or courier of a member (0 or 1): keys 11, 12, 21, 22, 31, 32.
    pub(crate) fn device(&self, n: u8) -> Device {
        Device {
            key: Self::key(n),
            member: self.members[usize::from(n % 10) - 1],
        }
    }

    /// A peer as others tell of it.
    pub(crate) fn known_peer(&self, n: u8, address: &str) -> KnownPeer {
        let device = self.device(n);
        KnownPeer::new(device.key.id(), device.member, vec![address.to_owned()]).unwrap()
    }

    pub(crate) fn replica(&self, folder: &Path, kind: PartyKind) -> Replica {
        Replica::create(folder, Lock::KeyFile, &self.genesis, kind).unwrap()
    }

    /// A block of `device` at the place that `replica` says comes next.
    pub(crate) fn next_block(
        &self,
        replica: &Replica,
        device: &Device,
        drafts: &[RecordDraft],
    ) -> BuiltBlock {
        let place = replica.next_place(device.key.id());
        let position = Position {
            network: self.genesis.id(),
            member: device.member,
            device: device.key.id(),
            seq: place.seq,
            prev: place.prev,
            anchor: place.anchor,
            clock: TimeMs(wall_clock_ms()),
        };
        let seed = random_bytes().unwrap();
        UnsignedBlock::build(position, drafts, &self.readers, &seed)
            .unwrap()
            .sign(&device.key)
            .unwrap()
    }

    /// Signs and stores a block.
    pub(crate) fn append(
        &self,
        replica: &Replica,
        device: &Device,
        drafts: &[RecordDraft],
    ) -> BuiltBlock {
        let built = self.next_block(replica, device, drafts);
        replica
            .append_own(built.block.clone(), built.sections.clone())
            .unwrap();
        built
    }
}

fn when() -> When {
    When {
        time: TimeMs(wall_clock_ms()),
        tz: TzMinutes::default(),
    }
}

pub(crate) fn subject(n: u8) -> SubjectId {
    SubjectId::from_bytes([n; 32])
}

/// An observation with a section for all members. The subject is unknown, so the record will be
/// refused once it is final; its way there is what these tests are about.
pub(crate) fn observe(n: u8, note: &str) -> RecordDraft {
    let body = Body::Observe {
        when: when(),
        step: "inspecting".to_owned(),
    };
    let section = SectionBody {
        note: Some(note.to_owned()),
        ..SectionBody::default()
    };
    RecordDraft::new(body, vec![subject(n)]).telling(AudienceDraft::Members, section)
}

/// Half a block in bytes, and far more on the overlay.
pub(crate) fn wide() -> RecordDraft {
    let mut record = attest(0, vec![]);
    record.subjects = (0..900_u16)
        .map(|n| {
            let mut id = [0; 32];
            id[..2].copy_from_slice(&n.to_be_bytes());
            SubjectId::from_bytes(id)
        })
        .collect();
    record
}

pub(crate) fn attest(n: u8, evidence: Vec<(EvidenceId, u64)>) -> RecordDraft {
    RecordDraft::new(
        Body::Attest {
            when: when(),
            verdict: Verdict::Pass,
            evidence,
        },
        vec![subject(n)],
    )
}

pub(crate) fn enrol(member: MemberId, device: DeviceEntry) -> RecordDraft {
    RecordDraft::new(Body::Enrol { member, device }, vec![])
}

/// Orders until nothing is left to order.
pub(crate) fn order_all(replica: &Replica) {
    let now = TimeMs(wall_clock_ms());
    while replica
        .order(&Testnet::key(11), now, WhenIdle::Wait)
        .unwrap()
        .is_some()
    {}
}
