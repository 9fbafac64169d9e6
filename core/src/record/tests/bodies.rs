//! A body of every kind.

use super::*;
use crate::{GuardianChoice, RecoveryRequest, RootChange};

pub(super) fn when() -> When {
    When {
        time: TimeMs(1_790_000_000_000),
        tz: TzMinutes::new(480).unwrap(),
    }
}

pub(super) fn subject(n: u8) -> SubjectId {
    SubjectId::from_bytes([n; 32])
}

pub(super) fn member(n: u8) -> MemberId {
    MemberId::from_bytes([n; 32])
}

/// One body of every kind, with its fewest subjects.
pub(crate) fn every_body() -> Vec<(Body, Vec<SubjectId>)> {
    let device = DeviceEntry::new(
        DeviceId::from_bytes([1; 32]),
        HpkeSecret::derive(Kem::X25519, &[1; 32]).public(),
        Role::Qc,
        "QC 1",
        TimeMs(9),
    );
    let code = Code::gtin_serial("09506000134352", "A").unwrap();
    let prefix = Prefix::parse("9506000").unwrap();
    let contents = Some(Digest32::from_bytes([4; 32]));
    let prefix_too = prefix.clone();
    let run = RunSpec {
        count: 1_000_000,
        root: Digest32::from_bytes([6; 32]),
    };
    let made = [
        Made::Item(code.hash(), None),
        Made::Item(
            code.hash(),
            Some(crate::ActivationPublic::from_bytes([5; 32])),
        ),
        Made::Batch(code.hash(), kilograms(1)),
        Made::Run(run),
    ];
    let commissioned = code.subject(&NetworkId::from_bytes([1; 32]), &member(2));
    vec![
        (
            Body::Enrol {
                member: member(1),
                device: device.unwrap(),
            },
            vec![],
        ),
        (
            Body::Revoke {
                device: DeviceId::from_bytes([1; 32]),
                last: Some((Seq(3), BlockId::from_bytes([2; 32]))),
            },
            vec![],
        ),
        (
            Body::Revoke {
                device: DeviceId::from_bytes([1; 32]),
                last: None,
            },
            vec![],
        ),
        (
            Body::RegisterPrefix {
                prefix: prefix.clone(),
                member: member(1),
            },
            vec![],
        ),
        (
            Body::SetPolicy {
                replaces: Digest32::from_bytes([8; 32]),
                policy: Box::new(Policy::standard(3)),
                from: Height(9),
            },
            vec![],
        ),
        (
            Body::Commission {
                when: when(),
                class: code.class(),
                prefix,
                codes: vec![code.hash()],
                quantity: None,
                activation: vec![crate::ActivationPublic::from_bytes([5; 32])],
            },
            vec![commissioned],
        ),
        (
            Body::Observe {
                when: when(),
                step: "storing".to_owned(),
            },
            vec![subject(1)],
        ),
        (Body::Pack { when: when() }, vec![subject(1), subject(2)]),
        (Body::Unpack { when: when() }, vec![subject(1), subject(2)]),
        (
            Body::Decommission {
                when: when(),
                step: "destroying".to_owned(),
            },
            vec![subject(1)],
        ),
        (
            Body::Offer {
                when: when(),
                to: member(2).into(),
                expires: TimeMs(8),
                contents,
            },
            vec![subject(1)],
        ),
        (
            Body::Accept {
                when: when(),
                condition: Condition::Damage,
                contents: None,
                left: vec![subject(9)],
            },
            vec![subject(1)],
        ),
        (Body::Decline { when: when() }, vec![subject(1)]),
        (
            Body::Associate { when: when() },
            vec![subject(1), subject(2)],
        ),
        (
            Body::Dissociate { when: when() },
            vec![subject(1), subject(2)],
        ),
        (
            Body::OfferTitle {
                when: when(),
                to: member(2).into(),
                expires: TimeMs(8),
                contents,
            },
            vec![subject(1)],
        ),
        (
            Body::TakeTitle {
                when: when(),
                contents,
            },
            vec![subject(1)],
        ),
        (Body::DeclineTitle { when: when() }, vec![subject(1)]),
        (
            Body::PickUp {
                when: when(),
                code: crate::PickupCode::from_random(&[7; 12]),
            },
            vec![subject(1)],
        ),
        (
            Body::Activate {
                when: when(),
                owner: OwnerKey::from_bytes([1; 32]),
                signature: [2; 64],
            },
            vec![subject(1)],
        ),
        (
            Body::Resell {
                when: when(),
                to: Party::Consumer(OwnerKey::from_bytes([1; 32])),
                signature: [2; 64],
            },
            vec![subject(1)],
        ),
        (
            Body::Report {
                when: when(),
                word: "smells_of_smoke".to_owned(),
            },
            vec![subject(1)],
        ),
        (
            Body::Pledge {
                when: when(),
                to: member(3),
            },
            vec![subject(1), subject(2)],
        ),
        (Body::Release { when: when() }, vec![subject(1)]),
        (
            Body::Attest {
                when: when(),
                verdict: Verdict::Pass,
                evidence: vec![(EvidenceId::from_bytes([5; 32]), 70_000)],
            },
            vec![subject(1)],
        ),
        (
            Body::Hold {
                when: when(),
                reason: "missing_papers".to_owned(),
            },
            vec![subject(1)],
        ),
        (Body::Clear { when: when() }, vec![subject(1)]),
        (
            Body::SetReader {
                group: Group::Finance,
                epoch: 2,
                key: HpkeSecret::derive(Kem::XWing, &[1; 32]).public(),
                devices: vec![
                    (DeviceId::from_bytes([1; 32]), sealed()),
                    (DeviceId::from_bytes([2; 32]), sealed()),
                ],
                recovery: Some((HpkeSecret::derive(Kem::XWing, &[2; 32]).public(), sealed())),
            },
            vec![],
        ),
        (
            Body::AdmitMember {
                terms: terms(),
                application: Box::new(application()),
                signature: Box::new(root_signature()),
            },
            vec![],
        ),
        (
            Body::ExpelMember {
                terms: terms(),
                member: member(4),
                signature: Box::new(root_signature()),
            },
            vec![],
        ),
        (
            Body::SetValidators {
                terms: terms(),
                validators: ValidatorSet::new(vec![Validator::new(
                    member(1),
                    DeviceId::from_bytes([9; 32]),
                )])
                .unwrap(),
                signature: Box::new(root_signature()),
            },
            vec![],
        ),
        (
            Body::RotateRoot {
                change: Box::new(RootChange::rotation(
                    &NetworkId::from_bytes([1; 32]),
                    &member(1),
                    &root(),
                    Digest32::from_bytes([3; 32]),
                )),
            },
            vec![],
        ),
        (
            Body::SetGuardians {
                choice: GuardianChoice {
                    members: [member(2), member(3), member(4)].into(),
                    threshold: 2,
                    number: 1,
                },
                signature: Box::new(root_signature()),
            },
            vec![],
        ),
        (
            Body::Recover {
                request: Box::new(RecoveryRequest::new(
                    &NetworkId::from_bytes([1; 32]),
                    member(1),
                    &root().public(),
                    &root(),
                    Digest32::from_bytes([3; 32]),
                )),
            },
            vec![],
        ),
        (
            Body::ObjectRecovery {
                signature: Box::new(root_signature()),
            },
            vec![],
        ),
        (
            Body::Open {
                when: when(),
                section: section(),
                reason: "spot_check".to_owned(),
            },
            vec![],
        ),
        (
            Body::Unreadable {
                when: when(),
                section: section(),
            },
            vec![subject(1)],
        ),
        (
            Body::Grant {
                when: when(),
                section: section(),
            },
            vec![],
        ),
        (
            Body::CommissionRun {
                when: when(),
                class: GoodsClass::parse("(00)").unwrap(),
                prefix: prefix_too.clone(),
                run,
            },
            vec![subject(1)],
        ),
        (
            Body::Transform {
                when: when(),
                step: "assembling".to_owned(),
                inputs: vec![None, Some(kilograms(2)), Some(kilograms(3).veiled())],
                outputs: made
                    .map(|made| Output {
                        class: GoodsClass::parse("(01)09506000134352").unwrap(),
                        prefix: prefix_too.clone(),
                        made,
                    })
                    .to_vec(),
                losses: vec![kilograms(1)],
            },
            (1..=7).map(subject).collect(),
        ),
        (
            Body::Draw {
                when: when(),
                items: vec![RunItem {
                    index: 4,
                    code: code.hash(),
                    activation: contents,
                    path: vec![[1; 32], [2; 32]],
                }],
            },
            vec![subject(1), subject(2)],
        ),
        (
            Body::Correct {
                when: when(),
                of: cited(3),
                reason: "incorrect_data".to_owned(),
                correctives: Vec::new(),
            },
            vec![subject(1)],
        ),
    ]
}

