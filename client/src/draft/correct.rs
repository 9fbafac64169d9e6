//! This member says that a record of its own is wrong. Nothing is deleted, and no state changes.

use chopmark_core::{
    Audience, AudienceDraft, Body, Kind, Record, RecordRef, Refusal, SectionBody, SubjectId,
    VerifiedBlock, limits,
};
use chopmark_view::{EventStatus, Line, MOST_CORRECTIVES, Param, Wrong};

use super::{Author, Draft, precheck, record, told};
use crate::journey::{Corrections, can_be_corrected};
use crate::trouble::Trouble;
use crate::{activities, blocks, did, failure, lines, words_of};

const _: () = assert!(limits::CORRECTIVES == MOST_CORRECTIVES);

pub(super) fn correct(author: &Author<'_>, at: &str, wrong: &Wrong) -> Result<Draft, Trouble> {
    let own = Own::find(author, at)?;
    let (reason, message, right) = match wrong {
        Wrong::DidNotOccur => (
            "did_not_occur",
            &lines::SIGN_CORRECT_DID_NOT_OCCUR,
            Vec::new(),
        ),
        Wrong::IncorrectData { right } => (
            "incorrect_data",
            &lines::SIGN_CORRECT_INCORRECT_DATA,
            own.put_right_by(author, right)?,
        ),
    };
    let correctives: Vec<RecordRef> = right.iter().map(|one| one.at).collect();
    let cites = std::iter::once(own.at).chain(correctives.iter().copied());
    let body = Body::Correct {
        when: author.when,
        of: own.at,
        reason: reason.to_owned(),
        correctives: correctives.clone(),
    };
    let subjects = own.record()?.subjects().to_vec();
    let mut drafted = record(body, subjects.clone()).citing(cites.collect());
    drafted.sections = sections(author, own.record()?, &subjects)?;
    let mut said = vec![message.line([("time", own.time()?)])];
    said.extend(own.said(author)?);
    for one in &right {
        said.push(lines::SIGN_CORRECT_RIGHT.line([("time", one.time()?)]));
        said.extend(one.said(author)?);
    }
    if own.is_recall(author)? {
        said.push(lines::SIGN_CORRECT_RECALL.line([]));
    }
    // It rests on nothing that could change until it is signed.
    let mut draft = Draft::new(vec![drafted], said);
    if let Some(subject) = subjects.first()
        && Corrections::about(author.look, subject)?
            .of(&own.at)
            .is_some()
    {
        draft.warnings.push(lines::WARN_CORRECTED_BEFORE.line([]));
    }
    if !matches!(own.record()?.kind(), Kind::Observe | Kind::Attest) {
        draft.warnings.push(lines::WARN_CORRECT.line([]));
    }
    Ok(draft)
}

/// Whoever reads a part of the record that is wrong reads the codes of what the correction is
/// about; that it is wrong, and why, everyone sees. A party that has no key any more is left out.
fn sections(
    author: &Author<'_>,
    wrong: &Record,
    subjects: &[SubjectId],
) -> Result<Vec<(AudienceDraft, SectionBody)>, Trouble> {
    let readers = author.firm.readers();
    let mut told: Vec<AudienceDraft> = Vec::new();
    for section in wrong.sections() {
        let audience = match section.audience() {
            Audience::Members => AudienceDraft::Members,
            Audience::Parties(groups) => {
                let groups = groups.iter().filter(|of| readers.get(of).is_some());
                AudienceDraft::parties(groups.copied())
            }
            // Buyers need no code, and what regulators get is the policy's to say.
            Audience::Label { .. } | Audience::Regulators(_) | Audience::Public => continue,
        };
        let is_nobody = matches!(&audience, AudienceDraft::Parties(groups) if groups.is_empty());
        if !is_nobody && !told.contains(&audience) {
            told.push(audience);
        }
    }
    if told.contains(&AudienceDraft::Members) {
        told = vec![AudienceDraft::Members];
    }
    let body = SectionBody {
        codes: told::codes(author, subjects)?,
        ..SectionBody::default()
    };
    Ok(told
        .into_iter()
        .map(|audience| (audience, body.clone()))
        .collect())
}

/// A record that this member wrote about things, and that counts.
struct Own {
    at: RecordRef,
    block: VerifiedBlock,
}

impl Own {
    fn find(author: &Author<'_>, text: &str) -> Result<Self, Trouble> {
        let unknown = || failure::UNKNOWN_RECORD.failure([]);
        let at = words_of::parse_record(text).ok_or_else(unknown)?;
        let block = blocks::of(author.store, &at.block)?.ok_or_else(unknown)?;
        let own = Self { at, block };
        let by = own.block.header().member();
        let record = own.record()?;
        if by != author.member {
            let refusal = Refusal::NotYourRecord {
                record: at,
                author: by,
            };
            return Err(precheck::refused(author, &refusal));
        }
        if !can_be_corrected(record) {
            return Err(failure::NOT_CORRECTABLE.failure([]).into());
        }
        match author.look.status(&at)? {
            EventStatus::Refused(_) => Err(failure::RECORD_REFUSED.failure([]).into()),
            _ => Ok(own),
        }
    }

    /// Other records of this member, each once.
    fn put_right_by(&self, author: &Author<'_>, right: &[String]) -> Result<Vec<Self>, Trouble> {
        let mut found: Vec<Self> = Vec::new();
        for text in right {
            let one = Self::find(author, text)?;
            if one.at == self.at {
                return Err(failure::CORRECTS_ITSELF.failure([]).into());
            }
            if !found.iter().any(|other| other.at == one.at) {
                found.push(one);
            }
        }
        if found.len() > limits::CORRECTIVES {
            let most = Param::Number(limits::CORRECTIVES as u64);
            return Err(failure::TOO_MANY.failure([("most", most)]).into());
        }
        Ok(found)
    }

    fn record(&self) -> Result<&Record, Trouble> {
        let record = self.block.records().get(usize::from(self.at.index));
        record.ok_or_else(|| failure::UNKNOWN_RECORD.failure([]).into())
    }

    /// When it happened, says the record.
    fn time(&self) -> Result<Param, Trouble> {
        let clock = self.block.header().clock();
        let when = self.record()?.body().when();
        Ok(Param::Time(when.map_or(clock, |when| when.time).0))
    }

    fn said(&self, author: &Author<'_>) -> Result<Option<Line>, Trouble> {
        did::one(author.look, &self.block, self.at.index)
    }

    /// Whether buyers' pages go by it: a recall, or the end of one.
    fn is_recall(&self, author: &Author<'_>) -> Result<bool, Trouble> {
        let record = self.record()?;
        let mut sections = record.sections().iter();
        let is_public = sections.any(|section| *section.audience() == Audience::Public);
        let Body::Observe { step, .. } = record.body() else {
            return Ok(false);
        };
        let read = author.look.read_sections(&self.block, self.at.index)?;
        let activity = activities::recorded(record.kind(), step, read.disposition.as_deref());
        Ok(is_public && activity.is_some_and(activities::Activity::is_for_everyone))
    }
}
