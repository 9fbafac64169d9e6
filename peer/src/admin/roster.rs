//! Members, validators and root keys: what the commands that hold root keys need to know, and
//! the records that they signed offline, which the admin device writes.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::{Context as _, anyhow, ensure};
use chopmark_core::{
    Body, Kind, MemberId, MemberState, Record, RecordDraft, RecordRef, Role, StateView,
    ValidatorSet, foresee,
};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use super::find_member;
use crate::peer::Peer;

/// Where members, validators and root keys stand.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Standing {
    pub(crate) network: String,
    /// The digest of the newest roster.
    pub(crate) roster: String,
    /// The height of the checkpoint that is made next.
    pub(crate) height: u64,
    /// The height of the newest change that was agreed on.
    pub(crate) newest_change: u64,
    /// This member.
    pub(crate) own: MemberKeys,
    /// Records with wishes for another roster, in base 64, each with its author's name.
    pub(crate) wishes: Vec<(String, String)>,
    /// The newest validators, in base 64.
    pub(crate) validators: String,
}

/// A member's root keys and what is under way with them.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MemberKeys {
    pub(crate) id: String,
    pub(crate) name: String,
    /// The public root keys, in base 64.
    pub(crate) root: String,
    /// The number that its next setting of guardians has.
    pub(crate) guardians_number: u64,
    /// What an objection to the open recovery is signed over.
    pub(crate) recovery: Option<String>,
}

/// Says where everything stands; of a member by name or id, or this one.
pub(super) async fn standing(peer: &Peer, of: Option<String>) -> anyhow::Result<Standing> {
    let own = peer.member();
    let (mut standing, wishes) = peer
        .view(move |view| {
            let of = match of {
                Some(wanted) => find_member(view, &wanted)?.0,
                None => own,
            };
            let member = view
                .member(&of)
                .context("this member is not admitted yet, or its peer has not synced")?;
            let roster = view.roster();
            let wishes = roster.wishes().iter();
            let wishes = wishes.map(|(of, wish)| (name_of(view, of), wish.by()));
            let wishes: Vec<(String, RecordRef)> = wishes.collect();
            let standing = Standing {
                network: view.network().to_string(),
                roster: roster.digest().to_string(),
                height: view.next_height().0,
                newest_change: roster.changes().last().map_or(0, |c| c.from().0),
                own: keys_of(&of.to_string(), member),
                wishes: Vec::new(),
                validators: BASE64.encode(&roster.newest_validators().to_bytes()),
            };
            anyhow::Ok((standing, wishes))
        })
        .await??;
    for (name, by) in wishes {
        let block = peer.replica().block(by.block)?;
        let block = block.context("the block of a wish is not here")?;
        let record = block.record_bytes(by.index).context("a wish")?;
        standing.wishes.push((name, BASE64.encode(record)));
    }
    Ok(standing)
}

fn keys_of(id: &str, member: &MemberState) -> MemberKeys {
    let open = member.recovery().open();
    MemberKeys {
        id: id.to_owned(),
        name: member.name().to_owned(),
        root: BASE64.encode(&member.root().to_bytes()),
        guardians_number: member.guardians().next_number(),
        recovery: open.map(|open| open.base().to_string()),
    }
}

/// What the commands may have the admin device write for them.
const TAKEN: [Kind; 7] = [
    Kind::AdmitMember,
    Kind::ExpelMember,
    Kind::SetValidators,
    Kind::RotateRoot,
    Kind::SetGuardians,
    Kind::Recover,
    Kind::ObjectRecovery,
];

/// Writes a record that root keys signed elsewhere.
pub(super) async fn write(peer: &Peer, record: &str) -> anyhow::Result<String> {
    let bytes = decoded(record)?;
    let record = Record::from_bytes(&bytes).context("the record")?;
    ensure!(
        TAKEN.contains(&record.kind()),
        "records of this kind are not written this way"
    );
    let body = record.body().clone();
    let wished = body.roster_wish().is_some();
    let (device, member) = (peer.admin_key()?.id(), peer.member());
    let drafted = peer
        .view(move |view| {
            let draft = RecordDraft::new(body.clone(), Vec::new());
            let draft = draft.citing(stands_on(view, &member, &body));
            // What the rules would refuse is told before it is signed for good.
            let author = (device, Role::Admin);
            match foresee(view, author, member, std::slice::from_ref(&draft)) {
                Ok(()) => Ok(draft),
                Err(refusal) => Err(refusal.to_string()),
            }
        })
        .await?;
    let draft = drafted.map_err(|why| anyhow!("the network's rules would refuse it: {why}"))?;
    peer.sign_draft(draft).await?;
    if !wished {
        return Ok("signed".to_owned());
    }
    let own = peer.member();
    peer.view(move |view| {
        let roster = view.roster();
        let Some(wish) = roster.wishes().get(&own) else {
            return "signed; a quorum of members wants it, and it is agreed on".to_owned();
        };
        let wanting = roster.wishes().values();
        let same = wanting.filter(|other| other.message() == wish.message());
        let needed = (roster.count() / 2).saturating_add(1);
        let needed = needed.max(view.policy().policy_quorum);
        format!(
            "signed; {} members want it, {needed} are needed",
            same.count()
        )
    })
    .await
}

