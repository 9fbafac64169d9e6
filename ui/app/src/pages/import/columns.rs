use chopmark_kit::{
    Banner, Button, ButtonKind, Card, Choice, ChoiceGroup, ChoiceLayout, Field, Tone,
};
use chopmark_view::{ColumnsView, TableMapping};
use yew::prelude::*;

use crate::hooks::use_messages;
use crate::words::say;

/// A column that is not read.
const NOTHING: &str = "";

/// Properties of [`ColumnsForm`].
#[derive(PartialEq, Properties)]
pub(crate) struct ColumnsProps {
    pub(crate) view: ColumnsView,
    pub(crate) onmapping: Callback<TableMapping>,
}

/// Asks what the columns of a table are. What is answered holds for every table alike.
#[component]
pub(crate) fn ColumnsForm(props: &ColumnsProps) -> Html {
    let m = use_messages();
    let mapping = use_state_eq(|| props.view.mapping.clone());
    let change = {
        let mapping = mapping.clone();
        move |change: &dyn Fn(&mut TableMapping)| {
            let mut next = (*mapping).clone();
            change(&mut next);
            mapping.set(next);
        }
    };
    let fields = [
        ("eventTime", say!(m, "column-time")),
        ("gtin", say!(m, "commission-gtin")),
        ("serial", say!(m, "column-serial")),
        ("batch", say!(m, "make-batch-number")),
        ("quantity", say!(m, "make-amount")),
        ("unit", say!(m, "make-unit")),
        ("readPoint", say!(m, "column-place")),
        ("ilmd.chopmark:product", say!(m, "commission-product")),
    ];
    let heading_choices: Vec<Choice> =
        std::iter::once(Choice::new(NOTHING, say!(m, "column-none")))
            .chain(
                props
                    .view
                    .headings
                    .iter()
                    .map(|heading| Choice::new(heading.clone(), heading.clone())),
            )
            .collect();
    let fixed = |field: &str| mapping.fixed.get(field).cloned().unwrap_or_default();
    let set_fixed = |field: &'static str| {
        let change = change.clone();
        Callback::from(move |value: String| {
            change(&|mapping| {
                mapping.fixed.insert(field.to_owned(), value.clone());
            });
        })
    };
    let actions = vec![
        Choice::new("ADD", say!(m, "column-begins")),
        Choice::new("OBSERVE", say!(m, "column-happens")),
    ];
    let onaction = {
        let change = change.clone();
        Callback::from(move |action: AttrValue| {
            change(&|mapping| {
                mapping
                    .fixed
                    .insert("action".to_owned(), action.to_string());
            });
        })
    };
    let ontime = {
        let change = change.clone();
        Callback::from(move |text: String| {
            change(&|mapping| {
                mapping.time = Some(text.clone()).filter(|text| !text.trim().is_empty());
            });
        })
    };
    let onsubmit = {
        let (mapping, onmapping) = (mapping.clone(), props.onmapping.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            onmapping.emit((*mapping).clone());
        })
    };
    html! {
        <form class="stack" {onsubmit} novalidate={true}>
            if props.view.is_known {
                <Banner tone={Tone::Good} text={say!(m, "columns-known")} />
            }
            <Card title={say!(m, "columns-rows")}>
                <div class="stack">
                    <ChoiceGroup name="action" label={say!(m, "columns-each")} choices={actions} layout={ChoiceLayout::Row}
                        chosen={AttrValue::from(fixed("action"))} onchoose={onaction} />
                    <Field id="biz-step" label={say!(m, "columns-step")} hint={say!(m, "columns-step-hint")} value={fixed("bizStep")} oninput={set_fixed("bizStep")} />
                    <Field id="offset" label={say!(m, "columns-offset")} hint="+08:00" most={6} value={fixed("eventTimeZoneOffset")} oninput={set_fixed("eventTimeZoneOffset")} />
                    <Field id="time-format" label={say!(m, "columns-time")} hint={say!(m, "columns-time-hint")} value={mapping.time.clone().unwrap_or_default()} oninput={ontime} />
                </div>
            </Card>
            {for fields.into_iter().map(|(field, label)| {
                let chosen = mapping.columns.get(field).cloned().unwrap_or_default();
                let onchoose = {
                    let change = change.clone();
                    Callback::from(move |heading: AttrValue| change(&|mapping| {
                        if heading.as_str() == NOTHING {
                            mapping.columns.remove(field);
                        } else {
                            mapping.columns.insert(field.to_owned(), heading.to_string());
                        }
                    }))
                };
                html! {
                    <Card key={field}>
                        <ChoiceGroup name={format!("column-{field}")} {label} choices={heading_choices.clone()} layout={ChoiceLayout::Row} chosen={AttrValue::from(chosen)} {onchoose} />
                    </Card>
                }
            })}
            <Button kind={ButtonKind::Main} submit={true} wide={true} label={say!(m, "columns-read")} />
        </form>
    }
}
