//! Drafts: from what a person wants to do to what is signed.

use chopmark_core::{
    BlockId, RecordDraft, RecordRef, StateView as _, UnsignedBlock, sign_as_asked,
};
use chopmark_replica::{Place, random_bytes};
use chopmark_view::{Action, Done, Signed, Summary};

use super::{Desk, locked, not_appended, not_built};
use crate::draft::{self, Draft};
use crate::look::Look;
use crate::trouble::Trouble;
use crate::under_seals::Secret;
use crate::{failure, known, runs, under_seals};

/// Drafts kept at a time: a screen shows one, and a person may go back to another.
const MOST_DRAFTS: usize = 16;

impl Desk {
    pub(crate) fn prepare(&self, action: &Action) -> Result<Summary, Trouble> {
        let run = runs::made_for(action, &self.replica, &self.me.member)?;
        let drafted = self.look(|look| {
            let mut draft = draft::prepare(&self.author(look), action, run.as_ref())?;
            self.places.locate(look, &mut draft)?;
            draft
                .warnings
                .extend(self.link.clock_warning(look.firm.tip()));
            Ok(draft)
        });
        if drafted.is_err() {
            runs::forget(
                &self.replica,
                &Vec::from_iter(run.map(|run| run.own_file())),
            );
        }
        let draft = drafted?;
        let name = data_encoding::HEXLOWER.encode(&random_bytes::<16>()?);
        let summary = Summary {
            draft: name.clone(),
            lines: draft.lines.clone(),
            warnings: draft.warnings.clone(),
        };
        let mut drafts = locked(&self.drafts);
        while drafts.len() >= MOST_DRAFTS {
            if let Some((_, replaced)) = drafts.pop_first() {
                runs::forget(&self.replica, &replaced.own_files);
            }
        }
        drafts.insert(name, draft);
        Ok(summary)
    }

    pub(crate) fn discard(&self, name: &str) -> Result<Done, Trouble> {
        let draft = self.take_draft(name)?;
        runs::forget(&self.replica, &draft.own_files);
        Ok(Done {})
    }

    /// Signs a draft. What it signed is on disk when this returns.
    pub(crate) fn sign(&self, name: &str) -> Result<Signed, Trouble> {
        let draft = self.take_draft(name)?;
        let signed = self.sign_draft(&draft);
        if signed.is_err() {
            runs::forget(&self.replica, &draft.own_files);
        }
        signed
    }

    fn take_draft(&self, name: &str) -> Result<Draft, Trouble> {
        let draft = locked(&self.drafts).remove(name);
        Ok(draft.ok_or_else(|| failure::UNKNOWN_DRAFT.failure([]))?)
    }

    fn sign_draft(&self, draft: &Draft) -> Result<Signed, Trouble> {
        let _one_at_a_time = locked(&self.signing);
        for drawing in &draft.drawing {
            self.sign_records(std::slice::from_ref(drawing), draft, &[])?;
        }
        // Before the block: it may be handed in at once, and its files are wanted then.
        runs::announce(&self.replica, &draft.own_files)?;
        let (block, count) = self.sign_records(&draft.records, draft, &draft.secrets)?;
        self.remember(draft)?;
        self.stir.bump();
        Ok(Signed {
            records: (0..count)
                .map(|index| RecordRef { block, index }.to_string())
                .collect(),
            subjects: draft.commissioned.iter().map(ToString::to_string).collect(),
        })
    }

    /// Signs these records of a draft in one block, with the secrets of the keys that they name.
    fn sign_records(
        &self,
        records: &[RecordDraft],
        draft: &Draft,
        secrets: &[Secret],
    ) -> Result<(BlockId, u16), Trouble> {
        self.append_records(records, secrets, |look| {
            match draft.still_holds(look.view) {
                true => Ok(()),
                false => Err(failure::DRAFT_OVERTAKEN.failure([]).into()),
            }
        })
    }

    /// Signs these records in one block, which is on disk with these secrets when this returns, if
    /// they may be signed still. Whoever calls it signs nothing else meanwhile.
    pub(super) fn append_records(
        &self,
        records: &[RecordDraft],
        secrets: &[Secret],
        may_sign: impl FnOnce(&Look<'_>) -> Result<(), Trouble>,
    ) -> Result<(BlockId, u16), Trouble> {
        let place = self.replica.next_place(self.me.device);
        let built = self.look(|look| {
            may_sign(look)?;
            let unsigned = self.build(look, place, records)?;
            let built = sign_as_asked(unsigned, &self.key, look.view);
            built.map_err(|error| not_built(&error))
        })?;
        let count = built.block.header().record_count();
        let block = self
            .replica
            .append_own_keeping(built.block, built.sections, |batch| {
                under_seals::keep(batch, secrets)
            })
            .map_err(|error| not_appended(&error))?;
        Ok((block, count))
    }

    fn build(
        &self,
        look: &Look<'_>,
        place: Place,
        records: &[RecordDraft],
    ) -> Result<UnsignedBlock, Trouble> {
        let records = records.iter().cloned();
        let records: Vec<RecordDraft> = records
            .map(|record| record.telling_regulators(look.firm))
            .collect();
        UnsignedBlock::build(
            self.position(look, place),
            &records,
            // As of the checkpoint that the block is anchored at: a newer key may still lose.
            &look.firm.readers(),
            &random_bytes()?,
        )
        .map_err(|error| not_built(&error))
    }

    /// What a draft taught stays, now that it is signed.
    fn remember(&self, draft: &Draft) -> Result<(), Trouble> {
        if draft.codes.is_empty() {
            return Ok(());
        }
        let store = self.replica.store();
        let mut batch = store.batch()?;
        for (subject, known) in &draft.codes {
            known::remember(store, &mut batch, subject, known)?;
            if let (Some(gtin), Some(product)) = (known.code.gtin(), &known.product) {
                known::remember_product(&mut batch, gtin, product)?;
            }
        }
        Ok(batch.commit()?)
    }
}
