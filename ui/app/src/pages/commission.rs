use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Field, FieldKind, Icon, Mark, Switch,
    Tone,
};
use chopmark_view::{Action, NewItems, Products, ProductsView, Signed};
use yew::prelude::*;

use super::make::{Kind, MakeOther};
use crate::hooks::{use_messages, use_remote};
use crate::parts::{SignFlow, shown};
use crate::state::Route;
use crate::words::{failure, say};

/// The most items that one signature makes, and the fewest.
const COUNTS: std::ops::RangeInclusive<u32> = 1..=200;

#[derive(Clone, PartialEq)]
enum Step {
    Form,
    Sign(NewItems),
    Done(Signed),
}

/// What is new, then a form for that kind of thing.
#[component]
pub(crate) fn Commission() -> Html {
    let m = use_messages();
    let kind = use_state_eq(|| Kind::Items);
    let onchoose = {
        let kind = kind.clone();
        Callback::from(move |chosen: AttrValue| kind.set(Kind::named(&chosen)))
    };
    html! {
        <div class="stack">
            <Card><ChoiceGroup name="make-kind" label={say!(m, "make-kind")} choices={Kind::choices(&m)}
                chosen={AttrValue::from(kind.name())} {onchoose} /></Card>
            if *kind == Kind::Items {
                <Items />
            } else {
                <MakeOther key={kind.name()} kind={*kind} />
            }
        </div>
    }
}

/// Makes new items, with a case around them if asked, then leads to their labels.
#[component]
fn Items() -> Html {
    let m = use_messages();
    let step = use_state_eq(|| Step::Form);
    let kept = use_state_eq(|| None::<NewItems>);
    let (products, retry) = use_remote(Products {});
    let to = |next: Step| {
        let step = step.clone();
        Callback::from(move |()| step.set(next.clone()))
    };
    match &*step {
        Step::Form => {
            let onitems = {
                let (step, kept) = (step.clone(), kept.clone());
                Callback::from(move |items: NewItems| {
                    kept.set(Some(items.clone()));
                    step.set(Step::Sign(items));
                })
            };
            shown(&m, &products, &retry, |products| {
                html! { <Form products={(**products).clone()} kept={(*kept).clone()} onitems={onitems.clone()} /> }
            })
        }
        Step::Sign(items) => {
            let onsigned = {
                let step = step.clone();
                Callback::from(move |signed| step.set(Step::Done(signed)))
            };
            html! { <SignFlow action={Action::Commission(items.clone())} {onsigned} onback={to(Step::Form)} /> }
        }
        Step::Done(signed) => html! {
            <div class="stack">
                <Banner tone={Tone::Good} title={say!(m, "commission-done")} text={say!(m, "commission-done-text", count = signed.subjects.len())} />
                <a class="button button-main button-wide" href={Route::Labels(signed.subjects.clone()).href()}><Icon mark={Mark::Label} />{say!(m, "action-labels")}</a>
                <Button icon={Mark::Add} label={say!(m, "action-commission-more")} onclick={to(Step::Form)} wide={true} />
                <a class="button button-quiet button-wide" href={Route::Home.href()}><Icon mark={Mark::Home} />{say!(m, "action-done")}</a>
            </div>
        },
    }
}

#[derive(PartialEq, Properties)]
struct FormProps {
    products: ProductsView,
    kept: Option<NewItems>,
    onitems: Callback<NewItems>,
}

