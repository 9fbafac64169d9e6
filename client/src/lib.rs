//! Everything the Chopmark app does, without a window.

mod failure;
mod lines;
mod words;

pub use failure::FAILURES;
pub use lines::{KEYS, LINES};
pub use words::{Kind, Message};
