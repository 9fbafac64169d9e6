use chopmark_core::{
    Body, RUN_LIST_MEDIA_TYPE, Role, SectionHash, StateView as _, SubjectId, sealed_evidence_length,
};
use chopmark_view::{
    Action, Discard, Found, Home, Lookup, Make, NewBatch, NewRun, NewThing, Prepare, Unlock,
};

use super::trial::{FACTORY, GTIN, PASSPHRASE, Phone, Trial, photo, until};

fn batch(number: &str, amount: &str, unit: &str) -> Action {
    Action::Make(Make::Batch(NewBatch {
        gtin: GTIN.into(),
        product: "Oolong".into(),
        batch: number.into(),
        amount: amount.into(),
        unit: unit.into(),
        place: None,
    }))
}

fn thing(code: &str) -> Action {
    Action::Make(Make::Thing(NewThing {
        code: code.into(),
        name: Some("Box 7".into()),
        place: None,
    }))
}

fn run(count: u32) -> Action {
    Action::Make(Make::Run(NewRun {
        gtin: GTIN.into(),
        product: "Oolong".into(),
        count,
        place: None,
        public: true,
    }))
}

async fn card_of(phone: &Phone, code: &str) -> chopmark_view::SubjectCard {
    match phone.ask(Lookup { text: code.into() }).await.unwrap() {
        Found::Subject(card) => card,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_and_a_box_begin_with_their_names() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    phone.sign(batch("L1", "12.50", "KGM")).await.unwrap();
    let card = card_of(&phone, &format!("(01){GTIN}(10)L1")).await;
    assert_eq!(card.product.as_deref(), Some("Oolong"));
    phone.sign(thing("(8003)09506000111117A7")).await.unwrap();
    let card = card_of(&phone, "(8003)09506000111117A7").await;
    assert_eq!(card.product.as_deref(), Some("Box 7"));
}

#[tokio::test(flavor = "multi_thread")]
async fn names_what_cannot_be_made() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    phone.sign(batch("L1", "1", "KGM")).await.unwrap();
    for (action, code) in [
        (batch("L1", "2", "KGM"), "already-commissioned"),
        (batch("L2", "0", "KGM"), "amount-unreadable"),
        (batch("L2", "a lot", "KGM"), "amount-unreadable"),
        (batch("L2", "-1", "KGM"), "amount-unreadable"),
        (batch("L2", "1", "kilo"), "unit-unreadable"),
        (batch("", "1", "KGM"), "code-length"),
        (thing(&format!("(01){GTIN}(10)L3")), "amount-missing"),
        (thing("(00)340123450000000000"), "not-your-prefix"),
        (thing("CSQU3054383"), "not-your-prefix"),
        (run(0), "count-out-of-range"),
        (run(1_000_001), "count-out-of-range"),
    ] {
        let said = format!("{action:?}");
        assert_eq!(phone.refused(Prepare { action }).await, code, "{said}");
    }
}

/// A phone commissions a run; its list reaches the member's peer as soon as that wants it, and
/// only a section says that there is one.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_a_phones_run_reaches_its_members_peer() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    let phone = trial.phone_at(FACTORY, Role::Qc, &peer).await;
    let signed = phone.sign(run(2_000)).await.unwrap();
    let subject: SubjectId = signed.subjects[0].parse().unwrap();
    until("the block is sent", || async {
        phone.ask(Home {}).await.unwrap().counts.unsent == 0
    })
    .await;
    let (at, _) = peer.replica.records_of(subject).unwrap().remove(0);
    let block = peer.replica.block(at.block).unwrap().unwrap();
    let record = &block.records()[usize::from(at.index)];
    let Body::CommissionRun { run: spec, .. } = record.body() else {
        panic!("{:?}", record.body());
    };
    assert_eq!(spec.count, 2_000);
    assert!(
        peer.replica
            .read(|_, view| view.subject(&subject).is_some())
    );

    // What a member's peer does with such a section: it asks for the file that it names.
    let sections: Vec<SectionHash> = record.sections().iter().map(|s| s.hash()).collect();
    assert_eq!(sections.len(), 2);
    let opener = chopmark_core::Opener::new(trial.genesis.id());
    let opener = chopmark_core::Group::ALL
        .iter()
        .fold(opener, |opener, group| {
            let of = chopmark_core::ReaderGroup::new(trial.member(FACTORY), *group);
            opener.with_reader(of, 0, &trial.reader_key(FACTORY))
        });
    let ciphertext = peer.replica.section(sections[0]).unwrap().unwrap();
    let body = opener.of(&block).open(at.index, 0, &ciphertext).unwrap();
    let link = &body.evidence[0];
    assert_eq!(link.media_type, RUN_LIST_MEDIA_TYPE);
    assert!(peer.replica.vault().length(link.id).is_none());
    let length = sealed_evidence_length(link.length);
    peer.replica.want_evidence(link.id, length).unwrap();
    until("the list is at the peer", || async {
        peer.replica.vault().length(link.id) == Some(length)
    })
    .await;
}

/// The list is sealed before anything is signed, and a million items take tens of megabytes.
#[tokio::test(flavor = "multi_thread")]
async fn the_list_of_a_run_goes_with_its_draft() {
    let trial = Trial::new();
    let phone = trial.phone(FACTORY, Role::Qc).await;
    // A photo that no record names yet stays whatever happens to drafts.
    phone.attach("image/jpeg", &photo()).await.unwrap();
    let lists = |phone: &Phone| {
        let files = std::fs::read_dir(phone.path().join("evidence")).unwrap();
        files.count() - 1
    };
    let draft = async |action| phone.ask(Prepare { action }).await.unwrap().draft;
    let foreign = Action::Make(Make::Run(NewRun {
        gtin: "04012345678901".into(),
        product: "Oolong".into(),
        count: 5,
        place: None,
        public: false,
    }));
    let no = phone.refused(Prepare { action: foreign }).await;
    assert_eq!((no.as_str(), lists(&phone)), ("not-your-prefix", 0));

    let name = draft(run(50)).await;
    assert_eq!(lists(&phone), 1);
    phone.ask(Discard { draft: name }).await.unwrap();
    assert_eq!(lists(&phone), 0);

    // More than are kept at a time: each that is replaced takes its list along.
    for _ in 0..20 {
        draft(run(5)).await;
    }
    assert_eq!(lists(&phone), 16);
    let reopened = |phone: Phone| async {
        let Phone { folder, client } = phone;
        client.close().await;
        drop(client);
        let phone = Phone::on(folder).await;
        let passphrase = PASSPHRASE.into();
        phone.ask(Unlock { passphrase }).await.unwrap();
        phone
    };
    let phone = reopened(phone).await;
    assert_eq!(lists(&phone), 0, "drafts end with the app");

    phone.sign(run(5)).await.unwrap();
    let phone = reopened(phone).await;
    assert_eq!(lists(&phone), 1, "what was signed stays");
}
