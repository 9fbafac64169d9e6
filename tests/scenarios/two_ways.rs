//! Two phones of one member hand the same case to two others, all without a network: each pair
//! believes in its own hand-over, one becomes final and the other is refused, the same everywhere.

use anyhow::{Context, Result, ensure};
use chopmark_tests::{CUSTOMS, FACTORY, Places, Role, Trade, enrol, first, hand_over_by_frames};
use chopmark_view::{EventStatus, Party};

use crate::two_couriers::decided;

#[tokio::test(flavor = "multi_thread")]
async fn of_two_hand_overs_of_one_case_one_is_refused_everywhere() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let trade = Trade::open(&Places::find()?, folder.path()).await?;
    let second = enrol(&trade.network, FACTORY, Role::Warehouse, "second-desk").await?;
    let officer = enrol(&trade.network, CUSTOMS, Role::CustomsOfficer, "officer").await?;
    let goods = trade.commission(2).await?;
    trade.desk.settled().await?;
    for device in [&second, &trade.courier, &trade.shop] {
        device.sees(&goods.case, |_| true).await?;
    }

    trade.network.cut(true);
    let pairs = [
        (&trade.desk, &trade.courier, "Pearl River Express"),
        (&second, &trade.shop, "Macao Tea House"),
    ];
    let mut ways = Vec::new();
    for (giver, receiver, member) in pairs {
        let signed = hand_over_by_frames(giver, receiver, &goods.case, member).await?;
        ways.push([first(&signed.0)?.to_owned(), first(&signed.1)?.to_owned()]);
        // Neither phone of the pair knows better.
        for device in [giver, receiver] {
            let view = device.sees(&goods.case, |_| true).await?;
            let holder = view.card.holder;
            ensure!(
                holder == party(member),
                "{holder:?} has it, to {member}'s pair"
            );
        }
    }
    trade.network.cut(false);
    // Whoever comes first wins, and that is no matter of this test.
    for device in [&trade.desk, &trade.courier, &second, &trade.shop] {
        device.settled().await?;
    }
    trade.network.agreed(1).await?;

    let mut told = Vec::new();
    for device in [&trade.desk, &second, &trade.courier, &trade.shop, &officer] {
        let records = ways.as_flattened();
        let view = device
            .sees(&goods.case, |view| {
                records.iter().all(|record| decided(view, record).is_some())
            })
            .await?;
        let mut outcome = Vec::new();
        for record in records {
            outcome.push(decided(&view, record).context("decided")?.clone());
        }
        told.push((outcome, view.card.holder));
    }
    let (outcome, holder) = told.first().context("somebody tells")?;
    let is_final = |status: &EventStatus| matches!(status, EventStatus::Final { .. });
    let finals: Vec<bool> = outcome.iter().map(is_final).collect();
    let winner = match finals.as_slice() {
        [true, true, false, false] => "Pearl River Express",
        [false, false, true, true] => "Macao Tea House",
        _ => anyhow::bail!("one hand-over final and one refused: {outcome:?}"),
    };
    ensure!(
        *holder == party(winner),
        "{holder:?} has it, and {winner} took it"
    );
    ensure!(
        told.iter().all(|other| Some(other) == told.first()),
        "the same everywhere: {told:?}"
    );
    Ok(())
}

fn party(member: &str) -> Party {
    Party::Member {
        name: member.to_owned(),
    }
}
