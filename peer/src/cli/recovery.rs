//! `chopmark member recovery …`: for the day on which every device is lost.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context as _, bail, ensure};
use chopmark_core::{Founder, RecoveryShare, RecoveryTags};
use clap::{Args, Subcommand};
use zeroize::Zeroizing;

use super::admin::carry_out;
use super::member;
use crate::admin::Request;
use crate::admin::recovery::{Fresh, Public};
use crate::clock;
use crate::config::TEMPLATE;
use crate::folder::{Folder, write_whole};
use crate::keyfile::{KeyFile, write_secret};
use crate::recovery::{combine, fresh, hex, split};

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// What a line with a share begins with.
const SHARE: &str = "CMR1";

#[derive(Subcommand)]
pub(super) enum RecoveryCommand {
    /// Make a new recovery key, write its shares, and seal the member's reader keys to it.
    Split(Split),
    /// Bring shares together: makes the data folder of an admin and a peer that replace all that
    /// was lost.
    Combine(Combine),
    /// Say which recovery key there is, what is sealed to it, and what opens in this folder.
    Check {
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
}

#[derive(Args)]
#[group(skip)]
pub(super) struct Split {
    /// How many shares to make.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(2..=64))]
    shares: u8,
    /// How many of them bring the member back.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(2..=64))]
    needed: u8,
    /// Where the shares go, one file each.
    #[arg(long)]
    out: PathBuf,
    /// Years until the recovery key's devices end; split again before.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=50))]
    years: u32,
    /// The member's data folder.
    #[arg(long)]
    dir: PathBuf,
}

#[derive(Args)]
#[group(skip)]
pub(super) struct Combine {
    /// A file with a share; once for each. Without any, shares are read from standard input, one
    /// a line.
    #[arg(long = "share")]
    shares: Vec<PathBuf>,
    /// The network's genesis; any member has it.
    #[arg(long)]
    genesis: PathBuf,
    /// The member that comes back, by name or id.
    #[arg(long)]
    member: String,
    /// The new data folder; made if it is not there.
    #[arg(long)]
    dir: PathBuf,
}

/// Runs one of them.
pub(super) fn run(command: &RecoveryCommand) -> anyhow::Result<()> {
    match command {
        RecoveryCommand::Split(split) => make(split),
        RecoveryCommand::Combine(combine) => bring_back(combine),
        RecoveryCommand::Check { dir } => {
            let answer = carry_out(dir, Request::Recovery)?;
            println!("{}", answer.as_str().context("the peer's answer")?);
            Ok(())
        }
    }
}

fn make(wanted: &Split) -> anyhow::Result<()> {
    ensure!(
        wanted.needed <= wanted.shares,
        "{} of {} shares cannot be needed",
        wanted.needed,
        wanted.shares
    );
    let folder = Folder::new(&wanted.dir);
    folder.must_administer()?;
    let genesis = folder.genesis()?;
    let founder = own_founder(&folder, genesis.founders())?;
    let (network, member, kem) = (genesis.id(), founder.id(), genesis.policy().kem);
    let secret = fresh()?;
    let tags = secret.tags(&network, &member);
    let shares = split(&secret, tags, (wanted.needed, wanted.shares))?;
    std::fs::create_dir_all(&wanted.out)
        .with_context(|| format!("cannot make {}", wanted.out.display()))?;
    // First the shares, then the signature: a key that nobody can bring together again would be
    // worse than none.
    for share in &shares {
        let path = wanted.out.join(format!("share-{}.txt", share.number()));
        let name = founder.inception().name();
        let text = Zeroizing::new(format!(
            "Chopmark recovery share {} of {}; any {} bring the member back\nnetwork {} ({network})\nmember  {name} ({member})\nsplit   {}\n\n{}\n",
            share.number(),
            shares.len(),
            share.needed(),
            genesis.name(),
            hex(&tags.split),
            share.text().as_str(),
        ));
        write_secret(&path, text.as_bytes())?;
        println!("wrote {}", path.display());
    }
    let until = YEAR
        .checked_mul(wanted.years)
        .and_then(|years| SystemTime::now().checked_add(years))
        .context("too many years")?;
    let request = Request::SetRecovery(Fresh {
        admin: Public::of(&secret.admin(&network, &member), kem),
        peer: Public::of(&secret.peer(&network, &member), kem),
        until: clock::time_of(until).0,
    });
    let answer = carry_out(&wanted.dir, request)
        .context("the shares are worthless, destroy them: the recovery key was not signed")?;
    println!("{}", answer.as_str().context("the peer's answer")?);
    println!(
        "give each share to another person, on paper or a stick, and delete the files here; any {} of them together are this member",
        wanted.needed
    );
    Ok(())
}

fn bring_back(wanted: &Combine) -> anyhow::Result<()> {
    let genesis = super::network::read_genesis(&wanted.genesis)?;
    let founder = member::find(genesis.founders(), &wanted.member)?;
    let (network, member) = (genesis.id(), founder.id());
    let shares = read_shares(&wanted.shares)?;
    let none = chopmark_core::DeviceId::from_bytes([0; 32]);
    let name_of = |owner: [u8; 4]| {
        let theirs =
            |other: &&Founder| RecoveryTags::of(&network, &other.id(), &none).owner == owner;
        let found = genesis.founders().iter().find(theirs);
        found.map(|other| other.inception().name().to_owned())
    };
    let secret = combine(&shares, (&network, &member), name_of)?;

    let folder = Folder::new(&wanted.dir);
    std::fs::create_dir_all(&wanted.dir)
        .with_context(|| format!("cannot make {}", wanted.dir.display()))?;
    let kem = genesis.policy().kem;
    let (admin, peer) = (
        secret.admin(&network, &member),
        secret.peer(&network, &member),
    );
    KeyFile::of_seeds(kem, &admin).write_new(&folder.admin_key())?;
    KeyFile::of_seeds(kem, &peer).write_new(&folder.peer_key())?;
    write_whole(&folder.genesis_path(), genesis.to_bytes())?;
    folder.mark_returned(&member)?;
    if !folder.config_path().exists() {
        write_whole(&folder.config_path(), TEMPLATE.as_bytes())?;
    }
    let identity = serde_json::json!({
        "name": founder.inception().name(),
        "member": member.to_string(),
        "peer": peer.signing_key().id().to_string(),
        "admin": admin.signing_key().id().to_string(),
    });
    write_whole(&folder.identity(), format!("{identity:#}\n").as_bytes())?;
    println!(
        "{} is back in {}: admin {}, peer {}",
        founder.inception().name(),
        wanted.dir.display(),
        admin.signing_key().id(),
        peer.signing_key().id()
    );
    println!(
        "now name another member's peer in {}, run `chopmark serve`, then `chopmark member recovery check`",
        folder.config_path().display()
    );
    Ok(())
}

/// The founder whose peer's key lies in a folder, or whose devices came back into it.
fn own_founder<'g>(folder: &Folder, founders: &'g [Founder]) -> anyhow::Result<&'g Founder> {
    let returned = folder.returned()?;
    let peer = KeyFile::device(&folder.peer_key())?.signing.id();
    let mut all = founders.iter();
    let found = all.find(|founder| match returned {
        Some(member) => founder.id() == member,
        None => founder.devices().iter().any(|device| device.key() == peer),
    });
    found.with_context(|| format!("{} is in no founder's card", folder.peer_key().display()))
}

fn read_shares(files: &[PathBuf]) -> anyhow::Result<Vec<RecoveryShare>> {
    if files.is_empty() {
        let mut text = Zeroizing::new(String::new());
        std::io::stdin()
            .read_to_string(&mut text)
            .context("standard input")?;
        return shares_in(&text, Path::new("standard input"));
    }
    let mut shares = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(path).map(Zeroizing::new);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        shares.extend(shares_in(&text, path)?);
    }
    Ok(shares)
}

fn shares_in(text: &str, from: &Path) -> anyhow::Result<Vec<RecoveryShare>> {
    let begins = |line: &&str| {
        let head = line.get(..SHARE.len());
        head.is_some_and(|head| head.eq_ignore_ascii_case(SHARE))
    };
    let mut shares = Vec::new();
    for line in text.lines().map(str::trim).filter(begins) {
        let share = line.parse::<RecoveryShare>();
        shares.push(share.with_context(|| from.display().to_string())?);
    }
    if shares.is_empty() {
        bail!(
            "{} holds no recovery share: a line that begins with {SHARE}",
            from.display()
        );
    }
    Ok(shares)
}
