//! Which records were corrected by the member that wrote them, and which this device may correct.

use std::collections::BTreeMap;

use chopmark_core::{
    Body, Kind, MemberState, Record, RecordRef, StateView as _, SubjectId, VerifiedBlock,
};
use chopmark_view::{Corrected, EventStatus, Line, Param};

use super::{NOT_LOGGED, stands_now};
use crate::look::Look;
use crate::trouble::Trouble;
use crate::words::Message;
use crate::{blocks, lines};

/// The reasons that CBV 2.0 has words for.
const REASONS: [&str; 2] = ["did_not_occur", "incorrect_data"];

/// The newest correction of each record that has one.
#[derive(Debug, Default)]
pub(crate) struct Corrections(BTreeMap<RecordRef, (u64, Corrected)>);

impl Corrections {
    /// All corrections that name this subject.
    pub(crate) fn about(look: &Look<'_>, subject: &SubjectId) -> Result<Self, Trouble> {
        let mut corrections = Self::default();
        for touch in look.store.records_of(*subject)? {
            let Some(block) = blocks::numbered(look.store, touch.number)? else {
                continue;
            };
            let at = RecordRef {
                block: block.id(),
                index: touch.index,
            };
            let place = touch.log_index.unwrap_or(NOT_LOGGED | touch.number.get());
            corrections.note(look, (place, &at), &block)?;
        }
        Ok(corrections)
    }

    /// Takes a record in if it is a correction and stands. `place` is its block's: in the log or,
    /// until it has one, after it.
    pub(super) fn note(
        &mut self,
        look: &Look<'_>,
        (place, at): (u64, &RecordRef),
        block: &VerifiedBlock,
    ) -> Result<(), Trouble> {
        let record = block.records().get(usize::from(at.index));
        let Some(Body::Correct { of, reason, .. }) = record.map(Record::body) else {
            return Ok(());
        };
        let status = look.status(at)?;
        let wrong = blocks::of(look.store, &of.block)?;
        // Somebody else's is refused; one that has no place yet is not judged.
        let is_its_authors =
            wrong.is_some_and(|wrong| wrong.header().member() == block.header().member());
        let is_newest = self.0.get(of).is_none_or(|(known, _)| *known <= place);
        if is_its_authors && is_newest && stands_now(&status) {
            let corrected = Corrected {
                by: at.to_string(),
                line: was_corrected(reason),
                status,
            };
            self.0.insert(*of, (place, corrected));
        }
        Ok(())
    }

    pub(crate) fn of(&self, record: &RecordRef) -> Option<Corrected> {
        self.0.get(record).map(|(_, corrected)| corrected.clone())
    }
}

/// Whether a record is one that its member corrects in the app.
pub(crate) fn can_be_corrected(record: &Record) -> bool {
    match record.kind() {
        Kind::Commission
        | Kind::Observe
        | Kind::Pack
        | Kind::Unpack
        | Kind::CommissionRun
        | Kind::Transform
        | Kind::Associate
        | Kind::Dissociate
        | Kind::Decommission
        | Kind::Offer
        | Kind::Accept
        | Kind::Decline
        | Kind::OfferTitle
        | Kind::TakeTitle
        | Kind::DeclineTitle
        | Kind::PickUp
        | Kind::Attest
        | Kind::Pledge
        | Kind::Release
        | Kind::Hold
        | Kind::Clear
        | Kind::Unreadable => true,
        // What a buyer said is not for the member to take back that passed it on.
        Kind::Activate | Kind::Resell | Kind::Report => false,
        // A drawing says nothing that could be wrong; of a correction another one is made of the
        // same record.
        Kind::Draw | Kind::Correct => false,
        // They name no thing, or say who belongs to the network.
        Kind::Open
        | Kind::Grant
        | Kind::Enrol
        | Kind::Revoke
        | Kind::RegisterPrefix
        | Kind::SetPolicy
        | Kind::SetReader
        | Kind::AdmitMember
        | Kind::ExpelMember
        | Kind::SetValidators
        | Kind::RotateRoot
        | Kind::SetGuardians
        | Kind::Recover
        | Kind::ObjectRecovery => false,
    }
}

/// Whether this device may sign a correction of a record: its member wrote that, it counts, and
/// the policy lets the device's role correct.
pub(super) fn may_correct(
    look: &Look<'_>,
    block: &VerifiedBlock,
    at: &RecordRef,
    status: &EventStatus,
) -> bool {
    let record = block.records().get(usize::from(at.index));
    let class = look.view.member(&look.me.member).map(MemberState::class);
    let policy = look.view.policy();
    block.header().member() == look.me.member
        && record.is_some_and(can_be_corrected)
        && !matches!(status, EventStatus::Refused(_))
        && class.is_some_and(|class| policy.permits(class, look.me.role, Kind::Correct))
}

/// A correction as a step of its own.
pub(super) fn step(reason: &str) -> Line {
    said(
        reason,
        (&lines::STEP_CORRECTED, &lines::STEP_CORRECTED_WORD),
    )
}

fn was_corrected(reason: &str) -> Line {
    said(
        reason,
        (&lines::STEP_WAS_CORRECTED, &lines::STEP_WAS_CORRECTED_WORD),
    )
}

/// In words where the reason is the standard's; as it was written where it is another program's.
fn said(reason: &str, (known, word): (&Message, &Message)) -> Line {
    if REASONS.contains(&reason) {
        known.line([("reason", Param::Key(format!("correct-reason-{reason}")))])
    } else {
        word.line([("reason", Param::Text(reason.to_owned()))])
    }
}
