//! A subject's life, also through the containers it was in.

mod corrected;
mod said;

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{
    Body, Kind, MemberId, Offer, Party, Record, RecordRef, SectionBody, Sighting, StateView as _,
    SubjectId, Timeline, VerifiedBlock, Warning, activated_far_away, impossible_journey,
};
use chopmark_replica::Number;
use chopmark_view::{EventStatus, JourneyStep, Line, Param, SubjectCard, SubjectView};

use crate::evidence::Piece;
use crate::look::{Look, merge};
use crate::papers::Read;
use crate::trouble::Trouble;
use crate::{amounts, blocks, failure, lines, offers, papers, pledges, seen, stock, words_of};

pub(crate) use corrected::{Corrections, can_be_corrected};

/// Steps shown of one subject: a screen's patience, and a bound on the work of one call.
const MOST_STEPS: usize = 500;
/// Containers looked at for one subject: more than any item meets, and a bound on the work.
const MOST_CONTAINERS: usize = 64;
/// Things shown that one thing is bound to, or that are bound to it: a bill of lading may stand
/// for a whole ship.
const MOST_BOUND: usize = 100;
/// Arrivals that are not in the log yet come after everything that is.
const NOT_LOGGED: u64 = 1 << 63;

/// One record that may belong to the journey.
struct Candidate {
    number: Number,
    /// Its block's place: in the log or, until it has one, after it in order of arrival.
    place: u64,
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
    let container = match state.inside() {
        Some(container) => look.card(container)?,
        None => None,
    };
    let offer = state.open_offer().filter(|offer| stands(look, offer));
    let to = offer
        .as_ref()
        .and_then(|offer| look.view.offer(offer))
        .map(Offer::to);
    let title_offer = state.open_title_offer();
    let title = title_offer.and_then(|offer| look.view.offer(&offer));
    let title_to_me = title.is_some_and(|offer| offer.to().is(&look.me.member));
    let cards = |subjects: Vec<SubjectId>| -> Result<Vec<SubjectCard>, Trouble> {
        let cards = subjects.iter().take(MOST_BOUND);
        cards
            .filter_map(|subject| look.card(subject).transpose())
            .collect()
    };
    let link = look
        .known(subject)?
        .map(|known| known.code.digital_link(look.genesis.host()));
    let mut journey = Journey::default();
    let steps = journey.steps(look, subject)?;
    let view = SubjectView {
        card,
        warnings: journey.warnings(look, subject)?,
        owner: words_of::party(look.view, state.owner()),
        left: stock::left(look, subject)?.map(stock::Left::view),
        link,
        contents,
        seen_here: cards(seen::at(look, subject, MOST_BOUND)?)?,
        container,
        offer_to_me: to.is_some_and(|to| to.is(&look.me.member)),
        offer_to_code: matches!(to, Some(Party::Bearer(_))),
        offer: offer.map(|offer| offer.to_string()),
        title_offer: match title_offer {
            Some(offer) => offers::card(look, &offer)?,
            None => None,
        },
        title_offer_to_me: title_to_me,
        pledge: match state.pledge() {
            Some(pledge) => pledges::card(look, subject, pledge)?,
            None => None,
        },
        bound_to: cards(state.parents().iter().copied().collect())?,
        bound: cards(look.view.associated(subject))?,
        journey: steps,
        newest: look.newest()?,
    };
    Ok((view, journey.pieces))
}

/// Judged by checkpoint time, as the rules do.
pub(crate) fn stands(look: &Look<'_>, offer: &RecordRef) -> bool {
    let now = look.view.tip().time;
    look.view
        .offer(offer)
        .is_some_and(|offer| offer.stands_at(now))
}

/// One record that belongs to the journey.
struct Concerning {
    at: RecordRef,
    /// The subject, or what it was in.
    of: SubjectId,
    /// It is about a container that was taken over without the subject.
    was_left: bool,
    author: MemberId,
}

