//! Admitting and expelling members and choosing whose peers order: agreed on by a quorum of
//! members, in force from a height on that lies ahead.

use std::collections::BTreeMap;

use super::identity::check_admin_of;
use super::{Context, Refusal};
use crate::keys::RootSignature;
use crate::state::{
    DeviceState, EpochState, Expulsion, GroupState, Layer, MemberState, Membership, Standing,
    StateView,
};
use crate::{
    Application, Class, Digest32, Height, MemberId, ReaderGroup, Role, RosterAct, RosterTerms,
    Validator, ValidatorSet, limits,
};

/// Refuses who is not a member in the checkpoint that is made: not yet, no longer, or never.
pub(crate) fn check_standing(state: &dyn StateView, member: &MemberId) -> Result<(), Refusal> {
    let known = state
        .member(member)
        .ok_or(Refusal::UnknownMember { member: *member })?;
    match known.standing(state.next_height()) {
        Standing::Member => Ok(()),
        Standing::Coming { from } => Err(Refusal::NotYetMember {
            member: *member,
            from,
            by: known.admitted_by(),
        }),
        Standing::Expelled(expelled) => Err(Refusal::MemberExpelled {
            member: *member,
            by: expelled.by(),
        }),
    }
}

/// Refuses whoever the others have agreed to expel, also before that holds: what is agreed on now
/// is for those who stay.
pub(super) fn check_in_roster(state: &dyn StateView, member: &MemberId) -> Result<(), Refusal> {
    if state.roster().names(member) {
        return Ok(());
    }
    let known = state.member(member);
    Err(match known.and_then(MemberState::expelled) {
        Some(expelled) => Refusal::MemberExpelled {
            member: *member,
            by: expelled.by(),
        },
        None => Refusal::UnknownMember { member: *member },
    })
}

/// The members of the newest roster with their classes.
pub(super) fn classes(state: &dyn StateView) -> BTreeMap<MemberId, Class> {
    let members = state.roster().members();
    let known = members.filter_map(|id| Some((*id, state.member(id)?.class())));
    known.collect()
}

/// Takes in what a member wants of the roster, and makes the change once enough want the same.
pub(super) fn wish(
    draft: &mut Layer<'_>,
    context: &Context,
    (terms, act): (RosterTerms, &RosterAct),
    signature: &RootSignature,
) -> Result<(), Refusal> {
    let member = context.author.member;
    // Whatever a policy says, nobody but admins speaks for a member.
    check_admin_of(context, &member)?;
    check_in_roster(draft, &member)?;
    let message = terms.message(&draft.network(), act);
    if draft.roster().was_made(message) {
        // It comes late, written while this was a wish still: it changes nothing.
        return Ok(());
    }
    if terms.replaces != draft.roster().digest() {
        return Err(Refusal::RosterSuperseded {
            by: draft.roster().made_by(),
        });
    }
    check_height(draft, terms.height)?;
    check_root_signature(draft, &member, (message, signature))?;
    let validators = check_act(draft, act)?;
    let mut roster = draft.roster().clone();
    let quorum = draft.policy().policy_quorum;
    let carried = roster.wish(member, (message, context.at), quorum);
    if let Some(carried) = carried {
        let membership = make(draft, context, terms.height, act);
        let change = (message, terms.height, carried);
        roster.change(change, membership, validators, draft.next_height());
    }
    draft.changes.roster = Some(roster);
    Ok(())
}

/// A change holds from a checkpoint on that lies ahead, after every change that was agreed on.
fn check_height(state: &dyn StateView, height: Height) -> Result<(), Refusal> {
    let now = state.next_height().0;
    let after = state.roster().newest_height().0.saturating_add(1);
    let earliest = now.saturating_add(limits::CHANGE_LEAST_AHEAD).max(after);
    let latest = latest_change(state);
    if (earliest..=latest.0).contains(&height.0) {
        Ok(())
    } else {
        Err(Refusal::WrongHeight {
            height,
            earliest: Height(earliest),
            latest,
        })
    }
}

/// The last height at which a change may begin that is ordered now.
pub(super) fn latest_change(state: &dyn StateView) -> Height {
    let now = state.next_height().0;
    Height(now.saturating_add(limits::CHANGE_MOST_AHEAD))
}

/// Refuses what a member's root keys did not sign.
fn check_root_signature(
    state: &dyn StateView,
    member: &MemberId,
    (message, signature): (Digest32, &RootSignature),
) -> Result<(), Refusal> {
    let bad = Refusal::BadRootSignature { member: *member };
    let known = state.member(member).ok_or(bad.clone())?;
    let verified = known.root().verify(message.as_bytes(), signature);
    verified.map_err(|_| bad)
}

