//! Who lets devices in: whoever brings an unused invitation is enrolled by the member's admin
//! device at once, and gets the member's reader key.

use chopmark_core::{
    Body, DeviceEntry, DeviceId, KnownPeer, RecordDraft, Role, SealedReaderKey, StateView as _,
};
use chopmark_replica::{JoinAnswer, JoinDesk, JoinRefusal, JoinRequest};

use super::Peer;
use crate::clock;
use crate::invitations::Grant;
use crate::keyfile::random_seed;

/// The member's door.
pub(crate) struct Desk(pub(crate) Peer);

impl JoinDesk for Desk {
    fn enrol(&self, request: &JoinRequest) -> Result<JoinAnswer, JoinRefusal> {
        // Before the invitation is used up.
        self.0.may_sign().map_err(|why| JoinRefusal {
            code: "internal",
            detail: why.to_string(),
        })?;
        let now = clock::now();
        let grant = self
            .0
            .invitations()
            .take(&request.secret, request.device, now)
            .map_err(|why| JoinRefusal {
                code: why.code(),
                detail: why.to_string(),
            })?;
        let answer = self.0.admit(request, &grant).map_err(|why| {
            tracing::error!(why = format!("{why:#}"), "a device could not be enrolled");
            JoinRefusal {
                code: "internal",
                detail: format!("the peer could not enrol the device: {why:#}"),
            }
        })?;
        tracing::info!(device = %request.device, name = grant.name(), "a device joined");
        Ok(answer)
    }

    fn peers(&self) -> Vec<KnownPeer> {
        self.0.0.others.clone()
    }
}

impl Peer {
    fn admit(&self, request: &JoinRequest, grant: &Grant) -> anyhow::Result<JoinAnswer> {
        let enrolled_by = self.enrolment_of(request.device);
        let block = match enrolled_by {
            // The answer to its first try was lost on the way.
            Some(block) => block,
            None => {
                let hpke = request.hpke.clone();
                let entry = DeviceEntry::new(
                    request.device,
                    hpke,
                    grant.role()?,
                    grant.name(),
                    grant.until(),
                )?
                .with_second(request.second.clone());
                let body = Body::Enrol {
                    member: self.member(),
                    device: entry,
                };
                self.sign_now(RecordDraft::new(body, Vec::new()))?
            }
        };
        let enrolment = self
            .replica()
            .block(block)?
            .ok_or_else(|| anyhow::anyhow!("the enrolment {block} is not in the store"))?
            .to_bytes();
        Ok(JoinAnswer {
            genesis: self.replica().genesis().to_bytes().to_vec(),
            enrolment,
            reader_keys: self.reader_keys_for(request, grant.role()?)?,
            peers: self.0.others.clone(),
        })
    }

    fn enrolment_of(&self, device: DeviceId) -> Option<chopmark_core::BlockId> {
        self.replica()
            .read(|_, pending| {
                pending
                    .device(&device)
                    .and_then(|state| state.enrolled_by())
            })
            .map(|record| record.block)
    }

    /// The private keys of the groups that a role reads in, sealed to a device: those of every
    /// epoch, or a phone that was replaced could not read what its member read before.
    fn reader_keys_for(
        &self,
        request: &JoinRequest,
        role: Role,
    ) -> anyhow::Result<Vec<SealedReaderKey>> {
        let to = (&request.device, &request.hpke);
        let keys = self.reader_keys()?.into_iter();
        keys.filter(|key| key.of.group.includes(role))
            .map(|key| {
                Ok(SealedReaderKey {
                    of: key.of,
                    epoch: key.epoch,
                    public: key.secret.public(),
                    sealed: key.seal_for_device(&self.network(), to, &random_seed()?)?,
                })
            })
            .collect()
    }
}
