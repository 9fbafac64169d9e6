//! How much there is of a batch, whether the network keeps amounts in fields or in sections.

use chopmark_core::{
    Amount, Body, Made, Makeup, Quantities, Quantity, Record, StateView, SubjectId, Unit,
};
use chopmark_view::{EventStatus, Line, Param, Stock, UNITS};

use crate::blocks;
use crate::look::Look;
use crate::trouble::Trouble;
use crate::words::Message;

/// What is left of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    pub(crate) sum: Sum,
    pub(crate) unit: Unit,
}

/// What the records of a batch come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sum {
    /// So much is there.
    There(Amount),
    /// More was taken out than went in: by two who had not heard of each other, or by one who lied.
    Overdrawn,
    /// This device does not open all of it.
    Closed,
}

impl Left {
    /// How much, as far as that is known and more than a claim.
    pub(crate) const fn amount(self) -> Option<Amount> {
        match self.sum {
            Sum::There(amount) => Some(amount),
            Sum::Overdrawn | Sum::Closed => None,
        }
    }

    pub(crate) fn view(self) -> Stock {
        Stock {
            amount: self.amount().map(|amount| amount.to_string()),
            overdrawn: self.sum == Sum::Overdrawn,
            unit: self.unit.to_string(),
            key: unit_key(self.unit).to_owned(),
        }
    }
}

/// What is left of a subject; none of what is no batch.
pub(crate) fn left(look: &Look<'_>, subject: &SubjectId) -> Result<Option<Left>, Trouble> {
    let state = look.view.subject(subject);
    let Some(Makeup::Batch(batch)) = state.map(|state| state.makeup()) else {
        return Ok(None);
    };
    let sum = match batch.amount() {
        Some(amount) => Sum::There(amount),
        None => told(look, subject)?,
    };
    Ok(Some(Left {
        sum,
        unit: batch.unit(),
    }))
}

/// The amounts of all records of a subject that stand, added up from their sections. Closed if one
/// of them is closed to this device: a part of the sum would be a wrong sum.
fn told(look: &Look<'_>, subject: &SubjectId) -> Result<Sum, Trouble> {
    let (mut came, mut went) = (Amount::ZERO, Amount::ZERO);
    for touch in look.store.records_of(*subject)? {
        let Some(block) = blocks::numbered(look.store, touch.number)? else {
            return Ok(Sum::Closed);
        };
        let Some(record) = block.records().get(usize::from(touch.index)) else {
            continue;
        };
        let Some(place) = place_of(record, subject) else {
            continue;
        };
        let at = chopmark_core::RecordRef {
            block: block.id(),
            index: touch.index,
        };
        if matches!(
            look.status(&at)?,
            EventStatus::Refused(_) | EventStatus::Waiting
        ) {
            continue;
        }
        let quantities = look.read_sections(&block, touch.index)?.quantities;
        let (side, place) = match place {
            Place::In(place) => (&mut went, place),
            Place::Out(place) => (&mut came, place),
        };
        let amount = quantities.get(place).and_then(|quantity| quantity.amount);
        let Some(sum) = amount.and_then(|amount| side.plus(amount)) else {
            return Ok(Sum::Closed);
        };
        *side = sum;
    }
    Ok(came.minus(went).map_or(Sum::Overdrawn, Sum::There))
}

/// Where a record names an amount of a subject, among all that it names.
enum Place {
    In(usize),
    Out(usize),
}

fn place_of(record: &Record, subject: &SubjectId) -> Option<Place> {
    match record.body() {
        // One amount stands for all of its subjects.
        Body::Commission {
            quantity: Some(_), ..
        } => Some(Place::Out(0)),
        Body::Transform {
            inputs, outputs, ..
        } => {
            let at = record.subjects().iter().position(|one| one == subject)?;
            let into = inputs.iter().map(|quantity| (true, quantity.is_some()));
            let out = outputs
                .iter()
                .map(|output| (false, matches!(output.made, Made::Batch(..))));
            let named: Vec<(bool, bool)> = into.chain(out).collect();
            let (goes_in, has_amount) = *named.get(at)?;
            let before = named.iter().take(at).filter(|(_, named)| *named).count();
            has_amount.then_some(if goes_in {
                Place::In(before)
            } else {
                Place::Out(before)
            })
        }
        _ => None,
    }
}

/// A quantity as the fields of a record have it in this network.
pub(crate) fn stated(view: &dyn StateView, whole: Quantity) -> Quantity {
    match view.policy().quantities {
        Quantities::Fields => whole,
        Quantities::Sections => whole.veiled(),
    }
}

/// Quantities as the section of a record has them: those that its fields veil.
pub(crate) fn veiled(
    view: &dyn StateView,
    whole: impl IntoIterator<Item = Quantity>,
) -> Vec<Quantity> {
    match view.policy().quantities {
        Quantities::Fields => Vec::new(),
        Quantities::Sections => whole.into_iter().collect(),
    }
}

/// The message key of a unit; of one that has no name here, a key that leaves the name to its code.
pub(crate) fn unit_key(unit: Unit) -> &'static str {
    UNITS
        .iter()
        .find(|(code, _)| *code == unit.as_str())
        .map_or("unit-other", |(_, key)| key)
}

/// The keys of all units, for the check against the message files.
pub(crate) fn keys() -> impl Iterator<Item = String> {
    let named = UNITS.iter().map(|(_, key)| (*key).to_owned());
    named.chain(["unit-other".to_owned()])
}

/// The parameters of an amount in a sentence: the number, the unit's name, and its code.
pub(crate) fn params(amount: Amount, unit: Unit) -> [(&'static str, Param); 3] {
    [
        ("amount", Param::Text(amount.to_string())),
        ("unit", Param::Key(unit_key(unit).to_owned())),
        ("code", Param::Text(unit.to_string())),
    ]
}

/// A sentence about an amount and one thing more.
pub(crate) fn line(
    message: Message,
    (amount, unit): (Amount, Unit),
    more: (&'static str, Param),
) -> Line {
    let [amount, unit, code] = params(amount, unit);
    message.line([amount, unit, code, more])
}
