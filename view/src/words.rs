use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A sentence to show: a key of the message files with its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Key in the message files.
    pub key: String,
    /// Arguments by name.
    pub params: BTreeMap<String, Param>,
}

/// One argument of a [`Line`], formatted by the screens in the reader's language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", rename_all = "kebab-case")]
pub enum Param {
    /// Shown as it is.
    Text(String),
    /// A count or amount.
    Number(u64),
    /// A point in time, milliseconds since 1970 (UTC).
    Time(u64),
    /// A size in bytes.
    Bytes(u64),
    /// The key of another message.
    Key(String),
}

/// Why a command did not do what was asked. The message files hold
/// `failure-CODE`, which says what happened and what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Kebab-case name of the failure.
    pub code: String,
    /// Arguments of its message.
    pub params: BTreeMap<String, Param>,
}

/// The reply of a command that has nothing to tell but that it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {}
