use chopmark_kit::{Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Icon, Mark, Tone};
use chopmark_view::{Action, Failure, Found, Lookup, Recent, SubjectCard, SubjectKind};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::{failure_signal, success_signal};
use crate::hooks::{use_app, use_messages, use_remote};
use crate::parts::{Reads, ScanBox, Step, Target, shown, sign, use_steps};
use crate::state::Route;
use crate::words::{failure, row_name, say, subject_code};

/// Containers to choose from; any other one is scanned.
const CONTAINERS: usize = 8;
/// Held things that are looked through for containers.
const HELD: u32 = 300;

/// Properties of [`Pack`].
#[derive(PartialEq, Properties)]
pub(crate) struct PackProps {
    /// One subject; none: everything in the scanned list.
    pub(crate) subject: Option<String>,
}

/// Packs into a container: one that is held, or one that is scanned.
#[component]
pub(crate) fn Pack(props: &PackProps) -> Html {
    let m = use_messages();
    let app = use_app();
    let step = use_steps(props.subject.as_ref());
    let container = use_state_eq(|| None::<SubjectCard>);
    let problem = use_state_eq(|| None::<Failure>);
    let (held, retry) = use_remote(Recent { limit: HELD });
    match &*step {
        Step::Form => {}
        Step::Sign(action) => return sign(&step, action),
        Step::Done(_) => {
            let next = match &*container {
                Some(card) => Route::Subject(card.subject.clone()),
                None => Route::Home,
            };
            return html! {
                <div class="stack">
                    <Banner tone={Tone::Good} title={say!(m, "pack-done")} text={say!(m, "deed-done-text")} />
                    <a class="button button-main button-wide" href={next.href()}><Icon mark={Mark::Unit} />{say!(m, "pack-open")}</a>
                </div>
            };
        }
    }
    let subjects: Vec<String> = app.about(props.subject.as_ref());
    let onread = {
        let (container, problem) = (container.clone(), problem.clone());
        Callback::from(move |text: String| {
            let (container, problem) = (container.clone(), problem.clone());
            spawn_local(async move {
                match bridge::call(&Lookup { text }).await {
                    Ok(Found::Subject(card)) => {
                        success_signal();
                        problem.set(None);
                        container.set(Some(card));
                    }
                    Ok(Found::Foreign(why)) | Err(why) => {
                        failure_signal();
                        problem.set(Some(why));
                    }
                    Ok(_) => {
                        failure_signal();
                        problem.set(Some(bridge::own("unknown-subject")));
                    }
                }
            });
        })
    };
    let onreview = {
        let (step, chosen, subjects) = (step.clone(), container.clone(), subjects.clone());
        Callback::from(move |()| {
            if let Some(card) = &*chosen {
                step.set(Step::Sign(Action::Pack {
                    container: card.subject.clone(),
                    subjects: subjects.clone(),
                }));
            }
        })
    };
    html! {
        <div class="stack">
            <Target subject={props.subject.clone()} />
            {shown(&m, &held, &retry, |held| {
                let mut cards: Vec<&SubjectCard> = held.subjects.iter()
                    .filter(|card| card.kind == SubjectKind::Unit && !subjects.contains(&card.subject))
                    .take(CONTAINERS)
                    .collect();
                // The one that was scanned stands first.
                if let Some(scanned) = &*container {
                    cards.retain(|card| card.subject != scanned.subject);
                    cards.insert(0, scanned);
                }
                if cards.is_empty() {
                    return html! {};
                }
                let choices: Vec<Choice> = cards.iter()
                    .map(|card| Choice::new(card.subject.clone(), row_name(&m, card)).with_detail(subject_code(card)).with_icon(Mark::Unit))
                    .collect();
                let onchoose = {
                    let (container, held) = (container.clone(), held.clone());
                    Callback::from(move |id: AttrValue| {
                        if let Some(card) = held.subjects.iter().find(|card| card.subject == id.as_str()) {
                            container.set(Some(card.clone()));
                        }
                    })
                };
                let chosen = container.as_ref().map(|card| AttrValue::from(card.subject.clone()));
                html! {
                    <Card>
                        <ChoiceGroup name="container" label={say!(m, "pack-into")} {choices} {chosen} {onchoose} />
                    </Card>
                }
            })}
            if container.is_some() {
                <Button kind={ButtonKind::Main} wide={true} label={say!(m, "action-review")} onclick={onreview} />
            }
            <ScanBox {onread} reads={Reads::Taken} hint={say!(m, "pack-hint")} typed_label={say!(m, "scan-typed")} typed_action={say!(m, "action-choose")}>
                if let Some(problem) = &*problem {
                    <Banner tone={Tone::Bad} text={failure(&m, problem)} />
                }
            </ScanBox>
        </div>
    }
}
