//! The deterministic simulator: a whole consortium in one process, in virtual time.
//!
//! Validators, other peers and phones run the real ledger, the real ordering and the real sync
//! session. The network, the disks and the clocks are models, and everything that goes wrong with
//! them follows from one number. A seed that fails does so again, step for step, and tells its
//! story (`docs/simulator.md`).
//!
//! ```
//! let summary = chopmark_sim::run(7)?;
//! assert!(summary.height > 0);
//! # Ok::<(), Box<chopmark_sim::Failure>>(())
//! ```

mod ballots;
mod broken;
mod chance;
mod clock;
mod disk;
mod founding;
mod hostile;
mod judge;
mod link;
mod node;
mod peer;
mod phone;
mod plan;
mod scale;
mod story;
mod world;

pub use broken::Broken;
pub use judge::Rights;
pub use scale::{Scale, scale};
pub use story::{Failure, Summary};
pub use world::{run, tell};
