//! The pieces of an import that are about things of runs which nobody used yet.

use chopmark_core::{Code, Outcome, RecordRef, TimeMs, When};
use chopmark_exchange::{Unrecorded, items_used, unrecorded};
use chopmark_view::{ImportStage, ImportStep};

use super::{Desk, local_offset, locked};
use crate::failure;
use crate::imports::{Job, Unused};
use crate::trouble::Trouble;

/// Things looked for while nobody else gets at the replica.
const LOOKED_FOR_AT_ONCE: usize = 500;

impl Desk {
    /// Asks a maker for some of the things that nobody wrote about, if that is the next piece of
    /// work.
    pub(crate) async fn import_ask(&self, step: &ImportStep) -> Result<(), Trouble> {
        let question = {
            let mut imports = locked(&self.imports);
            let job = imports.job(&step.import)?;
            match job.stage() {
                ImportStage::Asking => job.unused.next_question(),
                _ => None,
            }
        };
        let Some(question) = question else {
            return Ok(());
        };
        let answer = self.link.items(question.maker, question.codes()).await;
        let mut imports = locked(&self.imports);
        let job = imports.job(&step.import)?;
        job.unused.heard(question, answer);
        if !job.unused.is_asking() && job.stage() == ImportStage::Asking {
            job.set_stage(ImportStage::Trying);
        }
        Ok(())
    }

    /// Finds out what the events are the first to use.
    pub(super) fn find_unused(&self, job: &mut Job) -> Result<(), Trouble> {
        let codes: Vec<Code> = items_used(&job.events).into_iter().collect();
        let mut all = Unrecorded::new();
        for some in codes.chunks(LOOKED_FOR_AT_ONCE) {
            let found = self.look_at_written(|look| Ok(unrecorded(some, look.written)))?;
            for (maker, things) in found {
                all.entry(maker).or_default().extend(things);
            }
        }
        let kept = self.undrawn.all(self.replica.store())?;
        job.unused = Unused::new(all, &kept)?;
        if job.unused.is_asking() {
            job.set_stage(ImportStage::Asking);
        }
        Ok(())
    }

    /// Draws the next of what the events use, in blocks of their own: drawn in vain nothing has
    /// changed, so the events may stop anywhere.
    pub(super) fn draw_next(&self, job: &mut Job) -> Result<(), Trouble> {
        let _one_at_a_time = locked(&self.signing);
        let when = When {
            time: TimeMs(self.clock.now_ms()),
            tz: local_offset(),
        };
        let drawing = self.look(|look| Ok(job.unused.next_drawing(when, look.written)))?;
        for record in &drawing {
            let (block, _) = self.append_records(std::slice::from_ref(record), &[], |_| Ok(()))?;
            job.signing.blocks += 1;
            self.stir.bump();
            let index = 0;
            let refused = self.look_at_written(|look| {
                let outcome = look.view.outcome(&RecordRef { block, index });
                Ok(matches!(outcome, Some(Outcome::Refused(_))))
            })?;
            if refused {
                // Offered to somebody, or ended, since the trial.
                job.stop();
                return Err(failure::RUN_NOT_OPEN.failure([]).into());
            }
        }
        if !job.unused.is_drawing() {
            job.set_stage(ImportStage::Signing);
        }
        Ok(())
    }
}
