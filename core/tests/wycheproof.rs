//! Project Wycheproof's vectors for every primitive that the ledger stands on: they judge the
//! crates in the versions and with the features that are in use here.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, XChaCha20Poly1305};
use chopmark_core::{HpkePublic, Kem, SealError, seal_to};
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{Signature, Signer, SigningKey, Verifier, VerifyingKey};
use hkdf::Hkdf;
use ml_dsa::{EncodedSignature, EncodedVerifyingKey, MlDsa44, MlDsa65, MlDsaParams};
use ml_kem::kem::{Decapsulate, KeyExport, TryKeyInit};
use ml_kem::ml_kem_768::{Ciphertext, EncapsulationKey};
use ml_kem::{DecapsulationKey768, FromSeed, MlKem768, Seed};
use sha2::{Digest, Sha256, Sha512};
use wycheproof::TestResult;

/// Whether a signature holds, the way the ledger asks.
fn holds(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = <[u8; 32]>::try_from(key)
        .ok()
        .and_then(|key| VerifyingKey::from_bytes(&key).ok());
    let signature = Signature::from_slice(signature).ok();
    key.zip(signature)
        .is_some_and(|(key, signature)| key.verify_strict(message, &signature).is_ok())
}

/// `R` and `S` as they stand in a signature.
fn spelled(r: &EdwardsPoint, s: &[u8; 32]) -> [u8; 64] {
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(r.compress().as_bytes());
    signature[32..].copy_from_slice(s);
    signature
}

/// A little-endian number and another one; no carry goes out of the highest byte here.
fn sum(mut number: [u8; 32], other: &[u8; 32]) -> [u8; 32] {
    let mut carry = 0;
    for (to, from) in number.iter_mut().zip(other) {
        let value = u16::from(*to) + u16::from(*from) + carry;
        *to = value.to_le_bytes()[0];
        carry = value >> 8;
    }
    assert_eq!(carry, 0);
    number
}

/// The order of the base point, as a number that a scalar can no longer hold.
fn group_order() -> [u8; 32] {
    let mut one = [0; 32];
    one[0] = 1;
    sum((Scalar::ZERO - Scalar::ONE).to_bytes(), &one)
}

/// What a signature's equation multiplies the key with.
fn challenge(r: &EdwardsPoint, key: &[u8; 32], message: &[u8]) -> Scalar {
    let hash = Sha512::new()
        .chain_update(r.compress().as_bytes())
        .chain_update(key)
        .chain_update(message)
        .finalize();
    Scalar::from_bytes_mod_order_wide(&hash.into())
}

#[test]
fn ed25519() {
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    let mut seen = 0;
    for group in &set.test_groups {
        for test in &group.tests {
            assert_eq!(
                holds(&group.key.pk, &test.msg, &test.sig),
                test.result == TestResult::Valid,
                "{} {}",
                test.tc_id,
                test.comment
            );
            seen += 1;
        }
    }
    assert_eq!(seen, set.number_of_tests);
}

/// Verifiers disagree about these signatures, and a ledger needs one answer: no.
#[test]
fn ed25519_has_one_spelling() {
    let signer = SigningKey::from_bytes(&[7; 32]);
    let key = signer.verifying_key().to_bytes();
    let good = signer.sign(b"message");
    assert!(holds(&key, b"message", &good.to_bytes()));

    let mut long = good.to_bytes();
    long[32..].copy_from_slice(&sum(*good.s_bytes(), &group_order()));
    assert!(!holds(&key, b"message", &long), "S is not reduced");

    // p + 1 spells the neutral point's y a second time, as a key and as R.
    let mut second = [0xff; 32];
    (second[0], second[31]) = (0xee, 0x7f);
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&second);
    assert!(!holds(&second, b"message", &signature), "key and R");
    assert!(!holds(&key, b"message", &signature), "R alone");
    // -0 spells x = 0 with a sign.
    let mut minus_zero = [0; 32];
    (minus_zero[0], minus_zero[31]) = (1, 0x80);
    signature[..32].copy_from_slice(&minus_zero);
    assert!(!holds(&minus_zero, b"message", &signature), "-0");
}

