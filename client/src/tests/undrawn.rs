//! Things of runs that nobody used yet.

use chopmark_core::{
    Body, Code, GoodsClass, Prefix, RecordDraft, Role, RunList, StateView as _, SubjectId, TimeMs,
    TzMinutes, When,
};
use chopmark_view::{
    Action, EventStatus, Found, Home, ImportKind, ImportStage, ImportStep, ImportStop, ImportView,
    LinkState, Lookup, Outbox, Prepare, Recall, Subject, SubjectCard, SubjectView, Towards,
    Verdict,
};

use super::handover::{accept, offer, show};
use super::import::{bring, document, read, sign, work};
use super::synced::{all_sent, online};
use super::trial::{CARRIER, FACTORY, GTIN, Peer, Phone, Trial, now_ms, until};

const ITEMS: usize = 100;

fn code(n: usize) -> Code {
    Code::gtin_serial(GTIN, &format!("R{n}")).unwrap()
}

/// The factory's admin begins a run; its peer has the list.
fn begin(trial: &Trial, peer: &Peer) -> RunList {
    let leaves = (0..ITEMS).map(|n| (code(n).hash(), None));
    let list = RunList::new(&trial.genesis.id(), &trial.member(FACTORY), leaves).unwrap();
    let body = Body::CommissionRun {
        when: When {
            time: TimeMs(now_ms()),
            tz: TzMinutes::default(),
        },
        class: GoodsClass::parse(&code(0).class()).unwrap(),
        prefix: Prefix::parse("9506000").unwrap(),
        run: list.spec(),
    };
    let record = RecordDraft::new(body, vec![list.subject()]);
    let block = trial.admin_block(&[record]);
    let taken = peer.replica.take_handover(vec![block], Vec::new()).unwrap();
    assert!(taken.not_taken.is_empty(), "{taken:?}");
    peer.order();
    peer.replica.runs().keep(&list).unwrap();
    list
}

async fn find(phone: &Phone, n: usize) -> Option<SubjectCard> {
    let text = code(n).digital_link("id.example.org");
    match phone.ask(Lookup { text }).await.unwrap() {
        Found::Subject(card) => Some(card),
        Found::UnknownCode { issuer, .. } => {
            assert!(issuer.is_some());
            None
        }
        other => panic!("{other:?}"),
    }
}

async fn shown(phone: &Phone, subject: &str) -> SubjectView {
    let subject = subject.to_owned();
    phone.ask(Subject { subject }).await.unwrap()
}

async fn offline(phone: &Phone) {
    until("the phone is offline", || async {
        let link = phone.ask(Home {}).await.unwrap().link;
        matches!(link, LinkState::Offline { .. })
    })
    .await;
}

/// That these things were seen, in one event.
fn seen(things: impl IntoIterator<Item = usize>) -> String {
    let things = things.into_iter();
    let things = things.map(|n| format!("\"{}\"", code(n).digital_link("id.gs1.org")));
    let things = things.collect::<Vec<_>>().join(",");
    format!(
        r#"{{"type":"ObjectEvent","eventTime":"{}","eventTimeZoneOffset":"+00:00","action":"OBSERVE","bizStep":"inspecting","epcList":[{things}]}}"#,
        jiff::Timestamp::now()
    )
}

/// A file with these events, up to where the person decides.
async fn tried(phone: &Phone, events: &[String]) -> (String, ImportView) {
    let import = bring(phone, ImportKind::Epcis, &document(events)).await;
    let view = read(phone, &import, None).await;
    let view = work(phone, &import, view).await;
    assert_eq!(view.stage, ImportStage::Tried);
    (import, view)
}

fn bad(view: &ImportView) -> Vec<(u64, &str)> {
    let rows = view.bad.iter();
    rows.map(|row| (row.number, row.why.code.as_str()))
        .collect()
}

