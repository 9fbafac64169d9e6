//! A section's plaintext: a CBOR map and the zeros that hide how long it is.

use zeroize::Zeroizing;

use super::crypto::{SectionKey, TAG_BYTES};
use crate::{
    cbor::{CborError, Reader, Wire, Writer, to_bytes},
    coordinates::Coordinates,
    ids::EvidenceId,
    limits,
    quantity::Quantity,
};

/// The longest word for a code, place or person: an element string with room to spare.
const TEXT_BYTES: usize = limits::NAME_BYTES;

/// A photo, video or file: where it is and what opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceLink {
    /// The name of its ciphertext.
    pub id: EvidenceId,
    /// The key that opens it.
    pub key: [u8; 32],
    /// What it is, e.g. `image/jpeg`.
    pub media_type: String,
    /// The plaintext's length in bytes.
    pub length: u64,
    /// What it shows.
    pub caption: String,
}

impl Wire for EvidenceLink {
    fn write(&self, to: &mut Writer) {
        to.array(5);
        self.id.write(to);
        to.bytes(&self.key);
        to.text(&self.media_type);
        to.u64(self.length);
        to.text(&self.caption);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(5)?;
        Ok(Self {
            id: EvidenceId::read(from)?,
            key: from.array_of_bytes()?,
            media_type: from.text("media type", TEXT_BYTES)?.to_owned(),
            length: from.u64()?,
            caption: from.text("caption", limits::CAPTION_BYTES)?.to_owned(),
        })
    }
}

/// A measured value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Measured {
    /// What was measured.
    pub name: String,
    /// The value, as written down.
    pub value: String,
    /// Its unit.
    pub unit: String,
}

impl Wire for Measured {
    fn write(&self, to: &mut Writer) {
        to.array(3);
        to.text(&self.name);
        to.text(&self.value);
        to.text(&self.unit);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(3)?;
        Ok(Self {
            name: from.text("name", TEXT_BYTES)?.to_owned(),
            value: from.text("value", TEXT_BYTES)?.to_owned(),
            unit: from.text("unit", TEXT_BYTES)?.to_owned(),
        })
    }
}

/// What a record says to an audience; everything may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SectionBody {
    /// The codes of the record's subjects, in the same order; empty: not said.
    pub codes: Vec<String>,
    /// The product's name.
    pub product: Option<String>,
    /// Where: a GLN's element string, or free text.
    pub place: Option<String>,
    /// Anything else, in words.
    pub note: Option<String>,
    /// Photos, videos, files.
    pub evidence: Vec<EvidenceLink>,
    /// Measured values.
    pub measured: Vec<Measured>,
    /// Who did it.
    pub person: Option<String>,
    /// The business step, a bare word of CBV 2.0.
    pub step: Option<String>,
    /// The disposition, a bare word of CBV 2.0.
    pub disposition: Option<String>,
    /// The EPCIS event that the record was made of, as canonical JSON text: what no rule reads
    /// of it is nowhere else.
    pub event: Option<String>,
    /// Where on earth: the position of the place, as far as its author knows it.
    pub position: Option<Coordinates>,
    /// The amounts that the record's fields leave out, in the order in which they name them.
    pub quantities: Vec<Quantity>,
    /// In a grant: the key of the section that it opens.
    pub granted: Option<SectionKey>,
}

impl SectionBody {
    /// The plaintext: the map, then zeros up to the Padmé length.
    pub(crate) fn to_plaintext(&self) -> Result<Zeroizing<Vec<u8>>, CborError> {
        let mut writer = Writer::with_capacity(padme(self.about_bytes()));
        self.write(&mut writer);
        let mut bytes = Zeroizing::new(writer.into_bytes());
        // What could not be read back is not written either.
        Self::from_plaintext(&bytes)?;
        let padded = padme(bytes.len());
        bytes.resize(padded, 0);
        Ok(bytes)
    }

    /// How long it is once it is sealed.
    pub(crate) fn sealed_length(&self) -> usize {
        padme(to_bytes(self).len()).saturating_add(TAG_BYTES)
    }

    pub(crate) fn from_plaintext(plaintext: &[u8]) -> Result<Self, CborError> {
        let mut reader = Reader::new(plaintext);
        let body = Self::read(&mut reader)?;
        let (map, padding) = plaintext
            .split_at_checked(reader.position())
            .unwrap_or((plaintext, &[]));
        let mut again = Writer::with_capacity(map.len());
        body.write(&mut again);
        if again.into_bytes() != map || padding.iter().any(|byte| *byte != 0) {
            return Err(CborError::NonCanonical);
        }
        Ok(body)
    }

    /// What most sections take: long are codes and texts.
    fn about_bytes(&self) -> usize {
        const REST: usize = 64;
        let texts = self
            .texts()
            .into_iter()
            .filter_map(|(_, text)| text.as_ref());
        let long = self.codes.iter().chain(texts);
        // Five bytes say how long a text is, and which.
        long.map(|text| text.len() + 5).sum::<usize>() + REST
    }

    fn texts(&self) -> [(u64, &Option<String>); 7] {
        [
            (2, &self.product),
            (3, &self.place),
            (4, &self.note),
            (7, &self.person),
            (8, &self.step),
            (9, &self.disposition),
            (10, &self.event),
        ]
    }
}

