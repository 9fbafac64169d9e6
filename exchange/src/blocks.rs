//! Events into signed blocks.

use crate::record::{Author, Sections, Unmapped, asks_state, drafts};
use crate::recorded::Recorded;
use chopmark_core::{
    AudienceDraft, Body, BuildError, BuiltBlock, DeviceKey, Kind, Position, Readers, RecordDraft,
    RecordRef, Seed, SubjectId, UnsignedBlock, limits, sign_as_asked,
};
use chopmark_epcis::Event;

/// What a block's statement takes at most, with both signatures and room to spare.
const ENVELOPE_BYTES: usize = 8 * 1024;
/// What most records take beside their subjects, codes, cites and sections.
const RECORD_BYTES: usize = 256;
/// A hash or an id as it stands in a record.
const ID_BYTES: usize = 34;
/// A cite: a block and a place.
const CITE_BYTES: usize = 40;
/// A section's name, without those whom it is for; and each of those.
const REFERENCE_BYTES: usize = 96;
const READER_BYTES: usize = 48;
/// What a section takes beside its codes and its event.
const SECTION_BYTES: usize = 1024;

/// Who signs, and for whom.
#[derive(Clone, Copy)]
pub struct Signer<'a> {
    /// The signing device's key.
    pub key: &'a DeviceKey,
    /// Where sections are sealed to.
    pub readers: &'a Readers,
}

/// Where in a list of events the next block begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The first event that is not in a block as a whole.
    pub event: usize,
    /// How many of its records are: an event of very many things takes several blocks.
    part: usize,
}

impl Cursor {
    const fn at(event: usize) -> Self {
        Self { event, part: 0 }
    }
}

/// A block made of events.
pub struct Made {
    /// The block and its sections; none if no event gave a record.
    pub block: Option<BuiltBlock>,
    /// For each record of the block, which event it is of.
    pub events: Vec<usize>,
    /// For each record of the block, what it is about.
    subjects: Vec<Vec<SubjectId>>,
    /// Where the next one begins.
    pub next: Cursor,
    /// Those that became no record.
    pub unmapped: Vec<(usize, Unmapped)>,
}

/// Makes the next block of a feed out of as many events as fit; the view holds everything before.
/// `seed` must be random and used once.
pub fn next_block(
    (events, from): (&[Event], Cursor),
    author: &Author<'_>,
    signer: Signer<'_>,
    position: Position,
    seed: &Seed,
) -> Result<Made, BuildError> {
    let place = (position, seed);
    make((events, from), author, signer, place, Sections::Told)
}

pub(crate) fn make(
    (events, from): (&[Event], Cursor),
    author: &Author<'_>,
    signer: Signer<'_>,
    (position, seed): (Position, &Seed),
    sections: Sections,
) -> Result<Made, BuildError> {
    let mut filling = Filling {
        records: Vec::new(),
        size: Size::default(),
        made: Made {
            block: None,
            events: Vec::new(),
            subjects: Vec::new(),
            next: from,
            unmapped: Vec::new(),
        },
    };
    for (index, event) in events.iter().enumerate().skip(from.event) {
        if filling.has_to_wait(event) {
            break;
        }
        let part = filling.made.next.part;
        match unit(event, part, author, sections) {
            Ok(unit) => match filling.take(index, unit) {
                Room::Left => {}
                Room::Gone => break,
            },
            Err(why) => {
                filling.made.unmapped.push((index, why));
                filling.made.next = Cursor::at(index + 1);
            }
        }
    }
    let Filling {
        mut records,
        mut made,
        ..
    } = filling;
    if !records.is_empty() {
        made.subjects = records.iter().map(|draft| draft.subjects.clone()).collect();
        if sections == Sections::Empty {
            // Rules ask for no others, and each costs a seal.
            records.iter_mut().for_each(leave_to_regulators);
        }
        let built = UnsignedBlock::build(position, &records, signer.readers, seed)?;
        made.block = Some(sign_as_asked(built, signer.key, author.view)?);
    }
    Ok(made)
}

fn leave_to_regulators(draft: &mut RecordDraft) {
    let audience = |(audience, _): &(AudienceDraft, _)| match audience {
        AudienceDraft::Regulators(_) => true,
        AudienceDraft::Parties(_)
        | AudienceDraft::Members
        | AudienceDraft::Label { .. }
        | AudienceDraft::Public => false,
    };
    draft.sections.retain(audience);
}

/// The records of an event behind those that stand in a block already, each with what it takes.
fn unit(
    event: &Event,
    part: usize,
    author: &Author<'_>,
    sections: Sections,
) -> Result<Vec<(RecordDraft, Size)>, Unmapped> {
    let drafts = drafts(event, author, sections)?;
    let drafts = author.by.begun.missing(event, drafts);
    let drafts = drafts.into_iter().skip(part);
    let sized = drafts.map(|draft| sized(draft.telling_regulators(author.view)));
    sized.collect()
}

/// What a record takes. One that no block takes ends here with its event: in a block it would end
/// the whole import.
fn sized(draft: RecordDraft) -> Result<(RecordDraft, Size), Unmapped> {
    draft.check().map_err(Unmapped::Unwritable)?;
    let size = Size::of(&draft);
    match size.fits() {
        true => Ok((draft, size)),
        // No other block has more room.
        false => Err(Unmapped::NoRoom {
            bytes: size.bytes + ENVELOPE_BYTES,
        }),
    }
}

