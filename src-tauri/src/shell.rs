use std::path::PathBuf;

use chopmark_client::{Client, ClientConfig, Ports};
use tauri::Manager as _;

use crate::commands;

/// Names another data folder, for tests and for several trial phones on one desktop.
const DATA_VARIABLE: &str = "CHOPMARK_DATA";
/// Names another list of the world's ports than the one in the program.
const PORTS_VARIABLE: &str = "CHOPMARK_PORTS";
/// The list of the world's ports; empty if the app was built without (`build.rs`).
const PORTS: &str = include_str!(concat!(env!("OUT_DIR"), "/ports.json"));

/// Why the app did not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShellError {
    /// The platform refused a window, for example where there is no display.
    #[error("the window could not be opened: {0}")]
    Window(#[from] tauri::Error),
    /// The data folder could not be used.
    #[error("the data folder {} could not be used ({code})", folder.display())]
    Data {
        /// The folder.
        folder: PathBuf,
        /// The failure's code.
        code: String,
    },
}

/// Opens the window and runs until it is closed.
///
/// # Errors
///
/// When the platform refuses a window or the data folder cannot be used.
pub fn run() -> Result<(), ShellError> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::evidence_chunk,
            commands::evidence_read
        ])
        .setup(|app| {
            let folder = match std::env::var_os(DATA_VARIABLE) {
                Some(folder) => PathBuf::from(folder),
                None => app.path().app_data_dir()?,
            };
            let mut config = ClientConfig::default();
            // Desktops without named folders still have one for downloads by custom.
            config.downloads = app
                .path()
                .download_dir()
                .or_else(|_| app.path().home_dir().map(|home| home.join("Downloads")))
                .ok();
            config.ports = match std::env::var_os(PORTS_VARIABLE) {
                Some(list) => Ports::File(list.into()),
                None if PORTS.is_empty() => Ports::None,
                None => Ports::Text(PORTS),
            };
            let opened = tauri::async_runtime::block_on(Client::open(&folder, config));
            let client = opened.map_err(|failure| ShellError::Data {
                folder,
                code: failure.code,
            })?;
            app.manage(client);
            #[cfg(target_os = "linux")]
            if let Some(window) = app.get_webview_window("main") {
                crate::media::allow_own_camera(&window)?;
            }
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}
