use chopmark_kit::Field;
use chopmark_view::{Subject, SubjectCard};
use yew::prelude::*;

use crate::hooks::{use_messages, use_remote};
use crate::parts::{SubjectRow, shown};
use crate::words::{say, stock};

/// Properties of [`InputRow`].
#[derive(PartialEq, Properties)]
pub(crate) struct InputProps {
    pub(crate) subject: String,
    pub(crate) amount: AttrValue,
    pub(crate) onamount: Callback<String>,
    /// What it is, once that is known.
    pub(crate) onloaded: Callback<SubjectCard>,
}

/// One thing that goes in; of a batch, how much of it.
#[component]
pub(crate) fn InputRow(props: &InputProps) -> Html {
    let m = use_messages();
    let (remote, retry) = use_remote(Subject {
        subject: props.subject.clone(),
    });
    {
        let onloaded = props.onloaded.clone();
        let card = remote.value.as_ref().map(|view| view.card.clone());
        use_effect_with(card, move |card| {
            if let Some(card) = card {
                onloaded.emit(card.clone());
            }
        });
    }
    shown(&m, &remote, &retry, |view| {
        html! {
            <div class="stack-tight">
                <SubjectRow card={view.card.clone()} />
                if let Some(left) = &view.left {
                    <Field id={format!("in-{}", props.subject)} label={say!(m, "transform-how-much")} most={20}
                        hint={say!(m, "transform-all", left = stock(&m, left).as_str())}
                        value={props.amount.clone()} oninput={props.onamount.clone()} />
                }
            </div>
        }
    })
}
