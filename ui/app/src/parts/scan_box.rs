use chopmark_kit::{Banner, Button, ButtonKind, Field, FieldKind, Icon, Mark, Tone};
use chopmark_view::Failure;
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, File, HtmlCanvasElement, HtmlVideoElement};
use yew::prelude::*;

use super::FileButton;
use crate::bridge::own;
use crate::device::{Camera, Scanner, failure_signal, open_image, pixels_of_video};
use crate::hooks::{use_awake, use_messages};
use crate::state::{Reader, Wedge, clean};
use crate::words::{failure, say};

/// Pause between two looks at the camera: leaves the processor to the rest of the app.
const LOOK_MS: u32 = 70;
/// A video has a picture from this state on (`HAVE_CURRENT_DATA`).
const HAS_PICTURE: u16 = 2;

/// Whether what the camera reads is taken. What a person types, scans by hand or chooses is
/// always taken.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Reads {
    /// Everything.
    Taken,
    /// Nothing until the person has seen something: a failure for instance.
    Paused,
}

/// Properties of [`ScanBox`].
#[derive(PartialEq, Properties)]
pub(crate) struct ScanBoxProps {
    /// A text counts as read: by camera, image file, wedge scanner or keyboard.
    pub(crate) onread: Callback<String>,
    /// Whether reads are taken.
    #[prop_or(Reads::Taken)]
    pub(crate) reads: Reads,
    /// What to hold the camera on.
    pub(crate) hint: AttrValue,
    /// What the field for typing is called.
    pub(crate) typed_label: AttrValue,
    /// What the button beside it says; "Look up" if nothing is said.
    #[prop_or_default]
    pub(crate) typed_action: Option<AttrValue>,
    /// What stands over the picture when something was read.
    #[prop_or_default]
    pub(crate) children: Children,
}

#[derive(Clone, PartialEq)]
enum View {
    Starting,
    Running { has_torch: bool },
    Failed(Failure),
}

type Slot<T> = Rc<RefCell<Option<T>>>;

/// Every way to give the app a code: camera, image file, wedge scanner, typing.
#[component]
pub(crate) fn ScanBox(props: &ScanBoxProps) -> Html {
    let m = use_messages();
    use_awake();
    let video = use_node_ref();
    let canvas = use_node_ref();
    let view = use_state_eq(|| View::Starting);
    let image_problem = use_state_eq(|| None::<Failure>);
    let looking = use_state_eq(|| false);
    let torch = use_state_eq(|| false);
    let typed = use_state_eq(String::new);
    let attempt = use_state(|| 0_u32);
    let camera: Slot<Camera> = use_mut_ref(|| None);
    let scanner: Slot<Rc<Scanner>> = use_mut_ref(|| None);

    // The loop outlives a render; it reports to whoever listens now.
    let now = use_mut_ref(|| (props.onread.clone(), props.reads));
    *now.borrow_mut() = (props.onread.clone(), props.reads);

    {
        let (video, canvas, view, now) = (video.clone(), canvas.clone(), view.clone(), now.clone());
        let (camera, scanner) = (camera.clone(), scanner.clone());
        use_effect_with(*attempt, move |_| {
            let alive = Rc::new(Cell::new(true));
            let running = alive.clone();
            let held = camera.clone();
            spawn_local(async move {
                let problem = run(
                    &running,
                    (&video, &canvas),
                    (&held, &scanner),
                    &now,
                    |state| view.set(state),
                )
                .await;
                if let Err(problem) = problem
                    && running.get()
                {
                    view.set(View::Failed(problem));
                }
            });
            move || {
                alive.set(false);
                camera.borrow_mut().take();
            }
        });
    }
    use_wedge(now.clone());

    let onfile = {
        let (scanner, now, image_problem, looking) = (
            scanner.clone(),
            now.clone(),
            image_problem.clone(),
            looking.clone(),
        );
        Callback::from(move |file: File| {
            let (scanner, now, image_problem, looking) = (
                scanner.clone(),
                now.clone(),
                image_problem.clone(),
                looking.clone(),
            );
            image_problem.set(None);
            looking.set(true);
            spawn_local(async move {
                match read_file(&scanner, file).await {
                    Ok(texts) => texts.into_iter().for_each(|text| report(&now, text)),
                    Err(problem) => {
                        failure_signal();
                        image_problem.set(Some(problem));
                    }
                }
                looking.set(false);
            });
        })
    };
    let onsubmit = {
        let (typed, now) = (typed.clone(), now.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = clean(&typed).to_owned();
            typed.set(String::new());
            if !text.is_empty() {
                report(&now, text);
            }
        })
    };
    let ontorch = {
        let (torch, camera) = (torch.clone(), camera.clone());
        Callback::from(move |()| {
            let on = !*torch;
            torch.set(on);
            if let Some(camera) = camera.borrow().as_ref() {
                camera.set_torch(on);
            }
        })
    };
    let retry = {
        let view = view.clone();
        Callback::from(move |()| {
            // A reader that failed does not recover; the next try starts another one.
            scanner.borrow_mut().take();
            view.set(View::Starting);
            attempt.set(*attempt + 1);
        })
    };
    let has_picture = matches!(&*view, View::Running { .. });
    html! {
        <div class="stack">
            if let View::Failed(problem) = &*view {
                <Banner tone={Tone::Wait} icon={Mark::Camera} text={failure(&m, problem)}>
                    <div class="row"><Button icon={Mark::Retry} label={say!(m, "action-try-again")} onclick={retry} /></div>
                </Banner>
            } else {
                <div class={classes!("viewfinder", has_picture.then_some("viewfinder-on"))}>
                    <video ref={video} class="viewfinder-video" muted={true} playsinline={true} autoplay={true} aria-label={say!(m, "camera-picture")}></video>
                    <canvas ref={canvas} class="unseen" aria-hidden="true"></canvas>
                    <div class="viewfinder-corners" aria-hidden="true"></div>
                    if !has_picture {
                        <p class="viewfinder-words" role="status">{say!(m, "camera-starting")}</p>
                    }
                    if matches!(&*view, View::Running { has_torch: true }) {
                        <div class="viewfinder-torch">
                            <Button kind={ButtonKind::IconOnly} icon={Mark::Torch} label={say!(m, "torch")} pressed={*torch} onclick={ontorch} />
                        </div>
                    }
                </div>
                <p class="soft centred">{props.hint.clone()}</p>
            }
            {props.children.clone()}
            if let Some(problem) = &*image_problem {
                <Banner tone={Tone::Bad} text={failure(&m, problem)} />
            }
            <form class="typed" {onsubmit}>
                <Field id="typed-code" kind={FieldKind::Code} label={props.typed_label.clone()} value={(*typed).clone()}
                    oninput={Callback::from(move |text| typed.set(text))} />
                <Button submit={true} label={props.typed_action.clone().unwrap_or_else(|| say!(m, "action-look-up"))} />
            </form>
            if *looking {
                <p class="row" role="status"><span class="spin" aria-hidden="true"></span>{say!(m, "image-looking")}</p>
            } else {
                <FileButton label={say!(m, "action-image-file")} accept="image/*" {onfile} />
            }
            <p class="row-top soft small"><Icon mark={Mark::Scan} class="icon-small" /><span>{say!(m, "wedge-hint")}</span></p>
        </div>
    }
}

