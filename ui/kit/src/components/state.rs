use yew::prelude::*;

use super::{Banner, Button, Icon, Mark, Tone};

/// Properties of [`Empty`].
#[derive(PartialEq, Properties)]
pub struct EmptyProps {
    /// What there could be.
    pub icon: Mark,
    /// That there is nothing.
    pub title: AttrValue,
    /// What to do, or when there will be something.
    #[prop_or_default]
    pub text: Option<AttrValue>,
    /// A way on.
    #[prop_or_default]
    pub children: Children,
}

/// Nothing here, and what to do about it.
#[component]
pub fn Empty(props: &EmptyProps) -> Html {
    html! {
        <div class="state">
            <Icon mark={props.icon} class="icon-large" />
            <p class="state-title">{props.title.clone()}</p>
            if let Some(text) = &props.text {
                <p>{text.clone()}</p>
            }
            {props.children.clone()}
        </div>
    }
}

/// Properties of [`Loading`].
#[derive(PartialEq, Properties)]
pub struct LoadingProps {
    /// What is being fetched.
    pub text: AttrValue,
}

/// Something is on its way.
#[component]
pub fn Loading(props: &LoadingProps) -> Html {
    html! {
        <div class="state" role="status">
            <span class="spin" aria-hidden="true"></span>
            <p>{props.text.clone()}</p>
        </div>
    }
}

/// Properties of [`Failed`].
#[derive(PartialEq, Properties)]
pub struct FailedProps {
    /// What could not be done.
    pub title: AttrValue,
    /// Why, and what to do.
    pub text: AttrValue,
    /// What the button says.
    pub again: AttrValue,
    /// Tries again.
    pub onagain: Callback<()>,
}

/// Something failed, why, and the next step.
#[component]
pub fn Failed(props: &FailedProps) -> Html {
    html! {
        <Banner tone={Tone::Bad} title={props.title.clone()} text={props.text.clone()}>
            <div class="row">
                <Button icon={Mark::Retry} label={props.again.clone()} onclick={props.onagain.clone()} />
            </div>
        </Banner>
    }
}
