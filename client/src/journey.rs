//! A subject's life, also through the containers it was in.

use std::collections::BTreeMap;

use chopmark_core::{Body, RecordRef, StateView as _, SubjectId, VerifiedBlock, When, limits};
use chopmark_replica::{Number, Touch};
use chopmark_view::{EventStatus, JourneyStep, Line, Param, SubjectView};

use crate::evidence::Piece;
use crate::look::Look;
use crate::trouble::Trouble;
use crate::{blocks, failure, lines, words_of};

/// Steps shown of one subject: a screen's patience, and a bound on the work of one call.
const MOST_STEPS: usize = 500;

/// Order of steps: by the log; what is not in it yet comes after, by arrival.
type Place = (u64, Number, u16);

/// One step before it is put into words.
struct Found {
    touch: Touch,
    /// The subject whose record it is: the one asked for, or a container around it.
    of: SubjectId,
}

/// A subject with its journey, and what opens the evidence shown in it.
pub(crate) fn subject(
    look: &Look<'_>,
    subject: &SubjectId,
) -> Result<(SubjectView, Vec<Piece>), Trouble> {
    let card = look
        .card(subject)?
        .ok_or_else(|| failure::UNKNOWN_SUBJECT.failure([]))?;
    let state = look
        .view
        .subject(subject)
        .ok_or_else(|| failure::UNKNOWN_SUBJECT.failure([]))?;
    let contents = look.view.contents(subject);
    let contents = contents
        .iter()
        .filter_map(|content| look.card(content).transpose())
        .collect::<Result<_, _>>()?;
    let offer = state.open_offer().filter(|offer| stands(look, offer));
    let to_me = offer
        .as_ref()
        .and_then(|offer| look.view.offer(offer))
        .is_some_and(|o| o.to() == &look.me.member);
    let link = look
        .known(subject)?
        .map(|known| known.code.digital_link(look.genesis.host()));
    let mut journey = Journey::default();
    let view = SubjectView {
        card,
        owner: look.member_name(state.owner()),
        link,
        contents,
        offer: offer.map(|offer| offer.to_string()),
        offer_to_me: to_me,
        journey: journey.steps(look, subject)?,
    };
    Ok((view, journey.pieces))
}

/// Judged by checkpoint time, as the rules do.
pub(crate) fn stands(look: &Look<'_>, offer: &RecordRef) -> bool {
    let (now, grace_ms) = (look.view.tip().time, look.view.policy().grace_ms);
    look.view
        .offer(offer)
        .is_some_and(|offer| offer.stands_at(now, grace_ms))
}

#[derive(Default)]
struct Journey {
    blocks: BTreeMap<Number, VerifiedBlock>,
    found: BTreeMap<Place, Found>,
    pieces: Vec<Piece>,
}

impl Journey {
    fn steps(&mut self, look: &Look<'_>, subject: &SubjectId) -> Result<Vec<JourneyStep>, Trouble> {
        self.gather(look, subject, (Place::first(), Place::last()), 0)?;
        let mut steps = Vec::new();
        for found in self.found.values().take(MOST_STEPS) {
            let Some(block) = self.blocks.get(&found.touch.number) else {
                continue;
            };
            if let Some((mut step, pieces)) = step(look, block, found)? {
                self.pieces.extend(pieces);
                step.via = (found.of != *subject)
                    .then(|| look.subject_text(&found.of))
                    .transpose()?;
                steps.push(step);
            }
        }
        Ok(steps)
    }

    /// Adds the records of a subject between two places, and those of the containers that it
    /// was in meanwhile.
    fn gather(
        &mut self,
        look: &Look<'_>,
        of: &SubjectId,
        (from, to): (Place, Place),
        depth: usize,
    ) -> Result<(), Trouble> {
        if depth > limits::PACKING_DEPTH {
            return Ok(());
        }
        let mut touches: Vec<(Place, Touch)> = look
            .store
            .records_of(*of)?
            .into_iter()
            .map(|touch| (place(&touch), touch))
            .collect();
        touches.retain(|(at, _)| (from..=to).contains(at));
        touches.sort_by_key(|(at, _)| *at);
        let mut inside: Option<(SubjectId, Place)> = None;
        for (at, touch) in touches {
            let Some(block) = self.block(look, touch.number)? else {
                continue;
            };
            let moved = packing(&block, touch.index, of);
            let reference = RecordRef {
                block: block.id(),
                index: touch.index,
            };
            // The same record may touch a container and its content: the nearer one is shown.
            self.found.entry(at).or_insert(Found { touch, of: *of });
            if matches!(
                look.status(&reference)?,
                EventStatus::Refused(_) | EventStatus::Waiting
            ) {
                continue;
            }
            match moved {
                Some(Moved::In(container)) => inside = Some((container, at)),
                Some(Moved::Out) => {
                    if let Some((container, since)) = inside.take() {
                        self.gather(look, &container, (since, at), depth + 1)?;
                    }
                }
                None => {}
            }
        }
        if let Some((container, since)) = inside {
            self.gather(look, &container, (since, to), depth + 1)?;
        }
        Ok(())
    }

