//! Reading and amending the network's policy.

use std::fmt::Write as _;

use anyhow::{Context as _, bail, ensure};
use chopmark_core::{Body, Kem, MemberId, Policy, RecordRef, StateView};

use super::find_member;
use crate::peer::Peer;
use crate::policy_file;

/// The policy in force with what members want in its place as remarks; or the policy that one of
/// them wants.
pub(super) async fn show(peer: &Peer, wish: Option<String>) -> anyhow::Result<String> {
    let Some(wanted) = wish else {
        return peer.view(|view| in_force(view)).await;
    };
    let (name, wish) = peer
        .view(move |view| {
            let (member, name) = find_member(view, &wanted)?;
            let wish = view.governance().wishes().get(&member).copied();
            anyhow::Ok((name, wish))
        })
        .await??;
    let Some(wish) = wish else {
        bail!("{name} wants no other policy than the one in force");
    };
    let policy = proposed_by(peer, wish.by())?;
    peer.view(move |view| {
        let mut text = format!("# {name} wants this; digest {}\n", wish.policy());
        text.push_str(&policy_file::write(&policy, |id| name_of(view, id)));
        text
    })
    .await
}

/// Signs that a policy should hold.
pub(super) async fn propose(peer: &Peer, file: String) -> anyhow::Result<String> {
    let own = peer.member();
    let (policy, replaces, before, quorum) = peer
        .view(move |view| {
            let find = |wanted: &str| Ok(find_member(view, wanted)?.0);
            let policy = policy_file::read(&file, find)?;
            check(view, &policy)?;
            let digest = policy.digest();
            let others = view.governance().wishes().iter();
            let before = others.filter(|(id, wish)| **id != own && wish.policy() == digest);
            let before = before.count();
            let present = view.policy();
            anyhow::Ok((policy, present.digest(), before, present.policy_quorum))
        })
        .await??;
    let digest = policy.digest();
    let policy = Box::new(policy);
    let body = Body::SetPolicy { replaces, policy };
    peer.sign_as_admin(body).await?;
    if digest == replaces {
        return Ok("signed that the policy in force should stay".to_owned());
    }
    Ok(format!(
        "signed that policy {digest} should hold; {before} other members want it, {quorum} are needed in all"
    ))
}

/// What the rules would refuse is told before it is signed for good.
fn check(view: &dyn StateView, policy: &Policy) -> anyhow::Result<()> {
    let members = view.members();
    let classes = members.map(|(id, member)| (*id, member.class())).collect();
    policy
        .check(&classes)
        .context("no network can have this policy")?;
    let kem = |kem| {
        if kem == Kem::XWing {
            "x-wing"
        } else {
            "x25519"
        }
    };
    let present = view.policy().kem;
    ensure!(
        policy.kem == present,
        "how sections are sealed stays as the founders chose it: {}",
        kem(present)
    );
    Ok(())
}

fn in_force(view: &dyn StateView) -> String {
    let governance = view.governance();
    let policy = governance.policy();
    let mut text = String::new();
    let mut remark = |said: String| {
        // Writing into a string has no way to fail.
        let _ = writeln!(text, "# {said}");
    };
    remark(format!("the policy in force; digest {}", policy.digest()));
    match governance.amendments().len() {
        0 => remark("as the founders agreed".to_owned()),
        count => remark(format!("amended {count} times since the founding")),
    }
    for (member, wish) in governance.wishes() {
        let name = name_of(view, member);
        remark(format!("{name} wants {} instead", wish.policy()));
    }
    text.push_str(&policy_file::write(policy, |id| name_of(view, id)));
    text
}

/// The policy that a record proposes.
fn proposed_by(peer: &Peer, at: RecordRef) -> anyhow::Result<Policy> {
    let block = peer.replica().block(at.block)?;
    let block = block.context("the block of that proposal is not here")?;
    match block
        .records()
        .get(usize::from(at.index))
        .map(chopmark_core::Record::body)
    {
        Some(Body::SetPolicy { policy, .. }) => Ok(policy.as_ref().clone()),
        _ => bail!("record {at} proposes no policy"),
    }
}

fn name_of(view: &dyn StateView, member: &MemberId) -> String {
    let known = view.member(member);
    known.map_or_else(String::new, |member| member.name().to_owned())
}
