//! Backup and restore: the commands of `docs/operating.md`, as they stand there, for a validator
//! that signed and voted after its backup was made.

use std::path::Path;

use crate::agreement::{all_agree, register, until_equal};
use crate::support::page::Page;
use crate::support::{FOUNDERS, Network, Peer, fail, succeed, text, until};

const PAGE: &str = include_str!("../../../docs/operating.md");

fn copy(from: &Path, to: &Path) {
    let copied = std::process::Command::new("cp")
        .args(["-a", text(from), text(to)])
        .status()
        .unwrap();
    assert!(copied.success());
}

fn logged(peer: &Peer) -> u64 {
    peer.status()["log_size"].as_u64().unwrap()
}

pub(crate) fn is_restoring(peer: &Peer) -> bool {
    peer.status()["restoring"].as_bool().unwrap()
}

/// Writes until the peer knows that it may sign and vote again.
pub(crate) fn go_on_until_restored(writer: &Peer, restored: &Peer) {
    let mut digits = 950_610_000_u64;
    until("the restored peer takes part again", || {
        let before = logged(writer);
        digits += 1;
        register(writer, &digits.to_string());
        until("a checkpoint", || (logged(writer) > before).then_some(()));
        (!is_restoring(restored)).then_some(())
    });
}

#[test]
fn a_restored_validator_signs_and_votes_only_when_it_knows_what_it_did_before() {
    let network = Network::found_by(&FOUNDERS, &[0, 1, 2, 3]);
    let mut peers = all_agree(&network);
    register(&peers[3], "9506000");
    until_equal(&peers.iter().collect::<Vec<_>>(), 1);

    // A backup while it runs. It has no root keys, and nothing of its votes.
    let (backup, data) = (
        network.place.path().join("backup"),
        network.place.path().join("restored"),
    );
    let original = peers[3].dir.clone();
    let names = [("BACKUP", backup.as_path()), ("DATA", &original)];
    let mut page = Page::part(PAGE, "Backup and restore", &names);
    let said = page.run("backup");
    assert!(said.contains("holds the ledger up to checkpoint"), "{said}");
    for name in ["root.key", "next-root.key", "ballots.wal", "control.sock"] {
        assert!(!backup.join(name).exists(), "{name}");
    }
    let again = fail(&["backup", "--out", text(&backup), "--dir", text(&original)]);
    assert!(again.contains("is there already"), "{again}");

    // It signs and votes on, and then its machine is gone.
    register(&peers[3], "9506001");
    until_equal(&peers.iter().collect::<Vec<_>>(), 2);
    peers.pop().unwrap().kill();
    let away = peers.pop().unwrap().kill();

    // Two of four agree on nothing. Neither do three of which one was restored and does not know
    // how it voted.
    register(&peers[0], "9506002");
    copy(&backup, &data);
    page.put("DATA", text(&data));
    let words = page.next("serve");
    assert_eq!(words, ["serve", "--dir", text(&data)]);
    let restored = Peer::start(&data);
    until("it has what the others have", || {
        let status = restored.status();
        (status["log_size"] == 2 && status["pending"] == 1).then_some(())
    });
    assert!(is_restoring(&restored));
    let said = page.run("status");
    assert!(said.contains("restored   from a copy"), "{said}");
    let said = fail(&["prefix", "register", "9506003", "--dir", text(&data)]);
    assert!(
        said.contains("restored from a copy and signs nothing"),
        "{said}"
    );
    assert_eq!([&peers[0], &peers[1]].map(logged), [2, 2]);

    // Another one comes back as it was, and they go on; the restored one takes part again.
    let back = Peer::start(&away);
    go_on_until_restored(&peers[0], &restored);
    assert!(!data.join("restored").exists());
    let before = logged(&peers[0]);
    register(&restored, "9506003");
    until_equal(&[&peers[0], &peers[1], &back, &restored], before + 1);
    // And is no second history.
    assert_eq!(peers[0].status()["refused"], 0);

    // It votes, too: without it there would be two.
    back.kill();
    let before = logged(&peers[0]);
    register(&peers[1], "9506004");
    until("three agree, the restored one among them", || {
        (logged(&peers[0]) > before && logged(&restored) > before).then_some(())
    });
    assert!(page.is_done());
}

/// Whoever copies the folder by hand takes the votes along, and they are old at once.
#[test]
fn a_validator_whose_folder_was_copied_does_not_believe_its_old_votes() {
    let network = Network::found_by(&FOUNDERS, &[0, 1, 2, 3]);
    let mut peers = all_agree(&network);
    register(&peers[0], "9506000");
    until_equal(&peers.iter().collect::<Vec<_>>(), 1);
    let dir = peers.pop().unwrap().kill();
    // As it was killed it starts at once,
    let same = Peer::start(&dir);
    assert!(!is_restoring(&same));
    same.stop();
    // a copy of it does not, nor one whose votes were taken away.
    let copied = network.place.path().join("copied");
    copy(&dir, &copied);
    let copied = Peer::start(&copied);
    assert!(is_restoring(&copied));
    let copied = copied.kill();
    assert!(copied.join("restored").exists());
    std::fs::remove_file(dir.join("ballots.wal")).unwrap();
    let without = Peer::start(&dir);
    assert!(is_restoring(&without));
}

/// What a peer that orders nothing, or alone, must know is what its devices signed.
#[test]
fn a_restored_peer_signs_once_it_exchanged_with_every_other() {
    let network = Network::found(&FOUNDERS[..2]);
    let first = network.start(0, None);
    let second = network.start(1, Some(&first));
    let backup = network.place.path().join("backup");
    succeed(&["backup", "--out", text(&backup), "--dir", text(&second.dir)]);
    register(&second, "9506000");
    until_equal(&[&first, &second], 1);
    second.kill();
    let gone = first.quic;
    first.keep_port();
    let dir = first.kill();
    // Nobody can tell it that there is a block of its own.
    let restored = Peer::start(&backup);
    assert!(is_restoring(&restored));
    let said = fail(&["prefix", "register", "9506001", "--dir", text(&backup)]);
    assert!(said.contains("signs nothing"), "{said}");
    let first = Peer::start(&dir);
    assert_eq!(first.quic, gone);
    until("it knows", || (!is_restoring(&restored)).then_some(()));
    register(&restored, "9506001");
    until_equal(&[&first, &restored], 2);
    assert_eq!(first.status()["refused"], 0);
}
