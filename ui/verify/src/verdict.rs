//! From answers to one word. Nothing here draws, asks or reads a clock.
//!
//! The order of the questions is the rule of the page: what speaks against the record first, then
//! what is missing, and only then what speaks for it. So no missing answer counts as a pass.

use crate::answer::{Answer, Answered, Concern, Failure, Issuer, Proof};
use crate::compare::{self, Side};
use chopmark_core::{HeaderHash, Height, NetworkId, RecordRef};

/// The one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The proof holds and the record is in order.
    Verified,
    /// The proof holds, the member is not recognised for this code.
    IssuerUnknown,
    /// Something does not match.
    Warning,
    /// Says nothing, good or bad.
    CouldNotCheck,
    /// This network does not know the code.
    NoRecord,
}

/// The one sentence: why it is this word.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Reason {
    /// So many members' peers show the same proof.
    Confirmed {
        /// Who made the record.
        issuer: String,
    },
    /// They do, but its maker is not recognised for this code.
    IssuerUnknown,
    /// This browser knows the address as another network's.
    NetworkChanged {
        /// What it is now.
        now: NetworkId,
        /// What it was at the first visit.
        before: NetworkId,
    },
    /// One peer's bundle does not hold.
    Broken {
        /// Whose.
        at: String,
        /// What is wrong with it.
        failure: Failure,
    },
    /// Two peers show different histories of the network.
    TwoHistories {
        /// The one.
        first: String,
        /// The other.
        second: String,
        /// Where they part.
        height: Height,
    },
    /// A peer shows another checkpoint at a height than this browser saw before.
    OtherThanBefore {
        /// Who shows it.
        at: String,
        /// The height.
        height: Height,
    },
    /// One peer left out what another shows.
    LeftOut {
        /// Who left it out.
        by: String,
        /// Who shows it.
        shown_by: String,
        /// The record.
        record: RecordRef,
    },
    /// One peer has a proof that holds, another says that it knows no such code.
    Denied {
        /// Who denies.
        by: String,
        /// Who shows it.
        shown_by: String,
    },
    /// The record holds and itself says that something is wrong.
    Concern(Concern),
    /// The proof of one peer holds, and no second one answered.
    OnlyOne {
        /// The one.
        at: String,
    },
    /// Nobody shows a checkpoint as new as one that this browser saw before.
    Older {
        /// That checkpoint.
        known: Height,
    },
    /// One peer knows no such code, and no second one answered.
    OnlyOneDenies {
        /// The one.
        at: String,
    },
    /// Every peer that answered knows no such code, and one did not answer. Of an item of a run it
    /// may be the only one that knows.
    SilentMayKnow {
        /// Who did not answer.
        silent: String,
    },
    /// No peer answered.
    NobodyAnswered,
    /// No peer of the network knows the code.
    Unknown,
}

/// What the page was told and made of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Judgement {
    /// The word.
    pub(crate) verdict: Verdict,
    /// The sentence.
    pub(crate) reason: Reason,
    /// How many peers showed the same proof, or denied the code together.
    pub(crate) agreeing: usize,
}

/// The network that the page takes for the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pin {
    /// What the address claims now.
    pub(crate) claimed: NetworkId,
    /// What this browser saw at its first visit; the same as `claimed` at that visit.
    pub(crate) first_seen: NetworkId,
    /// The newest checkpoint of it that this browser saw.
    pub(crate) newest: Option<(Height, HeaderHash)>,
}

/// Judges what was answered. The first answer is that of the page's own host.
pub(crate) fn judge(pin: Pin, answers: &[Answered]) -> Judgement {
    let proofs: Vec<(&Answered, &Proof)> = answers
        .iter()
        .filter_map(|answered| match &answered.answer {
            Answer::Proof(proof) => Some((answered, proof.as_ref())),
            _ => None,
        })
        .collect();
    let newest = proofs.iter().map(|(_, proof)| proof.height).max();
    let deniers: Vec<&Answered> = answers
        .iter()
        .filter(|answered| denies(&answered.answer, newest))
        .collect();
    let reason = against(pin, answers, &proofs, &deniers)
        .or_else(|| missing(pin, answers, &proofs, &deniers))
        .unwrap_or_else(|| in_favour(&proofs));
    Judgement {
        verdict: verdict_of(&reason),
        agreeing: proofs.len().max(deniers.len()),
        reason,
    }
}