/// As many as are shown, in the same order. Anybody can write any number of records about a thing,
/// so whoever writes most gives way first: it hides its own, and nobody else's.
fn fair(all: Vec<Concerning>, most: usize) -> Vec<Concerning> {
    let mut room: BTreeMap<MemberId, usize> = BTreeMap::new();
    for one in &all {
        let count = room.entry(one.author).or_default();
        *count = count.saturating_add(1);
    }
    let share = share(room.values().copied().collect(), most);
    room.values_mut().for_each(|room| *room = share);
    let has_room = |one: &Concerning| {
        let left = room
            .get_mut(&one.author)
            .and_then(|room| Some((room.checked_sub(1)?, room)));
        left.map(|(left, room)| *room = left).is_some()
    };
    all.into_iter().filter(has_room).collect()
}

/// How much each may have at most, so that all of it has room: who wants less leaves the rest to
/// the others.
fn share(mut wants: Vec<usize>, most: usize) -> usize {
    wants.sort_unstable();
    let (mut room, mut others) = (most, wants.len());
    for want in wants {
        let even = room.checked_div(others).unwrap_or(room);
        if want > even {
            return even;
        }
        room = room.saturating_sub(want);
        others = others.saturating_sub(1);
    }
    most
}

/// Whether a record had, or will have, an effect.
fn stands_now(status: &EventStatus) -> bool {
    !matches!(status, EventStatus::Refused(_) | EventStatus::Waiting)
}

#[derive(Default)]
struct Journey {
    blocks: BTreeMap<Number, VerifiedBlock>,
    candidates: BTreeMap<RecordRef, Candidate>,
    pieces: Vec<Piece>,
    sightings: Vec<Sighting>,
    /// Records whose amounts do not add up by what this device was told.
    unbalanced: Vec<RecordRef>,
    /// What it was part of before it was drawn.
    run: Option<SubjectId>,
    /// What followed on an activation: a resale, or another activation that was refused.
    again: Option<RecordRef>,
}

impl Journey {
    fn steps(&mut self, look: &Look<'_>, subject: &SubjectId) -> Result<Vec<JourneyStep>, Trouble> {
        self.gather(look, subject)?;
        let corrections = self.corrections(look)?;
        let mut steps = Vec::new();
        for one in fair(self.concerning(look, subject)?, MOST_STEPS) {
            let Some((block, _)) = self.read(&one.at) else {
                continue;
            };
            let Some(shown) = step(look, block, (&one.at, &one.of, one.was_left))? else {
                continue;
            };
            let mut step = shown.step;
            step.via = (one.of != *subject)
                .then(|| look.subject_text(&one.of))
                .transpose()?;
            step.may_correct = corrected::may_correct(look, block, &one.at, &step.status);
            step.corrected = corrections.of(&one.at);
            let is_wrong = shown.unbalanced && stands_now(&step.status);
            self.unbalanced.extend(is_wrong.then_some(one.at));
            steps.push(step);
            self.sightings.extend(shown.sighting);
            self.pieces.extend(shown.pieces);
        }
        Ok(steps)
    }

    /// The records that concern the subject, in order of effect: its own, and those of what it was
    /// in at the time.
    fn concerning(
        &mut self,
        look: &Look<'_>,
        subject: &SubjectId,
    ) -> Result<Vec<Concerning>, Trouble> {
        let mut found = Vec::new();
        // The subject, or its run until it is drawn; the container that it is in, the container
        // around that, and so on.
        let mut chain = vec![*subject];
        chain.extend(self.run);
        for at in self.in_order_of_effect() {
            let Some((block, record)) = self.read(&at) else {
                continue;
            };
            // The nearest one that the record names is whom it concerns; who looks into a record's
            // sections names the record.
            let about = record.body().section().map(|section| section.record);
            let named = match about.filter(|_| record.subjects().is_empty()) {
                Some(about) => self.read(&about).map(|(_, record)| record),
                None => Some(record),
            };
            let subjects = named.map(Record::subjects).unwrap_or_default();
            let of = chain.iter().find(|of| subjects.contains(of));
            let Some(of) = of.copied() else { continue };
            found.push(Concerning {
                at,
                of,
                was_left: left_link(&chain, record).is_some(),
                author: block.header().member(),
            });
            let stands = stands_now(&look.status(&at)?);
            let kind = record.kind();
            if stands {
                follow(&mut chain, record);
            }
            if kind == Kind::Draw && subjects.contains(subject) && stands {
                chain.retain(|of| Some(*of) != self.run);
            }
            if kind == Kind::Resell || (kind == Kind::Activate && !stands) {
                self.again = Some(at);
            }
        }
        Ok(found)
    }

