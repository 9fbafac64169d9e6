//! The history of a subject: chosen from a ledger, packed as a bundle, and checked by whoever
//! holds the thing (format, section 12).

mod bundle;
mod left;
mod problem;
mod replay;
mod report;
mod run;
mod select;
mod things;
mod undrawn;
mod verify;
mod walk;
mod warning;
mod whole;

pub use bundle::{Bundle, BundleError};
pub use problem::Problem;
pub use replay::Timeline;
pub use report::{Check, CheckKind, PartOfRun, Report, ShownSection, Step};
pub use select::{HistoryError, HistorySource, Located, select};
pub use undrawn::{Undrawn, WithUndrawn};
pub use warning::{Sighting, Warning, activated_far_away, impossible_journey};

pub(crate) use bundle::pinned_genesis;
pub(crate) use select::Gathered;

#[cfg(test)]
mod tests;
