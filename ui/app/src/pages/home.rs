use chopmark_kit::{Banner, Card, Empty, Icon, Lead, Loading, Mark, Messages, Status, Tone};
use chopmark_view::{
    Activity, EventStatus, HandoverCard, HomeView, LinkState, PledgeCard, Recent, SubjectCard,
};
use yew::prelude::*;

use super::holds::Holds;
use super::pledges::Pledges;
use crate::hooks::{use_app, use_messages, use_remote};
use crate::parts::{HandoverRow, Search, ShowAll, Side, SubjectRow, shown};
use crate::state::Route;
use crate::words::{failure, key, line, link, say, status, time};

/// How many rows of a list the first page shows; the rest is a tap away.
const ROWS: usize = 6;
/// How many held things are asked for: what is packed among them stands under its container.
const HELD: u32 = 300;
/// The warning that leads to the outbox.
const REFUSED: &str = "warn-refused";

/// The first page: the work of the person's role first.
#[component]
pub(crate) fn Home() -> Html {
    let app = use_app();
    let m = use_messages();
    match &app.home {
        None => html! { <Loading text={say!(m, "loading")} /> },
        Some(home) => html! { <Ready home={(**home).clone()} /> },
    }
}

#[derive(PartialEq, Properties)]
struct ReadyProps {
    home: HomeView,
}

