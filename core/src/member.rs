//! Members and their devices, as genesis and enrolment records carry them.

use std::collections::BTreeMap;

use crate::{
    cbor::{CborError, Reader, Wire, Writer, from_canonical, to_bytes},
    hash::labelled,
    ids::{DeviceId, Digest32, MemberId, TimeMs},
    keys::{HpkePublic, MlDsa44Public, RootPublic},
    limits,
    readers::Group,
};

/// A fieldless enum with fixed numbers; `ALL` lists every value in order.
macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident: $what:literal { $($(#[$vdoc:meta])* $variant:ident = $number:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$vdoc])* $variant,)+
        }

        impl $name {
            /// Every value.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name, as this program's source has it: for files that people write.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($variant),)+
                }
            }

            /// The number in the format.
            #[must_use]
            pub const fn as_u8(self) -> u8 {
                match self {
                    $(Self::$variant => $number,)+
                }
            }
        }

        impl TryFrom<u8> for $name {
            type Error = $crate::CborError;

            fn try_from(number: u8) -> Result<Self, $crate::CborError> {
                match number {
                    $($number => Ok(Self::$variant),)+
                    _ => Err($crate::CborError::Value { what: $what }),
                }
            }
        }

        impl $crate::cbor::Wire for $name {
            fn write(&self, to: &mut $crate::cbor::Writer) {
                to.u64(self.as_u8().into());
            }

            fn read(from: &mut $crate::cbor::Reader<'_>) -> Result<Self, $crate::CborError> {
                Self::try_from(from.u8()?)
            }
        }
    };
}
pub(crate) use numbered;

numbered! {
    /// What an organisation does.
    Class: "class" {
        /// Makes goods.
        Manufacturer = 0,
        /// Moves goods.
        Carrier = 1,
        /// Hands goods to receivers.
        DeliveryPoint = 2,
        /// Stores goods.
        Warehouse = 3,
        /// Ships them.
        Port = 4,
        /// Arranges transport.
        Forwarder = 5,
        /// Customs.
        Customs = 6,
        /// Quarantine.
        Quarantine = 7,
        /// Tax office.
        Tax = 8,
        /// Finances goods.
        Bank = 9,
        /// Insures goods.
        Insurer = 10,
        /// Supervises others.
        Regulator = 11,
        /// Sells to consumers.
        Retailer = 12,
        /// Takes goods back.
        Recycler = 13,
        /// Audits others.
        Auditor = 14,
    }
}

numbered! {
    /// What a device is for; policy says which role writes which records.
    Role: "role" {
        /// Enrols and revokes devices.
        Admin = 0,
        /// A server that holds the ledger.
        Peer = 1,
        /// A courier's phone.
        Courier = 2,
        /// Quality control.
        Qc = 3,
        /// Warehouse staff.
        Warehouse = 4,
        /// A forwarder's staff.
        Forwarder = 5,
        /// A customs officer.
        CustomsOfficer = 6,
        /// A bank officer.
        BankOfficer = 7,
        /// A regulator's staff.
        Regulator = 8,
        /// A shop.
        Shop = 9,
    }
}

/// How a member came into being; its hash is the member's id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inception {
    name: String,
    class: Class,
    root: RootPublic,
    next_root: Digest32,
    readers: BTreeMap<Group, HpkePublic>,
}

impl Inception {
    /// A member's beginning. `next_root` is [`RootPublic::next_digest`] of keys kept for later;
    /// `reader` is the key that sections for all of the member's devices are sealed to.
    ///
    /// # Errors
    /// [`CborError::TooLong`] or [`CborError::Value`] for a name that is too long or empty.
    pub fn new(
        name: &str,
        class: Class,
        root: RootPublic,
        next_root: Digest32,
        reader: HpkePublic,
    ) -> Result<Self, CborError> {
        check_name(name)?;
        Ok(Self {
            name: name.to_owned(),
            class,
            root,
            next_root,
            readers: BTreeMap::from([(Group::General, reader)]),
        })
    }

    /// The same with a key for a group of its devices.
    #[must_use]
    pub fn with_reader(mut self, group: Group, key: HpkePublic) -> Self {
        self.readers.insert(group, key);
        self
    }

    /// The member's id.
    #[must_use]
    pub fn id(&self) -> MemberId {
        MemberId::from_bytes(labelled("chopmark/member/1", &[&self.to_bytes()]))
    }

    /// The legal name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What the organisation does.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.class
    }

    /// The root keys.
    #[must_use]
    pub const fn root(&self) -> &RootPublic {
        &self.root
    }

    /// The digest of the root keys that come next.
    #[must_use]
    pub const fn next_root(&self) -> Digest32 {
        self.next_root
    }

    /// The keys that sections for groups of the member's devices are sealed to at first; that of
    /// the general group is always there.
    #[must_use]
    pub const fn readers(&self) -> &BTreeMap<Group, HpkePublic> {
        &self.readers
    }

    /// The inception body.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        to_bytes(self)
    }

    /// Reads an inception body.
    ///
    /// # Errors
    /// [`CborError`] if the bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CborError> {
        from_canonical(bytes)
    }
}

