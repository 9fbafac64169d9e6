//! Things of runs that the events of a file are the first to use.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{
    Code, CodeHash, DetachedPending, MemberId, SubjectId, TzMinutes, Undrawn, When,
};
use chopmark_epcis::Event;
use chopmark_exchange::{Unrecorded, items_used, unrecorded};
use chopmark_replica::Node;
use tokio::runtime::Handle;

use super::{ProgressStep, Told, tell};
use crate::clock;
use crate::peer::Peer;

/// Things looked for or drawn while nobody else gets at the replica, and asked for at a time.
const AT_ONCE: usize = 500;

impl Peer {
    /// Those of the things in events that nobody wrote about and a run holds: one of this member's,
    /// by its list, or another's, by what the peers of its maker say.
    pub(super) fn undrawn_among(
        &self,
        events: &[Event],
        (node, told): (Option<&Node>, &Told),
    ) -> anyhow::Result<BTreeMap<SubjectId, Undrawn>> {
        let mut undrawn = BTreeMap::new();
        for (maker, things) in self.unrecorded_among(events) {
            let mut missing = Vec::new();
            for (subject, code) in things {
                match self.replica().runs().item(&code.hash())? {
                    Some((run, item)) => {
                        undrawn.insert(subject, Undrawn::new(run, item));
                    }
                    None => missing.push((subject, code.hash())),
                }
            }
            if let Some(node) = node {
                undrawn.extend(heard_of(node, maker, &missing, told));
            }
        }
        Ok(undrawn)
    }

    fn unrecorded_among(&self, events: &[Event]) -> Unrecorded {
        let codes: Vec<Code> = items_used(events).into_iter().collect();
        let mut all = Unrecorded::new();
        for some in codes.chunks(AT_ONCE) {
            let found = self.replica().read(|_, view| unrecorded(some, view));
            for (maker, things) in found {
                all.entry(maker).or_default().extend(things);
            }
        }
        all
    }

    /// How things stand with them drawn, made part by part: a validator would neither vote nor sync
    /// while very many are.
    pub(super) fn draw_for_trial(
        &self,
        undrawn: &BTreeMap<SubjectId, Undrawn>,
    ) -> Option<DetachedPending> {
        let mut kept: Option<DetachedPending> = None;
        let all: Vec<&Undrawn> = undrawn.values().collect();
        for some in all.chunks(AT_ONCE) {
            let before = kept.take();
            kept = Some(self.replica().read(|ledger, pending| {
                let mut drawn = match before {
                    Some(before) => before.attach_anyway(ledger),
                    None => pending.clone(),
                };
                drawn.draw(some.iter().copied());
                drawn.detach()
            }));
        }
        kept
    }

    /// Draws them from their runs; gives in how many blocks. Blocks of their own, since the paths
    /// of many do not fit into one, and since drawn in vain nothing has changed.
    pub(super) fn draw(&self, undrawn: &BTreeMap<SubjectId, Undrawn>) -> anyhow::Result<usize> {
        let when = When {
            time: clock::now(),
            tz: TzMinutes::default(),
        };
        let drawing = Undrawn::drawing(when, undrawn);
        for record in &drawing {
            self.sign_block(std::slice::from_ref(record))?;
        }
        Ok(drawing.len())
    }
}

/// What the peers of a maker have of these. Where none answers, they are as unknown as before, and
/// the trial says so of each event that uses them.
fn heard_of(
    node: &Node,
    maker: MemberId,
    missing: &[(SubjectId, CodeHash)],
    told: &Told,
) -> BTreeMap<SubjectId, Undrawn> {
    let mut heard = BTreeMap::new();
    for (part, some) in missing.chunks(AT_ONCE).enumerate() {
        let done = part.saturating_mul(AT_ONCE);
        tell(told, ProgressStep::Asking, done, missing.len());
        let codes: BTreeSet<CodeHash> = some.iter().map(|(_, code)| *code).collect();
        match Handle::current().block_on(node.items_from(maker, codes)) {
            Ok(mut items) => heard.extend(
                some.iter()
                    .filter_map(|(subject, code)| Some((*subject, items.remove(code)?))),
            ),
            Err(error) => {
                tracing::warn!(%maker, %error, "nobody said which things are of its runs");
                break;
            }
        }
    }
    heard
}
