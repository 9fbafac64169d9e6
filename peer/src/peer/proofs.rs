//! Proofs and exported statements, made when somebody asks.

use std::collections::BTreeSet;

use anyhow::Context as _;
use chopmark_core::{
    Asked, BlockId, Code, HistorySource, LogPlace, RecordRef, StateView as _, Statement, SubjectId,
    SubjectProof, transparent_statement,
};
use serde::{Deserialize, Serialize};

use super::Peer;

/// What a proof is asked for.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Wanted {
    /// The code, as on the label.
    pub(crate) code: String,
    /// The records to show; all of them without.
    pub(crate) records: Option<BTreeSet<String>>,
    /// A run of which to show that it does not hold the code.
    pub(crate) not_in: Option<String>,
    /// Leave out the genesis: whoever checks the proof has it.
    pub(crate) bare: bool,
}

impl Peer {
    /// What the ledger knows about a code.
    pub(crate) async fn prove(&self, wanted: Wanted) -> anyhow::Result<Vec<u8>> {
        self.blocking(move |peer| peer.prove_now(&wanted)).await?
    }

    fn prove_now(&self, wanted: &Wanted) -> anyhow::Result<Vec<u8>> {
        let code = Code::parse(&wanted.code)?;
        let records = wanted.records.as_ref();
        let records: Option<BTreeSet<RecordRef>> = records
            .map(|names| names.iter().map(|name| name.parse()).collect())
            .transpose()
            .context("a record is named BLOCK/INDEX")?;
        let not_in: Option<SubjectId> = wanted.not_in.as_deref().map(str::parse).transpose()?;
        let asked = Asked {
            records: records.as_ref(),
            not_in,
        };
        let replica = &self.0.replica;
        // While this reads, the ledger stands still: header and state fit together.
        replica.read_final(|ledger| {
            let newest = replica.checkpoint(ledger.tip().height)?;
            let newest = newest.context("nothing is final yet: try again in a moment")?;
            let anchor = (replica.genesis(), newest.signed_header());
            let proof = SubjectProof::assemble(ledger, anchor, replica, &code, asked)?;
            let proof = if wanted.bare {
                proof.without_genesis()
            } else {
                proof
            };
            Ok(proof.to_bytes()?)
        })
    }

    /// A block with this peer's receipt that it is in the log.
    pub(crate) async fn export_statement(&self, block: BlockId) -> anyhow::Result<Vec<u8>> {
        self.blocking(move |peer| peer.statement_now(block)).await?
    }

    fn statement_now(&self, id: BlockId) -> anyhow::Result<Vec<u8>> {
        let replica = &self.0.replica;
        let statement = replica
            .block(id)?
            .with_context(|| format!("block {id} is not here"))?;
        let statement = Statement::parse(statement.statement())?;
        let place = replica.read_final(|ledger| {
            let index = ledger.state().logged(&id)?.index;
            let size = ledger.log().size();
            let path = HistorySource::log_path(replica, index, size)?;
            Some(LogPlace { index, size, path })
        });
        let place = place.with_context(|| format!("block {id} is not final yet"))?;
        let signer = (&self.0.key.signing, self.0.member);
        Ok(transparent_statement(&statement, &place, signer)?)
    }
}
