mod bodies;

use proptest::prelude::*;

use super::*;
use crate::{
    Amount, Application, BlockId, Class, Code, DeviceEntry, DeviceId, Digest32, EvidenceId,
    EvidenceLink, Founder, GoodsClass, Group, Height, HpkeSecret, Inception, Jurisdiction, Kem,
    MemberId, NetworkId, OwnerKey, Party, PickupHash, Policy, Prefix, Quantity,
    RUN_LIST_MEDIA_TYPE, ReaderGroup, Role, RootKey, RootSignature, RosterAct, RosterTerms, Sealed,
    SectionBody, SectionHash, SectionKey, Seq, TimeMs, TzMinutes, Validator, ValidatorSet,
};

pub(crate) use bodies::every_body;
use bodies::*;

#[test]
fn a_correction_names_its_reason_by_a_word_or_a_uri() {
    let with = |reason: &str| {
        let body = Body::Correct {
            when: when(),
            of: cited(1),
            reason: reason.to_owned(),
            correctives: vec![cited(2)],
        };
        let draft = RecordDraft::new(body, vec![subject(1)]);
        Record::new(&draft.citing(vec![cited(1), cited(2)]), Vec::new())
    };
    for reason in [
        "did_not_occur",
        "https://example.org/reasons#wrong",
        "urn:x:y",
    ] {
        assert!(with(reason).is_ok(), "{reason}");
    }
    for reason in ["", "Wrong!", "a b:c", "javascript:x y", "://x"] {
        assert!(with(reason).is_err(), "{reason}");
    }
}

#[test]
fn regulators_are_told_what_others_are_but_no_person_and_no_key() {
    let name = Jurisdiction::parse("cn-gd").unwrap();
    let mut policy = Policy::standard(2);
    for kind in [Kind::Observe, Kind::CommissionRun, Kind::Transform] {
        policy.required.insert(kind, name.clone());
    }
    let list = EvidenceLink {
        id: EvidenceId::from_bytes([1; 32]),
        key: [2; 32],
        media_type: RUN_LIST_MEDIA_TYPE.to_owned(),
        length: 3,
        caption: String::new(),
    };
    let photo = EvidenceLink {
        id: EvidenceId::from_bytes([4; 32]),
        media_type: "image/jpeg".to_owned(),
        ..list.clone()
    };
    let told = SectionBody {
        product: Some("Tea".to_owned()),
        person: Some("Li Na".to_owned()),
        evidence: vec![list, photo.clone()],
        granted: Some(SectionKey::from_bytes([3; 32])),
        ..SectionBody::default()
    };
    let parties = AudienceDraft::parties([member(1)]);
    for (body, subjects) in every_body() {
        let kind = body.kind();
        let draft = RecordDraft::new(body, subjects);
        let bare = draft.clone().telling_regulators_of(&policy);
        let draft = draft.telling(parties.clone(), told.clone());
        let telling = draft.clone().telling_regulators_of(&policy);
        if !policy.required.contains_key(&kind) {
            assert_eq!((bare.sections.len(), telling), (0, draft));
            continue;
        }
        let audience = AudienceDraft::Regulators(name.clone());
        assert_eq!(bare.sections, [(audience.clone(), SectionBody::default())]);
        // The list of a run is its member's alone.
        let expected = SectionBody {
            product: told.product.clone(),
            evidence: vec![photo.clone()],
            ..SectionBody::default()
        };
        assert_eq!(telling.sections[1], (audience, expected));
        assert_eq!(telling.clone().telling_regulators_of(&policy), telling);
    }
}

fn record(body: Body, subjects: Vec<SubjectId>) -> Result<Record, CborError> {
    Record::new(&RecordDraft::new(body, subjects), Vec::new())
}

/// What a record has to cite: what it corrects, or whose section it is about.
pub(crate) fn cites_of(body: &Body) -> Vec<RecordRef> {
    let named = match body {
        Body::Correct { of, .. } => Some(*of),
        _ => body.section().map(|section| section.record),
    };
    named.into_iter().collect()
}

