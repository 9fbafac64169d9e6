//! A code typed by hand, where the address holds none.

use super::say;
use chopmark_core::Code;
use chopmark_kit::{Button, ButtonKind, Field, FieldKind, Mark, Messages, text};
use yew::prelude::*;

/// Any host: only the path of the link is used, at the page's own host.
const ANY_HOST: &str = "localhost";

/// Properties of [`Typed`].
#[derive(PartialEq, Properties)]
pub(super) struct TypedProps {
    pub(super) messages: Messages,
    /// Whether the page shows nothing else, so that this is its heading.
    pub(super) alone: bool,
}

/// Takes a code as it is printed on a label and opens its address.
#[component]
pub(super) fn Typed(props: &TypedProps) -> Html {
    let messages = props.messages;
    let typed = use_state(String::new);
    let problem = use_state(|| None::<AttrValue>);
    let oninput = {
        let (typed, problem) = (typed.setter(), problem.setter());
        Callback::from(move |text: String| {
            problem.set(None);
            typed.set(text);
        })
    };
    let onsubmit = {
        let (typed, problem) = (typed.clone(), problem.setter());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            match Code::parse(&typed) {
                Ok(code) => open(&code),
                Err(error) => problem.set(Some(say::code_problem(messages, &error).into())),
            }
        })
    };
    let title = text!(VERIFY_KEYS, messages, "verify-typed");
    html! {
        <section class="card stack">
            if props.alone {
                <h1>{title}</h1>
            } else {
                <h2>{title}</h2>
            }
            <form class="stack" {onsubmit}>
                <Field id="code" kind={FieldKind::Code} {oninput} required={true} most={200}
                    value={(*typed).clone()} problem={(*problem).clone()}
                    label={text!(VERIFY_KEYS, messages, "verify-typed-code")}
                    hint={Some(AttrValue::from(text!(VERIFY_KEYS, messages, "verify-typed-hint")))} />
                <Button kind={ButtonKind::Main} submit={true} wide={true} icon={Mark::Search}
                    label={text!(VERIFY_KEYS, messages, "verify-typed-check")} />
            </form>
        </section>
    }
}

fn open(code: &Code) {
    let link = code.digital_link(ANY_HOST);
    let path = link.splitn(4, '/').nth(3).unwrap_or_default();
    if let Some(window) = web_sys::window() {
        // Where the browser refuses to leave, the page stays as it is.
        let _ = window.location().set_pathname(&format!("/{path}"));
    }
}
