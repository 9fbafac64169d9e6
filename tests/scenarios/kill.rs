//! kill -9 of app and peer at random moments during 200 signed hand-overs: afterwards
//! everything signed is on the device or on a peer, everything acknowledged is on that peer,
//! and nothing is doubled.

use std::{collections::BTreeSet, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use chopmark_tests::{CARRIER, Device, Dice, FACTORY, Places, Trade, first};
use chopmark_view::{Action, Condition, EventStatus, Outbox, OutboxState, SendNow, Subject};
use tokio::time::sleep;

/// Hand-overs to sign: each is an offer or an acceptance.
const SIGNATURES: usize = 200;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_signed_is_lost_or_doubled() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let places = Places::find()?;
    let mut trade = Trade::open(&places, folder.path()).await?;
    let goods = trade.commission(1).await?;
    trade.desk.settled().await?;
    trade.courier.sees(&goods.case, |_| true).await?;

    let factory = trade.courier.member_named("Nansha Ceramics Works").await?;
    let carrier = trade.desk.member_named("Pearl River Express").await?;
    let mut dice = Dice::new(0x5eed_c0de);
    let mut signed = Vec::new();
    let mut acknowledged = BTreeSet::new();
    // The case goes to and fro between desk and courier, a signature each.
    while signed.len() < SIGNATURES {
        let turn = signed.len() % 4;
        let actor = if turn == 0 || turn == 3 {
            Actor::Desk
        } else {
            Actor::Courier
        };
        let accepting = turn % 2 == 1;
        if dice.one_in(12) {
            let victim = if dice.one_in(2) { FACTORY } else { CARRIER };
            trade.network.kill(victim).await?;
            sleep(Duration::from_millis(dice.below(150))).await;
            trade.network.serve_one(victim).await?;
        }
        let device = actor.device(&mut trade);
        acknowledged.extend(sent(device).await?);
        let action = if accepting {
            Action::Accept {
                offer: device.incoming(&goods.case).await?,
                condition: Condition::Good,
                seal: None,
                left: Vec::new(),
                evidence: Vec::new(),
                note: None,
            }
        } else {
            let to = if actor == Actor::Desk {
                &carrier
            } else {
                &factory
            };
            Action::Offer {
                subject: goods.case.clone(),
                to: to.clone(),
                place: None,
            }
        };
        match device.sign(action).await {
            Ok(done) => signed.push(first(&done)?.to_owned()),
            Err(error) => bail!("signature {}: {error:#}", signed.len()),
        }
        if dice.one_in(12) {
            // The answer to `sign` has come: from here on it must survive anything.
            sleep(Duration::from_millis(dice.below(60))).await;
            actor.crash(&places, &mut trade).await?;
        }
        // The other side can only go on once it knows.
        let record = signed.last().context("signed")?.clone();
        actor.device(&mut trade).call(&SendNow {}).await?;
        let other = actor.other().device(&mut trade);
        other.call(&SendNow {}).await?;
        other
            .sees(&goods.case, |view| {
                view.journey.iter().any(|step| step.record == record)
            })
            .await?;
    }
    trade.desk.settled().await?;
    trade.courier.settled().await?;
    trade.network.agreed(1).await?;

    for device in [&trade.desk, &trade.courier, &trade.shop] {
        let view = device
            .sees(&goods.case, |view| {
                signed.iter().all(|record| {
                    view.journey.iter().any(|step| {
                        &step.record == record && matches!(step.status, EventStatus::Final { .. })
                    })
                })
            })
            .await?;
        let records: Vec<&String> = view.journey.iter().map(|step| &step.record).collect();
        let distinct: BTreeSet<&&String> = records.iter().collect();
        ensure!(distinct.len() == records.len(), "a step is doubled");
        for block in &acknowledged {
            ensure!(
                records
                    .iter()
                    .any(|record| record.starts_with(block.as_str())),
                "{block} was acknowledged and is gone"
            );
        }
    }
    let view = trade
        .desk
        .call(&Subject {
            subject: goods.case.clone(),
        })
        .await?;
    let handovers = view
        .journey
        .iter()
        .filter(|step| signed.contains(&step.record))
        .count();
    ensure!(
        handovers == SIGNATURES,
        "{handovers} of {SIGNATURES} are there"
    );
    Ok(())
}

/// Blocks that a peer has acknowledged to this device.
async fn sent(device: &Device) -> Result<Vec<String>> {
    let outbox = device.call(&Outbox {}).await?;
    Ok(outbox
        .items
        .into_iter()
        .filter(|item| matches!(item.state, OutboxState::Sent { .. }))
        .map(|item| item.block)
        .collect())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Actor {
    Desk,
    Courier,
}

impl Actor {
    fn other(self) -> Self {
        match self {
            Self::Desk => Self::Courier,
            Self::Courier => Self::Desk,
        }
    }

    fn device(self, trade: &mut Trade) -> &Device {
        match self {
            Self::Desk => &trade.desk,
            Self::Courier => &trade.courier,
        }
    }

    async fn crash(self, places: &Places, trade: &mut Trade) -> Result<()> {
        let slot = match self {
            Self::Desk => &mut trade.desk,
            Self::Courier => &mut trade.courier,
        };
        let folder = slot.folder().to_path_buf();
        slot.crash().await?;
        *slot = Device::reopen(places, &folder).await?;
        Ok(())
    }
}
