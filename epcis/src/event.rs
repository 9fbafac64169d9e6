//! The five events of EPCIS 2.0.

use crate::shape::{Fields, Named, Shape, put, put_rest};
use crate::terms::Terms;
use crate::written::Written;
use crate::{
    Action, BizStep, BizTransaction, Destination, Disposition, ErrorDeclaration, Extensions, Fault,
    Json, Members, OneOrMany, PersistentDisposition, Place, Quantity, Reason, SensorElement,
    Source, Time, Uri, Word, ZoneOffset,
};
use std::fmt::{self, Write};

/// An event: when, where, why and how in [`About`], what in [`What`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// A context of its own, as it was written.
    pub context: Option<Json>,
    /// What every event can say.
    pub about: About,
    /// What it is about.
    pub what: What,
    /// Fields of others.
    pub extensions: Extensions,
}

/// What an event is about, by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// `ObjectEvent`.
    Object(Object),
    /// `AggregationEvent`.
    Aggregation(Aggregation),
    /// `TransactionEvent`.
    Transaction(Transaction),
    /// `TransformationEvent`.
    Transformation(Transformation),
    /// `AssociationEvent`.
    Association(Association),
}

shape! {
    /// What every event can say.
    pub struct About {
        /// When it happened.
        need event_time: Time = "eventTime",
        /// When a server wrote it down.
        may record_time: Time = "recordTime",
        /// The zone where it happened.
        need event_time_zone_offset: ZoneOffset = "eventTimeZoneOffset",
        /// Its id.
        may event_id: Uri = "eventID",
        /// Certificates that hold for it.
        may certification_info: OneOrMany<Uri> = "certificationInfo",
        /// That it was wrong.
        may error_declaration: ErrorDeclaration = "errorDeclaration",
        /// What was being done.
        may biz_step: Word<BizStep> = "bizStep",
        /// The state afterwards.
        may disposition: Word<Disposition> = "disposition",
        /// The state that lasts; only of an object or a transformation.
        may persistent_disposition: PersistentDisposition = "persistentDisposition",
        /// Where exactly it was seen.
        may read_point: Place = "readPoint",
        /// Where the things are afterwards.
        may biz_location: Place = "bizLocation",
        /// The papers it belongs to.
        may biz_transactions: Vec<BizTransaction> = "bizTransactionList",
        /// Where the things come from.
        may sources: Vec<Source> = "sourceList",
        /// Where they go.
        may destinations: Vec<Destination> = "destinationList",
        /// What sensors say.
        may sensor_elements: Vec<SensorElement> = "sensorElementList",
    }
}

shape! {
    /// Something happened to things.
    pub struct Object {
        /// Begins, seen, ends.
        need action: Action = "action",
        /// The things.
        may epcs: Vec<Uri> = "epcList",
        /// Things without a serial number.
        may quantities: Vec<Quantity> = "quantityList",
        /// What is said of them once, at their beginning.
        may ilmd: Members = "ilmd",
    }
}

shape! {
    /// Things were packed into, seen in, or unpacked from something.
    pub struct Aggregation {
        /// Packed, seen, unpacked.
        need action: Action = "action",
        /// What they are in.
        may parent_id: Uri = "parentID",
        /// The things.
        may child_epcs: Vec<Uri> = "childEPCs",
        /// Things without a serial number.
        may child_quantities: Vec<Quantity> = "childQuantityList",
    }
}

shape! {
    /// Things became part of business papers, which are in [`About::biz_transactions`].
    pub struct Transaction {
        /// Linked, seen, unlinked.
        need action: Action = "action",
        /// What they are in.
        may parent_id: Uri = "parentID",
        /// The things.
        may epcs: Vec<Uri> = "epcList",
        /// Things without a serial number.
        may quantities: Vec<Quantity> = "quantityList",
    }
}

shape! {
    /// Things went in, other things came out.
    pub struct Transformation {
        /// What went in.
        may input_epcs: Vec<Uri> = "inputEPCList",
        /// What went in without a serial number.
        may input_quantities: Vec<Quantity> = "inputQuantityList",
        /// What came out.
        may output_epcs: Vec<Uri> = "outputEPCList",
        /// What came out without a serial number.
        may output_quantities: Vec<Quantity> = "outputQuantityList",
        /// Joins several events to one transformation.
        may transformation_id: Uri = "transformationID",
        /// What is said of the output once, at its beginning.
        may ilmd: Members = "ilmd",
    }
}

shape! {
    /// Things were linked to something that stays: a sensor to its container.
    pub struct Association {
        /// Linked, seen, parted.
        need action: Action = "action",
        /// What they are linked to.
        need parent_id: Uri = "parentID",
        /// The things.
        may child_epcs: Vec<Uri> = "childEPCs",
        /// Things without a serial number.
        may child_quantities: Vec<Quantity> = "childQuantityList",
    }
}

/// What the text of most events takes.
const TEXT_BYTES: usize = 1024;
/// Context and type of an event; what remains is read by the type.
const CONTEXT: &str = "@context";
const TYPE: &str = "type";

impl Event {
    /// Reads one event without a document around it.
    pub fn read(json: Json) -> Result<Self, Fault> {
        <Self as Shape>::read(json, &Terms::default())
    }

    /// Reads an event inside a document whose context allows `terms`.
    pub(crate) fn read_within(json: Json, terms: &Terms) -> Result<Self, Fault> {
        <Self as Shape>::read(json, terms)
    }

    /// As JSON.
    pub fn write(&self) -> Json {
        Shape::write(self).to_json()
    }

