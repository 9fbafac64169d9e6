//! Things of runs about which nobody wrote yet. The proof of one comes from a peer once and is
//! kept: from then on it is looked at and used as any other thing is, also without signal. Its
//! first use draws it from its run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chopmark_core::{Pending, RecordDraft, StateView, SubjectId, Undrawn, When};
use chopmark_replica::{Store, StoreError};

/// Subject id → the proof's bytes.
const UNDRAWN: &str = "undrawn";
/// Kept at a time: what a shift scans and puts aside. Any of them can be asked for again.
const MOST: usize = 1_000;

type All = Arc<BTreeMap<SubjectId, Undrawn>>;

/// What is kept; read from the store once.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Option<All>>);

impl Kept {
    pub(crate) fn all(&self, store: &Store) -> Result<All, StoreError> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(all) = &*kept {
            return Ok(all.clone());
        }
        let rows = store.notes(UNDRAWN)?.into_iter();
        let read = |(key, value): (Vec<u8>, Vec<u8>)| {
            let subject = SubjectId::from_bytes(key.try_into().ok()?);
            Some((subject, Undrawn::from_bytes(&value)?))
        };
        let all: All = Arc::new(rows.filter_map(read).collect());
        *kept = Some(all.clone());
        Ok(all)
    }

    /// Keeps one more. What was drawn meanwhile makes room, and then whatever is there.
    pub(crate) fn keep(
        &self,
        store: &Store,
        firm: &dyn StateView,
        (subject, undrawn): (SubjectId, Undrawn),
    ) -> Result<(), StoreError> {
        let mut all = BTreeMap::clone(&*self.all(store)?);
        let mut gone: Vec<SubjectId> = all.keys().copied().collect();
        gone.retain(|kept| firm.subject(kept).is_some());
        if all.len().saturating_sub(gone.len()) >= MOST {
            gone.extend(all.keys().next());
        }
        let mut batch = store.batch()?;
        for old in gone {
            batch.remove_note(UNDRAWN, old.as_bytes())?;
            all.remove(&old);
        }
        batch.put_note(UNDRAWN, subject.as_bytes(), &undrawn.to_bytes())?;
        all.insert(subject, undrawn);
        batch.commit()?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(all));
        Ok(())
    }
}

/// How things stand with what is kept drawn; none when nothing of it is undrawn still.
pub(crate) fn drawn<'p>(
    written: &Pending<'p>,
    kept: &BTreeMap<SubjectId, Undrawn>,
) -> Option<Pending<'p>> {
    let open = || kept.iter().filter(|(id, _)| written.subject(id).is_none());
    open().next()?;
    Some(written.with_drawn(open().map(|(_, undrawn)| undrawn)))
}

/// The records that draw what these ones are the first to name.
pub(crate) fn drawing(
    records: &[RecordDraft],
    when: When,
    (written, kept): (&dyn StateView, &BTreeMap<SubjectId, Undrawn>),
) -> Vec<RecordDraft> {
    let named = records.iter().flat_map(|record| &record.subjects);
    let open: BTreeMap<&SubjectId, &Undrawn> = named
        .filter(|subject| written.subject(subject).is_none())
        .filter_map(|subject| kept.get_key_value(subject))
        .collect();
    Undrawn::drawing(when, open)
}
