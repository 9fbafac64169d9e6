//! Splitting a recovery secret into shares, and bringing enough of them together.

use chopmark_core::{MemberId, NetworkId, RecoverySecret, RecoveryShare, RecoveryTags, SeedStream};
use vsss_rs::Gf256;
use zeroize::Zeroizing;

use crate::keyfile::{KeyFileError, random_seed};

/// Why shares do not make the secret. Each names the share by the number that it bears.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum CombineError {
    /// Not enough of them.
    #[error("{needed} shares are needed, {found} are here; {} more", needed.saturating_sub(*found))]
    TooFew {
        /// How many the split asks for.
        needed: usize,
        /// How many different ones there are.
        found: usize,
    },
    /// Another member's, or another network's.
    #[error("share {number} belongs to {}", .member.as_deref().unwrap_or("no member of this network"))]
    Foreign {
        /// The share's number.
        number: u8,
        /// Whose it is, if the network knows.
        member: Option<String>,
    },
    /// Of an older or newer split of the same member.
    #[error(
        "share {number} is of split {split}, the first one of split {first}; shares of two splits do not fit together"
    )]
    OtherSplit {
        /// The share's number.
        number: u8,
        /// Its split.
        split: String,
        /// The split of the first share.
        first: String,
    },
    /// The same share twice.
    #[error("share {number} was given twice")]
    Repeated {
        /// The share's number.
        number: u8,
    },
    /// The numbers fit and the values do not: one of them was forged.
    #[error("these shares do not make the recovery key of their split; one of them is forged")]
    NotTheKey,
}

/// Bytes as people compare them.
pub(crate) fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}

/// A fresh secret.
pub(crate) fn fresh() -> Result<RecoverySecret, KeyFileError> {
    Ok(RecoverySecret::from_bytes(random_seed()?))
}

/// Splits a secret into `shares`, of which any `needed` make it again.
pub(crate) fn split(
    secret: &RecoverySecret,
    tags: RecoveryTags,
    (needed, shares): (u8, u8),
) -> anyhow::Result<Vec<RecoveryShare>> {
    let seed = Zeroizing::new(random_seed()?);
    let random = SeedStream::new(&seed, b"recovery shares ");
    let secret = secret.to_bytes();
    let points = Gf256::split_bytes(needed.into(), shares.into(), secret.as_slice(), random)
        .map_err(|why| anyhow::anyhow!("{needed} of {shares} cannot be: {why}"))?;
    let points = points.into_iter().map(Zeroizing::new);
    let share = points.map(|point| {
        let (number, value) = point.split_first()?;
        RecoveryShare::new(tags, needed, *number, value.try_into().ok()?)
    });
    share
        .collect::<Option<_>>()
        .ok_or_else(|| anyhow::anyhow!("{needed} of {shares} cannot be"))
}

