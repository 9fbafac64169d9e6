//! Asks gateways for the bundle of a code, verifies what they send, and judges it.

use crate::answer::{Answer, Answered, Gateway, Silence};
use crate::ask::{Request, Sent};
use crate::memory::{self, Kept};
use crate::proof;
use crate::verdict::{self, Judgement, Verdict};
use crate::visit::Visit;
use chopmark_core::{Bundle, CodeQuery, Report, Undrawn, limits};
use std::rc::Rc;

/// The page's own host and one more: enough for a verdict, and kind to a data plan.
const ASKED_AT_FIRST: usize = 2;

/// Who is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// The page's host and others until two have answered, of which one knows the code.
    TwoMembers,
    /// Every gateway of the network.
    Everyone,
}

/// What an examination found.
#[derive(Clone, PartialEq)]
pub(crate) struct Finding {
    /// The word and the sentence.
    pub(crate) judgement: Judgement,
    /// Who was asked and what came back.
    pub(crate) answers: Vec<Answered>,
    /// The newest history that holds, if any.
    pub(crate) history: Option<Rc<History>>,
    /// What this browser knew before, where nobody shows a history now.
    pub(crate) kept: Option<Rc<KeptHistory>>,
    /// What shows that there is no record, and as of when.
    pub(crate) absence: Option<Rc<History>>,
}

impl Finding {
    /// The history that the page shows: what a peer shows now, or else what is kept.
    pub(crate) fn shown(&self) -> Option<&Rc<History>> {
        let kept = self.kept.as_ref().map(|kept| &kept.history);
        self.history.as_ref().or(kept)
    }
}

/// A bundle that holds, and what it says.
pub(crate) struct History {
    /// The bytes, as they were sent.
    pub(crate) bundle: Vec<u8>,
    /// What they prove.
    pub(crate) report: Report,
    /// Who sent them; `None` for what this browser kept.
    pub(crate) from: Option<Gateway>,
}

/// What a bundle says follows from its bytes.
impl PartialEq for History {
    fn eq(&self, other: &Self) -> bool {
        self.bundle == other.bundle && self.from == other.from
    }
}

/// A history from an earlier visit.
#[derive(PartialEq)]
pub(crate) struct KeptHistory {
    /// When it was fetched, milliseconds since 1970.
    pub(crate) at_ms: u64,
    /// How many members' peers showed it then.
    pub(crate) agreeing: usize,
    /// The history, verified again now.
    pub(crate) history: Rc<History>,
}

/// Asks, verifies, judges; keeps what was verified for the next visit.
pub(crate) async fn examine(visit: &Visit, whom: Whom) -> Finding {
    let mut rest = vec![visit.own()];
    rest.extend(visit.network.others(&visit.origin));
    let mut inquiry = Inquiry::new(visit);
    let mut at_once = match whom {
        Whom::TwoMembers => ASKED_AT_FIRST,
        Whom::Everyone => rest.len(),
    };
    while !rest.is_empty() && !inquiry.is_enough() {
        let asked: Vec<_> = rest.drain(..at_once.min(rest.len())).collect();
        inquiry.ask(asked).await;
        // Whoever knows nothing sends next to nothing.
        at_once = match inquiry.all_deny() {
            true => rest.len(),
            false => 1,
        };
    }
    inquiry.ask_again().await;
    inquiry.finish()
}

struct Inquiry<'a> {
    visit: &'a Visit,
    answers: Vec<Answered>,
    history: Option<Rc<History>>,
    absence: Option<Rc<History>>,
    /// The item's proof, where it never left its run: only the maker can tell without it.
    undrawn: Option<Undrawn>,
}

impl<'a> Inquiry<'a> {
    fn new(visit: &'a Visit) -> Self {
        Self {
            visit,
            answers: Vec::new(),
            history: None,
            absence: None,
            undrawn: None,
        }
    }

    /// Whoever has no list of the item's run can give its history when it is shown the proof.
    fn send(&self, gateway: &Gateway) -> Request {
        let code = CodeQuery::of(&self.visit.code);
        let shown = self.undrawn.as_ref().map(Undrawn::text);
        let shown = shown.map_or_else(String::new, |text| format!("?item={text}"));
        let url = format!("{}/history/{code}{shown}", gateway.origin);
        Request::send(&url, limits::BUNDLE_BYTES)
    }

    /// Asks all of these at once.
    async fn ask(&mut self, gateways: Vec<Gateway>) {
        let requests: Vec<_> = gateways
            .into_iter()
            .map(|gateway| (self.send(&gateway), gateway))
            .collect();
        for (request, gateway) in requests {
            let answer = self.read(&gateway, request).await;
            self.answers.push(Answered { gateway, answer });
        }
    }

