//! Putting a proof together out of a ledger and what it ordered.

use std::collections::{BTreeMap, BTreeSet};

use super::extract::{Around, Place, Registered, possible_prefixes};
use super::thing::{Names, Thing};
use super::{Disclosed, StateExtract, SubjectProof};
use crate::checkpoint::SignedHeader;
use crate::history::{Gathered, HistoryError, HistorySource, pinned_genesis};
use crate::roster_chain;
use crate::state::StateView;
use crate::state_tree::StateEntry;
use crate::{
    BlockId, Body, Code, CodeHash, Genesis, Ledger, Prefix, RecordRef, Statement, SubjectId,
};

/// What a proof is to show.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The records to show, of all that are named; all of them without.
    pub records: Option<&'a BTreeSet<RecordRef>>,
    /// A run of which to show that it does not hold the code.
    pub not_in: Option<SubjectId>,
}

/// What an extract is for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wanted {
    /// A history, which shows every record and so names every one.
    History,
    /// A proof, which names the newest, and may show that a run does not hold the code.
    Proof { not_in: Option<SubjectId> },
    /// That there is no such subject, whatever runs hold.
    Absence,
}

impl Wanted {
    fn not_in(self) -> Option<SubjectId> {
        match self {
            Self::History | Self::Absence => None,
            Self::Proof { not_in } => not_in,
        }
    }

    fn names(self, all: Vec<RecordRef>) -> Names {
        match self {
            Self::History | Self::Absence => Names::all(all),
            Self::Proof { .. } => Names::all(all).newest(),
        }
    }
}

impl SubjectProof {
    /// Puts together what the ledger knows about a code, as of its newest checkpoint (`as_of`).
    /// Also that it knows nothing: then whose prefix the code has, if anybody's, and that the
    /// subject is not there.
    ///
    /// # Errors
    /// `MissingBlock` or `MissingHeader` when the store is damaged, `OtherCheckpoint` when `as_of`
    /// is not the ledger's newest, `NoRunList` when it is asked what a run does not hold and its
    /// list is not here, `RunNotFinal` when the ledger does not know that run.
    pub fn assemble(
        ledger: &Ledger,
        (genesis, as_of): (&Genesis, &SignedHeader),
        source: &impl HistorySource,
        code: &Code,
        asked: Asked<'_>,
    ) -> Result<Self, HistoryError> {
        let mut gathered = Gathered::new(ledger, source);
        let wanted = Wanted::Proof {
            not_in: asked.not_in,
        };
        let named = (code.hash(), code.digits());
        let extract = StateExtract::of_key(&mut gathered, as_of, named, wanted)?;
        let names = extract.names();
        let shown = names.filter(|at| asked.records.is_none_or(|wanted| wanted.contains(at)));
        let (statements, shown) = disclose(&mut gathered, shown.collect())?;
        Ok(Self {
            genesis: Some(pinned_genesis(genesis)),
            code: code.hash(),
            as_of: as_of.clone(),
            roster: roster_chain::assemble(ledger, source)?,
            extract,
            statements,
            shown,
        })
    }
}

impl StateExtract {
    /// What the ledger knows about a code, of whose key this is the beginning.
    pub(crate) fn of_key<S: HistorySource>(
        gathered: &mut Gathered<'_, S>,
        as_of: &SignedHeader,
        (code, digits): (CodeHash, &str),
        wanted: Wanted,
    ) -> Result<Self, HistoryError> {
        let ledger = gathered.ledger();
        let mut prefixes = ledger.state().prefixes();
        match prefixes.find(|(prefix, _)| digits.starts_with(prefix.as_str())) {
            Some((prefix, _)) => Self::assemble(gathered, as_of, code, prefix.clone(), wanted),
            None => Ok(Self::of_nobody(ledger, digits)),
        }
    }

