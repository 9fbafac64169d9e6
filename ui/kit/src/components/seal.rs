use yew::prelude::*;

/// How large the seal is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SealSize {
    /// In a bar.
    #[default]
    Small,
    /// On the first page.
    Large,
}

/// Properties of [`Seal`].
#[derive(PartialEq, Properties)]
pub struct SealProps {
    /// How large.
    #[prop_or_default]
    pub size: SealSize,
}

/// The struck chopmark: a vermilion seal, cut with a tick inside a frame, its corners worn
/// as a seal stone's are. Decoration: the name stands beside it.
#[component]
pub fn Seal(props: &SealProps) -> Html {
    let large = (props.size == SealSize::Large).then_some("seal-large");
    html! {
        <svg class={classes!("seal", large)} viewBox="0 0 64 64" aria-hidden="true" focusable="false">
            <path class="seal-ground" d="M9 3.5 31 2.5 54 3.2q7 .4 7.2 7L61.8 33 61 54.5q-.4 6.6-7 6.8L31.5 61.8 9.6 61q-6.6-.5-6.8-7L2.3 31 3 10q.3-6.2 6-6.5z" />
            <path class="seal-cut" stroke-width="3.2" d="M13 12.5 50.5 12l1 19.5-.6 20L32 52l-19.5-.8-.4-19z" />
            <path class="seal-cut" stroke-width="6.5" d="M22 33.5l7.5 7.7L43 23.5" />
        </svg>
    }
}
