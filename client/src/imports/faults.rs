//! What is wrong with a row or event, in words that are translated. The libraries' own text is
//! English and stands behind them in brackets: it names the field and the value.

use chopmark_exchange::{BadCells, Unmapped};
use chopmark_view::{Failure, Param};
use std::fmt::Display;

use crate::failure;

const NOT_UTF8: &str = "row-not-utf8";
const CELLS: &str = "row-cells";
const CELL: &str = "row-cell";
const NO_EVENT: &str = "row-no-event";
const IDENTIFIER: &str = "row-identifier";
const PREFIX_UNKNOWN: &str = "row-prefix-unknown";
const PREFIX_PENDING: &str = "row-prefix-pending";
const NOT_YOURS: &str = "row-not-yours";
const NOTHING_TRACKED: &str = "row-nothing-tracked";
const TOO_EARLY: &str = "row-too-early";
const TOO_LARGE: &str = "row-too-large";
const EVENT_UNKNOWN: &str = "row-event-unknown";
const INPUTS_UNKNOWN: &str = "row-inputs-unknown";
const IN_ITSELF: &str = "row-in-itself";
const BOTH_SIDES: &str = "row-both-sides";
const AMOUNTS: &str = "row-amounts";
const NOT_COUNTED: &str = "row-not-counted";
const NO_RECORD: &str = "row-no-record";

/// The keys of all of them.
pub(crate) const KEYS: &[&str] = &[
    NOT_UTF8,
    CELLS,
    CELL,
    NO_EVENT,
    IDENTIFIER,
    PREFIX_UNKNOWN,
    PREFIX_PENDING,
    NOT_YOURS,
    NOTHING_TRACKED,
    TOO_EARLY,
    TOO_LARGE,
    EVENT_UNKNOWN,
    INPUTS_UNKNOWN,
    IN_ITSELF,
    BOTH_SIDES,
    AMOUNTS,
    NOT_COUNTED,
    NO_RECORD,
];

/// A row of a table.
pub(super) fn cells(why: &BadCells) -> Failure {
    let key = match why {
        BadCells::NotUtf8 => NOT_UTF8,
        BadCells::Length { .. } => CELLS,
        BadCells::Cell { .. } => CELL,
        _ => NO_EVENT,
    };
    unreadable(key, why)
}

/// An event of a document.
pub(super) fn no_event(why: &impl Display) -> Failure {
    unreadable(NO_EVENT, why)
}

/// An event that becomes no record.
pub(crate) fn unmapped(why: &Unmapped) -> Failure {
    let key = match why {
        Unmapped::Identifier(_) => IDENTIFIER,
        Unmapped::PrefixUnknown { .. } => PREFIX_UNKNOWN,
        Unmapped::PrefixPending { .. } => PREFIX_PENDING,
        Unmapped::NotYours { .. } => NOT_YOURS,
        Unmapped::NothingTracked => NOTHING_TRACKED,
        Unmapped::TooEarly => TOO_EARLY,
        Unmapped::TooLarge { .. } | Unmapped::NoRoom { .. } => TOO_LARGE,
        Unmapped::EventUnknown { .. } => EVENT_UNKNOWN,
        Unmapped::InputsUnknown { .. } => INPUTS_UNKNOWN,
        Unmapped::InItself { .. } => IN_ITSELF,
        Unmapped::BothSides { .. } => BOTH_SIDES,
        Unmapped::Amounts { .. } => AMOUNTS,
        Unmapped::NotCounted { .. } => NOT_COUNTED,
        _ => NO_RECORD,
    };
    match why {
        // The words say the rest.
        Unmapped::PrefixUnknown { code }
        | Unmapped::PrefixPending { code }
        | Unmapped::NotYours { code }
        | Unmapped::InItself { code }
        | Unmapped::BothSides { code }
        | Unmapped::Amounts { code }
        | Unmapped::NotCounted { code } => unreadable(key, code),
        Unmapped::EventUnknown { id } | Unmapped::InputsUnknown { id } => unreadable(key, id),
        Unmapped::NothingTracked | Unmapped::TooEarly => {
            failure::ROW_REFUSED.failure([("why", Param::Key(key.to_owned()))])
        }
        _ => unreadable(key, why),
    }
}

/// Whatever else keeps an event from being signed.
pub(super) fn other(why: &impl Display) -> Failure {
    unreadable(NO_RECORD, why)
}

fn unreadable(key: &str, detail: &impl Display) -> Failure {
    failure::ROW_UNREADABLE.failure([
        ("why", Param::Key(key.to_owned())),
        ("detail", Param::Text(detail.to_string())),
    ])
}

#[cfg(test)]
mod tests {
    use chopmark_core::Code;

    use super::*;

    #[test]
    fn nothing_is_said_twice() {
        let code = Code::gtin_serial("09506000134352", "S1").unwrap();
        let detail = |why: &Unmapped| unmapped(why).params.get("detail").cloned();
        let shown = Some(Param::Text(code.to_string()));
        for why in [
            Unmapped::PrefixUnknown { code: code.clone() },
            Unmapped::PrefixPending { code: code.clone() },
            Unmapped::InItself { code: code.clone() },
            Unmapped::BothSides { code: code.clone() },
            Unmapped::Amounts { code: code.clone() },
            Unmapped::NotCounted { code },
        ] {
            assert_eq!(detail(&why), shown, "{why}");
            let said = unmapped(&why).params.get("why").cloned();
            assert_ne!(said, Some(Param::Key(NO_RECORD.to_owned())), "{why}");
        }
        assert_eq!(detail(&Unmapped::TooEarly), None);
    }
}
