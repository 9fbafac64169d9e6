//! What an operator asks of a member's peer, whether it runs or not.

mod policy;
pub(crate) mod recovery;
pub(crate) mod roster;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context as _, anyhow, bail, ensure};
use chopmark_core::{
    Body, DeviceId, Invitation, MemberId, Prefix, Role, Seq, StateView, Written, check_written,
    limits,
};
use chopmark_replica::{Link, Node};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::watch;

use crate::clock;
use crate::config::Config;
use crate::exchange::{Export, Import, Told};
use crate::folder::Folder;
use crate::invitations::Grant;
use crate::peer::{Known, Peer, Purging, Running, ToldOfRun, Towards, Wanted};

/// Checkpoints until a change of roster or policy holds, where nobody says otherwise: time for
/// others to sign.
pub(crate) const CHANGE_AHEAD: u64 = 1_000;

/// One command of the command line.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub(crate) enum Request {
    /// Where the peer stands.
    Status,
    /// Make an invitation.
    Invite {
        /// The role's number.
        role: u8,
        /// The device's name.
        name: String,
        /// Until the invitation expires.
        life_ms: u64,
        /// Until the enrolment ends.
        enrolled_ms: u64,
    },
    /// End a device.
    Revoke {
        /// Its key.
        device: String,
        /// The number of its last block that counts.
        last: Option<u64>,
    },
    /// Sign a prefix's registration.
    RegisterPrefix {
        /// The prefix.
        digits: String,
        /// Name or id of the member it belongs to; this one without it.
        member: Option<String>,
    },
    /// The policy in force, the newest, or what a member wants in its place.
    Policy {
        /// Name or id of that member.
        wish: Option<String>,
        /// The newest, also if it does not hold yet.
        newest: bool,
    },
    /// Sign that a policy should hold.
    ProposePolicy {
        /// The file.
        policy: String,
        /// The first checkpoint under it.
        height: Option<u64>,
    },
    /// The members, the validators, and what is wanted of them, in words.
    Roster,
    /// What a command that holds root keys needs to know, of this member or another.
    Standing {
        /// Name or id of that member.
        of: Option<String>,
    },
    /// Write a record that root keys signed.
    WriteSigned {
        /// Its bytes, in base 64.
        record: String,
    },
    /// Enrol the devices of a fresh recovery key, and seal every reader key to it.
    SetRecovery(recovery::Fresh),
    /// Where the recovery key stands.
    Recovery,
    /// What came of a code, or what it came of.
    Trace {
        /// The code, or a subject's id.
        of: String,
        /// Which way.
        towards: Towards,
        /// How many of the nearest are passed over.
        #[serde(default)]
        passed: usize,
    },
    /// Commission the codes of a file as one run.
    CommissionRun {
        /// The whole path of the file.
        file: String,
        /// What is said of it.
        #[serde(flatten)]
        told: ToldOfRun,
    },
    /// This member's runs.
    Runs,
    /// The codes of a run, into a file.
    RunList {
        /// Its subject id.
        run: String,
        /// The whole path of the file.
        out: PathBuf,
    },
    /// Take sections' bytes away.
    Purge {
        /// What to take away.
        what: Purging,
        /// Only say what would go.
        dry_run: bool,
    },
    /// Copy the peer's folder.
    BackUp {
        /// The whole path of the new folder.
        out: String,
    },
    /// A code's history.
    Bundle {
        /// What is told of the code.
        code: String,
    },
    /// What the ledger knows about a code, as a proof.
    Prove(Wanted),
    /// A block as a transparent statement.
    ExportStatement {
        /// The block's id.
        block: String,
    },
    /// Import EPCIS events.
    EpcisImport(Import),
    /// Export EPCIS events.
    EpcisExport(Export),
}

impl Request {
    /// Whether the member's admin device signs for it, now or when a device comes with what was
    /// made.
    const fn is_signed_by_admin(&self) -> bool {
        matches!(
            self,
            Self::Invite { .. }
                | Self::Revoke { .. }
                | Self::RegisterPrefix { .. }
                | Self::ProposePolicy { .. }
                | Self::WriteSigned { .. }
                | Self::SetRecovery(_)
                | Self::CommissionRun { .. }
                | Self::EpcisImport(_)
        )
    }
}

/// A fresh invitation.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Invited {
    /// The link, also the text of the QR code.
    pub(crate) link: String,
    /// When it expires, for people.
    pub(crate) expires: String,
}

/// The connections that a running peer keeps to the other members' peers.
pub(crate) type Links = Vec<(DeviceId, watch::Receiver<Link>)>;

/// Carries requests out.
#[derive(Clone)]
pub(crate) struct Admin {
    peer: Peer,
    running: Running,
    /// What invitations name.
    addresses: Arc<[String]>,
    links: Arc<Links>,
    /// By which a running peer asks others.
    node: Option<Node>,
}

