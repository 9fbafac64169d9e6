//! How much may be on its way at a time: what the library's BBR says, and on an idle road no less
//! than a fixed measure.
//!
//! QUIC's usual controller takes every lost datagram for a full queue, and sends next to nothing on
//! a road that loses one in a hundred by itself, as mobile ones do. BBR does not, but believes the
//! shortest round trip that it ever saw: when a road gets longer, by another route or another
//! operator, it takes what it has on its way for a queue, and falls to a few datagrams for good.
//! Once a road is known for a while, nothing stands in a queue as long as round trips are as short as
//! they lately were and next to nothing is lost (so TCP Veno tells chance from congestion; Fu and
//! Liew, 2003); then a measure that carries a busy network between two continents does no harm.

use std::any::Any;
use std::sync::Arc;
use std::time::{Duration, Instant};

use quinn::congestion::{BbrConfig, Controller, ControllerFactory};
use quinn_proto::RttEstimator;

/// On its way at least, while the road is idle: 1.3 MB/s at a round trip of 200 ms.
const LEAST_BYTES: u64 = 256 * 1024;
/// A round trip longer than the shortest by more than this and a quarter of it stood in a queue.
const JITTER: Duration = Duration::from_millis(10);
/// The shortest round trip is that of the last one or two spans of this length: roads change.
const LATELY: Duration = Duration::from_secs(10);
/// More than one byte of so many lost is congestion, whatever round trips say.
const ONE_OF: u64 = 20;
/// Losses that are chance however little was sent.
const FEW_BYTES: u64 = 8 * 1_452;
/// Bytes after which what was counted weighs half.
const FORGET_BYTES: u64 = 1024 * 1024;
/// And time after which it does: at the pace of a full road those bytes take minutes, and a burst
/// that a busy machine lost would pass for a full road that long.
const FORGET: Duration = Duration::from_secs(3);

/// Makes one for each path.
#[derive(Debug, Default)]
pub(super) struct RoadConfig(Arc<BbrConfig>);

impl ControllerFactory for RoadConfig {
    fn build(self: Arc<Self>, now: Instant, current_mtu: u16) -> Box<dyn Controller> {
        Box::new(Road {
            bbr: Arc::clone(&self.0).build(now, current_mtu),
            signs: Signs::default(),
        })
    }
}

struct Road {
    bbr: Box<dyn Controller>,
    signs: Signs,
}

/// What tells an idle road from a full one.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    /// When the present span began, and the shortest round trips of the one before and of it.
    span: Option<(Instant, Duration, Duration)>,
    /// Whether a whole span has passed: before, BBR feels its way by itself.
    known: bool,
    queueing: bool,
    sent: u64,
    lost: u64,
    /// When what was counted weighed half last.
    forgot: Option<Instant>,
}

impl Signs {
    fn sent(&mut self, bytes: u64) {
        self.sent = self.sent.saturating_add(bytes);
        if self.sent >= FORGET_BYTES {
            self.forget();
        }
    }

    fn forget(&mut self) {
        self.sent /= 2;
        self.lost /= 2;
    }

    fn lost(&mut self, bytes: u64) {
        self.lost = self.lost.saturating_add(bytes);
    }

    fn round_trip(&mut self, at: Instant, took: Duration) {
        let (began, before, here) = self.span.unwrap_or((at, took, took));
        let over = at.saturating_duration_since(began) >= LATELY;
        let span = match over {
            true => (at, here, took),
            false => (began, before, here.min(took)),
        };
        self.known |= over;
        self.span = Some(span);
        let shortest = span.1.min(span.2);
        self.queueing = took > shortest + shortest / 4 + JITTER;
        let forgot = *self.forgot.get_or_insert(at);
        if at.saturating_duration_since(forgot) >= FORGET {
            self.forgot = Some(at);
            self.forget();
        }
    }

    fn are_of_an_idle_road(&self) -> bool {
        let few = (self.sent / ONE_OF).max(FEW_BYTES);
        self.known && !self.queueing && self.lost <= few
    }
}

impl Controller for Road {
    fn on_sent(&mut self, now: Instant, bytes: u64, last_packet_number: u64) {
        self.signs.sent(bytes);
        self.bbr.on_sent(now, bytes, last_packet_number);
    }

    fn on_ack(
        &mut self,
        now: Instant,
        sent: Instant,
        bytes: u64,
        app_limited: bool,
        rtt: &RttEstimator,
    ) {
        self.signs.round_trip(now, rtt.get());
        self.bbr.on_ack(now, sent, bytes, app_limited, rtt);
    }

