//! Every sentence that the client composes for the screens, and every key that stands as
//! a parameter in one.

mod correcting;
mod keys;
mod seals;

use crate::words::{Kind, Message};
use crate::{activities, imports, sensed, stock};
use Kind::{Bytes, Key, Number, Text, Time};
use keys::KEYS;

pub(crate) use correcting::{
    SIGN_CORRECT_DID_NOT_OCCUR, SIGN_CORRECT_INCORRECT_DATA, SIGN_CORRECT_RECALL,
    SIGN_CORRECT_RIGHT, STEP_CORRECTED, STEP_CORRECTED_WORD, STEP_CORRECTIVE, STEP_CORRECTS,
    STEP_WAS_CORRECTED, STEP_WAS_CORRECTED_WORD, WARN_CORRECT, WARN_CORRECTED_BEFORE,
};
pub(crate) use seals::{SIGN_COMMISSION_SEALED, SIGN_SEAL_NUMBER, WARN_SEAL_DIFFERS};

// What will be signed.
pub(crate) const SIGN_COMMISSION: Message = Message::new(
    "sign-commission",
    &[("count", Number), ("product", Text), ("gtin", Text)],
);
pub(crate) const SIGN_COMMISSION_CASE: Message =
    Message::new("sign-commission-case", &[("code", Text)]);
pub(crate) const SIGN_MAKE_BATCH: Message = Message::new(
    "sign-make-batch",
    &[("amount", Text), ("product", Text), ("code", Text)],
);
pub(crate) const SIGN_MAKE_RUN: Message = Message::new(
    "sign-make-run",
    &[("count", Number), ("product", Text), ("gtin", Text)],
);
pub(crate) const SIGN_MAKE_THING: Message = Message::new("sign-make-thing", &[("code", Text)]);
pub(crate) const SIGN_NAME: Message = Message::new("sign-name", &[("name", Text)]);
pub(crate) const SIGN_COMES_OUT: Message = Message::new(
    "sign-comes-out",
    &[
        ("amount", Text),
        ("unit", Key),
        ("code", Text),
        ("batch", Text),
    ],
);
pub(crate) const SIGN_TRANSFORM: Message = Message::new("sign-transform", &[("way", Key)]);
pub(crate) const SIGN_USE: Message = Message::new(
    "sign-use",
    &[
        ("amount", Text),
        ("unit", Key),
        ("code", Text),
        ("subject", Text),
    ],
);
pub(crate) const SIGN_USE_ITEM: Message = Message::new("sign-use-item", &[("subject", Text)]);
pub(crate) const SIGN_REMAINS: Message = Message::new(
    "sign-remains",
    &[
        ("amount", Text),
        ("unit", Key),
        ("code", Text),
        ("subject", Text),
    ],
);
pub(crate) const SIGN_LOSS: Message = Message::new(
    "sign-loss",
    &[("amount", Text), ("unit", Key), ("code", Text)],
);
pub(crate) const SIGN_PACK: Message =
    Message::new("sign-pack", &[("count", Number), ("container", Text)]);
pub(crate) const SIGN_UNPACK: Message =
    Message::new("sign-unpack", &[("count", Number), ("container", Text)]);
pub(crate) const SIGN_OFFER: Message =
    Message::new("sign-offer", &[("subject", Text), ("to", Text)]);
pub(crate) const SIGN_ACCEPT: Message =
    Message::new("sign-accept", &[("subject", Text), ("from", Text)]);
pub(crate) const SIGN_CONTENTS: Message = Message::new("sign-contents", &[("count", Number)]);
pub(crate) const SIGN_EXPIRES: Message = Message::new("sign-expires", &[("time", Time)]);
pub(crate) const SIGN_CONDITION: Message = Message::new("sign-condition", &[("condition", Key)]);
pub(crate) const SIGN_ATTEST: Message =
    Message::new("sign-attest", &[("subject", Text), ("verdict", Key)]);
