//! Everything the Chopmark app does, without a window.
//!
//! A [`Client`] stands for one data folder: a phone or a desktop. The screens talk to it in
//! the commands of `chopmark-view`, as JSON, through whatever carries them: the window's
//! bridge or, in development, a loopback connection.
//!
//! ```
//! # use chopmark_client::{Client, ClientConfig};
//! # let runtime = tokio::runtime::Runtime::new().unwrap();
//! # runtime.block_on(async {
//! # let folder = tempfile::tempdir().unwrap();
//! let client = Client::open(folder.path(), ClientConfig::default()).await.unwrap();
//! let status = client.dispatch("status", serde_json::json!({})).await.unwrap();
//! assert_eq!(status["stage"]["stage"], "new");
//! # });
//! ```

mod activities;
mod ahead;
mod amounts;
mod assets;
mod blocks;
mod client;
mod desk;
mod did;
mod draft;
mod evidence;
mod failure;
mod frames;
mod goods;
mod heights;
mod holdings;
mod home;
mod imports;
mod join;
mod journey;
mod keys;
mod known;
mod label;
mod learn;
mod lines;
mod link;
mod look;
mod lookup;
mod offers;
mod outbox;
mod papers;
mod passphrase;
mod pickup;
mod places;
mod pledges;
mod print;
mod recall;
mod rulings;
mod runs;
mod scan;
mod sealed;
mod seen;
mod sensed;
mod settle;
mod stir;
mod stock;
#[cfg(test)]
mod tests;
mod texts;
mod trouble;
mod under_seals;
mod undrawn;
mod words;
mod words_of;

pub use ahead::{Opened, SealedBlock, SectionName, open_sections};
pub use client::{Client, ClientConfig};
pub use failure::FAILURES;
pub use lines::{LINES, keys};
pub use places::Ports;
pub use words::{Kind, Message};
