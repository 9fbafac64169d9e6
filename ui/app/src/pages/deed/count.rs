use chopmark_kit::{Card, Field};
use chopmark_view::{Counted, Subject, SubjectCard, SubjectKind};
use std::collections::BTreeMap;
use yew::prelude::*;

use crate::hooks::{use_app, use_messages, use_remote};
use crate::parts::{SubjectRow, shown};
use crate::words::{say, stock, unit_name};

/// Properties of [`Counts`].
#[derive(PartialEq, Properties)]
pub(super) struct CountsProps {
    /// One subject; none: everything in the scanned list.
    pub(super) subject: Option<String>,
    /// What was typed, by subject.
    pub(super) counted: BTreeMap<String, Counted>,
    pub(super) onchange: Callback<Counted>,
}

/// How much there is of each batch. An item is there or is not, so nothing is asked of it.
#[component]
pub(super) fn Counts(props: &CountsProps) -> Html {
    let app = use_app();
    let subjects: Vec<String> = match &props.subject {
        Some(subject) => vec![subject.clone()],
        None => app
            .gathered
            .iter()
            .filter(|card| may_be_batch(card))
            .map(|card| card.subject.clone())
            .collect(),
    };
    let is_one = props.subject.is_some();
    html! {
        <>
            {for subjects.into_iter().map(|subject| {
                let amount = props.counted.get(&subject).map(|one| one.amount.clone()).unwrap_or_default();
                html! { <Row key={subject.clone()} subject={subject.clone()} {is_one} {amount} onchange={props.onchange.clone()} /> }
            })}
        </>
    }
}

/// Where the code is not known here, only its state tells.
fn may_be_batch(card: &SubjectCard) -> bool {
    card.kind == SubjectKind::Batch || card.code.is_none()
}

#[derive(PartialEq, Properties)]
struct RowProps {
    subject: String,
    /// The page says at its head what it is.
    is_one: bool,
    amount: String,
    onchange: Callback<Counted>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let m = use_messages();
    let (remote, retry) = use_remote(Subject {
        subject: props.subject.clone(),
    });
    shown(&m, &remote, &retry, |view| {
        let Some(left) = &view.left else {
            return html! {};
        };
        let oninput = {
            let (subject, unit) = (props.subject.clone(), left.unit.clone());
            props.onchange.reform(move |amount: String| Counted {
                subject: subject.clone(),
                amount,
                unit: unit.clone(),
            })
        };
        html! {
            <Card>
                <div class="stack-tight">
                    if !props.is_one {
                        <SubjectRow card={view.card.clone()} />
                    }
                    <Field id={format!("counted-{}", props.subject)} label={say!(m, "count-amount", unit = unit_name(&m, left).as_str())} most={20}
                        hint={say!(m, "count-by-records", left = stock(&m, left).as_str())}
                        value={props.amount.clone()} {oninput} />
                </div>
            </Card>
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use chopmark_view::Party;

    fn card(kind: SubjectKind, code: Option<&str>) -> SubjectCard {
        SubjectCard {
            subject: "ab".into(),
            code: code.map(str::to_owned),
            kind,
            product: None,
            holder: Party::Bearer,
            mine: true,
            contents: 0,
            inside: None,
            warning: None,
        }
    }

    /// Otherwise a list with a batch whose code is not known here could not be counted.
    #[test]
    fn asks_of_what_may_be_a_batch_and_of_no_item() {
        assert!(may_be_batch(&card(SubjectKind::Batch, Some("(01)0(10)1"))));
        assert!(may_be_batch(&card(SubjectKind::Item, None)));
        assert!(!may_be_batch(&card(SubjectKind::Item, Some("(01)0(21)1"))));
    }
}
