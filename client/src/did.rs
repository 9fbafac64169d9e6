//! What a signed block says, in words: for the list of what was done and for the outbox.

use chopmark_core::{Body, Party, Record, SubjectId, VerifiedBlock};
use chopmark_view::{Line, Param};

use crate::look::Look;
use crate::trouble::Trouble;
use crate::{lines, words_of};

/// One line of a block with the record that it stands for.
pub(crate) struct Did {
    pub(crate) index: u16,
    pub(crate) time_ms: u64,
    pub(crate) line: Line,
}

/// Every line of a block. Items that were commissioned together are one line.
pub(crate) fn lines(look: &Look<'_>, block: &VerifiedBlock) -> Result<Vec<Did>, Trouble> {
    let mut all = Vec::new();
    let mut items: Option<(u16, u64, SubjectId, u64)> = None;
    for (index, record) in (0_u16..).zip(block.records()) {
        let time_ms = record
            .body()
            .when()
            .map_or(block.header().clock().0, |when| when.time.0);
        match (record.body(), record.subjects().first()) {
            (Body::Commission { class, codes, .. }, Some(first)) if class.starts_with("(01)") => {
                let count = codes.len() as u64;
                match &mut items {
                    Some((.., so_far)) => *so_far = so_far.saturating_add(count),
                    None => items = Some((index, time_ms, *first, count)),
                }
            }
            _ => {
                if let Some(line) = line(look, block, (index, record))? {
                    all.push(Did {
                        index,
                        time_ms,
                        line,
                    });
                }
            }
        }
    }
    if let Some((index, time_ms, first, count)) = items {
        let line = items_made(look, &first, count)?;
        all.insert(
            0,
            Did {
                index,
                time_ms,
                line,
            },
        );
    }
    Ok(all)
}

/// The line of one record alone.
pub(crate) fn one(
    look: &Look<'_>,
    block: &VerifiedBlock,
    index: u16,
) -> Result<Option<Line>, Trouble> {
    let Some(record) = block.records().get(usize::from(index)) else {
        return Ok(None);
    };
    match (record.body(), record.subjects().first()) {
        (Body::Commission { class, codes, .. }, Some(first)) if class.starts_with("(01)") => {
            items_made(look, first, codes.len() as u64).map(Some)
        }
        _ => line(look, block, (index, record)),
    }
}

/// Items that were commissioned together, by the first of them.
fn items_made(look: &Look<'_>, first: &SubjectId, count: u64) -> Result<Line, Trouble> {
    let known = look.known(first)?;
    let product = known.and_then(|known| known.product).unwrap_or_default();
    Ok(lines::DID_COMMISSION.line([
        ("count", Param::Number(count)),
        ("product", Param::Text(product)),
    ]))
}

