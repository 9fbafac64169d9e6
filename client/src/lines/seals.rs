//! What is said of seals, and of the codes under them.

use crate::words::{Kind, Message};
use Kind::{Number, Text};

pub(crate) const SIGN_COMMISSION_SEALED: Message =
    Message::new("sign-commission-sealed", &[("count", Number)]);
pub(crate) const SIGN_SEAL_NUMBER: Message = Message::new("sign-seal-number", &[("number", Text)]);
pub(crate) const WARN_SEAL_DIFFERS: Message =
    Message::new("warn-seal-differs", &[("number", Text)]);
