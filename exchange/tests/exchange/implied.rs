//! Every kind of record of the app that EPCIS has an event for, judged by the standard's schema.

use crate::making::assert_valid;
use crate::network::{HOST, Network, START};
use chopmark_core::{
    Body, Code, Condition, Coordinates, Digest32, GoodsClass, Made, Measured, Output, OwnerKey,
    Party, PickupCode, PickupHash, Prefix, Quantity, RecordDraft, RecordRef, RunSpec, SectionBody,
    SectionName, StateView as _, SubjectId, TimeMs, TzMinutes, Verdict, When,
};
use chopmark_epcis::{CompanyPrefixes, Event, Form};
use chopmark_exchange::{Opened, Style, Unwritten, declaration, event, event_of_run};

const ITEM: &str = "(01)09506000134352(21)A1";
const BATCH: &str = "(01)09506000134352(10)L1";
const BATCH_LINK: &str = "/10/";
const CASE: &str = "(00)195060002345678901";

fn when() -> When {
    When {
        time: START,
        tz: TzMinutes::new(480).unwrap(),
    }
}

fn said(codes: &[&str]) -> SectionBody {
    SectionBody {
        codes: codes.iter().map(|code| (*code).to_owned()).collect(),
        ..SectionBody::default()
    }
}

/// Everything beside the codes that a section of the app says.
fn full(codes: &[&str]) -> SectionBody {
    SectionBody {
        product: Some("Tea 500 g 茶".to_owned()),
        place: Some("Quay 4".to_owned()),
        position: Coordinates::new(226_000_000, 1_136_000_000, 20_000),
        note: Some("wet at one corner".to_owned()),
        measured: vec![
            Measured {
                name: "Temperature".to_owned(),
                value: "4.5".to_owned(),
                unit: "CEL".to_owned(),
            },
            Measured {
                name: "colour".to_owned(),
                value: "green".to_owned(),
                unit: String::new(),
            },
        ],
        ..said(codes)
    }
}

