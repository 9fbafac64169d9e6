use chopmark_view::{Failure, Param};

use crate::failure;

/// Shorter ones fall to guessing even behind Argon2id.
const LEAST_CHARACTERS: usize = 8;
/// "aaaaaaaa" and "12121212" have few different characters; real phrases have more.
const LEAST_DIFFERENT: usize = 4;
/// What everybody tries first.
const COMMON: [&str; 12] = [
    "password",
    "passw0rd",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyui",
    "qwertyuiop",
    "iloveyou",
    "abcdefgh",
    "abcd1234",
    "1q2w3e4r",
    "chopmark",
];

/// Refuses passphrases that would protect nothing.
pub(crate) fn check(passphrase: &str) -> Result<(), Failure> {
    if passphrase.chars().count() < LEAST_CHARACTERS {
        return Err(
            failure::PASSPHRASE_SHORT.failure([("least", Param::Number(LEAST_CHARACTERS as u64))])
        );
    }
    let different: std::collections::BTreeSet<char> = passphrase.chars().collect();
    if different.len() < LEAST_DIFFERENT || COMMON.contains(&passphrase.to_lowercase().as_str()) {
        return Err(failure::PASSPHRASE_SIMPLE.failure([]));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_would_protect_nothing() {
        let code = |passphrase| check(passphrase).map_err(|failure| failure.code);
        assert_eq!(code("short"), Err("passphrase-short".into()));
        assert_eq!(code("aaaaaaaaaa"), Err("passphrase-simple".into()));
        assert_eq!(code("PassWord"), Err("passphrase-simple".into()));
        assert_eq!(code("绿茶很好喝而且便宜"), Ok(()));
        assert_eq!(code("green tea, hot"), Ok(()));
    }
}
