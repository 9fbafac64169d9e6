use chopmark_kit::{Banner, Button, ButtonKind, Empty, Icon, Mark, Tone};
use chopmark_view::{Failure, Found, Lookup};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::{failure_signal, success_signal};
use crate::hooks::{App, use_app, use_messages};
use crate::parts::{Reads, ScanBox, Target};
use crate::state::{Event, Route};
use crate::words::{failure, say, subject_code};

/// What the last read came to.
#[derive(Clone, PartialEq)]
enum Last {
    None,
    Added(AttrValue),
    Again(AttrValue),
    Failed(Failure),
}

/// Scans one thing after the other into a list: counts, merges double reads, undoes the last.
/// What was gathered is signed about once. A failure pauses until the person has seen it.
#[component]
pub(crate) fn Gather() -> Html {
    let m = use_messages();
    let app = use_app();
    let last = use_state_eq(|| Last::None);
    // A read that comes while the one before is looked up must see what that one added.
    let now = use_mut_ref(|| app.clone());
    *now.borrow_mut() = app.clone();
    let onread = {
        let last = last.clone();
        Callback::from(move |text: String| {
            let (last, now) = (last.clone(), now.clone());
            spawn_local(async move {
                let found = bridge::call(&Lookup { text }).await;
                let app = now.borrow().clone();
                last.set(take(&app, found));
            });
        })
    };
    let reads = match &*last {
        Last::Failed(_) => Reads::Paused,
        _ => Reads::Taken,
    };
    let set = |to: Last| {
        let last = last.clone();
        move || last.set(to.clone())
    };
    let onundo = {
        let (dispatch, clear) = (app.dispatcher(), set(Last::None));
        Callback::from(move |()| {
            dispatch.dispatch(Event::GatheringUndone);
            clear();
        })
    };
    let onempty = {
        let (dispatch, clear) = (app.dispatcher(), set(Last::None));
        Callback::from(move |()| {
            dispatch.dispatch(Event::GatheringEnded);
            clear();
        })
    };
    let again = {
        let clear = set(Last::None);
        Callback::from(move |()| clear())
    };
    let count = app.gathered.len();
    html! {
        <>
            <ScanBox {onread} {reads} hint={say!(m, "gather-hint")} typed_label={say!(m, "scan-typed")} typed_action={say!(m, "action-add")}>
                <p class="gather-count" role="status" aria-live="polite">
                    <span class="gather-number">{m.show(&count.into())}</span>
                    <span>{match &*last {
                        Last::Added(code) => say!(m, "gather-added", code = code.as_str()),
                        Last::Again(code) => say!(m, "gather-again", code = code.as_str()),
                        Last::None | Last::Failed(_) => say!(m, "gather-pieces", count = count),
                    }}</span>
                </p>
                if let Last::Failed(problem) = &*last {
                    <Banner tone={Tone::Bad} title={say!(m, "scan-failed")} text={failure(&m, problem)}>
                        <div class="row"><Button icon={Mark::Scan} label={say!(m, "action-scan-again")} onclick={again} /></div>
                    </Banner>
                }
            </ScanBox>
            if count == 0 {
                <Empty icon={Mark::Scan} title={say!(m, "gather-empty")} text={say!(m, "gather-empty-text")} />
            } else {
                <div class="actions">
                    <a class="button button-main" href={Route::Activities(None).href()}><Icon mark={Mark::Check} />{say!(m, "action-activities")}</a>
                    <Button kind={ButtonKind::Quiet} icon={Mark::Undo} label={say!(m, "action-undo")} onclick={onundo} />
                    <Button kind={ButtonKind::Quiet} icon={Mark::Close} label={say!(m, "action-empty-list")} onclick={onempty} />
                </div>
                <Target subject={None::<String>} />
            }
        </>
    }
}

/// Takes what a read was found to be into the list; success and failure differ in sound, too.
fn take(app: &App, found: Result<Found, Failure>) -> Last {
    let problem = match found {
        Ok(Found::Subject(card)) => {
            success_signal();
            let code = subject_code(&card);
            let known = app
                .gathered
                .iter()
                .any(|known| known.subject == card.subject);
            app.dispatch(Event::Gathered(card));
            return if known {
                Last::Again(code)
            } else {
                Last::Added(code)
            };
        }
        Ok(Found::UnknownCode { .. }) => bridge::own("unknown-subject"),
        Ok(Found::Invitation | Found::Frame) => bridge::own("code-foreign"),
        Ok(Found::Foreign(problem)) | Err(problem) => problem,
    };
    failure_signal();
    Last::Failed(problem)
}
