use chopmark_kit::{Banner, Button, ButtonKind, Mark, Tone};
use chopmark_view::Failure;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Blob, HtmlVideoElement};
use yew::prelude::*;

use crate::bridge::own;
use crate::device::{Camera, failure_signal, photo_of, success_signal};
use crate::hooks::use_messages;
use crate::words::{failure, say};

/// Properties of [`Viewfinder`].
#[derive(PartialEq, Properties)]
pub(super) struct ViewfinderProps {
    /// A photo was taken.
    pub(super) onphoto: Callback<Blob>,
}

/// How far the camera is.
#[derive(Clone, PartialEq)]
enum Sight {
    /// No picture yet: what is taken now would be empty.
    Starting,
    Running,
    /// A photo is being made of the picture; a second press must not make a second one.
    Taking,
    Failed(Failure),
}

/// What the camera sees, and the button that takes the photo once there is a picture.
#[component]
pub(super) fn Viewfinder(props: &ViewfinderProps) -> Html {
    let m = use_messages();
    let video = use_node_ref();
    let sight = use_state_eq(|| Sight::Starting);
    let attempt = use_state(|| 0_u32);
    {
        let (video, sight) = (video.clone(), sight.clone());
        let camera: Rc<RefCell<Option<Camera>>> = use_mut_ref(|| None);
        use_effect_with(*attempt, move |_| {
            let alive = Rc::new(Cell::new(true));
            let (held, running) = (camera.clone(), alive.clone());
            spawn_local(async move {
                let opened = Camera::open().await;
                // Closed while the camera was starting: it stops when it is dropped here.
                if !running.get() {
                    return;
                }
                match (opened, video.cast::<HtmlVideoElement>()) {
                    (Ok(opened), Some(video)) => {
                        opened.show_in(&video);
                        *held.borrow_mut() = Some(opened);
                    }
                    (Ok(_), None) => {}
                    (Err(problem), _) => {
                        failure_signal();
                        sight.set(Sight::Failed(problem));
                    }
                }
            });
            move || {
                alive.set(false);
                camera.borrow_mut().take();
            }
        });
    }
    let onpicture = {
        let sight = sight.clone();
        Callback::from(move |_: Event| sight.set(Sight::Running))
    };
    let take = {
        let (video, sight, onphoto) = (video.clone(), sight.clone(), props.onphoto.clone());
        Callback::from(move |()| {
            let (video, sight, onphoto) = (video.clone(), sight.clone(), onphoto.clone());
            sight.set(Sight::Taking);
            spawn_local(async move {
                let photo = match video.cast::<HtmlVideoElement>() {
                    Some(video) => photo_of(&video).await,
                    None => None,
                };
                match photo {
                    Some(photo) => {
                        success_signal();
                        onphoto.emit(photo);
                    }
                    None => {
                        failure_signal();
                        sight.set(Sight::Failed(own("image-damaged")));
                    }
                }
            });
        })
    };
    let retry = {
        let sight = sight.clone();
        Callback::from(move |()| {
            sight.set(Sight::Starting);
            attempt.set(*attempt + 1);
        })
    };
    if let Sight::Failed(problem) = &*sight {
        return html! {
            <Banner tone={Tone::Bad} icon={Mark::Camera} text={failure(&m, problem)}>
                <div class="row"><Button icon={Mark::Retry} label={say!(m, "action-try-again")} onclick={retry} /></div>
            </Banner>
        };
    }
    html! {
        <div class="stack">
            <div class="viewfinder">
                <video ref={video} class="viewfinder-video" muted={true} playsinline={true} autoplay={true}
                    onloadeddata={onpicture} aria-label={say!(m, "camera-picture")}></video>
                if *sight == Sight::Starting {
                    <p class="viewfinder-words" role="status">{say!(m, "camera-starting")}</p>
                }
            </div>
            <Button kind={ButtonKind::Main} icon={Mark::Camera} label={say!(m, "action-shoot")} onclick={take} wide={true}
                disabled={*sight == Sight::Starting} busy={*sight == Sight::Taking} />
        </div>
    }
}
