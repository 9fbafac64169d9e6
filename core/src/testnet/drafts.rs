//! What people of the test network write.

use super::*;

pub(crate) fn code(serial: &str) -> Code {
    Code::gtin_serial("09506000134352", serial).unwrap()
}

/// A case of the factory, by the number in its SSCC.
pub(crate) fn case(number: u32) -> Code {
    let digits = format!("0{PREFIX}{number:09}");
    let check = crate::check_digit(&digits).unwrap();
    Code::sscc(&format!("{digits}{check}")).unwrap()
}

/// A document of the factory, by the serial in its GDTI.
pub(crate) fn document(number: u32) -> Code {
    let digits = format!("{PREFIX}00001");
    let check = crate::check_digit(&digits).unwrap();
    Code::parse(&format!("(253){digits}{check}{number}")).unwrap()
}

pub(crate) fn owner(n: u8) -> OwnerSecret {
    OwnerSecret::from_seed(&[n; 32])
}

pub(crate) fn secret(n: u8) -> ActivationSecret {
    ActivationSecret::from_bytes([n; 16])
}

pub(crate) fn when() -> When {
    When {
        time: START,
        tz: TzMinutes::default(),
    }
}

pub(crate) fn register(prefix: &str, member: MemberId) -> RecordDraft {
    let prefix = Prefix::parse(prefix).unwrap();
    RecordDraft::new(Body::RegisterPrefix { prefix, member }, Vec::new())
}

pub(crate) fn commission(
    prefix: &str,
    codes: &[Code],
    genesis: &Genesis,
    maker: MemberId,
) -> RecordDraft {
    let subjects = codes.iter().map(|c| c.subject(&genesis.id(), &maker));
    let body = Body::Commission {
        when: when(),
        class: codes[0].class(),
        prefix: Prefix::parse(prefix).unwrap(),
        codes: codes.iter().map(Code::hash).collect(),
        quantity: None,
        activation: Vec::new(),
    };
    RecordDraft::new(body, subjects.collect())
}

pub(crate) fn observe(subjects: &[SubjectId]) -> RecordDraft {
    let step = "storing".to_owned();
    let body = Body::Observe { when: when(), step };
    RecordDraft::new(body, subjects.to_vec())
}

pub(crate) fn pack(container: SubjectId, items: &[SubjectId]) -> RecordDraft {
    let subjects = std::iter::once(container).chain(items.iter().copied());
    RecordDraft::new(Body::Pack { when: when() }, subjects.collect())
}

pub(crate) fn unpack(container: SubjectId, items: &[SubjectId]) -> RecordDraft {
    let subjects = std::iter::once(container).chain(items.iter().copied());
    RecordDraft::new(Body::Unpack { when: when() }, subjects.collect())
}

pub(crate) fn offer(subject: SubjectId, to: MemberId, cite: RecordRef) -> RecordDraft {
    offer_until(subject, to, cite, FOREVER)
}

pub(crate) fn offer_until(
    subject: SubjectId,
    to: MemberId,
    cite: RecordRef,
    expires: TimeMs,
) -> RecordDraft {
    offer_of(subject, to, cite, expires, None)
}

pub(crate) fn offer_of(
    subject: SubjectId,
    to: MemberId,
    cite: RecordRef,
    expires: TimeMs,
    contents: Option<Digest32>,
) -> RecordDraft {
    let body = Body::Offer {
        when: when(),
        to: to.into(),
        expires,
        contents,
    };
    RecordDraft::new(body, vec![subject]).citing(vec![cite])
}

pub(crate) fn accept(subject: SubjectId, offer: RecordRef) -> RecordDraft {
    accept_of(subject, offer, None)
}

pub(crate) fn accept_of(
    subject: SubjectId,
    offer: RecordRef,
    contents: Option<Digest32>,
) -> RecordDraft {
    let body = Body::Accept {
        when: when(),
        condition: Condition::Good,
        contents,
        left: Vec::new(),
    };
    RecordDraft::new(body, vec![subject]).citing(vec![offer])
}

pub(crate) fn decline(subject: SubjectId, offer: RecordRef) -> RecordDraft {
    RecordDraft::new(Body::Decline { when: when() }, vec![subject]).citing(vec![offer])
}

