use chopmark_kit::{Failed, Loading, Messages};
use std::rc::Rc;
use yew::prelude::*;

use crate::hooks::Remote;
use crate::words::{failure, say};

/// Draws data of the client, or that they are on their way, or why they cannot be had.
/// Older data stay below the reason why newer ones did not come.
pub(crate) fn shown<T>(
    m: &Messages,
    remote: &Remote<T>,
    retry: &Callback<()>,
    draw: impl Fn(&Rc<T>) -> Html,
) -> Html {
    let problem = remote.problem.as_ref().map(|problem| {
        html! {
            <Failed title={say!(m, "could-not-load")} text={failure(m, problem)} again={say!(m, "action-try-again")} onagain={retry.clone()} />
        }
    });
    match &remote.value {
        Some(value) => html! { <>{problem}{draw(value)}</> },
        None => problem.unwrap_or_else(|| html! { <Loading text={say!(m, "loading")} /> }),
    }
}
