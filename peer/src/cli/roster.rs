//! `chopmark member admit …`, `validators …`, `root …`, `guardians …`: what root keys sign. The
//! keys stay in this process; the running peer is given what they signed.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use chopmark_core::{
    Application, Body, Digest32, GuardianChoice, Height, MemberId, MlDsa44Key, NetworkId, Record,
    RecoveryRequest, RootChange, RootKey, RootPublic, RosterAct, RosterTerms, Validator,
    ValidatorSet, sign_objection,
};
use clap::{Args, Subcommand};

use super::admin::carry_out;
use super::member;
use crate::admin::roster::{Standing, decoded, encoded};
use crate::admin::{CHANGE_AHEAD, Request};
use crate::folder::{Folder, write_whole};
use crate::keyfile::KeyFile;

/// From when on, and who signs.
#[derive(Args)]
pub(super) struct Signing {
    /// The member's root key file.
    #[arg(long)]
    root: PathBuf,
    /// The first checkpoint under the change; 1,000 from now without it, or what another member
    /// that wants the same has said.
    #[arg(long)]
    height: Option<u64>,
    /// The data folder of the member that signs.
    #[arg(long)]
    dir: PathBuf,
}

#[derive(Subcommand)]
pub(super) enum ValidatorsCommand {
    /// Say who the members are, who guards their root keys, whose peers order, and what members
    /// want of that.
    Show {
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Write this member's peer on a card, with both of its keys, for `validators set`.
    Card {
        /// Where the card goes.
        #[arg(long)]
        out: PathBuf,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Sign that these peers should order, and no others: one, or four and more.
    Set {
        /// The cards of all of them.
        #[arg(required = true)]
        cards: Vec<PathBuf>,
        /// One peer should order alone from then on, where several do now.
        #[arg(long)]
        alone: bool,
        #[command(flatten)]
        signing: Signing,
    },
}

#[derive(Subcommand)]
pub(super) enum RootCommand {
    /// Go over to the next root keys, at once, and make those that come after them.
    Rotate {
        /// The file of the next root keys, as `member new` or the rotation before made it.
        #[arg(long)]
        next: PathBuf,
        /// Where the keys that come after them go.
        #[arg(long)]
        new_next: PathBuf,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Make new root keys for a member that lost its own, and the request for its guardians.
    Request {
        /// Where the new root keys go.
        #[arg(long)]
        root: PathBuf,
        /// Where the keys that come after them go.
        #[arg(long)]
        next: PathBuf,
        /// Where the request goes.
        #[arg(long)]
        out: PathBuf,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
}

#[derive(Subcommand)]
pub(super) enum GuardiansCommand {
    /// Say which members together may give this one new root keys: at once the first time, and
    /// later after 14 days.
    Set {
        /// The guardians, by name or id.
        #[arg(required = true)]
        members: Vec<String>,
        /// How many of them it takes.
        #[arg(long)]
        threshold: u64,
        /// The member's root key file.
        #[arg(long)]
        root: PathBuf,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
}

/// Asks where everything stands.
fn standing(dir: &Path, of: Option<String>) -> anyhow::Result<Standing> {
    let answer = carry_out(dir, Request::Standing { of })?;
    serde_json::from_value(answer).context("the peer's answer")
}

impl Standing {
    fn network(&self) -> anyhow::Result<NetworkId> {
        self.network.parse().context("the peer's answer")
    }

    fn member(&self) -> anyhow::Result<MemberId> {
        self.own.id.parse().context("the peer's answer")
    }

    fn root(&self) -> anyhow::Result<RootPublic> {
        Ok(RootPublic::from_bytes(&decoded(&self.own.root)?)?)
    }

    /// The key in a file, which has to be the member's.
    fn key(&self, path: &Path) -> anyhow::Result<RootKey> {
        let key = KeyFile::root(path)?;
        ensure!(
            key.public() == self.root()?,
            "{} is not the root key that {} has now; after a rotation it is the one that was the next",
            path.display(),
            self.own.name
        );
        Ok(key)
    }

    /// The terms on which others want the same, or fresh ones.
    fn terms(&self, act: &RosterAct, height: Option<u64>) -> anyhow::Result<RosterTerms> {
        let replaces: Digest32 = self.roster.parse().context("the peer's answer")?;
        for (name, record) in &self.wishes {
            let record = Record::from_bytes(&decoded(record)?)?;
            if let Some((terms, wanted, _)) = record.body().roster_wish()
                && wanted == *act
                && terms.replaces == replaces
                && height.is_none_or(|height| height == terms.height.0)
            {
                println!("as {name} wants it, from checkpoint {} on", terms.height);
                return Ok(terms);
            }
        }
        let least = self
            .height
            .max(self.newest_change)
            .saturating_add(CHANGE_AHEAD);
        let height = Height(height.unwrap_or(least));
        println!(
            "from checkpoint {height} on; the next one is {}",
            self.height
        );
        Ok(RosterTerms { replaces, height })
    }
}

/// Signs a wish for another roster and hands it to the peer.
pub(super) fn want(act: RosterAct, signing: &Signing) -> anyhow::Result<()> {
    let standing = standing(&signing.dir, None)?;
    let key = standing.key(&signing.root)?;
    let terms = standing.terms(&act, signing.height)?;
    let signature = terms.sign(&standing.network()?, &act, &key);
    write(&signing.dir, Body::wish(terms, act, signature))
}

fn write(dir: &Path, body: Body) -> anyhow::Result<()> {
    let record = encoded(body)?;
    let answer = carry_out(dir, Request::WriteSigned { record })?;
    println!("{}", answer.as_str().unwrap_or("signed"));
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes an application of the member in a folder to a network that it is not in.
pub(super) fn apply(dir: &Path, genesis: &Path, root: &Path, out: &Path) -> anyhow::Result<()> {
    let folder = Folder::new(dir);
    let genesis = super::network::read_genesis(genesis)?;
    let card = member::read_card(&folder.card())?;
    let key = KeyFile::root(root)?;
    ensure!(
        *card.inception().root() == key.public(),
        "{} is not the root key of {}",
        root.display(),
        folder.card().display()
    );
    let application = Application::sign(card, &genesis.id(), &key);
    let bytes = application.to_bytes();
    write_whole(&folder.application(), &bytes)?;
    write_whole(out, &bytes)?;
    println!(
        "{} applies to {}; give {} to its members' administrators, and run `chopmark member init`",
        application.applicant().inception().name(),
        genesis.name(),
        out.display()
    );
    Ok(())
}

/// Signs that a firm should become a member.
pub(super) fn admit(application: &Path, signing: &Signing) -> anyhow::Result<()> {
    let application = Application::from_bytes(&read(application)?).with_context(|| {
        let path = application.display();
        format!("{path} is not an application of `chopmark member apply`")
    })?;
    let applicant = application.applicant().inception();
    println!(
        "{} ({:?})  {}",
        applicant.name(),
        applicant.class(),
        applicant.id()
    );
    want(RosterAct::Admit(Box::new(application)), signing)
}

/// Signs that a member should be one no longer.
pub(super) fn expel(wanted: String, signing: &Signing) -> anyhow::Result<()> {
    let of = standing(&signing.dir, Some(wanted))?;
    println!("{}  {}", of.own.name, of.own.id);
    want(RosterAct::Expel(of.member()?), signing)
}

/// Signs a guardian's wish.
pub(super) fn recover(request: &Path, dir: &Path) -> anyhow::Result<()> {
    let request = RecoveryRequest::from_bytes(&read(request)?).with_context(|| {
        let path = request.display();
        format!("{path} is not a request of `chopmark root request`")
    })?;
    let of = standing(dir, Some(request.member().to_string()))?;
    println!("new root keys {} for {}", request.base(), of.own.name);
    let request = Box::new(request);
    write(dir, Body::Recover { request })?;
    println!(
        "once enough guardians signed, they hold after 14 days, unless its present keys object"
    );
    Ok(())
}

/// Signs an objection of the present root keys.
pub(super) fn object(root: &Path, dir: &Path) -> anyhow::Result<()> {
    let standing = standing(dir, None)?;
    let key = standing.key(root)?;
    let Some(base) = &standing.own.recovery else {
        bail!(
            "nobody is recovering the root keys of {}",
            standing.own.name
        );
    };
    let base = base.parse().context("the peer's answer")?;
    let signature = sign_objection(&standing.network()?, &standing.member()?, base, &key);
    let signature = Box::new(signature);
    write(dir, Body::ObjectRecovery { signature })
}

/// Runs one of them.
pub(super) fn validators(command: ValidatorsCommand) -> anyhow::Result<()> {
    match command {
        ValidatorsCommand::Show { dir } => {
            let answer = carry_out(&dir, Request::Roster)?;
            print!("{}", answer.as_str().context("the peer's answer")?);
            Ok(())
        }
        ValidatorsCommand::Card { out, dir } => {
            let standing = standing(&dir, None)?;
            let key = KeyFile::device(&Folder::new(&dir).peer_key())?.signing;
            let ml_dsa = MlDsa44Key::second_of(&key).public();
            let card = Validator::new(standing.member()?, key.id()).with_ml_dsa(ml_dsa);
            write_whole(&out, &ValidatorSet::new(vec![card])?.to_bytes())?;
            println!(
                "{} orders with {}: {}",
                standing.own.name,
                key.id(),
                out.display()
            );
            Ok(())
        }
        ValidatorsCommand::Set {
            cards,
            alone,
            signing,
        } => {
            let mut all = Vec::new();
            for path in &cards {
                let card = ValidatorSet::from_bytes(&read(path)?);
                let card = card.with_context(|| {
                    format!(
                        "{} is not a card of `chopmark validators card`",
                        path.display()
                    )
                })?;
                all.extend(card.as_slice().iter().cloned());
            }
            // Whoever gives the same cards in another order wants the same.
            all.sort_by_key(Validator::key);
            let set = ValidatorSet::new(all).context("a member or a key is there twice")?;
            say_how_many(&set, alone, &signing)?;
            want(RosterAct::SetValidators(set), &signing)
        }
    }
}

/// The cards are all that order from then on, so that one card alone is mostly a misunderstanding.
fn say_how_many(set: &ValidatorSet, alone: bool, signing: &Signing) -> anyhow::Result<()> {
    let newest = standing(&signing.dir, None)?.validators;
    let newest = ValidatorSet::from_bytes(&decoded(&newest)?)?;
    let (now, then) = (newest.as_slice().len(), set.as_slice().len());
    ensure!(
        then > 1 || now == 1 || alone,
        "{now} peers order now, and with this one card one alone would from then on: nothing is final any more once it fails; give the cards of all that are to order, or say --alone"
    );
    match then {
        1 => println!("1 validator; one alone orders from then on"),
        _ => println!("{then} validators order from then on, and no others"),
    }
    Ok(())
}

/// Runs one of them.
pub(super) fn root(command: RootCommand) -> anyhow::Result<()> {
    match command {
        RootCommand::Rotate {
            next,
            new_next,
            dir,
        } => {
            Folder::new(&dir).must_administer()?;
            let standing = standing(&dir, None)?;
            let key = KeyFile::root(&next)?;
            KeyFile::new_root()?.write_new(&new_next)?;
            let after = KeyFile::root(&new_next)?.public().next_digest();
            let (network, member) = (standing.network()?, standing.member()?);
            let change = Box::new(RootChange::rotation(&network, &member, &key, after));
            write(&dir, Body::RotateRoot { change })?;
            println!(
                "{} are the root keys now; take them and {} to two safe places away from this machine",
                next.display(),
                new_next.display()
            );
            Ok(())
        }
        RootCommand::Request {
            root,
            next,
            out,
            dir,
        } => {
            let standing = standing(&dir, None)?;
            KeyFile::new_root()?.write_new(&root)?;
            KeyFile::new_root()?.write_new(&next)?;
            let key = KeyFile::root(&root)?;
            let after = KeyFile::root(&next)?.public().next_digest();
            let (network, member) = (standing.network()?, standing.member()?);
            let lost = standing.root()?;
            let request = RecoveryRequest::new(&network, member, &lost, &key, after);
            write_whole(&out, &request.to_bytes())?;
            println!(
                "new root keys {} for {}; give {} to its guardians, and tell them the number by another way",
                request.base(),
                standing.own.name,
                out.display()
            );
            Ok(())
        }
    }
}

/// Runs one of them.
pub(super) fn guardians(command: GuardiansCommand) -> anyhow::Result<()> {
    let GuardiansCommand::Set {
        members,
        threshold,
        root,
        dir,
    } = command;
    let own = standing(&dir, None)?;
    let key = own.key(&root)?;
    let found = members
        .into_iter()
        .map(|wanted| standing(&dir, Some(wanted))?.member());
    let choice = GuardianChoice {
        members: found.collect::<anyhow::Result<_>>()?,
        threshold,
        number: own.own.guardians_number,
    };
    let signature = Box::new(choice.sign(&own.network()?, &own.member()?, &key));
    write(&dir, Body::SetGuardians { choice, signature })?;
    let held = match own.own.guardians_number {
        1 => "these guardians hold at once, since they are the first",
        _ => {
            "these guardians hold after 14 days; until then the ones before do, and `chopmark validators show` names both"
        }
    };
    println!("{held}");
    Ok(())
}
