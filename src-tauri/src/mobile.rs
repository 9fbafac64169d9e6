//! Where the phone's system enters.

#![expect(
    unsafe_code,
    reason = "the system calls an exported C symbol, which Tauri's macro writes"
)]

/// What the phone's system calls.
#[tauri::mobile_entry_point]
fn start() {
    if let Err(error) = crate::run() {
        eprintln!("chopmark: the app could not start: {error}");
    }
}
