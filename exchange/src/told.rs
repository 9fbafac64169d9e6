//! What a record's section says of an event, beside the event itself: what screens show without
//! reading EPCIS.

use chopmark_core::{
    CodeKind, Coordinates, Measured, SealNumber, SectionBody, Written, check_written, limits,
};
use chopmark_epcis::{About, Event, Json, Place, SensorReport, Vocabulary, What, code};

/// Where an event keeps the product's name, which EPCIS leaves to master data.
pub(crate) const PRODUCT: &str = "chopmark:product";

/// Where an event keeps the number of a seal, for which EPCIS has no field; several as a list.
pub(crate) const SEAL: &str = "chopmark:seal";

/// The section's contents without codes.
pub(crate) fn section(event: &Event, text: String) -> SectionBody {
    let about = &event.about;
    SectionBody {
        product: product(event),
        place: about
            .biz_location
            .as_ref()
            .or(about.read_point.as_ref())
            .and_then(place),
        position: [&about.read_point, &about.biz_location]
            .into_iter()
            .flatten()
            .find_map(|place| Coordinates::from_geo_uri(place.id.written())),
        measured: seals(event)
            .chain(measured(about))
            .take(limits::MEASURED_VALUES)
            .collect(),
        step: step(about).map(str::to_owned),
        disposition: about
            .disposition
            .as_ref()
            .and_then(|word| word.known())
            .map(|word| word.word().to_owned()),
        event: Some(text),
        ..SectionBody::default()
    }
}

/// The business step, if it is one of the standard.
pub(crate) fn step(about: &About) -> Option<&'static str> {
    let word = about.biz_step.as_ref()?;
    word.known().map(Vocabulary::word)
}

fn product(event: &Event) -> Option<String> {
    let ilmd = match &event.what {
        What::Object(object) => object.ilmd.as_ref()?,
        What::Transformation(transformation) => transformation.ilmd.as_ref()?,
        _ => return None,
    };
    match ilmd.get(PRODUCT)? {
        // A name of mixed scripts could pass for another's.
        Json::Text(name) => shown(name).filter(|name| check_written(Written::Name, name).is_ok()),
        _ => None,
    }
}

/// A place of GS1 as its element string, any other as its address.
fn place(place: &Place) -> Option<String> {
    let written = place.id.written();
    match code(written) {
        Ok(gln) if gln.kind() == CodeKind::Location => Some(gln.element_string().to_owned()),
        _ => shown(written),
    }
}

/// The numbers of seals that can be shown; any other text stays in the event alone.
fn seals(event: &Event) -> impl Iterator<Item = Measured> {
    let said = event.extensions.get(SEAL);
    let each = match said {
        Some(Json::List(several)) => several.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    each.iter().filter_map(|one| {
        let Json::Text(number) = one else {
            return None;
        };
        let number: SealNumber = number.parse().ok()?;
        let is_clear = check_written(Written::Name, number.as_str()).is_ok();
        is_clear.then(|| number.to_value())
    })
}

fn measured(about: &About) -> impl Iterator<Item = Measured> {
    let elements = about.sensor_elements.iter().flatten();
    elements
        .flat_map(|element| &element.reports)
        .filter_map(reading)
}

fn reading(report: &SensorReport) -> Option<Measured> {
    let kind = report.kind.as_ref()?;
    let name = match kind.known() {
        Some(known) => known.word(),
        None => kind.written(),
    };
    let value = match (&report.value, &report.string_value, report.boolean_value) {
        (Some(number), _, _) => number.written().to_owned(),
        (None, Some(text), _) => text.clone(),
        (None, None, Some(is)) => is.to_string(),
        (None, None, None) => return None,
    };
    Some(Measured {
        name: shown(name)?,
        value: shown(&value)?,
        unit: shown(report.uom.as_deref().unwrap_or_default())?,
    })
}

/// Text that a screen can show as it is; everything else stays in the event alone.
fn shown(text: &str) -> Option<String> {
    let turns = |letter: char| matches!(letter, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{61c}');
    let is_plain = !text.contains(|letter: char| letter.is_control() || turns(letter));
    (is_plain && text.len() <= limits::NAME_BYTES).then(|| text.to_owned())
}
