//! What can happen to goods, by name: from raw material over the seven logistics subsystems to
//! recycling.
//!
//! An activity is recorded as a kind of record with a business step and a disposition of CBV 2.0,
//! and known again by these: nothing of ours has to stand in a record, and what another system
//! wrote in the standard's words has its name here too.

mod fits;
mod table;

use chopmark_core::{Kind, Role};
use chopmark_view::Form;

pub(crate) use fits::fitting;

/// One thing that can happen to goods.
#[derive(Debug)]
pub(crate) struct Activity {
    /// Its name, as the screens send it; `activity-` before it is the key of its message.
    name: &'static str,
    pub(crate) form: Form,
    by: By,
    /// The business step, a bare word of CBV 2.0.
    step: &'static str,
    /// The disposition after it, a bare word of CBV 2.0.
    disposition: &'static str,
    /// For a hold: the word that stands in its record.
    reason: Option<&'static str>,
    /// Who is shown it. Who may write it is the policy's to say.
    roles: &'static [Role],
}

/// Who can say truthfully that it happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Whoever has the thing.
    Holder,
    /// Whoever it is offered to.
    Addressee,
    /// Whoever owns it.
    Owner,
    /// Whoever its title is offered to.
    Buyer,
    /// Whoever sees it.
    Anyone,
}

impl Activity {
    /// Its name, as the screens send it.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The key of its message.
    pub(crate) fn key(&self) -> String {
        format!("activity-{}", self.name)
    }

    pub(crate) fn by(&self) -> By {
        self.by
    }

    pub(crate) fn disposition(&self) -> &'static str {
        self.disposition
    }

    /// Whether the thing is as it should be afterwards.
    pub(crate) fn is_in_order(&self) -> bool {
        !matches!(
            self.disposition,
            "container_open"
                | "damaged"
                | "disposed"
                | "destroyed"
                | "expired"
                | "mismatch_quantity"
                | "needs_replacement"
                | "non_conformant"
                | "non_sellable_other"
                | "recalled"
                | "unavailable"
        )
    }

    /// Whether everyone has to know of it: that its author calls the thing back, or no longer does.
    pub(crate) fn is_for_everyone(&self) -> bool {
        matches!(self.name, "recalled" | "recall-ended")
    }

    /// The word in the record's own fields: why for a hold, else the business step.
    pub(crate) fn word(&self) -> &'static str {
        self.reason.unwrap_or(self.step)
    }
}

/// The record that a form ends in.
pub(crate) fn kind_of(form: Form) -> Kind {
    match form {
        Form::Make => Kind::Commission,
        Form::Note | Form::Count | Form::Read | Form::Seal => Kind::Observe,
        Form::End => Kind::Decommission,
        Form::Inspect => Kind::Attest,
        Form::Pack => Kind::Pack,
        Form::Unpack => Kind::Unpack,
        Form::Offer => Kind::Offer,
        Form::Accept => Kind::Accept,
        Form::Decline => Kind::Decline,
        Form::Hold => Kind::Hold,
        Form::Clear => Kind::Clear,
        Form::PickUp => Kind::PickUp,
        Form::OfferTitle => Kind::OfferTitle,
        Form::TakeTitle => Kind::TakeTitle,
        Form::DeclineTitle => Kind::DeclineTitle,
        Form::Pledge => Kind::Pledge,
        Form::Release => Kind::Release,
        Form::Associate => Kind::Associate,
        Form::Dissociate => Kind::Dissociate,
    }
}

/// All activities.
pub(crate) fn all() -> impl Iterator<Item = &'static Activity> {
    table::AREAS.iter().flat_map(|(_, activities)| *activities)
}

/// The key of an area's message.
fn area_key(area: &str) -> String {
    format!("area-{area}")
}

/// The activity of a name.
pub(crate) fn named(name: &str) -> Option<&'static Activity> {
    all().find(|activity| activity.name() == name)
}

/// What a record says by its kind, the word in its fields and, where a reader may open the
/// section, the disposition.
pub(crate) fn recorded(
    kind: Kind,
    word: &str,
    disposition: Option<&str>,
) -> Option<&'static Activity> {
    all().find(|activity| {
        kind_of(activity.form) == kind
            && activity.word() == word
            // The reason alone names a hold.
            && (activity.reason.is_some() || disposition == Some(activity.disposition))
    })
}

/// The keys of all areas and activities, for the check against the message files.
pub(crate) fn keys() -> impl Iterator<Item = String> {
    let areas = table::AREAS.iter().map(|(area, _)| area_key(area));
    areas.chain(all().map(Activity::key))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use chopmark_core::{Class, Policy};
    use chopmark_epcis::{BizStep, Disposition, Word};

    use super::*;

    #[test]
    fn every_word_is_of_the_vocabulary() {
        for activity in all() {
            let step = Word::<BizStep>::parse(activity.step).unwrap();
            let disposition = Word::<Disposition>::parse(activity.disposition()).unwrap();
            assert!(
                step.known().is_some() && disposition.known().is_some(),
                "{activity:?}"
            );
        }
    }

    /// Otherwise a journey would call one thing by the name of another.
    #[test]
    fn every_activity_is_known_again_by_what_it_writes() {
        let mut names = BTreeSet::new();
        for activity in all() {
            assert!(names.insert(activity.name()), "{activity:?}");
            assert_eq!(
                named(activity.name()).map(Activity::key),
                Some(activity.key())
            );
            let found = recorded(
                kind_of(activity.form),
                activity.word(),
                Some(activity.disposition()),
            );
            assert_eq!(found.map(Activity::name), Some(activity.name()));
        }
    }

    #[test]
    fn every_subsystem_has_named_activities() {
        assert_eq!(table::AREAS.len(), 16);
        for (area, activities) in table::AREAS {
            let noted = activities.iter().filter(|one| one.form != Form::Inspect);
            assert!(noted.count() >= 3, "{area}");
        }
    }

    #[test]
    fn the_page_of_activities_has_every_row() {
        let page = include_str!("../../docs/activities.md");
        for activity in all() {
            let row = page
                .lines()
                .find(|line| line.contains(&format!("| `{}` |", activity.name())));
            let words = format!("| {} | {} |", activity.step, activity.disposition);
            assert!(row.is_some_and(|row| row.contains(&words)), "{activity:?}");
        }
        assert_eq!(page.matches("| `").count(), all().count());
    }

    /// What a role is shown but may not write in any network would lead into a refusal.
    #[test]
    fn the_standard_policy_permits_what_roles_are_shown() {
        let policy = Policy::standard(4);
        for activity in all() {
            for role in activity.roles {
                assert!(
                    Class::ALL
                        .iter()
                        .any(|class| { policy.permits(*class, *role, kind_of(activity.form)) }),
                    "{role:?} {activity:?}"
                );
            }
        }
    }
}
