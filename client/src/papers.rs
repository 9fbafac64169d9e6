//! Sections for some readers only: which of them this device may read, who opened one, and who
//! opened it to whom.

mod about;

use std::fmt;
use std::str::FromStr;

use chopmark_core::{
    Audience, BlockOpener, Body, Group, Kind, MemberId, OpenError, RecordRef, SectionBody,
    SectionKey, SectionName, SectionRef, StateView as _, VerifiedBlock,
};
use chopmark_view::{PaperStanding, PaperView};

use crate::look::Look;
use crate::trouble::Trouble;
use crate::{blocks, words_of};

pub(crate) use about::{About, Says, about, remember};

/// A section by the name that screens use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SectionAt {
    pub(crate) record: RecordRef,
    pub(crate) index: u16,
}

impl SectionAt {
    pub(crate) fn name(self) -> SectionName {
        SectionName {
            record: self.record,
            index: self.index,
        }
    }
}

impl From<SectionName> for SectionAt {
    fn from(name: SectionName) -> Self {
        Self {
            record: name.record,
            index: name.index,
        }
    }
}

impl fmt::Display for SectionAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.record, self.index)
    }
}

/// `BLOCK/INDEX/SECTION`; nothing else is said about what is none.
impl FromStr for SectionAt {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (record, index) = text.rsplit_once('/').ok_or(())?;
        Ok(Self {
            record: words_of::parse_record(record).ok_or(())?,
            index: index.parse().map_err(|_| ())?,
        })
    }
}

/// What this device gets of a section.
pub(crate) enum Read {
    /// It says this.
    Body(Box<SectionBody>),
    /// It is for authorities, and this member's record says why.
    Opened(Box<SectionBody>),
    /// It says this to whom a member opened it.
    Granted(MemberId, Box<SectionBody>),
    /// It is for authorities, of which this member is one, and no record of it says that it looks.
    Closed,
    /// Its bytes were taken away.
    Purged,
    /// Its bytes are not here.
    Awaited,
    /// It is for this device and does not open.
    Damaged,
    /// It is for others.
    NotMine,
}

/// Reads one section of a record, as far as this device may.
pub(crate) fn read(
    look: &Look<'_>,
    block: &VerifiedBlock,
    opener: &BlockOpener<'_>,
    at: SectionAt,
) -> Result<Read, Trouble> {
    let record = block.records().get(usize::from(at.record.index));
    let section = record.and_then(|record| record.sections().get(usize::from(at.index)));
    let Some(section) = section else {
        return Ok(Read::NotMine);
    };
    let supervised = matches!(section.audience(), Audience::Regulators(_));
    if supervised && !supervises(look, section.audience()) {
        return granted(look, block, opener, at);
    }
    let Some(ciphertext) = look.store.section(section.hash())? else {
        return absent(look, block, section, at);
    };
    if supervised && !opened(look, at)? {
        return Ok(Read::Closed);
    }
    match opener.open(at.record.index, at.index, &ciphertext) {
        Ok(body) if supervised => Ok(Read::Opened(Box::new(body))),
        Ok(body) => Ok(Read::Body(Box::new(body))),
        // Sealed to a newer key that has not come, or for others, unless somebody granted it.
        Err(OpenError::NotForYou) if !supervised => granted(look, block, opener, at),
        Err(_) => Ok(Read::Damaged),
    }
}

/// Whether this device's member answers for the jurisdiction, and the device for its member.
pub(crate) fn supervises(look: &Look<'_>, audience: &Audience) -> bool {
    let Audience::Regulators(name) = audience else {
        return false;
    };
    let members = look.view.policy().jurisdictions.get(name);
    Group::Supervision.includes(look.me.role)
        && members.is_some_and(|members| members.contains(&look.me.member))
}

/// A section of which there are no bytes.
fn absent(
    look: &Look<'_>,
    block: &VerifiedBlock,
    section: &SectionRef,
    at: SectionAt,
) -> Result<Read, Trouble> {
    let mine = match section.audience() {
        // Whose label it is does not show without the bytes; that they are gone is no secret.
        Audience::Label { .. } | Audience::Public => true,
        Audience::Regulators(_) => supervises(look, section.audience()),
        audience => look.reads(audience),
    };
    if !mine && grants_to_me(look, at)?.is_empty() {
        return Ok(Read::NotMine);
    }
    // A peer that took them away does not say so to devices: they are told apart by the time for
    // which members have to keep them, counted from the time that the author claims.
    let kept = look.firm.policy().retention_ms;
    let over = block.header().clock().plus(kept) < look.firm.tip().time;
    Ok(if look.store.is_purged(section.hash())? || over {
        Read::Purged
    } else if matches!(section.audience(), Audience::Label { .. }) {
        // Phones that hand over carry to each other what the other one needs, and not every
        // label's words.
        Read::NotMine
    } else {
        Read::Awaited
    })
}

