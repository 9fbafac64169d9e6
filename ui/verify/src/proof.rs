//! Has `core` verify a bundle, and reads from its report what the page needs.

use crate::answer::{Concern, Failure, Issuer, Proof};
use crate::failure::{failure, unreadable};
use chopmark_core::{
    Body, Bundle, CheckKind, Code, Condition, EvidenceLink, NetworkId, OwnerKey, Party, Problem,
    Report, Step, Verdict, Warning,
};
use std::collections::BTreeMap;

/// The disposition of what its maker calls back, in CBV's word.
const RECALLED: &str = "recalled";

/// Verifies a bundle of this code against the network that the page takes for the right one.
pub(crate) fn verify(bytes: &[u8], code: &Code, network: NetworkId) -> Result<Report, Failure> {
    let report = Bundle::from_bytes(bytes)
        .and_then(|bundle| bundle.verify(code, network))
        .map_err(|error| unreadable(&error))?;
    // A maker that is not recognised leaves the rest of the proof as good as it was.
    let breaks_it = |problem: &&Problem| CheckKind::of(problem) != CheckKind::Prefix;
    // A stranger's block is not in the log either: who signed it says more.
    let tells_less = |problem: &&Problem| !matches!(problem, Problem::StrangerSignature { .. });
    let broken = report
        .problems()
        .filter(breaks_it)
        .min_by_key(tells_less)
        .map(failure);
    broken.map_or(Ok(report), Err)
}

/// What the verdict and the comparison with another proof need of a report.
/// `mine` is the key by which this browser's owner may own it: that it was sold to them is no news.
pub(crate) fn proof(report: &Report, mine: Option<&OwnerKey>) -> Proof {
    let mut records: BTreeMap<u64, Vec<_>> = BTreeMap::new();
    for step in &report.journey {
        records.entry(step.log_index).or_default().push(step.at);
    }
    Proof {
        height: report.height,
        header: report.header,
        log_size: report.log_size,
        records,
        issuer: issuer(report),
        concern: concern(report, mine),
    }
}

/// Who wrote the record by which the code began, if the network recognises it.
pub(crate) fn issuer(report: &Report) -> Issuer {
    match beginning(report).and_then(|step| step.member_name.clone()) {
        Some(name) if report.holds() => Issuer::Recognised(name),
        _ => Issuer::Unknown,
    }
}

/// The record by which the code began: alone, in a run, or out of other things.
fn beginning(report: &Report) -> Option<&Step> {
    let began = report.began?;
    report.journey.iter().find(|step| step.at == began)
}

/// The prefix's member, if its newest word about the thing is that it calls it back. Anyone may
/// write this of anything: nobody else's word counts, nor one that was corrected.
fn recalled_by(report: &Report) -> Option<String> {
    let Issuer::Recognised(name) = issuer(report) else {
        return None;
    };
    let maker = beginning(report)?.member;
    let steps = report.journey.iter().rev().filter(|step| {
        step.member == maker && step.through.is_none() && step.corrected_by.is_none()
    });
    let bodies = steps.flat_map(|step| step.sections.iter().map(|section| &section.body));
    let newest = bodies.filter_map(|body| body.disposition.as_deref()).next();
    (newest == Some(RECALLED)).then_some(name)
}

/// The product's name, as the label opens it.
pub(crate) fn product(report: &Report) -> Option<String> {
    let sections = report.journey.iter().flat_map(|step| &step.sections);
    sections
        .into_iter()
        .find_map(|section| section.body.product.clone())
}

/// The photos and files of a step that the label opens.
pub(crate) fn evidence(step: &Step) -> impl Iterator<Item = &EvidenceLink> {
    step.sections
        .iter()
        .flat_map(|section| &section.body.evidence)
}

/// What its end, a recall, a hold, what cannot be, the newest inspection and the newest hand-over say against the item.
fn concern(report: &Report, mine: Option<&OwnerKey>) -> Option<Concern> {
    let is_mine = mine.is_some_and(|key| report.owner == Some(Party::Consumer(*key)));
    let told = |warning: &&Warning| !(is_mine && matches!(warning, Warning::SoldBefore { .. }));
    let trace = report.warnings.iter().find(told).copied();
    let newest = |wanted: fn(&Body) -> Option<bool>| {
        report
            .journey
            .iter()
            .rev()
            .find_map(|step| wanted(&step.body))
    };
    let failed = newest(|body| match body {
        Body::Attest { verdict, .. } => Some(*verdict == Verdict::Fail),
        _ => None,
    });
    let broken = newest(|body| match body {
        Body::Accept { condition, .. } => Some(*condition == Condition::SealBroken),
        _ => None,
    });
    let recalled = recalled_by(report);
    match (failed, broken) {
        _ if report.ended.is_some() => Some(Concern::Ended),
        _ if recalled.is_some() => recalled.map(|by| Concern::Recalled { by }),
        _ if report.held_by.is_some() => Some(Concern::Held),
        _ if trace.is_some() => trace.map(Concern::Trace),
        (Some(true), _) => Some(Concern::InspectionFailed),
        (_, Some(true)) => Some(Concern::SealBroken),
        _ => None,
    }
}

