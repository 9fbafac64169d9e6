mod seals;

use chopmark_kit::{Banner, Button, ButtonKind, Card, Empty, Mark, Messages, QrCode, Tone};
use chopmark_view::{
    Failure, LabelSheet, LabelView, Labels as LabelsCommand, SaveLabels, SavedLabels, SealState,
};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::{Url, print, save_file};
use crate::hooks::{use_messages, use_remote};
use crate::parts::shown;
use crate::words::{failure, say};
use seals::{Seals, UnderSeals};

const SVG: &str = "image/svg+xml";

/// Properties of [`Labels`].
#[derive(PartialEq, Properties)]
pub(crate) struct LabelsProps {
    pub(crate) subjects: Vec<String>,
}

/// Labels as sheets to print or save, and one by one.
#[component]
pub(crate) fn Labels(props: &LabelsProps) -> Html {
    let m = use_messages();
    // Off at first: whoever looks on could activate with what is shown.
    let under_seals = use_state_eq(|| false);
    let (remote, retry) = use_remote(LabelsCommand {
        subjects: props.subjects.clone(),
        under_seals: *under_seals,
    });
    // Stays while other sheets are made, and with it the focus on its switch.
    let seals = use_state_eq(Seals::default);
    {
        let seals = seals.clone();
        use_effect_with(remote.value.clone(), move |sheet| {
            if let Some(sheet) = sheet {
                seals.set(Seals::of(sheet));
            }
        });
    }
    if props.subjects.is_empty() {
        return html! { <Empty icon={Mark::Label} title={say!(m, "labels-none")} text={say!(m, "labels-none-text")} /> };
    }
    let onchange = {
        let under_seals = under_seals.clone();
        Callback::from(move |on| under_seals.set(on))
    };
    let subjects = || props.subjects.clone();
    html! {
        <>
            if seals.any() {
                <UnderSeals subjects={subjects()} seals={*seals} on={*under_seals} {onchange} />
            }
            {shown(&m, &remote, &retry, |sheet| html! {
                <Ready subjects={subjects()} under_seals={*under_seals} sheet={(**sheet).clone()} />
            })}
        </>
    }
}

#[derive(PartialEq, Properties)]
struct ReadyProps {
    subjects: Vec<String>,
    under_seals: bool,
    sheet: LabelSheet,
}

/// How far the file of the sheets is.
#[derive(Clone, PartialEq)]
enum File {
    /// Not asked for, or taken over by the browser, which shows it.
    None,
    Saving,
    Saved(SavedLabels),
    Failed(Failure),
}

#[component]
fn Ready(props: &ReadyProps) -> Html {
    let m = use_messages();
    let sheets = &props.sheet.sheets;
    // Sheets show as images: what is inside an image cannot run or load anything.
    let urls: Rc<Vec<Option<Url>>> = use_memo(sheets.clone(), |sheets| {
        sheets
            .iter()
            .map(|sheet| Url::of_bytes(sheet.as_bytes(), SVG))
            .collect()
    });
    let file = use_state_eq(|| File::None);
    let save = {
        let (sheets, file, under_seals) = (sheets.clone(), file.clone(), props.under_seals);
        let subjects = props.subjects.clone();
        Callback::from(move |()| {
            if !bridge::in_window() {
                file.set(by_link(&sheets));
                return;
            }
            file.set(File::Saving);
            let (subjects, file) = (subjects.clone(), file.clone());
            spawn_local(async move {
                let save = SaveLabels {
                    subjects,
                    under_seals,
                };
                file.set(match bridge::call(&save).await {
                    Ok(saved) => File::Saved(saved),
                    Err(problem) => File::Failed(problem),
                });
            });
        })
    };
    let total = sheets.len();
    let pages = urls.iter().enumerate().filter_map(|(index, url)| {
        let url = url.as_ref()?;
        let alt = say!(m, "labels-sheet", number = index + 1, total = total);
        Some(html! { <img key={index} class="sheet" src={url.as_str().to_owned()} {alt} /> })
    });
    html! {
        <>
            <div class="actions screen-only">
                <Button kind={ButtonKind::Main} icon={Mark::Print} label={say!(m, "action-print")} onclick={Callback::from(|()| print())} />
                <Button icon={Mark::Save} label={say!(m, "action-save-svg")} onclick={save} busy={*file == File::Saving} />
            </div>
            {match &*file {
                File::None | File::Saving => html! {},
                File::Saved(saved) => html! {
                    <Banner tone={Tone::Good} title={say!(m, "labels-saved", folder = &saved.folder)} text={saved.files.join(", ")} />
                },
                File::Failed(problem) => html! { <Banner tone={Tone::Bad} text={failure(&m, problem)} /> },
            }}
            if props.under_seals {
                <div class="screen-only"><Banner tone={Tone::Wait} text={say!(m, "labels-seals-careful")} /></div>
            }
            <div class="sheets">{for pages}</div>
            <div class="screen-only">
                <Card title={say!(m, "labels-each")}>
                    <ul class="labels">
                        {for props.sheet.labels.iter().map(|label| each(&m, label, props.under_seals))}
                    </ul>
                </Card>
            </div>
        </>
    }
}

/// A label, and the one under its seal where that was asked for.
fn each(m: &Messages, label: &LabelView, under_seals: bool) -> Html {
    let lines = |text: &[String]| -> Html {
        let line = |line: &String| html! { <p class="code small">{line.clone()}</p> };
        text.iter().map(line).collect()
    };
    let missing = under_seals && label.seal == SealState::Elsewhere;
    html! {
        <>
            <li class="label">
                <QrCode size={label.qr.size} path={label.qr.path.clone()} label={label.link.clone()} />
                {lines(&label.text)}
                if missing {
                    <p class="small soft">{say!(m, "labels-seal-not-here")}</p>
                }
            </li>
            if let Some(seal) = &label.under_seal {
                <li class="label label-under-seal">
                    <QrCode size={seal.qr.size} path={seal.qr.path.clone()} label={say!(m, "labels-under-seal")} />
                    <p class="small">{say!(m, "labels-under-seal")}</p>
                    {lines(&seal.text)}
                </li>
            }
        </>
    }
}

/// Has the browser save the sheets; it says itself where they are.
fn by_link(sheets: &[String]) -> File {
    let saved = sheets
        .iter()
        .enumerate()
        .map(|(index, sheet)| save_file(&format!("chopmark-labels-{}.svg", index + 1), sheet, SVG));
    match saved.collect::<Option<Vec<()>>>() {
        Some(_) => File::None,
        None => File::Failed(bridge::own("no-downloads")),
    }
}
