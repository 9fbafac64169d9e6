//! `chopmark run commission`: commissions a list of serials as one run. The list is evidence that
//! the member keeps; what is looked up in is made of it (`run_lists`).

mod made_of;

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use chopmark_core::{
    AudienceDraft, Body, Code, Digest32, EvidenceLink, GoodsClass, Group, Made, Output, Prefix,
    RUN_LIST_MEDIA_TYPE, RecordDraft, RunList, SectionBody, StateView as _, TzMinutes, Undrawn,
    When, Written, check_written, limits,
};
use chopmark_labels::ListReader;
use chopmark_replica::{EvidenceState, RunListText};
use serde::{Deserialize, Serialize};

pub(crate) use self::made_of::MadeOf;

use super::Peer;
use crate::clock;

/// Bad lines that are named: more say nothing new.
const NAMED: usize = 10;

/// An item: its code, and the public half of what lies under its seal.
type Item = (Code, Option<Digest32>);

/// What `chopmark run commission` says of a run beside its codes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Told {
    /// What the product is called, for this member's own devices.
    #[serde(default)]
    pub(crate) product: Option<String>,
    /// Whether everyone may read that.
    #[serde(default)]
    pub(crate) public: bool,
    /// What the run is made of, if that has a history.
    #[serde(default)]
    pub(crate) of: MadeOf,
}

impl Peer {
    /// Commissions the codes of a file as one run of this member, signed by its admin device. The
    /// list is on disk before the record is.
    pub(crate) async fn commission_run(&self, file: String, told: Told) -> anyhow::Result<String> {
        if let Some(name) = &told.product {
            check_written(Written::Name, name).context("the product's name")?;
        }
        self.settle_prefixes().await?;
        self.blocking(move |peer| peer.commission_run_now(Path::new(&file), told))
            .await?
    }

    fn commission_run_now(&self, file: &Path, told: Told) -> anyhow::Result<String> {
        let items = read_items(file)?;
        let (first, _) = items.first().context("the file has no codes")?;
        let leaves = items.iter().map(|(code, key)| (code.hash(), *key));
        let list = RunList::new(&self.network(), &self.member(), leaves)?;
        let begun = Output {
            class: GoodsClass::parse(&first.class()).context("the class of the codes")?,
            prefix: self.own_prefix(first)?,
            made: Made::Run(list.spec()),
        };
        let (mut records, mut own) = self.beginning(begun, &list, &told.of)?;
        // Before anything is kept that would be of no run.
        self.check_allowed(&records)?;

        self.replica().runs().keep(&list)?;
        let text = RunListText::new(items.iter().map(|(code, key)| (code, *key)));
        let sealed = self.replica().vault().seal(text)?;
        own.product.clone_from(&told.product);
        own.evidence.push(EvidenceLink {
            id: sealed.id,
            key: *sealed.key.as_bytes(),
            media_type: RUN_LIST_MEDIA_TYPE.to_owned(),
            length: sealed.plain_length,
            caption: String::new(),
        });
        let operations = self
            .replica()
            .read_final(|ledger| ledger.state().group_of(self.member(), Group::Operations));
        let record = records.pop().context("a run without a record")?;
        let mut record = record.telling(AudienceDraft::parties([operations]), own);
        if told.public {
            let name = SectionBody {
                product: told.product,
                ..SectionBody::default()
            };
            record = record.telling(AudienceDraft::Public, name);
        }
        records.push(record);
        self.sign_block(&records)?;
        self.replica().want_evidence(sealed.id, sealed.length)?;
        self.replica()
            .mark_evidence(sealed.id, EvidenceState::Here)?;
        Ok(format!(
            "commissioned run {} of {} items",
            list.subject(),
            list.spec().count
        ))
    }

    /// The prefix that these codes start with.
    fn own_prefix(&self, code: &Code) -> anyhow::Result<Prefix> {
        let (prefix, owner) = self
            .replica()
            .read_final(|ledger| {
                ledger
                    .state()
                    .prefixes()
                    .find(|(prefix, _)| code.company_prefix_matches(prefix.as_str()))
                    .map(|(prefix, owner)| (prefix.clone(), *owner))
            })
            .context("no prefix that is registered and final covers these codes; see `chopmark prefix register`")?;
        ensure!(
            owner == self.member(),
            "prefix {prefix} belongs to another member"
        );
        Ok(prefix)
    }

