//! What is wrong with an amount, a count, a reading or a seal's number that a person typed.

use crate::words::{Kind, Message};
use Kind::{Key, Number, Text};

pub(crate) const COUNT_OUT_OF_RANGE: Message =
    Message::new("count-out-of-range", &[("least", Number), ("most", Number)]);
pub(crate) const AMOUNT_UNREADABLE: Message = Message::new("amount-unreadable", &[]);
pub(crate) const AMOUNT_MISSING: Message = Message::new("amount-missing", &[]);
pub(crate) const UNIT_UNREADABLE: Message = Message::new("unit-unreadable", &[]);
pub(crate) const COUNT_MISSING: Message = Message::new("count-missing", &[("subject", Text)]);
pub(crate) const COUNT_OTHER_UNIT: Message = Message::new(
    "count-other-unit",
    &[("subject", Text), ("unit", Key), ("code", Text)],
);
pub(crate) const SEAL_UNREADABLE: Message = Message::new("seal-unreadable", &[("most", Number)]);
pub(crate) const SEAL_OF_MANY: Message = Message::new("seal-of-many", &[]);
pub(crate) const READING_MISSING: Message = Message::new("reading-missing", &[]);
pub(crate) const READING_NO_NUMBER: Message =
    Message::new("reading-no-number", &[("what", Key), ("value", Text)]);
pub(crate) const READING_OUT_OF_RANGE: Message = Message::new(
    "reading-out-of-range",
    &[
        ("what", Key),
        ("least", Text),
        ("most", Text),
        ("unit", Key),
    ],
);
pub(crate) const READING_UNIT: Message =
    Message::new("reading-unit", &[("what", Key), ("unit", Text)]);
pub(crate) const READING_AHEAD: Message = Message::new("reading-ahead", &[]);
pub(crate) const NOT_SO_MUCH: Message = Message::new(
    "not-so-much",
    &[
        ("amount", Text),
        ("unit", Key),
        ("code", Text),
        ("subject", Text),
    ],
);
pub(crate) const LEFT_OVER: Message = Message::new(
    "left-over",
    &[("amount", Text), ("unit", Key), ("code", Text)],
);
pub(crate) const FROM_NOTHING: Message = Message::new(
    "from-nothing",
    &[("amount", Text), ("unit", Key), ("code", Text)],
);
