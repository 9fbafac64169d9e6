//! Every failure that a command can answer with. Codes are stable; the message files hold
//! `failure-CODE` for each, which says what happened and what to do.

mod correcting;
mod figures;
mod importing;

use crate::words::{Kind, Message};
use Kind::{Bytes, Key, Number, Text, Time};

pub(crate) use correcting::{CORRECTS_ITSELF, NOT_CORRECTABLE, RECORD_REFUSED};
pub(crate) use figures::{
    AMOUNT_MISSING, AMOUNT_UNREADABLE, COUNT_MISSING, COUNT_OTHER_UNIT, COUNT_OUT_OF_RANGE,
    FROM_NOTHING, LEFT_OVER, NOT_SO_MUCH, READING_AHEAD, READING_MISSING, READING_NO_NUMBER,
    READING_OUT_OF_RANGE, READING_UNIT, SEAL_OF_MANY, SEAL_UNREADABLE, UNIT_UNREADABLE,
};
pub(crate) use importing::{
    IMPORT_HAS_BAD, IMPORT_MANY_UNUSED, IMPORT_OVERTAKEN, IMPORT_TOO_LARGE, IMPORT_UNKNOWN,
    IMPORT_UNREADABLE, ROW_MAKER_SILENT, ROW_REFUSED, ROW_UNREADABLE,
};

// Joining, unlocking, the replica on disk.
pub(crate) const NOT_JOINED: Message = Message::new("not-joined", &[]);
pub(crate) const ALREADY_JOINED: Message = Message::new("already-joined", &[]);
pub(crate) const LOCKED: Message = Message::new("locked", &[]);
pub(crate) const PASSPHRASE_SHORT: Message = Message::new("passphrase-short", &[("least", Number)]);
pub(crate) const PASSPHRASE_SIMPLE: Message = Message::new("passphrase-simple", &[]);
pub(crate) const WRONG_PASSPHRASE: Message =
    Message::new("wrong-passphrase", &[("wait_s", Number)]);
pub(crate) const TRY_LATER: Message = Message::new("try-later", &[("wait_s", Number)]);
pub(crate) const NOT_AN_INVITATION: Message = Message::new("not-an-invitation", &[]);
pub(crate) const INVITATION_DAMAGED: Message = Message::new("invitation-damaged", &[]);
pub(crate) const INVITATION_UNKNOWN: Message = Message::new("invitation-unknown", &[]);
pub(crate) const INVITATION_USED: Message = Message::new("invitation-used", &[]);
pub(crate) const INVITATION_EXPIRED: Message = Message::new("invitation-expired", &[]);
pub(crate) const STORE_DAMAGED: Message = Message::new("store-damaged", &[("detail", Text)]);
pub(crate) const STORE_BUSY: Message = Message::new("store-busy", &[]);
pub(crate) const STORE_NEWER: Message = Message::new("store-newer", &[]);
pub(crate) const DISK_FULL: Message = Message::new("disk-full", &[]);
pub(crate) const INTERNAL: Message = Message::new("internal", &[("detail", Text)]);

// Peers: why a connection or an item failed.
pub(crate) const PEER_UNREACHABLE: Message = Message::new("peer-unreachable", &[("address", Text)]);
pub(crate) const PEER_STRANGER: Message = Message::new("peer-stranger", &[("address", Text)]);
pub(crate) const PEER_CONFUSED: Message = Message::new("peer-confused", &[("detail", Text)]);
pub(crate) const CONNECTION_LOST: Message = Message::new("connection-lost", &[("address", Text)]);
pub(crate) const WRONG_NETWORK: Message = Message::new("wrong-network", &[]);
pub(crate) const UNKNOWN_DEVICE: Message = Message::new("unknown-device", &[]);
pub(crate) const REVOKED: Message = Message::new("revoked", &[]);
pub(crate) const PEER_REVOKED: Message = Message::new("peer-revoked", &[]);
pub(crate) const MALFORMED: Message = Message::new("malformed", &[]);
pub(crate) const TOO_LARGE: Message = Message::new("too-large", &[]);
pub(crate) const NON_CANONICAL: Message = Message::new("non-canonical", &[]);
pub(crate) const BAD_SIGNATURE: Message = Message::new("bad-signature", &[]);
pub(crate) const FORK: Message = Message::new("fork", &[]);
pub(crate) const MISSING_PREV: Message = Message::new("missing-prev", &[]);
pub(crate) const BUSY: Message = Message::new("busy", &[]);
pub(crate) const PEER_FULL: Message = Message::new("peer-full", &[]);
pub(crate) const VERSION: Message = Message::new("version", &[]);
pub(crate) const OTHER_VERSION: Message = Message::new("other-version", &[("address", Text)]);

