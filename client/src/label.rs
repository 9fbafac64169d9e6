//! QR codes as the screens draw them.

use chopmark_labels::{Level, QrCode, QrError};
use chopmark_view::QrView;

/// The QR code of a text as one SVG path, quiet zone included.
pub(crate) fn qr(text: &str, level: Level) -> Result<QrView, QrError> {
    let code = QrCode::new(text, level)?;
    Ok(QrView {
        // No QR code has more than 185 modules a side, quiet zone included.
        size: u32::try_from(code.side()).map_err(|_| QrError)?,
        path: code.svg_path(),
    })
}
