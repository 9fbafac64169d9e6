//! The event hash id (CBV 2.0, section 8.9): a name for an event that anyone can compute from
//! what it says, whatever syntax and form of identifiers it was written in.
//!
//! The event becomes one text, its pre-hash string; the id is that text's SHA-256. Where the
//! published programs differ, this follows the standard's text: papers, sources and destinations
//! with their type first, and fields of others inside a standard field at the end, behind that
//! field's name (CBV 2.1 changes the latter, and names itself in its ids).

mod extension;
mod value;

use crate::{
    About, BizTransaction, Decimal, Event, Namespaces, Place, Quantity, SensorElement,
    SensorMetadata, SensorReport, Time, Uri, Vocabulary, What, Word,
};
use sha2::{Digest, Sha256};
use std::fmt::Write;

impl Event {
    /// The event hash id, `ni:///sha-256;…?ver=CBV2.0`. `document` is what the document around it
    /// defines; the event's own context is added here.
    pub fn hash_id(&self, document: &Namespaces) -> String {
        let digest = Sha256::digest(self.pre_hash(document).as_bytes());
        let mut id = "ni:///sha-256;".to_owned();
        for byte in digest {
            // Writing to a text cannot fail.
            let _ = write!(id, "{byte:02x}");
        }
        id.push_str("?ver=CBV2.0");
        id
    }

    /// The pre-hash string.
    pub fn pre_hash(&self, document: &Namespaces) -> String {
        let names = document.clone().within(self.context.as_ref());
        let mut text = Text {
            names: &names,
            out: format!("eventType={}", self.what.type_name()),
            later: Vec::new(),
        };
        text.when(&self.about);
        text.what(&self.what);
        text.why(&self.about);
        text.sensors(self.about.sensor_elements.as_deref().unwrap_or_default());
        if let What::Object(crate::Object {
            ilmd: Some(ilmd), ..
        })
        | What::Transformation(crate::Transformation {
            ilmd: Some(ilmd), ..
        }) = &self.what
        {
            text.out.push_str("ilmd");
            let inner = extension::members(ilmd, &names);
            text.out.push_str(&joined(inner));
        }
        let own = extension::members(&self.extensions, &names);
        text.later.extend(own);
        let later = joined(std::mem::take(&mut text.later));
        text.out.push_str(&later);
        text.out
    }
}

/// The text so far, and what comes at its end.
struct Text<'a> {
    names: &'a Namespaces,
    out: String,
    later: Vec<String>,
}