#[component]
fn Ready(props: &ReadyProps) -> Html {
    let m = use_messages();
    let home = &props.home;
    // Each role sees its own work first; everything else stays within reach.
    let supervises = matches!(
        home.me.role.as_str(),
        "role-customs-officer" | "role-regulator"
    );
    let gathers = matches!(
        home.me.role.as_str(),
        "role-warehouse" | "role-shop" | "role-admin" | "role-forwarder"
    );
    let inspects = home.me.role == "role-qc";
    let lends = home.me.role == "role-bank-officer";
    let trades = matches!(
        home.me.role.as_str(),
        "role-admin" | "role-bank-officer" | "role-forwarder" | "role-shop"
    );
    // To a bank, what no checkpoint holds yet is a request; an owner sees both as one list.
    let (requests, pledges): (Vec<PledgeCard>, Vec<PledgeCard>) = home
        .pledges
        .iter()
        .cloned()
        .partition(|pledge| lends && !matches!(pledge.status, EventStatus::Final { .. }));
    let makes = matches!(
        home.me.role.as_str(),
        "role-qc" | "role-admin" | "role-warehouse"
    );
    html! {
        <>
            <Who home={home.clone()} />
            {for home.warnings.iter().map(|one| html! {
                <Banner tone={Tone::Wait} text={line(&m, one)}>
                    if one.key == REFUSED {
                        <div class="row"><a class="button button-quiet" href={Route::Outbox.href()}><Icon mark={Mark::Outbox} />{say!(m, "title-outbox")}</a></div>
                    }
                </Banner>
            })}
            <div class="actions">
                <a class="button button-main action-main" href={Route::Scan.href()}><Icon mark={Mark::Scan} />{say!(m, "action-scan")}</a>
                if makes {
                    <a class="button button-quiet" href={Route::Import.href()}><Icon mark={Mark::File} />{say!(m, "action-import")}</a>
                    <a class="button button-quiet" href={Route::Commission.href()}><Icon mark={Mark::Add} />{say!(m, "action-commission")}</a>
                }
                if gathers {
                    <a class="button button-quiet" href={Route::Assets.href()}><Icon mark={Mark::Unit} />{say!(m, "action-assets")}</a>
                    <a class="button button-quiet" href={Route::Gather.href()}><Icon mark={Mark::Add} />{say!(m, "action-gather")}</a>
                }
                if !inspects && !supervises && !lends {
                    <a class="button button-quiet" href={Route::Receive.href()}><Icon mark={Mark::Handover} />{say!(m, "action-receive")}</a>
                }
            </div>
            <div class="columns">
                <div class="stack-wide">
                    if supervises {
                        <Card title={say!(m, "search-title")}><Search /></Card>
                    }
                    if supervises || !home.holds.is_empty() {
                        <Holds holds={home.holds.clone()} />
                    }
                    if lends {
                        <Pledges title={say!(m, "home-requests")} pledges={requests} none={say!(m, "no-requests")} />
                    }
                    if lends || !pledges.is_empty() {
                        <Pledges title={say!(m, "home-pledges")} {pledges} none={say!(m, "no-pledges")} />
                    }
                    if trades && !home.title_incoming.is_empty() {
                        <Card title={say!(m, "home-title-incoming")} flush={true} aside={count(&m, home.title_incoming.len())}>
                            <ul>{for home.title_incoming.iter().take(ROWS).map(|one| html! { <li><HandoverRow handover={one.clone()} side={Side::Incoming} /></li> })}</ul>
                        </Card>
                    }
                    if inspects {
                        <ToInspect subjects={home.to_inspect.clone()} />
                    }
                    if !(inspects || supervises || lends) || !home.incoming.is_empty() {
                        <Incoming handovers={home.incoming.clone()} />
                    }
                    if !home.outgoing.is_empty() {
                        <Card title={say!(m, "home-outgoing")} flush={true}>
                            <ul>{for home.outgoing.iter().take(ROWS).map(|one| html! { <li><HandoverRow handover={one.clone()} side={Side::Outgoing} /></li> })}</ul>
                        </Card>
                    }
                    if !(supervises || lends) || home.counts.held > 0 {
                        <Held />
                    }
                </div>
                <Activities activity={home.activity.clone()} />
            </div>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct WhoProps {
    home: HomeView,
}

#[component]
fn Who(props: &WhoProps) -> Html {
    let m = use_messages();
    let home = &props.home;
    let (tone, icon, word) = link(&m, &home.link);
    let detail = match &home.link {
        LinkState::Online { checkpoint_ms, .. } => {
            say!(m, "link-as-of", time = time(&m, *checkpoint_ms).as_str())
        }
        LinkState::Connecting => say!(m, "link-connecting-text"),
        LinkState::Offline {
            last_heard_ms: Some(heard),
        } => {
            say!(m, "link-offline-since", time = time(&m, *heard).as_str())
        }
        LinkState::Offline {
            last_heard_ms: None,
        } => say!(m, "link-offline-text"),
    };
    html! {
        <div class="who">
            <div class="grow">
                <p class="who-member">{home.me.member.clone()}</p>
                <p class="soft small">{key(&m, &home.me.role)}{" · "}{home.me.device.clone()}{" · "}{home.me.network.clone()}</p>
            </div>
            <div class="who-link">
                <Status {tone} {icon} {word} />
                <p class="soft small">{detail}</p>
            </div>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct ToInspectProps {
    subjects: Vec<SubjectCard>,
}

#[component]
fn ToInspect(props: &ToInspectProps) -> Html {
    let m = use_messages();
    let all = use_state_eq(|| false);
    let shown = if *all { props.subjects.len() } else { ROWS };
    html! {
        <Card title={say!(m, "home-to-inspect")} flush={true} aside={count(&m, props.subjects.len())}>
            if props.subjects.is_empty() {
                <Empty icon={Mark::Inspect} title={say!(m, "nothing-to-inspect")} text={say!(m, "nothing-to-inspect-text")} />
            } else {
                <ul>{for props.subjects.iter().take(shown).map(|card| html! {
                    <li><SubjectRow card={card.clone()} to={Route::Inspect(card.subject.clone())} /></li>
                })}</ul>
                if props.subjects.len() > shown {
                    <ShowAll count={props.subjects.len()} onall={Callback::from(move |()| all.set(true))} />
                }
            }
        </Card>
    }
}

#[derive(PartialEq, Properties)]
struct IncomingProps {
    handovers: Vec<HandoverCard>,
}

#[component]
fn Incoming(props: &IncomingProps) -> Html {
    let m = use_messages();
    html! {
        <Card title={say!(m, "home-incoming")} flush={true} aside={count(&m, props.handovers.len())}>
            if props.handovers.is_empty() {
                <Empty icon={Mark::Handover} title={say!(m, "nothing-incoming")} text={say!(m, "nothing-incoming-text")} />
            } else {
                <ul>{for props.handovers.iter().take(ROWS).map(|one| html! { <li><HandoverRow handover={one.clone()} side={Side::Incoming} /></li> })}</ul>
                if props.handovers.len() > ROWS {
                    <Lead href={Route::Handovers.href()} icon={Mark::Handover} title={say!(m, "all-handovers")} />
                }
            }
        </Card>
    }
}

#[component]
fn Held() -> Html {
    let m = use_messages();
    let all = use_state_eq(|| false);
    let (recent, retry) = use_remote(Recent { limit: HELD });
    let rows = if *all { usize::MAX } else { ROWS };
    let onall = Callback::from(move |()| all.set(true));
    html! {
        <Card title={say!(m, "home-held")} flush={true}>
            {shown(&m, &recent, &retry, |recent| {
                let loose: Vec<&SubjectCard> = recent.subjects.iter().filter(|card| card.inside.is_none()).collect();
                if loose.is_empty() {
                    return html! { <Empty icon={Mark::Item} title={say!(m, "nothing-held")} text={say!(m, "nothing-held-text")} /> };
                }
                html! {
                    <>
                        <ul>{for loose.iter().take(rows).map(|card| html! { <li><SubjectRow card={(*card).clone()} /></li> })}</ul>
                        if loose.len() > rows {
                            <ShowAll count={loose.len()} onall={onall.clone()} />
                        }
                    </>
                }
            })}
        </Card>
    }
}

#[derive(PartialEq, Properties)]
struct ActivitiesProps {
    activity: Vec<Activity>,
}

#[component]
fn Activities(props: &ActivitiesProps) -> Html {
    let m = use_messages();
    let all = use_state_eq(|| false);
    let shown = if *all { props.activity.len() } else { ROWS };
    let rows = props.activity.iter().take(shown).map(|one| {
        let (tone, icon, word) = status(&m, &one.status);
        let why = match &one.status {
            EventStatus::Refused(problem) => Some(failure(&m, problem)),
            _ => None,
        };
        html! {
            <li class="deed-row">
                <p>{line(&m, &one.line)}</p>
                <p class="row-apart">
                    <span class="soft small">{time(&m, one.time_ms)}</span>
                    <Status {tone} {icon} {word} />
                </p>
                if let Some(why) = why {
                    <p class="small">{why}</p>
                }
            </li>
        }
    });
    html! {
        <Card title={say!(m, "home-activity")} flush={true}>
            if props.activity.is_empty() {
                <Empty icon={Mark::Clock} title={say!(m, "nothing-signed")} text={say!(m, "nothing-signed-text")} />
            } else {
                <ul>{for rows}</ul>
                if props.activity.len() > shown {
                    <ShowAll count={props.activity.len()} onall={Callback::from(move |()| all.set(true))} />
                }
            }
        </Card>
    }
}

fn count(m: &Messages, count: usize) -> Html {
    html! { <span class="count">{m.show(&count.into())}</span> }
}