/// Whether the newest roster can be changed so. Gives the validators after it.
fn check_act(state: &dyn StateView, act: &RosterAct) -> Result<ValidatorSet, Refusal> {
    let before = state.roster().newest_validators();
    match act {
        RosterAct::Admit(application) => {
            check_application(state, application)?;
            Ok(before.clone())
        }
        RosterAct::Expel(member) => {
            check_in_roster(state, member)?;
            let mut left = classes(state);
            left.remove(member);
            check_policies(state, &left)?;
            let stay = before.as_slice().iter().filter(|v| v.member() != *member);
            enough(stay.cloned().collect())
        }
        RosterAct::SetValidators(set) => {
            for validator in set.as_slice() {
                check_validator(state, validator)?;
            }
            enough(set.as_slice().to_vec())
        }
    }
}

fn check_application(state: &dyn StateView, application: &Application) -> Result<(), Refusal> {
    let applicant = application.applicant();
    let member = applicant.id();
    if let Some(before) = state.member(&member) {
        return Err(Refusal::AlreadyMember {
            member,
            by: before.admitted_by(),
        });
    }
    let network = state.network();
    let signed = application.verify(&network);
    signed.map_err(|_| Refusal::BadRootSignature { member })?;
    let kem = state.policy().kem;
    let mut readers = applicant.inception().readers().values();
    if readers.any(|key| key.kem() != kem) {
        return Err(Refusal::WrongKem { member });
    }
    for device in applicant.devices() {
        if let Some(before) = state.device(&device.key()) {
            return Err(Refusal::AlreadyEnrolled {
                device: device.key(),
                member: *before.member(),
                by: before.enrolled_by(),
            });
        }
    }
    let mut all = classes(state);
    all.insert(member, applicant.inception().class());
    if all.len() > limits::READER_GROUPS {
        return Err(Refusal::TooManyMembers { member });
    }
    check_policies(state, &all)
}

/// The policy, and every one that members agreed on, must fit the members after a change.
fn check_policies(
    state: &dyn StateView,
    members: &BTreeMap<MemberId, Class>,
) -> Result<(), Refusal> {
    let mut policies = state.governance().from(state.next_height());
    Ok(policies.try_for_each(|policy| policy.check(members))?)
}

/// One validator a member, and that a peer of its own that nobody revoked.
fn check_validator(state: &dyn StateView, validator: &Validator) -> Result<(), Refusal> {
    let (member, device) = (validator.member(), validator.key());
    check_in_roster(state, &member)?;
    let known = state.device(&device).filter(|known| {
        *known.member() == member
            && known.role() == Role::Peer
            && known.revoked().is_none()
            && known.forked().is_none()
    });
    match known {
        Some(_) => Ok(()),
        None => Err(Refusal::NotAPeer {
            member,
            device,
            by: state.device(&device).and_then(DeviceState::enrolled_by),
        }),
    }
}

/// One orders alone, or there are so many that one of them may fail.
fn enough(validators: Vec<Validator>) -> Result<ValidatorSet, Refusal> {
    let count = u64::try_from(validators.len()).unwrap_or(u64::MAX);
    let too_few = Refusal::TooFewValidators { validators: count };
    match count {
        1 | 4.. => ValidatorSet::new(validators).map_err(|_| too_few),
        _ => Err(too_few),
    }
}

/// Writes what was agreed on into the tables; it counts from its height on.
fn make(draft: &mut Layer<'_>, context: &Context, from: Height, act: &RosterAct) -> Membership {
    match act {
        RosterAct::Admit(application) => {
            admit(draft, context, from, application);
            Membership::Joins(application.applicant().id())
        }
        RosterAct::Expel(member) => {
            if let Some(mut state) = draft.member(member).cloned() {
                let by = context.at;
                state.expelled = Some(Expulsion { by, from });
                draft.changes.members.insert(*member, state);
            }
            let mut governance = draft.governance().clone();
            governance.forget(member);
            draft.changes.governance = Some(governance);
            Membership::Leaves(*member)
        }
        RosterAct::SetValidators(_) => Membership::Stays,
    }
}

fn admit(draft: &mut Layer<'_>, context: &Context, from: Height, application: &Application) {
    let applicant = application.applicant();
    let member = applicant.id();
    let by = Some(context.at);
    let since = (from, context.now);
    let state = MemberState::begun(applicant.inception().clone(), since, by);
    draft.changes.members.insert(member, state);
    for entry in applicant.devices() {
        let device = DeviceState {
            member,
            entry: entry.clone(),
            enrolled_by: by,
            revoked: None,
            forked: None,
        };
        draft.changes.devices.insert(entry.key(), device);
    }
    for (group, key) in applicant.inception().readers() {
        let first = EpochState::first(key.clone(), (from, context.now), by);
        let group = ReaderGroup::new(member, *group);
        let epochs = vec![first];
        draft.changes.readers.insert(group, GroupState { epochs });
    }
}
