//! Batches, and what is made of them: in whole amounts, added up one by one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use chopmark_core::{
    Amount, Body, Code, GoodsClass, Made, MemberId, Output, Prefix, Quantities, Quantity,
    RecordDraft, SubjectId, Unit, check_digit,
};

use crate::drafts::{PREFIX, secret_of, when};
use crate::network::genesis;
use crate::runs::{Run, some_spec};
use crate::story::Story;
use crate::world::{Line, Makeup, Ruling, Thing, World, unless};

/// Batches of flour, which is weighed, then batches of bread, which is counted.
const FLOUR: u8 = 4;
const BATCHES: u8 = 6;
/// What a batch begins with.
const FIRST: u64 = 100;
/// The most that an amount can be (format, section 5).
const MOST: u64 = 999_999_999_999_999_999;

pub(crate) fn batches() -> &'static [Code] {
    static CODES: OnceLock<Vec<Code>> = OnceLock::new();
    CODES.get_or_init(|| {
        let code = |n| {
            let goods = if n < FLOUR { "55555" } else { "66666" };
            let digits = format!("0{PREFIX}{goods}");
            let check = check_digit(&digits).unwrap();
            Code::gtin_batch(&format!("{digits}{check}"), &format!("B{n}")).unwrap()
        };
        (0..BATCHES).map(code).collect()
    })
}

fn unit(text: &str) -> Unit {
    text.parse().unwrap()
}

/// What is left of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Heap {
    /// Nothing is known where amounts stand in sections.
    amount: Option<u64>,
    unit: Unit,
}

impl Heap {
    pub(crate) fn of(quantity: &Quantity) -> Self {
        Self {
            amount: quantity.amount.map(whole),
            unit: quantity.unit,
        }
    }

    pub(crate) fn quantity(&self) -> Quantity {
        Quantity {
            amount: self.amount.map(|n| Amount::new(n, 0).unwrap()),
            unit: self.unit,
        }
    }
}

/// An amount as a number: all of these histories have whole ones.
pub(crate) fn whole(amount: Amount) -> u64 {
    amount.to_string().parse().unwrap()
}

pub(crate) fn class(code: &Code) -> GoodsClass {
    GoodsClass::parse(&code.class()).unwrap()
}

/// A GTIN shows its prefix after the indicator digit; an SSCC or GLN shows nothing.
fn class_fits(class: &str, prefix: &Prefix) -> bool {
    match class.strip_prefix("(01)") {
        Some(gtin) => gtin[1..].starts_with(prefix.as_str()),
        None => ["(00)", "(414)", "(253)"].contains(&class),
    }
}

/// What goes in or comes out: goods of a class, how much of them if they are a batch, and how many
/// if they are items.
type Portion = (Arc<str>, Option<Quantity>, u32);

/// Adds up what stands there of each unit.
fn sums<'a>(quantities: impl Iterator<Item = &'a Quantity>) -> BTreeMap<Unit, u64> {
    let mut sums = BTreeMap::new();
    for quantity in quantities {
        *sums.entry(quantity.unit).or_default() += quantity.amount.map_or(0, whole);
    }
    sums
}

fn stated(side: &[Portion]) -> impl Iterator<Item = &Quantity> {
    side.iter().filter_map(|(_, quantity, _)| quantity.as_ref())
}

impl World {
    /// A new thing, under a prefix of its maker.
    pub(crate) fn begin(
        &mut self,
        line: &Line<'_>,
        subject: SubjectId,
        (class, prefix): (&str, &Prefix),
        makeup: Makeup,
    ) -> Ruling {
        self.may_make(line, (class, prefix))?;
        let new = !self.things.contains_key(&subject);
        unless(new, "already-commissioned")?;
        self.things.insert(subject, Thing::new(line, class, makeup));
        Ok(())
    }

    pub(crate) fn may_make(&self, line: &Line<'_>, (class, prefix): (&str, &Prefix)) -> Ruling {
        let held = self.prefixes.contains(&(prefix.clone(), line.member));
        unless(held && class_fits(class, prefix), "not-your-prefix")
    }

    /// Amounts stand where policy says.
    pub(crate) fn in_its_place(&self, quantity: &Quantity) -> Ruling {
        let seen = self.policy.quantities == Quantities::Fields;
        unless(quantity.amount.is_some() == seen, "amount-misplaced")
    }

