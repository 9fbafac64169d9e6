//! Sentences: those that the code names, and those whose keys the client sends.

use chopmark_kit::{Mark, Messages, Tone, Value};
use chopmark_view::{
    EventStatus, Failure, Line, LinkState, Param, Party, Stock, SubjectCard, SubjectKind, UNITS,
};
use std::collections::BTreeMap;
use yew::AttrValue;

/// The sentence of a key of the app, checked by the build.
macro_rules! say {
    ($messages:expr, $key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        yew::AttrValue::from(chopmark_kit::text!(APP_KEYS, $messages, $key $(, $name = $value)*))
    };
}
pub(crate) use say;

/// A line that the client composed.
pub(crate) fn line(messages: &Messages, line: &Line) -> AttrValue {
    match sentence(messages, &line.key, &line.params) {
        Some(text) => text.into(),
        None => say!(messages, "line-general"),
    }
}

/// Why something failed, and what to do.
pub(crate) fn failure(messages: &Messages, failure: &Failure) -> AttrValue {
    match sentence(
        messages,
        &format!("failure-{}", failure.code),
        &failure.params,
    ) {
        Some(text) => text.into(),
        None => say!(messages, "failure-general"),
    }
}

/// A key that stands alone in a reply: a role, a class.
pub(crate) fn key(messages: &Messages, key: &str) -> AttrValue {
    match messages.find(key, &[]) {
        Some(text) => text.into(),
        None => say!(messages, "line-general"),
    }
}

/// How much there is of a batch.
pub(crate) fn stock(messages: &Messages, stock: &Stock) -> AttrValue {
    let unit = unit_name(messages, stock);
    match &stock.amount {
        _ if stock.overdrawn => say!(messages, "stock-overdrawn", unit = unit.as_str()),
        Some(amount) => say!(messages, "stock", amount = amount, unit = unit.as_str()),
        None => say!(messages, "stock-unknown", unit = unit.as_str()),
    }
}

/// What a batch is measured in. A unit without a name here is known by its code.
pub(crate) fn unit_name(messages: &Messages, stock: &Stock) -> AttrValue {
    match UNITS.iter().any(|(code, _)| *code == stock.unit) {
        true => key(messages, &stock.key),
        false => stock.unit.clone().into(),
    }
}

/// Who owns or holds something.
pub(crate) fn party(messages: &Messages, party: &Party) -> AttrValue {
    match party {
        Party::Member { name } => name.clone().into(),
        Party::Consumer { key } => say!(messages, "party-consumer", key = key),
        Party::Bearer => say!(messages, "party-bearer"),
    }
}

/// A point in time.
pub(crate) fn time(messages: &Messages, time_ms: u64) -> AttrValue {
    messages.show(&Value::Time(time_ms)).into()
}

/// A size.
pub(crate) fn bytes(messages: &Messages, bytes: u64) -> AttrValue {
    messages.show(&Value::Bytes(bytes)).into()
}

/// A run's list, as its section calls it (`docs/format.md`, runs).
const RUN_LIST: &str = "text/vnd.chopmark.run-list";

/// What kind of file something is.
pub(crate) fn media(messages: &Messages, media_type: &str) -> AttrValue {
    match media_type.split_once('/') {
        _ if media_type == RUN_LIST => say!(messages, "media-run-list"),
        Some(("image", _)) => say!(messages, "media-image"),
        Some(("video", _)) => say!(messages, "media-video"),
        Some(("audio", _)) => say!(messages, "media-audio"),
        Some(("application", "pdf")) => say!(messages, "media-pdf"),
        _ => say!(messages, "media-other"),
    }
}

