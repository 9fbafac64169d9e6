//! Sound and vibration. Screens say the same in words, icon and colour.

use web_sys::{AudioContext, OscillatorType};

/// Two short tones upwards and a short pulse.
pub(crate) fn success_signal() {
    vibrate(60);
    let _ = tones(OscillatorType::Sine, &[(880.0, 0.0), (1_320.0, 0.09)], 0.09);
}

/// One long low tone and a long pulse: told from success without looking.
pub(crate) fn failure_signal() {
    vibrate(400);
    let _ = tones(OscillatorType::Square, &[(160.0, 0.0)], 0.45);
}

fn vibrate(duration_ms: u32) {
    if let Some(window) = web_sys::window() {
        let navigator = window.navigator();
        // Desktops and iOS have no such method.
        let can = js_sys::Reflect::has(&navigator, &"vibrate".into());
        if can.unwrap_or(false) {
            let _ = navigator.vibrate_with_duration(duration_ms);
        }
    }
}

/// Plays tones of `(hertz, start)` seconds. Fails where a browser has no sound or wants a
/// tap first; then the other signs must do.
fn tones(
    kind: OscillatorType,
    list: &[(f32, f64)],
    length: f64,
) -> Result<(), wasm_bindgen::JsValue> {
    let context = AudioContext::new()?;
    let volume = context.create_gain()?;
    volume.gain().set_value(0.15);
    volume.connect_with_audio_node(&context.destination())?;
    let now = context.current_time();
    for (hertz, start) in list {
        let tone = context.create_oscillator()?;
        tone.set_type(kind);
        tone.frequency().set_value(*hertz);
        tone.connect_with_audio_node(&volume)?;
        tone.start_with_when(now + start)?;
        tone.stop_with_when(now + start + length)?;
    }
    // Browsers allow few contexts at a time.
    gloo_timers::callback::Timeout::new(1_000, move || {
        let _ = context.close();
    })
    .forget();
    Ok(())
}
