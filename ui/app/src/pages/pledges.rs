use chopmark_kit::{Card, Empty, Lead, Mark, Status};
use chopmark_view::{EventStatus, PledgeCard};
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::parts::ShowAll;
use crate::state::Route;
use crate::words::{kind_mark, party, row_name, say, status, subject_code, time};

/// How many rows the first page shows until all are asked for.
const ROWS: usize = 6;

/// Properties of [`Pledges`].
#[derive(PartialEq, Properties)]
pub(crate) struct PledgesProps {
    pub(crate) title: AttrValue,
    pub(crate) pledges: Vec<PledgeCard>,
    /// What stands there when there are none.
    pub(crate) none: AttrValue,
}

/// What is pledged: with whom it is, where, since when. Each row leads to the thing's own page,
/// with its whole journey and every photo.
#[component]
pub(crate) fn Pledges(props: &PledgesProps) -> Html {
    let m = use_messages();
    let all = use_state_eq(|| false);
    let count = props.pledges.len();
    let rows = if *all { count } else { ROWS };
    html! {
        <Card title={props.title.clone()} flush={true} aside={html! { <span class="count">{m.show(&count.into())}</span> }}>
            if props.pledges.is_empty() {
                <Empty icon={Mark::Lock} title={props.none.clone()} />
            } else {
                <ul>{for props.pledges.iter().take(rows).map(|pledge| html! { <li key={pledge.record.clone()}><Row pledge={pledge.clone()} /></li> })}</ul>
                if count > rows {
                    <ShowAll {count} onall={Callback::from(move |()| all.set(true))} />
                }
            }
        </Card>
    }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    pledge: PledgeCard,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let m = use_messages();
    let pledge = &props.pledge;
    let card = &pledge.subject;
    let since = time(&m, pledge.since_ms);
    let whom = match pledge.ours {
        true => {
            let owner = party(&m, &pledge.owner);
            say!(
                m,
                "pledged-by",
                owner = owner.as_str(),
                time = since.as_str()
            )
        }
        false => say!(m, "pledged-to", bank = &pledge.bank, time = since.as_str()),
    };
    let (tone, icon, word) = status(&m, &pledge.status);
    html! {
        <Lead href={Route::Subject(card.subject.clone()).href()} icon={kind_mark(card.kind)} title={row_name(&m, card)}>
            <span class="code soft">{subject_code(card)}</span>
            <span>{whom}</span>
            <span class="soft small">
                {say!(m, "held-by", holder = party(&m, &card.holder).as_str())}
                if let Some(place) = &pledge.place {
                    {" · "}{place.clone()}
                }
            </span>
            if !matches!(pledge.status, EventStatus::Final { .. }) {
                <span class="row"><Status {tone} {icon} {word} /></span>
            }
        </Lead>
    }
}
