use yew::prelude::*;

use super::{Button, ButtonKind, Icon, Mark, Tone};

/// Properties of [`Banner`].
#[derive(PartialEq, Properties)]
pub struct BannerProps {
    /// What it means.
    pub tone: Tone,
    /// The sentence.
    pub text: AttrValue,
    /// A heading above it.
    #[prop_or_default]
    pub title: Option<AttrValue>,
    /// Another icon than the tone's.
    #[prop_or_default]
    pub icon: Option<Mark>,
    /// A way on: buttons, more text.
    #[prop_or_default]
    pub children: Children,
}

/// Something to know, in the page. Failures are read out at once.
#[component]
pub fn Banner(props: &BannerProps) -> Html {
    let icon = match props.tone {
        Tone::Wait => Mark::Warning,
        tone => tone.mark(),
    };
    let role = if props.tone == Tone::Bad {
        "alert"
    } else {
        "status"
    };
    html! {
        <div class={classes!("banner", format!("banner-{}", props.tone.name()))} {role}>
            <Icon mark={props.icon.unwrap_or(icon)} />
            <div class="banner-words">
                if let Some(title) = &props.title {
                    <p class="banner-title">{title.clone()}</p>
                }
                <p>{props.text.clone()}</p>
                {props.children.clone()}
            </div>
        </div>
    }
}

/// Something short that just happened.
#[derive(Clone, Debug, PartialEq)]
pub struct Toast {
    /// Tells it from the others.
    pub id: u64,
    /// What it means.
    pub tone: Tone,
    /// The sentence.
    pub text: AttrValue,
}

/// Properties of [`Toasts`].
#[derive(PartialEq, Properties)]
pub struct ToastsProps {
    /// Oldest first.
    pub toasts: Vec<Toast>,
    /// What the close button says.
    pub close: AttrValue,
    /// The person closed one.
    pub onclose: Callback<u64>,
}

/// What just happened, above the page, until it is closed or overtaken.
#[component]
pub fn Toasts(props: &ToastsProps) -> Html {
    let toasts = props.toasts.iter().map(|toast| {
        let onclick = {
            let id = toast.id;
            props.onclose.reform(move |()| id)
        };
        html! {
            <div key={toast.id} class={classes!("banner", format!("banner-{}", toast.tone.name()))}>
                <Icon mark={toast.tone.mark()} />
                <div class="banner-words"><p>{toast.text.clone()}</p></div>
                <Button kind={ButtonKind::IconOnly} icon={Mark::Close} label={props.close.clone()} {onclick} />
            </div>
        }
    });
    html! { <div class="toasts" role="status" aria-live="polite">{for toasts}</div> }
}
