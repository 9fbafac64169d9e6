//! What the ledger has come to: members, devices, prefixes, feeds, subjects, offers, what
//! waits and what was refused.
//!
//! A [`State`] changes only when a checkpoint is applied. Everything in it is ordered, so two
//! replicas at the same height have the same bytes.

mod changes;
mod codec;
mod device;
mod final_state;
mod governance;
mod guardians;
mod makeup;
mod member;
mod offer;
mod parents;
mod readers;
mod recovery;
mod roster;
mod seldom;
mod subject;
mod view;
mod waiting;

pub use device::{DeviceState, FeedHead, Fork, PrefixClaim, Registration, Revocation};
pub use final_state::{State, Tip};
pub use governance::{Amendment, Governance, Wish};
pub use guardians::{ComingGuardians, Guardians};
pub use makeup::{Batch, Makeup, Run};
pub use member::{Expulsion, MemberState, Standing};
pub use offer::{ClosedOffer, Offer, Right};
pub use parents::Parents;
pub use readers::{EpochState, GroupState};
pub(crate) use recovery::Outcome;
pub use recovery::{OpenRecovery, RECOVERY_DELAY_MS, Recovery, RecoveryWish};
pub use roster::{Roster, RosterChange, RosterWish};
pub use subject::{Nature, Pledge, SubjectState};
pub use view::{Logged, StateView};
pub use waiting::{WaitingRecord, WaitingUnit};

pub(crate) use changes::{Changes, Joined, Layer, Packed, records_of};
pub(crate) use governance::Proposal;
pub(crate) use makeup::Life;
pub(crate) use roster::Membership;
pub(crate) use subject::after_record;
