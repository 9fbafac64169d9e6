//! Members amend their network's policy.

use crate::support::{FOUNDERS, Network, Peer, fail, succeed, text, until};
use std::path::Path;

fn shown(dir: &Path) -> String {
    succeed(&["policy", "show", "--dir", text(dir)])
}

fn digest(shown: &str) -> &str {
    let (_, rest) = shown.split_once("digest ").unwrap();
    rest.split_once('\n').unwrap().0
}

#[test]
fn members_amend_the_policy_by_quorum_and_every_peer_follows() {
    let network = Network::found(&FOUNDERS);
    let first = network.start(0, None);
    let others: Vec<Peer> = (1..4).map(|i| network.start(i, Some(&first))).collect();
    let file = network.place.path().join("policy.toml");
    let propose = |member: usize| {
        let dir = text(&network.members[member]);
        succeed(&["policy", "propose", text(&file), "--dir", dir])
    };
    let from = first.status()["height"].as_u64().unwrap() + 10;

    // What is shown can be proposed again, and says the same then.
    let before = shown(&network.members[0]);
    assert!(before.contains("as the founders agreed"), "{before}");
    std::fs::write(&file, &before).unwrap();
    assert!(propose(0).contains("should stay"));

    // Customs is told of every commissioning, and couriers get ten days for an offer.
    let after = before
        .replace("offer-life = \"14d\"", "offer-life = \"10d\"")
        .replace(
            "[jurisdictions]",
            "[jurisdictions]\ncn-gd = [\"Gongbei Customs\"]",
        )
        .replace("[required]", "[required]\nhold = \"cn-gd\"");
    std::fs::write(&file, &after).unwrap();
    let at = from.to_string();
    let dir = text(&network.members[0]);
    let said = succeed(&[
        "policy",
        "propose",
        text(&file),
        "--height",
        &at,
        "--dir",
        dir,
    ]);
    assert!(
        said.contains(&format!("from checkpoint {at} on"))
            && said.contains("0 other members want it, 3 are needed"),
        "{said}"
    );
    until("the second member hears of it", || {
        shown(&network.members[1])
            .contains("Nansha Instruments wants")
            .then_some(())
    });

    // The second member looks at what the first one wants, and wants the same.
    let dir = text(&network.members[1]);
    let wish = succeed(&["policy", "show", "--wish", FOUNDERS[0].0, "--dir", dir]);
    assert!(wish.contains("offer-life = \"10d\"") && wish.contains("# Gongbei Customs"));
    std::fs::write(&file, &wish).unwrap();
    let said = propose(1);
    assert!(said.contains("1 other members want it"), "{said}");
    until("the third member hears of it", || {
        let wants = shown(&network.members[2]).matches(" wants ").count();
        (wants == 2).then_some(())
    });
    propose(2);

    // They agreed, and it does not hold before the checkpoint that they named.
    let agreed = until("they agreed", || {
        let now = shown(&network.members[0]);
        now.contains("holds from checkpoint").then_some(now)
    });
    assert!(agreed.contains("offer-life = \"14d\""), "{agreed}");
    let newest = until("the second member's peer knows it, too", || {
        let newest = succeed(&["policy", "show", "--newest", "--dir", dir]);
        newest.contains("offer-life = \"10d\"").then_some(newest)
    });
    assert_eq!(digest(&newest), digest(&wish));
    until("the checkpoint comes", || {
        assert!(propose(0).contains("should stay"));
        (first.status()["height"].as_u64() >= Some(from - 1)).then_some(())
    });
    for dir in &network.members {
        let now = until("the policy is amended", || {
            let now = shown(dir);
            now.contains("offer-life = \"10d\"").then_some(now)
        });
        assert!(now.contains("amended 1 times"), "{now}");
        assert_eq!(digest(&now), digest(&wish));
        assert!(!now.contains("wants"), "{now}");
    }

    // It is there after a restart, also where no peer runs.
    drop(others);
    assert!(first.stop().success());
    assert_eq!(digest(&shown(&network.members[0])), digest(&wish));
}

#[test]
fn a_policy_that_cannot_work_is_refused_before_it_is_signed() {
    let network = Network::found(&FOUNDERS[..2]);
    let dir = text(&network.members[0]);
    let file = network.place.path().join("policy.toml");
    let good = shown(&network.members[0]);
    let said = |from: &str, to: &str| {
        let wrong = good.replace(from, to);
        assert_ne!(wrong, good, "{from}");
        std::fs::write(&file, wrong).unwrap();
        fail(&["policy", "propose", text(&file), "--dir", dir])
    };
    let too_many = said("policy-quorum = 2", "policy-quorum = 3");
    assert!(
        too_many.contains("a quorum of 3 among 2 members"),
        "{too_many}"
    );
    let locked_out = said("\"set-policy\"", "\"observe\"");
    assert!(locked_out.contains("the admins of member"), "{locked_out}");
    let sealed = said("\"x-wing\"", "\"x25519\"");
    assert!(sealed.contains("as the founders chose it"), "{sealed}");
    let nobody = said("[required]", "[required]\nhold = \"hk\"");
    assert!(nobody.contains("nobody supervises"), "{nobody}");
    let stranger = said("[jurisdictions]", "[jurisdictions]\nhk = [\"Nobody\"]");
    assert!(
        stranger.contains("no member has the name or id `Nobody`"),
        "{stranger}"
    );
    assert_eq!(shown(&network.members[0]), good);

    // Another network is founded on the same file.
    std::fs::write(&file, &good).unwrap();
    let draft = network.place.path().join("second.cbor");
    let mut new = vec!["network", "new", "--name", "Second", "--host", "localhost"];
    new.extend(["--policy", text(&file), "--draft", text(&draft)]);
    let cards: Vec<_> = network
        .members
        .iter()
        .map(|dir| dir.join("founder.cbor"))
        .collect();
    new.extend(cards.iter().flat_map(|card| ["--founder", text(card)]));
    let said = succeed(&new);
    assert!(said.contains(digest(&good)), "{said}");
}
