//! From a record to the event that says it.

mod declaration;
mod implied;
mod once;
mod things;

use self::implied::{Implied, Shape, Transfer, implied};
use crate::told::{PRODUCT, SEAL};
use chopmark_core::{
    Code, Measured, MemberId, Quantity, Record, RecordRef, SealNumber, SectionBody, TimeMs,
    TzMinutes,
};
use chopmark_epcis::{
    CompanyPrefixes, Decimal, Event, Fault, Form, Json, JsonError, Measurement, Members,
    Namespaces, Vocabulary, Word, uri,
};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use thiserror::Error;

pub use declaration::declaration;
pub use once::Once;
pub(crate) use once::{Part, part};

/// The prefix of this program's own fields, until a consortium owns a name.
pub const TERMS: (&str, &str) = ("chopmark", "https://chopmark.invalid/terms/");
/// Members have no number of GS1; this names them where the standard wants an address.
const MEMBERS: &str = "https://chopmark.invalid/member/";

/// And this records, where the parts of one event need a name in common.
const RECORDS: &str = "https://chopmark.invalid/record/";

/// A record, with what its section says to whoever exports.
#[derive(Clone, Copy)]
pub struct Opened<'a> {
    /// Where it is.
    pub at: RecordRef,
    /// The record.
    pub record: &'a Record,
    /// The member that signed it.
    pub author: MemberId,
    /// What the section says.
    pub section: &'a SectionBody,
}

/// How events are written.
#[derive(Clone, Copy)]
pub struct Style<'a> {
    /// The form of identifiers.
    pub form: Form,
    /// The host of links.
    pub host: &'a str,
    /// Prefixes whose length is known.
    pub known: &'a CompanyPrefixes,
}

