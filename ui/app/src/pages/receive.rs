use chopmark_kit::{Banner, Button, Field, FieldKind, Icon, Loading, Mark, Progress, Tone};
use chopmark_view::{Failure, FrameFeed, FrameProgress, FrameStep, Received};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::{failure_signal, success_signal};
use crate::hooks::{go_instead, use_messages};
use crate::parts::{Reads, ScanBox, SubjectSummary};
use crate::state::Route;
use crate::words::{failure, party, say};

#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
#[derive(Clone, Debug, PartialEq)]
enum Gathered {
    Nothing,
    Some { have: u32, total: u32 },
    All(Received),
    Failed(Failure),
}

impl Reducible for Gathered {
    type Action = Self;

    /// Answers to codes that were read one after the other may come in another order; what
    /// is complete stays complete, and progress does not go back.
    fn reduce(self: Rc<Self>, next: Self) -> Rc<Self> {
        match (&*self, &next) {
            (Self::All(_), _) => self,
            (
                Self::Some { have, total },
                Self::Some {
                    have: now,
                    total: all,
                },
            ) if total == all && now < have => self,
            _ => Rc::new(next),
        }
    }
}

/// Gathers the moving codes of another phone's offer or acceptance.
#[component]
pub(crate) fn Receive() -> Html {
    let m = use_messages();
    let gathered = use_reducer_eq(|| Gathered::Nothing);
    let pasted = use_state_eq(String::new);
    let feed = {
        let gathered = gathered.clone();
        Callback::from(move |texts: Vec<String>| {
            let gathered = gathered.dispatcher();
            spawn_local(async move {
                for text in texts {
                    let now = take(text).await;
                    let is_over = matches!(now, Gathered::All(_) | Gathered::Failed(_));
                    gathered.dispatch(now);
                    if is_over {
                        break;
                    }
                }
            });
        })
    };
    if let Gathered::All(received) = &*gathered {
        return html! { <Accepted received={received.clone()} /> };
    }
    let onread = feed.reform(|text: String| vec![text]);
    let again = {
        let gathered = gathered.clone();
        Callback::from(move |()| gathered.dispatch(Gathered::Nothing))
    };
    let onpaste = {
        let (pasted, feed) = (pasted.clone(), feed.clone());
        Callback::from(move |()| {
            feed.emit(
                pasted
                    .lines()
                    .map(str::to_owned)
                    .filter(|line| !line.trim().is_empty())
                    .collect(),
            );
            pasted.set(String::new());
        })
    };
    let reads = if matches!(&*gathered, Gathered::Failed(_)) {
        Reads::Paused
    } else {
        Reads::Taken
    };
    html! {
        <div class="stack">
            <ScanBox {onread} {reads} hint={say!(m, "receive-hint")} typed_label={say!(m, "receive-typed")} typed_action={say!(m, "action-take-one")}>
                {match &*gathered {
                    Gathered::Nothing | Gathered::All(_) => html! {},
                    Gathered::Some { have, total } => html! {
                        <Progress label={say!(m, "receive-progress")} done={u64::from(*have)} total={u64::from(*total)}
                            words={say!(m, "receive-count", have = *have, total = *total)} />
                    },
                    Gathered::Failed(problem) => html! {
                        <Banner tone={Tone::Bad} title={say!(m, "scan-failed")} text={failure(&m, problem)}>
                            <div class="row"><Button icon={Mark::Scan} label={say!(m, "action-scan-again")} onclick={again} /></div>
                        </Banner>
                    },
                }}
            </ScanBox>
            <details>
                <summary class="summary">{say!(m, "receive-paste")}</summary>
                <div class="stack">
                    <Field id="pasted" kind={FieldKind::Long} label={say!(m, "receive-paste-label")} most={400_000}
                        value={(*pasted).clone()} oninput={Callback::from(move |text| pasted.set(text))} />
                    <Button icon={Mark::Check} label={say!(m, "action-take")} onclick={onpaste} />
                </div>
            </details>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct AcceptedProps {
    received: Received,
}

/// What came: an offer leads on to taking over, an acceptance ends the hand-over.
#[component]
fn Accepted(props: &AcceptedProps) -> Html {
    let m = use_messages();
    let handover = &props.received.handover;
    let offer = handover.offer.clone();
    let is_offer = props.received.step == FrameStep::Offer;
    use_effect_with(is_offer, move |is_offer| {
        if *is_offer {
            go_instead(&Route::Accept(offer));
        }
    });
    if is_offer {
        // Until the page of the offer is there.
        return html! { <Loading text={say!(m, "loading")} /> };
    }
    html! {
        <div class="stack">
            <Banner tone={Tone::Good} title={say!(m, "received-acceptance")} text={say!(m, "received-acceptance-text", member = party(&m, &handover.to).as_str())} />
            <SubjectSummary card={handover.subject.clone()} />
            <a class="button button-main button-wide" href={Route::Home.href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
        </div>
    }
}

async fn take(text: String) -> Gathered {
    match bridge::call(&FrameFeed { text }).await {
        Ok(FrameProgress::Partial { have, total }) => Gathered::Some { have, total },
        Ok(FrameProgress::Complete(received)) => {
            success_signal();
            Gathered::All(received)
        }
        Err(problem) => {
            failure_signal();
            Gathered::Failed(problem)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_answer_does_not_take_progress_back() {
        let after = |answers: Vec<Gathered>| {
            let start = Rc::new(Gathered::Nothing);
            let end = answers
                .into_iter()
                .fold(start, |gathered, next| gathered.reduce(next));
            (*end).clone()
        };
        let some = |have| Gathered::Some { have, total: 7 };
        assert_eq!(after(vec![some(3), some(2)]), some(3));
        assert_eq!(
            after(vec![some(3), Gathered::Some { have: 1, total: 9 }]),
            Gathered::Some { have: 1, total: 9 }
        );
        let failed = Gathered::Failed(bridge::own("frame-damaged"));
        assert_eq!(after(vec![some(3), failed.clone()]), failed);
        assert_eq!(after(vec![failed, Gathered::Nothing]), Gathered::Nothing);
    }
}