impl Text<'_> {
    fn when(&mut self, about: &About) {
        self.field("eventTime", &value::time(&about.event_time));
        self.field(
            "eventTimeZoneOffset",
            about.event_time_zone_offset.written(),
        );
        if let Some(certificates) = &about.certification_info {
            let all = certificates.values().iter();
            let all = all.map(|uri| pair("certificationInfo", &self.uri(uri)));
            let all = joined(all.collect());
            self.out.push_str(&all);
        }
    }

    fn what(&mut self, what: &What) {
        match what {
            What::Object(event) => {
                self.epcs("epcList", event.epcs.as_deref());
                self.quantities("quantityList", event.quantities.as_deref());
                self.field("action", event.action.word());
            }
            What::Aggregation(event) => {
                self.may_uri("parentID", event.parent_id.as_ref());
                self.epcs("childEPCs", event.child_epcs.as_deref());
                self.quantities("childQuantityList", event.child_quantities.as_deref());
                self.field("action", event.action.word());
            }
            What::Transaction(event) => {
                self.epcs("epcList", event.epcs.as_deref());
                self.may_uri("parentID", event.parent_id.as_ref());
                self.quantities("quantityList", event.quantities.as_deref());
                self.field("action", event.action.word());
            }
            What::Transformation(event) => {
                self.epcs("inputEPCList", event.input_epcs.as_deref());
                self.quantities("inputQuantityList", event.input_quantities.as_deref());
                self.epcs("outputEPCList", event.output_epcs.as_deref());
                self.quantities("outputQuantityList", event.output_quantities.as_deref());
                self.may_uri("transformationID", event.transformation_id.as_ref());
            }
            What::Association(event) => {
                self.may_uri("parentID", Some(&event.parent_id));
                self.epcs("childEPCs", event.child_epcs.as_deref());
                self.quantities("childQuantityList", event.child_quantities.as_deref());
                self.field("action", event.action.word());
            }
        }
    }

    fn why(&mut self, about: &About) {
        self.may_word("bizStep", about.biz_step.as_ref());
        self.may_word("disposition", about.disposition.as_ref());
        if let Some(lasting) = &about.persistent_disposition {
            self.out.push_str("persistentDisposition");
            for (name, words) in [("set", &lasting.set), ("unset", &lasting.unset)] {
                let words = words.iter().flatten();
                let words = words.map(|word| pair(name, &self.word(word)));
                let words = joined(words.collect());
                self.out.push_str(&words);
            }
        }
        self.place("readPoint", about.read_point.as_ref());
        self.place("bizLocation", about.biz_location.as_ref());
        let papers = about.biz_transactions.iter().flatten();
        let papers = papers.map(|paper| self.paper(paper)).collect();
        self.list("bizTransactionList", papers);
        let sources = about.sources.iter().flatten();
        let typed = |kind, name, id| pair("type", &self.word(kind)) + &pair(name, &self.uri(id));
        let sources = sources
            .map(|one| typed(&one.kind, "source", &one.id))
            .collect();
        let destinations = about.destinations.iter().flatten();
        let destinations = destinations
            .map(|one| typed(&one.kind, "destination", &one.id))
            .collect();
        self.list("sourceList", sources);
        self.list("destinationList", destinations);
    }

    fn sensors(&mut self, elements: &[SensorElement]) {
        let mut later = Vec::new();
        let mut texts = Vec::new();
        for element in elements {
            let mut theirs = extension::members(&element.extensions, self.names);
            let mut text = "sensorElement".to_owned();
            if let Some(metadata) = &element.metadata {
                text.push_str("sensorMetadata");
                text.push_str(&self.metadata(metadata));
                later_of(
                    "sensorMetadata",
                    &metadata.extensions,
                    self.names,
                    &mut theirs,
                );
            }
            let reports = element.reports.iter();
            let reports = reports.map(|report| format!("sensorReport{}", self.report(report)));
            text.push_str(&joined(reports.collect()));
            for report in &element.reports {
                later_of("sensorReport", &report.extensions, self.names, &mut theirs);
            }
            if !theirs.is_empty() {
                later.push(format!("sensorElement{}", joined(theirs)));
            }
            texts.push(text);
        }
        self.list("sensorElementList", texts);
        if !later.is_empty() {
            self.later
                .push(format!("sensorElementList{}", joined(later)));
        }
    }

    fn metadata(&self, metadata: &SensorMetadata) -> String {
        let mut text = String::new();
        let times = [
            ("time", &metadata.time),
            ("startTime", &metadata.start_time),
            ("endTime", &metadata.end_time),
        ];
        for (name, time) in times {
            put_time(&mut text, name, time.as_ref());
        }
        let uris = [
            ("deviceID", &metadata.device_id),
            ("deviceMetadata", &metadata.device_metadata),
            ("rawData", &metadata.raw_data),
            ("dataProcessingMethod", &metadata.data_processing_method),
            ("bizRules", &metadata.biz_rules),
        ];
        self.put_uris(&mut text, &uris);
        text
    }

    fn report(&self, report: &SensorReport) -> String {
        let mut text = String::new();
        let words = [
            ("type", report.kind.as_ref().map(|word| self.word(word))),
            (
                "exception",
                report.exception.as_ref().map(|word| self.word(word)),
            ),
        ];
        put_texts(&mut text, &words);
        let uris = [
            ("deviceID", &report.device_id),
            ("deviceMetadata", &report.device_metadata),
            ("rawData", &report.raw_data),
            ("dataProcessingMethod", &report.data_processing_method),
        ];
        self.put_uris(&mut text, &uris);
        put_time(&mut text, "time", report.time.as_ref());
        let uris = [
            ("microorganism", &report.microorganism),
            ("chemicalSubstance", &report.chemical_substance),
        ];
        self.put_uris(&mut text, &uris);
        put_number(&mut text, "value", report.value.as_ref());
        let component = report.component.as_ref().map(|word| self.word(word));
        let trimmed = |text: &String| text.trim().to_owned();
        let values = [
            ("component", component),
            ("stringValue", report.string_value.as_ref().map(trimmed)),
            (
                "booleanValue",
                report.boolean_value.map(|value| value.to_string()),
            ),
            (
                "hexBinaryValue",
                report
                    .hex_binary_value
                    .as_ref()
                    .map(|value| value.written().to_owned()),
            ),
        ];
        put_texts(&mut text, &values);
        self.put_uris(&mut text, &[("uriValue", &report.uri_value)]);
        let numbers = [
            ("minValue", &report.min_value),
            ("maxValue", &report.max_value),
            ("meanValue", &report.mean_value),
            ("sDev", &report.standard_deviation),
            ("percRank", &report.percentile_rank),
            ("percValue", &report.percentile_value),
        ];
        for (name, number) in numbers {
            put_number(&mut text, name, number.as_ref());
        }
        put_texts(&mut text, &[("uom", report.uom.as_ref().map(trimmed))]);
        let frame = (
            "coordinateReferenceSystem",
            &report.coordinate_reference_system,
        );
        self.put_uris(&mut text, &[frame]);
        text
    }

    fn field(&mut self, name: &str, text: &str) {
        self.out.push_str(&pair(name, text));
    }

    fn may_uri(&mut self, name: &str, uri: Option<&Uri>) {
        if let Some(uri) = uri {
            self.field(name, &self.uri(uri));
        }
    }

    fn may_word<V: Vocabulary>(&mut self, name: &str, word: Option<&Word<V>>) {
        if let Some(word) = word {
            self.field(name, &self.word(word));
        }
    }

    fn place(&mut self, name: &str, place: Option<&Place>) {
        let Some(place) = place else { return };
        let id = pair("id", &self.uri(&place.id));
        self.out.push_str(name);
        self.out.push_str(&id);
        later_of(name, &place.extensions, self.names, &mut self.later);
    }

    fn epcs(&mut self, name: &str, epcs: Option<&[Uri]>) {
        let epcs = epcs.unwrap_or_default().iter();
        let epcs = epcs.map(|epc| pair("epc", &self.uri(epc))).collect();
        self.list(name, epcs);
    }

    fn quantities(&mut self, name: &str, quantities: Option<&[Quantity]>) {
        let each = |quantity: &Quantity| {
            let mut text = "quantityElement".to_owned();
            text.push_str(&pair("epcClass", &self.uri(&quantity.epc_class)));
            let amount = quantity.quantity.as_ref().map(crate::Amount::number);
            put_number(&mut text, "quantity", amount);
            let unit = quantity.uom.as_ref().map(|unit| unit.written().to_owned());
            put_texts(&mut text, &[("uom", unit)]);
            text
        };
        let quantities = quantities.unwrap_or_default().iter().map(each).collect();
        self.list(name, quantities);
    }

    fn paper(&self, paper: &BizTransaction) -> String {
        let mut text = String::new();
        let kind = paper.kind.as_ref().map(|word| self.word(word));
        put_texts(&mut text, &[("type", kind)]);
        text.push_str(&pair("bizTransaction", &self.uri(&paper.id)));
        text
    }

    /// A list says its name once; an empty one says nothing.
    fn list(&mut self, name: &str, texts: Vec<String>) {
        if !texts.is_empty() {
            self.out.push_str(name);
            self.out.push_str(&joined(texts));
        }
    }

    fn put_uris(&self, text: &mut String, uris: &[(&str, &Option<Uri>)]) {
        for (name, uri) in uris {
            if let Some(uri) = uri {
                text.push_str(&pair(name, &self.uri(uri)));
            }
        }
    }

    fn uri(&self, uri: &Uri) -> String {
        value::text(uri.written(), self.names)
    }

    fn word<V: Vocabulary>(&self, word: &Word<V>) -> String {
        match word.known() {
            Some(known) => known.web(),
            None => value::text(word.written(), self.names),
        }
    }
}

/// Fields of others inside a standard field.
fn later_of(
    name: &str,
    extensions: &crate::Extensions,
    names: &Namespaces,
    later: &mut Vec<String>,
) {
    if !extensions.is_empty() {
        let theirs = joined(extension::members(extensions, names));
        later.push(format!("{name}{theirs}"));
    }
}

fn put_time(text: &mut String, name: &str, time: Option<&Time>) {
    if let Some(time) = time {
        text.push_str(&pair(name, &value::time(time)));
    }
}

fn put_number(text: &mut String, name: &str, number: Option<&Decimal>) {
    if let Some(number) = number {
        text.push_str(&pair(name, &value::number(number)));
    }
}

fn put_texts(text: &mut String, texts: &[(&str, Option<String>)]) {
    for (name, value) in texts {
        if let Some(value) = value {
            text.push_str(&pair(name, value));
        }
    }
}

fn pair(name: &str, text: &str) -> String {
    format!("{name}={text}")
}

/// Sorted by their bytes, without anything between them.
fn joined(mut texts: Vec<String>) -> String {
    texts.sort_unstable();
    texts.concat()
}
