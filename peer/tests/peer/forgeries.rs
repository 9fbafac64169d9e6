//! An enrolled device whose program was changed to sign what the rules forbid: the peers take the
//! block, refuse the record with its reason, all of them the same, and no history shows it.

use crate::support::device::Device;
use crate::support::{FOUNDERS, Network, Peer, invite, succeed, text, until};
use chopmark_core::{
    Body, Bundle, Code, CodeQuery, Condition, Prefix, RecordDraft, RecordRef, Report,
    StateView as _, TimeMs, TzMinutes, When,
};

const PREFIX: &str = "9506000";

/// A factory that orders, a carrier, a device of each, and one final item of the factory.
struct Trade {
    network: Network,
    factory: Peer,
    carrier: Peer,
    desk: Device,
    courier: Device,
    item: Code,
    made: RecordRef,
}

fn when() -> When {
    When {
        time: TimeMs(1_790_000_000_000),
        tz: TzMinutes::default(),
    }
}

fn first(block: chopmark_core::BlockId) -> RecordRef {
    RecordRef { block, index: 0 }
}

impl Trade {
    async fn open() -> Self {
        let network = Network::found(&FOUNDERS[..2]);
        let factory = network.start(0, None);
        let carrier = network.start(1, Some(&factory));
        for dir in &network.members {
            let owner = ["--member", FOUNDERS[0].0, "--dir", text(dir)];
            succeed(&[&["prefix", "register", PREFIX][..], &owner].concat());
        }
        let desk = Device::join(&invite(&factory, "warehouse", "Desk")).await;
        let courier = Device::join(&invite(&carrier, "admin", "Van")).await;
        let (desk, courier) = (desk.unwrap(), courier.unwrap());
        desk.sync().await.unwrap();
        let item = Code::gtin_serial("09506000134352", "REAL1").unwrap();
        let made = first(desk.write(&[desk.commission(PREFIX, &item)]));
        desk.sync().await.unwrap();
        until("the carrier has the item", || {
            (carrier.status()["subjects"].as_u64() == Some(1)).then_some(())
        });
        courier.sync().await.unwrap();
        Self {
            network,
            factory,
            carrier,
            desk,
            courier,
            item,
            made,
        }
    }

    /// A record about the item, with what it cites.
    fn about_item(&self, body: Body) -> RecordDraft {
        let subject = self
            .item
            .subject(&self.desk.replica.network(), &self.desk.member);
        RecordDraft::new(body, vec![subject]).citing(vec![self.made])
    }

    /// The courier signs it and sends it; every replica must refuse it for this reason, and the
    /// item's history, asked of the forger's own member, must be what it was.
    async fn refuses(&self, draft: RecordDraft, code: &str) {
        let subject = self
            .item
            .subject(&self.desk.replica.network(), &self.desk.member);
        let about_item = usize::from(draft.subjects.contains(&subject));
        let forged = first(self.courier.write(&[draft]));
        let report = self.courier.sync().await.unwrap();
        assert!(report.not_taken.is_empty(), "{:?}", report.not_taken);
        let refused = |device: &Device| {
            device.replica.read_final(|ledger| {
                let refusal = ledger.state().refusal(&forged);
                refusal.map(|refusal| refusal.code().to_owned())
            })
        };
        assert_eq!(refused(&self.courier).as_deref(), Some(code));
        self.desk.sync().await.unwrap();
        until("the other member's device knows", || refused(&self.desk));
        assert_eq!(refused(&self.desk).as_deref(), Some(code));
        until("both peers have one state", || {
            let (one, other) = (self.factory.status(), self.carrier.status());
            let counted = one["refused"].as_u64() == Some(1);
            (counted && one["state"] == other["state"]).then_some(())
        });

        let path = format!("/history/{}", self.item.hash());
        let (answer, _, bytes) = self.carrier.get(&path, &[]);
        assert_eq!(answer, 200);
        let bundle = Bundle::from_bytes(&bytes).unwrap();
        let report = bundle
            .verify(&self.item, self.desk.replica.network())
            .unwrap();
        assert!(
            report.holds(),
            "{:?}",
            report.problems().collect::<Vec<_>>()
        );
        let journey: Vec<RecordRef> = report.journey.iter().map(|step| step.at).collect();
        assert_eq!(journey, [self.made]);
        assert_eq!(report.holder, Some(self.desk.member.into()));
        // It proves nothing of what was refused; a peer tells it, as its own word.
        let path = format!("/standing/{}", self.item.hash());
        let (answer, _, bytes) = self.factory.get(&path, &[]);
        assert_eq!(answer, 200);
        let told: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(told["pending"], serde_json::json!([]));
        let refused = told["refused"].as_array().unwrap();
        assert_eq!(refused.len(), about_item, "{told}");
        for one in refused {
            assert_eq!(one["code"], code);
            assert_eq!(one["member"], FOUNDERS[1].0);
        }
        assert!(self.network.place.path().exists());
    }
}

