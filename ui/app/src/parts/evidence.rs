use chopmark_kit::{Icon, Mark};
use chopmark_view::{EvidenceView, Failure};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use yew::prelude::*;

use crate::bridge;
use crate::device::Url;
use crate::hooks::use_messages;
use crate::words::{bytes, failure, media, say};

/// The largest image that is drawn in the page; larger files show as a line.
const LARGEST_SHOWN: u64 = 32 * 1024 * 1024;

/// Properties of [`Photo`].
#[derive(PartialEq, Properties)]
pub(crate) struct PhotoProps {
    pub(crate) evidence: EvidenceView,
}

#[derive(Clone, PartialEq)]
enum Look {
    Loading,
    Ready(Rc<Url>),
    Failed(Failure),
}

/// A photo that this device may open, decrypted piece by piece; other files as a line.
#[component]
pub(crate) fn Photo(props: &PhotoProps) -> Html {
    let m = use_messages();
    let look = use_state_eq(|| Look::Loading);
    let evidence = &props.evidence;
    let is_image = evidence.media_type.starts_with("image/") && evidence.length <= LARGEST_SHOWN;
    {
        let look = look.clone();
        let wanted = (
            evidence.id.clone(),
            evidence.media_type.clone(),
            evidence.here && is_image,
        );
        use_effect_with(wanted, move |(id, media_type, wanted)| {
            let (id, media_type, wanted) = (id.clone(), media_type.clone(), *wanted);
            spawn_local(async move {
                if wanted {
                    look.set(match fetch(&id, &media_type).await {
                        Ok(url) => Look::Ready(Rc::new(url)),
                        Err(problem) => Look::Failed(problem),
                    });
                }
            });
        });
    }
    let name = if evidence.caption.is_empty() {
        say!(m, "photo")
    } else {
        evidence.caption.clone().into()
    };
    let size = bytes(&m, evidence.length);
    match &*look {
        Look::Ready(url) => html! {
            <figure class="photo">
                <img src={url.as_str().to_owned()} alt={name.clone()} />
                if !evidence.caption.is_empty() {
                    <figcaption class="soft small">{name}</figcaption>
                }
            </figure>
        },
        Look::Failed(problem) => {
            html! { <p class="small"><Icon mark={Mark::Warning} class="icon-small" />{failure(&m, problem)}</p> }
        }
        Look::Loading if !evidence.here => html! {
            <p class="row small soft"><Icon mark={Mark::File} class="icon-small" />{name}{" · "}{size}{" · "}{say!(m, "evidence-not-here")}</p>
        },
        Look::Loading if !is_image => html! {
            <p class="row small soft"><Icon mark={Mark::File} class="icon-small" />{name}{" · "}{media(&m, &evidence.media_type)}{" · "}{size}</p>
        },
        Look::Loading => {
            html! { <div class="photo photo-empty" role="status"><span class="spin" aria-hidden="true"></span><span class="unseen">{say!(m, "loading")}</span></div> }
        }
    }
}

async fn fetch(id: &str, media_type: &str) -> Result<Url, Failure> {
    let mut all = Vec::new();
    loop {
        let offset = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let piece = bridge::read_evidence(id, offset).await?;
        if piece.is_empty() {
            break;
        }
        all.extend_from_slice(&piece);
    }
    Url::of_bytes(&all, media_type).ok_or_else(|| bridge::own("image-damaged"))
}
