//! The fields of each kind of record: all that rules read.

use crate::{
    cbor::{CborError, Reader, Wire, Writer},
    code::Prefix,
    ids::{BlockId, CodeHash, DeviceId, Digest32, EvidenceId, MemberId, Seq, TimeMs, TzMinutes},
    limits,
    member::{DeviceEntry, numbered},
};

numbered! {
    /// What a record is.
    Kind: "kind" {
        /// A member takes a device in.
        Enrol = 1,
        /// A member gives a device up.
        Revoke = 2,
        /// A member says that a prefix belongs to a member.
        RegisterPrefix = 3,
        /// Things begin.
        Commission = 10,
        /// Something happened to things.
        Observe = 11,
        /// Things go into a container.
        Pack = 12,
        /// Things come out of a container.
        Unpack = 13,
        /// Custody is offered.
        Offer = 20,
        /// Custody is taken.
        Accept = 21,
        /// Someone looked at things and judged them.
        Attest = 30,
    }
}

impl Kind {
    /// The fewest and the most subjects it may have.
    pub(crate) const fn subject_counts(self) -> (usize, usize) {
        match self {
            Self::Enrol | Self::Revoke | Self::RegisterPrefix => (0, 0),
            Self::Commission | Self::Observe | Self::Attest => (1, limits::SUBJECTS),
            Self::Pack | Self::Unpack => (2, limits::SUBJECTS),
            Self::Offer | Self::Accept => (1, 1),
        }
    }
}

numbered! {
    /// In what state a receiver took something over.
    Condition: "condition" {
        /// All there and whole.
        Good = 0,
        /// Something is missing.
        Shortage = 1,
        /// Something is damaged.
        Damage = 2,
        /// The seal is broken.
        SealBroken = 3,
    }
}

numbered! {
    /// What an inspection found.
    Verdict: "verdict" {
        /// As it should be.
        Pass = 0,
        /// Not as it should be.
        Fail = 1,
        /// Under a condition, which stands in the notes.
        Conditional = 2,
    }
}

/// When something happened, as the device claims it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct When {
    /// The time.
    pub time: TimeMs,
    /// The local time's offset from UTC.
    pub tz: TzMinutes,
}

impl When {
    fn write(self, to: &mut Writer) {
        self.time.write(to);
        self.tz.write(to);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, CborError> {
        Ok(Self {
            time: TimeMs::read(from)?,
            tz: TzMinutes::read(from)?,
        })
    }
}

/// The fields of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Body {
    /// A member takes a device in.
    Enrol {
        /// Whose device it becomes.
        member: MemberId,
        /// The device.
        device: DeviceEntry,
    },
    /// A member gives a device up.
    Revoke {
        /// The device.
        device: DeviceId,
        /// The last block of it that is accepted; `None`: nothing that is not final yet.
        last: Option<(Seq, BlockId)>,
    },
    /// A member says that a prefix belongs to a member.
    RegisterPrefix {
        /// The prefix.
        prefix: Prefix,
        /// Whose it is.
        member: MemberId,
    },
    /// Things begin.
    Commission {
        /// When.
        when: When,
        /// What all of them are: a GTIN's element string, `(00)` or `(414)`.
        class: String,
        /// The prefix that all codes start with.
        prefix: Prefix,
        /// Their codes, hashed, in the order of the subjects.
        codes: Vec<CodeHash>,
    },
    /// Something happened to things.
    Observe {
        /// When.
        when: When,
        /// The business step, a bare word of CBV 2.0.
        step: String,
    },
    /// Things go into the first subject.
    Pack {
        /// When.
        when: When,
    },
    /// Things come out of the first subject.
    Unpack {
        /// When.
        when: When,
    },
    /// Custody is offered.
    Offer {
        /// When.
        when: When,
        /// To whom.
        to: MemberId,
        /// Until when.
        expires: TimeMs,
        /// What is packed inside.
        contents: Option<Digest32>,
    },
    /// Custody is taken.
    Accept {
        /// When.
        when: When,
        /// In what state.
        condition: Condition,
        /// What is packed inside.
        contents: Option<Digest32>,
    },
    /// Someone looked at things and judged them.
    Attest {
        /// When.
        when: When,
        /// The judgement.
        verdict: Verdict,
        /// The evidence files, and their length in bytes.
        evidence: Vec<(EvidenceId, u64)>,
    },
}