pub(crate) const SIGN_ACTIVITY: Message =
    Message::new("sign-activity", &[("subject", Text), ("activity", Key)]);
pub(crate) const SIGN_ACTIVITY_MANY: Message = Message::new(
    "sign-activity-many",
    &[("count", Number), ("activity", Key)],
);
pub(crate) const SIGN_SUBJECT: Message = Message::new("sign-subject", &[("subject", Text)]);
pub(crate) const SIGN_MORE: Message = Message::new("sign-more", &[("count", Number)]);
pub(crate) const SIGN_DECLINE: Message =
    Message::new("sign-decline", &[("subject", Text), ("from", Text)]);
pub(crate) const SIGN_OPEN: Message =
    Message::new("sign-open", &[("reason", Key), ("author", Text)]);
pub(crate) const SIGN_OPEN_SEEN: Message = Message::new("sign-open-seen", &[]);
pub(crate) const SIGN_UNREADABLE: Message = Message::new("sign-unreadable", &[("subject", Text)]);
pub(crate) const SIGN_GRANT: Message =
    Message::new("sign-grant", &[("to", Text), ("author", Text)]);
pub(crate) const SIGN_PLACE: Message = Message::new("sign-place", &[("place", Text)]);
pub(crate) const SIGN_PORT: Message = Message::new("sign-port", &[("place", Text)]);
pub(crate) const SIGN_PLACE_PUBLIC: Message = Message::new("sign-place-public", &[]);
pub(crate) const SIGN_RECALL_PUBLIC: Message = Message::new("sign-recall-public", &[]);
pub(crate) const SIGN_POSITION: Message = Message::new("sign-position", &[("position", Text)]);
pub(crate) const SIGN_OFFER_CODE: Message =
    Message::new("sign-offer-code", &[("subject", Text), ("hash", Text)]);
pub(crate) const SIGN_PICK_UP: Message = Message::new("sign-pick-up", &[("subject", Text)]);
pub(crate) const SIGN_LEFT: Message = Message::new("sign-left", &[("count", Number)]);
pub(crate) const SIGN_OFFER_TITLE: Message =
    Message::new("sign-offer-title", &[("subject", Text), ("to", Text)]);
pub(crate) const SIGN_TAKE_TITLE: Message =
    Message::new("sign-take-title", &[("subject", Text), ("from", Text)]);
pub(crate) const SIGN_DECLINE_TITLE: Message =
    Message::new("sign-decline-title", &[("subject", Text), ("from", Text)]);
pub(crate) const SIGN_PLEDGE: Message =
    Message::new("sign-pledge", &[("subject", Text), ("to", Text)]);
pub(crate) const SIGN_PLEDGE_MANY: Message =
    Message::new("sign-pledge-many", &[("count", Number), ("to", Text)]);
pub(crate) const SIGN_RELEASE: Message = Message::new("sign-release", &[("subject", Text)]);
pub(crate) const SIGN_RELEASE_MANY: Message =
    Message::new("sign-release-many", &[("count", Number)]);
pub(crate) const SIGN_ASSOCIATE: Message =
    Message::new("sign-associate", &[("subject", Text), ("parent", Text)]);
pub(crate) const SIGN_ASSOCIATE_MANY: Message = Message::new(
    "sign-associate-many",
    &[("count", Number), ("parent", Text)],
);
pub(crate) const SIGN_DISSOCIATE: Message =
    Message::new("sign-dissociate", &[("subject", Text), ("parent", Text)]);
