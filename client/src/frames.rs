//! Hand-over between two phones without any network.

use std::collections::{BTreeMap, BTreeSet};

use chopmark_core::{
    Audience, BlockId, Body, FrameCollector, FrameError, Gathered, HandoverPayload, HandoverStep,
    RecordRef, SectionHash, SignedBlock, StateView as _, VerifiedBlock, limits,
};
use chopmark_labels::Level;
use chopmark_replica::Number;
use chopmark_view::{Failure, FrameStep, FramesView, Param, Received};

use crate::label::qr;
use crate::look::Look;
use crate::trouble::Trouble;
use crate::{blocks, failure, goods, offers, words_of};

/// Frames that a person holds two phones together for without being asked: well under half a
/// minute.
const QUICK_FRAMES: usize = 100;

/// What another phone showed, before it is stored.
pub(crate) struct Incoming {
    pub(crate) blocks: Vec<SignedBlock>,
    pub(crate) sections: Vec<(SectionHash, Vec<u8>)>,
    step: HandoverStep,
    /// The block with the offer or acceptance: the last one.
    main: BlockId,
}

/// The frames of a signed offer or acceptance.
pub(crate) fn show(look: &Look<'_>, record: &str) -> Result<FramesView, Trouble> {
    let reference =
        words_of::parse_record(record).ok_or_else(|| failure::UNKNOWN_RECORD.failure([]))?;
    let main = blocks::of(look.store, &reference.block)?
        .ok_or_else(|| failure::UNKNOWN_RECORD.failure([]))?;
    let body = main
        .records()
        .get(usize::from(reference.index))
        .map(chopmark_core::Record::body);
    let (step, shown) = match body {
        Some(Body::Offer { .. }) => (HandoverStep::Offer, FrameStep::Offer),
        Some(Body::Accept { .. }) => (HandoverStep::Acceptance, FrameStep::Acceptance),
        _ => return Err(failure::NOT_A_HANDOVER.failure([]).into()),
    };
    let goods = main
        .records()
        .get(usize::from(reference.index))
        .and_then(|record| record.subjects().first().copied())
        .filter(|_| step == HandoverStep::Offer);
    let carried = not_final(look, main)?;
    let mut payload = HandoverPayload {
        network: look.genesis.id(),
        step,
        sections: sections(look, &carried)?,
        blocks: signed(&carried),
    };
    let most = Param::Number(limits::HANDOVER_FRAMES as u64);
    let mut texts = payload
        .frames()
        .map_err(|_| failure::HANDOVER_TOO_LARGE.failure([("most", most)]))?;
    if let Some(goods) = goods
        && let Some(history) = goods::history(look, goods, &carried)?
    {
        payload.blocks = [signed(&history), payload.blocks].concat();
        // Too many: whoever lacks the goods' history is told to sync, and everyone else is quick.
        if let Some(more) = payload
            .frames()
            .ok()
            .filter(|more| more.len() <= QUICK_FRAMES)
        {
            texts = more;
        }
    }
    let frames = texts
        .iter()
        .map(|text| qr(text, Level::Low))
        .collect::<Result<_, _>>();
    let frames = frames.map_err(|_| Trouble::Internal("a frame is too long for a QR code"))?;
    Ok(FramesView {
        step: shown,
        frames,
        texts,
    })
}

fn signed(blocks: &[VerifiedBlock]) -> Vec<SignedBlock> {
    let signed = blocks.iter().map(|block| block.as_signed().clone());
    signed.collect()
}

/// Every block that the other phone may lack: what this device has not got into a checkpoint,
/// and what that builds on or cites; in order of arrival, the hand-over's own last.
fn not_final(look: &Look<'_>, main: VerifiedBlock) -> Result<Vec<VerifiedBlock>, Trouble> {
    let main_id = main.id();
    let mut open: Vec<BlockId> = vec![main_id];
    open.extend(look.view.feed(&look.me.device).map(|feed| feed.head));
    let mut found: BTreeMap<Number, VerifiedBlock> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if !seen.insert(id) || (look.firm.logged(&id).is_some() && id != main_id) {
            continue;
        }
        let Some(item) = look.store.block(id)? else {
            continue;
        };
        let block = blocks::parse(&item.bytes)?;
        open.extend(block.header().prev());
        open.extend(
            block
                .records()
                .iter()
                .flat_map(|record| record.cites())
                .map(|cite| cite.block),
        );
        let device = look.view.device(&block.header().device());
        open.extend(
            device
                .and_then(|device| device.enrolled_by())
                .map(|record| record.block),
        );
        if id != main_id {
            found.insert(item.number, block);
        }
    }
    Ok(found.into_values().chain(std::iter::once(main)).collect())
}

