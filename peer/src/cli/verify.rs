//! `chopmark verify`: says every check of a history in words, or what a proof or a statement has
//! shown, and ends with 1 if something fails.

mod proof;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context as _, bail};
use chopmark_core::{
    Body, Bundle, Check, CheckKind, Code, Genesis, GenesisError, HeaderHash, Height, NetworkId,
    Party, Report, SectionBody, Step, SubjectProof, Verdict, limits,
};
use clap::Args;

use crate::clock;
use crate::folder::Folder;

/// The first byte of a COSE_Sign1 with its tag, 18.
const TAG_COSE_SIGN1: u8 = 0xd2;

const UNPINNED: &str = "The network's id was taken from the file itself. Compare it with one from a \
                        source that you trust, or give that with --network.";

/// Check a history that a gateway or `chopmark bundle` gave, a proof of `chopmark prove`, or a
/// transparent statement, trusting nobody.
#[derive(Args)]
pub(super) struct Verify {
    /// The file.
    file: PathBuf,
    /// The code on the label, or the whole link of its QR code; a statement is about none.
    #[arg(long)]
    code: Option<String>,
    /// The network's id from a source that you trust.
    #[arg(long)]
    network: Option<NetworkId>,
    /// A member's data folder: the network and its genesis are taken from there.
    #[arg(long, conflicts_with = "network")]
    dir: Option<PathBuf>,
    /// The newest checkpoint that you know, as an earlier check printed it: a proof that is older
    /// is refused.
    #[arg(long, value_name = "HEIGHT/HEADER")]
    newest: Option<Checkpointed>,
}

/// Checks a file of any of the three kinds.
pub(super) fn run(verify: &Verify) -> anyhow::Result<ExitCode> {
    let file = verify.file.as_path();
    let unreadable = || format!("cannot read {}", file.display());
    let length = std::fs::metadata(file).with_context(unreadable)?.len();
    if length > u64::try_from(limits::BUNDLE_BYTES)? {
        bail!(
            "{} has {length} bytes; a history has at most 4 MiB",
            file.display()
        );
    }
    let bytes = std::fs::read(file).with_context(unreadable)?;
    if bytes.first() == Some(&TAG_COSE_SIGN1) {
        return Ok(proof::statement(&bytes));
    }
    let code = verify.code.as_deref();
    let code = code.context("say which code it should be about: --code CODE")?;
    let code = Code::parse(code).context("the code")?;
    let known = Pinned::of(verify)?;
    match SubjectProof::from_bytes(&bytes) {
        Ok(proof) => Ok(proof::told(&proof, &code, &known)),
        Err(_) => Ok(history(&bytes, &code, &known)),
    }
}

fn history(bytes: &[u8], code: &Code, known: &Pinned) -> ExitCode {
    match check(bytes, code, known.network) {
        Ok(report) => {
            print!("{}", told(&report, code, known.network));
            let outdated = known.outdated(&report);
            if let Some(why) = &outdated {
                println!("FAILED  newest: {why}. Do not rely on this history.");
            }
            if report.holds() && outdated.is_none() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(why) => {
            println!("FAILED  readable: {why:#}");
            println!(
                "\nThis is no history of {}. Do not rely on it.",
                code.element_string()
            );
            ExitCode::FAILURE
        }
    }
}

/// What is known of the network beforehand.
struct Pinned {
    network: Option<NetworkId>,
    genesis: Option<Genesis>,
    newest: Option<(Height, HeaderHash)>,
}

impl Pinned {
    fn of(verify: &Verify) -> anyhow::Result<Self> {
        let newest = verify.newest.map(|known| (known.height, known.header));
        let genesis = match &verify.dir {
            Some(dir) => Some(Folder::new(dir).genesis()?),
            None => None,
        };
        Ok(Self {
            network: verify.network.or(genesis.as_ref().map(Genesis::id)),
            genesis,
            newest,
        })
    }
}

impl Pinned {
    /// Why a history cannot follow on the newest checkpoint that is known.
    fn outdated(&self, report: &Report) -> Option<String> {
        let (height, header) = self.newest?;
        let found = report.height;
        if found < height {
            return Some(format!(
                "it is of checkpoint {}, and you know {} already",
                found.0, height.0
            ));
        }
        let other = found == height && report.header != header;
        other.then(|| format!("it is of another checkpoint {} than you know", height.0))
    }
}

/// A checkpoint by its height and header.
#[derive(Clone, Copy, Debug)]
struct Checkpointed {
    height: Height,
    header: HeaderHash,
}

impl FromStr for Checkpointed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let (height, header) = parts.ok_or("a checkpoint is written HEIGHT/HEADER")?;
        Ok(Self {
            height: Height(height.parse().map_err(|why| format!("the height: {why}"))?),
            header: header.parse().map_err(|why| format!("the header: {why}"))?,
        })
    }
}

