//! Raw data behind a fold: for those who compare with what they see elsewhere.

use super::Shown;
use chopmark_kit::{Value, text};
use yew::prelude::*;

/// Ids, hashes and sizes as they are.
#[component]
pub(super) fn Raw(props: &Shown) -> Html {
    let messages = props.messages;
    let visit = &props.visit;
    let history = props.finding.shown();
    let fact = |name: &str, value: String| {
        html! { <div><dt>{name.to_owned()}</dt><dd class="code">{value}</dd></div> }
    };
    html! {
        <section class="card">
            <details class="fold">
                <summary>{text!(VERIFY_KEYS, messages, "verify-raw")}</summary>
                <dl class="facts">
                    {fact(&text!(VERIFY_KEYS, messages, "verify-raw-code"), visit.code.element_string().to_owned())}
                    {fact(&text!(VERIFY_KEYS, messages, "verify-raw-code-hash"), visit.code.hash().to_string())}
                    {fact(&text!(VERIFY_KEYS, messages, "verify-raw-network"), visit.pin.claimed.to_string())}
                    if let Some(history) = history {
                        {fact(
                            &text!(VERIFY_KEYS, messages, "verify-raw-checkpoint", height = history.report.height.0),
                            history.report.header.to_string(),
                        )}
                        {fact(
                            &text!(VERIFY_KEYS, messages, "verify-raw-proof"),
                            messages.show(&Value::Bytes(u64::try_from(history.bundle.len()).unwrap_or(u64::MAX))),
                        )}
                        {for history.report.journey.iter().map(|step| fact(
                            &text!(VERIFY_KEYS, messages, "verify-raw-record", index = step.log_index),
                            step.at.to_string(),
                        ))}
                    }
                </dl>
            </details>
        </section>
    }
}
