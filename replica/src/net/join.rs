//! Joining a network: the only thing that a key without an enrolment can do (format, section 10).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chopmark_core::{DeviceKey, HpkePublic, Invitation, KnownPeer, MlDsa44Key};
use quinn::VarInt;
use tokio::time::Instant;

use super::SyncError;
use super::evidence::{hear, say, unexpected};
use super::messages::{JoinAnswer, JoinRequest, Message};
use super::node::{Node, Remote, any_port, call};

/// For any key.
pub(super) const JOIN_ALPN: &[u8] = b"chopmark/join/1";
/// Tries from one address in [`QUOTA_MS`]: enough for a person who scans again, far too few to
/// guess 128 bits.
const QUOTA_TRIES: usize = 10;
const QUOTA_MS: u64 = 60_000;
/// Addresses remembered for the quota; beyond it the oldest are forgotten.
const QUOTA_ADDRESSES: usize = 10_000;
/// A join is one message each way: whoever takes longer is not joining.
const JOIN_MS: u64 = 30_000;

/// Who decides about joins: the peer's administration.
pub trait JoinDesk: Send + Sync {
    /// Enrols the device, or says why not. May block. The connection has proven the device key,
    /// and the request names this network.
    ///
    /// # Errors
    /// [`JoinRefusal`] with one of the format's codes: `invitation-unknown`, `invitation-used`,
    /// `invitation-expired`, `busy` or `internal`.
    fn enrol(&self, request: &JoinRequest) -> Result<JoinAnswer, JoinRefusal>;

    /// The network's other peers, which devices are told of at every sync.
    fn peers(&self) -> Vec<KnownPeer>;
}

/// Why a device was not enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRefusal {
    /// One of the codes of the format, section 10.
    pub code: &'static str,
    /// The reason in a sentence.
    pub detail: String,
}

/// Hands a new device's keys in with an invitation, at the first of its addresses that answers.
///
/// # Errors
/// [`SyncError::Refused`] with the peer's reason, or why no peer could be asked.
pub async fn join(
    invitation: &Invitation,
    key: &DeviceKey,
    hpke: &HpkePublic,
) -> Result<JoinAnswer, SyncError> {
    let endpoint = any_port()?;
    let request = JoinRequest {
        network: invitation.network(),
        secret: *invitation.secret(),
        device: key.id(),
        hpke: hpke.clone(),
        second: MlDsa44Key::second_of(key).public(),
    };
    let mut last = SyncError::Unreachable {
        address: "the invitation".to_owned(),
        detail: "it names no address".to_owned(),
    };
    for address in invitation.addresses() {
        let remote = Remote {
            key: invitation.peer(),
            address: address.clone(),
        };
        let connection = match call(&endpoint, key, &remote, JOIN_ALPN).await {
            Ok(connection) => connection,
            Err(error) => {
                last = error;
                continue;
            }
        };
        let asked =
            tokio::time::timeout(Duration::from_millis(JOIN_MS), ask(&connection, &request)).await;
        connection.close(VarInt::from_u32(0), b"done");
        endpoint.wait_idle().await;
        return asked.unwrap_or_else(|_| {
            let detail = format!("no answer within {} s", JOIN_MS / 1000);
            Err(SyncError::Unreachable {
                address: address.clone(),
                detail,
            })
        });
    }
    Err(last)
}

async fn ask(
    connection: &quinn::Connection,
    request: &JoinRequest,
) -> Result<JoinAnswer, SyncError> {
    let (mut send, mut recv) = connection.open_bi().await?;
    say(&mut send, &Message::Join(request.clone())).await?;
    let _ = send.finish();
    match hear(&mut recv).await? {
        Message::Joined(answer) => Ok(answer),
        other => Err(unexpected(other)),
    }
}

/// Counts tries by address.
#[derive(Default)]
pub(super) struct Quota(Mutex<BTreeMap<IpAddr, Vec<Instant>>>);

impl Quota {
    /// Counts a try; `false` when there were too many.
    pub(super) fn allows(&self, address: IpAddr) -> bool {
        let now = Instant::now();
        let window = Duration::from_millis(QUOTA_MS);
        let mut tries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if tries.len() >= QUOTA_ADDRESSES {
            tries.retain(|_, times| {
                times
                    .last()
                    .is_some_and(|last| now.duration_since(*last) < window)
            });
        }
        if tries.len() >= QUOTA_ADDRESSES && !tries.contains_key(&address) {
            return false;
        }
        let times = tries.entry(address).or_default();
        times.retain(|time| now.duration_since(*time) < window);
        if times.len() >= QUOTA_TRIES {
            return false;
        }
        times.push(now);
        true
    }
}

impl Node {
    /// Answers one connection of the join protocol.
    pub(super) async fn answer_join(
        &self,
        connection: &quinn::Connection,
        device: chopmark_core::DeviceId,
    ) {
        let answered = tokio::time::timeout(
            Duration::from_millis(JOIN_MS),
            self.join_stream(connection, device),
        )
        .await;
        match answered {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::info!(%device, %error, "a join ended early"),
            Err(_) => tracing::info!(%device, "a join took too long"),
        }
    }

    async fn join_stream(
        &self,
        connection: &quinn::Connection,
        device: chopmark_core::DeviceId,
    ) -> Result<(), SyncError> {
        let (mut send, mut recv) = connection.accept_bi().await?;
        let answer = match self.decide(connection, device, hear(&mut recv).await).await {
            Ok(answer) => Message::Joined(answer),
            Err(refusal) => {
                tracing::info!(%device, code = refusal.code, detail = refusal.detail, "a join is refused");
                Message::bye(refusal.code, refusal.detail)
            }
        };
        say(&mut send, &answer).await?;
        let _ = send.finish();
        // The caller closes once it has the answer.
        let _ = send.stopped().await;
        connection.closed().await;
        Ok(())
    }

    async fn decide(
        &self,
        connection: &quinn::Connection,
        device: chopmark_core::DeviceId,
        heard: Result<Message, SyncError>,
    ) -> Result<JoinAnswer, JoinRefusal> {
        let refuse = |code, detail: &str| {
            Err(JoinRefusal {
                code,
                detail: detail.to_owned(),
            })
        };
        if !self.0.quota.allows(connection.remote_address().ip()) {
            return refuse("busy", "too many tries from this address: wait a minute");
        }
        let request = match heard {
            Ok(Message::Join(request)) => request,
            Ok(_) => return refuse("malformed", "a join begins with a request"),
            Err(error) => return refuse("malformed", &error.to_string()),
        };
        if request.network != self.0.replica.network() {
            return refuse(
                "wrong-network",
                "this peer belongs to another network than the invitation",
            );
        }
        if request.device != device {
            return refuse(
                "malformed",
                "the request names another device than the one that calls",
            );
        }
        let Some(desk) = self.0.desk.clone() else {
            return refuse("invitation-unknown", "nobody joins at this peer");
        };
        let decided = tokio::task::spawn_blocking(move || desk.enrol(&request)).await;
        decided.unwrap_or_else(|stopped| refuse("internal", &stopped.to_string()))
    }
}
