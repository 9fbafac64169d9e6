//! The consumer page: what is behind the QR code on a label.
//!
//! It asks two members' gateways for the history of one code, verifies it in the browser, and
//! says one word about it. Nothing that it fetches is believed unverified, and no answer that is
//! missing counts for anything.
//!
//! `visit` reads the address, `ask` fetches, `proof` has `core` verify, `verdict` and `compare`
//! judge, `examine` ties these together, `page` draws.

mod answer;
mod ask;
mod compare;
mod examine;
mod failure;
mod memory;
mod network;
mod owner;
mod page;
mod photo;
mod proof;
mod standing;
#[cfg(test)]
mod testing;
mod verdict;
mod visit;

fn main() {
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("page"));
    match root {
        Some(root) => yew::Renderer::<page::Page>::with_root(root).render(),
        None => yew::Renderer::<page::Page>::new().render(),
    };
}
