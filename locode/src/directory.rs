use std::collections::BTreeMap;

use serde::Deserialize;
use thiserror::Error;

use crate::{Locode, LocodeError};

/// A list of places is far below this: the whole of UN/LOCODE has some ten megabytes.
const MOST_BYTES: usize = 64 << 20;
/// Ten-millionths of a degree, about a centimetre each: as positions in records are written.
const E7: f64 = 1e7;

/// Why a file is no directory.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DirectoryError {
    /// Larger than any list of places.
    #[error("this file is too large for a list of places")]
    TooLarge,
    /// Not the JSON of `sea-ports`.
    #[error("this is no list of ports: {0}")]
    Json(#[from] serde_json::Error),
    /// An entry under a code that no place can have.
    #[error("{0:?} in the list of ports: a UN/LOCODE has 2 letters and 3 letters or digits")]
    Code(String),
    /// A position off the globe.
    #[error("the position of {0} is off the globe")]
    Position(Locode),
}

/// What a place is used for (UNECE Recommendation 16, function).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Function {
    /// 1: a port, on the sea or on a river.
    Port,
}

/// Where a place is, in ten-millionths of a degree, as positions in records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Latitude, north of the equator.
    pub latitude_e7: i32,
    /// Longitude, east of Greenwich.
    pub longitude_e7: i32,
}

/// A place as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    name: String,
    country: String,
    position: Option<Position>,
    functions: Vec<Function>,
}

impl Place {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name of its country.
    #[must_use]
    pub fn country(&self) -> &str {
        &self.country
    }

    /// Where it is, if the directory says so. It is a point for a map and no measurement.
    #[must_use]
    pub const fn position(&self) -> Option<Position> {
        self.position
    }

    /// What it is used for, as far as the directory knows.
    #[must_use]
    pub fn functions(&self) -> &[Function] {
        &self.functions
    }
}

/// Places by their codes.
#[derive(Debug, Clone, Default)]
pub struct Directory(BTreeMap<Locode, Place>);

/// One entry of `sea-ports`.
#[derive(Deserialize)]
struct Port {
    name: String,
    country: String,
    /// Longitude first, as in GeoJSON.
    coordinates: Option<[f64; 2]>,
    /// All codes of the port, that of the entry among them.
    #[serde(default)]
    unlocs: Vec<String>,
}

impl Directory {
    /// Reads `lib/ports.json` of npm's `sea-ports`: the world's seaports.
    ///
    /// # Errors
    /// [`DirectoryError`], naming the entry.
    pub fn of_ports(json: &str) -> Result<Self, DirectoryError> {
        if json.len() > MOST_BYTES {
            return Err(DirectoryError::TooLarge);
        }
        let ports: BTreeMap<String, Port> = serde_json::from_str(json)?;
        let mut directory = Self::default();
        for (key, port) in ports {
            let parse = |text: &str| text.parse().map_err(|_| DirectoryError::Code(text.into()));
            let code: Locode = parse(&key)?;
            let place = Place {
                name: port.name,
                country: port.country,
                position: port
                    .coordinates
                    .map(|place| position(place).ok_or(DirectoryError::Position(code)))
                    .transpose()?,
                functions: vec![Function::Port],
            };
            // An entry of its own says more than being named in another's.
            for other in &port.unlocs {
                directory
                    .0
                    .entry(parse(other)?)
                    .or_insert_with(|| place.clone());
            }
            directory.0.insert(code, place);
        }
        Ok(directory)
    }

    /// The place of a code, as people write it.
    ///
    /// # Errors
    /// [`LocodeError`] if it is no code, or one that the directory lacks.
    pub fn find(&self, code: &str) -> Result<&Place, LocodeError> {
        let code: Locode = code.parse()?;
        self.0.get(&code).ok_or(LocodeError::Unknown { code })
    }

    /// All places in the order of their codes.
    pub fn iter(&self) -> impl Iterator<Item = (&Locode, &Place)> {
        self.0.iter()
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "180 degrees in ten-millionths fit into 31 bits"
)]
fn position([longitude, latitude]: [f64; 2]) -> Option<Position> {
    let fits = longitude.abs() <= 180.0 && latitude.abs() <= 90.0;
    fits.then(|| Position {
        latitude_e7: (latitude * E7).round() as i32,
        longitude_e7: (longitude * E7).round() as i32,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_found_under_each_of_its_codes() {
        let json = r#"{
            "CNSHK": {"name": "Shekou", "country": "China", "coordinates": [113.92, 22.48],
                      "unlocs": ["CNSHK", "CNSKU"]},
            "MOMFM": {"name": "Macau", "country": "Macao", "unlocs": ["MOMFM"]}
        }"#;
        let directory = Directory::of_ports(json).unwrap();
        assert_eq!(directory.find("CNSKU"), directory.find("CN SHK"));
        let shekou = directory.find("CNSHK").unwrap();
        assert_eq!(
            shekou.position(),
            Some(Position {
                latitude_e7: 224_800_000,
                longitude_e7: 1_139_200_000
            })
        );
        assert_eq!(shekou.functions(), [Function::Port]);
        assert_eq!(directory.find("MOMFM").unwrap().position(), None);
        assert_eq!(directory.iter().count(), 3);
    }

    #[test]
    fn refuses_unknown_codes_and_damaged_lists_by_name() {
        let error = |json: &str| Directory::of_ports(json).unwrap_err().to_string();
        assert!(error("[]").contains("no list of ports"));
        let entry = |code: &str, place: &str| {
            format!(r#"{{"{code}": {{"name": "N", "country": "C", "coordinates": {place}}}}}"#)
        };
        assert!(error(&entry("CN1", "[0, 0]")).contains("CN1"));
        assert!(error(&entry("CNNSA", "[22.75, 113.58]")).contains("off the globe"));
        let unknown = Directory::default().find("CNNSA").unwrap_err();
        assert_eq!(unknown.to_string(), "CNNSA is no place in the directory");
    }
}
