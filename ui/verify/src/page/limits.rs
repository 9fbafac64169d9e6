//! What the verdict does not prove: as easy to find as the verdict itself.

use super::Shown;
use chopmark_kit::{Card, Messages, text};
use yew::prelude::*;

/// The limits of what was checked, in words.
#[component]
pub(super) fn Limits(props: &Shown) -> Html {
    let messages: Messages = props.messages;
    let visit = &props.visit;
    let proved = props
        .finding
        .shown()
        .map(|history| history.report.orderers.clone());
    let orderers = proved.unwrap_or_else(|| visit.network.orderers.clone());
    let host = visit.own().name();
    html! {
        <Card title={text!(VERIFY_KEYS, messages, "verify-limits").to_string()}>
            <ul class="limits">
                <li>{text!(VERIFY_KEYS, messages, "verify-limit-box")}</li>
                <li>{text!(VERIFY_KEYS, messages, "verify-limit-content")}</li>
                <li>{text!(VERIFY_KEYS, messages, "verify-limit-host", host = host)}</li>
                if let [orderer] = orderers.as_slice() {
                    <li>{text!(VERIFY_KEYS, messages, "verify-limit-order", orderer = orderer)}</li>
                }
            </ul>
        </Card>
    }
}