// Arguments.
pub(crate) const UNKNOWN_COMMAND: Message = Message::new("unknown-command", &[("command", Text)]);
pub(crate) const BAD_ARGUMENTS: Message =
    Message::new("bad-arguments", &[("command", Text), ("detail", Text)]);
pub(crate) const UNKNOWN_MEMBER: Message = Message::new("unknown-member", &[]);
pub(crate) const UNKNOWN_RECORD: Message = Message::new("unknown-record", &[]);
pub(crate) const REASON_UNKNOWN: Message = Message::new("reason-unknown", &[]);
pub(crate) const PAPER_NOT_FOR_AUTHORITIES: Message =
    Message::new("paper-not-for-authorities", &[]);
pub(crate) const PAPER_ELSEWHERE: Message =
    Message::new("paper-elsewhere", &[("jurisdiction", Text)]);
pub(crate) const PAPER_NOT_YOURS: Message = Message::new("paper-not-yours", &[]);
pub(crate) const PAPER_NAMES_PERSON: Message = Message::new("paper-names-person", &[]);
pub(crate) const PAPER_KNOWN: Message = Message::new("paper-known", &[("member", Text)]);
pub(crate) const UNKNOWN_DRAFT: Message = Message::new("unknown-draft", &[]);
pub(crate) const DRAFT_OVERTAKEN: Message = Message::new("draft-overtaken", &[]);
pub(crate) const NOTHING_CHOSEN: Message = Message::new("nothing-chosen", &[]);
pub(crate) const TOO_MANY: Message = Message::new("too-many", &[("most", Number)]);
pub(crate) const TEXT_TOO_LONG: Message =
    Message::new("text-too-long", &[("field", Key), ("most", Bytes)]);
pub(crate) const TEXT_UNSEEN: Message = Message::new("text-unseen", &[("field", Key)]);
pub(crate) const TEXT_MIXED: Message =
    Message::new("text-mixed", &[("field", Key), ("word", Text)]);
pub(crate) const PRODUCT_MISSING: Message = Message::new("product-missing", &[]);
pub(crate) const ACTIVITY_UNKNOWN: Message =
    Message::new("activity-unknown", &[("activity", Text)]);
pub(crate) const SELF_ADDRESSEE: Message = Message::new("self-addressee", &[]);
pub(crate) const BOUND_TO_ITSELF: Message = Message::new("bound-to-itself", &[]);
pub(crate) const PICKUP_HASH: Message = Message::new("pickup-hash", &[]);
pub(crate) const PICKUP_CODE_ITSELF: Message = Message::new("pickup-code-itself", &[]);
pub(crate) const PICKUP_CODE_LENGTH: Message =
    Message::new("pickup-code-length", &[("found", Number)]);
pub(crate) const PICKUP_CODE_CHARACTER: Message =
    Message::new("pickup-code-character", &[("character", Text)]);
pub(crate) const NO_PREFIX: Message = Message::new("no-prefix", &[]);
pub(crate) const CODE_NOT_KNOWN: Message = Message::new("code-not-known", &[("subject", Text)]);

pub(crate) const NO_DOWNLOADS: Message = Message::new("no-downloads", &[]);
pub(crate) const NOT_SAVED: Message =
    Message::new("not-saved", &[("folder", Text), ("detail", Text)]);

// Codes as typed or scanned.
pub(crate) const CODE_EMPTY: Message = Message::new("code-empty", &[]);
pub(crate) const CODE_CHECK_DIGIT: Message =
    Message::new("code-check-digit", &[("expected", Text), ("found", Text)]);
pub(crate) const CONTAINER_CHECK_DIGIT: Message = Message::new(
    "container-check-digit",
    &[("expected", Text), ("found", Text)],
);
pub(crate) const CODE_LENGTH: Message = Message::new("code-length", &[]);
pub(crate) const CODE_IDENTIFIER: Message = Message::new("code-identifier", &[]);
pub(crate) const CODE_CHARACTER: Message = Message::new("code-character", &[]);
pub(crate) const CODE_FOREIGN: Message = Message::new("code-foreign", &[]);
pub(crate) const CODE_PRODUCT_ONLY: Message = Message::new("code-product-only", &[("gtin", Text)]);
pub(crate) const LINK_FOREIGN: Message = Message::new("link-foreign", &[("host", Text)]);
pub(crate) const SERIAL_UNKNOWN: Message = Message::new("serial-unknown", &[("serial", Text)]);
pub(crate) const RUN_NOT_OPEN: Message = Message::new("run-not-open", &[]);

