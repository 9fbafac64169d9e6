//! One icon, one word, one sentence; as of when, by how many.

use super::{Stage, Wish, say};
use crate::examine::{Finding, now_ms};
use crate::proof;
use crate::verdict::{Reason, Verdict};
use crate::visit::{NoVisit, Visit};
use chopmark_core::Report;
use chopmark_kit::{Button, ButtonKind, Icon, Messages, Tone, Value, text};
use std::rc::Rc;
use yew::prelude::*;

/// Properties of [`VerdictCard`].
#[derive(PartialEq, Properties)]
pub(super) struct VerdictProps {
    pub(super) messages: Messages,
    pub(super) stage: Stage,
    pub(super) onwish: Callback<Wish>,
}

/// The word for the tab and for the card.
pub(super) fn word(messages: Messages, stage: &Stage) -> Rc<str> {
    match (verdict(stage), stage) {
        (Some(verdict), _) => say::word(messages, verdict),
        (None, Stage::Nothing(_)) => text!(VERIFY_KEYS, messages, "verify-typed"),
        (None, _) => text!(VERIFY_KEYS, messages, "verify-word-asking"),
    }
}

fn verdict(stage: &Stage) -> Option<Verdict> {
    match stage {
        Stage::Asking | Stage::Nothing(NoVisit::NoCode) => None,
        // A code that cannot exist is one that no network knows.
        Stage::Nothing(NoVisit::NotACode(_)) => Some(Verdict::NoRecord),
        Stage::Nothing(NoVisit::NoNetwork) => Some(Verdict::CouldNotCheck),
        Stage::Done(_, finding) => Some(finding.judgement.verdict),
    }
}

/// The verdict.
#[component]
pub(super) fn VerdictCard(props: &VerdictProps) -> Html {
    let messages = props.messages;
    let sentence = match &props.stage {
        Stage::Asking => text!(VERIFY_KEYS, messages, "verify-why-asking"),
        Stage::Nothing(nothing) => say::nothing(messages, nothing),
        Stage::Done(_, finding) => say::sentence(messages, &finding.judgement),
    };
    let (tone, icon) = match verdict(&props.stage).map(say::look) {
        Some((tone, mark)) => (tone, html! { <Icon {mark} class="icon-large" /> }),
        None => (
            Tone::Calm,
            html! { <span class="spin" aria-hidden="true"></span> },
        ),
    };
    html! {
        <section class={classes!("card", "verdict", class_of(tone))} aria-live="polite" aria-busy={(props.stage == Stage::Asking).to_string()}>
            <span class="verdict-icon">{icon}</span>
            <h1 class="verdict-word" data-verdict={name_of(verdict(&props.stage))}>{word(messages, &props.stage)}</h1>
            <p class="verdict-sentence">{sentence}</p>
            if let Stage::Done(visit, finding) = &props.stage {
                if let Some(detail) = say::detail(messages, &finding.judgement) {
                    <p class="soft small">{detail}</p>
                }
                {about(messages, visit, finding)}
                {way_out(messages, finding, &props.onwish)}
            }
        </section>
    }
}

/// What the verdict is about, and how fresh it is.
fn about(messages: Messages, visit: &Visit, finding: &Finding) -> Html {
    let kept = finding.kept.as_deref();
    let shown = finding.shown().or(finding.absence.as_ref());
    let report = shown.map(|history| &history.report);
    let known = visit.network.gateways.len().max(finding.answers.len());
    let agreeing = finding.judgement.agreeing;
    let unasked = known.saturating_sub(finding.answers.len());
    html! {
        <>
            <div class="verdict-about">
                if let Some(product) = report.and_then(proof::product) {
                    <p class="verdict-product">{product}</p>
                }
                <p class="code">{visit.code.element_string()}</p>
            </div>
            if let Some(kept) = kept {
                <p class="soft small">
                    {text!(VERIFY_KEYS, messages, "verify-kept", agreeing = kept.agreeing)}
                    {" "}
                    {text!(VERIFY_KEYS, messages, "verify-kept-when", time = Value::Time(kept.at_ms))}
                </p>
            }
            <p class="soft small">
                if let Some(report) = report {
                    {text!(VERIFY_KEYS, messages, "verify-as-of", time = Value::Time(report.as_of.0), height = report.height.0)}
                    {" · "}
                }
                {text!(VERIFY_KEYS, messages, "verify-peers-line", agreeing = agreeing, known = known, unasked = unasked)}
            </p>
            if let Some(report) = report {
                <p class="soft small">{final_line(messages, report)}</p>
            }
        </>
    }
}

/// By how many validators the checkpoint was signed under which all of it stands, and how long ago.
fn final_line(messages: Messages, report: &Report) -> Rc<str> {
    let (have, all) = report.cosigned;
    let age = say::age(messages, now_ms().saturating_sub(report.as_of.0));
    text!(
        VERIFY_KEYS,
        messages,
        "verify-final",
        have = have,
        all = all,
        age = &*age
    )
}

/// What a person can do at once where the verdict is no answer.
fn way_out(messages: Messages, finding: &Finding, onwish: &Callback<Wish>) -> Html {
    let wish = |wish: Wish| onwish.reform(move |()| wish.clone());
    match (&finding.judgement.reason, finding.judgement.verdict) {
        (Reason::NetworkChanged { .. }, _) => html! {
            <Button kind={ButtonKind::Quiet} wide={true} onclick={wish(Wish::AcceptNetwork)}
                label={text!(VERIFY_KEYS, messages, "verify-accept-network")} />
        },
        (_, Verdict::CouldNotCheck) => html! {
            <Button kind={ButtonKind::Main} wide={true} onclick={wish(Wish::Again)}
                label={text!(VERIFY_KEYS, messages, "verify-check-again")} />
        },
        _ => Html::default(),
    }
}

fn class_of(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "verdict-good",
        Tone::Wait => "verdict-wait",
        Tone::Bad => "verdict-bad",
        Tone::Note => "verdict-note",
        Tone::Calm => "verdict-calm",
    }
}

/// The verdict for programs: the tests of the page, and tools that read it to people.
fn name_of(verdict: Option<Verdict>) -> &'static str {
    match verdict {
        None => "asking",
        Some(Verdict::Verified) => "verified",
        Some(Verdict::IssuerUnknown) => "issuer-unknown",
        Some(Verdict::Warning) => "warning",
        Some(Verdict::CouldNotCheck) => "could-not-check",
        Some(Verdict::NoRecord) => "no-record",
    }
}
