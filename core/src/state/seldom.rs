//! What few subjects have. A peer keeps millions of subjects, so what most of them lack costs them
//! one empty pointer.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};

use super::codec::wire_fields;
use super::parents::Parents;
use super::subject::Pledge;
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::{MemberId, RecordRef};

/// Offers of title, associations, pledges, first owners, holds, and the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Few {
    pub(crate) open_title_offer: Option<RecordRef>,
    pub(crate) parents: Parents,
    pub(crate) pledge: Option<Pledge>,
    pub(crate) pledged_inside: u64,
    pub(crate) activated: Option<RecordRef>,
    pub(crate) decommissioned: Option<RecordRef>,
    pub(crate) holds: BTreeMap<MemberId, RecordRef>,
    pub(crate) held_inside: u64,
}

wire_fields!(Few {
    open_title_offer,
    parents,
    pledge,
    pledged_inside,
    activated,
    decommissioned,
    holds,
    held_inside,
});

/// What a subject has that has none of it.
static NONE: Few = Few {
    open_title_offer: None,
    parents: Parents::NONE,
    pledge: None,
    pledged_inside: 0,
    activated: None,
    decommissioned: None,
    holds: BTreeMap::new(),
    held_inside: 0,
};

/// [`Few`], which takes no room until something is written to it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seldom(Option<Box<Few>>);

impl Seldom {
    /// Gives back the room of what has become as empty as most are.
    pub(crate) fn shrink(&mut self) {
        if **self == NONE {
            self.0 = None;
        }
    }
}

impl Deref for Seldom {
    type Target = Few;

    fn deref(&self) -> &Few {
        self.0.as_deref().unwrap_or(&NONE)
    }
}

impl DerefMut for Seldom {
    fn deref_mut(&mut self) -> &mut Few {
        self.0.get_or_insert_with(|| Box::new(NONE.clone()))
    }
}

impl PartialEq for Seldom {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Seldom {}

impl Wire for Seldom {
    fn write(&self, to: &mut Writer) {
        let few = Some(&**self).filter(|few| **few != NONE);
        to.option(few, |to, few| few.write(to));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        match from.option(Few::read)? {
            // One state, one spelling.
            Some(few) if few == NONE => Err(CborError::NonCanonical),
            few => Ok(Self(few.map(Box::new))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cbor;

    #[test]
    fn what_is_empty_again_is_as_if_it_had_never_been() {
        let mut seldom = Seldom::default();
        let untouched = cbor::to_bytes(&seldom);
        seldom.held_inside = 1;
        assert_ne!(cbor::to_bytes(&seldom), untouched);
        seldom.held_inside = 0;
        assert_eq!(seldom, Seldom::default());
        assert_eq!(cbor::to_bytes(&seldom), untouched);
        seldom.shrink();
        assert!(seldom.0.is_none());
    }
}
