use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, Field, FieldKind, Mark, Switch, Tone,
};
use chopmark_view::{Action, Measured, Signed, Subject, Verdict};
use std::rc::Rc;
use yew::prelude::*;

use super::photos::Photos;
use crate::hooks::{go_instead, use_messages, use_remote};
use crate::parts::{SignFlow, SubjectSummary, shown};
use crate::state::Route;
use crate::words::say;

/// Properties of [`Inspect`].
#[derive(PartialEq, Properties)]
pub(crate) struct InspectProps {
    pub(crate) subject: String,
}

/// What the person filled in so far; survives a look at the summary.
#[derive(Clone, PartialEq)]
struct Findings {
    verdict: Option<Verdict>,
    note: String,
    measured: Vec<Measured>,
    /// None while a photo is still on its way into the vault.
    evidence: Option<Vec<String>>,
    public: bool,
}

enum Change {
    Verdict(Verdict),
    Note(String),
    Measured(usize, Measured),
    AddMeasured,
    RemoveMeasured(usize),
    Evidence(Option<Vec<String>>),
    Public(bool),
}

impl Reducible for Findings {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut findings = (*self).clone();
        match change {
            Change::Verdict(verdict) => findings.verdict = Some(verdict),
            Change::Note(note) => findings.note = note,
            Change::Measured(at, measured) => {
                if let Some(place) = findings.measured.get_mut(at) {
                    *place = measured;
                }
            }
            Change::AddMeasured => findings.measured.push(Measured {
                name: String::new(),
                value: String::new(),
                unit: String::new(),
            }),
            Change::RemoveMeasured(at) => {
                if at < findings.measured.len() {
                    findings.measured.remove(at);
                }
            }
            Change::Evidence(evidence) => findings.evidence = evidence,
            Change::Public(public) => findings.public = public,
        }
        Rc::new(findings)
    }
}

impl Findings {
    fn new() -> Self {
        Self {
            verdict: None,
            note: String::new(),
            measured: Vec::new(),
            evidence: Some(Vec::new()),
            public: false,
        }
    }

    /// What to sign; none while something is missing.
    fn action(&self, subject: &str) -> Option<Action> {
        let filled = |measured: &&Measured| {
            !measured.name.trim().is_empty() && !measured.value.trim().is_empty()
        };
        Some(Action::Attest {
            subject: subject.to_owned(),
            verdict: self.verdict?,
            note: Some(self.note.trim().to_owned()).filter(|note| !note.is_empty()),
            measured: self.measured.iter().filter(filled).cloned().collect(),
            evidence: self.evidence.clone()?,
            public: self.public,
        })
    }
}

