//! Second signatures, by devices' post-quantum keys.

use super::*;
use crate::{DeviceKey, Kind, MlDsa44Key};

/// An admin device that was enrolled with a second key.
fn admin_with_second(net: &mut Net) -> Phone {
    let key = device_key(91);
    let second = MlDsa44Key::second_of(&key);
    let entry = entry(&key, Role::Admin).with_second(second.public());
    let block = net.admin(FACTORY, &[enrol(net.id(FACTORY), entry)]);
    net.applied(&block);
    let mut phone = Phone::new(key, net.id(FACTORY));
    phone.second = Some(second);
    phone
}

/// Offers of title are signed twice.
fn asked(net: &mut Net) {
    net.amended(|policy| {
        policy.second_signature.insert(Kind::OfferTitle);
    });
}

fn sale(net: &mut Net) -> [crate::RecordDraft; 1] {
    let item = net.item("S");
    [offer_title(item, net.id(CARRIER), net.last_title(&item))]
}

fn written(net: &mut Net, by: &mut Phone, drafts: &[crate::RecordDraft]) -> VerifiedBlock {
    by.write(&net.genesis, drafts, &mut net.sections)
}

pub(super) fn selling_with_one_signature(net: &mut Net) -> Refusal {
    let mut phone = admin_with_second(net);
    let sale = sale(net);
    asked(net);
    phone.second = None;
    let block = written(net, &mut phone, &sale);
    refused_alone(net, &block)
}

/// A second signature that holds, by a key that is not the device's: whoever forges the first one
/// can make any such key.
pub(super) fn selling_with_anothers_second(net: &mut Net) -> Refusal {
    let mut phone = admin_with_second(net);
    let sale = sale(net);
    asked(net);
    phone.second = Some(MlDsa44Key::from_seed(&[7; 32]));
    let block = written(net, &mut phone, &sale);
    refused_alone(net, &block)
}

/// It was enrolled without one, and names one of its own.
pub(super) fn selling_without_a_second_key(net: &mut Net) -> Refusal {
    let sale = sale(net);
    asked(net);
    let key = net.admins[FACTORY].key.to_seed();
    net.admins[FACTORY].second = Some(MlDsa44Key::second_of(&DeviceKey::from_seed(&key)));
    let block = net.admin(FACTORY, &sale);
    refused_alone(net, &block)
}

/// Of a device that has a second key nobody forges enrolments by the first alone, whatever the
/// policy asks for.
pub(super) fn enrolling_with_one_signature(net: &mut Net) -> Refusal {
    let mut phone = admin_with_second(net);
    phone.second = None;
    let draft = enrol(net.id(FACTORY), entry(&device_key(92), Role::Courier));
    let block = written(net, &mut phone, &[draft]);
    refused_alone(net, &block)
}

/// Nor the word of a guardian: a forger of first signatures would give members root keys of his
/// own.
pub(super) fn recovering_with_one_signature(net: &mut Net) -> Refusal {
    let mut phone = admin_with_second(net);
    rooting::guarded(net);
    let asked = rooting::request(net, 90);
    let block = written(net, &mut phone, &[recover(&asked)]);
    net.applied(&block);
    phone.second = None;
    let block = written(net, &mut phone, &[recover(&asked)]);
    refused_alone(net, &block)
}

pub(super) fn asking_it_of_everyones_enrolments(net: &mut Net) -> Refusal {
    let mut policy = net.ledger.state().policy().clone();
    policy.second_signature.insert(Kind::Enrol);
    let replaces = net.ledger.state().policy().digest();
    let from = net.ahead(2);
    let block = net.admin(FACTORY, &[set_policy(replaces, &policy, from)]);
    refused_alone(net, &block)
}

#[test]
fn who_signs_twice_sells_and_enrols() {
    let mut net = Net::with_prefix();
    let mut phone = admin_with_second(&mut net);
    let sale = sale(&mut net);
    asked(&mut net);
    let block = written(&mut net, &mut phone, &sale);
    net.applied(&block);
    let draft = enrol(net.id(FACTORY), entry(&device_key(92), Role::Courier));
    let block = written(&mut net, &mut phone, &[draft]);
    net.applied(&block);
    // What is not asked for needs none.
    phone.second = None;
    let item = net.item("T");
    let pledging = pledge(&[item], net.id(BANK));
    let block = written(&mut net, &mut phone, &[pledging]);
    net.applied(&block);
}

/// Signing as the rules ask is enough, and no more than that.
#[test]
fn blocks_are_signed_as_asked() {
    let mut net = Net::with_prefix();
    let phone = admin_with_second(&mut net);
    let drafts = sale(&mut net);
    let twice = |net: &Net, drafts: &[crate::RecordDraft]| {
        let state = net.ledger.state();
        let position = crate::Position {
            network: net.genesis.id(),
            member: phone.member,
            device: phone.key.id(),
            seq: Seq(0),
            prev: None,
            anchor: None,
            clock: TimeMs(1),
        };
        let unsigned =
            crate::UnsignedBlock::build(position, drafts, &state.readers(), &[1; 32]).unwrap();
        let built = crate::sign_as_asked(unsigned, &phone.key, state).unwrap();
        let block = built.block.verify().unwrap();
        block.second_key() == state.device(&phone.key.id()).unwrap().second()
    };
    assert!(!twice(&net, &drafts));
    assert!(twice(&net, &[register("9506001", net.id(FACTORY))]));
    asked(&mut net);
    assert!(twice(&net, &drafts));
}
