use tauri::WebviewWindow;
use webkit2gtk::glib::prelude::*;
use webkit2gtk::{
    PermissionRequestExt as _, SettingsExt as _, UserMediaPermissionRequest, WebViewExt as _,
};

/// Where the window's own pages live on Linux.
const OWN_ORIGIN: &str = "tauri://localhost/";

/// WebKitGTK has cameras off by default. They are on for the app's own pages; every other
/// permission, and every other page, is denied.
pub(crate) fn allow_own_camera(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|platform| {
        let view = platform.inner();
        if let Some(settings) = view.settings() {
            settings.set_enable_media_stream(true);
        }
        view.connect_permission_request(|view, request| {
            let own = view.uri().is_some_and(|uri| uri.starts_with(OWN_ORIGIN));
            if own && request.is::<UserMediaPermissionRequest>() {
                request.allow();
            } else {
                request.deny();
            }
            true
        });
    })
}