/// With a key of small order one signature holds for many messages; an R of small order is the
/// same from the other side. The equation holds for each of these: only strictness refuses them.
#[test]
fn ed25519_refuses_points_of_small_order() {
    let mut held_without_strictness = 0;
    for key in EIGHT_TORSION {
        let bytes = key.compress().to_bytes();
        for n in 0u8..64 {
            // R = S·B - k·A needs a k that fits the R it is made of: try until one does.
            let s = Scalar::from(u64::from(n) + 1);
            for torsion in EIGHT_TORSION {
                let r = ED25519_BASEPOINT_POINT * s + torsion;
                if r != ED25519_BASEPOINT_POINT * s - key * challenge(&r, &bytes, &[n]) {
                    continue;
                }
                let signature = spelled(&r, s.as_bytes());
                let loose = VerifyingKey::from_bytes(&bytes)
                    .unwrap()
                    .verify(&[n], &Signature::from_bytes(&signature));
                held_without_strictness += usize::from(loose.is_ok());
                assert!(!holds(&bytes, &[n], &signature), "key {bytes:?}");
            }
        }
    }
    assert!(held_without_strictness > 100, "{held_without_strictness}");

    // Whoever knows the secret scalar can pick R = 0 and solve for S.
    let signer = SigningKey::from_bytes(&[7; 32]);
    let key = signer.verifying_key().to_bytes();
    let secret = signer.to_scalar();
    let neutral = EIGHT_TORSION[0];
    let s = challenge(&neutral, &key, b"message") * secret;
    let signature = spelled(&neutral, s.as_bytes());
    let loose = signer
        .verifying_key()
        .verify(b"message", &Signature::from_bytes(&signature));
    assert!(loose.is_ok());
    assert!(!holds(&key, b"message", &signature), "R is neutral");

    // An honest R with a part of small order holds only where the equation is multiplied by 8.
    for torsion in &EIGHT_TORSION[1..] {
        let r = ED25519_BASEPOINT_POINT * Scalar::from(5u64) + torsion;
        let s = Scalar::from(5u64) + challenge(&r, &key, b"message") * secret;
        assert!(!holds(&key, b"message", &spelled(&r, s.as_bytes())));
    }
}

#[test]
fn x25519() {
    let set = wycheproof::xdh::TestSet::load(wycheproof::xdh::TestName::X25519).unwrap();
    let mut zero = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let name = format!("{} {}", test.tc_id, test.comment);
        let public: [u8; 32] = test.public_key.as_slice().try_into().expect(&name);
        let private: [u8; 32] = test.private_key.as_slice().try_into().expect(&name);
        let shared = x25519_dalek::x25519(private, public);
        assert_eq!(shared, test.shared_secret.as_slice(), "{name}");
        // A public key that makes every secret zero is refused before anything is sealed to it.
        let receiver = HpkePublic::from_bytes(Kem::X25519, &public).unwrap();
        let sealed = seal_to(&receiver, b"info", b"aad", b"words", &[2; 32]);
        if shared == [0; 32] {
            assert_eq!(sealed, Err(SealError::PublicKey), "{name}");
            zero += 1;
        } else {
            assert!(sealed.is_ok(), "{name}");
        }
    }
    assert!(zero > 10, "{zero}");
}

/// Seals and opens every vector with one cipher. Nonces of another length count as refused: the
/// type admits none.
fn check_aead<C: Aead + KeyInit>(name: wycheproof::aead::TestName) {
    let set = wycheproof::aead::TestSet::load(name).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let valid = test.result == TestResult::Valid;
        let opened = C::new_from_slice(&test.key).ok().and_then(|cipher| {
            let nonce = test.nonce.as_slice().try_into().ok()?;
            let msg = [test.ct.as_slice(), test.tag.as_slice()].concat();
            let aad = test.aad.as_slice();
            let sealed = cipher.encrypt(nonce, Payload { msg: &test.pt, aad });
            assert_eq!(sealed.unwrap() == msg, valid, "{}", test.tc_id);
            cipher.decrypt(nonce, Payload { msg: &msg, aad }).ok()
        });
        let expected = valid.then(|| test.pt.to_vec());
        assert_eq!(opened, expected, "{} {}", test.tc_id, test.comment);
    }
}

#[test]
fn chacha20_poly1305() {
    check_aead::<ChaCha20Poly1305>(wycheproof::aead::TestName::ChaCha20Poly1305);
}

#[test]
fn xchacha20_poly1305() {
    check_aead::<XChaCha20Poly1305>(wycheproof::aead::TestName::XChaCha20Poly1305);
}

