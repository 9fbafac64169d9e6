use std::fmt;
use std::str::FromStr;

use super::{Code, Prefix};
use crate::ids::{CodeHash, IdError};

/// What is told of a code to a server that is asked for its history: its hash, and as much of its
/// key as a company prefix can have. The rest of it, a serial, stays with who asks. The hash alone
/// does not say whose the code is, and another member may have commissioned the same hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeQuery {
    hash: CodeHash,
    digits: String,
}

impl CodeQuery {
    /// Asks for a code.
    #[must_use]
    pub fn of(code: &Code) -> Self {
        let digits = code.digits().chars().take(Prefix::LONGEST);
        Self {
            hash: code.hash(),
            digits: digits.take_while(char::is_ascii_alphanumeric).collect(),
        }
    }

    /// The code's hash.
    #[must_use]
    pub const fn hash(&self) -> &CodeHash {
        &self.hash
    }

    /// What the company prefix is the beginning of; nothing where only the hash is known.
    #[must_use]
    pub fn digits(&self) -> &str {
        &self.digits
    }
}

/// Who asks by the hash alone gets what was commissioned first under it.
impl From<CodeHash> for CodeQuery {
    fn from(hash: CodeHash) -> Self {
        Self {
            hash,
            digits: String::new(),
        }
    }
}

/// As it stands in addresses: the hash, a hyphen, and the digits.
impl fmt::Display for CodeQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.hash, self.digits)
    }
}

impl FromStr for CodeQuery {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let (hash, digits) = text.split_once('-').unwrap_or((text, ""));
        Ok(Self {
            hash: hash.parse()?,
            // More than a prefix has says nothing, and is not kept.
            digits: digits.chars().take(Prefix::LONGEST).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_told_whose_code_it_is_and_no_serial() {
        let query = |text: &str| CodeQuery::of(&Code::parse(text).unwrap());
        for (code, digits) in [
            ("(01)09506000134352(21)A1", "950600013435"),
            ("(00)106141412345678908", "061414123456"),
            ("(8004)9506000VAN/12", "9506000VAN"),
            ("CSQU3054383", "CSQU3054383"),
        ] {
            let query = query(code);
            assert_eq!(query.digits(), digits);
            assert_eq!(query.to_string().parse(), Ok(query.clone()));
            let hash = *query.hash();
            assert_eq!(hash.to_string().parse(), Ok(CodeQuery::from(hash)));
        }
        assert!("nothing".parse::<CodeQuery>().is_err());
    }
}
