use yew::prelude::*;

use super::{Icon, Mark};

/// What a colour stands for. Never the only sign: an icon and a word stand beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Final, in order.
    Good,
    /// Pending, to mind.
    Wait,
    /// Refused, failed.
    Bad,
    /// To know.
    Note,
    /// Nothing to say by colour.
    Calm,
}

impl Tone {
    pub(super) fn mark(self) -> Mark {
        match self {
            Self::Good => Mark::Check,
            Self::Wait => Mark::Clock,
            Self::Bad => Mark::Refused,
            Self::Note | Self::Calm => Mark::Info,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Bad => "bad",
            Self::Note => "note",
            Self::Calm => "calm",
        }
    }
}

/// Properties of [`Status`].
#[derive(PartialEq, Properties)]
pub struct StatusProps {
    /// What it means.
    pub tone: Tone,
    /// The word.
    pub word: AttrValue,
    /// Another icon than the tone's.
    #[prop_or_default]
    pub icon: Option<Mark>,
}

/// Where a signed thing stands: icon and word.
#[component]
pub fn Status(props: &StatusProps) -> Html {
    let mark = props.icon.unwrap_or(props.tone.mark());
    html! {
        <span class={classes!("status", format!("status-{}", props.tone.name()))}>
            <Icon {mark} class="icon-small" />
            <span>{props.word.clone()}</span>
        </span>
    }
}