pub(crate) const SIGN_DISSOCIATE_MANY: Message = Message::new(
    "sign-dissociate-many",
    &[("count", Number), ("parent", Text)],
);
pub(crate) const SIGN_TERMS: Message = Message::new("sign-terms", &[("terms", Text)]);
pub(crate) const SIGN_NOTE: Message = Message::new("sign-note", &[("note", Text)]);
pub(crate) const SIGN_MEASURED: Message = Message::new(
    "sign-measured",
    &[("name", Text), ("value", Text), ("unit", Text)],
);
pub(crate) const SIGN_READING: Message = Message::new(
    "sign-reading",
    &[("what", Key), ("value", Text), ("unit", Key)],
);
pub(crate) const SIGN_READ_AT: Message = Message::new("sign-read-at", &[("time", Time)]);
pub(crate) const SIGN_COUNTED: Message = Message::new(
    "sign-counted",
    &[
        ("amount", Text),
        ("unit", Key),
        ("code", Text),
        ("subject", Text),
    ],
);
pub(crate) const SIGN_EVIDENCE: Message =
    Message::new("sign-evidence", &[("count", Number), ("bytes", Bytes)]);
pub(crate) const SIGN_PUBLIC: Message = Message::new("sign-public", &[]);
pub(crate) const SIGN_NAME_PUBLIC: Message = Message::new("sign-name-public", &[]);
pub(crate) const SIGN_MEMBERS_ONLY: Message = Message::new("sign-members-only", &[]);
pub(crate) const SIGN_AS: Message = Message::new("sign-as", &[("device", Text), ("member", Text)]);

// What to know before signing, and on the first screen.
pub(crate) const WARN_CLOCK_AHEAD: Message =
    Message::new("warn-clock-ahead", &[("minutes", Number)]);
pub(crate) const WARN_CLOCK_BEHIND: Message =
    Message::new("warn-clock-behind", &[("minutes", Number)]);
pub(crate) const WARN_CHECKPOINT_OLD: Message =
    Message::new("warn-checkpoint-old", &[("time", Time)]);
pub(crate) const WARN_ENROLMENT_ENDS: Message =
    Message::new("warn-enrolment-ends", &[("time", Time)]);
pub(crate) const WARN_OFFER_PENDING: Message = Message::new("warn-offer-pending", &[]);
pub(crate) const WARN_OFFER_ENDS: Message = Message::new("warn-offer-ends", &[("time", Time)]);
pub(crate) const WARN_NOT_INSPECTED: Message = Message::new("warn-not-inspected", &[]);
pub(crate) const WARN_FAILED_INSPECTION: Message =
    Message::new("warn-failed-inspection", &[("member", Text)]);
pub(crate) const WARN_REFUSED: Message = Message::new("warn-refused", &[("count", Number)]);
pub(crate) const WARN_SOLD_BEFORE: Message = Message::new("warn-sold-before", &[("member", Text)]);
pub(crate) const WARN_ACTIVATED_ELSEWHERE: Message =
    Message::new("warn-activated-elsewhere", &[("member", Text)]);
pub(crate) const WARN_NO_PORTS: Message = Message::new("warn-no-ports", &[("place", Text)]);
pub(crate) const WARN_IMPOSSIBLE_JOURNEY: Message = Message::new(
    "warn-impossible-journey",
    &[("km", Number), ("first", Text), ("second", Text)],
);
pub(crate) const WARN_UNBALANCED: Message = Message::new("warn-unbalanced", &[("member", Text)]);
pub(crate) const WARN_COUNT_DIFFERS: Message = Message::new(
    "warn-count-differs",
    &[
        ("amount", Text),
        ("unit", Key),
        ("code", Text),
        ("subject", Text),
    ],
);
pub(crate) const WARN_PUBLIC: Message = Message::new("warn-public", &[]);
pub(crate) const WARN_ENDS: Message = Message::new("warn-ends", &[]);
pub(crate) const WARN_PLEDGED: Message = Message::new("warn-pledged", &[("bank", Text)]);
pub(crate) const WARN_PLEDGE: Message = Message::new("warn-pledge", &[]);
pub(crate) const WARN_HELD_BY: Message = Message::new("warn-held-by", &[("holder", Text)]);
pub(crate) const WARN_CHECK_DIGIT: Message =
    Message::new("warn-check-digit", &[("expected", Text), ("found", Text)]);