type Listener = Rc<RefCell<(Callback<String>, Reads)>>;

fn report(now: &Listener, text: String) {
    let onread = now.borrow().0.clone();
    onread.emit(text);
}

/// Opens the camera and looks at its frames until the page is left.
async fn run(
    alive: &Cell<bool>,
    (video, canvas): (&NodeRef, &NodeRef),
    (camera, scanner): (&Slot<Camera>, &Slot<Rc<Scanner>>),
    now: &Listener,
    show: impl Fn(View),
) -> Result<(), Failure> {
    let scanner = started(scanner)?;
    let opened = Camera::open().await?;
    let (Some(video), Some(canvas)) = (
        video.cast::<HtmlVideoElement>(),
        canvas.cast::<HtmlCanvasElement>(),
    ) else {
        return Ok(());
    };
    if !alive.get() {
        return Ok(());
    }
    opened.show_in(&video);
    let has_torch = opened.has_torch();
    *camera.borrow_mut() = Some(opened);
    let mut reader = Reader::default();
    let mut is_shown = false;
    while alive.get() {
        TimeoutFuture::new(LOOK_MS).await;
        if video.ready_state() < HAS_PICTURE {
            continue;
        }
        if !is_shown {
            show(View::Running { has_torch });
            is_shown = true;
        }
        if now.borrow().1 == Reads::Paused {
            continue;
        }
        let Some(pixels) = pixels_of_video(&video, &canvas) else {
            continue;
        };
        let texts = scanner.read_frame(&pixels).await?;
        for text in reader.take(&texts, js_sys::Date::now()) {
            if alive.get() && now.borrow().1 == Reads::Taken {
                report(now, text);
            }
        }
    }
    Ok(())
}

async fn read_file(scanner: &Slot<Rc<Scanner>>, file: File) -> Result<Vec<String>, Failure> {
    let scanner = started(scanner)?;
    let pixels = open_image(file).await?.pixels().await?;
    let texts = scanner.read_image(&pixels).await?;
    if texts.is_empty() {
        Err(own("no-code-in-image"))
    } else {
        Ok(texts)
    }
}

fn started(slot: &Slot<Rc<Scanner>>) -> Result<Rc<Scanner>, Failure> {
    let mut slot = slot.borrow_mut();
    if let Some(scanner) = slot.as_ref() {
        return Ok(scanner.clone());
    }
    let scanner = Rc::new(Scanner::start()?);
    *slot = Some(scanner.clone());
    Ok(scanner)
}

/// Listens for wedge scanners wherever the focus is, except in fields: those have what was
/// typed anyway.
#[hook]
fn use_wedge(now: Listener) {
    use_effect_with((), move |()| {
        let wedge = RefCell::new(Wedge::default());
        let listener = web_sys::window().map(|window| {
            let options = gloo_events::EventListenerOptions::enable_prevent_default();
            EventListener::new_with_options(&window, "keydown", options, move |event| {
                let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else {
                    return;
                };
                let in_field = event
                    .target()
                    .and_then(|target| target.dyn_into::<Element>().ok())
                    .is_some_and(|element| {
                        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA")
                    });
                if in_field || event.ctrl_key() || event.meta_key() || event.alt_key() {
                    return;
                }
                let read = wedge.borrow_mut().key(&event.key(), js_sys::Date::now());
                // The end of a scan must not press the button that has the focus.
                if read.is_some() || wedge.borrow().is_scanning() {
                    event.prevent_default();
                }
                if let Some(text) = read {
                    report(&now, clean(&text).to_owned());
                }
            })
        });
        move || drop(listener)
    });
}
