//! Corrections: a member says that a record of its own said something wrong. Nothing is deleted,
//! and no state changes: what follows from it are further records.

use super::{Context, Refusal};
use crate::RecordRef;
use crate::state::{Layer, StateView};

/// A correction cites what it names, so all of it is in the log and applied.
pub(super) fn correct(
    draft: &Layer<'_>,
    context: &Context,
    of: &RecordRef,
    correctives: &[RecordRef],
) -> Result<(), Refusal> {
    for record in std::iter::once(of).chain(correctives) {
        match draft.logged(&record.block).map(|logged| logged.member) {
            Some(author) if author == context.author.member => {}
            Some(author) => {
                return Err(Refusal::NotYourRecord {
                    record: *record,
                    author,
                });
            }
            None => return Err(Refusal::CiteNeverCame { cite: *record }),
        }
    }
    Ok(())
}
