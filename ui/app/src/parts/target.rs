use chopmark_kit::Card;
use chopmark_view::Subject;
use yew::prelude::*;

use super::{ShowAll, SubjectRow, SubjectSummary, shown};
use crate::hooks::{use_app, use_messages, use_remote};
use crate::words::say;

/// How many things of the list are shown until all are asked for.
const ROWS: usize = 6;

/// Properties of [`Target`].
#[derive(PartialEq, Properties)]
pub(crate) struct TargetProps {
    /// One subject; none: everything in the scanned list.
    pub(crate) subject: Option<String>,
}

/// What a form is about, at its head: one subject, or the list that was scanned.
#[component]
pub(crate) fn Target(props: &TargetProps) -> Html {
    match &props.subject {
        Some(subject) => html! { <One subject={subject.clone()} /> },
        None => html! { <Gathered /> },
    }
}

#[derive(PartialEq, Properties)]
struct OneProps {
    subject: String,
}

#[component]
fn One(props: &OneProps) -> Html {
    let m = use_messages();
    let (subject, retry) = use_remote(Subject {
        subject: props.subject.clone(),
    });
    shown(
        &m,
        &subject,
        &retry,
        |view| html! { <SubjectSummary card={view.card.clone()} /> },
    )
}

#[component]
fn Gathered() -> Html {
    let m = use_messages();
    let app = use_app();
    let all = use_state_eq(|| false);
    let count = app.gathered.len();
    let rows = if *all { count } else { ROWS };
    html! {
        <Card title={say!(m, "gather-list")} flush={true} aside={html! { <span class="count">{m.show(&count.into())}</span> }}>
            <ul>{for app.gathered.iter().rev().take(rows).map(|card| html! { <li><SubjectRow card={card.clone()} /></li> })}</ul>
            if count > rows {
                <ShowAll {count} onall={Callback::from(move |()| all.set(true))} />
            }
        </Card>
    }
}
