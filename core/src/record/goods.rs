//! What commissioning, transformation and drawing say of the things that they make.

use crate::{
    ActivationPublic,
    cbor::{CborError, Reader, Wire, Writer, to_bytes},
    code::{GoodsClass, Prefix},
    conservation::Portion,
    hash::labelled,
    ids::{CodeHash, Digest32, MemberId, NetworkId, SubjectId},
    limits,
    merkle::{TreeHash, leaf_hash, root_from_path},
    quantity::Quantity,
};

/// Serials that begin together, in one record: their number, and the root of the tree over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunSpec {
    /// How many items.
    pub count: u32,
    /// The root of the RFC 9162 tree over their leaves, sorted by code hash.
    pub root: Digest32,
}

impl RunSpec {
    /// The subject that the run is, as long as its items have none of their own.
    #[must_use]
    pub fn subject(&self, network: &NetworkId, maker: &MemberId) -> SubjectId {
        SubjectId::from_bytes(labelled(
            "chopmark/run/1",
            &[network.as_bytes(), maker.as_bytes(), self.root.as_bytes()],
        ))
    }

    /// Whether the tree holds this item at its place.
    #[must_use]
    pub fn holds(&self, item: &RunItem) -> bool {
        let leaf = leaf_hash(&run_leaf(&item.code, item.activation.as_ref()));
        let root = root_from_path(&leaf, item.index.into(), self.count.into(), &item.path);
        root.as_ref() == Some(self.root.as_bytes())
    }

    pub(super) fn check(&self) -> Result<(), CborError> {
        if (1..=limits::RUN_ITEMS).contains(&self.count) {
            Ok(())
        } else {
            Err(CborError::Value {
                what: "run's count",
            })
        }
    }
}

impl Wire for RunSpec {
    fn write(&self, to: &mut Writer) {
        to.array(2);
        to.u64(self.count.into());
        self.root.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(2)?;
        Ok(Self {
            count: from.u32()?,
            root: Digest32::read(from)?,
        })
    }
}

/// A leaf of a run's tree.
pub(crate) fn run_leaf(code: &CodeHash, activation: Option<&Digest32>) -> Vec<u8> {
    to_bytes(&(*code, activation.copied()))
}

/// An item of a run with the proof that the run's tree holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunItem {
    /// Its place among the run's items, from 0.
    pub index: u32,
    /// Its code.
    pub code: CodeHash,
    /// The public half of the key under its seal.
    pub activation: Option<Digest32>,
    /// The path from its leaf to the root.
    pub path: Vec<TreeHash>,
}

impl Wire for RunItem {
    fn write(&self, to: &mut Writer) {
        to.array(4);
        to.u64(self.index.into());
        self.code.write(to);
        self.activation.write(to);
        to.array(self.path.len());
        for node in &self.path {
            to.bytes(node);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.array_exactly(4)?;
        let index = from.u32()?;
        let code = CodeHash::read(from)?;
        let activation = Wire::read(from)?;
        let mut path = Vec::new();
        for _ in 0..from.array("path", limits::RUN_PATH)? {
            path.push(from.array_of_bytes()?);
        }
        Ok(Self {
            index,
            code,
            activation,
            path,
        })
    }
}

/// Something that a transformation makes, or makes more of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// What kind of goods it is.
    pub class: GoodsClass,
    /// The prefix that its code starts with.
    pub prefix: Prefix,
    /// What it is.
    pub made: Made,
}

/// What comes out of a transformation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// One item, and the public half of the key under its seal if it has one.
    Item(CodeHash, Option<ActivationPublic>),
    /// So much of a batch, a new one or one that grows.
    Batch(CodeHash, Quantity),
    /// A run of items.
    Run(RunSpec),
}

impl Output {
    /// Its subject under the member that makes it.
    #[must_use]
    pub fn subject(&self, network: &NetworkId, maker: &MemberId) -> SubjectId {
        match &self.made {
            Made::Item(code, _) | Made::Batch(code, _) => code.subject(network, maker),
            Made::Run(run) => run.subject(network, maker),
        }
    }

    /// How much, of a batch.
    #[must_use]
    pub const fn quantity(&self) -> Option<Quantity> {
        match &self.made {
            Made::Batch(_, quantity) => Some(*quantity),
            Made::Item(..) | Made::Run(_) => None,
        }
    }

    /// What it adds to what comes out.
    #[must_use]
    pub const fn portion(&self) -> Portion {
        Portion {
            class: self.class,
            quantity: self.quantity(),
            items: match &self.made {
                Made::Run(run) => run.count,
                Made::Item(..) | Made::Batch(..) => 1,
            },
        }
    }

    pub(super) fn check(&self) -> Result<(), CborError> {
        match &self.made {
            Made::Batch(..) if !self.class.is_gtin() => Err(CborError::Value { what: "quantity" }),
            Made::Run(run) => run.check(),
            Made::Batch(..) | Made::Item(..) => Ok(()),
        }
    }
}

impl Wire for Output {
    fn write(&self, to: &mut Writer) {
        let (len, number) = match &self.made {
            Made::Item(_, None) => (4, 0),
            Made::Item(_, Some(_)) => (5, 3),
            Made::Batch(..) => (5, 1),
            Made::Run(_) => (4, 2),
        };
        to.array(len);
        to.u64(number);
        self.class.write(to);
        self.prefix.write(to);
        match &self.made {
            Made::Item(code, activation) => {
                code.write(to);
                if let Some(key) = activation {
                    key.write(to);
                }
            }
            Made::Batch(code, quantity) => {
                code.write(to);
                quantity.write(to);
            }
            Made::Run(run) => run.write(to),
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let kind = (from.array("output", 5)?, from.u64()?);
        Ok(Self {
            class: GoodsClass::read(from)?,
            prefix: Prefix::read(from)?,
            made: match kind {
                (4, 0) => Made::Item(CodeHash::read(from)?, None),
                (5, 3) => Made::Item(CodeHash::read(from)?, Some(Wire::read(from)?)),
                (5, 1) => Made::Batch(CodeHash::read(from)?, Quantity::read(from)?),
                (4, 2) => Made::Run(RunSpec::read(from)?),
                _ => return Err(CborError::Value { what: "output" }),
            },
        })
    }
}

/// Losses are stated once for each unit, in order.
pub(super) fn check_losses(losses: &[Quantity]) -> Result<(), CborError> {
    if losses.is_sorted_by(|one, next| one.unit < next.unit) {
        Ok(())
    } else {
        Err(CborError::Value { what: "losses" })
    }
}
