//! The field app's screens.

use yew::prelude::*;

#[component]
fn App() -> Html {
    html! { <h1>{ "Chopmark" }</h1> }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
