//! Sections for some readers only: opened by an authority, shown to another member, taken away.

use std::collections::BTreeSet;

use chopmark_core::{
    AudienceDraft, Body, Jurisdiction, Kem, Kind, Position, Readers, RecordDraft, RecordRef, Role,
    SectionBody, SectionName, Seq, StateView as _, TimeMs, TzMinutes, UnsignedBlock, When,
};
use chopmark_view::{
    Action, Home, JourneyStep, PaperStanding, PaperView, Prepare, Subject, SubjectView, Verdict,
};

use super::handover::offer;
use super::trial::{
    BANK, CARRIER, CUSTOMS, FACTORY, GTIN, Peer, Phone, RETAILER, Trial, key, now_ms, until,
};

/// Commissionings carry a section for Nansha's customs, inspections one for an authority that is
/// none of this trial's phones.
fn supervised() -> Trial {
    Trial::with(Kem::X25519, |policy, members| {
        let name = |text| Jurisdiction::parse(text).unwrap();
        policy.jurisdictions = [("cn-gd", CUSTOMS), ("hk", RETAILER)]
            .map(|(text, member)| (name(text), BTreeSet::from([members[&member]])))
            .into();
        policy.required = [(Kind::Commission, "cn-gd"), (Kind::Attest, "hk")]
            .map(|(kind, text)| (kind, name(text)))
            .into();
    })
}

async fn made(factory: &Phone) -> String {
    let items = chopmark_view::NewItems {
        gtin: GTIN.into(),
        product: "Oolong".into(),
        count: 1,
        in_case: false,
        sealed: false,
        place: Some("Hall 3".into()),
    };
    let signed = factory.sign(Action::Commission(items)).await.unwrap();
    signed.subjects.into_iter().next().unwrap()
}

async fn view(phone: &Phone, subject: &str) -> Option<SubjectView> {
    let subject = subject.to_owned();
    phone.ask(Subject { subject }).await.ok()
}

fn step<'v>(view: &'v SubjectView, key: &str) -> &'v JourneyStep {
    let mut steps = view.journey.iter();
    steps.find(|step| step.line.key == key).unwrap()
}

fn has(view: Option<&SubjectView>, key: &str) -> bool {
    view.is_some_and(|view| view.journey.iter().any(|step| step.line.key == key))
}

/// Waits for a step, and gives the subject with it.
async fn shown(phone: &Phone, subject: &str, key: &str) -> SubjectView {
    until(key, || async {
        has(view(phone, subject).await.as_ref(), key)
    })
    .await;
    view(phone, subject).await.unwrap()
}

fn paper(step: &JourneyStep, standing: &PaperStanding) -> PaperView {
    let mut papers = step.papers.iter();
    let found = papers.find(|paper| paper.standing == *standing);
    found.unwrap_or_else(|| panic!("{:?}", step.papers)).clone()
}

async fn refused(phone: &Phone, action: Action) -> String {
    phone.refused(Prepare { action }).await
}

fn open(section: &str, reason: &str) -> Action {
    Action::Open {
        section: section.into(),
        reason: reason.into(),
    }
}

