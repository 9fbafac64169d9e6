//! What goes under the seals of the things on a sheet: shown, printed, forgotten.

use chopmark_kit::{Banner, Button, ButtonKind, Card, Dialog, Mark, Switch, Tone};
use chopmark_view::{Failure, ForgetSecrets, LabelSheet, SealState};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::hooks::use_messages;
use crate::words::{failure, say};

/// How many of the things have something under their seals, and where that is.
#[derive(Clone, Copy, Default, PartialEq)]
pub(super) struct Seals {
    none: usize,
    here: usize,
    elsewhere: usize,
}

impl Seals {
    pub(super) fn of(sheet: &LabelSheet) -> Self {
        let count = |state| {
            let labels = sheet.labels.iter();
            labels.filter(|label| label.seal == state).count()
        };
        Self {
            none: count(SealState::None),
            here: count(SealState::Here),
            elsewhere: count(SealState::Elsewhere),
        }
    }

    pub(super) fn any(self) -> bool {
        self.here + self.elsewhere > 0
    }
}

/// Properties of [`UnderSeals`].
#[derive(PartialEq, Properties)]
pub(super) struct UnderSealsProps {
    pub(super) subjects: Vec<String>,
    pub(super) seals: Seals,
    /// Whether what goes under the seals is shown and printed.
    pub(super) on: bool,
    pub(super) onchange: Callback<bool>,
}

/// How far forgetting is.
#[derive(Clone, PartialEq)]
enum Forget {
    /// Nobody asked for it.
    None,
    /// The person reads what it means.
    Asking,
    Busy,
    /// Of so many things.
    Done(u32),
    Failed(Failure),
}

/// Whether what goes under the seals is printed, too, and the way to have it forgotten.
#[component]
pub(super) fn UnderSeals(props: &UnderSealsProps) -> Html {
    let m = use_messages();
    let forget = use_state_eq(|| Forget::None);
    let to = |next: Forget| {
        let forget = forget.clone();
        Callback::from(move |()| forget.set(next.clone()))
    };
    let onforget = {
        let (forget, subjects) = (forget.clone(), props.subjects.clone());
        let onchange = props.onchange.clone();
        Callback::from(move |()| {
            forget.set(Forget::Busy);
            let (forget, subjects) = (forget.clone(), subjects.clone());
            let onchange = onchange.clone();
            spawn_local(async move {
                match bridge::call(&ForgetSecrets { subjects }).await {
                    Ok(forgotten) => {
                        onchange.emit(false);
                        forget.set(Forget::Done(forgotten.count));
                    }
                    Err(problem) => forget.set(Forget::Failed(problem)),
                }
            });
        })
    };
    let Seals {
        none,
        here,
        elsewhere,
    } = props.seals;
    let done = match &*forget {
        Forget::Done(count) => html! {
            <Banner tone={Tone::Good} text={say!(m, "labels-seals-forgotten", count = *count)} />
        },
        Forget::Failed(problem) => {
            html! { <Banner tone={Tone::Bad} text={failure(&m, problem)} /> }
        }
        _ => html! {},
    };
    html! {
        <div class="stack screen-only under-seals">
            <Card title={say!(m, "labels-seals")}>
                <div class="stack">
                    if here > 0 {
                        <Switch label={say!(m, "labels-seals-print")} detail={say!(m, "labels-seals-print-text", count = here)}
                            on={props.on} onchange={props.onchange.clone()} />
                    }
                    if elsewhere > 0 {
                        <p class="small">{say!(m, "labels-seals-elsewhere", count = elsewhere)}</p>
                    }
                    if none > 0 {
                        <p class="small soft">{say!(m, "labels-seals-none", count = none)}</p>
                    }
                    if here > 0 {
                        <Button icon={Mark::Close} label={say!(m, "action-forget-seals")} onclick={to(Forget::Asking)} />
                    }
                </div>
            </Card>
            {done}
            if matches!(*forget, Forget::Asking | Forget::Busy) {
                <Dialog title={say!(m, "labels-forget")} close={say!(m, "action-close")} onclose={to(Forget::None)}>
                    <div class="stack">
                        <p>{say!(m, "labels-forget-text", count = here)}</p>
                        <p>{say!(m, "labels-forget-printed")}</p>
                        <Button kind={ButtonKind::Main} wide={true} label={say!(m, "action-forget-now", count = here)}
                            onclick={onforget} busy={*forget == Forget::Busy} />
                        <Button wide={true} label={say!(m, "action-keep-seals")} onclick={to(Forget::None)} />
                    </div>
                </Dialog>
            }
        </div>
    }
}
