use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use chopmark_tests::{
    CARRIER, CUSTOMS, Device, FACTORY, GTIN, Goods, PRODUCT, Places, Proxy, RETAILER, Role, Trade,
    Video, enrol, first, flip_bit, hand_over_by_frames, inspect_with_photo, leave_out,
    place_of_offer, sign_as_stranger,
};
use chopmark_view::{
    Action, Condition, Deed, EventStatus, Findings, ForgetSecrets, FrameShow, Input, Make, Making,
    NewBatch, NewGoods, NewItems, NewThing, SendNow, Way, Wrong,
};

/// Everything that stands behind the screens.
pub(super) struct Stage {
    pub(super) trade: Trade,
    /// Items that travelled to the retailer, with their labels.
    pub(super) travelled: Goods,
    /// A case that waits to be taken over by the courier.
    pub(super) waiting: Goods,
    /// The record of the offer of that case.
    pub(super) offer: String,
    /// The record of an acceptance that the courier can show.
    pub(super) acceptance: String,
    /// All moving codes of the offer.
    pub(super) frames: Vec<String>,
    /// A courier whose acceptance was refused, and the case that it was about.
    pub(super) refused: (Device, Goods),
    /// An officer of customs, and a case that customs holds back.
    pub(super) officer: (Device, String),
    /// Items that lie in no case.
    pub(super) loose: Vec<String>,
    /// An item of which its maker corrected one record, and another record of it that may be wrong.
    pub(super) wrong: (String, String),
    /// Items with codes under their seals, and one whose code was forgotten.
    pub(super) sealed: Vec<String>,
    /// A batch of which others were made, and items of one of those.
    pub(super) clay: String,
    /// A hall in which some of these are stored.
    pub(super) hall: String,
    /// A device of a member that holds nothing.
    pub(super) idle: Device,
    /// A device that has not joined, and an invitation for it.
    pub(super) newcomer: (Device, String),
    /// A device that is locked.
    pub(super) locked: Device,
    /// Gateways behind which each history is altered in another way.
    pub(super) altered: Proxy,
    pub(super) shortened: Proxy,
    pub(super) strange: Proxy,
    /// A gateway that gives no history.
    pub(super) unreachable: Proxy,
    /// What the fake camera sees: a label out of focus, which nobody can read.
    pub(super) video: PathBuf,
}

impl Stage {
    pub(super) async fn set(places: &Places, folder: &Path) -> Result<Self> {
        let trade = Trade::open(places, folder).await?;
        let (travelled, acceptance) = travel(&trade).await?;
        let refused = refusal(places, &trade).await?;
        let waiting = trade.commission(12).await?;
        let signed = offer(&trade, &waiting.case, Some("Ramp 2, Nansha")).await?;
        trade.settled().await?;
        let offer = trade.courier.incoming(&waiting.case).await?;
        let record = signed.clone();
        let frames = trade.desk.call(&FrameShow { record }).await?.texts;

        let link = first_link(&travelled)?;
        let gateway = trade.network.member(FACTORY)?.gateway();
        let place = place_of_offer(trade.network.id(), &gateway, &link).await?;
        let altered = Proxy::before(&gateway, move |bundle| flip_bit(&bundle, place)).await?;
        let shortened = Proxy::before(&gateway, move |bundle| leave_out(&bundle, place)).await?;
        let strange = Proxy::before(&gateway, move |bundle| {
            Ok(sign_as_stranger(&bundle, place)?.0)
        })
        .await?;
        let unreachable = Proxy::before(&gateway, |_| anyhow::bail!("no answer")).await?;

        let officer = hold(&trade).await?;
        let loose = loose(&trade).await?;
        let wrong = wrong(&trade, loose.last().context("an item")?).await?;
        let sealed = sealed(&trade).await?;
        let clay = clay(&trade).await?;
        let hall = hall(&trade, &sealed).await?;
        let idle = enrol(&trade.network, CUSTOMS, Role::Qc, "inspection lane 1").await?;
        let newcomer = Device::start(places, &folder.join("devices/newcomer")).await?;
        let invitation = trade
            .network
            .invite(CARRIER, Role::Courier, "van 5")
            .await?;
        let mut locked = enrol(&trade.network, CARRIER, Role::Courier, "van 4").await?;
        locked.crash().await?;
        let locked = Device::start(places, locked.folder()).await?;

        let video = folder.join("label.y4m");
        let label = travelled.labels.labels.first().context("a label")?;
        Video::out_of_focus(label)?.write(&video)?;
        Ok(Self {
            trade,
            travelled,
            waiting,
            offer,
            acceptance,
            frames,
            refused,
            officer,
            loose,
            wrong,
            sealed,
            clay,
            hall,
            idle,
            newcomer: (newcomer, invitation),
            locked,
            altered,
            shortened,
            strange,
            unreachable,
            video,
        })
    }

