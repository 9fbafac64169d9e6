//! The roster: who the members are and whose peers order, and what members sign to change it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    cbor::{CborError, Reader, Wire, Writer, to_bytes},
    genesis::Founder,
    hash::labelled,
    ids::{Digest32, Height, MemberId, NetworkId},
    keys::{BadSignature, RootKey, RootSignature},
    limits,
    member::Role,
    validators::ValidatorSet,
};

/// A firm that wants to become a member: its inception and first devices, signed by its own root
/// keys, so that nobody is admitted who did not ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Application {
    applicant: Founder,
    signature: RootSignature,
}

impl Application {
    /// An application to a network, signed by the applicant's root keys.
    #[must_use]
    pub fn sign(applicant: Founder, network: &NetworkId, key: &RootKey) -> Self {
        let signature = key.sign(&application_digest(network, &applicant));
        Self {
            applicant,
            signature,
        }
    }

    /// Who applies, with its first devices.
    #[must_use]
    pub const fn applicant(&self) -> &Founder {
        &self.applicant
    }

    /// The bytes that the applicant hands to the members' admins.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads an application; the signature is not checked.
    ///
    /// # Errors
    /// [`CborError`] if the bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        crate::cbor::from_canonical(bytes)
    }

    /// Checks that the applicant's own root keys signed it, for this network.
    ///
    /// # Errors
    /// [`BadSignature`] if they did not.
    pub fn verify(&self, network: &NetworkId) -> Result<(), BadSignature> {
        let digest = application_digest(network, &self.applicant);
        self.applicant
            .inception()
            .root()
            .verify(&digest, &self.signature)
    }

    /// What has to hold whatever the state: without an admin nobody could enrol the next device.
    pub(crate) fn check(&self) -> Result<(), CborError> {
        let devices = self.applicant.devices();
        let admin = devices.iter().any(|device| device.role() == Role::Admin);
        let keys: BTreeSet<_> = devices.iter().map(|d| d.key()).collect();
        if admin && keys.len() == devices.len() {
            Ok(())
        } else {
            Err(CborError::Value { what: "devices" })
        }
    }
}

impl Wire for Application {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        to.bytes(&self.applicant.to_bytes());
        self.signature.write_into(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Ok(Self {
            applicant: Founder::from_bytes(from.bytes("applicant", limits::BLOCK_BYTES)?)?,
            signature: RootSignature::read_from(from)?,
        })
    }
}

fn application_digest(network: &NetworkId, applicant: &Founder) -> [u8; 32] {
    let body = applicant.to_bytes();
    labelled("chopmark/application/1", &[network.as_bytes(), &body])
}

/// One change of the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RosterAct {
    /// A firm becomes a member.
    Admit(Box<Application>),
    /// A member is one no longer, and its peer orders no longer.
    Expel(MemberId),
    /// These peers order.
    SetValidators(ValidatorSet),
}

impl RosterAct {
    /// The act alone, whoever wants it and whenever: `H("chopmark/roster-act/1", CBOR)`.
    #[must_use]
    pub fn digest(&self) -> Digest32 {
        Digest32::from_bytes(labelled("chopmark/roster-act/1", &[&to_bytes(self)]))
    }
}

impl Wire for RosterAct {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        match self {
            Self::Admit(application) => {
                to.u64(0);
                application.write(to);
            }
            Self::Expel(member) => {
                to.u64(1);
                member.write(to);
            }
            Self::SetValidators(set) => {
                to.u64(2);
                set.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        match from.u64()? {
            0 => Ok(Self::Admit(Box::new(Application::read(from)?))),
            1 => Ok(Self::Expel(MemberId::read(from)?)),
            2 => Ok(Self::SetValidators(ValidatorSet::read(from)?)),
            _ => Err(CborError::Value { what: "roster act" }),
        }
    }
}

/// On what and from when on a change of the roster is wanted. Members want the same when all of
/// it is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RosterTerms {
    /// The digest of the roster that its author knew as the newest: else a wish that failed years
    /// ago could be completed in another world.
    pub replaces: Digest32,
    /// The first checkpoint that is made and judged under the new roster.
    pub height: Height,
}

impl RosterTerms {
    /// What root keys sign, so that whoever follows the validators needs the members' word beside
    /// that of the validators before: their old keys are worth nothing.
    #[must_use]
    pub fn message(&self, network: &NetworkId, act: &RosterAct) -> Digest32 {
        let height = self.height.0.to_be_bytes();
        Digest32::from_bytes(labelled(
            "chopmark/roster-signature/1",
            &[
                network.as_bytes(),
                self.replaces.as_bytes(),
                &height,
                act.digest().as_bytes(),
            ],
        ))
    }

    /// The two fields, as they stand in a record.
    pub(crate) fn write_fields(&self, to: &mut Writer) {
        self.replaces.write(to);
        self.height.write(to);
    }

    pub(crate) fn read_fields(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self {
            replaces: Digest32::read(from)?,
            height: Height::read(from)?,
        })
    }

    /// A member's root signature for a change on these terms.
    #[must_use]
    pub fn sign(&self, network: &NetworkId, act: &RosterAct, key: &RootKey) -> RootSignature {
        key.sign(self.message(network, act).as_bytes())
    }
}

/// The digest of a roster: `H("chopmark/roster/1", [members, validators])`, where a member stands
/// with the digest of the root keys that guardians gave it, if they did.
#[must_use]
pub fn roster_digest(
    members: &BTreeMap<MemberId, Option<Digest32>>,
    validators: &ValidatorSet,
) -> Digest32 {
    let mut writer = Writer::new();
    writer.array(2);
    members.write(&mut writer);
    validators.write(&mut writer);
    Digest32::from_bytes(labelled("chopmark/roster/1", &[&writer.into_bytes()]))
}
