//! Members come and go, and other peers order.

use super::{Net, Who};
use anyhow::Result;
use chopmark_core::{
    Application, Body, Class, DeviceEntry, DeviceKey, Founder, Height, HpkeSecret, Inception, Kem,
    RecordDraft, Role, RootKey, RosterAct, RosterTerms, StateView, Validator, ValidatorSet,
    heartbeat,
};
use chopmark_core::{GuardianChoice, RecoveryRequest, RootChange, sign_objection};

/// Checkpoints between the first wish and the change.
const AHEAD: u64 = 5;

pub(super) fn tell(net: &mut Net) -> Result<()> {
    let root = RootKey::from_seeds(&[34; 32], &[44; 32]);
    let hpke = HpkeSecret::derive(Kem::X25519, &[64; 32]).public();
    let (keys, next) = (root.public(), root.public().next_digest());
    let inception = Inception::new("Delta Freight", Class::Forwarder, keys, next, hpke.clone())?;
    let member = inception.id();
    let until = net.ledger.tip().time.plus(1_000_000);
    let admin = DeviceKey::from_seed(&[54; 32]).id();
    let admin = DeviceEntry::new(admin, hpke, Role::Admin, "office", until)?;
    let applicant = Founder::new(inception, vec![admin]);
    let application = Application::sign(applicant, &net.genesis.id(), &root);
    net.lines
        .push(crate::line("application", application.to_bytes()));
    agree(net, &RosterAct::Admit(Box::new(application)))?;
    agree(net, &RosterAct::Expel(member))?;

    // A peer of the factory's that takes over from its office.
    let factory = net.id(Who::Factory)?;
    let peer = DeviceKey::from_seed(&[55; 32]);
    let hpke = HpkeSecret::derive(Kem::X25519, &[65; 32]).public();
    let device = DeviceEntry::new(peer.id(), hpke, Role::Peer, "server", until)?;
    let enrol = Body::Enrol {
        member: factory,
        device,
    };
    net.one(Who::Factory, RecordDraft::new(enrol, Vec::new()))?;
    let set = ValidatorSet::new(vec![Validator::new(factory, peer.id())])?;
    net.orderers.push(peer);
    agree(net, &RosterAct::SetValidators(set))?;
    keep_keys(net)
}

/// The bank rotates its root keys, chooses guardians, and they give it others, to which it objects.
fn keep_keys(net: &mut Net) -> Result<()> {
    let network = net.genesis.id();
    let bank = net.id(Who::Bank)?;
    let key = |n: u8| RootKey::from_seeds(&[n; 32], &[n; 32]);
    // Its inception commits to the keys that it has: a rotation in name alone.
    let first = RootKey::from_seeds(&[33; 32], &[43; 32]);
    let next = key(71).public().next_digest();
    let change = Box::new(RootChange::rotation(&network, &bank, &first, next));
    net.one(
        Who::Bank,
        RecordDraft::new(Body::RotateRoot { change }, vec![]),
    )?;
    // The second choice waits, so that the state's bytes have one of each.
    for (number, who) in (1..).zip([Who::Factory, Who::Carrier]) {
        let choice = GuardianChoice {
            members: [net.id(who)?].into(),
            threshold: 1,
            number,
        };
        let signature = Box::new(choice.sign(&network, &bank, &first));
        let guardians = Body::SetGuardians { choice, signature };
        net.one(Who::Bank, RecordDraft::new(guardians, vec![]))?;
    }
    let next = key(73).public().next_digest();
    let request = RecoveryRequest::new(&network, bank, &first.public(), &key(72), next);
    net.lines
        .push(crate::line("recovery-request", request.to_bytes()));
    let base = request.base();
    let request = Box::new(request);
    net.one(
        Who::Factory,
        RecordDraft::new(Body::Recover { request }, vec![]),
    )?;
    let signature = Box::new(sign_objection(&network, &bank, base, &first));
    let objection = Body::ObjectRecovery { signature };
    net.one(Who::Bank, RecordDraft::new(objection, vec![]))?;
    Ok(())
}

/// Three members want the same, and it comes into force.
fn agree(net: &mut Net, act: &RosterAct) -> Result<()> {
    let state = net.ledger.state();
    let terms = RosterTerms {
        replaces: state.roster().digest(),
        height: Height(state.next_height().0.saturating_add(AHEAD)),
    };
    for who in [Who::Factory, Who::Carrier, Who::Customs] {
        let author = net.author(who)?;
        let signature = terms.sign(&net.genesis.id(), act, &author.root);
        let body = Body::wish(terms, act.clone(), signature);
        net.one(who, RecordDraft::new(body, Vec::new()))?;
    }
    while net.ledger.state().next_height() < terms.height {
        let now = net.ledger.tip().time.plus(1);
        net.checkpoint(heartbeat(&net.ledger, now).into_proposal())?;
    }
    Ok(())
}
