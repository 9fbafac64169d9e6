//! Everything the Chopmark app does, without a window.
