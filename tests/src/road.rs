use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{net::UdpSocket, sync::mpsc, task::JoinSet, time::Instant};

use crate::{Dice, tunnel::Tunnel};

/// Packets on their way: what a router would queue before it drops.
pub(crate) const ON_THE_WAY: usize = 8_192;

/// How a road is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weather {
    /// How long a packet takes, each way.
    pub delay: Duration,
    /// How many of a thousand get lost.
    pub lost_permille: u64,
}

/// A road between two peers, as those see it who pass packets on: whole or cut, and its weather.
#[derive(Debug, Default)]
pub(crate) struct Road {
    cut: AtomicBool,
    delay_us: AtomicU64,
    lost_permille: AtomicU64,
}

impl Road {
    /// Drops everything, or passes it on again.
    pub(crate) fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
    }

    /// Sets how it is from now on.
    pub(crate) fn set(&self, weather: Weather) {
        let delay = u64::try_from(weather.delay.as_micros()).unwrap_or(u64::MAX);
        self.delay_us.store(delay, Ordering::Relaxed);
        self.lost_permille
            .store(weather.lost_permille, Ordering::Relaxed);
    }

    fn loses(&self, dice: &mut Dice) -> bool {
        let lost = self.lost_permille.load(Ordering::Relaxed);
        self.cut.load(Ordering::Relaxed) || (lost > 0 && dice.below(1_000) < lost)
    }

    fn delay(&self) -> Duration {
        Duration::from_micros(self.delay_us.load(Ordering::Relaxed))
    }
}

/// Where a road ends.
#[derive(Clone)]
pub(crate) enum End {
    /// At an address, by a socket.
    Address(Arc<UdpSocket>, SocketAddr),
    /// In a network namespace, by its device.
    Namespace(Arc<Tunnel>),
}

impl End {
    async fn send(&self, packet: &[u8]) {
        // A lost packet is what networks do; QUIC sends it again.
        match self {
            Self::Address(socket, to) => drop(socket.send_to(packet, *to).await),
            Self::Namespace(tunnel) => drop(tunnel.send(packet).await),
        }
    }
}

/// One direction of a road.
pub(crate) struct Lane {
    road: Arc<Road>,
    end: End,
    dice: Dice,
    late: mpsc::Sender<(Instant, Vec<u8>)>,
}

impl Lane {
    /// What is lost follows from the seed.
    pub(crate) fn open(tasks: &mut JoinSet<()>, road: Arc<Road>, end: End, seed: u64) -> Self {
        let (late, mut due) = mpsc::channel::<(Instant, Vec<u8>)>(ON_THE_WAY);
        let there = end.clone();
        tasks.spawn(async move {
            while let Some((at, packet)) = due.recv().await {
                tokio::time::sleep_until(at).await;
                there.send(&packet).await;
            }
        });
        Self {
            road,
            end,
            dice: Dice::new(seed),
            late,
        }
    }

    /// Passes a packet on, if it does not get lost: at once on a road without delay, else when it
    /// is due, in the order of arrival.
    pub(crate) async fn pass(&mut self, packet: &[u8]) {
        if self.road.loses(&mut self.dice) {
            return;
        }
        let delay = self.road.delay();
        if delay.is_zero() {
            self.end.send(packet).await;
        } else {
            // Full means lost, as in a router.
            let _ = self
                .late
                .try_send((Instant::now() + delay, packet.to_vec()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use anyhow::Result;
    use tokio::time::timeout;

    use super::*;

    const DELAY: Duration = Duration::from_millis(60);

    /// A cut road passes nothing, a long one each packet in its time, a lossy one some of them.
    #[tokio::test]
    async fn a_road_is_as_it_is_told() -> Result<()> {
        let socket = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        let (from, to) = (Arc::new(socket().await?), socket().await?);
        let road = Arc::new(Road::default());
        let mut tasks = JoinSet::new();
        let end = End::Address(from, to.local_addr()?);
        let mut lane = Lane::open(&mut tasks, Arc::clone(&road), end, 1);
        let mut buffer = [0_u8; 8];

        road.cut(true);
        lane.pass(b"cut").await;
        road.cut(false);
        lane.pass(b"whole").await;
        assert_eq!(to.recv(&mut buffer).await?, 5, "the first got through");

        let far = Weather {
            delay: DELAY,
            lost_permille: 0,
        };
        road.set(far);
        let start = Instant::now();
        lane.pass(b"far").await;
        assert_eq!(to.recv(&mut buffer).await?, 3);
        assert!(start.elapsed() >= DELAY, "after {:?}", start.elapsed());

        road.set(Weather {
            delay: Duration::ZERO,
            lost_permille: 500,
        });
        for _ in 0..100 {
            lane.pass(b"lossy").await;
        }
        let mut arrived = 0;
        while timeout(DELAY, to.recv(&mut buffer)).await.is_ok() {
            arrived += 1;
        }
        assert!((20..80).contains(&arrived), "{arrived} of 100 arrived");
        Ok(())
    }
}
