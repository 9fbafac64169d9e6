//! The journey: what happened to the item and to the containers it was in, oldest first.

use super::Shown;
use super::photos::Photo;
use crate::answer::Gateway;
use crate::examine::Finding;
use crate::proof;
use crate::visit::Visit;
use chopmark_core::{Body, Condition, Output, Party, Report, Step, SubjectId, Verdict};
use chopmark_kit::{Card, Icon, Mark, Messages, Moment, MomentTone, Timeline, Value, text};
use std::collections::BTreeMap;
use std::rc::Rc;
use yew::prelude::*;

/// The steps that a history shows.
#[component]
pub(super) fn Journey(props: &Shown) -> Html {
    let messages = props.messages;
    let Some(history) = props.finding.shown() else {
        return Html::default();
    };
    let report = &history.report;
    let containers = containers(report);
    let title = text!(VERIFY_KEYS, messages, "verify-journey").to_string();
    html! {
        <div class="part-journey">
        <Card title={title.clone()}>
            if let Some(gateway) = single_source(&props.finding) {
                <p class="soft small journey-source">
                    {text!(VERIFY_KEYS, messages, "verify-journey-from", name = gateway.name())}
                </p>
            }
            if let Some(run) = report.run.filter(|run| !run.drawn) {
                <p class="soft small">
                    {text!(VERIFY_KEYS, messages, "verify-in-run", count = run.count)}
                </p>
            }
            <Timeline label={title}>
                {for report.journey.iter().map(|step| moment(messages, report, step, &containers, props))}
            </Timeline>
        </Card>
        </div>
    }
}

/// Who shows the journey, where the others do not show the same.
fn single_source(finding: &Finding) -> Option<&Gateway> {
    let alone = finding.judgement.agreeing < 2;
    finding.shown()?.from.as_ref().filter(|_| alone)
}

/// The containers around the item, numbered as they come up: their codes are on their own
/// labels only.
fn containers(report: &Report) -> BTreeMap<SubjectId, usize> {
    let mut numbers = BTreeMap::new();
    for container in report.journey.iter().filter_map(|step| step.through) {
        let next = numbers.len().saturating_add(1);
        numbers.entry(container).or_insert(next);
    }
    numbers
}

fn moment(
    messages: Messages,
    report: &Report,
    step: &Step,
    containers: &BTreeMap<SubjectId, usize>,
    props: &Shown,
) -> Html {
    let (icon, title) = title(messages, report, step);
    let member = step
        .member_name
        .clone()
        .unwrap_or_else(|| step.member.to_string());
    let when = step.body.when().map_or(step.clock, |when| when.time);
    let number = step
        .through
        .and_then(|container| containers.get(&container));
    let tone = if speaks_against(&step.body) {
        MomentTone::Bad
    } else {
        MomentTone::Settled
    };
    let parts = step.sections.iter().map(|section| &section.body);
    html! {
        <Moment key={step.at.to_string()} {icon} {tone} title={title}>
            <p>{member}</p>
            <p class="soft small">{messages.show(&Value::Time(when.0))}</p>
            if step.corrected_by.is_some() {
                <p class="soft small">{text!(VERIFY_KEYS, messages, "verify-corrected")}</p>
            }
            if step.absent > 0 {
                <p class="soft small">{text!(VERIFY_KEYS, messages, "verify-absent")}</p>
            }
            if let Some(number) = number {
                <p class="soft small row">
                    <Icon mark={Mark::Unit} class="icon-small" />
                    {text!(VERIFY_KEYS, messages, "verify-through-container", number = *number)}
                </p>
            }
            {for parts.map(|part| html! {
                <>
                    if let Some(place) = &part.place {
                        <p class="small">{text!(VERIFY_KEYS, messages, "verify-place", place = place)}</p>
                    }
                    if let Some(note) = &part.note {
                        <p class="small">{note.clone()}</p>
                    }
                    {for part.measured.iter().map(|measured| html! {
                        <p class="small">{format!("{}: {} {}", measured.name, measured.value, measured.unit)}</p>
                    })}
                </>
            })}
            {for proof::evidence(step).map(|link| html! {
                <Photo {messages} link={Rc::new(link.clone())} from={sources(&props.visit, &props.finding)} />
            })}
        </Moment>
    }
}