#[test]
fn every_kind_is_read_back() {
    let mut kinds = BTreeSet::new();
    for (body, subjects) in every_body() {
        kinds.insert(body.kind());
        let mut cites = cites_of(&body);
        if cites.is_empty() {
            cites.push(cited(3));
        }
        let mut draft = RecordDraft::new(body, subjects).citing(cites);
        // A change of policy or roster stands alone.
        draft.group = (!draft.body.stands_alone()).then_some(1);
        let sections = vec![SectionRef::new(
            Audience::Parties([member(1).into(), member(2).into()].into()),
            SectionHash::from_bytes([6; 32]),
            40,
            [7; 16],
        )];
        let record = Record::new(&draft, sections).unwrap();
        assert_eq!(Record::from_bytes(&record.to_bytes()), Ok(record));
    }
    assert_eq!(kinds.len(), Kind::ALL.len(), "a kind is not in the table");
}

#[test]
fn what_no_record_may_say_is_named() {
    let observe = |step: &str| Body::Observe {
        when: when(),
        step: step.to_owned(),
    };
    let decommission = Body::Decommission {
        when: when(),
        step: "gone for good".to_owned(),
    };
    let hold = Body::Hold {
        when: when(),
        reason: "Papers?".to_owned(),
    };
    let pack = Body::Pack { when: when() };
    let commission = |class: &str, codes: u8| Body::Commission {
        when: when(),
        class: class.to_owned(),
        prefix: Prefix::parse("9506000").unwrap(),
        codes: (0..codes)
            .map(|n| crate::CodeHash::from_bytes([n; 32]))
            .collect(),
        quantity: None,
        activation: Vec::new(),
    };
    let weighed = Body::Commission {
        when: when(),
        class: "(00)".to_owned(),
        prefix: Prefix::parse("9506000").unwrap(),
        codes: vec![crate::CodeHash::from_bytes([1; 32])],
        quantity: Some(kilograms(1)),
        activation: Vec::new(),
    };
    let transform = |inputs: usize, outputs: Vec<Output>, losses: Vec<Quantity>| Body::Transform {
        when: when(),
        step: "assembling".to_owned(),
        inputs: vec![Some(kilograms(1)); inputs],
        outputs,
        losses,
    };
    let run = |count| RunSpec {
        count,
        root: Digest32::from_bytes([1; 32]),
    };
    let output = |class: &str, made| Output {
        class: GoodsClass::parse(class).unwrap(),
        prefix: Prefix::parse("9506000").unwrap(),
        made,
    };
    let made = |class, made| transform(1, vec![output(class, made)], Vec::new());
    let code = crate::CodeHash::from_bytes([1; 32]);
    let commission_run = |count| Body::CommissionRun {
        when: when(),
        class: GoodsClass::parse("(00)").unwrap(),
        prefix: Prefix::parse("9506000").unwrap(),
        run: run(count),
    };
    let correct = |reason: &str| Body::Correct {
        when: when(),
        of: cited(1),
        reason: reason.to_owned(),
        correctives: Vec::new(),
    };
    let twice = vec![kilograms(1), kilograms(2)];
    let two = vec![subject(1), subject(2)];
    let evidence = |count: usize, length: u64| Body::Attest {
        when: when(),
        verdict: Verdict::Fail,
        evidence: vec![(EvidenceId::from_bytes([5; 32]), length); count],
    };
    let many: Vec<_> = (0..=1024u16)
        .map(|n| {
            let mut bytes = [0; 32];
            bytes[..2].copy_from_slice(&n.to_be_bytes());
            SubjectId::from_bytes(bytes)
        })
        .collect();
    let offer = |to: Party| Body::Offer {
        when: when(),
        to,
        expires: TimeMs(8),
        contents: None,
    };
    let offer_title = |to: Party| Body::OfferTitle {
        when: when(),
        to,
        expires: TimeMs(8),
        contents: None,
    };
    let bearer = Party::Bearer(PickupHash::from_bytes([1; 32]));
    let consumer = Party::Consumer(OwnerKey::from_bytes([1; 32]));
    let left = |left: Vec<SubjectId>| Body::Accept {
        when: when(),
        condition: Condition::Shortage,
        contents: None,
        left,
    };
    let report = Body::Report {
        when: when(),
        word: "Odd".to_owned(),
    };
    let mut one_key = commission("(00)", 2);
    if let Body::Commission { activation, .. } = &mut one_key {
        activation.push(crate::ActivationPublic::from_bytes([5; 32]));
    }
    let table = [
        (offer(consumer), vec![subject(1)], "addressee"),
        (offer_title(consumer), vec![subject(1)], "addressee"),
        (offer_title(bearer), vec![subject(1)], "addressee"),
        (left(vec![subject(2); 2]), vec![subject(1)], "what was left"),
        (left(many.clone()), vec![subject(1)], "what was left"),
        (report, vec![subject(1)], "report"),
        (one_key, vec![subject(1), subject(2)], "activation keys"),
        (observe("storing"), vec![], "number of subjects"),
        (observe("storing"), many, "number of subjects"),
        (pack.clone(), vec![subject(1)], "number of subjects"),
        (pack, vec![subject(1), subject(1)], "subjects"),
        (observe("Storing!"), vec![subject(1)], "business step"),
        (observe(""), vec![subject(1)], "business step"),
        (hold, vec![subject(1)], "reason"),
        (decommission, vec![subject(1)], "business step"),
        (commission("(01)1", 1), vec![subject(1)], "class"),
        (commission("(00)", 2), vec![subject(1)], "number of codes"),
        (evidence(33, 1), vec![subject(1)], "evidence"),
        (evidence(1, u64::MAX), vec![subject(1)], "evidence"),
        (weighed, vec![subject(1)], "quantity"),
        (
            transform(0, vec![], vec![]),
            vec![subject(1)],
            "number of codes",
        ),
        (transform(1, vec![], vec![]), two.clone(), "number of codes"),
        (transform(2, vec![], twice), two.clone(), "losses"),
        (
            made("(00)", Made::Batch(code, kilograms(1))),
            two.clone(),
            "quantity",
        ),
        (made("(00)", Made::Run(run(0))), two.clone(), "run's count"),
        (commission_run(0), vec![subject(1)], "run's count"),
        (commission_run(1_000_001), vec![subject(1)], "run's count"),
        (correct("did_not_occur"), vec![subject(1)], "cites"),
        (
            Body::Draw {
                when: when(),
                items: vec![],
            },
            two,
            "number of codes",
        ),
    ];
    for (body, subjects, what) in table {
        assert_eq!(record(body, subjects), Err(CborError::Value { what }));
    }
}

