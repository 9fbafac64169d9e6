use chopmark_kit::{Card, Empty, Lead, Mark, Status, Tone};
use chopmark_view::{EventStatus, HoldCard};
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::parts::ShowAll;
use crate::state::{Asks, Route};
use crate::words::{key, kind_mark, row_name, say, status, subject_code, time};

/// How many rows the first page shows until all are asked for.
const ROWS: usize = 6;

/// Properties of [`Holds`].
#[derive(PartialEq, Properties)]
pub(crate) struct HoldsProps {
    pub(crate) holds: Vec<HoldCard>,
}

/// What authorities hold back: each with the reason, and since when.
#[component]
pub(crate) fn Holds(props: &HoldsProps) -> Html {
    let m = use_messages();
    let all = use_state_eq(|| false);
    let count = props.holds.len();
    let rows = if *all { count } else { ROWS };
    html! {
        <Card title={say!(m, "holds-title")} flush={true} aside={html! { <span class="count">{m.show(&count.into())}</span> }}>
            if props.holds.is_empty() {
                <Empty icon={Mark::Lock} title={say!(m, "holds-none")} text={say!(m, "holds-none-text")} />
            } else {
                <ul>{for props.holds.iter().take(rows).map(|hold| html! { <li key={hold.record.clone()}><Row hold={hold.clone()} /></li> })}</ul>
                if count > rows {
                    <ShowAll {count} onall={Callback::from(move |()| all.set(true))} />
                }
            }
        </Card>
    }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    hold: HoldCard,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let m = use_messages();
    let hold = &props.hold;
    let card = &hold.subject;
    let (tone, icon, word) = status(&m, &hold.status);
    // Only who holds a thing clears it: that is where the row leads them.
    let route = match hold.mine {
        true => Route::Deed {
            activity: "cleared".to_owned(),
            asks: Asks::Nothing,
            subject: Some(card.subject.clone()),
        },
        false => Route::Subject(card.subject.clone()),
    };
    html! {
        <Lead href={route.href()} icon={kind_mark(card.kind)} title={row_name(&m, card)}>
            <span class="code soft">{subject_code(card)}</span>
            <span>{key(&m, &hold.why)}</span>
            <span class="soft small">{say!(m, "hold-since", member = &hold.by, time = time(&m, hold.since_ms).as_str())}</span>
            <span class="row">
                if hold.mine {
                    <Status tone={Tone::Calm} icon={Mark::Lock} word={say!(m, "hold-ours")} />
                }
                if !matches!(hold.status, EventStatus::Final { .. }) {
                    <Status {tone} {icon} {word} />
                }
            </span>
        </Lead>
    }
}
