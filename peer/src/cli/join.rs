//! `chopmark join`: a folder in which another peer of a member runs, let in by an invitation.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context as _, bail};
use chopmark_core::{DeviceId, Invitation, Kem, MemberId, Role, VerifiedBlock};
use chopmark_replica::{JoinAnswer, Joined, Node, Remote, SyncError, Until};

use crate::config::{Config, TEMPLATE};
use crate::folder::{Folder, write_whole};
use crate::keyfile::KeyFile;
use crate::peer::Peer;

/// What a try that was cut short leaves; the next one goes on with it.
const BEGUN: [&str; 4] = ["peer.key", "genesis.cbor", "chopmark.toml", "member.json"];
/// Device keys are hybrid, whatever the network's policy: what is sealed to them today should not
/// open to a quantum computer later.
const KEM: Kem = Kem::XWing;

/// Joins, and fetches the ledger.
pub(super) fn run(link: &str, dir: &Path) -> anyhow::Result<()> {
    let invitation = Invitation::parse(link)?;
    let folder = Folder::new(dir);
    make_room(&folder)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("the system gives no threads")?;
    runtime.block_on(async {
        let joined = join(&invitation, &folder).await?;
        let peer = Peer::open(&folder, &Config::read(&folder.config_path())?).await?;
        println!(
            "this is another peer of {} in network {} ({}): device {}",
            peer.member_name(),
            peer.network_name(),
            peer.network(),
            peer.device()
        );
        match fetch(&peer, &invitation, joined.enrolment).await {
            Ok(()) => println!("the ledger is here up to checkpoint {}", peer.height()),
            Err(why) => println!("the ledger is on its way ({why}); `chopmark serve` fetches it"),
        }
        peer.save().await
    })?;
    println!(
        "set the addresses in {}, run `chopmark serve --dir {}`, and give {} to whoever is to call this peer",
        folder.config_path().display(),
        dir.display(),
        folder.identity().display()
    );
    Ok(())
}

/// A folder of its own: keys of two peers in one would be two peers with one ledger.
fn make_room(folder: &Folder) -> anyhow::Result<()> {
    let place = folder.path().display();
    if folder.joined_path().exists() {
        bail!("{place} has joined already; run `chopmark serve --dir {place}`");
    }
    std::fs::create_dir_all(folder.path()).with_context(|| format!("cannot make {place}"))?;
    let entries = std::fs::read_dir(folder.path());
    for entry in entries.with_context(|| format!("cannot read {place}"))? {
        let name = entry
            .with_context(|| format!("cannot read {place}"))?
            .file_name();
        let name = name.to_string_lossy();
        if !BEGUN.contains(&name.trim_end_matches(".new")) {
            bail!("{place} is not empty ({name} is in it); choose a new folder for this peer");
        }
    }
    Ok(())
}

/// Hands a fresh key in, and writes what came back. The key stays for another try: the peer gives
/// the same device the same answer again.
async fn join(invitation: &Invitation, folder: &Folder) -> anyhow::Result<Joined> {
    if !folder.peer_key().exists() {
        KeyFile::new_device(KEM)?.write_new(&folder.peer_key())?;
    }
    let key = KeyFile::device(&folder.peer_key())?;
    let device = key.signing.id();
    let answer = chopmark_replica::join(invitation, &key.signing, &key.hpke.public()).await;
    let answer = answer.context("this peer did not join; run the command again")?;
    let joined = answer.open(&invitation.network(), (&device, &key.hpke))?;
    if joined.role != Role::Peer {
        // It is on the ledger as that of another kind of device.
        std::fs::remove_file(folder.peer_key()).context("cannot take peer.key away")?;
        bail!(
            "this invitation was for a device of role {:?}, and is used up now: make one with `chopmark invite --role peer` and run this command again with it; end the device that nobody has with `chopmark revoke {device}`",
            joined.role
        );
    }
    write_whole(&folder.genesis_path(), joined.genesis.to_bytes())?;
    if !folder.config_path().exists() {
        let config = config(invitation, &answer, joined.member, device);
        write_whole(&folder.config_path(), config.as_bytes())?;
    }
    let mut founders = joined.genesis.founders().iter();
    let founder = founders.find(|founder| founder.id() == joined.member);
    let identity = serde_json::json!({
        "name": founder.map(|founder| founder.inception().name()),
        "member": joined.member.to_string(),
        "peer": device.to_string(),
    });
    write_whole(&folder.identity(), format!("{identity:#}\n").as_bytes())?;
    // The last one: it says that everything else is there.
    write_whole(&folder.joined_path(), &answer.to_bytes())?;
    Ok(joined)
}

/// A configuration that calls whoever let this peer in, and the peers that it told of.
fn config(invitation: &Invitation, answer: &JoinAnswer, member: MemberId, own: DeviceId) -> String {
    let mut text = TEMPLATE.to_owned();
    let mut call = |member: MemberId, key: DeviceId, addresses: &[String]| {
        if let Some(address) = addresses.first() {
            // The answer may hold anything; what JSON escapes, TOML reads.
            let address = serde_json::Value::from(address.as_str());
            // Writing into a string has no way to fail.
            let _ = write!(
                text,
                "\n[[peer]]\nmember = \"{member}\"\nkey = \"{key}\"\naddress = {address}\n"
            );
        }
    };
    call(member, invitation.peer(), invitation.addresses());
    let others = answer.peers.iter().filter(|other| other.key() != own);
    for other in others {
        call(other.member(), other.key(), other.addresses());
    }
    text
}

/// Fetches the ledger from whoever let this peer in.
async fn fetch(
    peer: &Peer,
    invitation: &Invitation,
    enrolment: VerifiedBlock,
) -> anyhow::Result<()> {
    // Should the inviting peer be lost before it told anyone, this one can.
    peer.blocking(move |peer| {
        let blocks = vec![enrolment.as_signed().clone()];
        peer.replica().take_handover(blocks, Vec::new())
    })
    .await??;
    let node = Node::caller(peer.key(), peer.replica().clone())?;
    let mut fetched = Err(SyncError::Unreachable {
        address: "the invitation".to_owned(),
        detail: "it names no address".to_owned(),
    });
    for address in invitation.addresses() {
        let remote = Remote {
            key: invitation.peer(),
            address: address.clone(),
        };
        fetched = node.sync_once(&remote, Until::Exchanged).await.map(drop);
        if fetched.is_ok() {
            break;
        }
    }
    node.close().await;
    Ok(fetched?)
}
