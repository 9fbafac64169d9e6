//! What a member works with and does not sell: tools, vehicles, containers, crates, places.

use chopmark_core::{Body, Kind, Party, StateView as _, SubjectId, SubjectState};
use chopmark_view::{AssetKind, AssetView, AssetsView, EventStatus};

use crate::look::Look;
use crate::trouble::Trouble;
use crate::{activities, blocks};

/// Rows of the page: what a person scrolls through, and a bound on the work of one call.
const ROWS: usize = 100;
/// Records looked through for each, from the newest on.
const RECORDS: usize = 200;

/// What a class of the ledger is to a member's staff; none of goods and of what carries them once.
fn kind_of(class: &str) -> Option<AssetKind> {
    match class {
        "(8004)" => Some(AssetKind::Equipment),
        "BIC" => Some(AssetKind::Container),
        "(8003)" => Some(AssetKind::Returnable),
        "(414)" => Some(AssetKind::Place),
        _ => None,
    }
}

pub(crate) fn assets(look: &Look<'_>) -> Result<AssetsView, Trouble> {
    let me = Party::from(look.me.member);
    let ours = |subject: &SubjectId, state: &SubjectState| {
        state.decommissioned_by().is_none()
            && (*state.owner() == me
                || look
                    .view
                    .holder_of(subject)
                    .is_some_and(|holder| holder.is(&look.me.member)))
    };
    let mut found: Vec<(AssetKind, SubjectId)> = look
        .view
        .subjects()
        // Goods outnumber assets by far, and their class says so without a text.
        .filter(|(_, state)| !state.class().is_gtin())
        .filter_map(|(subject, state)| {
            let kind = kind_of(&state.class().to_string())?;
            ours(subject, state).then_some((kind, *subject))
        })
        .collect();
    found.sort_unstable();
    let count = found.len() as u64;
    let mut assets = Vec::new();
    for (kind, subject) in found.into_iter().take(ROWS) {
        if let Some(card) = look.card(&subject)? {
            let told = told(look, &subject)?;
            let bound = look.view.associated(&subject);
            let bound = bound
                .iter()
                .filter_map(|child| look.card(child).transpose());
            assets.push(AssetView {
                card,
                kind,
                place: told.place,
                bound: bound.collect::<Result<_, _>>()?,
                maintained_ms: told.maintained,
                calibrated_ms: told.calibrated,
            });
        }
    }
    assets.sort_by(|a, b| (a.kind, &a.card.code).cmp(&(b.kind, &b.card.code)));
    Ok(AssetsView { assets, count })
}

/// What the newest records of an asset say.
#[derive(Default)]
struct Told {
    place: Option<String>,
    maintained: Option<u64>,
    calibrated: Option<u64>,
}

fn told(look: &Look<'_>, subject: &SubjectId) -> Result<Told, Trouble> {
    let mut told = Told::default();
    let records = look.store.records_of(*subject)?;
    for touch in records.into_iter().rev().take(RECORDS) {
        let Some(block) = blocks::numbered(look.store, touch.number)? else {
            continue;
        };
        let at = chopmark_core::RecordRef {
            block: block.id(),
            index: touch.index,
        };
        if matches!(look.status(&at)?, EventStatus::Refused(_)) {
            continue;
        }
        let read = look.read_sections(&block, touch.index)?;
        told.place = told.place.take().or(read.place);
        let record = block.records().get(usize::from(touch.index));
        let Some(Body::Observe { when, step }) = record.map(chopmark_core::Record::body) else {
            continue;
        };
        let done = activities::recorded(Kind::Observe, step, read.disposition.as_deref());
        match done.map(activities::Activity::name) {
            Some("maintained") => told.maintained = told.maintained.or(Some(when.time.0)),
            Some("calibrated") => told.calibrated = told.calibrated.or(Some(when.time.0)),
            _ => {}
        }
    }
    Ok(told)
}
