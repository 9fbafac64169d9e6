use gloo_timers::callback::Timeout;
use yew::prelude::*;

use super::{Icon, Mark};

/// How long a press lasts before it signs: longer than any tap by accident, short enough
/// for fifty signatures a day. The width of the fill in `css/3-controls.css` takes as long.
const HOLD_MS: u32 = 1_000;
/// How long the second activation may take where presses cannot be held.
const SECOND_MS: u32 = 6_000;

/// What a [`SignButton`] says.
#[derive(Clone, PartialEq)]
pub struct SignWords {
    /// At rest: "Press and hold to sign".
    pub rest: AttrValue,
    /// While pressed.
    pub holding: AttrValue,
    /// After a first activation by assistive technology, which cannot hold.
    pub again: AttrValue,
    /// While the signature is made and written to disk.
    pub busy: AttrValue,
}

/// Properties of [`SignButton`].
#[derive(PartialEq, Properties)]
pub struct SignProps {
    /// What it says.
    pub words: SignWords,
    /// The person has signed.
    pub onsign: Callback<()>,
    /// Cannot be used now.
    #[prop_or_default]
    pub disabled: bool,
    /// The signature is being made.
    #[prop_or_default]
    pub busy: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Press {
    Rest,
    Held,
    OnceActivated,
}

/// Signs when it is held for a second: by finger, mouse, Space or Enter. Assistive
/// technology, which reports only a click, activates it twice.
#[component]
pub fn SignButton(props: &SignProps) -> Html {
    let press = use_state_eq(|| Press::Rest);
    let timer = use_mut_ref(|| None::<Timeout>);
    let usable = !props.disabled && !props.busy;

    let start = {
        let (press, timer, sign) = (press.clone(), timer.clone(), props.onsign.clone());
        move || {
            if !usable || *press == Press::Held {
                return;
            }
            press.set(Press::Held);
            let (press, sign) = (press.clone(), sign.clone());
            *timer.borrow_mut() = Some(Timeout::new(HOLD_MS, move || {
                press.set(Press::Rest);
                sign.emit(());
            }));
        }
    };
    let stop = {
        let (press, timer) = (press.clone(), timer.clone());
        move || {
            if *press == Press::Held {
                timer.borrow_mut().take();
                press.set(Press::Rest);
            }
        }
    };
    let onclick = {
        let (press, timer, sign) = (press.clone(), timer.clone(), props.onsign.clone());
        Callback::from(move |event: MouseEvent| {
            // A pointer's click has a count; assistive technology's has none.
            if event.detail() != 0 || !usable {
                return;
            }
            if *press == Press::OnceActivated {
                timer.borrow_mut().take();
                press.set(Press::Rest);
                sign.emit(());
            } else {
                press.set(Press::OnceActivated);
                let press = press.clone();
                *timer.borrow_mut() = Some(Timeout::new(SECOND_MS, move || press.set(Press::Rest)));
            }
        })
    };
    let onkeydown = {
        let start = start.clone();
        Callback::from(move |event: KeyboardEvent| {
            if is_press(&event) {
                // Otherwise the browser makes a click of it, which would count as activation.
                event.prevent_default();
                if !event.repeat() {
                    start();
                }
            }
        })
    };
    let onkeyup = {
        let stop = stop.clone();
        Callback::from(move |event: KeyboardEvent| {
            if is_press(&event) {
                event.prevent_default();
                stop();
            }
        })
    };
    let down = Callback::from(move |event: PointerEvent| {
        if event.button() == 0 {
            start();
        }
    });
    let end = Callback::from(move |_: PointerEvent| stop());
    let words = match (props.busy, *press) {
        (true, _) => &props.words.busy,
        (false, Press::Rest) => &props.words.rest,
        (false, Press::Held) => &props.words.holding,
        (false, Press::OnceActivated) => &props.words.again,
    };
    html! {
        <button
            type="button"
            class="sign"
            data-held={(*press == Press::Held).then_some("true")}
            disabled={props.disabled}
            aria-busy={props.busy.then_some("true")}
            onpointerdown={down}
            onpointerup={end.clone()}
            onpointerleave={end.clone()}
            onpointercancel={end}
            oncontextmenu={Callback::from(|event: MouseEvent| event.prevent_default())}
            {onclick}
            {onkeydown}
            {onkeyup}
        >
            <span class="sign-fill" aria-hidden="true"></span>
            <Icon mark={Mark::Check} />
            <span class="sign-words" aria-live="polite">{words.clone()}</span>
        </button>
    }
}

fn is_press(event: &KeyboardEvent) -> bool {
    matches!(event.key().as_str(), " " | "Enter")
}