/// An acceptance that leaves some of the contents with the giver.
pub(crate) fn accept_but(subject: SubjectId, offer: RecordRef, left: &[SubjectId]) -> RecordDraft {
    let body = Body::Accept {
        when: when(),
        condition: Condition::Shortage,
        contents: None,
        left: left.to_vec(),
    };
    RecordDraft::new(body, vec![subject]).citing(vec![offer])
}

/// An offer to whoever shows a code.
pub(crate) fn offer_to(subject: SubjectId, to: Party, cite: RecordRef) -> RecordDraft {
    let body = Body::Offer {
        when: when(),
        to,
        expires: FOREVER,
        contents: None,
    };
    RecordDraft::new(body, vec![subject]).citing(vec![cite])
}

pub(crate) fn pick_up(subject: SubjectId, offer: RecordRef, code: &PickupCode) -> RecordDraft {
    let body = Body::PickUp {
        when: when(),
        code: code.clone(),
    };
    RecordDraft::new(body, vec![subject]).citing(vec![offer])
}

pub(crate) fn offer_title(subject: SubjectId, to: MemberId, cite: RecordRef) -> RecordDraft {
    let body = Body::OfferTitle {
        when: when(),
        to: to.into(),
        expires: FOREVER,
        contents: None,
    };
    RecordDraft::new(body, vec![subject]).citing(vec![cite])
}

pub(crate) fn take_title(subject: SubjectId, offer: RecordRef) -> RecordDraft {
    let body = Body::TakeTitle {
        when: when(),
        contents: None,
    };
    RecordDraft::new(body, vec![subject]).citing(vec![offer])
}

pub(crate) fn decline_title(subject: SubjectId, offer: RecordRef) -> RecordDraft {
    RecordDraft::new(Body::DeclineTitle { when: when() }, vec![subject]).citing(vec![offer])
}

pub(crate) fn associate(parent: SubjectId, children: &[SubjectId]) -> RecordDraft {
    let subjects = std::iter::once(parent).chain(children.iter().copied());
    RecordDraft::new(Body::Associate { when: when() }, subjects.collect())
}

pub(crate) fn dissociate(parent: SubjectId, children: &[SubjectId]) -> RecordDraft {
    let subjects = std::iter::once(parent).chain(children.iter().copied());
    RecordDraft::new(Body::Dissociate { when: when() }, subjects.collect())
}

pub(crate) fn pledge(subjects: &[SubjectId], to: MemberId) -> RecordDraft {
    RecordDraft::new(Body::Pledge { when: when(), to }, subjects.to_vec())
}

pub(crate) fn release(subjects: &[SubjectId]) -> RecordDraft {
    RecordDraft::new(Body::Release { when: when() }, subjects.to_vec())
}

pub(crate) fn decommission(subjects: &[SubjectId]) -> RecordDraft {
    let step = "destroying".to_owned();
    let body = Body::Decommission { when: when(), step };
    RecordDraft::new(body, subjects.to_vec())
}

pub(crate) fn hold(subjects: &[SubjectId]) -> RecordDraft {
    let reason = "missing_papers".to_owned();
    let body = Body::Hold {
        when: when(),
        reason,
    };
    RecordDraft::new(body, subjects.to_vec())
}

pub(crate) fn clear(subjects: &[SubjectId]) -> RecordDraft {
    RecordDraft::new(Body::Clear { when: when() }, subjects.to_vec())
}

pub(crate) fn set_policy(replaces: Digest32, policy: &Policy, from: Height) -> RecordDraft {
    let policy = Box::new(policy.clone());
    let body = Body::SetPolicy {
        replaces,
        policy,
        from,
    };
    RecordDraft::new(body, Vec::new())
}

pub(crate) fn enrol(member: MemberId, device: DeviceEntry) -> RecordDraft {
    RecordDraft::new(Body::Enrol { member, device }, Vec::new())
}

pub(crate) fn revoke(device: DeviceId, last: Option<(Seq, BlockId)>) -> RecordDraft {
    RecordDraft::new(Body::Revoke { device, last }, Vec::new())
}