/// The sections of these blocks that the other side may open.
fn sections(
    look: &Look<'_>,
    carried: &[VerifiedBlock],
) -> Result<Vec<(SectionHash, Vec<u8>)>, Trouble> {
    let mut sections = Vec::new();
    for block in carried {
        for section in block
            .records()
            .iter()
            .flat_map(chopmark_core::Record::sections)
        {
            let audience = section.audience();
            // Whoever gets the thing reads its label; the peers bring these.
            if matches!(audience, Audience::Label { .. }) || audience.is_only(&look.me.member) {
                continue;
            }
            if let Some(ciphertext) = look.store.section(section.hash())? {
                sections.push((section.hash(), ciphertext));
            }
        }
    }
    Ok(sections)
}

/// Takes a scanned frame; the payload once all frames are here.
pub(crate) fn collect(collector: &mut FrameCollector, text: &str) -> Result<Gathered, Failure> {
    let gathered = match collector.push(text.trim()) {
        // The person has turned to another phone: its cycle counts now.
        Err(FrameError::OtherPayload) => {
            *collector = FrameCollector::new();
            collector.push(text.trim())
        }
        gathered => gathered,
    };
    gathered.map_err(|error| match error {
        FrameError::NotChopmark => failure::NOT_A_FRAME.failure([]),
        FrameError::Version { .. } => failure::VERSION.failure([]),
        _ => failure::FRAME_DAMAGED.failure([]),
    })
}

/// Reads a complete payload.
pub(crate) fn read(look: &Look<'_>, payload: &[u8]) -> Result<Incoming, Failure> {
    let damaged = || failure::HANDOVER_DAMAGED.failure([]);
    let payload = HandoverPayload::from_bytes(payload).map_err(|_| damaged())?;
    if payload.network != look.genesis.id() {
        return Err(failure::WRONG_NETWORK.failure([]));
    }
    let main = payload.blocks.last().ok_or_else(damaged)?.id();
    Ok(Incoming {
        blocks: payload.blocks,
        sections: payload.sections,
        step: payload.step,
        main,
    })
}

/// What came, once it is stored.
pub(crate) fn received(look: &Look<'_>, incoming: &Incoming) -> Result<Received, Trouble> {
    let damaged = || failure::HANDOVER_DAMAGED.failure([]);
    let block = blocks::of(look.store, &incoming.main)?.ok_or_else(damaged)?;
    let records = (0_u16..).zip(block.records());
    let (step, offer) = match incoming.step {
        HandoverStep::Offer => {
            let index = records
                .filter(|(_, record)| matches!(record.body(), Body::Offer { .. }))
                .map(|(index, _)| index)
                .last()
                .ok_or_else(damaged)?;
            (
                FrameStep::Offer,
                RecordRef {
                    block: block.id(),
                    index,
                },
            )
        }
        HandoverStep::Acceptance => {
            let offer = records
                .filter(|(_, record)| matches!(record.body(), Body::Accept { .. }))
                .filter_map(|(_, record)| record.cites().first().copied())
                .last()
                .ok_or_else(damaged)?;
            (FrameStep::Acceptance, offer)
        }
    };
    // The thing itself may be final at the giver and not have reached this phone yet.
    let handover =
        offers::card(look, &offer)?.ok_or_else(|| failure::HANDOVER_BEHIND.failure([]))?;
    addressed_to_us(look, step, &offer)?;
    Ok(Received { step, handover })
}

/// An offer that was shown to the wrong phone is kept, and said to be someone else's.
fn addressed_to_us(look: &Look<'_>, step: FrameStep, offer: &RecordRef) -> Result<(), Failure> {
    match look.view.offer(offer) {
        Some(terms) if step == FrameStep::Offer && !terms.to().is(&look.me.member) => {
            let addressee = words_of::party_text(look.view, terms.to());
            Err(failure::HANDOVER_NOT_FOR_US.failure([("addressee", Param::Text(addressee))]))
        }
        _ => Ok(()),
    }
}
