//! The root: state, address, live updates; draws the page that the state names.

use chopmark_view::{Failure, Home, Stage, Status, Towards, Watch};
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::{current_hash, read_settings, show_settings, write_settings};
use crate::hooks::App as Handle;
use crate::pages::{self, Deals, Says};
use crate::parts::Frame;
use crate::state::{Event, Route, State};

/// How long to wait after the client did not answer.
const RETRY_MS: u32 = 2_000;

/// The app.
#[component]
pub(crate) fn App() -> Html {
    let app: Handle = use_reducer(|| State::new(read_settings(), Route::parse(&current_hash())));
    use_address(&app);
    use_settings(&app);
    use_live_updates(&app);
    html! {
        <ContextProvider<Handle> context={app.clone()}>
            <Page />
        </ContextProvider<Handle>>
    }
}

#[component]
fn Page() -> Html {
    let app = crate::hooks::use_app();
    let stage = app.status.as_ref().map(|status| &status.stage);
    match stage {
        None => html! { <pages::Starting /> },
        Some(Stage::New) => html! { <pages::FirstRun /> },
        Some(Stage::Locked { .. }) => html! { <pages::Unlock /> },
        Some(Stage::Open) => html! { <Frame>{page(&app.route)}</Frame> },
    }
}

/// Every page has a key, so that one subject's form never shows under another's name.
fn page(route: &Route) -> Html {
    let key = route.href();
    match route.clone() {
        Route::Home => html! { <pages::Home {key} /> },
        Route::Scan => html! { <pages::Scan {key} /> },
        Route::Receive => html! { <pages::Receive {key} /> },
        Route::Subject(subject) => html! { <pages::Subject {key} {subject} /> },
        Route::Commission => html! { <pages::Commission {key} /> },
        Route::Assets => html! { <pages::Assets {key} /> },
        Route::Import => html! { <pages::Import {key} /> },
        Route::Labels(subjects) => html! { <pages::Labels {key} {subjects} /> },
        Route::Offer(subject) => html! { <pages::Offer {key} {subject} /> },
        Route::Accept(offer) => html! { <pages::Accept {key} {offer} /> },
        Route::Frames(record) => html! { <pages::Frames {key} {record} /> },
        Route::Inspect(subject) => html! { <pages::Inspect {key} {subject} /> },
        Route::Gather => html! { <pages::Gather {key} /> },
        Route::Activities(subject) => html! { <pages::Activities {key} {subject} /> },
        Route::Deed {
            activity,
            asks,
            subject,
        } => html! { <pages::Deed {key} {activity} {asks} {subject} /> },
        Route::Decline(offer) => {
            html! { <pages::Answer {key} {offer} says={Says::Decline} /> }
        }
        Route::TakeTitle(offer) => {
            html! { <pages::Answer {key} {offer} says={Says::TakeTitle} /> }
        }
        Route::DeclineTitle(offer) => {
            html! { <pages::Answer {key} {offer} says={Says::DeclineTitle} /> }
        }
        Route::OfferTitle(subject) => {
            html! { <pages::Deal {key} {subject} deals={Deals::Title} /> }
        }
        Route::Pledge(subject) => {
            html! { <pages::Deal {key} {subject} deals={Deals::Pledge} /> }
        }
        Route::Release(subject) => {
            html! { <pages::Deal {key} {subject} deals={Deals::Release} /> }
        }
        Route::OfferCode(subject) => html! { <pages::OfferCode {key} {subject} /> },
        Route::PickUp(offer) => html! { <pages::PickUp {key} {offer} /> },
        Route::Bind(subject) => html! { <pages::Bind {key} {subject} /> },
        Route::Unbind(subject) => html! { <pages::Unbind {key} {subject} /> },
        Route::Pack(subject) => html! { <pages::Pack {key} {subject} /> },
        Route::Transform(subject) => html! { <pages::Transform {key} {subject} /> },
        Route::Unpack(container) => html! { <pages::Unpack {key} {container} /> },
        Route::Recall(subject) => {
            html! { <pages::Recall {key} {subject} towards={Towards::Descendants} /> }
        }
        Route::Origins(subject) => {
            html! { <pages::Recall {key} {subject} towards={Towards::Origins} /> }
        }
        Route::Paper {
            act,
            section,
            subject,
        } => html! { <pages::Paper {key} {act} {section} {subject} /> },
        Route::Correct { record, subject } => {
            html! { <pages::Correct {key} {record} {subject} /> }
        }
        Route::Handovers => html! { <pages::Handovers {key} /> },
        Route::Outbox => html! { <pages::Outbox {key} /> },
        Route::Settings => html! { <pages::Settings {key} /> },
    }
}

#[hook]
fn use_address(app: &Handle) {
    let dispatch = app.dispatcher();
    use_effect_with((), move |()| {
        let listener = web_sys::window().map(|window| {
            EventListener::new(&window, "hashchange", move |_| {
                dispatch.dispatch(Event::Went(Route::parse(&current_hash())));
            })
        });
        move || drop(listener)
    });
}

#[hook]
fn use_settings(app: &Handle) {
    use_effect_with(app.settings, |settings| {
        show_settings(*settings);
        write_settings(*settings);
    });
}

/// Asks how far the device is, then, while it is open, waits for changes and fetches what
/// the bars above every page show.
#[hook]
fn use_live_updates(app: &Handle) {
    let dispatch = app.dispatcher();
    let stage = match (&app.status, app.is_open()) {
        (None, _) => Watching::Status,
        (Some(_), true) => Watching::Replica,
        (Some(_), false) => Watching::Nothing,
    };
    use_effect_with(stage, move |stage| {
        let live = Live {
            dispatch,
            running: Rc::new(Cell::new(true)),
        };
        let running = live.running.clone();
        let stage = *stage;
        spawn_local(async move {
            match stage {
                Watching::Status => live.watch_status().await,
                Watching::Replica => live.watch_replica().await,
                Watching::Nothing => {}
            }
        });
        move || running.set(false)
    });
}

#[derive(Clone, Copy, PartialEq)]
enum Watching {
    /// Until the client answers for the first time.
    Status,
    /// While the replica is open.
    Replica,
    /// While the person joins or unlocks, which tells by itself when it is done.
    Nothing,
}

/// A loop that ends when the app moves on to another stage.
struct Live {
    dispatch: UseReducerDispatcher<State>,
    running: Rc<Cell<bool>>,
}

impl Live {
    async fn watch_status(&self) {
        while self.running.get() {
            match bridge::call(&Status {}).await {
                Ok(status) => return self.tell(Event::Status(status)),
                Err(failure) => self.tell(Event::Trouble(failure)),
            }
            TimeoutFuture::new(RETRY_MS).await;
        }
    }

    async fn watch_replica(&self) {
        let mut version = 0;
        while self.running.get() {
            if let Err(failure) = self.round(&mut version).await {
                self.tell(Event::Trouble(failure));
                TimeoutFuture::new(RETRY_MS).await;
                // Perhaps the client was restarted and is locked now.
                if let Ok(status) = bridge::call(&Status {}).await {
                    self.tell(Event::Status(status));
                }
            }
        }
    }

    async fn round(&self, version: &mut u64) -> Result<(), Failure> {
        let home = bridge::call(&Home {}).await?;
        self.tell(Event::Home(Rc::new(home)));
        *version = bridge::call(&Watch { since: *version }).await?.version;
        self.tell(Event::Version(*version));
        Ok(())
    }

    fn tell(&self, event: Event) {
        if self.running.get() {
            self.dispatch.dispatch(event);
        }
    }
}
