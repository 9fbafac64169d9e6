//! Evidence transfers: one stream each, resumed at the chunk where they broke.

use std::io::Read as _;
use std::time::Duration;

use chopmark_core::{EVIDENCE_SEALED_CHUNK_BYTES, EvidenceId};
use quinn::{Connection, RecvStream, SendStream};

use super::frames;
use super::messages::Message;
use super::{Node, SyncError};
use crate::store::EvidenceState;
use crate::vault::{Incoming, VaultError};

/// How long one stream waits for another that receives the same file.
const CLAIM_MS: u64 = 3_000;
/// Bytes in one part: whole chunks, below the format's 256 KiB.
const PART_BYTES: usize = 3 * EVIDENCE_SEALED_CHUNK_BYTES;

impl Node {
    /// Hands a file to the other side, from where it has it on.
    pub(super) async fn put_evidence(
        &self,
        connection: &Connection,
        id: EvidenceId,
    ) -> Result<(), SyncError> {
        let length = self
            .0
            .replica
            .vault()
            .length(id)
            .ok_or(VaultError::Unknown { id })?;
        let (mut send, mut recv) = connection.open_bi().await?;
        say(&mut send, &Message::Put { id, length }).await?;
        let offset = match hear(&mut recv).await? {
            Message::Begin { offset, .. } => offset,
            other => return Err(unexpected(other)),
        };
        self.send_parts(&mut send, id, offset).await?;
        match hear(&mut recv).await? {
            Message::Stored => {}
            other => return Err(unexpected(other)),
        }
        let _ = send.finish();
        self.blocking(move |replica| Ok(replica.mark_evidence(id, EvidenceState::Shared)?))
            .await
    }

    /// Fetches a file from the other side, from where it is here on.
    pub(super) async fn get_evidence(
        &self,
        connection: &Connection,
        id: EvidenceId,
    ) -> Result<(), SyncError> {
        let _claim = self.claim(id).await?;
        let named = self
            .blocking(move |replica| Ok(replica.store().evidence(id)?))
            .await?;
        let Some((_, row)) = named else {
            return Err(VaultError::Unknown { id }.into());
        };
        let Some(incoming) = self.receive(id, row.length).await? else {
            return self.arrived(id).await;
        };
        let offset = incoming.have();
        let (mut send, mut recv) = connection.open_bi().await?;
        say(&mut send, &Message::Get { id, offset }).await?;
        // Shorter is possible where someone else's record names the file too; its hash decides.
        let length = match hear(&mut recv).await? {
            Message::Begin {
                offset: from,
                length,
            } if from == offset && length <= row.length => length,
            Message::Begin { .. } => {
                let detail = "the file is longer than its records say".to_owned();
                return Err(SyncError::Protocol {
                    code: "evidence-damaged",
                    detail,
                });
            }
            other => return Err(unexpected(other)),
        };
        receive_parts(incoming.ending_at(length), length, &mut recv).await?;
        let _ = send.finish();
        self.arrived(id).await
    }

    /// Answers a stream that begins with `put` or `get`. Errors are told to the caller.
    pub(super) async fn answer_evidence(
        &self,
        first: Message,
        send: &mut SendStream,
        recv: &mut RecvStream,
    ) -> Result<(), SyncError> {
        let done = match first {
            Message::Put { id, length } => self.answer_put(id, length, send, recv).await,
            Message::Get { id, offset } => self.answer_get(id, offset, send).await,
            other => Err(unexpected(other)),
        };
        if let Err(error) = &done {
            say(send, &Message::bye(error.code(), error.to_string())).await?;
        }
        let _ = send.finish();
        done
    }

    async fn answer_put(
        &self,
        id: EvidenceId,
        length: u64,
        send: &mut SendStream,
        recv: &mut RecvStream,
    ) -> Result<(), SyncError> {
        // Only what a block here names, no longer than it says: nobody fills this disk with noise.
        let named = self
            .blocking(move |replica| Ok(replica.store().evidence(id)?))
            .await?;
        if named.is_none_or(|(_, row)| length > row.length) {
            return Err(VaultError::Unknown { id }.into());
        }
        let _claim = self.claim(id).await?;
        match self.receive(id, length).await? {
            Some(incoming) => {
                say(
                    send,
                    &Message::Begin {
                        offset: incoming.have(),
                        length,
                    },
                )
                .await?;
                receive_parts(incoming, length, recv).await?;
            }
            None => {
                say(
                    send,
                    &Message::Begin {
                        offset: length,
                        length,
                    },
                )
                .await?
            }
        }
        self.arrived(id).await?;
        say(send, &Message::Stored).await
    }

