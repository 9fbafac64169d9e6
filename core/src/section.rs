//! Sections: what a record says to some only (format, section 6).

mod body;
mod crypto;
mod seal_number;

pub use body::{EvidenceLink, Measured, SectionBody};
pub use crypto::SectionKey;
pub(crate) use crypto::{
    AudienceSecret, Failure, Place, encapsulation_aad, encapsulation_info, open, public_secret,
    seal,
};
pub use seal_number::{SealNumber, SealNumberError};
