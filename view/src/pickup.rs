use serde::{Deserialize, Serialize};

use crate::{Command, QrView};

/// Makes a pick-up code for a delivery to someone without a device. Nothing is signed and nothing
/// is kept: the receiver gets the code, the carrier its hash.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MakePickupCode {
    /// What is delivered: subject id. The code is good for nothing else.
    pub subject: String,
}

/// The answer to [`MakePickupCode`].
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickupCodeView {
    /// The code in groups of four, for the receiver alone.
    pub code: String,
    /// The same as a QR code.
    pub code_qr: QrView,
    /// Its hash, for the carrier: it goes into the offer.
    pub hash: String,
    /// The same as a QR code.
    pub hash_qr: QrView,
}

/// Without the code: whoever reads a log could claim the parcel.
impl std::fmt::Debug for PickupCodeView {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PickupCodeView")
            .field("hash", &self.hash)
            .finish_non_exhaustive()
    }
}

impl Command for MakePickupCode {
    const NAME: &'static str = "make-pickup-code";
    type Reply = PickupCodeView;
}
