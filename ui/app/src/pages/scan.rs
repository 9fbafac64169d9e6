use chopmark_kit::{Banner, Button, Icon, Mark, Tone};
use chopmark_view::{Failure, Found, FrameFeed, Lookup};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::{failure_signal, success_signal};
use crate::hooks::{go, use_messages};
use crate::parts::{Reads, ScanBox};
use crate::state::Route;
use crate::words::{failure, say};

#[derive(Clone, PartialEq)]
enum Outcome {
    None,
    Looking,
    Unknown {
        code: String,
        issuer: Option<String>,
    },
    Invitation,
    Failed(Failure),
}

/// Scans anything and goes where it leads. A failure pauses until the person has seen it.
#[component]
pub(crate) fn Scan() -> Html {
    let m = use_messages();
    let outcome = use_state_eq(|| Outcome::None);
    let onread = {
        let outcome = outcome.clone();
        Callback::from(move |text: String| {
            outcome.set(Outcome::Looking);
            let outcome = outcome.clone();
            spawn_local(async move { outcome.set(look_up(text).await) });
        })
    };
    let again = {
        let outcome = outcome.clone();
        Callback::from(move |()| outcome.set(Outcome::None))
    };
    let reads = if *outcome == Outcome::None {
        Reads::Taken
    } else {
        Reads::Paused
    };
    let again = html! {
        <div class="row"><Button icon={Mark::Scan} label={say!(m, "action-scan-again")} onclick={again} /></div>
    };
    html! {
        <>
        <ScanBox {onread} {reads} hint={say!(m, "scan-hint")} typed_label={say!(m, "scan-typed")}>
            {match &*outcome {
                Outcome::None => html! {},
                Outcome::Looking => html! { <Banner tone={Tone::Note} icon={Mark::Search} text={say!(m, "scan-looking")} /> },
                Outcome::Unknown { code, issuer } => html! {
                    <Banner tone={Tone::Wait} title={say!(m, "scan-unknown")} text={match issuer {
                        Some(issuer) => say!(m, "scan-unknown-text", issuer = issuer),
                        None => say!(m, "scan-unknown-nobody"),
                    }}>
                        <p class="code">{code.clone()}</p>
                        {again}
                    </Banner>
                },
                Outcome::Invitation => html! {
                    <Banner tone={Tone::Wait} title={say!(m, "scan-invitation")} text={say!(m, "scan-invitation-text")}>{again}</Banner>
                },
                Outcome::Failed(problem) => html! {
                    <Banner tone={Tone::Bad} title={say!(m, "scan-failed")} text={failure(&m, problem)}>{again}</Banner>
                },
            }}
        </ScanBox>
        <div class="actions">
            <a class="button button-quiet" href={Route::Gather.href()}><Icon mark={Mark::Add} />{say!(m, "action-gather")}</a>
        </div>
        </>
    }
}

async fn look_up(text: String) -> Outcome {
    let outcome = match bridge::call(&Lookup { text: text.clone() }).await {
        Ok(Found::Subject(card)) => {
            success_signal();
            go(&Route::Subject(card.subject));
            return Outcome::None;
        }
        Ok(Found::Frame) => match bridge::call(&FrameFeed { text }).await {
            Ok(_) => {
                go(&Route::Receive);
                return Outcome::None;
            }
            Err(problem) => Outcome::Failed(problem),
        },
        Ok(Found::UnknownCode { code, issuer }) => Outcome::Unknown { code, issuer },
        Ok(Found::Invitation) => Outcome::Invitation,
        Ok(Found::Foreign(problem)) | Err(problem) => Outcome::Failed(problem),
    };
    failure_signal();
    outcome
}
