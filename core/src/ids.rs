//! Identifiers, places and times: one type for each, so that none can be passed for another.

use std::{fmt, str::FromStr};

use base16ct::lower;
use minicbor::{Decode, Decoder, Encode, Encoder, encode};
use thiserror::Error;

use crate::{
    cbor::{CborError, Reader, Wire, Writer},
    hash::labelled,
};

/// Why a text is not an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IdError {
    /// Not 64 characters.
    #[error("an id has 64 hexadecimal characters, this has {found}")]
    Length {
        /// How many bytes the text has.
        found: usize,
    },
    /// A character that is not `0` to `9` or `a` to `f`.
    #[error("an id is written in lower-case hexadecimal")]
    Character,
    /// Not the name of a record.
    #[error("a record is named by its block and its place in it: BLOCK/INDEX")]
    Record,
}

/// 32 bytes of their own type: ids are compared, sorted and hashed, never computed with.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Wraps bytes that came from a trusted computation or a decoder.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&lower::encode_string(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                parse_hex(text).map(Self)
            }
        }

        impl Wire for $name {
            fn write(&self, to: &mut Writer) {
                to.bytes(&self.0);
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
                from.array_of_bytes().map(Self)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(
                d: &mut Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                let bytes = d.bytes()?;
                <[u8; 32]>::try_from(bytes)
                    .map(Self)
                    .map_err(|_| minicbor::decode::Error::message("expected 32 bytes"))
            }
        }
    };
}

id!(
    /// One consortium: hash of its genesis body.
    NetworkId
);
id!(
    /// An organisation: hash of its inception body.
    MemberId
);
id!(
    /// A phone, desktop or server: its Ed25519 public key.
    DeviceId
);
id!(
    /// Anything tracked, made from network, prefix owner and code.
    SubjectId
);
id!(
    /// One signed block: hash of its statement.
    BlockId
);
id!(
    /// A checkpoint's header.
    HeaderHash
);
id!(
    /// A checkpoint before it is cosigned: its header and the list of its blocks.
    ProposalHash
);
id!(
    /// A canonical code, without saying under which member.
    CodeHash
);
id!(
    /// A section's ciphertext.
    SectionHash
);
id!(
    /// An evidence file's ciphertext: its BLAKE3 hash.
    EvidenceId
);
id!(
    /// What a commissioning shows of the secret under an item's seal: an Ed25519 public key.
    ActivationPublic
);
id!(
    /// An owner outside the members, a consumer: an Ed25519 public key.
    OwnerKey
);
id!(
    /// A one-time pick-up code, hashed.
    PickupHash
);
id!(
    /// Any other 32-byte digest that stands in a record.
    Digest32
);

impl CodeHash {
    /// The subject that this code is under the member that owns its prefix.
    #[must_use]
    pub fn subject(&self, network: &NetworkId, owner: &MemberId) -> SubjectId {
        SubjectId(labelled(
            "chopmark/subject/1",
            &[network.as_bytes(), owner.as_bytes(), &self.0],
        ))
    }
}

impl SectionHash {
    /// The name of a section's ciphertext.
    #[must_use]
    pub fn of(ciphertext: &[u8]) -> Self {
        Self(labelled("chopmark/section/1", &[ciphertext]))
    }
}

impl BlockId {
    /// The id of the block with this statement.
    #[must_use]
    pub fn of(statement: &[u8]) -> Self {
        Self(labelled("chopmark/block/1", &[statement]))
    }
}

impl Digest32 {
    /// The digest of everything packed inside a subject; `contents` in any order.
    #[must_use]
    pub fn of_contents(contents: &std::collections::BTreeSet<SubjectId>) -> Self {
        let parts: Vec<&[u8]> = contents.iter().map(|id| id.0.as_slice()).collect();
        Self(labelled("chopmark/contents/1", &parts))
    }
}

/// Whole numbers of their own type.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl Wire for $name {
            fn write(&self, to: &mut Writer) {
                to.u64(self.0);
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
                from.u64().map(Self)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                e.u64(self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(
                d: &mut Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                d.u64().map(Self)
            }
        }
    };
}

number!(
    /// Milliseconds since 1970-01-01T00:00Z.
    TimeMs
);
number!(
    /// A checkpoint's height; the first is 1.
    Height
);
number!(
    /// A block's place in its device's feed; the first is 0.
    Seq
);

impl TimeMs {
    /// This time and so many milliseconds more; the end of time rather than an overflow.
    #[must_use]
    pub const fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(ms))
    }
}

impl Seq {
    /// The place after this one; `None` at the end of numbers.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }
}

/// Offset of local time from UTC, in minutes; from -14 h to +14 h.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TzMinutes(i16);

impl TzMinutes {
    /// No place on earth is further from UTC.
    const FURTHEST: i16 = 14 * 60;

    /// An offset; `None` beyond 14 hours either way.
    #[must_use]
    pub fn new(minutes: i16) -> Option<Self> {
        (minutes.unsigned_abs() <= Self::FURTHEST.unsigned_abs()).then_some(Self(minutes))
    }

    /// The minutes, negative west of Greenwich.
    #[must_use]
    pub const fn minutes(self) -> i16 {
        self.0
    }
}

impl Wire for TzMinutes {
    fn write(&self, to: &mut Writer) {
        to.i16(self.0);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Self::new(from.i16()?).ok_or(CborError::Value {
            what: "time zone offset",
        })
    }
}

/// One record: its block and its place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordRef {
    /// The block that holds the record.
    pub block: BlockId,
    /// The record's place in the block, from 0.
    pub index: u16,
}

impl fmt::Display for RecordRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.block, self.index)
    }
}

impl FromStr for RecordRef {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (block, index) = text.split_once('/').ok_or(IdError::Record)?;
        Ok(Self {
            block: block.parse()?,
            index: (index.parse().ok())
                // A plus sign and zeros in front would be second spellings.
                .filter(|number: &u16| number.to_string() == index)
                .ok_or(IdError::Record)?,
        })
    }
}

impl Wire for RecordRef {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        self.block.write(to);
        to.u64(self.index.into());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok(Self {
            block: BlockId::read(from)?,
            index: from.u16()?,
        })
    }
}

fn parse_hex(text: &str) -> Result<[u8; 32], IdError> {
    if text.len() != 64 {
        return Err(IdError::Length { found: text.len() });
    }
    let mut bytes = [0; 32];
    lower::decode(text, &mut bytes).map_err(|_| IdError::Character)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_back_from_what_they_print() {
        let id = BlockId::from_bytes([0xab; 32]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("ab".parse::<BlockId>(), Err(IdError::Length { found: 2 }));
        assert_eq!("AB".repeat(32).parse::<BlockId>(), Err(IdError::Character));
    }

    #[test]
    fn a_records_name_has_one_spelling() {
        let block = "ab".repeat(32);
        let name = |index: &str| format!("{block}/{index}").parse::<RecordRef>();
        assert_eq!(name("1").unwrap().to_string(), format!("{block}/1"));
        for index in ["+1", "01", "", "65536", "-0"] {
            assert_eq!(name(index), Err(IdError::Record), "{index}");
        }
    }

    #[test]
    fn offsets_end_at_fourteen_hours() {
        assert_eq!(TzMinutes::new(480).map(TzMinutes::minutes), Some(480));
        assert_eq!(TzMinutes::new(-840).map(TzMinutes::minutes), Some(-840));
        assert_eq!(TzMinutes::new(841), None);
        assert_eq!(TzMinutes::new(i16::MIN), None);
    }
}
