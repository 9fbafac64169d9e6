//! Opening what is for authorities, saying that it cannot be read, and opening a section to
//! another member.

use chopmark_core::{
    Audience, AudienceDraft, BlockOpener, Body, Class, Group, MemberId, MemberState, RecordRef,
    Refusal, SectionBody, SectionRef, VerifiedBlock, may_hold,
};
use chopmark_view::{Line, OPEN_REASONS, Param};

use super::{Author, Draft, precheck, record};
use crate::papers::SectionAt;
use crate::trouble::Trouble;
use crate::{blocks, failure, lines, words_of};

/// An authority says why it opens a section; what it says is shown once that is signed.
pub(super) fn open(author: &Author<'_>, section: &str, reason: &str) -> Result<Draft, Trouble> {
    let found = Found::find(author, section)?;
    found.for_this_authority(author)?;
    if !OPEN_REASONS.contains(&reason) {
        return Err(failure::REASON_UNKNOWN.failure([]).into());
    }
    let body = Body::Open {
        when: author.when,
        section: found.at.name(),
        reason: reason.to_owned(),
    };
    let said = lines::SIGN_OPEN.line([
        ("reason", words_of::open_reason(reason)),
        ("author", author.member_text(&found.block.header().member())),
    ]);
    let told = lines::SIGN_OPEN_SEEN.line([]);
    let drafted = record(body, Vec::new()).citing(vec![found.at.record]);
    Ok(Draft::new(vec![drafted], vec![said, told]))
}

/// An authority says that it cannot read a section that it should; that holds the goods.
pub(super) fn unreadable(author: &Author<'_>, section: &str) -> Result<Draft, Trouble> {
    let found = Found::find(author, section)?;
    found.for_this_authority(author)?;
    let subjects = found.record()?.subjects().to_vec();
    let mut said = Vec::new();
    for subject in &subjects {
        let state = precheck::exists(author, subject)?;
        if let Some(by) = state.holds().get(&author.member) {
            let refusal = Refusal::AlreadyHeld {
                subject: *subject,
                by: *by,
            };
            return Err(precheck::refused(author, &refusal));
        }
        said.push(lines::SIGN_UNREADABLE.line([("subject", author.subject_text(subject)?)]));
    }
    let body = Body::Unreadable {
        when: author.when,
        section: found.at.name(),
    };
    let drafted = record(body, subjects.clone()).citing(vec![found.at.record]);
    Ok(Draft::new(vec![drafted], said).resting_on(author.view, &subjects))
}

/// A party of a section opens it to another member: the section's key and nothing else, in a
/// section for the same group of that member, or for those at a bank or an authority who lend or
/// supervise.
pub(super) fn grant(author: &Author<'_>, section: &str, to: &str) -> Result<Draft, Trouble> {
    let to: MemberId = to
        .parse()
        .map_err(|_| failure::UNKNOWN_MEMBER.failure([]))?;
    if author.view.member(&to).is_none() {
        return Err(failure::UNKNOWN_MEMBER.failure([]).into());
    }
    if to == author.member {
        return Err(failure::SELF_ADDRESSEE.failure([]).into());
    }
    let found = Found::find(author, section)?;
    let by = found.block.header().member();
    let audience = found.section()?.audience().clone();
    let not_yours = || Trouble::from(failure::PAPER_NOT_YOURS.failure([]));
    let Audience::Parties(parties) = &audience else {
        return Err(not_yours());
    };
    if by != author.member && !audience.names(&author.member) {
        return Err(not_yours());
    }
    let group = parties
        .iter()
        .find(|party| party.member == author.member)
        .map_or(Group::Operations, |party| party.group);
    // Who works at a bank or an authority is in no group of operations.
    let group = match author.view.member(&to).map(MemberState::class) {
        Some(Class::Bank) => Group::Finance,
        Some(class) if may_hold(class) => Group::Supervision,
        _ => group,
    };
    let reader = author.firm.group_of(to, group);
    if parties.contains(&reader) {
        return Err(failure::PAPER_KNOWN
            .failure([("member", author.member_text(&to))])
            .into());
    }
    let opener = author.opener.of(&found.block);
    let key = opener
        .key(found.at.record.index, found.at.index)
        .map_err(|_| not_yours())?;
    if audience.is_only(&by) && found.may_name_a_person(author, &opener)? {
        return Err(failure::PAPER_NAMES_PERSON.failure([]).into());
    }
    let told = SectionBody {
        granted: Some(key),
        ..SectionBody::default()
    };
    let body = Body::Grant {
        when: author.when,
        section: found.at.name(),
    };
    let drafted = record(body, Vec::new())
        .citing(vec![found.at.record])
        .telling(AudienceDraft::parties([reader]), told);
    Ok(Draft::new(vec![drafted], found.said(author, &to)?))
}

