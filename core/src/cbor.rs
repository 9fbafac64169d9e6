//! Deterministic CBOR (RFC 8949, 4.2.1) over fixed shapes.
//!
//! A decoder reads the shape it expects, then encodes what it read and compares: whatever has a
//! second spelling (long integers, indefinite lengths, unsorted keys) is refused there, once and
//! for all. Depth is bounded because shapes are; nothing is allocated for a length that the
//! input only claims.

use minicbor::{
    Decoder, Encoder,
    data::{Tag, Type},
};
use thiserror::Error;

/// Why bytes are not the structure they should be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CborError {
    /// Not CBOR, cut off, or another shape than expected.
    #[error("not readable at byte {at}")]
    Malformed {
        /// Where reading stopped.
        at: usize,
    },
    /// The same value can be written shorter or in order; only that spelling is accepted.
    #[error("not in the one accepted (canonical) spelling")]
    NonCanonical,
    /// Bytes after the end.
    #[error("{count} bytes too many at the end")]
    Trailing {
        /// How many.
        count: usize,
    },
    /// Longer than the format's limit.
    #[error("{what}: more than the limit of {limit}")]
    TooLong {
        /// The part concerned.
        what: &'static str,
        /// The limit, in bytes or entries.
        limit: usize,
    },
    /// A version that this program does not read.
    #[error("written by another version (format {found})")]
    Version {
        /// The version in the bytes.
        found: u64,
    },
    /// A value outside its range, or a combination that makes no sense.
    #[error("{what}: not a value it can have")]
    Value {
        /// The part concerned.
        what: &'static str,
    },
}

/// A structure with exactly one encoding.
pub(crate) trait Wire: Sized {
    /// Appends the encoding.
    fn write(&self, to: &mut Writer);
    /// Reads one value; the caller compares encodings (see [`from_canonical`]).
    fn read(from: &mut Reader<'_>) -> Result<Self, CborError>;
}

/// The encoding of a value.
pub(crate) fn to_bytes<T: Wire>(value: &T) -> Vec<u8> {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.into_bytes()
}

/// Reads a value that fills `bytes` and is in its one accepted spelling.
pub(crate) fn from_canonical<T: Wire>(bytes: &[u8]) -> Result<T, CborError> {
    let mut reader = Reader::new(bytes);
    let value = T::read(&mut reader)?;
    reader.end()?;
    let mut again = Writer::with_capacity(bytes.len());
    value.write(&mut again);
    if again.into_bytes() == bytes {
        Ok(value)
    } else {
        Err(CborError::NonCanonical)
    }
}

/// What is written in parts is given away in about so many bytes.
const PART_BYTES: usize = 1024 * 1024;

/// Writes into memory, which cannot fail: the encoder's results carry no information.
pub(crate) struct Writer {
    encoder: Encoder<Vec<u8>>,
    /// Who takes what was written so far, so that the whole need not stand in memory.
    taker: Option<Box<dyn FnMut(Vec<u8>)>>,
}

impl Writer {
    pub(crate) fn new() -> Self {
        Self::with_capacity(0)
    }

    /// For bytes whose length is about known.
    pub(crate) fn with_capacity(bytes: usize) -> Self {
        Self {
            encoder: Encoder::new(Vec::with_capacity(bytes)),
            taker: None,
        }
    }

    /// Gives what it writes away, part after part.
    pub(crate) fn in_parts(taker: impl FnMut(Vec<u8>) + 'static) -> Self {
        Self {
            taker: Some(Box::new(taker)),
            ..Self::new()
        }
    }

    /// Between two entries of a long table: gives away what is a part by now.
    pub(crate) fn part(&mut self) {
        if let Some(take) = &mut self.taker
            && self.encoder.writer().len() >= PART_BYTES
        {
            take(std::mem::take(self.encoder.writer_mut()));
        }
    }

    /// Gives the last part away, if the one before it did not end with all.
    pub(crate) fn end_parts(mut self) {
        if let Some(mut take) = self.taker.take() {
            let last = self.into_bytes();
            if !last.is_empty() {
                take(last);
            }
        }
    }

    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.encoder.into_writer()
    }

