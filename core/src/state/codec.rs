//! How state is written: every structure an array of its fields, every table an array of pairs
//! in the order of its keys.

use std::collections::{BTreeMap, BTreeSet};

use crate::Prefix;
use crate::cbor::{CborError, Reader, Wire, Writer};

/// More entries than any memory holds: tables are bounded by what was applied, and the bytes
/// come from this replica's own store.
const TABLE_ENTRIES: usize = 1 << 31;

impl Wire for u64 {
    fn write(&self, to: &mut Writer) {
        to.u64(*self);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.u64()
    }
}

impl Wire for u16 {
    fn write(&self, to: &mut Writer) {
        to.u64((*self).into());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.u16()
    }
}

impl Wire for Prefix {
    fn write(&self, to: &mut Writer) {
        to.text(self.as_str());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::parse(from.text("prefix", 12)?).map_err(|_| CborError::Value { what: "prefix" })
    }
}

impl<T: Wire> Wire for Option<T> {
    fn write(&self, to: &mut Writer) {
        to.option(self.as_ref(), |to, value| value.write(to));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.option(T::read)
    }
}

impl<T: Wire> Wire for Box<T> {
    fn write(&self, to: &mut Writer) {
        T::write(self, to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        T::read(from).map(Self::new)
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn write(&self, to: &mut Writer) {
        to.list(self);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.list("list", TABLE_ENTRIES)
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        self.0.write(to);
        self.1.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok((A::read(from)?, B::read(from)?))
    }
}

impl<K: Wire + Ord, V: Wire> Wire for BTreeMap<K, V> {
    fn write(&self, to: &mut Writer) {
        to.array(self.len());
        for (key, value) in self {
            to.array(2);
            key.write(to);
            value.write(to);
            to.part();
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let pairs: Vec<(K, V)> = from.list("table", TABLE_ENTRIES)?;
        if pairs.is_sorted_by(|one, next| one.0 < next.0) {
            // A sorted list becomes a tree in one pass.
            Ok(pairs.into_iter().collect())
        } else {
            Err(CborError::NonCanonical)
        }
    }
}

impl<K: Wire + Ord> Wire for BTreeSet<K> {
    fn write(&self, to: &mut Writer) {
        to.array(self.len());
        for key in self {
            key.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let keys: Vec<K> = from.list("set", TABLE_ENTRIES)?;
        if keys.is_sorted_by(|one, next| one < next) {
            Ok(keys.into_iter().collect())
        } else {
            Err(CborError::NonCanonical)
        }
    }
}

/// Writes a structure as the array of its fields, in the order given. Twenty structures of the
/// state differ in nothing but their fields, so this is one macro and not twenty pairs of
/// functions that must agree.
macro_rules! wire_fields {
    ($name:ty { $($field:ident),+ $(,)? }) => {
        impl $crate::cbor::Wire for $name {
            fn write(&self, to: &mut $crate::cbor::Writer) {
                to.array([$(stringify!($field)),+].len());
                $(self.$field.write(to);)+
            }

            fn read(
                from: &mut $crate::cbor::Reader<'_>,
            ) -> Result<Self, $crate::cbor::CborError> {
                from.array_exactly([$(stringify!($field)),+].len())?;
                Ok(Self { $($field: $crate::cbor::Wire::read(from)?),+ })
            }
        }
    };
}

pub(crate) use wire_fields;