fn check(bytes: &[u8], code: &Code, network: Option<NetworkId>) -> anyhow::Result<Report> {
    let bundle = Bundle::from_bytes(bytes)?;
    let pinned = match network {
        Some(network) => network,
        None => own_network(bundle.genesis())?,
    };
    Ok(bundle.verify(code, pinned)?)
}

/// The id of the network that the file says it is of.
fn own_network(genesis: &[u8]) -> anyhow::Result<NetworkId> {
    let nobody = NetworkId::from_bytes([0; 32]);
    match Genesis::from_pinned_bytes(genesis, nobody) {
        Ok(genesis) => Ok(genesis.id()),
        Err(GenesisError::WrongNetwork { found, .. }) => Ok(found),
        Err(why) => Err(why.into()),
    }
}

fn told(report: &Report, code: &Code, pinned: Option<NetworkId>) -> String {
    let mut out = String::new();
    // Writing into a string cannot fail.
    let mut line = |text: String| {
        let _written = writeln!(out, "{text}");
    };
    line(format!("code     {}", code.element_string()));
    line(format!(
        "network  {} ({})",
        report.network_name, report.network
    ));
    line(format!(
        "as of    {} (height {})",
        clock::readable(report.as_of),
        report.height.0
    ));
    line(format!("ordered by {}", report.orderers.join(", ")));
    let (have, all) = report.cosigned;
    line(format!("final    cosigned by {have} of {all} validators"));
    line(String::new());
    for check in &report.checks {
        for text in check_lines(check) {
            line(text);
        }
    }
    line(String::new());
    if let Some(run) = report.run.filter(|run| !run.drawn) {
        line(format!(
            "This is one of a run of {} items. Nothing was recorded about it alone; this is the \
             history of the run.",
            run.count
        ));
    }
    for step in &report.journey {
        line(step_line(step));
        if step.absent > 0 {
            line(
                "        not here: what the label opens of this record; it was purged, or the \
                 sender left it out"
                    .to_owned(),
            );
        }
        for section in &step.sections {
            for text in section_lines(&section.body) {
                line(format!("        {text}"));
            }
        }
    }
    for warning in &report.warnings {
        line(format!("NOTE    {}: {warning}", warning.code()));
    }
    line(String::new());
    line(if report.holds() && report.is_absence() {
        "Verified: as of this checkpoint the network has no record of this code. An item that never \
         left its run has none of its own: its maker can tell."
            .to_owned()
    } else if report.holds() {
        "Verified: everything in this file holds. It does not prove that the thing at hand is the \
         one that was labelled, nor that nothing newer exists."
            .to_owned()
    } else {
        "Warning: what failed above does not hold. Do not rely on this history.".to_owned()
    });
    line(format!(
        "To refuse older ones from now on: --newest {}/{}",
        report.height.0, report.header
    ));
    if pinned.is_none() {
        line(UNPINNED.to_owned());
    }
    out
}