/// Attests an inspection: verdict, photos, note, measured values.
#[component]
pub(crate) fn Inspect(props: &InspectProps) -> Html {
    let m = use_messages();
    let (subject, retry) = use_remote(Subject {
        subject: props.subject.clone(),
    });
    let findings = use_reducer(Findings::new);
    let signing = use_state_eq(|| None::<Action>);
    let checked = use_state_eq(|| false);
    let onsubmit = {
        let (findings, signing, checked) = (findings.clone(), signing.clone(), checked.clone());
        let subject = props.subject.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            checked.set(true);
            signing.set(findings.action(&subject));
        })
    };
    let change = {
        let dispatch = findings.dispatcher();
        move |change| dispatch.dispatch(change)
    };
    let sign = signing.as_ref().map(|action| {
        let subject = props.subject.clone();
        let onsigned =
            Callback::from(move |_: Signed| go_instead(&Route::Subject(subject.clone())));
        let onback = {
            let signing = signing.clone();
            Callback::from(move |()| signing.set(None))
        };
        html! { <SignFlow action={action.clone()} {onsigned} {onback} /> }
    });
    // The form stays while the summary is read: its photos would have to be taken again.
    html! {
        <>
            {sign}
            <form class="stack" {onsubmit} novalidate={true} hidden={signing.is_some()}>
                {shown(&m, &subject, &retry, |subject| html! { <SubjectSummary card={subject.card.clone()} /> })}
                <Card><Verdicts chosen={findings.verdict} onchoose={Callback::from({ let change = change.clone(); move |verdict| change(Change::Verdict(verdict)) })} /></Card>
                <Card title={say!(m, "inspect-photos")}>
                    <Photos onchange={Callback::from({ let change = change.clone(); move |ids| change(Change::Evidence(ids)) })} />
                </Card>
                <Card>
                    <Field id="note" kind={FieldKind::Long} label={say!(m, "note-optional")} value={findings.note.clone()}
                        oninput={Callback::from({ let change = change.clone(); move |note| change(Change::Note(note)) })} />
                </Card>
                <Card title={say!(m, "inspect-measured")}>
                    <div class="stack">
                        {for findings.measured.iter().enumerate().map(|(at, measured)| {
                            let (put, remove) = (change.clone(), change.clone());
                            html! {
                                <MeasuredRow key={at} {at} measured={measured.clone()}
                                    onchange={Callback::from(move |measured| put(Change::Measured(at, measured)))}
                                    onremove={Callback::from(move |()| remove(Change::RemoveMeasured(at)))} />
                            }
                        })}
                        <Button icon={Mark::Add} label={say!(m, "action-add-measured")} onclick={Callback::from({ let change = change.clone(); move |()| change(Change::AddMeasured) })} />
                    </div>
                </Card>
                <Card>
                    <Switch label={say!(m, "inspect-public")} detail={say!(m, "inspect-public-text")} on={findings.public}
                        onchange={Callback::from(move |on| change(Change::Public(on)))} />
                </Card>
                if *checked && findings.verdict.is_none() {
                    <Banner tone={Tone::Bad} text={say!(m, "inspect-choose")} />
                }
                <Button kind={ButtonKind::Main} submit={true} wide={true} busy={findings.evidence.is_none()} label={say!(m, "action-review")} />
            </form>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct VerdictsProps {
    chosen: Option<Verdict>,
    onchoose: Callback<Verdict>,
}

#[component]
fn Verdicts(props: &VerdictsProps) -> Html {
    let m = use_messages();
    let choices = vec![
        Choice::new("pass", say!(m, "inspect-pass")).with_icon(Mark::Check),
        Choice::new("fail", say!(m, "inspect-fail")).with_icon(Mark::Refused),
        Choice::new("conditional", say!(m, "inspect-conditional")).with_icon(Mark::Warning),
    ];
    let chosen = props.chosen.map(|verdict| match verdict {
        Verdict::Pass => AttrValue::from("pass"),
        Verdict::Fail => AttrValue::from("fail"),
        Verdict::Conditional => AttrValue::from("conditional"),
    });
    let onchoose = props
        .onchoose
        .reform(|name: AttrValue| match name.as_str() {
            "pass" => Verdict::Pass,
            "fail" => Verdict::Fail,
            _ => Verdict::Conditional,
        });
    html! { <ChoiceGroup name="verdict" label={say!(m, "inspect-verdict")} {choices} {chosen} {onchoose} /> }
}

#[derive(PartialEq, Properties)]
struct MeasuredProps {
    at: usize,
    measured: Measured,
    onchange: Callback<Measured>,
    onremove: Callback<()>,
}

#[component]
fn MeasuredRow(props: &MeasuredProps) -> Html {
    let m = use_messages();
    let (at, measured) = (props.at, &props.measured);
    let put = |set: fn(&mut Measured, String)| {
        let (measured, onchange) = (measured.clone(), props.onchange.clone());
        Callback::from(move |text: String| {
            let mut measured = measured.clone();
            set(&mut measured, text);
            onchange.emit(measured);
        })
    };
    html! {
        <div class="measured">
            <Field id={format!("measured-name-{at}")} label={say!(m, "measured-name")} value={measured.name.clone()} most={60} oninput={put(|measured, text| measured.name = text)} />
            <Field id={format!("measured-value-{at}")} label={say!(m, "measured-value")} value={measured.value.clone()} most={40} oninput={put(|measured, text| measured.value = text)} />
            <Field id={format!("measured-unit-{at}")} label={say!(m, "measured-unit")} value={measured.unit.clone()} most={20} oninput={put(|measured, text| measured.unit = text)} />
            <Button kind={ButtonKind::IconOnly} icon={Mark::Close} label={say!(m, "measured-remove")} onclick={props.onremove.clone()} />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(findings: Findings, changes: Vec<Change>) -> Findings {
        let findings = changes
            .into_iter()
            .fold(Rc::new(findings), |findings, change| {
                findings.reduce(change)
            });
        (*findings).clone()
    }

    #[test]
    fn nothing_is_signed_without_a_verdict_or_before_photos_are_stored() {
        assert_eq!(Findings::new().action("ab"), None);
        let storing = after(
            Findings::new(),
            vec![Change::Verdict(Verdict::Pass), Change::Evidence(None)],
        );
        assert_eq!(storing.action("ab"), None);
        let stored = after(storing, vec![Change::Evidence(Some(vec!["e1".into()]))]);
        assert!(
            matches!(stored.action("ab"), Some(Action::Attest { evidence, .. }) if evidence == ["e1"])
        );
    }

    #[test]
    fn empty_measured_values_are_left_out() {
        let value = Measured {
            name: "width".into(),
            value: "4.2".into(),
            unit: "mm".into(),
        };
        let findings = after(
            Findings::new(),
            vec![
                Change::Verdict(Verdict::Fail),
                Change::AddMeasured,
                Change::AddMeasured,
                Change::Measured(1, value.clone()),
            ],
        );
        assert!(
            matches!(findings.action("ab"), Some(Action::Attest { measured, .. }) if measured == [value])
        );
    }
}
