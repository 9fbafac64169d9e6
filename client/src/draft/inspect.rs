use chopmark_core::{AudienceDraft, Body, EvidenceLink, Kind, SectionBody, limits};
use chopmark_view::{Failure, Line, Measured, Param, Verdict};

use super::{Author, Draft, parse_subject, precheck, record};
use crate::evidence::{self, Piece};
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{failure, lines, sensed, words_of};

/// What somebody saw and thinks of it.
pub(super) struct Seen<'a> {
    pub(super) subject: &'a str,
    pub(super) verdict: Verdict,
    pub(super) note: Option<&'a str>,
    pub(super) measured: &'a [Measured],
    pub(super) evidence: &'a [String],
    pub(super) public: bool,
}

pub(super) fn attest(author: &Author<'_>, seen: &Seen<'_>) -> Result<Draft, Trouble> {
    let (verdict, public) = (seen.verdict, seen.public);
    let subject = parse_subject(seen.subject)?;
    precheck::exists(author, &subject)?;
    let note = texts::optional(Field::Note, seen.note)?;
    let measured = measured_values(seen.measured)?;
    let pieces = pieces(author, seen.evidence)?;

    let body = Body::Attest {
        when: author.when,
        verdict: words_of::core_verdict(verdict),
        evidence: pieces
            .iter()
            .map(|piece| (piece.id, piece.sealed_length()))
            .collect(),
    };
    let mut record = record(body, vec![subject]);
    record.cites = author.view.cites_for(Kind::Attest, &[subject]);
    let known = author.known(&subject)?;
    let links: Vec<EvidenceLink> = pieces.iter().map(Piece::link).collect();
    let full = SectionBody {
        codes: known
            .iter()
            .map(|known| known.code.element_string().to_owned())
            .collect(),
        note: note.clone(),
        evidence: links.clone(),
        measured: measured.clone(),
        ..SectionBody::default()
    };
    record.sections.push((AudienceDraft::Members, full));
    if public {
        let code = known.map(|known| known.code).ok_or_else(|| {
            failure::CODE_NOT_KNOWN
                .failure([("subject", Param::Text(words_of::short(subject.as_bytes())))])
        })?;
        let shown = SectionBody {
            note: note.clone(),
            evidence: links,
            ..SectionBody::default()
        };
        record.sections.push((
            AudienceDraft::Label {
                subject_index: 0,
                code,
            },
            shown,
        ));
    }

    let mut lines = vec![lines::SIGN_ATTEST.line([
        ("subject", author.subject_text(&subject)?),
        ("verdict", Param::Key(words_of::verdict_key(verdict).into())),
    ])];
    lines.extend(words_of::note(note));
    lines.extend(measured.iter().map(sensed::line));
    if !pieces.is_empty() {
        lines.push(evidence_line(&pieces));
    }
    let audience = if public {
        lines::SIGN_PUBLIC
    } else {
        lines::SIGN_MEMBERS_ONLY
    };
    lines.push(audience.line([]));
    let mut draft = Draft::new(vec![record], lines);
    if public && !pieces.is_empty() {
        draft.warnings.push(lines::WARN_PUBLIC.line([]));
    }
    Ok(draft)
}

/// How many files go along, and how much that is.
pub(super) fn evidence_line(pieces: &[Piece]) -> Line {
    let bytes = pieces.iter().map(|piece| piece.length).sum();
    lines::SIGN_EVIDENCE.line([
        ("count", Param::Number(pieces.len() as u64)),
        ("bytes", Param::Bytes(bytes)),
    ])
}

fn measured_values(measured: &[Measured]) -> Result<Vec<chopmark_core::Measured>, Failure> {
    if measured.len() > limits::MEASURED_VALUES {
        return Err(
            failure::TOO_MANY.failure([("most", Param::Number(limits::MEASURED_VALUES as u64))])
        );
    }
    let mut values = Vec::new();
    for value in measured {
        let text =
            |text: &str| texts::checked(Field::Measured, text).map(Option::unwrap_or_default);
        values.push(chopmark_core::Measured {
            name: text(&value.name)?,
            value: text(&value.value)?,
            unit: text(&value.unit)?,
        });
    }
    Ok(values)
}

/// The pieces of evidence that were brought into the vault before.
pub(super) fn pieces(author: &Author<'_>, ids: &[String]) -> Result<Vec<Piece>, Trouble> {
    if ids.len() > limits::EVIDENCE_LINKS {
        let most = Param::Number(limits::EVIDENCE_LINKS as u64);
        return Err(failure::TOO_MANY.failure([("most", most)]).into());
    }
    let unknown = || failure::EVIDENCE_UNKNOWN.failure([]);
    let mut pieces = Vec::new();
    for id in ids {
        let id = id.parse().map_err(|_| unknown())?;
        pieces.push(evidence::find(author.store, &id)?.ok_or_else(unknown)?);
    }
    Ok(pieces)
}