    fn on_end_acks(
        &mut self,
        now: Instant,
        in_flight: u64,
        app_limited: bool,
        largest_packet_num_acked: Option<u64>,
    ) {
        self.bbr
            .on_end_acks(now, in_flight, app_limited, largest_packet_num_acked);
    }

    fn on_congestion_event(
        &mut self,
        now: Instant,
        sent: Instant,
        is_persistent_congestion: bool,
        lost_bytes: u64,
    ) {
        self.signs.lost(lost_bytes);
        self.bbr
            .on_congestion_event(now, sent, is_persistent_congestion, lost_bytes);
    }

    fn on_mtu_update(&mut self, new_mtu: u16) {
        self.bbr.on_mtu_update(new_mtu);
    }

    fn window(&self) -> u64 {
        let least = match self.signs.are_of_an_idle_road() {
            true => LEAST_BYTES,
            false => 0,
        };
        self.bbr.window().max(least)
    }

    fn clone_box(&self) -> Box<dyn Controller> {
        Box::new(Self {
            bbr: self.bbr.clone_box(),
            signs: self.signs,
        })
    }

    fn initial_window(&self) -> u64 {
        self.bbr.initial_window()
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: u64 = 1_452;

    fn at(second: u64) -> Instant {
        static BEGAN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
        *BEGAN.get_or_init(Instant::now) + Duration::from_secs(second)
    }

    #[test]
    fn one_lost_in_a_hundred_is_chance_and_one_in_ten_is_not() {
        for (of, idle) in [(100, true), (10, false)] {
            let mut signs = Signs::default();
            for second in [0, 10] {
                signs.round_trip(at(second), Duration::from_millis(200));
            }
            for packet in 1..=10_000 {
                signs.sent(PACKET);
                if packet % of == 0 {
                    signs.lost(PACKET);
                }
            }
            assert_eq!(signs.are_of_an_idle_road(), idle, "one of {of}");
        }
    }

    #[test]
    fn a_burst_that_was_lost_is_forgotten_within_seconds_also_at_a_crawl() {
        let mut signs = Signs::default();
        for second in [0, 10] {
            signs.round_trip(at(second), Duration::from_millis(200));
        }
        signs.sent(2 * LEAST_BYTES);
        signs.lost(LEAST_BYTES);
        assert!(!signs.are_of_an_idle_road());
        let mut again = 11;
        // Four datagrams each round trip.
        while !signs.are_of_an_idle_road() {
            signs.sent(20 * PACKET);
            signs.round_trip(at(again), Duration::from_millis(200));
            again += 1;
        }
        assert!((20..=30).contains(&again), "after {again} s");
        // Where one in five goes on being lost at that pace, the road stays full.
        for second in again..again + 21 {
            signs.sent(20 * PACKET);
            signs.lost(4 * PACKET);
            signs.round_trip(at(second), Duration::from_millis(200));
        }
        assert!(!signs.are_of_an_idle_road());
    }

    #[test]
    fn a_road_is_full_while_round_trips_stand_in_a_queue() {
        let mut signs = Signs::default();
        for (second, ms, idle) in [
            // Not known for long enough.
            (0, 200, false),
            (10, 200, true),
            (11, 250, true),
            (12, 270, false),
            (13, 210, true),
            // Another road, as long as that queue: for two spans nobody knows.
            (14, 400, false),
            (21, 400, false),
            (32, 400, true),
            (33, 520, false),
            // And a short one, where a processor that has other work makes as much.
            (34, 1, true),
            (35, 9, true),
            (36, 40, false),
        ] {
            signs.round_trip(at(second), Duration::from_millis(ms));
            assert_eq!(signs.are_of_an_idle_road(), idle, "{second} s, {ms} ms");
        }
    }

    #[test]
    fn a_road_of_which_nothing_is_known_is_tried_with_little() {
        let road = Arc::new(RoadConfig::default()).build(at(0), 1_452);
        assert_eq!(road.window(), road.initial_window());
        let mut of_idle = Road {
            bbr: road,
            signs: Signs::default(),
        };
        for (second, window) in [(0, of_idle.initial_window()), (10, LEAST_BYTES)] {
            let took = Duration::from_millis(200);
            of_idle.signs.round_trip(at(second), took);
            assert_eq!(of_idle.window(), window, "{second} s");
        }
        // Lost without end: the road is full, and the library's controller alone decides.
        of_idle.signs.sent(100 * PACKET);
        of_idle.on_congestion_event(at(11), at(10), false, 20 * PACKET);
        assert!(of_idle.window() < LEAST_BYTES);
    }
}