/// A text without white space around it; none where nothing was typed.
pub(crate) fn filled(text: &str) -> Option<String> {
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn sentence(messages: &Messages, key: &str, params: &BTreeMap<String, Param>) -> Option<String> {
    let mut values: Vec<(&str, Value)> = params
        .iter()
        .map(|(name, param)| (name.as_str(), value(messages, param)))
        .collect();
    // A clock that is off by a year is not off by 525,600 minutes.
    if let Some(Param::Number(minutes)) = params.get("minutes") {
        values.push(("days", Value::Number(minutes / (24 * 60))));
    }
    messages.find(key, &values)
}

fn value(messages: &Messages, param: &Param) -> Value {
    match param {
        Param::Text(text) => Value::Text(text.clone()),
        Param::Number(number) => Value::Number(*number),
        Param::Time(time_ms) => Value::Time(*time_ms),
        Param::Bytes(bytes) => Value::Bytes(*bytes),
        Param::Key(name) => Value::Text(key(messages, name).to_string()),
    }
}

/// The word, colour and icon of where a signed thing stands.
pub(crate) fn status(messages: &Messages, status: &EventStatus) -> (Tone, Mark, AttrValue) {
    match status {
        EventStatus::Pending => (Tone::Wait, Mark::Clock, say!(messages, "status-pending")),
        EventStatus::Waiting => (Tone::Wait, Mark::Clock, say!(messages, "status-waiting")),
        EventStatus::Final { .. } => (Tone::Good, Mark::Check, say!(messages, "status-final")),
        EventStatus::Refused(_) => (Tone::Bad, Mark::Refused, say!(messages, "status-refused")),
    }
}

/// What kind of thing a subject is.
pub(crate) fn kind(messages: &Messages, kind: SubjectKind) -> AttrValue {
    match kind {
        SubjectKind::Item => say!(messages, "kind-item"),
        SubjectKind::Batch => say!(messages, "kind-batch"),
        SubjectKind::Unit => say!(messages, "kind-unit"),
        SubjectKind::Place => say!(messages, "kind-place"),
    }
}

/// The icon of a subject.
pub(crate) fn kind_mark(kind: SubjectKind) -> Mark {
    match kind {
        SubjectKind::Item | SubjectKind::Batch => Mark::Item,
        SubjectKind::Unit => Mark::Unit,
        SubjectKind::Place => Mark::Place,
    }
}

/// What a person calls a subject: its product, else its kind.
pub(crate) fn subject_name(messages: &Messages, card: &SubjectCard) -> AttrValue {
    match &card.product {
        Some(product) => product.clone().into(),
        None => kind(messages, card.kind),
    }
}

/// The same in a list, where a case must be told from the items in it.
pub(crate) fn row_name(messages: &Messages, card: &SubjectCard) -> AttrValue {
    match (&card.product, card.kind) {
        (Some(product), SubjectKind::Unit) => say!(messages, "case-of", product = product),
        _ => subject_name(messages, card),
    }
}

/// The readable end of a code: serials tell things apart, GTINs do not.
pub(crate) fn subject_code(card: &SubjectCard) -> AttrValue {
    let code = card.code.as_deref().unwrap_or(&card.subject);
    let serial = code.rsplit_once(')').map_or(code, |(_, serial)| serial);
    // A subject id is long; its beginning tells it apart.
    let shown: String = if card.code.is_none() {
        serial.chars().take(12).chain(['…']).collect()
    } else {
        serial.into()
    };
    shown.into()
}

/// How the link to the consortium stands.
pub(crate) fn link(messages: &Messages, link: &LinkState) -> (Tone, Mark, AttrValue) {
    match link {
        LinkState::Online { .. } => (Tone::Good, Mark::Online, say!(messages, "link-online")),
        LinkState::Connecting => (Tone::Note, Mark::Retry, say!(messages, "link-connecting")),
        LinkState::Offline { .. } => (Tone::Wait, Mark::Offline, say!(messages, "link-offline")),
    }
}

#[cfg(test)]
mod tests {
    use chopmark_kit::{APP, Language};

    use super::*;

    /// A run's list was named by its media type, which says nothing to who made the run.
    #[test]
    fn files_are_named_in_words() {
        for language in [Language::English, Language::SimplifiedChinese] {
            let messages = Messages::new(&APP, language);
            let types = [
                RUN_LIST,
                "image/png",
                "video/mp4",
                "audio/webm",
                "application/pdf",
                "text/plain",
                "",
            ];
            let named = types.map(|media_type| media(&messages, media_type));
            assert!(named.iter().all(|name| !name.contains('/')), "{named:?}");
            assert_eq!(named[5], named[6]);
            let different: std::collections::BTreeSet<&str> =
                named.iter().map(AttrValue::as_str).collect();
            assert_eq!(different.len(), 6, "{named:?}");
        }
    }
}