    async fn answer_get(
        &self,
        id: EvidenceId,
        offset: u64,
        send: &mut SendStream,
    ) -> Result<(), SyncError> {
        let length = self
            .0
            .replica
            .vault()
            .length(id)
            .ok_or(VaultError::Unknown { id })?;
        let offset = offset.min(length);
        say(send, &Message::Begin { offset, length }).await?;
        self.send_parts(send, id, offset).await
    }

    async fn send_parts(
        &self,
        send: &mut SendStream,
        id: EvidenceId,
        offset: u64,
    ) -> Result<(), SyncError> {
        let (mut file, _) = self.0.replica.vault().ciphertext(id, offset)?;
        loop {
            let read = tokio::task::spawn_blocking(move || {
                let mut part = Vec::with_capacity(PART_BYTES);
                let read = (&mut file).take(PART_BYTES as u64).read_to_end(&mut part);
                read.map(|_| (file, part))
            });
            let (back, part) = read
                .await
                .map_err(|stopped| SyncError::Lost {
                    detail: stopped.to_string(),
                })?
                .map_err(|source| SyncError::Lost {
                    detail: source.to_string(),
                })?;
            if part.is_empty() {
                return Ok(());
            }
            file = back;
            say(send, &Message::Part(part)).await?;
        }
    }

    async fn receive(&self, id: EvidenceId, length: u64) -> Result<Option<Incoming>, SyncError> {
        self.blocking(move |replica| Ok(replica.vault().receive(id, length)?))
            .await
    }

    async fn arrived(&self, id: EvidenceId) -> Result<(), SyncError> {
        self.blocking(move |replica| Ok(replica.mark_evidence(id, EvidenceState::Here)?))
            .await
    }

    /// Makes sure that one file is written by one stream. Another one may just ask in vain, which
    /// takes a moment; one that moves a large file is not waited for.
    async fn claim(&self, id: EvidenceId) -> Result<Claim<'_>, SyncError> {
        let receiving = &self.0.receiving;
        let mut watched = receiving.subscribe();
        let claimed = async {
            while !receiving.send_if_modified(|receiving| receiving.insert(id)) {
                // It cannot fail: the sender lives as long as this node.
                let _ = watched.wait_for(|taken| !taken.contains(&id)).await;
            }
        };
        tokio::time::timeout(Duration::from_millis(CLAIM_MS), claimed)
            .await
            .map_err(|_| SyncError::Protocol {
                code: "busy",
                detail: "this file is being received already".to_owned(),
            })?;
        Ok(Claim { node: self, id })
    }
}

struct Claim<'a> {
    node: &'a Node,
    id: EvidenceId,
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        let receiving = &self.node.0.receiving;
        receiving.send_if_modified(|receiving| receiving.remove(&self.id));
    }
}

async fn receive_parts(
    mut incoming: Incoming,
    length: u64,
    recv: &mut RecvStream,
) -> Result<(), SyncError> {
    while incoming.have() < length {
        let part = match hear(recv).await? {
            Message::Part(part) if !part.is_empty() => part,
            other => return Err(unexpected(other)),
        };
        let written = tokio::task::spawn_blocking(move || incoming.write(&part).map(|()| incoming));
        incoming = written.await.map_err(|stopped| SyncError::Lost {
            detail: stopped.to_string(),
        })??;
    }
    let finished = tokio::task::spawn_blocking(move || incoming.finish());
    Ok(finished.await.map_err(|stopped| SyncError::Lost {
        detail: stopped.to_string(),
    })??)
}

pub(super) async fn say(to: &mut SendStream, message: &Message) -> Result<(), SyncError> {
    Ok(frames::write(to, &message.encode()).await?)
}

pub(super) async fn hear(from: &mut RecvStream) -> Result<Message, SyncError> {
    let Some(frame) = frames::read(from).await? else {
        return Err(SyncError::Lost {
            detail: "the other side ended the stream".to_owned(),
        });
    };
    Ok(Message::decode(&frame)?)
}

/// A goodbye is the other side's reason; anything else is out of turn.
pub(super) fn unexpected(message: Message) -> SyncError {
    match message {
        Message::Bye { code, detail } => SyncError::Refused { code, detail },
        _ => SyncError::Protocol {
            code: "malformed",
            detail: "a message out of turn".to_owned(),
        },
    }
}
