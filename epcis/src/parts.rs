//! What events are made of beside sensor data.

use crate::shape::Shape;
use crate::terms::Terms;
use crate::written::Written;
use crate::{
    BizTransactionType, Decimal, Disposition, ErrorReason, Fault, Json, Members, Reason,
    SourceDestinationType, Time, Uom, Uri, Word,
};

/// Fields of others, under their names with prefix, kept exactly.
pub type Extensions = Members;

shape! {
    /// How much of a class of things, such as a batch.
    pub struct Quantity {
        /// The class: a GTIN, a batch of one.
        need epc_class: Uri = "epcClass",
        /// How much or how many; absent means an unknown amount.
        may quantity: Amount = "quantity",
        /// The unit; absent means pieces.
        may uom: Uom = "uom",
    }
}

/// A quantity of goods: a number that is not below zero.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(Decimal);

impl Amount {
    /// Takes a number that is not below zero.
    pub fn new(number: Decimal) -> Result<Self, Reason> {
        if number.is_negative() {
            Err(Reason::Negative(number.written().to_owned()))
        } else {
            Ok(Self(number))
        }
    }

    /// The number.
    pub fn number(&self) -> &Decimal {
        &self.0
    }
}

impl Shape for Amount {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        Amount::new(Decimal::read(json, terms)?).map_err(Fault::new)
    }

    fn write(&self) -> Written<'_> {
        Written::Number(&self.0)
    }
}

shape! {
    /// A read point or a business location.
    pub struct Place {
        /// Which.
        need id: Uri = "id",
        /// What others say about it.
        rest extensions: Extensions = "",
    }
}

shape! {
    /// A paper that the event belongs to.
    pub struct BizTransaction {
        /// What kind of paper.
        may kind: Word<BizTransactionType> = "type",
        /// Which.
        need id: Uri = "bizTransaction",
    }
}

shape! {
    /// Where the things come from.
    pub struct Source {
        /// In which sense.
        need kind: Word<SourceDestinationType> = "type",
        /// The party or place.
        need id: Uri = "source",
    }
}

shape! {
    /// Where the things go.
    pub struct Destination {
        /// In which sense.
        need kind: Word<SourceDestinationType> = "type",
        /// The party or place.
        need id: Uri = "destination",
    }
}

shape! {
    /// Dispositions that hold beyond this event.
    pub struct PersistentDisposition {
        /// From now on.
        may set: Vec<Word<Disposition>> = "set",
        /// No longer.
        may unset: Vec<Word<Disposition>> = "unset",
    }
}

shape! {
    /// Says that the event with this id was wrong.
    pub struct ErrorDeclaration {
        /// When it was declared.
        need declaration_time: Time = "declarationTime",
        /// Why.
        may reason: Word<ErrorReason> = "reason",
        /// The events that say it right.
        may corrective_event_ids: Vec<Uri> = "correctiveEventIDs",
        /// What others say about it.
        rest extensions: Extensions = "",
    }
}

/// A field that JSON-LD writes as one value or as a list; which of them is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OneOrMany<T> {
    /// One, without brackets.
    One(T),
    /// A list, also of one or none.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// The values.
    pub fn values(&self) -> &[T] {
        match self {
            OneOrMany::One(value) => std::slice::from_ref(value),
            OneOrMany::Many(values) => values,
        }
    }
}

impl<T: Shape> Shape for OneOrMany<T> {
    fn read(json: Json, terms: &Terms) -> Result<Self, Fault> {
        match json {
            Json::List(_) => Vec::read(json, terms).map(OneOrMany::Many),
            one => T::read(one, terms).map(OneOrMany::One),
        }
    }

    fn write(&self) -> Written<'_> {
        match self {
            OneOrMany::One(value) => value.write(),
            OneOrMany::Many(values) => values.write(),
        }
    }
}
