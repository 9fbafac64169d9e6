use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::Result;
use tokio::{net::UdpSocket, sync::mpsc, task::JoinSet, time::Instant};

use crate::Dice;

/// Datagrams on their way: what a router would queue before it drops.
const ON_THE_WAY: usize = 8_192;
/// The largest datagram.
const DATAGRAM: usize = 65_536;

/// A road to one peer: passes datagrams on until it is cut, as fast and as surely as it is told.
#[derive(Debug)]
pub(crate) struct Relay {
    port: u16,
    road: Arc<Road>,
    // Every task of the road ends with it.
    _tasks: JoinSet<()>,
}

/// How a road is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// How long a datagram takes, each way.
    pub delay: Duration,
    /// How many of a thousand get lost.
    pub lost_permille: u64,
}

#[derive(Debug, Default)]
struct Road {
    cut: AtomicBool,
    target: AtomicU16,
    delay_us: AtomicU64,
    lost_permille: AtomicU64,
}

impl Relay {
    /// Opens the road; it leads nowhere yet.
    pub(crate) async fn start() -> Result<Self> {
        let front = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
        let port = front.local_addr()?.port();
        let road = Arc::new(Road::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(forward(front, Arc::clone(&road)));
        Ok(Self {
            port,
            road,
            _tasks: tasks,
        })
    }

    /// Names the peer's port.
    pub(crate) fn lead_to(&self, port: u16) {
        self.road.target.store(port, Ordering::Relaxed);
    }

    /// Drops everything, or passes it on again.
    pub(crate) fn cut(&self, cut: bool) {
        self.road.cut.store(cut, Ordering::Relaxed);
    }

    /// Sets how the road is from now on.
    pub(crate) fn set(&self, weather: Weather) {
        let delay = u64::try_from(weather.delay.as_micros()).unwrap_or(u64::MAX);
        self.road.delay_us.store(delay, Ordering::Relaxed);
        self.road
            .lost_permille
            .store(weather.lost_permille, Ordering::Relaxed);
    }

    /// `HOST:PORT` for invitations.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }
}

impl Road {
    fn loses(&self, dice: &mut Dice) -> bool {
        let lost = self.lost_permille.load(Ordering::Relaxed);
        self.cut.load(Ordering::Relaxed) || (lost > 0 && dice.below(1_000) < lost)
    }

    fn delay(&self) -> Duration {
        Duration::from_micros(self.delay_us.load(Ordering::Relaxed))
    }
}

/// One direction of one road: sends each datagram when it is due, in the order of arrival.
struct Lane {
    queue: mpsc::Sender<(Instant, Vec<u8>)>,
}

impl Lane {
    fn open(tasks: &mut JoinSet<()>, from: Arc<UdpSocket>, to: SocketAddr) -> Self {
        let (queue, mut due) = mpsc::channel::<(Instant, Vec<u8>)>(ON_THE_WAY);
        tasks.spawn(async move {
            while let Some((at, datagram)) = due.recv().await {
                tokio::time::sleep_until(at).await;
                // A lost datagram is what networks do; QUIC sends it again.
                let _ = from.send_to(&datagram, to).await;
            }
        });
        Self { queue }
    }
}

/// Passes a datagram on: at once on a road without delay, else by its lane.
async fn pass(
    road: &Road,
    lane: &Lane,
    (from, to): (&UdpSocket, SocketAddr),
    (datagram, dice): (&[u8], &mut Dice),
) {
    if road.loses(dice) {
        return;
    }
    let delay = road.delay();
    if delay.is_zero() {
        // A lost datagram is what networks do; QUIC sends it again.
        let _ = from.send_to(datagram, to).await;
    } else {
        // Full means lost, as in a router.
        let _ = lane
            .queue
            .try_send((Instant::now() + delay, datagram.to_vec()));
    }
}

/// What one caller sends and is answered.
struct Caller {
    back: Arc<UdpSocket>,
    lane: Lane,
    target: SocketAddr,
}

async fn forward(front: Arc<UdpSocket>, road: Arc<Road>) {
    let mut tasks = JoinSet::new();
    let mut callers: BTreeMap<SocketAddr, Caller> = BTreeMap::new();
    let mut dice = Dice::new(u64::from(front.local_addr().map_or(1, |own| own.port())));
    let mut buffer = vec![0_u8; DATAGRAM];
    while let Ok((length, from)) = front.recv_from(&mut buffer).await {
        let port = road.target.load(Ordering::Relaxed);
        if port == 0 {
            continue;
        }
        let target = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        if callers
            .get(&from)
            .is_none_or(|caller| caller.target != target)
        {
            let Ok(back) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await else {
                continue;
            };
            let back = Arc::new(back);
            let lane = Lane::open(&mut tasks, Arc::clone(&back), target);
            let answers = (Arc::clone(&front), from);
            tasks.spawn(answer(Arc::clone(&back), answers, Arc::clone(&road)));
            callers.insert(from, Caller { back, lane, target });
        }
        if let (Some(caller), Some(datagram)) = (callers.get(&from), buffer.get(..length)) {
            let way = (&*caller.back, caller.target);
            pass(&road, &caller.lane, way, (datagram, &mut dice)).await;
        }
    }
}

async fn answer(back: Arc<UdpSocket>, (front, to): (Arc<UdpSocket>, SocketAddr), road: Arc<Road>) {
    let mut tasks = JoinSet::new();
    let lane = Lane::open(&mut tasks, Arc::clone(&front), to);
    let mut dice = Dice::new(u64::from(to.port()));
    let mut buffer = vec![0_u8; DATAGRAM];
    while let Ok((length, _)) = back.recv_from(&mut buffer).await {
        if let Some(datagram) = buffer.get(..length) {
            pass(&road, &lane, (&front, to), (datagram, &mut dice)).await;
        }
    }
}

/// A UDP port that is free now.
pub(crate) fn free_udp_port() -> Result<u16> {
    crate::network::free_port(|port| std::net::UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok())
}
