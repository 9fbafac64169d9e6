//! Peers, and others, that take all the time they get.

use std::sync::atomic::{AtomicUsize, Ordering};

use quinn::{RecvStream, SendStream, VarInt};

use super::late::{FAR, busy, caught_up, filled, say_hello};
use super::pace::Pace;
use super::*;

/// Long enough for honest peers on a busy machine, and short for a test.
const SOON: Pace = Pace {
    slack: Duration::from_secs(2),
    bytes_a_second: 16 * 1024,
    whole: Duration::from_secs(60),
    rest: Duration::from_secs(600),
};

/// A peer that waits for others only for so long.
fn hasty(replica: Replica, key: u8) -> Peer {
    let mut node = Node::listen(LOOPBACK, Testnet::key(key), replica, None).unwrap();
    Arc::get_mut(&mut node.0).unwrap().lates.pace = SOON;
    serving(node, key)
}

/// Who answers as somebody of this network and gives what it has drop by drop, for ever.
struct Dripper {
    remote: Remote,
    asked: Arc<AtomicUsize>,
    served: tokio::task::JoinHandle<()>,
    _endpoint: quinn::Endpoint,
}

impl Drop for Dripper {
    fn drop(&mut self) {
        self.served.abort();
    }
}

impl Dripper {
    /// Answers with the key of the second member's peer, out of what `honest` has.
    fn new(honest: &Replica) -> Self {
        let (endpoint, remote) = bare_endpoint();
        let (accepting, honest) = (endpoint.clone(), honest.clone());
        let asked = Arc::new(AtomicUsize::new(0));
        let counting = Arc::clone(&asked);
        let served = tokio::spawn(async move {
            while let Some(incoming) = accepting.accept().await {
                let (honest, connection) = (honest.clone(), incoming.await.unwrap());
                let asked = Arc::clone(&counting);
                tokio::spawn(async move {
                    while let Ok(streams) = connection.accept_bi().await {
                        tokio::spawn(drip(streams, honest.clone(), Arc::clone(&asked)));
                    }
                });
            }
        });
        Self {
            remote,
            asked,
            served,
            _endpoint: endpoint,
        }
    }

    async fn is_asked(&self, times: usize) {
        until("the dripper is asked", || {
            self.asked.load(Ordering::Relaxed) >= times
        })
        .await;
    }
}

