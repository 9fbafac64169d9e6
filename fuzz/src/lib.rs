//! One fuzz target for each decoder: bytes go in, and whatever comes out, a law must hold.
//!
//! A law is more than "no panic": what decodes encodes to the same bytes, what was built is read
//! back equal. Laws are plain functions, so the same ones run under libFuzzer (`cargo xtask soak
//! fuzz`) and over the inputs of `corpus/` in the ordinary tests.
//!
//! ```
//! let target = chopmark_fuzz::target("code").unwrap();
//! let link = b"https://id.example.org/01/09506000134352/21/A1";
//! assert_eq!((target.law)(link), chopmark_fuzz::Fate::Taken);
//! ```

mod laws;
mod network;
mod seeds;
mod trial;

pub use laws::{Fate, TARGETS, Target, target};
pub use seeds::{Seed, seeds};
