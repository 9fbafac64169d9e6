use chopmark_kit::{Banner, Button, ButtonKind, Dialog, Icon, Mark, Progress, Tone};
use chopmark_view::{EvidenceView, Failure};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, File};
use yew::prelude::*;

use super::viewfinder::Viewfinder;
use crate::device::{Url, failure_signal, open_image, store};
use crate::hooks::use_messages;
use crate::parts::FileButton;
use crate::words::{bytes, failure, say};

/// A photo or file on its way into the vault, or there.
#[derive(Clone, PartialEq)]
struct Entry {
    id: u32,
    /// Seen at once, before anything is stored; none for what is no image.
    thumbnail: Option<Rc<Url>>,
    name: String,
    length: u64,
    state: EntryState,
}

#[derive(Clone, PartialEq)]
enum EntryState {
    Storing { taken: u64 },
    Stored(EvidenceView),
    Failed(Failure),
}

enum Change {
    Added(Entry),
    State(u32, EntryState),
    Removed(u32),
}

#[derive(Clone, Default, PartialEq)]
struct Entries(Vec<Entry>);

impl Reducible for Entries {
    type Action = Change;

    fn reduce(self: Rc<Self>, change: Change) -> Rc<Self> {
        let mut entries = (*self).clone();
        match change {
            Change::Added(entry) => entries.0.push(entry),
            Change::State(id, state) => {
                if let Some(entry) = entries.0.iter_mut().find(|entry| entry.id == id) {
                    entry.state = state;
                }
            }
            Change::Removed(id) => entries.0.retain(|entry| entry.id != id),
        }
        Rc::new(entries)
    }
}

/// Properties of [`Photos`].
#[derive(PartialEq, Properties)]
pub(super) struct PhotosProps {
    /// Evidence ids that are in the vault now, whenever they change; none while something
    /// is still on its way.
    pub(super) onchange: Callback<Option<Vec<String>>>,
}

