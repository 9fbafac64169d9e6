use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Empty, Field, FieldKind, Icon, Mark,
    Tone,
};
use chopmark_view::{Action, Condition, HandoverCard, Home, Signed};
use yew::prelude::*;

use crate::hooks::{use_messages, use_remote};
use crate::parts::{Step, SubjectSummary, shown, sign};
use crate::state::Route;
use crate::words::{say, time};

/// Properties of [`Accept`].
#[derive(PartialEq, Properties)]
pub(crate) struct AcceptProps {
    /// The offer, `BLOCK/INDEX`.
    pub(crate) offer: String,
}

/// Takes over what was offered: its condition, what will be signed, how the giver gets it.
#[component]
pub(crate) fn Accept(props: &AcceptProps) -> Html {
    let m = use_messages();
    // Asked for itself: what was just scanned is not in the app's state yet.
    let (home, retry) = use_remote(Home {});
    let step = use_state_eq(|| Step::Form);
    let condition = use_state_eq(|| Condition::Good);
    let note = use_state_eq(String::new);
    // Once it is signed the offer leaves the list, while this page is still about it.
    let known = use_mut_ref(|| None::<HandoverCard>);
    if let Some(home) = &home.value
        && let Some(card) = home.incoming.iter().find(|card| card.offer == props.offer)
    {
        *known.borrow_mut() = Some(card.clone());
    }
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(signed) => return done(&m, signed),
    }
    let known = known.borrow().clone();
    let Some(handover) = known else {
        return shown(&m, &home, &retry, |_| {
            html! {
                <Empty icon={Mark::Handover} title={say!(m, "accept-gone")} text={say!(m, "accept-gone-text")}>
                    <a class="button button-quiet" href={Route::Handovers.href()}>{say!(m, "all-handovers")}</a>
                </Empty>
            }
        });
    };
    let onsubmit = {
        let (step, condition, note, offer) = (
            step.clone(),
            condition.clone(),
            note.clone(),
            props.offer.clone(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            step.set(Step::Sign(Action::Accept {
                offer: offer.clone(),
                condition: *condition,
                note: Some(note.trim().to_owned()).filter(|note| !note.is_empty()),
            }));
        })
    };
    let choices = vec![
        Choice::new("good", say!(m, "accept-good")).with_icon(Mark::Check),
        Choice::new("shortage", say!(m, "accept-shortage")).with_icon(Mark::Warning),
        Choice::new("damage", say!(m, "accept-damage")).with_icon(Mark::Warning),
        Choice::new("seal-broken", say!(m, "accept-seal-broken")).with_icon(Mark::Warning),
    ];
    let chosen = match *condition {
        Condition::Good => "good",
        Condition::Shortage => "shortage",
        Condition::Damage => "damage",
        Condition::SealBroken => "seal-broken",
    };
    let onchoose = Callback::from(move |chosen: AttrValue| {
        condition.set(match chosen.as_str() {
            "shortage" => Condition::Shortage,
            "damage" => Condition::Damage,
            "seal-broken" => Condition::SealBroken,
            _ => Condition::Good,
        });
    });
    html! {
        <form class="stack" {onsubmit}>
            <SubjectSummary card={handover.subject.clone()} />
            <p>
                {say!(m, "handover-from", member = &handover.from)}
                <br />
                <span class="soft small">{say!(m, "holds-until", time = time(&m, handover.expires_ms).as_str())}</span>
            </p>
            <Card>
                <div class="stack">
                    <ChoiceGroup name="condition" label={say!(m, "accept-condition")} {choices} chosen={AttrValue::from(chosen)} {onchoose} />
                    <Field id="note" kind={FieldKind::Long} label={say!(m, "note-optional")} value={(*note).clone()}
                        oninput={Callback::from(move |text| note.set(text))} />
                </div>
            </Card>
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "action-review")} />
            <a class="button button-quiet button-wide" href={Route::Decline(props.offer.clone()).href()}><Icon mark={Mark::Close} />{say!(m, "action-decline")}</a>
        </form>
    }
}

fn done(m: &chopmark_kit::Messages, signed: &Signed) -> Html {
    let frames = signed
        .records
        .last()
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
