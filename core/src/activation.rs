//! The second code, under the seal: a secret whose key says once who the first owner is.
//!
//! The ledger holds only the public half ([`ActivationPublic`], from the commissioning on), so
//! who reads the ledger, or sees an activation go by, learns nothing to activate with.

use std::{fmt, str::FromStr};

use base16ct::{lower, mixed};
use ed25519_dalek::{Signer, SigningKey};
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::{
    code::CROCKFORD,
    hash::labelled,
    ids::{ActivationPublic, NetworkId, OwnerKey, RecordRef, SubjectId},
    keys::{BadSignature, Seed, verify_ed25519},
    party::Party,
};

/// 128 bits: a guesser who tests against a million items at once still faces 2^108 guesses.
const BYTES: usize = 16;
/// Five bits each, the last one filled up with two zero bits.
const DATA_CHARACTERS: usize = 26;
const FILL_BITS: u32 = 2;
/// Before the characters in the QR code, so that a scanner knows what it read. All of it is in
/// the alphanumeric set of QR codes, which keeps the code at 25 by 25 modules.
const QR_PREFIX: &str = "CMA1:";
/// Of an owner's code, after the key.
const OWNER_CHECK_BYTES: usize = 4;
/// Characters in one group, where a person reads them.
const GROUP: usize = 9;

/// Why a text is no activation secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ActivationError {
    /// Too few or too many characters.
    #[error("an activation code has 27 letters and digits, this has {found}")]
    Length {
        /// How many letters and digits there are.
        found: usize,
    },
    /// Not a letter or digit of Crockford's base 32.
    #[error("the character {0:?} cannot stand in an activation code")]
    Character(char),
    /// One character was misread, or two changed places.
    #[error("a character of the activation code was misread; compare it with the label")]
    Check,
}

/// What lies under the seal. It is printed and read back, never logged, and wiped when dropped.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct ActivationSecret([u8; BYTES]);

impl ActivationSecret {
    /// The secret of 16 bytes from a cryptographic random source, used for one item.
    #[must_use]
    pub const fn from_bytes(random: [u8; BYTES]) -> Self {
        Self(random)
    }

    /// What the commissioning record shows of it.
    #[must_use]
    pub fn public(&self) -> ActivationPublic {
        ActivationPublic::from_bytes(self.key().verifying_key().to_bytes())
    }

    /// Says that `owner` is the subject's first owner outside the members.
    #[must_use]
    pub fn sign_activation(
        &self,
        network: &NetworkId,
        subject: &SubjectId,
        owner: &OwnerKey,
    ) -> [u8; 64] {
        let message = activation_message(network, subject, owner);
        self.key().sign(&message).to_bytes()
    }

    /// The text in the QR code under the seal.
    #[must_use]
    pub fn qr_text(&self) -> String {
        format!("{QR_PREFIX}{}", self.characters())
    }

    /// The text beside that code, in groups.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (place, character) in self.characters().chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(character);
        }
        text
    }

    fn characters(&self) -> String {
        let bits = u128::from_be_bytes(self.0);
        // The first 25 characters leave three bits, which stand high in the last one.
        let mut values: Vec<u8> = (1..DATA_CHARACTERS)
            .map(|place| low_five(bits >> (128 - 5 * place)))
            .collect();
        values.push(low_five(bits << FILL_BITS));
        let check = values.iter().fold(0, |sum, value| times_alpha(sum) ^ value);
        values.push(times_alpha(check));
        values
            .iter()
            .filter_map(|value| CROCKFORD.get(usize::from(*value)))
            .collect()
    }

    fn key(&self) -> SigningKey {
        let seed: Seed = labelled("chopmark/activation-key/1", &[&self.0]);
        SigningKey::from_bytes(&seed)
    }
}

/// Reads what was scanned or typed: with or without the scanner's prefix, blanks and hyphens, in
/// any case, with Crockford's look-alikes.
impl FromStr for ActivationSecret {
    type Err = ActivationError;