/// What a record takes as said: others may have said it just now, and inside a checkpoint it would
/// else be chance which of the two comes first.
fn stands_on(view: &dyn StateView, own: &MemberId, body: &Body) -> Vec<RecordRef> {
    let named = match body {
        Body::Recover { request } => view.member(&request.member()).map(|lost| {
            let guardians = lost.guardians().by();
            [guardians, lost.root_by(), lost.recovery().objected()]
        }),
        Body::ObjectRecovery { .. } => view.member(own).map(|own| {
            let open = own.recovery().open();
            [open.map(|open| open.wish().by()), None, None]
        }),
        Body::RotateRoot { .. } => None,
        _ => Some([view.roster().made_by(), None, None]),
    };
    named.into_iter().flatten().flatten().collect()
}

/// The members with their root keys and guardians, the validators, what is wanted of them, and which
/// root keys are being recovered.
pub(super) async fn show(peer: &Peer) -> anyhow::Result<String> {
    peer.view(|view| {
        let mut text = String::new();
        let mut line = |said: String| {
            // Writing into a string has no way to fail.
            let _ = writeln!(text, "{said}");
        };
        line(format!("next checkpoint  {}", view.next_height()));
        for (id, member) in view.members() {
            let standing = match member.expelled() {
                Some(gone) => format!(", expelled from checkpoint {}", gone.from()),
                None if view.is_member(id) => String::new(),
                None => ", not yet a member".to_owned(),
            };
            line(format!("member     {}  {id}{standing}", member.name()));
            keys(view, member, &mut line);
            recovery(member, &mut line);
        }
        let now = view.roster().validators(view.next_height());
        orders("orders", now, view, &mut line);
        let newest = view.roster().newest_validators();
        if newest != now {
            orders("will order", newest, view, &mut line);
        }
        for (id, wish) in view.roster().wishes() {
            line(format!(
                "wish       {} wants {}",
                name_of(view, id),
                wish.message()
            ));
        }
        text
    })
    .await
}

fn orders(what: &str, set: &ValidatorSet, view: &dyn StateView, line: &mut impl FnMut(String)) {
    for validator in set.as_slice() {
        let both = match validator.ml_dsa() {
            Some(_) => "",
            None => ", without a post-quantum key",
        };
        let name = name_of(view, &validator.member());
        line(format!("{what:<10} {name}  {}{both}", validator.key()));
    }
}

/// Since when a member has its root keys, who can give it others, and who is to in their place: a
/// choice that its administrators did not make is a thief's.
fn keys(view: &dyn StateView, member: &MemberState, line: &mut impl FnMut(String)) {
    let since = crate::clock::readable(member.root_since());
    line(format!("           root keys since {since}"));
    let named = |members: &BTreeSet<MemberId>| {
        let names: Vec<_> = members.iter().map(|id| name_of(view, id)).collect();
        names.join(", ")
    };
    let guardians = member.guardians();
    if guardians.members().is_empty() {
        line("           no guardians".to_owned());
    } else {
        let names = named(guardians.members());
        let threshold = guardians.threshold();
        line(format!("           guardians: {threshold} of {names}"));
    }
    if let Some(coming) = guardians.coming() {
        let (names, threshold) = (named(coming.members()), coming.threshold());
        let from = crate::clock::readable(coming.hold_from());
        let waits = match member.recovery().open() {
            Some(_) => ", if the recovery ends without new keys",
            None => "",
        };
        line(format!(
            "           guardians from {from} on{waits}: {threshold} of {names}"
        ));
    }
}

/// For every administrator to see: whose keys others are about to replace, and until when that
/// can be objected to.
fn recovery(member: &MemberState, line: &mut impl FnMut(String)) {
    if let Some(open) = member.recovery().open() {
        let at = crate::clock::readable(open.holds_from());
        let objected = match member.recovery().objected() {
            Some(_) => "; its present keys objected, so all guardians and a quorum decide",
            None => "",
        };
        line(format!(
            "           its root keys are being recovered, until {at}{objected}"
        ));
    }
}

fn name_of(view: &dyn StateView, member: &MemberId) -> String {
    let known = view.member(member);
    known.map_or_else(|| member.to_string(), |member| member.name().to_owned())
}

/// A body as the bytes of a record, for the running peer.
pub(crate) fn encoded(body: Body) -> anyhow::Result<String> {
    let record = Record::bare(body).context("this cannot be said")?;
    Ok(BASE64.encode(&record.to_bytes()))
}

/// Bytes in base 64, as they go between a command and the running peer.
pub(crate) fn decoded(text: &str) -> anyhow::Result<Vec<u8>> {
    let bytes = BASE64.decode(text.as_bytes());
    bytes.map_err(|why| anyhow!("the peer's answer, or the request: {why}"))
}
