//! What is not final or was refused, as the page's host tells it: folded away, since it proves
//! nothing.

use super::Shown;
use crate::standing::{Said, Standing as Told};
use chopmark_kit::{Messages, Value, text};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

/// Records of this item that are no part of its proven journey.
#[component]
pub(super) fn Standing(props: &Shown) -> Html {
    let messages = props.messages;
    let told = use_state(Told::default);
    {
        let (told, visit) = (told.setter(), props.visit.clone());
        // What is shown changes with the checkpoint: then this does, too.
        let newest = props
            .finding
            .history
            .as_ref()
            .map(|shown| shown.report.height);
        use_effect_with(newest, move |newest| {
            if newest.is_some() {
                spawn_local(async move { told.set(Told::ask(&visit).await) });
            }
        });
    }
    if told.count() == 0 || props.finding.history.is_none() {
        return Html::default();
    }
    let host = props.visit.own().name();
    html! {
        <section class="card part-standing">
            <details class="fold">
                <summary>{text!(VERIFY_KEYS, messages, "verify-standing", count = told.count())}</summary>
                <p class="soft small">{text!(VERIFY_KEYS, messages, "verify-standing-host", host = host)}</p>
                <ul class="limits">
                    {for told.pending.iter().map(|said| row(messages, said, &text!(VERIFY_KEYS, messages, "verify-standing-pending")))}
                    {for told.refused.iter().map(|said| {
                        let why = reason(messages, &said.code);
                        row(messages, said, &text!(VERIFY_KEYS, messages, "verify-standing-refused", why = &*why))
                    })}
                </ul>
            </details>
        </section>
    }
}

fn row(messages: Messages, said: &Said, becomes: &str) -> Html {
    html! {
        <li>
            <p>{kind(messages, &said.kind)}{" · "}{said.member.clone()}</p>
            <p class="soft small">{messages.show(&Value::Time(said.time))}</p>
            <p class="small">{becomes.to_owned()}</p>
        </li>
    }
}

/// What a record of this kind says happened.
fn kind(messages: Messages, kind: &str) -> Rc<str> {
    messages
        .find(&format!("verify-kind-{kind}"), &[])
        .unwrap_or_else(|| kind.to_owned())
        .into()
}

/// Why the ledger refused a record; a rule without a sentence here is named by its code.
fn reason(messages: Messages, code: &str) -> Rc<str> {
    match messages.find(&format!("verify-refused-{code}"), &[]) {
        Some(why) => why.into(),
        None => text!(VERIFY_KEYS, messages, "verify-refused-rule", code = code),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chopmark_core::Kind;
    use chopmark_kit::{Language, VERIFY};

    /// The names of kinds as a peer writes them.
    fn named(kind: Kind) -> String {
        let mut named = String::new();
        for (at, letter) in kind.name().char_indices() {
            named.extend((at > 0 && letter.is_ascii_uppercase()).then_some('-'));
            named.push(letter.to_ascii_lowercase());
        }
        named
    }

    #[test]
    fn what_names_an_item_has_a_word_in_every_language() {
        for language in Language::ALL {
            let messages = Messages::new(&VERIFY, language);
            for of in [
                Kind::Commission,
                Kind::CommissionRun,
                Kind::Observe,
                Kind::Pack,
                Kind::Unpack,
                Kind::Transform,
                Kind::Associate,
                Kind::Dissociate,
                Kind::Decommission,
                Kind::Correct,
                Kind::Offer,
                Kind::Accept,
                Kind::Decline,
                Kind::OfferTitle,
                Kind::TakeTitle,
                Kind::DeclineTitle,
                Kind::PickUp,
                Kind::Draw,
                Kind::Attest,
                Kind::Activate,
                Kind::Resell,
                Kind::Report,
                Kind::Pledge,
                Kind::Release,
                Kind::Hold,
                Kind::Clear,
                Kind::Unreadable,
            ] {
                let name = named(of);
                assert_ne!(&*kind(messages, &name), name, "{language:?}");
            }
            // A rule that has no sentence is still named.
            assert!(reason(messages, "some-rule").contains("some-rule"));
            assert!(!reason(messages, "not-holder").contains("not-holder"));
        }
    }
}