/// The event of a record of the factory's, which is about what its section names.
fn written(
    network: &Network,
    (body, section): (&Body, &SectionBody),
    form: Form,
) -> Result<Event, Unwritten> {
    let subject = |code: &String| {
        Code::parse(code)
            .unwrap()
            .subject(&network.pending().network(), &network.members[0])
    };
    let (named, items) = match body {
        Body::CommissionRun { .. } => section.codes.split_at(0),
        Body::Transform { inputs, .. } if body.runs().next().is_some() => {
            section.codes.split_at(inputs.len())
        }
        _ => (&section.codes[..], &[][..]),
    };
    let mut subjects: Vec<SubjectId> = named.iter().map(subject).collect();
    let run = |(_, run): (usize, &RunSpec)| {
        run.subject(&network.pending().network(), &network.members[0])
    };
    subjects.extend(body.runs().map(run));
    let cites = body.section().map(|section| section.record);
    let draft = RecordDraft::new(body.clone(), subjects).citing(cites.into_iter().collect());
    let block = network.write_first(&draft);
    let mut known = CompanyPrefixes::default();
    known.learn("9506000");
    let section = SectionBody {
        codes: named.to_vec(),
        ..section.clone()
    };
    let opened = Opened {
        at: RecordRef {
            block: block.id(),
            index: 0,
        },
        record: &block.records()[0],
        author: network.members[0],
        section: &section,
    };
    let style = Style {
        form,
        host: HOST,
        known: &known,
    };
    if items.is_empty() {
        return event(&opened, &style);
    }
    let items: Vec<Code> = items
        .iter()
        .map(|code| Code::parse(code).unwrap())
        .collect();
    let (first, rest) = items.split_at(1);
    // What comes after the first names items alone, and of a transformation what it is part of.
    let more = event_of_run(&opened, (rest, false), &style)?.write();
    let more = more.to_string();
    assert!(!more.contains(BATCH_LINK), "{more}");
    let is_part = more.contains(r#""transformationID":"https://"#);
    assert_eq!(is_part, matches!(body, Body::Transform { .. }), "{more}");
    event_of_run(&opened, (first, true), &style)
}

fn lost(step: &str) -> Body {
    let kilos = Quantity::new("2.5".parse().unwrap(), "KGM".parse().unwrap());
    Body::Transform {
        when: when(),
        step: step.to_owned(),
        inputs: vec![Some(kilos), None],
        outputs: Vec::new(),
        losses: vec![kilos],
    }
}

/// Things begin and end, and go into each other.
fn lives() -> Vec<(Body, SectionBody, &'static str)> {
    let when = when();
    let commission = |code: &str, quantity| Body::Commission {
        when,
        class: Code::parse(code).unwrap().class(),
        prefix: Prefix::parse("9506000").unwrap(),
        codes: vec![Code::parse(code).unwrap().hash()],
        quantity,
        activation: Vec::new(),
    };
    let kilos = Quantity::new("2.5".parse().unwrap(), "KGM".parse().unwrap());
    let run = Body::CommissionRun {
        when,
        class: GoodsClass::parse("(01)09506000134352").unwrap(),
        prefix: Prefix::parse("9506000").unwrap(),
        run: RunSpec {
            count: 3,
            root: Digest32::from_bytes([3; 32]),
        },
    };
    let step = |step: &str| step.to_owned();
    let (class, prefix) = (
        GoodsClass::parse("(01)09506000134352"),
        Prefix::parse("9506000"),
    );
    let made = Body::Transform {
        when,
        step: step("commissioning"),
        inputs: vec![Some(kilos)],
        outputs: vec![Output {
            class: class.unwrap(),
            prefix: prefix.unwrap(),
            made: Made::Run(RunSpec {
                count: 2,
                root: Digest32::from_bytes([4; 32]),
            }),
        }],
        losses: Vec::new(),
    };
    let pair = [CASE, ITEM];
    vec![
        (
            commission(ITEM, None),
            full(&[ITEM]),
            r#""action":"ADD","bizStep":"commissioning","chopmark:note""#,
        ),
        (
            commission(BATCH, Some(kilos)),
            full(&[BATCH]),
            r#""quantity":2.5,"uom":"KGM""#,
        ),
        // The run is one subject; its maker's list names the items.
        (
            run,
            said(&[ITEM, "(01)09506000134352(21)A2", "(01)09506000134352(21)A3"]),
            r#""action":"ADD","bizStep":"commissioning""#,
        ),
        (
            made,
            said(&[BATCH, ITEM, "(01)09506000134352(21)A2"]),
            r#""quantity":2.5,"uom":"KGM""#,
        ),
        (
            Body::Observe {
                when,
                step: step("storing"),
            },
            full(&[ITEM, BATCH]),
            r#""action":"OBSERVE","bizStep":"storing""#,
        ),
        (
            Body::Pack { when },
            full(&pair),
            r#""type":"AggregationEvent""#,
        ),
        (
            Body::Unpack { when },
            full(&pair),
            r#""action":"DELETE","bizStep":"unpacking""#,
        ),
        (
            Body::Associate { when },
            full(&pair),
            r#""type":"AssociationEvent""#,
        ),
        (
            Body::Dissociate { when },
            full(&pair),
            r#""bizStep":"removing""#,
        ),
        (
            Body::Decommission {
                when,
                step: step("decommissioning"),
            },
            full(&[ITEM, BATCH]),
            r#""action":"DELETE","bizStep":"decommissioning""#,
        ),
    ]
}

/// Things change hands.
fn hands(network: &Network) -> Vec<(Body, SectionBody, &'static str)> {
    let when = when();
    let (us, other) = (network.members[0], network.members[1]);
    let offer = |to| Body::Offer {
        when,
        to,
        expires: TimeMs(START.0 + 1),
        contents: None,
    };
    let accept = |condition| Body::Accept {
        when,
        condition,
        contents: None,
        left: Vec::new(),
    };
    let consumer = Party::Consumer(OwnerKey::from_bytes([1; 32]));
    let resell = |to| Body::Resell {
        when,
        to,
        signature: [0; 64],
    };
    let cases = [
        (
            offer(other.into()),
            r#""destinationList":[{"destination":"https://chopmark.invalid/member/"#,
        ),
        (
            offer(Party::Bearer(PickupHash::from_bytes([1; 32]))),
            r#""type":"possessing_party""#,
        ),
        (accept(Condition::Good), r#""disposition":"in_progress""#),
        (
            accept(Condition::Shortage),
            r#""disposition":"mismatch_quantity""#,
        ),
        (accept(Condition::Damage), r#""disposition":"damaged""#),
        (
            accept(Condition::SealBroken),
            r#""disposition":"container_open""#,
        ),
        (Body::Decline { when }, r#""bizStep":"void_shipping""#),
        (
            Body::PickUp {
                when,
                code: PickupCode::from_random(&[1; 12]),
            },
            r#""bizStep":"accepting""#,
        ),
        (
            Body::TakeTitle {
                when,
                contents: None,
            },
            r#""type":"owning_party""#,
        ),
        (
            Body::Activate {
                when,
                owner: OwnerKey::from_bytes([1; 32]),
                signature: [0; 64],
            },
            r#""disposition":"retail_sold""#,
        ),
        (resell(consumer), r#""disposition":"retail_sold""#),
        (resell(us.into()), r#""disposition":"returned""#),
    ];
    let cases = cases.into_iter();
    cases
        .map(|(body, expected)| (body, full(&[ITEM]), expected))
        .collect()
}

/// Somebody says how things are.
fn judgements() -> Vec<(Body, SectionBody, &'static str)> {
    let when = when();
    let attest = |verdict| Body::Attest {
        when,
        verdict,
        evidence: Vec::new(),
    };
    let report = |word: &str| Body::Report {
        when,
        word: word.to_owned(),
    };
    let unreadable = Body::Unreadable {
        when,
        section: SectionName {
            record: RecordRef {
                block: chopmark_core::BlockId::from_bytes([1; 32]),
                index: 0,
            },
            index: 0,
        },
    };
    let hold = Body::Hold {
        when,
        reason: "papers".to_owned(),
    };
    let cases = [
        (attest(Verdict::Pass), r#""disposition":"conformant""#),
        (attest(Verdict::Fail), r#""disposition":"non_conformant""#),
        (
            attest(Verdict::Conditional),
            r#""chopmark:verdict":"conditional""#,
        ),
        (report("stolen"), r#""disposition":"stolen""#),
        (report("smells"), r#""chopmark:report":"smells""#),
        (hold, r#""bizStep":"holding""#),
        (unreadable, r#""chopmark:reason":"unreadable""#),
        (Body::Clear { when }, r#""disposition":"available""#),
    ];
    let cases = cases.into_iter();
    cases
        .map(|(body, expected)| (body, full(&[ITEM, BATCH]), expected))
        .collect()
}

#[test]
fn every_kind_with_an_event_is_one_that_the_schema_takes() {
    let network = Network::new();
    let cases = [lives(), hands(&network), judgements()].concat();
    let mut made = Vec::new();
    for form in [Form::Link, Form::Urn] {
        for (body, section, expected) in &cases {
            let event = written(&network, (body, section), form);
            let event = event.unwrap_or_else(|why| panic!("{body:?}: {why}"));
            let text = event.write().to_string();
            assert!(text.contains(expected), "{expected}\n{text}");
            made.push(event);
        }
    }
    assert_valid(&made);
}

#[test]
fn corrections_are_declarations_that_the_schema_takes() {
    let network = Network::new();
    let seen = |step: &str| {
        let step = step.to_owned();
        let body = Body::Observe { when: when(), step };
        written(&network, (&body, &full(&[ITEM])), Form::Urn).unwrap()
    };
    let (wrong, right) = (seen("storing"), seen("shipping"));
    let block = chopmark_core::BlockId::from_bytes([1; 32]);
    let at = |index| RecordRef { block, index };
    let mut made = vec![wrong.clone(), right.clone()];
    for (reason, correctives) in [("did_not_occur", vec![]), ("mistyped", vec![at(1)])] {
        let rights = vec![right.clone(); correctives.len()];
        let cites = std::iter::once(at(0)).chain(correctives.clone()).collect();
        let body = Body::Correct {
            when: when(),
            of: at(0),
            reason: reason.to_owned(),
            correctives,
        };
        let draft = RecordDraft::new(body, vec![SubjectId::from_bytes([9; 32])]).citing(cites);
        let block = network.write_first(&draft);
        let opened = Opened {
            at: RecordRef {
                block: block.id(),
                index: 0,
            },
            record: &block.records()[0],
            author: network.members[0],
            section: &SectionBody::default(),
        };
        made.push(declaration(&opened, &wrong, &rights).unwrap());
    }
    assert_valid(&made);
}

/// It used to be a transformation without outputs, which the standard does not allow, and no
/// export of that member was written any more.
#[test]
fn where_all_is_lost_what_went_in_has_ended() {
    let network = Network::new();
    let section = full(&[BATCH, ITEM]);
    let mut made = Vec::new();
    for (step, disposition) in [("destroying", "destroyed"), ("other", "inactive")] {
        let event = written(&network, (&lost(step), &section), Form::Urn).unwrap();
        let text = event.write().to_string();
        for expected in [
            r#""type":"ObjectEvent""#,
            r#""action":"DELETE""#,
            r#""epcList":["urn:epc:id:sgtin:9506000.013435.A1"]"#,
            r#""quantityList":[{"epcClass":"urn:epc:class:lgtin:9506000.013435.L1","quantity":2.5,"uom":"KGM"}]"#,
            &format!(r#""bizStep":"{step}""#),
            &format!(r#""disposition":"{disposition}""#),
        ] {
            assert!(text.contains(expected), "{expected}\n{text}");
        }
        made.push(event);
    }
    assert_valid(&made);
}

#[test]
fn what_changes_a_right_that_epcis_does_not_know_has_no_event() {
    let network = Network::new();
    let when = when();
    let offer = Body::OfferTitle {
        when,
        to: network.members[1].into(),
        expires: TimeMs(START.0 + 1),
        contents: None,
    };
    let to = network.members[1];
    for body in [
        offer,
        Body::DeclineTitle { when },
        Body::Pledge { when, to },
        Body::Release { when },
    ] {
        let written = written(&network, (&body, &said(&[ITEM])), Form::Link);
        assert_eq!(written, Err(Unwritten::NoEvent), "{body:?}");
    }
}