    /// Whatever it was in when a correction came: that names what it corrects.
    fn corrections(&self, look: &Look<'_>) -> Result<Corrections, Trouble> {
        let mut corrections = Corrections::default();
        for (at, candidate) in &self.candidates {
            if let Some(block) = self.blocks.get(&candidate.number) {
                corrections.note(look, (candidate.place, at), block)?;
            }
        }
        Ok(corrections)
    }

    /// What everything holds and yet cannot be true of one new thing.
    fn warnings(&self, look: &Look<'_>, subject: &SubjectId) -> Result<Vec<Line>, Trouble> {
        let author = |at: &RecordRef| -> Result<Param, Trouble> {
            let block = blocks::of(look.store, &at.block)?;
            let name = block.map(|block| look.member_name(&block.header().member()));
            Ok(Param::Text(name.unwrap_or_default()))
        };
        let activated = look.view.subject(subject).and_then(|s| s.activated_by());
        let far = activated.and_then(|at| activated_far_away(at, &self.sightings));
        let sold = activated.map(|activated| Warning::SoldBefore {
            activated,
            again: self.again,
        });
        let found = impossible_journey(&self.sightings).into_iter();
        let mut lines = Vec::new();
        for warning in found.chain(far).chain(sold) {
            match warning {
                Warning::ImpossibleJourney {
                    first,
                    second,
                    metres,
                    ..
                } => lines.push(lines::WARN_IMPOSSIBLE_JOURNEY.line([
                    ("km", Param::Number(metres / 1000)),
                    ("first", author(&first)?),
                    ("second", author(&second)?),
                ])),
                Warning::ActivatedElsewhere { was, .. } => {
                    let line = lines::WARN_ACTIVATED_ELSEWHERE.line([("member", author(&was)?)]);
                    lines.push(line);
                }
                Warning::SoldBefore { activated, again } => {
                    let by = author(&again.unwrap_or(activated))?;
                    lines.push(lines::WARN_SOLD_BEFORE.line([("member", by)]));
                }
                _ => {}
            }
        }
        for at in &self.unbalanced {
            lines.push(lines::WARN_UNBALANCED.line([("member", author(at)?)]));
        }
        Ok(lines)
    }

    /// Every record of the subject and of every container that it, or one of its containers,
    /// was ever put into; and of the run that it was drawn from, or would be.
    fn gather(&mut self, look: &Look<'_>, own: &SubjectId) -> Result<(), Trouble> {
        self.run = look.undrawn.get(own).map(|undrawn| *undrawn.run());
        let mut open = vec![*own];
        open.extend(self.run);
        let mut seen: BTreeSet<SubjectId> = open.iter().copied().collect();
        while let Some(subject) = open.pop() {
            for touch in look.store.records_of(subject)? {
                let Some(block) = self.block(look, touch.number)? else {
                    continue;
                };
                let Some(record) = block.records().get(usize::from(touch.index)) else {
                    continue;
                };
                if let (Body::Pack { .. }, Some((container, contents))) =
                    (record.body(), record.subjects().split_first())
                    && contents.contains(&subject)
                    && seen.len() <= MOST_CONTAINERS
                    && seen.insert(*container)
                {
                    open.push(*container);
                }
                let (kind, run) = (record.kind(), record.subjects().first().copied());
                let at = RecordRef {
                    block: block.id(),
                    index: touch.index,
                };
                let number = touch.number;
                let place = touch.log_index.unwrap_or(NOT_LOGGED | number.get());
                if subject == *own && kind == Kind::Draw && stands_now(&look.status(&at)?) {
                    self.run = run;
                    open.extend(run.filter(|run| seen.insert(*run)));
                }
                self.candidates.insert(at, Candidate { number, place });
                for at in papers::about(look.store, &at)? {
                    self.gather_one(look, at)?;
                }
            }
        }
        Ok(())
    }