fn unreadable(section: &str) -> Action {
    Action::Unreadable {
        section: section.into(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_opens_its_part_only_by_saying_why() {
    let trial = supervised();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let customs = trial.phone_at(CUSTOMS, Role::CustomsOfficer, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let item = made(&factory).await;
    let attest = Action::Attest {
        subject: item.clone(),
        verdict: Verdict::Pass,
        note: Some("dry".into()),
        measured: vec![],
        evidence: vec![],
        public: false,
    };
    factory.sign(attest).await.unwrap();

    let before = shown(&customs, &item, "step-attested").await;
    let made = step(&before, "step-commissioned");
    assert_eq!(made.place, None, "nothing is shown before a record says so");
    let part = paper(made, &PaperStanding::ForAuthorities).section;
    // Everybody else does not even see that there is a part.
    let elsewhere = shown(&courier, &item, "step-attested").await;
    assert_eq!(step(&elsewhere, "step-commissioned").papers, []);

    let no = refused(&courier, open(&part, "inspection")).await;
    assert_eq!(no, "not-an-authority");
    let no = refused(&customs, open(&part, "curiosity")).await;
    assert_eq!(no, "reason-unknown");
    let no = refused(&customs, open("00/0/0", "inspection")).await;
    assert_eq!(no, "unknown-record");
    let record = &made.record;
    let no = refused(&customs, open(&format!("{record}/0"), "inspection")).await;
    assert_eq!(no, "paper-not-for-authorities");
    let attested = &step(&before, "step-attested").record;
    let no = refused(&customs, open(&format!("{attested}/1"), "inspection")).await;
    assert_eq!(no, "paper-elsewhere");

    customs.sign(open(&part, "inspection")).await.unwrap();
    let after = shown(&customs, &item, "step-opened").await;
    let made = step(&after, "step-commissioned");
    assert_eq!(made.place.as_deref(), Some("Hall 3"));
    paper(made, &PaperStanding::Opened);
    for phone in [&factory, &courier] {
        let seen = shown(phone, &item, "step-opened").await;
        let opened = step(&seen, "step-opened");
        assert_eq!(opened.member, "Nansha Customs");
        let reason = serde_json::to_value(&opened.line).unwrap().to_string();
        assert!(reason.contains("open-reason-inspection"), "{reason}");
    }
}

/// The bytes are gone before the authority could read them.
#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_cannot_read_its_part_holds_the_goods() {
    let trial = supervised();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let item = made(&factory).await;
    all_at(&peer, &item).await;
    purge_all(&peer, &item);
    let customs = trial.phone_at(CUSTOMS, Role::CustomsOfficer, &peer).await;
    let seen = shown(&customs, &item, "step-commissioned").await;
    let standing = PaperStanding::Awaited {
        for_authorities: true,
    };
    let part = paper(step(&seen, "step-commissioned"), &standing).section;
    customs.sign(unreadable(&part)).await.unwrap();
    let held = shown(&customs, &item, "step-unreadable").await;
    assert_eq!(step(&held, "step-unreadable").member, "Nansha Customs");
    assert_eq!(refused(&customs, unreadable(&part)).await, "already-held");
    shown(&factory, &item, "step-unreadable").await;
    let moved = refused(&factory, offer(&item, trial.member(CARRIER))).await;
    assert_eq!(moved, "held");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_party_shows_papers_to_another_member() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let shop = trial.phone_at(RETAILER, Role::Shop, &peer).await;
    let item = made(&factory).await;
    let to = trial.member(CARRIER);
    factory.sign(offer(&item, to)).await.unwrap();
    let closed = shown(&shop, &item, "step-offered").await;
    let offered = step(&closed, "step-offered");
    assert_eq!((&offered.place, offered.papers.len()), (&None, 0));

    let mine = shown(&courier, &item, "step-offered").await;
    let mine = step(&mine, "step-offered");
    assert_eq!(mine.place.as_deref(), Some("Gate 3"));
    let part = paper(mine, &PaperStanding::Readable);
    assert!(part.may_grant);
    let grant = |to: u8| Action::Grant {
        section: part.section.clone(),
        to: trial.member(to).to_string(),
    };
    // Who is only shown it does not show it on, and neither does who is no party at all.
    assert_eq!(refused(&shop, grant(CUSTOMS)).await, "paper-not-yours");
    assert_eq!(refused(&courier, grant(FACTORY)).await, "paper-known");
    assert_eq!(refused(&courier, grant(CARRIER)).await, "self-addressee");
    let nobody = Action::Grant {
        section: part.section.clone(),
        to: "00".into(),
    };
    assert_eq!(refused(&courier, nobody).await, "unknown-member");

    courier.sign(grant(RETAILER)).await.unwrap();
    until("the shop reads it", || async {
        let open = shown(&shop, &item, "step-granted").await;
        step(&open, "step-offered").place.as_deref() == Some("Gate 3")
    })
    .await;
    let open = shown(&shop, &item, "step-granted").await;
    let offered = step(&open, "step-offered");
    let granted = PaperStanding::Granted {
        by: "Pearl River Express".into(),
    };
    assert!(!paper(offered, &granted).may_grant);
    // Whoever lends money on the goods is at no bank's warehouse.
    let bank = trial.phone_at(BANK, Role::BankOfficer, &peer).await;
    courier.sign(grant(BANK)).await.unwrap();
    // What is shown comes behind the record that shows it.
    until("the bank reads it", || async {
        let lent = shown(&bank, &item, "step-granted").await;
        step(&lent, "step-offered").place.as_deref() == Some("Gate 3")
    })
    .await;
    // The code on the goods came with it.
    assert!(open.card.code.is_some());
    assert_eq!(refused(&shop, grant(CUSTOMS)).await, "paper-not-yours");
    let line = serde_json::to_value(&step(&open, "step-granted").line).unwrap();
    assert!(line.to_string().contains("Causeway Stores"), "{line}");
}

/// Somebody else's program of the same member told who it was.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_names_a_person_is_shown_to_no_other_member() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let item = made(&factory).await;
    let member = trial.member(FACTORY);
    let clock = TimeMs(now_ms());
    let device = key(FACTORY, Role::Warehouse);
    let position = Position {
        network: trial.genesis.id(),
        member,
        device: device.id(),
        seq: Seq(0),
        prev: None,
        anchor: None,
        clock,
    };
    let draft = |person: Option<&str>| {
        let body = Body::Observe {
            when: When {
                time: clock,
                tz: TzMinutes::default(),
            },
            step: "storing".to_owned(),
        };
        let told = SectionBody {
            note: Some("shelf 4".to_owned()),
            person: person.map(str::to_owned),
            ..SectionBody::default()
        };
        let own = AudienceDraft::parties([member]);
        RecordDraft::new(body, vec![item.parse().unwrap()]).telling(own, told)
    };
    let drafts = [draft(Some("Chan Tai Man")), draft(None)];
    let readers = peer.replica.read_final(|ledger| ledger.state().readers());
    let built = UnsignedBlock::build(position, &drafts, &readers, &[7; 32]).unwrap();
    let built = built.sign(&device).unwrap();
    let sections = built.sections.into_iter();
    let sections = sections.map(|sealed| (sealed.hash, sealed.bytes)).collect();
    let block = built.block.id();
    let taken = peer.replica.take_handover(vec![built.block], sections);
    assert!(taken.unwrap().not_taken.is_empty());
    shown(&factory, &item, "step-observed").await;

    let grant = |index: u16| Action::Grant {
        section: format!("{}/0", RecordRef { block, index }),
        to: trial.member(CARRIER).to_string(),
    };
    assert_eq!(refused(&factory, grant(0)).await, "paper-names-person");
    factory.sign(grant(1)).await.unwrap();
}

/// Rules check no grants, readers do: so anybody can write any number of them. Those of one member
/// once took all the room that there was for what is about a record.
#[tokio::test(flavor = "multi_thread")]
async fn a_block_of_false_grants_hides_no_true_one_and_no_opening() {
    let trial = supervised();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let shop = trial.phone_at(RETAILER, Role::Shop, &peer).await;
    let customs = trial.phone_at(CUSTOMS, Role::CustomsOfficer, &peer).await;
    let item = made(&factory).await;
    let to = trial.member(CARRIER);
    factory.sign(offer(&item, to)).await.unwrap();
    let before = shown(&courier, &item, "step-offered").await;
    let part = paper(step(&before, "step-offered"), &PaperStanding::Readable).section;
    let about = ["step-commissioned", "step-offered"];
    let about = about.map(|key| crate::words_of::parse_record(&step(&before, key).record).unwrap());
    let flood = false_grants(&trial, &about, 256);
    let taken = peer.replica.take_handover(vec![flood], Vec::new()).unwrap();
    assert!(taken.not_taken.is_empty(), "{taken:?}");
    for phone in [&customs, &shop] {
        shown(phone, &item, "step-granted").await;
    }

    let before = shown(&customs, &item, "step-offered").await;
    let made = step(&before, "step-commissioned");
    let closed = paper(made, &PaperStanding::ForAuthorities).section;
    customs.sign(open(&closed, "inspection")).await.unwrap();
    let after = shown(&customs, &item, "step-opened").await;
    let made = step(&after, "step-commissioned");
    assert_eq!(made.place.as_deref(), Some("Hall 3"));

    let grant = Action::Grant {
        section: part,
        to: trial.member(RETAILER).to_string(),
    };
    courier.sign(grant).await.unwrap();
    until("the true grant opens", || async {
        let seen = shown(&shop, &item, "step-offered").await;
        step(&seen, "step-offered").place.as_deref() == Some("Gate 3")
    })
    .await;
}

/// What one member wrote took all of the steps that a screen shows, and what came after it was not
/// seen.
#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_false_grants_pushes_no_true_step_out() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let item = made(&factory).await;
    for _ in 0..7 {
        let attest = Action::Attest {
            subject: item.clone(),
            verdict: Verdict::Pass,
            note: None,
            measured: vec![],
            evidence: vec![],
            public: false,
        };
        factory.sign(attest).await.unwrap();
    }
    let before = view(&factory, &item).await.unwrap().journey;
    let records = before.iter();
    let about: Vec<RecordRef> = records
        .map(|step| crate::words_of::parse_record(&step.record).unwrap())
        .collect();
    assert_eq!(about.len(), 8);
    // As many as a block takes, and more than a screen shows.
    let flood = false_grants(&trial, &about, 64);
    let taken = peer.replica.take_handover(vec![flood], Vec::new()).unwrap();
    assert!(taken.not_taken.is_empty(), "{taken:?}");
    shown(&factory, &item, "step-granted").await;

    let to = trial.member(CARRIER);
    factory.sign(offer(&item, to)).await.unwrap();
    let after = shown(&factory, &item, "step-offered").await.journey;
    assert_eq!(after.len(), 500);
    let own = after
        .iter()
        .filter(|step| step.member == "Nansha Tea Works");
    assert_eq!(own.count(), 9);
    assert_eq!(after.last().unwrap().line.key, "step-offered");
}

/// A block of the bank, full of grants that give nothing, so many of them about each record.
fn false_grants(trial: &Trial, about: &[RecordRef], each: u16) -> chopmark_core::SignedBlock {
    let officer = key(BANK, Role::BankOfficer);
    let clock = TimeMs(now_ms());
    let when = When {
        time: clock,
        tz: TzMinutes::default(),
    };
    let position = Position {
        network: trial.genesis.id(),
        member: trial.member(BANK),
        device: officer.id(),
        seq: Seq(0),
        prev: None,
        anchor: None,
        clock,
    };
    let grants = about.iter().flat_map(|record| {
        // Which section it names says nothing about how much it gives.
        (0..each).map(move |index| {
            let record = *record;
            let section = SectionName { record, index };
            RecordDraft::new(Body::Grant { when, section }, Vec::new()).citing(vec![record])
        })
    });
    let drafts: Vec<RecordDraft> = grants.collect();
    let built = UnsignedBlock::build(position, &drafts, &Readers::default(), &[7; 32]).unwrap();
    built.sign(&officer).unwrap().block
}

/// What is not kept any more is said in words; nothing is altered or wrong.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_away_is_said_and_hides_nothing_else() {
    let trial = Trial::with(Kem::X25519, |policy, _| policy.retention_ms = 0);
    let peer = trial.peer(None).await;
    let factory = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let item = made(&factory).await;
    let to = trial.member(CARRIER);
    factory.sign(offer(&item, to)).await.unwrap();
    until("everything is sent", || async {
        factory.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;
    all_at(&peer, &item).await;
    peer.order();
    purge_all(&peer, &item);
    let courier = trial.phone_at(CARRIER, Role::Courier, &peer).await;
    let seen = shown(&courier, &item, "step-offered").await;
    let offered = step(&seen, "step-offered");
    assert_eq!((&offered.place, &offered.note), (&None, &None));
    let gone = PaperStanding::Purged {
        for_authorities: false,
    };
    assert!(!paper(offered, &gone).may_grant);
    until("it is final", || async {
        let seen = view(&courier, &item).await.unwrap();
        let status = &step(&seen, "step-offered").status;
        matches!(status, chopmark_view::EventStatus::Final { .. })
    })
    .await;
    assert!(seen.offer_to_me, "the offer itself stands");
}

/// Waits until the peer has every section of a subject's records.
async fn all_at(peer: &Peer, subject: &str) {
    until("the peer has all of it", || async {
        let hashes = sections(peer, subject);
        let store = peer.replica.store();
        let here = hashes.iter();
        !hashes.is_empty()
            && here
                .clone()
                .all(|hash| store.section(*hash).unwrap().is_some())
    })
    .await;
}

fn sections(peer: &Peer, subject: &str) -> Vec<chopmark_core::SectionHash> {
    let records = peer.replica.records_of(subject.parse().unwrap()).unwrap();
    let mut hashes = Vec::new();
    for (at, _) in records {
        let block = peer.replica.block(at.block).unwrap().unwrap();
        let record = &block.records()[usize::from(at.index)];
        hashes.extend(record.sections().iter().map(|section| section.hash()));
    }
    hashes
}

fn purge_all(peer: &Peer, subject: &str) {
    let mut batch = peer.replica.store().batch().unwrap();
    for hash in sections(peer, subject) {
        batch.purge_section(hash).unwrap();
    }
    batch.commit().unwrap();
}
