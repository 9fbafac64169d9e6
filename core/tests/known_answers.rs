//! Known answers of standards for what Wycheproof has no vectors for: X-Wing and SHA-256. BLAKE3
//! and Argon2id have theirs in the replica, which uses them.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use chopmark_core::{HpkeSecret, Kem};
use data_encoding::HEXLOWER;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem as _};
use sha2::{Digest, Sha256};

const X_WING: &str = include_str!("vectors/x_wing.txt");

/// The values under one name, in their order.
fn values(name: &str) -> Vec<Vec<u8>> {
    let lines = X_WING.lines().filter_map(|line| line.split_once(' '));
    lines
        .filter(|(found, _)| *found == name)
        .map(|(_, hex)| HEXLOWER.decode(hex.as_bytes()).unwrap())
        .collect()
}

#[test]
fn x_wing() {
    let (secrets, publics) = (values("sk"), values("pk"));
    let (ciphertexts, shared) = (values("ct"), values("ss"));
    assert_eq!(secrets.len(), 3);
    let keys = secrets.iter().zip(&publics);
    for ((secret, public), (ciphertext, shared)) in keys.zip(ciphertexts.iter().zip(&shared)) {
        // As members' reader keys are made and stored.
        let ours = HpkeSecret::from_bytes(Kem::XWing, secret).unwrap();
        assert_eq!(ours.public().as_bytes(), public.as_slice());
        // As HPKE opens what was sealed.
        let secret = <XWing as hpke::Kem>::PrivateKey::from_bytes(secret).unwrap();
        let sent = <XWing as hpke::Kem>::EncappedKey::from_bytes(ciphertext).unwrap();
        let opened = XWing::decap(&secret, None, &sent).unwrap();
        assert_eq!(opened.0.as_slice(), shared.as_slice());
    }
}

/// FIPS 180-4's examples, and the empty message.
#[test]
fn sha_256() {
    let million = vec![b'a'; 1_000_000];
    let two_blocks: &[u8] = b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    let known: [(&[u8], &str); 4] = [
        (
            b"",
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        ),
        (
            b"abc",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
        (
            two_blocks,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
        ),
        (
            &million,
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
        ),
    ];
    for (message, digest) in known {
        assert_eq!(HEXLOWER.encode(&Sha256::digest(message)), digest);
    }
}
