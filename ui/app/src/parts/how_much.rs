use chopmark_kit::{Choice, ChoiceGroup, ChoiceLayout, Field};
use chopmark_view::UNITS;
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::words::{key, say};

/// The unit that a form begins with: goods that are not counted are weighed, mostly.
pub(crate) const FIRST_UNIT: &str = "KGM";

/// Properties of [`HowMuch`].
#[derive(PartialEq, Properties)]
pub(crate) struct HowMuchProps {
    /// Unique on the page.
    pub(crate) id: AttrValue,
    pub(crate) label: AttrValue,
    pub(crate) amount: AttrValue,
    /// The unit's code.
    pub(crate) unit: AttrValue,
    pub(crate) onamount: Callback<String>,
    pub(crate) onunit: Callback<String>,
    #[prop_or_default]
    pub(crate) problem: Option<AttrValue>,
}

/// An amount and its unit.
#[component]
pub(crate) fn HowMuch(props: &HowMuchProps) -> Html {
    let m = use_messages();
    let choices: Vec<Choice> = UNITS
        .iter()
        .map(|(code, name)| Choice::new(*code, key(&m, name)))
        .collect();
    html! {
        <>
            <Field id={props.id.clone()} label={props.label.clone()} most={20}
                value={props.amount.clone()} oninput={props.onamount.clone()} problem={props.problem.clone()} />
            <ChoiceGroup name={format!("{}-unit", props.id)} label={say!(m, "make-unit")} {choices} layout={ChoiceLayout::Row}
                chosen={props.unit.clone()} onchoose={props.onunit.reform(|code: AttrValue| code.to_string())} />
        </>
    }
}
