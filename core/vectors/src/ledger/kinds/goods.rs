//! Members, devices and keys; things that begin, are packed, made into others and looked at.

use super::{Net, Who, roster, when};
use anyhow::{Context, Result};
use chopmark_core::{
    ActivationSecret, Amount, AudienceDraft, Body, Code, DeviceEntry, DeviceKey, GoodsClass, Group,
    Height, HpkeSecret, Kem, Made, Output, Prefix, Quantity, ReaderGroup, ReaderKey, RecordDraft,
    Role, RunList, SectionBody, StateView, SubjectId, Verdict, check_digit,
};

const PREFIX: &str = "9506000";
const GOODS: &str = "09506000134352";

pub(super) fn tell(net: &mut Net) -> Result<()> {
    agree(net)?;
    roster::tell(net)?;
    staff(net)?;
    begin(net)?;
    handle(net)
}

/// What two members write holds.
fn agree(net: &mut Net) -> Result<()> {
    let factory = net.id(Who::Factory)?;
    let before = net.ledger.state().policy().clone();
    let mut after = before.clone();
    after.grace_ms = 60_000;
    let from = Height(net.ledger.tip().height.0 + 4);
    for who in [Who::Factory, Who::Carrier] {
        let register = Body::RegisterPrefix {
            prefix: Prefix::parse(PREFIX)?,
            member: factory,
        };
        let amend = Body::SetPolicy {
            replaces: before.digest(),
            policy: Box::new(after.clone()),
            from,
        };
        let drafts = [register, amend].map(|body| RecordDraft::new(body, Vec::new()));
        net.write(who, &drafts)?;
    }
    Ok(())
}

/// A device comes and goes, and a reader group gets its key.
fn staff(net: &mut Net) -> Result<()> {
    let member = net.id(Who::Factory)?;
    let key = DeviceKey::from_seed(&[90; 32]).id();
    let hpke = HpkeSecret::derive(Kem::X25519, &[91; 32]).public();
    let until = net.ledger.tip().time.plus(1_000_000);
    let device = DeviceEntry::new(key, hpke.clone(), Role::Qc, "hall 2", until)?;
    let enrol = Body::Enrol { member, device };
    net.one(Who::Factory, RecordDraft::new(enrol, Vec::new()))?;
    let of = ReaderGroup::new(member, Group::Operations);
    let reader = ReaderKey {
        of,
        epoch: 0,
        secret: HpkeSecret::derive(Kem::X25519, &[92; 32]),
    };
    let network = net.genesis.id();
    let sealed = reader.seal_for_device(&network, (&key, &hpke), &[93; 32])?;
    let set = Body::SetReader {
        group: of.group,
        epoch: reader.epoch,
        key: reader.secret.public(),
        devices: vec![(key, sealed)],
        recovery: None,
    };
    let revoke = Body::Revoke {
        device: key,
        last: None,
    };
    let drafts = [set, revoke].map(|body| RecordDraft::new(body, Vec::new()));
    net.write(Who::Factory, &drafts)?;
    Ok(())
}

pub(super) fn item(serial: &str) -> Result<Code> {
    Ok(Code::gtin_serial(GOODS, serial)?)
}

fn case() -> Result<Code> {
    let digits = format!("0{PREFIX}000000001");
    let check = check_digit(&digits).context("no check digit")?;
    Ok(Code::sscc(&format!("{digits}{check}"))?)
}

fn bill() -> Result<Code> {
    let digits = format!("{PREFIX}00001");
    let check = check_digit(&digits).context("no check digit")?;
    Ok(Code::parse(&format!("(253){digits}{check}1"))?)
}

pub(super) fn flour(batch: &str) -> Result<Code> {
    Ok(Code::gtin_batch(GOODS, batch)?)
}

fn kilograms(amount: u64) -> Result<Quantity> {
    Ok(Quantity::new(Amount::new(amount, 0)?, "KGM".parse()?))
}

fn commission(
    net: &Net,
    codes: &[Code],
    quantity: Option<Quantity>,
    activation: Option<&ActivationSecret>,
) -> Result<RecordDraft> {
    let class = codes.first().context("nothing begins")?.class();
    let body = Body::Commission {
        when: when(),
        class,
        prefix: Prefix::parse(PREFIX)?,
        codes: codes.iter().map(Code::hash).collect(),
        quantity,
        activation: activation
            .map(ActivationSecret::public)
            .into_iter()
            .collect(),
    };
    let subjects = codes.iter().map(|code| subject(net, code));
    Ok(RecordDraft::new(body, subjects.collect::<Result<_>>()?))
}