/// Whom to ask for a photo: the page's own host first, then who answered.
fn sources(visit: &Visit, finding: &Finding) -> Vec<Gateway> {
    let own = visit.own();
    let others = finding.answers.iter().map(|answered| &answered.gateway);
    let others = others
        .filter(|gateway| gateway.origin != own.origin)
        .cloned();
    std::iter::once(own.clone()).chain(others).collect()
}

fn title(messages: Messages, report: &Report, step: &Step) -> (Mark, Rc<str>) {
    match &step.body {
        Body::Commission { .. } => (
            Mark::Item,
            text!(VERIFY_KEYS, messages, "verify-step-commissioned"),
        ),
        Body::Observe { step, .. } => (Mark::Place, observed(messages, step)),
        Body::Pack { .. } => (
            Mark::Unit,
            text!(VERIFY_KEYS, messages, "verify-step-packed"),
        ),
        Body::Unpack { .. } => (
            Mark::Unit,
            text!(VERIFY_KEYS, messages, "verify-step-unpacked"),
        ),
        Body::Offer { to, .. } => {
            let to = name_of(messages, report, to);
            (
                Mark::Handover,
                text!(VERIFY_KEYS, messages, "verify-step-offered", to = &*to),
            )
        }
        Body::Accept { condition, .. } => {
            let condition = condition_word(messages, *condition);
            let title = text!(
                VERIFY_KEYS,
                messages,
                "verify-step-accepted",
                condition = &*condition
            );
            (Mark::Handover, title)
        }
        Body::Decline { .. } => (
            Mark::Handover,
            text!(VERIFY_KEYS, messages, "verify-step-declined"),
        ),
        Body::CommissionRun { .. } => (
            Mark::Item,
            text!(VERIFY_KEYS, messages, "verify-step-commissioned"),
        ),
        Body::Transform { outputs, .. } => {
            (Mark::Item, transformed(messages, report, step, outputs))
        }
        Body::Draw { .. } => {
            let count = report.run.map_or(0, |run| run.count);
            let title = text!(VERIFY_KEYS, messages, "verify-step-drawn", count = count);
            (Mark::Item, title)
        }
        Body::Correct { .. } => (
            Mark::Info,
            text!(VERIFY_KEYS, messages, "verify-step-corrected"),
        ),
        Body::Decommission { .. } => (
            Mark::Item,
            text!(VERIFY_KEYS, messages, "verify-step-decommissioned"),
        ),
        Body::Associate { .. } => (
            Mark::Unit,
            text!(VERIFY_KEYS, messages, "verify-step-associated"),
        ),
        Body::Dissociate { .. } => (
            Mark::Unit,
            text!(VERIFY_KEYS, messages, "verify-step-dissociated"),
        ),
        Body::OfferTitle { to, .. } => {
            let to = name_of(messages, report, to);
            let title = text!(
                VERIFY_KEYS,
                messages,
                "verify-step-title-offered",
                to = &*to
            );
            (Mark::Handover, title)
        }
        Body::TakeTitle { .. } => (
            Mark::Handover,
            text!(VERIFY_KEYS, messages, "verify-step-title-taken"),
        ),
        Body::DeclineTitle { .. } => (
            Mark::Handover,
            text!(VERIFY_KEYS, messages, "verify-step-title-declined"),
        ),
        Body::PickUp { .. } => (
            Mark::Handover,
            text!(VERIFY_KEYS, messages, "verify-step-picked-up"),
        ),
        Body::Activate { .. } => (
            Mark::Check,
            text!(VERIFY_KEYS, messages, "verify-step-activated"),
        ),
        Body::Resell { .. } => (
            Mark::Handover,
            text!(VERIFY_KEYS, messages, "verify-step-resold"),
        ),
        Body::Report { .. } => (
            Mark::Info,
            text!(VERIFY_KEYS, messages, "verify-step-reported"),
        ),
        Body::Pledge { .. } => (
            Mark::Info,
            text!(VERIFY_KEYS, messages, "verify-step-pledged"),
        ),
        Body::Release { .. } => (
            Mark::Info,
            text!(VERIFY_KEYS, messages, "verify-step-released"),
        ),
        Body::Hold { .. } => (
            Mark::Inspect,
            text!(VERIFY_KEYS, messages, "verify-step-held"),
        ),
        Body::Clear { .. } => (
            Mark::Inspect,
            text!(VERIFY_KEYS, messages, "verify-step-cleared"),
        ),
        Body::Attest { verdict, .. } => {
            let title = match verdict {
                Verdict::Pass => text!(VERIFY_KEYS, messages, "verify-step-inspected-pass"),
                Verdict::Fail => text!(VERIFY_KEYS, messages, "verify-step-inspected-fail"),
                Verdict::Conditional => {
                    text!(VERIFY_KEYS, messages, "verify-step-inspected-conditional")
                }
            };
            (Mark::Inspect, title)
        }
        Body::Unreadable { .. } => (
            Mark::Inspect,
            text!(VERIFY_KEYS, messages, "verify-step-unreadable"),
        ),
        // Identity records stand under a history, they are not steps of it.
        Body::Enrol { .. }
        | Body::Revoke { .. }
        | Body::RegisterPrefix { .. }
        | Body::SetPolicy { .. }
        | Body::SetReader { .. }
        | Body::AdmitMember { .. }
        | Body::ExpelMember { .. }
        | Body::SetValidators { .. }
        | Body::RotateRoot { .. }
        | Body::SetGuardians { .. }
        | Body::Recover { .. }
        | Body::ObjectRecovery { .. }
        | Body::Open { .. }
        | Body::Grant { .. } => (Mark::Info, step.at.to_string().into()),
    }
}

