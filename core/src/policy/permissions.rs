//! Who may write which kinds of records.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    cbor::{CborError, Reader, Wire, Writer},
    member::{Class, Role},
    record::Kind,
};

/// Every class and none, times every role.
const ROWS: usize = (Class::ALL.len() + 1) * Role::ALL.len();

/// Rows of class, role and kinds. A row without a class is for members of every class; a record
/// is permitted when any row permits it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Permissions(BTreeMap<(Option<Class>, Role), BTreeSet<Kind>>);

impl Permissions {
    /// Whether a role of a member of this class may write a kind.
    #[must_use]
    pub fn permits(&self, class: Class, role: Role, kind: Kind) -> bool {
        [None, Some(class)].into_iter().any(|class| {
            let kinds = self.0.get(&(class, role));
            kinds.is_some_and(|kinds| kinds.contains(&kind))
        })
    }

    /// Lets a role write these kinds too, for members of one class or of every class.
    pub fn allow(
        &mut self,
        class: Option<Class>,
        role: Role,
        kinds: impl IntoIterator<Item = Kind>,
    ) {
        self.0.entry((class, role)).or_default().extend(kinds);
    }

    /// The rows, those for every class first, then by class, then by role.
    pub fn rows(&self) -> impl Iterator<Item = (Option<Class>, Role, &BTreeSet<Kind>)> {
        let rows = self.0.iter();
        rows.map(|((class, role), kinds)| (*class, *role, kinds))
    }
}

impl Wire for Permissions {
    fn write(&self, to: &mut Writer) {
        to.array(self.0.len());
        for (class, role, kinds) in self.rows() {
            to.array(3);
            to.option(class.as_ref(), |to, class| class.write(to));
            role.write(to);
            to.array(kinds.len());
            for kind in kinds {
                kind.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let mut rows = Self::default();
        for _ in 0..from.array("permissions", ROWS)? {
            from.array_exactly(3)?;
            let class = from.option(Class::read)?;
            let role = Role::read(from)?;
            rows.allow(class, role, from.list::<Kind>("kinds", Kind::ALL.len())?);
        }
        Ok(rows)
    }
}