fn inspected(subject: &str) -> Action {
    Action::Attest {
        subject: subject.to_owned(),
        verdict: Verdict::Pass,
        note: None,
        measured: Vec::new(),
        evidence: Vec::new(),
        public: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thing_of_a_run_is_packed_and_handed_over_as_any_other() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let list = begin(&trial, &peer);
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    online(&phone).await;
    let before = phone.ask(Home {}).await.unwrap().counts;
    // More than the paths of one record, or of one block, have room for.
    let mut things = Vec::new();
    for n in 0..70 {
        let card = find(&phone, n).await.unwrap();
        assert!(card.mine);
        things.push(card.subject);
    }
    // What was looked at is no more than there was.
    assert_eq!(phone.ask(Home {}).await.unwrap().counts, before);
    let journey = shown(&phone, &things[0]).await.journey;
    assert_eq!(journey.len(), 1, "the run began: {journey:?}");

    let recall = Recall {
        subject: things[0].clone(),
        towards: Towards::Descendants,
        from: 0,
    };
    phone.ask(recall).await.unwrap();

    let container = phone.commission(1, true).await.pop().unwrap();
    let pack = Action::Pack {
        container: container.clone(),
        subjects: things.clone(),
    };
    phone.sign(pack).await.unwrap();
    assert_eq!(shown(&phone, &container).await.contents.len(), 71);
    all_sent(&phone).await;
    peer.order();
    let inside: SubjectId = container.parse().unwrap();
    peer.replica.read_final(|ledger| {
        for thing in &things {
            let state = ledger.state().subject(&thing.parse().unwrap()).unwrap();
            assert_eq!(state.inside(), Some(&inside));
        }
        let run = ledger.state().subject(&list.subject()).unwrap();
        assert!(run.inside().is_none());
    });
    let journey = shown(&phone, &things[69]).await.journey;
    assert_eq!(journey.len(), 3, "began, drawn, packed: {journey:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_looked_up_is_used_without_signal_and_nothing_else_is() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    begin(&trial, &peer);
    // Another member's inspector knows the factory's peer.
    let phone = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    online(&phone).await;
    let card = find(&phone, 5).await.unwrap();
    assert!(!card.mine);
    peer.node.close().await;
    offline(&phone).await;
    assert!(find(&phone, 6).await.is_none());
    assert_eq!(find(&phone, 5).await.unwrap().subject, card.subject);
    phone.sign(inspected(&card.subject)).await.unwrap();
    let rows = phone.ask(Outbox {}).await.unwrap();
    assert_eq!(rows.items.len(), 2, "drawn, and inspected: {rows:?}");
    let journey = shown(&phone, &card.subject).await.journey;
    let newest = journey.last().unwrap();
    assert!(matches!(newest.status, EventStatus::Pending), "{journey:?}");
}

/// The courier's phone has never heard of the run: what is shown brings it along.
#[tokio::test(flavor = "multi_thread")]
async fn a_thing_of_a_run_changes_hands_between_two_phones_without_signal() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let courier = trial.phone(CARRIER, Role::Courier).await;
    begin(&trial, &peer);
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    online(&phone).await;
    let thing = find(&phone, 7).await.unwrap().subject;
    peer.node.close().await;
    let to = trial.member(CARRIER);
    let offered = phone.sign(offer(&thing, to)).await.unwrap();
    let received = show(&phone, &courier, &offered.records[0]).await.unwrap();
    let card = received.handover;
    courier.sign(accept(&card.offer)).await.unwrap();
    assert!(shown(&courier, &thing).await.card.mine);
    assert!(find(&courier, 8).await.is_none());
}

/// Nothing is drawn from what is on offer, and the run is not the thing that was scanned.
#[tokio::test(flavor = "multi_thread")]
async fn while_a_run_is_on_offer_its_things_are_not_to_be_had() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let list = begin(&trial, &peer);
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    online(&phone).await;
    let thing = find(&phone, 1).await.unwrap().subject;
    let run = list.subject().to_string();
    phone
        .sign(offer(&run, trial.member(CARRIER)))
        .await
        .unwrap();
    let text = code(1).digital_link("id.example.org");
    let Found::Foreign(failure) = phone.ask(Lookup { text }).await.unwrap() else {
        panic!("it is found");
    };
    assert_eq!(failure.code, "run-not-open");
    let (_, view) = tried(&phone, &[seen([1]), seen([2])]).await;
    assert_eq!(bad(&view), [(1, "run-not-open"), (2, "run-not-open")]);
    let action = inspected(&thing);
    assert_eq!(phone.refused(Prepare { action }).await, "unknown-subject");
}

