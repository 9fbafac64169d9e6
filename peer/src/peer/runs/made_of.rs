//! What a run is made of: batches, each with how much of it goes in, and items, which end with it.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use chopmark_core::{
    Amount, Code, Output, Portion, Quantities, Quantity, StateView, SubjectId, Undrawn, Unit,
    check_conserved,
};
use serde::{Deserialize, Serialize};

use crate::peer::Peer;

/// As people name it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct MadeOf {
    /// Batches: code, amount, unit.
    pub(crate) batches: Vec<[String; 3]>,
    /// Items.
    pub(crate) items: Vec<String>,
    /// What is lost: amount, unit.
    pub(crate) losses: Vec<[String; 2]>,
}

/// As a record names it.
pub(super) struct Ingredients {
    pub(super) subjects: Vec<SubjectId>,
    /// Their codes, in the same order.
    pub(super) codes: Vec<Code>,
    /// How much of each, as the fields say it.
    pub(super) inputs: Vec<Option<Quantity>>,
    /// What is lost, as the fields say it.
    pub(super) losses: Vec<Quantity>,
    /// The amounts that the fields leave out, in their order.
    pub(super) in_section: Vec<Quantity>,
    /// Items of this member's runs that nobody used yet.
    pub(super) undrawn: BTreeMap<SubjectId, Undrawn>,
}

impl MadeOf {
    pub(crate) const fn is_empty(&self) -> bool {
        self.batches.is_empty() && self.items.is_empty() && self.losses.is_empty()
    }

    /// Finds all of it in the ledger, and checks that what comes out can come of it.
    pub(super) fn find(&self, peer: &Peer, output: &Output) -> anyhow::Result<Ingredients> {
        let mut named: Vec<(Code, Option<Quantity>)> = Vec::new();
        for [code, amount, unit] in &self.batches {
            named.push((parsed(code)?, Some(quantity(amount, unit)?)));
        }
        for code in &self.items {
            named.push((parsed(code)?, None));
        }
        let mut seen = BTreeSet::new();
        for (code, _) in &named {
            ensure!(
                seen.insert(code),
                "{} is named twice",
                code.element_string()
            );
        }
        let mut losses = BTreeMap::new();
        for [amount, unit] in &self.losses {
            let lost = quantity(amount, unit)?;
            let twice = losses.insert(lost.unit, lost);
            ensure!(twice.is_none(), "what is lost of {unit} is named twice");
        }
        let losses: Vec<Quantity> = losses.into_values().collect();
        ensure!(!named.is_empty(), "something is lost, and nothing goes in");

        let mut undrawn = BTreeMap::new();
        let mut subjects = Vec::new();
        let mut portions = Vec::new();
        let lists = peer.replica().runs();
        for (code, quantity) in &named {
            let called = || format!("the ledger has no record of {}", code.element_string());
            let owner = peer.replica().read(|_, view| view.prefix_owner(code));
            let subject = code.subject(&peer.network(), &owner.with_context(called)?);
            let class = |id: &SubjectId| {
                let class = |view: &dyn StateView| view.subject(id).map(|state| state.class());
                peer.replica().read(|_, view| class(view))
            };
            let class = match class(&subject) {
                Some(class) => class,
                None => {
                    let (run, item) = lists.item(&code.hash())?.with_context(called)?;
                    undrawn.insert(subject, Undrawn::new(run, item));
                    class(&run).with_context(called)?
                }
            };
            subjects.push(subject);
            portions.push(Portion {
                class,
                quantity: *quantity,
                items: 1,
            });
        }
        check_conserved(&portions, &[output.portion()], &losses)?;

        let in_fields = peer
            .replica()
            .read(|_, view| view.policy().quantities == Quantities::Fields);
        let stated = |whole: Quantity| if in_fields { whole } else { whole.veiled() };
        let inputs = portions.iter().map(|portion| portion.quantity);
        let all = inputs.clone().flatten().chain(losses.iter().copied());
        Ok(Ingredients {
            in_section: all.filter(|_| !in_fields).collect(),
            inputs: inputs.map(|whole| whole.map(stated)).collect(),
            losses: losses.iter().copied().map(stated).collect(),
            codes: named.into_iter().map(|(code, _)| code).collect(),
            subjects,
            undrawn,
        })
    }
}

fn parsed(code: &str) -> anyhow::Result<Code> {
    Code::parse(code).with_context(|| code.to_owned())
}

fn quantity(amount: &str, unit: &str) -> anyhow::Result<Quantity> {
    let said = || format!("{amount} {unit}");
    let amount: Amount = amount.parse().with_context(said)?;
    let unit: Unit = unit.parse().with_context(said)?;
    ensure!(!amount.is_zero(), "{}: nothing goes in or is lost", said());
    Ok(Quantity::new(amount, unit))
}
