//! What goes wrong with a file that is brought in.

use crate::words::{Kind, Message};
use Kind::{Bytes, Key, Number, Text};

pub(crate) const IMPORT_UNKNOWN: Message = Message::new("import-unknown", &[]);
pub(crate) const IMPORT_TOO_LARGE: Message = Message::new("import-too-large", &[("most", Bytes)]);
pub(crate) const IMPORT_UNREADABLE: Message = Message::new("import-unreadable", &[("why", Text)]);
pub(crate) const IMPORT_HAS_BAD: Message = Message::new("import-has-bad", &[("count", Number)]);
pub(crate) const IMPORT_MANY_UNUSED: Message =
    Message::new("import-many-unused", &[("most", Number)]);
pub(crate) const IMPORT_OVERTAKEN: Message =
    Message::new("import-overtaken", &[("number", Number)]);
pub(crate) const ROW_UNREADABLE: Message =
    Message::new("row-unreadable", &[("why", Key), ("detail", Text)]);
pub(crate) const ROW_MAKER_SILENT: Message = Message::new("row-maker-silent", &[]);
pub(crate) const ROW_REFUSED: Message = Message::new("row-refused", &[("why", Key)]);
