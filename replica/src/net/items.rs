//! Which run an unused thing is of (format, section 10). Its maker alone has the run's list, so
//! peers of the maker's are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chopmark_core::{CodeHash, MemberId, StateView as _, Undrawn};
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
/// What a peer says of a code that none of its lists has.
const UNKNOWN: &str = "item-unknown";

impl Node {
    /// Asks the peers of a maker that are known here for the proofs that things are of its runs.
    /// What they say is checked against this ledger. Codes that no list has are not in the answer.
    ///
    /// # Errors
    /// Why no peer answered.
    pub async fn items_from(
        &self,
        maker: MemberId,
        codes: BTreeSet<CodeHash>,
    ) -> Result<BTreeMap<CodeHash, Undrawn>, SyncError> {
        let codes = Arc::new(codes);
        // All at once: whoever is out of reach must not use up the patience that others need.
        let mut asking = JoinSet::new();
        for remote in self.peers_of(maker).await? {
            let (node, codes) = (self.clone(), Arc::clone(&codes));
            asking.spawn(async move { node.items_of(&remote, &codes).await });
        }
        let (mut found, mut answered, mut failure) = (BTreeMap::new(), false, None);
        while found.len() < codes.len() {
            let next = asking.join_next();
            let next = match answered {
                true => tokio::time::timeout(GRACE, next).await.unwrap_or_default(),
                false => next.await,
            };
            match next {
                None => break,
                Some(Ok(Ok(items))) => {
                    answered = true;
                    found.extend(items);
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
        match answered || codes.is_empty() {
            true => Ok(found),
            false => Err(failure.unwrap_or_else(nobody_known)),
        }
    }

    /// Those that this side may call, or tells others of.
    async fn peers_of(&self, maker: MemberId) -> Result<Vec<Remote>, SyncError> {
        let mut remotes = self.known().await?;
        for peer in self.told() {
            let remote = |address: &String| Remote {
                key: peer.key(),
                address: address.clone(),
            };
            remotes.extend(peer.addresses().iter().map(remote));
        }
        self.blocking(move |replica| {
            let of = |remote: &Remote| {
                let member = |view: &chopmark_core::Pending<'_>| {
                    view.device(&remote.key).map(|device| *device.member())
                };
                replica.read(|_, view| member(view)) == Some(maker)
            };
            remotes.retain(of);
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
        let (mut codes, mut asked, mut found) = (codes.iter(), JoinSet::new(), BTreeMap::new());
        let all = loop {
            let room = AT_ONCE.saturating_sub(asked.len());
            for code in codes.by_ref().take(room).copied() {
                let (node, connection) = (self.clone(), connection.clone());
                asked.spawn(async move { (code, node.item_over(&connection, code).await) });
            }
            match asked.join_next().await {
                None => break Ok(found),
                Some(Ok((code, Ok(undrawn)))) => {
                    found.insert(code, undrawn);
                }
                Some(Ok((_, Err(error)))) if error.code() == UNKNOWN => {}
                Some(Ok((_, Err(error)))) => break Err(error),
                Some(Err(stopped)) => {
                    let detail = stopped.to_string();
                    break Err(SyncError::Lost { detail });
                }
            }
        };
        connection.close(VarInt::from_u32(0), b"done");
        all
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