    pub(crate) fn array(&mut self, len: usize) {
        // usize is at most 64 bits on every platform Rust knows.
        let _ = self.encoder.array(u64::try_from(len).unwrap_or(u64::MAX));
    }

    pub(crate) fn map(&mut self, len: usize) {
        let _ = self.encoder.map(u64::try_from(len).unwrap_or(u64::MAX));
    }

    pub(crate) fn u64(&mut self, value: u64) {
        let _ = self.encoder.u64(value);
    }

    pub(crate) fn i16(&mut self, value: i16) {
        let _ = self.encoder.i16(value);
    }

    pub(crate) fn tag(&mut self, number: u64) {
        let _ = self.encoder.tag(Tag::new(number));
    }

    pub(crate) fn i32(&mut self, value: i32) {
        let _ = self.encoder.i32(value);
    }

    pub(crate) fn bytes(&mut self, value: &[u8]) {
        let _ = self.encoder.bytes(value);
    }

    pub(crate) fn text(&mut self, value: &str) {
        let _ = self.encoder.str(value);
    }

    pub(crate) fn null(&mut self) {
        let _ = self.encoder.null();
    }

    pub(crate) fn option<T>(&mut self, value: Option<&T>, write: impl FnOnce(&mut Self, &T)) {
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }

    /// An array of values, one after the other.
    pub(crate) fn list<T: Wire>(&mut self, values: &[T]) {
        self.array(values.len());
        for value in values {
            value.write(self);
        }
    }
}

