//! Tracing: what came of a thing, what it came of, and who has all that now.

use chopmark_core::{Affected, Reach, SubjectId, affected};

use super::Replica;

/// What a trace found, with who has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Traced {
    /// The subject that was asked about, then what was found, nearest first.
    pub affected: Vec<Affected>,
    /// Whether there is more behind them.
    pub cut_off: bool,
}

impl Replica {
    /// Everything made of a subject, or everything it was made of, as the newest checkpoint has
    /// it, without the nearest `passed`; `None` when nothing was commissioned under this id.
    #[must_use]
    pub fn trace(&self, subject: SubjectId, reach: Reach, passed: usize) -> Option<Traced> {
        let copy = self.copy();
        let trace = copy.lineage.trace(&subject, reach, passed);
        let affected = affected(copy.ledger.state(), &subject, &trace)?;
        Some(Traced {
            affected,
            cut_off: trace.cut_off,
        })
    }
}