fn verdict_of(reason: &Reason) -> Verdict {
    match reason {
        Reason::Confirmed { .. } => Verdict::Verified,
        Reason::IssuerUnknown => Verdict::IssuerUnknown,
        Reason::NetworkChanged { .. }
        | Reason::Broken { .. }
        | Reason::TwoHistories { .. }
        | Reason::OtherThanBefore { .. }
        | Reason::LeftOut { .. }
        | Reason::Denied { .. }
        | Reason::Concern(_) => Verdict::Warning,
        Reason::Older { .. }
        | Reason::OnlyOne { .. }
        | Reason::OnlyOneDenies { .. }
        | Reason::SilentMayKnow { .. }
        | Reason::NobodyAnswered => Verdict::CouldNotCheck,
        Reason::Unknown => Verdict::NoRecord,
    }
}

/// Whether an answer denies the code. A peer that is behind the newest proof does not: it may
/// not have the record yet, and its answer counts as none.
fn denies(answer: &Answer, newest: Option<Height>) -> bool {
    match (answer, newest) {
        (Answer::NoRecord { height, .. }, newest) => newest.is_none_or(|newest| *height >= newest),
        _ => false,
    }
}

/// Everything that speaks against the record.
fn against(
    pin: Pin,
    answers: &[Answered],
    proofs: &[(&Answered, &Proof)],
    deniers: &[&Answered],
) -> Option<Reason> {
    if pin.claimed != pin.first_seen {
        return Some(Reason::NetworkChanged {
            now: pin.claimed,
            before: pin.first_seen,
        });
    }
    for answered in answers {
        if let Answer::Broken(failure) = &answered.answer {
            return Some(Reason::Broken {
                at: answered.gateway.name(),
                failure: failure.clone(),
            });
        }
    }
    let mut seen: Vec<(String, (Height, HeaderHash))> = Vec::new();
    for answered in answers {
        let Some((height, header)) = answered.answer.checkpoint() else {
            continue;
        };
        let second = answered.gateway.name();
        let differs = |(at, other): &(Height, HeaderHash)| *at == height && *other != header;
        if pin.newest.as_ref().is_some_and(differs) {
            return Some(Reason::OtherThanBefore { at: second, height });
        }
        if let Some((first, _)) = seen.iter().find(|(_, known)| differs(known)) {
            let first = first.clone();
            return Some(Reason::TwoHistories {
                first,
                second,
                height,
            });
        }
        seen.push((second, (height, header)));
    }
    for (index, (first, one)) in proofs.iter().enumerate() {
        for (second, other) in proofs.iter().skip(index.saturating_add(1)) {
            if let Some((side, record)) = compare::left_out(one, other) {
                let (by, shown_by) = match side {
                    Side::First => (first, second),
                    Side::Second => (second, first),
                };
                return Some(Reason::LeftOut {
                    by: by.gateway.name(),
                    shown_by: shown_by.gateway.name(),
                    record,
                });
            }
        }
    }
    if let ([denier, ..], [(shows, _), ..]) = (deniers, proofs) {
        return Some(Reason::Denied {
            by: denier.gateway.name(),
            shown_by: shows.gateway.name(),
        });
    }
    proofs
        .iter()
        .find_map(|(_, proof)| proof.concern.clone().map(Reason::Concern))
}

/// What is missing before anything may be said.
fn missing(
    pin: Pin,
    answers: &[Answered],
    proofs: &[(&Answered, &Proof)],
    deniers: &[&Answered],
) -> Option<Reason> {
    // As of when something is shown to be there, or not to be.
    let shown = answers.iter().filter_map(|it| it.answer.checkpoint()).max();
    if let (Some((shown, _)), Some((known, _))) = (shown, pin.newest)
        && shown < known
    {
        return Some(Reason::Older { known });
    }
    match (proofs, deniers) {
        ([], []) => Some(Reason::NobodyAnswered),
        ([(only, _)], _) => Some(Reason::OnlyOne {
            at: only.gateway.name(),
        }),
        ([], [only]) => Some(Reason::OnlyOneDenies {
            at: only.gateway.name(),
        }),
        ([], _) => {
            let is_silent = |it: &&Answered| matches!(it.answer, Answer::Silent(_));
            let silent = answers.iter().find(is_silent)?.gateway.name();
            Some(Reason::SilentMayKnow { silent })
        }
        _ => None,
    }
}

