use chopmark_kit::{
    Badge, Banner, Mark, Seal, SealSize, Tab, TabBar, Toast, Toasts, Tone, TopBar, Value,
};
use chopmark_view::LinkState;
use web_sys::{FocusOptions, HtmlElement};
use yew::prelude::*;

use crate::hooks::{use_app, use_messages};
use crate::state::{Event, Route};
use crate::words::{failure, say};

/// Properties of [`Frame`].
#[derive(PartialEq, Properties)]
pub(crate) struct FrameProps {
    pub(crate) children: Children,
}

/// The bars around every page of an open device, what must not be missed, and the page.
#[component]
pub(crate) fn Frame(props: &FrameProps) -> Html {
    let app = use_app();
    let m = use_messages();
    let main = use_node_ref();
    let title = title(&m, &app.route);
    {
        // A new page begins at its top, for eyes and for screen readers.
        let (main, title) = (main.clone(), title.clone());
        use_effect_with(app.route.clone(), move |_| {
            if let Some(window) = web_sys::window() {
                window.scroll_to_with_x_and_y(0.0, 0.0);
                if let Some(document) = window.document() {
                    document.set_title(&format!("{title} · Chopmark"));
                }
            }
            focus(&main);
        });
    }
    let back = app
        .route
        .up()
        .map(|route| (AttrValue::from(route.href()), say!(m, "action-back")));
    let wide = matches!(
        app.route,
        Route::Home
            | Route::Subject(_)
            | Route::Outbox
            | Route::Handovers
            | Route::Labels(_)
            | Route::Activities(_)
            | Route::Recall(_)
            | Route::Origins(_)
    );
    let skip = {
        let main = main.clone();
        Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            focus(&main);
        })
    };
    html! {
        <div class="frame frame-tabs">
            <button type="button" class="button button-main skip" onclick={skip}>{say!(m, "action-skip")}</button>
            <TopBar {title} {back}><OutboxBadge /></TopBar>
            <main ref={main} class={classes!("main", wide.then_some("main-wide"))} tabindex="-1">
                <Standing />
                {props.children.clone()}
            </main>
            <TabBar label={say!(m, "tabs-label")} tabs={tabs(&m, &app.route)} />
            <Notices />
        </div>
    }
}

/// A page of a device that is not open: no bars, only the seal.
#[component]
pub(crate) fn Bare(props: &FrameProps) -> Html {
    let app = use_app();
    let m = use_messages();
    html! {
        <div class="frame">
            <main class="main bare">
                <div class="brand">
                    <Seal size={SealSize::Large} />
                    <h1>{"Chopmark"}</h1>
                    <p class="soft">{say!(m, "brand-line")}</p>
                </div>
                if let Some(trouble) = &app.trouble {
                    <Banner tone={Tone::Bad} text={failure(&m, trouble)} />
                }
                {props.children.clone()}
            </main>
            <Notices />
        </div>
    }
}

/// What must not be missed on any page: no answer from inside, no network, refusals.
#[component]
fn Standing() -> Html {
    let app = use_app();
    let m = use_messages();
    let offline = app
        .home
        .as_ref()
        .is_some_and(|home| matches!(home.link, LinkState::Offline { .. }));
    html! {
        <>
            if let Some(trouble) = &app.trouble {
                <Banner tone={Tone::Bad} text={failure(&m, trouble)} />
            } else if offline && app.route != Route::Home {
                <p class="strip"><chopmark_kit::Icon mark={Mark::Offline} class="icon-small" />{say!(m, "offline-strip")}</p>
            }
        </>
    }
}

#[component]
fn OutboxBadge() -> Html {
    let app = use_app();
    let m = use_messages();
    let counts = app
        .home
        .as_ref()
        .map(|home| home.counts)
        .unwrap_or_default();
    let tone = match (counts.refused, counts.unsent) {
        (0, 0) => Tone::Good,
        (0, _) => Tone::Wait,
        _ => Tone::Bad,
    };
    let icon = match tone {
        Tone::Good => Mark::Check,
        Tone::Bad => Mark::Refused,
        _ => Mark::Outbox,
    };
    // Holds the number as it is seen, for who speaks to the device.
    let mut label = say!(m, "outbox-label", count = counts.unsent).to_string();
    if counts.refused > 0 {
        label = format!(
            "{label}, {}",
            say!(m, "outbox-badge-refused", count = counts.refused)
        );
    }
    html! {
        <Badge href={Route::Outbox.href()} {icon} count={m.show(&Value::Number(counts.unsent))} {label} {tone} />
    }
}

