//! Reader groups' keys: who sets them, and what a revoked device still opens.

use super::*;
use crate::{
    AudienceDraft, Body, DeviceId, Group, HeaderHash, Height, HpkeSecret, Kem, Kind, OpenError,
    Opener, ReaderGroup, Readers, RecordDraft, Sealed, SectionBody, SectionName,
};

fn secret(n: u8) -> HpkeSecret {
    HpkeSecret::derive(Kem::X25519, &[n; 32])
}

/// A key of the factory's; rules do not look into what is sealed.
pub(super) fn set(group: Group, epoch: u32, key: &HpkeSecret, devices: &[DeviceId]) -> RecordDraft {
    let sealed = || Sealed {
        enc: vec![0; 32],
        sealed: vec![0; 48],
    };
    let mut devices: Vec<_> = devices.iter().map(|device| (*device, sealed())).collect();
    devices.sort_by_key(|(device, _)| *device);
    let body = Body::SetReader {
        group,
        epoch,
        key: key.public(),
        devices,
        recovery: None,
    };
    RecordDraft::new(body, Vec::new())
}

/// The same, sealed to a recovery key too.
fn set_recoverable(epoch: u32, key: &HpkeSecret, recovery: &HpkeSecret) -> RecordDraft {
    let mut draft = set(Group::General, epoch, key, &[]);
    if let Body::SetReader { recovery: slot, .. } = &mut draft.body {
        let sealed = Sealed {
            enc: vec![0; 32],
            sealed: vec![0; 48],
        };
        *slot = Some((recovery.public(), sealed));
    }
    draft
}

/// The factory's general group has its second key; says what was known before.
fn with_second_key(net: &mut Net) -> (Readers, Option<(Height, HeaderHash)>) {
    let before = known(net);
    let block = net.admin(FACTORY, &[set(Group::General, 1, &secret(201), &[])]);
    net.applied(&block);
    before
}

fn known(net: &Net) -> (Readers, Option<(Height, HeaderHash)>) {
    let tip = net.ledger.tip();
    let anchor = Some((tip.height, tip.header_hash));
    (net.ledger.state().readers(), anchor)
}

/// An observation by the carrier with a note for the factory.
fn note_to_factory(
    net: &mut Net,
    readers: &Readers,
    anchor: Option<(Height, HeaderHash)>,
) -> VerifiedBlock {
    let subject = net.item("N");
    let note = SectionBody {
        note: Some("for you".to_owned()),
        ..SectionBody::default()
    };
    let audience = AudienceDraft::parties([net.id(FACTORY)]);
    let drafts = [observe(&[subject]).telling(audience, note)];
    net.staff[CARRIER].write_knowing(&net.genesis, (readers, anchor), &drafts, &mut net.sections)
}

pub(super) fn sealing_to_a_replaced_key(net: &mut Net) -> Refusal {
    let (old, _) = with_second_key(net);
    let (_, anchor) = known(net);
    let block = note_to_factory(net, &old, anchor);
    refused_alone(net, &block)
}

/// A lying anchor: the author says that it knew nothing of the new key, for as long as it can.
pub(super) fn sealing_to_a_replaced_key_after_the_grace(net: &mut Net) -> Refusal {
    let (old, anchor) = with_second_key(net);
    let block = note_to_factory(net, &old, anchor);
    let at = net.applied(&block);
    assert!(
        net.ledger.state().refusal(&at).is_none(),
        "within the grace it counts"
    );
    net.wait(net.ledger.state().policy().grace_ms);
    let subject = net.item("L");
    let drafts = [observe(&[subject]).telling(
        AudienceDraft::parties([net.id(FACTORY)]),
        SectionBody::default(),
    )];
    let knowing = (&old, anchor);
    let block = net.staff[CARRIER].write_knowing(&net.genesis, knowing, &drafts, &mut net.sections);
    refused_alone(net, &block)
}

pub(super) fn leaving_an_epoch_out(net: &mut Net) -> Refusal {
    let block = net.admin(FACTORY, &[set(Group::General, 2, &secret(201), &[])]);
    net.refused(&block)
}

pub(super) fn setting_an_epoch_twice(net: &mut Net) -> Refusal {
    with_second_key(net);
    let block = net.admin(FACTORY, &[set(Group::General, 1, &secret(202), &[])]);
    net.refused(&block)
}

pub(super) fn going_back_to_an_old_key(net: &mut Net) -> Refusal {
    with_second_key(net);
    // The factory's key in the genesis.
    let block = net.admin(FACTORY, &[set(Group::General, 2, &secret(1), &[])]);
    net.refused(&block)
}

