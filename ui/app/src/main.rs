//! The field app's screens.
fn main() {}
