//! EPCIS 2.0 events with the words of CBV 2.0, in and out as JSON-LD.
//!
//! Nothing here does I/O, reads a clock or keeps state: text goes in, events come out, and the
//! same events give the same text on every machine. What a document holds is kept exactly:
//! identifiers, times, numbers and words as they were written, extensions under their names,
//! the context, even fields of the envelope that mean nothing here.
//!
//! ```
//! use chopmark_epcis::{BizStep, Document, OnBadEvent};
//!
//! let text = br#"{
//!   "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
//!   "type": "ObjectEvent", "action": "OBSERVE", "bizStep": "shipping",
//!   "eventTime": "2026-03-02T10:00:00.000+08:00", "eventTimeZoneOffset": "+08:00",
//!   "epcList": ["https://id.gs1.org/01/09506000134352/21/A1"]
//! }"#;
//! let read = Document::read(text, OnBadEvent::RefuseAll)?;
//! let step = read.document.events().iter().find_map(|event| event.about.biz_step.as_ref());
//! assert_eq!(step.and_then(|word| word.known()), Some(BizStep::Shipping));
//! # Ok::<(), chopmark_epcis::ReadError>(())
//! ```

#[macro_use]
mod shape;

mod bad_list;
mod context;
mod document;
mod epc;
mod event;
mod fault;
mod forms;
mod hash;
mod json;
mod parts;
mod sensor;
mod terms;
mod time;
mod value;
mod vocabulary;
mod words;
mod written;

pub use bad_list::BadList;
pub use context::Namespaces;
pub use document::{BadEvent, Document, Kind, OnBadEvent, Read, ReadError};
pub use epc::{CompanyPrefixes, Epc, EpcError, Form, code, uri};
pub use event::{
    About, Aggregation, Association, Event, Object, Transaction, Transformation, What,
};
pub use fault::{Fault, Reason};
pub use json::{Decimal, DecimalError, Json, JsonError, Members};
pub use parts::{
    Amount, BizTransaction, Destination, ErrorDeclaration, Extensions, OneOrMany,
    PersistentDisposition, Place, Quantity, Source,
};
pub use sensor::{SensorElement, SensorMetadata, SensorReport};
pub use time::{Time, TimeError, ZoneOffset};
pub use value::{Action, HexBinary, Uom, Uri};
pub use vocabulary::{Vocabulary, Word, WordError};
pub use words::{
    BizStep, BizTransactionType, Component, Disposition, ErrorReason, Measurement, SensorAlert,
    SourceDestinationType,
};
