//! Decoders that have no public name, for the fuzz targets alone (feature `fuzzing`).

use chopmark_core::{
    CodeHash, DeviceId, DeviceKey, EvidenceId, Group, HpkeSecret, Kem, KnownPeer, MemberId,
    MlDsa44Key, NetworkId, ReaderGroup, Sealed, SealedReaderKey,
};

use super::messages::{JoinAnswer, JoinRequest, Message, begins_session};

/// A message of evidence, of joining or of late peers, read and written again; `None` if it is none.
#[must_use]
pub fn message(bytes: &[u8]) -> Option<Vec<u8>> {
    let message = Message::decode(bytes).ok()?;
    // Who answers asks this first: no message may be taken for a session.
    assert!(!begins_session(bytes), "a message that begins a session");
    Some(message.encode())
}

/// One message of each sort.
#[must_use]
pub fn messages() -> Vec<Vec<u8>> {
    let id = EvidenceId::from_bytes([1; 32]);
    let member = MemberId::from_bytes([2; 32]);
    let device = DeviceId::from_bytes([3; 32]);
    let public = |kem| HpkeSecret::derive(kem, &[4; 32]).public();
    let request = |kem| JoinRequest {
        network: NetworkId::from_bytes([5; 32]),
        secret: [6; 16],
        device,
        hpke: public(kem),
        second: MlDsa44Key::second_of(&DeviceKey::from_seed(&[7; 32])).public(),
    };
    let key = |group, kem| SealedReaderKey {
        of: ReaderGroup::new(member, group),
        epoch: 1,
        public: public(kem),
        sealed: Sealed {
            enc: vec![8; 32],
            sealed: vec![9; 48],
        },
    };
    let addresses = vec!["peer.example.org:4750".to_owned(), "[::1]:4750".to_owned()];
    let answer = JoinAnswer {
        genesis: vec![10; 4],
        enrolment: vec![11; 5],
        reader_keys: vec![key(Group::General, Kem::X25519)],
        peers: KnownPeer::new(device, member, addresses)
            .into_iter()
            .collect(),
    };
    let all = [
        Message::bye("late", "too late"),
        Message::Put { id, length: 300 },
        Message::Begin {
            offset: 0,
            length: 300,
        },
        Message::Part(vec![12; 6]),
        Message::Stored,
        Message::Get { id, offset: 256 },
        Message::Item(CodeHash::from_bytes([17; 32])),
        Message::Undrawn(vec![18; 11]),
        Message::Join(request(Kem::X25519)),
        Message::Join(request(Kem::XWing)),
        Message::Joined(answer),
        Message::Behind {
            height: 70_000,
            logged: 1,
        },
        Message::Offer(vec![13; 7]),
        Message::State(vec![14; 8]),
        Message::Statements(vec![vec![15; 9], Vec::new()]),
        Message::End,
        Message::Passed { from: 1, to: 9 },
        Message::Items(vec![vec![16; 10]]),
    ];
    all.iter().map(Message::encode).collect()
}
