//! For whoever bought the thing: become its recorded owner, give it on, give it back.

use super::{Shown, Wish, say};
use crate::examine::{Finding, Whom, examine};
use crate::memory;
use crate::owner::{self, NotDone, Standing};
use crate::visit::Visit;
use chopmark_core::{OwnerKey, RecordRef, SubjectId};
use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Field, FieldKind, Mark, Messages, Tone, text,
};
use js_sys::Promise;
use std::pin::Pin;
use std::rc::Rc;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use yew::prelude::*;

/// Checkpoints come several times a second, and mostly the first look shows what was sent. A busy
/// network takes longer: a minute in all, and ever less often, so that it is not asked for nothing.
const LOOK_AGAIN_MS: [i32; 6] = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/// What became of the last try.
#[derive(Clone, PartialEq)]
enum Try {
    None,
    Sending,
    Sent,
    /// Sent, and no look showed it.
    NotFinal,
    Failed(NotDone),
}

/// What a person set off, while it is under way.
type Deed = Pin<Box<dyn Future<Output = Result<(), NotDone>>>>;

/// What every part needs: what was typed, how the last try went, and how to make one.
struct Desk {
    messages: Messages,
    visit: Rc<Visit>,
    gateway: Rc<str>,
    typed: UseStateHandle<String>,
    tried: UseStateHandle<Try>,
    onwish: Callback<Wish>,
    standing: Standing,
}

/// The owner's part of the page.
#[component]
pub(super) fn Owner(props: &Shown) -> Html {
    let typed = use_state(String::new);
    let tried = use_state(|| Try::None);
    // What was read long ago may have been sold since: only what a peer shows now is acted on.
    let Some(history) = &props.finding.history else {
        return Html::default();
    };
    let (report, code) = (&history.report, props.visit.code.hash());
    let (Some(standing), Some(subject)) = (owner::standing(report, code), report.subject) else {
        return Html::default();
    };
    let from = history.from.as_ref();
    let desk = Desk {
        messages: props.messages,
        visit: props.visit.clone(),
        gateway: from
            .map_or(&props.visit.origin, |from| &from.origin)
            .as_str()
            .into(),
        typed,
        tried,
        onwish: props.onwish.clone(),
        standing,
    };
    let (name, part) = match standing {
        Standing::Sealed(key) => ("sealed", desk.sealed((subject, key))),
        Standing::Mine(last) => ("mine", desk.mine((subject, last))),
        Standing::Anothers(owner) => ("anothers", desk.anothers(owner)),
    };
    html! {
        <Card title={text!(VERIFY_KEYS, props.messages, "verify-owner").to_string()}>
            // By its key: what was folded open in one of them is not open in the next.
            <div class="stack" key={name}>
                {part}
                <p class="soft small" aria-live="polite">
                    if let Some(word) = desk.word() {
                        {word}
                    }
                </p>
            </div>
        </Card>
    }
}

impl Desk {
    fn sealed(&self, about: (SubjectId, chopmark_core::ActivationPublic)) -> Html {
        let messages = self.messages;
        let onsubmit = self.onsubmit(move |visit, gateway, typed| {
            Box::pin(async move { owner::activate(&visit, about, &gateway, &typed).await })
        });
        html! {
            <form class="stack" {onsubmit}>
                <p>{text!(VERIFY_KEYS, messages, "verify-owner-sealed")}</p>
                {self.field("seal", text!(VERIFY_KEYS, messages, "verify-owner-seal-code"), text!(VERIFY_KEYS, messages, "verify-owner-seal-hint"))}
                <Button kind={ButtonKind::Main} submit={true} wide={true} icon={Mark::Check} disabled={self.busy()}
                    label={text!(VERIFY_KEYS, messages, "verify-owner-activate")} />
            </form>
        }
    }

    fn mine(&self, about: (SubjectId, RecordRef)) -> Html {
        let messages = self.messages;
        let onsubmit = self.onsubmit(move |visit, gateway, typed| {
            Box::pin(async move { owner::give(&visit, about, &gateway, &typed).await })
        });
        let back = self.visit.network.takes_back.as_ref().map(|(member, name)| {
            let (member, act, visit) = (*member, self.act(), self.visit.clone());
            let onclick = Callback::from(move |()| {
                let visit = visit.clone();
                act(Box::pin(async move {
                    owner::give_back(&visit, about, member).await
                }));
            });
            let label = text!(VERIFY_KEYS, messages, "verify-owner-give-back", name = name);
            html! {
                <>
                    <p class="soft small">{text!(VERIFY_KEYS, messages, "verify-owner-give-back-text")}</p>
                    <Button kind={ButtonKind::Quiet} wide={true} disabled={self.busy()} {label} {onclick} />
                </>
            }
        });
        let key = memory::owner_text(self.visit.code.hash()).unwrap_or_default();
        html! {
            <>
                <Banner tone={Tone::Good} title={text!(VERIFY_KEYS, messages, "verify-owner-mine")} text={text!(VERIFY_KEYS, messages, "verify-owner-mine-text")} />
                <details class="fold">
                    <summary>{text!(VERIFY_KEYS, messages, "verify-owner-keep")}</summary>
                    <p>{text!(VERIFY_KEYS, messages, "verify-owner-keep-text")}</p>
                    <p class="code">{key}</p>
                </details>
                <details class="fold">
                    <summary>{text!(VERIFY_KEYS, messages, "verify-owner-give")}</summary>
                    <form class="stack" {onsubmit}>
                        {self.field("buyer", text!(VERIFY_KEYS, messages, "verify-owner-code"), text!(VERIFY_KEYS, messages, "verify-owner-code-hint"))}
                        <Button kind={ButtonKind::Main} submit={true} wide={true} disabled={self.busy()}
                            label={text!(VERIFY_KEYS, messages, "verify-owner-give")} />
                    </form>
                    {for back}
                </details>
            </>
        }
    }

