//! What consumers sign in their browsers, carried into the ledger by the peer's own device. Only
//! what the ledger will take is signed: a stranger's nonsense leaves nothing behind.

use anyhow::Context as _;
use chopmark_core::{
    Body, CodeQuery, Kind, Outcome, OwnerKey, Party, Pending, RecordDraft, RecordRef, StateView,
    SubjectId, TzMinutes, Undrawn, UnsignedBlock, When, sign_as_asked,
};

use super::Peer;
use crate::clock;
use crate::keyfile::random_seed;

/// What a consumer asks for.
pub(crate) enum Asked {
    /// To be the first owner: signed by the key under the seal.
    Activate {
        owner: OwnerKey,
        signature: [u8; 64],
    },
    /// To give the thing on: signed by the owner's key.
    Resell { to: Party, signature: [u8; 64] },
}

/// What became of it.
pub(crate) enum Carried {
    /// It is signed and on disk, as this record.
    Signed(RecordRef),
    /// No code of the network is this.
    NoRecord,
    /// This peer takes nothing back, or not for that member.
    NotHere,
    /// The rules would refuse it; nothing was signed.
    Refused { code: &'static str, detail: String },
}

impl Carried {
    fn refused(refusal: &chopmark_core::Refusal) -> Self {
        Self::Refused {
            code: refusal.code(),
            detail: refusal.to_string(),
        }
    }
}

impl Peer {
    /// Carries one act of a consumer. It is on disk when this says so.
    pub(crate) async fn carry(&self, code: CodeQuery, asked: Asked) -> anyhow::Result<Carried> {
        self.blocking(move |peer| peer.carry_now(&code, &asked))
            .await?
    }

    fn carry_now(&self, code: &CodeQuery, asked: &Asked) -> anyhow::Result<Carried> {
        if let Asked::Resell {
            to: Party::Member(member),
            ..
        } = asked
            && !(self.0.takes_back && *member == self.member())
        {
            return Ok(Carried::NotHere);
        }
        let inner = &self.0;
        let _one_at_a_time = match self.signing() {
            Ok(guard) => guard,
            Err(why) => {
                return Ok(Carried::Refused {
                    code: "restoring",
                    detail: why.to_string(),
                });
            }
        };
        let position = self.position_of(inner.key.signing.id());
        let seed = random_seed()?;
        let tried = inner.replica.read(|_, pending| {
            let Some(drafts) = self.drafts(pending, code, asked)? else {
                return Ok(Err(Carried::NoRecord));
            };
            let drafts = drafts.into_iter();
            let drafts: Vec<RecordDraft> = drafts
                .map(|draft| draft.telling_regulators(pending))
                .collect();
            let readers = pending.readers();
            let unsigned = UnsignedBlock::build(position, &drafts, &readers, &seed)?;
            let built = sign_as_asked(unsigned, &inner.key.signing, pending)?;
            let mut scratch: Pending<'_> = pending.clone();
            let block = built
                .block
                .clone()
                .verify()
                .context("what was just signed")?;
            scratch.push(&block)?;
            let last = u16::try_from(drafts.len().saturating_sub(1))?;
            let refusals = (0..=last).filter_map(|index| {
                let record = RecordRef {
                    block: block.id(),
                    index,
                };
                match scratch.outcome(&record) {
                    Some(Outcome::Refused(refusal)) => Some(refusal.clone()),
                    _ => None,
                }
            });
            // Of a group, the record that failed says why; the others only that one did.
            let why = refusals.min_by_key(|refusal| {
                matches!(refusal, chopmark_core::Refusal::GroupFailed { .. })
            });
            anyhow::Ok(match why {
                Some(why) => Err(Carried::refused(&why)),
                None => Ok((built, last)),
            })
        })?;
        let (built, index) = match tried {
            Ok(good) => good,
            Err(carried) => return Ok(carried),
        };
        let block = inner.replica.append_own(built.block, built.sections)?;
        Ok(Carried::Signed(RecordRef { block, index }))
    }

    /// The record, behind the drawing of an item that nobody used yet.
    fn drafts(
        &self,
        view: &dyn StateView,
        code: &CodeQuery,
        asked: &Asked,
    ) -> anyhow::Result<Option<Vec<RecordDraft>>> {
        let when = When {
            time: clock::now(),
            tz: TzMinutes::default(),
        };
        if let Some(subject) = view.subject_asked(code) {
            let cites = view.cites_for(asked.kind(), &[subject]);
            let draft = asked.draft(when, subject).citing(cites);
            return Ok(Some(vec![draft]));
        }
        let code = code.hash();
        let Some((run, item)) = self.0.replica.runs().item(code)? else {
            return Ok(None);
        };
        // It is as its run is, and its newest title record is its run's.
        let subject = code.subject(&self.network(), &self.member());
        let cites = view.cites_for(asked.kind(), &[run]);
        let undrawn = Undrawn::new(run, item);
        let mut drafts = Undrawn::drawing(when, [(&subject, &undrawn)]);
        drafts.push(asked.draft(when, subject).citing(cites));
        for draft in &mut drafts {
            draft.group = Some(0);
        }
        Ok(Some(drafts))
    }
}

impl Asked {
    const fn kind(&self) -> Kind {
        match self {
            Self::Activate { .. } => Kind::Activate,
            Self::Resell { .. } => Kind::Resell,
        }
    }

    fn draft(&self, when: When, subject: SubjectId) -> RecordDraft {
        let body = match self {
            Self::Activate { owner, signature } => Body::Activate {
                when,
                owner: *owner,
                signature: *signature,
            },
            Self::Resell { to, signature } => Body::Resell {
                when,
                to: *to,
                signature: *signature,
            },
        };
        RecordDraft::new(body, vec![subject])
    }
}