pub(super) fn sealed() -> Sealed {
    Sealed {
        enc: vec![1; 32],
        sealed: vec![2; 48],
    }
}

fn terms() -> RosterTerms {
    RosterTerms {
        replaces: Digest32::from_bytes([8; 32]),
        height: Height(40),
    }
}

fn root() -> RootKey {
    RootKey::from_seeds(&[4; 32], &[5; 32])
}

fn root_signature() -> RootSignature {
    let act = RosterAct::Expel(member(4));
    terms().sign(&NetworkId::from_bytes([1; 32]), &act, &root())
}

fn application() -> Application {
    let hpke = HpkeSecret::derive(Kem::X25519, &[1; 32]).public();
    let keys = root().public();
    let next = keys.next_digest();
    let inception = Inception::new("New Firm", Class::Carrier, keys, next, hpke.clone());
    let admin = DeviceId::from_bytes([7; 32]);
    let admin = DeviceEntry::new(admin, hpke, Role::Admin, "office", TimeMs(9));
    let applicant = Founder::new(inception.unwrap(), vec![admin.unwrap()]);
    Application::sign(applicant, &NetworkId::from_bytes([1; 32]), &root())
}

pub(super) fn section() -> SectionName {
    let record = RecordRef {
        block: BlockId::from_bytes([3; 32]),
        index: 2,
    };
    SectionName { record, index: 1 }
}

pub(super) fn kilograms(amount: u64) -> Quantity {
    Quantity::new(Amount::new(amount, 0).unwrap(), "KGM".parse().unwrap())
}

pub(super) fn cited(n: u8) -> RecordRef {
    RecordRef {
        block: BlockId::from_bytes([n; 32]),
        index: 0,
    }
}
