//! Peers that come late: a snapshot, and the log behind it.

use super::*;
use crate::replica::WhenIdle;

/// More than the ordinary sync is let run.
pub(super) const FAR: u64 = 600;

/// Makes checkpoints without blocks.
fn beat(replica: &Replica, count: u64) {
    let now = replica.read_final(|ledger| ledger.tip().time.0);
    for n in 1..=count {
        let time = TimeMs(now.max(crate::store::wall_clock_ms()) + n);
        replica
            .order(&Testnet::key(11), time, WhenIdle::Beat)
            .unwrap();
    }
}

/// Blocks of a phone, each in a checkpoint of its own, and so many heartbeats among them.
pub(super) fn busy(net: &Testnet, replica: &Replica, blocks: u8) {
    let device = net.device(31);
    for n in 0..blocks {
        net.append(replica, &device, &[observe(n, "a note")]);
        order_all(replica);
    }
    beat(replica, FAR);
}

/// How many blocks of the log are here.
fn logged(replica: &Replica) -> usize {
    let size = replica.status().logged;
    let here = (0..size).filter(|index| replica.logged(*index).unwrap().is_some());
    here.count()
}

pub(super) async fn caught_up(first: &Replica, second: &Replica) {
    until("the second peer has caught up", || {
        second.status().state == first.status().state
            && second.status().height == first.status().height
    })
    .await;
}

