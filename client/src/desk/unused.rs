//! The pieces of an import that are about things of runs which nobody used yet.

use chopmark_core::When;
use chopmark_exchange::{items_used, unrecorded};
use chopmark_view::{ImportStage, ImportStep};

use super::{Desk, local_offset, locked};
use crate::imports::{Job, Unused};
use crate::trouble::Trouble;

impl Desk {
    /// Asks a maker for some of the things that nobody wrote about, if that is the next piece of
    /// work.
    pub(crate) async fn import_ask(&self, step: &ImportStep) -> Result<(), Trouble> {
        let question = {
            let mut imports = locked(&self.imports);
            imports.job(&step.import)?.unused.next_question()
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
        let codes = items_used(&job.events);
        job.unused = self.look(|look| {
            let unrecorded = unrecorded(&codes, look.written);
            Ok(Unused::new(unrecorded, look.undrawn)?)
        })?;
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
            time: chopmark_core::TimeMs(self.clock.now_ms()),
            tz: local_offset(),
        };
        let drawing = self.look(|look| Ok(job.unused.next_drawing(when, look.written)))?;
        for record in &drawing {
            self.append_records(std::slice::from_ref(record), |_| Ok(()))?;
            job.signing.blocks += 1;
        }
        self.stir.bump();
        if !job.unused.is_drawing() {
            job.set_stage(ImportStage::Signing);
        }
        Ok(())
    }
}
