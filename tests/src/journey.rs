use std::{path::Path, time::Duration};

use anyhow::{Context, Result, bail, ensure};
use chopmark_core::Code;
use chopmark_view::{
    Action, Condition, Deed, EventStatus, Findings, FrameFeed, FrameProgress, FrameShow, FrameStep,
    Home, LabelSheet, Labels, Lookup, Members, NewItems, Outbox, OutboxState, Received, SendNow,
    Signed, Subject, SubjectView, Verdict,
};
use image::{ImageFormat, Rgb, RgbImage};

use crate::{CARRIER, Device, FACTORY, GTIN, Network, Places, RETAILER, Role};

/// What the factory makes.
pub const PRODUCT: &str = "Gaiwan, celadon, 150 ml";

/// How long things may take that need several processes to agree.
const PATIENCE: Duration = Duration::from_secs(60);

/// The network with the devices of its people.
#[derive(Debug)]
pub struct Trade {
    /// Peers and members.
    pub network: Network,
    /// The factory's desktop: commissions, packs, prints.
    pub desk: Device,
    /// The factory's inspector.
    pub inspector: Device,
    /// The courier's phone.
    pub courier: Device,
    /// The retailer's phone.
    pub shop: Device,
}

/// What a commissioning made.
#[derive(Clone, Debug)]
pub struct Goods {
    /// Subject ids of the items.
    pub items: Vec<String>,
    /// Subject id of the case.
    pub case: String,
    /// Their labels, items first.
    pub labels: LabelSheet,
}

impl Trade {
    /// Has the factory's peer commission a run of these serials; the link of the first, once it can
    /// be asked for everywhere.
    pub async fn commission_run(&self, serials: &[&str]) -> Result<String> {
        let folder = self.network.member(FACTORY)?.folder();
        let lines = serials.iter().map(|serial| format!("{GTIN},{serial}\n"));
        let list = folder.join("serials.csv");
        std::fs::write(&list, format!("gtin,serial\n{}", lines.collect::<String>()))?;
        let mut commission = self.network.command()?;
        commission.args(["run", "commission"]).arg(&list);
        commission.arg("--dir").arg(folder).run().await?;
        let first = serials.first().context("a serial")?;
        let link = Code::gtin_serial(GTIN, first)?.digital_link("id.example");
        let gateway = self.network.member(FACTORY)?.gateway();
        crate::process::until("the run is final", || crate::tamper::fetch(&gateway, &link)).await?;
        self.network.agreed(1).await?;
        Ok(link)
    }

    /// Founds the network, starts its peers, enrols everybody's device.
    pub async fn open(places: &Places, folder: &Path) -> Result<Self> {
        let mut network = Network::found(places, folder).await?;
        network.serve().await?;
        network.register_prefix().await?;
        Self::enrol(network).await
    }

    /// Enrols everybody's device in a network that runs.
    pub async fn enrol(network: Network) -> Result<Self> {
        let desk = enrol(&network, FACTORY, Role::Warehouse, "desk").await?;
        let inspector = enrol(&network, FACTORY, Role::Qc, "inspector").await?;
        let courier = enrol(&network, CARRIER, Role::Courier, "courier").await?;
        let shop = enrol(&network, RETAILER, Role::Warehouse, "shop").await?;
        Ok(Self {
            network,
            desk,
            inspector,
            courier,
            shop,
        })
    }

    /// The factory commissions items in a case and prints their labels.
    pub async fn commission(&self, count: u32) -> Result<Goods> {
        let signed = self
            .desk
            .sign(Action::Commission(NewItems {
                gtin: GTIN.to_owned(),
                product: PRODUCT.to_owned(),
                count,
                in_case: true,
                sealed: false,
                place: Some("Kiln 3, Nansha".to_owned()),
            }))
            .await?;
        let labels = self
            .desk
            .call(&Labels {
                subjects: signed.subjects.clone(),
                under_seals: false,
            })
            .await?;
        let mut items = signed.subjects;
        let case = items.pop().context("no case was commissioned")?;
        ensure!(
            items.len() == usize::try_from(count)?,
            "wrong count of items"
        );
        ensure!(
            labels.labels.len() == items.len() + 1,
            "a label for each item and the case"
        );
        Ok(Goods {
            items,
            case,
            labels,
        })
    }

    /// All four devices.
    #[must_use]
    pub fn devices(&self) -> [&Device; 4] {
        [&self.desk, &self.inspector, &self.courier, &self.shop]
    }

    /// Waits until nothing that any device signed is unsent or pending.
    pub async fn settled(&self) -> Result<()> {
        for device in self.devices() {
            device.settled().await?;
        }
        Ok(())
    }
}

/// Invites a device of a member and lets it join.
pub async fn enrol(network: &Network, member: usize, role: Role, name: &str) -> Result<Device> {
    let link = network.invite(member, role, name).await?;
    let folder = network.folder().join("devices").join(name);
    Device::join(network.places(), &folder, &link).await
}