    fn from_str(text: &str) -> Result<Self, ActivationError> {
        let text = text.trim();
        let text = match text.split_at_checked(QR_PREFIX.len()) {
            Some((head, rest)) if head.eq_ignore_ascii_case(QR_PREFIX) => rest,
            _ => text,
        };
        let (mut bits, mut sum, mut found) = (0u128, 0u8, 0usize);
        for character in text.chars().filter(|c| !matches!(c, ' ' | '-')) {
            let value = value_of(character).ok_or(ActivationError::Character(character))?;
            found = found.saturating_add(1);
            sum = times_alpha(sum) ^ value;
            match found {
                1..DATA_CHARACTERS => bits = (bits << 5) | u128::from(value),
                // The bits that fill the last character up are zero: one secret, one spelling.
                DATA_CHARACTERS if value.trailing_zeros() < FILL_BITS => {
                    return Err(ActivationError::Check);
                }
                DATA_CHARACTERS => bits = (bits << 3) | u128::from(value >> FILL_BITS),
                _ => {}
            }
        }
        if found != DATA_CHARACTERS + 1 {
            return Err(ActivationError::Length { found });
        }
        if sum != 0 {
            return Err(ActivationError::Check);
        }
        Ok(Self(bits.to_be_bytes()))
    }
}

impl fmt::Debug for ActivationSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActivationSecret(of {})", self.public())
    }
}

/// The key of an owner outside the members: a consumer's, kept in their browser or app.
pub struct OwnerSecret(SigningKey);

impl OwnerSecret {
    /// The key that this seed is.
    #[must_use]
    pub fn from_seed(seed: &Seed) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// What the ledger knows the owner by.
    #[must_use]
    pub fn public(&self) -> OwnerKey {
        OwnerKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    /// Gives the subject to a new owner, another consumer or a member that takes it back; `last`
    /// is the title record that this one follows, so that the signature is good once and not
    /// again after the thing came back.
    #[must_use]
    pub fn sign_resale(
        &self,
        network: &NetworkId,
        subject: &SubjectId,
        last: &RecordRef,
        to: &Party,
    ) -> [u8; 64] {
        let message = resale_message(network, subject, last, to);
        self.0.sign(&message).to_bytes()
    }
}

impl fmt::Debug for OwnerSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnerSecret(of {})", self.public())
    }
}

impl ActivationPublic {
    /// Checks an activation.
    ///
    /// # Errors
    /// [`BadSignature`] if the secret under the seal did not sign exactly this.
    pub fn verify_activation(
        &self,
        network: &NetworkId,
        subject: &SubjectId,
        owner: &OwnerKey,
        signature: &[u8; 64],
    ) -> Result<(), BadSignature> {
        let message = activation_message(network, subject, owner);
        verify_ed25519(self.as_bytes(), &message, signature)
    }
}

impl OwnerKey {
    /// What a buyer shows a seller: the key and four bytes that a mistyped one does not have. What
    /// is given to a key that nobody holds is lost.
    #[must_use]
    pub fn code(&self) -> String {
        let [a, b, c, d, ..] = self.check();
        lower::encode_string(self.as_bytes()) + &lower::encode_string(&[a, b, c, d])
    }

    /// Reads such a code, with blanks anywhere; none for what was mistyped or is no code.
    #[must_use]
    pub fn from_code(text: &str) -> Option<Self> {
        let plain: String = text.split_whitespace().collect();
        let bytes = mixed::decode_vec(&plain).ok()?;
        let (key, check) = bytes.split_first_chunk::<32>()?;
        let key = Self::from_bytes(*key);
        (check.len() == OWNER_CHECK_BYTES && key.check().starts_with(check)).then_some(key)
    }

    fn check(&self) -> [u8; 32] {
        labelled("chopmark/owner-code/1", &[self.as_bytes()])
    }

    /// Checks a resale by this owner.
    ///
    /// # Errors
    /// [`BadSignature`] if this owner did not sign exactly this.
    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of what was signed, each of its own type, and the signature"
    )]
    pub fn verify_resale(
        &self,
        network: &NetworkId,
        subject: &SubjectId,
        last: &RecordRef,
        to: &Party,
        signature: &[u8; 64],
    ) -> Result<(), BadSignature> {
        let message = resale_message(network, subject, last, to);
        verify_ed25519(self.as_bytes(), &message, signature)
    }
}