/// Takes photos with the camera or from files; each is seen at once and stored with a
/// progress bar.
#[component]
pub(super) fn Photos(props: &PhotosProps) -> Html {
    let m = use_messages();
    let entries = use_reducer(Entries::default);
    let next_id = use_mut_ref(|| 0_u32);
    let capturing = use_state_eq(|| false);
    let problem = use_state_eq(|| None::<Failure>);
    {
        let onchange = props.onchange.clone();
        use_effect_with((*entries).clone(), move |entries| {
            onchange.emit(stored(entries))
        });
    }
    let add = {
        let dispatch = entries.dispatcher();
        Callback::from(move |(blob, name): (Blob, String)| {
            let id = *next_id.borrow();
            *next_id.borrow_mut() += 1;
            keep(dispatch.clone(), id, blob, name);
        })
    };
    let onfile = {
        let (add, problem) = (add.clone(), problem.clone());
        Callback::from(move |file: File| {
            let (add, problem) = (add.clone(), problem.clone());
            problem.set(None);
            spawn_local(async move {
                let name = file.name();
                let checked = if file.type_().starts_with("image/") {
                    open_image(file.clone()).await.map(|_| ())
                } else {
                    Ok(())
                };
                match checked {
                    Ok(()) => add.emit((file.into(), name)),
                    Err(failed) => {
                        failure_signal();
                        problem.set(Some(failed));
                    }
                }
            });
        })
    };
    let onphoto = {
        let (add, capturing) = (add.clone(), capturing.clone());
        let name = say!(m, "photo").to_string();
        Callback::from(move |blob: Blob| {
            capturing.set(false);
            add.emit((blob, name.clone()));
        })
    };
    let open = {
        let capturing = capturing.clone();
        Callback::from(move |()| capturing.set(true))
    };
    let close = {
        let capturing = capturing.clone();
        Callback::from(move |()| capturing.set(false))
    };
    let rows = entries.0.iter().map(|entry| {
        let remove = {
            let (dispatch, id) = (entries.dispatcher(), entry.id);
            Callback::from(move |()| dispatch.dispatch(Change::Removed(id)))
        };
        html! { <EntryRow key={entry.id} entry={entry.clone()} onremove={remove} /> }
    });
    html! {
        <div class="stack">
            if !entries.0.is_empty() {
                <ul class="entries">{for rows}</ul>
            }
            if let Some(problem) = &*problem {
                <Banner tone={Tone::Bad} text={failure(&m, problem)} />
            }
            <div class="actions">
                <Button icon={Mark::Camera} label={say!(m, "action-photo")} onclick={open} />
                <FileButton icon={Mark::File} label={say!(m, "action-file")} accept="image/*,video/*,application/pdf" {onfile} />
            </div>
            if *capturing {
                <Dialog title={say!(m, "photo-title")} close={say!(m, "action-close")} onclose={close}>
                    <Viewfinder {onphoto} />
                </Dialog>
            }
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct EntryProps {
    entry: Entry,
    onremove: Callback<()>,
}

#[component]
fn EntryRow(props: &EntryProps) -> Html {
    let m = use_messages();
    let entry = &props.entry;
    html! {
        <li class="entry">
            if let Some(url) = &entry.thumbnail {
                <img class="thumbnail" src={url.as_str().to_owned()} alt={entry.name.clone()} />
            } else {
                <span class="thumbnail"><Icon mark={Mark::File} /></span>
            }
            <div class="grow stack-tight">
                <p>{entry.name.clone()}</p>
                {match &entry.state {
                    EntryState::Storing { taken } => html! {
                        <Progress label={say!(m, "photo-storing")} done={*taken} total={entry.length}
                            words={say!(m, "photo-progress", taken = bytes(&m, *taken).as_str(), length = bytes(&m, entry.length).as_str())} />
                    },
                    EntryState::Stored(_) => html! {
                        <p class="row-top small soft"><Icon mark={Mark::Check} class="icon-small" />{say!(m, "photo-stored", length = bytes(&m, entry.length).as_str())}</p>
                    },
                    EntryState::Failed(problem) => html! {
                        <p class="row-top small field-problem" role="alert"><Icon mark={Mark::Warning} class="icon-small" /><span>{failure(&m, problem)}</span></p>
                    },
                }}
            </div>
            <Button kind={ButtonKind::IconOnly} icon={Mark::Close} label={say!(m, "photo-remove", name = &entry.name)} onclick={props.onremove.clone()} />
        </li>
    }
}

/// Shows the file at once and stores it.
fn keep(dispatch: UseReducerDispatcher<Entries>, id: u32, blob: Blob, name: String) {
    let media_type = blob.type_();
    let thumbnail = if media_type.starts_with("image/") {
        Url::of_blob(&blob).map(Rc::new)
    } else {
        None
    };
    let length = length_of(&blob);
    dispatch.dispatch(Change::Added(Entry {
        id,
        thumbnail,
        name,
        length,
        state: EntryState::Storing { taken: 0 },
    }));
    spawn_local(async move {
        let report = {
            let dispatch = dispatch.clone();
            move |taken| dispatch.dispatch(Change::State(id, EntryState::Storing { taken }))
        };
        let state = match store(&blob, &media_type, "", report).await {
            Ok(evidence) => EntryState::Stored(evidence),
            Err(failed) => {
                failure_signal();
                EntryState::Failed(failed)
            }
        };
        dispatch.dispatch(Change::State(id, state));
    });
}

fn stored(entries: &Entries) -> Option<Vec<String>> {
    let mut ids = Vec::new();
    for entry in &entries.0 {
        match &entry.state {
            EntryState::Stored(evidence) => ids.push(evidence.id.clone()),
            EntryState::Storing { .. } => return None,
            EntryState::Failed(_) => {}
        }
    }
    Some(ids)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a file's length: whole and not negative"
)]
fn length_of(blob: &Blob) -> u64 {
    blob.size() as u64
}
