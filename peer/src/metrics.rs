//! What a peer tells whoever watches it: the text format that Prometheus reads.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use chopmark_core::StateView as _;
use chopmark_ordering::Counts;

use crate::clock;
use crate::peer::Peer;

/// Where ordering stands, as it said last.
#[derive(Debug, Default)]
pub(crate) struct OrderingGauge(Mutex<Option<(Option<u32>, Counts)>>);

impl OrderingGauge {
    pub(crate) fn set(&self, round: Option<u32>, counts: Counts) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((round, counts));
    }

    fn get(&self) -> Option<(Option<u32>, Counts)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every figure, each with its type and what it means.
pub(crate) fn text(peer: &Peer) -> String {
    let replica = peer.replica();
    let (height, time, blocks, refused, subjects) = replica.read_final(|ledger| {
        let (tip, state) = (ledger.tip(), ledger.state());
        let refused = state.refusals().count();
        (
            tip.height.0,
            tip.time.0,
            ledger.log().size(),
            refused,
            state.subjects().count(),
        )
    });
    let age = clock::now().0.saturating_sub(time);
    let mut page = Page(String::new());
    page.gauge("height", "height of the newest checkpoint", height);
    page.gauge(
        "checkpoint_age_milliseconds",
        "by this machine's clock, since that checkpoint's time",
        age,
    );
    page.gauge("log_blocks", "blocks in the log", blocks);
    page.gauge(
        "log_gap_checkpoints",
        "checkpoints that a snapshot passed over and that are not here yet",
        replica.passed_over(),
    );
    page.gauge(
        "open_blocks",
        "blocks here and in no checkpoint yet",
        replica.open_count(),
    );
    page.gauge(
        "refused_records",
        "records in the log that are against the rules",
        refused,
    );
    page.gauge("subjects", "things on record", subjects);
    if let Some((round, counts)) = peer.ordering().get() {
        page.gauge(
            "round",
            "round at the height that is being agreed on; 0 while there is nothing to agree on",
            round.unwrap_or(0),
        );
        page.messages(&counts);
        page.counter(
            "equivocations",
            "times that a validator was caught signing two things",
            counts.equivocations,
        );
    }
    page.0
}

struct Page(String);

impl Page {
    fn gauge(&mut self, name: &str, help: &str, value: impl std::fmt::Display) {
        self.head(name, help, "gauge");
        self.line(name, "", value);
    }

    fn counter(&mut self, name: &str, help: &str, value: u64) {
        let name = format!("{name}_total");
        self.head(&name, help, "counter");
        self.line(&name, "", value);
    }

    fn messages(&mut self, counts: &Counts) {
        const NAME: &str = "ordering_messages_total";
        self.head(
            NAME,
            "messages of other validators, by what became of them",
            "counter",
        );
        let outcomes = [
            ("taken", counts.taken),
            ("malformed", counts.malformed),
            ("stranger", counts.strangers),
            ("past", counts.past),
            ("future", counts.future),
            ("flooding", counts.flooding),
            ("forged", counts.forged),
        ];
        for (outcome, count) in outcomes {
            self.line(NAME, &format!("{{outcome=\"{outcome}\"}}"), count);
        }
    }

    fn head(&mut self, name: &str, help: &str, kind: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.0,
            "# HELP chopmark_{name} {help}\n# TYPE chopmark_{name} {kind}"
        );
    }

    fn line(&mut self, name: &str, labels: &str, value: impl std::fmt::Display) {
        let _ = writeln!(self.0, "chopmark_{name}{labels} {value}");
    }
}