#[cfg(test)]
mod goods;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::world::World;
    use chopmark_core::Kind;

    #[test]
    fn a_journey_through_a_case_is_proved_with_its_photo() {
        let world = World::travelled(b"picture", Verdict::Pass, Condition::Good);
        let bundle = world.bundle(&world.item);
        let report = verify(&bundle, &world.item, world.genesis.id()).unwrap();
        let kinds: Vec<Kind> = report.journey.iter().map(|step| step.kind).collect();
        let expected = [
            Kind::Commission,
            Kind::Attest,
            Kind::Pack,
            Kind::Offer,
            Kind::Accept,
            Kind::Offer,
            Kind::Accept,
        ];
        assert_eq!(kinds, expected);
        assert_eq!(
            issuer(&report),
            Issuer::Recognised("Nansha Precision Works".to_owned())
        );
        assert_eq!(product(&report).as_deref(), Some("Pocket lens 8×42"));
        let links: Vec<&EvidenceLink> = report.journey.iter().flat_map(evidence).collect();
        let [link] = links.as_slice() else {
            panic!("{links:?}")
        };
        let sealed = world.evidence.get(&link.id).unwrap();
        let opened = chopmark_core::EvidenceCipher::new(&link.key).open_file(sealed);
        assert_eq!(opened.unwrap(), b"picture");
        assert_eq!(proof(&report, None).concern, None);
    }

    #[test]
    fn what_the_record_itself_says_against_the_item_is_a_concern() {
        let failed = World::travelled(b"picture", Verdict::Fail, Condition::SealBroken);
        let report = verify(
            &failed.bundle(&failed.item),
            &failed.item,
            failed.genesis.id(),
        );
        assert_eq!(
            proof(&report.unwrap(), None).concern,
            Some(Concern::InspectionFailed)
        );
        let broken = World::travelled(b"picture", Verdict::Pass, Condition::SealBroken);
        let report = verify(
            &broken.bundle(&broken.item),
            &broken.item,
            broken.genesis.id(),
        );
        let mut report = report.unwrap();
        assert_eq!(proof(&report, None).concern, Some(Concern::SealBroken));
        let activated = report.journey[0].at;
        let sold = Warning::SoldBefore {
            activated,
            again: None,
        };
        report.warnings.push(sold);
        assert_eq!(proof(&report, None).concern, Some(Concern::Trace(sold)));
        // Whoever it was sold to knows that.
        let buyer = OwnerKey::from_bytes([7; 32]);
        report.owner = Some(Party::Consumer(buyer));
        assert_eq!(
            proof(&report, Some(&buyer)).concern,
            Some(Concern::SealBroken)
        );
        report.held_by = Some(broken.genesis.founders()[0].id());
        assert_eq!(proof(&report, None).concern, Some(Concern::Held));
        report.ended = report.journey.last().map(|step| step.at);
        assert_eq!(proof(&report, None).concern, Some(Concern::Ended));
    }

    #[test]
    fn another_network_and_another_code_are_named() {
        let world = World::travelled(b"picture", Verdict::Pass, Condition::Good);
        let bundle = world.bundle(&world.item);
        let other = NetworkId::from_bytes([9; 32]);
        let wrong = verify(&bundle, &world.item, other).unwrap_err();
        assert_eq!(wrong.code, "wrong-network");
        let wrong = verify(&bundle, &world.case, world.genesis.id()).unwrap_err();
        assert_eq!(wrong.code, "other-code");
        let cut = &bundle[..bundle.len() - 1];
        assert_eq!(
            verify(cut, &world.item, world.genesis.id())
                .unwrap_err()
                .code,
            "malformed"
        );
    }

    #[test]
    fn that_there_is_no_record_is_verified_and_what_is_recorded_cannot_be_denied() {
        let world = World::travelled(b"picture", Verdict::Pass, Condition::Good);
        let never = Code::gtin_serial("09506000134352", "NEVER").unwrap();
        let shows = |code| verify(&world.absence(code), code, world.genesis.id());
        let none = shows(&never).unwrap();
        assert!(none.is_absence());
        assert_eq!(proof(&none, None).concern, None);
        assert_eq!(shows(&world.item).unwrap_err().code, "left-out");
    }

    #[test]
    fn a_flipped_bit_in_what_members_signed_never_passes() {
        let world = World::travelled(b"picture", Verdict::Pass, Condition::Good);
        let bundle = world.bundle(&world.item);
        // Every byte; every bit of a smaller bundle is flipped in core.
        for at in 0..bundle.len() {
            let mut altered = bundle.clone();
            altered[at] ^= 1 << (at % 8);
            let found = verify(&altered, &world.item, world.genesis.id());
            assert!(found.is_err(), "byte {at} of {}", bundle.len());
        }
    }
}
