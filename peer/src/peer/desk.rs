//! Who lets devices in: whoever brings an unused invitation is enrolled by the member's admin
//! device at once, and gets the member's reader key.

use chopmark_core::{
    Body, DeviceEntry, DeviceId, HpkePublic, KnownPeer, RecordDraft, StateView as _, seal_to,
};
use chopmark_replica::{JoinAnswer, JoinDesk, JoinRefusal, JoinRequest, SealedReaderKey};

use super::Peer;
use crate::clock;
use crate::invitations::Grant;
use crate::keyfile::random_seed;

/// Binds a sealed reader key to its use (docs/format.md, 10).
const READER_KEY_LABEL: &[u8] = b"chopmark/reader-key/1";
/// Reader keys have one epoch until revoking a device starts another.
const FIRST_EPOCH: u32 = 0;

/// The member's door.
pub(crate) struct Desk(pub(crate) Peer);

impl JoinDesk for Desk {
    fn enrol(&self, request: &JoinRequest) -> Result<JoinAnswer, JoinRefusal> {
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
                )?;
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
            reader_keys: vec![self.reader_key_for(request.device, &request.hpke)?],
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

    /// The member's private reader key, sealed to a device.
    fn reader_key_for(
        &self,
        device: DeviceId,
        hpke: &HpkePublic,
    ) -> anyhow::Result<SealedReaderKey> {
        let info = [
            READER_KEY_LABEL,
            self.network().as_bytes(),
            device.as_bytes(),
        ]
        .concat();
        let sealed = seal_to(
            hpke,
            &info,
            &[],
            self.0.reader.to_bytes().as_slice(),
            &random_seed()?,
        )?;
        Ok(SealedReaderKey {
            group: self.member(),
            epoch: FIRST_EPOCH,
            enc: sealed.enc,
            sealed: sealed.sealed,
        })
    }
}
