//! The numbers of seals: as a person reads one off, and the last one that was recorded.

use chopmark_core::{SealNumber, SubjectId};
use chopmark_view::{Failure, Line, Param};

use crate::look::Look;
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{failure, lines};

/// Records that are looked through for the last number: a container's journey has fewer since it
/// was sealed.
const MOST_RECORDS: usize = 100;

/// A number as a person typed it; none where nothing was typed.
pub(crate) fn checked(typed: Option<&str>) -> Result<Option<SealNumber>, Failure> {
    let typed = texts::optional(Field::Seal, typed)?;
    let number = typed.map(|text| text.parse()).transpose();
    number.map_err(|_| {
        failure::SEAL_UNREADABLE.failure([("most", Param::Number(SealNumber::MOST as u64))])
    })
}

pub(crate) fn line(number: &SealNumber) -> Line {
    lines::SIGN_SEAL_NUMBER.line([("number", Param::Text(number.to_string()))])
}

/// That the seal which is found broken has another number than the one which was recorded last.
pub(crate) fn differs(
    look: &Look<'_>,
    subject: &SubjectId,
    broken: &SealNumber,
) -> Result<Option<Line>, Trouble> {
    let last = look.newest_of(subject, MOST_RECORDS, |said| {
        said.measured.iter().find_map(SealNumber::of)
    })?;
    let other = last.filter(|last| last != broken);
    Ok(
        other
            .map(|last| lines::WARN_SEAL_DIFFERS.line([("number", Param::Text(last.to_string()))])),
    )
}
