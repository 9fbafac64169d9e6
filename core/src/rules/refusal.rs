//! Why a record in the log has no effect.

mod shown;

use std::fmt;

use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::conservation::Imbalance;
use crate::state::{ClosedOffer, Fork};
use crate::{
    Amount, BlockId, Class, DeviceId, GoodsClass, Group, Height, Jurisdiction, Kind, MemberId,
    Party, Prefix, Quantity, RecordRef, Role, Seq, SubjectId, TimeMs, Unit,
};
use shown::Shown;

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

            /// The names and types of what the reason names, for tests that hold the table.
            #[cfg(test)]
            pub(crate) fn fields(&self) -> &'static [(&'static str, &'static str)] {
                match self {
                    $(Self::$name { .. } => &[$((stringify!($field), stringify!($type))),*],)+
                }
            }

            #[cfg(test)]
            const NUMBERS: &'static [u64] = &[$($number),+];

            /// Each code with the types of what it names.
            #[cfg(test)]
            const TYPES: &'static [(&'static str, &'static [&'static str])] = &[$(($code, &[$(stringify!($type)),*])),+];

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
    /// The author's member does not hold the prefix, or the class is not under it. Named is who does
    /// hold it, and by which registration.
    1 "not-your-prefix" NotYourPrefix { subject: SubjectId, prefix: Prefix, owner: Option<MemberId>, by: Option<RecordRef> }
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
    /// Someone else has custody since this record; of what is packed, its outermost container's.
    6 "not-holder" NotHolder { subject: SubjectId, holder: Party, by: RecordRef }
        "someone else holds the subject";
    /// The network's policy does not let this role of a member of this class write this kind. Named
    /// is the record that put the policy in force; none when the founders did.
    7 "not-permitted" NotPermitted { class: Class, role: Role, kind: Kind, by: Option<RecordRef> }
        "the device's role may not write records of this kind in a member of this class";
    /// The offer is for someone else.
    8 "not-addressee" NotAddressee { subject: SubjectId, offer: RecordRef, addressee: Party }
        "the offer is for someone else";
    /// Another acceptance came first.
    9 "offer-used" OfferUsed { subject: SubjectId, offer: RecordRef, by: RecordRef }
        "the offer was accepted before";
    /// The offer no longer stood when this was ordered.
    10 "offer-expired" OfferExpired { subject: SubjectId, offer: RecordRef, at: TimeMs }
        "the offer has expired";
    /// What is cited first is not an offer of this subject.
    11 "no-such-offer" NoSuchOffer { subject: SubjectId, cite: Option<RecordRef> }
        "there is no such offer of this subject";
    /// One open offer at a time.
    12 "open-offer-exists" OpenOfferExists { subject: SubjectId, offer: RecordRef }
        "the subject is on offer already";
    /// The custody record cited first is not the newest one.
    13 "stale-custody" StaleCustody { subject: SubjectId, latest: RecordRef, cite: Option<RecordRef> }
        "a newer custody record of the subject exists";
    /// It is in a container already, since this packing.
    14 "already-packed" AlreadyPacked { subject: SubjectId, inside: SubjectId, by: RecordRef }
        "the subject is packed in a container already";
    /// It is not in this container. Named is the newest record that says where custody of it lies:
    /// it was packed elsewhere, taken out or handed over by that. None when nothing is known of it,
    /// in the ledger or in a history, which need not begin at the beginning.
    15 "not-inside" NotInside { subject: SubjectId, container: SubjectId, latest: Option<RecordRef> }
        "the subject is not packed in this container";
    /// A container cannot be packed in itself or in what it holds. Named is the packing that put
    /// there what this would close to a ring.
    16 "inside-itself" InsideItself { subject: SubjectId, container: SubjectId, by: RecordRef }
        "a container cannot be inside itself";
    /// More levels of packing than the format's limit.
    17 "too-deep" TooDeep { subject: SubjectId, container: SubjectId }
        "too many containers inside each other";
    /// What is packed together must have one holder. Someone else holds this since that record.
    18 "different-holders" DifferentHolders { subject: SubjectId, holder: Party, by: RecordRef }
        "the subject is held by someone else than the container";
    /// Packed things move with their container, not alone. Named is the packing.
    19 "inside-container" InsideContainer { subject: SubjectId, container: SubjectId, by: RecordRef }
        "the subject is packed in a container; unpack it first";
    /// What is inside is not what was stated: by the offer, or by the record itself. The state does
    /// not keep which record changed what is inside at some depth, of what is gone from there least
    /// of all; named is the newest record about the subject, and the change is that or before it.
    20 "contents-changed" ContentsChanged { subject: SubjectId, offer: Option<RecordRef>, latest: RecordRef }
        "what is packed inside is not what was stated";
    /// What it builds on was refused.
    21 "cite-refused" CiteRefused { cite: RecordRef }
        "a record that this one builds on was refused";
    /// What it builds on never reached the log.
    22 "cite-never-came" CiteNeverCame { cite: RecordRef }
        "a record that this one builds on never arrived";
    /// The device signed two blocks for one place of its feed. `stands` is the one that has the
    /// place, where it was the newest of the feed when the other came.
    23 "forked-feed" ForkedFeed { device: DeviceId, seq: Seq, stands: Option<BlockId>, refused: BlockId }
        "the device signed two histories and is suspended";
    /// The device was revoked before this.
    24 "device-revoked" DeviceRevoked { device: DeviceId, by: RecordRef }
        "the device was revoked";
    /// The device's enrolment had an end date. Named is the enrolment; none when it is the founders'.
    25 "enrolment-ended" EnrolmentEnded { device: DeviceId, until: TimeMs, by: Option<RecordRef> }
        "the device's enrolment has ended";
    /// Only an admin device of the same member enrols and revokes.
    26 "not-admin" NotAdmin { member: MemberId, device: DeviceId, role: Role }
        "only an admin device of that member may do this";
    /// Another member holds this prefix, since this registration.
    27 "prefix-taken" PrefixTaken { prefix: Prefix, owner: MemberId, by: RecordRef }
        "the prefix belongs to another member";
    /// One of the two prefixes begins with the other.
    28 "prefix-overlap" PrefixOverlap { prefix: Prefix, with: Prefix, owner: MemberId, by: RecordRef }
        "the prefix overlaps a registered one";
    /// A device key is enrolled once. Named is the enrolment; none when it is the founders'.
    29 "already-enrolled" AlreadyEnrolled { device: DeviceId, member: MemberId, by: Option<RecordRef> }
        "the device is enrolled already";
    /// A device is revoked once.
    30 "already-revoked" AlreadyRevoked { device: DeviceId, by: RecordRef }
        "the device was revoked before";
    /// Another record of the same all-or-nothing group was refused: this one, for its own reason.
    31 "group-failed" GroupFailed { by: RecordRef }
        "another record of the same group was refused";
    /// The addressee declined the offer.
    32 "offer-declined" OfferDeclined { subject: SubjectId, offer: RecordRef, by: RecordRef }
        "the offer was declined";
    /// The subject has ended: nothing more is written about it.
    33 "decommissioned" Decommissioned { subject: SubjectId, by: RecordRef }
        "the subject was decommissioned";
    /// What ends must be empty. Named is what is in it, and the packing.
    34 "not-empty" NotEmpty { subject: SubjectId, content: SubjectId, by: RecordRef }
        "something is packed in the subject; take it out first";
    /// It, or something around or inside it, is held by an authority: `on` is what that is.
    35 "held" Held { subject: SubjectId, on: SubjectId, by: RecordRef }
        "the subject is held by an authority";
    /// One hold of an authority at a time.
    36 "already-held" AlreadyHeld { subject: SubjectId, by: RecordRef }
        "the member holds the subject already";
    /// Nobody holds it. The state does not keep who cleared it; named is the newest record about it.
    /// None where a history shows none before.
    37 "not-held" NotHeld { subject: SubjectId, latest: Option<RecordRef> }
        "no authority holds the subject";
    /// Only who held a subject clears it.
    38 "not-your-hold" NotYourHold { subject: SubjectId, by: RecordRef }
        "another authority holds the subject";
    /// Only customs, quarantine, tax offices and regulators hold.
    39 "not-an-authority" NotAnAuthority { member: MemberId }
        "the member is not an authority";
    /// Someone else has title, since this record.
    40 "not-owner" NotOwner { subject: SubjectId, owner: Party, by: RecordRef }
        "someone else owns the subject";
    /// The title record cited first is not the newest one.
    41 "stale-title" StaleTitle { subject: SubjectId, latest: RecordRef, cite: Option<RecordRef> }
        "a newer title record of the subject exists";
    /// It, or something around or inside it, is pledged by its owner: `on` is what that is.
    42 "pledged" Pledged { subject: SubjectId, on: SubjectId, by: RecordRef }
        "the subject is pledged";
    /// There is nothing to release. The state does not keep who released it; named is the newest
    /// record about it. None where a history shows none before.
    43 "not-pledged" NotPledged { subject: SubjectId, latest: Option<RecordRef> }
        "the subject is not pledged";
    /// Only the bank that it was pledged to releases it.
    44 "not-your-pledge" NotYourPledge { subject: SubjectId, bank: MemberId, by: RecordRef }
        "the subject is pledged to another bank";
    /// Goods are pledged to banks alone.
    45 "not-a-bank" NotABank { member: MemberId }
        "the member is not a bank";
    /// The two do not belong together. The state does not keep who parted them; named is the newest
    /// record about the subject.
    46 "not-associated" NotAssociated { subject: SubjectId, parent: SubjectId, latest: RecordRef }
        "the subject is not associated with this";
    /// The two belong together already, since this record.
    47 "already-associated" AlreadyAssociated { subject: SubjectId, parent: SubjectId, by: RecordRef }
        "the subject is associated with this already";
    /// A document stands for goods, not for documents.
    48 "document-of-document" DocumentOfDocument { subject: SubjectId, parent: SubjectId }
        "a document stands for goods, not for another document";
    /// More associations than the format's limit.
    49 "too-many-parents" TooManyParents { subject: SubjectId, parent: SubjectId }
        "the subject is associated with too many things";
    /// The code is not the one whose hash the offer holds.
    50 "wrong-pickup-code" WrongPickupCode { subject: SubjectId, offer: RecordRef }
        "the pick-up code is not the one of this offer";
    /// Nothing lies under its seal. Named is its commissioning.
    51 "no-activation-key" NoActivationKey { subject: SubjectId, by: RecordRef }
        "the subject was commissioned without an activation key";
    /// A seal is opened once.
    52 "already-activated" AlreadyActivated { subject: SubjectId, by: RecordRef }
        "the subject was activated before";
    /// The key under the seal, which its commissioning brought, did not sign this.
    53 "bad-activation" BadActivation { subject: SubjectId, by: RecordRef }
        "the activation is not signed by the key under the seal";
    /// Only a consumer resells, and this has another owner since that record.
    54 "not-a-consumers" NotAConsumers { subject: SubjectId, owner: Party, by: RecordRef }
        "the subject does not belong to a consumer";
    /// The key of who owns it since this record did not sign the resale.
    55 "bad-resale" BadResale { subject: SubjectId, by: RecordRef }
        "the resale is not signed by the owner's key";
    /// A consumer's thing goes to a consumer, or to the member that writes that it takes it back.
    56 "not-the-taker" NotTheTaker { subject: SubjectId, to: Party }
        "only the member that takes the subject back writes that it does";
    /// Policy says whether amounts stand in fields or in sections. Named is the record that put it in
    /// force; none when the founders did.
    60 "amount-misplaced" AmountMisplaced { subject: SubjectId, by: Option<RecordRef> }
        "the network keeps amounts in another part of the record";
    /// A quantity of something that its commissioning made no batch.
    61 "not-a-batch" NotABatch { subject: SubjectId, by: RecordRef }
        "the subject is no batch and has no quantity";
    /// Of a batch it must be said how much; a run is used item by item. Its commissioning made it one
    /// or the other.
    62 "quantity-missing" QuantityMissing { subject: SubjectId, by: RecordRef }
        "the subject is not a single item; say how much of it";
    /// A batch is measured in one unit, that of its commissioning.
    63 "other-unit" OtherUnit { subject: SubjectId, unit: Unit, by: RecordRef }
        "the batch is measured in another unit";
    /// More is taken than there is. That much was left by the newest record about the batch.
    64 "not-enough" NotEnough { subject: SubjectId, there: Amount, latest: RecordRef }
        "the batch holds less than that";
    /// More digits than an amount has. That much is there by the newest record about the batch.
    65 "too-much" TooMuch { subject: SubjectId, there: Amount, latest: RecordRef }
        "the amount would have more digits than amounts have";
    /// What goes in comes out, or is declared as lost. Named is the first thing in this unit that goes
    /// in or comes out; none when only a loss is in it.
    66 "not-conserved" NotConserved { subject: Option<SubjectId>, unit: Unit }
        "what goes in is not what comes out and is lost";
    /// The same goods on both sides keep their unit, and their number. Named is the first of them.
    67 "other-measure" OtherMeasure { subject: Option<SubjectId>, class: GoodsClass }
        "the same goods go in and come out in another measure or number";
    /// Only who wrote a record corrects it.
    69 "not-your-record" NotYourRecord { record: RecordRef, author: MemberId }
        "another member wrote the record";
    /// The run's tree, which its commissioning brought, does not hold this item at this place.
    70 "not-in-run" NotInRun { subject: SubjectId, run: SubjectId, by: RecordRef }
        "the run does not hold this item";
    /// Items are drawn from runs alone, and its commissioning made it none.
    71 "not-a-run" NotARun { subject: SubjectId, by: RecordRef }
        "the subject is not a run";
    /// A section was sealed to a key that had been replaced, by this record.
    80 "old-epoch" OldEpoch { member: MemberId, group: Group, epoch: u64, by: Option<RecordRef> }
        "a section is sealed to a key that was replaced; a revoked device may have it";
    /// The policy asks for a section for a jurisdiction's regulators, sealed to all of them. Named is
    /// the record that put it in force; none when the founders did.
    81 "no-regulator-section" NoRegulatorSection { kind: Kind, jurisdiction: Jurisdiction, by: Option<RecordRef> }
        "a record of this kind needs a section for the regulators of a jurisdiction";
    /// A block knows no checkpoint that is not made yet: when it was written could not be told.
    85 "anchor-ahead" AnchorAhead { anchor: Height, next: Height }
        "the block names a checkpoint that is not made yet as the newest that it knows";
    /// A group's keys are set in turn, each once. Named is the record that set the newest; none when
    /// the founders did, or nobody.
    82 "wrong-epoch" WrongEpoch { member: MemberId, group: Group, next: u64, latest: Option<RecordRef> }
        "the key is neither the group's next one nor its newest";
    /// A group's key goes to devices that read in it, and were not revoked. Named is the revocation
    /// or the block that forked the feed, and else the enrolment; none when that is the founders'.
    83 "not-a-reader" NotAReader { device: DeviceId, group: Group, by: Option<RecordRef> }
        "the device does not read in this group";
    /// The network's policy says what keys sections are sealed to.
    84 "wrong-kem" WrongKem { member: MemberId }
        "the key is not of the kind that the network uses";
    /// The policy that a proposal would replace is no longer the newest.
    90 "policy-superseded" PolicySuperseded { by: Option<RecordRef> }
        "members agreed on another policy than the one that this would replace";
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
    /// The member was expelled, and this is ordered after.
    100 "member-expelled" MemberExpelled { member: MemberId, by: RecordRef }
        "the member was expelled";
    /// The member was admitted, and this is ordered before.
    101 "not-yet-member" NotYetMember { member: MemberId, from: Height, by: Option<RecordRef> }
        "the member is admitted from a later checkpoint on";
    /// The roster that a wish would replace is no longer the newest.
    102 "roster-superseded" RosterSuperseded { by: Option<RecordRef> }
        "members agreed on another roster than the one that this would replace";
    /// A change of the roster or the policy holds from a checkpoint on that lies ahead, after the
    /// changes of it that were agreed on, and not too far.
    103 "wrong-height" WrongHeight { height: Height, earliest: Height, latest: Height }
        "the change would begin too soon or too late";
    /// Nobody becomes a member twice. Named is the admission; none of a founder.
    104 "already-member" AlreadyMember { member: MemberId, by: Option<RecordRef> }
        "the network has, or had, this member";
    /// What only a member's root keys may say was not signed by them.
    105 "bad-root-signature" BadRootSignature { member: MemberId }
        "the member's root keys did not sign this";
    /// Only a peer of the member's own orders, and not one that was revoked. Named is its enrolment.
    106 "not-a-peer" NotAPeer { member: MemberId, device: DeviceId, by: Option<RecordRef> }
        "the device is not a peer of this member";
    /// One validator orders alone; else one of them must be able to fail.
    107 "too-few-validators" TooFewValidators { validators: u64 }
        "that many validators cannot order: one, or four and more";
    /// A block for all members has room for so many.
    108 "too-many-members" TooManyMembers { member: MemberId }
        "the network has as many members as it can have";
    /// Root keys rotate to the ones that the present keys committed to. Named is the record that
    /// gave the present ones; none when they are the first.
    110 "not-the-next-root" NotTheNextRoot { member: MemberId, by: Option<RecordRef> }
        "these are not the root keys that the member had committed to";
    /// Only guardians give a member new root keys; others once its present ones objected. Named is
    /// the record that set the guardians.
    111 "not-a-guardian" NotAGuardian { member: MemberId, of: MemberId, by: Option<RecordRef> }
        "the member is not a guardian of the other";
    /// Guardians were set since this was signed, by this record.
    112 "out-of-turn" OutOfTurn { member: MemberId, next: u64, by: Option<RecordRef> }
        "the guardians were set since, or are set with another number next";
    /// While others give a member new root keys, its present ones choose no guardians and are not
    /// rotated.
    113 "recovery-open" RecoveryOpen { member: MemberId, by: RecordRef }
        "the member's root keys are being recovered";
    /// Nobody guards its own keys.
    114 "own-guardian" OwnGuardian { member: MemberId }
        "a member is no guardian of its own";
    /// The keys that a recovery would replace are no longer the member's, since this record.
    115 "stale-root" StaleRoot { member: MemberId, by: Option<RecordRef> }
        "the member has other root keys than the ones that this would replace";
    /// There is nothing to object to. Named is the record that gave the present keys.
    116 "no-recovery" NoRecovery { member: MemberId, by: Option<RecordRef> }
        "nobody is recovering the member's root keys";
    /// Root keys object once.
    117 "already-objected" AlreadyObjected { member: MemberId, by: RecordRef }
        "the member's root keys objected before";
    /// The policy asks for the device's second, post-quantum signature of this kind, or the device
    /// has a second key and this says whose word counts. It is missing, or by another key. Named is
    /// the record that asks for it: the policy's, or the enrolment.
    118 "no-second-signature" NoSecondSignature { device: DeviceId, kind: Kind, by: Option<RecordRef> }
        "a record of this kind needs the device's second signature";
    /// A member has so many root keys between two changes of the roster. Named is the record that
    /// gave it the present ones.
    119 "too-many-rotations" TooManyRotations { member: MemberId, by: RecordRef }
        "the member's root keys change no more before the members agree on a roster, or guardians replace them";
}