impl Device {
    /// Sends, and waits until everything signed here is final or refused.
    pub async fn settled(&self) -> Result<()> {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            self.call(&SendNow {}).await?;
            let outbox = self.call(&Outbox {}).await?;
            let open = outbox
                .items
                .iter()
                .filter(|item| !matches!(item.state, OutboxState::Refused(_)))
                .count();
            if open == 0 && outbox.evidence_unsent == 0 {
                return Ok(());
            }
            if tokio::time::Instant::now() > until {
                bail!(
                    "the outbox does not empty: {outbox:?}\n{}",
                    self.running().log_tail()
                );
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until a subject is known here and looks as asked.
    pub async fn sees(
        &self,
        subject: &str,
        what: impl Fn(&SubjectView) -> bool,
    ) -> Result<SubjectView> {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let last = self
                .try_call(&Subject {
                    subject: subject.to_owned(),
                })
                .await?;
            if let Ok(view) = &last
                && what(view)
            {
                return Ok(view.clone());
            }
            if tokio::time::Instant::now() > until {
                bail!(
                    "not as expected here: {last:?}\n{}",
                    self.running().log_tail()
                );
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Records a named activity.
    pub async fn record(&self, activity: &str, subjects: &[&str], place: &str) -> Result<Signed> {
        let deed = Deed {
            activity: activity.to_owned(),
            subjects: subjects.iter().map(|id| (*id).to_owned()).collect(),
            place: Some(place.to_owned()),
            note: None,
            evidence: Vec::new(),
            public: false,
            findings: Findings::Nothing,
        };
        self.sign(Action::Deed(deed)).await
    }

    /// The id of another member, as the addressee list has it.
    pub async fn member_named(&self, name: &str) -> Result<String> {
        let members = self.call(&Members {}).await?.members;
        members
            .into_iter()
            .find(|member| member.name == name)
            .map(|member| member.id)
            .with_context(|| format!("{name} is not in the list of members"))
    }

    /// Waits until an offer to this device's member is here; returns its record.
    pub async fn incoming(&self, subject: &str) -> Result<String> {
        let until = tokio::time::Instant::now() + PATIENCE;
        loop {
            let home = self.call(&Home {}).await?;
            if let Some(card) = home
                .incoming
                .iter()
                .find(|card| card.subject.subject == subject)
            {
                return Ok(card.offer.clone());
            }
            if tokio::time::Instant::now() > until {
                bail!("no offer of {subject} arrives: {:?}", home.incoming);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

/// Shows every frame of one phone to another.
async fn show(from: &Device, to: &Device, record: &str) -> Result<Received> {
    let shown = from
        .call(&FrameShow {
            record: record.to_owned(),
        })
        .await?;
    // The camera joins in the middle of the cycle.
    let middle = shown.texts.len() / 2;
    let cycle = shown.texts.iter().cycle().skip(middle);
    for text in cycle.take(shown.texts.len() * 2) {
        let progress = to.call(&FrameFeed { text: text.clone() }).await?;
        if let FrameProgress::Complete(received) = progress {
            return Ok(received);
        }
    }
    bail!("the frames do not complete")
}

/// Hands a subject over between two phones by QR frames both ways; no network is used.
/// Returns the signed offer and acceptance.
pub async fn hand_over_by_frames(
    giver: &Device,
    receiver: &Device,
    subject: &str,
    receiver_member: &str,
) -> Result<(Signed, Signed)> {
    let to = giver.member_named(receiver_member).await?;
    let offer = giver
        .sign(Action::Offer {
            subject: subject.to_owned(),
            to,
            place: None,
        })
        .await?;
    let received = show(giver, receiver, first(&offer)?).await?;
    ensure!(received.step == FrameStep::Offer, "an offer was shown");
    let acceptance = receiver
        .sign(Action::Accept {
            offer: received.handover.offer,
            condition: Condition::Good,
            seal: None,
            left: Vec::new(),
            evidence: Vec::new(),
            note: None,
        })
        .await?;
    let back = show(receiver, giver, first(&acceptance)?).await?;
    ensure!(
        back.step == FrameStep::Acceptance,
        "an acceptance came back"
    );
    Ok((offer, acceptance))
}

/// Inspects an item with a photo that whoever holds the label may see.
pub async fn inspect_with_photo(device: &Device, label_link: &str) -> Result<Signed> {
    let found = device
        .call(&Lookup {
            text: label_link.to_owned(),
        })
        .await?;
    let chopmark_view::Found::Subject(card) = found else {
        bail!("the label is not found on the inspector's device: {found:?}");
    };
    let photo = device
        .attach("image/jpeg", "Glaze without cracks", &picture()?)
        .await?;
    device
        .sign(Action::Attest {
            subject: card.subject,
            verdict: Verdict::Pass,
            note: Some("Glaze even, no cracks".to_owned()),
            measured: vec![],
            evidence: vec![photo.id],
            public: true,
        })
        .await
}

/// A picture as a camera gives it, JPEG bytes: a bowl on a table.
pub fn picture() -> Result<Vec<u8>> {
    let bowl = RgbImage::from_fn(640, 480, |x, y| {
        let (dx, dy) = (f64::from(x) - 320.0, f64::from(y) - 250.0);
        let shade = 1.0 - ((dx + 80.0).hypot(dy + 60.0) / 520.0).min(0.8);
        let inside = (dx / 170.0).hypot(dy / 120.0) < 1.0;
        let base = if inside {
            [156.0, 190.0, 168.0]
        } else {
            [141.0, 106.0, 74.0]
        };
        // Shade and base are in range: the product fits a byte.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "at most 190"
        )]
        Rgb(base.map(|level| (level * shade) as u8))
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    bowl.write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(bytes.into_inner())
}

/// The first record that a signature made.
pub fn first(signed: &Signed) -> Result<&str> {
    signed
        .records
        .first()
        .map(String::as_str)
        .context("nothing was signed")
}

/// Whether every step of a journey is final.
#[must_use]
pub fn all_final(view: &SubjectView) -> bool {
    view.journey
        .iter()
        .all(|step| matches!(step.status, EventStatus::Final { .. }))
}
