//! What goes into a transformation and what comes out of it, out of what a person typed.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{
    ActivationSecret, Amount, Code, GoodsClass, Makeup, Portion, Prefix, Quantity, Refusal,
    SubjectId, Unit,
};
use chopmark_view::{Input, Line, Loss, NewGoods, Param};

use super::super::commission::{new_item, new_secret, prefix_for, subject};
use super::super::make::{product_of, quantity};
use super::super::{Author, parse_subject, precheck};
use crate::trouble::Trouble;
use crate::{failure, lines, scan, stock};

/// Items of one transformation: as many as of one commissioning.
const MOST_ITEMS: u32 = 200;

/// A thing on one side.
pub(super) struct Thing {
    pub(super) subject: SubjectId,
    pub(super) portion: Portion,
    pub(super) code: Option<Code>,
}

/// A thing that comes out.
pub(super) struct Outcome {
    pub(super) thing: Thing,
    pub(super) prefix: Prefix,
    pub(super) product: String,
    pub(super) code: Code,
    /// It is not there yet.
    pub(super) is_new: bool,
    /// What goes under its seal.
    pub(super) secret: Option<ActivationSecret>,
}

pub(super) fn inputs(
    author: &Author<'_>,
    inputs: &[Input],
    said: &mut Vec<Line>,
) -> Result<Vec<Thing>, Trouble> {
    let mut seen = BTreeSet::new();
    let mut things = Vec::new();
    for input in inputs {
        let subject = parse_subject(&input.subject)?;
        // Scanned twice is meant once.
        if seen.insert(subject) {
            things.push(going_in(
                author,
                subject,
                typed(input.amount.as_deref()),
                said,
            )?);
        }
    }
    if things.is_empty() {
        return Err(failure::NOTHING_CHOSEN.failure([]).into());
    }
    Ok(things)
}

