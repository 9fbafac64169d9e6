//! How a policy stands in bytes (format, section 2). Tables are in the order of their keys: the
//! canonical check of the caller refuses any other.

use std::collections::{BTreeMap, BTreeSet};

use super::{Jurisdiction, Permissions, Policy, Quantities};
use crate::{
    cbor::{CborError, Reader, Wire, Writer},
    ids::MemberId,
    keys::Kem,
    limits,
    record::Kind,
};

impl Wire for Policy {
    fn write(&self, to: &mut Writer) {
        to.array(10 + usize::from(!self.second_signature.is_empty()));
        to.u64(self.kem.id().into());
        to.u64(self.prefix_quorum);
        to.u64(self.policy_quorum);
        to.u64(self.grace_ms);
        to.u64(self.offer_life_ms);
        self.quantities.write(to);
        to.u64(self.retention_ms);
        self.permissions.write(to);
        to.array(self.jurisdictions.len());
        for (jurisdiction, members) in &self.jurisdictions {
            to.array(2);
            jurisdiction.write(to);
            to.array(members.len());
            for member in members {
                member.write(to);
            }
        }
        to.array(self.required.len());
        for (kind, jurisdiction) in &self.required {
            to.array(2);
            kind.write(to);
            jurisdiction.write(to);
        }
        // Left out without any, as in policies from before there were second signatures.
        if !self.second_signature.is_empty() {
            to.array(self.second_signature.len());
            for kind in &self.second_signature {
                kind.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let fields = from.array("policy", 11)?;
        let mut policy = Self {
            kem: Kem::from_id(from.u64()?).ok_or(CborError::Value { what: "kem" })?,
            prefix_quorum: read_quorum(from, "prefix quorum")?,
            policy_quorum: read_quorum(from, "policy quorum")?,
            grace_ms: from.u64()?,
            offer_life_ms: from.u64()?,
            quantities: Quantities::read(from)?,
            retention_ms: from.u64()?,
            permissions: Permissions::read(from)?,
            jurisdictions: read_jurisdictions(from)?,
            required: read_required(from)?,
            second_signature: BTreeSet::new(),
        };
        if fields == 11 {
            let kinds = from.list::<Kind>("second signature", Kind::ALL.len())?;
            policy.second_signature = kinds.into_iter().collect();
        }
        // The field is there when a kind is, and no other is ever missing.
        match (fields, policy.second_signature.is_empty()) {
            (10, true) | (11, false) => Ok(policy),
            _ => Err(CborError::Value { what: "policy" }),
        }
    }
}

/// With a quorum of none, everything would hold that nobody wrote.
fn read_quorum(from: &mut Reader<'_>, what: &'static str) -> Result<u64, CborError> {
    match from.u64()? {
        0 => Err(CborError::Value { what }),
        quorum => Ok(quorum),
    }
}

fn read_jurisdictions(
    from: &mut Reader<'_>,
) -> Result<BTreeMap<Jurisdiction, BTreeSet<MemberId>>, CborError> {
    let mut jurisdictions = BTreeMap::new();
    for _ in 0..from.array("jurisdictions", limits::JURISDICTIONS)? {
        from.array_exactly(2)?;
        let jurisdiction = Jurisdiction::read(from)?;
        let members = from.list::<MemberId>("jurisdiction", limits::READER_GROUPS)?;
        if members.is_empty() {
            return Err(CborError::Value {
                what: "jurisdiction",
            });
        }
        jurisdictions.insert(jurisdiction, members.into_iter().collect());
    }
    Ok(jurisdictions)
}

fn read_required(from: &mut Reader<'_>) -> Result<BTreeMap<Kind, Jurisdiction>, CborError> {
    let mut required = BTreeMap::new();
    for _ in 0..from.array("required", Kind::ALL.len())? {
        from.array_exactly(2)?;
        required.insert(Kind::read(from)?, Jurisdiction::read(from)?);
    }
    Ok(required)
}