fn line(
    look: &Look<'_>,
    block: &VerifiedBlock,
    (index, record): (u16, &Record),
) -> Result<Option<Line>, Trouble> {
    let subjects = record.subjects();
    let first = || -> Result<Param, Trouble> {
        let text = subjects
            .first()
            .map(|subject| words_of::named(look.store, subject))
            .transpose()?;
        Ok(Param::Text(text.unwrap_or_default()))
    };
    let contents = Param::Number(subjects.len().saturating_sub(1) as u64);
    let all = Param::Number(subjects.len() as u64);
    let activity = |word: &str| -> Result<Line, Trouble> {
        let read = look.read_sections(block, index)?;
        let key = words_of::activity_key(record.kind(), word, read.disposition.as_deref());
        let activity = ("activity", Param::Key(key));
        Ok(match subjects {
            [_] => lines::DID_ACTIVITY.line([("subject", first()?), activity]),
            _ => {
                let count = Param::Number(subjects.len() as u64);
                lines::DID_ACTIVITY_MANY.line([("count", count), activity])
            }
        })
    };
    Ok(Some(match record.body() {
        Body::Commission { .. } => lines::DID_COMMISSION_CASE.line([("code", first()?)]),
        Body::Pack { .. } => lines::DID_PACK.line([("count", contents), ("container", first()?)]),
        Body::Unpack { .. } => {
            lines::DID_UNPACK.line([("count", contents), ("container", first()?)])
        }
        Body::Offer {
            to: Party::Bearer(_),
            ..
        } => lines::DID_OFFER_CODE.line([("subject", first()?)]),
        Body::Offer { to, .. } => lines::DID_OFFER.line([
            ("subject", first()?),
            ("to", Param::Text(words_of::party_text(look.view, to))),
        ]),
        Body::Accept {
            condition, left, ..
        } => {
            let key = words_of::condition_key(words_of::view_condition(*condition));
            let (subject, condition) =
                (("subject", first()?), ("condition", Param::Key(key.into())));
            match left.len() {
                0 => lines::DID_ACCEPT.line([subject, condition]),
                left => {
                    let left = ("left", Param::Number(left as u64));
                    lines::DID_ACCEPT_PART.line([subject, condition, left])
                }
            }
        }
        Body::Decline { .. } => lines::DID_DECLINE.line([("subject", first()?)]),
        Body::CommissionRun { run, .. } => {
            let count = Param::Number(u64::from(run.count));
            lines::DID_COMMISSION_RUN.line([("count", count)])
        }
        Body::Transform {
            inputs, outputs, ..
        } => lines::DID_TRANSFORM.line([
            ("count", Param::Number(inputs.len() as u64)),
            ("made", Param::Number(outputs.len() as u64)),
        ]),
        Body::Correct { .. } => lines::DID_CORRECT.line([("subject", first()?)]),
        Body::Draw { items, .. } => {
            lines::DID_DRAW.line([("count", Param::Number(items.len() as u64))])
        }
        Body::Associate { .. } => {
            lines::DID_ASSOCIATE.line([("count", contents), ("subject", first()?)])
        }
        Body::Dissociate { .. } => {
            lines::DID_DISSOCIATE.line([("count", contents), ("subject", first()?)])
        }
        Body::OfferTitle { to, .. } => lines::DID_OFFER_TITLE.line([
            ("subject", first()?),
            ("to", Param::Text(words_of::party_text(look.view, to))),
        ]),
        Body::TakeTitle { .. } => lines::DID_TAKE_TITLE.line([("subject", first()?)]),
        Body::DeclineTitle { .. } => lines::DID_DECLINE_TITLE.line([("subject", first()?)]),
        Body::PickUp { .. } => lines::DID_PICK_UP.line([("subject", first()?)]),
        Body::Activate { .. } => lines::DID_ACTIVATE.line([("subject", first()?)]),
        Body::Resell { .. } => lines::DID_RESELL.line([("subject", first()?)]),
        Body::Report { .. } => lines::DID_REPORT.line([("subject", first()?)]),
        Body::Pledge { to, .. } => {
            let to = ("to", Param::Text(look.member_name(to)));
            match subjects {
                [_] => lines::DID_PLEDGE.line([("subject", first()?), to]),
                _ => lines::DID_PLEDGE_MANY.line([("count", all), to]),
            }
        }
        Body::Release { .. } => match subjects {
            [_] => lines::DID_RELEASE.line([("subject", first()?)]),
            _ => lines::DID_RELEASE_MANY.line([("count", all)]),
        },
        Body::Observe { step: word, .. }
        | Body::Decommission { step: word, .. }
        | Body::Hold { reason: word, .. } => activity(word)?,
        Body::Clear { .. } => activity("holding")?,
        Body::Open { .. } => lines::DID_OPEN.line([]),
        Body::Unreadable { .. } => lines::DID_UNREADABLE.line([("subject", first()?)]),
        Body::Grant { .. } => lines::DID_GRANT.line([]),
        Body::SetReader { .. } => lines::DID_SET_READER.line([]),
        Body::Attest { verdict, .. } => {
            let key = words_of::verdict_key(words_of::view_verdict(*verdict));
            lines::DID_ATTEST.line([("subject", first()?), ("verdict", Param::Key(key.into()))])
        }
        Body::Enrol { device, .. } => {
            lines::DID_ENROL.line([("device", Param::Text(device.name().to_owned()))])
        }
        Body::Revoke { device, .. } => {
            let name = look.device_name(device);
            lines::DID_REVOKE.line([("device", Param::Text(name))])
        }
        Body::RegisterPrefix { prefix, member } => lines::DID_REGISTER_PREFIX.line([
            ("prefix", Param::Text(prefix.to_string())),
            ("member", Param::Text(look.member_name(member))),
        ]),
        Body::SetPolicy { .. } => lines::DID_SET_POLICY.line([]),
        Body::AdmitMember { application, .. } => {
            let name = application.applicant().inception().name();
            lines::DID_ADMIT_MEMBER.line([("member", Param::Text(name.to_owned()))])
        }
        Body::ExpelMember { member, .. } => {
            lines::DID_EXPEL_MEMBER.line([("member", Param::Text(look.member_name(member)))])
        }
        Body::SetValidators { .. } => lines::DID_SET_VALIDATORS.line([]),
        Body::RotateRoot { .. } => lines::DID_ROTATE_ROOT.line([]),
        Body::SetGuardians { .. } => lines::DID_SET_GUARDIANS.line([]),
        Body::Recover { request } => {
            let name = look.member_name(&request.member());
            lines::DID_RECOVER.line([("member", Param::Text(name))])
        }
        Body::ObjectRecovery { .. } => lines::DID_OBJECT_RECOVERY.line([]),
    }))
}
