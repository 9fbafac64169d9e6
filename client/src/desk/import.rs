//! The pieces of work of an import.

use chopmark_core::{Outcome, Position, RecordRef, StateView as _, TimeMs};
use chopmark_epcis::Event;
use chopmark_exchange::{Author, Signer, Suspects, Teller, Trial, next_block};
use chopmark_replica::random_bytes;
use chopmark_view::{
    BadRow, ColumnsView, Done, ImportBad, ImportBegin, ImportBegun, ImportChunk, ImportColumns,
    ImportRead, ImportSign, ImportStage, ImportStep, ImportStop, ImportView, Param,
};

use super::{Desk, locked, not_appended, not_built, told};
use crate::imports::{Job, Looking, Trying, unmapped};
use crate::trouble::Trouble;
use crate::{failure, rulings};

/// Events that are looked for in one piece of work.
const LOOKED_FOR_AT_ONCE: usize = 200;

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

    pub(crate) fn import_bad(&self, bad: &ImportBad) -> Result<Vec<BadRow>, Trouble> {
        Ok(locked(&self.imports).job(&bad.import)?.bad_after(bad.after))
    }

    pub(crate) fn import_stop(&self, stop: &ImportStop) -> Result<ImportView, Trouble> {
        let mut imports = locked(&self.imports);
        let job = imports.job(&stop.import)?;
        if job.stage() != ImportStage::Signed {
            job.stop();
        }
        self.catch_up()?;
        Ok(job.view())
    }

    pub(crate) fn import_step(&self, step: &ImportStep) -> Result<ImportView, Trouble> {
        let mut imports = locked(&self.imports);
        let job = imports.job(&step.import)?;
        match job.stage() {
            ImportStage::Trying => match job.looking.take() {
                Some(looking) => self.look_for(job, looking)?,
                None => self.try_block(job)?,
            },
            ImportStage::Drawing => self.draw_next(job)?,
            ImportStage::Signing => self.sign_block(job)?,
            ImportStage::Asking
            | ImportStage::Tried
            | ImportStage::Signed
            | ImportStage::Stopped => {}
        }
        Ok(job.view())
    }

    /// Looks whether some of the events are there already, from an import that was cut short.
    fn look_for(&self, job: &mut Job, mut looking: Looking) -> Result<(), Trouble> {
        if self.look(|look| told::parts(look, &mut looking, &mut job.parts))? {
            job.looking = Some(looking);
            return Ok(());
        }
        if looking.looked == 0 {
            looking.there = job.parts.recorded_among(&job.events);
        }
        let from = looking.looked;
        let some = job.events.iter().skip(from).take(LOOKED_FOR_AT_ONCE);
        let some: Vec<Event> = some.cloned().collect();
        let teller = self.teller(job);
        self.look(|look| {
            let author = Author {
                view: look.view,
                by: &teller,
            };
            let suspects = Suspects::among(&some, from, &author);
            told::recorded(look, &suspects, &mut looking)?;
            let there = looking.earlier.settle(suspects, &mut job.begun);
            looking.there.extend(there);
            Ok(())
        })?;
        looking.looked = from.saturating_add(some.len());
        if looking.looked < job.events.len() {
            job.looking = Some(looking);
        } else {
            job.looked(&looking.there);
            self.find_unused(job)?;
        }
        Ok(())
    }

    /// In whose name the events are signed.
    fn teller(&self, job: &Job) -> Teller {
        Teller {
            begun: job.begun.clone(),
            parts: job.parts.clone(),
            ..Teller::new(self.me.member)
        }
    }

    /// Tries a block of events, or draws what they use, on a copy of what is pending, so that nothing waits for long.
    fn try_block(&self, job: &mut Job) -> Result<(), Trouble> {
        let place = self.replica.next_place(self.me.device);
        let Trying { trial, overlay, .. } = std::mem::take(&mut job.trying);
        let mut trial = trial.unwrap_or_else(|| Trial::new(self.teller(job)));
        let tried = self.replica.read(|ledger, pending| {
            let mut scratch = match overlay {
                Some(kept) => kept.attach_anyway(ledger),
                None => pending.clone(),
            };
            let position = Position {
                network: ledger.state().network(),
                member: self.me.member,
                device: self.me.device,
                seq: place.seq,
                prev: place.prev,
                anchor: place.anchor,
                clock: TimeMs(self.clock.now_ms()),
            };
            let bad = match job.unused.draw_for_trial(&mut scratch) {
                true => Vec::new(),
                false => trial.step(&job.events, &self.key, position, &mut scratch)?,
            };
            Ok((bad, scratch.detach()))
        });
        let (bad, overlay) = match tried {
            Ok(tried) => tried,
            Err(error) => {
                // What was tried is lost with the copy.
                job.set_stage(ImportStage::Stopped);
                return Err(not_built(&error));
            }
        };
        self.look(|look| {
            job.note_refused(bad, |refusal| {
                rulings::refusal(look.store, look.view, refusal)
            });
            Ok(())
        })?;
        job.trying.tried = trial.tried();
        if job.trying.tried >= job.events.len() {
            job.set_stage(ImportStage::Tried);
        } else {
            job.trying.trial = Some(trial);
            job.trying.overlay = Some(overlay);
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
            .unwrap_or_else(|| self.teller(job));
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
            return Err(Self::overtaken(job, *index, &unmapped(why)));
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
