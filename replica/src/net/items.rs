//! Which run an unused thing is of (format, section 10). Its maker alone has the run's list, so
//! peers of the maker's are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use chopmark_core::{CodeHash, DeviceId, MemberId, StateView as _, Undrawn};
use quinn::{Connection, SendStream, VarInt};
use tokio::task::JoinSet;

use super::SyncError;
use super::evidence::{hear, say, unexpected};
use super::keep::nobody_known;
use super::messages::Message;
use super::node::{Node, Remote, SYNC_ALPN};

/// Questions on their way to one peer at a time: as many as it lets anyone have.
const AT_ONCE: usize = 16;
/// How much longer than the quickest peer the others may take, when that one did not have all.
const GRACE: Duration = Duration::from_secs(2);
/// How long one peer may take for everything that it is asked at a time: a list of a million is
/// looked up in a blink, and a person waits.
const PATIENCE: Duration = Duration::from_secs(30);
/// What a peer says of a code that none of its lists has.
const UNKNOWN: &str = "item-unknown";

/// What the peers of a maker said.
#[derive(Debug, Default)]
pub struct ItemsHeard {
    /// Of which runs things are, those that are of one.
    pub found: BTreeMap<CodeHash, Undrawn>,
    /// Every peer that is known of the maker has said what it knows: what is not found is of no
    /// run.
    pub is_whole: bool,
}

impl Node {
    /// Asks the peers of a maker that are known here for the proofs that things are of its runs.
    /// What they say is checked against this ledger.
    ///
    /// # Errors
    /// Why no peer answered.
    pub async fn items_from(
        &self,
        maker: MemberId,
        codes: BTreeSet<CodeHash>,
    ) -> Result<ItemsHeard, SyncError> {
        let codes = Arc::new(codes);
        // All at once: whoever is out of reach must not use up the patience that others need.
        let mut asking = JoinSet::new();
        for remote in self.peers_of(maker).await? {
            let (node, codes) = (self.clone(), Arc::clone(&codes));
            asking.spawn(async move { node.items_of(&remote, &codes).await });
        }
        let (mut heard, mut answered, mut failure) = (ItemsHeard::default(), false, None);
        while heard.found.len() < codes.len() && !asking.is_empty() {
            let next = asking.join_next();
            let next = match answered {
                true => tokio::time::timeout(GRACE, next).await.unwrap_or_default(),
                false => next.await,
            };
            match next {
                None => break,
                Some(Ok(Ok(items))) => {
                    answered = true;
                    heard.found.extend(items);
                }
                Some(Ok(Err(error))) => {
                    // That a peer refused says more than that another one was not there.
                    if failure.is_none() || matches!(error, SyncError::Refused { .. }) {
                        failure = Some(error);
                    }
                }
                Some(Err(stopped)) => {
                    let detail = stopped.to_string();
                    failure.get_or_insert(SyncError::Lost { detail });
                }
            }
        }
        heard.is_whole = asking.is_empty() && failure.is_none();
        match answered || codes.is_empty() {
            true => Ok(heard),
            false => Err(failure.unwrap_or_else(nobody_known)),
        }
    }

    /// Those that a device was told of, and those that a peer keeps connections to.
    async fn peers_of(&self, maker: MemberId) -> Result<BTreeSet<Remote>, SyncError> {
        let mut remotes = BTreeSet::from_iter(self.known().await?);
        {
            let kept = self.0.kept.lock().unwrap_or_else(PoisonError::into_inner);
            remotes.extend(kept.iter().cloned());
        }
        self.blocking(move |replica| {
            replica.read(|_, view| {
                let member = |key: &DeviceId| view.device(key).map(|device| *device.member());
                remotes.retain(|remote| member(&remote.key) == Some(maker));
            });
            Ok(remotes)
        })
        .await
    }

    /// What one peer has of these.
    async fn items_of(
        &self,
        remote: &Remote,
        codes: &BTreeSet<CodeHash>,
    ) -> Result<BTreeMap<CodeHash, Undrawn>, SyncError> {
        let connection = self.call(remote, SYNC_ALPN).await?;
        let all = self.items_by(&connection, codes);
        let all = tokio::time::timeout(PATIENCE, all).await;
        connection.close(VarInt::from_u32(0), b"done");
        all.unwrap_or_else(|_| {
            let detail = "it did not say in time of which runs things are".to_owned();
            Err(SyncError::Lost { detail })
        })
    }

    async fn items_by(
        &self,
        connection: &Connection,
        codes: &BTreeSet<CodeHash>,
    ) -> Result<BTreeMap<CodeHash, Undrawn>, SyncError> {
        let (mut codes, mut asked, mut found) = (codes.iter(), JoinSet::new(), BTreeMap::new());
        let mut wrong = None;
        loop {
            let room = AT_ONCE.saturating_sub(asked.len());
            for code in codes.by_ref().take(room).copied() {
                let (node, connection) = (self.clone(), connection.clone());
                asked.spawn(async move { (code, node.item_over(&connection, code).await) });
            }
            let Some(answer) = asked.join_next().await else {
                break;
            };
            match answer {
                Ok((code, Ok(undrawn))) => {
                    found.insert(code, undrawn);
                }
                Ok((_, Err(error))) if error.code() == UNKNOWN => {}
                Ok((_, Err(error @ SyncError::Lost { .. }))) => return Err(error),
                // A list that was kept in vain spoils nothing but what it is asked for.
                Ok((_, Err(error))) => wrong = Some(error),
                Err(stopped) => {
                    let detail = stopped.to_string();
                    return Err(SyncError::Lost { detail });
                }
            }
        }
        match wrong {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(found),
        }
    }

    async fn item_over(
        &self,
        connection: &Connection,
        code: CodeHash,
    ) -> Result<Undrawn, SyncError> {
        let (mut send, mut recv) = connection.open_bi().await?;
        say(&mut send, &Message::Item(code)).await?;
        let answer = hear(&mut recv).await?;
        let _ = send.finish();
        let Message::Undrawn(bytes) = answer else {
            return Err(unexpected(answer));
        };
        let undrawn = Undrawn::from_bytes(&bytes);
        let held = self.blocking(move |replica| {
            Ok(undrawn.filter(|undrawn| replica.read(|_, view| undrawn.holds(view, &code))))
        });
        held.await?.ok_or_else(|| SyncError::Protocol {
            code: "malformed",
            detail: "what it says of an item does not fit the run here".to_owned(),
        })
    }

    /// Answers whoever asks which run a code is of.
    pub(super) async fn answer_item(
        &self,
        code: CodeHash,
        send: &mut SendStream,
    ) -> Result<(), SyncError> {
        let found = self.blocking(move |replica| Ok(replica.runs().item(&code)?));
        let answer = match found.await {
            Ok(Some((run, item))) => Message::Undrawn(Undrawn::new(run, item).to_bytes()),
            Ok(None) => Message::bye(UNKNOWN, "no list of a run here holds this code"),
            Err(error) => {
                tracing::error!(%error, "a list of a run cannot be read");
                Message::bye("internal", "the lists of runs cannot be read here")
            }
        };
        say(send, &answer).await?;
        let _ = send.finish();
        Ok(())
    }
}
