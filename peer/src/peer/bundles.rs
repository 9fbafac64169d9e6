//! History bundles, put together when somebody asks and kept while the ledger stands still.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::body::Bytes;
use chopmark_core::{
    Bundle, CodeHash, CodeQuery, Height, HistoryError, HistorySource, MemberId, StateView as _,
    TimeMs, Undrawn, WithUndrawn,
};
use chopmark_replica::Replica;

/// Bytes of bundles kept: a few hundred ordinary ones.
const MOST_BYTES: usize = 8 * 1024 * 1024;

/// A bundle as it is sent.
#[derive(Debug)]
pub(crate) struct History {
    pub(crate) bytes: Bytes,
    /// The time of the checkpoint that it is measured against.
    pub(crate) as_of: TimeMs,
    /// Changes when the bundle does.
    pub(crate) tag: String,
}

/// A code, and whose it is: another member may have commissioned the same hash.
type Key = (CodeHash, Option<MemberId>);

/// The bundles of the newest height.
#[derive(Default)]
pub(super) struct Bundles(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    height: Option<Height>,
    /// How often something was purged: a bundle that was begun before has what is gone.
    purges: u64,
    bytes: usize,
    histories: BTreeMap<Key, Arc<History>>,
}

impl Bundles {
    /// The bundle of a code; none when nothing was commissioned under it. Of an item of another
    /// member's run, which is in no list here, only for whoever shows the item's proof.
    pub(super) fn get(
        &self,
        replica: &Replica,
        (query, shown): (&CodeQuery, Option<&Undrawn>),
    ) -> anyhow::Result<Option<Arc<History>>> {
        let (height, owner) = replica.read_final(|ledger| {
            let owner = ledger.state().owner_of_digits(query.digits());
            (ledger.tip().height, owner)
        });
        if height == Height(0) {
            return Ok(None);
        }
        let code = (*query.hash(), owner);
        let (kept, purges) = self.kept(height, code);
        if kept.is_some() {
            return Ok(kept);
        }
        let shown = shown.filter(|_| is_unknown(replica, query));
        let made = match shown {
            Some(shown)
                if replica.read_final(|ledger| shown.holds(ledger.state(), query.hash())) =>
            {
                assemble(replica, &WithUndrawn::new(replica, shown), query)?
            }
            _ if is_claimed(replica, query) => assemble(replica, replica, query)?,
            _ => None,
        };
        let Some((height, history)) = made else {
            return Ok(None);
        };
        let history = Arc::new(history);
        self.keep((height, purges), code, &history);
        Ok(Some(history))
    }

    /// Forgets all of them: parts of records were taken away.
    pub(super) fn purged(&self) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Kept {
            purges: kept.purges.wrapping_add(1),
            ..Kept::default()
        };
    }

    fn kept(&self, height: Height, code: Key) -> (Option<Arc<History>>, u64) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let current = kept.height == Some(height);
        let history = kept.histories.get(&code).filter(|_| current);
        (history.cloned(), kept.purges)
    }

    fn keep(&self, (height, purges): (Height, u64), code: Key, history: &Arc<History>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.purges != purges {
            return;
        }
        let full = kept.bytes.saturating_add(history.bytes.len()) > MOST_BYTES;
        if kept.height != Some(height) || full {
            *kept = Kept {
                height: Some(height),
                purges,
                ..Kept::default()
            };
        }
        kept.bytes = kept.bytes.saturating_add(history.bytes.len());
        kept.histories.insert(code, Arc::clone(history));
    }
}

/// Whether neither the state nor the list of a run has a code of its owner's.
fn is_unknown(replica: &Replica, code: &CodeQuery) -> bool {
    let known = replica.read_final(|ledger| ledger.state().subject_asked(code).is_some());
    !known && !is_listed(replica, code)
}

/// Whether anybody commissioned a code. Anybody may ask for codes that do not exist, and looking
/// through all lists must not hold the ledger up.
fn is_claimed(replica: &Replica, code: &CodeQuery) -> bool {
    let known = replica.read_final(|ledger| ledger.state().subject_of(code.hash()).is_some());
    known || is_listed(replica, code)
}

/// Whether a list of a run has it. A list that cannot be read has its error told by who reads on.
fn is_listed(replica: &Replica, code: &CodeQuery) -> bool {
    !matches!(replica.runs().item(code.hash()), Ok(None))
}

fn assemble(
    replica: &Replica,
    source: &impl HistorySource,
    code: &CodeQuery,
) -> anyhow::Result<Option<(Height, History)>> {
    // While this reads, the ledger stands still: header, log paths and records fit together.
    replica.read_final(|ledger| {
        let tip = ledger.tip();
        let newest = replica
            .checkpoint(tip.height)?
            .context("the newest checkpoint is missing")?;
        let as_of = newest.signed_header();
        let bundle = match Bundle::assemble(ledger, replica.genesis(), as_of, source, code) {
            Ok(bundle) => bundle,
            Err(HistoryError::NoRecord) => return Ok(None),
            Err(why) => return Err(why.into()),
        };
        let history = History {
            bytes: bundle.to_bytes()?.into(),
            as_of: tip.time,
            tag: format!("{}-{}", tip.height.0, tip.header_hash),
        };
        Ok(Some((tip.height, history)))
    })
}
