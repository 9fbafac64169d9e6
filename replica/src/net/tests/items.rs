//! Asking which run a thing is of.

use chopmark_core::{Code, RunList};

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_fits_a_run_of_the_ledger_is_believed() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.phone("phone", 31, &[&peer.remote]);
    let maker = fixture.net.members[0];
    let code = Code::gtin_serial("09506000134352", "R1").unwrap().hash();
    let asked = phone.item_from(maker, code).await.unwrap_err();
    assert_eq!(asked.code(), "item-unknown");

    // A list of a run that the ledger does not have: its peer may say what it likes.
    let list = RunList::new(&fixture.net.genesis.id(), &maker, [(code, None)]).unwrap();
    peer.node.replica().runs().keep(&list).unwrap();
    let asked = phone.item_from(maker, code).await.unwrap_err();
    assert_eq!(asked.code(), "malformed");

    // Nobody is asked about what is not of its making.
    let asked = phone.item_from(fixture.net.members[1], code).await;
    assert_eq!(asked.unwrap_err().code(), "unreachable");
}
