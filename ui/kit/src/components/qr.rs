use yew::prelude::*;

/// Properties of [`QrCode`].
#[derive(PartialEq, Properties)]
pub struct QrProps {
    /// Side in modules, quiet zone included.
    pub size: u32,
    /// The dark modules as an SVG path.
    pub path: AttrValue,
    /// What it holds, for who cannot see it.
    pub label: AttrValue,
}

/// A QR code: black on white in every theme.
#[component]
pub fn QrCode(props: &QrProps) -> Html {
    html! {
        <svg class="qr" viewBox={format!("0 0 {0} {0}", props.size)} role="img" aria-label={props.label.clone()} shape-rendering="crispEdges">
            <path d={props.path.clone()} />
        </svg>
    }
}
