//! UN/LOCODE (UNECE Recommendation 16): ports and other places of trade, by their codes.
//!
//! The codes are data of others and stay theirs: a [`Directory`] is read from a package's file.
//! `cargo xtask setup` fetches npm's `sea-ports` (MIT), which has the world's seaports; no package
//! that could be had holds the whole list of a hundred thousand places. A code that the directory
//! lacks is refused by name, and so is one that no place can have.
//!
//! ```
//! use chopmark_locode::{Directory, LocodeError};
//!
//! let ports = r#"{"CNNSA": {"name": "Nansha Port", "country": "China",
//!     "coordinates": [113.58, 22.75], "unlocs": ["CNNSA"]}}"#;
//! let directory = Directory::of_ports(ports)?;
//! let nansha = directory.find("cn nsa")?;
//! assert_eq!((nansha.name(), nansha.country()), ("Nansha Port", "China"));
//! assert!(matches!(directory.find("CNXXX"), Err(LocodeError::Unknown { .. })));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod directory;
mod locode;

pub use directory::{Directory, DirectoryError, Function, Place, Position};
pub use locode::{Locode, LocodeError};
