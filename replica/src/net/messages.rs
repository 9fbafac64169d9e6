//! Frames of evidence transfers and of the join protocol (format, section 10). Those of the sync
//! session are the core's.

use chopmark_core::{
    CodeHash, DeviceId, EvidenceId, Group, HpkePublic, Kem, KnownPeer, MemberId, MlDsa44Public,
    NetworkId, ReaderGroup, Sealed, SealedReaderKey, limits,
};
use minicbor::bytes::ByteVec;
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};

use super::frames::FrameError;

/// Tag of the session's first frame.
const HELLO: u64 = 0;

/// One message outside a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    Bye {
        code: String,
        detail: String,
    },
    Put {
        id: EvidenceId,
        length: u64,
    },
    Begin {
        offset: u64,
        length: u64,
    },
    Part(Vec<u8>),
    Stored,
    Get {
        id: EvidenceId,
        offset: u64,
    },
    /// Of which run a code is, where nobody used the thing yet?
    Item(CodeHash),
    /// The bytes of the answer.
    Undrawn(Vec<u8>),
    Join(JoinRequest),
    Joined(JoinAnswer),
    /// A peer that is far behind: its height, and how many blocks its log has.
    Behind {
        height: u64,
        logged: u64,
    },
    /// The bytes of what a snapshot begins with.
    Offer(Vec<u8>),
    /// A part of its state.
    State(Vec<u8>),
    /// Statements of its log.
    Statements(Vec<Vec<u8>>),
    /// All of it was said.
    End,
    /// The checkpoints of these heights, with their blocks.
    Passed {
        from: u64,
        to: u64,
    },
    /// Some of them, item by item.
    Items(Vec<Vec<u8>>),
}

/// Byte strings in one message: none of them has less than a few dozen bytes.
const MANY: u64 = 65_536;

/// What a new device hands in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRequest {
    /// The network that the invitation names.
    pub network: NetworkId,
    /// The invitation's secret.
    pub secret: [u8; 16],
    /// The new device's key; the connection has proven it.
    pub device: DeviceId,
    /// What secrets for the new device are sealed to.
    pub hpke: HpkePublic,
    /// The key of its second signatures.
    pub second: MlDsa44Public,
}

/// What a new device gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinAnswer {
    /// The genesis's bytes.
    pub genesis: Vec<u8>,
    /// The bytes of the block that enrols the device.
    pub enrolment: Vec<u8>,
    /// Private keys of the reader groups it belongs to, of every epoch.
    pub reader_keys: Vec<SealedReaderKey>,
    /// The network's other peers, for when this one does not answer.
    pub peers: Vec<KnownPeer>,
}

type Encoded = Result<(), minicbor::encode::Error<std::convert::Infallible>>;
type Decoded<T> = Result<T, minicbor::decode::Error>;

impl JoinAnswer {
    /// Its bytes, as they go over the wire (docs/format.md, 10).
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Message::Joined(self.clone()).encode()
    }

    /// Reads them.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        match Message::decode(bytes) {
            Ok(Message::Joined(answer)) => Some(answer),
            _ => None,
        }
    }
}