/// Whether a record of this member that stands says why it opened the section.
pub(crate) fn opened(look: &Look<'_>, at: SectionAt) -> Result<bool, Trouble> {
    for by in about(look.store, &at.record)? {
        let Some(block) = blocks::of(look.store, &by.block)? else {
            continue;
        };
        let record = block.records().get(usize::from(by.index));
        let says = record.is_some_and(|record| {
            record.kind() == Kind::Open && record.body().section() == Some(at.name())
        });
        if says && block.header().member() == look.me.member && look.view.refusal(&by).is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The keys that members gave this one for a section: the newest last.
fn grants_to_me(look: &Look<'_>, at: SectionAt) -> Result<Vec<(MemberId, SectionKey)>, Trouble> {
    let mut keys = Vec::new();
    for by in about(look.store, &at.record)? {
        if look.view.refusal(&by).is_some() {
            continue;
        }
        let Some(block) = blocks::of(look.store, &by.block)? else {
            continue;
        };
        let Some(record) = block.records().get(usize::from(by.index)) else {
            continue;
        };
        let grants = matches!(record.body(), Body::Grant { section, .. } if *section == at.name());
        if !grants {
            continue;
        }
        let opener = look.opener.of(&block);
        for (index, section) in (0_u16..).zip(record.sections()) {
            let Some(ciphertext) = look.store.section(section.hash())? else {
                continue;
            };
            let body = opener.open(by.index, index, &ciphertext);
            if let Some(key) = body.ok().and_then(|body| body.granted) {
                keys.push((block.header().member(), key));
            }
        }
    }
    Ok(keys)
}

/// What a section says to whom a member opened it. Every grant is tried: one that gives another
/// key, or that came from a member that may not grant, hides no other.
fn granted(
    look: &Look<'_>,
    block: &VerifiedBlock,
    opener: &BlockOpener<'_>,
    at: SectionAt,
) -> Result<Read, Trouble> {
    let keys = grants_to_me(look, at)?;
    if keys.is_empty() {
        return Ok(Read::NotMine);
    }
    let record = block.records().get(usize::from(at.record.index));
    let section = record.and_then(|record| record.sections().get(usize::from(at.index)));
    let Some(section) = section else {
        return Ok(Read::NotMine);
    };
    let Some(ciphertext) = look.store.section(section.hash())? else {
        return absent(look, block, section, at);
    };
    let place = (at.record.index, at.index);
    for (by, key) in &keys {
        if let Ok(body) = opener.open_granted(place, (*by, key), &ciphertext) {
            return Ok(Read::Granted(*by, Box::new(body)));
        }
    }
    Ok(Read::NotMine)
}

/// A record's sections as its step shows them.
pub(crate) fn papers(
    look: &Look<'_>,
    block: &VerifiedBlock,
    read: &[(SectionAt, Read)],
) -> Vec<PaperView> {
    let author = block.header().member() == look.me.member;
    let mut papers = Vec::new();
    for (at, read) in read {
        let record = block.records().get(usize::from(at.record.index));
        let section = record.and_then(|record| record.sections().get(usize::from(at.index)));
        let Some(section) = section else { continue };
        let for_authorities = matches!(section.audience(), Audience::Regulators(_));
        // Grants open what named parties have; everybody, or whoever answers for a jurisdiction,
        // has the rest already.
        let grantable = matches!(section.audience(), Audience::Parties(_))
            && (author || section.audience().names(&look.me.member));
        let is_grant = record.is_some_and(|record| record.kind() == Kind::Grant);
        let (standing, may_grant) = match read {
            Read::Body(_) if grantable && !is_grant => (PaperStanding::Readable, true),
            Read::Body(_) | Read::NotMine => continue,
            Read::Opened(_) => (PaperStanding::Opened, false),
            Read::Granted(by, _) => (
                PaperStanding::Granted {
                    by: look.member_name(by),
                },
                false,
            ),
            Read::Closed => (PaperStanding::ForAuthorities, false),
            Read::Purged => (PaperStanding::Purged { for_authorities }, false),
            Read::Awaited => (PaperStanding::Awaited { for_authorities }, false),
            Read::Damaged => (PaperStanding::Damaged { for_authorities }, false),
        };
        // A case's commissioning has a part for each label: that they are gone is said once.
        let gone = matches!(standing, PaperStanding::Purged { .. });
        if gone
            && papers
                .iter()
                .any(|paper: &PaperView| paper.standing == standing)
        {
            continue;
        }
        papers.push(PaperView {
            section: at.to_string(),
            standing,
            may_grant,
        });
    }
    papers
}
