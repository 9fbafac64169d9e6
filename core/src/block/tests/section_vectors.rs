//! The vector files of sections that do not open.

use super::hostile::truly_signed;
use super::*;
use crate::vectors::{Given, Input, compare, variants};
use crate::{Audience, SectionHash, SectionKey, SectionRef, section};

/// A block and what is asked of it: a section, by its record and its place in that.
struct Asked<'a> {
    block: &'a VerifiedBlock,
    place: (u16, u16),
    ciphertext: &'a [u8],
}

impl<'a> Asked<'a> {
    fn first(block: &'a VerifiedBlock, ciphertext: &'a [u8]) -> Self {
        let place = (0, 0);
        Self {
            block,
            place,
            ciphertext,
        }
    }

    fn input(&self, error: OpenError) -> Input<OpenError> {
        Input::bytes("section", self.ciphertext, error)
            .given("block", Given::hex(self.block.to_bytes()))
            .given("record", Given::Number(self.place.0.into()))
            .given("section", Given::Number(self.place.1.into()))
    }

    /// Said to a reader with the key of the n-th member.
    fn to_reader(&self, n: u8) -> Input<OpenError> {
        let opener = reader(n);
        let opened = opener
            .of(self.block)
            .open(self.place.0, self.place.1, self.ciphertext);
        self.input(opened.unwrap_err()).given("reader", key_of(n))
    }

    /// Said to a member whom `by` granted the section's key.
    fn granted(&self, n: u8, by: u8, key: &SectionKey) -> Input<OpenError> {
        let opener = reader(n);
        let granted =
            opener
                .of(self.block)
                .open_granted(self.place, (member(by), key), self.ciphertext);
        self.input(granted.unwrap_err())
            .given("reader", key_of(n))
            .given("granted_by", Given::hex(member(by).as_bytes()))
            .given("granted_key", Given::hex(key.to_bytes().as_slice()))
    }

    /// Said to whoever has this label of the first member's.
    fn to_label(&self, code: &Code) -> Input<OpenError> {
        let place = SectionPlace {
            header: self.block.header(),
            record: &self.block.records()[usize::from(self.place.0)],
            record_index: self.place.0,
            section_index: self.place.1,
        };
        let opened = open_label(place, code, self.ciphertext);
        self.input(opened.unwrap_err())
            .given("code", Given::Text(code.element_string().to_owned()))
    }
}

fn reader(n: u8) -> Opener {
    let key = reader_key(Kem::X25519, n);
    Opener::new(NETWORK).with_reader(member(n), u32::from(n), &key)
}

fn key_of(n: u8) -> Given {
    let secret = reader_key(Kem::X25519, n).to_bytes();
    Given::fields([
        ("member", Given::hex(member(n).as_bytes())),
        ("epoch", Given::Number(n.into())),
        ("x25519", Given::hex(secret.as_slice())),
    ])
}

/// A block with one section that its author sealed by hand.
fn by_hand(audience: Audience, secret: &[u8; 32], plaintext: &[u8]) -> (VerifiedBlock, Vec<u8>) {
    let place = section::Place {
        network: NETWORK,
        device: key().id(),
        seq: Seq(0),
        record: 0,
        section: 0,
    };
    let sealed = section::seal(&place, &audience, 0, secret, plaintext);
    let (bytes, commitment) = sealed.unwrap();
    let length = u32::try_from(bytes.len()).unwrap();
    let section = SectionRef::new(audience, SectionHash::of(&bytes), length, commitment);
    let record = crate::Record::new(&observe(), vec![section]).unwrap();
    let block = truly_signed(vec![record.to_bytes()], vec![]);
    (block.verify().unwrap(), bytes)
}

#[test]
fn every_section_that_does_not_open_has_its_vector_file() {
    let parties = || AudienceDraft::parties([member(1), member(2)]);
    let built = build(Kem::X25519, &[observe().telling(parties(), note("x"))]);
    let block = &built.block.verify().unwrap();
    let bytes = built.sections[0].bytes.as_slice();
    let asked = Asked::first(block, bytes);
    let mut altered = bytes.to_vec();
    altered[0] ^= 1;
    // Sealed to the right readers, with another block's secrets inside.
    let other = [observe().telling(parties(), note("x"))];
    let other = UnsignedBlock::build(position(), &other, &readers(Kem::X25519), &[6; 32]);
    let other = other.unwrap().sign(&key()).unwrap().block.verify().unwrap();
    let record = block.record_bytes(0).unwrap().to_vec();
    let mixed = truly_signed(vec![record], other.encapsulations().to_vec());
    let mixed = mixed.verify().unwrap();
    let granted = reader(2).of(block).key(0, 0).unwrap();
    let named = SectionBody {
        person: Some("Chan Tai Man".to_owned()),
        ..SectionBody::default()
    };
    let own = AudienceDraft::parties([member(1)]);
    let own = build(Kem::X25519, &[observe().telling(own, named.clone())]);
    let own_block = own.block.verify().unwrap();
    let own_key = reader(1).of(&own_block).key(0, 0).unwrap();
    let named = named.to_plaintext().unwrap();
    let public = section::public_secret(&NETWORK);
    let (told, told_bytes) = by_hand(Audience::Public, &public, &named);
    let label = Audience::Label { subject_index: 0 };
    let (words, words_bytes) = by_hand(label, &code().label_key(&NETWORK), b"words");
    let another = Code::gtin_serial("09506000134352", "A2").unwrap();
    let inputs = [
        Asked {
            place: (0, 1),
            ..asked
        }
        .to_reader(1),
        Asked::first(block, &altered).to_reader(1),
        asked.to_reader(3),
        asked.to_label(&code()).case("label"),
        Asked::first(&words, &words_bytes)
            .to_label(&another)
            .case("other-label"),
        Asked::first(&mixed, bytes).to_reader(1),
        asked.granted(1, 3, &granted),
        Asked::first(&own_block, &own.sections[0].bytes)
            .granted(3, 1, &own_key)
            .case("granted"),
        Asked::first(&told, &told_bytes).to_reader(1),
        Asked::first(&words, &words_bytes).to_label(&code()),
    ];
    let all = variants!(OpenError {
        NoSuchSection,
        OtherSection,
        NotForYou,
        Damaged,
        NotTheirs,
        Person,
        Contents
    });
    compare("section", &all, inputs);
}
