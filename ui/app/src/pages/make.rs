use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, Field, FieldKind, Icon, Mark, Messages, Switch, Tone,
};
use chopmark_view::{Action, Make, NewBatch, NewRun, NewThing, Signed};
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::parts::{HowMuch, Step, sign};
use crate::state::Route;
use crate::words::say;

/// The most items of a run.
const MOST_OF_A_RUN: u32 = 1_000_000;

/// What can begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Items,
    Batch,
    Run,
    Thing,
}

impl Kind {
    const ALL: [Self; 4] = [Self::Items, Self::Batch, Self::Run, Self::Thing];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Items => "items",
            Self::Batch => "batch",
            Self::Run => "run",
            Self::Thing => "thing",
        }
    }

    pub(super) fn named(name: &str) -> Self {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.name() == name).unwrap_or(Self::Items)
    }

    pub(super) fn choices(m: &Messages) -> Vec<Choice> {
        let said = |kind: Self| match kind {
            Self::Items => (say!(m, "make-items"), say!(m, "make-items-text")),
            Self::Batch => (say!(m, "make-batch"), say!(m, "make-batch-text")),
            Self::Run => (say!(m, "make-run"), say!(m, "make-run-text")),
            Self::Thing => (say!(m, "make-thing"), say!(m, "make-thing-text")),
        };
        let all = Self::ALL.into_iter();
        all.map(|kind| {
            let (label, detail) = said(kind);
            Choice::new(kind.name(), label).with_detail(detail)
        })
        .collect()
    }
}

/// What was typed.
#[derive(Clone, Debug, Default, PartialEq)]
struct Typed {
    gtin: String,
    product: String,
    batch: String,
    amount: String,
    unit: String,
    count: String,
    code: String,
    name: String,
    place: String,
    public: bool,
}

impl Typed {
    /// What it makes; none while something is missing.
    fn make(&self, kind: Kind) -> Option<Make> {
        let needed = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let place = needed(&self.place);
        let make = match kind {
            Kind::Items => return None,
            Kind::Batch => Make::Batch(NewBatch {
                gtin: needed(&self.gtin)?,
                product: needed(&self.product)?,
                batch: needed(&self.batch)?,
                amount: needed(&self.amount)?,
                unit: needed(&self.unit)?,
                place,
            }),
            Kind::Run => Make::Run(NewRun {
                gtin: needed(&self.gtin)?,
                product: needed(&self.product)?,
                count: self.run_count()?,
                place,
                public: self.public,
            }),
            Kind::Thing => Make::Thing(NewThing {
                code: needed(&self.code)?,
                name: needed(&self.name),
                place,
            }),
        };
        Some(make)
    }

    fn run_count(&self) -> Option<u32> {
        let count = self.count.trim().parse().ok();
        count.filter(|count| (1..=MOST_OF_A_RUN).contains(count))
    }
}

#[derive(PartialEq, Properties)]
pub(super) struct MakeOtherProps {
    pub(super) kind: Kind,
}

