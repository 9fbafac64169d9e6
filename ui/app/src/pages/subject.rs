use chopmark_kit::{
    Banner, Card, Icon, Mark, Messages, Moment, MomentTone, Status, Timeline, Tone,
};
use chopmark_view::{
    EventStatus, JourneyStep, NewestCheckpoint, Subject as SubjectCommand, SubjectCard,
    SubjectKind, SubjectView,
};
use yew::prelude::*;

use crate::hooks::{use_messages, use_remote};
use crate::parts::{
    MayCorrect, Papers, Photo, ShowAll, SubjectRow, SubjectSummary, WasCorrected, shown, term,
};
use crate::state::Route;
use crate::words::{failure, line, party, say, status, stock, time};

/// How many packed things the page shows until all are asked for.
const ROWS: usize = 6;

/// Properties of [`Subject`].
#[derive(PartialEq, Properties)]
pub(crate) struct SubjectProps {
    pub(crate) subject: String,
}

/// One subject: what it is, who holds it, what can be done, its journey.
#[component]
pub(crate) fn Subject(props: &SubjectProps) -> Html {
    let m = use_messages();
    let (remote, retry) = use_remote(SubjectCommand {
        subject: props.subject.clone(),
    });
    shown(
        &m,
        &remote,
        &retry,
        |view| html! { <Ready view={(**view).clone()} /> },
    )
}

#[derive(PartialEq, Properties)]
struct ReadyProps {
    view: SubjectView,
}

#[component]
fn Ready(props: &ReadyProps) -> Html {
    let m = use_messages();
    let view = &props.view;
    html! {
        <>
            <SubjectSummary card={view.card.clone()} />
            if let Some(warning) = &view.card.warning {
                <Banner tone={Tone::Wait} icon={Mark::Warning} text={failure(&m, warning)} />
            }
            if view.offer.is_some() && !view.offer_to_me {
                <Banner tone={Tone::Wait} icon={Mark::Handover} text={say!(m, "subject-on-offer")} />
            }
            if let Some(title) = &view.title_offer {
                <Banner tone={Tone::Wait} icon={Mark::File} title={say!(m, "offered-title")}
                    text={say!(m, "subject-title-offered", from = &title.from, to = party(&m, &title.to).as_str(), term = term(&m, title).as_str())} />
            }
            if let Some(pledge) = &view.pledge {
                <Banner tone={Tone::Wait} icon={Mark::Lock}
                    text={say!(m, "pledged-to", bank = &pledge.bank, time = time(&m, pledge.since_ms).as_str())} />
            }
            <Actions view={view.clone()} />
            <div class="columns">
                <Card title={say!(m, "journey")}>
                    <Timeline label={say!(m, "journey")}>
                        {for view.journey.iter().rev().map(|step| html! { <Step key={step.record.clone()} step={step.clone()} subject={view.card.subject.clone()} /> })}
                    </Timeline>
                    if let Some(newest) = &view.newest {
                        <p class="soft small" id="newest">{newest_line(&m, newest)}</p>
                    }
                </Card>
                <div class="stack-wide">
                    if let Some(container) = &view.container {
                        <Card title={say!(m, "packed-in")} flush={true}>
                            <ul><li><SubjectRow card={container.clone()} /></li></ul>
                            if view.card.mine {
                                <p class="more soft small">{say!(m, "packed-in-text")}</p>
                            }
                        </Card>
                    }
                    if !view.contents.is_empty() {
                        <Contents contents={view.contents.clone()} />
                    }
                    if !view.seen_here.is_empty() {
                        <Card title={say!(m, "seen-here")} flush={true}>
                            <ul>{for view.seen_here.iter().map(|card| html! { <li><SubjectRow card={card.clone()} /></li> })}</ul>
                        </Card>
                    }
                    if !view.bound_to.is_empty() {
                        <Card title={say!(m, "bound-to")} flush={true}>
                            <ul>{for view.bound_to.iter().map(|card| html! { <li><SubjectRow card={card.clone()} /></li> })}</ul>
                        </Card>
                    }
                    if !view.bound.is_empty() {
                        <Card title={say!(m, "bound")} flush={true}>
                            <ul>{for view.bound.iter().map(|card| html! { <li><SubjectRow card={card.clone()} /></li> })}</ul>
                        </Card>
                    }
                    <Facts view={view.clone()} />
                </div>
            </div>
        </>
    }
}