async fn drip(
    (mut send, mut recv): (SendStream, RecvStream),
    honest: Replica,
    asked: Arc<AtomicUsize>,
) {
    let first = frames::read(&mut recv).await.unwrap().unwrap();
    if messages::begins_session(&first) {
        return say_hello(&honest, (send, recv)).await;
    }
    asked.fetch_add(1, Ordering::Relaxed);
    let drops = match messages::Message::decode(&first).unwrap() {
        messages::Message::Behind { height, logged } => {
            let place = (chopmark_core::Height(height), logged);
            let handout = honest.hand_out(place).unwrap().unwrap();
            let offer = messages::Message::Offer(handout.offer);
            evidence::say(&mut send, &offer).await.unwrap();
            let state = handout.parts.concat().into_iter();
            let drop = |byte| messages::Message::State(vec![byte]);
            state.map(drop).collect()
        }
        // Lawful, and of no use.
        messages::Message::Passed { .. } => vec![messages::Message::Items(vec![]); 10_000],
        _ => return,
    };
    for drop in drops {
        if evidence::say(&mut send, &drop).await.is_err() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// An honest peer that is far ahead, and the replica of one that is new.
fn far_apart(fixture: &Fixture) -> (Peer, Replica) {
    let first = fixture.peer("first", 11, None);
    let (one, net) = (first.node.replica(), &fixture.net);
    let late = enrol(net.members[0], entry(13, Role::Peer));
    net.append(one, &net.device(21), &[late]);
    order_all(one);
    busy(net, one, 20);
    let two = fixture.replica("second", PartyKind::Peer);
    (first, two)
}

/// It stalled every peer that was late: all other sessions waited for its snapshot.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_drips_its_snapshot_holds_up_nobody_else() {
    let fixture = Fixture::new();
    let (first, two) = far_apart(&fixture);
    let dripper = Dripper::new(first.node.replica());
    let second = answering(two, LOOPBACK, 13, None);
    let _drips = second.node.keep(dripper.remote.clone());
    dripper.is_asked(1).await;
    let _kept = second.node.keep(first.remote.clone());
    caught_up(first.node.replica(), second.node.replica()).await;
    let lates = &second.node.0.lates;
    assert!(lates.coming.try_lock().is_err(), "it drips no more");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_drips_its_snapshot_is_left_and_another_one_gives_it() {
    let fixture = Fixture::new();
    let (first, two) = far_apart(&fixture);
    let dripper = Dripper::new(first.node.replica());
    let second = hasty(two, 13);
    let _drips = second.node.keep(dripper.remote.clone());
    dripper.is_asked(1).await;
    until("it is left", || {
        second.node.0.lates.is_left(dripper.remote.key)
    })
    .await;
    let two = second.node.replica();
    assert_eq!(two.status().height.0, 0, "nothing of it was kept");
    let _kept = second.node.keep(first.remote.clone());
    caught_up(first.node.replica(), two).await;
    let arrival = |height| {
        let item = two.store().checkpoint(chopmark_core::Height(height));
        item.unwrap().map(|item| item.number)
    };
    let newest = arrival(FAR + 21);
    assert!(
        arrival(1).is_none_or(|first| newest < Some(first)),
        "it came whole"
    );
    filled(two).await;
}

/// Gives a replica another one's state, which leaves the log behind it to be filled.
fn hand_over(one: &Replica, two: &Replica) {
    let begin = (chopmark_core::Height(0), 0);
    let handout = one.hand_out(begin).unwrap().unwrap();
    let offer = chopmark_core::SnapshotOffer::from_bytes(&handout.offer).unwrap();
    let mut arriving = two.accept_snapshot(&offer).unwrap();
    for part in &handout.parts {
        arriving.take_state(part).unwrap();
    }
    for statement in one.statements(handout.log).unwrap() {
        arriving.take_statement(&statement).unwrap();
    }
    two.take_over(Testnet::key(11).id(), offer, arriving)
        .unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_drips_the_log_is_left_and_another_one_fills_it() {
    let fixture = Fixture::new();
    let (first, two) = far_apart(&fixture);
    hand_over(first.node.replica(), &two);
    let dripper = Dripper::new(first.node.replica());
    let second = hasty(two, 13);
    let _drips = second.node.keep(dripper.remote.clone());
    dripper.is_asked(1).await;
    let _kept = second.node.keep(first.remote.clone());
    filled(second.node.replica()).await;
    assert!(second.node.0.lates.is_left(dripper.remote.key));
}

/// Any phone could say in its hello that it is a peer, and far ahead.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_phone_that_calls_itself_a_peer_is_asked_for_no_snapshot() {
    let fixture = Fixture::new();
    let (first, two) = far_apart(&fixture);
    let second = answering(two, LOOPBACK, 13, None);
    let phone = Node::caller(
        Testnet::key(31),
        fixture.replica("phone", PartyKind::Device),
    )
    .unwrap();
    let connection = phone.call(&second.remote, node::SYNC_ALPN).await.unwrap();
    let session = connection.open_bi().await.unwrap();
    let honest = first.node.replica().clone();
    let _says = tokio::spawn(async move { say_hello(&honest, session).await });
    until("it has introduced itself", || {
        let row = second.node.replica().peer(Testnet::key(31).id()).unwrap();
        row.instance().is_some()
    })
    .await;
    let asked = tokio::time::timeout(Duration::from_millis(500), connection.accept_bi()).await;
    assert!(asked.is_err(), "it is asked for something");
}

/// A peer that asked for a snapshot and took nothing kept all others from getting one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_takes_nothing_of_its_snapshot_is_left() {
    let fixture = Fixture::new();
    let first = hasty(fixture.replica("first", PartyKind::Peer), 11);
    busy(&fixture.net, first.node.replica(), 20);
    let key = Testnet::key(12);
    let crypto = tls::client(&key, first.remote.key, node::SYNC_ALPN).unwrap();
    let mut config = quinn::ClientConfig::new(Arc::new(crypto));
    let mut transport = quinn::TransportConfig::default();
    // So little is taken before anything is read.
    transport.stream_receive_window(VarInt::from_u32(64));
    config.transport_config(Arc::new(transport));
    let endpoint = node::any_port().unwrap();
    let address = first.node.address().unwrap();
    let connection = endpoint
        .connect_with(config, address, tls::SERVER_NAME)
        .unwrap()
        .await
        .unwrap();
    let (height, logged) = (0, 0);
    let behind = messages::Message::Behind { height, logged };
    let (mut send, _unread) = connection.open_bi().await.unwrap();
    evidence::say(&mut send, &behind).await.unwrap();
    let lates = &first.node.0.lates;
    until("it is given one", || lates.going.try_lock().is_err()).await;
    until("it is left", || lates.is_left(key.id())).await;
    assert!(lates.going.try_lock().is_ok(), "others have to wait");
    // It is told so, too, should it ask again.
    let (mut send, mut recv) = connection.open_bi().await.unwrap();
    evidence::say(&mut send, &behind).await.unwrap();
    let told = evidence::hear(&mut recv).await.unwrap();
    assert!(
        matches!(&told, messages::Message::Bye { code, .. } if code == "busy"),
        "{told:?}"
    );
}
