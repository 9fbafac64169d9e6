//! Admission: which blocks a replica keeps and passes on before they are ordered.

use thiserror::Error;

use crate::cbor::{self, CborError, Reader, Wire, Writer};
use crate::state::StateView;
use crate::{
    BlockId, DeviceId, MemberId, NetworkId, RecordRef, Seq, Statement, StatementError,
    VerifiedBlock, limits,
};

/// What a replica holds, final or not.
pub trait HeldFeeds {
    /// The block that holds this place of a feed here.
    fn block_at(&self, device: &DeviceId, seq: Seq) -> Option<BlockId>;

    /// A held block's statement.
    fn statement(&self, block: &BlockId) -> Option<Vec<u8>>;
}

/// The block continues its feed: keep it, pass it on, offer it for ordering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Admitted;

/// Why a block does not continue a feed here.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AdmitError {
    /// Of another network.
    #[error("the block is of network {found}")]
    WrongNetwork {
        /// The network it names.
        found: NetworkId,
    },
    /// No member enrolled this device, as far as is known here.
    #[error("device {device} is not enrolled")]
    UnknownDevice {
        /// The device.
        device: DeviceId,
    },
    /// The block names another member than the one that enrolled its device.
    #[error("the block names member {named}, its device belongs to {enrolled}")]
    MemberMismatch {
        /// As the block says.
        named: MemberId,
        /// As the ledger says.
        enrolled: MemberId,
    },
    /// The device was revoked before this block.
    #[error("device {device} was revoked")]
    Revoked {
        /// The device.
        device: DeviceId,
        /// The revocation.
        by: RecordRef,
    },
    /// The device signed two histories; nothing of it is taken any more.
    #[error("device {device} signed two histories and is suspended")]
    Suspended {
        /// The device.
        device: DeviceId,
    },
    /// This very block is here.
    #[error("the block is here already")]
    Duplicate,
    /// The block before it is not here yet.
    #[error("block {seq} of device {device} builds on a block that is not here")]
    MissingPrev {
        /// The device.
        device: DeviceId,
        /// The place of this block.
        seq: Seq,
        /// The block that is missing.
        prev: Option<BlockId>,
    },
    /// Another block has its place: the device signed two.
    #[error("device {} signed two blocks for place {}", proof.device(), proof.seq())]
    Fork {
        /// Both statements, for everyone to check.
        proof: Box<ForkProof>,
    },
}

impl AdmitError {
    /// The code under which the sender is told (format, section 10).
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongNetwork { .. } => "wrong-network",
            Self::UnknownDevice { .. } | Self::MemberMismatch { .. } => "unknown-device",
            Self::Revoked { .. } => "revoked",
            Self::MissingPrev { .. } => "missing-prev",
            Self::Fork { .. } | Self::Suspended { .. } => "fork",
            // Not told: a block that is here is acknowledged again.
            Self::Duplicate => "duplicate",
        }
    }

    /// Whether a checkpoint may still order the block, so that its bytes are kept aside (within a
    /// quota) although it does not continue a feed here: validators may have ordered it before
    /// they knew of the revocation or of the other branch.
    #[must_use]
    pub fn may_be_ordered(&self) -> bool {
        matches!(
            self,
            Self::Revoked { .. } | Self::Suspended { .. } | Self::Fork { .. }
        )
    }
}

/// Decides whether a block continues its feed, seen from `state` (final, or pending when devices
/// count whose enrolment is not ordered yet) and from what is held.
///
/// # Errors
/// Says why not; see [`AdmitError`].
pub fn admit(
    state: &impl StateView,
    block: &VerifiedBlock,
    held: &impl HeldFeeds,
) -> Result<Admitted, AdmitError> {
    let header = block.header();
    if header.network() != state.network() {
        return Err(AdmitError::WrongNetwork {
            found: header.network(),
        });
    }
    let device = header.device();
    let known = state
        .device(&device)
        .ok_or(AdmitError::UnknownDevice { device })?;
    if *known.member() != header.member() {
        return Err(AdmitError::MemberMismatch {
            named: header.member(),
            enrolled: *known.member(),
        });
    }
    let here = held.block_at(&device, header.seq());
    if here == Some(block.id()) || state.logged(&block.id()).is_some() {
        return Err(AdmitError::Duplicate);
    }
    if let Some(revoked) = known
        .revoked()
        .filter(|revoked| !revoked.allows(header.seq(), &block.id()))
    {
        return Err(AdmitError::Revoked {
            device,
            by: revoked.by(),
        });
    }
    if known.forked().is_some() {
        return Err(AdmitError::Suspended { device });
    }
    if let Some(statement) = here.and_then(|other| held.statement(&other))
        && let Ok(proof) = ForkProof::new(statement, block.statement().to_vec())
    {
        return Err(AdmitError::Fork {
            proof: Box::new(proof),
        });
    }
    if builds_on_held(block, held) {
        Ok(Admitted)
    } else {
        Err(AdmitError::MissingPrev {
            device,
            seq: header.seq(),
            prev: header.prev(),
        })
    }
}

fn builds_on_held(block: &VerifiedBlock, held: &impl HeldFeeds) -> bool {
    let header = block.header();
    match header.seq().0.checked_sub(1) {
        None => header.prev().is_none(),
        Some(before) => {
            header.prev().is_some() && held.block_at(&header.device(), Seq(before)) == header.prev()
        }
    }
}

/// Why two statements prove no fork.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ForkError {
    /// Not a proof's bytes.
    #[error("not a fork proof: {0}")]
    Malformed(#[from] CborError),
    /// One of the two is not a signed statement.
    #[error("a statement does not verify: {0}")]
    Statement(#[from] StatementError),
    /// The two are the same, or of different devices or places.
    #[error("the statements do not contradict each other")]
    NoFork,
}

/// Two statements that one device signed for one place of its feed. Anyone can check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForkProof {
    device: DeviceId,
    seq: Seq,
    statements: [Vec<u8>; 2],
}

impl ForkProof {
    /// Checks two statements, signatures and all, for a fork.
    ///
    /// # Errors
    /// `Statement` or `NoFork`.
    pub fn new(one: Vec<u8>, other: Vec<u8>) -> Result<Self, ForkError> {
        let first = Statement::parse(&one)?;
        let second = Statement::parse(&other)?;
        first.verify()?;
        second.verify()?;
        let place = |s: &Statement| (s.header().network(), s.header().device(), s.header().seq());
        if place(&first) != place(&second) || first.id() == second.id() {
            return Err(ForkError::NoFork);
        }
        Ok(Self {
            device: first.header().device(),
            seq: first.header().seq(),
            statements: [one, other],
        })
    }

    /// The device that signed both.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        self.device
    }

    /// The place in its feed.
    #[must_use]
    pub fn seq(&self) -> Seq {
        self.seq
    }

    /// The proof's bytes: `[statement, statement]`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.array(self.statements.len());
        for statement in &self.statements {
            writer.bytes(statement);
        }
        writer.into_bytes()
    }

    /// Reads and checks a proof.
    ///
    /// # Errors
    /// Says what is wrong; see [`ForkError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ForkError> {
        let Pair(one, other) = cbor::from_canonical(bytes)?;
        Self::new(one, other)
    }
}

struct Pair(Vec<u8>, Vec<u8>);

impl Wire for Pair {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.bytes(&self.0);
        to.bytes(&self.1);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        let mut statement = || {
            from.bytes("statement", limits::BLOCK_BYTES)
                .map(<[u8]>::to_vec)
        };
        Ok(Self(statement()?, statement()?))
    }
}