/// Why a record becomes no event.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unwritten {
    /// An event needs identifiers, and the section has none.
    #[error("its section names no codes")]
    NoCodes,
    /// It names some of its things, and an event of these would say that they are all.
    #[error("its section names {codes} codes for {things} things")]
    CodesMissing {
        /// How many codes the section has.
        codes: usize,
        /// How many things the record is about.
        things: usize,
    },
    /// It is about members and devices, about another record, or of a right that EPCIS does not
    /// know.
    #[error("EPCIS has no event for such a record")]
    NoEvent,
    /// The event that it keeps is not readable.
    #[error("the event that it keeps is not JSON: {0}")]
    Json(#[from] JsonError),
    /// The event that it keeps, or that it makes, is none.
    #[error("the event that it keeps is none: {0}")]
    Event(#[from] Fault),
    /// A correction is made of other events, and one of these is not written.
    #[error("record {at}, which it names: {why}")]
    Named {
        /// The record.
        at: RecordRef,
        /// What is wrong with that.
        why: Box<Unwritten>,
    },
}

/// The event of a record: the one that it was imported from, or the one that it implies.
pub fn event(opened: &Opened<'_>, style: &Style<'_>) -> Result<Event, Unwritten> {
    if let Some(text) = &opened.section.event {
        let kept = Event::read(Json::parse(text.as_bytes())?)?;
        return Ok(kept.in_form(style.form, style.known));
    }
    let implied = implied(opened)?;
    let named = codes(opened, style)?;
    written(opened, &implied, (named, things::amounts(opened)))
}

/// The event of some of the items of a run, of a record that keeps no event. The first names what
/// else the record is about, by the codes of its section; of a transformation all name the same
/// `transformationID`, which makes one of them (EPCIS 2.0, 7.4.6).
pub fn event_of_run(
    opened: &Opened<'_>,
    (items, is_first): (&[Code], bool),
    style: &Style<'_>,
) -> Result<Event, Unwritten> {
    let mut implied = implied(opened)?;
    let (mut named, mut amounts) = (Vec::new(), Vec::new());
    if is_first {
        (named, amounts) = (codes(opened, style)?, things::amounts(opened));
    } else if let Shape::Transformation(_) = implied.shape {
        implied.shape = Shape::Transformation(0);
    }
    let items = items.iter();
    let items = items.map(|code| Json::Text(uri(code, style.form, style.host, style.known)));
    named.extend(items);
    if let Shape::Transformation(_) = implied.shape {
        let id = format!("{RECORDS}{}", opened.at);
        implied.own.push(("transformationID", Json::Text(id)));
    }
    written(opened, &implied, (named, amounts))
}

fn written(
    opened: &Opened<'_>,
    implied: &Implied,
    (codes, amounts): (Vec<Json>, Vec<Option<Quantity>>),
) -> Result<Event, Unwritten> {
    let mut members = implied.members(codes, amounts)?;
    members.extend(about(opened, implied));
    let event = Event::read(Json::Object(members))?;
    let id = event.hash_id(&Namespaces::default());
    let mut json = event.write();
    if let Json::Object(members) = &mut json {
        members.insert("eventID".to_owned(), text(&id));
    }
    Ok(Event::read(json)?)
}

/// What the section calls the things, one code for each.
fn codes(opened: &Opened<'_>, style: &Style<'_>) -> Result<Vec<Json>, Unwritten> {
    let named = &opened.section.codes;
    // A run has no code.
    let runs = opened.record.body().runs().count();
    let things = opened.record.subjects().len().saturating_sub(runs);
    if !named.is_empty() && named.len() != things {
        return Err(Unwritten::CodesMissing {
            codes: named.len(),
            things,
        });
    }
    let written = named.iter().map(|code| {
        Json::Text(match Code::parse(code) {
            Ok(code) => uri(&code, style.form, style.host, style.known),
            // A section says what its author liked.
            Err(_) => code.clone(),
        })
    });
    Ok(written.collect())
}

/// When, where, why and how, and what this program adds.
fn about(opened: &Opened<'_>, implied: &Implied) -> Members {
    let section = opened.section;
    let mut members = Members::new();
    let mut put = |name: &str, value: Json| members.insert(name.to_owned(), value);
    put("eventTime", text(&time(implied.when.time, implied.when.tz)));
    put("eventTimeZoneOffset", text(&zone(implied.when.tz)));
    put("bizStep", text(&implied.step));
    if let Some(disposition) = &implied.disposition {
        put("disposition", text(disposition));
    }
    if let Some(Transfer { role, from, to }) = implied.transfer {
        for (list, name, member) in [
            ("sourceList", "source", from),
            ("destinationList", "destination", to),
        ] {
            let Some(member) = member else { continue };
            let party = Members::from([
                ("type".to_owned(), text(role)),
                (name.to_owned(), text(&format!("{MEMBERS}{member}"))),
            ]);
            put(list, Json::List(vec![Json::Object(party)]));
        }
    }
    let place = section.place.as_deref();
    let gln = place.and_then(|place| Code::parse(place).ok());
    if let (Some(name), None) = (place, &gln) {
        put("chopmark:place", text(name));
    }
    let read_point = gln
        .map(|gln| gln.digital_link("id.gs1.org"))
        .or_else(|| section.position.map(|position| position.to_string()));
    if let Some(id) = read_point {
        let place = Members::from([("id".to_owned(), text(&id))]);
        put("readPoint", Json::Object(place));
    }
    // No sensor reads a seal, and EPCIS has no field for its number.
    let measured = || section.measured.iter();
    let seals = measured().filter_map(SealNumber::of);
    let seals: Vec<Json> = seals.map(|seal| text(seal.as_str())).collect();
    match seals.as_slice() {
        [] => {}
        [one] => {
            put(SEAL, one.clone());
        }
        _ => {
            put(SEAL, Json::List(seals));
        }
    }
    let readings = measured().filter(|value| SealNumber::of(value).is_none());
    let reports: Vec<Json> = readings.map(report).collect();
    if !reports.is_empty() {
        let element = Members::from([("sensorReport".to_owned(), Json::List(reports))]);
        put("sensorElementList", Json::List(vec![Json::Object(element)]));
    }
    if let Some(product) = &section.product {
        let named = Members::from([(PRODUCT.to_owned(), text(product))]);
        if implied.action == "ADD" && implied.shape == Shape::Object {
            put("ilmd", Json::Object(named));
        } else {
            put(PRODUCT, text(product));
        }
    }
    if let Some(note) = &section.note {
        put("chopmark:note", text(note));
    }
    if !section.evidence.is_empty() {
        let ids = section
            .evidence
            .iter()
            .map(|link| text(&link.id.to_string()));
        put("chopmark:evidence", Json::List(ids.collect()));
    }
    for (name, value) in &implied.own {
        put(name, value.clone());
    }
    put("chopmark:record", text(&opened.at.to_string()));
    let (prefix, address) = TERMS;
    let context = Members::from([(prefix.to_owned(), text(address))]);
    put("@context", Json::List(vec![Json::Object(context)]));
    members
}

/// A reading; what the standard does not list keeps its name in its text.
fn report(measured: &Measured) -> Json {
    let known = Word::<Measurement>::parse(&measured.name).ok();
    let known = known.and_then(|word| word.known());
    let number = Decimal::parse(&measured.value).ok();
    let mut members = Members::new();
    let mut put = |name: &str, value: Json| members.insert(name.to_owned(), value);
    match (known, number) {
        (Some(kind), Some(number)) => {
            put("type", text(kind.word()));
            put("value", Json::Number(number));
        }
        (kind, _) => {
            let kind = kind.map_or_else(
                || format!("{}measured", TERMS.1),
                |kind| kind.word().to_owned(),
            );
            put("type", text(&kind));
            put("chopmark:name", text(&measured.name));
            put("stringValue", text(&measured.value));
        }
    }
    if !measured.unit.is_empty() {
        put("uom", text(&measured.unit));
    }
    Json::Object(members)
}

/// A time in the zone that the record names.
fn time(time: TimeMs, tz: TzMinutes) -> String {
    let offset = Offset::from_seconds(i32::from(tz.minutes()) * 60).unwrap_or(Offset::UTC);
    let instant = i64::try_from(time.0)
        .ok()
        .and_then(|ms| Timestamp::from_millisecond(ms).ok())
        .unwrap_or(Timestamp::MAX);
    let clock = TimeZone::fixed(offset).to_datetime(instant);
    format!("{}{}", clock.strftime("%Y-%m-%dT%H:%M:%S.%3f"), zone(tz))
}

fn zone(tz: TzMinutes) -> String {
    let minutes = tz.minutes();
    let sign = if minutes < 0 { '-' } else { '+' };
    let minutes = minutes.unsigned_abs();
    format!("{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

fn text(text: &str) -> Json {
    Json::Text(text.to_owned())
}
