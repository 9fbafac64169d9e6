//! Custody, title, consumers, pledges and supervision.

use super::goods::{flour, item, seal, subject};
use super::{Net, Who, when};
use anyhow::{Context, Result};
use chopmark_core::{
    Body, Condition, OwnerSecret, Party, PickupCode, RecordDraft, RecordRef, SectionName,
    StateView, SubjectId, SubjectState, TimeMs,
};

pub(super) fn tell(net: &mut Net) -> Result<()> {
    hand_over(net)?;
    sell(net)?;
    consume(net)?;
    pledge(net)?;
    supervise(net)
}

fn expires() -> TimeMs {
    super::NOW.plus(1_000_000)
}

fn newest(net: &Net, id: &SubjectId, of: fn(&SubjectState) -> RecordRef) -> Result<RecordRef> {
    Ok(of(net.ledger.state().subject(id).context("no subject")?))
}

/// An offer of custody by a member, ordered.
fn offered(net: &mut Net, who: Who, id: SubjectId, to: Party) -> Result<RecordRef> {
    let offer = Body::Offer {
        when: when(),
        to,
        expires: expires(),
        contents: None,
    };
    let last = newest(net, &id, SubjectState::last_custody)?;
    net.one(who, RecordDraft::new(offer, vec![id]).citing(vec![last]))
}

/// Declined, accepted, and left at a door for whoever shows a code.
fn hand_over(net: &mut Net) -> Result<()> {
    let id = subject(net, &item("B")?)?;
    let carrier = net.id(Who::Carrier)?;
    let offer = offered(net, Who::Factory, id, carrier.into())?;
    let decline = RecordDraft::new(Body::Decline { when: when() }, vec![id]);
    net.one(Who::Carrier, decline.citing(vec![offer]))?;
    let offer = offered(net, Who::Factory, id, carrier.into())?;
    let accept = Body::Accept {
        when: when(),
        condition: Condition::Good,
        contents: None,
        left: Vec::new(),
    };
    let accept = RecordDraft::new(accept, vec![id]).citing(vec![offer]);
    net.one(Who::Carrier, accept)?;
    let code = PickupCode::from_random(&[95; 12]);
    let bearer = Party::Bearer(code.hash(&net.genesis.id(), &id));
    let offer = offered(net, Who::Carrier, id, bearer)?;
    let picked = Body::PickUp { when: when(), code };
    let picked = RecordDraft::new(picked, vec![id]).citing(vec![offer]);
    net.one(Who::Carrier, picked)?;
    Ok(())
}

/// Title of the same thing, which lies elsewhere by now.
fn sell(net: &mut Net) -> Result<()> {
    let id = subject(net, &item("B")?)?;
    let to = net.id(Who::Carrier)?.into();
    let answers = [
        Body::DeclineTitle { when: when() },
        Body::TakeTitle {
            when: when(),
            contents: None,
        },
    ];
    for answer in answers {
        let offer = Body::OfferTitle {
            when: when(),
            to,
            expires: expires(),
            contents: None,
        };
        let last = newest(net, &id, SubjectState::last_title)?;
        let offer = RecordDraft::new(offer, vec![id]).citing(vec![last]);
        let offer = net.one(Who::Factory, offer)?;
        let answer = RecordDraft::new(answer, vec![id]).citing(vec![offer]);
        net.one(Who::Carrier, answer)?;
    }
    Ok(())
}

/// A consumer opens the seal, sells the thing to another, and says something of it.
fn consume(net: &mut Net) -> Result<()> {
    let id = subject(net, &item("A")?)?;
    let network = net.genesis.id();
    let (first, second) = (
        OwnerSecret::from_seed(&[96; 32]),
        OwnerSecret::from_seed(&[97; 32]),
    );
    let owner = first.public();
    let activate = Body::Activate {
        when: when(),
        owner,
        signature: seal().sign_activation(&network, &id, &owner),
    };
    let last = newest(net, &id, SubjectState::last_title)?;
    let activate = RecordDraft::new(activate, vec![id]).citing(vec![last]);
    let last = net.one(Who::Factory, activate)?;
    let to = Party::Consumer(second.public());
    let resell = Body::Resell {
        when: when(),
        to,
        signature: first.sign_resale(&network, &id, &last, &to),
    };
    let report = Body::Report {
        when: when(),
        word: "broken".to_owned(),
    };
    let drafts = [
        RecordDraft::new(resell, vec![id]).citing(vec![last]),
        RecordDraft::new(report, vec![id]),
    ];
    net.write(Who::Carrier, &drafts)?;
    Ok(())
}

fn pledge(net: &mut Net) -> Result<()> {
    let id = subject(net, &flour("F1")?)?;
    let to = net.id(Who::Bank)?;
    let pledge = Body::Pledge { when: when(), to };
    net.one(Who::Factory, RecordDraft::new(pledge, vec![id]))?;
    let release = Body::Release { when: when() };
    net.one(Who::Bank, RecordDraft::new(release, vec![id]))?;
    Ok(())
}

/// Customs looks into a section, cannot look into it, and lets the thing go.
fn supervise(net: &mut Net) -> Result<()> {
    let id = subject(net, &item("B")?)?;
    let record = newest(net, &id, SubjectState::commissioned_by)?;
    let section = SectionName { record, index: 0 };
    let open = Body::Open {
        when: when(),
        section,
        reason: "inspection".to_owned(),
    };
    let hold = Body::Hold {
        when: when(),
        reason: "papers".to_owned(),
    };
    let unreadable = Body::Unreadable {
        when: when(),
        section,
    };
    let clear = || RecordDraft::new(Body::Clear { when: when() }, vec![id]);
    let drafts = [
        RecordDraft::new(open, Vec::new()).citing(vec![record]),
        RecordDraft::new(hold, vec![id]),
        clear(),
        RecordDraft::new(unreadable, vec![id]).citing(vec![record]),
        clear(),
    ];
    net.write(Who::Customs, &drafts)?;
    let grant = Body::Grant {
        when: when(),
        section,
    };
    let grant = RecordDraft::new(grant, Vec::new()).citing(vec![record]);
    net.one(Who::Factory, grant)?;
    Ok(())
}