pub(super) fn giving_a_key_to_another_members_device(net: &mut Net) -> Refusal {
    let theirs = net.staff_id(CARRIER);
    let block = net.admin(FACTORY, &[set(Group::General, 1, &secret(201), &[theirs])]);
    net.refused(&block)
}

pub(super) fn giving_a_key_to_a_role_outside_the_group(net: &mut Net) -> Refusal {
    let inspector = net.staff_id(FACTORY);
    let block = net.admin(
        FACTORY,
        &[set(Group::Finance, 0, &secret(201), &[inspector])],
    );
    net.refused(&block)
}

/// The revocation and the key in one group, in the wrong order of thought: neither holds.
pub(super) fn giving_a_key_to_a_revoked_device(net: &mut Net) -> Refusal {
    let gone = net.staff_id(FACTORY);
    let drafts = [
        revoke(gone, None).grouped(0),
        set(Group::General, 1, &secret(201), &[gone]).grouped(0),
    ];
    let block = net.admin(FACTORY, &drafts);
    net.order(std::slice::from_ref(&block));
    let state = net.ledger.state();
    assert!(state.device(&gone).unwrap().revoked().is_none());
    net.refusal(at(&block, 1))
}

pub(super) fn staff_sets_a_key(net: &mut Net) -> Refusal {
    // Let in by the policy, and yet no admin.
    net.amended(|p| {
        p.permissions.allow(None, Role::Courier, [Kind::SetReader]);
    });
    let block = net.staff(CARRIER, &[set(Group::General, 1, &secret(201), &[])]);
    net.refused(&block)
}

pub(super) fn a_key_of_another_kind(net: &mut Net) -> Refusal {
    let key = HpkeSecret::derive(Kem::XWing, &[201; 32]);
    let block = net.admin(FACTORY, &[set(Group::General, 1, &key, &[])]);
    net.refused(&block)
}

/// Observations must carry a section for the regulators of a jurisdiction, which are two members.
fn with_regulators(net: &mut Net) -> (crate::Jurisdiction, Readers) {
    let name = regulators_with_keys(net);
    let asking = asking(net, &name);
    net.amended(asking);
    (name, net.ledger.state().readers())
}

fn regulators_with_keys(net: &mut Net) -> crate::Jurisdiction {
    for member in [CUSTOMS, RETAILER] {
        let key = secret(u8::try_from(member).unwrap() + 210);
        let block = net.admin(member, &[set(Group::Supervision, 0, &key, &[])]);
        net.applied(&block);
    }
    crate::Jurisdiction::parse("cn-gd").unwrap()
}

fn asking(net: &Net, name: &crate::Jurisdiction) -> impl FnOnce(&mut crate::Policy) + use<> {
    let (name, members) = (name.clone(), [net.id(CUSTOMS), net.id(RETAILER)].into());
    move |policy| {
        policy.jurisdictions.insert(name.clone(), members);
        policy.required.insert(crate::Kind::Observe, name);
    }
}

/// What is signed today may be ordered when the policy holds that members agreed on.
#[test]
fn regulators_are_told_of_what_a_policy_to_come_asks_for() {
    let mut net = Net::with_prefix();
    let name = regulators_with_keys(&mut net);
    let subject = net.item("N");
    let mut policy = net.ledger.state().policy().clone();
    let (replaces, from) = (policy.digest(), net.ahead(8));
    asking(&net, &name)(&mut policy);
    for member in [FACTORY, CARRIER, FACTORY, RETAILER] {
        let block = net.admin(member, &[set_policy(replaces, &policy, from)]);
        net.applied(&block);
    }
    let state = net.ledger.state();
    assert!(state.policy().required.is_empty());
    let drafts = [observe(&[subject]).telling_regulators(state)];
    let readers = state.readers();
    let knowing = (&readers, None);
    let block = net.staff[CARRIER].write_knowing(&net.genesis, knowing, &drafts, &mut net.sections);
    net.come_to(from);
    net.applied(&block);
}

fn observed(net: &mut Net, readers: &Readers, audience: AudienceDraft) -> VerifiedBlock {
    let subject = net.item("N");
    let drafts = [observe(&[subject]).telling(audience, SectionBody::default())];
    let knowing = (readers, None);
    net.staff[CARRIER].write_knowing(&net.genesis, knowing, &drafts, &mut net.sections)
}

/// A device that claims to know what is still to come.
pub(super) fn knowing_a_checkpoint_to_come(net: &mut Net) -> Refusal {
    let subject = net.item("N");
    let next = net.ledger.state().next_height();
    let anchor = Some((next, crate::HeaderHash::from_bytes([7; 32])));
    let readers = net.ledger.state().readers();
    let knowing = (&readers, anchor);
    let drafts = [observe(&[subject])];
    let block = net.staff[CARRIER].write_knowing(&net.genesis, knowing, &drafts, &mut net.sections);
    let refusal = refused_alone(net, &block);
    let anchor = next;
    assert_eq!(refusal, Refusal::AnchorAhead { anchor, next });
    refusal
}

