use chopmark_kit::{Field, FieldKind};
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::words::say;

/// What a seal has room for.
const MOST: u32 = 35;

/// Properties of [`SealNumber`].
#[derive(PartialEq, Properties)]
pub(super) struct SealNumberProps {
    pub(super) number: String,
    pub(super) oninput: Callback<String>,
}

/// The number of a seal, as it stands on it.
#[component]
pub(super) fn SealNumber(props: &SealNumberProps) -> Html {
    let m = use_messages();
    html! {
        <Field id="seal" kind={FieldKind::Code} label={say!(m, "seal-number")} hint={say!(m, "seal-number-hint")} most={MOST}
            value={props.number.clone()} oninput={props.oninput.clone()} />
    }
}
