//! Scenarios on real processes, a real browser, the real window.
