//! Which activities are shown for subjects: by role, by who holds them, by how they stand. The
//! rules judge again when a draft is made, and the ledger after that.

use chopmark_core::{
    Class, Kind, MemberState, Party, RecordRef, StateView as _, SubjectId, limits, may_hold,
};
use chopmark_view::{ActivitiesView, ActivityView, AreaView, Form, Param, SubjectKind};

use super::{Activity, By, area_key, kind_of, table};
use crate::look::Look;
use crate::trouble::Trouble;
use crate::{failure, journey};

/// How one subject stands, as far as it decides what can be recorded about it.
struct Standing {
    is_place: bool,
    /// This member holds it.
    ours: bool,
    /// In no container.
    loose: bool,
    empty: bool,
    /// An offer of it stands.
    offered: bool,
    /// And is for this member.
    offered_to_us: bool,
    /// An authority keeps it, or something around or inside it, from moving.
    held: bool,
    held_by_us: bool,
    /// This member offers it to whoever shows a code.
    offered_to_code: bool,
    /// This member owns it.
    owned: bool,
    /// An offer of its title stands.
    title_offered: bool,
    /// And is for this member.
    title_offered_to_us: bool,
    /// Its owner pledged it, or something around or inside it.
    pledged: bool,
    /// It is pledged to this member.
    pledged_to_us: bool,
    /// Something is bound to it, or it to something.
    bound: bool,
}

/// What fits every one of some subjects.
pub(crate) fn fitting(look: &Look<'_>, subjects: &[SubjectId]) -> Result<ActivitiesView, Trouble> {
    if subjects.len() > limits::SUBJECTS {
        let most = Param::Number(limits::SUBJECTS as u64);
        return Err(failure::TOO_MANY.failure([("most", most)]).into());
    }
    let standings = subjects
        .iter()
        .map(|subject| standing(look, subject))
        .collect::<Result<Option<Vec<_>>, _>>()?
        // What was taken out of use has nothing more written about it.
        .unwrap_or_default();
    let member = look.view.member(&look.me.member);
    let class = member
        .map(MemberState::class)
        .ok_or_else(|| failure::UNKNOWN_MEMBER.failure([]))?;
    let areas = table::AREAS.iter().map(|(area, activities)| AreaView {
        area: area_key(area),
        activities: activities
            .iter()
            .filter(|activity| fits(look, class, activity, &standings))
            .map(|activity| ActivityView {
                name: activity.name().to_owned(),
                key: activity.key(),
                form: activity.form,
            })
            .collect(),
    });
    // What lies in a container is taken out first, and what is inside it as well.
    let free = |standing: &Standing| {
        let bound = standing.offered || standing.held || standing.is_place;
        standing.ours && standing.loose && standing.empty && !bound
    };
    let (role, policy) = (look.me.role, look.view.policy());
    Ok(ActivitiesView {
        transforms: policy.permits(class, role, Kind::Transform)
            && !standings.is_empty()
            && standings.iter().all(free),
        areas: areas.filter(|area| !area.activities.is_empty()).collect(),
    })
}

/// None when it is out of use.
fn standing(look: &Look<'_>, subject: &SubjectId) -> Result<Option<Standing>, Trouble> {
    let unknown = || failure::UNKNOWN_SUBJECT.failure([]);
    let state = look.view.subject(subject).ok_or_else(unknown)?;
    let card = look.card(subject)?.ok_or_else(unknown)?;
    if state.decommissioned_by().is_some() {
        return Ok(None);
    }
    let standing = |offer: Option<RecordRef>| {
        let offer = offer.filter(|offer| journey::stands(look, offer))?;
        look.view.offer(&offer)
    };
    let offer = standing(state.open_offer());
    let title = standing(state.open_title_offer());
    Ok(Some(Standing {
        is_place: card.kind == SubjectKind::Place,
        ours: card.mine,
        loose: state.inside().is_none(),
        empty: card.contents == 0,
        offered: offer.is_some(),
        offered_to_us: offer.is_some_and(|offer| offer.to().is(&look.me.member)),
        held: look.view.hold_on(subject).is_some(),
        held_by_us: state.holds().contains_key(&look.me.member),
        offered_to_code: offer.is_some_and(|offer| matches!(offer.to(), Party::Bearer(_))),
        owned: state.owner().is(&look.me.member),
        title_offered: title.is_some(),
        title_offered_to_us: title.is_some_and(|offer| offer.to().is(&look.me.member)),
        pledged: look.view.pledge_on(subject).is_some(),
        pledged_to_us: state
            .pledge()
            .is_some_and(|pledge| *pledge.to() == look.me.member),
        bound: !state.parents().is_empty() || !look.view.associated(subject).is_empty(),
    }))
}

fn fits(look: &Look<'_>, class: Class, activity: &Activity, standings: &[Standing]) -> bool {
    activity.roles.contains(&look.me.role)
        && look
            .view
            .policy()
            .permits(class, look.me.role, kind_of(activity.form))
        && !standings.is_empty()
        && (standings.len() == 1 || takes_many(activity.form))
        && standings
            .iter()
            .all(|standing| allows(standing, activity.form) && is_by(standing, activity.by))
        && (activity.form != Form::Hold || may_hold(class))
}

/// Whether one record of it can name many things that a person scanned one after the other.
fn takes_many(form: Form) -> bool {
    matches!(
        form,
        Form::Note
            | Form::Count
            | Form::Read
            | Form::Seal
            | Form::End
            | Form::Pack
            | Form::Hold
            | Form::Clear
            | Form::Pledge
            | Form::Release
    )
}

fn is_by(standing: &Standing, by: By) -> bool {
    match by {
        By::Holder => standing.ours,
        By::Addressee => standing.offered_to_us,
        By::Owner => standing.owned,
        By::Buyer => standing.title_offered_to_us,
        By::Anyone => true,
    }
}

fn allows(standing: &Standing, form: Form) -> bool {
    let moves = !standing.held && !standing.offered;
    match form {
        // Not about anything that is there already.
        Form::Make => false,
        Form::Note | Form::Count | Form::Read | Form::Seal => true,
        Form::Inspect => !standing.is_place,
        Form::Offer | Form::Pack => moves && standing.loose,
        Form::Unpack => moves && !standing.empty,
        Form::End => moves && standing.loose && standing.empty,
        Form::Accept => !standing.held,
        Form::Decline | Form::TakeTitle | Form::DeclineTitle => true,
        Form::PickUp => standing.offered_to_code && !standing.held,
        Form::OfferTitle => !standing.title_offered && !standing.pledged,
        Form::Pledge => !standing.title_offered && !standing.pledged && !standing.held,
        Form::Release => standing.pledged_to_us,
        Form::Associate => !standing.held,
        Form::Dissociate => standing.bound && !standing.held,
        Form::Hold => !standing.held_by_us,
        Form::Clear => standing.held_by_us,
    }
}
