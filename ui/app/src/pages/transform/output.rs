use chopmark_kit::{Button, ButtonKind, Card, Field, FieldKind, Mark, Switch};
use chopmark_view::{NewBatch, NewGoods, SubjectCard};
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::parts::{FIRST_UNIT, HowMuch};
use crate::words::say;

/// One thing that comes out, as far as it is filled in.
#[derive(Clone, PartialEq)]
pub(crate) struct Output {
    /// Single items instead of a batch.
    items: bool,
    batch: NewBatch,
    count: String,
    /// Whether each item gets a code under its seal.
    sealed: bool,
}

impl Output {
    /// More of the same as a thing that goes in; its code begins with the GTIN.
    pub(crate) fn first(of: Option<&SubjectCard>) -> Self {
        let gtin = of
            .and_then(|card| card.code.as_deref())
            .and_then(|code| code.strip_prefix("(01)"))
            .and_then(|rest| rest.get(..14));
        let product = of.and_then(|card| card.product.clone());
        Self {
            items: false,
            batch: NewBatch {
                gtin: gtin.unwrap_or_default().to_owned(),
                product: product.unwrap_or_default(),
                batch: String::new(),
                amount: String::new(),
                unit: FIRST_UNIT.to_owned(),
                place: None,
            },
            count: String::new(),
            sealed: false,
        }
    }

    /// The next one: of the same product, with another number.
    pub(crate) fn another(&self) -> Self {
        Self {
            batch: NewBatch {
                batch: String::new(),
                amount: String::new(),
                ..self.batch.clone()
            },
            ..self.clone()
        }
    }

    pub(crate) fn goods(&self) -> NewGoods {
        if !self.items {
            return NewGoods::Batch(self.batch.clone());
        }
        NewGoods::Items {
            gtin: self.batch.gtin.clone(),
            product: self.batch.product.clone(),
            // What is no number is refused by the client, which says what is.
            count: self.count.trim().parse().unwrap_or_default(),
            sealed: self.sealed,
        }
    }
}

/// Properties of [`OutputForm`].
#[derive(PartialEq, Properties)]
pub(crate) struct OutputProps {
    /// Which of the outputs it is.
    pub(crate) index: usize,
    pub(crate) output: Output,
    /// What became of it; none: it is taken away.
    pub(crate) onchange: Callback<Option<Output>>,
}

/// A batch, or so many items, that comes out.
#[component]
pub(crate) fn OutputForm(props: &OutputProps) -> Html {
    let m = use_messages();
    let (output, index) = (&props.output, props.index);
    let id = |field: &str| format!("out-{index}-{field}");
    let set = |change: fn(&mut Output, String)| {
        let (output, onchange) = (output.clone(), props.onchange.clone());
        Callback::from(move |text: String| {
            let mut next = output.clone();
            change(&mut next, text);
            onchange.emit(Some(next));
        })
    };
    let switch = |change: fn(&mut Output, bool)| {
        let (output, onchange) = (output.clone(), props.onchange.clone());
        Callback::from(move |on: bool| {
            let mut next = output.clone();
            change(&mut next, on);
            onchange.emit(Some(next));
        })
    };
    let ontake = props.onchange.reform(|()| None);
    html! {
        <Card title={say!(m, "transform-output", number = index + 1)} aside={html! {
            <Button kind={ButtonKind::IconOnly} icon={Mark::Close} label={say!(m, "transform-take-away")} onclick={ontake} />
        }}>
            <div class="stack">
                <Field id={id("gtin")} kind={FieldKind::Code} label={say!(m, "commission-gtin")} most={14}
                    value={output.batch.gtin.clone()} oninput={set(|output, text| output.batch.gtin = text)} />
                <Field id={id("product")} label={say!(m, "commission-product")} most={200}
                    value={output.batch.product.clone()} oninput={set(|output, text| output.batch.product = text)} />
                <Switch label={say!(m, "transform-as-items")} detail={say!(m, "transform-as-items-text")} on={output.items} onchange={switch(|output, on| output.items = on)} />
                if output.items {
                    <Field id={id("count")} kind={FieldKind::Number} label={say!(m, "commission-count")} most={3}
                        value={output.count.clone()} oninput={set(|output, text| output.count = text)} />
                    <Switch label={say!(m, "commission-sealed")} detail={say!(m, "commission-sealed-text")} on={output.sealed} onchange={switch(|output, on| output.sealed = on)} />
                } else {
                    <Field id={id("batch")} kind={FieldKind::Code} label={say!(m, "make-batch-number")} most={20}
                        value={output.batch.batch.clone()} oninput={set(|output, text| output.batch.batch = text)} />
                    <HowMuch id={id("amount")} label={say!(m, "make-amount")} amount={output.batch.amount.clone()} unit={output.batch.unit.clone()}
                        onamount={set(|output, text| output.batch.amount = text)} onunit={set(|output, text| output.batch.unit = text)} />
                }
            </div>
        </Card>
    }
}
