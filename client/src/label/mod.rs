//! Labels: the QR code of a Digital Link with readable text, one by one and on A4 sheets.

mod qr;
mod sheet;

pub(crate) use qr::{Level, qr};
pub(crate) use sheet::{Label, Stock, sheets};