    /// From here on the phones are without a network, and something stays unsent.
    pub(super) async fn cut_off(&self) -> Result<()> {
        self.trade.network.cut(true);
        let stored = noted("stored", &self.travelled.case, "Shelf 4");
        self.trade.shop.sign(stored).await?;
        Ok(())
    }

    /// The link on the label of the case that a refused acceptance was about.
    pub(super) fn refused_link(&self) -> Result<String> {
        let case = self.refused.1.labels.labels.last();
        Ok(case.context("a label")?.link.clone())
    }

    /// The link on the label of an item that travelled.
    pub(super) fn link(&self) -> Result<String> {
        first_link(&self.travelled)
    }
}

/// A case goes from the factory over the courier to the retailer; an item of it is inspected.
async fn travel(trade: &Trade) -> Result<(Goods, String)> {
    let goods = trade.commission(6).await?;
    trade.desk.settled().await?;
    for device in trade.devices() {
        device.sees(&goods.case, |_| true).await?;
    }
    inspect_with_photo(&trade.inspector, &first_link(&goods)?).await?;
    let carrier = trade.network.member(CARRIER)?.name();
    let retailer = trade.network.member(RETAILER)?.name();
    let (_, acceptance) =
        hand_over_by_frames(&trade.desk, &trade.courier, &goods.case, carrier).await?;
    hand_over_by_frames(&trade.courier, &trade.shop, &goods.case, retailer).await?;
    let sealed = Deed {
        activity: "seal-applied".to_owned(),
        subjects: vec![goods.case.clone()],
        place: Some("Ramp 1, Causeway Bay".to_owned()),
        note: None,
        evidence: Vec::new(),
        public: false,
        findings: Findings::Sealed {
            number: "ML-CN 0471903".to_owned(),
        },
    };
    trade.shop.sign(Action::Deed(sealed)).await?;
    trade.settled().await?;
    Ok((goods, first(&acceptance)?.to_owned()))
}

/// Two couriers accept the same offer; the one that was without a network is refused.
async fn refusal(places: &Places, trade: &Trade) -> Result<(Device, Goods)> {
    let mut late = enrol(&trade.network, CARRIER, Role::Courier, "van 7").await?;
    let goods = trade.commission(3).await?;
    offer(trade, &goods.case, None).await?;
    trade.desk.settled().await?;
    let offer = trade.courier.incoming(&goods.case).await?;
    late.incoming(&goods.case).await?;
    let accept = || Action::Accept {
        offer: offer.clone(),
        condition: Condition::Good,
        seal: None,
        left: Vec::new(),
        evidence: Vec::new(),
        note: None,
    };
    trade.network.cut(true);
    let signed = late.sign(accept()).await?;
    late.crash().await?;
    trade.network.cut(false);
    trade.courier.sign(accept()).await?;
    trade.courier.settled().await?;
    let late = Device::reopen(places, late.folder()).await?;
    // Not the outbox: who opens it has seen what was refused.
    late.call(&SendNow {}).await?;
    let record = first(&signed)?.to_owned();
    let view = late
        .sees(&goods.case, |view| {
            view.journey
                .iter()
                .any(|step| step.record == record && matches!(step.status, EventStatus::Refused(_)))
        })
        .await?;
    ensure!(!view.journey.is_empty(), "the refused case has a journey");
    Ok((late, goods))
}

/// Customs holds a case of the factory back.
async fn hold(trade: &Trade) -> Result<(Device, String)> {
    let officer = enrol(
        &trade.network,
        CUSTOMS,
        Role::CustomsOfficer,
        "inspection lane 2",
    )
    .await?;
    let goods = trade.commission(4).await?;
    trade.desk.settled().await?;
    officer.sees(&goods.case, |_| true).await?;
    let held = Deed {
        activity: "held-papers".to_owned(),
        subjects: vec![goods.case.clone()],
        place: Some("Lane 2, Qianhai".to_owned()),
        note: Some("Certificate of origin is missing".to_owned()),
        evidence: Vec::new(),
        public: false,
        findings: Findings::Nothing,
    };
    officer.sign(Action::Deed(held)).await?;
    officer.settled().await?;
    Ok((officer, goods.case))
}

/// The clay's product number, under the factory's prefix as that of the cups.
const CLAY_GTIN: &str = "09506000134604";

