//! Batches, and what is made of them: in whole kilograms, added up one by one.

use std::collections::BTreeMap;

use chopmark_core::{
    Amount, Body, Code, GoodsClass, Made, MemberId, Output, Prefix, Quantity, RecordDraft,
    SubjectId,
};

use crate::drafts::{PREFIX, when};
use crate::network::genesis;
use crate::story::Story;
use crate::world::{Line, Ruling, Thing, World, class_fits, unless};

/// Batches of flour, by number.
const BATCHES: u8 = 4;
/// What a batch begins with.
pub(crate) const FIRST: u64 = 100;

pub(crate) fn batch(n: u8) -> Code {
    Code::gtin_batch("09506000555553", &format!("B{n}")).unwrap()
}

pub(crate) fn kilograms(amount: u64) -> Quantity {
    Quantity::new(Amount::new(amount, 0).unwrap(), "KGM".parse().unwrap())
}

/// Whole kilograms, as all of these histories have them.
fn amount(quantity: &Quantity) -> u64 {
    quantity.amount.unwrap().to_string().parse().unwrap()
}

fn class(code: &Code) -> GoodsClass {
    GoodsClass::parse(&code.class()).unwrap()
}

impl World {
    pub(crate) fn transform(&mut self, line: &Line<'_>) -> Ruling {
        let Body::Transform {
            inputs,
            outputs,
            losses,
            ..
        } = line.record.body()
        else {
            panic!("not a transformation");
        };
        let subjects = line.record.subjects();
        // Class by class, what goes in and comes out: so many items, so many kilograms.
        let mut items: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let mut weighed: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        for (subject, quantity) in subjects.iter().zip(inputs) {
            self.free(line, *subject)?;
            let full = !self.directly_inside(*subject).is_empty();
            let thing = self.things.get_mut(subject).unwrap();
            let class = thing.class.clone();
            if let Some(quantity) = quantity {
                let left = thing.kilograms.as_mut().ok_or("not-a-batch")?;
                *left = left.checked_sub(amount(quantity)).ok_or("not-enough")?;
                weighed.entry(class).or_default().0 += amount(quantity);
            } else {
                unless(!full, "not-empty")?;
                unless(thing.kilograms.is_none(), "quantity-missing")?;
                (thing.offer, thing.title_offer) = (None, None);
                thing.parents.clear();
                thing.ended = true;
                self.lapse(*subject, false);
                self.lapse(*subject, true);
                for other in self.things.values_mut() {
                    other.parents.remove(subject);
                }
                items.entry(class).or_default().0 += 1;
            }
        }
        for (subject, output) in subjects[inputs.len()..].iter().zip(outputs) {
            let class = output.class.to_string();
            let prefix = (output.prefix.clone(), line.member);
            let theirs = self.prefixes.contains(&prefix) && class_fits(&class, &output.prefix);
            unless(theirs, "not-your-prefix")?;
            match &output.made {
                Made::Batch(_, quantity) => {
                    weighed.entry(class.clone()).or_default().1 += amount(quantity);
                    if self.things.contains_key(subject) {
                        self.free(line, *subject)?;
                        let thing = self.things.get_mut(subject).unwrap();
                        *thing.kilograms.as_mut().ok_or("not-a-batch")? += amount(quantity);
                        continue;
                    }
                    let made = Thing::new(line, class, Some(amount(quantity)));
                    self.things.insert(*subject, made);
                }
                _ => {
                    unless(!self.things.contains_key(subject), "already-commissioned")?;
                    items.entry(class.clone()).or_default().1 += 1;
                    self.things.insert(*subject, Thing::new(line, class, None));
                }
            }
        }
        let lost: u64 = losses.iter().map(amount).sum();
        let whole = items
            .values()
            .all(|(into, out)| *into == 0 || *out == 0 || into == out);
        let stays = |class: &String| {
            let both = |side: &BTreeMap<String, (u64, u64)>| side.get(class).copied();
            match (both(&items), both(&weighed)) {
                (Some((into, out)), Some((weight_in, weight_out))) => {
                    !((into > 0 && weight_out > 0) || (out > 0 && weight_in > 0))
                }
                _ => true,
            }
        };
        let vanished = outputs.is_empty() && items.values().any(|(into, _)| *into > 0);
        let same = whole && items.keys().all(stays) && !vanished;
        unless(same, "other-measure")?;
        let into: u64 = weighed.values().map(|(into, _)| into).sum();
        let out: u64 = weighed.values().map(|(_, out)| out).sum();
        let conserved = match (into, out) {
            (0, _) => lost == 0,
            (_, 0) if outputs.is_empty() => into == lost,
            (_, 0) => lost <= into,
            _ => into == out + lost,
        };
        unless(conserved, "not-conserved")
    }

