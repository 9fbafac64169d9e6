//! Of every unit: what was commissioned, or made of what is measured otherwise, is what is left,
//! what was lost, and what became something else. Counted from the applied records.

use std::collections::BTreeMap;

use chopmark_core::{Body, Quantity, StateView, SubjectId, Unit};
use proptest::prelude::*;

use super::{applied, told};
use crate::goods::whole;

/// What a unit's account says. In 128 bits: a history may hold the largest amount many times.
#[derive(Debug, Default)]
struct Account {
    begun: u128,
    made: u128,
    lost: u128,
    became: u128,
}

/// The same of one transformation.
#[derive(Debug, Default)]
struct Turn {
    into: u128,
    out: u128,
    lost: u128,
}

fn number(quantity: &Quantity) -> Option<u128> {
    quantity.amount.map(|amount| u128::from(whole(amount)))
}

/// Books what a history did; none where amounts stood in sections for a while.
#[derive(Default)]
struct Books {
    units: BTreeMap<Unit, Account>,
    batches: BTreeMap<SubjectId, u128>,
}

impl Books {
    fn book(&mut self, body: &Body, subjects: &[SubjectId]) -> Option<()> {
        match body {
            Body::Commission {
                quantity: Some(quantity),
                ..
            } => {
                let amount = number(quantity)?;
                for subject in subjects {
                    self.units.entry(quantity.unit).or_default().begun += amount;
                    let before = self.batches.insert(*subject, amount);
                    assert_eq!(before, None, "{subject} began twice");
                }
            }
            Body::Transform {
                inputs,
                outputs,
                losses,
                ..
            } => {
                let mut turns: BTreeMap<Unit, Turn> = BTreeMap::new();
                let (from, to) = subjects.split_at(inputs.len());
                for (subject, quantity) in from.iter().zip(inputs) {
                    let Some(quantity) = quantity else { continue };
                    let amount = number(quantity)?;
                    let left = self.batches.get_mut(subject).unwrap();
                    *left = left.checked_sub(amount).unwrap();
                    turns.entry(quantity.unit).or_default().into += amount;
                }
                for (subject, output) in to.iter().zip(outputs) {
                    let Some(quantity) = output.quantity() else {
                        continue;
                    };
                    let amount = number(&quantity)?;
                    *self.batches.entry(*subject).or_default() += amount;
                    turns.entry(quantity.unit).or_default().out += amount;
                }
                for quantity in losses {
                    turns.entry(quantity.unit).or_default().lost += number(quantity)?;
                }
                for (unit, turn) in turns {
                    self.close(unit, &turn);
                }
            }
            _ => {}
        }
        Some(())
    }

    fn close(&mut self, unit: Unit, turn: &Turn) {
        let account = self.units.entry(unit).or_default();
        account.lost += turn.lost;
        if turn.into > 0 && turn.out > 0 {
            assert_eq!(turn.into, turn.out + turn.lost, "{unit}");
        } else {
            account.made += turn.out;
            account.became += turn.into.checked_sub(turn.lost).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn amounts_are_conserved(seed: u64) {
        let story = told(seed);
        let mut books = Books::default();
        let records = applied(&story);
        let mut all = records.iter();
        let seen = all.try_for_each(|(_, _, record)| books.book(record.body(), record.subjects()));
        // What stands in sections is for their readers to add up.
        prop_assume!(seen.is_some() && !books.batches.is_empty());
        let mut left: BTreeMap<Unit, u128> = BTreeMap::new();
        let mut batches = BTreeMap::new();
        for (id, subject) in story.ledger.state().subjects() {
            if let Some(quantity) = subject.makeup().quantity() {
                let amount = number(&quantity).unwrap();
                *left.entry(quantity.unit).or_default() += amount;
                batches.insert(*id, amount);
            }
        }
        prop_assert_eq!(batches, books.batches);
        for (unit, account) in books.units {
            let there = left.remove(&unit).unwrap_or_default();
            let came = account.begun + account.made;
            prop_assert_eq!(came, there + account.lost + account.became, "{}", unit);
        }
        prop_assert!(left.is_empty(), "{left:?}");
    }
}