/// A batch in two halves, and cups of one of them.
async fn clay(trade: &Trade) -> Result<String> {
    let batch = |batch: &str, amount: &str| NewBatch {
        gtin: CLAY_GTIN.to_owned(),
        product: "Clay, white".to_owned(),
        batch: batch.to_owned(),
        amount: amount.to_owned(),
        unit: "KGM".to_owned(),
        place: None,
    };
    let of = |subject: &String| Input {
        subject: subject.clone(),
        amount: None,
    };
    let making = |way, input, outputs| Making {
        way,
        inputs: vec![input],
        outputs,
        losses: Vec::new(),
        place: None,
        note: None,
    };
    let desk = &trade.desk;
    let made = desk
        .sign(Action::Make(Make::Batch(batch("CLAY-1", "40"))))
        .await?;
    let clay = made.subjects.first().context("no batch")?.clone();
    let halves = ["CLAY-1A", "CLAY-1B"].map(|name| NewGoods::Batch(batch(name, "20")));
    let split = making(Way::Split, of(&clay), halves.to_vec());
    let halves = desk.sign(Action::Transform(split)).await?.subjects;
    let cups = NewGoods::Items {
        sealed: true,
        gtin: GTIN.to_owned(),
        product: PRODUCT.to_owned(),
        count: 6,
    };
    let half = of(halves.first().context("no half")?);
    desk.sign(Action::Transform(making(Way::Process, half, vec![cups])))
        .await?;
    desk.settled().await?;
    Ok(clay)
}

/// Two items that their maker has not packed.
async fn loose(trade: &Trade) -> Result<Vec<String>> {
    let items = NewItems {
        gtin: GTIN.to_owned(),
        product: PRODUCT.to_owned(),
        count: 2,
        in_case: false,
        sealed: false,
        place: None,
    };
    Ok(trade.desk.sign(Action::Commission(items)).await?.subjects)
}

/// Damage that was recorded by mistake, and a place that may be wrong, with the right one after it.
async fn wrong(trade: &Trade, item: &str) -> Result<(String, String)> {
    let desk = &trade.desk;
    let stored = desk.sign(noted("stored", item, "Shelf 4")).await?;
    let damage = desk.sign(noted("damage-found", item, "Ramp 2")).await?;
    desk.sign(noted("stored", item, "Shelf 7")).await?;
    let record = first(&damage)?.to_owned();
    let wrong = Wrong::DidNotOccur;
    desk.sign(Action::Correct { record, wrong }).await?;
    desk.settled().await?;
    Ok((item.to_owned(), first(&stored)?.to_owned()))
}

/// A named activity, somewhere.
fn noted(activity: &str, subject: &str, place: &str) -> Action {
    Action::Deed(Deed {
        activity: activity.to_owned(),
        subjects: vec![subject.to_owned()],
        place: Some(place.to_owned()),
        note: None,
        evidence: Vec::new(),
        public: false,
        findings: Findings::Nothing,
    })
}

/// A place with a number of its own, and what lies there.
async fn hall(trade: &Trade, stored: &[String]) -> Result<String> {
    const NUMBER: &str = "(414)9506000134376";
    let hall = NewThing {
        code: NUMBER.to_owned(),
        name: Some("Hall 2".to_owned()),
        place: None,
    };
    let made = trade.desk.sign(Action::Make(Make::Thing(hall))).await?;
    for item in stored {
        trade.desk.sign(noted("stored", item, NUMBER)).await?;
    }
    Ok(made.subjects.first().context("no place")?.clone())
}

/// Items with codes under their seals; that of the last is forgotten.
async fn sealed(trade: &Trade) -> Result<Vec<String>> {
    let items = NewItems {
        gtin: GTIN.to_owned(),
        product: PRODUCT.to_owned(),
        count: 4,
        in_case: false,
        sealed: true,
        place: None,
    };
    let items = trade.desk.sign(Action::Commission(items)).await?.subjects;
    let last = items.last().context("no item")?.clone();
    let subjects = vec![last];
    trade.desk.call(&ForgetSecrets { subjects }).await?;
    Ok(items)
}

/// The factory offers a subject to the carrier.
async fn offer(trade: &Trade, subject: &str, place: Option<&str>) -> Result<String> {
    let carrier = trade.network.member(CARRIER)?.name();
    let to = trade.desk.member_named(carrier).await?;
    let action = Action::Offer {
        subject: subject.to_owned(),
        to,
        place: place.map(str::to_owned),
    };
    Ok(first(&trade.desk.sign(action).await?)?.to_owned())
}

fn first_link(goods: &Goods) -> Result<String> {
    Ok(goods.labels.labels.first().context("a label")?.link.clone())
}