    /// What the ledger knows about a code under a registered prefix.
    pub(crate) fn assemble<S: HistorySource>(
        gathered: &mut Gathered<'_, S>,
        as_of: &SignedHeader,
        code: CodeHash,
        prefix: Prefix,
        wanted: Wanted,
    ) -> Result<Self, HistoryError> {
        let ledger = gathered.ledger();
        if *as_of.header().state_root() != ledger.state_root() {
            let height = as_of.header().height();
            return Err(HistoryError::OtherCheckpoint { height });
        }
        let (entry, path) = ledger.prove(&StateEntry::Prefix(prefix.clone()));
        let maker = ledger.state().prefix(&prefix);
        let (entry, maker) = entry.zip(maker).ok_or(HistoryError::NoRecord)?;
        let id = code.subject(&ledger.state().network(), &maker);
        let own = thing(gathered, id, |all| wanted.names(all))?;
        let mut base = own.entry.is_some().then_some(id);
        let mut run = None;
        if base.is_none() && !matches!(wanted, Wanted::Absence) {
            let item = gathered.source().run_item(&code);
            let item = item.filter(|(run, _)| ledger.state().subject(run).is_some());
            run = match (item, wanted.not_in()) {
                (Some((run, item)), _) => Some((run, Place::Item(item))),
                (None, Some(run)) => {
                    let gap = gathered.source().run_gap(&run, &code);
                    let gap = gap.ok_or(HistoryError::NoRunList { run })?;
                    if ledger.state().subject(&run).is_none() {
                        return Err(HistoryError::RunNotFinal { run });
                    }
                    Some((run, Place::Between(gap)))
                }
                (None, None) => None,
            };
            base = run.as_ref().and_then(|(run, place)| match place {
                Place::Item(_) => Some(*run),
                Place::Between(_) => None,
            });
        }
        let run = match run {
            Some((run, place)) => {
                Some((run, thing(gathered, run, |all| wanted.names(all))?, place))
            }
            None => None,
        };
        Ok(Self {
            registered: Registered::Member {
                prefix,
                entry,
                path,
                subject: Box::new(own),
            },
            run,
            parents: base.map_or_else(Vec::new, |base| parents(gathered, base)),
            around: match base {
                Some(base) => around(gathered, base)?,
                None => Vec::new(),
            },
        })
    }

    /// That no member has a prefix of the code.
    fn of_nobody(ledger: &Ledger, digits: &str) -> Self {
        let paths = possible_prefixes(digits).map(StateEntry::Prefix);
        Self {
            registered: Registered::Nobody(paths.map(|entry| ledger.prove(&entry).1).collect()),
            run: None,
            parents: Vec::new(),
            around: Vec::new(),
        }
    }

    /// Every record that it names, once.
    fn names(&self) -> impl Iterator<Item = RecordRef> {
        let own = match &self.registered {
            Registered::Member { subject, .. } => Some(subject.as_ref()),
            Registered::Nobody(_) => None,
        };
        let run = self.run.iter().filter_map(|(_, run, place)| match place {
            Place::Item(_) => Some(run),
            Place::Between(_) => None,
        });
        let containers = self.around.iter().map(|around| &around.container);
        let things = own.into_iter().chain(run).chain(containers);
        let mut seen = BTreeSet::new();
        let named = things.flat_map(|thing| thing.records.named.iter().copied());
        let named: Vec<_> = named.filter(|at| seen.insert(*at)).collect();
        named.into_iter()
    }
}

/// A subject with the names of its records, or of those that are named.
fn thing<S: HistorySource>(
    gathered: &mut Gathered<'_, S>,
    id: SubjectId,
    named: impl FnOnce(Vec<RecordRef>) -> Names,
) -> Result<Thing, HistoryError> {
    let (entry, path) = gathered.ledger().prove_subject(&id);
    let mut records = Names::default();
    if let Some(state) = gathered.ledger().state().subject(&id) {
        records = named(gathered.names_of(&id)?);
        if !records.are_of(state) {
            return Err(HistoryError::OtherRecords { subject: id });
        }
    }
    Ok(Thing {
        entry,
        path,
        records,
    })
}

