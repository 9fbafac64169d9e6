use yew::prelude::*;

use super::{Icon, Mark};

/// How far a moment of a timeline is settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MomentTone {
    /// Settled.
    #[default]
    Settled,
    /// Not settled yet: a dashed ring.
    Open,
    /// Refused.
    Bad,
}

/// Properties of [`Timeline`].
#[derive(PartialEq, Properties)]
pub struct TimelineProps {
    /// What it tells.
    pub label: AttrValue,
    /// The moments.
    pub children: Children,
}

/// Steps of a life, one below the other.
#[component]
pub fn Timeline(props: &TimelineProps) -> Html {
    html! { <ol class="timeline" aria-label={props.label.clone()}>{props.children.clone()}</ol> }
}

/// Properties of [`Moment`].
#[derive(PartialEq, Properties)]
pub struct MomentProps {
    /// What kind of step.
    pub icon: Mark,
    /// How far it is settled.
    #[prop_or_default]
    pub tone: MomentTone,
    /// What happened.
    pub title: AttrValue,
    /// Who, when, where, status, photos.
    #[prop_or_default]
    pub children: Children,
}

/// One step of a [`Timeline`].
#[component]
pub fn Moment(props: &MomentProps) -> Html {
    let tone = match props.tone {
        MomentTone::Settled => None,
        MomentTone::Open => Some("moment-open"),
        MomentTone::Bad => Some("moment-bad"),
    };
    html! {
        <li class={classes!("moment", tone)}>
            <span class="moment-mark"><Icon mark={props.icon} /></span>
            <div class="moment-words">
                <p class="moment-title">{props.title.clone()}</p>
                {props.children.clone()}
            </div>
        </li>
    }
}
