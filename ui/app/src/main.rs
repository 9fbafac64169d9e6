//! The field app's screens.
//!
//! | module | does |
//! | --- | --- |
//! | `state` | decides: a pure reducer, routes, and what counts as a read code; tested natively |
//! | `bridge` | the only place that calls the client's commands |
//! | `device` | the browser's camera, files, sound, printer |
//! | `words` | sentences from keys |
//! | `parts` | what several pages draw |
//! | `pages` | one file a page |

mod app;
mod bridge;
mod device;
mod hooks;
mod pages;
mod parts;
mod state;
mod words;

fn main() {
    yew::Renderer::<app::App>::new().render();
}
