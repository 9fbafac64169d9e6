//! From a scanned or typed text to what this replica knows of it.

use chopmark_core::{Code, MemberId, StateView as _, SubjectId};
use chopmark_view::{Failure, Found, Param};

use crate::known::{self, Known};
use crate::look::Look;
use crate::scan::{self, Scan};
use crate::trouble::Trouble;
use crate::{blocks, failure};

pub(crate) fn lookup(look: &Look<'_>, text: &str) -> Result<Found, Trouble> {
    Ok(match scan::classify(text, look.genesis.host()) {
        Ok(Scan::Frame) => Found::Frame,
        Ok(Scan::Invitation) => Found::Invitation,
        Ok(Scan::Code(code)) => code_found(look, &code)?,
        Ok(Scan::Serial(serial)) => serial_found(look, &serial)?,
        Err(failure) => Found::Foreign(failure),
    })
}

/// Before a device has joined, only an invitation means anything.
pub(crate) fn before_joining(text: &str) -> Result<Found, Failure> {
    match scan::classify(text, "") {
        Ok(Scan::Invitation) => Ok(Found::Invitation),
        _ => Err(failure::NOT_JOINED.failure([])),
    }
}

fn code_found(look: &Look<'_>, code: &Code) -> Result<Found, Trouble> {
    let owner = look.view.prefix_owner(code);
    let unknown = || Found::UnknownCode {
        code: code.element_string().to_owned(),
        issuer: owner.map(|owner| look.member_name(&owner)),
    };
    let Some(owner) = owner else {
        return Ok(unknown());
    };
    let subject = code.subject(&look.genesis.id(), &owner);
    if look.view.subject(&subject).is_none() {
        // Nothing is drawn from what is on offer or has ended, and the run is not the thing.
        return Ok(match look.undrawn.contains_key(&subject) {
            true => Found::Foreign(failure::RUN_NOT_OPEN.failure([])),
            false => unknown(),
        });
    }
    remember(look, &subject, code)?;
    Ok(look.card(&subject)?.map_or_else(unknown, Found::Subject))
}

/// A code about which nothing is written, with the member that it belongs to.
pub(crate) fn unwritten(look: &Look<'_>, text: &str) -> Option<(MemberId, Code)> {
    let Ok(Scan::Code(code)) = scan::classify(text, look.genesis.host()) else {
        return None;
    };
    let maker = look.view.prefix_owner(&code)?;
    let subject = code.subject(&look.genesis.id(), &maker);
    let known = look.view.subject(&subject).is_some() || look.undrawn.contains_key(&subject);
    (!known).then_some((maker, code))
}

fn serial_found(look: &Look<'_>, serial: &str) -> Result<Found, Trouble> {
    let subject = known::by_serial(look.store, serial)?;
    let card = subject
        .map(|subject| look.card(&subject))
        .transpose()?
        .flatten();
    Ok(match card {
        Some(card) => Found::Subject(card),
        None => Found::Foreign(
            failure::SERIAL_UNKNOWN.failure([("serial", Param::Text(serial.to_owned()))]),
        ),
    })
}

/// Who has seen the label may read what is for whoever holds the thing: the code is kept,
/// and with it the product's name from the commissioning's label section.
fn remember(look: &Look<'_>, subject: &SubjectId, code: &Code) -> Result<(), Trouble> {
    if look
        .known(subject)?
        .is_some_and(|known| known.product.is_some())
    {
        return Ok(());
    }
    let write = |product| -> Result<(), Trouble> {
        let mut batch = look.store.batch()?;
        known::remember(
            look.store,
            &mut batch,
            subject,
            &Known {
                code: code.clone(),
                product,
            },
        )?;
        Ok(batch.commit()?)
    };
    write(None)?;
    let Some(commissioned) = look
        .view
        .subject(subject)
        .map(|state| state.commissioned_by())
    else {
        return Ok(());
    };
    if let Some(block) = blocks::of(look.store, &commissioned.block)?
        && let Some(product) = look.read_sections(&block, commissioned.index)?.product
    {
        write(Some(product))?;
    }
    Ok(())
}