    /// Somebody else's: a buyer makes the code by which the owner gives it to them.
    fn anothers(&self, owner: OwnerKey) -> Html {
        let messages = self.messages;
        // No peer has to know of it: what is shown already is the owner's page at once.
        let onsubmit = {
            let (visit, typed, tried) =
                (self.visit.clone(), self.typed.clone(), self.tried.setter());
            Callback::from(move |event: SubmitEvent| {
                event.prevent_default();
                match owner::bring(&visit, &owner, &typed) {
                    Ok(()) => typed.set(String::new()),
                    Err(why) => tried.set(Try::Failed(why)),
                }
            })
        };
        let code = self.visit.code.hash();
        let onclick = {
            let tried = self.tried.setter();
            Callback::from(move |()| {
                tried.set(match memory::owner_or_new(code) {
                    Some(_) => Try::None,
                    None => Try::Failed(NotDone::NothingKept),
                });
            })
        };
        html! {
            <>
                <p>{text!(VERIFY_KEYS, messages, "verify-owner-anothers")}</p>
                if let Some(owner) = memory::owner(code) {
                    <p>{text!(VERIFY_KEYS, messages, "verify-owner-show-code")}</p>
                    <p class="code">{owner.public().code()}</p>
                } else {
                    <Button kind={ButtonKind::Quiet} wide={true} {onclick} label={text!(VERIFY_KEYS, messages, "verify-owner-make-code")} />
                    if *self.tried == Try::Failed(NotDone::NothingKept) {
                        <Banner tone={Tone::Bad} text={text!(VERIFY_KEYS, messages, "verify-owner-nothing-kept")} />
                    }
                }
                <details class="fold">
                    <summary>{text!(VERIFY_KEYS, messages, "verify-owner-bring")}</summary>
                    <form class="stack" {onsubmit}>
                        {self.field("key", text!(VERIFY_KEYS, messages, "verify-owner-key"), text!(VERIFY_KEYS, messages, "verify-owner-key-hint"))}
                        <Button kind={ButtonKind::Main} submit={true} wide={true} disabled={self.busy()}
                            label={text!(VERIFY_KEYS, messages, "verify-owner-bring")} />
                    </form>
                </details>
            </>
        }
    }

    fn field(&self, id: &'static str, label: Rc<str>, hint: Rc<str>) -> Html {
        let (typed, tried) = (self.typed.setter(), self.tried.setter());
        let oninput = Callback::from(move |text: String| {
            tried.set(Try::None);
            typed.set(text);
        });
        html! {
            <Field {id} kind={FieldKind::Code} required={true} most={120} value={(*self.typed).clone()} {oninput}
                problem={self.problem()} {label} hint={Some(AttrValue::from(hint))} />
        }
    }

    /// What became of what was sent.
    fn word(&self) -> Option<Rc<str>> {
        match *self.tried {
            Try::Sent => Some(text!(VERIFY_KEYS, self.messages, "verify-owner-sent")),
            Try::NotFinal => Some(text!(VERIFY_KEYS, self.messages, "verify-owner-not-final")),
            Try::None | Try::Sending | Try::Failed(_) => None,
        }
    }

    fn busy(&self) -> bool {
        matches!(*self.tried, Try::Sending | Try::Sent | Try::NotFinal)
    }

    fn problem(&self) -> Option<AttrValue> {
        match &*self.tried {
            Try::Failed(why) => Some(say::not_done(self.messages, why).into()),
            _ => None,
        }
    }

    fn onsubmit(
        &self,
        deed: impl Fn(Rc<Visit>, Rc<str>, String) -> Deed + 'static,
    ) -> Callback<SubmitEvent> {
        let (visit, gateway) = (self.visit.clone(), self.gateway.clone());
        let (typed, act) = (self.typed.clone(), self.act());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            act(deed(visit.clone(), gateway.clone(), (*typed).clone()));
        })
    }

    /// Does it, and looks again until a checkpoint has it.
    fn act(&self) -> impl Fn(Deed) + use<> {
        let (tried, typed) = (self.tried.setter(), self.typed.setter());
        let (visit, onwish, before) = (self.visit.clone(), self.onwish.clone(), self.standing);
        move |deed| {
            let (tried, typed) = (tried.clone(), typed.clone());
            let (visit, onwish) = (visit.clone(), onwish.clone());
            tried.set(Try::Sending);
            spawn_local(async move {
                match deed.await {
                    Ok(()) => {
                        tried.set(Try::Sent);
                        let Some(finding) = changed(&visit, before).await else {
                            return tried.set(Try::NotFinal);
                        };
                        typed.set(String::new());
                        tried.set(Try::None);
                        // What was seen, and no new question: another peer may not have it yet.
                        onwish.emit(Wish::Show(finding.into()));
                    }
                    Err(why) => tried.set(Try::Failed(why)),
                }
            });
        }
    }
}

/// Looks until the thing stands otherwise than before.
async fn changed(visit: &Visit, before: Standing) -> Option<Finding> {
    let code = visit.code.hash();
    for pause in LOOK_AGAIN_MS {
        wait(pause).await;
        let finding = examine(visit, Whom::TwoMembers).await;
        let history = finding.history.as_ref();
        if history.is_some_and(|shown| owner::standing(&shown.report, code) != Some(before)) {
            return Some(finding);
        }
    }
    None
}

async fn wait(ms: i32) {
    let timer = Promise::new(&mut |done, _| {
        if let Some(window) = web_sys::window() {
            // Where the browser sets no timer the person looks again.
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(&done, ms);
        }
    });
    // This promise is never refused.
    let _ = JsFuture::from(timer).await;
}