pub(super) fn subject(net: &Net, code: &Code) -> Result<SubjectId> {
    Ok(code.subject(&net.genesis.id(), &net.id(Who::Factory)?))
}

/// What lies under the seal of the item that a consumer will buy.
pub(super) fn seal() -> ActivationSecret {
    ActivationSecret::from_bytes([94; 16])
}

fn begin(net: &mut Net) -> Result<()> {
    let told = commission(net, &[item("B")?, item("C")?], None, None)?
        .telling(AudienceDraft::Members, SectionBody::default());
    let drafts = [
        told,
        commission(net, &[item("A")?], None, Some(&seal()))?,
        commission(net, &[case()?], None, None)?,
        commission(net, &[bill()?], None, None)?,
        commission(net, &[flour("F1")?], Some(kilograms(100)?), None)?,
    ];
    net.write(Who::Factory, &drafts)?;

    let maker = net.id(Who::Factory)?;
    let codes = [item("R1")?, item("R2")?, item("R3")?];
    let items = codes.iter().map(|code| (code.hash(), None));
    let run = RunList::new(&net.genesis.id(), &maker, items)?;
    let [first, ..] = &codes;
    let drawn = run.item(&first.hash()).context("not in its run")?;
    let begin = Body::CommissionRun {
        when: when(),
        class: GoodsClass::parse(&first.class()).context("no class")?,
        prefix: Prefix::parse(PREFIX)?,
        run: run.spec(),
    };
    let draw = Body::Draw {
        when: when(),
        items: vec![drawn],
    };
    let drafts = [
        RecordDraft::new(begin, vec![run.subject()]),
        RecordDraft::new(draw, vec![run.subject(), subject(net, first)?]),
    ];
    net.write(Who::Factory, &drafts)?;
    Ok(())
}

/// Looked at, packed, associated, made into something else; and said wrong once.
fn handle(net: &mut Net) -> Result<()> {
    let (b, c) = (subject(net, &item("B")?)?, subject(net, &item("C")?)?);
    let (case, bill) = (subject(net, &case()?)?, subject(net, &bill()?)?);
    let observe = Body::Observe {
        when: when(),
        step: "storing".to_owned(),
    };
    let attest = Body::Attest {
        when: when(),
        verdict: Verdict::Pass,
        evidence: Vec::new(),
    };
    let drafts = [
        RecordDraft::new(observe, vec![b]),
        RecordDraft::new(attest, vec![b]),
        RecordDraft::new(Body::Pack { when: when() }, vec![case, b]),
        RecordDraft::new(Body::Unpack { when: when() }, vec![case, b]),
        RecordDraft::new(Body::Associate { when: when() }, vec![bill, c]),
        RecordDraft::new(Body::Dissociate { when: when() }, vec![bill, c]),
    ];
    let written = net.write(Who::Factory, &drafts)?;
    let [wrong, right, ..] = written.as_slice() else {
        return Err(anyhow::anyhow!("too few records"));
    };
    let correct = Body::Correct {
        when: when(),
        of: *wrong,
        reason: "incorrect_data".to_owned(),
        correctives: vec![*right],
    };
    let correct = RecordDraft::new(correct, vec![b]).citing(vec![*wrong, *right]);

    let (from, to) = (flour("F1")?, flour("F2")?);
    let transform = Body::Transform {
        when: when(),
        step: "assembling".to_owned(),
        inputs: vec![Some(kilograms(40)?)],
        outputs: vec![Output {
            class: GoodsClass::parse(&to.class()).context("no class")?,
            prefix: Prefix::parse(PREFIX)?,
            made: Made::Batch(to.hash(), kilograms(38)?),
        }],
        losses: vec![kilograms(2)?],
    };
    let named = vec![subject(net, &from)?, subject(net, &to)?];
    let end = Body::Decommission {
        when: when(),
        step: "destroying".to_owned(),
    };
    let drafts = [
        correct,
        RecordDraft::new(transform, named),
        RecordDraft::new(end, vec![c]),
    ];
    net.write(Who::Factory, &drafts)?;
    Ok(())
}
