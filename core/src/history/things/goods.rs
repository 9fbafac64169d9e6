//! How things begin, become other things, and leave their runs.

use std::collections::BTreeSet;

use super::{Seal, Thing, Things};
use crate::conservation::check_amounts;
use crate::history::verify::Fact;
use crate::rules::Refusal;
use crate::state::Life;
use crate::{
    ActivationPublic, Made, Makeup, Output, Party, Quantity, RecordRef, RunItem, SubjectId,
};

impl Things<'_> {
    /// Whether a record that is shown made this thing, or gave it a life apart from its run.
    pub(in crate::history) fn has_begun(&self, subject: &SubjectId) -> bool {
        let known = self.things.get(subject);
        known.is_some_and(|thing| thing.makeup.is_some())
    }

    /// A thing that begins with its maker.
    pub(super) fn begin(
        &mut self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        makeup: Makeup,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let before = self.things.get(subject);
        let began = before.and_then(|thing| thing.makeup.as_ref());
        let began = began.map(|(_, by)| *by);
        // Custody comes from nowhere but a beginning, also where that is not shown.
        let moved = before.and_then(|thing| thing.custody).map(|(_, by)| by);
        if let Some(by) = began.or(moved)
            && chain.contains(subject)
        {
            return Err(Refusal::AlreadyCommissioned {
                subject: *subject,
                by,
            });
        }
        let thing = self.things.entry(*subject).or_default();
        let maker = Party::from(fact.header.member());
        thing.custody = Some((maker, fact.at));
        thing.makeup = Some((makeup, fact.at));
        // Another thing may be sold before it comes around the subject, and that is not shown.
        if chain.contains(subject) {
            thing.title = Some((maker, fact.at));
        }
        Ok(())
    }

    /// What goes in is used up, what comes out begins or grows.
    pub(super) fn transform(
        &mut self,
        fact: &Fact<'_>,
        inputs: &[Option<Quantity>],
        outputs: &[Output],
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let maker = fact.header.member();
        let subjects = fact.record.subjects();
        for (subject, quantity) in subjects.iter().zip(inputs) {
            self.check_free(fact, subject, chain)?;
            let thing = self.things.entry(*subject).or_default();
            // Of other things not every record is shown, so nobody knows what was left of them.
            let newest = thing.newest;
            if let Some((makeup, by)) = thing.makeup.as_mut().filter(|_| chain.contains(subject)) {
                let (subject, by) = (*subject, *by);
                let life = life(subject, by, newest);
                match quantity {
                    Some(quantity) => makeup.batch_mut(&life)?.take(&life, quantity)?,
                    None if *makeup == Makeup::One => {}
                    None => return Err(Refusal::QuantityMissing { subject, by }),
                }
            }
            if quantity.is_none() {
                thing.decommissioned = Some(fact.at);
            }
            thing.offer = None;
        }
        for (subject, output) in subjects.iter().skip(inputs.len()).zip(outputs) {
            let makeup = match &output.made {
                Made::Item(..) => Makeup::One,
                Made::Run(run) => Makeup::run(maker, *run),
                Made::Batch(_, quantity) => {
                    if self.has_begun(subject) {
                        self.check_free(fact, subject, chain)?;
                        self.grow(subject, quantity, chain)?;
                        continue;
                    }
                    Makeup::of(Some(*quantity))
                }
            };
            self.begin(fact, subject, makeup, chain)?;
            if let Made::Item(_, activation) = &output.made {
                self.things.entry(*subject).or_default().seal = Seal::of(*activation, fact.at);
            }
        }
        Ok(())
    }

    /// An item leaves its run with everything that was true of the run.
    pub(super) fn draw(
        &mut self,
        fact: &Fact<'_>,
        run: &SubjectId,
        items: &[RunItem],
    ) -> Result<(), Refusal> {
        let Some(known) = self.things.get(run).cloned() else {
            return Ok(());
        };
        let (spec, by) = match &known.makeup {
            Some((Makeup::Run(spec), by)) => (**spec, *by),
            Some((_, by)) => {
                return Err(Refusal::NotARun {
                    subject: *run,
                    by: *by,
                });
            }
            None => return Ok(()),
        };
        for (subject, item) in fact.record.subjects().iter().skip(1).zip(items) {
            let own = item.code.subject(&self.genesis.id(), &spec.maker);
            if own != *subject || !spec.spec.holds(item) {
                return Err(Refusal::NotInRun {
                    subject: *subject,
                    run: *run,
                    by,
                });
            }
            if !self.has_begun(subject) {
                let leaf = Thing {
                    makeup: Some((Makeup::One, by)),
                    offer: None,
                    title_offer: None,
                    promised: false,
                    seal: Seal::of(
                        item.activation
                            .map(|key| ActivationPublic::from_bytes(*key.as_bytes())),
                        by,
                    ),
                    ..known.clone()
                };
                self.things.insert(*subject, leaf);
            }
        }
        Ok(())
    }

    fn check_free(
        &self,
        fact: &Fact<'_>,
        subject: &SubjectId,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        if !chain.contains(subject) {
            return Ok(());
        }
        let member = fact.header.member();
        self.check_holder(subject, &member)?;
        self.check_owner(subject, member.into())?;
        self.check_loose(subject)?;
        self.check_not_pledged(subject, chain)
    }

    fn grow(
        &mut self,
        subject: &SubjectId,
        quantity: &Quantity,
        chain: &BTreeSet<SubjectId>,
    ) -> Result<(), Refusal> {
        let thing = self.things.entry(*subject).or_default();
        let newest = thing.newest;
        match thing.makeup.as_mut().filter(|_| chain.contains(subject)) {
            Some((makeup, by)) => {
                let life = life(*subject, *by, newest);
                makeup.batch_mut(&life)?.add(&life, quantity)
            }
            None => Ok(()),
        }
    }
}

fn life(subject: SubjectId, began: RecordRef, newest: Option<RecordRef>) -> Life {
    Life {
        subject,
        began,
        latest: newest.unwrap_or(began),
    }
}

/// What a record of amounts says adds up by itself.
pub(super) fn check_sums(
    subjects: &[SubjectId],
    inputs: &[Option<Quantity>],
    outputs: &[Output],
    losses: &[Quantity],
) -> Result<(), Refusal> {
    let went_in: Vec<Quantity> = inputs.iter().flatten().copied().collect();
    let came_out: Vec<Quantity> = outputs.iter().filter_map(Output::quantity).collect();
    let mut all = went_in.iter().chain(&came_out).chain(losses);
    if all.any(|quantity| quantity.amount.is_none()) {
        // In sections, which parties open and judge.
        return Ok(());
    }
    check_amounts(&went_in, &came_out, losses, outputs.is_empty()).map_err(|imbalance| {
        let went_in = inputs.iter().map(|quantity| (None, *quantity));
        let came_out = outputs.iter().map(|o| (Some(o.class), o.quantity()));
        Refusal::unbalanced(imbalance, subjects, went_in.chain(came_out))
    })
}
