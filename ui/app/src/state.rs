//! What the screens know and how it changes: pure, without browser or client.

mod reader;
mod reduce;
mod route;
mod wedge;

pub(crate) use reader::Reader;
pub(crate) use reduce::{Event, Settings, State, Theme};
pub(crate) use route::{Asks, PaperAct, Route};
pub(crate) use wedge::{Wedge, clean};
