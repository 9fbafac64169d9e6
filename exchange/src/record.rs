//! From an event to the records that say it.

mod amounts;
mod correct;
mod deed;
mod transform;

use self::amounts::amounts;
use self::deed::{decommission, deed, deeds};
use crate::parts::Part;
use crate::recorded::Teller;
use crate::told;
use chopmark_core::{
    AudienceDraft, Body, CborError, Code, CodeError, Imbalance, Prefix, Quantities, RecordDraft,
    SectionBody, StateView, SubjectId, TimeMs, TzMinutes, When, limits,
};
use chopmark_epcis::{About, Action, Aggregation, EpcError, Event, Quantity, Uri, What, code};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// Things of one record: with their hashes and ids twice, half a block.
const THINGS_A_RECORD: usize = 400;
/// What an event did, where it names no step of the standard.
const OTHER: &str = "other";

/// For whom events become records, and on what knowledge.
#[derive(Clone, Copy)]
pub struct Author<'a> {
    /// The ledger, with everything that comes before the records.
    pub view: &'a dyn StateView,
    /// In whose name, for whom, and what they recorded before.
    pub by: &'a Teller,
}

/// Why an event becomes no record.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmapped {
    /// An identifier that names nothing which can have a history.
    #[error(transparent)]
    Identifier(#[from] EpcError),
    /// Nobody registered the prefix, so whose thing it is, is unknown.
    #[error("no member of this network has registered the prefix of {code}")]
    PrefixUnknown {
        /// The thing.
        code: Code,
    },
    /// Somebody registered the prefix just now, and the ledger has not settled it yet.
    #[error("the registration of the prefix of {code} is not final yet: try again in a moment")]
    PrefixPending {
        /// The thing.
        code: Code,
    },
    /// What begins belongs to another member.
    #[error("{code} begins under the prefix of another member, which has to record that itself")]
    NotYours {
        /// The thing.
        code: Code,
    },
    /// It names no item, batch, unit, asset or place.
    #[error("the event names no item, batch, logistic unit, asset or place")]
    NothingTracked,
    /// The ledger counts from 1970.
    #[error("the event's time is before 1970")]
    TooEarly,
    /// Longer than a section holds.
    #[error(
        "the event takes {bytes} bytes, {} are allowed: split it",
        limits::EVENT_BYTES
    )]
    TooLarge {
        /// Its size as canonical text.
        bytes: usize,
    },
    /// A record cannot be split, and so has to fit into a block. One of 400 things for 128 members
    /// does, and a transformation into many more does not.
    #[error(
        "the event's record takes {bytes} bytes, a block has {} for it: split the event, or tell fewer members",
        limits::BLOCK_BYTES
    )]
    NoRoom {
        /// Its size with what the block takes itself.
        bytes: usize,
    },
    /// An error declaration that is about no record of this member.
    #[error(
        "no record that this member wrote says the event {id}, which an error declaration names"
    )]
    EventUnknown {
        /// The event's id.
        id: String,
    },
    /// What came out of a transformation that is split over several events, without what went in.
    #[error(
        "what went into the transformation {id} stands in no event of this file, and in no record of this member: import the events with its inputs before, or in one file with this"
    )]
    InputsUnknown {
        /// Its `transformationID`.
        id: String,
    },
    /// A container is not in itself, nor a part of itself.
    #[error("{code} is the parent, and is among its own children")]
    InItself {
        /// The container.
        code: Code,
    },
    /// A thing has one place in a transformation.
    #[error("{code} is among the inputs and among the outputs")]
    BothSides {
        /// The thing.
        code: Code,
    },
    /// A batch is named several times, and what is said of it makes no sum.
    #[error("{code} is named more than once, and its amounts do not add up to one")]
    Amounts {
        /// The batch.
        code: Code,
    },
    /// An amount of what is one thing.
    #[error("{code} is no batch, and has an amount: only batches are counted")]
    NotCounted {
        /// The thing.
        code: Code,
    },
    /// More comes out of a transformation than went in, or in another measure.
    #[error(transparent)]
    NotConserved(Imbalance),
    /// There is no kind of record for it.
    #[error("{what} cannot be recorded")]
    NoRecord {
        /// What it is.
        what: &'static str,
    },
    /// No block takes the record. Whatever was not foreseen above has at least its event named.
    #[error("the event's record cannot be written: {0}")]
    Unwritable(CborError),
}

