use chopmark_view::{Action, Signed};
use yew::prelude::*;

use super::SignFlow;
use crate::hooks::use_app;
use crate::state::Event;

/// How far a form is that ends in a signature.
#[derive(Clone, PartialEq)]
pub(crate) enum Step {
    /// It is being filled in.
    Form,
    /// What will be signed is shown in words.
    Sign(Action),
    /// It is signed and on disk.
    Done(Signed),
}

/// The steps of a form about one subject or, without one, about the scanned list: what was signed
/// about has left the list, and the next scan begins a new one.
#[hook]
pub(crate) fn use_steps(subject: Option<&String>) -> UseStateHandle<Step> {
    let step = use_state_eq(|| Step::Form);
    let dispatch = use_app().dispatcher();
    let ends = subject.is_none() && matches!(&*step, Step::Done(_));
    use_effect_with(ends, move |ends| {
        if *ends {
            dispatch.dispatch(Event::GatheringEnded);
        }
    });
    step
}

/// Shows what will be signed; goes on to [`Step::Done`], or back to the form.
pub(crate) fn sign(step: &UseStateHandle<Step>, action: &Action) -> Html {
    let onsigned = {
        let step = step.clone();
        Callback::from(move |signed| step.set(Step::Done(signed)))
    };
    let onback = {
        let step = step.clone();
        Callback::from(move |()| step.set(Step::Form))
    };
    html! { <SignFlow action={action.clone()} {onsigned} {onback} /> }
}