fn typed(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

fn going_in(
    author: &Author<'_>,
    subject: SubjectId,
    wanted: Option<&str>,
    said: &mut Vec<Line>,
) -> Result<Thing, Trouble> {
    // That it is ours and bound by nothing is foreseen with the whole record.
    let state = precheck::exists(author, &subject)?;
    let by = state.commissioned_by();
    let name = ("subject", author.subject_text(&subject)?);
    let quantity = match (state.makeup(), wanted) {
        (Makeup::One, None) => {
            said.push(lines::SIGN_USE_ITEM.line([name]));
            None
        }
        (Makeup::One, Some(_)) => {
            return Err(precheck::refused(
                author,
                &Refusal::NotABatch { subject, by },
            ));
        }
        (Makeup::Run(_), _) => {
            return Err(precheck::refused(
                author,
                &Refusal::QuantityMissing { subject, by },
            ));
        }
        (Makeup::Batch(batch), wanted) => {
            let unit = batch.unit();
            let left = stock::left(author.look, &subject)?;
            if left.is_some_and(|left| left.sum == stock::Sum::Overdrawn) {
                return Err(nothing_left(author, &subject, unit));
            }
            let there = left.and_then(stock::Left::amount);
            let taken = match (wanted, there) {
                (Some(wanted), _) => typed_amount(wanted, unit)?,
                (None, Some(there)) if !there.is_zero() => there,
                (None, Some(_)) => return Err(nothing_left(author, &subject, unit)),
                (None, None) => {
                    return Err(precheck::refused(
                        author,
                        &Refusal::QuantityMissing { subject, by },
                    ));
                }
            };
            said.push(stock::line(lines::SIGN_USE, (taken, unit), name.clone()));
            if let Some(there) = there {
                let Some(left) = there.minus(taken) else {
                    let [there, unit, code] = stock::params(there, unit);
                    return Err(failure::NOT_SO_MUCH
                        .failure([there, unit, code, name])
                        .into());
                };
                said.push(stock::line(lines::SIGN_REMAINS, (left, unit), name));
            }
            Some(Quantity::new(taken, unit))
        }
    };
    Ok(Thing {
        subject,
        portion: Portion {
            class: state.class(),
            quantity,
            items: 1,
        },
        code: author.known(&subject)?.map(|known| known.code),
    })
}

fn typed_amount(text: &str, unit: Unit) -> Result<Amount, Trouble> {
    Ok(quantity(text, unit.as_str())?.amount.unwrap_or_default())
}

fn nothing_left(author: &Author<'_>, subject: &SubjectId, unit: Unit) -> Trouble {
    let name = match author.subject_text(subject) {
        Ok(name) => name,
        Err(trouble) => return trouble,
    };
    let [there, unit, code] = stock::params(Amount::ZERO, unit);
    failure::NOT_SO_MUCH
        .failure([there, unit, code, ("subject", name)])
        .into()
}

pub(super) fn outputs(
    author: &Author<'_>,
    outputs: &[NewGoods],
    said: &mut Vec<Line>,
) -> Result<Vec<Outcome>, Trouble> {
    let mut seen = BTreeSet::new();
    let mut all = Vec::new();
    for goods in outputs {
        match goods {
            NewGoods::Batch(new) => {
                let code = Code::gtin_batch(new.gtin.trim(), new.batch.trim())
                    .map_err(|error| scan::code_failure(&error))?;
                let product = product_of(&new.product)?;
                let quantity = quantity(&new.amount, &new.unit)?;
                let what = format!("{product} · {}", code.element_string());
                said.push(stock::line(
                    lines::SIGN_COMES_OUT,
                    (quantity.amount.unwrap_or_default(), quantity.unit),
                    ("batch", Param::Text(what)),
                ));
                if !seen.insert(code.clone()) {
                    let name = Param::Text(code.element_string().to_owned());
                    return Err(failure::OUTPUT_TWICE.failure([("batch", name)]).into());
                }
                all.push(coming_out(author, code, product, Some(quantity))?);
            }
            NewGoods::Items {
                gtin,
                product,
                count,
                sealed,
            } => {
                if !(1..=MOST_ITEMS).contains(count) {
                    return Err(failure::COUNT_OUT_OF_RANGE
                        .failure([
                            ("least", Param::Number(1)),
                            ("most", Param::Number(u64::from(MOST_ITEMS))),
                        ])
                        .into());
                }
                let product = product_of(product)?;
                for _ in 0..*count {
                    let code = new_item(gtin)?;
                    let item = coming_out(author, code, product.clone(), None)?;
                    all.push(Outcome {
                        secret: sealed.then(new_secret).transpose()?,
                        ..item
                    });
                }
                said.push(lines::SIGN_COMMISSION.line([
                    ("count", Param::Number(u64::from(*count))),
                    ("product", Param::Text(product)),
                    ("gtin", Param::Text(gtin.trim().to_owned())),
                ]));
                let count = Param::Number(u64::from(*count));
                let under_seals = || lines::SIGN_COMMISSION_SEALED.line([("count", count)]);
                said.extend(sealed.then(under_seals));
            }
        }
    }
    Ok(all)
}

fn coming_out(
    author: &Author<'_>,
    code: Code,
    product: String,
    quantity: Option<Quantity>,
) -> Result<Outcome, Trouble> {
    let prefix = prefix_for(author, &code)?;
    let class =
        GoodsClass::parse(&code.class()).ok_or(Trouble::Internal("goods without a class"))?;
    let subject = subject(author, &code);
    let before = author.view.subject(&subject);
    if let (Some(_), Some(quantity)) = (before, quantity) {
        // A batch that is there grows.
        let state = precheck::exists(author, &subject)?;
        let by = state.commissioned_by();
        match state.makeup() {
            Makeup::Batch(batch) if batch.unit() == quantity.unit => {}
            Makeup::Batch(batch) => {
                let unit = batch.unit();
                return Err(precheck::refused(
                    author,
                    &Refusal::OtherUnit { subject, unit, by },
                ));
            }
            _ => {
                let refusal = Refusal::NotABatch { subject, by };
                return Err(precheck::refused(author, &refusal));
            }
        }
    }
    Ok(Outcome {
        thing: Thing {
            subject,
            portion: Portion {
                class,
                quantity,
                items: 1,
            },
            code: Some(code.clone()),
        },
        prefix,
        product,
        code,
        is_new: before.is_none(),
        secret: None,
    })
}

/// One loss of each unit, in the order of units.
pub(super) fn losses(losses: &[Loss], said: &mut Vec<Line>) -> Result<Vec<Quantity>, Trouble> {
    let mut sums: BTreeMap<Unit, Amount> = BTreeMap::new();
    for loss in losses {
        let lost = quantity(&loss.amount, &loss.unit)?;
        let sum = sums.entry(lost.unit).or_default();
        *sum = sum
            .plus(lost.amount.unwrap_or_default())
            .ok_or_else(|| failure::TOO_MUCH.failure([]))?;
    }
    for (unit, lost) in &sums {
        let [amount, name, code] = stock::params(*lost, *unit);
        said.push(lines::SIGN_LOSS.line([amount, name, code]));
    }
    Ok(sums
        .into_iter()
        .map(|(unit, lost)| Quantity::new(lost, unit))
        .collect())
}
