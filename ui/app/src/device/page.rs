//! The page itself: address, language and colours of the document, storage, printing.

use chopmark_kit::Language;
use js_sys::{Array, Uint8Array};
use wasm_bindgen::JsCast;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Storage};

use crate::state::{Settings, Theme};

const LANGUAGE_KEY: &str = "chopmark-language";
const THEME_KEY: &str = "chopmark-theme";

/// The part of the address that names the page.
pub(crate) fn current_hash() -> String {
    web_sys::window()
        .and_then(|window| window.location().hash().ok())
        .unwrap_or_default()
}

/// What the person set on this device before; else what the system prefers.
pub(crate) fn read_settings() -> Settings {
    let stored = |key: &str| storage().and_then(|storage| storage.get_item(key).ok().flatten());
    let language = match stored(LANGUAGE_KEY) {
        Some(tag) => Language::best_for(&tag),
        None => Language::best_for(
            &web_sys::window()
                .and_then(|window| window.navigator().language())
                .unwrap_or_default(),
        ),
    };
    Settings {
        language,
        theme: Theme::by_name(&stored(THEME_KEY).unwrap_or_default()),
    }
}

/// Keeps the settings for the next start.
pub(crate) fn write_settings(settings: Settings) {
    if let Some(storage) = storage() {
        // Private windows have no room; then the setting lasts until the app is closed.
        let _ = storage.set_item(LANGUAGE_KEY, settings.language.tag());
        let _ = storage.set_item(THEME_KEY, settings.theme.name());
    }
}

/// Gives the document its language and colours.
pub(crate) fn show_settings(settings: Settings) {
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.document_element());
    if let Some(root) = root {
        // Both names are valid attributes.
        let _ = root.set_attribute("lang", settings.language.tag());
        let _ = root.set_attribute("data-theme", settings.theme.name());
    }
}

/// Opens the system's print dialog; `css/print.css` says what is printed.
pub(crate) fn print() {
    if let Some(window) = web_sys::window() {
        // Fails in a frame that may not print; the sheet can be saved instead.
        let _ = window.print();
    }
}

/// An address for bytes, for images and downloads; it ends when this is dropped.
#[derive(Debug, PartialEq)]
pub(crate) struct Url(String);

impl Url {
    /// An address for bytes of a media type.
    pub(crate) fn of_bytes(bytes: &[u8], media_type: &str) -> Option<Self> {
        let options = BlobPropertyBag::new();
        options.set_type(media_type);
        let parts = Array::of1(&Uint8Array::from(bytes));
        Self::of_blob(&Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?)
    }

    /// An address for a blob or a file.
    pub(crate) fn of_blob(blob: &Blob) -> Option<Self> {
        web_sys::Url::create_object_url_with_blob(blob)
            .ok()
            .map(Self)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for Url {
    fn drop(&mut self) {
        let _ = web_sys::Url::revoke_object_url(&self.0);
    }
}

/// Offers bytes as a file to save.
pub(crate) fn save_file(name: &str, text: &str, media_type: &str) -> Option<()> {
    let url = Url::of_bytes(text.as_bytes(), media_type)?;
    let document = web_sys::window()?.document()?;
    let link: HtmlAnchorElement = document.create_element("a").ok()?.dyn_into().ok()?;
    link.set_href(url.as_str());
    link.set_download(name);
    document.body()?.append_child(&link).ok()?;
    link.click();
    link.remove();
    // The browser reads the address after the click has been handled.
    gloo_timers::callback::Timeout::new(10_000, move || drop(url)).forget();
    Some(())
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok().flatten()
}
