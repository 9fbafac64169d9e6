//! From one row to one event.

use super::mapping::{Field, Mapping, Part};
use super::{BadCells, TableError, time};
use chopmark_core::Code;
use chopmark_epcis::{Decimal, Event, Json, Members};
use csv::StringRecord;
use std::collections::BTreeMap;

/// The host of links that are made of cells which hold a bare code.
const HOST: &str = "id.gs1.org";

/// The columns that count, by their place.
pub(super) struct Columns<'m> {
    mapping: &'m Mapping,
    fixed: Vec<(Field, &'m str)>,
    found: Vec<(Field, &'m str, usize)>,
    context: Option<Json>,
}

impl<'m> Columns<'m> {
    pub(super) fn find(heading: &StringRecord, mapping: &'m Mapping) -> Result<Self, TableError> {
        let mut found = Vec::new();
        for (field, name) in mapping.columns() {
            let mut places = heading
                .iter()
                .enumerate()
                .filter(|(_, cell)| cell.trim() == name);
            match (places.next(), places.next()) {
                (Some((place, _)), None) => found.push((field, name, place)),
                (None, _) => return Err(TableError::ColumnMissing(name.to_owned())),
                (Some(_), Some(_)) => return Err(TableError::ColumnTwice(name.to_owned())),
            }
        }
        let prefixes = mapping.prefixes().iter();
        let prefixes: Members = prefixes
            .map(|(prefix, address)| (prefix.clone(), Json::Text(address.clone())))
            .collect();
        Ok(Self {
            mapping,
            fixed: mapping.fixed().collect(),
            found,
            context: (!prefixes.is_empty()).then(|| Json::List(vec![Json::Object(prefixes)])),
        })
    }

    /// The event of a row.
    pub(super) fn event(&self, record: &StringRecord) -> Result<Event, BadCells> {
        let mut row = Row {
            mapping: self.mapping,
            members: Members::new(),
            lists: BTreeMap::new(),
            quantities: BTreeMap::new(),
            ilmd: Members::new(),
            thing: Thing::default(),
            zone: None,
        };
        // The zone may stand in a column of its own, and is needed to read times.
        let cells = || {
            let fixed = self.fixed.iter();
            let fixed = fixed.map(|(field, value)| (field, "[fixed]", *value));
            let found = self.found.iter().map(|(field, heading, place)| {
                (
                    field,
                    *heading,
                    record.get(*place).unwrap_or_default().trim(),
                )
            });
            fixed.chain(found).filter(|(_, _, cell)| !cell.is_empty())
        };
        for (field, _, cell) in cells() {
            if *field == Field::Text("eventTimeZoneOffset".to_owned()) {
                row.zone = Some(self.mapping.word("eventTimeZoneOffset", cell).to_owned());
            }
        }
        for (field, heading, cell) in cells() {
            row.take(field, cell).map_err(|why| BadCells::Cell {
                column: heading.to_owned(),
                why,
            })?;
        }
        row.finish_thing().map_err(|why| BadCells::Cell {
            column: "gtin".to_owned(),
            why,
        })?;
        let mut members = row.into_members();
        if let Some(context) = &self.context {
            members.insert("@context".to_owned(), context.clone());
        }
        Event::read(Json::Object(members)).map_err(BadCells::Event)
    }
}

/// A row on its way to an event.
struct Row<'m> {
    mapping: &'m Mapping,
    members: Members,
    lists: BTreeMap<String, Vec<Json>>,
    /// The one quantity that a row has in a list.
    quantities: BTreeMap<&'static str, Members>,
    ilmd: Members,
    thing: Thing,
    zone: Option<String>,
}

/// An item or batch whose code lies in several columns.
#[derive(Default)]
struct Thing {
    gtin: Option<String>,
    serial: Option<String>,
    batch: Option<String>,
}

