use yew::prelude::*;

use super::{Icon, Mark};

/// How much a button asks for attention. Signing has a button of its own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// The one thing to do here.
    Main,
    /// Something else to do.
    #[default]
    Quiet,
    /// Beside other text.
    Plain,
    /// An icon whose label only screen readers and tooltips say.
    IconOnly,
}

/// Properties of [`Button`].
#[derive(PartialEq, Properties)]
pub struct ButtonProps {
    /// What it says.
    pub label: AttrValue,
    /// What happens.
    #[prop_or_default]
    pub onclick: Callback<()>,
    /// How much it asks for attention.
    #[prop_or_default]
    pub kind: ButtonKind,
    /// An icon before the label.
    #[prop_or_default]
    pub icon: Option<Mark>,
    /// Cannot be used now.
    #[prop_or_default]
    pub disabled: bool,
    /// Works on it; further presses do nothing.
    #[prop_or_default]
    pub busy: bool,
    /// As wide as its place.
    #[prop_or_default]
    pub wide: bool,
    /// Sends the form around it.
    #[prop_or_default]
    pub submit: bool,
    /// For a switch-like button: whether it is on.
    #[prop_or_default]
    pub pressed: Option<bool>,
}

/// A button of at least 56 px.
#[component]
pub fn Button(props: &ButtonProps) -> Html {
    let kind = match props.kind {
        ButtonKind::Main => "button-main",
        ButtonKind::Quiet => "button-quiet",
        ButtonKind::Plain => "button-plain",
        ButtonKind::IconOnly => "button-icon",
    };
    let onclick = {
        let (act, idle, submits) = (props.onclick.clone(), !props.busy, props.submit);
        Callback::from(move |event: MouseEvent| {
            if !submits {
                event.prevent_default();
            }
            if idle {
                act.emit(());
            }
        })
    };
    let named = props.kind == ButtonKind::IconOnly;
    html! {
        <button
            type={if props.submit { "submit" } else { "button" }}
            class={classes!("button", kind, props.wide.then_some("button-wide"))}
            disabled={props.disabled}
            aria-busy={props.busy.then_some("true")}
            aria-pressed={props.pressed.map(|on| if on { "true" } else { "false" })}
            aria-label={named.then(|| props.label.clone())}
            title={named.then(|| props.label.clone())}
            {onclick}
        >
            if props.busy {
                <span class="spin" aria-hidden="true"></span>
            } else if let Some(mark) = props.icon {
                <Icon {mark} />
            }
            if !named {
                <span>{props.label.clone()}</span>
            }
        </button>
    }
}
