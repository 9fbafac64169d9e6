//! One file a page.

mod accept;
mod commission;
mod first_run;
mod frames;
mod handovers;
mod home;
mod inspect;
mod labels;
mod offer;
mod outbox;
mod photos;
mod receive;
mod scan;
mod settings;
mod starting;
mod subject;
mod unlock;
mod viewfinder;

pub(crate) use accept::Accept;
pub(crate) use commission::Commission;
pub(crate) use first_run::FirstRun;
pub(crate) use frames::Frames;
pub(crate) use handovers::Handovers;
pub(crate) use home::Home;
pub(crate) use inspect::Inspect;
pub(crate) use labels::Labels;
pub(crate) use offer::Offer;
pub(crate) use outbox::Outbox;
pub(crate) use receive::Receive;
pub(crate) use scan::Scan;
pub(crate) use settings::Settings;
pub(crate) use starting::Starting;
pub(crate) use subject::Subject;
pub(crate) use unlock::Unlock;
