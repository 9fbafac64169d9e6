use chopmark_kit::{Card, Empty, Icon, Loading, Mark};
use chopmark_view::HandoverCard;
use yew::prelude::*;

use crate::hooks::{use_app, use_messages};
use crate::parts::{HandoverRow, Side};
use crate::state::Route;
use crate::words::say;

/// All hand-overs that wait, both ways.
#[component]
pub(crate) fn Handovers() -> Html {
    let app = use_app();
    let m = use_messages();
    let Some(home) = &app.home else {
        return html! { <Loading text={say!(m, "loading")} /> };
    };
    let list = |handovers: &[HandoverCard], side: Side| {
        html! { <ul>{for handovers.iter().map(|one| html! { <li><HandoverRow handover={one.clone()} {side} /></li> })}</ul> }
    };
    html! {
        <>
            <div class="actions">
                <a class="button button-main" href={Route::Receive.href()}><Icon mark={Mark::Scan} />{say!(m, "action-receive")}</a>
            </div>
            <div class="columns">
                <Card title={say!(m, "home-incoming")} flush={true}>
                    if home.incoming.is_empty() {
                        <Empty icon={Mark::Handover} title={say!(m, "nothing-incoming")} text={say!(m, "nothing-incoming-text")} />
                    } else {
                        {list(&home.incoming, Side::Incoming)}
                    }
                </Card>
                <Card title={say!(m, "home-outgoing")} flush={true}>
                    if home.outgoing.is_empty() {
                        <Empty icon={Mark::Handover} title={say!(m, "nothing-outgoing")} text={say!(m, "nothing-outgoing-text")} />
                    } else {
                        {list(&home.outgoing, Side::Outgoing)}
                    }
                </Card>
                if !home.title_incoming.is_empty() {
                    <Card title={say!(m, "home-title-incoming")} flush={true}>{list(&home.title_incoming, Side::Incoming)}</Card>
                }
                if !home.title_outgoing.is_empty() {
                    <Card title={say!(m, "home-title-outgoing")} flush={true}>{list(&home.title_outgoing, Side::Outgoing)}</Card>
                }
                if !home.lapsed.is_empty() {
                    <Card title={say!(m, "home-lapsed")} flush={true}>{list(&home.lapsed, Side::Lapsed)}</Card>
                }
            </div>
        </>
    }
}