    fn heap(&mut self, subject: SubjectId, quantity: &Quantity) -> Result<&mut Heap, &'static str> {
        self.in_its_place(quantity)?;
        match &mut self.things.get_mut(&subject).unwrap().makeup {
            Makeup::Batch(heap) if heap.unit == quantity.unit => Ok(heap),
            Makeup::Batch(_) => Err("other-unit"),
            _ => Err("not-a-batch"),
        }
    }

    /// So much of a batch, or all of an item, goes in.
    fn use_up(&mut self, subject: SubjectId, quantity: Option<&Quantity>) -> Ruling {
        let Some(quantity) = quantity else {
            unless(self.directly_inside(subject).is_empty(), "not-empty")?;
            let thing = self.things.get_mut(&subject).unwrap();
            unless(thing.makeup == Makeup::One, "quantity-missing")?;
            (thing.offer, thing.title_offer) = (None, None);
            thing.parents.clear();
            thing.ended = true;
            self.lapse(subject, false);
            self.lapse(subject, true);
            for other in self.things.values_mut() {
                other.parents.remove(&subject);
            }
            return Ok(());
        };
        let heap = self.heap(subject, quantity)?;
        if let (Some(there), Some(taken)) = (heap.amount, quantity.amount) {
            heap.amount = Some(there.checked_sub(whole(taken)).ok_or("not-enough")?);
        }
        Ok(())
    }

    /// Something new comes out, or more of a batch.
    fn come_out(&mut self, line: &Line<'_>, subject: SubjectId, output: &Output) -> Ruling {
        let class = output.class.to_string();
        let kind = (class.as_str(), &output.prefix);
        let Made::Batch(_, quantity) = &output.made else {
            let (makeup, key) = match output.made {
                Made::Run(spec) => (Makeup::Run(Run::new(line.member, spec)), None),
                Made::Item(_, key) => (Makeup::One, key),
                Made::Batch(..) => (Makeup::One, None),
            };
            self.begin(line, subject, kind, makeup)?;
            self.things.get_mut(&subject).unwrap().key = key;
            return Ok(());
        };
        if !self.things.contains_key(&subject) {
            self.in_its_place(quantity)?;
            let heap = Makeup::Batch(Heap::of(quantity));
            return self.begin(line, subject, kind, heap);
        }
        self.may_make(line, kind)?;
        self.free(line, subject)?;
        let heap = self.heap(subject, quantity)?;
        if let (Some(there), Some(more)) = (heap.amount, quantity.amount) {
            let both = there + whole(more);
            unless(both <= MOST, "too-much")?;
            heap.amount = Some(both);
        }
        Ok(())
    }

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
        let (from, to) = line.record.subjects().split_at(inputs.len());
        let mut went_in: Vec<Portion> = Vec::new();
        for (subject, quantity) in from.iter().zip(inputs) {
            self.free(line, *subject)?;
            self.use_up(*subject, quantity.as_ref())?;
            went_in.push((self.things[subject].class.clone(), *quantity, 1));
        }
        let mut came_out: Vec<Portion> = Vec::new();
        for (subject, output) in to.iter().zip(outputs) {
            self.come_out(line, *subject, output)?;
            let count = match output.made {
                Made::Run(run) => run.count,
                _ => 1,
            };
            came_out.push((output.class.to_string().into(), output.quantity(), count));
        }
        for loss in losses {
            self.in_its_place(loss)?;
        }
        unless(same_measures(&went_in, &came_out), "other-measure")?;
        let (into, out) = (sums(stated(&went_in)), sums(stated(&came_out)));
        let lost = sums(losses.iter());
        let known = lost.keys().all(|unit| into.contains_key(unit));
        unless(known, "not-conserved")?;
        if self.policy.quantities == Quantities::Sections {
            return Ok(());
        }
        let kept = into.iter().all(|(unit, into)| {
            let lost = lost.get(unit).copied().unwrap_or_default();
            match out.get(unit) {
                Some(out) => *into == out + lost,
                None if outputs.is_empty() => *into == lost,
                // The rest became something that is measured otherwise.
                None => lost <= *into,
            }
        });
        unless(kept, "not-conserved")
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

/// The same goods on both sides stand there in one measure, and as many items come out as went in.
/// An item does not become nothing.
fn same_measures(into: &[Portion], out: &[Portion]) -> bool {
    if out.is_empty() && into.iter().any(|(_, quantity, _)| quantity.is_none()) {
        return false;
    }
    into.iter().all(|(class, ..)| {
        let of = |side: &[Portion]| -> Vec<Option<Unit>> {
            let same = side.iter().filter(|(other, ..)| other == class);
            let each = same.flat_map(|(_, quantity, count)| {
                std::iter::repeat_n(quantity.map(|q| q.unit), usize::try_from(*count).unwrap())
            });
            each.collect()
        };
        let (into, out) = (of(into), of(out));
        let measures: BTreeSet<_> = into.iter().chain(&out).collect();
        let items = into.contains(&None);
        out.is_empty() || (measures.len() == 1 && (!items || into.len() == out.len()))
    })
}

impl Story {
    /// An amount where policy wants it, mostly, in the unit of the goods, mostly.
    fn so_much(&mut self, of: &Code, amount: u64) -> Quantity {
        let counted = batches()[usize::from(FLOUR)..].contains(of);
        let own = if counted { "EA" } else { "KGM" };
        let unit = unit(if self.numbers.one_in(30) { "GRM" } else { own });
        let quantity = Quantity::new(Amount::new(amount, 0).unwrap(), unit);
        let seen = self.model.world.policy.quantities == Quantities::Fields;
        if seen != self.numbers.one_in(40) {
            quantity
        } else {
            quantity.veiled()
        }
    }