/// Enough answers, and nothing speaks against them.
fn in_favour(proofs: &[(&Answered, &Proof)]) -> Reason {
    let Some((_, first)) = proofs.first() else {
        return Reason::Unknown;
    };
    let issuers = proofs.iter().map(|(_, proof)| &proof.issuer);
    if issuers.into_iter().any(|issuer| *issuer == Issuer::Unknown) {
        return Reason::IssuerUnknown;
    }
    match &first.issuer {
        Issuer::Recognised(issuer) => Reason::Confirmed {
            issuer: issuer.clone(),
        },
        Issuer::Unknown => Reason::IssuerUnknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::Silence;
    use crate::testing::{answered, proof, record};

    const NETWORK: NetworkId = NetworkId::from_bytes([1; 32]);

    fn settled() -> Pin {
        Pin {
            claimed: NETWORK,
            first_seen: NETWORK,
            newest: None,
        }
    }

    fn shows(host: &str, proof: Proof) -> Answered {
        answered(host, Answer::Proof(Box::new(proof)))
    }

    fn denies_at(host: &str, height: u64) -> Answered {
        let (height, header) = (Height(height), HeaderHash::from_bytes([5; 32]));
        answered(host, Answer::NoRecord { height, header })
    }

    fn silent(host: &str) -> Answered {
        answered(host, Answer::Silent(Silence::Unreachable))
    }

    fn word(answers: &[Answered]) -> Verdict {
        judge(settled(), answers).verdict
    }

    #[test]
    fn two_equal_proofs_are_verified() {
        let whole = proof(5, &[(0, 1)]);
        let judged = judge(settled(), &[shows("a", whole.clone()), shows("b", whole)]);
        assert_eq!(judged.verdict, Verdict::Verified);
        assert_eq!(judged.agreeing, 2);
    }

    #[test]
    fn a_missing_answer_is_never_a_pass() {
        let whole = proof(5, &[(0, 1)]);
        for missing in [
            Silence::Unreachable,
            Silence::TimedOut,
            Silence::Busy,
            Silence::Status(500),
            Silence::TooLarge,
        ] {
            let none = answered("b", Answer::Silent(missing));
            assert_eq!(
                word(&[shows("a", whole.clone()), none.clone()]),
                Verdict::CouldNotCheck
            );
            let alone = std::slice::from_ref(&none);
            assert_eq!(word(alone), Verdict::CouldNotCheck);
            assert_eq!(word(&[denies_at("a", 5), none]), Verdict::CouldNotCheck);
        }
        assert_eq!(word(&[shows("a", whole)]), Verdict::CouldNotCheck);
        assert_eq!(word(&[]), Verdict::CouldNotCheck);
    }

    #[test]
    fn a_code_that_two_peers_do_not_know_has_no_record() {
        let both = [denies_at("a", 5), denies_at("b", 4)];
        assert_eq!(word(&both), Verdict::NoRecord);
        // Of an item of a run the maker alone may know, and that may be the silent one.
        let [one, other] = both;
        let judged = judge(settled(), &[one, other, silent("c")]);
        assert_eq!(judged.verdict, Verdict::CouldNotCheck);
        let silent = "c".to_owned();
        assert_eq!(judged.reason, Reason::SilentMayKnow { silent });
    }

    #[test]
    fn one_broken_bundle_is_a_warning_that_names_its_peer_even_beside_two_good_ones() {
        let whole = proof(5, &[(0, 1)]);
        let failure = Failure {
            code: "bad-signature",
            details: Vec::new(),
        };
        let judged = judge(
            settled(),
            &[
                shows("a", whole.clone()),
                answered("b", Answer::Broken(failure.clone())),
                shows("c", whole),
            ],
        );
        assert_eq!(judged.verdict, Verdict::Warning);
        assert_eq!(
            judged.reason,
            Reason::Broken {
                at: "b".to_owned(),
                failure
            }
        );
    }

    #[test]
    fn two_checkpoints_at_one_height_are_two_histories() {
        let whole = proof(5, &[(0, 1)]);
        let mut other = whole.clone();
        other.header = HeaderHash::from_bytes([9; 32]);
        let height = whole.height;
        let two = Reason::TwoHistories {
            first: "a".to_owned(),
            second: "b".to_owned(),
            height,
        };
        let header = other.header;
        let none = |host| answered(host, Answer::NoRecord { height, header });
        for (first, second) in [
            (shows("a", whole.clone()), shows("b", other)),
            (shows("a", whole), none("b")),
            (denies_at("a", 5), none("b")),
        ] {
            let judged = judge(settled(), &[first, second]);
            assert_eq!(
                (judged.verdict, judged.reason),
                (Verdict::Warning, two.clone())
            );
        }
    }

    #[test]
    fn a_record_left_out_is_a_warning_that_names_record_and_peer() {
        let judged = judge(
            settled(),
            &[
                shows("a", proof(9, &[(0, 1), (3, 2)])),
                shows("b", proof(9, &[(0, 1)])),
            ],
        );
        assert_eq!(
            judged.reason,
            Reason::LeftOut {
                by: "b".to_owned(),
                shown_by: "a".to_owned(),
                record: record(2)
            }
        );
    }

    #[test]
    fn a_peer_that_is_behind_counts_as_silent_and_one_that_denies_is_a_warning() {
        let whole = proof(5, &[(0, 1)]);
        let behind = [shows("a", whole.clone()), denies_at("b", 4)];
        assert_eq!(word(&behind), Verdict::CouldNotCheck);
        let denied = [shows("a", whole), denies_at("b", 5)];
        assert_eq!(word(&denied), Verdict::Warning);
    }

    #[test]
    fn another_network_than_at_the_first_visit_is_a_warning_before_all_else() {
        let pin = Pin {
            claimed: NETWORK,
            first_seen: NetworkId::from_bytes([2; 32]),
            newest: None,
        };
        let whole = proof(5, &[(0, 1)]);
        let judged = judge(pin, &[shows("a", whole.clone()), shows("b", whole)]);
        assert_eq!(judged.verdict, Verdict::Warning);
    }

    #[test]
    fn what_this_browser_saw_before_is_not_gone_back_on() {
        let whole = proof(5, &[(0, 1)]);
        let both = [shows("a", whole.clone()), shows("b", whole.clone())];
        let seen = |height: u64, header: HeaderHash| {
            let newest = Some((Height(height), header));
            let pin = Pin {
                newest,
                ..settled()
            };
            judge(pin, &both)
        };
        assert_eq!(seen(4, whole.header).verdict, Verdict::Verified);
        assert_eq!(seen(5, whole.header).verdict, Verdict::Verified);
        let known = Height(6);
        assert_eq!(seen(6, whole.header).reason, Reason::Older { known });
        assert_eq!(seen(6, whole.header).verdict, Verdict::CouldNotCheck);
        // Nor by who shows that there was none then.
        let newest = Some((known, whole.header));
        let pin = Pin {
            newest,
            ..settled()
        };
        let none = judge(pin, &[denies_at("a", 5), denies_at("b", 5)]);
        assert_eq!(none.reason, Reason::Older { known });
        let other = seen(5, HeaderHash::from_bytes([9; 32]));
        assert!(matches!(other.reason, Reason::OtherThanBefore { .. }));
        assert_eq!(other.verdict, Verdict::Warning);
    }

    #[test]
    fn an_unrecognised_issuer_is_neither_verified_nor_a_warning() {
        let mut unknown = proof(5, &[(0, 1)]);
        unknown.issuer = Issuer::Unknown;
        let both = [shows("a", unknown.clone()), shows("b", unknown.clone())];
        assert_eq!(word(&both), Verdict::IssuerUnknown);
        let one = [shows("a", unknown), silent("b")];
        assert_eq!(word(&one), Verdict::CouldNotCheck);
    }

    #[test]
    fn a_failed_inspection_is_a_warning_even_from_one_peer() {
        let mut failed = proof(5, &[(0, 1)]);
        failed.concern = Some(Concern::InspectionFailed);
        assert_eq!(word(&[shows("a", failed), silent("b")]), Verdict::Warning);
    }
}
