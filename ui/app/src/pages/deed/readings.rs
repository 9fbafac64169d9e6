use chopmark_kit::{
    Button, ButtonKind, Card, Choice, ChoiceGroup, ChoiceLayout, Field, FieldKind, Mark,
};
use chopmark_view::{Findings, Measured, SENSED, Sensed};
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::words::{key, say};

/// What is filled in about a sensor.
#[derive(Clone, PartialEq)]
pub(super) struct Readings {
    values: Vec<Measured>,
    /// Date and time as the field has them; empty: now.
    pub(super) at: String,
}

impl Readings {
    /// One value to fill in.
    pub(super) fn first() -> Self {
        Self {
            values: SENSED.first().map(empty).into_iter().collect(),
            at: String::new(),
        }
    }

    /// What to sign. A value that was left empty is none; without any the client says so.
    pub(super) fn findings(&self, at_ms: Option<u64>) -> Findings {
        let filled = |one: &&Measured| !one.value.trim().is_empty();
        Findings::Read {
            values: self.values.iter().filter(filled).cloned().collect(),
            at_ms,
        }
    }

    fn with(&self, at: usize, changed: Option<Measured>) -> Self {
        let mut next = self.clone();
        match (changed, next.values.get_mut(at)) {
            (Some(changed), Some(value)) => *value = changed,
            (None, Some(_)) => {
                next.values.remove(at);
            }
            (Some(changed), None) => next.values.push(changed),
            (None, None) => {}
        }
        next
    }
}

fn empty(sensed: &Sensed) -> Measured {
    Measured {
        name: sensed.word.to_owned(),
        value: String::new(),
        unit: first_unit(sensed),
    }
}

fn first_unit(sensed: &Sensed) -> String {
    let first = sensed.units.first();
    first
        .map(|(code, _)| (*code).to_owned())
        .unwrap_or_default()
}

/// The same number of another thing: in a unit of that.
fn renamed(value: &Measured, word: &str) -> Measured {
    let sensed = SENSED.iter().find(|sensed| sensed.word == word);
    Measured {
        name: word.to_owned(),
        value: value.value.clone(),
        unit: sensed.map(first_unit).unwrap_or_default(),
    }
}

/// Properties of [`ReadingsForm`].
#[derive(PartialEq, Properties)]
pub(super) struct ReadingsProps {
    pub(super) readings: Readings,
    pub(super) onchange: Callback<Readings>,
    /// What is wrong with the time.
    pub(super) problem: Option<AttrValue>,
}

/// What was measured, how much it was, and when.
#[component]
pub(super) fn ReadingsForm(props: &ReadingsProps) -> Html {
    let m = use_messages();
    let (readings, onchange) = (&props.readings, &props.onchange);
    let put = |at: usize| {
        let readings = readings.clone();
        onchange.reform(move |changed: Option<Measured>| readings.with(at, changed))
    };
    let onadd = {
        let (put, next) = (put(readings.values.len()), SENSED.first().map(empty));
        Callback::from(move |()| put.emit(next.clone()))
    };
    let onat = {
        let readings = readings.clone();
        onchange.reform(move |at: String| Readings {
            at,
            ..readings.clone()
        })
    };
    html! {
        <>
            {for readings.values.iter().enumerate().map(|(at, value)| html! {
                <ReadingCard key={at} {at} value={value.clone()} onchange={put(at)} />
            })}
            <Button icon={Mark::Add} label={say!(m, "action-add-measured")} onclick={onadd} wide={true} />
            <Card>
                <Field id="read-at" kind={FieldKind::Moment} label={say!(m, "reading-at")} hint={say!(m, "reading-at-hint")}
                    value={readings.at.clone()} oninput={onat} problem={props.problem.clone()} />
            </Card>
        </>
    }
}

#[derive(PartialEq, Properties)]
struct ReadingProps {
    at: usize,
    value: Measured,
    /// None: it is taken away.
    onchange: Callback<Option<Measured>>,
}

#[component]
fn ReadingCard(props: &ReadingProps) -> Html {
    let m = use_messages();
    let (at, value) = (props.at, &props.value);
    let put = |change: fn(&Measured, &str) -> Measured| {
        let value = value.clone();
        props
            .onchange
            .reform(move |text: AttrValue| Some(change(&value, &text)))
    };
    let kinds: Vec<Choice> = SENSED
        .iter()
        .map(|sensed| Choice::new(sensed.word, key(&m, sensed.key)))
        .collect();
    let sensed = SENSED.iter().find(|sensed| sensed.word == value.name);
    let units: Vec<Choice> = sensed
        .map(|sensed| sensed.units)
        .unwrap_or_default()
        .iter()
        .map(|(code, name)| Choice::new(*code, key(&m, name)))
        .collect();
    let onvalue = put(|value, text| Measured {
        value: text.to_owned(),
        ..value.clone()
    });
    let onunit = put(|value, unit| Measured {
        unit: unit.to_owned(),
        ..value.clone()
    });
    html! {
        <Card>
            <div class="stack">
                <ChoiceGroup name={format!("sensed-{at}")} label={say!(m, "reading-what")} choices={kinds} layout={ChoiceLayout::Row}
                    chosen={AttrValue::from(value.name.clone())} onchoose={put(renamed)} />
                <Field id={format!("reading-{at}")} label={say!(m, "measured-value")} most={30} value={value.value.clone()}
                    oninput={onvalue.reform(AttrValue::from)} />
                <ChoiceGroup name={format!("reading-unit-{at}")} label={say!(m, "measured-unit")} choices={units} layout={ChoiceLayout::Row}
                    chosen={AttrValue::from(value.unit.clone())} onchoose={onunit} />
                if at > 0 {
                    <Button kind={ButtonKind::Plain} icon={Mark::Close} label={say!(m, "measured-remove")} onclick={props.onchange.reform(|()| None)} />
                }
            </div>
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(findings: Findings) -> Vec<Measured> {
        match findings {
            Findings::Read { values, .. } => values,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_left_empty_is_no_reading() {
        assert!(values(Readings::first().findings(None)).is_empty());
        let warm = Measured {
            name: "Temperature".into(),
            value: "4.5".into(),
            unit: "CEL".into(),
        };
        let both = Readings::first()
            .with(0, Some(warm.clone()))
            .with(1, SENSED.first().map(empty));
        let read = both.findings(Some(7));
        assert!(matches!(read, Findings::Read { at_ms: Some(7), .. }));
        assert_eq!(values(read), [warm]);
        assert!(values(both.with(0, None).findings(None)).is_empty());
    }

    /// A temperature in kilograms would be refused after it was filled in.
    #[test]
    fn another_thing_is_given_in_a_unit_of_its_own() {
        let warm = empty(&SENSED[0]);
        for sensed in SENSED {
            let other = renamed(&warm, sensed.word);
            assert!(sensed.units.iter().any(|(code, _)| *code == other.unit));
        }
    }
}