/// A section of a record that is here.
struct Found {
    at: SectionAt,
    block: VerifiedBlock,
}

impl Found {
    fn find(author: &Author<'_>, section: &str) -> Result<Self, Trouble> {
        let unknown = || failure::UNKNOWN_RECORD.failure([]);
        let at: SectionAt = section.parse().map_err(|()| unknown())?;
        let block = blocks::of(author.store, &at.record.block)?.ok_or_else(unknown)?;
        let found = Self { at, block };
        found.section()?;
        Ok(found)
    }

    fn record(&self) -> Result<&chopmark_core::Record, Trouble> {
        let RecordRef { index, .. } = self.at.record;
        let record = self.block.records().get(usize::from(index));
        record.ok_or_else(|| failure::UNKNOWN_RECORD.failure([]).into())
    }

    fn section(&self) -> Result<&SectionRef, Trouble> {
        let sections = self.record()?.sections();
        let section = sections.get(usize::from(self.at.index));
        section.ok_or_else(|| failure::UNKNOWN_RECORD.failure([]).into())
    }

    /// The key would carry the name out of its member. What is not here to be read counts as naming
    /// one.
    fn may_name_a_person(
        &self,
        author: &Author<'_>,
        opener: &BlockOpener<'_>,
    ) -> Result<bool, Trouble> {
        let Some(bytes) = author.store.section(self.section()?.hash())? else {
            return Ok(true);
        };
        let read = opener.open(self.at.record.index, self.at.index, &bytes);
        Ok(read.map_or(true, |body| body.person.is_some()))
    }

    /// The section is for authorities, and this member is one of them.
    fn for_this_authority(&self, author: &Author<'_>) -> Result<(), Trouble> {
        let member = author.member;
        let class = author.view.member(&member).map(|state| state.class());
        if !class.is_some_and(may_hold) {
            return Err(precheck::refused(
                author,
                &Refusal::NotAnAuthority { member },
            ));
        }
        let Audience::Regulators(name) = self.section()?.audience() else {
            return Err(failure::PAPER_NOT_FOR_AUTHORITIES.failure([]).into());
        };
        let members = author.view.policy().jurisdictions.get(name);
        if members.is_some_and(|members| members.contains(&member)) {
            Ok(())
        } else {
            Err(failure::PAPER_ELSEWHERE
                .failure([("jurisdiction", Param::Text(name.to_string()))])
                .into())
        }
    }

    /// Whose papers of what go to whom.
    fn said(&self, author: &Author<'_>, to: &MemberId) -> Result<Vec<Line>, Trouble> {
        let mut said = vec![lines::SIGN_GRANT.line([
            ("to", author.member_text(to)),
            ("author", author.member_text(&self.block.header().member())),
        ])];
        for subject in self.record()?.subjects().iter().take(super::told::NAMED) {
            said.push(lines::SIGN_SUBJECT.line([("subject", author.subject_text(subject)?)]));
        }
        Ok(said)
    }
}
