use chopmark_kit::{Banner, Button, ButtonKind, Card, Empty, Mark, QrCode, Tone};
use chopmark_view::{LabelSheet, Labels as LabelsCommand};
use std::rc::Rc;
use yew::prelude::*;

use crate::device::{Url, print, save_file};
use crate::hooks::{use_messages, use_remote};
use crate::parts::shown;
use crate::words::say;

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
        |sheet| html! { <Ready sheet={(**sheet).clone()} /> },
    )
}

#[derive(PartialEq, Properties)]
struct ReadyProps {
    sheet: LabelSheet,
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
    let failed = use_state_eq(|| false);
    let save = {
        let (sheets, failed) = (sheets.clone(), failed.clone());
        Callback::from(move |()| {
            let saved = sheets.iter().enumerate().map(|(index, sheet)| {
                save_file(&format!("chopmark-labels-{}.svg", index + 1), sheet, SVG)
            });
            failed.set(saved.collect::<Option<Vec<()>>>().is_none());
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
                <Button icon={Mark::Save} label={say!(m, "action-save-svg")} onclick={save} />
            </div>
            if *failed {
                <Banner tone={Tone::Bad} text={say!(m, "labels-not-saved")} />
            }
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
