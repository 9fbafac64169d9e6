//! What the rules would say of records that nobody has signed yet, so that a person hears it
//! before signing and not after.

use super::{Author, Context, Refusal, apply, check_permission};
use crate::state::{FeedHead, Layer, StateView};
use crate::{BlockId, DeviceId, MemberId, Record, RecordDraft, RecordRef, Role, Seq};

/// Judges drafts by the same rules as a checkpoint would now, one after the other, and changes
/// nothing. What depends on the block that they end up in (its place, what its sections are sealed
/// to, a cite that has not come) is not looked at, and nothing is promised: what is ordered first
/// stands.
///
/// # Errors
/// Why the first record that is against the rules would be refused.
pub fn foresee(
    state: &dyn StateView,
    (device, role): (DeviceId, Role),
    member: MemberId,
    drafts: &[RecordDraft],
) -> Result<(), Refusal> {
    let class = state
        .member(&member)
        .ok_or(Refusal::UnknownMember { member })?
        .class();
    // The block does not exist; no other record can cite it.
    let block = BlockId::from_bytes([0; 32]);
    let author = Author {
        device,
        member,
        class,
        role,
        seq: state
            .feed(&device)
            .map_or(Seq(0), |feed: FeedHead| feed.next),
        block,
    };
    let mut draft = Layer::over(state);
    for (index, record) in (0_u16..).zip(drafts) {
        // What is not well-formed is found when the block is built, with its reason.
        let Ok(record) = Record::new(record, Vec::new()) else {
            continue;
        };
        let context = Context {
            author,
            at: RecordRef { block, index },
            now: state.tip().time,
        };
        check_permission(&draft, &author, &record)?;
        apply(&mut draft, &context, &record)?;
    }
    Ok(())
}
