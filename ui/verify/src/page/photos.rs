//! One photo of a step.

use super::say;
use crate::answer::Gateway;
use crate::photo::{self, NoPhoto};
use chopmark_core::EvidenceLink;
use chopmark_kit::{Button, ButtonKind, Mark, Messages, Value, text};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Properties of [`Photo`].
#[derive(PartialEq, Properties)]
pub(super) struct PhotoProps {
    pub(super) messages: Messages,
    pub(super) link: Rc<EvidenceLink>,
    pub(super) from: Vec<Gateway>,
}

/// How far a photo is.
#[derive(Clone, PartialEq)]
enum State {
    /// Large enough that the person is asked first.
    Offered,
    Fetching,
    Here(AttrValue),
    Not(NoPhoto),
}

/// A photo, fetched at once if it is small.
#[component]
pub(super) fn Photo(props: &PhotoProps) -> Html {
    let messages = props.messages;
    let link = &props.link;
    let is_picture = photo::is_picture(link);
    let state = use_state(|| match is_picture {
        false => State::Not(NoPhoto::NotShown),
        true if link.length <= photo::SHOWN_UNASKED_BYTES => State::Fetching,
        true => State::Offered,
    });
    {
        let (setter, from) = (state.setter(), props.from.clone());
        let wanted = (link.clone(), *state == State::Fetching);
        use_effect_with(wanted, move |(link, fetching)| {
            if *fetching {
                let link = link.clone();
                spawn_local(async move {
                    setter.set(match photo::open(&link, &from).await {
                        Ok(address) => State::Here(address.into()),
                        Err(why) => State::Not(why),
                    });
                });
            }
        });
    }
    let size = messages.show(&Value::Bytes(link.length));
    let caption = (!link.caption.is_empty()).then(|| link.caption.clone());
    let shown = match &*state {
        State::Offered => {
            let setter = state.setter();
            html! {
                <Button kind={ButtonKind::Quiet} icon={Mark::Camera} onclick={move |()| setter.set(State::Fetching)}
                    label={text!(VERIFY_KEYS, messages, "verify-photo-show", size = size)} />
            }
        }
        State::Fetching => html! {
            <p class="soft small" role="status">{text!(VERIFY_KEYS, messages, "verify-photo-loading")}</p>
        },
        State::Here(address) => {
            let alt = caption
                .clone()
                .unwrap_or_else(|| text!(VERIFY_KEYS, messages, "verify-photo-alt").to_string());
            html! { <img src={address.clone()} {alt} /> }
        }
        State::Not(why) => html! { <p class="soft small">{excuse(messages, *why, link, size)}</p> },
    };
    let is_here = matches!(*state, State::Here(_));
    html! {
        <figure class="photo">
            {shown}
            <figcaption class="small">
                if let Some(caption) = caption {
                    <span>{caption}{" "}</span>
                }
                if is_here {
                    <span class="soft">{text!(VERIFY_KEYS, messages, "verify-photo-matches")}</span>
                }
            </figcaption>
        </figure>
    }
}

fn excuse(messages: Messages, why: NoPhoto, link: &EvidenceLink, size: String) -> Rc<str> {
    match why {
        NoPhoto::Silent(silence) => text!(
            VERIFY_KEYS,
            messages,
            "verify-photo-silent",
            reason = &*say::silence(messages, silence)
        ),
        NoPhoto::NotThere => text!(VERIFY_KEYS, messages, "verify-photo-not-there"),
        NoPhoto::NotTheOne => text!(VERIFY_KEYS, messages, "verify-photo-not-the-one"),
        NoPhoto::NotShown => text!(
            VERIFY_KEYS,
            messages,
            "verify-photo-not-shown",
            kind = &link.media_type,
            size = size
        ),
    }
}
