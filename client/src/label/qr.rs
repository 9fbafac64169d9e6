use std::fmt::Write as _;

use chopmark_view::QrView;
use fast_qr::{ECL, QRBuilder};

/// Light modules around the code, which readers need to find it (ISO/IEC 18004).
const QUIET_ZONE: usize = 4;

/// How much of the code may be lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    /// 7 %: for screens, where a frame is shown again and again.
    Low,
    /// 15 %: labels of items.
    Medium,
    /// 25 %: labels of cartons, which scuff.
    Quartile,
}

/// The text is longer than a QR code holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the text is longer than a QR code holds")]
pub(crate) struct QrError;

/// The QR code of a text as one SVG path, quiet zone included.
pub(crate) fn qr(text: &str, level: Level) -> Result<QrView, QrError> {
    let level = match level {
        Level::Low => ECL::L,
        Level::Medium => ECL::M,
        Level::Quartile => ECL::Q,
    };
    let code = QRBuilder::new(text)
        .ecl(level)
        .build()
        .map_err(|_| QrError)?;
    let mut path = String::new();
    for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a.value() == b.value()) {
            if run.first().is_some_and(|module| module.value()) {
                let width = run.len();
                // Writing into a string cannot fail.
                let _ = write!(
                    path,
                    "M{} {}h{width}v1h-{width}z",
                    x + QUIET_ZONE,
                    y + QUIET_ZONE
                );
            }
            x += run.len();
        }
    }
    let size = u32::try_from(code.size + 2 * QUIET_ZONE).map_err(|_| QrError)?;
    Ok(QrView { size, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_the_finder_patterns_inside_the_quiet_zone() {
        let code = qr(
            "https://id.example.org/01/09506000134352/21/0123456789ABCDEF",
            Level::Medium,
        )
        .unwrap();
        assert!(code.path.starts_with("M4 4h7v1h-7z"), "{}", code.path);
        assert_eq!((code.size - 8 - 17) % 4, 0);
    }

    #[test]
    fn says_when_a_text_is_too_long() {
        assert_eq!(qr(&"x".repeat(5000), Level::Medium), Err(QrError));
    }
}
