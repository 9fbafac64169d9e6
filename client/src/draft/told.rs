//! What is said beside what is signed: warnings, and lists of what it is about.

use std::collections::BTreeSet;

use chopmark_core::{MemberId, RecordRef, SubjectId, Verdict, limits};
use chopmark_view::{Line, Param};

use super::{Author, parse_subject};
use crate::journey::Corrections;
use crate::trouble::Trouble;
use crate::{failure, learn, lines};

/// Subjects that the summary names one by one; of more it says how many.
pub(super) const NAMED: usize = 20;

/// What whoever answers an offer should know: how firm it is.
pub(super) fn standing(author: &Author<'_>, offer: &RecordRef) -> Vec<Line> {
    /// An offer that ends within an hour may end before this phone is back on a network.
    const SOON_MS: u64 = 60 * 60 * 1000;
    let mut warnings = Vec::new();
    if author.firm.logged(&offer.block).is_none() {
        warnings.push(lines::WARN_OFFER_PENDING.line([]));
    }
    if let Some(expires) = author.view.offer(offer).map(|offer| offer.expires())
        && expires.0 < author.when.time.0.saturating_add(SOON_MS)
    {
        warnings.push(lines::WARN_OFFER_ENDS.line([("time", Param::Time(expires.0))]));
    }
    warnings
}

/// That a bank has a pledge on what changes hands: it travels, and stays pledged.
pub(super) fn pledged(author: &Author<'_>, subject: &SubjectId) -> Option<Line> {
    let (pledged, _) = author.view.pledge_on(subject)?;
    let bank = *author.view.subject(&pledged)?.pledge()?.to();
    Some(lines::WARN_PLEDGED.line([("bank", author.member_text(&bank))]))
}

/// Failed inspections of what changes hands, one line for each member that found fault and did not
/// take it back.
pub(super) fn inspections(author: &Author<'_>, subject: &SubjectId) -> Result<Vec<Line>, Trouble> {
    /// Of a pallet only so many contents are looked through: bounds the work of one summary.
    const CONTENTS: usize = 256;
    let contents = author.view.all_contents(subject);
    let mut failed = BTreeSet::new();
    for subject in std::iter::once(subject).chain(contents.iter().take(CONTENTS)) {
        let attested = learn::attested(author.store, author.view, subject)?;
        let Some(found) = attested.filter(|attested| attested.verdict == Verdict::Fail) else {
            continue;
        };
        let corrections = Corrections::about(author.look, subject)?;
        if corrections.of(&found.record).is_none() {
            failed.insert(found.by);
        }
    }
    let line = |member: &MemberId| {
        lines::WARN_FAILED_INSPECTION.line([("member", author.member_text(member))])
    };
    Ok(failed.iter().map(line).collect())
}

/// Subjects as the screens send them: at least one, each once.
pub(super) fn parse(subjects: &[String]) -> Result<Vec<SubjectId>, Trouble> {
    // Scanned twice is meant once.
    let subjects: BTreeSet<SubjectId> = subjects
        .iter()
        .map(|subject| parse_subject(subject))
        .collect::<Result<_, _>>()?;
    if subjects.is_empty() {
        return Err(failure::NOTHING_CHOSEN.failure([]).into());
    }
    if subjects.len() > limits::SUBJECTS {
        let most = Param::Number(limits::SUBJECTS as u64);
        return Err(failure::TOO_MANY.failure([("most", most)]).into());
    }
    Ok(subjects.into_iter().collect())
}

/// One code for each subject, or none at all: so a section has them.
pub(super) fn codes(author: &Author<'_>, subjects: &[SubjectId]) -> Result<Vec<String>, Trouble> {
    let mut codes = Vec::new();
    for subject in subjects {
        match author.known(subject)? {
            Some(known) => codes.push(known.code.element_string().to_owned()),
            None => return Ok(Vec::new()),
        }
    }
    Ok(codes)
}

/// The subjects one by one, as far as a person reads such a list.
pub(super) fn each(author: &Author<'_>, subjects: &[SubjectId]) -> Result<Vec<Line>, Trouble> {
    let mut said = Vec::new();
    for subject in subjects.iter().take(NAMED) {
        said.push(lines::SIGN_SUBJECT.line([("subject", author.subject_text(subject)?)]));
    }
    if subjects.len() > NAMED {
        let more = Param::Number((subjects.len() - NAMED) as u64);
        said.push(lines::SIGN_MORE.line([("count", more)]));
    }
    Ok(said)
}