pub(super) fn telling_regulators_nothing(net: &mut Net) -> Refusal {
    let (_, readers) = with_regulators(net);
    let block = observed(net, &readers, AudienceDraft::Members);
    refused_alone(net, &block)
}

/// One of the two regulators is left out.
pub(super) fn telling_regulators_without_sealing(net: &mut Net) -> Refusal {
    let (name, readers) = with_regulators(net);
    let one = [(name.clone(), [net.id(CUSTOMS)].into())];
    let readers = readers.with_jurisdictions(one.into());
    let block = observed(net, &readers, AudienceDraft::Regulators(name));
    refused_alone(net, &block)
}

#[test]
fn regulators_open_what_the_policy_asks_for() {
    let mut net = Net::with_prefix();
    let (name, readers) = with_regulators(&mut net);
    let block = observed(&mut net, &readers, AudienceDraft::Regulators(name));
    net.applied(&block);
    let hash = block.records()[0].sections()[0].hash();
    for member in [CUSTOMS, RETAILER] {
        let key = secret(u8::try_from(member).unwrap() + 210);
        let of = ReaderGroup::new(net.id(member), Group::Supervision);
        let opener = Opener::new(net.genesis.id()).with_reader(of, 0, &key);
        assert!(opener.of(&block).open(0, 0, &net.sections[&hash]).is_ok());
    }
}

fn section_of(record: RecordRef) -> SectionName {
    SectionName { record, index: 0 }
}

/// The admin's role may write every supervision kind: what keeps a carrier out is its class.
pub(super) fn a_carrier_opens_as_an_authority(net: &mut Net) -> Refusal {
    let (readers, anchor) = known(net);
    let block = note_to_factory(net, &readers, anchor);
    let record = net.applied(&block);
    let body = Body::Open {
        when: when(),
        section: section_of(record),
        reason: "spot_check".to_owned(),
    };
    let draft = RecordDraft::new(body, Vec::new()).citing(vec![record]);
    let block = net.admin(CARRIER, &[draft]);
    net.refused(&block)
}

pub(super) fn a_carrier_cannot_read_as_an_authority(net: &mut Net) -> Refusal {
    let (readers, anchor) = known(net);
    let block = note_to_factory(net, &readers, anchor);
    let record = net.applied(&block);
    let subjects = block.records()[0].subjects().to_vec();
    let draft = unreadable(subjects, record);
    let block = net.admin(CARRIER, &[draft]);
    refused_alone(net, &block)
}

fn unreadable(subjects: Vec<crate::SubjectId>, record: RecordRef) -> RecordDraft {
    let body = Body::Unreadable {
        when: when(),
        section: section_of(record),
    };
    RecordDraft::new(body, subjects).citing(vec![record])
}

#[test]
fn more_devices_get_the_newest_key_and_a_missing_group_its_first() {
    let mut net = Net::with_prefix();
    with_second_key(&mut net);
    let (admin, inspector) = (net.admins[FACTORY].key.id(), net.staff_id(FACTORY));
    for device in [admin, inspector] {
        let block = net.admin(FACTORY, &[set(Group::General, 1, &secret(201), &[device])]);
        net.applied(&block);
    }
    let block = net.admin(FACTORY, &[set(Group::Finance, 0, &secret(202), &[admin])]);
    net.applied(&block);
    let state = net.ledger.state();
    let group = |group| state.reader_group(&ReaderGroup::new(net.id(FACTORY), group));
    let general = group(Group::General).unwrap();
    assert_eq!(general.newest().unwrap().epoch, 1);
    assert_eq!(
        *general.epoch(1).unwrap().given(),
        [admin, inspector].into()
    );
    assert_eq!(general.epochs().len(), 2);
    assert_eq!(group(Group::Finance).unwrap().newest().unwrap().epoch, 0);
    assert!(group(Group::Operations).is_none());
}

