//! Things of runs that the events of a file are the first to use.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use chopmark_core::{
    Code, CodeHash, DetachedPending, MemberId, Refusal, SubjectId, TzMinutes, Undrawn, When,
};
use chopmark_epcis::Event;
use chopmark_exchange::{Refused, Unrecorded, items_used, unrecorded};
use chopmark_replica::Node;
use tokio::runtime::Handle;

use super::{ProgressStep, Told, tell};
use crate::clock;
use crate::peer::Peer;

/// Things looked for or drawn while nobody else gets at the replica, and asked for at a time.
const AT_ONCE: usize = 500;

/// What events are the first to use.
#[derive(Default)]
pub(super) struct Unused {
    /// Those that a run holds.
    pub(super) proven: BTreeMap<SubjectId, Undrawn>,
    /// Those of which not everybody said who knows, with the reason.
    unheard: BTreeMap<SubjectId, Rc<str>>,
}

impl Peer {
    /// Those of the things in events that nobody wrote about and a run holds: one of this member's,
    /// by its list, or another's, by what the peers of its maker say.
    pub(super) fn undrawn_among(
        &self,
        events: &[Event],
        (node, told): (Option<&Node>, &Told),
    ) -> anyhow::Result<Unused> {
        let mut unused = Unused::default();
        for (maker, things) in self.unrecorded_among(events) {
            let mut missing = Vec::new();
            for (subject, code) in things {
                match self.replica().runs().item(&code.hash())? {
                    Some((run, item)) => {
                        unused.proven.insert(subject, Undrawn::new(run, item));
                    }
                    None => missing.push((subject, code.hash())),
                }
            }
            match node {
                // Nobody has more of this member's lists than the peer that signs for it.
                _ if maker == self.member() => {}
                Some(node) => unused.ask(node, maker, (&missing, told)),
                None => unused.unheard(&missing, "start this peer, so that its maker can be asked"),
            }
        }
        Ok(unused)
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

impl Unused {
    /// Asks the peers of a maker for these.
    fn ask(
        &mut self,
        node: &Node,
        maker: MemberId,
        (missing, told): (&[(SubjectId, CodeHash)], &Told),
    ) {
        let mut asked = 0;
        for some in missing.chunks(AT_ONCE) {
            tell(told, ProgressStep::Asking, asked, missing.len());
            asked = asked.saturating_add(some.len());
            let codes: BTreeSet<CodeHash> = some.iter().map(|(_, code)| *code).collect();
            let answer = Handle::current().block_on(node.items_from(maker, codes));
            let mut heard = match answer {
                Ok(heard) => heard,
                Err(error) => {
                    let why = format!("its maker could not be asked: {error}");
                    let from = asked.saturating_sub(some.len());
                    self.unheard(missing.get(from..).unwrap_or_default(), &why);
                    return;
                }
            };
            let mut open = Vec::new();
            for (subject, code) in some {
                match heard.found.remove(code) {
                    Some(undrawn) => {
                        self.proven.insert(*subject, undrawn);
                    }
                    None => open.push((*subject, *code)),
                }
            }
            if !heard.is_whole {
                self.unheard(&open, "not every peer of its maker could be asked");
            }
        }
    }

    fn unheard(&mut self, things: &[(SubjectId, CodeHash)], why: &str) {
        let why: Rc<str> = why.into();
        let each = things.iter().map(|(subject, _)| (*subject, why.clone()));
        self.unheard.extend(each);
    }

    /// Why the rules refuse an event, with what stands behind it if it uses one of these.
    pub(super) fn reason(&self, refused: &Refused) -> String {
        let Refused::Rules(Refusal::UnknownSubject { subject }) = refused else {
            return refused.to_string();
        };
        let behind = match self.unheard.get(subject) {
            Some(why) => Some(&**why),
            None if self.proven.contains_key(subject) => {
                Some("it is of a run that is on offer or has ended")
            }
            None => None,
        };
        match behind {
            Some(behind) => format!("{refused} ({behind})"),
            None => refused.to_string(),
        }
    }
}