#[component]
fn Notices() -> Html {
    let app = use_app();
    let m = use_messages();
    let toasts: Vec<Toast> = app
        .notices
        .iter()
        .map(|notice| Toast {
            id: notice.id,
            tone: notice.tone,
            text: notice.text.clone(),
        })
        .collect();
    let onclose = {
        let dispatch = app.dispatcher();
        Callback::from(move |id| dispatch.dispatch(Event::Closed(id)))
    };
    {
        // Long enough to read a sentence; failures stay until they are closed.
        let dispatch = app.dispatcher();
        let passing = app
            .notices
            .iter()
            .find(|notice| notice.tone != Tone::Bad)
            .map(|notice| notice.id);
        use_effect_with(passing, move |passing| {
            let timer = passing.map(|id| {
                gloo_timers::callback::Timeout::new(6_000, move || {
                    dispatch.dispatch(Event::Closed(id))
                })
            });
            move || drop(timer)
        });
    }
    html! { <Toasts {toasts} close={say!(m, "action-close")} {onclose} /> }
}

/// Moves the focus without scrolling: the bar above would cover the page's first lines.
fn focus(main: &NodeRef) {
    if let Some(main) = main.cast::<HtmlElement>() {
        let options = FocusOptions::new();
        options.set_prevent_scroll(true);
        // An element of the page takes the focus.
        let _ = main.focus_with_options(&options);
    }
}

fn tabs(m: &chopmark_kit::Messages, route: &Route) -> Vec<Tab> {
    let tab = |to: Route, icon: Mark, label: AttrValue| Tab {
        current: route.root() == to,
        href: to.href().into(),
        icon,
        label,
    };
    vec![
        tab(Route::Home, Mark::Home, say!(m, "tab-home")),
        tab(Route::Scan, Mark::Scan, say!(m, "tab-scan")),
        tab(Route::Handovers, Mark::Handover, say!(m, "tab-handovers")),
        tab(Route::Settings, Mark::Settings, say!(m, "tab-settings")),
    ]
}

fn title(m: &chopmark_kit::Messages, route: &Route) -> AttrValue {
    match route {
        Route::Home => AttrValue::from("Chopmark"),
        Route::Scan => say!(m, "title-scan"),
        Route::Receive => say!(m, "title-receive"),
        Route::Subject(_) => say!(m, "title-subject"),
        Route::Commission => say!(m, "title-commission"),
        Route::Import => say!(m, "title-import"),
        Route::Assets => say!(m, "title-assets"),
        Route::Transform(_) => say!(m, "title-transform"),
        Route::Labels(_) => say!(m, "title-labels"),
        Route::Offer(_) => say!(m, "title-offer"),
        Route::Accept(_) => say!(m, "title-accept"),
        Route::Frames(_) => say!(m, "title-frames"),
        Route::Inspect(_) => say!(m, "title-inspect"),
        Route::Gather => say!(m, "title-gather"),
        Route::Activities(_) => say!(m, "title-activities"),
        Route::Deed { .. } => say!(m, "title-deed"),
        Route::Decline(_) => say!(m, "title-decline"),
        Route::TakeTitle(_) => say!(m, "title-take-title"),
        Route::DeclineTitle(_) => say!(m, "title-decline-title"),
        Route::OfferTitle(_) => say!(m, "title-offer-title"),
        Route::Pledge(_) => say!(m, "title-pledge"),
        Route::Release(_) => say!(m, "title-release"),
        Route::OfferCode(_) => say!(m, "title-offer-code"),
        Route::PickUp(_) => say!(m, "title-pick-up"),
        Route::Bind(_) => say!(m, "title-bind"),
        Route::Unbind(_) => say!(m, "title-unbind"),
        Route::Pack(_) => say!(m, "title-pack"),
        Route::Unpack(_) => say!(m, "title-unpack"),
        Route::Recall(_) | Route::Origins(_) => say!(m, "title-recall"),
        Route::Paper { .. } => say!(m, "title-paper"),
        Route::Correct { .. } => say!(m, "title-correct"),
        Route::Handovers => say!(m, "title-handovers"),
        Route::Outbox => say!(m, "title-outbox"),
        Route::Settings => say!(m, "title-settings"),
    }
}
