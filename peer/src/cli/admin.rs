//! The commands that the running peer carries out; where none runs on the folder, they open it
//! themselves.

use std::path::Path;

use anyhow::Context as _;
use chopmark_core::{BlockId, Code, CodeQuery, DeviceId, Role};
use serde_json::Value;
use tokio::sync::watch;

use super::{Invite, Purge};
use crate::admin::{Admin, Invited, Request};
use crate::exchange::Told;
use crate::folder::{Folder, write_whole};
use crate::peer::{Purging, Status, ToldOfRun, Towards, Trace};
use crate::{control, qr};

const HOUR_MS: u64 = 60 * 60 * 1_000;

/// Signs a prefix's registration.
pub(super) fn register_prefix(
    dir: &Path,
    digits: String,
    member: Option<String>,
) -> anyhow::Result<()> {
    let answer = carry_out(dir, Request::RegisterPrefix { digits, member })?;
    println!("{}", answer.as_str().unwrap_or("signed"));
    Ok(())
}

/// Prints the policy in force, the newest that was agreed on, or a proposed one.
pub(super) fn show_policy(dir: &Path, wish: Option<String>, newest: bool) -> anyhow::Result<()> {
    let answer = carry_out(dir, Request::Policy { wish, newest })?;
    print!("{}", answer.as_str().context("the peer's answer")?);
    Ok(())
}

/// Signs a proposal.
pub(super) fn propose_policy(dir: &Path, file: &Path, height: Option<u64>) -> anyhow::Result<()> {
    let policy =
        std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let answer = carry_out(dir, Request::ProposePolicy { policy, height })?;
    println!("{}", answer.as_str().unwrap_or("signed"));
    Ok(())
}

/// Makes an invitation and shows it.
pub(super) fn invite(invite: &Invite) -> anyhow::Result<()> {
    let request = Request::Invite {
        role: Role::from(invite.role).as_u8(),
        name: invite.name.clone(),
        life_ms: invite.hours.saturating_mul(HOUR_MS),
        enrolled_ms: invite.days.saturating_mul(24 * HOUR_MS),
    };
    let answer = carry_out(&invite.dir, request)?;
    let invited: Invited = serde_json::from_value(answer).context("the peer's answer")?;
    let code = qr::code(&invited.link)?;
    if let Some(path) = &invite.svg {
        write_whole(path, qr::svg(&code).as_bytes())?;
    }
    if invite.json {
        println!("{}", serde_json::to_string(&invited)?);
    } else {
        println!("{}", qr::terminal(&code));
        println!("{}", invited.link);
        println!("Can be used once, until {}.", invited.expires);
    }
    Ok(())
}

/// Ends a device.
pub(super) fn revoke(dir: &Path, device: DeviceId, last: Option<u64>) -> anyhow::Result<()> {
    let answer = carry_out(
        dir,
        Request::Revoke {
            device: device.to_string(),
            last,
        },
    )?;
    println!("{}", answer.as_str().unwrap_or("revoked"));
    Ok(())
}

/// Takes sections' bytes away.
pub(super) fn purge(purge: &Purge) -> anyhow::Result<()> {
    let what = match (&purge.before, &purge.record) {
        (Some(day), _) => {
            let start = day.to_zoned(jiff::tz::TimeZone::UTC).context("--before")?;
            Purging::Before(u64::try_from(start.timestamp().as_millisecond()).unwrap_or(0))
        }
        (None, Some(record)) => {
            let (block, index) = record.split_once('/').context("a record is BLOCK/INDEX")?;
            let block: BlockId = block.parse().context("the record's block")?;
            Purging::Record(
                *block.as_bytes(),
                index.parse().context("the record's index")?,
            )
        }
        (None, None) => anyhow::bail!("say --before DATE or --record BLOCK/INDEX"),
    };
    let request = Request::Purge {
        what,
        dry_run: purge.dry_run,
    };
    let answer = carry_out(&purge.dir, request)?;
    println!("{}", answer.as_str().unwrap_or("purged"));
    Ok(())
}

/// Copies the folder.
pub(super) fn back_up(dir: &Path, out: &Path) -> anyhow::Result<()> {
    // The running peer stands in another folder.
    let out = std::path::absolute(out).context("--out")?;
    let out = out.to_str().context("--out is not readable text")?;
    let answer = carry_out(
        dir,
        Request::BackUp {
            out: out.to_owned(),
        },
    )?;
    println!("{}", answer.as_str().unwrap_or("done"));
    Ok(())
}

/// Says where the peer stands.
pub(super) fn status(dir: &Path, json: bool) -> anyhow::Result<()> {
    let answer = carry_out(dir, Request::Status)?;
    if json {
        println!("{answer}");
        return Ok(());
    }
    let status: Status = serde_json::from_value(answer).context("the peer's answer")?;
    println!("{status}");
    Ok(())
}

/// Says what was made of a code, or what it was made of.
pub(super) fn trace(
    dir: &Path,
    (of, towards, passed): (String, Towards, usize),
    json: bool,
) -> anyhow::Result<()> {
    let request = Request::Trace {
        of,
        towards,
        passed,
    };
    let answer = carry_out(dir, request)?;
    if json {
        println!("{answer}");
        return Ok(());
    }
    let trace: Trace = serde_json::from_value(answer).context("the peer's answer")?;
    println!("{trace}");
    Ok(())
}

/// Commissions a list of codes as one run.
pub(super) fn commission_run(dir: &Path, file: &Path, told: ToldOfRun) -> anyhow::Result<()> {
    let whole =
        std::fs::canonicalize(file).with_context(|| format!("cannot read {}", file.display()))?;
    let file = whole
        .to_str()
        .context("the file's path is not readable text")?
        .to_owned();
    let answer = carry_out(dir, Request::CommissionRun { file, told })?;
    println!("{}", answer.as_str().unwrap_or("commissioned"));
    Ok(())
}

/// Writes a code's history into a file.
pub(super) fn bundle(dir: &Path, code: &str, out: &Path) -> anyhow::Result<()> {
    let code = Code::parse(code)?;
    let request = Request::Bundle {
        code: CodeQuery::of(&code).to_string(),
    };
    let answer = carry_out(dir, request)?;
    let text = answer
        .as_str()
        .context("this network has no record of the code")?;
    write_answer(out, text)
}

/// Writes what the peer gave into a file.
pub(super) fn write_answer(out: &Path, text: &str) -> anyhow::Result<()> {
    let bytes = data_encoding::BASE64
        .decode(text.as_bytes())
        .map_err(|why| anyhow::anyhow!("the peer's answer: {why}"))?;
    write_whole(out, &bytes)?;
    println!(
        "wrote {} ({} bytes); check it with `chopmark verify`",
        out.display(),
        bytes.len()
    );
    Ok(())
}

pub(super) fn carry_out(dir: &Path, request: Request) -> anyhow::Result<Value> {
    // Nobody listens to what is done at once.
    carry_out_telling(dir, request, watch::channel(None).0)
}

/// As the others, saying how far it is.
pub(super) fn carry_out_telling(dir: &Path, request: Request, told: Told) -> anyhow::Result<Value> {
    let folder = Folder::new(dir);
    if let Some(answer) = control::ask(&folder.control_socket(), &request, &told)? {
        return Ok(answer);
    }
    Admin::alone(&folder, request, told)
}
