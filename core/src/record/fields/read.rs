//! Reading the fields of each kind.

use crate::record::{Body, Condition, Kind, RunSpec, SectionName, Verdict, When};
use crate::{
    cbor::{CborError, Reader, Wire, from_canonical},
    code::{GoodsClass, Prefix},
    ids::{
        BlockId, DeviceId, Digest32, EvidenceId, Height, MemberId, OwnerKey, RecordRef, Seq, TimeMs,
    },
    keys::{HpkePublic, RootSignature, Sealed},
    limits,
    member::DeviceEntry,
    party::Party,
    pickup::PickupCode,
    readers::Group,
    roots::{GuardianChoice, RecoveryRequest, RootChange},
    roster::{Application, RosterTerms},
    validators::ValidatorSet,
};

impl Body {
    pub(in crate::record) fn read_fields(
        kind: Kind,
        from: &mut Reader<'_>,
    ) -> Result<Self, CborError> {
        match kind {
            Kind::Enrol => {
                from.array_exactly(2)?;
                Ok(Self::Enrol {
                    member: MemberId::read(from)?,
                    device: DeviceEntry::read(from)?,
                })
            }
            Kind::Revoke => read_revoke(from),
            Kind::RegisterPrefix => {
                from.array_exactly(2)?;
                Ok(Self::RegisterPrefix {
                    prefix: Prefix::read(from)?,
                    member: MemberId::read(from)?,
                })
            }
            Kind::SetPolicy => {
                from.array_exactly(3)?;
                let replaces = Digest32::read(from)?;
                let bytes = from.bytes("policy", limits::POLICY_BYTES)?;
                Ok(Self::SetPolicy {
                    replaces,
                    policy: Box::new(from_canonical(bytes)?),
                    from: Height(from.u64()?),
                })
            }
            Kind::SetReader => read_set_reader(from),
            Kind::AdmitMember => {
                from.array_exactly(5)?;
                let terms = RosterTerms::read_fields(from)?;
                let application = from.bytes("application", limits::BLOCK_BYTES)?;
                Ok(Self::AdmitMember {
                    terms,
                    application: Box::new(Application::from_bytes(application)?),
                    signature: Box::new(RootSignature::read_from(from)?),
                })
            }
            Kind::ExpelMember => {
                from.array_exactly(5)?;
                Ok(Self::ExpelMember {
                    terms: RosterTerms::read_fields(from)?,
                    member: MemberId::read(from)?,
                    signature: Box::new(RootSignature::read_from(from)?),
                })
            }
            Kind::SetValidators => {
                from.array_exactly(5)?;
                Ok(Self::SetValidators {
                    terms: RosterTerms::read_fields(from)?,
                    validators: ValidatorSet::read(from)?,
                    signature: Box::new(RootSignature::read_from(from)?),
                })
            }
            Kind::RotateRoot => {
                from.array_exactly(4)?;
                let change = Box::new(RootChange::read_fields(from)?);
                Ok(Self::RotateRoot { change })
            }
            Kind::SetGuardians => read_set_guardians(from),
            Kind::Recover => {
                let request = Box::new(RecoveryRequest::read(from)?);
                Ok(Self::Recover { request })
            }
            Kind::ObjectRecovery => {
                from.array_exactly(2)?;
                let signature = Box::new(RootSignature::read_from(from)?);
                Ok(Self::ObjectRecovery { signature })
            }
            Kind::Commission => {
                from.array_exactly(7)?;
                Ok(Self::Commission {
                    when: When::read(from)?,
                    class: from.text("class", limits::NAME_BYTES)?.to_owned(),
                    prefix: Prefix::read(from)?,
                    codes: from.list("codes", limits::SUBJECTS)?,
                    quantity: Wire::read(from)?,
                    activation: from.list("activation keys", limits::SUBJECTS)?,
                })
            }
            Kind::CommissionRun => {
                from.array_exactly(5)?;
                Ok(Self::CommissionRun {
                    when: When::read(from)?,
                    class: GoodsClass::read(from)?,
                    prefix: Prefix::read(from)?,
                    run: RunSpec::read(from)?,
                })
            }
            Kind::Transform => {
                from.array_exactly(6)?;
                Ok(Self::Transform {
                    when: When::read(from)?,
                    step: from.text("business step", limits::NAME_BYTES)?.to_owned(),
                    inputs: from.list("inputs", limits::SUBJECTS)?,
                    outputs: from.list("outputs", limits::SUBJECTS)?,
                    losses: from.list("losses", limits::SUBJECTS)?,
                })
            }
            Kind::Correct => {
                from.array_exactly(5)?;
                Ok(Self::Correct {
                    when: When::read(from)?,
                    of: RecordRef::read(from)?,
                    reason: from.text("reason", limits::NAME_BYTES)?.to_owned(),
                    correctives: from.list("correctives", limits::CORRECTIVES)?,
                })
            }
            Kind::Draw => {
                from.array_exactly(3)?;
                Ok(Self::Draw {
                    when: When::read(from)?,
                    items: from.list("items", limits::DRAWN_ITEMS)?,
                })
            }
            Kind::Observe => {
                let (when, step) = read_word(from, "business step")?;
                Ok(Self::Observe { when, step })
            }
            Kind::Pack => Ok(Self::Pack {
                when: read_when(from)?,
            }),
            Kind::Unpack => Ok(Self::Unpack {
                when: read_when(from)?,
            }),
            Kind::Associate => Ok(Self::Associate {
                when: read_when(from)?,
            }),
            Kind::Dissociate => Ok(Self::Dissociate {
                when: read_when(from)?,
            }),
            Kind::DeclineTitle => Ok(Self::DeclineTitle {
                when: read_when(from)?,
            }),
            Kind::Release => Ok(Self::Release {
                when: read_when(from)?,
            }),
            Kind::Decline => Ok(Self::Decline {
                when: read_when(from)?,
            }),
            Kind::Clear => Ok(Self::Clear {
                when: read_when(from)?,
            }),
            Kind::Report => {
                let (when, word) = read_word(from, "report")?;
                Ok(Self::Report { when, word })
            }
            Kind::Hold => {
                let (when, reason) = read_word(from, "reason")?;
                Ok(Self::Hold { when, reason })
            }
            Kind::Decommission => {
                let (when, step) = read_word(from, "business step")?;
                Ok(Self::Decommission { when, step })
            }
            Kind::Offer => {
                from.array_exactly(5)?;
                Ok(Self::Offer {
                    when: When::read(from)?,
                    to: Party::read(from)?,
                    expires: TimeMs::read(from)?,
                    contents: from.option(Digest32::read)?,
                })
            }
            Kind::Accept => {
                from.array_exactly(5)?;
                Ok(Self::Accept {
                    when: When::read(from)?,
                    condition: Condition::read(from)?,
                    contents: from.option(Digest32::read)?,
                    left: from.list("what was left", limits::SUBJECTS)?,
                })
            }
            Kind::OfferTitle => {
                from.array_exactly(5)?;
                Ok(Self::OfferTitle {
                    when: When::read(from)?,
                    to: Party::read(from)?,
                    expires: TimeMs::read(from)?,
                    contents: from.option(Digest32::read)?,
                })
            }
            Kind::TakeTitle => {
                from.array_exactly(3)?;
                Ok(Self::TakeTitle {
                    when: When::read(from)?,
                    contents: from.option(Digest32::read)?,
                })
            }
            Kind::PickUp => {
                from.array_exactly(3)?;
                Ok(Self::PickUp {
                    when: When::read(from)?,
                    code: read_pickup(from)?,
                })
            }
            Kind::Activate => {
                from.array_exactly(4)?;
                Ok(Self::Activate {
                    when: When::read(from)?,
                    owner: OwnerKey::read(from)?,
                    signature: from.array_of_bytes()?,
                })
            }
            Kind::Resell => {
                from.array_exactly(4)?;
                Ok(Self::Resell {
                    when: When::read(from)?,
                    to: Party::read(from)?,
                    signature: from.array_of_bytes()?,
                })
            }
            Kind::Pledge => {
                from.array_exactly(3)?;
                Ok(Self::Pledge {
                    when: When::read(from)?,
                    to: MemberId::read(from)?,
                })
            }
            Kind::Attest => read_attest(from),
            Kind::Open => {
                from.array_exactly(5)?;
                Ok(Self::Open {
                    when: When::read(from)?,
                    section: SectionName::read_fields(from)?,
                    reason: from.text("reason", limits::NAME_BYTES)?.to_owned(),
                })
            }
            Kind::Unreadable => {
                let (when, section) = read_section(from)?;
                Ok(Self::Unreadable { when, section })
            }
            Kind::Grant => {
                let (when, section) = read_section(from)?;
                Ok(Self::Grant { when, section })
            }
        }
    }
}