#[component]
fn Form(props: &FormProps) -> Html {
    let m = use_messages();
    let start = props.kept.clone();
    let field = |pick: fn(&NewItems) -> String| start.as_ref().map(pick).unwrap_or_default();
    let gtin = use_state_eq(|| field(|items| items.gtin.clone()));
    let product = use_state_eq(|| field(|items| items.product.clone()));
    let count = use_state_eq(|| {
        start
            .as_ref()
            .map_or_else(|| "12".to_owned(), |items| items.count.to_string())
    });
    let place = use_state_eq(|| field(|items| items.place.clone().unwrap_or_default()));
    let in_case = use_state_eq(|| start.as_ref().is_none_or(|items| items.in_case));
    // Off at first: a seal that nobody prints is one that no buyer can ever open.
    let sealed = use_state_eq(|| start.as_ref().is_some_and(|items| items.sealed));
    let checked = use_state_eq(|| false);

    let number = count
        .trim()
        .parse::<u32>()
        .ok()
        .filter(|number| COUNTS.contains(number));
    let complete = !gtin.trim().is_empty() && !product.trim().is_empty() && number.is_some();
    let onsubmit = {
        let items = number.map(|count| NewItems {
            gtin: gtin.trim().to_owned(),
            product: product.trim().to_owned(),
            count,
            in_case: *in_case,
            sealed: *sealed,
            place: Some(place.trim().to_owned()).filter(|place| !place.is_empty()),
        });
        let (checked, onitems) = (checked.clone(), props.onitems.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            checked.set(true);
            if let (true, Some(items)) = (complete, items.clone()) {
                onitems.emit(items);
            }
        })
    };
    let onchoose = {
        let (gtin, product, known) = (
            gtin.clone(),
            product.clone(),
            props.products.products.clone(),
        );
        Callback::from(move |chosen: AttrValue| {
            if let Some(known) = known.iter().find(|known| known.gtin == chosen.as_str()) {
                gtin.set(known.gtin.clone());
                product.set(known.name.clone());
            }
        })
    };
    let choices: Vec<Choice> = props
        .products
        .products
        .iter()
        .map(|known| {
            Choice::new(known.gtin.clone(), known.name.clone()).with_detail(known.gtin.clone())
        })
        .collect();
    let missing = |is_missing: bool| (*checked && is_missing).then(|| say!(m, "field-needed"));
    html! {
        <form class="stack" {onsubmit} novalidate={true}>
            if props.products.prefixes.is_empty() {
                <Banner tone={Tone::Wait} text={failure(&m, &crate::bridge::own("no-prefix"))} />
            }
            if !choices.is_empty() {
                <Card><ChoiceGroup name="product-known" label={say!(m, "commission-known")} {choices} chosen={AttrValue::from((*gtin).clone())} {onchoose} /></Card>
            }
            <Card title={say!(m, "commission-what")}>
                <div class="stack">
                    <Field id="gtin" kind={FieldKind::Code} label={say!(m, "commission-gtin")} most={14}
                        hint={say!(m, "commission-gtin-hint", prefixes = props.products.prefixes.join(", "))}
                        value={(*gtin).clone()} oninput={Callback::from({ let gtin = gtin.clone(); move |text| gtin.set(text) })} problem={missing(gtin.trim().is_empty())} />
                    <Field id="product" label={say!(m, "commission-product")} most={200}
                        value={(*product).clone()} oninput={Callback::from({ let product = product.clone(); move |text| product.set(text) })} problem={missing(product.trim().is_empty())} />
                    <Field id="count" kind={FieldKind::Number} label={say!(m, "commission-count")} hint={say!(m, "commission-count-hint", most = *COUNTS.end())} most={3}
                        value={(*count).clone()} oninput={Callback::from(move |text| count.set(text))}
                        problem={(*checked && number.is_none()).then(|| say!(m, "commission-count-problem", most = *COUNTS.end()))} />
                    <Switch label={say!(m, "commission-case")} detail={say!(m, "commission-case-text")} on={*in_case} onchange={Callback::from(move |on| in_case.set(on))} />
                    <Switch label={say!(m, "commission-sealed")} detail={say!(m, "commission-sealed-text")} on={*sealed} onchange={Callback::from(move |on| sealed.set(on))} />
                    <Field id="place" label={say!(m, "place-optional")} hint={say!(m, "place-hint")} most={200}
                        value={(*place).clone()} oninput={Callback::from(move |text| place.set(text))} />
                </div>
            </Card>
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
        </form>
    }
}
