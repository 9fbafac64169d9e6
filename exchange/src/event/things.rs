//! What an event is about: the lists of things, batches with their amounts.

use super::implied::{Implied, Shape};
use super::{Opened, Unwritten, text};
use chopmark_core::{Body, Code, CodeKind, Made, Output, Quantity};
use chopmark_epcis::{Decimal, Json, Members};

impl Implied {
    /// What the event is about.
    pub(super) fn members(
        &self,
        codes: Vec<Json>,
        amounts: Vec<Option<Quantity>>,
    ) -> Result<Members, Unwritten> {
        let none = std::iter::repeat(None);
        let with_amounts = |codes: Vec<Json>| -> Vec<(Json, Option<Quantity>)> {
            codes
                .into_iter()
                .zip(amounts.into_iter().chain(none))
                .collect()
        };
        let plain = |items: Vec<(Json, Option<Quantity>)>| {
            Json::List(items.into_iter().map(|(uri, _)| uri).collect())
        };
        let mut members = Members::new();
        let mut put = |name: &str, value: Json| members.insert(name.to_owned(), value);
        if !matches!(self.shape, Shape::Transformation(_)) {
            put("action", text(self.action));
        }
        match (self.shape, codes.split_first()) {
            (_, None) => return Err(Unwritten::NoCodes),
            (Shape::Object, Some(_)) => {
                put("type", text("ObjectEvent"));
                let all = with_amounts(codes).into_iter();
                let (batches, items) = all.partition::<Vec<_>, _>(is_class);
                if !items.is_empty() || batches.is_empty() {
                    put("epcList", plain(items));
                }
                if !batches.is_empty() {
                    let batches = batches.into_iter().map(class).collect();
                    put("quantityList", Json::List(batches));
                }
            }
            (Shape::Parent(kind), Some((parent, children))) => {
                put("type", text(kind));
                put("parentID", parent.clone());
                put("childEPCs", Json::List(children.to_vec()));
            }
            (Shape::Transformation(inputs), Some(_)) => {
                put("type", text("TransformationEvent"));
                let all = with_amounts(codes);
                let (from, to) = all.split_at_checked(inputs).ok_or(Unwritten::NoCodes)?;
                for (side, lists) in [
                    (from, ("inputEPCList", "inputQuantityList")),
                    (to, ("outputEPCList", "outputQuantityList")),
                ] {
                    let side = side.iter().cloned();
                    let (batches, items) = side.partition::<Vec<_>, _>(is_class);
                    if !items.is_empty() {
                        put(lists.0, plain(items));
                    }
                    if !batches.is_empty() {
                        put(
                            lists.1,
                            Json::List(batches.into_iter().map(class).collect()),
                        );
                    }
                }
            }
        }
        Ok(members)
    }
}

/// A batch, with its amount where that is known.
fn class((uri, amount): (Json, Option<Quantity>)) -> Json {
    let mut members = Members::from([("epcClass".to_owned(), uri)]);
    if let Some(Quantity {
        amount: Some(amount),
        unit,
    }) = amount
        && let Ok(number) = Decimal::parse(&amount.to_string())
    {
        members.insert("quantity".to_owned(), Json::Number(number));
        members.insert("uom".to_owned(), text(unit.as_str()));
    }
    Json::Object(members)
}

/// How much of each thing, where the record says it of all; what its fields leave out is in the
/// section, in their order.
pub(super) fn amounts(opened: &Opened<'_>) -> Vec<Option<Quantity>> {
    if matches!(opened.record.body(), Body::Observe { .. }) {
        return counted(opened);
    }
    let stated: Vec<Option<Quantity>> = match opened.record.body() {
        Body::Commission {
            quantity, codes, ..
        } => codes.iter().map(|_| *quantity).collect(),
        Body::Transform {
            inputs, outputs, ..
        } => {
            // A run has no code: its items, which have no amounts, are named behind all else.
            let coded = |output: &&Output| !matches!(output.made, Made::Run(_));
            let outputs = outputs.iter().filter(coded).map(Output::quantity);
            inputs.iter().copied().chain(outputs).collect()
        }
        _ => Vec::new(),
    };
    let mut told = opened.section.quantities.iter();
    let one_for_all = matches!(opened.record.body(), Body::Commission { .. });
    let each = |stated: Option<Quantity>| match stated {
        Some(Quantity { amount: None, .. }) if one_for_all => {
            opened.section.quantities.first().copied()
        }
        Some(Quantity { amount: None, .. }) => told.next().copied(),
        whole => whole,
    };
    stated.into_iter().map(each).collect()
}

/// How much was counted of each batch among what was seen: fields of an observation name no
/// quantities, so the section has one for each batch, in the order of the things. Of a section with
/// more or fewer nobody knows which batch one belongs to.
fn counted(opened: &Opened<'_>) -> Vec<Option<Quantity>> {
    let is_batch =
        |code: &String| Code::parse(code).is_ok_and(|code| code.kind() == CodeKind::Batch);
    let (codes, quantities) = (&opened.section.codes, &opened.section.quantities);
    if codes.iter().filter(|code| is_batch(code)).count() != quantities.len() {
        return Vec::new();
    }
    let mut told = quantities.iter().copied();
    let each = |code: &String| is_batch(code).then(|| told.next()).flatten();
    codes.iter().map(each).collect()
}

/// A batch stands in a list of quantities, in either form.
fn is_class((uri, _): &(Json, Option<Quantity>)) -> bool {
    matches!(uri, Json::Text(uri) if uri.starts_with("urn:epc:class:") || uri.contains("/10/"))
}
