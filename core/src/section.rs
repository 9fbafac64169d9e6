//! Sections: what a record says to some only (format, section 6).

mod body;
mod crypto;

pub use body::{EvidenceLink, Measured, SectionBody};
pub(crate) use crypto::{
    AudienceSecret, Failure, Place, encapsulation_aad, encapsulation_info, open, seal,
};
