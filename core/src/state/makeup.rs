//! What a subject consists of: one thing, so much of a batch, or the items of a run.

use super::codec::wire_fields;
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::rules::Refusal;
use crate::{Amount, MemberId, Quantity, RecordRef, RunSpec, SubjectId, Unit};

/// What a subject consists of. What only some have is boxed: a peer keeps a million of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Makeup {
    /// One thing, with a code of its own.
    One,
    /// So much of a kind of goods.
    Batch(Box<Batch>),
    /// Items that began together and have had no record of their own.
    Run(Box<Run>),
}

/// What a refusal names of a subject: the two ends of what is written about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Life {
    pub(crate) subject: SubjectId,
    /// Its commissioning.
    pub(crate) began: RecordRef,
    /// The newest record about it.
    pub(crate) latest: RecordRef,
}

/// How much there is of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    pub(crate) amount: Option<Amount>,
    pub(crate) unit: Unit,
}

wire_fields!(Batch { amount, unit });

impl Batch {
    /// What is left; none where the network keeps amounts in sections.
    #[must_use]
    pub const fn amount(&self) -> Option<Amount> {
        self.amount
    }

    /// What it is counted or weighed in.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// Takes so much out. Amounts that stand in sections are for those who open them to judge.
    pub(crate) fn take(&mut self, life: &Life, quantity: &Quantity) -> Result<(), Refusal> {
        self.check_unit(life, quantity)?;
        if let (Some(there), Some(taken)) = (self.amount, quantity.amount) {
            let left = there.minus(taken);
            self.amount = Some(left.ok_or(Refusal::NotEnough {
                subject: life.subject,
                there,
                latest: life.latest,
            })?);
        }
        Ok(())
    }

    /// Adds so much.
    pub(crate) fn add(&mut self, life: &Life, quantity: &Quantity) -> Result<(), Refusal> {
        self.check_unit(life, quantity)?;
        if let (Some(there), Some(added)) = (self.amount, quantity.amount) {
            let more = there.plus(added);
            self.amount = Some(more.ok_or(Refusal::TooMuch {
                subject: life.subject,
                there,
                latest: life.latest,
            })?);
        }
        Ok(())
    }

    fn check_unit(&self, life: &Life, quantity: &Quantity) -> Result<(), Refusal> {
        if self.unit == quantity.unit {
            Ok(())
        } else {
            Err(Refusal::OtherUnit {
                subject: life.subject,
                unit: self.unit,
                by: life.began,
            })
        }
    }
}

/// The items of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    pub(crate) maker: MemberId,
    pub(crate) spec: RunSpec,
    pub(crate) drawn: u64,
}

wire_fields!(Run { maker, spec, drawn });

impl Run {
    /// The member that commissioned it: its items' codes are under a prefix of this member.
    #[must_use]
    pub const fn maker(&self) -> MemberId {
        self.maker
    }

    /// How many items there were, and the tree over them.
    #[must_use]
    pub const fn spec(&self) -> RunSpec {
        self.spec
    }

    /// How many of them have records of their own by now.
    #[must_use]
    pub const fn drawn(&self) -> u64 {
        self.drawn
    }
}

impl Makeup {
    /// An item, or a batch of a quantity.
    pub(crate) fn of(quantity: Option<Quantity>) -> Self {
        match quantity {
            None => Self::One,
            Some(Quantity { amount, unit }) => Self::Batch(Box::new(Batch { amount, unit })),
        }
    }

    /// A run as it begins.
    pub(crate) fn run(maker: MemberId, spec: RunSpec) -> Self {
        Self::Run(Box::new(Run {
            maker,
            spec,
            drawn: 0,
        }))
    }

    /// The batch, if it is one.
    pub(crate) fn batch_mut(&mut self, life: &Life) -> Result<&mut Batch, Refusal> {
        match self {
            Self::Batch(batch) => Ok(batch),
            Self::One | Self::Run(_) => Err(Refusal::NotABatch {
                subject: life.subject,
                by: life.began,
            }),
        }
    }

    /// How much there is, of a batch.
    #[must_use]
    pub fn quantity(&self) -> Option<Quantity> {
        match self {
            Self::Batch(batch) => Some(Quantity {
                amount: batch.amount,
                unit: batch.unit,
            }),
            Self::One | Self::Run(_) => None,
        }
    }
}

impl Wire for Makeup {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::One => to.null(),
            Self::Batch(batch) => {
                to.array(2);
                to.u64(0);
                batch.write(to);
            }
            Self::Run(run) => {
                to.array(2);
                to.u64(1);
                run.write(to);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let boxed = from.option(|from| {
            from.array_exactly(2)?;
            match from.u64()? {
                0 => Ok(Self::Batch(Wire::read(from)?)),
                1 => Ok(Self::Run(Wire::read(from)?)),
                _ => Err(CborError::Value { what: "makeup" }),
            }
        })?;
        Ok(boxed.unwrap_or(Self::One))
    }
}
