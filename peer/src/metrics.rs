//! What a peer tells whoever watches it: the text format that Prometheus reads.

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use chopmark_ordering::Counts;

use crate::figures::Figures;

/// Where ordering stands, as it said last.
#[derive(Debug, Default)]
pub(crate) struct OrderingGauge(Mutex<Option<(Option<u32>, Counts)>>);

impl OrderingGauge {
    pub(crate) fn set(&self, round: Option<u32>, counts: Counts) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((round, counts));
    }

    pub(crate) fn get(&self) -> Option<(Option<u32>, Counts)> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every figure, each with its type and what it means.
pub(crate) fn text(figures: &Figures) -> String {
    let mut page = Page(String::new());
    page.gauge("height", "height of the newest checkpoint", figures.height);
    page.gauge(
        "checkpoint_age_milliseconds",
        "by this machine's clock, since that checkpoint's time",
        figures.age_ms,
    );
    page.gauge("log_blocks", "blocks in the log", figures.log_blocks);
    page.gauge(
        "log_gap_checkpoints",
        "checkpoints that a snapshot passed over and that are not here yet",
        figures.log_gap,
    );
    page.gauge(
        "open_blocks",
        "blocks here and in no checkpoint yet",
        figures.open_blocks,
    );
    page.gauge(
        "refused_records",
        "records in the log that are against the rules",
        figures.refused_records,
    );
    page.gauge("subjects", "things on record", figures.subjects);
    page.gauge(
        "peers",
        "other members' peers that this one calls",
        figures.peers.len(),
    );
    page.gauge(
        "peers_connected",
        "those of them that it is connected to",
        figures.connected(),
    );
    page.gauge(
        "restoring",
        "1 while a peer that was restored from a copy signs and orders nothing",
        u8::from(figures.restoring),
    );
    page.gauge(
        "root_key_changes_coming",
        "recoveries of members' root keys, and choices of other guardians, that do not hold yet",
        figures.coming.len(),
    );
    if let (Some(round), Some((_, counts))) = (figures.round(), &figures.ordering) {
        page.gauge(
            "round",
            "round at the height that is being agreed on; 0 while there is nothing to agree on",
            round,
        );
        page.messages(counts);
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
            ("oversized", counts.oversized),
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
