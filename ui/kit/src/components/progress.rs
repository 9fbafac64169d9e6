use yew::prelude::*;

/// Properties of [`Progress`].
#[derive(PartialEq, Properties)]
pub struct ProgressProps {
    /// What is going on.
    pub label: AttrValue,
    /// Done so far.
    pub done: u64,
    /// All of it.
    pub total: u64,
    /// How far in words: "3 of 7".
    pub words: AttrValue,
}

/// How far long work is, as a bar and in words.
#[component]
pub fn Progress(props: &ProgressProps) -> Html {
    html! {
        <div class="progress">
            <div class="row-apart">
                <span>{props.label.clone()}</span>
                <span class="soft" aria-live="polite">{props.words.clone()}</span>
            </div>
            <progress class="progress-bar" aria-label={props.label.clone()}
                value={props.done.min(props.total).to_string()} max={props.total.max(1).to_string()}></progress>
        </div>
    }
}
