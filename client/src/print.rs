//! Labels for subjects whose codes this device knows.

use chopmark_core::{CodeKind, SubjectId};
use chopmark_view::{LabelSheet, LabelView, Param};

use crate::label::{Label, Level, Stock, qr, sheets};
use crate::look::Look;
use crate::trouble::Trouble;
use crate::{failure, words_of};

/// Labels of one call: a pallet of cases.
const MOST_LABELS: usize = 500;

pub(crate) fn labels(look: &Look<'_>, subjects: &[String]) -> Result<LabelSheet, Trouble> {
    if subjects.is_empty() {
        return Err(failure::NOTHING_CHOSEN.failure([]).into());
    }
    if subjects.len() > MOST_LABELS {
        return Err(failure::TOO_MANY
            .failure([("most", Param::Number(MOST_LABELS as u64))])
            .into());
    }
    let labels = subjects
        .iter()
        .map(|subject| label(look, subject))
        .collect::<Result<Vec<_>, _>>()?;
    let sheets = sheets(&labels);
    Ok(LabelSheet {
        labels: labels.into_iter().map(|label| label.view).collect(),
        sheets,
    })
}

fn label(look: &Look<'_>, subject: &str) -> Result<Label, Trouble> {
    let subject: SubjectId = subject
        .parse()
        .map_err(|_| failure::UNKNOWN_SUBJECT.failure([]))?;
    let known = look.known(&subject)?.ok_or_else(|| {
        failure::CODE_NOT_KNOWN
            .failure([("subject", Param::Text(words_of::short(subject.as_bytes())))])
    })?;
    let link = known.code.digital_link(look.genesis.host());
    let (level, stock) = match known.code.kind() {
        CodeKind::LogisticUnit => (Level::Quartile, Stock::Carton),
        _ => (Level::Medium, Stock::Item),
    };
    let qr = qr(&link, level)
        .map_err(|_| Trouble::Internal("the label's link is too long for a QR code"))?;
    let mut text: Vec<String> = known.product.into_iter().collect();
    // One element a line: `(01)…` and `(21)…`, as they are typed in.
    text.extend(elements(known.code.element_string()));
    text.push(look.genesis.host().to_owned());
    Ok(Label {
        view: LabelView { qr, link, text },
        stock,
    })
}

fn elements(element_string: &str) -> Vec<String> {
    element_string
        .split_inclusive(')')
        .fold(Vec::new(), |mut lines: Vec<String>, part| {
            // Each part but the first starts with the value of the identifier before it.
            match (part.rfind('('), lines.last_mut()) {
                (Some(open), Some(last)) => {
                    let (value, identifier) = part.split_at_checked(open).unwrap_or((part, ""));
                    last.push_str(value);
                    lines.push(identifier.to_owned());
                }
                (None, Some(last)) => last.push_str(part),
                (_, None) => lines.push(part.to_owned()),
            }
            lines
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn puts_one_element_on_a_line() {
        assert_eq!(
            elements("(01)09506000134352(21)AB1"),
            ["(01)09506000134352", "(21)AB1"]
        );
        assert_eq!(
            elements("(00)095060001343520001"),
            ["(00)095060001343520001"]
        );
    }
}
