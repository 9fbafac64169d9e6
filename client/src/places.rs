//! What a place is that a person typed or scanned: a GLN, a UN/LOCODE, a `geo` URI, or words.
//! Where its position is known it goes along, so that a thing seen at two places at once shows.

use std::borrow::Cow;
use std::path::PathBuf;

use chopmark_core::{Code, CodeKind, Coordinates, SectionBody, StateView as _};
use chopmark_locode::{Directory, Locode};
use chopmark_view::{Line, Param};

use crate::draft::Draft;
use crate::lines;
use crate::look::Look;
use crate::texts::{self, Field};
use crate::trouble::Trouble;

/// A port is a town, not a point.
const PORT_METRES: u32 = 20_000;
/// Records of a place looked through for its position, from the newest on.
const RECORDS: usize = 20;

/// Where the list of the world's ports is: `lib/ports.json` of npm's `sea-ports`.
#[derive(Clone, Debug, Default)]
pub enum Ports {
    /// There is none: a code of a port is a word as others are, and the app says so.
    #[default]
    None,
    /// In a file.
    File(PathBuf),
    /// In the program.
    Text(&'static str),
}

/// Ports by their UN/LOCODE, from a list that others keep.
#[derive(Debug, Default)]
pub(crate) struct Places(Directory);

/// What a text names.
struct Named {
    /// What is recorded.
    text: String,
    position: Coordinates,
}

impl Places {
    /// Reads the list. Without one, codes of ports are words as others are.
    pub(crate) fn load(ports: &Ports) -> Self {
        let text = match ports {
            Ports::None => return Self::default(),
            Ports::File(list) => std::fs::read_to_string(list)
                .map(Cow::Owned)
                .map_err(|error| format!("{}: {error}", list.display())),
            Ports::Text(text) => Ok(Cow::Borrowed(*text)),
        };
        let read =
            text.and_then(|text| Directory::of_ports(&text).map_err(|error| error.to_string()));
        match read {
            Ok(directory) => Self(directory),
            Err(error) => {
                tracing::warn!(error, "codes of ports are not read");
                Self::default()
            }
        }
    }

    /// Gives the sections of a draft the position of the place that they name, and says so.
    pub(crate) fn locate(&self, look: &Look<'_>, draft: &mut Draft) -> Result<(), Trouble> {
        let sections = || draft.records.iter().flat_map(|record| &record.sections);
        let Some(place) = sections().find_map(|(_, body)| body.place.clone()) else {
            return Ok(());
        };
        let Some(named) = self.named(look, &place)? else {
            draft.warnings.extend(self.missing(&place));
            return Ok(());
        };
        let sections = draft
            .records
            .iter_mut()
            .flat_map(|record| &mut record.sections);
        for (_, body) in sections {
            // One place was typed, whoever reads it.
            if body.place.is_some() {
                body.place = Some(named.text.clone());
                body.position = body.position.or(Some(named.position));
            }
        }
        draft.lines.extend(said(&named, &place));
        Ok(())
    }

    fn named(&self, look: &Look<'_>, place: &str) -> Result<Option<Named>, Trouble> {
        if let Some(position) = Coordinates::from_geo_uri(place) {
            let text = place.to_owned();
            return Ok(Some(Named { text, position }));
        }
        if let Some(named) = self.port(place) {
            return Ok(Some(named));
        }
        let code = Code::parse(place).ok();
        match code.filter(|code| code.kind() == CodeKind::Location) {
            Some(gln) => located(look, &gln),
            None => Ok(None),
        }
    }

    /// That there is no list in which a code could be looked up.
    fn missing(&self, place: &str) -> Option<Line> {
        let none = self.0.iter().next().is_none();
        (none && as_code(place).is_some())
            .then(|| lines::WARN_NO_PORTS.line([("place", Param::Text(place.to_owned()))]))
    }

    fn port(&self, place: &str) -> Option<Named> {
        let code = as_code(place)?;
        let port = self.0.find(place).ok()?;
        let at = port.position()?;
        let text = format!("{}, {} ({code})", port.name(), port.country());
        // The list is by others: what no person may type as a place is not taken from it either.
        let text = texts::checked(Field::Place, &text).ok().flatten();
        Some(Named {
            text: text.unwrap_or(code.to_string()),
            position: Coordinates::new(at.latitude_e7, at.longitude_e7, PORT_METRES)?,
        })
    }
}

/// Only in capitals: `CNNSA` or `CN NSA` was meant as a code, `Depot` was not.
fn as_code(place: &str) -> Option<Locode> {
    match place.chars().any(char::is_lowercase) {
        true => None,
        false => place.parse().ok(),
    }
}

/// Where a place of the ledger is, by the newest record of it that says so.
fn located(look: &Look<'_>, gln: &Code) -> Result<Option<Named>, Trouble> {
    let Some(owner) = look.view.prefix_owner(gln) else {
        return Ok(None);
    };
    let subject = gln.subject(&look.genesis.id(), &owner);
    let position = look.newest_of(&subject, RECORDS, |body: &SectionBody| body.position)?;
    Ok(position.map(|position| Named {
        text: gln.element_string().to_owned(),
        position,
    }))
}

fn said(named: &Named, typed: &str) -> Vec<Line> {
    let mut said = Vec::new();
    if named.text != typed {
        said.push(lines::SIGN_PORT.line([("place", Param::Text(named.text.clone()))]));
    }
    let uri = named.position.to_string();
    let position = uri.trim_start_matches("geo:");
    let position = position.split(';').next().unwrap_or(position);
    let position = position.replace(',', ", ");
    said.push(lines::SIGN_POSITION.line([("position", Param::Text(position))]));
    said
}