fn activation_message(network: &NetworkId, subject: &SubjectId, owner: &OwnerKey) -> [u8; 32] {
    labelled(
        "chopmark/activate/1",
        &[network.as_bytes(), subject.as_bytes(), owner.as_bytes()],
    )
}

fn resale_message(
    network: &NetworkId,
    subject: &SubjectId,
    last: &RecordRef,
    to: &Party,
) -> [u8; 32] {
    let (kind, id) = to.parts();
    labelled(
        "chopmark/resell/1",
        &[
            network.as_bytes(),
            subject.as_bytes(),
            last.block.as_bytes(),
            &last.index.to_be_bytes(),
            &[kind],
            id,
        ],
    )
}

fn low_five(bits: u128) -> u8 {
    let [.., low] = bits.to_be_bytes();
    low & 31
}

/// Times the generator of GF(32) with x^5 + x^2 + 1. The check character makes the sum of all
/// characters, each weighted with a power of it by its place, zero: with fewer than 31 places,
/// one changed character and any two that changed places always show.
const fn times_alpha(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 {
        doubled
    } else {
        doubled ^ 0b10_0101
    }
}

pub(crate) fn value_of(character: char) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = CROCKFORD.iter().position(|known| *known == character)?;
    u8::try_from(place).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{BlockId, MemberId};
    use proptest::prelude::*;

    const NETWORK: NetworkId = NetworkId::from_bytes([1; 32]);
    const SUBJECT: SubjectId = SubjectId::from_bytes([2; 32]);

    fn secret() -> ActivationSecret {
        ActivationSecret::from_bytes([7; 16])
    }

    fn owner(seed: u8) -> OwnerSecret {
        OwnerSecret::from_seed(&[seed; 32])
    }

    #[test]
    fn is_written_in_three_groups_and_fits_a_small_qr_code() {
        // Computed by a program of its own, with a table of logarithms.
        for (bytes, text) in [
            ([7; 16], "0W3GE1R70-W3GE1R70W-3GE1R70WQ"),
            ([0xff; 16], "ZZZZZZZZZ-ZZZZZZZZZ-ZZZZZZZWH"),
            ([0; 16], "000000000-000000000-000000000"),
        ] {
            assert_eq!(ActivationSecret::from_bytes(bytes).text(), text);
        }
        // 38 alphanumeric characters fit version 2 at level M.
        assert!(secret().qr_text().len() <= 38);
    }

    #[test]
    fn what_people_type_is_read() {
        let text = secret().text();
        for typed in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', " "),
            text.replace('0', "o").replace('1', "l"),
            secret().qr_text(),
            format!(" {}\n", secret().qr_text().to_lowercase()),
        ] {
            assert_eq!(typed.parse(), Ok(secret()), "{typed}");
        }
        assert_eq!(
            "CMA1:0".parse::<ActivationSecret>(),
            Err(ActivationError::Length { found: 1 })
        );
        assert_eq!(
            "0123U".parse::<ActivationSecret>(),
            Err(ActivationError::Character('U'))
        );
    }

    #[test]
    fn an_activation_is_good_for_its_subject_network_and_owner_alone() {
        let (public, owner) = (secret().public(), owner(3).public());
        let signature = secret().sign_activation(&NETWORK, &SUBJECT, &owner);
        assert_eq!(
            public.verify_activation(&NETWORK, &SUBJECT, &owner, &signature),
            Ok(())
        );
        let elsewhere = NetworkId::from_bytes([9; 32]);
        let another = SubjectId::from_bytes([9; 32]);
        let thief = OwnerKey::from_bytes([9; 32]);
        for refused in [
            public.verify_activation(&elsewhere, &SUBJECT, &owner, &signature),
            public.verify_activation(&NETWORK, &another, &owner, &signature),
            public.verify_activation(&NETWORK, &SUBJECT, &thief, &signature),
            ActivationSecret::from_bytes([8; 16])
                .public()
                .verify_activation(&NETWORK, &SUBJECT, &owner, &signature),
        ] {
            assert_eq!(refused, Err(BadSignature));
        }
    }

    #[test]
    fn an_owners_code_is_read_back_and_a_mistyped_one_is_none() {
        let key = owner(3).public();
        let code = key.code();
        assert_eq!(OwnerKey::from_code(&code), Some(key));
        assert_eq!(
            OwnerKey::from_code(&format!(" {}\n{}", &code[..40], code[40..].to_uppercase())),
            Some(key)
        );
        for at in 0..code.len() {
            let mut typed = code.clone().into_bytes();
            typed[at] = if typed[at] == b'0' { b'1' } else { b'0' };
            let typed = String::from_utf8(typed).unwrap();
            assert_eq!(OwnerKey::from_code(&typed), None, "{at}");
        }
        assert_eq!(OwnerKey::from_code(&code[..64]), None);
        assert_eq!(OwnerKey::from_code(""), None);
    }

    #[test]
    fn a_resale_is_good_once() {
        let (seller, buyer) = (owner(3), Party::Consumer(owner(4).public()));
        let last = RecordRef {
            block: BlockId::from_bytes([5; 32]),
            index: 6,
        };
        let signature = seller.sign_resale(&NETWORK, &SUBJECT, &last, &buyer);
        let verify = |last: &RecordRef, buyer: &Party| {
            seller
                .public()
                .verify_resale(&NETWORK, &SUBJECT, last, buyer, &signature)
        };
        assert_eq!(verify(&last, &buyer), Ok(()));
        let later = RecordRef { index: 7, ..last };
        assert_eq!(verify(&later, &buyer), Err(BadSignature));
        for other in [
            Party::Consumer(owner(5).public()),
            Party::Member(MemberId::from_bytes(*owner(4).public().as_bytes())),
        ] {
            assert_eq!(verify(&last, &other), Err(BadSignature));
        }
    }

    #[test]
    fn an_activation_is_no_resale() {
        // The key under the seal as an owner's: one message must not pass for the other.
        let owner = OwnerKey::from_bytes(*secret().public().as_bytes());
        let signature = secret().sign_activation(&NETWORK, &SUBJECT, &owner);
        let last = RecordRef {
            block: BlockId::from_bytes([0; 32]),
            index: 0,
        };
        let to = Party::Consumer(owner);
        assert_eq!(
            owner.verify_resale(&NETWORK, &SUBJECT, &last, &to, &signature),
            Err(BadSignature)
        );
    }

    #[test]
    fn secrets_are_not_printed() {
        let shown = format!("{:?} {:?}", secret(), owner(0x5a));
        assert!(!shown.contains(&secret().text()[..9]), "{shown}");
        assert!(
            !shown.contains("0707") && !shown.contains("5a5a"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn every_secret_is_read_back(random: [u8; 16]) {
            let secret = ActivationSecret::from_bytes(random);
            prop_assert_eq!(secret.text().parse(), Ok(secret.clone()));
            prop_assert_eq!(secret.qr_text().parse(), Ok(secret));
        }

        #[test]
        fn one_changed_character_shows(random: [u8; 16], place in 0usize..27, to in 0usize..32) {
            let mut characters: Vec<char> =
                ActivationSecret::from_bytes(random).characters().chars().collect();
            prop_assume!(characters[place] != CROCKFORD[to]);
            characters[place] = CROCKFORD[to];
            let text = String::from_iter(characters);
            prop_assert_eq!(text.parse::<ActivationSecret>(), Err(ActivationError::Check));
        }

        #[test]
        fn two_characters_that_changed_places_show(random: [u8; 16], a in 0usize..27, b in 0usize..27) {
            let mut characters: Vec<char> =
                ActivationSecret::from_bytes(random).characters().chars().collect();
            prop_assume!(characters[a] != characters[b]);
            characters.swap(a, b);
            let text = String::from_iter(characters);
            prop_assert_eq!(text.parse::<ActivationSecret>(), Err(ActivationError::Check));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = text.parse::<ActivationSecret>();
        }
    }
}