// Batches, and what is made of them.
pub(crate) const NOT_A_SPLIT: Message = Message::new("not-a-split", &[]);
pub(crate) const NOT_A_MERGER: Message = Message::new("not-a-merger", &[]);
pub(crate) const MADE_OF_ITSELF: Message = Message::new("made-of-itself", &[("subject", Text)]);
pub(crate) const PHOTOS_OF_MANY: Message = Message::new("photos-of-many", &[]);
pub(crate) const OUTPUT_TWICE: Message = Message::new("output-twice", &[("batch", Text)]);

// Evidence.
pub(crate) const EVIDENCE_TYPE: Message = Message::new("evidence-type", &[("media_type", Text)]);
pub(crate) const EVIDENCE_EMPTY: Message = Message::new("evidence-empty", &[]);
pub(crate) const EVIDENCE_TOO_LARGE: Message =
    Message::new("evidence-too-large", &[("most", Bytes)]);
pub(crate) const EVIDENCE_UNKNOWN: Message = Message::new("evidence-unknown", &[]);
pub(crate) const EVIDENCE_ABSENT: Message = Message::new("evidence-absent", &[]);
pub(crate) const EVIDENCE_DAMAGED: Message = Message::new("evidence-damaged", &[]);
pub(crate) const IMAGE_TOO_LARGE: Message = Message::new(
    "image-too-large",
    &[
        ("width", Number),
        ("height", Number),
        ("most_megapixels", Number),
    ],
);
pub(crate) const IMAGE_DAMAGED: Message = Message::new("image-damaged", &[]);
pub(crate) const UPLOAD_UNKNOWN: Message = Message::new("upload-unknown", &[]);
pub(crate) const UPLOAD_INCOMPLETE: Message =
    Message::new("upload-incomplete", &[("taken", Bytes), ("length", Bytes)]);
pub(crate) const UPLOAD_OVERLONG: Message = Message::new("upload-overlong", &[("length", Bytes)]);
pub(crate) const UPLOADS_FULL: Message = Message::new("uploads-full", &[("most", Number)]);
pub(crate) const CHUNK_TOO_LARGE: Message = Message::new("chunk-too-large", &[("most", Bytes)]);

// Frames between phones.
pub(crate) const NOT_A_FRAME: Message = Message::new("not-a-frame", &[]);
pub(crate) const FRAME_DAMAGED: Message = Message::new("frame-damaged", &[]);
pub(crate) const HANDOVER_DAMAGED: Message = Message::new("handover-damaged", &[]);
pub(crate) const HANDOVER_TOO_LARGE: Message =
    Message::new("handover-too-large", &[("most", Number)]);
pub(crate) const HANDOVER_NOT_FOR_US: Message =
    Message::new("handover-not-for-us", &[("addressee", Text)]);
pub(crate) const HANDOVER_BEHIND: Message = Message::new("handover-behind", &[]);
pub(crate) const NOT_A_HANDOVER: Message = Message::new("not-a-handover", &[]);

// Refusals by the ledger's rules, before signing or in a checkpoint. Core names them;
// a clashing subject, member or record is a parameter where the sentence needs it.
pub(crate) const NOT_YOUR_PREFIX: Message = Message::new("not-your-prefix", &[]);
pub(crate) const ALREADY_COMMISSIONED: Message = Message::new("already-commissioned", &[]);
pub(crate) const UNKNOWN_SUBJECT: Message = Message::new("unknown-subject", &[]);
pub(crate) const NOT_HOLDER: Message =
    Message::new("not-holder", &[("holder", Text), ("since", Time)]);
pub(crate) const NOT_PERMITTED: Message =
    Message::new("not-permitted", &[("role", Key), ("class", Key)]);