impl Body {
    /// What kind of record it makes.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Enrol { .. } => Kind::Enrol,
            Self::Revoke { .. } => Kind::Revoke,
            Self::RegisterPrefix { .. } => Kind::RegisterPrefix,
            Self::Commission { .. } => Kind::Commission,
            Self::Observe { .. } => Kind::Observe,
            Self::Pack { .. } => Kind::Pack,
            Self::Unpack { .. } => Kind::Unpack,
            Self::Offer { .. } => Kind::Offer,
            Self::Accept { .. } => Kind::Accept,
            Self::Attest { .. } => Kind::Attest,
        }
    }

    /// When it happened, for all but identity records.
    #[must_use]
    pub const fn when(&self) -> Option<When> {
        match self {
            Self::Enrol { .. } | Self::Revoke { .. } | Self::RegisterPrefix { .. } => None,
            Self::Commission { when, .. }
            | Self::Observe { when, .. }
            | Self::Pack { when }
            | Self::Unpack { when }
            | Self::Offer { when, .. }
            | Self::Accept { when, .. }
            | Self::Attest { when, .. } => Some(*when),
        }
    }

    /// What holds for the fields of a kind, whatever the state.
    pub(super) fn check(&self) -> Result<(), CborError> {
        let wrong = |what| Err(CborError::Value { what });
        match self {
            Self::Commission { class, .. } if !is_class(class) => wrong("class"),
            Self::Observe { step, .. } if !is_word(step) => wrong("business step"),
            Self::Attest { evidence, .. }
                if evidence.len() > limits::EVIDENCE_LINKS
                    || evidence
                        .iter()
                        .any(|(_, length)| *length > limits::EVIDENCE_BYTES) =>
            {
                wrong("evidence")
            }
            _ => Ok(()),
        }
    }

    pub(super) fn write_fields(&self, to: &mut Writer) {
        match self {
            Self::Enrol { member, device } => {
                to.array(2);
                member.write(to);
                device.write(to);
            }
            Self::Revoke { device, last } => {
                to.array(3);
                device.write(to);
                to.option(last.as_ref(), |to, (seq, _)| seq.write(to));
                to.option(last.as_ref(), |to, (_, id)| id.write(to));
            }
            Self::RegisterPrefix { prefix, member } => {
                to.array(2);
                to.text(prefix.as_str());
                member.write(to);
            }
            Self::Commission {
                when,
                class,
                prefix,
                codes,
            } => {
                to.array(5);
                when.write(to);
                to.text(class);
                to.text(prefix.as_str());
                to.list(codes);
            }
            Self::Observe { when, step } => {
                to.array(3);
                when.write(to);
                to.text(step);
            }
            Self::Pack { when } | Self::Unpack { when } => {
                to.array(2);
                when.write(to);
            }
            Self::Offer {
                when,
                to: receiver,
                expires,
                contents,
            } => {
                to.array(5);
                when.write(to);
                receiver.write(to);
                expires.write(to);
                to.option(contents.as_ref(), |to, digest| digest.write(to));
            }
            Self::Accept {
                when,
                condition,
                contents,
            } => {
                to.array(4);
                when.write(to);
                condition.write(to);
                to.option(contents.as_ref(), |to, digest| digest.write(to));
            }
            Self::Attest {
                when,
                verdict,
                evidence,
            } => {
                to.array(4);
                when.write(to);
                verdict.write(to);
                to.array(evidence.len());
                for (id, length) in evidence {
                    to.array(2);
                    id.write(to);
                    to.u64(*length);
                }
            }
        }
    }

    pub(super) fn read_fields(kind: Kind, from: &mut Reader<'_>) -> Result<Self, CborError> {
        match kind {
            Kind::Enrol => {
                from.array_exactly(2)?;
                Ok(Self::Enrol {
                    member: MemberId::read(from)?,
                    device: DeviceEntry::read(from)?,
                })
            }
            Kind::Revoke => read_revoke(from),
            Kind::RegisterPrefix => {
                from.array_exactly(2)?;
                Ok(Self::RegisterPrefix {
                    prefix: read_prefix(from)?,
                    member: MemberId::read(from)?,
                })
            }
            Kind::Commission => {
                from.array_exactly(5)?;
                Ok(Self::Commission {
                    when: When::read(from)?,
                    class: from.text("class", limits::NAME_BYTES)?.to_owned(),
                    prefix: read_prefix(from)?,
                    codes: from.list("codes", limits::SUBJECTS)?,
                })
            }
            Kind::Observe => {
                from.array_exactly(3)?;
                Ok(Self::Observe {
                    when: When::read(from)?,
                    step: from.text("business step", limits::NAME_BYTES)?.to_owned(),
                })
            }
            Kind::Pack => {
                from.array_exactly(2)?;
                Ok(Self::Pack {
                    when: When::read(from)?,
                })
            }
            Kind::Unpack => {
                from.array_exactly(2)?;
                Ok(Self::Unpack {
                    when: When::read(from)?,
                })
            }
            Kind::Offer => {
                from.array_exactly(5)?;
                Ok(Self::Offer {
                    when: When::read(from)?,
                    to: MemberId::read(from)?,
                    expires: TimeMs::read(from)?,
                    contents: from.option(Digest32::read)?,
                })
            }
            Kind::Accept => {
                from.array_exactly(4)?;
                Ok(Self::Accept {
                    when: When::read(from)?,
                    condition: Condition::read(from)?,
                    contents: from.option(Digest32::read)?,
                })
            }
            Kind::Attest => read_attest(from),
        }
    }
}

