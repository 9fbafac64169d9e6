//! The items of a new run, made before anything is looked up: a million take seconds, and nothing
//! else may wait for them.

use chopmark_core::{
    Code, EvidenceId, EvidenceLink, MemberId, RUN_LIST_MEDIA_TYPE, RunList, RunSpec, SubjectId,
    crockford_serial, limits,
};
use chopmark_replica::{EvidenceState, Replica, RunListText, StoreError, VaultError, random_bytes};
use chopmark_view::{Action, Make, NewRun, Param};

use crate::trouble::{self, Trouble};
use crate::{evidence, failure, scan};

/// A run whose list is in the vault.
pub(crate) struct MadeRun {
    pub(crate) subject: SubjectId,
    pub(crate) spec: RunSpec,
    /// Any of its codes: all are of one class and one prefix.
    pub(crate) first: Code,
    pub(crate) list: EvidenceLink,
    /// Bytes of the list's ciphertext.
    pub(crate) sealed_length: u64,
}

/// A file that only this member's own section names, with its length as ciphertext.
pub(crate) type OwnFile = (EvidenceId, u64);

impl MadeRun {
    /// Its list, as a draft keeps it.
    pub(crate) fn own_file(&self) -> OwnFile {
        (self.list.id, self.sealed_length)
    }
}

/// The items of the run that an action commissions; none of any other action.
pub(crate) fn made_for(
    action: &Action,
    replica: &Replica,
    maker: &MemberId,
) -> Result<Option<MadeRun>, Trouble> {
    match action {
        Action::Make(Make::Run(run)) => make(replica, maker, run).map(Some),
        _ => Ok(None),
    }
}

/// Has files handed to the member's peers that no field of a record names.
pub(crate) fn announce(replica: &Replica, files: &[OwnFile]) -> Result<(), StoreError> {
    for (id, length) in files {
        replica.want_evidence(*id, *length)?;
        replica.mark_evidence(*id, EvidenceState::Here)?;
    }
    Ok(())
}

/// Removes files of a draft that was given up, replaced or not signed: a list of a million items
/// takes tens of megabytes. What cannot be removed now goes when the app is opened next.
pub(crate) fn forget(replica: &Replica, files: &[OwnFile]) {
    for (id, _) in files {
        if let Err(error) = remove_nameless(replica, *id) {
            tracing::warn!(%error, %id, "the file of a draft stays for now");
        }
    }
}

/// Removes what drafts left behind that ended with the app. All else has a name: a file that a
/// record names has a row, and one that was attached has what opens it.
pub(crate) fn sweep(replica: &Replica) -> Result<(), SweepError> {
    for id in replica.vault().ids()? {
        remove_nameless(replica, id)?;
    }
    Ok(())
}

/// Why a file without a name could not be looked for or removed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SweepError {
    /// The store could not say whether it has a name.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be removed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

fn remove_nameless(replica: &Replica, id: EvidenceId) -> Result<(), SweepError> {
    let store = replica.store();
    if store.evidence(id)?.is_none() && evidence::find(store, &id)?.is_none() {
        replica.vault().remove(id)?;
    }
    Ok(())
}

/// Makes serials that nobody can guess and seals their list.
fn make(replica: &Replica, maker: &MemberId, run: &NewRun) -> Result<MadeRun, Trouble> {
    if !(1..=limits::RUN_ITEMS).contains(&run.count) {
        return Err(failure::COUNT_OUT_OF_RANGE
            .failure([
                ("least", Param::Number(1)),
                ("most", Param::Number(u64::from(limits::RUN_ITEMS))),
            ])
            .into());
    }
    let mut codes = Vec::new();
    for _ in 0..run.count {
        let serial = crockford_serial(random_bytes()?);
        let code = Code::gtin_serial(run.gtin.trim(), &serial);
        codes.push(code.map_err(|error| scan::code_failure(&error))?);
    }
    let list = RunList::new(
        &replica.network(),
        maker,
        codes.iter().map(|code| (code.hash(), None)),
    )
    .map_err(|error| trouble::internal(error.to_string()))?;
    let sealed = replica
        .vault()
        .seal(RunListText::new(codes.iter().map(|code| (code, None))))?;
    let Some(first) = codes.into_iter().next() else {
        return Err(Trouble::Internal("a run without items"));
    };
    Ok(MadeRun {
        subject: list.subject(),
        spec: list.spec(),
        first,
        list: EvidenceLink {
            id: sealed.id,
            key: *sealed.key.as_bytes(),
            media_type: RUN_LIST_MEDIA_TYPE.to_owned(),
            length: sealed.plain_length,
            caption: String::new(),
        },
        sealed_length: sealed.length,
    })
}