impl Message {
    pub(super) fn bye(code: &str, detail: impl Into<String>) -> Self {
        Self::Bye {
            code: code.to_owned(),
            detail: detail.into(),
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        // Writing into a vector cannot fail.
        let _ = self.write(&mut Encoder::new(&mut bytes));
        bytes
    }

    /// Reads a message. Bytes that are not its one spelling are refused.
    pub(super) fn decode(bytes: &[u8]) -> Result<Self, FrameError> {
        let mut decoder = Decoder::new(bytes);
        let message = Self::read(&mut decoder)
            .map_err(|_| FrameError::Malformed("unknown or broken message"))?;
        if message.encode() != bytes {
            return Err(FrameError::Malformed("not its deterministic encoding"));
        }
        Ok(message)
    }

    fn write(&self, to: &mut Encoder<&mut Vec<u8>>) -> Encoded {
        match self {
            Self::Bye { code, detail } => to.array(3)?.u8(4)?.str(code)?.str(detail)?,
            Self::Put { id, length } => to.array(3)?.u8(10)?.bytes(id.as_bytes())?.u64(*length)?,
            Self::Begin { offset, length } => to.array(3)?.u8(11)?.u64(*offset)?.u64(*length)?,
            Self::Part(bytes) => to.array(2)?.u8(12)?.bytes(bytes)?,
            Self::Stored => to.array(1)?.u8(13)?,
            Self::Get { id, offset } => to.array(3)?.u8(14)?.bytes(id.as_bytes())?.u64(*offset)?,
            Self::Item(code) => to.array(2)?.u8(15)?.bytes(code.as_bytes())?,
            Self::Undrawn(bytes) => to.array(2)?.u8(16)?.bytes(bytes)?,
            Self::Join(request) => {
                to.array(6)?
                    .u8(20)?
                    .bytes(request.network.as_bytes())?
                    .bytes(&request.secret)?;
                to.bytes(request.device.as_bytes())?;
                write_hpke(to, &request.hpke)?;
                to.bytes(request.second.as_bytes())?
            }
            Self::Joined(answer) => {
                to.array(5)?
                    .u8(21)?
                    .bytes(&answer.genesis)?
                    .bytes(&answer.enrolment)?;
                to.array(answer.reader_keys.len() as u64)?;
                for key in &answer.reader_keys {
                    to.array(6)?
                        .bytes(key.of.member.as_bytes())?
                        .u8(key.of.group.as_u8())?
                        .u32(key.epoch)?;
                    write_hpke(to, &key.public)?;
                    to.bytes(&key.sealed.enc)?.bytes(&key.sealed.sealed)?;
                }
                to.array(answer.peers.len() as u64)?;
                for peer in &answer.peers {
                    to.writer_mut().extend(peer.to_bytes());
                }
                to
            }
            Self::Behind { height, logged } => to.array(3)?.u8(30)?.u64(*height)?.u64(*logged)?,
            Self::Offer(bytes) => to.array(2)?.u8(31)?.bytes(bytes)?,
            Self::State(bytes) => to.array(2)?.u8(32)?.bytes(bytes)?,
            Self::Statements(list) => write_many(to, 33, list)?,
            Self::End => to.array(1)?.u8(34)?,
            Self::Passed { from, to: last } => to.array(3)?.u8(35)?.u64(*from)?.u64(*last)?,
            Self::Items(list) => write_many(to, 36, list)?,
        };
        Ok(())
    }

    fn read(from: &mut Decoder<'_>) -> Decoded<Self> {
        let wrong = || minicbor::decode::Error::message("message");
        let length = from.array()?.ok_or_else(wrong)?;
        Ok(match (from.u8()?, length) {
            (4, 3) => Self::Bye {
                code: from.str()?.to_owned(),
                detail: from.str()?.to_owned(),
            },
            (10, 3) => Self::Put {
                id: EvidenceId::from_bytes(array(from)?),
                length: from.u64()?,
            },
            (11, 3) => Self::Begin {
                offset: from.u64()?,
                length: from.u64()?,
            },
            (12, 2) => Self::Part(from.bytes()?.to_vec()),
            (13, 1) => Self::Stored,
            (14, 3) => Self::Get {
                id: EvidenceId::from_bytes(array(from)?),
                offset: from.u64()?,
            },
            (15, 2) => Self::Item(CodeHash::from_bytes(array(from)?)),
            (16, 2) => Self::Undrawn(from.bytes()?.to_vec()),
            (20, 6) => Self::Join(JoinRequest {
                network: NetworkId::from_bytes(array(from)?),
                secret: array(from)?,
                device: DeviceId::from_bytes(array(from)?),
                hpke: hpke(from)?,
                second: MlDsa44Public::from_bytes(from.bytes()?).map_err(|_| wrong())?,
            }),
            (21, 5) => Self::Joined(JoinAnswer {
                genesis: from.bytes()?.to_vec(),
                enrolment: from.bytes()?.to_vec(),
                reader_keys: {
                    let count = from.array()?.ok_or_else(wrong)?;
                    // Not reserved ahead: a count costs the sender nothing.
                    (0..count)
                        .map(|_| reader_key(from))
                        .collect::<Decoded<_>>()?
                },
                peers: {
                    let count = from.array()?.ok_or_else(wrong)?;
                    if count > limits::KNOWN_PEERS as u64 {
                        return Err(wrong());
                    }
                    (0..count)
                        .map(|_| known_peer(from))
                        .collect::<Decoded<_>>()?
                },
            }),
            (30, 3) => Self::Behind {
                height: from.u64()?,
                logged: from.u64()?,
            },
            (31, 2) => Self::Offer(from.bytes()?.to_vec()),
            (32, 2) => Self::State(from.bytes()?.to_vec()),
            (33, 2) => Self::Statements(many(from)?),
            (34, 1) => Self::End,
            (35, 3) => Self::Passed {
                from: from.u64()?,
                to: from.u64()?,
            },
            (36, 2) => Self::Items(many(from)?),
            _ => return Err(wrong()),
        })
    }
}

/// Whether a stream's first frame begins a session.
pub(super) fn begins_session(frame: &[u8]) -> bool {
    let mut decoder = Decoder::new(frame);
    decoder.array().is_ok_and(|length| length.is_some())
        && matches!(decoder.datatype(), Ok(Type::U8))
        && decoder.u64().is_ok_and(|tag| tag == HELLO)
}

fn array<const N: usize>(from: &mut Decoder<'_>) -> Decoded<[u8; N]> {
    from.bytes()?
        .try_into()
        .map_err(|_| minicbor::decode::Error::message("length"))
}

fn write_many<'a, 'b>(
    to: &'a mut Encoder<&'b mut Vec<u8>>,
    tag: u8,
    list: &[Vec<u8>],
) -> Result<&'a mut Encoder<&'b mut Vec<u8>>, minicbor::encode::Error<std::convert::Infallible>> {
    to.array(2)?.u8(tag)?.array(list.len() as u64)?;
    for bytes in list {
        to.bytes(bytes)?;
    }
    Ok(to)
}

fn many(from: &mut Decoder<'_>) -> Decoded<Vec<Vec<u8>>> {
    let count = from.array()?.filter(|count| *count <= MANY);
    let count = count.ok_or_else(|| minicbor::decode::Error::message("count"))?;
    // Not reserved ahead: a count costs the sender nothing.
    (0..count).map(|_| Ok(from.bytes()?.to_vec())).collect()
}

fn write_hpke(to: &mut Encoder<&mut Vec<u8>>, key: &HpkePublic) -> Encoded {
    to.array(2)?.u16(key.kem().id())?.bytes(key.as_bytes())?;
    Ok(())
}

fn hpke(from: &mut Decoder<'_>) -> Decoded<HpkePublic> {
    let wrong = || minicbor::decode::Error::message("hpke key");
    if from.array()? != Some(2) {
        return Err(wrong());
    }
    let id = from.u16()?;
    let kem = [Kem::X25519, Kem::XWing]
        .into_iter()
        .find(|kem| kem.id() == id)
        .ok_or_else(wrong)?;
    HpkePublic::from_bytes(kem, from.bytes()?).ok_or_else(wrong)
}

/// A peer's own bytes, which the core reads.
fn known_peer(from: &mut Decoder<'_>) -> Decoded<KnownPeer> {
    let start = from.position();
    from.skip()?;
    let bytes = from.input().get(start..from.position());
    KnownPeer::from_bytes(bytes.unwrap_or_default())
        .map_err(|_| minicbor::decode::Error::message("peer"))
}

fn reader_key(from: &mut Decoder<'_>) -> Decoded<SealedReaderKey> {
    let wrong = || minicbor::decode::Error::message("reader key");
    if from.array()? != Some(6) {
        return Err(wrong());
    }
    let member = MemberId::from_bytes(array(from)?);
    let group = Group::try_from(from.u8()?).map_err(|_| wrong())?;
    Ok(SealedReaderKey {
        of: ReaderGroup::new(member, group),
        epoch: from.u32()?,
        public: hpke(from)?,
        sealed: Sealed {
            enc: from.decode::<ByteVec>()?.into(),
            sealed: from.decode::<ByteVec>()?.into(),
        },
    })
}