// What this device did: activity and outbox.
pub(crate) const DID_COMMISSION: Message =
    Message::new("did-commission", &[("count", Number), ("product", Text)]);
pub(crate) const DID_COMMISSION_CASE: Message =
    Message::new("did-commission-case", &[("code", Text)]);
pub(crate) const DID_PACK: Message =
    Message::new("did-pack", &[("count", Number), ("container", Text)]);
pub(crate) const DID_UNPACK: Message =
    Message::new("did-unpack", &[("count", Number), ("container", Text)]);
pub(crate) const DID_OFFER: Message = Message::new("did-offer", &[("subject", Text), ("to", Text)]);
pub(crate) const DID_OFFER_CODE: Message = Message::new("did-offer-code", &[("subject", Text)]);
pub(crate) const DID_ACCEPT: Message =
    Message::new("did-accept", &[("subject", Text), ("condition", Key)]);
pub(crate) const DID_ACCEPT_PART: Message = Message::new(
    "did-accept-part",
    &[("subject", Text), ("condition", Key), ("left", Number)],
);
pub(crate) const DID_DECLINE: Message = Message::new("did-decline", &[("subject", Text)]);
pub(crate) const DID_COMMISSION_RUN: Message =
    Message::new("did-commission-run", &[("count", Number)]);
pub(crate) const DID_TRANSFORM: Message =
    Message::new("did-transform", &[("count", Number), ("made", Number)]);
pub(crate) const DID_CORRECT: Message = Message::new("did-correct", &[("subject", Text)]);
pub(crate) const DID_DRAW: Message = Message::new("did-draw", &[("count", Number)]);
pub(crate) const DID_ASSOCIATE: Message =
    Message::new("did-associate", &[("count", Number), ("subject", Text)]);
pub(crate) const DID_DISSOCIATE: Message =
    Message::new("did-dissociate", &[("count", Number), ("subject", Text)]);
pub(crate) const DID_OFFER_TITLE: Message =
    Message::new("did-offer-title", &[("subject", Text), ("to", Text)]);
pub(crate) const DID_TAKE_TITLE: Message = Message::new("did-take-title", &[("subject", Text)]);
pub(crate) const DID_DECLINE_TITLE: Message =
    Message::new("did-decline-title", &[("subject", Text)]);
pub(crate) const DID_PICK_UP: Message = Message::new("did-pick-up", &[("subject", Text)]);
pub(crate) const DID_ACTIVATE: Message = Message::new("did-activate", &[("subject", Text)]);
pub(crate) const DID_RESELL: Message = Message::new("did-resell", &[("subject", Text)]);
pub(crate) const DID_REPORT: Message = Message::new("did-report", &[("subject", Text)]);
pub(crate) const DID_PLEDGE: Message =
    Message::new("did-pledge", &[("subject", Text), ("to", Text)]);
pub(crate) const DID_PLEDGE_MANY: Message =
    Message::new("did-pledge-many", &[("count", Number), ("to", Text)]);
pub(crate) const DID_RELEASE: Message = Message::new("did-release", &[("subject", Text)]);
pub(crate) const DID_RELEASE_MANY: Message = Message::new("did-release-many", &[("count", Number)]);
pub(crate) const DID_OPEN: Message = Message::new("did-open", &[]);
pub(crate) const DID_UNREADABLE: Message = Message::new("did-unreadable", &[("subject", Text)]);
pub(crate) const DID_GRANT: Message = Message::new("did-grant", &[]);
pub(crate) const DID_SET_READER: Message = Message::new("did-set-reader", &[]);
pub(crate) const DID_ATTEST: Message =
    Message::new("did-attest", &[("subject", Text), ("verdict", Key)]);
pub(crate) const DID_ACTIVITY: Message =
    Message::new("did-activity", &[("subject", Text), ("activity", Key)]);
pub(crate) const DID_ACTIVITY_MANY: Message =
    Message::new("did-activity-many", &[("count", Number), ("activity", Key)]);
