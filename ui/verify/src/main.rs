//! The consumer page.
fn main() {}
