use serde::{Deserialize, Serialize};

use crate::{Command, HandoverCard, QrView};

/// The cycle of QR frames that hands a signed offer or acceptance to another phone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FrameShow {
    /// The signed record, `BLOCK/INDEX`: an offer or an acceptance.
    pub record: String,
}

/// The answer to [`FrameShow`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FramesView {
    /// Offer or acceptance.
    pub step: FrameStep,
    /// The frames, to show in a cycle.
    pub frames: Vec<QrView>,
    /// The frames' texts, for a clipboard where no camera is at hand.
    pub texts: Vec<String>,
}

/// Which half of a hand-over the frames carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FrameStep {
    /// The giver's offer.
    Offer,
    /// The receiver's acceptance.
    Acceptance,
}

/// Takes one scanned frame.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FrameFeed {
    /// The text as scanned.
    pub text: String,
}

/// The answer to [`FrameFeed`].
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, on its way to the screen"
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "progress", rename_all = "kebab-case")]
pub enum FrameProgress {
    /// More to come.
    Partial {
        /// Frames here.
        have: u32,
        /// Frames in all.
        total: u32,
    },
    /// All frames are here, checked and stored.
    Complete(Received),
}

/// What came from the other phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// Offer or acceptance.
    pub step: FrameStep,
    /// The hand-over it belongs to.
    pub handover: HandoverCard,
}

impl Command for FrameShow {
    const NAME: &'static str = "frame-show";
    type Reply = FramesView;
}

impl Command for FrameFeed {
    const NAME: &'static str = "frame-feed";
    type Reply = FrameProgress;
}
