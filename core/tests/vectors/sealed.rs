//! What opens with a key, and does not.

use chopmark_core::{
    Code, EvidenceCipher, HpkeSecret, Kem, Opener, Sealed, SectionPlace, SignedBlock, open_label,
};
use serde_json::Value;

use super::decoding::{Given, Said, said as answered};

pub(super) fn said(reads: &str, input: &[u8], given: &Given<'_>) -> Said {
    match reads {
        "section" => section(input, given),
        "evidence" => answered(EvidenceCipher::new(&given.id("key")).open_file(input)),
        "sealed message" => {
            let message = Sealed {
                enc: given.bytes("enc"),
                sealed: input.to_vec(),
            };
            let (info, aad) = (given.bytes("info"), given.bytes("aad"));
            answered(x25519(given).open(&message, &info, &aad))
        }
        _ => None,
    }
}

fn x25519(given: &Given<'_>) -> HpkeSecret {
    HpkeSecret::from_bytes(Kem::X25519, &given.bytes("x25519")).unwrap()
}

/// A section of a block, opened by whoever has a label, a reader's key, or a grant.
fn section(ciphertext: &[u8], given: &Given<'_>) -> Said {
    let block = SignedBlock::from_bytes(&given.bytes("block")).unwrap();
    let block = block.verify().unwrap();
    let place = ["record", "section"].map(|name| u16::try_from(given.number(name)).unwrap());
    let [record_index, section_index] = place;
    if given.has("code") {
        let place = SectionPlace {
            header: block.header(),
            record: block.records().get(usize::from(record_index)).unwrap(),
            record_index,
            section_index,
        };
        let code = Code::parse(given.text("code")).unwrap();
        return answered(open_label(place, &code, ciphertext));
    }
    let reader = given.0.get("reader").and_then(Value::as_object);
    let reader = Given(reader.unwrap());
    let epoch = u32::try_from(reader.number("epoch")).unwrap();
    let member: chopmark_core::MemberId = reader.id("member");
    let opener = Opener::new(block.header().network());
    let opener = opener.with_reader(member, epoch, &x25519(&reader));
    let opener = opener.of(&block);
    if given.has("granted_by") {
        let key = given.id("granted_key");
        let by = (given.id("granted_by"), &key);
        return answered(opener.open_granted((record_index, section_index), by, ciphertext));
    }
    answered(opener.open(record_index, section_index, ciphertext))
}
