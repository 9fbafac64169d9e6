use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Field, FieldKind, Icon, Mark, Tone,
};
use chopmark_view::{Action, Condition, Signed, Subject};
use std::collections::BTreeSet;
use yew::prelude::*;

use super::photos::Photos;
use super::seal_number::SealNumber;
use crate::hooks::{use_messages, use_remote};
use crate::parts::{PickList, Step, offer_head, shown, sign, use_offer};
use crate::state::Route;
use crate::words::{filled, say};

/// Properties of [`Accept`].
#[derive(PartialEq, Properties)]
pub(crate) struct AcceptProps {
    /// The offer, `BLOCK/INDEX`.
    pub(crate) offer: String,
}

/// Takes over what was offered: its condition, what is left behind, what will be signed, how the
/// giver gets it.
#[component]
pub(crate) fn Accept(props: &AcceptProps) -> Html {
    let m = use_messages();
    let found = use_offer(&props.offer);
    let step = use_state_eq(|| Step::Form);
    let condition = use_state_eq(|| Condition::Good);
    let left = use_state_eq(BTreeSet::<String>::new);
    let evidence = use_state_eq(|| Some(Vec::<String>::new()));
    let note = use_state_eq(String::new);
    let seal = use_state_eq(String::new);
    if let Step::Done(signed) = &*step {
        return done(&m, signed);
    }
    let Some(handover) = &found.card else {
        return found.missing(&m);
    };
    let signing = match &*step {
        Step::Sign(action) => Some(sign(&step, action)),
        Step::Form | Step::Done(_) => None,
    };
    let is_whole = *condition == Condition::Good && left.is_empty();
    let onsubmit = {
        let (step, condition, note) = (step.clone(), condition.clone(), note.clone());
        let (left, evidence, offer) = (left.clone(), evidence.clone(), props.offer.clone());
        let seal = seal.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(photos) = (*evidence).clone() else {
                return;
            };
            step.set(Step::Sign(Action::Accept {
                offer: offer.clone(),
                condition: *condition,
                left: left.iter().cloned().collect(),
                seal: filled(&seal),
                note: filled(&note),
                evidence: if is_whole { Vec::new() } else { photos },
            }));
        })
    };
    let busy = !is_whole && evidence.is_none();
    // The form stays while the summary is read: its photos would have to be taken again.
    html! {
        <>
            {signing.clone()}
            <form class="stack" {onsubmit} hidden={signing.is_some()}>
                {offer_head(&m, handover)}
                <Card><Conditions chosen={*condition} onchoose={Callback::from({ let condition = condition.clone(); move |now| condition.set(now) })} /></Card>
                if *condition == Condition::SealBroken {
                    <Card><SealNumber number={(*seal).clone()} oninput={Callback::from({ let seal = seal.clone(); move |text| seal.set(text) })} /></Card>
                }
                if handover.subject.contents > 0 {
                    <Left subject={handover.subject.subject.clone()} chosen={(*left).clone()}
                        onchoose={Callback::from({ let left = left.clone(); move |now| left.set(now) })} />
                }
                if !is_whole {
                    <Card title={say!(m, "inspect-photos")}>
                        <Photos onchange={Callback::from({ let evidence = evidence.clone(); move |ids| evidence.set(ids) })} />
                    </Card>
                }
                <Card>
                    <Field id="note" kind={FieldKind::Long} label={say!(m, "note-optional")} value={(*note).clone()}
                        oninput={Callback::from(move |text| note.set(text))} />
                </Card>
                <Button kind={ButtonKind::Main} submit={true} wide={true} {busy} label={say!(m, "action-review")} />
                <a class="button button-quiet button-wide" href={Route::Decline(props.offer.clone()).href()}><Icon mark={Mark::Close} />{say!(m, "action-decline")}</a>
            </form>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct ConditionsProps {
    chosen: Condition,
    onchoose: Callback<Condition>,
}

#[component]
fn Conditions(props: &ConditionsProps) -> Html {
    let m = use_messages();
    let choices = vec![
        Choice::new("good", say!(m, "accept-good")).with_icon(Mark::Check),
        Choice::new("shortage", say!(m, "accept-shortage")).with_icon(Mark::Warning),
        Choice::new("damage", say!(m, "accept-damage")).with_icon(Mark::Warning),
        Choice::new("seal-broken", say!(m, "accept-seal-broken")).with_icon(Mark::Warning),
    ];
    let chosen = match props.chosen {
        Condition::Good => "good",
        Condition::Shortage => "shortage",
        Condition::Damage => "damage",
        Condition::SealBroken => "seal-broken",
    };
    let onchoose = props
        .onchoose
        .reform(|chosen: AttrValue| match chosen.as_str() {
            "shortage" => Condition::Shortage,
            "damage" => Condition::Damage,
            "seal-broken" => Condition::SealBroken,
            _ => Condition::Good,
        });
    html! {
        <ChoiceGroup name="condition" label={say!(m, "accept-condition")} {choices} chosen={AttrValue::from(chosen)} {onchoose} />
    }
}

#[derive(PartialEq, Properties)]
struct LeftProps {
    /// The container.
    subject: String,
    chosen: BTreeSet<String>,
    onchoose: Callback<BTreeSet<String>>,
}

/// What is in the container, folded away: nearly always all of it is taken.
#[component]
fn Left(props: &LeftProps) -> Html {
    let m = use_messages();
    let (remote, retry) = use_remote(Subject {
        subject: props.subject.clone(),
    });
    let count = props.chosen.len();
    html! {
        <details>
            <summary class="button button-quiet button-wide">{say!(m, "accept-left", count = count)}</summary>
            {shown(&m, &remote, &retry, |view| html! {
                <PickList title={say!(m, "accept-left-what")} cards={view.contents.clone()} chosen={props.chosen.clone()} onchoose={props.onchoose.clone()} />
            })}
        </details>
    }
}

fn done(m: &chopmark_kit::Messages, signed: &Signed) -> Html {
    // Photos stand in a record of their own after the acceptance.
    let frames = signed
        .records
        .first()
        .map(|record| Route::Frames(record.clone()));
    html! {
        <div class="stack">
            <Banner tone={Tone::Good} title={say!(m, "accept-done")} text={say!(m, "accept-done-text")} />
            if let Some(frames) = frames {
                <a class="button button-main button-wide" href={frames.href()}><Icon mark={Mark::Scan} />{say!(m, "action-show-acceptance")}</a>
            }
            <p class="soft small centred">{say!(m, "accept-done-frames")}</p>
            <a class="button button-quiet button-wide" href={Route::Home.href()}><Icon mark={Mark::Send} />{say!(m, "action-by-network")}</a>
        </div>
    }
}
