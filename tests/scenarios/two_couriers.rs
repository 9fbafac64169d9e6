//! Two couriers of one carrier accept the same offer on two phones without a network: one
//! acceptance becomes final, the other is refused with its reason, the same everywhere.

use anyhow::{Context, Result, ensure};
use chopmark_tests::{CARRIER, Places, Role, Trade, enrol, first};
use chopmark_view::{Action, Condition, EventStatus, JourneyStep, SubjectView};

#[tokio::test(flavor = "multi_thread")]
async fn second_acceptance_is_refused_everywhere() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let trade = Trade::open(&Places::find()?, folder.path()).await?;
    let other = enrol(&trade.network, CARRIER, Role::Courier, "other-courier").await?;
    let goods = trade.commission(3).await?;
    let to = trade.desk.member_named("Pearl River Express").await?;
    trade
        .desk
        .sign(Action::Offer {
            subject: goods.case.clone(),
            to,
            place: None,
        })
        .await?;
    trade.desk.settled().await?;
    let offer = trade.courier.incoming(&goods.case).await?;
    ensure!(offer == other.incoming(&goods.case).await?);

    trade.network.cut(true);
    let mut acceptances = Vec::new();
    for courier in [&trade.courier, &other] {
        let signed = courier
            .sign(Action::Accept {
                offer: offer.clone(),
                condition: Condition::Good,
                seal: None,
                left: Vec::new(),
                evidence: Vec::new(),
                note: None,
            })
            .await?;
        acceptances.push(first(&signed)?.to_owned());
    }
    trade.network.cut(false);
    trade.courier.settled().await?;
    other.settled().await?;
    trade.network.agreed(1).await?;

    let mut outcomes = Vec::new();
    for device in [&trade.courier, &other, &trade.desk, &trade.shop] {
        let view = device
            .sees(&goods.case, |view| {
                acceptances
                    .iter()
                    .all(|record| decided(view, record).is_some())
            })
            .await?;
        let mut outcome = Vec::new();
        for record in &acceptances {
            outcome.push(decided(&view, record).context("decided")?.clone());
        }
        outcomes.push(outcome);
    }
    let one = outcomes.first().context("outcomes")?;
    let finals = one
        .iter()
        .filter(|status| matches!(status, EventStatus::Final { .. }))
        .count();
    let refused = one
        .iter()
        .filter(|status| matches!(status, EventStatus::Refused(why) if why.code == "offer-used"))
        .count();
    ensure!(
        (finals, refused) == (1, 1),
        "one final, one refused: {one:?}"
    );
    ensure!(
        outcomes.iter().all(|outcome| outcome == one),
        "the same everywhere: {outcomes:?}"
    );
    Ok(())
}

/// Where a record stands, once that is decided.
pub(crate) fn decided<'a>(view: &'a SubjectView, record: &str) -> Option<&'a EventStatus> {
    let step: &JourneyStep = view.journey.iter().find(|step| step.record == record)?;
    matches!(
        step.status,
        EventStatus::Final { .. } | EventStatus::Refused(_)
    )
    .then_some(&step.status)
}
