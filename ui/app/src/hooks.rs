//! What pages hook into: the app's state, sentences, data of the client.

use chopmark_kit::{APP, Messages};
use chopmark_view::{Command, Failure};
use gloo_events::EventListener;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::Awake;
use crate::state::{Route, State};

/// The app's state and the way to change it.
pub(crate) type App = UseReducerHandle<State>;

/// The app's state.
///
/// Outside of the app's root there is none; no component is drawn there.
#[hook]
pub(crate) fn use_app() -> App {
    #[expect(
        clippy::expect_used,
        reason = "the root provides it around everything that is drawn"
    )]
    use_context::<App>().expect("the app's root provides the state")
}

/// The sentences in the person's language.
#[hook]
pub(crate) fn use_messages() -> Messages {
    Messages::new(&APP, use_app().settings.language)
}

/// Data that comes from the client.
#[derive(PartialEq)]
pub(crate) struct Remote<T> {
    /// What was shown last; stays while newer data are on their way.
    pub(crate) value: Option<Rc<T>>,
    /// Why the newest try failed.
    pub(crate) problem: Option<Failure>,
}

impl<T> Clone for Remote<T> {
    fn clone(&self) -> Self {
        Self {
            value: self.value.clone(),
            problem: self.problem.clone(),
        }
    }
}

/// Asks the client now, whenever the command changes and whenever the replica did; the
/// callback asks again.
#[hook]
pub(crate) fn use_remote<C>(command: C) -> (Remote<C::Reply>, Callback<()>)
where
    C: Command + 'static,
    C::Reply: PartialEq + 'static,
{
    let version = use_app().version;
    let remote = use_state_eq(|| Remote {
        value: None,
        problem: None,
    });
    let attempt = use_state(|| 0_u32);
    let asked = serde_json::to_string(&command).unwrap_or_default();
    let shown_for = use_mut_ref(String::new);
    {
        let (remote, shown_for) = (remote.clone(), shown_for.clone());
        use_effect_with((asked, version, *attempt), move |(asked, ..)| {
            let is_current = Rc::new(std::cell::Cell::new(true));
            // Another subject's data must not stand under this one's name.
            let kept = if *shown_for.borrow() == *asked {
                remote.value.clone()
            } else {
                None
            };
            shown_for.borrow_mut().clone_from(asked);
            if kept.is_none() {
                remote.set(Remote {
                    value: None,
                    problem: None,
                });
            }
            let current = is_current.clone();
            spawn_local(async move {
                let answer = bridge::call(&command).await;
                if current.get() {
                    remote.set(match answer {
                        Ok(value) => Remote {
                            value: Some(Rc::new(value)),
                            problem: None,
                        },
                        Err(problem) => Remote {
                            value: kept,
                            problem: Some(problem),
                        },
                    });
                }
            });
            move || is_current.set(false)
        });
    }
    let retry = Callback::from(move |()| attempt.set(*attempt + 1));
    ((*remote).clone(), retry)
}

/// Keeps the screen on while the component is drawn: nobody taps while codes are shown or
/// scanned. Systems end it whenever the app is out of sight, so it is asked for again.
#[hook]
pub(crate) fn use_awake() {
    use_effect_with((), |()| {
        let held = Rc::new(RefCell::new(Awake::hold()));
        let again = held.clone();
        let listener = web_sys::window()
            .and_then(|window| window.document())
            .map(|document| {
                EventListener::new(&document, "visibilitychange", move |_| {
                    *again.borrow_mut() = Awake::hold();
                })
            });
        move || {
            drop(listener);
            held.borrow_mut().take();
        }
    });
}

/// Goes to another page.
pub(crate) fn go(route: &Route) {
    if let Some(window) = web_sys::window() {
        // Fails for no address that `href` can write.
        let _ = window.location().set_hash(&route.href());
    }
}

/// Goes to another page that takes this one's place in the history: back does not return
/// to a form that was signed.
pub(crate) fn go_instead(route: &Route) {
    if let Some(window) = web_sys::window() {
        let _ = window.location().replace(&route.href());
    }
}
