//! What a person can do next: check elsewhere, save the proof, report a problem.

use super::{Shown, Wish};
use crate::examine::History;
use chopmark_kit::{Button, ButtonKind, Card, Icon, Mark, text};
use js_sys::{Array, Uint8Array};
use std::rc::Rc;
use web_sys::{Blob, BlobPropertyBag, Url};
use yew::prelude::*;

/// The media type of a bundle (docs/format.md, 13).
const BUNDLE: &str = "application/cbor";

/// Ways on.
#[component]
pub(super) fn Ways(props: &Shown) -> Html {
    let messages = props.messages;
    let visit = &props.visit;
    let others = visit.network.others(&visit.origin);
    let history = props.finding.shown().cloned();
    let download = use_memo(history.clone(), |history| {
        history.as_ref().and_then(address_of)
    });
    let asked_all = props.finding.answers.len() > others.len();
    let wish = |wish: Wish| props.onwish.reform(move |()| wish.clone());
    html! {
        <Card title={text!(VERIFY_KEYS, messages, "verify-ways").to_string()}>
            <div class="stack">
                <p>{text!(VERIFY_KEYS, messages, "verify-served-by", host = visit.own().name())}</p>
                <ul class="stack-tight">
                    {for others.iter().map(|gateway| html! {
                        <li>
                            <a class="button button-quiet button-wide" href={format!("{}{}", gateway.origin, visit.path)} rel="noreferrer">
                                <Icon mark={Mark::Search} />
                                <span>{text!(VERIFY_KEYS, messages, "verify-check-elsewhere", name = gateway.name())}</span>
                            </a>
                        </li>
                    })}
                </ul>
                if !asked_all {
                    <Button kind={ButtonKind::Quiet} wide={true} icon={Mark::Online} onclick={wish(Wish::Everyone)}
                        label={text!(VERIFY_KEYS, messages, "verify-ask-all")} />
                }
                <Button kind={ButtonKind::Quiet} wide={true} icon={Mark::Retry} onclick={wish(Wish::Again)}
                    label={text!(VERIFY_KEYS, messages, "verify-check-again")} />
                if let Some(address) = &*download {
                    <a class="button button-quiet button-wide" href={address.clone()} download={file_name(&visit.code.hash().to_string())}>
                        <Icon mark={Mark::Save} />
                        <span>{text!(VERIFY_KEYS, messages, "verify-download")}</span>
                    </a>
                }
                <details class="fold">
                    <summary>{text!(VERIFY_KEYS, messages, "verify-report")}</summary>
                    <p>{text!(VERIFY_KEYS, messages, "verify-report-how")}</p>
                    <ul class="plain-list">
                        {for visit.network.gateways.iter().map(|gateway| html! { <li>{gateway.name()}</li> })}
                    </ul>
                </details>
            </div>
        </Card>
    }
}

fn file_name(code_hash: &str) -> String {
    let short: String = code_hash.chars().take(16).collect();
    format!("chopmark-{short}.cbor")
}

/// An address at which the browser offers the bundle as it came, from memory.
fn address_of(history: &Rc<History>) -> Option<AttrValue> {
    let parts = Array::of1(&Uint8Array::from(history.bundle.as_slice()));
    let options = BlobPropertyBag::new();
    options.set_type(BUNDLE);
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob)
        .ok()
        .map(AttrValue::from)
}
