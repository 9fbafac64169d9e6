//! Things of runs that the events of a file are the first to use: asked for before the trial, drawn
//! for it, and drawn for good before the first signature.

use chopmark_core::{
    CodeHash, MemberId, Pending, RecordDraft, Refusal, StateView, SubjectId, Undrawn, When, limits,
};
use chopmark_epcis::Event;
use chopmark_exchange::{Unrecorded, items_used};
use chopmark_replica::ItemsHeard;
use chopmark_view::{Failure, Param};
use std::collections::{BTreeMap, BTreeSet};

use crate::failure;

/// Proofs of so many are held in memory at ease, with some 700 bytes each; more is imported at the
/// peer.
const MOST: usize = 20_000;
/// Asked for between two looks at the screen.
const ASKED_AT_ONCE: usize = 500;
/// Drawn for the trial while nobody else gets at the replica.
const DRAWN_AT_ONCE: usize = 500;

/// The things of one maker that are to be asked for.
pub(crate) struct Question {
    pub(crate) maker: MemberId,
    things: BTreeMap<CodeHash, SubjectId>,
}

impl Question {
    pub(crate) fn codes(&self) -> BTreeSet<CodeHash> {
        self.things.keys().copied().collect()
    }
}

#[derive(Default)]
pub(crate) struct Unused {
    to_ask: Vec<Question>,
    /// How many there were to ask for.
    wanted: u64,
    asked: u64,
    proven: BTreeMap<SubjectId, Undrawn>,
    /// How many of them were drawn for the trial, as far as their runs are open.
    in_trial: usize,
    /// Those of which a peer of their maker said nothing.
    unheard: BTreeSet<SubjectId>,
    /// How many are to be drawn for good, once that has begun, and how many were.
    to_draw: u64,
    drawn: u64,
}

impl Unused {
    /// Which of the things without a record this device has the proof of, and what it has to ask for.
    pub(crate) fn new(
        unrecorded: Unrecorded,
        kept: &BTreeMap<SubjectId, Undrawn>,
    ) -> Result<Self, Failure> {
        if unrecorded.values().map(BTreeMap::len).sum::<usize>() > MOST {
            let most = Param::Number(MOST as u64);
            return Err(failure::IMPORT_MANY_UNUSED.failure([("most", most)]));
        }
        let mut unused = Self::default();
        for (maker, things) in unrecorded {
            let mut open = Vec::new();
            for (subject, code) in things {
                match kept.get(&subject) {
                    Some(undrawn) => {
                        unused.proven.insert(subject, undrawn.clone());
                    }
                    None => open.push((code.hash(), subject)),
                }
            }
            unused.wanted = unused.wanted.saturating_add(open.len() as u64);
            let question = |some: &[(CodeHash, SubjectId)]| Question {
                maker,
                things: some.iter().copied().collect(),
            };
            unused
                .to_ask
                .extend(open.chunks(ASKED_AT_ONCE).map(question));
        }
        Ok(unused)
    }

    pub(crate) fn is_asking(&self) -> bool {
        !self.to_ask.is_empty()
    }

    pub(crate) fn next_question(&mut self) -> Option<Question> {
        self.to_ask.pop()
    }

    /// Takes in what a maker said; none: no peer of it said anything, and none is asked again.
    pub(crate) fn heard(&mut self, question: Question, answer: Option<ItemsHeard>) {
        let Question { maker, mut things } = question;
        self.asked = self.asked.saturating_add(things.len() as u64);
        match answer {
            Some(ItemsHeard { found, is_whole }) => {
                for (code, undrawn) in found {
                    let subject = things.remove(&code);
                    self.proven
                        .extend(subject.map(|subject| (subject, undrawn)));
                }
                if !is_whole {
                    self.unheard.extend(things.into_values());
                }
            }
            None => {
                self.unheard.extend(things.into_values());
                let silent = self
                    .to_ask
                    .extract_if(.., |question| question.maker == maker);
                for question in silent {
                    self.asked = self.asked.saturating_add(question.things.len() as u64);
                    self.unheard.extend(question.things.into_values());
                }
            }
        }
    }

    /// Draws the next of them on a copy of what is pending; says whether there were any.
    pub(crate) fn draw_for_trial(&mut self, scratch: &mut Pending<'_>) -> bool {
        let some = self.proven.values().skip(self.in_trial).take(DRAWN_AT_ONCE);
        let count = some.len();
        scratch.draw(some);
        self.in_trial = self.in_trial.saturating_add(count);
        count > 0
    }

    /// What stands behind the refusal of an unknown thing, if it is one of these.
    pub(crate) fn reason(&self, refusal: &Refusal) -> Option<Failure> {
        let Refusal::UnknownSubject { subject } = refusal else {
            return None;
        };
        if self.unheard.contains(subject) {
            return Some(failure::ROW_MAKER_SILENT.failure([]));
        }
        // It was not drawn for the trial.
        let is_proven = self.proven.contains_key(subject);
        is_proven.then(|| failure::RUN_NOT_OPEN.failure([]))
    }

    /// Keeps what these events use, which is what is drawn for good.
    pub(crate) fn keep_used_by(&mut self, events: &[Event]) {
        let used = items_used(events);
        let used: BTreeSet<CodeHash> = used.iter().map(chopmark_core::Code::hash).collect();
        self.proven
            .retain(|_, undrawn| used.contains(&undrawn.item().code));
        self.to_draw = self.proven.len() as u64;
    }

    pub(crate) fn is_drawing(&self) -> bool {
        !self.proven.is_empty()
    }

    /// The next records that draw, of what nobody has drawn meanwhile.
    pub(crate) fn next_drawing(&mut self, when: When, written: &dyn StateView) -> Vec<RecordDraft> {
        let mut some = BTreeMap::new();
        while some.len() < limits::DRAWN_ITEMS
            && let Some((subject, undrawn)) = self.proven.pop_first()
        {
            self.drawn = self.drawn.saturating_add(1);
            if written.subject(&subject).is_none() {
                some.insert(subject, undrawn);
            }
        }
        Undrawn::drawing(when, &some)
    }

    /// Forgets what would be asked for or drawn.
    pub(crate) fn forget(&mut self) {
        self.to_ask.clear();
        self.proven.clear();
    }

    /// How many were asked for, and how many there are to ask for.
    pub(crate) fn asked(&self) -> (u64, u64) {
        (self.asked, self.wanted)
    }

    /// How many were drawn for good, and how many there are to draw.
    pub(crate) fn drawn(&self) -> (u64, u64) {
        (self.drawn, self.to_draw)
    }
}
