//! Pick-up codes, for a receiver without a device.

use chopmark_core::{PickupCode, StateView as _};
use chopmark_labels::Level;
use chopmark_replica::random_bytes;
use chopmark_view::PickupCodeView;

use crate::failure;
use crate::label::qr;
use crate::look::Look;
use crate::trouble::Trouble;

/// Makes a code for one subject. It is shown, and kept nowhere: what is not here cannot be found
/// by whoever gets hold of the device later.
pub(crate) fn make(look: &Look<'_>, subject: &str) -> Result<PickupCodeView, Trouble> {
    let unknown = || failure::UNKNOWN_SUBJECT.failure([]);
    let subject = subject.parse().map_err(|_| unknown())?;
    look.view.subject(&subject).ok_or_else(unknown)?;
    let code = PickupCode::from_random(&random_bytes()?);
    let hash = code.hash(&look.genesis.id(), &subject).to_string();
    let drawn = |text: &str| {
        qr(text, Level::Medium).map_err(|_| Trouble::Internal("a pick-up code as a QR code"))
    };
    Ok(PickupCodeView {
        code_qr: drawn(&code.to_string())?,
        code: code.to_string(),
        hash_qr: drawn(&hash)?,
        hash,
    })
}