/// Whether the subject, or the run that it was of, came out of a transformation or went in.
fn transformed(messages: Messages, report: &Report, step: &Step, outputs: &[Output]) -> Rc<str> {
    let its_own = [report.subject, report.run.map(|run| run.subject)];
    let mut made = outputs
        .iter()
        .map(|output| output.subject(&report.network, &step.member));
    if made.any(|subject| its_own.contains(&Some(subject))) {
        text!(VERIFY_KEYS, messages, "verify-step-made")
    } else {
        text!(VERIFY_KEYS, messages, "verify-step-used")
    }
}

/// A business step of CBV 2.0 in words, where there are words for it.
fn observed(messages: Messages, step: &str) -> Rc<str> {
    let known = messages.find(&format!("verify-cbv-{}", step.replace('_', "-")), &[]);
    known.unwrap_or_else(|| step.to_owned()).into()
}

fn condition_word(messages: Messages, condition: Condition) -> Rc<str> {
    match condition {
        Condition::Good => text!(VERIFY_KEYS, messages, "verify-condition-good"),
        Condition::Shortage => text!(VERIFY_KEYS, messages, "verify-condition-shortage"),
        Condition::Damage => text!(VERIFY_KEYS, messages, "verify-condition-damage"),
        Condition::SealBroken => text!(VERIFY_KEYS, messages, "verify-condition-seal-broken"),
    }
}

fn speaks_against(body: &Body) -> bool {
    match body {
        Body::Attest { verdict, .. } => *verdict == Verdict::Fail,
        Body::Accept { condition, .. } => *condition != Condition::Good,
        _ => false,
    }
}

fn name_of(messages: Messages, report: &Report, party: &Party) -> Rc<str> {
    match party {
        Party::Member(member) => match report.members.get(member) {
            Some(name) => name.as_str().into(),
            None => member.to_string().into(),
        },
        Party::Consumer(_) => text!(VERIFY_KEYS, messages, "verify-party-consumer"),
        Party::Bearer(_) => text!(VERIFY_KEYS, messages, "verify-party-bearer"),
    }
}
