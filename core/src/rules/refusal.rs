//! Why a record in the log has no effect.

use std::fmt;

use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::{
    Amount, Class, DeviceId, GoodsClass, Group, Jurisdiction, Kind, MemberId, Party, Prefix,
    RecordRef, Role, SubjectId, TimeMs, Unit,
};

/// One line for each refusal: its number in the state bytes, its code for message files and
/// machines, what it names, and a plain sentence. Written once, so that the four never disagree.
macro_rules! refusals {
    ($($(#[$doc:meta])* $number:literal $code:literal $name:ident { $($field:ident: $type:ty),* } $text:literal;)+) => {
        /// A record against the rules: the named reason, the subject and the record that it
        /// clashes with.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Refusal {
            $(
                $(#[$doc])*
                #[expect(missing_docs, reason = "the fields are named after what they hold")]
                $name { $($field: $type),* },
            )+
        }

        impl Refusal {
            /// The name under which message files and machines know this reason.
            #[must_use]
            pub fn code(&self) -> &'static str {
                match self {
                    $(Self::$name { .. } => $code,)+
                }
            }

            /// What the reason names, for the sentence that a person reads.
            #[must_use]
            pub fn params(&self) -> Vec<(&'static str, String)> {
                match self {
                    $(Self::$name { $($field),* } => vec![$((stringify!($field), $field.shown())),*],)+
                }
            }

            /// Every code, for the check that message files know them all.
            #[must_use]
            pub fn codes() -> &'static [&'static str] {
                &[$($code),+]
            }
        }

        impl fmt::Display for Refusal {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$name { .. } => f.write_str($text)?,)+
                }
                for (name, value) in self.params() {
                    write!(f, "; {name} {value}")?;
                }
                Ok(())
            }
        }

        impl Wire for Refusal {
            fn write(&self, to: &mut Writer) {
                match self {
                    $(Self::$name { $($field),* } => {
                        to.array([$code $(, stringify!($field))*].len());
                        to.u64($number);
                        $($field.write(to);)*
                    })+
                }
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
                let len = from.array("refusal", 8)?;
                match from.u64()? {
                    $($number if len == [$code $(, stringify!($field))*].len() => {
                        Ok(Self::$name { $($field: Wire::read(from)?),* })
                    })+
                    _ => Err(CborError::Value { what: "refusal" }),
                }
            }
        }
    };
}

