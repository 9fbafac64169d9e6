//! `chopmark trace`: what came of a thing or what it came of, with who has it now.

use std::fmt;

use anyhow::{Context as _, bail};
use chopmark_core::{Affected, Code, HistorySource as _, Party, Reach, StateView, SubjectId};
use serde::{Deserialize, Serialize};

use super::Peer;

/// Which way to trace.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Towards {
    /// Everything made of it.
    Forward,
    /// Everything it was made of.
    Back,
}

/// What a trace found.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Trace {
    /// What was asked about.
    of: Traced,
    /// What was found, nearest first.
    found: Vec<Traced>,
    /// Whether there is more.
    cut_off: bool,
}

/// One subject of it. Its code is on its label and nowhere on the ledger.
#[derive(Debug, Serialize, Deserialize)]
struct Traced {
    subject: String,
    /// How many records lie between.
    level: u32,
    /// The record that connects it: `BLOCK/INDEX`.
    record: String,
    /// The subject that it was found through.
    via: String,
    class: String,
    holder: String,
    holder_id: String,
    owner: String,
    quantity: Option<String>,
    inside: Option<String>,
    ended: Option<String>,
}

impl Peer {
    /// Traces a code, or a subject by its id: a run has no code.
    pub(crate) async fn trace(&self, of: String, towards: Towards) -> anyhow::Result<Trace> {
        self.blocking(move |peer| peer.trace_now(&of, towards))
            .await?
    }

    fn trace_now(&self, of: &str, towards: Towards) -> anyhow::Result<Trace> {
        let replica = self.replica();
        let subject = match of.parse::<SubjectId>() {
            Ok(subject) => subject,
            Err(_) => self.subject_of(&Code::parse(of).context("the code")?)?,
        };
        let reach = match towards {
            Towards::Forward => Reach::Descendants,
            Towards::Back => Reach::Origins,
        };
        let Some(traced) = replica.trace(subject, reach) else {
            bail!("this network has no record of {of}");
        };
        let rows: Vec<Traced> = replica.read_final(|ledger| {
            let state = ledger.state();
            let rows = traced.affected.iter();
            rows.map(|affected| row(state, affected)).collect()
        });
        let mut rows = rows.into_iter();
        let of = rows.next().context("the trace is empty")?;
        Ok(Trace {
            of,
            found: rows.collect(),
            cut_off: traced.cut_off,
        })
    }

    /// The subject of a code, or the run that stands for it as long as nobody used it.
    fn subject_of(&self, code: &Code) -> anyhow::Result<SubjectId> {
        let network = self.network();
        let known = self.replica().read_final(|ledger| {
            let state = ledger.state();
            let subject = code.subject(&network, &state.prefix_owner(code)?);
            state.subject(&subject).map(|_| subject)
        });
        known
            .or_else(|| Some(self.replica().run_item(&code.hash())?.0))
            .with_context(|| format!("this network has no record of {}", code.element_string()))
    }
}

fn row(state: &dyn StateView, affected: &Affected) -> Traced {
    let name = |party: &Party| {
        let known = party.member().and_then(|member| state.member(member));
        known.map_or_else(|| party.to_string(), |known| known.name().to_owned())
    };
    let known = state.subject(&affected.subject);
    Traced {
        subject: affected.subject.to_string(),
        level: affected.level,
        record: affected.by.to_string(),
        via: affected.via.to_string(),
        class: known.map_or_else(String::new, |known| known.class().to_string()),
        holder: name(&affected.holder),
        holder_id: affected.holder.to_string(),
        owner: name(&affected.owner),
        quantity: affected.quantity.map(|quantity| quantity.to_string()),
        inside: affected.inside.map(|container| container.to_string()),
        ended: affected.ended.map(|record| record.to_string()),
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for traced in std::iter::once(&self.of).chain(&self.found) {
            let indent = "  ".repeat(usize::try_from(traced.level).unwrap_or_default());
            write!(f, "{indent}{}  {}", traced.subject, traced.class)?;
            if let Some(quantity) = &traced.quantity {
                write!(f, "  {quantity}")?;
            }
            match &traced.ended {
                Some(_) => writeln!(f, "  used up or out of use")?,
                None => writeln!(f, "  with {}", traced.holder)?,
            }
        }
        let found = self.found.len();
        let more = if self.cut_off {
            ", and there are more"
        } else {
            ""
        };
        write!(f, "{found} found{more}")
    }
}
