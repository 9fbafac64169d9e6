use chopmark_kit::{Button, Card, Switch};
use chopmark_view::SubjectCard;
use std::collections::BTreeSet;
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::words::{row_name, say, subject_code};

/// Properties of [`PickList`].
#[derive(PartialEq, Properties)]
pub(crate) struct PickListProps {
    /// What the chosen ones are chosen for.
    pub(crate) title: AttrValue,
    pub(crate) cards: Vec<SubjectCard>,
    /// Subject ids.
    pub(crate) chosen: BTreeSet<String>,
    pub(crate) onchoose: Callback<BTreeSet<String>>,
}

/// Things with a check box each, and one button for all of them.
#[component]
pub(crate) fn PickList(props: &PickListProps) -> Html {
    let m = use_messages();
    let everything: BTreeSet<String> = props
        .cards
        .iter()
        .map(|card| card.subject.clone())
        .collect();
    let is_all = props.chosen == everything;
    let onall = {
        let onchoose = props.onchoose.clone();
        Callback::from(move |()| {
            onchoose.emit(if is_all {
                BTreeSet::new()
            } else {
                everything.clone()
            });
        })
    };
    let rows = props.cards.iter().map(|card| {
        let onchange = {
            let (onchoose, chosen, id) = (
                props.onchoose.clone(),
                props.chosen.clone(),
                card.subject.clone(),
            );
            Callback::from(move |on| {
                let mut chosen = chosen.clone();
                if on {
                    chosen.insert(id.clone());
                } else {
                    chosen.remove(&id);
                }
                onchoose.emit(chosen);
            })
        };
        html! {
            <Switch key={card.subject.clone()} label={row_name(&m, card)} detail={subject_code(card)}
                on={props.chosen.contains(&card.subject)} {onchange} />
        }
    });
    html! {
        <Card title={props.title.clone()}>
            <div class="stack">
                <Button label={if is_all { say!(m, "action-choose-none") } else { say!(m, "action-choose-all") }} onclick={onall} />
                {for rows}
            </div>
        </Card>
    }
}