pub(crate) const NOT_ADDRESSEE: Message = Message::new("not-addressee", &[("addressee", Text)]);
pub(crate) const OFFER_USED: Message = Message::new("offer-used", &[("by", Text)]);
pub(crate) const OFFER_DECLINED: Message = Message::new("offer-declined", &[("by", Text)]);
pub(crate) const OFFER_EXPIRED: Message = Message::new("offer-expired", &[]);
pub(crate) const NO_SUCH_OFFER: Message = Message::new("no-such-offer", &[]);
pub(crate) const OPEN_OFFER_EXISTS: Message = Message::new("open-offer-exists", &[]);
pub(crate) const STALE_CUSTODY: Message = Message::new("stale-custody", &[]);
pub(crate) const ALREADY_PACKED: Message =
    Message::new("already-packed", &[("subject", Text), ("inside", Text)]);
pub(crate) const NOT_EMPTY: Message = Message::new("not-empty", &[("content", Text)]);
pub(crate) const DECOMMISSIONED: Message = Message::new("decommissioned", &[("by", Text)]);
pub(crate) const HELD: Message = Message::new("held", &[("by", Text), ("on", Text)]);
pub(crate) const ALREADY_HELD: Message = Message::new("already-held", &[]);
pub(crate) const NOT_HELD: Message = Message::new("not-held", &[]);
pub(crate) const NOT_YOUR_HOLD: Message = Message::new("not-your-hold", &[("by", Text)]);
pub(crate) const NOT_AN_AUTHORITY: Message = Message::new("not-an-authority", &[]);
pub(crate) const NOT_OWNER: Message =
    Message::new("not-owner", &[("owner", Text), ("since", Time)]);
pub(crate) const STALE_TITLE: Message = Message::new("stale-title", &[]);
pub(crate) const PLEDGED: Message = Message::new("pledged", &[("by", Text), ("on", Text)]);
pub(crate) const NOT_PLEDGED: Message = Message::new("not-pledged", &[]);
pub(crate) const NOT_YOUR_PLEDGE: Message = Message::new("not-your-pledge", &[("bank", Text)]);
pub(crate) const NOT_A_BANK: Message = Message::new("not-a-bank", &[]);
pub(crate) const NOT_ASSOCIATED: Message = Message::new("not-associated", &[]);
pub(crate) const ALREADY_ASSOCIATED: Message = Message::new("already-associated", &[]);
pub(crate) const DOCUMENT_OF_DOCUMENT: Message = Message::new("document-of-document", &[]);
pub(crate) const TOO_MANY_PARENTS: Message = Message::new("too-many-parents", &[]);
pub(crate) const WRONG_PICKUP_CODE: Message = Message::new("wrong-pickup-code", &[]);
pub(crate) const NO_ACTIVATION_KEY: Message = Message::new("no-activation-key", &[]);
pub(crate) const ALREADY_ACTIVATED: Message = Message::new("already-activated", &[]);
pub(crate) const BAD_ACTIVATION: Message = Message::new("bad-activation", &[]);
pub(crate) const NOT_A_CONSUMERS: Message = Message::new("not-a-consumers", &[("owner", Text)]);
pub(crate) const BAD_RESALE: Message = Message::new("bad-resale", &[]);
pub(crate) const NOT_THE_TAKER: Message = Message::new("not-the-taker", &[]);
pub(crate) const AMOUNT_MISPLACED: Message = Message::new("amount-misplaced", &[]);
pub(crate) const NOT_A_BATCH: Message = Message::new("not-a-batch", &[]);
pub(crate) const QUANTITY_MISSING: Message = Message::new("quantity-missing", &[]);
pub(crate) const OTHER_UNIT: Message = Message::new("other-unit", &[("unit", Text)]);
pub(crate) const NOT_ENOUGH: Message =
    Message::new("not-enough", &[("subject", Text), ("there", Text)]);
pub(crate) const TOO_MUCH: Message = Message::new("too-much", &[]);
pub(crate) const NOT_CONSERVED: Message = Message::new("not-conserved", &[("unit", Text)]);
pub(crate) const OTHER_MEASURE: Message = Message::new("other-measure", &[]);
pub(crate) const NOT_YOUR_RECORD: Message = Message::new("not-your-record", &[("by", Text)]);
pub(crate) const NOT_IN_RUN: Message = Message::new("not-in-run", &[]);
pub(crate) const NOT_A_RUN: Message = Message::new("not-a-run", &[]);
pub(crate) const OLD_EPOCH: Message = Message::new("old-epoch", &[]);
pub(crate) const ANCHOR_AHEAD: Message = Message::new("anchor-ahead", &[]);
pub(crate) const NO_REGULATOR_SECTION: Message = Message::new("no-regulator-section", &[]);
pub(crate) const NO_SECOND_SIGNATURE: Message = Message::new("no-second-signature", &[]);
pub(crate) const WRONG_EPOCH: Message = Message::new("wrong-epoch", &[]);
pub(crate) const NOT_A_READER: Message = Message::new("not-a-reader", &[]);
pub(crate) const WRONG_KEM: Message = Message::new("wrong-kem", &[]);
pub(crate) const NOT_INSIDE: Message =
    Message::new("not-inside", &[("subject", Text), ("container", Text)]);
