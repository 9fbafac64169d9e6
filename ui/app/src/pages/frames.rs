use chopmark_kit::{Banner, Button, ButtonKind, Icon, Mark, QrCode, Tone};
use chopmark_view::{FrameShow, FrameStep, FramesView};
use gloo_timers::callback::Interval;
use yew::prelude::*;

use crate::hooks::{use_awake, use_messages, use_remote};
use crate::parts::shown;
use crate::state::Route;
use crate::words::say;

/// How long each code stands: a phone's camera sees it in four frames or more.
const FRAME_MS: u32 = 320;

/// Properties of [`Frames`].
#[derive(PartialEq, Properties)]
pub(crate) struct FramesProps {
    /// The signed record, `BLOCK/INDEX`.
    pub(crate) record: String,
}

/// Shows the moving codes of an offer or an acceptance to the other phone.
#[component]
pub(crate) fn Frames(props: &FramesProps) -> Html {
    let m = use_messages();
    let (remote, retry) = use_remote(FrameShow {
        record: props.record.clone(),
    });
    shown(
        &m,
        &remote,
        &retry,
        |frames| html! { <Cycle frames={(**frames).clone()} /> },
    )
}

#[derive(PartialEq, Properties)]
struct CycleProps {
    frames: FramesView,
}

#[component]
fn Cycle(props: &CycleProps) -> Html {
    let m = use_messages();
    use_awake();
    let total = props.frames.frames.len();
    let at = use_state_eq(|| 0_usize);
    let moving = use_state_eq(|| true);
    {
        let at = at.clone();
        let count = use_mut_ref(|| 0_usize);
        use_effect_with((*moving && total > 1, total), move |(moving, total)| {
            let total = *total;
            let timer = moving.then(|| {
                Interval::new(FRAME_MS, move || {
                    let next = (*count.borrow() + 1) % total.max(1);
                    *count.borrow_mut() = next;
                    at.set(next);
                })
            });
            move || drop(timer)
        });
    }
    let toggle = {
        let moving = moving.clone();
        Callback::from(move |()| moving.set(!*moving))
    };
    let (title, text) = match props.frames.step {
        FrameStep::Offer => (say!(m, "frames-offer"), say!(m, "frames-offer-text")),
        FrameStep::Acceptance => (
            say!(m, "frames-acceptance"),
            say!(m, "frames-acceptance-text"),
        ),
    };
    let word = if *moving {
        say!(m, "action-hold")
    } else {
        say!(m, "action-go-on")
    };
    html! {
        <div class="stack">
            <Banner tone={Tone::Note} {title} {text} />
            if let Some(frame) = props.frames.frames.get(*at) {
                <QrCode size={frame.size} path={frame.path.clone()} label={say!(m, "frames-code", number = *at + 1, total = total)} />
            }
            if total > 1 {
                <div class="row-apart">
                    <span class="soft">{say!(m, "frames-count", number = *at + 1, total = total)}</span>
                    <Button kind={ButtonKind::Plain} label={word} onclick={toggle} />
                </div>
            }
            if props.frames.step == FrameStep::Offer {
                <a class="button button-main button-wide" href={Route::Receive.href()}><Icon mark={Mark::Camera} />{say!(m, "action-scan-acceptance")}</a>
            }
            <a class="button button-quiet button-wide" href={Route::Home.href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
            <details>
                <summary class="summary">{say!(m, "frames-as-text")}</summary>
                <p class="soft small">{say!(m, "frames-as-text-hint")}</p>
                <textarea class="input code" readonly={true} aria-label={say!(m, "frames-as-text")} value={props.frames.texts.join("\n")} />
            </details>
        </div>
    }
}
