//! Six members with their devices, and the bytes that these write.

use std::collections::BTreeMap;
use std::sync::{Mutex, OnceLock};

use chopmark_core::{
    Application, BlockId, Checkpoint, Class, DeviceEntry, DeviceKey, Digest32, Founder, Genesis,
    GenesisDraft, HeaderHash, Height, HpkePublic, HpkeSecret, Inception, Kem, Ledger, MemberId,
    MlDsa44Key, MlDsa44Public, Policy, Position, Proposal, Readers, RecordDraft, Role, RootKey,
    RootPublic, RootSignature, RosterAct, RosterTerms, Seq, TimeMs, UnsignedBlock, Validator,
    ValidatorSet, VerifiedBlock,
};

pub(crate) const START: TimeMs = TimeMs(1_790_000_000_000);
pub(crate) const FOREVER: TimeMs = TimeMs(4_000_000_000_000);
pub(crate) const GRACE_MS: u64 = 10_000;

/// Keys of devices: the first is the orderer's, then two for each member that trades, one for each
/// that only looks on, then spare ones.
pub(crate) const ORDERER: u8 = 0;
pub(crate) const TRADERS: u8 = 4;
pub(crate) const MEMBERS: u8 = 6;
pub(crate) const CUSTOMS: u8 = 2;
pub(crate) const BANK: u8 = 3;
/// A second authority and a second bank: without them nobody reaches for another's hold or pledge.
pub(crate) const QUARANTINE: u8 = 4;
pub(crate) const OTHER_BANK: u8 = 5;
pub(crate) const FIRST_SPARE: u8 = 11;
/// The first admins of firms that want to become members come after the spare ones.
pub(crate) const FIRST_NEWCOMER: u8 = 14;
pub(crate) const KEYS: u8 = 16;

/// The admin of a member, and its other device if it has one.
pub(crate) fn admin(member: u8) -> u8 {
    match member {
        0..TRADERS => 1 + 2 * member,
        _ => 1 + TRADERS + member,
    }
}

pub(crate) fn worker(member: u8) -> u8 {
    match member {
        0..TRADERS => 2 + 2 * member,
        _ => admin(member),
    }
}

pub(crate) fn key(n: u8) -> DeviceKey {
    DeviceKey::from_seed(&[100 + n; 32])
}

/// A device's entry; made once a device, since encryption keys take time.
pub(crate) fn entry(n: u8, role: Role, until: TimeMs) -> DeviceEntry {
    static HPKE: OnceLock<chopmark_core::HpkePublic> = OnceLock::new();
    let hpke = HPKE.get_or_init(|| HpkeSecret::derive(Kem::X25519, &[9; 32]).public());
    let entry = DeviceEntry::new(key(n).id(), hpke.clone(), role, "device", until).unwrap();
    match second(n) {
        Some(second) => entry.with_second(second.clone()),
        None => entry,
    }
}

/// The key of a device's second signatures: one of the admins has one, and every other of the
/// rest.
fn second(n: u8) -> Option<&'static MlDsa44Public> {
    static MADE: OnceLock<Vec<MlDsa44Public>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let of = |n| MlDsa44Key::second_of(&key(n)).public();
        (0..KEYS).map(of).collect()
    });
    (n.is_multiple_of(2) || n == admin(CUSTOMS)).then(|| &made[usize::from(n)])
}

/// Every root key of the network; those of a member are eight apart, in the order in which it
/// rotates to them.
const ROOTS: u8 = 64;

pub(crate) fn root_key(n: u8) -> RootKey {
    RootKey::from_seeds(&[n; 32], &[n; 32])
}

fn root_publics() -> &'static [RootPublic] {
    static MADE: OnceLock<Vec<RootPublic>> = OnceLock::new();
    MADE.get_or_init(|| (0..ROOTS).map(|n| root_key(n).public()).collect())
}

pub(crate) fn root_public(n: u8) -> &'static RootPublic {
    &root_publics()[usize::from(n % ROOTS)]
}

/// Which key it is.
pub(crate) fn root_number(root: &RootPublic) -> u8 {
    let place = root_publics().iter().position(|known| known == root);
    u8::try_from(place.unwrap()).unwrap()
}

/// The key with this digest.
pub(crate) fn root_named(digest: Digest32) -> &'static RootPublic {
    let mut known = root_publics().iter();
    let named = known.find(|root| root.next_digest() == digest);
    named.unwrap()
}

/// The key that a key commits to.
pub(crate) fn root_after(n: u8) -> u8 {
    (n + 8) % ROOTS
}

/// Firms that want to become members.
pub(crate) fn applicant(n: u8) -> &'static Application {
    static MADE: OnceLock<Vec<Application>> = OnceLock::new();
    let made = MADE.get_or_init(|| {
        let apply = |n: u8| {
            let n = MEMBERS + n;
            let root = root_public(n).clone();
            let reader = HpkeSecret::derive(Kem::X25519, &[n; 32]).public();
            let next = root_public(root_after(n)).next_digest();
            let name = format!("Newcomer {n}");
            let inception = Inception::new(&name, Class::Carrier, root, next, reader).unwrap();
            let device = FIRST_NEWCOMER + n - MEMBERS;
            let admin = entry(device, Role::Admin, FOREVER);
            let applicant = Founder::new(inception, vec![admin]);
            Application::sign(applicant, &genesis().id(), &root_key(n))
        };
        (0..NEWCOMERS).map(apply).collect()
    });
    &made[usize::from(n)]
}

/// How many firms want to become members.
pub(crate) const NEWCOMERS: u8 = 2;