pub(super) async fn filled(replica: &Replica) {
    let size = usize::try_from(replica.status().logged).unwrap();
    until("the log is filled", || {
        !*replica.has_gap().borrow() && logged(replica) == size
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_is_far_behind_takes_a_snapshot_and_fills_its_log() {
    let fixture = Fixture::new();
    let first = fixture.peer("first", 11, None);
    let (one, net) = (first.node.replica(), &fixture.net);
    busy(net, one, 20);
    // Signed and not final: it comes too, although it arrived before the snapshot.
    net.append(one, &net.device(21), &[observe(99, "not final yet")]);
    let second = fixture.peer("second", 12, None);
    let two = second.node.replica();
    let kept = second.node.keep(first.remote.clone());
    caught_up(one, two).await;
    until("what is not final came", || two.status().open == 1).await;
    filled(two).await;
    // The newest came first: nothing of what led there was run.
    let arrival = |height| {
        let item = two.store().checkpoint(chopmark_core::Height(height));
        item.unwrap().unwrap().number
    };
    assert!(arrival(FAR + 20) < arrival(1));
    for height in 1..=one.status().height.0 {
        let height = chopmark_core::Height(height);
        assert_eq!(
            two.checkpoint(height).unwrap(),
            one.checkpoint(height).unwrap()
        );
    }
    assert!(two.store().expected_sections().unwrap().is_empty());
    // A block that builds on one from before the snapshot is taken, ordered and applied.
    net.append(one, &net.device(31), &[observe(100, "afterwards")]);
    order_all(one);
    caught_up(one, two).await;
    assert_eq!(two.status().open, 0);
    drop(kept);
}

/// Who answers as a peer and gives false snapshots.
struct Liar {
    remote: Remote,
    _endpoint: quinn::Endpoint,
    served: tokio::task::JoinHandle<()>,
}

impl Drop for Liar {
    fn drop(&mut self) {
        self.served.abort();
    }
}

type Falsify = fn(&mut Vec<messages::Message>);

impl Liar {
    /// Answers with the key of the second member's peer, out of what `honest` has.
    fn new(honest: &Replica, falsify: Falsify) -> Self {
        let (endpoint, remote) = bare_endpoint();
        let (accepting, honest) = (endpoint.clone(), honest.clone());
        let served = tokio::spawn(async move {
            while let Some(incoming) = accepting.accept().await {
                let (honest, connection) = (honest.clone(), incoming.await.unwrap());
                tokio::spawn(async move {
                    while let Ok(streams) = connection.accept_bi().await {
                        tokio::spawn(answer_falsely(streams, honest.clone(), falsify));
                    }
                });
            }
        });
        Self {
            remote,
            _endpoint: endpoint,
            served,
        }
    }
}

async fn answer_falsely(
    (mut send, mut recv): (quinn::SendStream, quinn::RecvStream),
    honest: Replica,
    falsify: Falsify,
) {
    let first = frames::read(&mut recv).await.unwrap().unwrap();
    if messages::begins_session(&first) {
        return say_hello(&honest, (send, recv)).await;
    }
    let messages::Message::Behind { height, logged } = messages::Message::decode(&first).unwrap()
    else {
        return;
    };
    let place = (chopmark_core::Height(height), logged);
    let handout = honest.hand_out(place).unwrap().unwrap();
    let mut said = vec![messages::Message::Offer(handout.offer)];
    said.extend(handout.parts.into_iter().map(messages::Message::State));
    let statements = honest.statements(handout.log).unwrap();
    said.push(messages::Message::Statements(statements));
    said.push(messages::Message::End);
    falsify(&mut said);
    for message in said {
        // It is hung up on in the middle.
        if evidence::say(&mut send, &message).await.is_err() {
            return;
        }
    }
    let _ = send.finish();
    let _ = send.stopped().await;
}

/// Introduces itself as a peer of this height, says nothing more, and hears out the other side.
pub(super) async fn say_hello(
    honest: &Replica,
    (mut send, mut recv): (quinn::SendStream, quinn::RecvStream),
) {
    let config = chopmark_core::SessionConfig {
        network: honest.network(),
        instance: [5; 16],
        kind: PartyKind::Peer,
        since: None,
        height: honest.status().height.0,
        newest: 0,
        peers: Vec::new(),
    };
    let now = TimeMs(crate::store::wall_clock_ms());
    let mut session = chopmark_core::Session::new(config, now);
    let hello = session.poll_frame().unwrap();
    frames::write(&mut send, &hello).await.unwrap();
    while let Ok(Some(_)) = frames::read(&mut recv).await {}
}

/// The message at a place, as bytes to be falsified.
fn bytes(said: &mut [messages::Message], at: usize) -> &mut Vec<u8> {
    match &mut said[at] {
        messages::Message::Offer(bytes) | messages::Message::State(bytes) => bytes,
        messages::Message::Statements(list) => &mut list[0],
        other => panic!("{other:?}"),
    }
}

/// Each lie, and a word of the refusal that it gets.
const LIES: &[(&str, Falsify)] = &[
    ("no state", |said| bytes(said, 1).truncate(500)),
    ("not the one that its header names", |said| {
        // The name of a founder, somewhere in the state.
        let state = bytes(said, 1);
        let at = state.windows(8).position(|part| part == b"Member 1");
        state[at.unwrap()] = b'X';
    }),
    ("part of the snapshot is empty", |said| {
        said.insert(2, messages::Message::State(Vec::new()));
    }),
    ("do not make the log", |said| {
        let messages::Message::Statements(list) = &mut said[2] else {
            panic!("statements");
        };
        list.pop();
    }),
    ("is none", |said| bytes(said, 2).truncate(100)),
    ("longer than it can be", |said| {
        let more = said[2].clone();
        said.insert(3, more);
    }),
    ("header does not hold", |said| {
        let offer = bytes(said, 0);
        // A byte of the signature, which ends a few bytes before the blocks and the rest.
        let at = offer.len() - 20;
        offer[at] ^= 1;
    }),
    ("of network", |said| {
        let other = Testnet::new("another");
        let replica = other.replica(tempfile::tempdir().unwrap().path(), PartyKind::Peer);
        beat(&replica, 1);
        let all = replica.hand_out((chopmark_core::Height(0), 0));
        *bytes(said, 0) = all.unwrap().unwrap().offer;
    }),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_false_snapshot_is_refused_by_name_and_an_honest_peer_gives_one() {
    let fixture = Fixture::new();
    let (net, folder) = (&fixture.net, &fixture.folder);
    let first = fixture.peer("first", 11, None);
    let one = first.node.replica();
    let late = enrol(net.members[0], entry(13, Role::Peer));
    net.append(one, &net.device(21), &[late]);
    order_all(one);
    busy(net, one, 5);
    for (n, (word, falsify)) in LIES.iter().enumerate() {
        let liar = Liar::new(one, *falsify);
        let second = answering(
            net.replica(&folder.path().join(n.to_string()), PartyKind::Peer),
            LOOPBACK,
            13,
            None,
        );
        let two = second.node.replica();
        let _lied_to = second.node.keep(liar.remote.clone());
        let key = Testnet::key(12).id();
        let why = || two.peer(key).unwrap().last_error;
        until(word, || why().is_some()).await;
        let (code, detail) = why().unwrap();
        assert_eq!(code, "bad-snapshot", "{detail}");
        assert!(detail.contains(word), "{word}: {detail}");
        assert_eq!(two.status().height.0, 0, "nothing of it was kept");
        let _kept = second.node.keep(first.remote.clone());
        caught_up(one, two).await;
        filled(two).await;
    }
}
