//! Between the ledger and the industry's own format: EPCIS events become records and records
//! events, and the tables that factories keep become events.
//!
//! A record's fields hold what rules read; the whole event stays in its section as canonical
//! text, so that nothing of the standard is lost (`docs/epcis.md`). Nothing here does I/O or reads
//! a clock.

mod blocks;
mod earlier;
mod event;
mod parts;
mod record;
mod recorded;
mod table;
mod told;
mod trial;
mod used;

pub use blocks::{Cursor, Made, Signer, next_block};
pub use earlier::{Begun, Earlier, Suspects};
pub use event::{Once, Opened, Style, TERMS, Unwritten, declaration, event, event_of_run};
pub use parts::{Parts, in_order};
pub use record::{Author, Unmapped, records};
pub use recorded::{Recorded, Teller};
pub use table::{BadCells, BadRow, Mapping, MappingError, Table, TableError};
pub use trial::{Bad, Refused, Trial};
pub use used::{Unrecorded, items_used, unrecorded};
