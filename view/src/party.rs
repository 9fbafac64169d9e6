use serde::{Deserialize, Serialize};

/// Who owns or holds something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "party", rename_all = "kebab-case")]
pub enum Party {
    /// A member.
    Member {
        /// Its legal name.
        name: String,
    },
    /// A person outside the network.
    Consumer {
        /// The start of the person's key: nothing else is known.
        key: String,
    },
    /// Whoever showed the one-time pick-up code.
    Bearer,
}