#[test]
fn a_label_section_is_for_a_subject_that_is_there() {
    let draft = RecordDraft::new(
        Body::Observe {
            when: when(),
            step: "storing".to_owned(),
        },
        vec![subject(1)],
    );
    let section = |subject_index| {
        SectionRef::new(
            Audience::Label { subject_index },
            SectionHash::from_bytes([6; 32]),
            40,
            [7; 16],
        )
    };
    assert!(Record::new(&draft, vec![section(0)]).is_ok());
    assert_eq!(
        Record::new(&draft, vec![section(1)]),
        Err(CborError::Value {
            what: "label audience"
        })
    );
}

#[test]
fn parties_are_sorted_and_somebody() {
    let parties = |members: &[u8]| {
        let mut to = Writer::new();
        to.array(2);
        to.u64(0);
        to.array(members.len());
        for n in members {
            ReaderGroup::from(member(*n)).write(&mut to);
        }
        from_canonical::<Audience>(&to.into_bytes())
    };
    assert!(parties(&[1, 2]).is_ok());
    assert_eq!(parties(&[2, 1]), Err(CborError::NonCanonical));
    assert_eq!(parties(&[1, 1]), Err(CborError::NonCanonical));
    assert_eq!(parties(&[]), Err(CborError::Value { what: "audience" }));
}

#[test]
fn unknown_kinds_and_half_a_revocation_are_refused() {
    let mut bytes = record(Body::Pack { when: when() }, vec![subject(1), subject(2)])
        .unwrap()
        .to_bytes();
    bytes[1] = 0;
    assert_eq!(
        Record::from_bytes(&bytes),
        Err(CborError::Value { what: "kind" })
    );

    let mut to = Writer::new();
    to.array(6);
    to.u64(2);
    to.array(0);
    to.array(0);
    to.array(3);
    DeviceId::from_bytes([1; 32]).write(&mut to);
    to.u64(4);
    to.null();
    to.array(0);
    to.null();
    assert_eq!(
        Record::from_bytes(&to.into_bytes()),
        Err(CborError::Value { what: "last block" })
    );
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Record::from_bytes(&bytes);
    }

    #[test]
    fn a_flipped_bit_is_refused_or_another_record(
        which in 0usize..29, at: prop::sample::Index, bit in 0u8..8,
    ) {
        let (body, subjects) = every_body().swap_remove(which);
        let cites = cites_of(&body);
        let draft = RecordDraft::new(body, subjects).citing(cites);
        let good = Record::new(&draft, Vec::new()).unwrap();
        let mut bytes = good.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(other) = Record::from_bytes(&bytes) {
            prop_assert_ne!(&other, &good);
            prop_assert_eq!(other.to_bytes(), bytes);
        }
    }
}