/// A history holds what is final. What is signed and waits for a checkpoint is told beside it, as
/// this peer's word.
#[tokio::test]
async fn what_waits_for_a_checkpoint_is_told_and_in_no_history() {
    let trade = Trade::open().await;
    let seen = trade.about_item(Body::Observe {
        when: when(),
        step: "arriving".to_owned(),
    });
    let Trade {
        factory,
        carrier,
        courier,
        item,
        ..
    } = trade;
    let standing = || -> serde_json::Value {
        let path = format!("/standing/{}", item.hash());
        serde_json::from_slice(&carrier.get(&path, &[]).2).unwrap()
    };
    let nothing = serde_json::json!({ "pending": [], "refused": [] });
    assert_eq!(standing(), nothing);
    // Nobody orders any more.
    factory.kill();
    for _ in 0..6 {
        courier.write(std::slice::from_ref(&seen));
    }
    courier.sync().await.unwrap();
    let told = standing();
    let pending = told["pending"].as_array().unwrap();
    // Of one member a few: anybody can write any number of records.
    assert_eq!(pending.len(), 4, "{told}");
    assert_eq!(pending[0]["kind"], "observe");
    assert_eq!(pending[0]["member"], FOUNDERS[1].0);
    assert_eq!(pending[0]["time"], when().time.0);
    assert_eq!(told["refused"], serde_json::json!([]));
    let unknown = format!("/standing/{}", "ab".repeat(32));
    assert_eq!(carrier.get(&unknown, &[]).0, 404);
    assert_eq!(carrier.get("/standing/beef", &[]).0, 400);
}

#[tokio::test]
async fn an_acceptance_without_an_offer_is_refused() {
    let trade = Trade::open().await;
    let taken = trade.about_item(Body::Accept {
        when: when(),
        condition: Condition::Good,
        contents: None,
        left: Vec::new(),
    });
    trade.refuses(taken, "no-such-offer").await;
}

#[tokio::test]
async fn an_offer_of_someone_elses_item_is_refused() {
    let trade = Trade::open().await;
    let given = trade.about_item(Body::Offer {
        when: when(),
        to: trade.courier.member.into(),
        expires: TimeMs(u64::MAX),
        contents: None,
    });
    trade.refuses(given, "not-holder").await;
}

/// The hash of a code hides its prefix: of a number that can be guessed, as those of pallets, another
/// member can begin a subject first, under a prefix of its own. What is asked for the code, by who
/// has its label, is the history of the true thing all the same.
#[tokio::test]
async fn a_code_that_another_member_commissioned_first_is_still_its_makers() {
    let trade = Trade::open().await;
    const OTHER: &str = "4012345";
    for dir in &trade.network.members {
        let owner = ["--member", FOUNDERS[1].0, "--dir", text(dir)];
        succeed(&[&["prefix", "register", OTHER][..], &owner].concat());
    }
    let pallet = Code::sscc("095060000000000015").unwrap();
    let query = CodeQuery::of(&pallet);
    let get = |peer: &Peer, query: &str| peer.get(&format!("/history/{query}"), &[]);
    let known = |hash: &str| {
        let (carriers, factorys) = (get(&trade.carrier, hash), get(&trade.factory, hash));
        (carriers.0 == 200 && factorys.0 == 200).then_some(())
    };
    let prefix = Prefix::parse(OTHER).unwrap();
    let owner =
        |device: &Device| (device.replica).read_final(|ledger| ledger.state().prefix(&prefix));
    while owner(&trade.courier) != Some(trade.courier.member) {
        trade.courier.sync().await.unwrap();
    }
    let forged = first(
        trade
            .courier
            .write(&[trade.courier.commission(OTHER, &pallet)]),
    );
    trade.courier.sync().await.unwrap();
    let hash = pallet.hash().to_string();
    until("both gateways have the forgery", || known(&hash));
    // Until the true one begins, there is no record of it, whatever somebody claims.
    let network = trade.desk.replica.network();
    let report = |peer: &Peer, query: &str| {
        let bundle = Bundle::from_bytes(&get(peer, query).2).unwrap();
        bundle.verify(&pallet, network).unwrap()
    };
    for peer in [&trade.factory, &trade.carrier] {
        let claimed = report(peer, &query.to_string());
        assert!(claimed.holds() && claimed.is_absence(), "{claimed:?}");
    }

    trade.desk.sync().await.unwrap();
    let made = first(trade.desk.write(&[trade.desk.commission(PREFIX, &pallet)]));
    trade.desk.sync().await.unwrap();
    let journey = |report: &Report| {
        report
            .journey
            .iter()
            .map(|step| step.at)
            .collect::<Vec<_>>()
    };
    for peer in [&trade.factory, &trade.carrier] {
        until("its maker's history is there", || {
            let report = report(peer, &query.to_string());
            (report.holds() && journey(&report) == [made]).then_some(())
        });
        // By the hash alone nobody can tell.
        let by_hash = report(peer, &hash);
        assert!(
            !by_hash.holds() && !journey(&by_hash).contains(&made),
            "{forged}"
        );
    }
}

/// A fake under the factory's prefix, also of the very code that the factory made.
#[tokio::test]
async fn a_code_under_a_foreign_prefix_is_refused() {
    let trade = Trade::open().await;
    let copied = trade.courier.commission(PREFIX, &trade.item);
    trade.refuses(copied, "not-your-prefix").await;
}
