use std::io::Read as _;

use chopmark_core::EvidenceId;
use chopmark_replica::{EvidenceKey, EvidenceReader, Vault};

use super::{Piece, READ_BYTES};
use crate::failure;
use crate::trouble::Trouble;

/// The evidence that is being read. Screens read a file from its start to its end, so one
/// open reader serves every call without opening earlier chunks again.
#[derive(Default)]
pub(crate) struct Open(Option<(EvidenceId, u64, EvidenceReader)>);

impl Open {
    /// Plaintext from an offset on, at most [`READ_BYTES`]; empty at the end.
    pub(crate) fn read(
        &mut self,
        vault: &Vault,
        piece: &Piece,
        offset: u64,
    ) -> Result<Vec<u8>, Trouble> {
        let (mut at, mut reader) = match self.0.take() {
            Some((id, at, reader)) if id == piece.id && at == offset => (at, reader),
            _ => (
                0,
                vault.reader(piece.id, &EvidenceKey::from_bytes(piece.key))?,
            ),
        };
        let damaged = |_| Trouble::Failure(failure::EVIDENCE_DAMAGED.failure([]));
        if at < offset {
            let skip = offset - at;
            at += std::io::copy(&mut (&mut reader).take(skip), &mut std::io::sink())
                .map_err(damaged)?;
        }
        let mut bytes = Vec::new();
        (&mut reader)
            .take(READ_BYTES as u64)
            .read_to_end(&mut bytes)
            .map_err(damaged)?;
        self.0 = Some((piece.id, at.saturating_add(bytes.len() as u64), reader));
        Ok(bytes)
    }
}
