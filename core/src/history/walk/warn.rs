//! What a history shows that a buyer should know.

use super::Walk;
use crate::history::verify::Fact;
use crate::history::{Sighting, Step, Warning, activated_far_away, impossible_journey};
use crate::{Body, Kind, SubjectId};

impl Walk<'_> {
    /// Where the subject was, by the records, when its seal was opened.
    pub(super) fn note_activation(&mut self, fact: &Fact<'_>, named: Option<SubjectId>) {
        if let Body::Activate { .. } = fact.record.body()
            && let Some(subject) = self.subject.filter(|subject| named == Some(*subject))
            && let Some(was) = self.things.with_no_seller(&subject, &fact.header.member())
        {
            self.elsewhere.get_or_insert(Warning::ActivatedElsewhere {
                activated: fact.at,
                was,
            });
        }
    }

    /// What the journey shows that a buyer should know.
    pub(super) fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        let activated = self
            .subject
            .and_then(|subject| self.things.activated_by(&subject));
        let sightings: Vec<Sighting> = self.journey.iter().filter_map(Step::sighting).collect();
        warnings.extend(impossible_journey(&sightings));
        if let Some(activated) = activated {
            let far = || activated_far_away(activated, &sightings);
            warnings.extend(self.elsewhere.or_else(far));
            let mut steps = self.journey.iter().rev();
            let again = steps.find(|step| step.kind == Kind::Resell);
            warnings.push(Warning::SoldBefore {
                activated,
                again: again.map(|step| step.at),
            });
        }
        warnings
    }
}
