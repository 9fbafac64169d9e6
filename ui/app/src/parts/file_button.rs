use chopmark_kit::{Icon, Mark};
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

/// Properties of [`FileButton`].
#[derive(PartialEq, Properties)]
pub(crate) struct FileButtonProps {
    pub(crate) label: AttrValue,
    /// Media types, as the attribute `accept` wants them.
    pub(crate) accept: AttrValue,
    pub(crate) onfile: Callback<File>,
    #[prop_or(Mark::File)]
    pub(crate) icon: Mark,
    #[prop_or_default]
    pub(crate) disabled: bool,
}

/// Takes a file; looks like a button, works like the browser's own control.
#[component]
pub(crate) fn FileButton(props: &FileButtonProps) -> Html {
    let onchange = props.onfile.clone();
    let onchange = Callback::from(move |event: Event| {
        let input = event.target_unchecked_into::<HtmlInputElement>();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            onchange.emit(file);
        }
        // The same file can be chosen again after a failure.
        input.set_value("");
    });
    html! {
        <label class={classes!("button", "button-quiet", "file-button", props.disabled.then_some("file-button-off"))}>
            <Icon mark={props.icon} />
            <span>{props.label.clone()}</span>
            <input type="file" class="unseen" accept={props.accept.clone()} disabled={props.disabled} {onchange} />
        </label>
    }
}
