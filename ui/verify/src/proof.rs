//! Has `core` verify a bundle, and reads from its report what the page needs.

use crate::answer::{Concern, Failure, Issuer, Proof};
use crate::failure::{failure, unreadable};
use chopmark_core::{
    Body, Bundle, CheckKind, Code, Condition, EvidenceLink, NetworkId, Problem, Report, Step,
    Verdict,
};
use std::collections::BTreeMap;

/// Verifies a bundle of this code against the network that the page takes for the right one.
pub(crate) fn verify(bytes: &[u8], code: &Code, network: NetworkId) -> Result<Report, Failure> {
    let report = Bundle::from_bytes(bytes)
        .and_then(|bundle| bundle.verify(code, network))
        .map_err(|error| unreadable(&error))?;
    // A maker that is not recognised leaves the rest of the proof as good as it was.
    let breaks_it = |problem: &&Problem| CheckKind::of(problem) != CheckKind::Prefix;
    let broken = report.problems().find(breaks_it).map(failure);
    broken.map_or(Ok(report), Err)
}

/// What the verdict and the comparison with another proof need of a report.
pub(crate) fn proof(report: &Report) -> Proof {
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
        concern: concern(report),
    }
}

/// Who commissioned the code, if the network recognises it.
pub(crate) fn issuer(report: &Report) -> Issuer {
    let is_commission =
        |step: &&Step| step.through.is_none() && matches!(step.body, Body::Commission { .. });
    let maker = report.journey.iter().find(is_commission);
    match maker.and_then(|step| step.member_name.clone()) {
        Some(name) if report.holds() => Issuer::Recognised(name),
        _ => Issuer::Unknown,
    }
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

/// What the newest inspection and the newest hand-over say against the item.
fn concern(report: &Report) -> Option<Concern> {
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
    match (failed, broken) {
        (Some(true), _) => Some(Concern::InspectionFailed),
        (_, Some(true)) => Some(Concern::SealBroken),
        _ => None,
    }
}