/// A code that no list has is as unknown as before.
#[tokio::test(flavor = "multi_thread")]
async fn a_forged_serial_is_of_no_run() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    begin(&trial, &peer);
    let phone = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    online(&phone).await;
    assert!(find(&phone, ITEMS).await.is_none());
    assert!(find(&phone, ITEMS - 1).await.is_some());
}

/// The makers of what a file is the first to use are asked, and it is drawn before anything is said
/// of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_uses_things_of_a_run_that_nobody_used_before() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let list = begin(&trial, &peer);
    let phone = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    online(&phone).await;
    find(&phone, 0).await.unwrap();
    // More than one record draws; one is of no run.
    let events = [seen(0..70), seen([3, ITEMS]), seen([80])];
    let (import, view) = tried(&phone, &events).await;
    assert_eq!((view.asked, view.to_ask), (71, 71), "all but what is kept");
    assert_eq!(bad(&view), [(2, "unknown-subject")]);
    let view = sign(&phone, &import, true).await;
    assert_eq!(view.stage, ImportStage::Drawing);
    let view = work(&phone, &import, view).await;
    assert_eq!(view.stage, ImportStage::Signed);
    assert_eq!((view.signed, view.drawn, view.to_draw), (2, 71, 71));
    assert_eq!(view.blocks, 3, "two draw");
    all_sent(&phone).await;
    peer.order();
    let of_run = |n: usize| code(n).subject(&trial.genesis.id(), &trial.member(FACTORY));
    peer.replica.read_final(|ledger| {
        let state = ledger.state();
        for n in (0..70).chain([80]) {
            assert!(state.subject(&of_run(n)).is_some(), "{n}");
        }
        assert!(state.subject(&of_run(75)).is_none());
        assert!(state.subject(&list.subject()).is_some());
    });
    // Once more: nothing is left to ask for, to draw or to say.
    let (_, view) = tried(&phone, &[events[0].clone(), events[2].clone()]).await;
    assert_eq!((view.to_ask, view.there, view.good), (0, 2, 0));
}

/// What is drawn stays drawn, and the same file goes on from there.
#[tokio::test(flavor = "multi_thread")]
async fn an_import_stops_while_it_draws_and_goes_on_with_the_same_file() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    begin(&trial, &peer);
    let phone = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    online(&phone).await;
    let events = [seen(0..100)];
    let (import, _) = tried(&phone, &events).await;
    let view = sign(&phone, &import, false).await;
    assert_eq!((view.stage, view.to_draw), (ImportStage::Drawing, 100));
    let step = ImportStep {
        import: import.clone(),
    };
    let view = phone.ask(step).await.unwrap();
    assert_eq!((view.stage, view.drawn), (ImportStage::Drawing, 64));
    let view = phone.ask(ImportStop { import }).await.unwrap();
    assert_eq!(
        (view.stage, view.drawn, view.signed),
        (ImportStage::Stopped, 64, 0)
    );
    let (import, view) = tried(&phone, &events).await;
    assert_eq!((view.asked, view.good), (36, 1));
    let view = sign(&phone, &import, false).await;
    let view = work(&phone, &import, view).await;
    assert_eq!((view.drawn, view.signed), (36, 1));
}

/// Without signal the file uses what the device keeps the proof of. Of the rest it is said that
/// nobody could be asked, which is not that it is forged.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_brought_in_without_signal_uses_what_is_kept() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    begin(&trial, &peer);
    let phone = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    online(&phone).await;
    find(&phone, 5).await.unwrap();
    peer.node.close().await;
    offline(&phone).await;
    let (import, view) = tried(&phone, &[seen([5]), seen([6])]).await;
    assert_eq!(bad(&view), [(2, "row-maker-silent")]);
    let view = sign(&phone, &import, true).await;
    let view = work(&phone, &import, view).await;
    assert_eq!((view.signed, view.drawn), (1, 1));
    let thing = find(&phone, 5).await.unwrap().subject;
    assert_eq!(shown(&phone, &thing).await.journey.len(), 3);
}

/// A phone does not hold the proofs of a factory's year.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_more_unused_things_than_a_phone_holds_goes_to_the_peer() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    let events = [seen(0..20_001)];
    let import = bring(&phone, ImportKind::Epcis, &document(&events)).await;
    read(&phone, &import, None).await;
    let step = ImportStep { import };
    assert_eq!(phone.refused(step).await, "import-many-unused");
}
