//! Things become other things: split, merged, processed or packed anew. What the ledger would
//! refuse is said before signing, and so is what the ledger cannot see: where amounts stand in
//! sections, this device is the first to add them up.

mod law;
mod sides;

use chopmark_core::{
    ActivationSecret, AudienceDraft, Body, Kind, Made, Output, Quantity, RecordDraft, SectionBody,
    SubjectId, limits,
};
use chopmark_view::{Making, Param, Way};

use self::law::{conserved, fits};
use self::sides::{Outcome, Thing, inputs, losses, outputs};
use super::commission::label_section;
use super::{Author, Draft, GROUP, record};
use crate::known::Known;
use crate::texts::{self, Field};
use crate::trouble::Trouble;
use crate::{failure, lines, stock, words_of};

/// Label sections beside the author's own and one for regulators.
const LABELS_A_RECORD: usize = limits::SECTIONS_PER_RECORD - 2;
pub(super) fn transform(author: &Author<'_>, making: &Making) -> Result<Draft, Trouble> {
    let place = texts::optional(Field::Place, making.place.as_deref())?;
    let note = texts::optional(Field::Note, making.note.as_deref())?;
    let mut said = vec![lines::SIGN_TRANSFORM.line([("way", Param::Key(way_key(making.way)))])];
    let from = inputs(author, &making.inputs, &mut said)?;
    let to = outputs(author, &making.outputs, &mut said)?;
    let losses = losses(&making.losses, &mut said)?;
    if let Some(both) = to
        .iter()
        .find(|out| from.iter().any(|one| one.subject == out.thing.subject))
    {
        let name = Param::Text(both.code.element_string().to_owned());
        return Err(failure::MADE_OF_ITSELF.failure([("subject", name)]).into());
    }
    fits(making.way, &from, &to)?;
    conserved(author, &from, &to, &losses)?;

    let subjects: Vec<SubjectId> = from
        .iter()
        .map(|thing| thing.subject)
        .chain(to.iter().map(|out| out.thing.subject))
        .collect();
    if subjects.len() > limits::SUBJECTS {
        let most = Param::Number(limits::SUBJECTS as u64);
        return Err(failure::TOO_MANY.failure([("most", most)]).into());
    }
    said.extend(words_of::place(place.clone()));
    said.extend(words_of::note(note.clone()));
    let own = SectionBody {
        codes: codes(&from, &to),
        product: to.first().map(|out| out.product.clone()),
        place,
        note,
        quantities: stock::veiled(author.view, named(&from, &to, &losses)),
        ..SectionBody::default()
    };
    let mut first = record(
        body(author, making.way, &from, &to, &losses),
        subjects.clone(),
    );
    first.cites = author.view.cites_for(Kind::Transform, &subjects);
    first
        .sections
        .push((AudienceDraft::parties([author.member]), own));
    let existing: Vec<SubjectId> = subjects
        .iter()
        .filter(|subject| author.view.subject(subject).is_some())
        .copied()
        .collect();
    let mut draft =
        Draft::new(labelled(author, first, &from, &to), said).resting_on(author.view, &existing);
    for out in to.into_iter().filter(|out| out.is_new) {
        draft.commissioned.push(out.thing.subject);
        let secret = out.secret.map(|secret| (out.thing.subject, secret));
        draft.secrets.extend(secret);
        let product = Some(out.product);
        draft.codes.push((
            out.thing.subject,
            Known {
                code: out.code,
                product,
            },
        ));
    }
    Ok(draft)
}

fn body(
    author: &Author<'_>,
    way: Way,
    from: &[Thing],
    to: &[Outcome],
    losses: &[Quantity],
) -> Body {
    let stated = |whole: Quantity| stock::stated(author.view, whole);
    let made = |out: &Outcome| match out.thing.portion.quantity {
        Some(quantity) => Made::Batch(out.code.hash(), stated(quantity)),
        None => {
            let key = out.secret.as_ref().map(ActivationSecret::public);
            Made::Item(out.code.hash(), key)
        }
    };
    Body::Transform {
        when: author.when,
        step: step(way, to).to_owned(),
        inputs: from
            .iter()
            .map(|thing| thing.portion.quantity.map(stated))
            .collect(),
        outputs: to
            .iter()
            .map(|out| Output {
                class: out.thing.portion.class,
                prefix: out.prefix.clone(),
                made: made(out),
            })
            .collect(),
        losses: losses.iter().copied().map(stated).collect(),
    }
}

/// The business step of CBV 2.0: what is made as a batch gets its code as a class, an item as one
/// of its own.
fn step(way: Way, to: &[Outcome]) -> &'static str {
    let items = to.iter().any(|out| out.thing.portion.quantity.is_none());
    match way {
        _ if to.is_empty() => "destroying",
        Way::Repack => "repackaging",
        Way::Process if items => "commissioning",
        Way::Split | Way::Merge | Way::Process => "creating_class_instance",
    }
}

/// Amounts in the order in which the fields name them.
fn named(from: &[Thing], to: &[Outcome], losses: &[Quantity]) -> Vec<Quantity> {
    from.iter()
        .chain(to.iter().map(|out| &out.thing))
        .filter_map(|thing| thing.portion.quantity)
        .chain(losses.iter().copied())
        .collect()
}

/// One code for each subject, or none at all: so a section has them.
fn codes(from: &[Thing], to: &[Outcome]) -> Vec<String> {
    let all = from.iter().chain(to.iter().map(|out| &out.thing));
    let codes: Option<Vec<String>> = all
        .map(|thing| Some(thing.code.as_ref()?.element_string().to_owned()))
        .collect();
    codes.unwrap_or_default()
}

/// The record with what labels of new things open. Those that its sections have no room for are
/// told in records after it, as labels are made for them: all or nothing.
fn labelled(
    author: &Author<'_>,
    mut first: RecordDraft,
    from: &[Thing],
    to: &[Outcome],
) -> Vec<RecordDraft> {
    let fresh: Vec<(u16, &Outcome)> = (0_u16..)
        .skip(from.len())
        .zip(to)
        .filter(|(_, out)| out.is_new)
        .collect();
    let (now, later) = fresh.split_at(LABELS_A_RECORD.min(fresh.len()));
    first.sections.extend(
        now.iter()
            .map(|(at, out)| label_section(*at, &out.code, Some(&out.product))),
    );
    let mut records = vec![first];
    for chunk in later.chunks(LABELS_A_RECORD) {
        let body = Body::Observe {
            when: author.when,
            step: "encoding".to_owned(),
        };
        let subjects = chunk.iter().map(|(_, out)| out.thing.subject).collect();
        let mut more = record(body, subjects);
        more.sections.extend(
            (0_u16..)
                .zip(chunk)
                .map(|(at, (_, out))| label_section(at, &out.code, Some(&out.product))),
        );
        records.push(more);
    }
    if records.len() > 1 {
        for record in &mut records {
            record.group = Some(GROUP);
        }
    }
    records
}

/// The key of a way's message.
fn way_key(way: Way) -> String {
    match way {
        Way::Split => "way-split",
        Way::Merge => "way-merge",
        Way::Process => "way-process",
        Way::Repack => "way-repack",
    }
    .to_owned()
}