    fn block(&mut self, look: &Look<'_>, number: Number) -> Result<Option<VerifiedBlock>, Trouble> {
        if let Some(block) = self.blocks.get(&number) {
            return Ok(Some(block.clone()));
        }
        let block = blocks::numbered(look.store, number)?;
        if let Some(block) = &block {
            self.blocks.insert(number, block.clone());
        }
        Ok(block)
    }
}

trait Ends {
    fn first() -> Self;
    fn last() -> Self;
}

impl Ends for Place {
    fn first() -> Self {
        (0, Number::new(0), 0)
    }

    fn last() -> Self {
        (u64::MAX, Number::new(u64::MAX), u16::MAX)
    }
}

fn place(touch: &Touch) -> Place {
    (
        touch.log_index.unwrap_or(u64::MAX),
        touch.number,
        touch.index,
    )
}

enum Moved {
    In(SubjectId),
    Out,
}

/// Whether a record packs or unpacks this subject as a content.
fn packing(block: &VerifiedBlock, index: u16, subject: &SubjectId) -> Option<Moved> {
    let record = block.records().get(usize::from(index))?;
    let (container, contents) = record.subjects().split_first()?;
    if !contents.contains(subject) {
        return None;
    }
    match record.body() {
        Body::Pack { .. } => Some(Moved::In(*container)),
        Body::Unpack { .. } => Some(Moved::Out),
        _ => None,
    }
}

fn step(
    look: &Look<'_>,
    block: &VerifiedBlock,
    found: &Found,
) -> Result<Option<(JourneyStep, Vec<Piece>)>, Trouble> {
    let index = found.touch.index;
    let Some(record) = block.records().get(usize::from(index)) else {
        return Ok(None);
    };
    let Some((line, when)) = words(look, record, &found.of)? else {
        return Ok(None);
    };
    let reference = RecordRef {
        block: block.id(),
        index,
    };
    let read = look.read_sections(block, index)?;
    let pieces: Vec<Piece> = read.evidence.iter().map(Piece::from_link).collect();
    let step = JourneyStep {
        record: reference.to_string(),
        line,
        member: look.member_name(&block.header().member()),
        time_ms: when.time.0,
        tz_minutes: when.tz.minutes(),
        status: look.status(&reference)?,
        place: read.place,
        note: read.note,
        evidence: pieces.iter().map(|piece| piece.view(look.vault)).collect(),
        via: None,
    };
    Ok(Some((step, pieces)))
}

/// What a record says about a subject; none for records that are not about subjects.
fn words(
    look: &Look<'_>,
    record: &chopmark_core::Record,
    of: &SubjectId,
) -> Result<Option<(Line, When)>, Trouble> {
    let subjects = record.subjects();
    let is_container = subjects.first() == Some(of);
    let contents = Param::Number(subjects.len().saturating_sub(1) as u64);
    let container = || -> Result<Param, Trouble> {
        let container = subjects
            .first()
            .map(|container| look.subject_text(container))
            .transpose()?;
        Ok(Param::Text(container.unwrap_or_default()))
    };
    Ok(Some(match record.body() {
        Body::Commission { when, .. } => (lines::STEP_COMMISSIONED.line([]), *when),
        Body::Observe { when, step } => {
            let key = words_of::step_key(step).unwrap_or("business-step-other");
            (
                lines::STEP_OBSERVED.line([("step", Param::Key(key.into()))]),
                *when,
            )
        }
        Body::Pack { when } if is_container => {
            (lines::STEP_FILLED.line([("count", contents)]), *when)
        }
        Body::Pack { when } => (
            lines::STEP_PACKED.line([("container", container()?)]),
            *when,
        ),
        Body::Unpack { when } if is_container => {
            (lines::STEP_EMPTIED.line([("count", contents)]), *when)
        }
        Body::Unpack { when } => (
            lines::STEP_UNPACKED.line([("container", container()?)]),
            *when,
        ),
        Body::Offer { when, to, .. } => (
            lines::STEP_OFFERED.line([("to", Param::Text(look.member_name(to)))]),
            *when,
        ),
        Body::Accept {
            when, condition, ..
        } => {
            let key = words_of::condition_key(words_of::view_condition(*condition));
            (
                lines::STEP_ACCEPTED.line([("condition", Param::Key(key.into()))]),
                *when,
            )
        }
        Body::Attest { when, verdict, .. } => {
            let key = words_of::verdict_key(words_of::view_verdict(*verdict));
            (
                lines::STEP_ATTESTED.line([("verdict", Param::Key(key.into()))]),
                *when,
            )
        }
        Body::Enrol { .. } | Body::Revoke { .. } | Body::RegisterPrefix { .. } => return Ok(None),
    }))
}
