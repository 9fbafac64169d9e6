//! Device keys that were read already.

use std::collections::BTreeMap;

use ed25519_dalek::{Signature, VerifyingKey};

use super::BadSignature;

/// More devices than one batch of blocks is likely to be from; some 200 KB.
const MOST: usize = 1_024;

/// Public keys of devices, read once: finding the point that a key's bytes stand for costs a tenth
/// of checking a signature, and a batch of blocks is of few devices.
#[derive(Debug, Default)]
pub struct KeyRing(BTreeMap<[u8; 32], VerifyingKey>);

impl KeyRing {
    /// Checks a signature as [`super::verify_ed25519`] does.
    pub(crate) fn verify(
        &mut self,
        key: &[u8; 32],
        message: &[u8],
        signature: &[u8; 64],
    ) -> Result<(), BadSignature> {
        let known = match self.0.get(key) {
            Some(known) => *known,
            None => {
                let read = VerifyingKey::from_bytes(key).map_err(|_| BadSignature)?;
                // Whoever sends blocks of a thousand keys gains nothing by it.
                if self.0.len() >= MOST {
                    self.0.clear();
                }
                self.0.insert(*key, read);
                read
            }
        };
        known
            .verify_strict(message, &Signature::from_bytes(signature))
            .map_err(|_| BadSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{DeviceKey, verify_ed25519};

    #[test]
    fn a_ring_says_what_a_single_check_says() {
        let mut ring = KeyRing::default();
        let mut small_order = [0; 32];
        small_order[0] = 1;
        let mut forged = [0; 64];
        forged[0] = 1;
        for round in 0..2 {
            for n in 0..=255u8 {
                let key = DeviceKey::from_seed(&[n; 32]);
                let signature = key.sign(b"message");
                for (id, message, signature) in [
                    (*key.id().as_bytes(), &b"message"[..], signature),
                    (*key.id().as_bytes(), b"massage", signature),
                    ([n; 32], b"message", signature),
                    (small_order, b"message", forged),
                ] {
                    assert_eq!(
                        ring.verify(&id, message, &signature),
                        verify_ed25519(&id, message, &signature),
                        "round {round}, key {n}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_ring_does_not_grow_for_ever() {
        let mut ring = KeyRing::default();
        for n in 0..=u16::try_from(MOST).unwrap() {
            let mut seed = [0; 32];
            seed[..2].copy_from_slice(&n.to_be_bytes());
            let key = DeviceKey::from_seed(&seed);
            let signature = key.sign(b"message");
            assert_eq!(
                ring.verify(key.id().as_bytes(), b"message", &signature),
                Ok(())
            );
            assert!(ring.0.len() <= MOST);
        }
    }
}