/// The records of an event, in the order in which they have to stand, without what a policy asks
/// for beside. Read outside its document the event has to say the same: [`Event::alone`].
pub fn records(event: &Event, author: &Author<'_>) -> Result<Vec<RecordDraft>, Unmapped> {
    drafts(event, author, Sections::Told)
}

/// Whether sections say anything. Rules look at who they are for and read none of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sections {
    Told,
    Empty,
}

pub(crate) fn drafts(
    event: &Event,
    author: &Author<'_>,
    sections: Sections,
) -> Result<Vec<RecordDraft>, Unmapped> {
    let when = when(&event.about)?;
    let text = (sections == Sections::Told).then(|| event.text());
    let bytes = text.as_ref().map_or_else(|| event.text_len(), String::len);
    if bytes > limits::EVENT_BYTES {
        return Err(Unmapped::TooLarge { bytes });
    }
    let told = text.map(|text| told::section(event, text));
    let told = told.as_ref();
    if let Some(declaration) = &event.about.error_declaration {
        return correct::correct(event, declaration, author, (when, told));
    }
    match &event.what {
        What::Object(object) if object.action == Action::Add => {
            let things = tracked(object.epcs.as_ref(), object.quantities.as_ref())?;
            let amounts = amounts(object.quantities.as_ref())?;
            commission((things, &amounts), when, author, told)
        }
        What::Transformation(of) => {
            let step = told::step(&event.about).unwrap_or(OTHER);
            match author.by.parts.part(event, of) {
                Part::Whole(all) => transform::transform((all, of), (when, step), author, told),
                Part::Beside => {
                    let seen = deeds(deed(event, &event.what, author)?, when, author, told)?;
                    let made = transform::made(of)?;
                    let each = seen.into_iter();
                    each.map(|draft| transform::named_on_labels(draft, &made, author, told))
                        .collect()
                }
                Part::NoInputs { id } => Err(Unmapped::InputsUnknown { id: id.to_owned() }),
            }
        }
        what => {
            let deed = deed(event, what, author)?;
            deeds(deed, when, author, told)
        }
    }
}

/// Whether what an event does follows from what is packed: it takes out whatever is inside.
pub(crate) fn asks_state(event: &Event) -> bool {
    matches!(&event.what, What::Aggregation(Aggregation {
        action: Action::Delete,
        child_epcs,
        child_quantities: None,
        ..
    }) if child_epcs.as_ref().is_none_or(Vec::is_empty))
}

fn when(about: &About) -> Result<When, Unmapped> {
    let time = u64::try_from(about.event_time.instant().as_millisecond());
    let time = TimeMs(time.map_err(|_| Unmapped::TooEarly)?);
    // The standard bounds zones as the ledger does.
    let tz = TzMinutes::new(about.event_time_zone_offset.minutes()).unwrap_or_default();
    Ok(When { time, tz })
}

/// The codes of things, each once, in the order in which they were named. A class of goods that
/// is no batch has no history.
fn tracked(
    epcs: Option<&Vec<Uri>>,
    quantities: Option<&Vec<Quantity>>,
) -> Result<Vec<Code>, Unmapped> {
    let mut codes = Vec::new();
    for epc in epcs.into_iter().flatten() {
        codes.push(code(epc.written())?);
    }
    for quantity in quantities.into_iter().flatten() {
        codes.extend(batch(quantity)?);
    }
    let mut seen = BTreeSet::new();
    let first: Vec<bool> = codes.iter().map(|code| seen.insert(code)).collect();
    let mut first = first.into_iter();
    codes.retain(|_| first.next().unwrap_or_default());
    Ok(codes)
}

