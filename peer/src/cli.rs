//! What the commands are called and take.

mod admin;
mod epcis;
mod join;
mod labels;
mod member;
mod names;
mod network;
mod prove;
mod recovery;
mod roster;
mod run_list;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use chopmark_core::DeviceId;
use clap::{Args, Parser, Subcommand};

use crate::logs::LogStyle;
use crate::peer::Towards;
use crate::serve;
use names::{ClassName, KemName, RoleName};

/// A consortium ledger's peer: keeps it, spreads it, orders it, shows it.
#[derive(Parser)]
#[command(name = "chopmark", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a member's keys and card, and put it into a network.
    #[command(subcommand)]
    Member(MemberCommand),
    /// Found a network: draft, sign, combine.
    #[command(subcommand)]
    Network(NetworkCommand),
    /// GS1 company prefixes.
    #[command(subcommand)]
    Prefix(PrefixCommand),
    /// The network's policy: who may write what, quorums, time spans, jurisdictions.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Whose peers order.
    #[command(subcommand)]
    Validators(roster::ValidatorsCommand),
    /// The member's root keys.
    #[command(subcommand)]
    Root(roster::RootCommand),
    /// Members that may give this one new root keys.
    #[command(subcommand)]
    Guardians(roster::GuardiansCommand),
    /// Invite a device: prints a link and a QR code that can be used once.
    Invite(Invite),
    /// Take up an invitation for a peer: makes a folder in which another peer of the member runs.
    Join {
        /// The link that `chopmark invite --role peer` printed.
        link: String,
        /// The new data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// End a device, from now on.
    Revoke {
        /// The device's key, as `chopmark status` shows it.
        device: DeviceId,
        /// The number of its last block that still counts; without it, the newest that is here.
        #[arg(long, value_name = "SEQ")]
        last: Option<u64>,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Run the member's peer.
    Serve {
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
        /// How log lines look.
        #[arg(long, default_value = "text")]
        log: LogStyle,
    },
    /// Say where the member's peer stands.
    Status {
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Say what was made of a code, or what it was made of, and who has all that now.
    Trace {
        /// Which way.
        towards: Towards,
        /// The code, as on the label, or a subject's id: a run has no code.
        of: String,
        /// Pass over so many of the nearest: one call names 100,000 things.
        #[arg(long, default_value_t = 0)]
        skip: usize,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Runs of serials.
    #[command(subcommand)]
    Run(run_list::RunCommand),
    /// Take the bytes of sections away from this member's peer; records and signatures stay.
    Purge(Purge),
    /// Copy the member's folder, also while its peer runs, so that it can be restored elsewhere.
    Backup {
        /// The new folder.
        #[arg(long)]
        out: PathBuf,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Write the history of a code into a file, for `chopmark verify`.
    Bundle {
        /// The code, as on the label.
        code: String,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
        /// Where the bundle goes.
        #[arg(long)]
        out: PathBuf,
    },
    /// Events in the industry's own format, EPCIS 2.0.
    #[command(subcommand)]
    Epcis(epcis::EpcisCommand),
    /// Print codes: labels for goods, and what goes under their seals.
    Labels(labels::Labels),
    /// Write a proof of what the ledger knows about a code, or that it knows nothing.
    Prove(prove::Prove),
    /// Write a block as a SCITT transparent statement, with this peer's receipt for it.
    Statement(prove::Export),
    /// Check a history, a proof or a statement, trusting nobody.
    Verify(verify::Verify),
}

#[derive(Subcommand)]
enum PrefixCommand {
    /// Sign that a prefix belongs to a member; it holds once a quorum of members did.
    Register {
        /// The prefix's digits.
        digits: String,
        /// The member it belongs to, by name or id; this one without it.
        #[arg(long)]
        member: Option<String>,
        /// The data folder of the member that signs.
        #[arg(long)]
        dir: PathBuf,
    },
}

#[derive(Subcommand)]
enum PolicyCommand {
    /// Print the policy in force and what members want in its place.
    Show {
        /// Print what this member, by name or id, wants instead.
        #[arg(long)]
        wish: Option<String>,
        /// Print the newest policy that members agreed on, also if it does not hold yet: this is
        /// what the next one replaces.
        #[arg(long, conflicts_with = "wish")]
        newest: bool,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Sign that a policy should hold from a checkpoint on; it does once a quorum of members
    /// signed the same before. Give the newest one to take a proposal back.
    Propose {
        /// The policy, as `policy show` prints one.
        file: PathBuf,
        /// The first checkpoint under it; 1,000 from now without it, or what another member that
        /// wants the same has said.
        #[arg(long)]
        height: Option<u64>,
        /// The data folder of the member that signs.
        #[arg(long)]
        dir: PathBuf,
    },
}

#[derive(Args)]
#[group(skip)]
struct Purge {
    /// Everything that was final before this day (UTC), as YYYY-MM-DD.
    #[arg(long, value_name = "DATE", required_unless_present = "record")]
    before: Option<jiff::civil::Date>,
    /// The sections of one record, as BLOCK/INDEX.
    #[arg(long, conflicts_with = "before")]
    record: Option<String>,
    /// Only say what would go.
    #[arg(long)]
    dry_run: bool,
    /// The member's data folder.
    #[arg(long)]
    dir: PathBuf,
}

#[derive(Args)]
struct Invite {
    /// What the device will do.
    #[arg(long)]
    role: RoleName,
    /// The device's name, as the member's own people will see it.
    #[arg(long)]
    name: String,
    /// Hours until the invitation expires.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u64).range(1..=720))]
    hours: u64,
    /// Days until the device's enrolment ends.
    #[arg(long, default_value_t = 365, value_parser = clap::value_parser!(u64).range(1..=3650))]
    days: u64,
    /// The member's data folder.
    #[arg(long)]
    dir: PathBuf,
    /// Also write the QR code as a picture.
    #[arg(long)]
    svg: Option<PathBuf>,
    /// Print JSON instead of a picture.
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum MemberCommand {
    /// Make root keys, reader key, admin key, peer key, and the card for the network's maker.
    New(NewMember),
    /// Put a network's genesis into the data folder.
    #[command(visible_alias = "attach")]
    Init(Init),
    /// Say who a card or a data folder is.
    Show {
        /// The data folder or the card.
        #[arg(value_name = "FOLDER|CARD")]
        of: PathBuf,
    },
    /// Apply to a network that this member is not in.
    Apply {
        /// The network's genesis.
        #[arg(long)]
        genesis: PathBuf,
        /// The member's root key file.
        #[arg(long)]
        root: PathBuf,
        /// Where the application goes.
        #[arg(long)]
        out: PathBuf,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Sign that a firm should become a member; it does once a quorum of members signed the same.
    Admit {
        /// The firm's application.
        application: PathBuf,
        #[command(flatten)]
        signing: roster::Signing,
    },
    /// Sign that a member should be one no longer.
    Expel {
        /// The member, by name or id.
        member: String,
        #[command(flatten)]
        signing: roster::Signing,
    },
    /// As a guardian, sign that a member should have new root keys.
    Recover {
        /// Its request.
        request: PathBuf,
        /// The guardian's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Object to new root keys for this member, with its present ones.
    Object {
        /// The present root key file.
        #[arg(long)]
        root: PathBuf,
        /// The member's data folder.
        #[arg(long)]
        dir: PathBuf,
    },
    /// Shares that bring the member back when every device is lost.
    #[command(subcommand)]
    Recovery(recovery::RecoveryCommand),
}

#[derive(Args)]
struct NewMember {
    /// The legal name, as it will stand on every screen.
    #[arg(long)]
    name: String,
    /// What the member does.
    #[arg(long)]
    class: ClassName,
    /// The member's data folder; made if it is not there.
    #[arg(long)]
    dir: PathBuf,
    /// How mail to the member is sealed.
    #[arg(long, default_value = "x-wing")]
    kem: KemName,
    /// Years until the admin and the peer device end.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..=50))]
    years: u64,
}

#[derive(Args)]
struct Init {
    /// The member's data folder.
    #[arg(long)]
    dir: PathBuf,
    /// The network's genesis, as `network combine` wrote it.
    #[arg(long)]
    genesis: PathBuf,
}

#[derive(Subcommand)]
enum NetworkCommand {
    /// Write a draft that every founder then signs.
    New(NewNetwork),
    /// Say in words what a draft or a genesis holds.
    Show {
        /// The draft or the genesis.
        file: PathBuf,
    },
    /// Sign a draft with a founder's root key.
    Sign {
        /// The draft.
        #[arg(long)]
        draft: PathBuf,
        /// The founder's root key file.
        #[arg(long)]
        root: PathBuf,
        /// Where the signature goes.
        #[arg(long)]
        out: PathBuf,
    },
    /// Make the genesis of a draft and every founder's signature.
    Combine {
        /// The draft.
        #[arg(long)]
        draft: PathBuf,
        /// A signature; once for each founder.
        #[arg(long = "signature", required = true)]
        signatures: Vec<PathBuf>,
        /// Where the genesis goes.
        #[arg(long)]
        out: PathBuf,
    },
}

#[derive(Args)]
struct NewNetwork {
    /// Where the draft goes.
    #[arg(long)]
    draft: PathBuf,
    /// The network's name.
    #[arg(long)]
    name: String,
    /// The host name on every label; the consortium must own it.
    #[arg(long)]
    host: String,
    /// A founder's card; once for each founder.
    #[arg(long = "founder", required = true)]
    founders: Vec<PathBuf>,
    /// A member whose peer orders, by name or id; given once, or at least four times. The first
    /// founder's orders alone without it.
    #[arg(long = "validator")]
    validators: Vec<String>,
    /// How many members must register a prefix before it holds; more than half without it.
    #[arg(long)]
    prefix_quorum: Option<u32>,
    /// The policy, as `chopmark policy show` prints one, instead of the standard one.
    #[arg(long, conflicts_with_all = ["prefix_quorum", "kem"])]
    policy: Option<PathBuf>,
    /// How sections are sealed.
    #[arg(long, default_value = "x-wing")]
    kem: KemName,
}

/// Runs one command.
pub(crate) fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    match cli.command {
        Command::Member(MemberCommand::New(new)) => member::new(&new)?,
        Command::Member(MemberCommand::Init(init)) => member::init(&init)?,
        Command::Member(MemberCommand::Show { of }) => member::show(&of)?,
        Command::Member(MemberCommand::Recovery(command)) => recovery::run(&command)?,
        Command::Member(MemberCommand::Apply {
            genesis,
            root,
            out,
            dir,
        }) => roster::apply(&dir, &genesis, &root, &out)?,
        Command::Member(MemberCommand::Admit {
            application,
            signing,
        }) => roster::admit(&application, &signing)?,
        Command::Member(MemberCommand::Expel { member, signing }) => {
            roster::expel(member, &signing)?;
        }
        Command::Member(MemberCommand::Recover { request, dir }) => {
            roster::recover(&request, &dir)?;
        }
        Command::Member(MemberCommand::Object { root, dir }) => roster::object(&root, &dir)?,
        Command::Validators(command) => roster::validators(command)?,
        Command::Root(command) => roster::root(command)?,
        Command::Guardians(command) => roster::guardians(command)?,
        Command::Network(command) => network::run(&command)?,
        Command::Prefix(PrefixCommand::Register {
            digits,
            member,
            dir,
        }) => {
            admin::register_prefix(&dir, digits, member)?;
        }
        Command::Policy(PolicyCommand::Show { wish, newest, dir }) => {
            admin::show_policy(&dir, wish, newest)?;
        }
        Command::Policy(PolicyCommand::Propose { file, height, dir }) => {
            admin::propose_policy(&dir, &file, height)?;
        }
        Command::Invite(invite) => admin::invite(&invite)?,
        Command::Join { link, dir } => join::run(&link, &dir)?,
        Command::Revoke { device, last, dir } => admin::revoke(&dir, device, last)?,
        Command::Purge(purge) => admin::purge(&purge)?,
        Command::Serve { dir, log } => serve::run(&dir, log)?,
        Command::Status { dir, json } => admin::status(&dir, json)?,
        Command::Trace {
            towards,
            of,
            skip,
            dir,
            json,
        } => admin::trace(&dir, (of, towards, skip), json)?,
        Command::Run(command) => run_list::run(command)?,
        Command::Backup { out, dir } => admin::back_up(&dir, &out)?,
        Command::Bundle { code, dir, out } => admin::bundle(&dir, &code, &out)?,
        Command::Epcis(command) => return epcis::run(command),
        Command::Labels(labels) => labels::run(&labels)?,
        Command::Prove(prove) => prove::run(prove)?,
        Command::Statement(export) => prove::export(&export)?,
        Command::Verify(verify) => return verify::run(&verify),
    }
    Ok(ExitCode::SUCCESS)
}
