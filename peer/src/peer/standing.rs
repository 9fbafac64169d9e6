//! What a bundle does not hold of a code, since nothing of it is proven: records that are signed and
//! in no checkpoint yet, and those that the ledger refused.

use std::collections::BTreeMap;

use chopmark_core::{CodeQuery, MemberId, StateView as _, SubjectId};
use serde::Serialize;

use super::Peer;
use crate::policy_file::word;

/// Records looked at, from the newest on: bounds what one question costs.
const LOOKED_AT: usize = 256;
/// Records told of: more is another question than a buyer's.
const TOLD: usize = 16;
/// Those of one member: anybody can write any number of records, and hides nobody else's.
const OF_ONE: usize = 4;

/// What this peer has of a code beside what is final.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Standing {
    /// Signed, and in no checkpoint that this peer has; the newest first.
    pending: Vec<Said>,
    /// Against the rules; the newest first.
    refused: Vec<Said>,
}

/// One record, without what it says to others.
#[derive(Debug, Serialize)]
struct Said {
    kind: String,
    /// The member that signed it.
    member: String,
    /// When, as the device claims; milliseconds since 1970.
    time: u64,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

impl Peer {
    /// What is pending and refused of a code; none when nothing was commissioned under it.
    pub(crate) async fn standing(&self, code: CodeQuery) -> anyhow::Result<Option<Standing>> {
        self.blocking(move |peer| peer.standing_now(&code)).await?
    }

    fn standing_now(&self, code: &CodeQuery) -> anyhow::Result<Option<Standing>> {
        let Some(subject) = self.subject_or_run(code)? else {
            return Ok(None);
        };
        let mut standing = Standing::default();
        let mut shares: BTreeMap<MemberId, usize> = BTreeMap::new();
        let records = self.replica().records_of(subject)?;
        for (at, logged) in records.into_iter().rev().take(LOOKED_AT) {
            let refusal = self
                .replica()
                .read(|_, pending| pending.refusal(&at).map(chopmark_core::Refusal::code));
            if logged.is_some() && refusal.is_none() {
                continue;
            }
            let Some(block) = self.replica().block(at.block)? else {
                continue;
            };
            let Some(record) = block.records().get(usize::from(at.index)) else {
                continue;
            };
            let header = block.header();
            let share = shares.entry(header.member()).or_default();
            if *share >= OF_ONE {
                continue;
            }
            *share = share.saturating_add(1);
            let when = record.body().when();
            let said = Said {
                kind: word(record.kind().name()),
                member: self.member_called(&header.member()),
                time: when.map_or(header.clock(), |when| when.time).0,
                code: refusal,
            };
            match refusal {
                Some(_) => standing.refused.push(said),
                None => standing.pending.push(said),
            }
            if shares.values().sum::<usize>() >= TOLD {
                break;
            }
        }
        Ok(Some(standing))
    }

    /// The subject of a code or, of an item that has none of its own, its run.
    fn subject_or_run(&self, code: &CodeQuery) -> anyhow::Result<Option<SubjectId>> {
        let known = self
            .replica()
            .read_final(|ledger| ledger.state().subject_asked(code));
        if known.is_some() {
            return Ok(known);
        }
        Ok(self.replica().runs().item(code.hash())?.map(|(run, _)| run))
    }

    fn member_called(&self, member: &MemberId) -> String {
        self.replica()
            .read(|_, pending| match pending.member(member) {
                Some(state) => state.name().to_owned(),
                None => member.to_string(),
            })
    }
}
