use chopmark_kit::{Icon, Mark, Status, Tone};
use chopmark_view::JourneyStep;
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::state::Route;
use crate::words::{line, say, status};

/// Properties of [`WasCorrected`].
#[derive(PartialEq, Properties)]
pub(crate) struct WasCorrectedProps {
    pub(crate) step: JourneyStep,
}

/// That a step was corrected, why, and where the correction stands.
#[component]
pub(crate) fn WasCorrected(props: &WasCorrectedProps) -> Html {
    let m = use_messages();
    let Some(corrected) = &props.step.corrected else {
        return html! {};
    };
    let (_, _, standing) = status(&m, &corrected.status);
    let word = format!("{} · {standing}", line(&m, &corrected.line));
    html! { <p><Status tone={Tone::Wait} icon={Mark::Undo} {word} /></p> }
}

/// Properties of [`MayCorrect`].
#[derive(PartialEq, Properties)]
pub(crate) struct MayCorrectProps {
    pub(crate) step: JourneyStep,
    /// The subject whose page it is.
    pub(crate) subject: String,
}

/// The way to correct a step, folded away: nearly always what was signed is right.
#[component]
pub(crate) fn MayCorrect(props: &MayCorrectProps) -> Html {
    let m = use_messages();
    if !props.step.may_correct {
        return html! {};
    }
    let to = Route::Correct {
        record: props.step.record.clone(),
        subject: props.subject.clone(),
    };
    html! {
        <details>
            <summary class="summary soft small">{say!(m, "correct-ask")}</summary>
            <div class="stack">
                <p class="soft small">{say!(m, "correct-text")}</p>
                <a class="button button-quiet" href={to.href()}><Icon mark={Mark::Undo} />{say!(m, "action-correct")}</a>
            </div>
        </details>
    }
}