/// Makes a batch, a run, or a thing with a code of its own.
#[component]
pub(super) fn MakeOther(props: &MakeOtherProps) -> Html {
    let m = use_messages();
    let kind = props.kind;
    let step = use_state_eq(|| Step::Form);
    let typed = use_state_eq(Typed::default);
    let checked = use_state_eq(|| false);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(done) => return finished(&m, kind, done),
    }
    let onsubmit = {
        let (step, typed, checked) = (step.clone(), typed.clone(), checked.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            checked.set(true);
            if let Some(make) = typed.make(kind) {
                step.set(Step::Sign(Action::Make(make)));
            }
        })
    };
    let set = |put: fn(&mut Typed, String)| {
        let typed = typed.clone();
        Callback::from(move |text: String| {
            let mut next = (*typed).clone();
            put(&mut next, text);
            typed.set(next);
        })
    };
    let set_public = {
        let typed = typed.clone();
        Callback::from(move |public: bool| {
            let mut next = (*typed).clone();
            next.public = public;
            typed.set(next);
        })
    };
    let missing =
        |text: &str| (*checked && text.trim().is_empty()).then(|| say!(m, "field-needed"));
    html! {
        <form class="stack" {onsubmit} novalidate={true}>
            <Card>
                <div class="stack">
                    if kind == Kind::Thing {
                        <Field id="code" kind={FieldKind::Code} label={say!(m, "make-code")} hint={say!(m, "make-code-hint")} most={200}
                            value={typed.code.clone()} oninput={set(|typed, text| typed.code = text)} problem={missing(&typed.code)} />
                        <Field id="name" label={say!(m, "make-name")} most={200}
                            value={typed.name.clone()} oninput={set(|typed, text| typed.name = text)} />
                    } else {
                        <Field id="gtin" kind={FieldKind::Code} label={say!(m, "commission-gtin")} most={14}
                            value={typed.gtin.clone()} oninput={set(|typed, text| typed.gtin = text)} problem={missing(&typed.gtin)} />
                        <Field id="product" label={say!(m, "commission-product")} most={200}
                            value={typed.product.clone()} oninput={set(|typed, text| typed.product = text)} problem={missing(&typed.product)} />
                    }
                    if kind == Kind::Batch {
                        <Field id="batch" kind={FieldKind::Code} label={say!(m, "make-batch-number")} most={20}
                            value={typed.batch.clone()} oninput={set(|typed, text| typed.batch = text)} problem={missing(&typed.batch)} />
                        <HowMuch id="amount" label={say!(m, "make-amount")} amount={typed.amount.clone()} unit={typed.unit.clone()}
                            onamount={set(|typed, text| typed.amount = text)} onunit={set(|typed, text| typed.unit = text)} problem={missing(&typed.amount)} />
                        <Field id="unit-other" kind={FieldKind::Code} label={say!(m, "make-unit-other")} hint={say!(m, "make-unit-hint")} most={3}
                            value={typed.unit.clone()} oninput={set(|typed, text| typed.unit = text.to_uppercase())} problem={missing(&typed.unit)} />
                    }
                    if kind == Kind::Run {
                        <Field id="count" kind={FieldKind::Number} label={say!(m, "commission-count")} hint={say!(m, "make-run-slow")} most={7}
                            value={typed.count.clone()} oninput={set(|typed, text| typed.count = text)}
                            problem={(*checked && typed.run_count().is_none()).then(|| say!(m, "commission-count-problem", most = MOST_OF_A_RUN))} />
                    }
                    if kind == Kind::Run {
                        <Switch label={say!(m, "make-run-public")} detail={say!(m, "make-run-public-text")} on={typed.public}
                            onchange={set_public} />
                    }
                    <Field id="place" label={say!(m, "place-optional")} hint={say!(m, "place-hint")} most={200}
                        value={typed.place.clone()} oninput={set(|typed, text| typed.place = text)} />
                </div>
            </Card>
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
        </form>
    }
}

fn finished(m: &Messages, kind: Kind, done: &Signed) -> Html {
    let text = match kind {
        Kind::Run => say!(m, "make-run-done-text"),
        _ => say!(m, "commission-done-text", count = done.subjects.len()),
    };
    let subject = done.subjects.first().cloned().unwrap_or_default();
    html! {
        <div class="stack">
            <Banner tone={Tone::Good} title={say!(m, "commission-done")} {text} />
            // A run's labels are printed from its list.
            if kind != Kind::Run {
                <a class="button button-main button-wide" href={Route::Labels(done.subjects.clone()).href()}><Icon mark={Mark::Label} />{say!(m, "action-labels")}</a>
            }
            <a class="button button-quiet button-wide" href={Route::Subject(subject).href()}>{say!(m, "action-open")}</a>
            <a class="button button-quiet button-wide" href={Route::Home.href()}><Icon mark={Mark::Home} />{say!(m, "action-done")}</a>
        </div>
    }
}
