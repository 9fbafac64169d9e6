use chopmark_kit::{Button, ButtonKind, Icon, Lead, Mark, Status, Tone};
use chopmark_view::{EventStatus, HandoverCard, Offered, Party, SubjectCard, Term};
use yew::prelude::*;

use super::{again, term};
use crate::hooks::use_messages;
use crate::state::Route;
use crate::words::{kind, kind_mark, party, row_name, say, status, subject_code, subject_name};

/// Properties of [`SubjectRow`] and [`SubjectSummary`].
#[derive(PartialEq, Properties)]
pub(crate) struct SubjectProps {
    pub(crate) card: SubjectCard,
    /// Where the row leads; the subject's own page if nothing is said.
    #[prop_or_default]
    pub(crate) to: Option<Route>,
}

/// A subject as a row that leads to a page.
#[component]
pub(crate) fn SubjectRow(props: &SubjectProps) -> Html {
    let m = use_messages();
    let card = &props.card;
    let route = props
        .to
        .clone()
        .unwrap_or_else(|| Route::Subject(card.subject.clone()));
    let contents = (card.contents > 0).then(|| say!(m, "contents-count", count = card.contents));
    html! {
        <Lead href={route.href()} icon={kind_mark(card.kind)} title={row_name(&m, card)}>
            <span class="code soft">{subject_code(card)}</span>
            if let Some(contents) = contents {
                <span class="soft small">{contents}</span>
            }
        </Lead>
    }
}

/// A subject at the head of a form: what is going to be signed about.
#[component]
pub(crate) fn SubjectSummary(props: &SubjectProps) -> Html {
    let m = use_messages();
    let card = &props.card;
    html! {
        <div class="card subject">
            <Icon mark={kind_mark(card.kind)} class="icon-large" />
            <div class="grow stack-tight">
                <h2>{subject_name(&m, card)}</h2>
                <p class="code">{subject_code(card)}</p>
                <p class="soft small">
                    {kind(&m, card.kind)}
                    if card.contents > 0 {
                        {" · "}{say!(m, "contents-count", count = card.contents)}
                    }
                    if let Some(inside) = &card.inside {
                        {" · "}{say!(m, "inside", container = inside)}
                    }
                </p>
                <p>
                    if card.mine {
                        <Status tone={Tone::Good} word={say!(m, "held-by-you")} />
                    } else {
                        <Status tone={Tone::Calm} word={say!(m, "held-by", holder = party(&m, &card.holder).as_str())} />
                    }
                </p>
            </div>
        </div>
    }
}

/// Which side of a hand-over this device is on.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Side {
    /// It is offered to this member.
    Incoming,
    /// This member offers it.
    Outgoing,
    /// Its time is over, whoever offered it.
    Lapsed,
}

/// Properties of [`HandoverRow`].
#[derive(PartialEq, Properties)]
pub(crate) struct HandoverProps {
    pub(crate) handover: HandoverCard,
    pub(crate) side: Side,
}

/// A hand-over that waits, as a row.
#[component]
pub(crate) fn HandoverRow(props: &HandoverProps) -> Html {
    let m = use_messages();
    let handover = &props.handover;
    let offer = handover.offer.clone();
    let route = match (handover.of, props.side, &handover.to) {
        (_, Side::Lapsed, _) => again(handover),
        (Offered::Custody, Side::Incoming, _) => Route::Accept(offer),
        (Offered::Title, Side::Incoming, _) => Route::TakeTitle(offer),
        (Offered::Custody, Side::Outgoing, Party::Bearer) => Route::PickUp(offer),
        (Offered::Custody, Side::Outgoing, _) => Route::Frames(offer),
        (Offered::Title, Side::Outgoing, _) => Route::Subject(handover.subject.subject.clone()),
    };
    let whom = match handover.ours {
        false => say!(m, "handover-from", member = &handover.from),
        true => say!(m, "handover-to", member = party(&m, &handover.to).as_str()),
    };
    let (tone, icon, word) = status(&m, &handover.status);
    let card = &handover.subject;
    let settled = matches!(handover.status, EventStatus::Final { .. });
    html! {
        <Lead href={route.href()} icon={kind_mark(card.kind)} title={row_name(&m, card)}>
            <span class="code soft">{subject_code(card)}</span>
            <span>{whom}</span>
            <span class="soft small">{term(&m, handover)}</span>
            <span class="row">
                if handover.of == Offered::Title {
                    <Status tone={Tone::Note} icon={Mark::File} word={say!(m, "offered-title")} />
                }
                if handover.term != Term::Open {
                    <Status tone={Tone::Wait} icon={Mark::Clock} word={if handover.term == Term::Over { say!(m, "term-over") } else { say!(m, "term-ended") }} />
                }
                if card.contents > 0 {
                    <Status tone={Tone::Calm} icon={Mark::Unit} word={say!(m, "contents-count", count = card.contents)} />
                }
                if !settled {
                    <Status {tone} {icon} {word} />
                }
            </span>
        </Lead>
    }
}

/// Properties of [`ShowAll`].
#[derive(PartialEq, Properties)]
pub(crate) struct ShowAllProps {
    /// How many there are.
    pub(crate) count: usize,
    pub(crate) onall: Callback<()>,
}

/// The last row of a list that shows its beginning only.
#[component]
pub(crate) fn ShowAll(props: &ShowAllProps) -> Html {
    let m = use_messages();
    html! {
        <div class="more-row">
            <Button kind={ButtonKind::Plain} wide={true} label={say!(m, "show-all", count = props.count)} onclick={props.onall.clone()} />
        </div>
    }
}
