//! A member's root keys: rotated to the ones it had committed to, or recovered by its guardians.

use super::identity::check_admin_of;
use super::roster::check_in_roster;
use super::{Context, Refusal};
use crate::keys::RootSignature;
use crate::roots::{
    GuardianChoice, RecoveryRequest, RootChange, objection_message, recovery_message,
    rotation_message,
};
use crate::state::{Changes, Layer, MemberState, Outcome, RecoveryWish, StateView};
use crate::{Digest32, MemberId, RootPublic, TimeMs};

/// The author's member, by one of its admins.
fn own(draft: &Layer<'_>, context: &Context) -> Result<(MemberId, MemberState), Refusal> {
    let member = context.author.member;
    check_admin_of(context, &member)?;
    let state = draft.member(&member).cloned();
    Ok((member, state.ok_or(Refusal::UnknownMember { member })?))
}

fn check(
    member: MemberId,
    keys: &RootPublic,
    (message, signature): (Digest32, &RootSignature),
) -> Result<(), Refusal> {
    let verified = keys.verify(message.as_bytes(), signature);
    verified.map_err(|_| Refusal::BadRootSignature { member })
}

fn not_in_recovery(member: MemberId, state: &MemberState) -> Result<(), Refusal> {
    match state.recovery.open() {
        None => Ok(()),
        Some(open) => Err(Refusal::RecoveryOpen {
            member,
            by: open.wish().by(),
        }),
    }
}

/// To the keys that the present ones committed to, at once.
pub(super) fn rotate(
    draft: &mut Layer<'_>,
    context: &Context,
    new: &RootChange,
) -> Result<(), Refusal> {
    let (member, mut state) = own(draft, context)?;
    if new.root.next_digest() != state.next_root {
        return Err(Refusal::NotTheNextRoot {
            member,
            by: state.root_by,
        });
    }
    // A thief of the root keys has the next ones too after one rotation, and would else be faster
    // than the guardians for ever. An owner who wants no other keys objects.
    not_in_recovery(member, &state)?;
    if let Some(by) = draft.roster().spent(&member) {
        return Err(Refusal::TooManyRotations { member, by });
    }
    let message = rotation_message(&draft.network(), &member, &new.root, new.next);
    check(member, &new.root, (message, &new.signature))?;
    state.root = new.root.clone();
    state.next_root = new.next;
    (state.root_by, state.root_since) = (Some(context.at), context.now);
    state.guardians.drop_coming();
    let mut roster = draft.roster().clone();
    roster.rotated(&member, context.at);
    draft.changes.roster = Some(roster);
    draft.changes.members.insert(member, state);
    Ok(())
}

/// Who is to give the author's member new root keys, and how many of them it takes.
pub(super) fn set_guardians(
    draft: &mut Layer<'_>,
    context: &Context,
    choice: &GuardianChoice,
    signature: &RootSignature,
) -> Result<(), Refusal> {
    let (member, mut state) = own(draft, context)?;
    let next = state.guardians.next_number();
    if choice.number != next {
        return Err(Refusal::OutOfTurn {
            member,
            next,
            by: state.guardians.newest_choice(),
        });
    }
    // A thief of the root keys must not choose who decides about them.
    not_in_recovery(member, &state)?;
    for guardian in &choice.members {
        check_in_roster(draft, guardian)?;
        if *guardian == member {
            return Err(Refusal::OwnGuardian { member });
        }
    }
    let message = choice.message(&draft.network(), &member);
    check(member, &state.root, (message, signature))?;
    state.guardians.choose(choice, context.at, context.now);
    draft.changes.members.insert(member, state);
    Ok(())
}

