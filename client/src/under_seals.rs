//! What lies under the seals of things that began on this device: kept from the signature that
//! names their keys until a person has printed it and says that it may be forgotten.

use chopmark_core::{ActivationSecret, StateView as _, SubjectId};
use chopmark_replica::{Batch, Store, StoreError};
use chopmark_view::{Forgotten, SealState};
use zeroize::Zeroizing;

use crate::look::Look;
use crate::trouble::{self, Trouble};

/// Subject id → its secret, as it is printed.
const SECRETS: &str = "seal-secrets";

/// A thing, and what goes under its seal.
pub(crate) type Secret = (SubjectId, ActivationSecret);

/// Keeps secrets, in the batch of the block that names their keys.
pub(crate) fn keep(batch: &mut Batch<'_>, secrets: &[Secret]) -> Result<(), StoreError> {
    for (subject, secret) in secrets {
        let text = Zeroizing::new(secret.text());
        batch.put_note(SECRETS, subject.as_bytes(), text.as_bytes())?;
    }
    Ok(())
}

/// What goes under the seal of a thing, or why this device has nothing to print there.
pub(crate) enum UnderSeal {
    /// The thing began without a seal.
    None,
    /// This.
    Here(ActivationSecret),
    /// It began elsewhere, or what lay here is forgotten.
    Elsewhere,
}

impl UnderSeal {
    /// The same for the screens, without the secret.
    pub(crate) fn state(&self) -> SealState {
        match self {
            Self::None => SealState::None,
            Self::Here(_) => SealState::Here,
            Self::Elsewhere => SealState::Elsewhere,
        }
    }
}

/// What goes under the seal of a thing. A secret of another key than the ledger has would be
/// printed in vain: it counts as none.
pub(crate) fn of(look: &Look<'_>, subject: &SubjectId) -> Result<UnderSeal, Trouble> {
    let state = look.view.subject(subject);
    let Some(key) = state.and_then(|state| state.activation()) else {
        return Ok(UnderSeal::None);
    };
    Ok(match find(look.store, subject)? {
        Some(secret) if secret.public() == *key => UnderSeal::Here(secret),
        _ => UnderSeal::Elsewhere,
    })
}

fn find(store: &Store, subject: &SubjectId) -> Result<Option<ActivationSecret>, Trouble> {
    let Some(value) = store.note(SECRETS, subject.as_bytes())?.map(Zeroizing::new) else {
        return Ok(None);
    };
    let damaged = || trouble::damaged(SECRETS.to_owned());
    let text = std::str::from_utf8(&value).map_err(|_| damaged())?;
    Ok(Some(text.parse().map_err(|_| damaged())?))
}

/// Forgets what goes under the seals of these: it cannot be printed again.
pub(crate) fn forget(store: &Store, subjects: &[SubjectId]) -> Result<Forgotten, Trouble> {
    let mut batch = store.batch()?;
    let mut count = 0;
    for subject in subjects {
        if store.note(SECRETS, subject.as_bytes())?.is_some() {
            batch.remove_note(SECRETS, subject.as_bytes())?;
            count += 1;
        }
    }
    batch.commit()?;
    Ok(Forgotten { count })
}