impl Wire for SectionBody {
    fn write(&self, to: &mut Writer) {
        let texts = self.texts();
        let present = texts.iter().filter(|(_, text)| text.is_some()).count()
            + usize::from(!self.codes.is_empty())
            + usize::from(!self.evidence.is_empty())
            + usize::from(!self.measured.is_empty())
            + usize::from(self.position.is_some())
            + usize::from(!self.quantities.is_empty())
            + usize::from(self.granted.is_some());
        to.map(present);
        if !self.codes.is_empty() {
            to.u64(1);
            to.array(self.codes.len());
            for code in &self.codes {
                to.text(code);
            }
        }
        for (key, text) in texts {
            if key == 7 {
                if !self.evidence.is_empty() {
                    to.u64(5);
                    to.list(&self.evidence);
                }
                if !self.measured.is_empty() {
                    to.u64(6);
                    to.list(&self.measured);
                }
            }
            if let Some(text) = text {
                to.u64(key);
                to.text(text);
            }
        }
        if let Some(position) = &self.position {
            to.u64(11);
            position.write(to);
        }
        if !self.quantities.is_empty() {
            to.u64(12);
            to.list(&self.quantities);
        }
        if let Some(key) = &self.granted {
            to.u64(13);
            to.bytes(key.to_bytes().as_slice());
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let mut body = Self::default();
        for _ in 0..from.map("section", 13)? {
            match from.u64()? {
                1 => {
                    for _ in 0..from.array("codes", limits::SUBJECTS)? {
                        body.codes.push(from.text("code", TEXT_BYTES)?.to_owned());
                    }
                }
                2 => body.product = Some(from.text("product", TEXT_BYTES)?.to_owned()),
                3 => body.place = Some(from.text("place", TEXT_BYTES)?.to_owned()),
                4 => body.note = Some(from.text("note", limits::NOTE_BYTES)?.to_owned()),
                5 => body.evidence = from.list("evidence", limits::EVIDENCE_LINKS)?,
                6 => body.measured = from.list("measured values", limits::MEASURED_VALUES)?,
                7 => body.person = Some(from.text("person", TEXT_BYTES)?.to_owned()),
                8 => body.step = Some(from.text("business step", TEXT_BYTES)?.to_owned()),
                9 => body.disposition = Some(from.text("disposition", TEXT_BYTES)?.to_owned()),
                10 => body.event = Some(from.text("event", limits::EVENT_BYTES)?.to_owned()),
                11 => body.position = Some(Coordinates::read(from)?),
                12 => body.quantities = from.list("quantities", limits::SUBJECTS)?,
                13 => body.granted = Some(SectionKey::from_bytes(from.array_of_bytes()?)),
                _ => {
                    return Err(CborError::Value {
                        what: "section key",
                    });
                }
            }
        }
        Ok(body)
    }
}

/// The padded length of Nikitin et al., "Reducing Metadata Leakage from Encrypted Files" (2019):
/// leaks O(log log n) bits of the length and costs at most 12 %.
fn padme(length: usize) -> usize {
    // Lengths below 2 have no second-highest bit to keep.
    let Some(exponent) = length.checked_ilog2().filter(|e| *e > 0) else {
        return length;
    };
    // exponent > 0, so its bit length is at least 1.
    let kept = exponent.checked_ilog2().unwrap_or(0) + 1;
    let zeros = exponent.saturating_sub(kept);
    let mask = (1usize << zeros) - 1;
    length.saturating_add(mask) & !mask
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn full() -> SectionBody {
        SectionBody {
            codes: vec!["(00)106141412345678908".to_owned()],
            product: Some("Tea".to_owned()),
            place: Some("Quay 4".to_owned()),
            note: Some("wet at one corner".to_owned()),
            evidence: vec![EvidenceLink {
                id: EvidenceId::from_bytes([1; 32]),
                key: [2; 32],
                media_type: "image/jpeg".to_owned(),
                length: 5,
                caption: "corner".to_owned(),
            }],
            measured: vec![Measured {
                name: "temperature".to_owned(),
                value: "4.5".to_owned(),
                unit: "°C".to_owned(),
            }],
            person: Some("Mei".to_owned()),
            step: Some("inspecting".to_owned()),
            disposition: Some("damaged".to_owned()),
            event: Some(r#"{"type":"ObjectEvent"}"#.to_owned()),
            position: Coordinates::new(226_500_000, -1_136_300_000, 30),
            quantities: vec![Quantity::new(
                "2.5".parse().unwrap(),
                "KGM".parse().unwrap(),
            )],
            granted: Some(SectionKey::from_bytes([7; 32])),
        }
    }

    #[test]
    fn everything_said_is_read_back() {
        for body in [full(), SectionBody::default()] {
            let plaintext = body.to_plaintext().unwrap();
            assert_eq!(SectionBody::from_plaintext(&plaintext), Ok(body));
        }
    }

    #[test]
    fn padme_lengths_are_the_papers() {
        // Computed with the authors' reference code.
        for (length, padded) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (8, 8),
            (9, 10),
            (100, 104),
            (1000, 1024),
            (1025, 1088),
            (100_000, 100_352),
        ] {
            assert_eq!(padme(length), padded, "{length}");
        }
    }

    #[test]
    fn padding_must_be_zero() {
        let mut plaintext = full().to_plaintext().unwrap();
        assert!(plaintext.len() > to_bytes(&full()).len(), "nothing padded");
        *plaintext.last_mut().unwrap() = 1;
        assert_eq!(
            SectionBody::from_plaintext(&plaintext),
            Err(CborError::NonCanonical)
        );
    }

    #[test]
    fn too_long_a_note_is_not_written() {
        let body = SectionBody {
            note: Some("x".repeat(limits::NOTE_BYTES + 1)),
            ..SectionBody::default()
        };
        assert!(matches!(
            body.to_plaintext(),
            Err(CborError::TooLong { what: "note", .. })
        ));
    }

    proptest! {
        #[test]
        fn padding_costs_at_most_an_eighth(length in 1usize..10_000_000) {
            let padded = padme(length);
            prop_assert!(padded >= length && padded - length <= length / 8 + 1);
        }

        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = SectionBody::from_plaintext(&bytes);
        }
    }
}
