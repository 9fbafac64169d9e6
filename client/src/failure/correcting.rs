//! What cannot be corrected.

use crate::words::Message;

pub(crate) const NOT_CORRECTABLE: Message = Message::new("not-correctable", &[]);
pub(crate) const RECORD_REFUSED: Message = Message::new("record-refused", &[]);
pub(crate) const CORRECTS_ITSELF: Message = Message::new("corrects-itself", &[]);