/// The batch that a quantity is of; none of a class of goods that is no batch.
fn batch(quantity: &Quantity) -> Result<Option<Code>, EpcError> {
    match code(quantity.epc_class.written()) {
        Ok(batch) => Ok(Some(batch)),
        Err(EpcError::Key {
            cause:
                CodeError::ProductOnly { .. }
                | CodeError::SerialMissing { .. }
                | CodeError::NotTracked { .. },
            ..
        }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Under which subject a code has its history.
pub(crate) fn subject(code: &Code, author: &Author<'_>) -> Result<SubjectId, Unmapped> {
    let owner = author.view.prefix_owner(code);
    let owner = owner.ok_or_else(|| Unmapped::PrefixUnknown { code: code.clone() })?;
    Ok(code.subject(&author.view.network(), &owner))
}

/// The author's prefix that something begins under.
fn own_prefix<'a>(code: &Code, author: &Author<'a>) -> Result<&'a Prefix, Unmapped> {
    let mut settled = author.view.final_registrations();
    match settled.find(|(prefix, _)| code.company_prefix_matches(prefix.as_str())) {
        Some((prefix, held)) if *held.owner() == author.by.member => Ok(prefix),
        Some(_) => Err(Unmapped::NotYours { code: code.clone() }),
        None => Err(match author.view.prefix_owner(code) {
            Some(_) => Unmapped::PrefixPending { code: code.clone() },
            None => Unmapped::PrefixUnknown { code: code.clone() },
        }),
    }
}

/// One record for all codes of one class under one prefix.
fn commission(
    (things, amounts): (Vec<Code>, &BTreeMap<Code, chopmark_core::Quantity>),
    when: When,
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> Result<Vec<RecordDraft>, Unmapped> {
    let in_fields = author.view.policy().quantities == Quantities::Fields;
    let mut classes: BTreeMap<(String, Prefix), Vec<Code>> = BTreeMap::new();
    for code in things {
        let class = (code.class(), own_prefix(&code, author)?.clone());
        classes.entry(class).or_default().push(code);
    }
    let mut records = Vec::new();
    for ((class, prefix), codes) in &classes {
        // One amount stands for all things of a record.
        let same = codes.chunk_by(|a, b| amounts.get(a) == amounts.get(b));
        for chunk in same.flat_map(|codes| codes.chunks(THINGS_A_RECORD)) {
            let quantity = chunk.first().and_then(|code| amounts.get(code)).copied();
            let body = Body::Commission {
                when,
                class: class.clone(),
                prefix: prefix.clone(),
                codes: chunk.iter().map(Code::hash).collect(),
                quantity: quantity.map(|whole| if in_fields { whole } else { whole.veiled() }),
                activation: Vec::new(),
            };
            let ids = chunk
                .iter()
                .map(|code| code.subject(&author.view.network(), &author.by.member));
            let draft = RecordDraft::new(body, ids.collect());
            let hidden: Vec<_> = quantity.filter(|_| !in_fields).into_iter().collect();
            let draft = telling(draft, (chunk.iter(), hidden), author, told);
            records.push(on_labels(draft, chunk.iter().enumerate(), author, told));
        }
    }
    if records.is_empty() {
        return Err(Unmapped::NothingTracked);
    }
    Ok(records)
}

/// The product's name for whoever holds the label of one of these things, each with its place
/// among the record's subjects. Of more than have room in one record none has it: further records
/// would each repeat the event.
fn on_labels<'c>(
    mut draft: RecordDraft,
    begun: impl ExactSizeIterator<Item = (usize, &'c Code)>,
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> RecordDraft {
    let Some(product) = told.and_then(|told| told.product.as_ref()) else {
        return draft;
    };
    // Regulators are told when the block is made, and no record may lack their section.
    let told_first = draft.sections.iter();
    let bare = RecordDraft {
        sections: told_first
            .map(|(audience, _)| (audience.clone(), SectionBody::default()))
            .collect(),
        ..RecordDraft::new(draft.body.clone(), Vec::new())
    };
    let others = bare.telling_regulators(author.view).sections.len();
    if begun.len() > limits::SECTIONS_PER_RECORD.saturating_sub(others) {
        return draft;
    }
    draft.sections.extend(begun.filter_map(|(at, code)| {
        let audience = AudienceDraft::Label {
            subject_index: u16::try_from(at).ok()?,
            code: code.clone(),
        };
        let body = SectionBody {
            product: Some(product.clone()),
            ..SectionBody::default()
        };
        Some((audience, body))
    }));
    draft
}

/// Adds the section: what the event says, the amounts that fields leave out, and the codes if all
/// of them are known. Where nothing is told it is empty.
fn telling<'c>(
    draft: RecordDraft,
    (codes, quantities): (impl Iterator<Item = &'c Code>, Vec<chopmark_core::Quantity>),
    author: &Author<'_>,
    told: Option<&SectionBody>,
) -> RecordDraft {
    let audience = AudienceDraft::Parties(author.by.parties.clone());
    let Some(told) = told else {
        return draft.telling(audience, SectionBody::default());
    };
    let mut body = SectionBody {
        quantities,
        ..told.clone()
    };
    let codes: Vec<String> = codes.map(|code| code.element_string().to_owned()).collect();
    if codes.len() == draft.subjects.len() {
        body.codes = codes;
    }
    draft.telling(audience, body)
}
