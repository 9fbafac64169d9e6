//! The page: asks once when it is opened, draws what was found.

mod checks;
mod journey;
mod limits;
mod owner;
mod photos;
mod raw;
mod result;
mod say;
mod standing;
mod typed;
mod ways;

use crate::examine::{Finding, Whom, examine};
use crate::memory;
use crate::visit::{NoVisit, Visit};
use chopmark_kit::{Button, ButtonKind, Language, Messages, Seal, VERIFY, text};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use checks::Checks;
use journey::Journey;
use limits::Limits;
use owner::Owner;
use raw::Raw;
use result::VerdictCard;
use standing::Standing;
use typed::Typed;
use ways::Ways;

/// How far the check is.
#[derive(Clone, PartialEq)]
enum Stage {
    /// Reading the address, asking.
    Asking,
    /// There is nothing to check.
    Nothing(NoVisit),
    /// Checked.
    Done(Rc<Visit>, Rc<Finding>),
}

/// What a person asked for on the page.
#[derive(Clone, PartialEq)]
enum Wish {
    /// The same again.
    Again,
    /// Ask every member.
    Everyone,
    /// Accept that the address speaks for another network, and check again.
    AcceptNetwork,
    /// Show what was found meanwhile.
    Show(Rc<Finding>),
}

/// Properties of every part of the page that shows a finding.
#[derive(PartialEq, Properties)]
struct Shown {
    messages: Messages,
    visit: Rc<Visit>,
    finding: Rc<Finding>,
    onwish: Callback<Wish>,
}

/// The consumer page.
#[component]
pub(crate) fn Page() -> Html {
    let language = use_state(memory::language);
    let stage = use_state(|| Stage::Asking);
    let messages = Messages::new(&VERIFY, *language);

    {
        let stage = stage.setter();
        use_effect_with((), move |()| {
            spawn_local(async move {
                match Visit::begin().await {
                    Ok(visit) => look(stage, Rc::new(visit), Whom::TwoMembers).await,
                    Err(nothing) => stage.set(Stage::Nothing(nothing)),
                }
            });
        });
    }
    use_effect_with((*language, (*stage).clone()), move |(language, stage)| {
        name_document(*language, &result::word(messages, stage));
    });

    let onlanguage = {
        let language = language.clone();
        Callback::from(move |chosen: Language| {
            memory::keep_language(chosen);
            language.set(chosen);
        })
    };
    let onwish = {
        let stage = stage.clone();
        Callback::from(move |wish: Wish| {
            let Stage::Done(visit, _) = &*stage else {
                return;
            };
            let (visit, whom) = match wish {
                Wish::Again => (visit.clone(), Whom::TwoMembers),
                Wish::Everyone => (visit.clone(), Whom::Everyone),
                Wish::AcceptNetwork => (Rc::new(visit.accept_network()), Whom::TwoMembers),
                Wish::Show(finding) => return stage.set(Stage::Done(visit.clone(), finding)),
            };
            let setter = stage.setter();
            setter.set(Stage::Asking);
            spawn_local(look(setter, visit, whom));
        })
    };

    html! {
        <div class="sheet">
            <Top {messages} {onlanguage} />
            if *stage != Stage::Nothing(NoVisit::NoCode) {
                <VerdictCard {messages} stage={(*stage).clone()} onwish={onwish.clone()} />
            }
            if let Stage::Nothing(nothing @ (NoVisit::NoCode | NoVisit::NotACode(_))) = &*stage {
                <Typed {messages} alone={*nothing == NoVisit::NoCode} />
            }
            if let Stage::Done(visit, finding) = &*stage {
                {parts(messages, visit, finding, &onwish)}
            }
        </div>
    }
}

fn parts(
    messages: Messages,
    visit: &Rc<Visit>,
    finding: &Rc<Finding>,
    onwish: &Callback<Wish>,
) -> Html {
    let (visit, finding, onwish) = (visit.clone(), finding.clone(), onwish.clone());
    html! {
        <>
            <Checks {messages} visit={visit.clone()} finding={finding.clone()} onwish={onwish.clone()} />
            <Journey {messages} visit={visit.clone()} finding={finding.clone()} onwish={onwish.clone()} />
            <Standing {messages} visit={visit.clone()} finding={finding.clone()} onwish={onwish.clone()} />
            <Owner {messages} visit={visit.clone()} finding={finding.clone()} onwish={onwish.clone()} />
            <Limits {messages} visit={visit.clone()} finding={finding.clone()} onwish={onwish.clone()} />
            <Ways {messages} visit={visit.clone()} finding={finding.clone()} onwish={onwish.clone()} />
            <Raw {messages} {visit} {finding} {onwish} />
        </>
    }
}

async fn look(stage: UseStateSetter<Stage>, visit: Rc<Visit>, whom: Whom) {
    let finding = examine(&visit, whom).await;
    stage.set(Stage::Done(visit, Rc::new(finding)));
}

/// The language for screen readers and fonts, and the word for the tab.
fn name_document(language: Language, word: &str) {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return;
    };
    document.set_title(&format!("{word} · Chopmark"));
    if let Some(root) = document.document_element() {
        // Setting a constant attribute name cannot fail.
        let _ = root.set_attribute("lang", language.tag());
    }
}

/// Properties of [`Top`].
#[derive(PartialEq, Properties)]
struct TopProps {
    messages: Messages,
    onlanguage: Callback<Language>,
}

#[component]
fn Top(props: &TopProps) -> Html {
    let others = Language::ALL
        .into_iter()
        .filter(|language| *language != props.messages.language());
    html! {
        <header class="sheet-top">
            <span class="row"><Seal /><span class="sheet-name">{"Chopmark"}</span></span>
            <nav aria-label={text!(VERIFY_KEYS, props.messages, "verify-language")}>
                {for others.map(|language| {
                    let onclick = props.onlanguage.reform(move |()| language);
                    html! {
                        <span lang={language.tag()}>
                            <Button kind={ButtonKind::Plain} label={language.name()} {onclick} />
                        </span>
                    }
                })}
            </nav>
        </header>
    }
}
