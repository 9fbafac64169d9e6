//! Asking which run a thing is of.

use chopmark_core::{
    Body, Code, CodeHash, GoodsClass, Prefix, RecordDraft, RunList, TzMinutes, When,
};

use super::*;
use crate::store::wall_clock_ms;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_what_fits_a_run_of_the_ledger_is_believed() {
    let fixture = Fixture::new();
    let peer = fixture.peer("peer", 11, None);
    let phone = fixture.phone("phone", 31, &[&peer.remote]);
    let maker = fixture.net.members[0];
    let code = Code::gtin_serial("09506000134352", "R1").unwrap().hash();
    let asked = phone.items_from(maker, [code].into()).await.unwrap();
    assert!(asked.found.is_empty() && asked.is_whole);

    // A list of a run that the ledger does not have: its peer may say what it likes.
    let list = RunList::new(&fixture.net.genesis.id(), &maker, [(code, None)]).unwrap();
    peer.node.replica().runs().keep(&list).unwrap();
    let asked = phone.items_from(maker, [code].into()).await.unwrap_err();
    assert_eq!(asked.code(), "malformed");

    // Nobody is asked about what is not of its making.
    let asked = phone
        .items_from(fixture.net.members[1], [code].into())
        .await;
    assert_eq!(asked.unwrap_err().code(), "unreachable");
}

/// A peer answers a few questions at a time; one that is out of reach holds up nobody for long, and
/// a list that was kept in vain spoils only what it is asked for.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_things_are_asked_for_at_a_time() {
    let fixture = Fixture::new();
    let net = &fixture.net;
    let maker = net.members[0];
    let codes: Vec<CodeHash> = (0..100)
        .map(|n| {
            Code::gtin_serial("09506000134352", &format!("R{n}"))
                .unwrap()
                .hash()
        })
        .collect();
    let peer = fixture.peer("peer", 11, None);
    let leaves = codes.iter().take(90).map(|code| (*code, None));
    let list = RunList::new(&net.genesis.id(), &maker, leaves).unwrap();
    peer.node.replica().runs().keep(&list).unwrap();
    let admin = net.device(21);
    let prefix = Prefix::parse("9506000").unwrap();
    let registered = Body::RegisterPrefix {
        prefix: prefix.clone(),
        member: maker,
    };
    let registered = RecordDraft::new(registered, vec![]);
    for admin in [&admin, &net.device(22)] {
        net.append(
            peer.node.replica(),
            admin,
            std::slice::from_ref(&registered),
        );
    }
    order_all(peer.node.replica());
    let begun = Body::CommissionRun {
        when: When {
            time: TimeMs(wall_clock_ms()),
            tz: TzMinutes::default(),
        },
        class: GoodsClass::parse("(01)09506000134352").unwrap(),
        prefix,
        run: list.spec(),
    };
    let begun = RecordDraft::new(begun, vec![list.subject()]);
    net.append(peer.node.replica(), &admin, &[begun]);
    // Of a run that never was.
    let vain = RunList::new(&net.genesis.id(), &maker, [(codes[95], None)]).unwrap();
    peer.node.replica().runs().keep(&vain).unwrap();
    let nobody = Remote {
        key: admin.key.id(),
        address: "127.0.0.1:9".to_owned(),
    };
    let phone = fixture.phone("phone", 31, &[&nobody, &peer.remote]);
    phone
        .sync_once(&peer.remote, Until::Exchanged)
        .await
        .unwrap();
    let ask = |codes: &[CodeHash]| phone.items_from(maker, codes.iter().copied().collect());
    let heard = ask(&codes).await.unwrap();
    assert_eq!(heard.found.len(), 90);
    assert!(
        codes[..90]
            .iter()
            .all(|code| heard.found.contains_key(code))
    );
    assert!(!heard.is_whole, "the other peer may know the rest");
    assert_eq!(ask(&codes[..90]).await.unwrap().found.len(), 90);
}