    fn free(&self, line: &Line<'_>, subject: SubjectId) -> Ruling {
        self.held_by_author(line, subject)?;
        let thing = &self.things[&subject];
        unless(thing.owner == line.party(), "not-owner")?;
        unless(thing.inside.is_none(), "inside-container")?;
        self.not_held(subject)?;
        self.not_pledged(subject)?;
        self.not_on_offer(subject, line.now)?;
        self.title_not_on_offer(subject, line.now)
    }
}

impl Story {
    /// Something made of one or two things, honestly mostly.
    pub(crate) fn transformation(&mut self, of: MemberId) -> RecordDraft {
        let network = genesis().id();
        let mut subjects = Vec::new();
        let mut inputs = Vec::new();
        let mut rest = 0;
        for _ in 0..=self.numbers.below(2) {
            if self.numbers.one_in(5) {
                let subject = self.subject_that(|model, s| {
                    let thing = model.world.things.get(&s);
                    thing.is_some_and(|t| t.kilograms.is_none() && t.owner == of.into())
                });
                if !subjects.contains(&subject) {
                    subjects.push(subject);
                    inputs.push(None);
                }
                continue;
            }
            let subject = batch(self.numbers.byte_below(BATCHES)).subject(&network, &of);
            let amount = 1 + self.numbers.below(60);
            if !subjects.contains(&subject) {
                subjects.push(subject);
                inputs.push(Some(kilograms(amount.try_into().unwrap())));
                rest += u64::try_from(amount).unwrap();
            }
        }
        let lost = match self.numbers.below(4) {
            0 => rest.min(5),
            1 if self.numbers.one_in(3) => rest,
            _ => 0,
        };
        rest -= lost;
        if self.numbers.one_in(6) {
            rest += 1;
        }
        let mut outputs = Vec::new();
        for _ in 0..self.numbers.below(3) {
            let code = batch(self.numbers.byte_below(BATCHES));
            let subject = code.subject(&network, &of);
            let share = if outputs.is_empty() { rest } else { rest / 2 };
            if share == 0 || subjects.contains(&subject) {
                continue;
            }
            if let Some(Output {
                made: Made::Batch(_, before),
                ..
            }) = outputs.last_mut()
            {
                *before = kilograms(rest - share);
            }
            subjects.push(subject);
            outputs.push(Output {
                class: class(&code),
                prefix: Prefix::parse(PREFIX).unwrap(),
                made: Made::Batch(code.hash(), kilograms(share)),
            });
        }
        if self.numbers.one_in(4) {
            let code = self.some_code();
            let subject = code.subject(&network, &of);
            if !subjects.contains(&subject) {
                subjects.push(subject);
                outputs.push(Output {
                    class: class(&code),
                    prefix: Prefix::parse(PREFIX).unwrap(),
                    made: Made::Item(code.hash()),
                });
            }
        }
        let body = Body::Transform {
            when: when(),
            step: "assembling".to_owned(),
            inputs,
            outputs,
            losses: (lost > 0).then(|| kilograms(lost)).into_iter().collect(),
        };
        RecordDraft::new(body, subjects)
    }

    /// The commissioning of a batch.
    pub(crate) fn milling(&mut self, of: MemberId) -> RecordDraft {
        let code = batch(self.numbers.byte_below(BATCHES));
        let body = Body::Commission {
            when: when(),
            class: code.class(),
            prefix: Prefix::parse(PREFIX).unwrap(),
            codes: vec![code.hash()],
            quantity: Some(kilograms(FIRST)),
            activation: Vec::new(),
        };
        RecordDraft::new(body, vec![code.subject(&genesis().id(), &of)])
    }
}
