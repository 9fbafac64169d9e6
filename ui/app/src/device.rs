//! What the browser gives: camera, reader of codes, files, sound, printer.

mod awake;
mod camera;
mod clock;
mod feedback;
mod files;
mod page;
mod picture;
pub(crate) mod pieces;
mod scanner;

pub(crate) use awake::Awake;
pub(crate) use camera::Camera;
pub(crate) use clock::moment_of;
pub(crate) use feedback::{failure_signal, success_signal};
pub(crate) use files::store;
pub(crate) use page::{
    Url, current_hash, print, read_settings, save_file, show_settings, write_settings,
};
pub(crate) use picture::{open_image, photo_of};
pub(crate) use scanner::{Scanner, pixels_of_video};
