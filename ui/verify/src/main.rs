//! The consumer page.

use yew::prelude::*;

#[component]
fn Page() -> Html {
    html! { <h1>{ "Chopmark" }</h1> }
}

fn main() {
    yew::Renderer::<Page>::new().render();
}