fn check_lines(check: &Check) -> Vec<String> {
    let (holds, things) = match check.kind {
        CheckKind::Checkpoint => (
            "a quorum of the validators cosigned the checkpoint",
            "cosignatures",
        ),
        CheckKind::Log => (
            "every block is in the log that the checkpoint fixes",
            "blocks",
        ),
        CheckKind::Signatures => (
            "every block is signed by its device, every record is its block's",
            "signatures and records",
        ),
        CheckKind::Enrolment => (
            "every device was enrolled and allowed to write what it wrote",
            "devices",
        ),
        CheckKind::Prefix => (
            "the code's member has its prefix from enough members",
            "registrations",
        ),
        CheckKind::Whole => (
            "the state under the checkpoint has just these records, and comes to the same",
            "records",
        ),
        CheckKind::Cites => ("no record that another builds on is missing", "links"),
        CheckKind::Custody => (
            "custody went from hand to hand, signed by both sides",
            "records",
        ),
        CheckKind::Sections => ("what the label opens is what was sealed", "sections"),
        _ => ("a check that this version has no words for", "things"),
    };
    if check.problems.is_empty() {
        return vec![format!(
            "ok      {}: {holds} ({} {things})",
            check.kind.code(),
            check.looked_at
        )];
    }
    let problems = check.problems.iter();
    problems
        .map(|problem| format!("FAILED  {}: {problem}", check.kind.code()))
        .collect()
}

/// Who an offer is for.
fn party(party: &Party) -> String {
    match party {
        Party::Member(member) => format!("member {member}"),
        Party::Consumer(key) => format!("the consumer with the key {key}"),
        Party::Bearer(_) => "whoever shows the pick-up code".to_owned(),
    }
}

fn step_line(step: &Step) -> String {
    let (time, what) = match &step.body {
        Body::Commission { when, .. } => (when.time, "commissioned".to_owned()),
        Body::Observe { when, step } => (when.time, format!("observed: {step}")),
        Body::Pack { when } => (when.time, "packed".to_owned()),
        Body::Unpack { when } => (when.time, "unpacked".to_owned()),
        Body::Offer { when, to, .. } => (when.time, format!("offered to {}", party(to))),
        Body::Accept {
            when, condition, ..
        } => (when.time, format!("accepted, condition {condition:?}")),
        Body::Decline { when } => (when.time, "declined".to_owned()),
        Body::CommissionRun { when, run, .. } => (
            when.time,
            format!("commissioned in a run of {} items", run.count),
        ),
        Body::Transform { when, step, .. } => (when.time, format!("transformed: {step}")),
        Body::Correct {
            when, of, reason, ..
        } => (when.time, format!("corrected record {of}: {reason}")),
        Body::Draw { when, .. } => (when.time, "drawn from its run".to_owned()),
        Body::Decommission { when, step } => (when.time, format!("decommissioned: {step}")),
        Body::Hold { when, reason } => (when.time, format!("held: {reason}")),
        Body::Clear { when } => (when.time, "cleared".to_owned()),
        Body::Unreadable { when, .. } => (
            when.time,
            "held: a required section cannot be read".to_owned(),
        ),
        Body::Attest { when, verdict, .. } => {
            (when.time, format!("inspected: {}", verdict_word(*verdict)))
        }
        other => (step.clock, format!("{:?}", other.kind())),
    };
    let who = step.member_name.as_deref().unwrap_or("an unknown member");
    let through = if step.through.is_some() {
        ", through its container"
    } else {
        ""
    };
    format!("{}  {who}: {what}{through}", clock::readable(time))
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "passed",
        Verdict::Fail => "failed",
        Verdict::Conditional => "passed with conditions",
    }
}

fn section_lines(body: &SectionBody) -> Vec<String> {
    let texts = [
        ("product", &body.product),
        ("place", &body.place),
        ("note", &body.note),
    ];
    let mut lines: Vec<String> = texts
        .into_iter()
        .filter_map(|(name, text)| {
            text.as_ref()
                .map(|text| format!("{name}: {}", printable(text)))
        })
        .collect();
    let evidence = body.evidence.iter().map(|link| {
        format!(
            "evidence {} ({}, {} bytes): {}",
            link.id,
            printable(&link.media_type),
            link.length,
            printable(&link.caption)
        )
    });
    lines.extend(evidence);
    lines
}

/// A member's text for a terminal: control characters could move the cursor or hide a line.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