/// Reads fixed shapes from untrusted bytes.
pub(crate) struct Reader<'b>(Decoder<'b>);

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self(Decoder::new(bytes))
    }

    /// Where the next value starts.
    pub(crate) fn position(&self) -> usize {
        self.0.position()
    }

    /// Nothing may follow.
    pub(crate) fn end(&self) -> Result<(), CborError> {
        match self.0.input().len().saturating_sub(self.0.position()) {
            0 => Ok(()),
            count => Err(CborError::Trailing { count }),
        }
    }

    fn malformed(&self) -> CborError {
        CborError::Malformed {
            at: self.0.position(),
        }
    }

    /// The length of an array, at most `limit`.
    pub(crate) fn array(&mut self, what: &'static str, limit: usize) -> Result<usize, CborError> {
        let len = self.0.array();
        self.definite(len, what, limit)
    }

    /// The length of a map, at most `limit`.
    pub(crate) fn map(&mut self, what: &'static str, limit: usize) -> Result<usize, CborError> {
        let len = self.0.map();
        self.definite(len, what, limit)
    }

    fn definite(
        &self,
        len: Result<Option<u64>, minicbor::decode::Error>,
        what: &'static str,
        limit: usize,
    ) -> Result<usize, CborError> {
        match len {
            Ok(Some(len)) => usize::try_from(len)
                .ok()
                .filter(|len| *len <= limit)
                .ok_or(CborError::TooLong { what, limit }),
            Ok(None) => Err(CborError::NonCanonical),
            Err(_) => Err(self.malformed()),
        }
    }

    /// An array of exactly `len` entries.
    pub(crate) fn array_exactly(&mut self, len: usize) -> Result<(), CborError> {
        match self.0.array() {
            Ok(Some(found)) if usize::try_from(found) == Ok(len) => Ok(()),
            Ok(None) => Err(CborError::NonCanonical),
            _ => Err(self.malformed()),
        }
    }

    /// The version number that starts a structure: the first one.
    pub(crate) fn version(&mut self) -> Result<(), CborError> {
        self.version_of(1)
    }

    /// The same of a structure that was written otherwise before, which nobody reads any more.
    pub(crate) fn version_of(&mut self, known: u64) -> Result<(), CborError> {
        match self.u64()? {
            found if found == known => Ok(()),
            found => Err(CborError::Version { found }),
        }
    }

    /// Exactly this tag.
    pub(crate) fn tag(&mut self, number: u64) -> Result<(), CborError> {
        match self.0.tag() {
            Ok(found) if found.as_u64() == number => Ok(()),
            _ => Err(self.malformed()),
        }
    }

    pub(crate) fn u64(&mut self) -> Result<u64, CborError> {
        self.0.u64().map_err(|_| self.malformed())
    }

    pub(crate) fn u32(&mut self) -> Result<u32, CborError> {
        self.0.u32().map_err(|_| self.malformed())
    }

    pub(crate) fn u16(&mut self) -> Result<u16, CborError> {
        self.0.u16().map_err(|_| self.malformed())
    }

    pub(crate) fn u8(&mut self) -> Result<u8, CborError> {
        self.0.u8().map_err(|_| self.malformed())
    }

    pub(crate) fn i16(&mut self) -> Result<i16, CborError> {
        self.0.i16().map_err(|_| self.malformed())
    }

    pub(crate) fn i32(&mut self) -> Result<i32, CborError> {
        self.0.i32().map_err(|_| self.malformed())
    }

    /// A byte string of at most `limit` bytes.
    pub(crate) fn bytes(
        &mut self,
        what: &'static str,
        limit: usize,
    ) -> Result<&'b [u8], CborError> {
        let bytes = self.0.bytes().map_err(|_| self.malformed())?;
        if bytes.len() > limit {
            return Err(CborError::TooLong { what, limit });
        }
        Ok(bytes)
    }

    /// A byte string of exactly `N` bytes.
    pub(crate) fn array_of_bytes<const N: usize>(&mut self) -> Result<[u8; N], CborError> {
        let bytes = self.0.bytes().map_err(|_| self.malformed())?;
        <[u8; N]>::try_from(bytes).map_err(|_| self.malformed())
    }

    /// Text of at most `limit` bytes.
    pub(crate) fn text(&mut self, what: &'static str, limit: usize) -> Result<&'b str, CborError> {
        let text = self.0.str().map_err(|_| self.malformed())?;
        if text.len() > limit {
            return Err(CborError::TooLong { what, limit });
        }
        Ok(text)
    }

    /// A value, or null.
    pub(crate) fn option<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, CborError>,
    ) -> Result<Option<T>, CborError> {
        if matches!(self.0.datatype(), Ok(Type::Null)) {
            self.0.null().map_err(|_| self.malformed())?;
            Ok(None)
        } else {
            read(self).map(Some)
        }
    }

    /// An array of at most `limit` values.
    pub(crate) fn list<T: Wire>(
        &mut self,
        what: &'static str,
        limit: usize,
    ) -> Result<Vec<T>, CborError> {
        let len = self.array(what, limit)?;
        // Grows with what is really there, not with what the length claims.
        let mut values = Vec::new();
        for _ in 0..len {
            values.push(T::read(self)?);
        }
        Ok(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::RecordRef;

    #[test]
    fn other_spellings_of_the_same_value_are_refused() {
        let good = to_bytes(&RecordRef {
            block: crate::BlockId::from_bytes([7; 32]),
            index: 3,
        });
        assert!(from_canonical::<RecordRef>(&good).is_ok());

        // 3 written in two bytes.
        let mut long = good.clone();
        long.pop();
        long.extend([0x18, 3]);
        assert_eq!(
            from_canonical::<RecordRef>(&long),
            Err(CborError::NonCanonical)
        );

        // An indefinite array.
        let mut open = good.clone();
        open[0] = 0x9f;
        open.push(0xff);
        assert_eq!(
            from_canonical::<RecordRef>(&open),
            Err(CborError::NonCanonical)
        );

        let mut more = good.clone();
        more.push(0);
        assert_eq!(
            from_canonical::<RecordRef>(&more),
            Err(CborError::Trailing { count: 1 })
        );
        assert!(matches!(
            from_canonical::<RecordRef>(&good[..good.len() - 1]),
            Err(CborError::Malformed { .. })
        ));
    }

    #[test]
    fn a_claimed_length_reserves_nothing() {
        // An array that claims 2^32 - 1 entries.
        let mut reader = Reader::new(&[0x9a, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(
            reader.array("things", 10),
            Err(CborError::TooLong {
                what: "things",
                limit: 10
            })
        );
    }
}
