//! `chopmark run`: commissions a list of serials as one run and keeps the list.

use std::io::BufRead as _;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use chopmark_core::{
    Body, Code, GoodsClass, RecordDraft, RunList, StateView as _, TzMinutes, When, limits,
};

use super::Peer;
use crate::clock;

/// Bad lines that are named: more say nothing new.
const NAMED: usize = 10;

impl Peer {
    /// Commissions the codes of a file, one a line, as one run of this member, signed by its admin
    /// device. The list is on disk before the record is.
    pub(crate) async fn commission_run(&self, file: String) -> anyhow::Result<String> {
        self.blocking(move |peer| peer.commission_run_now(Path::new(&file)))
            .await?
    }

    fn commission_run_now(&self, file: &Path) -> anyhow::Result<String> {
        let codes = read_codes(file)?;
        let class = codes.first().map(Code::class).unwrap_or_default();
        let (prefix, owner) = self
            .replica()
            .read(|_, pending| {
                let code = codes.first()?;
                pending
                    .prefixes()
                    .find(|(prefix, _)| code.company_prefix_matches(prefix.as_str()))
                    .map(|(prefix, owner)| (prefix.clone(), *owner))
            })
            .context("no registered prefix covers these codes; see `chopmark prefix register`")?;
        ensure!(
            owner == self.member(),
            "prefix {prefix} belongs to another member"
        );
        let items = codes.iter().map(|code| (code.hash(), None));
        let list = RunList::new(&self.network(), &self.member(), items)?;
        self.replica().runs().keep(&list)?;
        let body = Body::CommissionRun {
            when: When {
                time: clock::now(),
                tz: TzMinutes::default(),
            },
            class: GoodsClass::parse(&class).context("the class of the codes")?,
            prefix,
            run: list.spec(),
        };
        self.sign_now(RecordDraft::new(body, vec![list.subject()]))?;
        Ok(format!(
            "commissioned run {} of {} items",
            list.subject(),
            list.spec().count
        ))
    }
}

/// Reads the codes: all of one class, each once. Blank lines are read over.
fn read_codes(file: &Path) -> anyhow::Result<Vec<Code>> {
    let unreadable = || format!("cannot read {}", file.display());
    let reader = std::io::BufReader::new(std::fs::File::open(file).with_context(unreadable)?);
    let most = usize::try_from(limits::RUN_ITEMS)?;
    let mut codes: Vec<Code> = Vec::new();
    let mut bad = Vec::new();
    for (number, line) in (1..).zip(reader.lines()) {
        let line = line.with_context(unreadable)?;
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        ensure!(codes.len() < most, "a run has at most {most} items");
        match Code::parse(text) {
            Ok(code)
                if codes
                    .first()
                    .is_none_or(|first| first.class() == code.class()) =>
            {
                codes.push(code);
            }
            Ok(_) => bad.push(format!("line {number}: of another product than the first")),
            Err(why) => bad.push(format!("line {number}: {why}")),
        }
        if bad.len() == NAMED {
            break;
        }
    }
    if !bad.is_empty() {
        bail!("nothing was commissioned:\n{}", bad.join("\n"));
    }
    Ok(codes)
}