    /// The records with which a run begins, its own last, and what its section says of what it is
    /// made of.
    fn beginning(
        &self,
        begun: Output,
        list: &RunList,
        of: &MadeOf,
    ) -> anyhow::Result<(Vec<RecordDraft>, SectionBody)> {
        let when = When {
            time: clock::now(),
            tz: TzMinutes::default(),
        };
        if of.is_empty() {
            let body = Body::CommissionRun {
                when,
                class: begun.class,
                prefix: begun.prefix,
                run: list.spec(),
            };
            let record = RecordDraft::new(body, vec![list.subject()]);
            return Ok((vec![record], SectionBody::default()));
        }
        let found = of.find(self, &begun)?;
        let subjects = [&found.subjects[..], &[list.subject()]].concat();
        let body = Body::Transform {
            when,
            step: "commissioning".to_owned(),
            inputs: found.inputs,
            outputs: vec![begun],
            losses: found.losses,
        };
        let cites = self
            .replica()
            .read(|_, view| view.cites_for(body.kind(), &subjects));
        let mut records = Undrawn::drawing(when, &found.undrawn);
        records.push(RecordDraft::new(body, subjects).citing(cites));
        let codes = found.codes.iter();
        let section = SectionBody {
            codes: codes.map(|code| code.element_string().to_owned()).collect(),
            quantities: found.in_section,
            ..SectionBody::default()
        };
        Ok((records, section))
    }
}

/// Reads the codes: all of one class, each once. A file that begins with a row of names is a list
/// as `chopmark labels` reads it, any other has one code a line.
fn read_items(file: &Path) -> anyhow::Result<Vec<Item>> {
    let open = || -> anyhow::Result<_> {
        let read = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(BufReader::new(read))
    };
    let mut first = String::new();
    open()?
        .read_line(&mut first)
        .with_context(|| format!("cannot read {}", file.display()))?;
    let mut gathered = Gathered::default();
    if first.trim().is_empty() || Code::parse(first.trim()).is_ok() || !first.contains(',') {
        for (number, line) in (1..).zip(open()?.lines()) {
            let line = line.with_context(|| format!("cannot read {}", file.display()))?;
            let text = line.trim();
            if !text.is_empty() && !gathered.has_enough() {
                let code = Code::parse(text).map_err(|why| why.to_string());
                gathered.take(number, code.map(|code| (code, None)))?;
            }
        }
    } else {
        let mut list = ListReader::new(open()?)?;
        while let Some((number, row)) = list.next_row()? {
            if gathered.has_enough() {
                break;
            }
            let item = row.map_err(|why| why.to_string()).map(|row| {
                let key = row.activation.as_ref();
                let key = key.map(|secret| Digest32::from_bytes(*secret.public().as_bytes()));
                (row.code, key)
            });
            gathered.take(number, item)?;
        }
    }
    if !gathered.bad.is_empty() {
        bail!("nothing was commissioned:\n{}", gathered.bad.join("\n"));
    }
    Ok(gathered.items)
}

/// What was read so far, and what is wrong with the rest.
#[derive(Default)]
struct Gathered {
    items: Vec<Item>,
    bad: Vec<String>,
}

impl Gathered {
    fn has_enough(&self) -> bool {
        self.bad.len() >= NAMED
    }

    fn take(&mut self, number: u64, item: Result<Item, String>) -> anyhow::Result<()> {
        let most = usize::try_from(limits::RUN_ITEMS)?;
        ensure!(self.items.len() < most, "a run has at most {most} items");
        let first = self.items.first().map(|(first, _)| first.class());
        match item {
            Ok((code, _)) if first.is_some_and(|first| first != code.class()) => self
                .bad
                .push(format!("line {number}: of another product than the first")),
            Ok(item) => self.items.push(item),
            Err(why) => self.bad.push(format!("line {number}: {why}")),
        }
        Ok(())
    }
}
