use chopmark_kit::{Banner, Button, ButtonKind, Card, Empty, Icon, Mark, Status, Tone};
use chopmark_view::{
    Outbox as OutboxCommand, OutboxItem, OutboxState, OutboxView, PeerView, SendNow,
};
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::failure_signal;
use crate::hooks::{use_app, use_messages, use_remote};
use crate::parts::shown;
use crate::state::Event;
use crate::words::{bytes, failure, line, say, time};

/// What is signed and not final: what, how large, why not yet, send now.
#[component]
pub(crate) fn Outbox() -> Html {
    let m = use_messages();
    let (remote, retry) = use_remote(OutboxCommand {});
    shown(
        &m,
        &remote,
        &retry,
        |outbox| html! { <Ready outbox={(**outbox).clone()} onsent={retry.clone()} /> },
    )
}

#[derive(PartialEq, Properties)]
struct ReadyProps {
    outbox: OutboxView,
    onsent: Callback<()>,
}

#[component]
fn Ready(props: &ReadyProps) -> Html {
    let app = use_app();
    let m = use_messages();
    let busy = use_state_eq(|| false);
    let outbox = &props.outbox;
    let unsent = outbox
        .items
        .iter()
        .filter(|item| item.state == OutboxState::Unsent)
        .count();
    let send = {
        let (busy, onsent, app) = (busy.clone(), props.onsent.clone(), app.clone());
        Callback::from(move |()| {
            busy.set(true);
            let (busy, onsent, dispatch) = (busy.clone(), onsent.clone(), app.dispatcher());
            spawn_local(async move {
                let (tone, text) = match bridge::call(&SendNow {}).await {
                    Ok(report) if report.unsent == 0 => {
                        (Tone::Good, say!(m, "outbox-sent", count = report.sent))
                    }
                    Ok(report) => (
                        Tone::Wait,
                        say!(m, "outbox-still-unsent", count = report.unsent),
                    ),
                    Err(problem) => (Tone::Bad, failure(&m, &problem)),
                };
                if tone != Tone::Good {
                    failure_signal();
                }
                dispatch.dispatch(Event::Tell(tone, text));
                busy.set(false);
                onsent.emit(());
            });
        })
    };
    let (tone, icon, kind) = if unsent == 0 {
        (Tone::Good, Mark::Check, ButtonKind::Quiet)
    } else {
        (Tone::Wait, Mark::Outbox, ButtonKind::Main)
    };
    html! {
        <>
            <Banner {tone} {icon} title={say!(m, "outbox-badge", count = unsent)} text={
                if unsent == 0 { say!(m, "outbox-empty-text") } else { say!(m, "outbox-unsent-text") }
            }>
                if outbox.evidence_unsent > 0 {
                    <p>{say!(m, "outbox-evidence", count = outbox.evidence_unsent, bytes = bytes(&m, outbox.evidence_bytes).as_str())}</p>
                }
            </Banner>
            <div class="actions">
                <Button {kind} icon={Mark::Send} label={say!(m, "action-send-now")} busy={*busy} onclick={send} />
            </div>
            <div class="columns">
                <Card title={say!(m, "outbox-items")} flush={true}>
                    if outbox.items.is_empty() {
                        <Empty icon={Mark::Outbox} title={say!(m, "outbox-empty")} text={say!(m, "outbox-empty-text")} />
                    } else {
                        <ul>{for outbox.items.iter().map(|item| html! { <Item key={item.block.clone()} item={item.clone()} /> })}</ul>
                    }
                </Card>
                <Card title={say!(m, "outbox-peers")} flush={true}>
                    <ul>{for outbox.peers.iter().map(|peer| html! { <Peer key={peer.address.clone()} peer={peer.clone()} /> })}</ul>
                </Card>
            </div>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct ItemProps {
    item: OutboxItem,
}

#[component]
fn Item(props: &ItemProps) -> Html {
    let m = use_messages();
    let item = &props.item;
    let status = match &item.state {
        OutboxState::Unsent => {
            html! { <Status tone={Tone::Wait} icon={Mark::Outbox} word={say!(m, "outbox-state-unsent")} /> }
        }
        OutboxState::Sent { peer } => {
            html! { <Status tone={Tone::Note} icon={Mark::Send} word={say!(m, "outbox-state-sent", peer = peer)} /> }
        }
        OutboxState::Refused(_) => {
            html! { <Status tone={Tone::Bad} word={say!(m, "status-refused")} /> }
        }
    };
    let why = match &item.state {
        OutboxState::Refused(problem) => Some(problem),
        OutboxState::Unsent | OutboxState::Sent { .. } => item.last_error.as_ref(),
    };
    html! {
        <li class="deed-row">
            {for item.lines.iter().map(|one| html! { <p>{line(&m, one)}</p> })}
            <p class="row-apart">
                <span class="soft small">{time(&m, item.signed_ms)}{" · "}{bytes(&m, item.bytes)}</span>
                {status}
            </p>
            if let Some(problem) = why {
                <p class="row-top small"><Icon mark={Mark::Warning} class="icon-small" /><span>{failure(&m, problem)}</span></p>
            }
        </li>
    }
}

#[derive(PartialEq, Properties)]
struct PeerProps {
    peer: PeerView,
}

#[component]
fn Peer(props: &PeerProps) -> Html {
    let m = use_messages();
    let peer = &props.peer;
    html! {
        <li class="deed-row">
            <p class="row-apart">
                <span class="code">{peer.address.clone()}</span>
                if peer.connected {
                    <Status tone={Tone::Good} icon={Mark::Online} word={say!(m, "peer-connected")} />
                } else {
                    <Status tone={Tone::Wait} icon={Mark::Offline} word={say!(m, "peer-not-connected")} />
                }
            </p>
            if let (Some(problem), false) = (&peer.last_error, peer.connected) {
                <p class="small">{failure(&m, problem)}</p>
            }
        </li>
    }
}
