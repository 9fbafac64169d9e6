//! Things of this member's runs that the events of a file are the first to use.

use std::collections::BTreeMap;

use chopmark_core::{DetachedPending, StateView as _, SubjectId, TzMinutes, Undrawn, When};
use chopmark_epcis::Event;
use chopmark_exchange::items_used;

use crate::clock;
use crate::peer::Peer;

/// Things drawn while nobody else gets at the replica.
const AT_ONCE: usize = 500;

impl Peer {
    /// Those of the things in events that nobody wrote about and a list of a run here holds.
    pub(super) fn undrawn_among(
        &self,
        events: &[Event],
    ) -> anyhow::Result<BTreeMap<SubjectId, Undrawn>> {
        let mut codes = items_used(events);
        let mut undrawn = BTreeMap::new();
        self.replica().read(|_, view| {
            // Under their own member alone: others may have begun something under the same hash.
            codes.retain(|code| {
                let subject = code.subject(&view.network(), &self.member());
                view.prefix_owner(code) == Some(self.member()) && view.subject(&subject).is_none()
            });
        });
        for code in codes {
            if let Some((run, item)) = self.replica().runs().item(&code.hash())? {
                let subject = code.subject(&self.network(), &self.member());
                undrawn.insert(subject, Undrawn::new(run, item));
            }
        }
        Ok(undrawn)
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
