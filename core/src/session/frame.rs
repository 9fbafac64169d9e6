//! Frames of the sync session (format, section 10).

#[cfg(feature = "fuzzing")]
use crate::cbor;
use crate::cbor::{CborError, Reader, Wire, Writer};
use crate::{KnownPeer, NetworkId, NumberedItem, TimeMs, limits};

/// The number of this protocol's version in a hello.
const VERSION: u64 = 1;
/// Refusal and goodbye codes are short words.
const CODE_BYTES: usize = 64;
/// Fields of the longest frame.
const HELLO_FIELDS: usize = 11;
/// Items a frame: each has at least a few dozen bytes, so this is above what fits.
pub(super) const ITEMS: usize = 65_536;

/// What is at one end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartyKind {
    /// A phone or desktop: it sends what is in its outbox.
    Device,
    /// A member's server: it sends what arrived there.
    Peer,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Hello(Hello),
    Items {
        from: u64,
        last: u64,
        items: Vec<NumberedItem>,
    },
    Ack {
        last: u64,
    },
    Refused {
        number: u64,
        code: String,
        detail: String,
    },
    Bye {
        code: String,
        detail: String,
    },
    Again {
        items: Vec<NumberedItem>,
    },
    Want {
        numbers: Vec<u64>,
    },
}

/// The first frame both ways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hello {
    pub(super) network: NetworkId,
    pub(super) instance: [u8; 16],
    pub(super) kind: PartyKind,
    pub(super) since_instance: Option<[u8; 16]>,
    pub(super) since: u64,
    pub(super) height: u64,
    pub(super) clock: TimeMs,
    pub(super) newest: u64,
    pub(super) peers: Vec<KnownPeer>,
}

/// A frame, read and written again.
#[cfg(feature = "fuzzing")]
pub(crate) fn again(bytes: &[u8]) -> Result<Vec<u8>, CborError> {
    cbor::from_canonical::<Frame>(bytes).map(|frame| cbor::to_bytes(&frame))
}

/// An items frame from items that are encoded already.
pub(super) fn items_frame(from: u64, last: u64, items: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.array(4);
    writer.u64(1);
    writer.u64(from);
    writer.u64(last);
    writer.array(items.len());
    with_items(writer, items)
}

/// An again frame from items that are encoded already.
pub(super) fn again_frame(items: &[Vec<u8>]) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.array(2);
    writer.u64(5);
    writer.array(items.len());
    with_items(writer, items)
}

fn with_items(begun: Writer, items: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = begun.into_bytes();
    bytes.reserve_exact(items.iter().map(Vec::len).sum());
    for item in items {
        bytes.extend_from_slice(item);
    }
    bytes
}

impl Wire for Frame {
    fn write(&self, to: &mut Writer) {
        match self {
            Self::Hello(hello) => hello.write(to),
            Self::Items { from, last, items } => {
                to.array(4);
                to.u64(1);
                to.u64(*from);
                to.u64(*last);
                to.list(items);
            }
            Self::Ack { last } => {
                to.array(2);
                to.u64(2);
                to.u64(*last);
            }
            Self::Refused {
                number,
                code,
                detail,
            } => {
                to.array(4);
                to.u64(3);
                to.u64(*number);
                to.text(code);
                to.text(detail);
            }
            Self::Bye { code, detail } => {
                to.array(3);
                to.u64(4);
                to.text(code);
                to.text(detail);
            }
            Self::Again { items } => {
                to.array(2);
                to.u64(5);
                to.list(items);
            }
            Self::Want { numbers } => {
                to.array(2);
                to.u64(6);
                to.list(numbers);
            }
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        let len = from.array("frame", HELLO_FIELDS)?;
        match (from.u64()?, len) {
            (0, HELLO_FIELDS) => Ok(Self::Hello(Hello::read_fields(from)?)),
            (1, 4) => Ok(Self::Items {
                from: from.u64()?,
                last: from.u64()?,
                items: from.list("items", ITEMS)?,
            }),
            (2, 2) => Ok(Self::Ack { last: from.u64()? }),
            (3, 4) => Ok(Self::Refused {
                number: from.u64()?,
                code: from.text("code", CODE_BYTES)?.to_owned(),
                detail: from.text("detail", limits::NOTE_BYTES)?.to_owned(),
            }),
            (4, 3) => Ok(Self::Bye {
                code: from.text("code", CODE_BYTES)?.to_owned(),
                detail: from.text("detail", limits::NOTE_BYTES)?.to_owned(),
            }),
            (5, 2) => Ok(Self::Again {
                items: from.list("items", ITEMS)?,
            }),
            (6, 2) => Ok(Self::Want {
                numbers: from.list("numbers", ITEMS)?,
            }),
            _ => Err(CborError::Value { what: "frame" }),
        }
    }
}

impl Hello {
    fn write(&self, to: &mut Writer) {
        to.array(HELLO_FIELDS);
        to.u64(0);
        to.u64(VERSION);
        self.network.write(to);
        to.bytes(&self.instance);
        to.u64(match self.kind {
            PartyKind::Device => 0,
            PartyKind::Peer => 1,
        });
        to.option(self.since_instance.as_ref(), |to, id| to.bytes(id));
        to.u64(self.since);
        to.u64(self.height);
        self.clock.write(to);
        to.u64(self.newest);
        to.list(&self.peers);
    }

    fn read_fields(from: &mut Reader<'_>) -> Result<Self, CborError> {
        from.version()?;
        Ok(Self {
            network: Wire::read(from)?,
            instance: from.array_of_bytes()?,
            kind: match from.u64()? {
                0 => PartyKind::Device,
                1 => PartyKind::Peer,
                _ => return Err(CborError::Value { what: "kind" }),
            },
            since_instance: from.option(Reader::array_of_bytes)?,
            since: from.u64()?,
            height: from.u64()?,
            clock: Wire::read(from)?,
            newest: from.u64()?,
            peers: from.list("peers", limits::KNOWN_PEERS)?,
        })
    }
}
