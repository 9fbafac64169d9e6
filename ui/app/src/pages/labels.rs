use chopmark_kit::{Banner, Button, ButtonKind, Card, Empty, Mark, QrCode, Tone};
use chopmark_view::{Failure, LabelSheet, Labels as LabelsCommand, SaveLabels, SavedLabels};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::{Url, print, save_file};
use crate::hooks::{use_messages, use_remote};
use crate::parts::shown;
use crate::words::{failure, say};

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
    let (remote, retry) = use_remote(LabelsCommand {
        subjects: props.subjects.clone(),
    });
    if props.subjects.is_empty() {
        return html! { <Empty icon={Mark::Label} title={say!(m, "labels-none")} text={say!(m, "labels-none-text")} /> };
    }
    shown(
        &m,
        &remote,
        &retry,
        |sheet| html! { <Ready subjects={props.subjects.clone()} sheet={(**sheet).clone()} /> },
    )
}

#[derive(PartialEq, Properties)]
struct ReadyProps {
    subjects: Vec<String>,
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
        let (sheets, subjects, file) = (sheets.clone(), props.subjects.clone(), file.clone());
        Callback::from(move |()| {
            if !bridge::in_window() {
                file.set(by_link(&sheets));
                return;
            }
            file.set(File::Saving);
            let (subjects, file) = (subjects.clone(), file.clone());
            spawn_local(async move {
                file.set(match bridge::call(&SaveLabels { subjects }).await {
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
            <div class="sheets">{for pages}</div>
            <div class="screen-only">
                <Card title={say!(m, "labels-each")}>
                    <ul class="labels">
                        {for props.sheet.labels.iter().map(|label| html! {
                            <li class="label">
                                <QrCode size={label.qr.size} path={label.qr.path.clone()} label={label.link.clone()} />
                                {for label.text.iter().map(|text| html! { <p class="code small">{text.clone()}</p> })}
                            </li>
                        })}
                    </ul>
                </Card>
            </div>
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
