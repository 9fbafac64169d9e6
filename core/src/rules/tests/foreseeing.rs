//! What is said before signing is what the ledger says afterwards.

use super::*;
use crate::rules::foresee;

#[test]
fn says_before_what_the_ledger_says_after() {
    let mut net = Net::with_prefix();
    let item = net.item("A");
    net.title_offered(FACTORY, RETAILER, item);
    let before = net.ledger.state().subject(&item).cloned();
    let drafts = [
        pledge(&[item], net.id(BANK)),
        offer_title(item, net.id(CARRIER), net.last_title(&item)),
        associate(item, &[]),
    ];
    let who = (net.admins[FACTORY].key.id(), Role::Admin);
    let member = net.id(FACTORY);
    let said = |net: &Net, draft: &crate::RecordDraft| {
        foresee(net.ledger.state(), who, member, std::slice::from_ref(draft))
    };
    for draft in &drafts[..2] {
        let foreseen = said(&net, draft).unwrap_err();
        assert!(matches!(foreseen, Refusal::OpenOfferExists { .. }));
        let block = net.admin(FACTORY, std::slice::from_ref(draft));
        assert_eq!(net.refused(&block), foreseen);
    }
    // What is not well-formed is for the builder of the block to say.
    assert_eq!(said(&net, &drafts[2]), Ok(()));
    let allowed = observe(&[item]);
    assert_eq!(said(&net, &allowed), Ok(()));
    assert_eq!(
        net.ledger.state().subject(&item).cloned().map(|s| s.owner),
        before.map(|s| s.owner)
    );
}
