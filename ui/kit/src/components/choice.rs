use web_sys::HtmlInputElement;
use yew::prelude::*;

use super::{Icon, Mark};

/// One of a few.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// What it stands for.
    pub value: AttrValue,
    /// What it says.
    pub label: AttrValue,
    /// A second line.
    pub detail: Option<AttrValue>,
    /// An icon.
    pub icon: Option<Mark>,
}

impl Choice {
    /// A choice with a label only.
    pub fn new(value: impl Into<AttrValue>, label: impl Into<AttrValue>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            detail: None,
            icon: None,
        }
    }

    /// With an icon.
    pub fn with_icon(self, mark: Mark) -> Self {
        Self {
            icon: Some(mark),
            ..self
        }
    }

    /// With a second line.
    pub fn with_detail(self, detail: impl Into<AttrValue>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..self
        }
    }
}

/// How choices stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChoiceLayout {
    /// One below the other.
    #[default]
    Column,
    /// Beside each other where there is room.
    Row,
}

/// Properties of [`ChoiceGroup`].
#[derive(PartialEq, Properties)]
pub struct ChoiceGroupProps {
    /// Unique on the page.
    pub name: AttrValue,
    /// What is chosen.
    pub label: AttrValue,
    /// All choices.
    pub choices: Vec<Choice>,
    /// The chosen value.
    #[prop_or_default]
    pub chosen: Option<AttrValue>,
    /// What was chosen.
    pub onchoose: Callback<AttrValue>,
    /// How they stand.
    #[prop_or_default]
    pub layout: ChoiceLayout,
}

/// One of a few, as cards that are radio buttons underneath.
#[component]
pub fn ChoiceGroup(props: &ChoiceGroupProps) -> Html {
    let choices = props.choices.iter().map(|choice| {
        let onchange = {
            let value = choice.value.clone();
            props.onchoose.reform(move |_: Event| value.clone())
        };
        html! {
            <label class="choice" key={choice.value.to_string()}>
                <input type="radio" name={props.name.clone()} value={choice.value.clone()}
                    checked={props.chosen.as_ref() == Some(&choice.value)} {onchange} />
                if let Some(mark) = choice.icon {
                    <Icon {mark} />
                }
                <span class="choice-words">
                    <span>{choice.label.clone()}</span>
                    if let Some(detail) = &choice.detail {
                        <span class="soft small">{detail.clone()}</span>
                    }
                </span>
            </label>
        }
    });
    let row = (props.layout == ChoiceLayout::Row).then_some("choices-row");
    html! {
        <fieldset class="field">
            <legend class="field-label">{props.label.clone()}</legend>
            <div class={classes!("choices", row)}>
                {for choices}
            </div>
        </fieldset>
    }
}

/// Properties of [`Switch`].
#[derive(PartialEq, Properties)]
pub struct SwitchProps {
    /// What it says.
    pub label: AttrValue,
    /// A second line.
    #[prop_or_default]
    pub detail: Option<AttrValue>,
    /// Whether it is on.
    pub on: bool,
    /// What it was set to.
    pub onchange: Callback<bool>,
}

/// Yes or no: a check box with a large target.
#[component]
pub fn Switch(props: &SwitchProps) -> Html {
    let onchange = props
        .onchange
        .reform(|event: Event| event.target_unchecked_into::<HtmlInputElement>().checked());
    html! {
        <label class="choice choice-plain">
            <input type="checkbox" checked={props.on} {onchange} />
            <span class="choice-words">
                <span>{props.label.clone()}</span>
                if let Some(detail) = &props.detail {
                    <span class="soft small">{detail.clone()}</span>
                }
            </span>
        </label>
    }
}