    /// Something made of one or two things, honestly mostly.
    pub(crate) fn transformation(&mut self, of: MemberId) -> RecordDraft {
        let network = genesis().id();
        let mut subjects = Vec::new();
        let mut inputs = Vec::new();
        let mut rest = 0;
        // Goods stay what they are, mostly: who bakes says so by chance.
        let kind = self.numbers.below(3);
        for _ in 0..=self.numbers.below(2) {
            let all = self.numbers.one_in(5);
            let subject = if all || self.numbers.one_in(40) {
                let mixed = self.numbers.one_in(8);
                self.subject_that(|model, s| {
                    let thing = model.world.things.get(&s);
                    thing
                        .is_some_and(|t| (mixed || t.makeup == Makeup::One) && t.owner == of.into())
                })
            } else {
                let wanted = self.some_batch(kind).subject(&network, &of);
                let known = self.model.world.things.contains_key(&wanted);
                match known || self.numbers.one_in(8) {
                    true => wanted,
                    false => batches()[usize::from(FLOUR) * (kind % 2)].subject(&network, &of),
                }
            };
            if subjects.contains(&subject) {
                continue;
            }
            subjects.push(subject);
            if all {
                inputs.push(None);
                continue;
            }
            let amount = 1 + u64::from(self.numbers.byte_below(60));
            let code = batches()
                .iter()
                .find(|c| c.subject(&network, &of) == subject);
            let code = code.unwrap_or(&batches()[0]);
            inputs.push(Some(self.so_much(code, amount)));
            rest += amount;
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
        for n in 0..self.numbers.below(3) {
            let code = self.some_batch(kind);
            let subject = code.subject(&network, &of);
            let share = if n == 0 { rest - rest / 2 } else { rest / 2 };
            if share == 0 || subjects.contains(&subject) {
                continue;
            }
            subjects.push(subject);
            let made = Made::Batch(code.hash(), self.so_much(&code, share));
            outputs.push(output(&code, made));
        }
        // What no second batch took stays in the first.
        if let [
            Output {
                made: Made::Batch(_, only),
                ..
            },
        ] = outputs.as_mut_slice()
            && only.amount.is_some()
        {
            *only = Quantity::new(Amount::new(rest, 0).unwrap(), only.unit);
        }
        if self.numbers.one_in(4) {
            let code = self.some_code();
            let made = match self.numbers.one_in(4) {
                true => Made::Run(some_spec(self)),
                false => {
                    let key = self.numbers.one_in(2).then(|| secret_of(0).public());
                    Made::Item(code.hash(), key)
                }
            };
            let output = output(&code, made);
            let subject = output.subject(&network, &of);
            if !subjects.contains(&subject) {
                subjects.push(subject);
                outputs.push(output);
            }
        }
        let waste = self.some_batch(kind);
        let waste = (lost > 0).then(|| self.so_much(&waste, lost));
        let body = Body::Transform {
            when: when(),
            step: "assembling".to_owned(),
            inputs,
            outputs,
            losses: waste.into_iter().collect(),
        };
        RecordDraft::new(body, subjects)
    }

    /// A batch of flour, of bread, or of either.
    fn some_batch(&mut self, kind: usize) -> Code {
        let (flour, bread) = batches().split_at(FLOUR.into());
        let among = match kind {
            0 => flour,
            1 => bread,
            _ => batches(),
        };
        self.numbers.pick(among).unwrap().clone()
    }

    /// The commissioning of a batch; now and then of as much as can be written down.
    pub(crate) fn milling(&mut self, of: MemberId) -> RecordDraft {
        let code = self.some_batch(2);
        let amount = if self.numbers.one_in(12) { MOST } else { FIRST };
        let quantity = self.so_much(&code, amount);
        mill(&code, of, quantity)
    }
}

fn output(code: &Code, made: Made) -> Output {
    Output {
        class: class(code),
        prefix: Prefix::parse(PREFIX).unwrap(),
        made,
    }
}

fn mill(code: &Code, of: MemberId, quantity: Quantity) -> RecordDraft {
    let body = Body::Commission {
        when: when(),
        class: code.class(),
        prefix: Prefix::parse(PREFIX).unwrap(),
        codes: vec![code.hash()],
        quantity: Some(quantity),
        activation: Vec::new(),
    };
    RecordDraft::new(body, vec![code.subject(&genesis().id(), &of)])
}

/// Two batches of flour, and as much bread as can be written down.
pub(crate) fn mill_some(of: MemberId) -> Vec<RecordDraft> {
    let some = [(0, FIRST, "KGM"), (1, FIRST, "KGM"), (FLOUR, MOST, "EA")];
    let some = some.map(|(n, amount, of_unit)| {
        let quantity = Quantity::new(Amount::new(amount, 0).unwrap(), unit(of_unit));
        mill(&batches()[usize::from(n)], of, quantity)
    });
    some.into()
}