pub(crate) const TOO_DEEP: Message = Message::new("too-deep", &[]);
pub(crate) const DIFFERENT_HOLDERS: Message =
    Message::new("different-holders", &[("subject", Text), ("holder", Text)]);
pub(crate) const CITE_REFUSED: Message = Message::new("cite-refused", &[]);
pub(crate) const CITE_NEVER_CAME: Message = Message::new("cite-never-came", &[]);
pub(crate) const FORKED_FEED: Message = Message::new("forked-feed", &[]);
pub(crate) const DEVICE_REVOKED: Message = Message::new("device-revoked", &[]);
pub(crate) const NOT_ADMIN: Message = Message::new("not-admin", &[]);
pub(crate) const CONTENTS_CHANGED: Message = Message::new("contents-changed", &[]);
pub(crate) const INSIDE_CONTAINER: Message =
    Message::new("inside-container", &[("subject", Text), ("inside", Text)]);
pub(crate) const PREFIX_TAKEN: Message = Message::new("prefix-taken", &[("by", Text)]);
pub(crate) const PREFIX_OVERLAP: Message = Message::new("prefix-overlap", &[("owner", Text)]);
pub(crate) const ALREADY_ENROLLED: Message = Message::new("already-enrolled", &[("member", Text)]);
pub(crate) const WRONG_SUBJECT: Message = Message::new("wrong-subject", &[]);
pub(crate) const INSIDE_ITSELF: Message = Message::new("inside-itself", &[]);
pub(crate) const ENROLMENT_ENDED: Message = Message::new("enrolment-ended", &[("until", Time)]);
pub(crate) const ALREADY_REVOKED: Message = Message::new("already-revoked", &[]);
pub(crate) const GROUP_FAILED: Message = Message::new("group-failed", &[]);
pub(crate) const POLICY_SUPERSEDED: Message = Message::new("policy-superseded", &[]);
pub(crate) const POLICY_QUORUM: Message = Message::new("policy-quorum", &[]);
pub(crate) const POLICY_LOCKS_OUT: Message = Message::new("policy-locks-out", &[]);
pub(crate) const POLICY_MEMBER: Message = Message::new("policy-member", &[]);
pub(crate) const POLICY_JURISDICTION: Message = Message::new("policy-jurisdiction", &[]);
pub(crate) const POLICY_KEM: Message = Message::new("policy-kem", &[]);
pub(crate) const MEMBER_EXPELLED: Message = Message::new("member-expelled", &[("member", Text)]);
pub(crate) const NOT_YET_MEMBER: Message = Message::new("not-yet-member", &[("member", Text)]);
pub(crate) const ROSTER_SUPERSEDED: Message = Message::new("roster-superseded", &[]);
pub(crate) const WRONG_HEIGHT: Message = Message::new("wrong-height", &[]);
pub(crate) const ALREADY_MEMBER: Message = Message::new("already-member", &[("member", Text)]);
pub(crate) const BAD_ROOT_SIGNATURE: Message = Message::new("bad-root-signature", &[]);
pub(crate) const NOT_A_PEER: Message = Message::new("not-a-peer", &[]);
pub(crate) const TOO_FEW_VALIDATORS: Message = Message::new("too-few-validators", &[]);
pub(crate) const TOO_MANY_MEMBERS: Message = Message::new("too-many-members", &[]);
pub(crate) const NOT_THE_NEXT_ROOT: Message = Message::new("not-the-next-root", &[]);
pub(crate) const NOT_A_GUARDIAN: Message = Message::new("not-a-guardian", &[]);
pub(crate) const OUT_OF_TURN: Message = Message::new("out-of-turn", &[]);
pub(crate) const RECOVERY_OPEN: Message = Message::new("recovery-open", &[]);
pub(crate) const TOO_MANY_ROTATIONS: Message = Message::new("too-many-rotations", &[]);
pub(crate) const OWN_GUARDIAN: Message = Message::new("own-guardian", &[]);
pub(crate) const STALE_ROOT: Message = Message::new("stale-root", &[]);
pub(crate) const NO_RECOVERY: Message = Message::new("no-recovery", &[]);
pub(crate) const ALREADY_OBJECTED: Message = Message::new("already-objected", &[]);
pub(crate) const AGAINST_RULES: Message = Message::new("against-rules", &[("rule", Text)]);

