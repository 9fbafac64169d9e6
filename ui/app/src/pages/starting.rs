use chopmark_kit::Loading;
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::parts::Bare;
use crate::words::say;

/// Until the client has said how far this device is.
#[component]
pub(crate) fn Starting() -> Html {
    let m = use_messages();
    html! { <Bare><Loading text={say!(m, "loading")} /></Bare> }
}