refusals! {
    /// The author's member does not hold the prefix, or the class is not under it.
    1 "not-your-prefix" NotYourPrefix { prefix: Prefix, owner: Option<MemberId> }
        "the code is not under a prefix of this member";
    /// A code is commissioned once.
    2 "already-commissioned" AlreadyCommissioned { subject: SubjectId, by: RecordRef }
        "the subject was commissioned before";
    /// Nothing was commissioned under this subject id.
    3 "unknown-subject" UnknownSubject { subject: SubjectId }
        "the subject was never commissioned";
    /// The network has no such member.
    4 "unknown-member" UnknownMember { member: MemberId }
        "the network has no such member";
    /// The device to be revoked was never enrolled.
    5 "unknown-device" UnknownDevice { device: DeviceId }
        "no such device is enrolled";
    /// Someone else has custody.
    6 "not-holder" NotHolder { subject: SubjectId, holder: Party }
        "someone else holds the subject";
    /// The network's policy does not let this role of a member of this class write this kind.
    7 "not-permitted" NotPermitted { class: Class, role: Role, kind: Kind }
        "the device's role may not write records of this kind in a member of this class";
    /// The offer is for someone else.
    8 "not-addressee" NotAddressee { offer: RecordRef, addressee: Party }
        "the offer is for someone else";
    /// Another acceptance came first.
    9 "offer-used" OfferUsed { offer: RecordRef, by: RecordRef }
        "the offer was accepted before";
    /// The offer no longer stood when this was ordered.
    10 "offer-expired" OfferExpired { offer: RecordRef, at: TimeMs }
        "the offer has expired";
    /// What is cited first is not an offer of this subject.
    11 "no-such-offer" NoSuchOffer { subject: SubjectId }
        "there is no such offer of this subject";
    /// One open offer at a time.
    12 "open-offer-exists" OpenOfferExists { subject: SubjectId, offer: RecordRef }
        "the subject is on offer already";
    /// The custody record cited first is not the newest one.
    13 "stale-custody" StaleCustody { subject: SubjectId, latest: RecordRef }
        "a newer custody record of the subject exists";
    /// It is in a container already.
    14 "already-packed" AlreadyPacked { subject: SubjectId, inside: SubjectId }
        "the subject is packed in a container already";
    /// It is not in this container.
    15 "not-inside" NotInside { subject: SubjectId, container: SubjectId }
        "the subject is not packed in this container";
    /// A container cannot be packed in itself or in what it holds.
    16 "inside-itself" InsideItself { subject: SubjectId }
        "a container cannot be inside itself";
    /// More levels of packing than the format's limit.
    17 "too-deep" TooDeep { subject: SubjectId }
        "too many containers inside each other";
    /// What is packed together must have one holder.
    18 "different-holders" DifferentHolders { subject: SubjectId, holder: Party }
        "the subject is held by someone else than the container";
    /// Packed things move with their container, not alone.
    19 "inside-container" InsideContainer { subject: SubjectId, container: SubjectId }
        "the subject is packed in a container; unpack it first";
    /// What is inside is not what was stated.
    20 "contents-changed" ContentsChanged { subject: SubjectId }
        "what is packed inside is not what was stated";
    /// What it builds on was refused.
    21 "cite-refused" CiteRefused { cite: RecordRef }
        "a record that this one builds on was refused";
    /// What it builds on never reached the log.
    22 "cite-never-came" CiteNeverCame { cite: RecordRef }
        "a record that this one builds on never arrived";
    /// The device signed two blocks for one place of its feed.
    23 "forked-feed" ForkedFeed { device: DeviceId }
        "the device signed two histories and is suspended";
    /// The device was revoked before this.
    24 "device-revoked" DeviceRevoked { by: RecordRef }
        "the device was revoked";
    /// The device's enrolment had an end date.
    25 "enrolment-ended" EnrolmentEnded { until: TimeMs }
        "the device's enrolment has ended";
    /// Only an admin device of the same member enrols and revokes.
    26 "not-admin" NotAdmin { member: MemberId }
        "only an admin device of that member may do this";
    /// Another member holds this prefix.
    27 "prefix-taken" PrefixTaken { prefix: Prefix, by: MemberId }
        "the prefix belongs to another member";
    /// One of the two prefixes begins with the other.
    28 "prefix-overlap" PrefixOverlap { prefix: Prefix, with: Prefix, by: MemberId }
        "the prefix overlaps a registered one";
    /// A device key is enrolled once.
    29 "already-enrolled" AlreadyEnrolled { device: DeviceId }
        "the device is enrolled already";
    /// A device is revoked once.
    30 "already-revoked" AlreadyRevoked { device: DeviceId, by: RecordRef }
        "the device was revoked before";
    /// Another record of the same all-or-nothing group was refused.
    31 "group-failed" GroupFailed { index: u16 }
        "another record of the same group was refused";
    /// The addressee declined the offer.
    32 "offer-declined" OfferDeclined { offer: RecordRef, by: RecordRef }
        "the offer was declined";
    /// The subject has ended: nothing more is written about it.
    33 "decommissioned" Decommissioned { subject: SubjectId, by: RecordRef }
        "the subject was decommissioned";
    /// What ends must be empty.
    34 "not-empty" NotEmpty { subject: SubjectId, content: SubjectId }
        "something is packed in the subject; take it out first";
    /// It, or something around or inside it, is held by an authority.
    35 "held" Held { subject: SubjectId, by: RecordRef }
        "the subject is held by an authority";
    /// One hold of an authority at a time.
    36 "already-held" AlreadyHeld { subject: SubjectId, by: RecordRef }
        "the member holds the subject already";
    /// Nobody holds it.
    37 "not-held" NotHeld { subject: SubjectId }
        "no authority holds the subject";
    /// Only who held a subject clears it.
    38 "not-your-hold" NotYourHold { subject: SubjectId, by: RecordRef }
        "another authority holds the subject";
    /// Only customs, quarantine, tax offices and regulators hold.
    39 "not-an-authority" NotAnAuthority { member: MemberId }
        "the member is not an authority";
    /// Someone else has title.
    40 "not-owner" NotOwner { subject: SubjectId, owner: Party }
        "someone else owns the subject";
    /// The title record cited first is not the newest one.
    41 "stale-title" StaleTitle { subject: SubjectId, latest: RecordRef }
        "a newer title record of the subject exists";
    /// It, or something around or inside it, is pledged by its owner.
    42 "pledged" Pledged { subject: SubjectId, by: RecordRef }
        "the subject is pledged";
    /// There is nothing to release.
    43 "not-pledged" NotPledged { subject: SubjectId }
        "the subject is not pledged";
    /// Only the bank that it was pledged to releases it.
    44 "not-your-pledge" NotYourPledge { subject: SubjectId, by: RecordRef }
        "the subject is pledged to another bank";
    /// Goods are pledged to banks alone.
    45 "not-a-bank" NotABank { member: MemberId }
        "the member is not a bank";
    /// The two do not belong together.
    46 "not-associated" NotAssociated { subject: SubjectId, parent: SubjectId }
        "the subject is not associated with this";
    /// The two belong together already.
    47 "already-associated" AlreadyAssociated { subject: SubjectId, parent: SubjectId }
        "the subject is associated with this already";
    /// A document stands for goods, not for documents.
    48 "document-of-document" DocumentOfDocument { subject: SubjectId }
        "a document stands for goods, not for another document";
    /// More associations than the format's limit.
    49 "too-many-parents" TooManyParents { subject: SubjectId }
        "the subject is associated with too many things";
    /// The code is not the one whose hash the offer holds.
    50 "wrong-pickup-code" WrongPickupCode { offer: RecordRef }
        "the pick-up code is not the one of this offer";
    /// Nothing lies under its seal.
    51 "no-activation-key" NoActivationKey { subject: SubjectId }
        "the subject was commissioned without an activation key";
    /// A seal is opened once.
    52 "already-activated" AlreadyActivated { subject: SubjectId, by: RecordRef }
        "the subject was activated before";
    /// The key under the seal did not sign this.
    53 "bad-activation" BadActivation { subject: SubjectId }
        "the activation is not signed by the key under the seal";
    /// Only a consumer resells.
    54 "not-a-consumers" NotAConsumers { subject: SubjectId, owner: Party }
        "the subject does not belong to a consumer";
    /// The owner's key did not sign this.
    55 "bad-resale" BadResale { subject: SubjectId }
        "the resale is not signed by the owner's key";
    /// A consumer's thing goes to a consumer, or to the member that writes that it takes it back.
    56 "not-the-taker" NotTheTaker { subject: SubjectId, to: Party }
        "only the member that takes the subject back writes that it does";
    /// Policy says whether amounts stand in fields or in sections.
    60 "amount-misplaced" AmountMisplaced { subject: SubjectId }
        "the network keeps amounts in another part of the record";
    /// A quantity of something that is no batch.
    61 "not-a-batch" NotABatch { subject: SubjectId }
        "the subject is no batch and has no quantity";
    /// Of a batch it must be said how much; a run is used item by item.
    62 "quantity-missing" QuantityMissing { subject: SubjectId }
        "the subject is not a single item; say how much of it";
    /// A batch is measured in one unit.
    63 "other-unit" OtherUnit { subject: SubjectId, unit: Unit }
        "the batch is measured in another unit";
    /// More is taken than there is.
    64 "not-enough" NotEnough { subject: SubjectId, there: Amount }
        "the batch holds less than that";
    /// More digits than an amount has.
    65 "too-much" TooMuch { subject: SubjectId }
        "the amount would have more digits than amounts have";
    /// What goes in comes out, or is declared as lost.
    66 "not-conserved" NotConserved { unit: Unit }
        "what goes in is not what comes out and is lost";
    /// The same goods on both sides keep their unit, and their number.
    67 "other-measure" OtherMeasure { class: GoodsClass }
        "the same goods go in and come out in another measure or number";
    /// Only who wrote a record corrects it.
    69 "not-your-record" NotYourRecord { record: RecordRef, by: MemberId }
        "another member wrote the record";
    /// The run's tree does not hold this item at this place.
    70 "not-in-run" NotInRun { subject: SubjectId, run: SubjectId }
        "the run does not hold this item";
    /// Items are drawn from runs alone.
    71 "not-a-run" NotARun { subject: SubjectId }
        "the subject is not a run";
    /// A section was sealed to a key that had been replaced.
    80 "old-epoch" OldEpoch { member: MemberId, group: Group, epoch: u64 }
        "a section is sealed to a key that was replaced; a revoked device may have it";
    /// The policy asks for a section for a jurisdiction's regulators, sealed to all of them.
    81 "no-regulator-section" NoRegulatorSection { kind: Kind, jurisdiction: Jurisdiction }
        "a record of this kind needs a section for the regulators of a jurisdiction";
    /// A group's keys are set in turn, each once.
    82 "wrong-epoch" WrongEpoch { member: MemberId, group: Group, next: u64 }
        "the key is neither the group's next one nor its newest";
    /// A group's key goes to devices that read in it, and were not revoked.
    83 "not-a-reader" NotAReader { device: DeviceId, group: Group }
        "the device does not read in this group";
    /// The network's policy says what keys sections are sealed to.
    84 "wrong-kem" WrongKem { member: MemberId }
        "the key is not of the kind that the network uses";
    /// The policy that a proposal would replace is no longer in force.
    90 "policy-superseded" PolicySuperseded { by: Option<RecordRef> }
        "another policy is in force than the one that this would replace";
    /// A policy asks for more members than there are.
    91 "policy-quorum" PolicyQuorum { quorum: u64, members: u64 }
        "the policy asks for more members than the network has";
    /// A policy would take from a member's admins what nobody could give back.
    92 "policy-locks-out" PolicyLocksOut { member: MemberId, kind: Kind }
        "the policy would lock a member's administrators out";
    /// A policy names someone as a supervisor who is no member.
    93 "policy-member" PolicyMember { member: MemberId }
        "the policy names a supervisor who is no member";
    /// A policy asks for sections for a jurisdiction that it does not know.
    94 "policy-jurisdiction" PolicyJurisdiction { kind: Kind, jurisdiction: Jurisdiction }
        "the policy asks for sections for a jurisdiction that nobody supervises";
    /// Every member's reader key is of the KEM that the founders chose.
    95 "policy-kem" PolicyKem { kem: u16 }
        "the policy would change how sections are sealed";
}