/// Every failure, for the check against the message files.
pub const FAILURES: &[Message] = &[
    NOT_JOINED,
    ALREADY_JOINED,
    LOCKED,
    PASSPHRASE_SHORT,
    PASSPHRASE_SIMPLE,
    WRONG_PASSPHRASE,
    TRY_LATER,
    NOT_AN_INVITATION,
    INVITATION_DAMAGED,
    INVITATION_UNKNOWN,
    INVITATION_USED,
    INVITATION_EXPIRED,
    STORE_DAMAGED,
    STORE_BUSY,
    STORE_NEWER,
    DISK_FULL,
    INTERNAL,
    PEER_UNREACHABLE,
    PEER_STRANGER,
    PEER_CONFUSED,
    CONNECTION_LOST,
    WRONG_NETWORK,
    UNKNOWN_DEVICE,
    REVOKED,
    PEER_REVOKED,
    MALFORMED,
    TOO_LARGE,
    NON_CANONICAL,
    BAD_SIGNATURE,
    FORK,
    MISSING_PREV,
    BUSY,
    PEER_FULL,
    VERSION,
    OTHER_VERSION,
    UNKNOWN_COMMAND,
    BAD_ARGUMENTS,
    UNKNOWN_MEMBER,
    UNKNOWN_RECORD,
    REASON_UNKNOWN,
    NOT_CORRECTABLE,
    RECORD_REFUSED,
    CORRECTS_ITSELF,
    PAPER_NOT_FOR_AUTHORITIES,
    PAPER_ELSEWHERE,
    PAPER_NOT_YOURS,
    PAPER_NAMES_PERSON,
    PAPER_KNOWN,
    UNKNOWN_DRAFT,
    DRAFT_OVERTAKEN,
    NOTHING_CHOSEN,
    TOO_MANY,
    COUNT_OUT_OF_RANGE,
    AMOUNT_UNREADABLE,
    AMOUNT_MISSING,
    UNIT_UNREADABLE,
    COUNT_MISSING,
    COUNT_OTHER_UNIT,
    READING_MISSING,
    READING_NO_NUMBER,
    READING_OUT_OF_RANGE,
    READING_UNIT,
    SEAL_UNREADABLE,
    SEAL_OF_MANY,
    READING_AHEAD,
    TEXT_TOO_LONG,
    TEXT_UNSEEN,
    TEXT_MIXED,
    PRODUCT_MISSING,
    ACTIVITY_UNKNOWN,
    SELF_ADDRESSEE,
    BOUND_TO_ITSELF,
    PICKUP_HASH,
    PICKUP_CODE_ITSELF,
    PICKUP_CODE_LENGTH,
    PICKUP_CODE_CHARACTER,
    NO_PREFIX,
    CODE_NOT_KNOWN,
    NO_DOWNLOADS,
    NOT_SAVED,
    CODE_EMPTY,
    CODE_CHECK_DIGIT,
    CONTAINER_CHECK_DIGIT,
    CODE_LENGTH,
    CODE_IDENTIFIER,
    CODE_CHARACTER,
    CODE_FOREIGN,
    CODE_PRODUCT_ONLY,
    LINK_FOREIGN,
    SERIAL_UNKNOWN,
    RUN_NOT_OPEN,
    NOT_SO_MUCH,
    LEFT_OVER,
    FROM_NOTHING,
    NOT_A_SPLIT,
    NOT_A_MERGER,
    MADE_OF_ITSELF,
    OUTPUT_TWICE,
    PHOTOS_OF_MANY,
    IMPORT_UNKNOWN,
    IMPORT_TOO_LARGE,
    IMPORT_UNREADABLE,
    IMPORT_HAS_BAD,
    IMPORT_MANY_UNUSED,
    IMPORT_OVERTAKEN,
    ROW_UNREADABLE,
    ROW_MAKER_SILENT,
    ROW_REFUSED,
    EVIDENCE_TYPE,
    EVIDENCE_EMPTY,
    EVIDENCE_TOO_LARGE,
    EVIDENCE_UNKNOWN,
    EVIDENCE_ABSENT,
    EVIDENCE_DAMAGED,
    IMAGE_TOO_LARGE,
    IMAGE_DAMAGED,
    UPLOAD_UNKNOWN,
    UPLOAD_INCOMPLETE,
    UPLOAD_OVERLONG,
    UPLOADS_FULL,
    CHUNK_TOO_LARGE,
    NOT_A_FRAME,
    FRAME_DAMAGED,
    HANDOVER_DAMAGED,
    HANDOVER_TOO_LARGE,
    HANDOVER_NOT_FOR_US,
    HANDOVER_BEHIND,
    NOT_A_HANDOVER,
    NOT_YOUR_PREFIX,
    ALREADY_COMMISSIONED,
    UNKNOWN_SUBJECT,
    NOT_HOLDER,
    NOT_PERMITTED,
    NOT_ADDRESSEE,
    OFFER_USED,
    OFFER_DECLINED,
    OFFER_EXPIRED,
    NO_SUCH_OFFER,
    OPEN_OFFER_EXISTS,
    STALE_CUSTODY,
    ALREADY_PACKED,
    NOT_EMPTY,
    DECOMMISSIONED,
    HELD,
    ALREADY_HELD,
    NOT_HELD,
    NOT_YOUR_HOLD,
    NOT_AN_AUTHORITY,
    NOT_OWNER,
    STALE_TITLE,
    PLEDGED,
    NOT_PLEDGED,
    NOT_YOUR_PLEDGE,
    NOT_A_BANK,
    NOT_ASSOCIATED,
    ALREADY_ASSOCIATED,
    DOCUMENT_OF_DOCUMENT,
    TOO_MANY_PARENTS,
    WRONG_PICKUP_CODE,
    NO_ACTIVATION_KEY,
    ALREADY_ACTIVATED,
    BAD_ACTIVATION,
    NOT_A_CONSUMERS,
    BAD_RESALE,
    NOT_THE_TAKER,
    AMOUNT_MISPLACED,
    NOT_A_BATCH,
    QUANTITY_MISSING,
    OTHER_UNIT,
    NOT_ENOUGH,
    TOO_MUCH,
    NOT_CONSERVED,
    OTHER_MEASURE,
    NOT_YOUR_RECORD,
    NOT_IN_RUN,
    NOT_A_RUN,
    OLD_EPOCH,
    ANCHOR_AHEAD,
    NO_REGULATOR_SECTION,
    NO_SECOND_SIGNATURE,
    WRONG_EPOCH,
    NOT_A_READER,
    WRONG_KEM,
    NOT_INSIDE,
    TOO_DEEP,
    DIFFERENT_HOLDERS,
    CITE_REFUSED,
    CITE_NEVER_CAME,
    FORKED_FEED,
    DEVICE_REVOKED,
    NOT_ADMIN,
    CONTENTS_CHANGED,
    INSIDE_CONTAINER,
    PREFIX_TAKEN,
    PREFIX_OVERLAP,
    ALREADY_ENROLLED,
    WRONG_SUBJECT,
    INSIDE_ITSELF,
    ENROLMENT_ENDED,
    ALREADY_REVOKED,
    GROUP_FAILED,
    POLICY_SUPERSEDED,
    POLICY_QUORUM,
    POLICY_LOCKS_OUT,
    POLICY_MEMBER,
    POLICY_JURISDICTION,
    POLICY_KEM,
    MEMBER_EXPELLED,
    NOT_YET_MEMBER,
    ROSTER_SUPERSEDED,
    WRONG_HEIGHT,
    ALREADY_MEMBER,
    BAD_ROOT_SIGNATURE,
    NOT_A_PEER,
    TOO_FEW_VALIDATORS,
    TOO_MANY_MEMBERS,
    NOT_THE_NEXT_ROOT,
    NOT_A_GUARDIAN,
    OUT_OF_TURN,
    RECOVERY_OPEN,
    TOO_MANY_ROTATIONS,
    OWN_GUARDIAN,
    STALE_ROOT,
    NO_RECOVERY,
    ALREADY_OBJECTED,
    AGAINST_RULES,
];