/// Brings the shares of one member together.
///
/// `name_of` says whose a share is by its tag.
pub(crate) fn combine(
    shares: &[RecoveryShare],
    (network, member): (&NetworkId, &MemberId),
    name_of: impl Fn([u8; 4]) -> Option<String>,
) -> Result<RecoverySecret, CombineError> {
    let Some(first) = shares.first() else {
        return Err(CombineError::TooFew {
            needed: 2,
            found: 0,
        });
    };
    let expected = RecoveryTags::of(
        network,
        member,
        &chopmark_core::DeviceId::from_bytes([0; 32]),
    );
    let mut points = Vec::new();
    for share in shares {
        let (tags, number) = (share.tags(), share.number());
        if tags.owner != expected.owner {
            let member = name_of(tags.owner);
            return Err(CombineError::Foreign { number, member });
        }
        if tags.split != first.tags().split {
            return Err(CombineError::OtherSplit {
                number,
                split: hex(&tags.split),
                first: hex(&first.tags().split),
            });
        }
        let point = [&[number], share.value().as_slice()].concat();
        if points
            .iter()
            .any(|known: &Vec<u8>| known.first() == Some(&number))
        {
            return Err(CombineError::Repeated { number });
        }
        points.push(point);
    }
    let points = Zeroizing::new(points);
    if points.len() < usize::from(first.needed()) {
        return Err(CombineError::TooFew {
            needed: first.needed().into(),
            found: points.len(),
        });
    }
    let bytes = Gf256::combine_bytes(&*points).map(Zeroizing::new);
    let bytes = bytes.map_err(|_| CombineError::NotTheKey)?;
    let bytes = bytes.as_slice().try_into();
    let secret = RecoverySecret::from_bytes(bytes.map_err(|_| CombineError::NotTheKey)?);
    // The tag is of the admin device's key: whoever has another secret has another tag.
    if secret.tags(network, member) == first.tags() {
        Ok(secret)
    } else {
        Err(CombineError::NotTheKey)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NETWORK: NetworkId = NetworkId::from_bytes([1; 32]);
    const MEMBER: MemberId = MemberId::from_bytes([2; 32]);
    const OTHER: MemberId = MemberId::from_bytes([3; 32]);

    fn shares_of(seed: u8, member: &MemberId, kind: (u8, u8)) -> Vec<RecoveryShare> {
        let secret = RecoverySecret::from_bytes([seed; 32]);
        split(&secret, secret.tags(&NETWORK, member), kind).unwrap()
    }

    fn together(shares: &[&RecoveryShare]) -> Result<RecoverySecret, CombineError> {
        let shares: Vec<_> = shares.iter().map(|share| (*share).clone()).collect();
        combine(&shares, (&NETWORK, &MEMBER), |tag| {
            let of_other = RecoverySecret::from_bytes([0; 32]).tags(&NETWORK, &OTHER);
            (tag == of_other.owner).then(|| "Pearl River Lines".to_owned())
        })
    }

    #[test]
    fn any_two_of_three_make_the_secret() {
        let shares = shares_of(7, &MEMBER, (2, 3));
        let numbers: Vec<u8> = shares.iter().map(RecoveryShare::number).collect();
        assert_eq!(numbers, [1, 2, 3]);
        for (a, b) in [(0, 1), (0, 2), (1, 2), (2, 0)] {
            let secret = together(&[&shares[a], &shares[b]]).unwrap();
            assert_eq!(secret, RecoverySecret::from_bytes([7; 32]));
        }
        // More than needed does no harm.
        assert!(together(&shares.iter().collect::<Vec<_>>()).is_ok());
        let five = shares_of(9, &MEMBER, (4, 5));
        assert!(together(&five.iter().skip(1).collect::<Vec<_>>()).is_ok());
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let shares = shares_of(7, &MEMBER, (2, 3));
        let too_few = |found| CombineError::TooFew { needed: 2, found };
        assert_eq!(together(&[]), Err(too_few(0)));
        assert_eq!(together(&[&shares[1]]), Err(too_few(1)));
        let twice = together(&[&shares[1], &shares[1]]);
        assert_eq!(twice, Err(CombineError::Repeated { number: 2 }));
        let theirs = &shares_of(7, &OTHER, (2, 3))[2];
        let foreign = together(&[&shares[0], theirs]);
        let member = Some("Pearl River Lines".to_owned());
        assert_eq!(foreign, Err(CombineError::Foreign { number: 3, member }));
        let older = &shares_of(8, &MEMBER, (2, 3))[1];
        assert!(matches!(
            together(&[&shares[0], older]),
            Err(CombineError::OtherSplit { number: 2, .. })
        ));
        let forged = RecoveryShare::new(shares[1].tags(), 2, 2, &[0; 32]).unwrap();
        let forged = together(&[&shares[0], &forged]);
        assert_eq!(forged, Err(CombineError::NotTheKey));
    }

    #[test]
    fn one_of_three_is_no_split() {
        let secret = RecoverySecret::from_bytes([7; 32]);
        let tags = secret.tags(&NETWORK, &MEMBER);
        for kind in [(1, 3), (4, 3), (0, 0)] {
            assert!(split(&secret, tags, kind).is_err(), "{kind:?}");
        }
    }
}
