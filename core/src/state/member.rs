//! Members: how each began, which root keys it has, and from when to when it is one.

use super::codec::wire_fields;
use super::{Guardians, Recovery};
use crate::{Class, Digest32, Height, Inception, RecordRef, RootPublic, TimeMs};

/// A member of the network, or one that was.
#[derive(Clone, Debug)]
pub struct MemberState {
    pub(crate) inception: Inception,
    /// The record that decided its admission; none of a founder.
    pub(crate) admitted_by: Option<RecordRef>,
    /// The first checkpoint that takes its records.
    pub(crate) from: Height,
    pub(crate) expelled: Option<Expulsion>,
    /// The root keys that it has now.
    pub(crate) root: RootPublic,
    /// The digest of the root keys that come next.
    pub(crate) next_root: Digest32,
    /// The record that gave it the root keys; none while they are its first.
    pub(crate) root_by: Option<RecordRef>,
    pub(crate) root_since: TimeMs,
    pub(crate) guardians: Guardians,
    pub(crate) recovery: Recovery,
}

wire_fields!(MemberState {
    inception,
    admitted_by,
    from,
    expelled,
    root,
    next_root,
    root_by,
    root_since,
    guardians,
    recovery
});

/// Where a member stands at some height.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Admitted, and a member only later.
    Coming {
        /// From this checkpoint on.
        from: Height,
    },
    /// A member.
    Member,
    /// Expelled before.
    Expelled(Expulsion),
}

/// The end of a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expulsion {
    pub(crate) by: RecordRef,
    pub(crate) from: Height,
}

wire_fields!(Expulsion { by, from });

impl Expulsion {
    /// The record that decided it.
    pub fn by(&self) -> RecordRef {
        self.by
    }

    /// The first checkpoint that refuses the member's records.
    pub fn from(&self) -> Height {
        self.from
    }
}

impl MemberState {
    /// A member as its inception made it.
    pub(crate) fn begun(
        inception: Inception,
        (from, since): (Height, TimeMs),
        by: Option<RecordRef>,
    ) -> Self {
        Self {
            root: inception.root().clone(),
            next_root: inception.next_root(),
            inception,
            admitted_by: by,
            from,
            expelled: None,
            root_by: None,
            root_since: since,
            guardians: Guardians::default(),
            recovery: Recovery::default(),
        }
    }

    /// Its legal name.
    pub fn name(&self) -> &str {
        self.inception.name()
    }

    /// What kind of firm or authority it is.
    pub fn class(&self) -> Class {
        self.inception.class()
    }

    /// How it began.
    pub fn inception(&self) -> &Inception {
        &self.inception
    }

    /// The root keys that it has now.
    pub fn root(&self) -> &RootPublic {
        &self.root
    }

    /// The record that gave it the root keys; none while they are its first.
    pub fn root_by(&self) -> Option<RecordRef> {
        self.root_by
    }

    /// The time of the checkpoint that gave it the root keys, or decided its admission; of a
    /// founder's first, the genesis'.
    pub fn root_since(&self) -> TimeMs {
        self.root_since
    }

    /// The digest of the root keys that it rotates to next.
    pub fn next_root(&self) -> Digest32 {
        self.next_root
    }

    /// Who may give it new root keys.
    pub fn guardians(&self) -> &Guardians {
        &self.guardians
    }

    /// What is under way to give it new root keys: for every administrator to see.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// The record that decided its admission; none of a founder.
    pub fn admitted_by(&self) -> Option<RecordRef> {
        self.admitted_by
    }

    /// Its expulsion, decided and perhaps still to come.
    pub fn expelled(&self) -> Option<&Expulsion> {
        self.expelled.as_ref()
    }

    /// Where it stands in a checkpoint of this height.
    pub fn standing(&self, height: Height) -> Standing {
        match self.expelled {
            Some(expelled) if expelled.from <= height => Standing::Expelled(expelled),
            _ if self.from > height => Standing::Coming { from: self.from },
            _ => Standing::Member,
        }
    }
}