pub(crate) const DID_ENROL: Message = Message::new("did-enrol", &[("device", Text)]);
pub(crate) const DID_REVOKE: Message = Message::new("did-revoke", &[("device", Text)]);
pub(crate) const DID_REGISTER_PREFIX: Message =
    Message::new("did-register-prefix", &[("prefix", Text), ("member", Text)]);
pub(crate) const DID_SET_POLICY: Message = Message::new("did-set-policy", &[]);
pub(crate) const DID_ADMIT_MEMBER: Message = Message::new("did-admit-member", &[("member", Text)]);
pub(crate) const DID_EXPEL_MEMBER: Message = Message::new("did-expel-member", &[("member", Text)]);
pub(crate) const DID_SET_VALIDATORS: Message = Message::new("did-set-validators", &[]);
pub(crate) const DID_ROTATE_ROOT: Message = Message::new("did-rotate-root", &[]);
pub(crate) const DID_SET_GUARDIANS: Message = Message::new("did-set-guardians", &[]);
pub(crate) const DID_RECOVER: Message = Message::new("did-recover", &[("member", Text)]);
pub(crate) const DID_OBJECT_RECOVERY: Message = Message::new("did-object-recovery", &[]);

// Steps of a journey. Who signed stands beside each step, not in the sentence.
pub(crate) const STEP_COMMISSIONED: Message = Message::new("step-commissioned", &[]);
pub(crate) const STEP_OBSERVED: Message = Message::new("step-observed", &[("activity", Key)]);
pub(crate) const STEP_PACKED: Message = Message::new("step-packed", &[("container", Text)]);
pub(crate) const STEP_FILLED: Message = Message::new("step-filled", &[("count", Number)]);
pub(crate) const STEP_UNPACKED: Message = Message::new("step-unpacked", &[("container", Text)]);
pub(crate) const STEP_EMPTIED: Message = Message::new("step-emptied", &[("count", Number)]);
pub(crate) const STEP_OFFERED: Message = Message::new("step-offered", &[("to", Text)]);
pub(crate) const STEP_OFFERED_CODE: Message = Message::new("step-offered-code", &[]);
pub(crate) const STEP_ACCEPTED: Message = Message::new("step-accepted", &[("condition", Key)]);
pub(crate) const STEP_ACCEPTED_PART: Message = Message::new(
    "step-accepted-part",
    &[("condition", Key), ("left", Number)],
);
pub(crate) const STEP_LEFT: Message = Message::new("step-left", &[]);
pub(crate) const STEP_DECLINED: Message = Message::new("step-declined", &[]);
pub(crate) const STEP_USED: Message = Message::new("step-used", &[]);
pub(crate) const STEP_MADE: Message = Message::new("step-made", &[]);
pub(crate) const STEP_DRAWN: Message = Message::new("step-drawn", &[]);
pub(crate) const STEP_ASSOCIATED: Message =
    Message::new("step-associated", &[("count", Number), ("other", Text)]);
pub(crate) const STEP_DISSOCIATED: Message =
    Message::new("step-dissociated", &[("count", Number), ("other", Text)]);
pub(crate) const STEP_TITLE_OFFERED: Message = Message::new("step-title-offered", &[("to", Text)]);
pub(crate) const STEP_TITLE_TAKEN: Message = Message::new("step-title-taken", &[]);
pub(crate) const STEP_TITLE_DECLINED: Message = Message::new("step-title-declined", &[]);
pub(crate) const STEP_PICKED_UP: Message = Message::new("step-picked-up", &[]);
pub(crate) const STEP_ACTIVATED: Message = Message::new("step-activated", &[]);
pub(crate) const STEP_RESOLD: Message = Message::new("step-resold", &[]);
pub(crate) const STEP_REPORTED: Message = Message::new("step-reported", &[]);
pub(crate) const STEP_PLEDGED: Message = Message::new("step-pledged", &[("to", Text)]);
pub(crate) const STEP_RELEASED: Message = Message::new("step-released", &[]);
pub(crate) const STEP_DECOMMISSIONED: Message =
    Message::new("step-decommissioned", &[("activity", Key)]);
