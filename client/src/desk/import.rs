//! The pieces of work of an import.

use chopmark_core::{Outcome, Pending, Position, Readers, RecordRef, StateView as _, TimeMs};
use chopmark_exchange::{Author, Signer, Teller, next_block, trial};
use chopmark_replica::random_bytes;
use chopmark_view::{
    ColumnsView, Done, ImportBegin, ImportBegun, ImportChunk, ImportColumns, ImportRead,
    ImportSign, ImportStage, ImportStep, ImportStop, ImportView, Param,
};

use super::{Desk, locked, not_appended, not_built};
use crate::imports::{Job, RESTARTS, SLICE, Trying};
use crate::trouble::Trouble;
use crate::{failure, rulings};

impl Desk {
    pub(crate) fn import_begin(&self, begin: &ImportBegin) -> Result<ImportBegun, Trouble> {
        locked(&self.imports).begin(begin)
    }

    pub(crate) fn import_chunk(&self, chunk: &ImportChunk) -> Result<Done, Trouble> {
        locked(&self.imports)
            .job(&chunk.import)?
            .feed(&chunk.bytes)?;
        Ok(Done {})
    }

    pub(crate) fn import_columns(&self, of: &ImportColumns) -> Result<ColumnsView, Trouble> {
        locked(&self.imports)
            .job(&of.import)?
            .columns(self.replica.store())
    }

    pub(crate) fn import_read(&self, read: &ImportRead) -> Result<ImportView, Trouble> {
        let mut imports = locked(&self.imports);
        let job = imports.job(&read.import)?;
        job.read(self.replica.store(), read.mapping.as_ref())?;
        Ok(job.view())
    }

    pub(crate) fn import_sign(&self, sign: &ImportSign) -> Result<ImportView, Trouble> {
        let mut imports = locked(&self.imports);
        let job = imports.job(&sign.import)?;
        if job.stage() == ImportStage::Tried {
            job.decide(sign.skip_bad)?;
        }
        Ok(job.view())
    }

    pub(crate) fn import_stop(&self, stop: &ImportStop) -> Result<ImportView, Trouble> {
        let mut imports = locked(&self.imports);
        let job = imports.job(&stop.import)?;
        if job.stage() != ImportStage::Signed {
            job.set_stage(ImportStage::Stopped);
        }
        self.catch_up()?;
        Ok(job.view())
    }

    pub(crate) fn import_step(&self, step: &ImportStep) -> Result<ImportView, Trouble> {
        let mut imports = locked(&self.imports);
        let job = imports.job(&step.import)?;
        match job.stage() {
            ImportStage::Trying => self.try_slice(job)?,
            ImportStage::Signing => self.sign_block(job)?,
            ImportStage::Tried | ImportStage::Signed | ImportStage::Stopped => {}
        }
        Ok(job.view())
    }

    /// Tries some events on a copy of what is pending, so that nothing waits for long. A
    /// checkpoint that comes meanwhile makes the trial begin anew.
    fn try_slice(&self, job: &mut Job) -> Result<(), Trouble> {
        let Trying {
            mut next,
            overlay,
            mut restarts,
        } = std::mem::take(&mut job.trying);
        let anchor = self.replica.next_place(self.me.device).anchor;
        let readers = Readers::default();
        let teller = Teller::new(self.me.member);
        let (bad, start) = self.replica.read(|ledger, pending| {
            let mut scratch: Pending<'_> = match overlay.and_then(|kept| kept.attach(ledger)) {
                Some(kept) => kept,
                None => {
                    restarts += u32::from(next > 0);
                    next = 0;
                    pending.clone()
                }
            };
            let start = next;
            if start == 0 {
                job.forget_refused();
            }
            let end = match restarts > RESTARTS {
                true => job.events.len(),
                false => job.events.len().min(start + SLICE),
            };
            let head = scratch.feed(&self.me.device);
            let position = Position {
                network: ledger.state().network(),
                member: self.me.member,
                device: self.me.device,
                seq: head.as_ref().map(|head| head.next).unwrap_or_default(),
                prev: head.map(|head| head.head),
                anchor,
                clock: TimeMs(self.clock.now_ms()),
            };
            let signer = Signer {
                key: &self.key,
                readers: &readers,
            };
            let slice = job.events.get(start..end).unwrap_or_default();
            let bad = trial(slice, &teller, signer, position, &mut scratch)
                .map_err(|error| not_built(&error))?;
            job.trying = Trying {
                next: end,
                overlay: Some(scratch.detach()),
                restarts,
            };
            Ok::<_, Trouble>((bad, start))
        })?;
        self.look(|look| {
            job.note_refused(start, bad, |refusal| {
                rulings::refusal(look.store, look.view, refusal)
            });
            Ok(())
        })?;
        if job.trying.next >= job.events.len() {
            job.trying.overlay = None;
            job.set_stage(ImportStage::Tried);
        }
        Ok(())
    }

    /// Signs the next block. What stood in the trial and does not stand now ends the import.
    fn sign_block(&self, job: &mut Job) -> Result<(), Trouble> {
        let _one_at_a_time = locked(&self.signing);
        let place = self.replica.next_place(self.me.device);
        let seed = random_bytes()?;
        let mut teller = job
            .signing
            .teller
            .take()
            .unwrap_or_else(|| Teller::new(self.me.member));
        let made = self.look(|look| {
            let position = self.position(look, place);
            // As of the checkpoint that the block is anchored at: a newer key may still lose.
            let readers = look.firm.readers();
            let signer = Signer {
                key: &self.key,
                readers: &readers,
            };
            let author = Author {
                view: look.view,
                by: &teller,
            };
            let from = (job.events.as_slice(), job.signing.from);
            next_block(from, &author, signer, position, &seed).map_err(|error| not_built(&error))
        })?;
        teller.recorded.learn_made(&job.events, &made);
        job.signing.teller = Some(teller);
        if let Some((index, why)) = made.unmapped.first() {
            let why = failure::ROW_UNREADABLE.failure([("why", Param::Text(why.to_string()))]);
            return Err(Self::overtaken(job, *index, &why));
        }
        job.signing.from = made.next;
        if let Some(built) = made.block {
            let block = self
                .replica
                .append_own(built.block, built.sections)
                .map_err(|error| not_appended(&error))?;
            job.signing.blocks += 1;
            self.stir.bump();
            let refused = self.look(|look| {
                let records = (0_u16..).zip(&made.events);
                Ok(records
                    .filter_map(|(index, event)| {
                        match look.view.outcome(&RecordRef { block, index }) {
                            Some(Outcome::Refused(refusal)) => {
                                Some((*event, rulings::refusal(look.store, look.view, refusal)))
                            }
                            _ => None,
                        }
                    })
                    .next())
            })?;
            if let Some((index, why)) = refused {
                return Err(Self::overtaken(job, index, &why));
            }
        }
        if job.signing.from.event >= job.events.len() {
            job.set_stage(ImportStage::Signed);
            self.catch_up()?;
        }
        Ok(())
    }

    /// The ledger changed between trial and signature.
    fn overtaken(job: &mut Job, index: usize, why: &chopmark_view::Failure) -> Trouble {
        tracing::warn!(
            code = why.code,
            "an event of an import does not stand any more"
        );
        job.set_stage(ImportStage::Stopped);
        let number = Param::Number(job.number(index));
        failure::IMPORT_OVERTAKEN
            .failure([("number", number)])
            .into()
    }
}