    /// Asks those again who could not know an item of a run before they were shown its proof.
    async fn ask_again(&mut self) {
        if self.undrawn.is_none() {
            return;
        }
        let denied = |(_, it): &(usize, &Answered)| matches!(it.answer, Answer::NoRecord { .. });
        let denied = self.answers.iter().enumerate().filter(denied);
        let requests: Vec<_> = denied
            .map(|(place, it)| (place, it.gateway.clone(), self.send(&it.gateway)))
            .collect();
        for (place, gateway, request) in requests {
            let answer = self.read(&gateway, request).await;
            if let Some(asked) = self.answers.get_mut(place) {
                asked.answer = answer;
            }
        }
    }

    async fn read(&mut self, gateway: &Gateway, request: Request) -> Answer {
        match request.answer().await {
            // What is there, and that nothing is, is shown alike.
            Ok(Sent::Found(bundle)) => self.verify(gateway, bundle),
            Ok(Sent::NotFound(bundle)) if Bundle::from_bytes(&bundle).is_ok() => {
                self.verify(gateway, bundle)
            }
            Ok(Sent::NotFound(_)) => Answer::Silent(Silence::Status(404)),
            // Nothing that this asks for is refused in so many words.
            Ok(Sent::Refused(_)) => Answer::Silent(Silence::Status(400)),
            Err(silence) => Answer::Silent(silence),
        }
    }

    fn verify(&mut self, from: &Gateway, bundle: Vec<u8>) -> Answer {
        let report = match proof::verify(&bundle, &self.visit.code, self.visit.pin.claimed) {
            Ok(report) => report,
            Err(failure) => return Answer::Broken(failure),
        };
        let mine = memory::owner(self.visit.code.hash()).map(|owner| owner.public());
        let proof = proof::proof(&report, mine.as_ref());
        if report.run.is_some_and(|run| !run.drawn) {
            let read = Bundle::from_bytes(&bundle).ok();
            self.undrawn = read.and_then(|bundle| bundle.undrawn());
        }
        let history = Rc::new(History {
            bundle,
            report,
            from: Some(from.clone()),
        });
        let (shown, answer) = match history.report.is_absence() {
            true => (
                &mut self.absence,
                Answer::NoRecord {
                    height: proof.height,
                    header: proof.header,
                },
            ),
            false => (&mut self.history, Answer::Proof(Box::new(proof))),
        };
        let newest = shown.as_ref().map(|known| known.report.height);
        if newest < Some(history.report.height) {
            *shown = Some(history);
        }
        answer
    }

    /// Whether nobody else has to be asked. Not as long as all who answered know no such code: an
    /// item of a run may be known to its maker alone, and who that is nobody can say before. Nor
    /// while somebody is silent or behind.
    fn is_enough(&self) -> bool {
        let said = verdict::judge(self.visit.pin, &self.answers).verdict;
        said != Verdict::NoRecord && said != Verdict::CouldNotCheck
    }

    fn all_deny(&self) -> bool {
        self.denials() == self.answers.len()
    }

    fn denials(&self) -> usize {
        let denied = |it: &&Answered| matches!(it.answer, Answer::NoRecord { .. });
        self.answers.iter().filter(denied).count()
    }

    fn finish(self) -> Finding {
        let judgement = verdict::judge(self.visit.pin, &self.answers);
        for shown in [&self.history, &self.absence].into_iter().flatten() {
            let report = &shown.report;
            memory::keep_newest(self.visit.pin.claimed, report.height, report.header);
        }
        let kept = match &self.history {
            Some(history) => {
                if judgement.verdict == Verdict::Verified {
                    keep(self.visit, history, judgement.agreeing);
                }
                None
            }
            None => kept(self.visit),
        };
        Finding {
            judgement,
            answers: self.answers,
            history: self.history,
            kept,
            absence: self.absence,
        }
    }
}

fn keep(visit: &Visit, history: &History, agreeing: usize) {
    let kept = Kept {
        at_ms: now_ms(),
        agreeing,
        bundle: history.bundle.clone(),
    };
    memory::keep_proof(visit.code.hash(), &kept);
}

/// What this browser knew, verified again: whoever can write into its storage proves nothing.
fn kept(visit: &Visit) -> Option<Rc<KeptHistory>> {
    let kept = memory::proof(visit.code.hash())?;
    let report = proof::verify(&kept.bundle, &visit.code, visit.pin.first_seen).ok()?;
    Some(Rc::new(KeptHistory {
        at_ms: kept.at_ms,
        agreeing: kept.agreeing,
        history: Rc::new(History {
            bundle: kept.bundle,
            report,
            from: None,
        }),
    }))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a browser's clock in whole milliseconds, positive since 1970"
)]
pub(crate) fn now_ms() -> u64 {
    js_sys::Date::now() as u64
}
