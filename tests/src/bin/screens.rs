//! Renders every screen into a folder: 360 and 1280 pixels wide, light and dark, in both
//! languages.
fn main() {}
