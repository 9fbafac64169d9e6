use chopmark_view::{Action, Signed};
use yew::prelude::*;

use super::SignFlow;

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
