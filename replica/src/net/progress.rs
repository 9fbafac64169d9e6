//! How far a session is, for those who do something beside it.

use chopmark_core::PartyKind;

/// What those who transfer evidence beside a session need to know of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// The other side, once it has introduced itself.
    pub(super) met: Option<Met>,
    /// Everything that was there at the beginning is exchanged.
    pub(super) exchanged: bool,
    /// Rises with every acknowledgement of what a device sent.
    pub(super) handed_in: u64,
}

/// What the other side said of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Met {
    pub(super) kind: PartyKind,
    /// How far this machine's clock is ahead of its clock.
    pub(super) clock_ahead_ms: i64,
}
