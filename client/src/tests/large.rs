use std::time::{Duration, Instant};

use chopmark_core::{
    Body, Code, DeviceKey, PartyKind, Position, Prefix, RecordDraft, Role, Seq, TimeMs, TzMinutes,
    UnsignedBlock, When,
};
use chopmark_replica::{Lock as StoreLock, Replica};
use chopmark_view::{Home, Lock};

use super::trial::{FACTORY, GTIN, PASSPHRASE, PREFIX, Peer, Trial, key, now_ms, until};

const BLOCKS: u64 = 1_000;
const RECORDS_A_BLOCK: u64 = 100;

/// Takes a minute or two, so it runs when asked for: `cargo test -p chopmark-client -- --ignored`.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "100,000 records take minutes to make"]
async fn opens_100_000_records_and_shows_home_within_a_second() {
    let trial = Trial::new();
    let peer = trial.peer(None).await;
    fill(&trial, &peer);
    let phone = trial.phone_at(FACTORY, Role::Warehouse, &peer).await;
    let all = BLOCKS * RECORDS_A_BLOCK;
    let deadline = Instant::now() + Duration::from_secs(300);
    while phone.ask(Home {}).await.unwrap().counts.held < all {
        assert!(Instant::now() < deadline, "the sync never ended");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    phone.ask(Lock {}).await.unwrap();
    until("the replica is closed", || async {
        let lock = StoreLock::Passphrase {
            passphrase: PASSPHRASE,
            strength: chopmark_replica::Strength::Phone,
        };
        Replica::open(phone.path(), lock, PartyKind::Device).is_ok()
    })
    .await;

    let started = Instant::now();
    let derived = chopmark_replica::Store::open(
        phone.path(),
        StoreLock::Passphrase {
            passphrase: PASSPHRASE,
            strength: chopmark_replica::Strength::Phone,
        },
    );
    drop(derived.unwrap());
    let derivation = started.elapsed();
    let started = Instant::now();
    phone
        .ask(chopmark_view::Unlock {
            passphrase: PASSPHRASE.into(),
        })
        .await
        .unwrap();
    let home = phone.ask(Home {}).await.unwrap();
    let opened = started.elapsed().saturating_sub(derivation);
    println!(
        "opened {all} records and showed home in {opened:?}, key derivation of {derivation:?} apart"
    );
    assert_eq!(home.counts.held, all);
    assert!(opened < Duration::from_secs(1), "{opened:?}");
    let started = Instant::now();
    phone.ask(Home {}).await.unwrap();
    println!("home again in {:?}", started.elapsed());
    println!(
        "{}",
        std::fs::read_to_string("/proc/self/status")
            .unwrap()
            .lines()
            .find(|l| l.starts_with("VmRSS"))
            .unwrap()
    );
}

/// The factory's QC device commissions everything, and the peer orders it.
fn fill(trial: &Trial, peer: &Peer) {
    let device: DeviceKey = key(FACTORY, Role::Qc);
    let prefix = Prefix::parse(PREFIX).unwrap();
    let mut prev = None;
    for seq in 0..BLOCKS {
        let records: Vec<RecordDraft> = (0..RECORDS_A_BLOCK)
            .map(|n| {
                let code =
                    Code::gtin_serial(GTIN, &format!("L{}", seq * RECORDS_A_BLOCK + n)).unwrap();
                let subject = code.subject(&trial.genesis.id(), &trial.member(FACTORY));
                let when = When {
                    time: TimeMs(now_ms()),
                    tz: TzMinutes::default(),
                };
                let (class, codes) = (code.class(), vec![code.hash()]);
                RecordDraft::new(
                    Body::Commission {
                        when,
                        class,
                        prefix: prefix.clone(),
                        codes,
                    },
                    vec![subject],
                )
            })
            .collect();
        let position = Position {
            network: trial.genesis.id(),
            member: trial.member(FACTORY),
            device: device.id(),
            seq: Seq(seq),
            prev,
            anchor: None,
            clock: TimeMs(now_ms()),
        };
        let seed = chopmark_replica::random_bytes().unwrap();
        let built = UnsignedBlock::build(
            position,
            &records,
            &std::collections::BTreeMap::new(),
            &seed,
        )
        .unwrap();
        let block = built.sign(&device).unwrap().block;
        prev = Some(block.id());
        let taken = peer.replica.take_handover(vec![block], Vec::new()).unwrap();
        assert!(taken.not_taken.is_empty(), "{taken:?}");
        if seq % 100 == 99 {
            peer.order();
        }
    }
}