#[test]
fn a_revoked_device_opens_nothing_that_knows_of_its_revocation() {
    let mut net = Net::with_prefix();
    let old = Opener::new(net.genesis.id()).with_reader(net.id(FACTORY), 0, &secret(1));
    let new = old.clone().with_reader(net.id(FACTORY), 1, &secret(201));
    let (readers, anchor) = known(&net);
    let before = note_to_factory(&mut net, &readers, anchor);
    net.applied(&before);

    let gone = net.staff_id(FACTORY);
    let admin = net.admins[FACTORY].key.id();
    let drafts = [
        revoke(gone, None).grouped(0),
        set(Group::General, 1, &secret(201), &[admin]).grouped(0),
    ];
    let block = net.admin(FACTORY, &drafts);
    net.applied(&block);
    let (readers, anchor) = known(&net);
    let drafts = [observe(&[before.records()[0].subjects()[0]])
        .telling(AudienceDraft::Members, SectionBody::default())];
    let knowing = (&readers, anchor);
    let after = net.staff[CARRIER].write_knowing(&net.genesis, knowing, &drafts, &mut net.sections);
    net.applied(&after);

    let opens = |opener: &Opener, block: &VerifiedBlock| {
        let hash = block.records()[0].sections()[0].hash();
        opener
            .of(block)
            .open(0, 0, &net.sections[&hash])
            .map(|_| ())
    };
    assert_eq!(opens(&old, &before), Ok(()));
    assert_eq!(opens(&old, &after), Err(OpenError::NotForYou));
    assert_eq!(opens(&new, &before), Ok(()));
    assert_eq!(opens(&new, &after), Ok(()));
}

#[test]
fn what_an_authority_cannot_read_stays_where_it_is() {
    let mut net = Net::with_prefix();
    let (readers, anchor) = known(&net);
    let block = note_to_factory(&mut net, &readers, anchor);
    let record = net.applied(&block);
    let subject = block.records()[0].subjects()[0];
    let block = net.staff(CUSTOMS, &[unreadable(vec![subject], record)]);
    let by = net.applied(&block);
    let draft = offer(subject, net.id(CARRIER), net.last_custody(&subject));
    let block = net.staff(FACTORY, &[draft]);
    let on = subject;
    assert_eq!(net.refused(&block), Refusal::Held { subject, on, by });
    let block = net.staff(CUSTOMS, &[clear(&[subject])]);
    net.applied(&block);
}

#[test]
fn a_record_about_a_section_waits_for_the_record_that_has_it() {
    let mut net = Net::with_prefix();
    let (readers, anchor) = known(&net);
    let block = note_to_factory(&mut net, &readers, anchor);
    let record = first(&block);
    let body = Body::Grant {
        when: when(),
        section: section_of(record),
    };
    let draft = RecordDraft::new(body.clone(), Vec::new()).citing(vec![record]);
    let grant = net.staff(FACTORY, &[draft]);
    let applied = net.order(std::slice::from_ref(&grant));
    assert_eq!(
        applied.outcomes,
        [(first(&grant), Outcome::Waiting { missing: record })]
    );
    net.order(std::slice::from_ref(&block));
    assert_eq!(net.outcomes[&first(&grant)], Outcome::Applied);

    // One that does not cite it is no record at all.
    let draft = RecordDraft::new(body, Vec::new());
    assert!(crate::Record::new(&draft, Vec::new()).is_err());
}

/// A recovery key that is made late covers what was sealed before, from the genesis on.
#[test]
fn every_epoch_is_sealed_to_a_recovery_key() {
    let mut net = Net::with_prefix();
    with_second_key(&mut net);
    let of = ReaderGroup::new(net.id(FACTORY), Group::General);
    let recovery = |net: &Net| {
        let group = net.ledger.state().reader_group(&of).unwrap();
        let epochs = group.epochs().iter();
        epochs.map(|epoch| epoch.recovery()).collect::<Vec<_>>()
    };
    assert_eq!(recovery(&net), [None, None]);
    let drafts = [
        set_recoverable(0, &secret(1), &secret(90)),
        set_recoverable(1, &secret(201), &secret(90)),
    ];
    let block = net.admin(FACTORY, &drafts);
    net.applied(&block);
    let at = |index| {
        Some(RecordRef {
            block: block.id(),
            index,
        })
    };
    assert_eq!(recovery(&net), [at(0), at(1)]);
    // Giving a key to one more device forgets nothing.
    let staff = net.staff_id(FACTORY);
    let block = net.admin(FACTORY, &[set(Group::General, 0, &secret(1), &[staff])]);
    net.applied(&block);
    assert_eq!(recovery(&net), [at(0), at(1)]);
    let group = net.ledger.state().reader_group(&of).unwrap();
    assert!(group.epochs()[0].given().contains(&staff));
}

#[test]
fn a_recovery_key_of_another_kem_is_refused() {
    let mut net = Net::with_prefix();
    let other = HpkeSecret::derive(Kem::XWing, &[90; 32]);
    let block = net.admin(FACTORY, &[set_recoverable(0, &secret(1), &other)]);
    let member = net.id(FACTORY);
    assert_eq!(net.refused(&block), Refusal::WrongKem { member });
}