impl Admin {
    /// For a peer that runs, and can be joined at these addresses.
    pub(crate) fn running(
        (peer, node): (Peer, Node),
        addresses: Vec<String>,
        links: Arc<Links>,
    ) -> Self {
        Self {
            node: Some(node),
            peer,
            running: Running::Yes,
            addresses: addresses.into(),
            links,
        }
    }

    /// Carries one request out on a folder on which no peer runs. What it signs is spread when the
    /// peer runs next.
    pub(crate) fn alone(folder: &Folder, request: Request, told: Told) -> anyhow::Result<Value> {
        let config = Config::read(&folder.config_path())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("the system gives no threads")?;
        runtime.block_on(async {
            let peer = Peer::open(folder, &config).await?;
            let addresses = config.advertised();
            let links = Arc::default();
            Self {
                peer,
                node: None,
                running: Running::No,
                addresses: addresses.into(),
                links,
            }
            .handle(request, told)
            .await
        })
    }

    /// Carries one request out; long work says how far it is.
    pub(crate) async fn handle(&self, request: Request, told: Told) -> anyhow::Result<Value> {
        if request.is_signed_by_admin() {
            // Before anything is made or written that would then be worth nothing.
            self.peer.admin_key()?;
        }
        match request {
            Request::Status => {
                let live = |link: &Link| matches!(link, Link::Live { .. });
                let links = self.links.iter();
                let connected = links
                    .map(|(key, link)| (*key, live(&link.borrow())))
                    .collect();
                Ok(serde_json::to_value(
                    self.peer.status(self.running, connected).await?,
                )?)
            }
            Request::Invite {
                role,
                name,
                life_ms,
                enrolled_ms,
            } => {
                let role = Role::try_from(role).context("the role")?;
                let invited = self.invite(Offer {
                    role,
                    name,
                    life_ms,
                    enrolled_ms,
                })?;
                Ok(serde_json::to_value(invited)?)
            }
            Request::Revoke { device, last } => self.revoke(&device, last).await.map(Value::from),
            Request::RegisterPrefix { digits, member } => {
                self.register_prefix(&digits, member).await.map(Value::from)
            }
            Request::Policy { wish, newest } => {
                let shown = policy::show(&self.peer, wish, newest).await;
                shown.map(Value::from)
            }
            Request::ProposePolicy { policy, height } => {
                let said = policy::propose(&self.peer, policy, height).await;
                said.map(Value::from)
            }
            Request::Roster => roster::show(&self.peer).await.map(Value::from),
            Request::Standing { of } => Ok(serde_json::to_value(
                roster::standing(&self.peer, of).await?,
            )?),
            Request::WriteSigned { record } => {
                roster::write(&self.peer, &record).await.map(Value::from)
            }
            Request::SetRecovery(fresh) => recovery::set(&self.peer, fresh).await.map(Value::from),
            Request::Recovery => Ok(Value::from(self.peer.recovery().await?.to_string())),
            Request::Trace {
                of,
                towards,
                passed,
            } => {
                let trace = self.peer.trace(of, towards, passed).await?;
                Ok(serde_json::to_value(trace)?)
            }
            Request::CommissionRun { file, told } => {
                self.peer.commission_run(file, told).await.map(Value::from)
            }
            Request::Runs => {
                let runs = self.peer.blocking(Peer::own_runs).await?;
                Ok(serde_json::to_value(runs)?)
            }
            Request::RunList { run, out } => {
                self.peer.write_run_list(run, out).await.map(Value::from)
            }
            Request::Purge { what, dry_run } => {
                let done = self.peer.purge(what, dry_run).await?;
                Ok(Value::from(done.to_string()))
            }
            Request::BackUp { out } => self.peer.back_up(out.into()).await.map(Value::from),
            Request::Bundle { code } => Ok(match self.peer.history(code.parse()?, None).await? {
                Known::History(history) => {
                    Value::from(data_encoding::BASE64.encode(&history.bytes))
                }
                Known::Nothing(_) => Value::Null,
            }),
            Request::Prove(wanted) => {
                let proof = self.peer.prove(wanted).await?;
                Ok(Value::from(data_encoding::BASE64.encode(&proof)))
            }
            Request::ExportStatement { block } => {
                let statement = self.peer.export_statement(block.parse()?).await?;
                Ok(Value::from(data_encoding::BASE64.encode(&statement)))
            }
            Request::EpcisImport(import) => {
                let imported = self.peer.import(import, (self.node.clone(), told)).await?;
                Ok(serde_json::to_value(imported)?)
            }
            Request::EpcisExport(export) => {
                Ok(serde_json::to_value(self.peer.export(export, told).await?)?)
            }
        }
    }

