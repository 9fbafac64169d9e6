use tauri::WebviewWindow;
use webkit2gtk::glib::prelude::*;
use webkit2gtk::{
    PermissionRequest, PermissionRequestExt as _, SettingsExt as _, UserMediaPermissionRequest,
    UserMediaPermissionRequestExt as _, WebView, WebViewExt as _,
};

/// Where the window's own pages live on Linux.
const OWN_ORIGIN: &str = "tauri://localhost";

/// WebKitGTK has cameras off by default. They are on for the app's own pages; every other
/// permission, microphone and screen too, and every other page, is denied.
pub(crate) fn allow_own_camera(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|platform| {
        let view = platform.inner();
        if let Some(settings) = view.settings() {
            settings.set_enable_media_stream(true);
            // Machines that test have no camera; WebKit's own draws a moving picture.
            #[cfg(debug_assertions)]
            if std::env::var_os(MOCK_CAMERA_VARIABLE).is_some() {
                settings.set_enable_mock_capture_devices(true);
            }
        }
        view.connect_permission_request(|view, request| {
            if is_own_camera(view, request) {
                request.allow();
            } else {
                request.deny();
            }
            true
        });
    })
}

/// Gives builds for tests a camera that WebKit draws.
#[cfg(debug_assertions)]
const MOCK_CAMERA_VARIABLE: &str = "CHOPMARK_MOCK_CAMERA";

/// A window that a WebDriver drives is not asked: WebKit then allows everything by itself.
fn is_own_camera(view: &WebView, request: &PermissionRequest) -> bool {
    let own = view.uri().is_some_and(|uri| is_own(&uri));
    let camera_alone = request
        .downcast_ref::<UserMediaPermissionRequest>()
        .is_some_and(|media| media.is_for_video_device() && !media.is_for_audio_device());
    own && camera_alone
}

/// The first page's address has no slash after the host: its scheme is the app's own.
fn is_own(uri: &str) -> bool {
    uri.strip_prefix(OWN_ORIGIN)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use super::is_own;

    /// The camera was denied to the app's first page, whose address ends with the host.
    #[test]
    fn knows_its_own_pages() {
        for uri in [
            "tauri://localhost",
            "tauri://localhost#/scan",
            "tauri://localhost/index.html",
            "tauri://localhost/?a=b",
        ] {
            assert!(is_own(uri), "{uri}");
        }
        for uri in [
            "tauri://localhost.example.org/",
            "tauri://localhost:1/",
            "https://localhost/",
            "about:blank",
        ] {
            assert!(!is_own(uri), "{uri}");
        }
    }
}