    /// As JSON text: no spaces, members in the order of their names.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(TEXT_BYTES);
        // A string takes whatever is written.
        let _ = write!(text, "{}", Shape::write(self));
        text
    }

    /// How many bytes [`Event::text`] has.
    pub fn text_len(&self) -> usize {
        let mut counted = Counted(0);
        // Counting takes whatever is written.
        let _ = write!(counted, "{}", Shape::write(self));
        counted.0
    }

    /// The rules between fields, as the standard's JSON schema has them.
    fn checked(self) -> Result<Self, Fault> {
        // EPCIS 2.0, 7.3.6.2.2: elsewhere nobody could tell parents from children.
        let is_of_things = matches!(self.what, What::Object(_) | What::Transformation(_));
        if self.about.persistent_disposition.is_some() && !is_of_things {
            return Err(Fault::new(Reason::NotInThisEvent).in_member("persistentDisposition"));
        }
        let sensed = has(self.about.sensor_elements.as_ref()) && self.about.read_point.is_some();
        let missing = match &self.what {
            What::Object(object) => {
                if object.ilmd.is_some() && object.action != Action::Add {
                    return Err(Fault::new(Reason::IlmdWithoutAdd).in_member("ilmd"));
                }
                let is_about = object.epcs.is_some() || has(object.quantities.as_ref()) || sensed;
                (!is_about).then_some("epcList, quantityList, or sensor data with a readPoint")
            }
            What::Aggregation(event) => {
                let has_children = has(event.child_epcs.as_ref())
                    || has(event.child_quantities.as_ref())
                    || event.action == Action::Delete;
                if event.parent_id.is_none() && event.action != Action::Observe {
                    Some("parentID, when its action is ADD or DELETE")
                } else {
                    (!has_children).then_some("childEPCs or childQuantityList")
                }
            }
            What::Transaction(event) => {
                let is_about = event.epcs.is_some()
                    || has(event.quantities.as_ref())
                    || event.action == Action::Delete;
                if has(self.about.biz_transactions.as_ref()) {
                    (!is_about).then_some("epcList or quantityList")
                } else {
                    Some("bizTransactionList")
                }
            }
            What::Transformation(event) => {
                let takes = has(event.input_epcs.as_ref()) || has(event.input_quantities.as_ref());
                let gives =
                    has(event.output_epcs.as_ref()) || has(event.output_quantities.as_ref());
                let is_part = event.transformation_id.is_some() && (takes || gives);
                (!(takes && gives || is_part))
                    .then_some("inputs and outputs, or one of them with a transformationID")
            }
            What::Association(event) => {
                let has_children = has(event.child_epcs.as_ref())
                    || has(event.child_quantities.as_ref())
                    || event.action == Action::Delete;
                (!has_children).then_some("childEPCs or childQuantityList")
            }
        };
        match missing {
            Some(missing) => Err(Fault::new(Reason::Needs(missing))),
            None => Ok(self),
        }
    }
}

fn has<T>(list: Option<&Vec<T>>) -> bool {
    list.is_some_and(|list| !list.is_empty())
}

impl What {
    /// The name of the type in JSON.
    pub fn type_name(&self) -> &'static str {
        match self {
            What::Object(_) => "ObjectEvent",
            What::Aggregation(_) => "AggregationEvent",
            What::Transaction(_) => "TransactionEvent",
            What::Transformation(_) => "TransformationEvent",
            What::Association(_) => "AssociationEvent",
        }
    }

    fn take(kind: &str, fields: &mut Fields<'_>) -> Result<Self, Fault> {
        match kind {
            "ObjectEvent" => Object::take(fields).map(What::Object),
            "AggregationEvent" => Aggregation::take(fields).map(What::Aggregation),
            "TransactionEvent" => Transaction::take(fields).map(What::Transaction),
            "TransformationEvent" => Transformation::take(fields).map(What::Transformation),
            "AssociationEvent" => Association::take(fields).map(What::Association),
            other => {
                let shown = other.chars().take(80).collect();
                Err(Fault::new(Reason::UnknownEventType(shown)).in_member(TYPE))
            }
        }
    }

    fn put<'a>(&'a self, members: &mut Named<'a>) {
        match self {
            What::Object(event) => event.put(members),
            What::Aggregation(event) => event.put(members),
            What::Transaction(event) => event.put(members),
            What::Transformation(event) => event.put(members),
            What::Association(event) => event.put(members),
        }
    }
}

/// Keeps of what is written only how much it is.
struct Counted(usize);

impl Write for Counted {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 = self.0.saturating_add(text.len());
        Ok(())
    }
}

impl Shape for Event {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        let Json::Object(mut members) = json else {
            return Err(Fault::new(Reason::Not("an object")));
        };
        let context = members.remove(CONTEXT);
        let terms = terms.within(context.as_ref());
        let mut fields = Fields::of(Json::Object(members), &terms)?;
        let kind: String = fields.need(TYPE)?;
        let event = Self {
            context,
            what: What::take(&kind, &mut fields)?,
            about: About::take(&mut fields)?,
            extensions: fields.rest()?,
        };
        event.checked()
    }

    fn write(&self) -> Written<'_> {
        let mut members = Named::new();
        put_rest(&mut members, &self.extensions);
        self.about.put(&mut members);
        self.what.put(&mut members);
        members.push((TYPE, Written::Text(self.what.type_name())));
        put(&mut members, CONTEXT, self.context.as_ref());
        Written::Object(members)
    }
}