#[test]
fn hkdf_sha256() {
    let set = wycheproof::hkdf::TestSet::load(wycheproof::hkdf::TestName::HkdfSha256).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut okm = vec![0; test.size];
        let made = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm).expand(&test.info, &mut okm);
        assert_eq!(made.is_ok(), test.result == TestResult::Valid);
        if made.is_ok() {
            assert_eq!(okm, test.okm.as_slice(), "{} {}", test.tc_id, test.comment);
        }
    }
}

fn check_ml_dsa<P: MlDsaParams>(name: wycheproof::mldsa_verify::TestName) {
    let set = wycheproof::mldsa_verify::TestSet::load(name).unwrap();
    for group in &set.test_groups {
        let key = EncodedVerifyingKey::<P>::try_from(group.pubkey.as_slice()).ok();
        let key = key.map(|key| ml_dsa::VerifyingKey::<P>::decode(&key));
        for test in &group.tests {
            let signature = EncodedSignature::<P>::try_from(test.sig.as_slice()).ok();
            let signature = signature.and_then(|bytes| ml_dsa::Signature::<P>::decode(&bytes));
            let context = test.ctx.as_ref().map_or(&[][..], |ctx| ctx.as_slice());
            let holds = key
                .as_ref()
                .zip(signature)
                .is_some_and(|(key, sig)| key.verify_with_context(&test.msg, context, &sig));
            let valid = test.result == TestResult::Valid;
            assert_eq!(holds, valid, "{} {}", test.tc_id, test.comment);
        }
    }
}

/// Members' root keys.
#[test]
fn ml_dsa_65() {
    check_ml_dsa::<MlDsa65>(wycheproof::mldsa_verify::TestName::MlDsa65Verify);
}

/// What the format names for cosignatures.
#[test]
fn ml_dsa_44() {
    check_ml_dsa::<MlDsa44>(wycheproof::mldsa_verify::TestName::MlDsa44Verify);
}

fn ml_kem_set(name: wycheproof::mlkem::TestName) -> Vec<wycheproof::mlkem::Test> {
    let set = wycheproof::mlkem::TestSet::load(name).unwrap();
    let groups = set.test_groups.into_iter();
    groups.flat_map(|group| group.tests).collect()
}

/// The key pair of a seed, if it is one.
fn ml_kem_keys(seed: &[u8]) -> Option<(DecapsulationKey768, EncapsulationKey)> {
    let seed = Seed::try_from(seed).ok()?;
    Some(MlKem768::from_seed(&seed))
}

#[test]
fn ml_kem_768_makes_the_same_keys() {
    let tests = ml_kem_set(wycheproof::mlkem::TestName::MlKem768KeyGenSeed);
    assert!(!tests.is_empty());
    for test in tests {
        let (_, public) = ml_kem_keys(&test.seed.unwrap()).unwrap();
        let expected = test.encaps_key.unwrap();
        assert_eq!(public.to_bytes().as_slice(), expected.as_slice());
    }
}

#[test]
fn ml_kem_768_decapsulates() {
    for test in ml_kem_set(wycheproof::mlkem::TestName::MlKem768) {
        let secret = test.seed.as_ref().and_then(|seed| ml_kem_keys(seed));
        let ciphertext = test.ct.as_ref();
        let ciphertext = ciphertext.and_then(|ct| Ciphertext::try_from(ct.as_slice()).ok());
        let shared = secret
            .zip(ciphertext)
            .map(|((secret, _), ciphertext)| secret.decapsulate(&ciphertext).to_vec());
        let expected = (test.result == TestResult::Valid)
            .then(|| test.shared_secret.as_ref().unwrap().to_vec());
        assert_eq!(shared, expected, "{} {}", test.tc_id, test.comment);
    }
}

/// Public keys with a number that is not reduced, or of another length, are refused.
#[test]
fn ml_kem_768_encapsulates() {
    for test in ml_kem_set(wycheproof::mlkem::TestName::MlKem768Encaps) {
        let name = format!("{} {}", test.tc_id, test.comment);
        let public = EncapsulationKey::new_from_slice(&test.encaps_key.unwrap()).ok();
        assert_eq!(public.is_some(), test.result == TestResult::Valid, "{name}");
        let Some(public) = public else { continue };
        let message = test.msg.unwrap().as_slice().try_into().unwrap();
        let (ciphertext, shared) = public.encapsulate_deterministic(&message);
        assert_eq!(ciphertext.as_slice(), test.ct.unwrap().as_slice(), "{name}");
        let expected = test.shared_secret.unwrap();
        assert_eq!(shared.as_slice(), expected.as_slice(), "{name}");
    }
}
