//! What a peer answered to a join, checked before anything is kept of it: the peer could be anyone
//! that the invitation's maker chose.

use chopmark_core::{
    Body, DeviceId, Genesis, GenesisError, HpkeSecret, MemberId, NetworkId, ReaderKey, Role,
    SealedReaderKey, SignedBlock, VerifiedBlock,
};

use super::messages::JoinAnswer;

/// What a device has once it joined.
#[derive(Debug)]
pub struct Joined {
    /// The network's, which is the invitation's.
    pub genesis: Genesis,
    /// The block that enrols the device.
    pub enrolment: VerifiedBlock,
    /// Whose device it is.
    pub member: MemberId,
    /// What it may do.
    pub role: Role,
    /// The keys of its member's reader groups that it got, of every epoch.
    pub readers: Vec<ReaderKey>,
}

/// Why an answer is not taken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JoinedError {
    /// It is of another network than the invitation.
    #[error(
        "the invitation is of network {wanted}, and the peer answers for {found}: ask for a new one"
    )]
    WrongNetwork {
        /// The invitation's.
        wanted: NetworkId,
        /// The answer's.
        found: NetworkId,
    },
    /// It holds no genesis.
    #[error("the peer's answer holds no genesis ({0})")]
    Genesis(#[from] GenesisError),
    /// It holds no block.
    #[error("the peer's answer holds no enrolment ({0})")]
    Enrolment(String),
    /// The block enrols another device.
    #[error("the peer's answer enrols another device")]
    OtherDevice,
    /// A reader key does not open, or is not the member's.
    #[error("a reader key in the peer's answer does not open")]
    ReaderKey,
}

impl JoinAnswer {
    /// Checks the answer that a device got to its invitation to a network, and opens what is sealed
    /// to it.
    ///
    /// # Errors
    /// [`JoinedError`]
    pub fn open(
        &self,
        network: &NetworkId,
        (device, hpke): (&DeviceId, &HpkeSecret),
    ) -> Result<Joined, JoinedError> {
        let genesis = Genesis::from_bytes(&self.genesis)?;
        if genesis.id() != *network {
            return Err(JoinedError::WrongNetwork {
                wanted: *network,
                found: genesis.id(),
            });
        }
        let enrolment = SignedBlock::from_bytes(&self.enrolment).and_then(SignedBlock::verify);
        let enrolment = enrolment.map_err(|why| JoinedError::Enrolment(why.to_string()))?;
        let header = enrolment.header();
        let mut bodies = enrolment.records().iter().map(|record| record.body());
        let enrolled = bodies.find_map(|body| match body {
            Body::Enrol {
                member,
                device: entry,
            } if entry.key() == *device => Some((*member, entry.role())),
            _ => None,
        });
        let (member, role) = enrolled
            .filter(|(member, _)| (member, network) == (&header.member(), &header.network()))
            .ok_or(JoinedError::OtherDevice)?;
        let opened = self.reader_keys.iter().map(|sealed| {
            let key = sealed.open(network, (device, hpke))?;
            fits(&genesis, sealed).then_some(key)
        });
        let readers = opened
            .collect::<Option<_>>()
            .ok_or(JoinedError::ReaderKey)?;
        Ok(Joined {
            genesis,
            enrolment,
            member,
            role,
            readers,
        })
    }
}

/// Whether a key is the one that a founder brought. What came later is on the ledger, which this
/// device does not have yet.
fn fits(genesis: &Genesis, sealed: &SealedReaderKey) -> bool {
    let mut founders = genesis.founders().iter();
    let founder = founders.find(|founder| founder.id() == sealed.of.member);
    let first = founder.and_then(|founder| founder.inception().readers().get(&sealed.of.group));
    sealed.epoch > 0 || first.is_none_or(|key| *key == sealed.public)
}