/// A root signature; made once, since that takes long.
pub(crate) fn root_signature(n: u8, terms: &RosterTerms, act: &RosterAct) -> RootSignature {
    static MADE: Mutex<BTreeMap<(u8, Digest32), RootSignature>> = Mutex::new(BTreeMap::new());
    let network = genesis().id();
    let place = (n, terms.message(&network, act));
    if let Some(made) = MADE.lock().unwrap().get(&place) {
        return made.clone();
    }
    let signature = terms.sign(&network, act, &root_key(n));
    MADE.lock().unwrap().insert(place, signature.clone());
    signature
}

/// Cosigned by all that order now.
pub(crate) fn cosigned(ledger: &Ledger, proposal: Proposal) -> Checkpoint {
    let (set, before) = (ledger.validators(), ledger.tip().time);
    let key_of = |id| (0..KEYS).map(key).find(|key| key.id() == id).unwrap();
    let validators = set.as_slice().iter();
    let cosignatures = validators.map(|v| proposal.cosign_among(set, before, &key_of(v.key())));
    let cosignatures = cosignatures.collect();
    proposal.into_checkpoint(cosignatures)
}

/// Keys that members set for their reader groups; the last is of a kind that the network does
/// not use.
pub(crate) fn reader_keys() -> &'static [HpkePublic] {
    static KEYS_MADE: OnceLock<Vec<HpkePublic>> = OnceLock::new();
    KEYS_MADE.get_or_init(|| {
        let of = |kem, n: u8| HpkeSecret::derive(kem, &[200 + n; 32]).public();
        let usable = (0..5).map(|n| of(Kem::X25519, n));
        usable.chain([of(Kem::XWing, 5)]).collect()
    })
}

struct Founded {
    genesis: Genesis,
    members: Vec<MemberId>,
}

fn founded() -> &'static Founded {
    static FOUNDED: OnceLock<Founded> = OnceLock::new();
    FOUNDED.get_or_init(|| {
        let workers = [
            (Class::Manufacturer, Role::Qc),
            (Class::Carrier, Role::Courier),
            (Class::Customs, Role::CustomsOfficer),
            (Class::Bank, Role::BankOfficer),
            (Class::Quarantine, Role::Admin),
            (Class::Bank, Role::Admin),
        ];
        let mut founders = Vec::new();
        for (n, (class, role)) in (0..MEMBERS).zip(workers) {
            let root = root_public(n).clone();
            let reader = HpkeSecret::derive(Kem::X25519, &[n; 32]).public();
            let next = root_public(root_after(n)).next_digest();
            let inception = Inception::new(&format!("Member {n}"), class, root, next, reader);
            let mut devices = vec![entry(admin(n), Role::Admin, FOREVER)];
            if worker(n) != admin(n) {
                devices.push(entry(worker(n), role, FOREVER));
            }
            if n == 0 {
                devices.push(entry(ORDERER, Role::Peer, FOREVER));
            }
            founders.push(Founder::new(inception.unwrap(), devices));
        }
        let members: Vec<MemberId> = founders.iter().map(Founder::id).collect();
        let mut policy = Policy::standard(3);
        policy.kem = Kem::X25519;
        policy.grace_ms = GRACE_MS;
        policy.offer_life_ms = 2 * GRACE_MS;
        let validators = vec![Validator::new(members[0], key(ORDERER).id())];
        let draft = GenesisDraft::new(
            ("Model", "id.example.org"),
            policy,
            founders,
            ValidatorSet::new(validators).unwrap(),
            START,
        )
        .unwrap();
        // [body, no signatures]: founders' signatures have tests of their own.
        let body = draft.body_bytes();
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        let bytes = [&[0x82, 0x59][..], &length, &body, &[0x80]].concat();
        Founded {
            genesis: Genesis::from_pinned_bytes(&bytes, draft.id()).unwrap(),
            members,
        }
    })
}

pub(crate) fn genesis() -> Genesis {
    founded().genesis.clone()
}

pub(crate) fn member(n: u8) -> MemberId {
    founded().members[usize::from(n)]
}

/// Where a device's feed stands.
pub(crate) type Feed = Vec<BlockId>;

/// What a device knows when it writes: the keys to seal to, and a checkpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct Known {
    pub(crate) readers: Readers,
    pub(crate) anchor: Option<(Height, HeaderHash)>,
}

/// How often a block is signed: the second time with the device's post-quantum key, which only
/// some of them made known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Signed {
    Once,
    Twice,
}

/// A block of a device at the given place of its feed.
pub(crate) fn write(
    (device, member): (u8, MemberId),
    feed: &[BlockId],
    drafts: &[RecordDraft],
    (known, signed): (&Known, Signed),
) -> VerifiedBlock {
    static KEYS_MADE: OnceLock<Vec<DeviceKey>> = OnceLock::new();
    let keys = KEYS_MADE.get_or_init(|| (0..KEYS).map(key).collect());
    let key = &keys[usize::from(device)];
    let position = Position {
        network: founded().genesis.id(),
        member,
        device: key.id(),
        seq: Seq(feed.len().try_into().unwrap()),
        prev: feed.last().copied(),
        anchor: known.anchor,
        clock: START,
    };
    let unsigned = UnsignedBlock::build(position, drafts, &known.readers, &[1; 32]).unwrap();
    let built = match signed {
        Signed::Once => unsigned.sign(key),
        Signed::Twice => unsigned.sign_twice(key),
    };
    built.unwrap().block.verify().unwrap()
}
