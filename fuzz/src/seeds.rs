//! Inputs to begin from: what real devices, peers and programs wrote.
//!
//! They are made anew each time, so a change of the format never leaves old ones behind. What
//! fuzzing found from them lies in `corpus/`.

mod blocks;
mod exchange;
mod ordering;
mod texts;

use crate::network;

/// An input to begin from.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The target that it is for.
    pub target: &'static str,
    /// The input.
    pub bytes: Vec<u8>,
}

/// Every seed. Each is taken by its target.
///
/// # Errors
/// When the vectors that seeds are cut from cannot be made.
pub fn seeds() -> anyhow::Result<Vec<Seed>> {
    let mut seeds = Vec::new();
    for (target, line) in [
        ("block", "block"),
        ("checkpoint", "checkpoint"),
        ("snapshot", "snapshot"),
        ("bundle", "bundle"),
        ("proof", "proof"),
        ("transparent", "transparent"),
        ("genesis", "inception"),
    ] {
        seeds.extend(network::line(line).map(|bytes| Seed { target, bytes }));
    }
    seeds.extend(blocks::seeds()?);
    seeds.extend(exchange::seeds()?);
    seeds.extend(ordering::seeds()?);
    seeds.extend(texts::seeds());
    Ok(seeds)
}
