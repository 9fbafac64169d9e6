//! `chopmark trace`: what came of a thing or what it came of, with who has it now.

use std::fmt;

use anyhow::{Context as _, bail};
use chopmark_core::{
    Affected, Code, HistorySource as _, Makeup, Party, Reach, StateView, SubjectId,
};
use serde::{Deserialize, Serialize};

use super::{Codes, Peer};

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
    /// What was found, nearest first, behind those that were passed over.
    found: Vec<Traced>,
    /// How many these are.
    #[serde(default)]
    passed: usize,
    /// Whether there is more behind them.
    cut_off: bool,
}

/// One subject of it.
#[derive(Debug, Serialize, Deserialize)]
struct Traced {
    subject: String,
    /// Its code: on its label, and in sections that not every member can open.
    #[serde(default)]
    code: Option<String>,
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
    /// How many items it began with, if it is a run.
    #[serde(default)]
    items: Option<u32>,
    inside: Option<String>,
    ended: Option<String>,
}

impl Peer {
    /// Traces a code, or a subject by its id: a run has no code.
    pub(crate) async fn trace(
        &self,
        of: String,
        towards: Towards,
        passed: usize,
    ) -> anyhow::Result<Trace> {
        self.blocking(move |peer| peer.trace_now(&of, towards, passed))
            .await?
    }

    fn trace_now(&self, of: &str, towards: Towards, passed: usize) -> anyhow::Result<Trace> {
        let replica = self.replica();
        let mut codes = Codes::new(self)?;
        let subject = match of.parse::<SubjectId>() {
            Ok(subject) => subject,
            Err(_) => {
                let code = Code::parse(of).context("the code")?;
                let subject = self.subject_of(&code)?;
                codes.know(vec![code]);
                subject
            }
        };
        let reach = match towards {
            Towards::Forward => Reach::Descendants,
            Towards::Back => Reach::Origins,
        };
        let Some(traced) = replica.trace(subject, reach, passed) else {
            bail!("this network has no record of {of}");
        };
        let mut rows: Vec<Traced> = replica.read_final(|ledger| {
            let state = ledger.state();
            let rows = traced.affected.iter();
            rows.map(|affected| row(state, affected)).collect()
        });
        // Sections are opened while others get at the ledger.
        for (row, affected) in rows.iter_mut().zip(&traced.affected) {
            let code = codes.of(&affected.subject)?;
            row.code = code.map(|code| code.element_string().to_owned());
        }
        let mut rows = rows.into_iter();
        let of = rows.next().context("the trace is empty")?;
        Ok(Trace {
            of,
            found: rows.collect(),
            passed,
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
    let items = known.and_then(|known| match known.makeup() {
        Makeup::Run(run) => Some(run.spec().count),
        Makeup::One | Makeup::Batch(_) => None,
    });
    Traced {
        subject: affected.subject.to_string(),
        code: None,
        level: affected.level,
        record: affected.by.to_string(),
        via: affected.via.to_string(),
        class: known.map_or_else(String::new, |known| known.class().to_string()),
        holder: name(&affected.holder),
        holder_id: affected.holder.to_string(),
        owner: name(&affected.owner),
        quantity: affected.quantity.map(|quantity| quantity.to_string()),
        items,
        inside: affected.inside.map(|container| container.to_string()),
        ended: affected.ended.map(|record| record.to_string()),
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for traced in std::iter::once(&self.of).chain(&self.found) {
            let indent = "  ".repeat(usize::try_from(traced.level).unwrap_or_default());
            // A code says its class.
            let called = traced.code.as_ref().unwrap_or(&traced.class);
            write!(f, "{indent}{}  {called}", traced.subject)?;
            if let Some(items) = traced.items {
                write!(f, "  run of {} items", thousands(items))?;
            }
            if let Some(quantity) = &traced.quantity {
                write!(f, "  {quantity}")?;
            }
            match &traced.ended {
                Some(_) => writeln!(f, "  used up or out of use")?,
                None => writeln!(f, "  with {}", traced.holder)?,
            }
        }
        let so_far = self.passed.saturating_add(self.found.len());
        let shown = thousands(so_far);
        match (self.cut_off, self.passed) {
            (true, _) => write!(
                f,
                "… ends here after {shown} things; there are more: --skip {so_far}"
            ),
            (false, 0) => write!(f, "{shown} found"),
            (false, passed) => write!(
                f,
                "{} found behind the first {}",
                thousands(self.found.len()),
                thousands(passed)
            ),
        }
    }
}

/// A number with a comma before every three digits.
fn thousands(number: impl fmt::Display) -> String {
    let digits = number.to_string();
    let parts = digits.as_bytes().rchunks(3).rev();
    let parts: Vec<_> = parts.map(String::from_utf8_lossy).collect();
    parts.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(level: u32, code: Option<&str>, items: Option<u32>) -> Traced {
        Traced {
            subject: "0a".to_owned(),
            code: code.map(str::to_owned),
            level,
            record: "0b/0".to_owned(),
            via: "0a".to_owned(),
            class: "(01)09506000134352".to_owned(),
            holder: "Mill".to_owned(),
            holder_id: "0c".to_owned(),
            owner: "Mill".to_owned(),
            quantity: None,
            items,
            inside: None,
            ended: None,
        }
    }

    /// A list that was cut used to say so by two words behind a number.
    #[test]
    fn a_list_that_is_cut_says_that_it_ends_and_where() {
        let mut trace = Trace {
            of: row(0, None, Some(1_000_000)),
            found: vec![row(1, Some("(01)09506000134352(21)A"), None)],
            passed: 0,
            cut_off: false,
        };
        let lines = [
            "0a  (01)09506000134352  run of 1,000,000 items  with Mill",
            "  0a  (01)09506000134352(21)A  with Mill",
            "1 found",
        ];
        assert_eq!(trace.to_string(), lines.join("\n"));
        trace.found = (0..100_000).map(|_| row(1, None, None)).collect();
        trace.cut_off = true;
        let shown = trace.to_string();
        let last = shown.lines().last();
        assert_eq!(
            last,
            Some("… ends here after 100,000 things; there are more: --skip 100000")
        );
        (trace.passed, trace.cut_off) = (1_000_000, false);
        let shown = trace.to_string();
        let last = shown.lines().last();
        assert_eq!(last, Some("100,000 found behind the first 1,000,000"));
    }
}
