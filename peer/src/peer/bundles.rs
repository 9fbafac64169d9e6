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

/// What there is to say about a code.
pub(crate) enum Known {
    /// Its history.
    History(Arc<History>),
    /// Nothing, and what shows that; of a code of which only the hash is known nothing does.
    Nothing(Option<Bytes>),
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
    /// The bundle of a code, or that nothing was commissioned under it. An item of another member's
    /// run, which is in no list here, has one only for whoever shows the item's proof. Of a member
    /// whose lists of runs should be here and are not, nothing is shown not to be there: it may be
    /// an item of one of them.
    pub(super) fn get(
        &self,
        replica: &Replica,
        (query, shown): (&CodeQuery, Option<&Undrawn>),
        without_lists: Option<MemberId>,
    ) -> anyhow::Result<Known> {
        let (height, owner) = replica.read_final(|ledger| {
            let owner = ledger.state().owner_of_digits(query.digits());
            (ledger.tip().height, owner)
        });
        if height == Height(0) {
            return Ok(Known::Nothing(None));
        }
        let code = (*query.hash(), owner);
        let (kept, purges) = self.kept(height, code);
        // What is kept of a hash alone is no answer to who names a prefix that nobody has.
        let of_nobody = owner.is_none() && !query.digits().is_empty();
        if let Some(kept) = kept.filter(|_| !of_nobody) {
            return Ok(Known::History(kept));
        }
        let shown = match shown {
            Some(shown) if is_unknown(replica, query)? => Some(shown),
            _ => None,
        };
        let made = match shown {
            Some(shown)
                if replica.read_final(|ledger| shown.holds(ledger.state(), query.hash())) =>
            {
                assemble(replica, (&WithUndrawn::new(replica, shown), true), query)?
            }
            // Anybody may ask for codes that do not exist, and looking through all lists must not
            // hold the ledger up.
            _ => assemble(replica, (replica, is_listed(replica, query)?), query)?,
        };
        let (height, history) = match made {
            Made::History(height, history) => (height, Arc::new(history)),
            Made::Nothing(shows) => {
                let may_tell = owner.is_none() || owner != without_lists;
                return Ok(Known::Nothing(shows.filter(|_| may_tell)));
            }
        };
        self.keep((height, purges), code, &history);
        Ok(Known::History(history))
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
fn is_unknown(replica: &Replica, code: &CodeQuery) -> anyhow::Result<bool> {
    let known = replica.read_final(|ledger| ledger.state().subject_asked(code).is_some());
    Ok(!known && !is_listed(replica, code)?)
}

/// Whether a list of a run has it.
fn is_listed(replica: &Replica, code: &CodeQuery) -> anyhow::Result<bool> {
    Ok(replica.runs().item(code.hash())?.is_some())
}

/// What was put together, and as of which height.
enum Made {
    History(Height, History),
    Nothing(Option<Bytes>),
}

fn assemble(
    replica: &Replica,
    (source, is_listed): (&impl HistorySource, bool),
    code: &CodeQuery,
) -> anyhow::Result<Made> {
    // While this reads, the ledger stands still: header, log paths and records fit together.
    replica.read_final(|ledger| {
        let tip = ledger.tip();
        let newest = replica
            .checkpoint(tip.height)?
            .context("the newest checkpoint is missing")?;
        let (genesis, as_of) = (replica.genesis(), newest.signed_header());
        let made = match is_listed || ledger.state().subject_of(code.hash()).is_some() {
            true => Bundle::assemble(ledger, genesis, as_of, source, code),
            false => Err(HistoryError::NoRecord),
        };
        let bundle = match made {
            Err(HistoryError::NoRecord) => {
                let shows = Bundle::absence(ledger, genesis, as_of, source, code);
                return match shows {
                    Ok(bundle) => Ok(Made::Nothing(Some(bundle.to_bytes()?.into()))),
                    Err(HistoryError::NoRecord) => Ok(Made::Nothing(None)),
                    Err(why) => Err(why.into()),
                };
            }
            made => made?,
        };
        let history = History {
            bytes: bundle.to_bytes()?.into(),
            as_of: tip.time,
            tag: format!("{}-{}", tip.height.0, tip.header_hash),
        };
        Ok(Made::History(tip.height, history))
    })
}
