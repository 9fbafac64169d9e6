use chopmark_kit::{Banner, Button, ButtonKind, Card, Field, FieldKind, Icon, Mark, QrCode, Tone};
use chopmark_view::{Action, Failure, MakePickupCode, PickupCodeView};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::hooks::use_messages;
use crate::parts::{Step, Target, sign};
use crate::state::Route;
use crate::words::{failure, filled, say};

/// Properties of [`OfferCode`].
#[derive(PartialEq, Properties)]
pub(crate) struct OfferCodeProps {
    pub(crate) subject: String,
}

/// For a receiver without a device: makes a pick-up code, shows it with its hash, and offers
/// custody to whoever tells it. Who orders a delivery makes the code and gives the carrier the
/// hash; who carries it needs the hash alone.
#[component]
pub(crate) fn OfferCode(props: &OfferCodeProps) -> Html {
    let m = use_messages();
    let step = use_state_eq(|| Step::Form);
    let made = use_state(|| None::<PickupCodeView>);
    let problem = use_state_eq(|| None::<Failure>);
    let hash = use_state_eq(String::new);
    let place = use_state_eq(String::new);
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => {
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} title={say!(m, "offer-done")} text={say!(m, "offer-code-done-text")} />
                    if let Some(made) = &*made {
                        <Code made={made.clone()} />
                    }
                    <a class="button button-main button-wide" href={Route::Subject(props.subject.clone()).href()}><Icon mark={Mark::Check} />{say!(m, "action-done")}</a>
                </div>
            };
        }
    }
    let onmake = {
        let (made, problem, hash) = (made.clone(), problem.clone(), hash.clone());
        let subject = props.subject.clone();
        Callback::from(move |()| {
            let (made, problem, hash) = (made.clone(), problem.clone(), hash.clone());
            let command = MakePickupCode {
                subject: subject.clone(),
            };
            spawn_local(async move {
                match bridge::call(&command).await {
                    Ok(view) => {
                        problem.set(None);
                        hash.set(view.hash.clone());
                        made.set(Some(view));
                    }
                    Err(why) => problem.set(Some(why)),
                }
            });
        })
    };
    let onsubmit = {
        let (step, hash, place) = (step.clone(), hash.clone(), place.clone());
        let subject = props.subject.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            step.set(Step::Sign(Action::OfferToCode {
                subject: subject.clone(),
                hash: hash.trim().to_owned(),
                place: filled(&place),
            }));
        })
    };
    html! {
        <form class="stack" {onsubmit}>
            <Target subject={props.subject.clone()} />
            if let Some(made) = &*made {
                <Code made={made.clone()} />
            } else {
                <Card title={say!(m, "pickup-make")}>
                    <div class="stack">
                        <p>{say!(m, "pickup-make-text")}</p>
                        <Button wide={true} icon={Mark::Add} label={say!(m, "action-make-code")} onclick={onmake} />
                    </div>
                </Card>
            }
            if let Some(problem) = &*problem {
                <Banner tone={Tone::Bad} text={failure(&m, problem)} />
            }
            <Card>
                <div class="stack">
                    <Field id="hash" kind={FieldKind::Code} required={true} label={say!(m, "pickup-hash")} hint={say!(m, "pickup-hash-hint")} most={64}
                        value={(*hash).clone()} oninput={Callback::from({ let hash = hash.clone(); move |text| hash.set(text) })} />
                    <Field id="place" label={say!(m, "place-optional")} hint={say!(m, "place-hint")} most={200}
                        value={(*place).clone()} oninput={Callback::from({ let place = place.clone(); move |text| place.set(text) })} />
                </div>
            </Card>
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
        </form>
    }
}

#[derive(PartialEq, Properties)]
struct CodeProps {
    made: PickupCodeView,
}

/// The code for the receiver, and the hash for the carrier: never on one sheet.
#[component]
fn Code(props: &CodeProps) -> Html {
    let m = use_messages();
    let made = &props.made;
    html! {
        <>
            <Card title={say!(m, "pickup-code")}>
                <div class="stack">
                    <p class="code gather-number">{made.code.clone()}</p>
                    <QrCode size={made.code_qr.size} path={made.code_qr.path.clone()} label={say!(m, "pickup-code")} />
                    <Banner tone={Tone::Wait} text={say!(m, "pickup-code-text")} />
                </div>
            </Card>
            <Card title={say!(m, "pickup-hash")}>
                <div class="stack">
                    <p class="code">{made.hash.clone()}</p>
                    <QrCode size={made.hash_qr.size} path={made.hash_qr.path.clone()} label={say!(m, "pickup-hash")} />
                    <p class="soft small">{say!(m, "pickup-hash-text")}</p>
                </div>
            </Card>
        </>
    }
}
