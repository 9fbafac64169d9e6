//! `chopmark network …`: draft, sign, combine.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use chopmark_core::{
    Founder, FounderSignature, Genesis, GenesisDraft, Policy, Role, Validator, ValidatorSet,
    Written, check_written,
};

use super::{NetworkCommand, NewNetwork, member};
use crate::clock;
use crate::folder::write_whole;
use crate::keyfile::KeyFile;
use crate::policy_file;

/// Runs one of them.
pub(super) fn run(command: &NetworkCommand) -> anyhow::Result<()> {
    match command {
        NetworkCommand::New(new) => draft(new),
        NetworkCommand::Show { file } => show(file),
        NetworkCommand::Sign { draft, root, out } => sign(draft, root, out),
        NetworkCommand::Combine {
            draft,
            signatures,
            out,
        } => combine(draft, signatures, out),
    }
}

/// Writes a draft.
fn draft(new: &NewNetwork) -> anyhow::Result<()> {
    let founders = new
        .founders
        .iter()
        .map(|card| member::read_card(card))
        .collect::<anyhow::Result<Vec<_>>>()?;
    let validators = validators(new, &founders)?;
    let policy = policy_of(new, &founders)?;
    check_written(Written::Name, &new.name).context("the network's name")?;
    // The cards came from elsewhere; here is the one look before everybody signs.
    for founder in &founders {
        check_written(Written::Name, founder.inception().name())
            .with_context(|| format!("the name on the card of member {}", founder.id()))?;
    }
    let title = (new.name.as_str(), new.host.as_str());
    let draft = GenesisDraft::new(title, policy, founders, validators, clock::now())?;
    write_whole(&new.draft, &draft.body_bytes())?;
    describe(&draft);
    println!(
        "every founder now runs `chopmark network sign --draft {}`",
        new.draft.display()
    );
    Ok(())
}

/// The peers that order: those of the founders that were named, or the first founder's alone.
fn validators(new: &NewNetwork, founders: &[Founder]) -> anyhow::Result<ValidatorSet> {
    let orderers = match new.validators.as_slice() {
        [] => vec![founders.first().context("a network needs a founder")?],
        named => named
            .iter()
            .map(|wanted| member::find(founders, wanted))
            .collect::<anyhow::Result<Vec<_>>>()?,
    };
    if (2..4).contains(&orderers.len()) {
        bail!(
            "{} validators cannot bear the loss of one of them: name one (it orders alone) or at least four",
            orderers.len()
        );
    }
    let validators = orderers.into_iter().map(|orderer| {
        let mut devices = orderer.devices().iter();
        let peer = devices.find(|device| device.role() == Role::Peer);
        let peer = peer.with_context(|| {
            let name = orderer.inception().name();
            format!("{name} has no peer device on its card, so it cannot order")
        })?;
        let validator = Validator::new(orderer.id(), peer.key());
        Ok(match peer.second() {
            Some(key) => validator.with_ml_dsa(key.clone()),
            None => validator,
        })
    });
    let validators = validators.collect::<anyhow::Result<Vec<_>>>()?;
    ValidatorSet::new(validators).context("a member is named as validator twice")
}

/// The policy of the file, or the standard one.
fn policy_of(new: &NewNetwork, founders: &[Founder]) -> anyhow::Result<Policy> {
    if let Some(file) = &new.policy {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        let find = |wanted: &str| Ok(member::find(founders, wanted)?.id());
        return policy_file::read(&text, find).with_context(|| file.display().to_string());
    }
    let standard = Policy::standard(founders.len());
    Ok(Policy {
        kem: new.kem.into(),
        prefix_quorum: new.prefix_quorum.map_or(standard.prefix_quorum, u64::from),
        ..standard
    })
}

/// Says in words what a draft or a genesis holds.
fn show(file: &Path) -> anyhow::Result<()> {
    let bytes = read(file)?;
    if let Ok(draft) = GenesisDraft::from_body_bytes(&bytes) {
        describe(&draft);
        println!("a draft: not signed yet");
        return Ok(());
    }
    let genesis = read_genesis(file)?;
    describe(genesis.draft());
    println!("signed by every founder with both root keys");
    Ok(())
}

/// Signs a draft, and says first what is signed.
fn sign(draft: &Path, root: &Path, out: &Path) -> anyhow::Result<()> {
    let draft = read_draft(draft)?;
    let key = KeyFile::root(root)?;
    let public = key.public();
    let Some(founder) = draft
        .founders()
        .iter()
        .find(|founder| *founder.inception().root() == public)
    else {
        bail!(
            "{} is the root key of no founder of this draft",
            root.display()
        );
    };
    let signature = draft.sign(founder.id(), &key);
    describe(&draft);
    write_whole(out, &signature.to_bytes())?;
    println!(
        "signed as member {} into {}",
        signature.member(),
        out.display()
    );
    Ok(())
}

/// Makes the genesis.
fn combine(draft: &Path, signatures: &[PathBuf], out: &Path) -> anyhow::Result<()> {
    let body = read(draft)?;
    let signatures = signatures
        .iter()
        .map(|path| {
            FounderSignature::from_bytes(&read(path)?).with_context(|| {
                format!(
                    "{} is not a signature of `chopmark network sign`",
                    path.display()
                )
            })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    let genesis = Genesis::combine(&body, signatures)?;
    write_whole(out, genesis.to_bytes())?;
    println!("network {} is {}", genesis.name(), genesis.id());
    println!(
        "every founder now runs `chopmark member init --genesis {}`",
        out.display()
    );
    Ok(())
}

/// Reads and verifies a genesis.
pub(super) fn read_genesis(path: &Path) -> anyhow::Result<Genesis> {
    Genesis::from_bytes(&read(path)?).with_context(|| {
        format!(
            "{} is not a genesis of `chopmark network combine`",
            path.display()
        )
    })
}

fn read_draft(path: &Path) -> anyhow::Result<GenesisDraft> {
    GenesisDraft::from_body_bytes(&read(path)?).with_context(|| {
        format!(
            "{} is not a draft of `chopmark network new`",
            path.display()
        )
    })
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn describe(draft: &GenesisDraft) {
    println!("network  {} ({})", draft.name(), draft.id());
    println!("labels   https://{}/…", draft.host());
    println!(
        "prefixes hold once {} members registered them",
        draft.policy().prefix_quorum
    );
    println!(
        "policy   {} ({} members amend it)",
        draft.policy().digest(),
        draft.policy().policy_quorum
    );
    for founder in draft.founders() {
        let orders = draft
            .validators()
            .as_slice()
            .iter()
            .any(|validator| validator.member() == founder.id());
        let role = if orders { ", orders" } else { "" };
        println!(
            "founder  {} ({:?}{role})  {}",
            founder.inception().name(),
            founder.inception().class(),
            founder.id()
        );
    }
}