/// What stands behind the word "final" on this page.
fn newest_line(m: &Messages, newest: &NewestCheckpoint) -> AttrValue {
    let (have, all) = (newest.signed, newest.validators);
    say!(
        m,
        "subject-final",
        time = time(m, newest.time_ms).as_str(),
        have = have,
        all = all
    )
}

#[component]
fn Actions(props: &ReadyProps) -> Html {
    let m = use_messages();
    let view = &props.view;
    let id = &view.card.subject;
    let can_offer = view.card.mine && view.offer.is_none() && view.card.inside.is_none();
    let labels: Vec<String> = view
        .contents
        .iter()
        .map(|card| card.subject.clone())
        .chain([id.clone()])
        .collect();
    let action = |kind: &'static str, to: Route, mark: Mark, label: AttrValue| {
        html! { <a class={classes!("button", kind)} href={to.href()}><Icon {mark} />{label}</a> }
    };
    html! {
        <div class="actions">
            if let (Some(offer), true) = (&view.offer, view.offer_to_me) {
                {action("button-main", Route::Accept(offer.clone()), Mark::Handover, say!(m, "action-accept"))}
            }
            if can_offer {
                {action("button-main", Route::Offer(id.clone()), Mark::Handover, say!(m, "action-offer"))}
            }
            if let (Some(title), true) = (&view.title_offer, view.title_offer_to_me) {
                {action("button-main", Route::TakeTitle(title.offer.clone()), Mark::File, say!(m, "action-take-title"))}
            }
            if view.pledge.as_ref().is_some_and(|pledge| pledge.ours) {
                {action("button-main", Route::Release(Some(id.clone())), Mark::Check, say!(m, "action-release"))}
            }
            if let (Some(offer), true, true) = (&view.offer, view.card.mine, view.offer_to_code) {
                {action("button-main", Route::PickUp(offer.clone()), Mark::Handover, say!(m, "action-pick-up"))}
            }
            if let (Some(offer), true, false) = (&view.offer, view.card.mine, view.offer_to_code) {
                {action("button-main", Route::Frames(offer.clone()), Mark::Scan, say!(m, "action-show-frames"))}
            }
            if let (Some(offer), true) = (&view.offer, view.offer_to_me) {
                {action("button-quiet", Route::Decline(offer.clone()), Mark::Close, say!(m, "action-decline"))}
            }
            {action("button-quiet", Route::Activities(Some(id.clone())), Mark::Add, say!(m, "action-activities"))}
            // Whoever sees a thing may say what they saw, also without holding it.
            if view.card.kind != SubjectKind::Place {
                {action("button-quiet", Route::Inspect(id.clone()), Mark::Inspect, say!(m, "action-inspect"))}
            }
            if view.card.code.is_some() {
                {action("button-quiet", Route::Labels(labels), Mark::Label, say!(m, "action-labels"))}
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct ContentsProps {
    contents: Vec<SubjectCard>,
}

#[component]
fn Contents(props: &ContentsProps) -> Html {
    let m = use_messages();
    let all = use_state_eq(|| false);
    let count = props.contents.len();
    let shown = if *all { count } else { ROWS };
    html! {
        <Card title={say!(m, "contents")} flush={true} aside={html! { <span class="count">{m.show(&count.into())}</span> }}>
            <ul>{for props.contents.iter().take(shown).map(|card| html! { <li><SubjectRow card={card.clone()} /></li> })}</ul>
            if count > shown {
                <ShowAll {count} onall={Callback::from(move |()| all.set(true))} />
            }
        </Card>
    }
}

#[component]
fn Facts(props: &ReadyProps) -> Html {
    let m = use_messages();
    let view = &props.view;
    let fact = |name: AttrValue, value: Html| html! { <div class="fact"><dt class="soft small">{name}</dt><dd>{value}</dd></div> };
    html! {
        <Card title={say!(m, "facts")}>
            <div class="stack">
            <dl class="facts">
                {fact(say!(m, "fact-holder"), html! { {party(&m, &view.card.holder)} })}
                {fact(say!(m, "fact-owner"), html! { {party(&m, &view.owner)} })}
                if let Some(left) = &view.left {
                    {fact(say!(m, "fact-left"), html! { {stock(&m, left)} })}
                }
                if let Some(code) = &view.card.code {
                    {fact(say!(m, "fact-code"), html! { <span class="code">{code.clone()}</span> })}
                }
                if let Some(link) = &view.link {
                    // Shown, never opened from here.
                    {fact(say!(m, "fact-link"), html! { <span class="code">{link.clone()}</span> })}
                }
            </dl>
            <p class="row">
                <a href={Route::Recall(view.card.subject.clone()).href()}>{say!(m, "recall-descendants")}</a>
                <a href={Route::Origins(view.card.subject.clone()).href()}>{say!(m, "recall-origins")}</a>
            </p>
            </div>
        </Card>
    }
}

#[derive(PartialEq, Properties)]
struct StepProps {
    step: JourneyStep,
    /// The subject whose page it is.
    subject: String,
}

#[component]
fn Step(props: &StepProps) -> Html {
    let m = use_messages();
    let step = &props.step;
    let (tone, icon, word) = status(&m, &step.status);
    let moment = match &step.status {
        EventStatus::Final { .. } => MomentTone::Settled,
        EventStatus::Pending | EventStatus::Waiting => MomentTone::Open,
        EventStatus::Refused(_) => MomentTone::Bad,
    };
    html! {
        <Moment icon={mark(&step.line.key)} tone={moment} title={line(&m, &step.line)}>
            <WasCorrected step={step.clone()} />
            <p>{step.member.clone()}</p>
            <p class="soft small">
                {time(&m, step.time_ms)}
                if let Some(place) = &step.place {
                    {" · "}{place.clone()}
                }
                if let Some(container) = &step.via {
                    {" · "}{say!(m, "via", container = container)}
                }
            </p>
            {for step.values.iter().map(|one| html! { <p>{line(&m, one)}</p> })}
            if let Some(note) = &step.note {
                <p class="note">{note.clone()}</p>
            }
            if !step.evidence.is_empty() {
                <div class="photos">{for step.evidence.iter().map(|evidence| html! { <Photo key={evidence.id.clone()} evidence={evidence.clone()} /> })}</div>
            }
            <Papers papers={step.papers.clone()} subject={props.subject.clone()} />
            <p><Status {tone} {icon} {word} /></p>
            if let EventStatus::Refused(problem) = &step.status {
                <p class="small">{failure(&m, problem)}</p>
            }
            <MayCorrect step={step.clone()} subject={props.subject.clone()} />
        </Moment>
    }
}

/// The icon of a step, by the key of its sentence.
fn mark(key: &str) -> Mark {
    match key {
        "step-commissioned" => Mark::Label,
        "step-packed" | "step-filled" | "step-unpacked" | "step-emptied" => Mark::Unit,
        "step-offered" | "step-offered-code" | "step-accepted" | "step-accepted-part"
        | "step-left" | "step-declined" | "step-picked-up" => Mark::Handover,
        "step-title-offered" | "step-title-taken" | "step-title-declined" => Mark::File,
        "step-pledged" => Mark::Lock,
        "step-released" => Mark::Check,
        "step-attested" | "step-held" | "step-cleared" | "step-unreadable" | "step-opened"
        | "step-opened-word" => Mark::Inspect,
        "step-granted" => Mark::Send,
        "step-corrected" | "step-corrected-word" => Mark::Undo,
        "step-observed" => Mark::Place,
        _ => Mark::Info,
    }
}