pub(crate) const STEP_HELD: Message = Message::new("step-held", &[("activity", Key)]);
pub(crate) const STEP_CLEARED: Message = Message::new("step-cleared", &[("activity", Key)]);
pub(crate) const STEP_OPENED: Message = Message::new("step-opened", &[("reason", Key)]);
pub(crate) const STEP_OPENED_WORD: Message = Message::new("step-opened-word", &[("reason", Text)]);
pub(crate) const STEP_GRANTED: Message = Message::new("step-granted", &[("to", Text)]);
pub(crate) const STEP_UNREADABLE: Message = Message::new("step-unreadable", &[]);
pub(crate) const STEP_COUNTED: Message = Message::new(
    "step-counted",
    &[("amount", Text), ("unit", Key), ("code", Text)],
);
pub(crate) const STEP_ATTESTED: Message = Message::new("step-attested", &[("verdict", Key)]);

/// Every line, for the check against the message files.
pub const LINES: &[Message] = &[
    SIGN_COMMISSION,
    SIGN_COMMISSION_CASE,
    SIGN_COMMISSION_SEALED,
    SIGN_MAKE_BATCH,
    SIGN_MAKE_RUN,
    SIGN_MAKE_THING,
    SIGN_NAME,
    SIGN_COMES_OUT,
    SIGN_TRANSFORM,
    SIGN_USE,
    SIGN_USE_ITEM,
    SIGN_REMAINS,
    SIGN_LOSS,
    SIGN_PACK,
    SIGN_UNPACK,
    SIGN_OFFER,
    SIGN_ACCEPT,
    SIGN_CONTENTS,
    SIGN_EXPIRES,
    SIGN_CONDITION,
    SIGN_ATTEST,
    SIGN_ACTIVITY,
    SIGN_ACTIVITY_MANY,
    SIGN_SUBJECT,
    SIGN_MORE,
    SIGN_DECLINE,
    SIGN_OPEN,
    SIGN_OPEN_SEEN,
    SIGN_UNREADABLE,
    SIGN_GRANT,
    SIGN_PLACE,
    SIGN_PLACE_PUBLIC,
    SIGN_RECALL_PUBLIC,
    SIGN_PORT,
    SIGN_POSITION,
    SIGN_OFFER_CODE,
    SIGN_PICK_UP,
    SIGN_LEFT,
    SIGN_OFFER_TITLE,
    SIGN_TAKE_TITLE,
    SIGN_DECLINE_TITLE,
    SIGN_PLEDGE,
    SIGN_PLEDGE_MANY,
    SIGN_RELEASE,
    SIGN_RELEASE_MANY,
    SIGN_ASSOCIATE,
    SIGN_ASSOCIATE_MANY,
    SIGN_DISSOCIATE,
    SIGN_DISSOCIATE_MANY,
    SIGN_CORRECT_DID_NOT_OCCUR,
    SIGN_CORRECT_INCORRECT_DATA,
    SIGN_CORRECT_RIGHT,
    SIGN_CORRECT_RECALL,
    SIGN_TERMS,
    SIGN_NOTE,
    SIGN_MEASURED,
    SIGN_SEAL_NUMBER,
    WARN_SEAL_DIFFERS,
    SIGN_READING,
    SIGN_READ_AT,
    SIGN_COUNTED,
    SIGN_EVIDENCE,
    SIGN_PUBLIC,
    SIGN_NAME_PUBLIC,
    SIGN_MEMBERS_ONLY,
    SIGN_AS,
    WARN_CLOCK_AHEAD,
    WARN_CLOCK_BEHIND,
    WARN_CHECKPOINT_OLD,
    WARN_ENROLMENT_ENDS,
    WARN_OFFER_PENDING,
    WARN_OFFER_ENDS,
    WARN_NOT_INSPECTED,
    WARN_FAILED_INSPECTION,
    WARN_REFUSED,
    WARN_SOLD_BEFORE,
    WARN_ACTIVATED_ELSEWHERE,
    WARN_NO_PORTS,
    WARN_IMPOSSIBLE_JOURNEY,
    WARN_UNBALANCED,
    WARN_COUNT_DIFFERS,
    WARN_PUBLIC,
    WARN_ENDS,
    WARN_CORRECT,
    WARN_CORRECTED_BEFORE,
    WARN_PLEDGED,
    WARN_PLEDGE,
    WARN_HELD_BY,
    WARN_CHECK_DIGIT,
    DID_COMMISSION,
    DID_COMMISSION_CASE,
    DID_PACK,
    DID_UNPACK,
    DID_OFFER,
    DID_ACCEPT,
    DID_ACCEPT_PART,
    DID_OFFER_CODE,
    DID_DECLINE,
    DID_COMMISSION_RUN,
    DID_TRANSFORM,
    DID_CORRECT,
    DID_DRAW,
    DID_ASSOCIATE,
    DID_DISSOCIATE,
    DID_OFFER_TITLE,
    DID_TAKE_TITLE,
    DID_DECLINE_TITLE,
    DID_PICK_UP,
    DID_ACTIVATE,
    DID_RESELL,
    DID_REPORT,
    DID_PLEDGE,
    DID_RELEASE,
    DID_PLEDGE_MANY,
    DID_RELEASE_MANY,
    DID_OPEN,
    DID_UNREADABLE,
    DID_GRANT,
    DID_SET_READER,
    DID_ATTEST,
    DID_ACTIVITY,
    DID_ACTIVITY_MANY,
    DID_ENROL,
    DID_REVOKE,
    DID_REGISTER_PREFIX,
    DID_SET_POLICY,
    DID_ADMIT_MEMBER,
    DID_EXPEL_MEMBER,
    DID_SET_VALIDATORS,
    DID_ROTATE_ROOT,
    DID_SET_GUARDIANS,
    DID_RECOVER,
    DID_OBJECT_RECOVERY,
    STEP_COMMISSIONED,
    STEP_OBSERVED,
    STEP_PACKED,
    STEP_FILLED,
    STEP_UNPACKED,
    STEP_EMPTIED,
    STEP_OFFERED,
    STEP_ACCEPTED,
    STEP_ACCEPTED_PART,
    STEP_LEFT,
    STEP_OFFERED_CODE,
    STEP_DECLINED,
    STEP_USED,
    STEP_MADE,
    STEP_DRAWN,
    STEP_CORRECTED,
    STEP_CORRECTED_WORD,
    STEP_CORRECTS,
    STEP_CORRECTIVE,
    STEP_WAS_CORRECTED,
    STEP_WAS_CORRECTED_WORD,
    STEP_DECOMMISSIONED,
    STEP_ASSOCIATED,
    STEP_DISSOCIATED,
    STEP_TITLE_OFFERED,
    STEP_TITLE_TAKEN,
    STEP_TITLE_DECLINED,
    STEP_PICKED_UP,
    STEP_ACTIVATED,
    STEP_RESOLD,
    STEP_REPORTED,
    STEP_PLEDGED,
    STEP_RELEASED,
    STEP_HELD,
    STEP_CLEARED,
    STEP_OPENED,
    STEP_OPENED_WORD,
    STEP_GRANTED,
    STEP_UNREADABLE,
    STEP_COUNTED,
    STEP_ATTESTED,
];

/// Every message key that can stand as a parameter of another message, or on its own in a
/// reply: activities and their areas, roles, classes.
pub fn keys() -> impl Iterator<Item = String> {
    activities::keys()
        .chain(stock::keys())
        .chain(sensed::keys())
        .chain(imports::KEYS.iter().map(|key| (*key).to_owned()))
        .chain(KEYS.iter().map(|key| (*key).to_owned()))
}