/// What a guardian wants the root keys of a member to be; once its present keys objected, what
/// any member wants.
pub(super) fn recover(
    draft: &mut Layer<'_>,
    context: &Context,
    request: &RecoveryRequest,
) -> Result<(), Refusal> {
    let (member, new) = (request.member, &request.change);
    let author = context.author.member;
    check_admin_of(context, &author)?;
    check_in_roster(draft, &author)?;
    check_in_roster(draft, &member)?;
    let state = draft.member(&member).cloned();
    let mut state = state.ok_or(Refusal::UnknownMember { member })?;
    let guards = state.guardians.members().contains(&author);
    if !guards && (state.recovery.objected().is_none() || author == member) {
        return Err(Refusal::NotAGuardian {
            member: author,
            of: member,
            by: state.guardians.by(),
        });
    }
    let wish = RecoveryWish {
        root: new.root.clone(),
        next: new.next,
        by: context.at,
    };
    // Whoever was expelled guards nobody any more.
    let guardians = state.guardians.clone();
    let guards = |of: &MemberId| guardians.members().contains(of) && draft.roster().names(of);
    // Where a guardian wants these keys already, no rotation since may keep the others from it.
    let current = request.replaces == state.root.next_digest();
    if !current && state.recovery.wanting(&wish, guards) == 0 {
        return Err(Refusal::StaleRoot {
            member,
            by: state.root_by,
        });
    }
    let message = recovery_message(
        &draft.network(),
        &member,
        (request.replaces, &new.root),
        new.next,
    );
    check(member, &new.root, (message, &new.signature))?;
    let wanted = (guardians.threshold(), guards);
    state.recovery.wish(author, wish, wanted, context.now);
    draft.changes.members.insert(member, state);
    Ok(())
}

/// The present root keys say no, once.
pub(super) fn object(
    draft: &mut Layer<'_>,
    context: &Context,
    signature: &RootSignature,
) -> Result<(), Refusal> {
    let (member, mut state) = own(draft, context)?;
    if let Some(by) = state.recovery.objected() {
        return Err(Refusal::AlreadyObjected { member, by });
    }
    let open = state.recovery.open().ok_or(Refusal::NoRecovery {
        member,
        by: state.root_by,
    })?;
    let message = objection_message(&draft.network(), &member, open.base());
    check(member, &state.root, (message, signature))?;
    state.recovery.objected = Some(context.at);
    draft.changes.members.insert(member, state);
    Ok(())
}

/// Gives members the root keys that are due, and ends what was objected to for long enough: seen
/// once a checkpoint, by its time.
pub(crate) fn end_recoveries(layer: &mut Layer<'_>, now: TimeMs) {
    let policy = layer.policy().policy_quorum;
    let roster = layer.roster();
    let quorum = policy.max((roster.count() / 2).saturating_add(1));
    let due = layer.members().filter_map(|(id, member)| {
        let stays = |of: &MemberId| roster.names(of);
        let outcome = member
            .recovery
            .due(&member.guardians, (now, quorum), stays)?;
        Some((*id, member.clone(), outcome))
    });
    let due: Vec<_> = due.collect();
    for (id, mut member, outcome) in due {
        let base = member.recovery.open().map(|open| open.base());
        let mut changes = Changes::default();
        match outcome {
            Outcome::Deserted => member.recovery.open = None,
            _ => member.recovery = crate::state::Recovery::default(),
        }
        if let Outcome::Holds(wish) = outcome {
            member.root = wish.root;
            member.next_root = wish.next;
            (member.root_by, member.root_since) = (Some(wish.by), now);
            member.guardians.drop_coming();
            let mut roster = layer.roster().clone();
            roster.recovered(&id, (base, wish.by));
            changes.roster = Some(roster);
        }
        changes.members.insert(id, member);
        layer.commit(changes);
    }
}

/// Lets guardians in that were chosen long enough ago: seen once a checkpoint, by its time. Who
/// decides about a recovery that is open does so to its end.
pub(crate) fn seat_guardians(layer: &mut Layer<'_>, now: TimeMs) {
    let due = layer.members().filter(|(_, member)| {
        let open = member.recovery.open().is_some();
        !open && member.guardians.are_due(now)
    });
    let due: Vec<_> = due.map(|(id, member)| (*id, member.clone())).collect();
    for (id, mut member) in due {
        member.guardians.seat();
        // What others wanted before was said under other guardians.
        member.recovery.wishes.clear();
        let mut changes = Changes::default();
        changes.members.insert(id, member);
        layer.commit(changes);
    }
}
