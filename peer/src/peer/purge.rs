//! Taking the bytes of sections away, as a member decides. Records, signatures and hashes hold
//! without them.

use std::fmt;

use anyhow::Context as _;
use chopmark_core::{
    Audience, BlockId, Height, MemberId, RecordRef, SectionHash, StateView as _, TimeMs,
    VerifiedBlock,
};
use chopmark_replica::Purge;
use serde::{Deserialize, Serialize};

use super::Peer;
use crate::clock;

/// What is to be purged.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Purging {
    /// The sections of everything that was final before this time.
    Before(u64),
    /// The sections of one record: its block in hexadecimal, and its place.
    Record([u8; 32], u16),
}

/// What was purged, or would be.
pub(crate) struct Purged {
    done: Doing,
    sections: u64,
    bytes: u64,
    /// Sections that this member has to keep still, and when the first of them may go.
    kept: u64,
    kept_until: Option<TimeMs>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Purged,
    WouldPurge,
}

impl fmt::Display for Purged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.done {
            Doing::Purged => "purged",
            Doing::WouldPurge => "would purge",
        };
        write!(f, "{verb} {} sections, {} bytes", self.sections, self.bytes)?;
        match self.kept_until {
            Some(until) => write!(
                f,
                "; {} that this member has to keep stay, the first may go after {}",
                self.kept,
                clock::readable(until)
            ),
            None => Ok(()),
        }
    }
}

impl Peer {
    /// Purges, or says what it would purge. Nothing that is not final goes: it may be all that
    /// there is of it.
    pub(crate) async fn purge(&self, what: Purging, dry_run: bool) -> anyhow::Result<Purged> {
        self.blocking(move |peer| peer.purge_now(what, dry_run))
            .await?
    }

    fn purge_now(&self, what: Purging, dry_run: bool) -> anyhow::Result<Purged> {
        let store = self.replica().store();
        let now = clock::now();
        let mut purged = Purged {
            done: if dry_run {
                Doing::WouldPurge
            } else {
                Doing::Purged
            },
            sections: 0,
            bytes: 0,
            kept: 0,
            kept_until: None,
        };
        let retention_ms = self
            .replica()
            .read_final(|ledger| ledger.state().policy().retention_ms);
        let tip = self.height();
        let mut found = matches!(what, Purging::Before(_));
        for height in (1..=tip.0).map(Height) {
            let checkpoint = self.replica().checkpoint(height)?;
            let checkpoint =
                checkpoint.with_context(|| format!("checkpoint {height} is not here"))?;
            let time = checkpoint.header().time();
            if matches!(what, Purging::Before(before) if time >= TimeMs(before)) {
                break;
            }
            let mut batch = store.batch()?;
            for id in checkpoint.blocks() {
                if matches!(what, Purging::Record(block, _) if BlockId::from_bytes(block) != *id) {
                    continue;
                }
                let block = self.replica().block(*id)?;
                let block = block.with_context(|| format!("block {id} is not here"))?;
                found = true;
                for (hash, duty) in sections(&block, what, &self.member()) {
                    let bytes = store.section(hash)?.map_or(0, |bytes| bytes.len());
                    let due = time.plus(retention_ms);
                    if duty == Duty::Keeps && now < due {
                        if bytes > 0 {
                            purged.kept += 1;
                            let until = purged.kept_until.map_or(due, |until| until.min(due));
                            purged.kept_until = Some(until);
                        }
                    } else if dry_run {
                        purged.sections += u64::from(bytes > 0);
                        purged.bytes += u64::try_from(bytes)?;
                    } else if batch.purge_section(hash)? == Purge::Done {
                        purged.sections += 1;
                        purged.bytes += u64::try_from(bytes)?;
                    }
                }
            }
            batch.commit()?;
        }
        if !dry_run {
            self.0.bundles.purged();
        }
        anyhow::ensure!(found, "no checkpoint here holds that record");
        // Whoever named one record wants that one gone: too early is no success.
        if let (Purging::Record(..), 0, Some(until)) = (what, purged.sections, purged.kept_until) {
            anyhow::bail!(
                "too early: this member wrote that record or is party to it, and the network's policy has it kept until {}",
                clock::readable(until)
            );
        }
        Ok(purged)
    }
}

/// Whether a member has to keep a section for the time that the policy says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Duty {
    /// It wrote the section, or the section names it.
    Keeps,
    None,
}

/// The sections of a block that are meant, each with this member's duty.
fn sections(block: &VerifiedBlock, what: Purging, own: &MemberId) -> Vec<(SectionHash, Duty)> {
    let wrote = block.header().member() == *own;
    let duty = |audience: &Audience| match audience {
        _ if wrote => Duty::Keeps,
        Audience::Parties(_) if audience.names(own) => Duty::Keeps,
        _ => Duty::None,
    };
    let meant = |at: &RecordRef| match what {
        Purging::Before(_) => true,
        Purging::Record(_, index) => at.index == index,
    };
    let records = block.located().filter(|(at, _)| meant(at));
    records
        .flat_map(|(_, record)| record.sections())
        .map(|section| (section.hash(), duty(section.audience())))
        .collect()
}