/// How a value stands in a message.
trait Shown {
    fn shown(&self) -> String;
}

/// Ids, numbers and names already print themselves.
macro_rules! shown_by_display {
    ($($type:ty),+) => {
        $(impl Shown for $type {
            fn shown(&self) -> String {
                self.to_string()
            }
        })+
    };
}

shown_by_display!(
    Amount,
    DeviceId,
    GoodsClass,
    Jurisdiction,
    MemberId,
    Party,
    Prefix,
    RecordRef,
    SubjectId,
    TimeMs,
    Unit,
    u16,
    u64
);

/// Classes, roles, kinds and groups are shown by number: message files name them.
impl Shown for Class {
    fn shown(&self) -> String {
        self.as_u8().to_string()
    }
}

impl Shown for Role {
    fn shown(&self) -> String {
        self.as_u8().to_string()
    }
}

impl Shown for Kind {
    fn shown(&self) -> String {
        self.as_u8().to_string()
    }
}

impl Shown for Group {
    fn shown(&self) -> String {
        self.as_u8().to_string()
    }
}

/// Nothing is shown for what is not there.
impl<T: Shown> Shown for Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or_else(String::new, T::shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    #[test]
    fn codes_are_distinct() {
        let distinct: std::collections::BTreeSet<_> = Refusal::codes().iter().collect();
        assert_eq!(distinct.len(), Refusal::codes().len());
    }

    #[test]
    fn a_refusal_survives_its_bytes() {
        let refusal = Refusal::NotHolder {
            subject: SubjectId::from_bytes([1; 32]),
            holder: MemberId::from_bytes([2; 32]).into(),
        };
        let bytes = cbor::to_bytes(&refusal);
        assert_eq!(cbor::from_canonical::<Refusal>(&bytes), Ok(refusal));
    }
}