    /// A record that names no subject.
    fn gather_one(&mut self, look: &Look<'_>, at: RecordRef) -> Result<(), Trouble> {
        let Some(item) = look.store.block(at.block)? else {
            return Ok(());
        };
        let number = item.number;
        self.block(look, number)?;
        let logged = look.view.logged(&at.block).map(|logged| logged.index);
        let place = logged.unwrap_or(NOT_LOGGED | number.get());
        self.candidates.insert(at, Candidate { number, place });
        Ok(())
    }

    fn in_order_of_effect(&self) -> Vec<RecordRef> {
        let mut timeline = Timeline::default();
        for (at, candidate) in &self.candidates {
            if let Some((_, record)) = self.read(at) {
                timeline.insert(candidate.place, *at, record);
            }
        }
        timeline.in_order_of_effect()
    }

    fn read(&self, at: &RecordRef) -> Option<(&VerifiedBlock, &Record)> {
        let block = self.blocks.get(&self.candidates.get(at)?.number)?;
        let record = block.records().get(usize::from(at.index))?;
        Some((block, record))
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

/// What a record that stands does to the chain of containers: packing one of its links makes
/// the chain end in the new container, unpacking one makes it end there.
fn follow(chain: &mut Vec<SubjectId>, record: &Record) {
    let Some((container, contents)) = record.subjects().split_first() else {
        return;
    };
    // What a receiver left with the giver came out.
    if let Some(link) = left_link(chain, record) {
        chain.truncate(link + 1);
    }
    let Some(link) = chain.iter().position(|link| contents.contains(link)) else {
        return;
    };
    match record.body() {
        Body::Pack { .. } => {
            chain.truncate(link + 1);
            chain.push(*container);
        }
        Body::Unpack { .. } => chain.truncate(link + 1),
        _ => {}
    }
}

/// The link that the receiver of a container left with the giver.
fn left_link(chain: &[SubjectId], record: &Record) -> Option<usize> {
    match record.body() {
        Body::Accept { left, .. } => chain.iter().position(|link| left.contains(link)),
        _ => None,
    }
}

/// One step, with what else its record says.
struct Shown {
    step: JourneyStep,
    pieces: Vec<Piece>,
    sighting: Option<Sighting>,
    unbalanced: bool,
}

fn step(
    look: &Look<'_>,
    block: &VerifiedBlock,
    (at, of, was_left): (&RecordRef, &SubjectId, bool),
) -> Result<Option<Shown>, Trouble> {
    let Some(record) = block.records().get(usize::from(at.index)) else {
        return Ok(None);
    };
    let each = look.read_each(block, at.index)?;
    let mut read = SectionBody::default();
    for (_, section) in &each {
        if let Read::Body(body) | Read::Opened(body) | Read::Granted(_, body) = section {
            merge(&mut read, body);
        }
    }
    let Some((line, when)) =
        said::words(look, record, (of, was_left), read.disposition.as_deref())?
    else {
        return Ok(None);
    };
    let unbalanced = amounts::imbalance(look.view, record, &read.quantities).is_some();
    let pieces: Vec<Piece> = read.evidence.iter().map(Piece::from_link).collect();
    let step = JourneyStep {
        record: at.to_string(),
        line,
        member: look.member_name(&block.header().member()),
        time_ms: when.time.0,
        tz_minutes: when.tz.minutes(),
        status: look.status(at)?,
        place: read.place.clone(),
        note: read.note.clone(),
        values: said::values(look, record, of, &read)?,
        evidence: pieces.iter().map(|piece| piece.view(look.vault)).collect(),
        papers: papers::papers(look, block, &each),
        via: None,
        corrected: None,
        may_correct: false,
    };
    let sighting = read.position.map(|position| Sighting {
        at: *at,
        time: when.time,
        position,
    });
    Ok(Some(Shown {
        step,
        pieces,
        sighting,
        unbalanced,
    }))
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn who_wants_less_leaves_the_rest_to_the_others() {
        for (wants, most, each) in [
            (vec![], 500, 500),
            (vec![3, 490], 500, 500),
            (vec![500], 500, 500),
            (vec![501], 500, 500),
            (vec![5, 700], 500, 495),
            (vec![700, 700, 10], 500, 245),
            (vec![600; 128], 500, 3),
        ] {
            assert_eq!(share(wants.clone(), most), each, "{wants:?}");
        }
    }
}