    fn invite(&self, offer: Offer) -> anyhow::Result<Invited> {
        ensure!(
            !self.addresses.is_empty(),
            "nobody would know where to join: set `advertise` in chopmark.toml and restart the peer"
        );
        ensure!(
            !offer.name.trim().is_empty() && offer.name.len() <= limits::NAME_BYTES,
            "a device's name has 1 to {} bytes",
            limits::NAME_BYTES
        );
        check_written(Written::Name, &offer.name).context("the device's name")?;
        let now = clock::now();
        let mut secret = [0; 16];
        getrandom::fill(&mut secret)
            .map_err(|why| anyhow!("the system gives no random numbers ({why})"))?;
        let expires = now.plus(offer.life_ms);
        let (network, device) = (self.peer.network(), self.peer.device());
        let invitation = Invitation::new(network, device, self.addresses.to_vec(), secret, expires)
            .context("`advertise` in chopmark.toml")?;
        let grant = Grant::new(
            offer.role,
            &offer.name,
            expires,
            now.plus(offer.enrolled_ms),
        );
        self.peer.invitations().add(&secret, &grant, now)?;
        Ok(Invited {
            link: invitation.to_link(),
            expires: clock::readable(expires),
        })
    }

    async fn revoke(&self, device: &str, last: Option<u64>) -> anyhow::Result<String> {
        let device: DeviceId = device.parse().context("the device's key")?;
        ensure!(
            device != self.peer.admin_key()?.id(),
            "device {device} is the one that would sign this; revoke it from another admin device"
        );
        let own = self.peer.member();
        let (name, newest) = self
            .peer
            .view(move |view| last_word(view, own, device))
            .await??;
        let last = match last {
            None => newest,
            Some(seq) => {
                let block = self.peer.block_at(device, Seq(seq)).await?;
                let missing = || format!("block {seq} of {name} is not here");
                Some((Seq(seq), block.with_context(missing)?))
            }
        };
        self.peer.revoke(device, last).await?;
        Ok(match last {
            Some((seq, _)) => format!(
                "revoked {name}: its blocks up to number {} still count",
                seq.0
            ),
            None => format!("revoked {name}: nothing of it counts"),
        })
    }

    async fn register_prefix(
        &self,
        digits: &str,
        member: Option<String>,
    ) -> anyhow::Result<String> {
        let prefix = Prefix::parse(digits)?;
        let wanted = member.unwrap_or_else(|| self.peer.member().to_string());
        let claimed = prefix.clone();
        let (member, name, signed, quorum) = self
            .peer
            .view(move |view| {
                let (id, name) = find_member(view, &wanted)?;
                let signed = view
                    .claim(&claimed, &id)
                    .map_or(0, |claim| claim.writers().len());
                anyhow::Ok((id, name, signed, view.policy().prefix_quorum))
            })
            .await??;
        self.peer
            .sign_as_admin(Body::RegisterPrefix {
                prefix: prefix.clone(),
                member,
            })
            .await?;
        Ok(format!(
            "signed that prefix {prefix} belongs to {name}; {signed} members did before, {quorum} are needed"
        ))
    }
}

/// What an invitation gives.
struct Offer {
    role: Role,
    name: String,
    life_ms: u64,
    enrolled_ms: u64,
}

/// A device's name, and the last block of it that is here: what came so far still counts.
fn last_word(
    view: &dyn StateView,
    own: MemberId,
    device: DeviceId,
) -> anyhow::Result<(String, Option<(Seq, chopmark_core::BlockId)>)> {
    let Some(state) = view.device(&device) else {
        bail!("no member enrolled device {device}; `chopmark status` lists this member's");
    };
    ensure!(
        *state.member() == own,
        "device {device} belongs to another member"
    );
    ensure!(
        state.revoked().is_none(),
        "device {device} is revoked already"
    );
    let last = view
        .feed(&device)
        .and_then(|feed| Some((Seq(feed.next.0.checked_sub(1)?), feed.head)));
    Ok((state.name().to_owned(), last))
}

/// A member by the name or the id that a person typed.
pub(crate) fn find_member(
    view: &dyn StateView,
    wanted: &str,
) -> anyhow::Result<(MemberId, String)> {
    let id = wanted.parse::<MemberId>().ok();
    let mut found = view
        .members()
        .filter(|(member, state)| state.name() == wanted || Some(**member) == id)
        .map(|(member, state)| (*member, state.name().to_owned()));
    match (found.next(), found.next()) {
        (Some(member), None) => Ok(member),
        (None, _) => bail!("no member has the name or id `{wanted}`"),
        (Some(_), Some(_)) => bail!("two members are called `{wanted}`; give the id"),
    }
}
