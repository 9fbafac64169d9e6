//! How what a refusal names stands in a message.

use crate::{
    Amount, BlockId, Class, DeviceId, GoodsClass, Group, Height, Jurisdiction, Kind, MemberId,
    Party, Prefix, RecordRef, Role, Seq, SubjectId, TimeMs, Unit,
};

/// How a value stands in a message.
pub(super) trait Shown {
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
    BlockId,
    DeviceId,
    GoodsClass,
    Height,
    Jurisdiction,
    MemberId,
    Party,
    Prefix,
    RecordRef,
    Seq,
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
