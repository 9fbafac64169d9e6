//! Which run an unused thing is of (format, section 10). Its maker alone has the run's list, so a
//! peer of the maker's is asked.

use chopmark_core::{CodeHash, MemberId, StateView as _, Undrawn};
use quinn::{Connection, SendStream, VarInt};
use tokio::task::JoinSet;

use super::SyncError;
use super::evidence::{hear, say, unexpected};
use super::keep::nobody_known;
use super::messages::Message;
use super::node::{Node, Remote, SYNC_ALPN};

impl Node {
    /// Asks the peers of a maker that are known here for the proof that a thing is of a run. What
    /// they say is checked against this ledger.
    ///
    /// # Errors
    /// [`SyncError::Refused`] with `item-unknown` where no list has it, and why nobody answered.
    pub async fn item_from(&self, maker: MemberId, code: CodeHash) -> Result<Undrawn, SyncError> {
        let mut remotes = self.known().await?;
        let theirs = self.blocking(move |replica| {
            let of = |remote: &Remote| {
                let member = |view: &chopmark_core::Pending<'_>| {
                    view.device(&remote.key).map(|device| *device.member())
                };
                replica.read(|_, view| member(view)) == Some(maker)
            };
            remotes.retain(of);
            Ok(remotes)
        });
        // All at once: whoever is out of reach must not use up the patience that others need.
        let mut asking = JoinSet::new();
        for remote in theirs.await? {
            let node = self.clone();
            asking.spawn(async move { node.ask_for_item(&remote, code).await });
        }
        let mut failure = None;
        while let Some(answer) = asking.join_next().await {
            match answer {
                Ok(Ok(undrawn)) => return Ok(undrawn),
                // That a peer answered says more than that another one did not.
                Ok(Err(error @ SyncError::Refused { .. })) => failure = Some(error),
                Ok(Err(error)) => {
                    failure.get_or_insert(error);
                }
                Err(stopped) => {
                    let detail = stopped.to_string();
                    failure.get_or_insert(SyncError::Lost { detail });
                }
            }
        }
        Err(failure.unwrap_or_else(nobody_known))
    }

    async fn ask_for_item(&self, remote: &Remote, code: CodeHash) -> Result<Undrawn, SyncError> {
        let connection = self.call(remote, SYNC_ALPN).await?;
        let answer = self.item_over(&connection, code).await;
        connection.close(VarInt::from_u32(0), b"done");
        answer
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
            Ok(None) => Message::bye("item-unknown", "no list of a run here holds this code"),
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