impl Row<'_> {
    fn take(&mut self, field: &Field, cell: &str) -> Result<(), String> {
        match field {
            Field::Text(name) => {
                let word = self.mapping.word(name, cell).to_owned();
                self.members.insert(name.clone(), Json::Text(word));
            }
            Field::Time(name) => {
                let time = self.time(cell)?;
                self.members.insert(name.clone(), Json::Text(time));
            }
            Field::Identifier(name) => {
                self.members
                    .insert(name.clone(), Json::Text(identifier(cell)?));
            }
            Field::Identifiers(name) => {
                for part in cell.split(self.mapping.separator()).map(str::trim) {
                    if !part.is_empty() {
                        let uri = Json::Text(identifier(part)?);
                        self.list(name).push(uri);
                    }
                }
            }
            Field::Place(name) => {
                let id = ("id".to_owned(), Json::Text(identifier(cell)?));
                self.members
                    .insert(name.clone(), Json::Object(Members::from([id])));
            }
            Field::Paper(kind) => self.typed("bizTransactionList", "bizTransaction", kind, cell)?,
            Field::Party(list, sense) => {
                let name = list.trim_end_matches("List");
                self.typed(list, name, sense, cell)?;
            }
            Field::Quantity(list, part) => {
                let (name, value) = match part {
                    Part::Class => ("epcClass", Json::Text(identifier(cell)?)),
                    Part::Amount => {
                        let number = Decimal::parse(cell);
                        let number = number.map_err(|error| format!("the number is {error}"))?;
                        ("quantity", Json::Number(number))
                    }
                    Part::Unit => {
                        let unit = self.mapping.word("unit", cell);
                        ("uom", Json::Text(unit.to_owned()))
                    }
                };
                let quantity = self.quantities.entry(list).or_default();
                quantity.insert(name.to_owned(), value);
            }
            Field::Gtin => self.thing.gtin = Some(cell.to_owned()),
            Field::Serial => self.thing.serial = Some(cell.to_owned()),
            Field::Batch => self.thing.batch = Some(cell.to_owned()),
            Field::Ilmd(name) => {
                self.ilmd.insert(name.clone(), Json::Text(cell.to_owned()));
            }
        }
        Ok(())
    }

    /// As EPCIS writes times; what lacks a zone is in the zone of the row.
    fn time(&self, cell: &str) -> Result<String, String> {
        let Some(form) = self.mapping.time() else {
            return Ok(cell.to_owned());
        };
        time::written(form, cell, self.zone.as_deref())
    }

    /// An item goes into the list of items, a batch into that of quantities.
    fn finish_thing(&mut self) -> Result<(), String> {
        let thing = std::mem::take(&mut self.thing);
        let code = match (thing.gtin, thing.serial, thing.batch) {
            (None, None, None) => return Ok(()),
            (Some(gtin), Some(serial), _) => Code::gtin_serial(&gtin, &serial),
            (Some(gtin), None, Some(batch)) => Code::gtin_batch(&gtin, &batch),
            (Some(_), None, None) => return Err("a GTIN needs a serial or a batch".to_owned()),
            (None, _, _) => return Err("a serial or batch needs a GTIN".to_owned()),
        };
        let code = code.map_err(|error| error.to_string())?;
        let link = Json::Text(code.digital_link(HOST));
        if code.kind() == chopmark_core::CodeKind::Serial {
            self.list("epcList").push(link);
        } else {
            let quantity = self.quantities.entry("quantityList").or_default();
            quantity.insert("epcClass".to_owned(), link);
        }
        Ok(())
    }

    fn typed(&mut self, list: &str, name: &str, kind: &str, cell: &str) -> Result<(), String> {
        let entry = Members::from([
            ("type".to_owned(), Json::Text(kind.to_owned())),
            (name.to_owned(), Json::Text(identifier(cell)?)),
        ]);
        self.list(list).push(Json::Object(entry));
        Ok(())
    }

    fn list(&mut self, name: &str) -> &mut Vec<Json> {
        self.lists.entry(name.to_owned()).or_default()
    }

    fn into_members(mut self) -> Members {
        for (name, quantity) in std::mem::take(&mut self.quantities) {
            self.list(name).push(Json::Object(quantity));
        }
        let lists = self.lists.into_iter();
        let lists = lists.map(|(name, items)| (name, Json::List(items)));
        let mut members = self.members;
        members.extend(lists);
        if !self.ilmd.is_empty() {
            members.insert("ilmd".to_owned(), Json::Object(self.ilmd));
        }
        members
    }
}

/// A URI as it is; any other spelling of a code as its link.
fn identifier(cell: &str) -> Result<String, String> {
    if cell.contains("://") || cell.starts_with("urn:") {
        return Ok(cell.to_owned());
    }
    let code = Code::parse(cell).map_err(|error| error.to_string())?;
    Ok(code.digital_link(HOST))
}
