//! Reading and amending the network's policy.

use std::fmt::Write as _;

use anyhow::{Context as _, bail, ensure};
use chopmark_core::{
    Amendment, Body, Digest32, Height, Kem, MemberId, Policy, RecordRef, StateView, limits,
};

use super::{CHANGE_AHEAD, find_member};
use crate::peer::Peer;
use crate::policy_file;

/// The policy in force, or the newest, with what members want in its place as remarks; or the
/// policy that one of them wants.
pub(super) async fn show(
    peer: &Peer,
    wish: Option<String>,
    newest: bool,
) -> anyhow::Result<String> {
    let Some(wanted) = wish else {
        return peer.view(move |view| agreed(view, newest)).await;
    };
    let (name, wish) = peer
        .view(move |view| {
            let (member, name) = find_member(view, &wanted)?;
            let wish = view.governance().wishes().get(&member).copied();
            anyhow::Ok((name, wish))
        })
        .await??;
    let Some(wish) = wish else {
        bail!("{name} wants no other policy than the newest");
    };
    let policy = proposed_by(peer, wish.by())?;
    peer.view(move |view| {
        let (digest, from) = (wish.policy(), wish.from());
        let mut text = format!("# {name} wants this from checkpoint {from} on; digest {digest}\n");
        text.push_str(&policy_file::write(&policy, |id| name_of(view, id)));
        text
    })
    .await
}

/// What a proposal begins from, read with the policy of its file.
struct Begun {
    policy: Policy,
    replaces: Digest32,
    from: Height,
    next: Height,
    before: usize,
    quorum: u64,
}

/// Signs that a policy should hold.
pub(super) async fn propose(
    peer: &Peer,
    file: String,
    height: Option<u64>,
) -> anyhow::Result<String> {
    let own = peer.member();
    let begun = peer.view(move |view| begin(view, own, &file, height));
    let begun = begun.await??;
    let digest = begun.policy.digest();
    let body = Body::SetPolicy {
        replaces: begun.replaces,
        policy: Box::new(begun.policy),
        from: begun.from,
    };
    peer.sign_as_admin(body).await?;
    if digest == begun.replaces {
        return Ok("signed that the newest policy should stay".to_owned());
    }
    Ok(format!(
        "signed that policy {digest} should hold from checkpoint {} on, the next one is {}; {} other members want it, {} are needed in all",
        begun.from, begun.next, begun.before, begun.quorum
    ))
}

fn begin(
    view: &dyn StateView,
    own: MemberId,
    file: &str,
    height: Option<u64>,
) -> anyhow::Result<Begun> {
    let find = |wanted: &str| Ok(find_member(view, wanted)?.0);
    let policy = policy_file::read(file, find)?;
    check(view, &policy)?;
    let (governance, next) = (view.governance(), view.next_height());
    let digest = policy.digest();
    let others = governance.wishes().iter();
    let others = others.filter(|(id, wish)| **id != own && wish.policy() == digest);
    let mut others: Vec<Height> = others.map(|(_, wish)| wish.from()).collect();
    // What can still come, and of that what most want.
    let soonest = next.0.saturating_add(limits::CHANGE_LEAST_AHEAD);
    others.retain(|from| from.0 >= soonest);
    let wanting = |from: &Height| others.iter().filter(|other| *other == from).count();
    let most_wanted = others.iter().copied().max_by_key(wanting);
    let newest = governance.amendments().last();
    let newest = newest.map_or(Height(0), Amendment::from);
    let least = next.max(newest).0.saturating_add(CHANGE_AHEAD);
    let wanted = height.map(Height).or(most_wanted);
    let from = wanted.unwrap_or(Height(least));
    Ok(Begun {
        replaces: governance.newest().digest(),
        quorum: governance.newest().policy_quorum,
        before: others.iter().filter(|other| **other == from).count(),
        policy,
        from,
        next,
    })
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

fn agreed(view: &dyn StateView, newest: bool) -> String {
    let (governance, next) = (view.governance(), view.next_height());
    let policy = match newest {
        true => governance.newest(),
        false => view.policy(),
    };
    let mut text = String::new();
    let mut remark = |said: String| {
        // Writing into a string has no way to fail.
        let _ = writeln!(text, "# {said}");
    };
    let which = match newest {
        true => "the newest policy",
        false => "the policy in force",
    };
    remark(format!("{which}; digest {}", policy.digest()));
    match governance.amendments().len() {
        0 => remark("as the founders agreed".to_owned()),
        count => remark(format!("amended {count} times since the founding")),
    }
    for (from, coming) in governance.coming(next) {
        let digest = coming.digest();
        remark(format!(
            "{digest} holds from checkpoint {from} on; the next one is {next}"
        ));
    }
    for (member, wish) in governance.wishes() {
        let (name, digest, from) = (name_of(view, member), wish.policy(), wish.from());
        remark(format!(
            "{name} wants {digest} instead, from checkpoint {from} on"
        ));
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
