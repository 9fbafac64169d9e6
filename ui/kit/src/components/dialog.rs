use web_sys::HtmlDialogElement;
use yew::prelude::*;

use super::{Button, ButtonKind, Mark};

/// Properties of [`Dialog`].
#[derive(PartialEq, Properties)]
pub struct DialogProps {
    /// Its heading.
    pub title: AttrValue,
    /// What its close button says.
    pub close: AttrValue,
    /// The person closed it: by the button or with Escape.
    pub onclose: Callback<()>,
    /// What it holds.
    pub children: Children,
}

/// A dialog over the page while it is drawn: a sheet from below on phones. The browser's
/// own element keeps the focus inside and gives it back.
#[component]
pub fn Dialog(props: &DialogProps) -> Html {
    let node = use_node_ref();
    {
        let node = node.clone();
        use_effect_with((), move |()| {
            let dialog = node.cast::<HtmlDialogElement>();
            if let Some(dialog) = &dialog {
                // Fails only where it is open already, which is what is wanted.
                let _ = dialog.show_modal();
            }
            move || {
                if let Some(dialog) = dialog {
                    dialog.close();
                }
            }
        });
    }
    let oncancel = props.onclose.reform(|event: Event| event.prevent_default());
    html! {
        <dialog ref={node} class="dialog" aria-label={props.title.clone()} {oncancel}>
            <div class="dialog-body">
                <div class="row-apart">
                    <h2>{props.title.clone()}</h2>
                    <Button kind={ButtonKind::IconOnly} icon={Mark::Close} label={props.close.clone()} onclick={props.onclose.clone()} />
                </div>
                {props.children.clone()}
            </div>
        </dialog>
    }
}