/// Whether a block can take more.
enum Room {
    Left,
    Gone,
}

/// A block that is being filled.
struct Filling {
    records: Vec<RecordDraft>,
    size: Size,
    made: Made,
}

impl Filling {
    /// Whether an event has to wait for the block after this one.
    fn has_to_wait(&self, event: &Event) -> bool {
        // What it does follows from what is packed, and the view does not know this block yet.
        let asks = asks_state(event) && !self.records.is_empty();
        // What it corrects may be among them, and they have no names yet.
        let is_correction = |draft: &RecordDraft| draft.body.kind() == Kind::Correct;
        asks || (event.about.error_declaration.is_some() && !self.records.iter().all(is_correction))
    }

    /// Takes the records of an event, if not all fit then as a whole into the next block, and if
    /// they do not fit there either, as many as there is room for.
    fn take(&mut self, index: usize, unit: Vec<(RecordDraft, Size)>) -> Room {
        let sizes = unit.iter().map(|(_, size)| *size);
        let whole = sizes.fold(Size::default(), Size::plus);
        if !self.size.plus(whole).fits() && !self.records.is_empty() {
            return Room::Gone;
        }
        let fits_alone = whole.fits();
        let group = (fits_alone && unit.len() > 1).then_some(self.records.len());
        for (mut draft, size) in unit {
            if !self.size.plus(size).fits() {
                break;
            }
            self.size = self.size.plus(size);
            // At most as many as records.
            draft.group = group.map(|group| u16::try_from(group).unwrap_or(u16::MAX));
            self.made.events.push(index);
            self.made.next.part += 1;
            self.records.push(draft);
        }
        if !fits_alone {
            return Room::Gone;
        }
        self.made.next = Cursor::at(index + 1);
        Room::Left
    }
}

/// What records take of a block.
#[derive(Clone, Copy, Default)]
struct Size {
    records: usize,
    bytes: usize,
    sections: usize,
}

impl Size {
    /// What the name of a group of records takes at most.
    const GROUP_BYTES: usize = 3;

    /// Measuring means to write all of it once more, so what is short and of a simple kind is
    /// counted instead, and counted as too much.
    fn of(draft: &RecordDraft) -> Self {
        match draft.body {
            Body::Transform { .. } | Body::Correct { .. } => Self::measured(draft),
            _ => {
                let counted = Self::counted(draft);
                debug_assert!(Self::measured(draft).is_within(counted));
                match counted.fits() {
                    true => counted,
                    false => Self::measured(draft),
                }
            }
        }
    }

    fn counted(draft: &RecordDraft) -> Self {
        // A commissioning names each thing twice: hash and id.
        let codes = match &draft.body {
            Body::Commission { codes, .. } => codes.len(),
            _ => 0,
        };
        let ids = draft.subjects.len() + codes;
        let mut references = 0;
        let mut plain = 0;
        for (audience, body) in &draft.sections {
            let readers = match audience {
                AudienceDraft::Parties(groups) => groups.len(),
                _ => 1,
            };
            references += REFERENCE_BYTES + readers * READER_BYTES;
            let codes: usize = body.codes.iter().map(|code| code.len() + 3).sum();
            plain += SECTION_BYTES + codes + body.event.as_ref().map_or(0, String::len);
        }
        Self {
            records: 1,
            bytes: RECORD_BYTES + ids * ID_BYTES + draft.cites.len() * CITE_BYTES + references,
            // Padding adds an eighth at most.
            sections: plain + plain / 8,
        }
    }

    fn is_within(self, other: Self) -> bool {
        self.bytes <= other.bytes && self.sections <= other.sections
    }

    fn measured(draft: &RecordDraft) -> Self {
        let size = draft.size();
        Self {
            records: 1,
            bytes: size.record + Self::GROUP_BYTES,
            sections: size.sections,
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            records: self.records + other.records,
            bytes: self.bytes + other.bytes,
            sections: self.sections + other.sections,
        }
    }

    fn fits(self) -> bool {
        self.records <= limits::RECORDS
            && self.bytes + ENVELOPE_BYTES <= limits::BLOCK_BYTES
            && self.sections <= limits::SECTIONS_BYTES
    }
}

impl Recorded {
    /// Learns which records of a block say the events that it was made of.
    pub fn learn_made(&mut self, events: &[Event], made: &Made) {
        let Some(built) = made.block.as_ref().filter(|_| !self.is_empty()) else {
            return;
        };
        let block = built.block.id();
        for ((index, subjects), of) in (0_u16..).zip(&made.subjects).zip(&made.events) {
            if let Some(event) = events.get(*of) {
                self.learn(event, RecordRef { block, index }, subjects);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::sized;
    use crate::record::Unmapped;
    use chopmark_core::{Body, CborError, RecordDraft, SubjectId, TimeMs, TzMinutes, When};

    /// Whatever the makers of drafts overlook: the block would be refused, and with it the import.
    #[test]
    fn a_record_that_no_block_takes_is_a_reason_and_no_end() {
        let when = When {
            time: TimeMs(0),
            tz: TzMinutes::default(),
        };
        let twice = vec![SubjectId::from_bytes([1; 32]); 2];
        let why = sized(RecordDraft::new(Body::Pack { when }, twice)).map(|_| ());
        let cause = CborError::Value { what: "subjects" };
        assert_eq!(why, Err(Unmapped::Unwritable(cause)));
    }
}