fn read_revoke(from: &mut Reader<'_>) -> Result<Body, CborError> {
    from.array_exactly(3)?;
    let device = DeviceId::read(from)?;
    let last = match (from.option(Seq::read)?, from.option(BlockId::read)?) {
        (Some(seq), Some(id)) => Some((seq, id)),
        (None, None) => None,
        _ => return Err(CborError::Value { what: "last block" }),
    };
    Ok(Body::Revoke { device, last })
}

fn read_attest(from: &mut Reader<'_>) -> Result<Body, CborError> {
    from.array_exactly(4)?;
    let when = When::read(from)?;
    let verdict = Verdict::read(from)?;
    let mut evidence = Vec::new();
    for _ in 0..from.array("evidence", limits::EVIDENCE_LINKS)? {
        from.array_exactly(2)?;
        evidence.push((EvidenceId::read(from)?, from.u64()?));
    }
    Ok(Body::Attest {
        when,
        verdict,
        evidence,
    })
}

fn read_prefix(from: &mut Reader<'_>) -> Result<Prefix, CborError> {
    Prefix::parse(from.text("prefix", limits::NAME_BYTES)?)
        .map_err(|_| CborError::Value { what: "prefix" })
}

/// What a commissioning may show: `(01)` and 14 digits, `(00)` or `(414)`.
fn is_class(class: &str) -> bool {
    match class.strip_prefix("(01)") {
        Some(gtin) => gtin.len() == 14 && gtin.bytes().all(|b| b.is_ascii_digit()),
        None => matches!(class, "(00)" | "(414)"),
    }
}

/// A bare word of the Core Business Vocabulary: lower-case letters, digits and underscores.
fn is_word(word: &str) -> bool {
    (1..=64).contains(&word.len())
        && word
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}