impl Thing {
    /// A container with its records from a packing on: what happened to it before says nothing
    /// about what is inside.
    pub(crate) fn since<S: HistorySource>(
        gathered: &mut Gathered<'_, S>,
        id: SubjectId,
        packing: Option<RecordRef>,
    ) -> Result<Self, HistoryError> {
        thing(gathered, id, |all| {
            let first = all.iter().position(|at| Some(*at) == packing);
            Names::all(all).from(first.unwrap_or_default())
        })
    }
}

/// What something is associated with.
fn parents<S: HistorySource>(gathered: &Gathered<'_, S>, of: SubjectId) -> Vec<Thing> {
    let state = gathered.ledger().state().subject(&of);
    let parents = state.into_iter().flat_map(|state| state.parents().iter());
    parents.map(|id| beside(gathered, *id)).collect()
}

/// The state of something, its records only counted.
fn beside<S: HistorySource>(gathered: &Gathered<'_, S>, id: SubjectId) -> Thing {
    let (entry, path) = gathered.ledger().prove_subject(&id);
    let state = gathered.ledger().state().subject(&id);
    let counted = state.map(|state| Names {
        before: state.count(),
        running: *state.running(),
        named: Vec::new(),
    });
    Thing {
        entry,
        path,
        records: counted.unwrap_or_default(),
    }
}

fn around<S: HistorySource>(
    gathered: &mut Gathered<'_, S>,
    of: SubjectId,
) -> Result<Vec<Around>, HistoryError> {
    let mut found = Vec::new();
    let mut at = of;
    for id in gathered.ledger().state().containers(&of) {
        let inner = gathered.ledger().state().subject(&at);
        let packing = inner.and_then(|inner| inner.packed()).map(|(_, by)| by);
        found.push(Around {
            container: Thing::since(gathered, id, packing)?,
            parents: parents(gathered, id),
        });
        at = id;
    }
    Ok(found)
}

/// The statements of these records' blocks, each once, and the records.
fn disclose<S: HistorySource>(
    gathered: &mut Gathered<'_, S>,
    names: Vec<RecordRef>,
) -> Result<(Vec<Statement>, Vec<Disclosed>), HistoryError> {
    let mut places: BTreeMap<BlockId, u64> = BTreeMap::new();
    let (mut statements, mut shown) = (Vec::new(), Vec::new());
    for at in names {
        let missing = HistoryError::MissingBlock { block: at.block };
        gathered.read(&at)?;
        let block = gathered.blocks.get(&at.block).ok_or(missing.clone())?;
        let next = u64::try_from(statements.len()).unwrap_or(u64::MAX);
        let statement = *places.entry(at.block).or_insert_with(|| {
            statements.push(block.signed_statement().clone());
            next
        });
        shown.push(Disclosed {
            statement,
            index: at.index,
            record: block
                .record_bytes(at.index)
                .ok_or(missing.clone())?
                .to_vec(),
            path: block.record_path(at.index).ok_or(missing)?,
        });
    }
    Ok((statements, shown))
}

/// The prefix under which something was commissioned.
pub(crate) fn prefix_of<S: HistorySource>(
    gathered: &mut Gathered<'_, S>,
    subject: &SubjectId,
) -> Result<Prefix, HistoryError> {
    let state = gathered.ledger().state().subject(subject);
    let state = state.ok_or(HistoryError::NoRecord)?;
    let (began, class) = (state.commissioned_by(), state.class());
    let record = &gathered.read(&began)?.record;
    let prefix = match record.body() {
        Body::Commission { prefix, .. } | Body::CommissionRun { prefix, .. } => Some(prefix),
        Body::Transform {
            inputs, outputs, ..
        } => {
            let mut made = record.subjects().iter().skip(inputs.len()).zip(outputs);
            // An item that was drawn from a run is none of the subjects: its class tells.
            let own = made.clone().find(|(made, _)| *made == subject);
            own.or_else(|| made.find(|(_, output)| output.class == class))
                .map(|(_, output)| &output.prefix)
        }
        _ => None,
    };
    prefix.cloned().ok_or(HistoryError::NoRecord)
}