/// The fields of a record that says when, and about which section.
fn read_section(from: &mut Reader<'_>) -> Result<(When, SectionName), CborError> {
    from.array_exactly(4)?;
    Ok((When::read(from)?, SectionName::read_fields(from)?))
}

fn read_set_guardians(from: &mut Reader<'_>) -> Result<Body, CborError> {
    from.array_exactly(5)?;
    let (number, threshold) = (from.u64()?, from.u64()?);
    let members: Vec<MemberId> = from.list("guardians", limits::READER_GROUPS)?;
    if !members.is_sorted_by(|one, next| one < next) {
        return Err(CborError::NonCanonical);
    }
    let choice = GuardianChoice {
        members: members.into_iter().collect(),
        threshold,
        number,
    };
    let signature = Box::new(RootSignature::read_from(from)?);
    Ok(Body::SetGuardians { choice, signature })
}

fn read_set_reader(from: &mut Reader<'_>) -> Result<Body, CborError> {
    from.array_exactly(5)?;
    let group = Group::read(from)?;
    let epoch = from.u32()?;
    let key = HpkePublic::read(from)?;
    let mut devices = Vec::new();
    for _ in 0..from.array("devices", limits::DEVICES_SEALED)? {
        from.array_exactly(3)?;
        devices.push((DeviceId::read(from)?, Sealed::read_fields(from)?));
    }
    let recovery = from.option(|from| {
        from.array_exactly(3)?;
        Ok((HpkePublic::read(from)?, Sealed::read_fields(from)?))
    })?;
    Ok(Body::SetReader {
        group,
        epoch,
        key,
        devices,
        recovery,
    })
}