impl Wire for Inception {
    fn write(&self, to: &mut Writer) {
        to.array(6);
        to.u64(1);
        to.text(&self.name);
        self.class.write(to);
        self.root.write(to);
        self.next_root.write(to);
        to.array(self.readers.len());
        for (group, key) in &self.readers {
            to.array(2);
            group.write(to);
            key.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(6)?;
        from.version()?;
        let mut inception = Self {
            name: read_name(from)?,
            class: Class::read(from)?,
            root: RootPublic::read(from)?,
            next_root: Digest32::read(from)?,
            readers: BTreeMap::new(),
        };
        for _ in 0..from.array("readers", Group::ALL.len())? {
            from.array_exactly(2)?;
            let group = Group::read(from)?;
            inception.readers.insert(group, HpkePublic::read(from)?);
        }
        if inception.readers.contains_key(&Group::General) {
            Ok(inception)
        } else {
            Err(CborError::Value { what: "readers" })
        }
    }
}

/// A device as it is enrolled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceEntry {
    key: DeviceId,
    hpke: HpkePublic,
    role: Role,
    name: String,
    until: TimeMs,
    second: Option<MlDsa44Public>,
}

impl DeviceEntry {
    /// A device, its encryption key, what it is for, what people call it, and when its enrolment
    /// ends.
    ///
    /// # Errors
    /// [`CborError::TooLong`] or [`CborError::Value`] for a name that is too long or empty.
    pub fn new(
        key: DeviceId,
        hpke: HpkePublic,
        role: Role,
        name: &str,
        until: TimeMs,
    ) -> Result<Self, CborError> {
        check_name(name)?;
        Ok(Self {
            key,
            hpke,
            role,
            name: name.to_owned(),
            until,
            second: None,
        })
    }

    /// The same with the key of its second, post-quantum signatures.
    #[must_use]
    pub fn with_second(mut self, key: MlDsa44Public) -> Self {
        self.second = Some(key);
        self
    }

    /// The key of its second signatures; none of a device that has no such key.
    #[must_use]
    pub const fn second(&self) -> Option<&MlDsa44Public> {
        self.second.as_ref()
    }

    /// The device's id.
    #[must_use]
    pub const fn key(&self) -> DeviceId {
        self.key
    }

    /// Its encryption key.
    #[must_use]
    pub const fn hpke(&self) -> &HpkePublic {
        &self.hpke
    }

    /// What it is for.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// What people call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// When its enrolment ends.
    #[must_use]
    pub const fn until(&self) -> TimeMs {
        self.until
    }
}

impl Wire for DeviceEntry {
    fn write(&self, to: &mut Writer) {
        to.array(5 + usize::from(self.second.is_some()));
        self.key.write(to);
        self.hpke.write(to);
        self.role.write(to);
        to.text(&self.name);
        self.until.write(to);
        if let Some(second) = &self.second {
            second.write(to);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let fields = from.array("device", 6)?;
        let entry = Self {
            key: DeviceId::read(from)?,
            hpke: HpkePublic::read(from)?,
            role: Role::read(from)?,
            name: read_name(from)?,
            until: TimeMs::read(from)?,
            second: None,
        };
        match fields {
            5 => Ok(entry),
            6 => Ok(entry.with_second(MlDsa44Public::read(from)?)),
            _ => Err(CborError::Value { what: "device" }),
        }
    }
}

/// A name that a screen can show: not empty, not too long, and without characters that act
/// instead of being read. An escape sequence would reach an operator's terminal, and a turned
/// direction of writing lets one name look like another.
pub(crate) fn check_name(name: &str) -> Result<(), CborError> {
    if name.trim().is_empty() || name.chars().any(|c| c.is_control() || turns_writing(c)) {
        return Err(CborError::Value { what: "name" });
    }
    if name.len() > limits::NAME_BYTES {
        return Err(CborError::TooLong {
            what: "name",
            limit: limits::NAME_BYTES,
        });
    }
    Ok(())
}

/// Unicode's embeddings, overrides and isolates (UAX 9, 2.1 to 2.4).
pub(crate) const fn turns_writing(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

pub(crate) fn read_name(from: &mut Reader<'_>) -> Result<String, CborError> {
    let name = from.text("name", limits::NAME_BYTES)?;
    check_name(name)?;
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_do_nothing_else() {
        for good in [
            "Nansha Foods 南沙食品",
            "Café “Lótus” & Söhne",
            "شركة النور",
        ] {
            assert_eq!(check_name(good), Ok(()), "{good}");
        }
        for bad in [
            "",
            " ",
            "Customs\u{1b}[2J",
            "one\ntwo",
            "\u{202e}smotsuC",
            "a\u{2066}b",
            "\u{9b}2J",
        ] {
            let refused = Err(CborError::Value { what: "name" });
            assert_eq!(check_name(bad), refused, "{bad:?}");
        }
        assert!(check_name(&"x".repeat(257)).is_err());
    }
}
