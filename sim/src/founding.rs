//! Founding a consortium. Root signatures are slow, so one is founded for every size and shared.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chopmark_core::{
    Class, DeviceEntry, DeviceKey, Founder, Genesis, GenesisDraft, HpkeSecret, Inception, Kem,
    Kind, MemberId, Policy, Prefix, Role, RootKey, TimeMs, Validator, ValidatorSet, check_digit,
};

use crate::broken::Broken;
use crate::clock::START;

/// Phones that every member brings: a peer, an admin and these are as many devices as a founder may.
pub(crate) const PHONES: usize = 14;
/// Long after every run.
const FOREVER: TimeMs = TimeMs(4_000_000_000_000);
/// Waits and offers end within a run.
const GRACE_MS: u64 = 90_000;
const OFFER_LIFE_MS: u64 = 300_000;

/// How many members there are, and how many of the first have a validator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size {
    pub(crate) members: usize,
    pub(crate) validators: usize,
    /// Devices of each beside its peer and its admin.
    pub(crate) phones: usize,
}

/// A network, and the keys of everyone in it.
pub(crate) struct Consortium {
    pub(crate) genesis: Genesis,
    pub(crate) seats: Vec<Seat>,
}

/// One member.
pub(crate) struct Seat {
    pub(crate) id: MemberId,
    pub(crate) peer: Arc<DeviceKey>,
    /// The admin's device first.
    pub(crate) phones: Vec<Arc<DeviceKey>>,
    pub(crate) prefix: Prefix,
    /// A GTIN under the prefix.
    pub(crate) gtin: String,
}

impl Consortium {
    /// The consortium of this size.
    pub(crate) fn of(size: Size) -> Result<Arc<Self>, Broken> {
        static FOUNDED: Mutex<BTreeMap<Size, Arc<Consortium>>> = Mutex::new(BTreeMap::new());
        let mut founded = FOUNDED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(consortium) = founded.get(&size) {
            return Ok(Arc::clone(consortium));
        }
        let consortium = Arc::new(Self::found(size)?);
        founded.insert(size, Arc::clone(&consortium));
        Ok(consortium)
    }

    fn found(size: Size) -> Result<Self, Broken> {
        let mut seats = Vec::new();
        let mut founders = Vec::new();
        let mut roots = Vec::new();
        for number in 0..size.members {
            let number = u8::try_from(number).map_err(Broken::simulation)?;
            let root = RootKey::from_seeds(&[number; 32], &[number; 32]);
            let hpke = HpkeSecret::derive(Kem::X25519, &[number; 32]).public();
            // The last one lends to the others.
            let class = match usize::from(number) + 1 == size.members {
                true => Class::Bank,
                false => Class::Manufacturer,
            };
            let next = root.public().next_digest();
            let name = format!("Member {number}");
            let inception = Inception::new(&name, class, root.public(), next, hpke.clone());
            let inception = inception.map_err(Broken::simulation)?;
            let peer = key(number, 0);
            let count = u8::try_from(size.phones).map_err(Broken::simulation)?;
            let phones: Vec<_> = (1..=count.saturating_add(1))
                .map(|n| key(number, n))
                .collect();
            let roles = [Role::Peer, Role::Admin].into_iter();
            let roles = roles.chain(std::iter::repeat(Role::Qc));
            let entries = std::iter::once(&peer).chain(&phones).zip(roles);
            let entry = |(key, role): (&Arc<DeviceKey>, Role)| {
                DeviceEntry::new(key.id(), hpke.clone(), role, "device", FOREVER)
            };
            let entries = entries.map(entry).collect::<Result<Vec<_>, _>>();
            let id = inception.id();
            founders.push(Founder::new(
                inception,
                entries.map_err(Broken::simulation)?,
            ));
            roots.push((id, root));
            let (prefix, gtin) = prefix(number)?;
            seats.push(Seat {
                id,
                peer,
                phones,
                prefix,
                gtin,
            });
        }
        let genesis = sign(size, &seats, founders, &roots)?;
        Ok(Self { genesis, seats })
    }

    /// Whoever lends.
    pub(crate) fn bank(&self) -> Option<MemberId> {
        self.seats.last().map(|seat| seat.id)
    }
}

fn sign(
    size: Size,
    seats: &[Seat],
    founders: Vec<Founder>,
    roots: &[(MemberId, RootKey)],
) -> Result<Genesis, Broken> {
    let validators = seats.iter().take(size.validators);
    let validators = validators
        .map(|seat| Validator::new(seat.id, seat.peer.id()))
        .collect();
    let validators = ValidatorSet::new(validators).map_err(Broken::simulation)?;
    let mut policy = Policy {
        kem: Kem::X25519,
        prefix_quorum: 1,
        grace_ms: GRACE_MS,
        offer_life_ms: OFFER_LIFE_MS,
        ..Policy::standard(size.members)
    };
    // Every phone may do everything: the conflicts are the point.
    let more = [
        Kind::Commission,
        Kind::Pledge,
        Kind::Release,
        Kind::OfferTitle,
        Kind::TakeTitle,
    ];
    policy.permissions.allow(None, Role::Qc, more);
    policy.permissions.allow(None, Role::Admin, more);
    let title = ("Simulated", "id.example.org");
    let draft = GenesisDraft::new(title, policy, founders, validators, START);
    let draft = draft.map_err(Broken::simulation)?;
    let signatures = roots
        .iter()
        .map(|(id, root)| draft.sign(*id, root))
        .collect();
    Genesis::combine(&draft.body_bytes(), signatures).map_err(Broken::simulation)
}

fn key(member: u8, device: u8) -> Arc<DeviceKey> {
    let mut seed = [7; 32];
    let [first, second, ..] = &mut seed;
    (*first, *second) = (member, device);
    Arc::new(DeviceKey::from_seed(&seed))
}

/// A prefix of the member's own, and an item class under it.
fn prefix(member: u8) -> Result<(Prefix, String), Broken> {
    let digits = format!("95{member:05}");
    let prefix = Prefix::parse(&digits).map_err(Broken::simulation)?;
    let body = format!("0{digits}13435");
    let check = check_digit(&body).ok_or_else(|| Broken::simulation("no check digit"))?;
    Ok((prefix, format!("{body}{check}")))
}
