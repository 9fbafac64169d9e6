//! The first screen.

use chopmark_core::{Body, Kind, RecordRef, Right, StateView as _, SubjectId};
use chopmark_view::{
    Activity, HoldCard, HomeView, Line, LinkState, Me, MemberView, MembersView, Param, Product,
    ProductsView, RecentView, SubjectCard,
};

use crate::holdings::Holdings;
use crate::look::Look;
use crate::trouble::Trouble;
use crate::{blocks, did, known, learn, lines, offers, pledges, settle, words_of};

/// Rows of each list: what a phone's screen scrolls through.
pub(crate) const ROWS: usize = 50;
/// Held subjects that are looked through for ones to inspect: bounds the work of one call.
const CANDIDATES: usize = 400;
/// A device whose enrolment ends within a week should be enrolled again.
const ENDS_SOON_MS: u64 = 7 * 24 * 60 * 60 * 1000;
/// A checkpoint older than a day means that this device has not synced since.
const OLD_CHECKPOINT_MS: u64 = 24 * 60 * 60 * 1000;

/// What the link knows and the ledger does not.
pub(crate) struct Surroundings {
    pub(crate) link: LinkState,
    /// The clock's warning, if it is off.
    pub(crate) clock: Option<Line>,
    pub(crate) now_ms: u64,
}

pub(crate) fn home(
    look: &Look<'_>,
    holdings: &Holdings,
    around: Surroundings,
) -> Result<HomeView, Trouble> {
    let counts = settle::counts(look, holdings)?;
    let mut warnings: Vec<Line> = around.clock.into_iter().collect();
    if let Some(until) = look
        .view
        .device(&look.me.device)
        .map(|device| device.until().0)
        && until < around.now_ms.saturating_add(ENDS_SOON_MS)
    {
        warnings.push(lines::WARN_ENROLMENT_ENDS.line([("time", Param::Time(until))]));
    }
    let tip = look.firm.tip();
    if tip.height.0 > 0 && tip.time.0.saturating_add(OLD_CHECKPOINT_MS) < around.now_ms {
        warnings.push(lines::WARN_CHECKPOINT_OLD.line([("time", Param::Time(tip.time.0))]));
    }
    if counts.refused > 0 {
        warnings.push(lines::WARN_REFUSED.line([("count", Param::Number(counts.refused))]));
    }
    Ok(HomeView {
        me: me(look),
        link: around.link,
        counts,
        incoming: offers::incoming(look, Right::Custody)?,
        outgoing: offers::outgoing(look, holdings.offered())?,
        lapsed: offers::lapsed(look, holdings)?,
        title_incoming: offers::incoming(look, Right::Title)?,
        title_outgoing: offers::outgoing(look, holdings.title_offered())?,
        pledges: pledges::cards(look, holdings)?,
        to_inspect: to_inspect(look, holdings)?,
        holds: holds(look, holdings)?,
        activity: activity(look)?,
        warnings,
    })
}

fn me(look: &Look<'_>) -> Me {
    Me {
        network: look.genesis.name().to_owned(),
        member_id: look.me.member.to_string(),
        member: look.member_name(&look.me.member),
        device: look.device_name(&look.me.device),
        role: words_of::role_key(look.me.role).to_owned(),
    }
}

fn to_inspect(look: &Look<'_>, holdings: &Holdings) -> Result<Vec<SubjectCard>, Trouble> {
    let mut cards = Vec::new();
    for subject in holdings.newest().take(CANDIDATES) {
        if cards.len() >= ROWS {
            break;
        }
        // A container is opened to inspect what is in it.
        if look.view.contents(subject).is_empty()
            && learn::attested(look.store, look.view, subject)?.is_none()
        {
            cards.extend(look.card(subject)?);
        }
    }
    Ok(cards)
}

fn holds(look: &Look<'_>, holdings: &Holdings) -> Result<Vec<HoldCard>, Trouble> {
    let mut cards = Vec::new();
    for hold in holdings.holds().take(ROWS) {
        let Some(subject) = look.card(&hold.subject)? else {
            continue;
        };
        let block = blocks::of(look.store, &hold.record.block)?;
        let body = block
            .as_ref()
            .and_then(|block| block.records().get(usize::from(hold.record.index)))
            .map(chopmark_core::Record::body);
        let Some(Body::Hold { when, reason }) = body else {
            continue;
        };
        cards.push(HoldCard {
            record: hold.record.to_string(),
            subject,
            by: look.member_name(&hold.authority),
            mine: hold.authority == look.me.member,
            why: words_of::activity_key(Kind::Hold, reason, None),
            since_ms: when.time.0,
            status: look.status(&hold.record)?,
        });
    }
    Ok(cards)
}

fn activity(look: &Look<'_>) -> Result<Vec<Activity>, Trouble> {
    let mut rows = Vec::new();
    let mut at = look.view.feed(&look.me.device).map(|feed| feed.head);
    while let Some(id) = at.filter(|_| rows.len() < ROWS) {
        let Some(block) = blocks::of(look.store, &id)? else {
            break;
        };
        for did in did::lines(look, &block)?.into_iter().rev() {
            let record = RecordRef {
                block: id,
                index: did.index,
            };
            let status = look.status(&record)?;
            rows.push(Activity {
                record: record.to_string(),
                line: did.line,
                time_ms: did.time_ms,
                status,
            });
        }
        at = block.header().prev();
    }
    rows.truncate(ROWS);
    Ok(rows)
}

pub(crate) fn members(look: &Look<'_>) -> MembersView {
    let others = look.view.members().filter(|(id, _)| **id != look.me.member);
    let mut members: Vec<MemberView> = others
        .map(|(id, member)| MemberView {
            id: id.to_string(),
            name: member.name().to_owned(),
            class: words_of::class_key(member.class()).to_owned(),
        })
        .collect();
    members.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    MembersView { members }
}

pub(crate) fn products(look: &Look<'_>) -> Result<ProductsView, Trouble> {
    let own = look
        .firm
        .prefixes()
        .filter(|(_, member)| **member == look.me.member);
    let products = known::products(look.store)?.into_iter();
    Ok(ProductsView {
        prefixes: own.map(|(prefix, _)| prefix.to_string()).collect(),
        products: products
            .map(|(gtin, name)| Product { gtin, name })
            .collect(),
    })
}

pub(crate) fn recent(
    look: &Look<'_>,
    holdings: &Holdings,
    limit: u32,
) -> Result<RecentView, Trouble> {
    const MOST: usize = 500;
    let limit = usize::try_from(limit).unwrap_or(MOST).min(MOST);
    let newest: Vec<&SubjectId> = holdings.newest().take(limit).collect();
    let subjects = newest
        .into_iter()
        .filter_map(|subject| look.card(subject).transpose());
    Ok(RecentView {
        subjects: subjects.collect::<Result<_, _>>()?,
    })
}
