//! From a record to the event that says it.

mod declaration;

use crate::told::PRODUCT;
use chopmark_core::{
    Body, Code, Condition, MemberId, Output, Party, Quantity, Record, RecordRef, SectionBody,
    TimeMs, TzMinutes, Verdict, When,
};
use chopmark_epcis::{
    CompanyPrefixes, Decimal, Event, Fault, Form, Json, JsonError, Measurement, Members,
    Namespaces, Vocabulary, Word, uri,
};
use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use thiserror::Error;

pub use declaration::declaration;

/// The prefix of this program's own fields, until a consortium owns a name.
pub const TERMS: (&str, &str) = ("chopmark", "https://chopmark.invalid/terms/");
/// Members have no number of GS1; this names them where the standard wants an address.
const MEMBERS: &str = "https://chopmark.invalid/member/";

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
    /// It is about members and devices, or about another record.
    #[error("EPCIS has no event for such a record")]
    NoEvent,
    /// The event that it keeps is not readable.
    #[error("the event that it keeps is not JSON: {0}")]
    Json(#[from] JsonError),
    /// The event that it keeps, or that it makes, is none.
    #[error("the event that it keeps is none: {0}")]
    Event(#[from] Fault),
}

/// The event of a record: the one that it was imported from, or the one that it implies.
pub fn event(opened: &Opened<'_>, style: &Style<'_>) -> Result<Event, Unwritten> {
    if let Some(text) = &opened.section.event {
        let kept = Event::read(Json::parse(text.as_bytes())?)?;
        return Ok(kept.in_form(style.form, style.known));
    }
    let implied = implied(opened)?;
    let codes: Vec<Json> = opened
        .section
        .codes
        .iter()
        .map(|code| {
            Json::Text(match Code::parse(code) {
                Ok(code) => uri(&code, style.form, style.host, style.known),
                // A section says what its author liked.
                Err(_) => code.clone(),
            })
        })
        .collect();
    let mut members = implied.members(codes, amounts(opened))?;
    members.extend(about(opened, &implied));
    let event = Event::read(Json::Object(members))?;
    let id = event.hash_id(&Namespaces::default());
    let mut json = event.write();
    if let Json::Object(members) = &mut json {
        members.insert("eventID".to_owned(), text(&id));
    }
    Ok(Event::read(json)?)
}

/// What a record means in the words of the standard.
struct Implied {
    shape: Shape,
    action: &'static str,
    step: String,
    disposition: Option<String>,
    when: When,
    /// Who gives, who takes.
    parties: Option<(MemberId, MemberId)>,
    /// What the standard has no field for.
    own: Vec<(&'static str, Json)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Object,
    /// A parent and its children, in an event of this type.
    Parent(&'static str),
    /// So many of the things go in, the others come out.
    Transformation(usize),
}

fn implied(opened: &Opened<'_>) -> Result<Implied, Unwritten> {
    let body = opened.record.body();
    let said = opened.section.disposition.clone();
    let of = |step: &str, disposition: Option<String>| Implied {
        shape: Shape::Object,
        action: "OBSERVE",
        step: step.to_owned(),
        disposition,
        when: body.when().unwrap_or(When {
            time: TimeMs(0),
            tz: TzMinutes::default(),
        }),
        parties: None,
        own: Vec::new(),
    };
    let word = |word: &str| Some(word.to_owned());
    let mut implied = match body {
        Body::Commission { .. } => Implied {
            action: "ADD",
            ..of("commissioning", said.or(word("active")))
        },
        Body::Observe { step, .. } => of(step, said),
        Body::Pack { .. } => Implied {
            shape: Shape::Parent("AggregationEvent"),
            action: "ADD",
            ..of("packing", said)
        },
        Body::Unpack { .. } => Implied {
            shape: Shape::Parent("AggregationEvent"),
            action: "DELETE",
            ..of("unpacking", said)
        },
        Body::Associate { .. } => Implied {
            shape: Shape::Parent("AssociationEvent"),
            action: "ADD",
            ..of("installing", said)
        },
        Body::Dissociate { .. } => Implied {
            shape: Shape::Parent("AssociationEvent"),
            action: "DELETE",
            ..of("removing", said)
        },
        Body::Transform { step, inputs, .. } => Implied {
            shape: Shape::Transformation(inputs.len()),
            ..of(step, said)
        },
        Body::Decommission { step, .. } => Implied {
            action: "DELETE",
            ..of(step, said.or(word("inactive")))
        },
        Body::Offer { to, expires, .. } => Implied {
            parties: match to {
                Party::Member(member) => Some((opened.author, *member)),
                // Who it is, is known when it is picked up.
                Party::Consumer(_) | Party::Bearer(_) => None,
            },
            own: vec![(
                "chopmark:expires",
                text(&time(*expires, TzMinutes::default())),
            )],
            ..of("shipping", word("in_transit"))
        },
        Body::Accept { condition, .. } => of(
            "receiving",
            word(match condition {
                Condition::Good => "in_progress",
                Condition::Shortage => "mismatch_quantity",
                Condition::Damage => "damaged",
                Condition::SealBroken => "container_open",
            }),
        ),
        Body::Decline { .. } => of("void_shipping", said),
        Body::Attest { verdict, .. } => {
            let (disposition, verdict) = match verdict {
                Verdict::Pass => (word("conformant"), "pass"),
                Verdict::Fail => (word("non_conformant"), "fail"),
                Verdict::Conditional => (None, "conditional"),
            };
            Implied {
                own: vec![("chopmark:verdict", text(verdict))],
                ..of("inspecting", disposition)
            }
        }
        Body::Hold { reason, .. } => Implied {
            own: vec![("chopmark:reason", text(reason))],
            ..of("holding", word("unavailable"))
        },
        Body::Clear { .. } => of("other", word("available")),
        _ => return Err(Unwritten::NoEvent),
    };
    // The fields take any word; the standard lists its own.
    if Word::<chopmark_epcis::BizStep>::parse(&implied.step).is_err() {
        implied.own.push(("chopmark:step", text(&implied.step)));
        implied.step = "other".to_owned();
    }
    let known = |word: &String| Word::<chopmark_epcis::Disposition>::parse(word).is_ok();
    implied.disposition = implied.disposition.filter(known);
    Ok(implied)
}

impl Implied {
    /// What the event is about.
    fn members(
        &self,
        codes: Vec<Json>,
        amounts: Vec<Option<Quantity>>,
    ) -> Result<Members, Unwritten> {
        let none = std::iter::repeat(None);
        let with_amounts = |codes: Vec<Json>| -> Vec<(Json, Option<Quantity>)> {
            codes
                .into_iter()
                .zip(amounts.into_iter().chain(none))
                .collect()
        };
        let plain = |items: Vec<(Json, Option<Quantity>)>| {
            Json::List(items.into_iter().map(|(uri, _)| uri).collect())
        };
        let mut members = Members::new();
        let mut put = |name: &str, value: Json| members.insert(name.to_owned(), value);
        if !matches!(self.shape, Shape::Transformation(_)) {
            put("action", text(self.action));
        }
        match (self.shape, codes.split_first()) {
            (_, None) => return Err(Unwritten::NoCodes),
            (Shape::Object, Some(_)) => {
                put("type", text("ObjectEvent"));
                let all = with_amounts(codes).into_iter();
                let (batches, items) = all.partition::<Vec<_>, _>(is_class);
                if !items.is_empty() || batches.is_empty() {
                    put("epcList", plain(items));
                }
                if !batches.is_empty() {
                    let batches = batches.into_iter().map(class).collect();
                    put("quantityList", Json::List(batches));
                }
            }
            (Shape::Parent(kind), Some((parent, children))) => {
                put("type", text(kind));
                put("parentID", parent.clone());
                put("childEPCs", Json::List(children.to_vec()));
            }
            (Shape::Transformation(inputs), Some(_)) => {
                put("type", text("TransformationEvent"));
                let all = with_amounts(codes);
                let (from, to) = all.split_at_checked(inputs).ok_or(Unwritten::NoCodes)?;
                for (side, lists) in [
                    (from, ("inputEPCList", "inputQuantityList")),
                    (to, ("outputEPCList", "outputQuantityList")),
                ] {
                    let side = side.iter().cloned();
                    let (batches, items) = side.partition::<Vec<_>, _>(is_class);
                    if !items.is_empty() {
                        put(lists.0, plain(items));
                    }
                    if !batches.is_empty() {
                        put(
                            lists.1,
                            Json::List(batches.into_iter().map(class).collect()),
                        );
                    }
                }
            }
        }
        Ok(members)
    }
}

/// A batch, with its amount where that is known.
fn class((uri, amount): (Json, Option<Quantity>)) -> Json {
    let mut members = Members::from([("epcClass".to_owned(), uri)]);
    if let Some(Quantity {
        amount: Some(amount),
        unit,
    }) = amount
        && let Ok(number) = Decimal::parse(&amount.to_string())
    {
        members.insert("quantity".to_owned(), Json::Number(number));
        members.insert("uom".to_owned(), text(unit.as_str()));
    }
    Json::Object(members)
}

/// How much of each thing, where the record says it of all; what its fields leave out is in the
/// section, in their order.
fn amounts(opened: &Opened<'_>) -> Vec<Option<Quantity>> {
    let stated: Vec<Option<Quantity>> = match opened.record.body() {
        Body::Commission {
            quantity, codes, ..
        } => codes.iter().map(|_| *quantity).collect(),
        Body::Transform {
            inputs, outputs, ..
        } => {
            let outputs = outputs.iter().map(Output::quantity);
            inputs.iter().copied().chain(outputs).collect()
        }
        _ => Vec::new(),
    };
    let mut told = opened.section.quantities.iter();
    let one_for_all = matches!(opened.record.body(), Body::Commission { .. });
    let each = |stated: Option<Quantity>| match stated {
        Some(Quantity { amount: None, .. }) if one_for_all => {
            opened.section.quantities.first().copied()
        }
        Some(Quantity { amount: None, .. }) => told.next().copied(),
        whole => whole,
    };
    stated.into_iter().map(each).collect()
}

/// A batch stands in a list of quantities, in either form.
fn is_class((uri, _): &(Json, Option<Quantity>)) -> bool {
    matches!(uri, Json::Text(uri) if uri.starts_with("urn:epc:class:") || uri.contains("/10/"))
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
    if let Some((from, to)) = implied.parties {
        for (list, name, member) in [
            ("sourceList", "source", from),
            ("destinationList", "destination", to),
        ] {
            let party = Members::from([
                ("type".to_owned(), text("possessing_party")),
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
    if !section.measured.is_empty() {
        let reports = section.measured.iter().map(report).collect();
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
fn report(measured: &chopmark_core::Measured) -> Json {
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
