use chopmark_kit::{Banner, Button, ButtonKind, Card, Empty, Icon, Mark, Messages, Status, Tone};
use chopmark_view::{AffectedView, Recall as RecallCommand, RecallView, SubjectCard, Towards};
use yew::prelude::*;

use crate::hooks::{go, use_app, use_messages, use_remote};
use crate::parts::{ShowAll, SubjectRow, SubjectSummary, shown, tree};
use crate::state::{Event, Route};
use crate::words::{party, say};

/// How many rows the page shows until all are asked for.
const ROWS: usize = 12;
/// How many the client gives at once.
const AT_ONCE: u64 = 500;

/// Properties of [`Recall`].
#[derive(PartialEq, Properties)]
pub(crate) struct RecallProps {
    pub(crate) subject: String,
    pub(crate) towards: Towards,
}

/// What came of a thing, or what it came of: who has it, as a picture and as a list.
#[component]
pub(crate) fn Recall(props: &RecallProps) -> Html {
    let m = use_messages();
    let from = use_state_eq(|| 0_u64);
    let (remote, retry) = use_remote(RecallCommand {
        subject: props.subject.clone(),
        towards: props.towards,
        from: *from,
    });
    let onfrom = Callback::from({
        let from = from.clone();
        move |at| from.set(at)
    });
    let (other, label) = match props.towards {
        Towards::Descendants => (
            Route::Origins(props.subject.clone()),
            say!(m, "recall-origins"),
        ),
        Towards::Origins => (
            Route::Recall(props.subject.clone()),
            say!(m, "recall-descendants"),
        ),
    };
    html! {
        <>
            {shown(&m, &remote, &retry, |view| html! {
                <Found view={(**view).clone()} towards={props.towards} from={*from} onfrom={onfrom.clone()} />
            })}
            <div class="actions">
                <a class="button button-quiet" href={other.href()}><Icon mark={Mark::Handover} />{label}</a>
            </div>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct FoundProps {
    view: RecallView,
    towards: Towards,
    /// How many were passed over.
    from: u64,
    /// Others are asked for.
    onfrom: Callback<u64>,
}

#[component]
fn Found(props: &FoundProps) -> Html {
    let m = use_messages();
    let all = use_state_eq(|| false);
    let view = &props.view;
    let title = match props.towards {
        Towards::Descendants => say!(m, "recall-descendants"),
        Towards::Origins => say!(m, "recall-origins"),
    };
    if view.found.is_empty() {
        return html! {
            <>
                <SubjectSummary card={view.of.card.clone()} />
                <Empty icon={Mark::Search} title={say!(m, "recall-none")} text={say!(m, "recall-none-text")} />
            </>
        };
    }
    let rows = if *all { view.found.len() } else { ROWS };
    let part = Part::of(view, props.from);
    html! {
        <>
            <SubjectSummary card={view.of.card.clone()} />
            if view.cut_off {
                <Banner tone={Tone::Wait} text={say!(m, "recall-cut-off")} />
            }
            <div class="columns">
                <Card title={title.clone()} flush={true} aside={html! { <span class="count">{m.show(&view.total.into())}</span> }}>
                    <ul>{for view.found.iter().take(rows).map(|one| html! { <li><Row one={one.clone()} /></li> })}</ul>
                    if view.found.len() > rows {
                        <ShowAll count={view.found.len()} onall={Callback::from({ let all = all.clone(); move |()| all.set(true) })} />
                    }
                </Card>
                <div class="stack-wide">
                    if let Some(part) = part {
                        <Pages {part} onfrom={props.onfrom.clone()} />
                    }
                    <Card title={say!(m, "recall-picture")}>{tree(&title, view)}</Card>
                    <Holders view={view.clone()} />
                    <ToList view={view.clone()} whole={part.is_none()} />
                </div>
            </div>
        </>
    }
}

/// Which of all that was found is here, where that is not all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    passed: u64,
    here: u64,
    total: u64,
}

impl Part {
    fn of(view: &RecallView, passed: u64) -> Option<Self> {
        let here = view.found.len() as u64;
        (here < view.total).then_some(Self {
            passed,
            here,
            total: view.total,
        })
    }

    fn end(self) -> u64 {
        self.passed.saturating_add(self.here)
    }

    /// Where the part before this one begins.
    fn before(self) -> Option<u64> {
        (self.passed > 0).then(|| self.passed.saturating_sub(AT_ONCE))
    }

    /// Where the part behind this one begins.
    fn behind(self) -> Option<u64> {
        (self.end() < self.total).then_some(self.end())
    }
}

#[derive(PartialEq, Properties)]
struct PagesProps {
    part: Part,
    onfrom: Callback<u64>,
}

/// Says which part is here, and goes to the others.
#[component]
fn Pages(props: &PagesProps) -> Html {
    let m = use_messages();
    let part = props.part;
    let to = |at: u64| props.onfrom.reform(move |()| at);
    html! {
        <Banner tone={Tone::Note} text={say!(m, "recall-part", first = part.passed.saturating_add(1), last = part.end(), total = part.total)}>
            <div class="row">
                if let Some(at) = part.before() {
                    <Button kind={ButtonKind::Quiet} label={say!(m, "recall-before")} onclick={to(at)} />
                }
                if let Some(at) = part.behind() {
                    <Button kind={ButtonKind::Quiet} label={say!(m, "recall-behind")} onclick={to(at)} />
                }
            </div>
        </Banner>
    }
}

#[derive(PartialEq, Properties)]
struct ToListProps {
    view: RecallView,
    /// Whether the view has all that was found.
    whole: bool,
}

#[derive(PartialEq, Properties)]
struct OfViewProps {
    view: RecallView,
}

/// Puts what is left into the list, so that one signature holds, blocks or marks all of it.
#[component]
fn ToList(props: &ToListProps) -> Html {
    let (m, app) = (use_messages(), use_app());
    let view = &props.view;
    let left = std::iter::once(&view.of)
        .chain(&view.found)
        .filter(|one| !one.ended);
    let left: Vec<SubjectCard> = left.map(|one| one.card.clone()).collect();
    let ours: Vec<SubjectCard> = left.iter().filter(|card| card.mine).cloned().collect();
    let put = |cards: Vec<SubjectCard>| {
        let dispatch = app.dispatcher();
        Callback::from(move |()| {
            for card in &cards {
                dispatch.dispatch(Event::Gathered(card.clone()));
            }
            go(&Route::Gather);
        })
    };
    let some = !ours.is_empty() && ours.len() < left.len();
    let label = match props.whole {
        true => say!(m, "recall-list-all", count = left.len()),
        false => say!(m, "recall-list-part", count = left.len()),
    };
    html! {
        if !left.is_empty() {
            <div class="stack">
                if some {
                    <Button kind={ButtonKind::Quiet} wide={true} icon={Mark::Scan}
                        label={say!(m, "recall-list-ours", count = ours.len())} onclick={put(ours)} />
                }
                <Button kind={ButtonKind::Quiet} wide={true} icon={Mark::Scan} {label} onclick={put(left)} />
            </div>
        }
    }
}

/// Who has it now: whom a recall must reach.
#[component]
fn Holders(props: &OfViewProps) -> Html {
    let m = use_messages();
    html! {
        <Card title={say!(m, "recall-holders")}>
            if props.view.holders.is_empty() {
                <p>{say!(m, "recall-nobody")}</p>
            }
            <ul class="facts">
                {for props.view.holders.iter().map(|held| html! {
                    <li class="row-apart">
                        <span>{party(&m, &held.holder)}</span>
                        <span class="row">
                            if held.mine {
                                <Status tone={Tone::Good} word={say!(m, "held-by-you")} />
                            }
                            <span class="count">{m.show(&held.count.into())}</span>
                        </span>
                    </li>
                })}
            </ul>
        </Card>
    }
}

#[derive(PartialEq, Properties)]
struct RowProps {
    one: AffectedView,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let m = use_messages();
    let one = &props.one;
    html! {
        <div class="recall-row">
            <SubjectRow card={one.card.clone()} />
            <p class="soft small">{about(&m, one)}</p>
        </div>
    }
}

/// How far away it is, who has it, how much of it is left.
fn about(m: &Messages, one: &AffectedView) -> String {
    let mut parts = vec![say!(m, "recall-steps", count = one.level).to_string()];
    parts.push(if one.ended {
        say!(m, "recall-ended").to_string()
    } else {
        party(m, &one.card.holder).to_string()
    });
    parts.extend(one.quantity.clone());
    parts.join(" · ")
}
