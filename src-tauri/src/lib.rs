//! The app's shell: window, permissions, platform plugins.
//!
//! Commands only forward to `chopmark-client`; the shell itself decides nothing.

/// Opens the window and runs until it is closed.
///
/// # Errors
///
/// When the platform refuses a window, for example where there is no display.
pub fn run() -> tauri::Result<()> {
    tauri::Builder::default().run(tauri::generate_context!())
}
