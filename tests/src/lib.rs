//! Scenarios on real processes: peers (`chopmark`), phones and desktops
//! (`chopmark-bridge`, the app without its window), a real browser and the real window.
//!
//! Programs and built pages are found through `CHOPMARK_BIN_DIR` and `CHOPMARK_UI_DIR`,
//! which `cargo xtask` sets; without them, beside the test program in cargo's target folder.

mod author;
mod browser;
mod camera;
pub mod cluster;
mod device;
mod dice;
mod first;
mod journey;
mod life;
mod network;
mod places;
mod process;
mod proxy;
mod relay;
mod road;
mod settle;
mod steps;
mod tamper;
mod tunnel;

pub use author::Author;
pub use browser::{Browser, Look};
pub use camera::{Video, render_label};
pub use device::Device;
pub use dice::Dice;
pub use first::run_first_scenario;
pub use journey::{
    Goods, PRODUCT, Trade, all_final, enrol, first, hand_over_by_frames, inspect_with_photo,
    picture,
};
pub use life::{Sealed, begin_life};
pub use network::{
    BANK, CARRIER, CUSTOMS, Chopmark, Clocks, FACTORY, Firms, GTIN, Member, Network, PREFIX, Pages,
    RETAILER, Roads, Role, Setting,
};
pub use places::Places;
pub use process::Running;
pub use proxy::Proxy;
pub use road::Weather;
pub use settle::settle_roads;
pub use steps::Steps;
pub use tamper::{fetch, flip_bit, leave_out, place_of_offer, sign_as_stranger};
