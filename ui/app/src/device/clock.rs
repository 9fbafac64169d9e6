/// The moment of a date and time as a field has it, by this device's zone: milliseconds since 1970
/// (UTC). None for what is no time, or one before.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "whole milliseconds from 0 on; JavaScript has dates up to 8.64e15"
)]
pub(crate) fn moment_of(text: &str) -> Option<u64> {
    let ms = js_sys::Date::parse(text);
    (ms >= 0.0).then_some(ms as u64)
}