/// The fields of a record that says nothing but when.
fn read_when(from: &mut Reader<'_>) -> Result<When, CborError> {
    from.array_exactly(2)?;
    When::read(from)
}

/// The fields of a record that says when, and one word.
fn read_word(from: &mut Reader<'_>, what: &'static str) -> Result<(When, String), CborError> {
    from.array_exactly(3)?;
    let when = When::read(from)?;
    let word = from.text(what, limits::NAME_BYTES)?.to_owned();
    Ok((when, word))
}

/// The fields of a record that names a new owner.
/// A pick-up code in its one spelling: what is hashed is exactly what stands here.
fn read_pickup(from: &mut Reader<'_>) -> Result<PickupCode, CborError> {
    let wrong = CborError::Value {
        what: "pick-up code",
    };
    let text = from.text("pick-up code", PickupCode::MOST_CHARACTERS)?;
    let code: PickupCode = text.parse().map_err(|_| wrong.clone())?;
    if code.as_str() == text {
        Ok(code)
    } else {
        Err(CborError::NonCanonical)
    }
}

fn read_revoke(from: &mut Reader<'_>) -> Result<Body, CborError> {
    from.array_exactly(3)?;
    let device = DeviceId::read(from)?;
    let last = match (from.option(Seq::read)?, from.option(BlockId::read)?) {
        (Some(seq), Some(id)) => Some((seq, id)),
        (None, None) => None,
        _ => return Err(CborError::Value { what: "last block" }),
    };
    Ok(Body::Revoke { device, last })
}

fn read_attest(from: &mut Reader<'_>) -> Result<Body, CborError> {
    from.array_exactly(4)?;
    let when = When::read(from)?;
    let verdict = Verdict::read(from)?;
    let mut evidence = Vec::new();
    for _ in 0..from.array("evidence", limits::EVIDENCE_LINKS)? {
        from.array_exactly(2)?;
        evidence.push((EvidenceId::read(from)?, from.u64()?));
    }
    Ok(Body::Attest {
        when,
        verdict,
        evidence,
    })
}
