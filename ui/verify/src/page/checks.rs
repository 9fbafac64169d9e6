//! Three checks, each with the numbers behind it.

use super::{Shown, say};
use crate::answer::{Answer, Issuer};
use crate::examine::Finding;
use crate::proof;
use crate::verdict::{Reason, Verdict};
use chopmark_core::{CheckKind, Report};
use chopmark_kit::{Card, Icon, Mark, Messages, text};
use std::rc::Rc;
use yew::prelude::*;

/// How a check came out.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Holds,
    Fails,
    /// A missing answer; never shown as one of the others.
    Unknown,
}

/// The checks that stand on signatures alone, in the order in which they are listed.
const OF_SIGNATURES: [CheckKind; 7] = [
    CheckKind::Whole,
    CheckKind::Signatures,
    CheckKind::Log,
    CheckKind::Enrolment,
    CheckKind::Cites,
    CheckKind::Custody,
    CheckKind::Sections,
];

/// The three checks.
#[component]
pub(super) fn Checks(props: &Shown) -> Html {
    let messages = props.messages;
    let finding = &props.finding;
    html! {
        <Card title={text!(VERIFY_KEYS, messages, "verify-checks").to_string()}>
            <div class="folds">
                {recorded(messages, finding)}
                {maker(messages, finding)}
                {whole(messages, finding)}
            </div>
        </Card>
    }
}

fn recorded(messages: Messages, finding: &Finding) -> Html {
    let judgement = &finding.judgement;
    let (state, line) = match (&judgement.reason, finding.history.is_some()) {
        (
            Reason::TwoHistories { .. }
            | Reason::OtherThanBefore { .. }
            | Reason::LeftOut { .. }
            | Reason::Denied { .. },
            _,
        ) => (
            State::Fails,
            text!(VERIFY_KEYS, messages, "verify-check-recorded-conflict"),
        ),
        (_, true) if judgement.agreeing > 1 => (
            State::Holds,
            text!(
                VERIFY_KEYS,
                messages,
                "verify-check-recorded-holds",
                count = judgement.agreeing
            ),
        ),
        (_, true) => (
            State::Unknown,
            text!(VERIFY_KEYS, messages, "verify-check-recorded-alone"),
        ),
        (_, false) if judgement.verdict == Verdict::NoRecord => (
            State::Fails,
            text!(VERIFY_KEYS, messages, "verify-check-recorded-none"),
        ),
        (_, false) => (
            State::Unknown,
            text!(VERIFY_KEYS, messages, "verify-check-recorded-none"),
        ),
    };
    let facts = finding.answers.iter().map(|answered| {
        fact(
            &answered.gateway.name(),
            &say::answer(messages, &answered.answer),
        )
    });
    let counted = finding
        .history
        .as_ref()
        .map(|history| counts(messages, &history.report, &[CheckKind::Checkpoint]));
    let title = text!(VERIFY_KEYS, messages, "verify-check-recorded");
    fold(
        messages,
        within_network(finding, state),
        &title,
        &line,
        html! { <>{for facts}{for counted}</> },
    )
}

fn maker(messages: Messages, finding: &Finding) -> Html {
    let report = finding.history.as_ref().map(|history| &history.report);
    let (state, line) = match report.map(proof::issuer) {
        Some(Issuer::Recognised(issuer)) => (
            State::Holds,
            text!(
                VERIFY_KEYS,
                messages,
                "verify-check-maker-holds",
                issuer = issuer
            ),
        ),
        Some(Issuer::Unknown) => (
            State::Fails,
            text!(VERIFY_KEYS, messages, "verify-check-maker-unknown"),
        ),
        None => (
            State::Unknown,
            text!(VERIFY_KEYS, messages, "verify-check-maker-none"),
        ),
    };
    let facts = report.map(|report| counts(messages, report, &[CheckKind::Prefix]));
    let title = text!(VERIFY_KEYS, messages, "verify-check-maker");
    fold(
        messages,
        within_network(finding, state),
        &title,
        &line,
        html! { {for facts} },
    )
}

fn whole(messages: Messages, finding: &Finding) -> Html {
    let broken: Vec<_> = finding
        .answers
        .iter()
        .filter_map(|answered| match &answered.answer {
            Answer::Broken(failure) => Some((answered.gateway.name(), failure)),
            _ => None,
        })
        .collect();
    let (state, line) = match (&finding.history, broken.is_empty()) {
        (_, false) => (
            State::Fails,
            text!(VERIFY_KEYS, messages, "verify-check-whole-broken"),
        ),
        (Some(_), true) => (
            State::Holds,
            text!(VERIFY_KEYS, messages, "verify-check-whole-holds"),
        ),
        (None, true) => (
            State::Unknown,
            text!(VERIFY_KEYS, messages, "verify-check-whole-none"),
        ),
    };
    let problems = broken
        .iter()
        .map(|(name, failure)| fact(name, &say::problem(messages, failure)));
    let facts = finding
        .history
        .as_ref()
        .map(|history| counts(messages, &history.report, &OF_SIGNATURES));
    let title = text!(VERIFY_KEYS, messages, "verify-check-whole");
    fold(
        messages,
        state,
        &title,
        &line,
        html! { <>{for problems}{for facts}</> },
    )
}

/// What the members of a network say counts for nothing while it is not known whether it is the
/// right network.
fn within_network(finding: &Finding, state: State) -> State {
    match finding.judgement.reason {
        Reason::NetworkChanged { .. } => State::Unknown,
        _ => state,
    }
}

/// How many things each kind of check looked at, all of which hold.
fn counts(messages: Messages, report: &Report, kinds: &[CheckKind]) -> Html {
    let lines = kinds.iter().filter_map(|kind| {
        let check = report.checks.iter().find(|check| check.kind == *kind)?;
        let name = messages.find(&format!("verify-count-{}", kind.code()), &[])?;
        Some(fact(&name, &messages.show(&check.looked_at.into())))
    });
    html! { {for lines} }
}

fn fact(name: &str, value: &str) -> Html {
    html! { <div><dt>{name.to_owned()}</dt><dd>{value.to_owned()}</dd></div> }
}

fn fold(messages: Messages, state: State, title: &Rc<str>, line: &Rc<str>, facts: Html) -> Html {
    let (class, mark, word) = match state {
        State::Holds => (
            "check-good",
            Mark::Check,
            text!(VERIFY_KEYS, messages, "verify-state-holds"),
        ),
        State::Fails => (
            "check-bad",
            Mark::Refused,
            text!(VERIFY_KEYS, messages, "verify-state-fails"),
        ),
        State::Unknown => (
            "check-calm",
            Mark::Clock,
            text!(VERIFY_KEYS, messages, "verify-state-unknown"),
        ),
    };
    html! {
        <details class="fold">
            <summary class={class}>
                <Icon {mark} />
                <span class="check-words">
                    <span>{title.clone()}<span class="unseen">{": "}{word}</span></span>
                    <span class="soft small">{line.clone()}</span>
                </span>
            </summary>
            <dl class="facts">{facts}</dl>
        </details>
    }
}