impl Refusal {
    /// Why an offer that was closed cannot be answered.
    #[must_use]
    pub fn closed(subject: SubjectId, offer: RecordRef, closed: ClosedOffer) -> Self {
        match closed {
            ClosedOffer::Accepted { by } => Self::OfferUsed { subject, offer, by },
            ClosedOffer::Declined { by } => Self::OfferDeclined { subject, offer, by },
            ClosedOffer::Lapsed { at } => Self::OfferExpired { subject, offer, at },
        }
    }

    /// Why a transformation of these subjects, inputs first, breaks the law of quantities. Of each
    /// is told what class it is, if that is known, and how much of it goes in or comes out.
    pub fn unbalanced(
        imbalance: Imbalance,
        subjects: &[SubjectId],
        told: impl IntoIterator<Item = (Option<GoodsClass>, Option<Quantity>)>,
    ) -> Self {
        let mut things = subjects.iter().zip(told);
        match imbalance {
            Imbalance::Unit { unit } | Imbalance::Unknown { unit } => {
                let found =
                    things.find(|(_, (_, quantity))| quantity.map(|q| q.unit) == Some(unit));
                let subject = found.map(|(subject, _)| *subject);
                Self::NotConserved { subject, unit }
            }
            Imbalance::Class { class } => {
                let found = things.find(|(_, (of, _))| *of == Some(class));
                let subject = found.map(|(subject, _)| *subject);
                Self::OtherMeasure { subject, class }
            }
        }
    }

    /// Why nothing of a device is taken any more.
    pub(crate) fn forked(device: DeviceId, fork: &Fork) -> Self {
        Self::ForkedFeed {
            device,
            seq: fork.seq,
            stands: fork.stands,
            refused: fork.refused,
        }
    }
}

#[cfg(test)]
mod tests;
